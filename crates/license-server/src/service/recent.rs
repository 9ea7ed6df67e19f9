//! Verifications of tokens done a moment ago. A signature that held holds: what can change is the register, which is
//! asked every time, and the day.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use license_core::calendar::china_date;
use license_core::id::LicenseId;
use license_core::verify::Report;
use time::{Date, OffsetDateTime};

use crate::store::{Store, StoreError};

/// Reports kept: some kilobytes each.
const KEPT: usize = 2048;

#[derive(Default)]
pub(super) struct Recent(Mutex<Kept>);

/// Two halves: when the young one is full, the old one goes, so that what is asked for often stays.
#[derive(Default)]
struct Kept {
    young: HashMap<String, Known>,
    old: HashMap<String, Known>,
}

#[derive(Clone)]
struct Known {
    id: LicenseId,
    revision: u64,
    day: Date,
    report: Report,
}

impl Recent {
    /// The report on a text, if it was judged today and the register still says the same.
    pub(super) fn find(
        &self,
        text: &str,
        store: &dyn Store,
        now: OffsetDateTime,
    ) -> Result<Option<Report>, StoreError> {
        let Some(known) = self.kept().find(text) else { return Ok(None) };
        if known.day != china_date(now) {
            return Ok(None);
        }
        let same_state = store.get(&known.id)?.is_some_and(|license| license.revision == known.revision);
        Ok(same_state.then_some(Report { at: now, ..known.report }))
    }

    /// Keeps a report about a license of the register. Only what a trusted issuer signed is kept: nobody fills the
    /// memory with inventions.
    pub(super) fn keep(&self, text: &str, id: &LicenseId, revision: u64, report: &Report) {
        if report.subject.is_none() {
            return;
        }
        let known = Known { id: id.clone(), revision, day: china_date(report.at), report: report.clone() };
        self.kept().put(text.to_owned(), known);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn find(&mut self, text: &str) -> Option<Known> {
        if let Some(known) = self.young.get(text) {
            return Some(known.clone());
        }
        let (text, known) = self.old.remove_entry(text)?;
        self.put(text, known.clone());
        Some(known)
    }

    fn put(&mut self, text: String, known: Known) {
        if self.young.len() >= KEPT / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(text, known);
    }
}
