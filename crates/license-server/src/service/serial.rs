//! Serial numbers (流水号): the year and nine digits, from the store's durable sequences, taken in blocks.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::store::{Store, StoreError};

/// Numbers taken at a time; what is left of a block when the process ends is a gap, never reused.
const BLOCK: u64 = 64;

#[derive(Default)]
pub(super) struct Serials {
    blocks: Mutex<HashMap<String, Range<u64>>>,
}

impl Serials {
    /// The next serial of a type and issuer in a year.
    pub(super) fn next(
        &self,
        store: &dyn Store,
        type_code: &str,
        issuer: &str,
        year: i32,
    ) -> Result<String, StoreError> {
        let number = self.number(store, format!("serial/{type_code}/{issuer}/{year}"))?;
        Ok(format!("{year:04}{number:09}"))
    }

    /// A position in the issuer's status list.
    pub(super) fn status(&self, store: &dyn Store, issuer: &str) -> Result<u32, StoreError> {
        let number = self.number(store, format!("status/{issuer}"))?;
        u32::try_from(number).map_err(|_| StoreError::Unavailable("the status list is full".to_owned()))
    }

    fn number(&self, store: &dyn Store, sequence: String) -> Result<u64, StoreError> {
        // Held while reserving: callers of one process share a block instead of each taking one.
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = blocks.get_mut(&sequence).and_then(Iterator::next) {
            return Ok(number);
        }
        let mut block = store.reserve(&sequence, BLOCK)?;
        let number = block.next().ok_or_else(|| StoreError::Unavailable("an empty block of numbers".to_owned()))?;
        blocks.insert(sequence, block);
        Ok(number)
    }
}
