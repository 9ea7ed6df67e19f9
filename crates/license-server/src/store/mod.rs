//! The register: licenses with their files, the audit trail, the outbox, clients and settings, kept durably.
//!
//! [`Store`] is the one trait, in words of licenses. [`StoreUrl`] says which one to open:
//!
//! ```
//! use license_server::store::{PageRequest, Query, Store, StoreUrl};
//!
//! let store = "memory".parse::<StoreUrl>()?.open()?;
//! let page = store.list(&Query::Newest, &PageRequest::first(10))?;
//! assert!(page.items.is_empty() && page.next.is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//!  Store (trait)        url: redb:DIR | sled:DIR | memory
//!    └ embedded         the rules of the register, once
//!        ├ committer    many waiting requests, one engine write, one flush
//!        │   └ kv       redb · sled · memory: ordered bytes, one atomic durable write
//!        └ blobs        files by content, durable before the commit that names them
//! ```
//!
//! Calls block on the disk: an async caller makes them on a pool for blocking work. Times come from the caller.
//! Keys and rows are described in `docs/formats/store.md`.

pub mod asset;
pub mod audit;
pub mod blobs;
mod committer;

pub mod embedded;
mod error;

pub mod inflight;
mod keys;
pub mod kv;
mod model;
mod outbox;
mod requests;
mod rows;
mod status;
mod syncer;
mod url;

pub use asset::{Asset, AssetKind, MAX_ASSET, MAX_ASSETS, MAX_NEEDS, NewAsset};
pub use audit::{AuditEntry, AuditHead, AuditNote, AuditRecord, ChainBreak, ChainFault, ChainReport};

pub use embedded::EmbeddedStore;
pub use error::{Refusal, StoreError};
pub use license_core::id::{Digest, LicenseId};
pub use model::{
    Client, Completed, Counts, FileKind, FileRef, IdempotencyKey, NewFile, NewLicense, Stats, StoredLicense,
};
pub use outbox::{Claim, IndexChange, OutboxRow};
pub use requests::{
    AddFiles, ChangeStatus, Cursor, Finding, FsckSummary, Idempotency, Issue, IssueOutcome, MAX_EARLIER, MAX_FILE,
    MAX_LONG_TEXT, MAX_PAGE, MAX_RECORD, MAX_SET, MAX_TEXT, NotACursor, Page, PageRequest, Query, RenewFiles,
    RenewedFile, Supersede, SupersedeOutcome,
};
pub use status::{Status, StatusChange, TRANSITIONS, Transition};
pub use url::{NotAStoreUrl, StoreUrl};

use std::ops::Range;
use time::OffsetDateTime;

/// A register of licenses.
///
/// Contract, the same for every implementation and shown by `tests/store_conformance`:
///
/// * **Atomic.** Each call that writes happens completely or not at all: licenses, records, index entries, audit
///   entries, outbox rows, idempotency key and counts together. A set is issued whole or not.
/// * **Durable before the answer.** `Ok` means that the effect survives kill and power cut, files included. A read
///   shows only what is durable, so nothing that a caller saw can disappear.
/// * **Compare and swap.** A change of something names the revision it was decided on; when that is not the current
///   one, nothing happens and [`Refusal::RevisionConflict`] tells the current one.
/// * **Idempotent.** A key completes at most once, however many try it at the same time; every later try with the
///   same body gets the first one's result, with another body [`Refusal::IdempotencyConflict`]. A refused or
///   failed request completes no key.
/// * **Failing.** [`StoreError::OutcomeUnknown`] is the only error after which the effect may exist all the same;
///   repeating the call under the same idempotency key settles it.
/// * **Immutable.** Records, files and assets are written once. There is no call that changes or removes one (B12); a renewed
///   file takes the place of another one, which stays.
/// * **Whole.** A license names only assets that are kept: what it was made with is durable before it is.
/// * **Bounded.** A page has at most [`MAX_PAGE`] items, whatever was asked; a row has limits, checked before writing.
/// * **Audited.** Every write takes a note, and its entry is part of the same commit.
pub trait Store: Send + Sync {
    /// Issues a set of licenses under new serials and numbers.
    ///
    /// Refused: [`Refusal::DuplicateId`], [`Refusal::DuplicateNumber`], [`Refusal::IdempotencyConflict`].
    fn issue(&self, request: Issue) -> Result<IssueOutcome, StoreError>;

    /// Puts a newer version (annual inspection, renewal, correction) in the place of a valid one (B13). Both stay
    /// retrievable. The certificate number may stay the same.
    ///
    /// Refused: as `issue`, and [`Refusal::NotFound`], [`Refusal::RevisionConflict`], [`Refusal::NotASuccessor`],
    /// [`Refusal::TransitionNotAllowed`].
    fn supersede(&self, request: Supersede) -> Result<SupersedeOutcome, StoreError>;

    /// Adds the files of further faces to a valid license. What is there stays: a kind and face that the license has
    /// is refused as invalid.
    ///
    /// Refused: [`Refusal::NotFound`], [`Refusal::RevisionConflict`], [`Refusal::NotValid`].
    fn add_files(&self, request: AddFiles) -> Result<StoredLicense, StoreError>;

    /// Puts files with renewed time-stamps in the place of those that are handed out. The earlier ones stay: they are
    /// listed in [`StoredLicense::earlier`], found by their digests, and never removed.
    ///
    /// Refused: [`Refusal::NotFound`], [`Refusal::RevisionConflict`]; invalid: a file that the license does not have, and
    /// a successor that does not begin with the bytes of the file before it.
    fn renew_files(&self, request: RenewFiles) -> Result<StoredLicense, StoreError>;

    /// Changes the state along [`TRANSITIONS`]; not to [`Status::Superseded`].
    fn change_status(&self, request: ChangeStatus) -> Result<StoredLicense, StoreError>;

    /// One version.
    fn get(&self, id: &LicenseId) -> Result<Option<StoredLicense>, StoreError>;

    /// The revision of one version: quick to ask, for those who know the rest already.
    fn revision(&self, id: &LicenseId) -> Result<Option<u64>, StoreError> {
        Ok(self.get(id)?.map(|license| license.revision))
    }

    /// All versions of the serial that `id` names, whatever its own version, oldest first.
    fn versions(&self, id: &LicenseId) -> Result<Vec<StoredLicense>, StoreError>;

    /// Every change of state of one version, oldest first; the first is its issue.
    fn history(&self, id: &LicenseId) -> Result<Vec<StatusChange>, StoreError>;

    /// The version that carries this certificate number now.
    fn by_number(&self, type_id: &str, number: &str) -> Result<Option<StoredLicense>, StoreError>;

    /// A page of licenses.
    fn list(&self, query: &Query, page: &PageRequest) -> Result<Page<StoredLicense>, StoreError>;

    /// The bytes of a stored file or asset, checked against the digest.
    fn file(&self, digest: &Digest) -> Result<Vec<u8>, StoreError>;

    /// Keeps what licenses are made with, once: what is kept under its digest already is left alone, and nothing is written.
    ///
    /// Refused as invalid: an asset that needs another one which is not kept, and one more than [`MAX_ASSETS`].
    fn keep_asset(&self, new: NewAsset<'_>, audit: AuditNote) -> Result<Asset, StoreError>;

    /// What is kept under a digest. Its bytes are [`file`](Self::file) of it.
    fn asset(&self, digest: &Digest) -> Result<Option<Asset>, StoreError>;

    /// A page of assets in order of digest. Whoever copies a register keeps those that need none first.
    fn assets(&self, page: &PageRequest) -> Result<Page<Asset>, StoreError>;

    /// What a completed key led to; lets a caller answer before doing costly work again.
    fn lookup_idempotency(&self, key: &IdempotencyKey) -> Result<Option<Completed>, StoreError>;

    /// Takes `count` numbers of a sequence, starting at 1. No number is ever given twice, even when the caller
    /// crashes right after; numbers taken and not used are gaps.
    fn reserve(&self, sequence: &str, count: u64) -> Result<Range<u64>, StoreError>;

    /// Writes down acts that change nothing in the store, such as reads: pairs of subject and note.
    fn append_audit(&self, notes: Vec<(String, AuditNote)>) -> Result<AuditHead, StoreError>;

    /// The trail of one subject, oldest first. A license's subject is its identifier.
    fn audit_of(&self, subject: &str, page: &PageRequest) -> Result<Page<AuditRecord>, StoreError>;

    /// The newest entries, newest first.
    fn audit_tail(&self, limit: usize) -> Result<Vec<AuditRecord>, StoreError>;

    /// Recomputes the whole chain.
    fn verify_audit_chain(&self) -> Result<ChainReport, StoreError>;

    /// Hands out waiting rows, oldest first, and leases them. Of each serial only the oldest waiting row is handed
    /// out, and only when nobody holds it: rows of one license go up one after the other.
    fn claim_outbox(&self, claim: Claim) -> Result<Vec<OutboxRow>, StoreError>;

    /// Marks a claimed row as delivered. Repeating it is harmless.
    fn acknowledge_outbox(&self, seq: u64, worker: &str, receipt: &str) -> Result<(), StoreError>;

    /// Gives a claimed row back, to be tried again from `not_before` on.
    fn postpone_outbox(
        &self,
        seq: u64,
        worker: &str,
        error: &str,
        not_before: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Rows of the serial that `id` names: delivered ones with their receipts first, then the waiting ones.
    fn outbox_of(&self, id: &LicenseId) -> Result<Vec<OutboxRow>, StoreError>;

    /// Adds (revision 0) or replaces a client, and returns it with its new revision.
    fn put_client(&self, client: Client, audit: AuditNote) -> Result<Client, StoreError>;

    /// One client.
    fn client(&self, id: &str) -> Result<Option<Client>, StoreError>;

    /// A page of clients in order of id.
    fn clients(&self, page: &PageRequest) -> Result<Page<Client>, StoreError>;

    /// Sets a named small value: [`MAX_RECORD`] bytes at most.
    fn put_setting(&self, name: &str, value: Vec<u8>, audit: AuditNote) -> Result<(), StoreError>;

    /// A named small value.
    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// How many of what.
    fn counts(&self) -> Result<Counts, StoreError>;

    /// How the store is doing.
    fn stats(&self) -> Stats;

    /// Checks everything stored: rows, records, files, assets, index entries, versions, counts, the audit chain.
    fn fsck(&self, on_finding: &mut dyn FnMut(Finding)) -> Result<FsckSummary, StoreError>;
}
