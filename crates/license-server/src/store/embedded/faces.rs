//! Files of further faces: added to a license that stands, never in place of one.

use super::{EmbeddedStore, assets, check, state, trail, upward};
use crate::store::error::{Refusal, StoreError};
use crate::store::keys;
use crate::store::model::{FileRef, StoredLicense};
use crate::store::outbox::IndexChange;
use crate::store::requests::AddFiles;
use crate::store::rows;
use crate::store::status::Status;
use license_core::id::Digest;

pub(super) fn add(store: &EmbeddedStore, request: AddFiles) -> Result<StoredLicense, StoreError> {
    let AddFiles { id, expected_revision, files, audit } = request;
    check::files(&files)?;
    check::note(&audit)?;
    // What is refused anyway should not leave files behind.
    {
        let view = store.snapshot()?;
        let license = state::at_revision(&*view, &id, expected_revision)?;
        free(&license, files.iter().map(|file| (file.kind, &*file.face)))?;
        assets::are_kept(&*view, files.iter().filter_map(|file| file.seal.as_ref()))?;
    }
    let digests: Vec<Digest> = files.iter().map(|file| Digest::of(&file.bytes)).collect();
    let pairs: Vec<_> = digests.iter().copied().zip(files.iter().map(|file| file.bytes.as_slice())).collect();
    store.blobs.put(&pairs)?;
    let added: Vec<FileRef> = files.iter().zip(digests).map(|(file, digest)| FileRef::of(file, digest)).collect();
    drop(files);
    store.committer.commit(move |draft| {
        let mut license = state::at_revision(draft, &id, expected_revision)?;
        free(&license, added.iter().map(|file| (file.kind, &*file.face)))?;
        license.files.extend(added);
        // Whoever remembers the license by its revision must look again.
        license.revision += 1;
        draft.put(keys::license(&id), rows::encode(&license)?);
        for key in keys::index_of(&license) {
            draft.put(key, Vec::new());
        }
        upward::push(draft, &license, IndexChange::Update, audit.at)?;
        trail::append(draft, &id.to_string(), &audit)?;
        Ok(license)
    })
}

/// Only a valid license gets files, and none twice.
fn free<'a>(
    license: &StoredLicense,
    mut files: impl Iterator<Item = (crate::store::FileKind, &'a str)>,
) -> Result<(), StoreError> {
    if license.status != Status::Valid {
        return Err(Refusal::NotValid { id: license.id.clone(), status: license.status }.into());
    }
    if files.any(|(kind, face)| license.files.iter().any(|there| there.kind == kind && there.face == face)) {
        return Err(StoreError::invalid(
            "files",
            "the license has a file of that kind and face; files are never replaced",
        ));
    }
    Ok(())
}
