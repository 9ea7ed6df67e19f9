//! Files and assets: read, hashed, and what they need with them.

use super::Check;
use crate::store::asset::Asset;
use crate::store::blobs::FileFault;
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::requests::Finding;
use crate::store::rows;
use license_core::id::{Digest, LicenseId};

impl Check<'_> {
    pub(super) fn file(&mut self, license: LicenseId, digest: Digest, len: u64) -> Result<(), StoreError> {
        self.summary.files += 1;
        match self.fault(&digest, len)? {
            Some(FileFault::Damaged) => self.found(Finding::DamagedFile { license, digest }),
            Some(FileFault::Missing) => self.found(Finding::MissingFile { license, digest }),
            None => {}
        }
        Ok(())
    }

    /// What is wrong with a stored file.
    fn fault(&self, digest: &Digest, len: u64) -> Result<Option<FileFault>, StoreError> {
        match self.store.blobs.fetch(digest) {
            Ok(bytes) if bytes.len() as u64 == len => Ok(None),
            Ok(_) => Ok(Some(FileFault::Damaged)),
            Err(StoreError::File { fault, .. }) => Ok(Some(fault)),
            Err(other) => Err(other),
        }
    }

    /// Every asset is there, undamaged, and so is what it needs.
    pub(super) fn assets(&mut self) -> Result<(), StoreError> {
        let tally = std::cell::Cell::new(0);
        let kept = std::cell::RefCell::new(Vec::new());
        self.walk(
            &[keys::ASSETS],
            |check, view, (key, row)| {
                tally.set(tally.get() + 1);
                let asset = match rows::decode::<Asset>(key, row) {
                    Ok(asset) if keys::asset(&asset.digest) == *key => asset,
                    _ => {
                        check.found(Finding::UnreadableRow { key: key.escape_ascii().to_string() });
                        return Ok(());
                    }
                };
                for digest in &asset.needs {
                    if view.value(&keys::asset(digest))?.is_none() {
                        check.found(Finding::UnknownAsset { by: asset.name.clone(), digest: *digest });
                    }
                }
                kept.borrow_mut().push(asset);
                Ok(())
            },
            |check| {
                for Asset { kind, name, digest, len, .. } in kept.borrow_mut().drain(..) {
                    check.summary.assets += 1;
                    match check.fault(&digest, len)? {
                        Some(FileFault::Missing) => check.found(Finding::MissingAsset { kind, name, digest }),
                        Some(FileFault::Damaged) => check.found(Finding::DamagedAsset { kind, name, digest }),
                        None => {}
                    }
                }
                Ok(())
            },
        )?;
        self.tally.insert(keys::COUNT_ASSETS.to_owned(), tally.get());
        Ok(())
    }
}
