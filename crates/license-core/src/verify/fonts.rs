//! The fonts that a license is laid out with again: those it was made with, where they are to be had.

use std::sync::Arc;

use super::policy::{Policy, Press};
use super::reasons::Reason;
use super::report::Checks;
use crate::fonts::FontLibrary;
use crate::id::Digest;
use crate::record::Record;

/// Where the fonts of earlier licenses are, by the digest of their [set](crate::fonts::FontSet). A register keeps them.
pub trait FontShelf: Send + Sync {
    /// The library of the set; `None` when it is not at hand, as a whole and undamaged.
    fn fonts_of(&self, set: &Digest) -> Option<Arc<FontLibrary>>;
}

/// The fonts for one record.
pub(super) struct Fonts<'a> {
    held: Held<'a>,
    /// The set that the record names, when these are others.
    missing: Option<Digest>,
}

enum Held<'a> {
    Here(&'a FontLibrary),
    Kept(Arc<FontLibrary>),
}

impl<'a> Fonts<'a> {
    /// The very ones; those of today when they are not to be had.
    pub(super) fn of(record: &Record, press: Press<'a>, policy: &Policy<'a>) -> Fonts<'a> {
        let named = record.fonts();
        let here = Held::Here(press.fonts);
        if press.fonts.set().is_ok_and(|set| set.digest() == named) {
            return Fonts { held: here, missing: None };
        }
        match policy.font_shelf.and_then(|shelf| shelf.fonts_of(&named)) {
            Some(kept) => Fonts { held: Held::Kept(kept), missing: None },
            None => Fonts { held: here, missing: Some(named) },
        }
    }

    pub(super) fn held(&self) -> &FontLibrary {
        match &self.held {
            Held::Here(library) => library,
            Held::Kept(library) => library,
        }
    }

    /// Whether a difference speaks of the file. With other fonts, or when one turned out to be damaged, it may come from
    /// them.
    pub(super) fn are_its_own(&self) -> bool {
        self.missing.is_none() && self.held().damaged().is_empty()
    }

    /// Records a difference: against the file, if its fonts are here; else as what cannot be told.
    pub(super) fn differs(
        &self,
        name: &'static str,
        reason: Reason,
        place: impl Into<String>,
        detail: impl Into<String>,
        checks: &mut Checks,
    ) {
        if self.are_its_own() {
            return checks.failed(name, reason, place, detail);
        }
        let fonts = match &self.missing {
            Some(set) => format!("laid out with the font set {set}, which is not at hand"),
            None => "a font that it was laid out with is damaged here".to_owned(),
        };
        checks.not_done_because(name, Reason::FaceFontsMissing, place, format!("{fonts}; {}", detail.into()));
    }
}
