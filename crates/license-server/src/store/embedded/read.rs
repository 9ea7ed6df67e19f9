//! Finding licenses.

use super::trail;
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::kv::{Pair, Snapshot, prefix_end};
use crate::store::model::{Counts, StoredLicense};
use crate::store::requests::{Cursor, MAX_PAGE, Page, PageRequest, Query};
use crate::store::rows;
use crate::store::status::{Status, StatusChange};
use license_core::id::LicenseId;

/// Versions are numbered 001 to 999.
const MAX_VERSIONS: usize = 999;
/// A license changes its state a few times in its life; this bounds one answer.
const MAX_HISTORY: usize = 1000;
/// License types in one system, far above the hundreds that a city has.
const MAX_COUNTS: usize = 100_000;

pub(super) fn versions(view: &dyn Snapshot, id: &LicenseId) -> Result<Vec<StoredLicense>, StoreError> {
    let prefix = keys::versions(id.base());
    let rows = view.scan(&prefix, &prefix_end(&prefix), MAX_VERSIONS)?;
    rows.iter().map(|(key, _)| at_key(view, key)).collect()
}

pub(super) fn history(view: &dyn Snapshot, id: &LicenseId) -> Result<Vec<StatusChange>, StoreError> {
    rows::read_all(view, &keys::history(id), MAX_HISTORY)
}

pub(super) fn by_number(view: &dyn Snapshot, type_id: &str, number: &str) -> Result<Option<StoredLicense>, StoreError> {
    match rows::id_at(view, &keys::number(type_id, number))? {
        Some(id) => rows::license(view, &id),
        None => Ok(None),
    }
}

pub(super) fn list(view: &dyn Snapshot, query: &Query, page: &PageRequest) -> Result<Page<StoredLicense>, StoreError> {
    paged(view, &keys::query(query), page, |(key, _)| at_key(view, key))
}

fn at_key(view: &dyn Snapshot, key: &[u8]) -> Result<StoredLicense, StoreError> {
    let id = keys::id_in(key).ok_or_else(|| StoreError::damaged(key, "no identifier at its end"))?;
    rows::license(view, &id)?.ok_or_else(|| StoreError::damaged(key, "leads to no license"))
}

/// One page of the rows under `prefix`. A cursor holds what stands behind the prefix, so it cannot lead elsewhere.
pub(super) fn paged<T>(
    view: &dyn Snapshot,
    prefix: &[u8],
    page: &PageRequest,
    mut item: impl FnMut(&Pair) -> Result<T, StoreError>,
) -> Result<Page<T>, StoreError> {
    let limit = page.limit.clamp(1, MAX_PAGE);
    let from = match &page.after {
        None => prefix.to_vec(),
        Some(Cursor(rest)) => [prefix, rest, &[0]].concat(),
    };
    let mut rows = view.scan(&from, &prefix_end(prefix), limit + 1)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = match rows.last() {
        Some((key, _)) if more => Some(Cursor(key[prefix.len()..].to_vec())),
        _ => None,
    };
    let items = rows.iter().map(&mut item).collect::<Result<_, _>>()?;
    Ok(Page { items, next })
}

pub(super) fn counts(view: &dyn Snapshot) -> Result<Counts, StoreError> {
    let mut counts = Counts { audit_entries: trail::head(view)?.seq, ..Counts::default() };
    let prefix = [keys::COUNTS];
    for (key, value) in view.scan(&prefix, &prefix_end(&prefix), MAX_COUNTS)? {
        let number = rows::to_number(&key, &value)?;
        let name = std::str::from_utf8(&key[1..]).map_err(|e| StoreError::damaged(&key, e))?;
        match name.split_once('/') {
            Some(("type", type_id)) => {
                counts.by_type.insert(type_id.to_owned(), number);
            }
            Some(("status", status)) => {
                let status = Status::ALL.into_iter().find(|s| s.name() == status);
                let status = status.ok_or_else(|| StoreError::damaged(&key, "no such state"))?;
                counts.by_status.insert(status, number);
            }
            _ if name == keys::COUNT_LICENSES => counts.licenses = number,
            _ if name == keys::COUNT_OUTBOX => counts.outbox_pending = number,
            _ if name == keys::COUNT_ASSETS => counts.assets = number,
            _ => return Err(StoreError::damaged(&key, "no such count")),
        }
    }
    Ok(counts)
}
