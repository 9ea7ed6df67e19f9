//! What licenses were made with outlives the installation: templates, fonts and seals are kept in the register as assets
//! before a license names them, so that it can be laid out again, compared and painted decades after they were replaced.
//!
//! ```text
//! license ─made_with─► template                    kept at a start, and asked for again before each issue
//!                 └──► font set ─needs─► fonts     kept before the first issue with them
//!         file ──seal► seal                        likewise
//! ```
//!
//! What is known to be kept is remembered: after the first issue no more is asked of the register, or written.

mod fonts;
mod seals;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use license_core::fonts::FontLibrary;
use license_core::id::Digest;
use license_core::issue::Issuer;
use license_core::template::{Catalog, Template};
use time::OffsetDateTime;

use self::fonts::Shelf;
use self::seals::Seals;
use super::ServiceError;
use crate::store::{AssetKind, AuditNote, MAX_PAGE, NewAsset, PageRequest, Store, StoreError};

/// What of the register's assets is known here.
pub(super) struct Archive {
    store: Arc<dyn Store>,
    known: Mutex<Known>,
    shelf: Shelf,
    seals: Seals,
}

#[derive(Default)]
struct Known {
    /// Assets that are kept, and what they need.
    kept: BTreeSet<Digest>,
    /// From a template's own digest to that of its archive.
    templates: HashMap<[u8; 32], Digest>,
}

impl Archive {
    /// Puts the register's templates into the catalog and the catalog's into the register. What fails is logged: the
    /// office can still verify and fetch, and [`template`](Archive::template) is asked again before a license is issued.
    pub(super) fn open(
        store: Arc<dyn Store>,
        catalog: &mut Catalog,
        fonts: Arc<FontLibrary>,
        now: OffsetDateTime,
    ) -> Archive {
        let shelf = Shelf::new(store.clone(), fonts);
        let archive = Archive { store, known: Mutex::default(), shelf, seals: Seals::default() };
        if let Err(error) = archive.load(catalog) {
            tracing::error!(%error, "templates of older licenses cannot be read");
        }
        for template in catalog.iter() {
            if let Err(error) = archive.template(template, now) {
                tracing::error!(%error, template = template.id(), "the template cannot be kept");
            }
        }
        archive
    }

    /// Keeps a template, once.
    pub(super) fn template(&self, template: &Template, now: OffsetDateTime) -> Result<Digest, ServiceError> {
        if let Some(digest) = self.known().templates.get(&template.digest) {
            return Ok(*digest);
        }
        let bytes = template.archive().map_err(|problem| StoreError::invalid("template", problem.to_string()))?;
        let name = format!("{} {}", template.id(), template.file.kind.version);
        let digest = Digest::of(&bytes);
        self.keep((AssetKind::Template, &name), digest, &[], now, || Some(bytes.into()))?;
        self.known().templates.insert(template.digest, digest);
        Ok(digest)
    }

    /// Keeps the set of a library and all its font files, once.
    pub(super) fn fonts(&self, fonts: &FontLibrary, now: OffsetDateTime) -> Result<Digest, ServiceError> {
        let set = fonts.set().map_err(|error| StoreError::invalid("fonts", error.to_string()))?;
        if self.known().kept.contains(&set.digest()) {
            return Ok(set.digest());
        }
        let mut needs = Vec::new();
        for face in set.faces() {
            self.keep((AssetKind::Font, &face.name), face.digest, &[], now, || fonts.file(&face.digest))?;
            needs.push(face.digest);
        }
        let text = || Some(Cow::Owned(set.text().as_bytes().to_vec()));
        self.keep((AssetKind::FontSet, "fonts"), set.digest(), &needs, now, text)?;
        Ok(set.digest())
    }

    /// Keeps an issuer's seal, once.
    pub(super) fn seal(&self, issuer: &Issuer, now: OffsetDateTime) -> Result<Digest, ServiceError> {
        let (digest, seal) = (issuer.seal_digest(), issuer.seal());
        if self.known().kept.contains(&digest) {
            return Ok(digest);
        }
        let name = format!("{} {}", issuer.code(), seal.content().id);
        self.keep((AssetKind::Seal, &name), digest, &[], now, || Some(Cow::Owned(seal.der().to_vec())))?;
        Ok(digest)
    }

    /// Fonts of earlier licenses.
    pub(super) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    fn keep(
        &self,
        (kind, name): (AssetKind, &str),
        digest: Digest,
        needs: &[Digest],
        now: OffsetDateTime,
        bytes: impl FnOnce() -> Option<Cow<'static, [u8]>>,
    ) -> Result<(), ServiceError> {
        if self.known().kept.contains(&digest) {
            return Ok(());
        }
        if self.store.asset(&digest)?.is_none() {
            let gone = || StoreError::invalid("asset", format!("{name} is another file than a moment ago"));
            let bytes = bytes().ok_or_else(gone)?;
            let note = AuditNote {
                at: now,
                actor: "office".to_owned(),
                action: "asset.keep".to_owned(),
                purpose: "keep".to_owned(),
                detail: name.to_owned(),
            };
            let kept = self.store.keep_asset(NewAsset { kind, name, bytes: &bytes, needs }, note)?;
            if kept.digest != digest {
                return Err(gone().into());
            }
        }
        self.known().kept.insert(digest);
        Ok(())
    }

    fn load(&self, catalog: &mut Catalog) -> Result<(), StoreError> {
        let mut page = PageRequest::first(MAX_PAGE);
        loop {
            let found = self.store.assets(&page)?;
            for asset in found.items.iter().filter(|asset| asset.kind == AssetKind::Template) {
                let read = self.store.file(&asset.digest).map_err(|error| error.to_string());
                let read = read.and_then(|bytes| Template::from_archive(&bytes).map_err(|error| error.to_string()));
                match read {
                    Ok(template) => {
                        let mut known = self.known();
                        known.kept.insert(asset.digest);
                        known.templates.insert(template.digest, asset.digest);
                        drop(known);
                        catalog.add_archived(template);
                    }
                    // One damaged template leaves the others readable.
                    Err(problem) => tracing::error!(%problem, template = asset.name, "a kept template is damaged"),
                }
            }
            match found.next {
                Some(next) => page.after = Some(next),
                None => return Ok(()),
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
