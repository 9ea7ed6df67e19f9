//! A map in memory, for tests and trials; it can be told to fail.

use super::{Batch, Kv, KvError, Pair, Snapshot};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

/// How a coming write fails. Every write to a disk can fail in two ways that its caller cannot tell apart: what was
/// written is kept, or it is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Refused before anything is written; the caller knows that.
    Before,
    /// Reported as failed, yet kept.
    Kept,
    /// Reported as failed, and lost.
    Lost,
}

/// The engine.
#[derive(Debug, Default)]
pub struct MemoryKv {
    map: RwLock<Map>,
    faults: Mutex<VecDeque<Option<Fault>>>,
}

impl MemoryKv {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Plans the outcome of the coming writes, one entry each; after the last one writes succeed again.
    pub fn plan(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    fn apply(&self, batch: &Batch) {
        let mut map = self.map.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in batch.iter() {
            match value {
                Some(value) => map.insert(key.to_vec(), value.to_vec()),
                None => map.remove(key),
            };
        }
    }
}

impl Kv for MemoryKv {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, KvError> {
        Ok(Box::new(View(self.map.read().unwrap_or_else(PoisonError::into_inner))))
    }

    fn write(&self, batch: &Batch) -> Result<(), KvError> {
        let fault = self.faults.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        match fault.flatten() {
            None => self.apply(batch),
            Some(Fault::Before) => return Err(KvError::NotApplied("planned fault before the commit".into())),
            Some(Fault::Lost) => return Err(KvError::Unknown("planned fault, lost".into())),
            Some(Fault::Kept) => {
                self.apply(batch);
                return Err(KvError::Unknown("planned fault, kept".into()));
            }
        }
        Ok(())
    }

    fn disk_bytes(&self) -> u64 {
        0
    }
}

struct View<'a>(RwLockReadGuard<'a, Map>);

impl Snapshot for View<'_> {
    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        let range = (Bound::Included(from), Bound::Excluded(to.max(from)));
        let rows = self.0.range::<[u8], _>(range);
        Ok(rows.take(limit).map(|(k, v)| (k.clone(), v.clone())).collect())
    }
}
