//! Pictures of earlier seals: a license is painted with the one that is on it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use eseal::Seal;
use license_core::id::Digest;
use license_core::seal_art::SealPicture;

use super::Archive;

/// Pictures in memory, some tens of kilobytes each. When there are more, all go.
const HELD: usize = 256;

#[derive(Default)]
pub(super) struct Seals(Mutex<HashMap<Digest, Arc<SealPicture>>>);

impl Archive {
    /// The picture of a kept seal; `None` when it cannot be read.
    pub(in crate::service) fn seal_picture(&self, digest: &Digest) -> Option<Arc<SealPicture>> {
        let held = || self.seals.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(picture) = held().get(digest) {
            return Some(picture.clone());
        }
        let read = self.store.file(digest).map_err(|error| error.to_string());
        let seal = read.and_then(|der| Seal::from_der(&der).map_err(|error| error.to_string()));
        let picture = match seal {
            Ok(seal) => Arc::new(SealPicture::of_seal(&seal)),
            Err(problem) => {
                tracing::error!(%digest, problem, "a kept seal cannot be read");
                return None;
            }
        };
        let mut held = held();
        if held.len() == HELD {
            held.clear();
        }
        held.insert(*digest, picture.clone());
        Some(picture)
    }
}
