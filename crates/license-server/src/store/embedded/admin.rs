//! Clients, settings, sequences.

use super::{EmbeddedStore, check, read, trail};
use crate::store::audit::AuditNote;
use crate::store::error::{Refusal, StoreError};
use crate::store::keys;
use crate::store::kv::Snapshot;
use crate::store::model::Client;
use crate::store::requests::{MAX_RECORD, Page, PageRequest};
use crate::store::rows;
use std::ops::Range;

/// The most numbers taken at once.
const MAX_RESERVE: u64 = 1_000_000;

pub(super) fn reserve(store: &EmbeddedStore, sequence: &str, count: u64) -> Result<Range<u64>, StoreError> {
    check::text("sequence", sequence)?;
    if !(1..=MAX_RESERVE).contains(&count) {
        return Err(StoreError::invalid("count", format!("{count} is not within 1 and {MAX_RESERVE}")));
    }
    let key = keys::sequence(sequence);
    store.committer.commit(move |draft| {
        let taken = rows::number(draft, &key)?;
        let last = taken.checked_add(count).filter(|last| *last < u64::MAX);
        let last = last.ok_or_else(|| StoreError::invalid("count", "the sequence has come to its end"))?;
        draft.put(key, last.to_be_bytes());
        Ok(taken + 1..last + 1)
    })
}

pub(super) fn put_client(store: &EmbeddedStore, mut client: Client, audit: AuditNote) -> Result<Client, StoreError> {
    check::client(&client)?;
    check::note(&audit)?;
    store.committer.commit(move |draft| {
        let key = keys::client(&client.id);
        let current = rows::read::<Client>(draft, &key)?.map_or(0, |there| there.revision);
        if current != client.revision {
            let (id, expected) = (client.id, client.revision);
            return Err(Refusal::RevisionConflict { id, expected, current }.into());
        }
        client.revision += 1;
        draft.put(key, rows::encode(&client)?);
        trail::append(draft, &format!("client:{}", client.id), &audit)?;
        Ok(client)
    })
}

pub(super) fn client(view: &dyn Snapshot, id: &str) -> Result<Option<Client>, StoreError> {
    rows::read(view, &keys::client(id))
}

pub(super) fn clients(view: &dyn Snapshot, page: &PageRequest) -> Result<Page<Client>, StoreError> {
    read::paged(view, &[keys::CLIENTS], page, |(key, row)| rows::decode(key, row))
}

pub(super) fn put_setting(
    store: &EmbeddedStore,
    name: &str,
    value: Vec<u8>,
    audit: AuditNote,
) -> Result<(), StoreError> {
    check::text("setting", name)?;
    check::length("value", value.len(), MAX_RECORD)?;
    check::note(&audit)?;
    let (key, subject) = (keys::setting(name), format!("setting:{name}"));
    store.committer.commit(move |draft| {
        draft.put(key, value);
        trail::append(draft, &subject, &audit)?;
        Ok(())
    })
}

pub(super) fn setting(view: &dyn Snapshot, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(view.value(&keys::setting(name))?)
}
