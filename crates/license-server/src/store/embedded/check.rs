//! Limits of what is written, checked before anything is.

use crate::store::audit::AuditNote;
use crate::store::error::StoreError;
use crate::store::model::{Client, NewFile, NewLicense};
use crate::store::requests::{Idempotency, MAX_FILE, MAX_LONG_TEXT, MAX_RECORD, MAX_SET, MAX_TEXT};
use crate::store::status::Transition;
use std::collections::BTreeSet;

/// A text that may become part of a key: not empty, not long, nothing that could end it early.
pub(super) fn text(field: &'static str, value: &str) -> Result<(), StoreError> {
    if value.is_empty() {
        return Err(StoreError::invalid(field, "is empty"));
    }
    if value.chars().any(char::is_control) {
        return Err(StoreError::invalid(field, "has a control character"));
    }
    length(field, value.len(), MAX_TEXT)
}

pub(super) fn length(field: &'static str, length: usize, max: usize) -> Result<(), StoreError> {
    if length > max {
        return Err(StoreError::invalid(field, format!("has {length} bytes, at most {max} are kept")));
    }
    Ok(())
}

pub(super) fn set(licenses: &[NewLicense]) -> Result<(), StoreError> {
    if licenses.is_empty() {
        return Err(StoreError::invalid("licenses", "is empty"));
    }
    if licenses.len() > MAX_SET {
        return Err(StoreError::invalid("licenses", format!("{} in a set of at most {MAX_SET}", licenses.len())));
    }
    licenses.iter().try_for_each(license)
}

pub(super) fn license(new: &NewLicense) -> Result<(), StoreError> {
    text("type", &new.type_id)?;
    text("number", &new.number)?;
    text("holder code", &new.holder_code)?;
    text("issuer code", &new.issuer_code)?;
    length("holder name", new.holder_name.len(), MAX_TEXT)?;
    length("case number", new.case_number.as_ref().map_or(0, String::len), MAX_TEXT)?;
    length("index token", new.index_token.len(), MAX_LONG_TEXT)?;
    length("record", new.record.len(), MAX_RECORD)?;
    if new.record.is_empty() {
        return Err(StoreError::invalid("record", "is empty"));
    }
    files(&new.files)
}

/// No file, no license.
pub(super) fn files(files: &[NewFile]) -> Result<(), StoreError> {
    if files.is_empty() {
        return Err(StoreError::invalid("files", "a license needs at least one"));
    }
    let mut seen = BTreeSet::new();
    for file in files {
        length("file", file.bytes.len(), MAX_FILE)?;
        length("face", file.face.len(), MAX_TEXT)?;
        if file.bytes.is_empty() {
            return Err(StoreError::invalid("file", "is empty"));
        }
        if !seen.insert((file.kind, &file.face)) {
            return Err(StoreError::invalid("files", "two of the same kind and face"));
        }
    }
    Ok(())
}

pub(super) fn note(note: &AuditNote) -> Result<(), StoreError> {
    text("actor", &note.actor)?;
    text("action", &note.action)?;
    length("purpose", note.purpose.len(), MAX_LONG_TEXT)?;
    length("detail", note.detail.len(), MAX_LONG_TEXT)
}

pub(super) fn transition(transition: &Transition) -> Result<(), StoreError> {
    text("actor", &transition.actor)?;
    text("case number", &transition.case_number)?;
    if transition.reason.trim().is_empty() {
        return Err(StoreError::invalid("reason", "is empty"));
    }
    length("reason", transition.reason.len(), MAX_LONG_TEXT)
}

pub(super) fn idempotency(of: Option<&Idempotency>) -> Result<(), StoreError> {
    of.map_or(Ok(()), |of| {
        text("client", &of.key.client)?;
        text("idempotency key", &of.key.key)
    })
}

pub(super) fn client(client: &Client) -> Result<(), StoreError> {
    text("client id", &client.id)?;
    length("client name", client.name.len(), MAX_TEXT)?;
    length("department", client.department.len(), MAX_TEXT)?;
    text("secret hash", &client.secret_hash)?;
    length("scopes", client.scopes.iter().map(String::len).sum(), MAX_LONG_TEXT)
}
