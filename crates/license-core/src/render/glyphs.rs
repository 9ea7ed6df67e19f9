//! Which glyphs of which face a document draws: the input of every font subset.
//!
//! Fixed words and values are kept apart, although both may use one face: the words of a template are the same on
//! every license, so their subset is made and packed once and then reused.

use crate::page::{Document, FaceId, Item, TextRun, TextSource};

/// The part of a face that one embedded font holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FontKey {
    pub(super) face: FaceId,
    /// Whether it draws the template's own words.
    pub(super) fixed: bool,
}

impl FontKey {
    pub(super) fn of(run: &TextRun) -> FontKey {
        FontKey { face: run.face, fixed: matches!(run.source, TextSource::Fixed(_)) }
    }
}

/// Glyphs with the characters they stand for, sorted, each pair once.
pub(super) type Glyphs = Vec<(u16, char)>;

/// Every font the document needs, in the order of their keys.
pub(super) fn used(document: &Document) -> Vec<(FontKey, Glyphs)> {
    let mut fonts: Vec<(FontKey, Glyphs)> = Vec::new();
    let items = document.pages.iter().flat_map(|page| &page.items);
    for item in items {
        let Item::Text(run) = item else { continue };
        let key = FontKey::of(run);
        let at = fonts.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
            fonts.push((key, Glyphs::with_capacity(256)));
            fonts.len() - 1
        });
        fonts[at].1.extend(run.glyphs.iter().map(|glyph| (glyph.id, glyph.char)));
    }
    for (_, glyphs) in &mut fonts {
        glyphs.sort_unstable();
        glyphs.dedup();
    }
    fonts.sort_unstable_by_key(|(key, _)| *key);
    fonts
}
