//! A small ordered key-value map with one atomic, durable write: all that the embedded store asks of an engine.
//!
//! Keys and values are bytes, keys sort as bytes. There is one writer (`store::committer`), so the adapter needs no
//! preconditions of its own: they are checked against a [`Snapshot`] right before [`Kv::write`] is called, and nobody
//! else writes in between.

pub mod memory;
pub mod redb;
pub mod sled;

use std::collections::BTreeMap;

/// A key with its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// The largest value a caller may store. The sled adapter's segment size follows from it, see [`sled`].
pub const MAX_VALUE: usize = 96 * 1024;

/// Puts and removals that become visible and durable together, or not at all.
#[derive(Debug, Default, Clone)]
pub struct Batch {
    writes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Batch {
    /// Sets `key` to `value`.
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.writes.insert(key.into(), Some(value.into()));
    }

    /// Removes `key`; removing what is not there is no error.
    pub fn remove(&mut self, key: impl Into<Vec<u8>>) {
        self.writes.insert(key.into(), None);
    }

    /// What this batch does to `key`: `None` when it leaves it alone, `Some(None)` when it removes it.
    pub fn change(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        self.writes.get(key).map(|value| value.as_deref())
    }

    /// The changes in key order; `None` is a removal.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.writes.iter().map(|(key, value)| (key.as_slice(), value.as_deref()))
    }

    /// The changes to keys in `[from, to)`.
    pub fn range<'a>(&'a self, from: &[u8], to: &[u8]) -> impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)> + use<'a> {
        let bounds = (std::ops::Bound::Included(from), std::ops::Bound::Excluded(to.max(from)));
        self.writes.range::<[u8], _>(bounds).map(|(key, value)| (key.as_slice(), value.as_deref()))
    }

    /// Adds the changes of `later`, which win over earlier ones to the same key.
    pub fn extend(&mut self, later: Batch) {
        self.writes.extend(later.writes);
    }

    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Number of keys touched.
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Bytes of keys and values.
    pub fn bytes(&self) -> usize {
        self.writes.iter().map(|(k, v)| k.len() + v.as_ref().map_or(0, Vec::len)).sum()
    }
}

/// Why an engine did not do as told.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum KvError {
    /// Certainly nothing of the batch was kept (or it was a read).
    #[error("{0}")]
    NotApplied(String),
    /// The batch may or may not be found after a restart.
    #[error("{0}")]
    Unknown(String),
}

/// What the map looked like at one moment between two writes. Short-lived: some engines hold writers back meanwhile.
pub trait Snapshot {
    /// The value of `key`.
    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError>;

    /// The first `limit` pairs with keys in `[from, to)`, in key order.
    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError>;
}

/// An engine.
///
/// Contract: `write` is atomic, and when it returns `Ok` the batch survives kill and power cut. A snapshot shows only
/// writes that are already durable: what a reader saw cannot disappear.
pub trait Kv: Send + Sync {
    /// `redb`, `sled` or `memory`.
    fn name(&self) -> &'static str;

    /// Opens a consistent view.
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, KvError>;

    /// Writes all of `batch`, durably.
    fn write(&self, batch: &Batch) -> Result<(), KvError>;

    /// Bytes the engine occupies on disk (0 in memory).
    fn disk_bytes(&self) -> u64;
}

/// The first key after every key that starts with `prefix`.
pub fn prefix_end(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end;
        }
    }
    // Only for an empty prefix or one of 0xFF bytes, which the key layout does not have.
    vec![u8::MAX; prefix.len() + 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_end_is_the_next_sibling() {
        assert_eq!(prefix_end(b"ab"), b"ac");
        assert_eq!(prefix_end(b"a\xff"), b"b");
    }
}
