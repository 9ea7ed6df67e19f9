//! Stronger files in the place of weakening ones; the earlier ones stay.

use super::{EmbeddedStore, check, state, trail, upward};
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::model::{FileRef, NewFile, StoredLicense};
use crate::store::outbox::IndexChange;
use crate::store::requests::{MAX_EARLIER, RenewFiles, RenewedFile};
use crate::store::rows;
use crate::store::status::Status;
use license_core::id::Digest;

pub(super) fn renew(store: &EmbeddedStore, request: RenewFiles) -> Result<StoredLicense, StoreError> {
    let RenewFiles { id, expected_revision, files, audit } = request;
    check::note(&audit)?;
    let license = state::at_revision(&*store.snapshot()?, &id, expected_revision)?;
    let mut changes = Vec::new();
    let mut kept = Vec::new();
    for RenewedFile { earlier, bytes, lasts_until } in files {
        let old = place(&license, &earlier)?;
        if !bytes.starts_with(&store.blobs.fetch(&earlier)?) {
            return Err(StoreError::invalid("files", "the successor does not begin with the file it comes after"));
        }
        let file = NewFile { kind: old.kind, face: old.face.clone(), bytes, seal: old.seal };
        changes.push((earlier, FileRef { lasts_until, ..FileRef::of(&file, Digest::of(&file.bytes)) }));
        kept.push(file);
    }
    check::files(&kept)?;
    // Before the commit that names them, like every file.
    let pairs: Vec<_> = changes.iter().zip(&kept).map(|((_, new), file)| (new.digest, file.bytes.as_slice())).collect();
    store.blobs.put(&pairs)?;
    drop(kept);
    store.committer.commit(move |draft| {
        let mut license = state::at_revision(draft, &id, expected_revision)?;
        for (earlier, new) in changes {
            let same = earlier == new.digest;
            let old = license.files.iter_mut().find(|file| file.digest == earlier);
            let old = std::mem::replace(old.ok_or_else(|| unknown(&earlier))?, new);
            if !same {
                license.earlier.push(old);
            }
        }
        if license.earlier.len() > MAX_EARLIER {
            return Err(StoreError::invalid("files", format!("more than {MAX_EARLIER} of one license were renewed")));
        }
        // Whoever remembers the license by its revision must look again.
        license.revision += 1;
        draft.put(keys::license(&id), rows::encode(&license)?);
        for key in keys::index_of(&license) {
            draft.put(key, Vec::new());
        }
        if license.status != Status::TransferredOut {
            upward::push(draft, &license, IndexChange::Update, audit.at)?;
        }
        trail::append(draft, &id.to_string(), &audit)?;
        Ok(license)
    })
}

fn place<'l>(license: &'l StoredLicense, digest: &Digest) -> Result<&'l FileRef, StoreError> {
    license.files.iter().find(|file| file.digest == *digest).ok_or_else(|| unknown(digest))
}

fn unknown(digest: &Digest) -> StoreError {
    StoreError::invalid("files", format!("{digest} is not handed out for this license"))
}
