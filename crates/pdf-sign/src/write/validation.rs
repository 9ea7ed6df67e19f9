//! The document security store (EN 319 142-1 5.4.2): certificates and revocation data for the decades.

use std::collections::HashMap;

use super::source::Source;
use super::update::{self, Update};
use crate::content::ValidationData;
use crate::error::Error;
use crate::problem::Limit;
use crate::read::object::{Dict, Id};

/// What belongs to one signature: an entry of the `/VRI` dictionary. It is an index; readers must do without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureData {
    /// 40 upper-case hexadecimal digits: SHA-1 over the decoded `/Contents`, padding included
    /// ([`Signature::contents`](crate::Signature)). It names the entry and protects nothing.
    pub name: String,
    /// What is needed to validate that signature.
    pub data: ValidationData,
}

/// The three kinds: the key in the store, the key in an entry of `/VRI`.
const KINDS: [(&[u8], &[u8]); 3] = [(b"Certs", b"Cert"), (b"OCSPs", b"OCSP"), (b"CRLs", b"CRL")];

/// Appends validation data as an incremental update. Streams that the store has already are kept and referred to, entries
/// of `/VRI` that are there are left as they are; when nothing is new, the file comes back as it was.
///
/// Each item is one DER value: a certificate, an OCSPResponse, a CertificateList. Items of `entries` need not be repeated
/// in `all`.
pub fn add_validation_data(pdf: Vec<u8>, all: &ValidationData, entries: &[SignatureData]) -> Result<Vec<u8>, Error> {
    let plain = |name: &str| name.len() == 40 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
    if !entries.iter().all(|entry| plain(&entry.name)) {
        return Err(Error::Unwritable("an entry of /VRI is named by 40 upper-case hexadecimal digits"));
    }
    update::append(pdf, |update| {
        let mut store = Store::read(update)?;
        let mut fresh = Vec::new();
        for (at, list) in lists(all).into_iter().enumerate() {
            store.refer(update, at, list)?;
        }
        for entry in entries {
            if store.names.contains(&entry.name) {
                continue;
            }
            store.names.push(entry.name.clone());
            let mut text = String::from("<</Type /VRI");
            for (at, list) in lists(&entry.data).into_iter().enumerate() {
                let ids = store.refer(update, at, list)?;
                if !ids.is_empty() {
                    let key = String::from_utf8_lossy(KINDS[at].1);
                    let ids: Vec<String> = ids.iter().map(|id| format!("{} {} R", id.num, id.generation)).collect();
                    text += &format!(" /{key} [{}]", ids.join(" "));
                }
            }
            text += ">>";
            fresh.push((entry.name.as_str(), update.add_bytes(text.into_bytes())));
        }
        if store.added.iter().all(Vec::is_empty) && fresh.is_empty() {
            return Ok(());
        }
        update.edit(update.root()?, |update, catalog| {
            let meter = update.meter();
            // The store as an object of its own: the next update then leaves the catalog alone.
            if catalog.get(b"DSS", meter)?.is_none() {
                let mut dss = Source::new("<</Type /DSS>>");
                store.write(update, &mut dss, &fresh)?;
                let id = update.add_bytes(dss.bytes().to_vec());
                catalog.set(b"DSS", format!("{} 0 R", id.num).as_bytes(), meter)?;
            } else {
                update.entry(catalog, b"DSS", "<</Type /DSS>>", |update, dss| store.write(update, dss, &fresh))?;
            }
            update.extension(catalog, 1)
        })
    })
}

fn lists(data: &ValidationData) -> [&[Vec<u8>]; 3] {
    [&data.certs, &data.ocsps, &data.crls]
}

/// What the file's store holds, and what comes to it.
struct Store {
    known: [HashMap<Vec<u8>, Id>; 3],
    added: [Vec<Id>; 3],
    names: Vec<String>,
}

impl Store {
    fn read(update: &Update<'_>) -> Result<Self, Error> {
        let view = update.view;
        let mut store = Self { known: Default::default(), added: Default::default(), names: Vec::new() };
        let Some(dss) = view.catalog().and_then(|catalog| view.dict(catalog, b"DSS")) else { return Ok(store) };
        for ((key, _), known) in KINDS.iter().zip(&mut store.known) {
            for item in view.array(dss, key) {
                let Some((id, stream)) = item.reference().and_then(|id| Some((id, view.get(id).stream()?))) else {
                    continue;
                };
                let data = view.decode(stream, Limit::StoreBytes).map_err(|kind| kind.in_object(id.num))?;
                known.entry(data.keep()).or_insert(id);
            }
        }
        if let Some(entries) = view.dict(dss, b"VRI") {
            store.names.extend(entries.0.iter().map(|(name, _)| String::from_utf8_lossy(name).to_uppercase()));
        }
        Ok(store)
    }

    /// The streams of these items, new ones added.
    fn refer(&mut self, update: &mut Update<'_>, kind: usize, items: &[Vec<u8>]) -> Result<Vec<Id>, Error> {
        let mut ids = Vec::new();
        for item in items {
            let id = match self.known[kind].get(item) {
                Some(id) => *id,
                None => {
                    let id = update.add_stream(Dict::default(), item)?;
                    self.known[kind].insert(item.clone(), id);
                    self.added[kind].push(id);
                    id
                }
            };
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// Lets the lists grow and adds the entries.
    fn write(&self, update: &mut Update<'_>, dss: &mut Source, fresh: &[(&str, Id)]) -> Result<(), Error> {
        for ((key, _), added) in KINDS.iter().zip(&self.added).filter(|(_, added)| !added.is_empty()) {
            update.entry(dss, key, "[]", |_, list| {
                added.iter().try_for_each(|id| list.push(format!("{} 0 R", id.num).as_bytes()))
            })?;
        }
        if fresh.is_empty() {
            return Ok(());
        }
        update.entry(dss, b"VRI", "<<>>", |update, entries| {
            let meter = update.meter();
            fresh
                .iter()
                .try_for_each(|(name, id)| entries.set(name.as_bytes(), format!("{} 0 R", id.num).as_bytes(), meter))
        })
    }
}
