//! Changing states, and the counts that follow them.

use super::{EmbeddedStore, check, issue, trail, upward};
use crate::store::committer::Draft;
use crate::store::error::{Refusal, StoreError};
use crate::store::keys;
use crate::store::kv::Snapshot;
use crate::store::model::StoredLicense;
use crate::store::outbox::IndexChange;
use crate::store::requests::ChangeStatus;
use crate::store::rows;
use crate::store::status::{Status, StatusChange, Transition};
use license_core::id::LicenseId;

pub(super) fn change(store: &EmbeddedStore, request: ChangeStatus) -> Result<StoredLicense, StoreError> {
    let ChangeStatus { id, expected_revision, transition, idempotency, audit } = request;
    check::transition(&transition)?;
    check::note(&audit)?;
    check::idempotency(idempotency.as_ref())?;
    let _held = idempotency.as_ref().map(|of| store.in_flight.hold(&of.key));
    store.committer.commit(move |draft| {
        if issue::replayed(draft, idempotency.as_ref())?.is_some() {
            return found(draft, &id);
        }
        let mut license = at_revision(draft, &id, expected_revision)?;
        let (from, to) = (license.status, transition.to);
        if to == Status::Superseded || !from.may_become(to) {
            return Err(Refusal::TransitionNotAllowed { from, to }.into());
        }
        apply(draft, &mut license, transition)?;
        upward::push(draft, &license, IndexChange::of(from, to), audit.at)?;
        trail::append(draft, &id.to_string(), &audit)?;
        issue::complete(draft, idempotency.as_ref(), vec![id])?;
        Ok(license)
    })
}

fn found(view: &dyn Snapshot, id: &LicenseId) -> Result<StoredLicense, StoreError> {
    rows::license(view, id)?.ok_or_else(|| Refusal::NotFound { id: id.clone() }.into())
}

/// The license, when it is still at the revision the caller decided on.
pub(super) fn at_revision(view: &dyn Snapshot, id: &LicenseId, expected: u64) -> Result<StoredLicense, StoreError> {
    let license = found(view, id)?;
    if license.revision != expected {
        let (id, current) = (id.to_string(), license.revision);
        return Err(Refusal::RevisionConflict { id, expected, current }.into());
    }
    Ok(license)
}

/// Writes the new state: row, index, history, counts.
pub(super) fn apply(
    draft: &mut Draft<'_>,
    license: &mut StoredLicense,
    transition: Transition,
) -> Result<(), StoreError> {
    let (from, to) = (license.status, transition.to);
    draft.remove(keys::by_status(from, &license.id));
    draft.put(keys::by_status(to, &license.id), Vec::new());
    bump(draft, &keys::count_of_status(from), -1)?;
    bump(draft, &keys::count_of_status(to), 1)?;
    license.status = to;
    license.revision += 1;
    let change = StatusChange { from: Some(from), revision: license.revision, transition };
    draft.put(keys::history_at(&license.id, license.revision), rows::encode(&change)?);
    license.status_changed = Some(change);
    draft.put(keys::license(&license.id), rows::encode(license)?);
    Ok(())
}

pub(super) fn bump(draft: &mut Draft<'_>, name: &str, by: i64) -> Result<(), StoreError> {
    let key = keys::count(name);
    let count = rows::number(draft, &key)?;
    let count = count.checked_add_signed(by).ok_or_else(|| StoreError::damaged(&key, "count below zero"))?;
    draft.put(key, count.to_be_bytes());
    Ok(())
}
