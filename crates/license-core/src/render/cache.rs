//! Things worth making once and keeping: a bounded map, oldest out first.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// A bounded map behind a lock that is held only to look or to put, never while making.
pub(crate) struct Cache<K, V> {
    room: usize,
    inner: Mutex<Inner<K, V>>,
}

struct Inner<K, V> {
    map: BTreeMap<K, Arc<V>>,
    order: VecDeque<K>,
}

impl<K: Ord + Clone, V> Cache<K, V> {
    pub(crate) fn new(room: usize) -> Cache<K, V> {
        Cache { room, inner: Mutex::new(Inner { map: BTreeMap::new(), order: VecDeque::new() }) }
    }

    /// What is kept under the key, or what `make` makes of it. Two threads may both make it; both results are equal.
    pub(crate) fn get_or_make<E>(&self, key: &K, make: impl FnOnce() -> Result<V, E>) -> Result<Arc<V>, E> {
        if let Some(value) = self.lock().map.get(key) {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(make()?);
        let mut inner = self.lock();
        if inner.map.insert(key.clone(), Arc::clone(&value)).is_none() {
            inner.order.push_back(key.clone());
        }
        while inner.order.len() > self.room {
            if let Some(oldest) = inner.order.pop_front() {
                inner.map.remove(&oldest);
            }
        }
        Ok(value)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner<K, V>> {
        // A panic elsewhere cannot leave the map half changed in a way that matters: it only holds finished values.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first() {
        let cache: Cache<u8, u8> = Cache::new(2);
        let get = |key: u8, value: u8| cache.get_or_make(&key, || Ok::<_, ()>(value)).map(|value| *value);
        assert_eq!(get(1, 10), Ok(10));
        assert_eq!(get(1, 11), Ok(10));
        assert_eq!(get(2, 20), Ok(20));
        assert_eq!(get(3, 30), Ok(30));
        assert_eq!(get(1, 12), Ok(12));
        assert_eq!(get(3, 31), Ok(30));
    }
}
