//! Why the store did not do as asked.

use super::blobs::FileFault;
use super::kv::KvError;
use super::status::Status;
use license_core::id::{Digest, LicenseId};
use std::io;
use std::path::PathBuf;

/// Everything that can go wrong.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The register says no; nothing was written.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The request breaks a limit of the store; nothing was written.
    #[error("{field}: {reason}")]
    Invalid {
        /// Which part.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The engine could not do it now; certainly nothing was written.
    #[error("store unavailable: {0}")]
    Unavailable(String),
    /// The write failed half-way: it may or may not be found later. Repeating with the same idempotency key is safe.
    #[error("outcome unknown: {0}")]
    OutcomeUnknown(String),
    /// A stored row is not readable.
    #[error("damaged row {key}: {reason}")]
    Damaged {
        /// Its key, non-printing bytes escaped.
        key: String,
        /// What is wrong.
        reason: String,
    },
    /// A file is missing or its bytes do not give its digest.
    #[error("file {digest} is {}", match fault { FileFault::Missing => "missing", FileFault::Damaged => "damaged" })]
    File {
        /// Its digest.
        digest: Digest,
        /// What is wrong.
        fault: FileFault,
    },
    /// The file system failed.
    #[error("{what} {path}: {reason}", path = path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        reason: String,
        /// Its kind.
        kind: io::ErrorKind,
    },
    /// Another process has the store open.
    #[error("{path} is in use by another process", path = path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds a store of another format or engine, or something else.
    #[error("{path} is not a {wanted} store: {found}", path = path.display())]
    Format {
        /// The folder.
        path: PathBuf,
        /// What was asked for.
        wanted: String,
        /// What is there.
        found: String,
    },
}

impl Refusal {
    /// What whoever asked can do about it, where that is not plain.
    pub const fn remedy(&self) -> Option<&'static str> {
        match self {
            Refusal::IdempotencyConflict { .. } => {
                Some("repeat the first request unchanged to get its license again, or take another key")
            }
            Refusal::DuplicateNumber { .. } => Some(
                "to get that license again, repeat its request with the idempotency key that it was issued under, or fetch it \
                 by its identifier; to change it, issue its next version (POST /api/v1/licenses/ID/versions) or a further \
                 face (POST /api/v1/licenses/ID/faces); else give the new license another number",
            ),
            Refusal::RevisionConflict { .. } => Some("read it again, and decide on what it is now"),
            _ => None,
        }
    }
}

/// The register's own reasons to say no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The key was used before for another body.
    #[error("idempotency key {key:?} was used for another request")]
    IdempotencyConflict {
        /// The key.
        key: String,
    },
    /// The number belongs to another license of the type.
    #[error("number {number:?} belongs to {existing}")]
    DuplicateNumber {
        /// The number.
        number: String,
        /// Its current holder.
        existing: LicenseId,
    },
    /// The identifier, or another version of its serial, exists.
    #[error("{existing} exists already")]
    DuplicateId {
        /// What is there: the same serial, maybe in another version.
        existing: LicenseId,
    },
    /// No such license.
    #[error("no license {id}")]
    NotFound {
        /// Its identifier.
        id: LicenseId,
    },
    /// Somebody else changed it meanwhile.
    #[error("{id} is at revision {current}, not {expected}")]
    RevisionConflict {
        /// The license or client.
        id: String,
        /// The revision the caller knew.
        expected: u64,
        /// The revision it has.
        current: u64,
    },
    /// The table of states has no such step.
    #[error("a license that is {from} cannot become {to}")]
    TransitionNotAllowed {
        /// State now.
        from: Status,
        /// State wanted.
        to: Status,
    },
    /// The license does not stand: it gets no further faces.
    #[error("license {id} is {status}: only a valid one gets further faces")]
    NotValid {
        /// Which.
        id: LicenseId,
        /// Its state.
        status: Status,
    },
    /// A newer version of the same serial must be the next one, and of the same type.
    #[error("what was offered cannot follow {old}")]
    NotASuccessor {
        /// The standing version.
        old: LicenseId,
    },
    /// No such outbox row waits.
    #[error("no waiting outbox row {seq}")]
    NoSuchRow {
        /// Its position.
        seq: u64,
    },
    /// Another worker has the row now.
    #[error("outbox row {seq} is claimed by another worker")]
    LeaseLost {
        /// Its position.
        seq: u64,
    },
}

impl StoreError {
    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    pub(crate) fn io(what: &'static str, path: &std::path::Path, error: &io::Error) -> Self {
        Self::Io { what, path: path.to_owned(), reason: error.to_string(), kind: error.kind() }
    }

    pub(crate) fn invalid(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid { field, reason: reason.into() }
    }

    pub(crate) fn damaged(key: &[u8], reason: impl ToString) -> Self {
        Self::Damaged { key: key.escape_ascii().to_string(), reason: reason.to_string() }
    }
}

impl From<KvError> for StoreError {
    fn from(error: KvError) -> Self {
        match error {
            KvError::NotApplied(reason) => Self::Unavailable(reason),
            KvError::Unknown(reason) => Self::OutcomeUnknown(reason),
        }
    }
}
