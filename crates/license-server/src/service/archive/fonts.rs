//! The fonts of earlier licenses, by the digest of their set, read back from the register.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use license_core::assets::Assets;
use license_core::fonts::{FontLibrary, FontSet};
use license_core::id::Digest;
use license_core::verify::FontShelf;

use crate::store::{AssetKind, Store};

/// Libraries of earlier days in memory: some tens of megabytes each, less what they share.
const HELD: usize = 6;

/// The register's fonts, those of today in front.
pub(in crate::service) struct Shelf {
    store: Arc<dyn Store>,
    today: Arc<FontLibrary>,
    /// The least used first.
    held: Mutex<VecDeque<(Digest, Arc<FontLibrary>)>>,
}

impl Shelf {
    pub(super) fn new(store: Arc<dyn Store>, today: Arc<FontLibrary>) -> Shelf {
        Shelf { store, today, held: Mutex::default() }
    }

    fn read(
        &self,
        digest: &Digest,
        held: &VecDeque<(Digest, Arc<FontLibrary>)>,
    ) -> Result<Option<FontLibrary>, String> {
        let asset = self.store.asset(digest).map_err(|error| error.to_string())?;
        if asset.is_none_or(|asset| asset.kind != AssetKind::FontSet) {
            return Ok(None);
        }
        let text = self.store.file(digest).map_err(|error| error.to_string())?;
        let set = FontSet::parse(&text).map_err(|error| error.to_string())?;
        let known: Vec<_> = held.iter().map(|(_, library)| library.clone()).chain([self.today.clone()]).collect();
        let files: Arc<dyn Assets> = Arc::new(Files(self.store.clone()));
        FontLibrary::of_set(set, &known, &files).map(Some).map_err(|error| error.to_string())
    }
}

impl FontShelf for Shelf {
    fn fonts_of(&self, set: &Digest) -> Option<Arc<FontLibrary>> {
        if self.today.set().is_ok_and(|today| today.digest() == *set) {
            return Some(self.today.clone());
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = held.iter().position(|(digest, _)| digest == set) {
            let found = held.remove(at)?;
            // A font that could not be read may have been put back since.
            if found.1.damaged().is_empty() {
                let library = found.1.clone();
                held.push_back(found);
                return Some(library);
            }
        }
        match self.read(set, &held) {
            Ok(found) => {
                let library = Arc::new(found?);
                if held.len() == HELD {
                    held.pop_front();
                }
                held.push_back((*set, library.clone()));
                Some(library)
            }
            Err(problem) => {
                tracing::error!(%set, problem, "fonts of earlier licenses cannot be read");
                None
            }
        }
    }
}

/// Font files in the register, each by its digest.
struct Files(Arc<dyn Store>);

impl Assets for Files {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let digest: Digest = path.strip_prefix("fonts/")?.parse().ok()?;
        match self.0.file(&digest) {
            Ok(bytes) => Some(Cow::Owned(bytes)),
            Err(error) => {
                tracing::error!(%digest, %error, "a kept font cannot be read");
                None
            }
        }
    }

    /// Nothing lists the register's fonts: they are read by digest.
    fn list(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}
