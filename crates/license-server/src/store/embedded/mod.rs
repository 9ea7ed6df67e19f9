//! The rules of the register, once, over any [`Kv`] and any [`Blobs`].
//!
//! | file | what |
//! |---|---|
//! | `open` | the folder: lock, format stamp, engine |
//! | `issue` | issuing and superseding |
//! | `state` | changing states, counting |
//! | `read` | finding licenses |
//! | `faces`, `renewal` | files that come later |
//! | `assets` | what licenses are made with |
//! | `trail` | the audit chain |
//! | `upward` | the outbox |
//! | `admin` | clients, settings, sequences |
//! | `check` | limits of what is written |
//! | `fsck` | checking everything stored |

mod admin;
mod assets;
mod check;
mod faces;
mod fsck;
mod issue;
mod open;
mod read;
mod renewal;
mod state;
mod trail;
mod upward;

use super::asset::{Asset, NewAsset};
use super::audit::{AuditHead, AuditNote, AuditRecord, ChainReport};
use super::blobs::Blobs;
use super::committer::Committer;
use super::error::StoreError;
use super::inflight::InFlight;
use super::kv::{Kv, Snapshot};
use super::model::{Client, Completed, Counts, IdempotencyKey, Stats, StoredLicense};
use super::outbox::{Claim, OutboxRow};
use super::requests::{
    AddFiles, ChangeStatus, Finding, FsckSummary, Issue, IssueOutcome, Page, PageRequest, Query, RenewFiles, Supersede,
    SupersedeOutcome,
};
use super::status::StatusChange;
use super::{Store, StoreUrl};
use license_core::id::{Digest, LicenseId};
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use time::OffsetDateTime;

/// A store inside this process. Dropping it finishes what waits and lets go of the folder.
pub struct EmbeddedStore {
    // Dropped in this order: no more writes, then the engine, then the lock.
    committer: Committer,
    engine: Arc<dyn Kv>,
    blobs: Arc<dyn Blobs>,
    in_flight: InFlight<IdempotencyKey>,
    _lock: Option<File>,
}

impl EmbeddedStore {
    /// Opens the store, making an empty one where there is none.
    pub fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        open::open(url)
    }

    /// Puts a store together from its parts, for tests that want to reach into them.
    pub fn with_parts(engine: Arc<dyn Kv>, blobs: Arc<dyn Blobs>) -> Result<Self, StoreError> {
        Self::assemble(engine, blobs, None)
    }

    fn assemble(engine: Arc<dyn Kv>, blobs: Arc<dyn Blobs>, lock: Option<File>) -> Result<Self, StoreError> {
        let committer = Committer::start(Arc::clone(&engine))?;
        Ok(Self { committer, engine, blobs, in_flight: InFlight::default(), _lock: lock })
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        Ok(self.engine.snapshot()?)
    }
}

impl Store for EmbeddedStore {
    fn issue(&self, request: Issue) -> Result<IssueOutcome, StoreError> {
        issue::issue(self, request)
    }

    fn supersede(&self, request: Supersede) -> Result<SupersedeOutcome, StoreError> {
        issue::supersede(self, request)
    }

    fn add_files(&self, request: AddFiles) -> Result<StoredLicense, StoreError> {
        faces::add(self, request)
    }

    fn renew_files(&self, request: RenewFiles) -> Result<StoredLicense, StoreError> {
        renewal::renew(self, request)
    }

    fn change_status(&self, request: ChangeStatus) -> Result<StoredLicense, StoreError> {
        state::change(self, request)
    }

    fn get(&self, id: &LicenseId) -> Result<Option<StoredLicense>, StoreError> {
        super::rows::license(&*self.snapshot()?, id)
    }

    fn revision(&self, id: &LicenseId) -> Result<Option<u64>, StoreError> {
        super::rows::revision(&*self.snapshot()?, id)
    }

    fn versions(&self, id: &LicenseId) -> Result<Vec<StoredLicense>, StoreError> {
        read::versions(&*self.snapshot()?, id)
    }

    fn history(&self, id: &LicenseId) -> Result<Vec<StatusChange>, StoreError> {
        read::history(&*self.snapshot()?, id)
    }

    fn by_number(&self, type_id: &str, number: &str) -> Result<Option<StoredLicense>, StoreError> {
        read::by_number(&*self.snapshot()?, type_id, number)
    }

    fn list(&self, query: &Query, page: &PageRequest) -> Result<Page<StoredLicense>, StoreError> {
        read::list(&*self.snapshot()?, query, page)
    }

    fn file(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        self.blobs.fetch(digest)
    }

    fn keep_asset(&self, new: NewAsset<'_>, audit: AuditNote) -> Result<Asset, StoreError> {
        assets::keep(self, new, audit)
    }

    fn asset(&self, digest: &Digest) -> Result<Option<Asset>, StoreError> {
        assets::one(&*self.snapshot()?, digest)
    }

    fn assets(&self, page: &PageRequest) -> Result<Page<Asset>, StoreError> {
        assets::list(&*self.snapshot()?, page)
    }

    fn lookup_idempotency(&self, key: &IdempotencyKey) -> Result<Option<Completed>, StoreError> {
        issue::completed(&*self.snapshot()?, key)
    }

    fn reserve(&self, sequence: &str, count: u64) -> Result<Range<u64>, StoreError> {
        admin::reserve(self, sequence, count)
    }

    fn append_audit(&self, notes: Vec<(String, AuditNote)>) -> Result<AuditHead, StoreError> {
        trail::append_all(self, notes)
    }

    fn audit_of(&self, subject: &str, page: &PageRequest) -> Result<Page<AuditRecord>, StoreError> {
        trail::of(&*self.snapshot()?, subject, page)
    }

    fn audit_tail(&self, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        trail::tail(&*self.snapshot()?, limit)
    }

    fn verify_audit_chain(&self) -> Result<ChainReport, StoreError> {
        trail::verify(self)
    }

    fn claim_outbox(&self, claim: Claim) -> Result<Vec<OutboxRow>, StoreError> {
        upward::claim(self, claim)
    }

    fn acknowledge_outbox(&self, seq: u64, worker: &str, receipt: &str) -> Result<(), StoreError> {
        upward::acknowledge(self, seq, worker, receipt)
    }

    fn postpone_outbox(
        &self,
        seq: u64,
        worker: &str,
        error: &str,
        not_before: OffsetDateTime,
    ) -> Result<(), StoreError> {
        upward::postpone(self, seq, worker, error, not_before)
    }

    fn outbox_of(&self, id: &LicenseId) -> Result<Vec<OutboxRow>, StoreError> {
        upward::of(&*self.snapshot()?, id)
    }

    fn put_client(&self, client: Client, audit: AuditNote) -> Result<Client, StoreError> {
        admin::put_client(self, client, audit)
    }

    fn client(&self, id: &str) -> Result<Option<Client>, StoreError> {
        admin::client(&*self.snapshot()?, id)
    }

    fn clients(&self, page: &PageRequest) -> Result<Page<Client>, StoreError> {
        admin::clients(&*self.snapshot()?, page)
    }

    fn put_setting(&self, name: &str, value: Vec<u8>, audit: AuditNote) -> Result<(), StoreError> {
        admin::put_setting(self, name, value, audit)
    }

    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        admin::setting(&*self.snapshot()?, name)
    }

    fn counts(&self) -> Result<Counts, StoreError> {
        read::counts(&*self.snapshot()?)
    }

    fn stats(&self) -> Stats {
        let meter = self.committer.meter();
        Stats {
            engine: self.engine.name(),
            groups: meter.groups.load(Ordering::Relaxed),
            commits: meter.commits.load(Ordering::Relaxed),
            largest_group: meter.largest.load(Ordering::Relaxed),
            failures: meter.failures.load(Ordering::Relaxed),
            engine_bytes: self.engine.disk_bytes(),
        }
    }

    fn fsck(&self, on_finding: &mut dyn FnMut(Finding)) -> Result<FsckSummary, StoreError> {
        fsck::run(self, on_finding)
    }
}
