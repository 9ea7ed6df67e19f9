//! Reports on QR texts, remembered.
//!
//! A report on a text follows from the text, the types (fixed while the office is open), the trust lists in use, the time,
//! and what the register holds. It is kept under the editions of the lists that it was judged by: those of another edition,
//! also one that came into use while it was being judged, never find it. A license's revision counts every change in the
//! register, which is asked for that, each time. What the time changes (a validity, the renewal of the trust list) changes on
//! days or hours: a report is good for a minute of its own day.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use license_core::calendar::china_date;
use license_core::id::{Digest, LicenseId};
use license_core::verify::Report;
use time::{Duration, OffsetDateTime};

use crate::report::WireReport;
use crate::store::{Store, StoreError, StoredLicense};

/// Reports kept: some kilobytes each.
const KEPT: usize = 2048;
/// How long a report stands for its text.
const GOOD_FOR: Duration = Duration::minutes(1);

/// A report on a text, with its wire form once somebody asked for that.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) report: Report,
    wire: OnceLock<WireReport>,
}

/// A bounded memory in two halves: when the young one is full, the old one goes, so that what is asked for often stays.
#[derive(Default)]
pub(super) struct Recent(Mutex<Halves>);

#[derive(Default)]
struct Halves {
    young: HashMap<Box<str>, Arc<Known>>,
    old: HashMap<Box<str>, Arc<Known>>,
}

struct Known {
    /// The editions of the trust lists.
    editions: Digest,
    id: LicenseId,
    revision: u64,
    judged: Arc<Judged>,
}

impl Judged {
    pub(super) fn new(report: Report) -> Judged {
        Judged { report, wire: OnceLock::new() }
    }

    pub(super) fn wire(&self) -> &WireReport {
        self.wire.get_or_init(|| WireReport::new(&self.report))
    }
}

impl Recent {
    /// The report on a text, if it was judged just now by these editions and the register still says the same.
    pub(super) fn find(
        &self,
        text: &str,
        editions: &Digest,
        store: &dyn Store,
        now: OffsetDateTime,
    ) -> Result<Option<Arc<Judged>>, StoreError> {
        let found = self.halves().find(text).filter(|known| known.editions == *editions);
        let Some(known) = found else { return Ok(None) };
        let then = known.judged.report.at;
        let fresh = (then..then + GOOD_FOR).contains(&now) && china_date(then) == china_date(now);
        let same = fresh && store.revision(&known.id)? == Some(known.revision);
        Ok(same.then(|| known.judged.clone()))
    }

    /// Keeps the report on a text about a license as the register held it when it was judged. Only what a trusted
    /// issuer signed is kept: nobody fills the memory with inventions.
    pub(super) fn keep(&self, text: &str, editions: Digest, license: &StoredLicense, judged: &Arc<Judged>) {
        if judged.report.subject.is_some() {
            let (id, revision) = (license.id.clone(), license.revision);
            let known = Known { editions, id, revision, judged: judged.clone() };
            self.halves().put(text.into(), Arc::new(known));
        }
    }

    fn halves(&self) -> MutexGuard<'_, Halves> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Halves {
    fn find(&mut self, text: &str) -> Option<Arc<Known>> {
        if let Some(known) = self.young.get(text) {
            return Some(known.clone());
        }
        let (text, known) = self.old.remove_entry(text)?;
        self.put(text, known.clone());
        Some(known)
    }

    fn put(&mut self, text: Box<str>, known: Arc<Known>) {
        if self.young.len() >= KEPT / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(text, known);
    }
}
