//! The outbox in the store.

use super::{EmbeddedStore, check, state};
use crate::store::committer::Draft;
use crate::store::error::{Refusal, StoreError};
use crate::store::keys;
use crate::store::kv::{Snapshot, prefix_end};
use crate::store::model::StoredLicense;
use crate::store::outbox::{Claim, IndexChange, OutboxRow};
use crate::store::requests::{MAX_LONG_TEXT, MAX_PAGE};
use crate::store::rows;
use license_core::id::LicenseId;
use std::collections::HashSet;
use time::OffsetDateTime;

/// Rows looked at by one claim. When so many are leased or postponed, the sender has work enough.
const MAX_LOOK: usize = 20_000;
/// Rows read at once.
const CHUNK: usize = 256;

pub(super) fn push(
    draft: &mut Draft<'_>,
    license: &StoredLicense,
    change: IndexChange,
    at: OffsetDateTime,
) -> Result<(), StoreError> {
    let seq = rows::number(draft, keys::OUTBOX_SEQUENCE)? + 1;
    let row = OutboxRow {
        seq,
        license: license.id.clone(),
        change,
        revision: license.revision,
        status: license.status,
        created_at: at,
        attempts: 0,
        claimed_by: None,
        not_before: None,
        last_error: None,
        receipt: None,
    };
    draft.put(keys::OUTBOX_SEQUENCE, seq.to_be_bytes());
    draft.put(keys::outbox(seq), rows::encode(&row)?);
    draft.put(keys::outbox_waiting_at(license.id.base(), seq), Vec::new());
    state::bump(draft, keys::COUNT_OUTBOX, 1)
}

pub(super) fn claim(store: &EmbeddedStore, claim: Claim) -> Result<Vec<OutboxRow>, StoreError> {
    check::text("worker", &claim.worker)?;
    let until = claim.now.checked_add(claim.lease).ok_or_else(|| StoreError::invalid("lease", "is too long"))?;
    store.committer.commit(move |draft| {
        let limit = claim.limit.clamp(1, MAX_PAGE);
        let mut handed = Vec::new();
        // A serial whose oldest row is not free blocks its later rows.
        let mut seen = HashSet::new();
        let (mut from, end) = (vec![keys::OUTBOX], prefix_end(&[keys::OUTBOX]));
        let mut looked = 0;
        while handed.len() < limit && looked < MAX_LOOK {
            let chunk = draft.scan(&from, &end, CHUNK)?;
            let Some((last, _)) = chunk.last() else { break };
            from = [last.as_slice(), &[0]].concat();
            looked += chunk.len();
            for (key, bytes) in &chunk {
                let mut row: OutboxRow = rows::decode(key, bytes)?;
                let free = row.not_before.is_none_or(|moment| moment <= claim.now);
                if !seen.insert(row.license.base().clone()) || !free || handed.len() >= limit {
                    continue;
                }
                row.claimed_by = Some(claim.worker.clone());
                row.not_before = Some(until);
                row.attempts = row.attempts.saturating_add(1);
                draft.put(key.as_slice(), rows::encode(&row)?);
                handed.push(row);
            }
        }
        Ok(handed)
    })
}

pub(super) fn acknowledge(store: &EmbeddedStore, seq: u64, worker: &str, receipt: &str) -> Result<(), StoreError> {
    check::length("receipt", receipt.len(), MAX_LONG_TEXT)?;
    let (worker, receipt) = (worker.to_owned(), receipt.to_owned());
    store.committer.commit(move |draft| {
        let Some(mut row) = rows::read::<OutboxRow>(draft, &keys::outbox(seq))? else {
            let done = draft.value(&keys::outbox_done_seq(seq))?.is_some();
            return if done { Ok(()) } else { Err(Refusal::NoSuchRow { seq }.into()) };
        };
        refuse_stranger(&row, &worker)?;
        row.receipt = Some(receipt);
        row.not_before = None;
        let base = row.license.base();
        draft.remove(keys::outbox(seq));
        draft.remove(keys::outbox_waiting_at(base, seq));
        draft.put(keys::outbox_done_at(base, seq), rows::encode(&row)?);
        draft.put(keys::outbox_done_seq(seq), Vec::new());
        state::bump(draft, keys::COUNT_OUTBOX, -1)
    })
}

pub(super) fn postpone(
    store: &EmbeddedStore,
    seq: u64,
    worker: &str,
    error: &str,
    not_before: OffsetDateTime,
) -> Result<(), StoreError> {
    check::length("error", error.len(), MAX_LONG_TEXT)?;
    let (worker, error) = (worker.to_owned(), error.to_owned());
    store.committer.commit(move |draft| {
        let key = keys::outbox(seq);
        let mut row: OutboxRow = rows::read(draft, &key)?.ok_or(Refusal::NoSuchRow { seq })?;
        refuse_stranger(&row, &worker)?;
        row.claimed_by = None;
        row.not_before = Some(not_before);
        row.last_error = Some(error);
        draft.put(key, rows::encode(&row)?);
        Ok(())
    })
}

fn refuse_stranger(row: &OutboxRow, worker: &str) -> Result<(), StoreError> {
    if row.claimed_by.as_deref() == Some(worker) { Ok(()) } else { Err(Refusal::LeaseLost { seq: row.seq }.into()) }
}

pub(super) fn of(view: &dyn Snapshot, id: &LicenseId) -> Result<Vec<OutboxRow>, StoreError> {
    let mut rows = rows::read_all(view, &keys::outbox_done(id.base()), MAX_PAGE)?;
    let prefix = keys::outbox_waiting(id.base());
    for (key, _) in view.scan(&prefix, &prefix_end(&prefix), MAX_PAGE)? {
        let seq = key.last_chunk().map(|seq| u64::from_be_bytes(*seq));
        let row = seq.map(|seq| rows::read(view, &keys::outbox(seq))).transpose()?.flatten();
        rows.push(row.ok_or_else(|| StoreError::damaged(&key, "leads to no outbox row"))?);
    }
    Ok(rows)
}
