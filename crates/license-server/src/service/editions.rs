//! Editions of trust lists in the register: every one that was ever in use, this operator's own and others'.
//!
//! ```text
//! trust/<name>                    {"editions": [{"sequence", "digest", "parts", …}]}, newest last: written last, one row
//! trust/<name>/<digest>/0, 1, …   the signed text, deflated, cut into settings; never changed
//! ```
//! An edition is in use from the moment that the first row names it: that write is atomic, and its audit entry is part of it.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use license_core::id::Digest;
use license_core::trust::TrustList;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::store::{AuditNote, MAX_RECORD, Store, StoreError};

/// Editions that are named; older ones stay in the register and are named by the audit trail.
const NAMED: usize = 200;
/// Largest signed list, as `license-core` reads it.
const MAX_TEXT: u64 = 32 * 1024 * 1024;
/// Most parts of one.
const MAX_PARTS: usize = MAX_TEXT as usize / MAX_RECORD + 1;

/// An edition that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptEdition {
    /// Its number.
    pub sequence: u64,
    /// SHA-256 of the signed text.
    pub digest: Digest,
    /// Settings that hold it.
    parts: usize,
    /// When it was made.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub issued_at: Option<OffsetDateTime>,
    /// When the next one is due.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub next_update: Option<OffsetDateTime>,
    /// When it came into use here.
    #[serde(with = "time::serde::rfc3339")]
    pub kept_at: OffsetDateTime,
}

/// The row of one list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Editions {
    pub(super) editions: Vec<KeptEdition>,
}

/// Name of the own list's row; others' have a path below.
pub(super) const OWN: &str = "own";

/// Name of another operator's row.
pub(super) fn of_list(name: &str) -> String {
    format!("list/{name}")
}

/// Which editions of a list are kept.
pub(super) fn editions(store: &dyn Store, name: &str) -> Result<Editions, StoreError> {
    match store.setting(&row(name))? {
        None => Ok(Editions::default()),
        Some(row) => serde_json::from_slice(&row).map_err(|error| damaged(name, &error.to_string())),
    }
}

/// The text of a kept edition.
pub(super) fn text(store: &dyn Store, name: &str, kept: &KeptEdition) -> Result<String, StoreError> {
    if kept.parts > MAX_PARTS {
        return Err(damaged(name, "too many parts"));
    }
    let mut packed = Vec::new();
    for at in 0..kept.parts {
        let part = store.setting(&part(name, &kept.digest, at))?;
        packed.extend_from_slice(&part.ok_or_else(|| damaged(name, "a part is missing"))?);
    }
    let mut text = String::new();
    ZlibDecoder::new(packed.as_slice())
        .take(MAX_TEXT)
        .read_to_string(&mut text)
        .map_err(|error| damaged(name, &error.to_string()))?;
    if TrustList::digest_of(&text) != kept.digest {
        return Err(damaged(name, "its digest is another one"));
    }
    Ok(text)
}

/// Keeps an edition and makes it the newest of its list.
pub(super) fn keep(
    store: &dyn Store,
    name: &str,
    (list, signed): (&TrustList, &str),
    note: &AuditNote,
) -> Result<KeptEdition, StoreError> {
    let mut known = editions(store, name)?;
    let digest = TrustList::digest_of(signed);
    let pack = || {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(signed.trim().as_bytes())?;
        encoder.finish()
    };
    let packed = pack().map_err(|error| StoreError::invalid("trust list", error.to_string()))?;
    for (at, bytes) in packed.chunks(MAX_RECORD).enumerate() {
        store.put_setting(&part(name, &digest, at), bytes.to_vec(), note.clone())?;
    }
    let kept = KeptEdition {
        sequence: list.sequence,
        digest,
        parts: packed.len().div_ceil(MAX_RECORD),
        issued_at: list.issued_at,
        next_update: list.next_update,
        kept_at: note.at,
    };
    known.editions.push(kept.clone());
    let surplus = known.editions.len().saturating_sub(NAMED);
    known.editions.drain(..surplus);
    let bytes = serde_json::to_vec(&known).map_err(|error| StoreError::invalid("trust list", error.to_string()))?;
    store.put_setting(&row(name), bytes, note.clone())?;
    Ok(kept)
}

fn row(name: &str) -> String {
    format!("trust/{name}")
}

fn part(name: &str, digest: &Digest, at: usize) -> String {
    format!("trust/{name}/{digest}/{at}")
}

fn damaged(name: &str, problem: &str) -> StoreError {
    StoreError::Unavailable(format!("the kept trust list {name} is damaged: {problem}"))
}
