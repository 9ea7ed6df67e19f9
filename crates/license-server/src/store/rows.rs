//! How rows look as bytes: one byte for the version of the encoding, then JSON; counters are 8 bytes, big-endian.

use super::error::StoreError;
use super::keys;
use super::kv::Snapshot;
use super::model::StoredLicense;
use license_core::id::{Digest, LicenseId};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The encoding written today. Adding a field with a default needs no new one.
const VERSION: u8 = 1;

pub(crate) fn encode<T: Serialize>(row: &T) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![VERSION];
    serde_json::to_writer(&mut bytes, row).map_err(|e| StoreError::invalid("row", e.to_string()))?;
    Ok(bytes)
}

pub(crate) fn decode<T: DeserializeOwned>(key: &[u8], bytes: &[u8]) -> Result<T, StoreError> {
    match bytes.split_first() {
        Some((&VERSION, json)) => serde_json::from_slice(json).map_err(|e| StoreError::damaged(key, e)),
        Some((other, _)) => Err(StoreError::damaged(key, format!("encoding version {other}"))),
        None => Err(StoreError::damaged(key, "empty row")),
    }
}

pub(crate) fn read<T: DeserializeOwned>(view: &dyn Snapshot, key: &[u8]) -> Result<Option<T>, StoreError> {
    view.value(key)?.map(|bytes| decode(key, &bytes)).transpose()
}

/// Every row under `prefix`, up to `limit`.
pub(crate) fn read_all<T: DeserializeOwned>(
    view: &dyn Snapshot,
    prefix: &[u8],
    limit: usize,
) -> Result<Vec<T>, StoreError> {
    let rows = view.scan(prefix, &super::kv::prefix_end(prefix), limit)?;
    rows.iter().map(|(key, bytes)| decode(key, bytes)).collect()
}

pub(crate) fn number(view: &dyn Snapshot, key: &[u8]) -> Result<u64, StoreError> {
    match view.value(key)? {
        None => Ok(0),
        Some(bytes) => to_number(key, &bytes),
    }
}

pub(crate) fn to_number(key: &[u8], bytes: &[u8]) -> Result<u64, StoreError> {
    bytes.try_into().map(u64::from_be_bytes).map_err(|_| StoreError::damaged(key, "not 8 bytes"))
}

/// The identifier that is the value under `key`.
pub(crate) fn id_at(view: &dyn Snapshot, key: &[u8]) -> Result<Option<LicenseId>, StoreError> {
    view.value(key)?.map(|bytes| to_id(key, &bytes)).transpose()
}

pub(crate) fn to_id(key: &[u8], bytes: &[u8]) -> Result<LicenseId, StoreError> {
    let text = std::str::from_utf8(bytes).map_err(|e| StoreError::damaged(key, e))?;
    text.parse().map_err(|e| StoreError::damaged(key, e))
}

/// A record's row carries the digest of the record before it, so that a damaged one is never handed out.
pub(crate) fn encode_record(record: &[u8]) -> Vec<u8> {
    [Digest::of(record).as_bytes(), record].concat()
}

pub(crate) fn license(view: &dyn Snapshot, id: &LicenseId) -> Result<Option<StoredLicense>, StoreError> {
    let Some(mut license) = read::<StoredLicense>(view, &keys::license(id))? else { return Ok(None) };
    let key = keys::record(id);
    let row = view.value(&key)?.ok_or_else(|| StoreError::damaged(&key, "no record"))?;
    license.record = match row.split_at_checked(32) {
        Some((digest, record)) if Digest::of(record).as_bytes() == digest => record.to_vec(),
        _ => return Err(StoreError::damaged(&key, "the record does not give its digest")),
    };
    Ok(Some(license))
}

/// The revision in a license's row, the rest skipped.
pub(crate) fn revision(view: &dyn Snapshot, id: &LicenseId) -> Result<Option<u64>, StoreError> {
    #[derive(serde::Deserialize)]
    struct Revision {
        revision: u64,
    }
    Ok(read::<Revision>(view, &keys::license(id))?.map(|row| row.revision))
}
