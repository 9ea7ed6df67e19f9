//! The key layout: one byte names the table, see `docs/formats/store.md`.
//!
//! Texts inside a key are free of control characters (checked before writing), so a zero byte ends each of them and
//! the identifier at the end of an index key begins after the last one.

use super::model::{IdempotencyKey, StoredLicense};
use super::requests::Query;
use super::status::Status;
use license_core::id::{Digest, LicenseBase, LicenseId};

/// The one row of the format's name and version.
pub(crate) const FORMAT: &[u8] = b"!format";
/// The head of the audit chain.
pub(crate) const AUDIT_HEAD: &[u8] = b"Z";

/// Licenses by identifier.
pub(crate) const LICENSES: u8 = b'L';
/// Audit entries by position.
pub(crate) const AUDIT: u8 = b'A';
/// Waiting outbox rows by position.
pub(crate) const OUTBOX: u8 = b'O';
/// Completed idempotency keys.
pub(crate) const COMPLETED: u8 = b'I';
/// Clients by id.
pub(crate) const CLIENTS: u8 = b'K';
/// Counts by name.
pub(crate) const COUNTS: u8 = b'c';
/// Assets by digest.
pub(crate) const ASSETS: u8 = b'M';
/// The index tables; each key ends in an identifier.
pub(crate) const INDEXES: &[u8] = b"dfhinst";

pub(crate) const COUNT_LICENSES: &str = "licenses";
pub(crate) const COUNT_OUTBOX: &str = "outbox";
pub(crate) const COUNT_ASSETS: &str = "assets";

pub(crate) fn count_of_status(status: Status) -> String {
    format!("status/{status}")
}

pub(crate) fn count_of_type(type_id: &str) -> String {
    format!("type/{type_id}")
}

fn key(table: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = vec![table];
    for part in parts {
        key.extend_from_slice(part);
    }
    key
}

fn text_then(table: u8, texts: &[&str], rest: &[u8]) -> Vec<u8> {
    let mut key = vec![table];
    for text in texts {
        key.extend_from_slice(text.as_bytes());
        key.push(0);
    }
    key.extend_from_slice(rest);
    key
}

pub(crate) fn license(id: &LicenseId) -> Vec<u8> {
    key(LICENSES, &[id.to_string().as_bytes()])
}

/// Before every version of a serial.
pub(crate) fn versions(base: &LicenseBase) -> Vec<u8> {
    key(LICENSES, &[base.to_string().as_bytes(), b"."])
}

pub(crate) fn record(id: &LicenseId) -> Vec<u8> {
    key(b'R', &[id.to_string().as_bytes()])
}

/// The newest version of a serial.
pub(crate) fn base(base: &LicenseBase) -> Vec<u8> {
    key(b'B', &[base.to_string().as_bytes()])
}

/// The version that carries a certificate number now.
pub(crate) fn number(type_id: &str, number: &str) -> Vec<u8> {
    text_then(b'N', &[type_id, number], &[])
}

pub(crate) fn history(id: &LicenseId) -> Vec<u8> {
    text_then(b'H', &[&id.to_string()], &[])
}

pub(crate) fn history_at(id: &LicenseId, revision: u64) -> Vec<u8> {
    text_then(b'H', &[&id.to_string()], &revision.to_be_bytes())
}

pub(crate) fn completed(of: &IdempotencyKey) -> Vec<u8> {
    text_then(COMPLETED, &[&of.client, &of.key], &[])
}

pub(crate) fn audit(seq: u64) -> Vec<u8> {
    key(AUDIT, &[&seq.to_be_bytes()])
}

pub(crate) fn audit_detail(seq: u64) -> Vec<u8> {
    key(b'D', &[&seq.to_be_bytes()])
}

pub(crate) fn audit_subject(subject: &str) -> Vec<u8> {
    text_then(b'a', &[subject], &[])
}

pub(crate) fn audit_subject_at(subject: &str, seq: u64) -> Vec<u8> {
    text_then(b'a', &[subject], &seq.to_be_bytes())
}

pub(crate) fn outbox(seq: u64) -> Vec<u8> {
    key(OUTBOX, &[&seq.to_be_bytes()])
}

/// Waiting rows of a serial.
pub(crate) fn outbox_waiting(base: &LicenseBase) -> Vec<u8> {
    text_then(b'w', &[&base.to_string()], &[])
}

pub(crate) fn outbox_waiting_at(base: &LicenseBase, seq: u64) -> Vec<u8> {
    text_then(b'w', &[&base.to_string()], &seq.to_be_bytes())
}

/// Delivered rows of a serial.
pub(crate) fn outbox_done(base: &LicenseBase) -> Vec<u8> {
    text_then(b'o', &[&base.to_string()], &[])
}

pub(crate) fn outbox_done_at(base: &LicenseBase, seq: u64) -> Vec<u8> {
    text_then(b'o', &[&base.to_string()], &seq.to_be_bytes())
}

/// From position to serial, for a repeated acknowledgement.
pub(crate) fn outbox_done_seq(seq: u64) -> Vec<u8> {
    key(b'p', &[&seq.to_be_bytes()])
}

/// What documents were made with.
pub(crate) fn asset(digest: &Digest) -> Vec<u8> {
    key(ASSETS, &[digest.as_bytes()])
}

pub(crate) fn client(id: &str) -> Vec<u8> {
    key(CLIENTS, &[id.as_bytes()])
}

pub(crate) fn setting(name: &str) -> Vec<u8> {
    key(b'S', &[name.as_bytes()])
}

pub(crate) fn count(name: &str) -> Vec<u8> {
    key(COUNTS, &[name.as_bytes()])
}

/// Callers' sequences.
pub(crate) fn sequence(name: &str) -> Vec<u8> {
    key(b'q', &[name.as_bytes()])
}

/// The outbox's own sequence.
pub(crate) const OUTBOX_SEQUENCE: &[u8] = b"Q";

fn by_file(digest: &Digest) -> Vec<u8> {
    key(b'f', &[digest.as_bytes()])
}

/// Newest first: the seconds count downward.
fn by_issue(seconds: i64) -> Vec<u8> {
    let upward = (seconds as u64) ^ (1 << 63);
    key(b'd', &[&(!upward).to_be_bytes()])
}

pub(crate) fn by_status(status: Status, id: &LicenseId) -> Vec<u8> {
    key(b's', &[&[status.code()], id.to_string().as_bytes()])
}

/// The index keys that a license must have.
pub(crate) fn index_of(license: &StoredLicense) -> Vec<Vec<u8>> {
    let id = license.id.to_string();
    let id = id.as_bytes();
    let with_id = |mut key: Vec<u8>| {
        key.extend_from_slice(id);
        key
    };
    let mut keys = vec![
        text_then(b't', &[&license.type_id], id),
        text_then(b'i', &[&license.issuer_code], id),
        text_then(b'h', &[&license.holder_code], id),
        text_then(b'n', &[&license.type_id, &license.number], id),
        with_id(by_issue(license.issued_at.unix_timestamp())),
        by_status(license.status, &license.id),
    ];
    keys.extend(license.files.iter().chain(&license.earlier).map(|file| with_id(by_file(&file.digest))));
    keys
}

/// The prefix of a query's keys, and how many bytes at its start are not part of the identifier.
pub(crate) fn query(query: &Query) -> Vec<u8> {
    match query {
        Query::All => vec![LICENSES],
        Query::Newest => vec![b'd'],
        Query::Type(id) => text_then(b't', &[id], &[]),
        Query::Issuer(code) => text_then(b'i', &[code], &[]),
        Query::Holder(code) => text_then(b'h', &[code], &[]),
        Query::Status(status) => vec![b's', status.code()],
        Query::Number { type_id, number } => text_then(b'n', &[type_id, number], &[]),
        Query::File(digest) => by_file(digest),
    }
}

/// The identifier at the end of a key of [`INDEXES`] or [`LICENSES`].
pub(crate) fn id_in(key: &[u8]) -> Option<LicenseId> {
    let start = match key.first()? {
        b'L' => 1,
        b'd' => 9,
        b'f' => 33,
        b's' => 2,
        _ => key.iter().rposition(|&byte| byte == 0)? + 1,
    };
    std::str::from_utf8(key.get(start..)?).ok()?.parse().ok()
}

/// The file in a key of the file index.
pub(crate) fn has_file(digest: &Digest) -> Vec<u8> {
    by_file(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_issues_sort_first_even_before_1970() {
        assert!(by_issue(2) < by_issue(1));
        assert!(by_issue(0) < by_issue(-1));
    }
}
