//! The trust list in use: this operator's own, others' within the limits that it sets them, and how new editions come in.
//!
//! The register keeps every edition. An edition once in use is never followed by an older one, whatever lies in the
//! deployment's folder.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use license_core::id::Digest;
use license_core::trust::{Change, Rollback, TooManyAuthorities, TrustList, TrustListError, compare};
use pki::Certificate;
use time::OffsetDateTime;

use super::editions::{self, OWN};
use crate::store::{AuditNote, Store, StoreError};

pub use super::editions::KeptEdition;

/// Why a list was not taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// Neither this operator's root has signed it, nor one of a list that this operator's list names.
    #[error("the list is signed by nobody whom this deployment's trust list names")]
    NotNamed,
    /// It cannot be opened: signature or content.
    #[error(transparent)]
    Unfit(#[from] TrustListError),
    /// It names more CAs than another operator's list may.
    #[error(transparent)]
    TooManyAuthorities(#[from] TooManyAuthorities),
    /// An edition at hand is newer, or says something else under the same number.
    #[error(transparent)]
    Rollback(#[from] Rollback),
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is trusted, as of one moment.
#[derive(Debug)]
pub struct TrustView {
    /// The own list.
    pub own: TrustList,
    /// The own list as signed.
    pub text: String,
    /// SHA-256 of that.
    pub digest: Digest,
    /// What verification goes by: the own list and what it lets others vouch for.
    pub merged: TrustList,
    /// Others' lists in use.
    pub others: Vec<OtherList>,
    /// A name of all these editions together: what was judged by it is not known under another.
    pub editions: Digest,
}

/// Another operator's list in use.
#[derive(Clone, Debug)]
pub struct OtherList {
    /// Its name in the own list.
    pub name: String,
    /// The list.
    pub list: TrustList,
    /// Which edition it is.
    pub edition: KeptEdition,
}

/// A list that was taken in.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Its name; none for the own list.
    pub name: Option<String>,
    /// Which edition.
    pub edition: KeptEdition,
    /// What it changed, compared with the one in use before.
    pub changes: Vec<Change>,
    /// Whether it was in use already.
    pub known: bool,
}

/// The list in use, and the way for new editions.
#[derive(Debug)]
pub struct TrustBook {
    view: RwLock<Arc<TrustView>>,
    roots: Vec<Certificate>,
    /// Held while an edition comes in: two at once must not overtake each other.
    coming_in: Mutex<()>,
}

impl TrustBook {
    /// Opens the book with the list of the deployment's folder. When the register keeps a newer edition, that one is used:
    /// somebody put an old file back. What cannot be read is logged; verification then goes by the rest.
    pub fn open(
        store: &dyn Store,
        list: TrustList,
        text: String,
        roots: Vec<Certificate>,
        now: OffsetDateTime,
    ) -> TrustBook {
        let text = text.trim().to_owned();
        let (own, text) = match newest_own(store, &list, &text, &roots, now) {
            Ok(Some((kept, kept_text))) => {
                tracing::error!(
                    folder = list.sequence,
                    register = kept.sequence,
                    "the trust list in the folder is not the newest one: the register's edition is used; `license trust import` \
                     of that edition (GET /api/v1/trust-list) brings the folder up to date, before keys are rotated"
                );
                (kept, kept_text)
            }
            Ok(None) => (list, text),
            Err(error) => {
                tracing::error!(%error, "editions of the trust list cannot be kept");
                (list, text)
            }
        };
        let view = RwLock::new(Arc::new(view(store, own, text)));
        TrustBook { view, roots, coming_in: Mutex::default() }
    }

    /// What is trusted now.
    pub fn view(&self) -> Arc<TrustView> {
        self.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes in a signed list: the own one's next edition, or another operator's that the own one names. It is in the
    /// register, with an entry of the audit trail, before it is used.
    pub fn import(
        &self,
        store: &dyn Store,
        text: &str,
        actor: &str,
        now: OffsetDateTime,
    ) -> Result<Imported, TrustError> {
        let _alone = self.coming_in.lock().unwrap_or_else(PoisonError::into_inner);
        let view = self.view();
        let text = text.trim();
        let imported = if TrustList::named_signer(text, &self.roots).is_some() {
            let list = TrustList::open(text, &self.roots)?;
            list.replaces(&view.own, Some(view.digest))?;
            let before = Before { list: Some(&view.own), digest: Some(view.digest) };
            keep(store, (None, OWN), (&list, text), before, actor, now)?
        } else {
            let named = view
                .own
                .lists
                .iter()
                .find(|pointer| TrustList::named_signer(text, std::slice::from_ref(&pointer.root)).is_some());
            let pointer = named.ok_or(TrustError::NotNamed)?;
            let list = TrustList::open(text, std::slice::from_ref(&pointer.root))?;
            list.may_be_taken_in(&pointer.name)?;
            let row = editions::of_list(&pointer.name);
            let held = view.others.iter().find(|other| other.name == pointer.name);
            let newest = editions::editions(store, &row)?.editions.pop();
            let digest = newest.as_ref().map(|kept| kept.digest);
            if let Some(held) = held {
                list.replaces(&held.list, digest)?;
            } else if let Some(kept) = newest.filter(|kept| kept.sequence > list.sequence) {
                // It cannot be read any more, but its number is known.
                return Err(Rollback::Older { held: kept.sequence, offered: list.sequence }.into());
            }
            let before = Before { list: held.map(|held| &held.list), digest };
            keep(store, (Some(&pointer.name), &row), (&list, text), before, actor, now)?
        };
        if !imported.known {
            let (own, text) = match imported.name {
                None => (TrustList::open(text, &self.roots)?, text.to_owned()),
                Some(_) => (view.own.clone(), view.text.clone()),
            };
            *self.view.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(self::view(store, own, text));
        }
        Ok(imported)
    }

    /// The own editions that are kept, oldest first.
    pub fn editions(&self, store: &dyn Store) -> Result<Vec<KeptEdition>, StoreError> {
        Ok(editions::editions(store, OWN)?.editions)
    }

    /// The signed text of an own edition.
    pub fn edition(&self, store: &dyn Store, sequence: u64) -> Result<Option<(KeptEdition, String)>, StoreError> {
        let kept = self.editions(store)?.into_iter().rev().find(|kept| kept.sequence == sequence);
        kept.map(|kept| Ok((editions::text(store, OWN, &kept)?, kept)))
            .transpose()
            .map(|found| found.map(|(text, kept)| (kept, text)))
    }
}

/// What was in use before.
struct Before<'a> {
    list: Option<&'a TrustList>,
    digest: Option<Digest>,
}

fn keep(
    store: &dyn Store,
    (name, row): (Option<&str>, &str),
    (list, text): (&TrustList, &str),
    before: Before<'_>,
    actor: &str,
    now: OffsetDateTime,
) -> Result<Imported, StoreError> {
    let changes = before.list.map(|before| compare(before, list)).unwrap_or_default();
    let digest = TrustList::digest_of(text);
    let held = editions::editions(store, row)?.editions.pop();
    if let Some(held) = held.filter(|held| before.digest == Some(digest) && held.digest == digest) {
        return Ok(Imported { name: name.map(str::to_owned), edition: held, changes, known: true });
    }
    let what = format!("{} edition {} {digest}", name.unwrap_or("own list"), list.sequence);
    let edition = editions::keep(store, row, (list, text), &note(actor, "trust.import", now, what))?;
    Ok(Imported { name: name.map(str::to_owned), edition, changes, known: false })
}

/// The register's edition, when it must be used in place of the folder's; else the folder's is kept when it is new.
fn newest_own(
    store: &dyn Store,
    list: &TrustList,
    text: &str,
    roots: &[Certificate],
    now: OffsetDateTime,
) -> Result<Option<(TrustList, String)>, TrustError> {
    if let Some(kept) = editions::editions(store, OWN)?.editions.pop() {
        if kept.digest == TrustList::digest_of(text) {
            return Ok(None);
        }
        let kept_text = editions::text(store, OWN, &kept)?;
        // Under other roots it is another deployment's register, or the roots were changed: the folder's list counts.
        if let Ok(held) = TrustList::open(&kept_text, roots) {
            if list == &held {
                return Ok(None);
            }
            if list.replaces(&held, Some(kept.digest)).is_err() {
                return Ok(Some((held, kept_text)));
            }
        }
    }
    let what = format!("own list edition {}", list.sequence);
    editions::keep(store, OWN, (list, text), &note("office", "trust.keep", now, what))?;
    Ok(None)
}

fn view(store: &dyn Store, own: TrustList, text: String) -> TrustView {
    let mut others = Vec::new();
    for pointer in &own.lists {
        let row = editions::of_list(&pointer.name);
        let read = || -> Result<Option<OtherList>, TrustError> {
            let Some(edition) = editions::editions(store, &row)?.editions.pop() else { return Ok(None) };
            let text = editions::text(store, &row, &edition)?;
            let list = TrustList::open(&text, std::slice::from_ref(&pointer.root))?;
            list.may_be_taken_in(&pointer.name)?;
            Ok(Some(OtherList { name: pointer.name.clone(), list, edition }))
        };
        match read() {
            Ok(other) => others.extend(other),
            Err(error) => tracing::error!(%error, list = pointer.name, "a kept trust list is not used"),
        }
    }
    let merged = own.merged(others.iter().map(|other| (other.name.as_str(), &other.list))).unwrap_or_else(|error| {
        // Each was asked above.
        tracing::error!(%error, "others' lists are not used");
        own.clone()
    });
    let digest = TrustList::digest_of(&text);
    let names = others.iter().map(|other| format!("\n{} {}", other.name, other.edition.digest));
    let editions = Digest::of((digest.to_string() + &names.collect::<String>()).as_bytes());
    TrustView { digest, own, text, merged, others, editions }
}

fn note(actor: &str, action: &str, at: OffsetDateTime, detail: String) -> AuditNote {
    AuditNote { at, actor: actor.to_owned(), action: action.to_owned(), purpose: "administration".to_owned(), detail }
}
