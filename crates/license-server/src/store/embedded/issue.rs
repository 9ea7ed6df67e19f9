//! Issuing and superseding.

use super::{EmbeddedStore, assets, check, state, trail, upward};
use crate::store::committer::Draft;
use crate::store::error::{Refusal, StoreError};
use crate::store::keys;
use crate::store::kv::Snapshot;
use crate::store::model::{Completed, FileRef, IdempotencyKey, NewLicense, StoredLicense};
use crate::store::outbox::IndexChange;
use crate::store::requests::{Idempotency, Issue, IssueOutcome, Supersede, SupersedeOutcome};
use crate::store::rows;
use crate::store::status::{Status, StatusChange, Transition};
use license_core::id::{Digest, LicenseId};
use time::OffsetDateTime;

pub(super) fn issue(store: &EmbeddedStore, request: Issue) -> Result<IssueOutcome, StoreError> {
    let Issue { licenses, idempotency, audit } = request;
    check::set(&licenses)?;
    check::note(&audit)?;
    check::idempotency(idempotency.as_ref())?;
    let _held = idempotency.as_ref().map(|of| store.in_flight.hold(&of.key));
    {
        // What is refused anyway should not leave files behind.
        let view = store.snapshot()?;
        if let Some(ids) = replayed(&*view, idempotency.as_ref())? {
            return Ok(IssueOutcome::Replayed(ids));
        }
        licenses.iter().try_for_each(|new| refuse_taken(&*view, new, None))?;
        assets::are_kept(&*view, licenses.iter().flat_map(named))?;
    }
    let stored = keep_files(store, licenses, idempotency.as_ref())?;
    store.committer.commit(move |draft| {
        if let Some(ids) = replayed(draft, idempotency.as_ref())? {
            return Ok(IssueOutcome::Replayed(ids));
        }
        for license in &stored {
            insert(draft, license, None, &audit.actor, audit.at)?;
            trail::append(draft, &license.id.to_string(), &audit)?;
        }
        complete(draft, idempotency.as_ref(), stored.iter().map(|license| license.id.clone()).collect())?;
        Ok(IssueOutcome::Issued(stored))
    })
}

pub(super) fn supersede(store: &EmbeddedStore, request: Supersede) -> Result<SupersedeOutcome, StoreError> {
    let Supersede { old, expected_revision, new, transition, idempotency, audit } = request;
    check::license(&new)?;
    check::note(&audit)?;
    check::transition(&transition)?;
    check::idempotency(idempotency.as_ref())?;
    if transition.to != Status::Superseded {
        return Err(StoreError::invalid("transition", "leads to superseded here"));
    }
    let _held = idempotency.as_ref().map(|of| store.in_flight.hold(&of.key));
    {
        let view = store.snapshot()?;
        if let Some(id) = replayed_one(&*view, idempotency.as_ref())? {
            return Ok(SupersedeOutcome::Replayed(id));
        }
        replaceable(&*view, &old, expected_revision, &new.id, &new.type_id)?;
        refuse_taken(&*view, &new, Some(&old))?;
        assets::are_kept(&*view, named(&new))?;
    }
    let mut stored = keep_files(store, vec![new], idempotency.as_ref())?;
    let Some(mut new) = stored.pop() else { return Err(StoreError::invalid("license", "is missing")) };
    new.supersedes = Some(old.clone());
    store.committer.commit(move |draft| {
        if let Some(id) = replayed_one(draft, idempotency.as_ref())? {
            return Ok(SupersedeOutcome::Replayed(id));
        }
        let mut standing = replaceable(draft, &old, expected_revision, &new.id, &new.type_id)?;
        standing.superseded_by = Some(new.id.clone());
        state::apply(draft, &mut standing, transition)?;
        upward::push(draft, &standing, IndexChange::Update, audit.at)?;
        trail::append(draft, &old.to_string(), &audit)?;
        insert(draft, &new, Some(&old), &audit.actor, audit.at)?;
        trail::append(draft, &new.id.to_string(), &audit)?;
        complete(draft, idempotency.as_ref(), vec![new.id.clone()])?;
        Ok(SupersedeOutcome::Superseded { old: Box::new(standing), new: Box::new(new) })
    })
}

/// The standing version, when the new one may take its place.
fn replaceable(
    view: &dyn Snapshot,
    old: &LicenseId,
    expected_revision: u64,
    new: &LicenseId,
    new_type: &str,
) -> Result<StoredLicense, StoreError> {
    let standing = state::at_revision(view, old, expected_revision)?;
    if !standing.status.may_become(Status::Superseded) {
        return Err(Refusal::TransitionNotAllowed { from: standing.status, to: Status::Superseded }.into());
    }
    // Same serial: the next version. A new certificate number: a new serial, version 001 (GB/T 36904 versioning).
    let wanted = if new.base() == old.base() { old.version() + 1 } else { 1 };
    if new.version() != wanted || standing.type_id != new_type {
        return Err(Refusal::NotASuccessor { old: old.clone() }.into());
    }
    Ok(standing)
}

/// Refuses an identifier or a number that somebody else has; `replaces` may hand over its own.
fn refuse_taken<L: Identity>(view: &dyn Snapshot, new: &L, replaces: Option<&LicenseId>) -> Result<(), StoreError> {
    let (id, type_id, number) = new.identity();
    let newest = rows::id_at(view, &keys::base(id.base()))?;
    if let Some(existing) = newest.filter(|there| Some(there) != replaces) {
        return Err(Refusal::DuplicateId { existing }.into());
    }
    let carrier = rows::id_at(view, &keys::number(type_id, number))?;
    if let Some(existing) = carrier.filter(|there| Some(there) != replaces) {
        return Err(Refusal::DuplicateNumber { number: number.to_owned(), existing }.into());
    }
    Ok(())
}

/// What must be unique: identifier, and type with number.
trait Identity {
    fn identity(&self) -> (&LicenseId, &str, &str);
}

impl Identity for NewLicense {
    fn identity(&self) -> (&LicenseId, &str, &str) {
        (&self.id, &self.type_id, &self.number)
    }
}

impl Identity for StoredLicense {
    fn identity(&self) -> (&LicenseId, &str, &str) {
        (&self.id, &self.type_id, &self.number)
    }
}

/// What a new license was made with.
fn named(new: &NewLicense) -> impl Iterator<Item = &Digest> {
    new.made_with.iter().chain(new.files.iter().filter_map(|file| file.seal.as_ref()))
}

/// Makes the files durable, and rows that name them.
fn keep_files(
    store: &EmbeddedStore,
    licenses: Vec<NewLicense>,
    idempotency: Option<&Idempotency>,
) -> Result<Vec<StoredLicense>, StoreError> {
    let digests: Vec<Vec<Digest>> =
        licenses.iter().map(|new| new.files.iter().map(|file| Digest::of(&file.bytes)).collect()).collect();
    let pairs = licenses.iter().zip(&digests).flat_map(|(new, digests)| digests.iter().copied().zip(&new.files));
    store.blobs.put(&pairs.map(|(digest, file)| (digest, file.bytes.as_slice())).collect::<Vec<_>>())?;
    let rows = licenses.into_iter().zip(digests).map(|(new, digests)| {
        let files = new.files.iter().zip(digests).map(|(file, digest)| FileRef::of(file, digest)).collect();
        StoredLicense {
            id: new.id,
            type_id: new.type_id,
            number: new.number,
            holder_name: new.holder_name,
            holder_code: new.holder_code,
            issuer_code: new.issuer_code,
            case_number: new.case_number,
            record: new.record,
            index_token: new.index_token,
            files,
            earlier: Vec::new(),
            made_with: new.made_with,
            status: Status::Valid,
            status_changed: None,
            issued_at: new.issued_at,
            valid_until: new.valid_until,
            supersedes: None,
            superseded_by: None,
            idempotency: idempotency.map(|of| of.key.clone()),
            revision: 1,
        }
    });
    Ok(rows.collect())
}

/// Everything that one new version writes, audit apart.
fn insert(
    draft: &mut Draft<'_>,
    license: &StoredLicense,
    replaces: Option<&LicenseId>,
    actor: &str,
    at: OffsetDateTime,
) -> Result<(), StoreError> {
    refuse_taken(draft, license, replaces)?;
    let id = license.id.to_string();
    draft.put(keys::license(&license.id), rows::encode(license)?);
    draft.put(keys::record(&license.id), rows::encode_record(&license.record));
    draft.put(keys::base(license.id.base()), id.as_bytes());
    draft.put(keys::number(&license.type_id, &license.number), id.as_bytes());
    for key in keys::index_of(license) {
        draft.put(key, Vec::new());
    }
    let transition = Transition {
        to: license.status,
        actor: actor.to_owned(),
        at: license.issued_at,
        reason: String::new(),
        case_number: license.case_number.clone().unwrap_or_default(),
    };
    let first = StatusChange { from: None, revision: license.revision, transition };
    draft.put(keys::history_at(&license.id, license.revision), rows::encode(&first)?);
    state::bump(draft, keys::COUNT_LICENSES, 1)?;
    state::bump(draft, &keys::count_of_status(license.status), 1)?;
    state::bump(draft, &keys::count_of_type(&license.type_id), 1)?;
    upward::push(draft, license, IndexChange::Insert, at)
}

pub(super) fn completed(view: &dyn Snapshot, key: &IdempotencyKey) -> Result<Option<Completed>, StoreError> {
    rows::read(view, &keys::completed(key))
}

/// What the request led to when it was made before.
pub(super) fn replayed(
    view: &dyn Snapshot,
    request: Option<&Idempotency>,
) -> Result<Option<Vec<LicenseId>>, StoreError> {
    let Some(request) = request else { return Ok(None) };
    match completed(view, &request.key)? {
        None => Ok(None),
        Some(before) if before.body == request.body => Ok(Some(before.ids)),
        Some(_) => Err(Refusal::IdempotencyConflict { key: request.key.key.clone() }.into()),
    }
}

fn replayed_one(view: &dyn Snapshot, request: Option<&Idempotency>) -> Result<Option<LicenseId>, StoreError> {
    Ok(replayed(view, request)?.and_then(|ids| ids.into_iter().next()))
}

pub(super) fn complete(
    draft: &mut Draft<'_>,
    request: Option<&Idempotency>,
    ids: Vec<LicenseId>,
) -> Result<(), StoreError> {
    if let Some(request) = request {
        draft.put(keys::completed(&request.key), rows::encode(&Completed { body: request.body, ids })?);
    }
    Ok(())
}
