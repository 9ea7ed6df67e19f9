//! What the store keeps about licenses, files and clients: plain data.

use super::status::{Status, StatusChange};
use license_core::id::Digest;
use license_core::id::LicenseId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use time::{Date, OffsetDateTime};

/// The format of a stored file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// The sealed original.
    Ofd,
    /// Its signed twin.
    Pdf,
    /// A preview.
    Png,
}

impl FileKind {
    /// The media type it is served with.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Ofd => "application/ofd",
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
        }
    }
}

/// A file of a license, by content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Format.
    pub kind: FileKind,
    /// Which face it shows (正本, 副本); empty when the type has one. Kind and face together are unique in a license.
    #[serde(default)]
    pub face: String,
    /// SHA-256 of the bytes; [`super::Store::file`] fetches them by it.
    pub digest: Digest,
    /// Number of bytes.
    pub len: u64,
    /// As served.
    pub media_type: String,
    /// Until when its proof of time lasts, as far as a renewal told; `None` when nobody has looked yet.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub lasts_until: Option<OffsetDateTime>,
    /// The seal on it, an [asset](super::Asset); `None` when it was issued before seals were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<Digest>,
}

/// A file to be stored with a license.
#[derive(Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Format.
    pub kind: FileKind,
    /// Which face it shows; may be empty.
    pub face: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// The seal on it, which must be kept as an asset.
    pub seal: Option<Digest>,
}

/// A license that is about to be issued.
#[derive(Clone)]
pub struct NewLicense {
    /// Identifier with version.
    pub id: LicenseId,
    /// License type.
    pub type_id: String,
    /// Certificate number (证照编号).
    pub number: String,
    /// Holder's name.
    pub holder_name: String,
    /// Holder's code: unified social credit code, citizen number, …
    pub holder_code: String,
    /// Issuer's code.
    pub issuer_code: String,
    /// The case it ends.
    pub case_number: Option<String>,
    /// Canonical JSON of the data.
    pub record: Vec<u8>,
    /// The signed index as text.
    pub index_token: String,
    /// Its files, at least one.
    pub files: Vec<NewFile>,
    /// What it was laid out with, template and font set, which must be kept as assets.
    pub made_with: Vec<Digest>,
    /// When it was issued.
    pub issued_at: OffsetDateTime,
    /// Last day of validity; `None` when unlimited.
    pub valid_until: Option<Date>,
}

/// One version of a license as stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredLicense {
    /// Identifier with version.
    pub id: LicenseId,
    /// License type.
    pub type_id: String,
    /// Certificate number (证照编号).
    pub number: String,
    /// Holder's name.
    pub holder_name: String,
    /// Holder's code.
    pub holder_code: String,
    /// Issuer's code.
    pub issuer_code: String,
    /// The case it ended.
    pub case_number: Option<String>,
    /// Canonical JSON of the data. Kept in a row of its own, which is written once.
    #[serde(skip)]
    pub record: Vec<u8>,
    /// The signed index as text.
    pub index_token: String,
    /// Its files, as handed out today.
    pub files: Vec<FileRef>,
    /// Files in whose place stronger ones were put (renewed time-stamps). They stay, and copies of them verify.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<FileRef>,
    /// What it was laid out with: [assets](super::Asset). Empty when it was issued before they were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made_with: Vec<Digest>,
    /// State now.
    pub status: Status,
    /// The last change of state; `None` since the issue.
    pub status_changed: Option<StatusChange>,
    /// When it was issued.
    #[serde(with = "time::serde::rfc3339")]
    pub issued_at: OffsetDateTime,
    /// Last day of validity; `None` when unlimited.
    pub valid_until: Option<Date>,
    /// The version it replaced.
    pub supersedes: Option<LicenseId>,
    /// The version that replaced it.
    pub superseded_by: Option<LicenseId>,
    /// The key it was issued under.
    pub idempotency: Option<IdempotencyKey>,
    /// Counts the changes; a change names the one it was decided on.
    pub revision: u64,
}

/// Names no person: this ends up in logs.
impl fmt::Debug for StoredLicense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredLicense")
            .field("id", &self.id)
            .field("status", &self.status)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// Names no person: this ends up in logs.
impl fmt::Debug for NewLicense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewLicense").field("id", &self.id).field("files", &self.files.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewFile({:?} {}, {} bytes)", self.kind, self.face, self.bytes.len())
    }
}

impl FileRef {
    /// The row of a new file whose bytes have this digest.
    pub(super) fn of(new: &NewFile, digest: Digest) -> FileRef {
        FileRef {
            kind: new.kind,
            face: new.face.clone(),
            digest,
            len: new.bytes.len() as u64,
            media_type: new.kind.media_type().to_owned(),
            lasts_until: None,
            seal: new.seal,
        }
    }
}

impl StoredLicense {
    /// The assets that it names.
    pub fn assets(&self) -> impl Iterator<Item = &Digest> {
        self.made_with.iter().chain(self.files.iter().chain(&self.earlier).filter_map(|file| file.seal.as_ref()))
    }

    /// The faces that it has files for, the first one first.
    pub fn faces(&self) -> Vec<&str> {
        let mut faces: Vec<&str> = Vec::new();
        for file in &self.files {
            if !faces.contains(&file.face.as_str()) {
                faces.push(&file.face);
            }
        }
        faces
    }

    /// Whether the last day of validity lies before `day`. The state in the register does not matter here.
    pub fn expired_on(&self, day: Date) -> bool {
        self.valid_until.is_some_and(|last| last < day)
    }
}

/// A key under which a client repeats a request without repeating its effect; keys of two clients never meet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IdempotencyKey {
    /// The client's id.
    pub client: String,
    /// The key it chose.
    pub key: String,
}

/// What a completed key led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completed {
    /// Digest of the request's body.
    pub body: Digest,
    /// The licenses issued or changed.
    pub ids: Vec<LicenseId>,
}

/// A system that may call us (OAuth 2 client).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// argon2id hash of the secret, PHC string.
    pub secret_hash: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// The department it works for.
    pub department: String,
    /// Locked out when set.
    #[serde(default)]
    pub disabled: bool,
    /// When it was added.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// 0 for a new one; a change names the revision it was decided on.
    pub revision: u64,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// How many there are; kept up to date by every commit, so asking is free.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Versions of licenses.
    pub licenses: u64,
    /// By state.
    pub by_status: BTreeMap<Status, u64>,
    /// By type.
    pub by_type: BTreeMap<String, u64>,
    /// Entries of the audit chain.
    pub audit_entries: u64,
    /// Outbox rows not yet acknowledged.
    pub outbox_pending: u64,
    /// Templates, fonts and seals that licenses were made with.
    pub assets: u64,
}

/// How the store is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// `redb`, `sled` or `memory`.
    pub engine: &'static str,
    /// Engine commits, each one flush to disk.
    pub groups: u64,
    /// Requests answered by them.
    pub commits: u64,
    /// The most requests that shared one flush.
    pub largest_group: u64,
    /// Flushes that failed.
    pub failures: u64,
    /// Bytes of the engine on disk.
    pub engine_bytes: u64,
}
