//! What callers ask of the store, and the answers.

use super::asset::AssetKind;
use super::audit::AuditNote;
use super::model::{IdempotencyKey, NewFile, NewLicense, StoredLicense};
use super::status::{Status, Transition};
use license_core::id::Digest;
use license_core::id::LicenseId;
use std::fmt;
use std::str::FromStr;
use time::OffsetDateTime;

/// The most licenses in one set.
pub const MAX_SET: usize = 100;
/// The most items on one page; a larger wish is cut down to it.
pub const MAX_PAGE: usize = 500;
/// The most bytes of one record.
pub const MAX_RECORD: usize = 64 * 1024;
/// The most bytes of one file.
pub const MAX_FILE: usize = 64 << 20;
/// The most files of one license whose place others took.
pub const MAX_EARLIER: usize = 256;
/// The most bytes of a name, number, code or other short text.
pub const MAX_TEXT: usize = 512;
/// The most bytes of an index token, a detail of an audit note, a legal reason, a receipt.
pub const MAX_LONG_TEXT: usize = 8 * 1024;

/// The key of a request together with the digest of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Who, under which key.
    pub key: IdempotencyKey,
    /// Digest of the body: the same key with another body is a conflict.
    pub body: Digest,
}

/// Issue a set, all or nothing.
#[derive(Clone, Debug)]
pub struct Issue {
    /// One or more licenses.
    pub licenses: Vec<NewLicense>,
    /// For safe repetition.
    pub idempotency: Option<Idempotency>,
    /// One entry per license is written from it.
    pub audit: AuditNote,
}

/// The answer to [`Issue`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssueOutcome {
    /// Done, durably.
    Issued(Vec<StoredLicense>),
    /// The key was completed before with the same body; nothing was done. The licenses it made then.
    Replayed(Vec<LicenseId>),
}

/// Put a newer version in the place of an older one.
#[derive(Clone, Debug)]
pub struct Supersede {
    /// The version that stands now.
    pub old: LicenseId,
    /// The revision the decision was made on.
    pub expected_revision: u64,
    /// Its successor: the same serial with the next version, or a new serial.
    pub new: NewLicense,
    /// Who decided and why; its `to` must be [`Status::Superseded`].
    pub transition: Transition,
    /// For safe repetition.
    pub idempotency: Option<Idempotency>,
    /// For the audit trail.
    pub audit: AuditNote,
}

/// The answer to [`Supersede`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SupersedeOutcome {
    /// Done, durably.
    Superseded {
        /// The old version as it stands now.
        old: Box<StoredLicense>,
        /// The new one.
        new: Box<StoredLicense>,
    },
    /// The key was completed before with the same body; the license it made then.
    Replayed(LicenseId),
}

/// Change the state of a license.
#[derive(Clone, Debug)]
pub struct ChangeStatus {
    /// Which version.
    pub id: LicenseId,
    /// The revision the decision was made on.
    pub expected_revision: u64,
    /// What to do.
    pub transition: Transition,
    /// For safe repetition: a repeated key answers the license as it is now.
    pub idempotency: Option<Idempotency>,
    /// For the audit trail.
    pub audit: AuditNote,
}

/// Add files to a license that stands: further faces of it.
#[derive(Clone, Debug)]
pub struct AddFiles {
    /// Which version.
    pub id: LicenseId,
    /// The revision the decision was made on.
    pub expected_revision: u64,
    /// One or more, none of a kind and face that is there.
    pub files: Vec<NewFile>,
    /// For the audit trail.
    pub audit: AuditNote,
}

/// Put stronger files in the place of those that are handed out: the same documents with fresh time-stamps.
#[derive(Clone, Debug)]
pub struct RenewFiles {
    /// Which version, whatever its state.
    pub id: LicenseId,
    /// The revision the decision was made on.
    pub expected_revision: u64,
    /// One or more, each for a file that is handed out now.
    pub files: Vec<RenewedFile>,
    /// For the audit trail.
    pub audit: AuditNote,
}

/// A file with a stronger one for its place.
#[derive(Clone)]
pub struct RenewedFile {
    /// The file as handed out until now; it stays in the register.
    pub earlier: Digest,
    /// Its successor. It must begin with the bytes of the earlier one: what was signed is not touched.
    pub bytes: Vec<u8>,
    /// Until when the successor's proof lasts.
    pub lasts_until: Option<OffsetDateTime>,
}

impl fmt::Debug for RenewedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RenewedFile({}, {} bytes)", self.earlier, self.bytes.len())
    }
}

/// Which licenses to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// All, in order of identifier.
    All,
    /// All, newest first (to the second of issue).
    Newest,
    /// One type.
    Type(String),
    /// One issuer's code.
    Issuer(String),
    /// One holder's code.
    Holder(String),
    /// One state.
    Status(Status),
    /// One certificate number of a type: every version that carried it.
    Number {
        /// Type.
        type_id: String,
        /// Certificate number.
        number: String,
    },
    /// The licenses that a file of this content belongs to.
    File(Digest),
}

/// Where the next page begins; opaque to callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub(crate) Vec<u8>);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor")]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        if text.len() > 4 * MAX_TEXT || !text.len().is_multiple_of(2) || !text.is_ascii() {
            return Err(NotACursor);
        }
        let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| NotACursor);
        let cursor = Self((0..text.len()).step_by(2).map(byte).collect::<Result<_, _>>()?);
        if cursor.to_string() == text { Ok(cursor) } else { Err(NotACursor) }
    }
}

/// Which page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// `None` for the first one.
    pub after: Option<Cursor>,
    /// Wanted size, 1 to [`MAX_PAGE`].
    pub limit: usize,
}

impl PageRequest {
    /// The first `limit` items.
    pub fn first(limit: usize) -> Self {
        Self { after: None, limit }
    }
}

/// Some items, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In order.
    pub items: Vec<T>,
    /// `None` on the last page.
    pub next: Option<Cursor>,
}

/// Where a completed check of the store found something.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "finding")]
#[non_exhaustive]
pub enum Finding {
    /// A license names a file that is not there.
    MissingFile {
        /// The license.
        license: LicenseId,
        /// The file.
        digest: Digest,
    },
    /// A file's bytes do not give its name, or its length is not the one in the license.
    DamagedFile {
        /// The license.
        license: LicenseId,
        /// The file.
        digest: Digest,
    },
    /// What licenses were made with is not there.
    MissingAsset {
        /// What it is.
        kind: AssetKind,
        /// Its name.
        name: String,
        /// The file.
        digest: Digest,
    },
    /// The bytes of what licenses were made with do not give its digest, or its length is another one.
    DamagedAsset {
        /// What it is.
        kind: AssetKind,
        /// Its name.
        name: String,
        /// The file.
        digest: Digest,
    },
    /// A license or an asset names one that is not kept.
    UnknownAsset {
        /// Identifier of the license, or name of the asset.
        by: String,
        /// What it names.
        digest: Digest,
    },
    /// A license without its record, or with one that is not what was stored.
    DamagedRecord {
        /// The license.
        license: LicenseId,
    },
    /// A row that cannot be read.
    UnreadableRow {
        /// Its key, non-printing bytes escaped.
        key: String,
    },
    /// An index entry that leads to no license, or to one it does not fit.
    DanglingIndex {
        /// Its key, non-printing bytes escaped.
        key: String,
    },
    /// An index entry that a license should have.
    MissingIndex {
        /// The license.
        license: LicenseId,
        /// Its key, non-printing bytes escaped.
        key: String,
    },
    /// Predecessor and successor do not name one another.
    BrokenVersions {
        /// The license.
        license: LicenseId,
    },
    /// The audit chain is broken.
    AuditBroken {
        /// Where and how.
        at: super::audit::ChainBreak,
    },
    /// A completed idempotency key that leads to no license.
    DanglingKey {
        /// Its key, non-printing bytes escaped.
        key: String,
    },
    /// A kept number that is not what counting gives.
    WrongCount {
        /// Its name.
        name: String,
        /// As kept.
        kept: u64,
        /// As counted.
        counted: u64,
    },
    /// A file that belongs to no license: left by an issue that did not get as far as its commit. Harmless.
    OrphanFile {
        /// The file.
        digest: Digest,
    },
}

impl Finding {
    /// Whether something is wrong, as opposed to untidy.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Self::OrphanFile { .. })
    }
}

/// What a check looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct FsckSummary {
    /// Versions of licenses.
    pub licenses: u64,
    /// Files read and hashed.
    pub files: u64,
    /// Templates, fonts and seals read and hashed.
    pub assets: u64,
    /// Index entries.
    pub index_entries: u64,
    /// Audit entries.
    pub audit_entries: u64,
    /// Findings that are faults.
    pub faults: u64,
    /// Findings that are not.
    pub notes: u64,
}
