//! What a store has stays: readers of later decades judge by it (PAdES, EN 319 142-1 5.4.2; ISO 32000-2 12.8.4.3).
//!
//! The lists of a document's store may lose an item that helps nobody any more; its entries for signatures may not be
//! deleted. For documents that nobody but their maker may add to, nothing goes at all.

use std::collections::{HashMap, HashSet};

use super::Comparison;
use crate::problem::Problem;
use crate::read::document::View;
use crate::read::object::{Dict, Stream};

const DSS: &[u8] = b"DSS";
const VRI: &[u8] = b"VRI";
/// The kinds: the key in the store, the key in an entry of its VRI.
const LISTS: [[&[u8]; 2]; 3] = [[b"Certs", b"Cert"], [b"CRLs", b"CRL"], [b"OCSPs", b"OCSP"]];
/// Bytes that are compared in one step.
const BYTES_A_STEP: usize = 1024;

/// What is gone from a store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    Nothing,
    /// An item: no revision that comes later lists the same bytes as what they were listed as.
    Item,
    /// Entries for signatures, or all of them.
    Entry,
}

/// What an item is said to be, and its bytes.
type Item<'d> = (usize, &'d [u8]);

impl<'d> Comparison<'d> {
    /// What the store of the older revision had and that of the newer one has not, and the object to blame.
    pub(super) fn gone_from_store(&self) -> Result<(Gone, u32), Problem> {
        let (Some(old), Some(new)) = (self.old.catalog(), self.new.catalog()) else { return Ok((Gone::Nothing, 0)) };
        let Some(before) = self.old.dict(old, DSS) else { return Ok((Gone::Nothing, 0)) };
        let root = self.new.trailer().get(b"Root").reference();
        let blamed = new.get(DSS).reference().or(root).map(|id| id.num).unwrap_or_default();
        let Some(now) = self.new.dict(new, DSS) else { return Ok((Gone::Entry, blamed)) };
        if let Some(entries) = self.old.dict(before, VRI) {
            let left = self.new.dict(now, VRI);
            let has = |name: &[u8]| left.is_some_and(|left| self.new.dict(left, name).is_some());
            if left.is_none() || entries.0.iter().any(|(name, _)| !has(name)) {
                return Ok((Gone::Entry, blamed));
            }
        }
        let now = self.streams(self.new, now)?;
        let same: HashSet<(usize, usize)> = now.iter().map(|(kind, stream)| (*kind, stream.raw.start)).collect();
        let before = self.streams(self.old, before)?;
        // Most are the very same streams.
        let missed: Vec<_> =
            before.iter().filter(|(kind, stream)| !same.contains(&(*kind, stream.raw.start))).collect();
        if missed.is_empty() {
            return Ok((Gone::Nothing, 0));
        }
        let mut written_again: HashMap<Item<'d>, Vec<&Stream>> = HashMap::new();
        for (kind, stream) in &now {
            written_again.entry(self.item(*kind, stream)?).or_default().push(stream);
        }
        for (kind, stream) in missed {
            let same = written_again.get(&self.item(*kind, stream)?);
            // Few are packed in two ways to the same bytes.
            if !same.is_some_and(|same| same.iter().take(4).any(|other| is_packed_alike(stream, other))) {
                return Ok((Gone::Item, blamed));
            }
        }
        Ok((Gone::Nothing, 0))
    }

    /// Each stream of a store once, with its kind.
    fn streams(&self, view: View<'d>, dss: &'d Dict) -> Result<Vec<(usize, &'d Stream)>, Problem> {
        let entries = view.dict(dss, VRI).map(|entries| &*entries.0).unwrap_or_default();
        let entries = entries.iter().filter_map(|(_, entry)| view.resolve(entry).dict());
        let (mut seen, mut streams) = (HashSet::new(), Vec::new());
        for (nth, store) in std::iter::once(dss).chain(entries).enumerate() {
            for (kind, keys) in LISTS.iter().enumerate() {
                let list = view.array(store, keys[usize::from(nth > 0)]);
                view.doc.meter.steps(list.len()).map_err(|kind| kind.in_file())?;
                let found = list.iter().filter_map(|item| view.resolve(item).stream());
                streams
                    .extend(found.filter(|stream| seen.insert((kind, stream.raw.start))).map(|stream| (kind, stream)));
            }
        }
        Ok(streams)
    }

    fn item(&self, kind: usize, stream: &'d Stream) -> Result<Item<'d>, Problem> {
        let doc = self.new.doc;
        doc.meter.steps(stream.raw.len().div_ceil(BYTES_A_STEP)).map_err(|kind| kind.in_file())?;
        Ok((kind, &doc.bytes[stream.raw.clone()]))
    }
}

fn is_packed_alike(a: &Stream, b: &Stream) -> bool {
    [&b"Filter"[..], b"DecodeParms"].iter().all(|key| a.dict.get(key) == b.dict.get(key))
}
