//! One try at a time per key: whoever comes second waits, and then finds the first one's result.
//!
//! The commit alone decides who was first; this only spares the others the work, and the files they would have
//! written in vain. A service can hold a key around its own costly work in the same way.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Condvar, Mutex, PoisonError};

/// The keys being worked on.
#[derive(Debug)]
pub struct InFlight<K> {
    keys: Mutex<HashSet<K>>,
    freed: Condvar,
}

impl<K> Default for InFlight<K> {
    fn default() -> Self {
        Self { keys: Mutex::default(), freed: Condvar::new() }
    }
}

/// The right to work on a key, until dropped.
#[derive(Debug)]
pub struct Held<'a, K: Hash + Eq> {
    all: &'a InFlight<K>,
    key: K,
}

impl<K: Hash + Eq + Clone> InFlight<K> {
    /// Waits until nobody else works on `key`.
    pub fn hold(&self, key: &K) -> Held<'_, K> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        while keys.contains(key) {
            keys = self.freed.wait(keys).unwrap_or_else(PoisonError::into_inner);
        }
        keys.insert(key.clone());
        Held { all: self, key: key.clone() }
    }
}

impl<K: Hash + Eq> Drop for Held<'_, K> {
    fn drop(&mut self) {
        self.all.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
        self.all.freed.notify_all();
    }
}
