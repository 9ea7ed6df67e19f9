//! The document security store (ISO 32000-2 12.8.4.3), revision by revision.

use std::collections::HashSet;

use crate::problem::{Limit, Problem, ProblemKind};
use crate::read::document::{Document, View};
use crate::read::filter::Allowed;
use crate::read::object::Stream;

/// What an item of the store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreKind {
    /// A certificate.
    Certificate,
    /// A revocation list.
    Crl,
    /// An OCSP response.
    Ocsp,
}

/// One DER value of the store; nobody vouches for it until it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreItem {
    /// What it is.
    pub kind: StoreKind,
    /// The revision that brought these bytes: a time-stamp over it, or over a later one, covers them.
    pub revision: usize,
    /// The value.
    pub bytes: Vec<u8>,
}

/// Keys of the store, and of an entry of its VRI.
const KEYS: [(&[u8], &[u8], StoreKind); 3] = [
    (b"Certs", b"Cert", StoreKind::Certificate),
    (b"CRLs", b"CRL", StoreKind::Crl),
    (b"OCSPs", b"OCSP", StoreKind::Ocsp),
];

pub(super) fn all(doc: &Document<'_>) -> Result<Vec<StoreItem>, Problem> {
    let mut items = Vec::new();
    let mut seen: HashSet<(usize, usize)> = HashSet::new();
    for revision in 0..doc.revisions.len() {
        let view = doc.view(revision);
        let Some(dss) = view.catalog().and_then(|catalog| view.dict(catalog, b"DSS")) else { continue };
        let mut stores = vec![dss];
        if let Some(entries) = view.dict(dss, b"VRI") {
            stores.extend(entries.0.iter().filter_map(|(_, entry)| view.resolve(entry).dict()));
        }
        for (nth, store) in stores.into_iter().enumerate() {
            for (plural, singular, kind) in KEYS {
                let list = view.array(store, if nth == 0 { plural } else { singular });
                doc.meter.steps(list.len()).map_err(ProblemKind::in_file)?;
                for item in list {
                    let Some(stream) = view.resolve(item).stream() else { continue };
                    // The bytes on which a stream stands name it.
                    if !seen.insert((stream.raw.start, kind as usize)) {
                        continue;
                    }
                    let brought = brought_by(doc, stream).unwrap_or(revision);
                    let bytes = self::item(view, stream).map_err(|kind| kind.at(stream.raw.start))?;
                    items.push(StoreItem { kind, revision: brought, bytes });
                }
            }
        }
    }
    Ok(items)
}

/// One item, which counts however often it is asked for.
pub(super) fn item(view: View<'_>, stream: &Stream) -> Result<Vec<u8>, ProblemKind> {
    let meter = &view.doc.meter;
    meter.take(Limit::StoreItems, 1)?;
    let room = Allowed { most: meter.left(Limit::StoreBytes), ..Allowed::by(Limit::StoreBytes, meter, &[]) };
    let bytes = view.decode_by(stream, room)?.keep();
    meter.take(Limit::StoreBytes, bytes.len())?;
    Ok(bytes)
}

/// The revision in whose bytes the stream stands.
fn brought_by(doc: &Document<'_>, stream: &Stream) -> Option<usize> {
    doc.revisions.iter().position(|revision| (revision.start..revision.end).contains(&stream.raw.start))
}
