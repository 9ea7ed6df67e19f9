//! Keeping what documents are made with.

use super::{EmbeddedStore, check, read, state, trail};
use crate::store::asset::{Asset, MAX_ASSET, MAX_ASSETS, MAX_NEEDS, NewAsset};
use crate::store::audit::AuditNote;
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::kv::Snapshot;
use crate::store::requests::{Page, PageRequest};
use crate::store::rows;
use license_core::id::Digest;

pub(super) fn keep(store: &EmbeddedStore, new: NewAsset<'_>, audit: AuditNote) -> Result<Asset, StoreError> {
    check::text("asset name", new.name)?;
    check::note(&audit)?;
    check::length("asset", new.bytes.len(), MAX_ASSET)?;
    if new.bytes.is_empty() {
        return Err(StoreError::invalid("asset", "is empty"));
    }
    if new.needs.len() > MAX_NEEDS {
        return Err(StoreError::invalid("asset", format!("needs {} others, at most {MAX_NEEDS}", new.needs.len())));
    }
    let digest = Digest::of(new.bytes);
    {
        let view = store.snapshot()?;
        if let Some(kept) = one(&*view, &digest)? {
            return Ok(kept);
        }
        are_kept(&*view, new.needs)?;
    }
    // Before the row that names it, like every file.
    store.blobs.put(&[(digest, new.bytes)])?;
    let asset = Asset {
        digest,
        kind: new.kind,
        name: new.name.to_owned(),
        len: new.bytes.len() as u64,
        needs: new.needs.to_vec(),
    };
    store.committer.commit(move |draft| {
        // Somebody else may have been faster.
        if let Some(kept) = one(draft, &digest)? {
            return Ok(kept);
        }
        if rows::number(draft, &keys::count(keys::COUNT_ASSETS))? >= MAX_ASSETS {
            return Err(StoreError::invalid("asset", format!("{MAX_ASSETS} are kept already")));
        }
        draft.put(keys::asset(&digest), rows::encode(&asset)?);
        state::bump(draft, keys::COUNT_ASSETS, 1)?;
        trail::append(draft, &format!("asset:{digest}"), &audit)?;
        Ok(asset)
    })
}

pub(super) fn one(view: &dyn Snapshot, digest: &Digest) -> Result<Option<Asset>, StoreError> {
    rows::read(view, &keys::asset(digest))
}

pub(super) fn list(view: &dyn Snapshot, page: &PageRequest) -> Result<Page<Asset>, StoreError> {
    read::paged(view, &[keys::ASSETS], page, |(key, row)| rows::decode(key, row))
}

/// Refuses to name what is not kept. Nothing is ever removed: what was seen once stays true.
pub(super) fn are_kept<'a>(view: &dyn Snapshot, named: impl IntoIterator<Item = &'a Digest>) -> Result<(), StoreError> {
    for digest in named {
        if view.value(&keys::asset(digest))?.is_none() {
            return Err(StoreError::invalid("asset", format!("{digest} is not kept")));
        }
    }
    Ok(())
}
