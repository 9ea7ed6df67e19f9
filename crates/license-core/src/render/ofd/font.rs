//! Font files for OFD: subsets that every reader can load.
//!
//! GB/T 42133 6.2.6 asks for `cmap glyf loca head hhea hmtx maxp name OS/2 post`: with all of them, readers find glyphs
//! by character and need no `CGTransform`.

use ofd::Part;
use subsetter::GlyphRemapper;

use crate::fonts::{Face, FontError, Subset};
use crate::page::Glyph;
use crate::render::RenderError;
use crate::render::glyphs::Glyphs;

/// A subset, ready to be put into packages.
pub(super) struct EmbeddedFont {
    pub(super) name: String,
    pub(super) family: String,
    pub(super) file: Part,
    /// What the character map says, sorted by character, in the face's own glyph numbers.
    mapped: Vec<(char, u16)>,
    remapper: GlyphRemapper,
}

impl EmbeddedFont {
    /// Cuts a face down. Fonts of fixed words get a name of their own: two fonts of one name confuse readers.
    pub(super) fn new(face: &Face, fixed: bool, glyphs: Glyphs) -> Result<EmbeddedFont, RenderError> {
        let name = format!("{}{}", face.name(), if fixed { "-Form" } else { "" });
        let weight = face.name().rsplit_once('-').map_or("", |(_, weight)| weight);
        let weight = if matches!(weight, "" | "Regular") { String::new() } else { format!(" {weight}") };
        let family = format!("{}{weight}{}", face.family(), if fixed { " Form" } else { "" });
        let subset = Subset::new(face, &glyphs, &name, &family).map_err(|error| {
            let reason = match error {
                FontError::Malformed { reason, .. } => reason,
                other => other.to_string(),
            };
            RenderError::Font { face: face.name().to_owned(), reason }
        })?;
        let Subset { file, mapped, remapper } = subset;
        let file = Part::new(file);
        // Fonts of fixed words are kept for many files; the others are deflated with the rest of their package.
        let file = if fixed { file.compress() } else { file };
        Ok(EmbeddedFont { name, family, file, mapped, remapper })
    }

    /// Glyph numbers of the embedded file, when the character map alone would draw something else.
    pub(super) fn glyphs_unless_mapped(&self, glyphs: &[Glyph]) -> Option<Vec<u16>> {
        let is_mapped = |glyph: &Glyph| self.mapped.binary_search(&(glyph.char, glyph.id)).is_ok();
        if glyphs.iter().all(is_mapped) {
            return None;
        }
        Some(glyphs.iter().map(|glyph| self.remapper.get(glyph.id).unwrap_or(0)).collect())
    }
}
