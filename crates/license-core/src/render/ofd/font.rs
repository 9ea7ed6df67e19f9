//! Font files for OFD: subsets that every reader can load.
//!
//! GB/T 42133 6.2.6 asks for `cmap glyf loca head hhea hmtx maxp name OS/2 post`: with all of them, readers find glyphs
//! by character and need no `CGTransform`.

use std::sync::Arc;

use ofd::Part;

use crate::fonts::{Assembled, Cut, Face, Subset};
use crate::page::Glyph;
use crate::render::RenderError;
use crate::render::deflate::Deflater;
use crate::render::glyphs::Glyphs;

/// A subset, ready to be put into packages.
pub(super) struct EmbeddedFont {
    pub(super) name: String,
    pub(super) family: String,
    pub(super) file: Part,
    /// What the character map says, sorted by character, in the face's own glyph numbers.
    mapped: Vec<(char, u16)>,
    cut: Arc<Cut>,
}

impl EmbeddedFont {
    /// A font of fixed words, kept for many files and so deflated as well as can be. Such fonts get a name of their
    /// own: two fonts of one name confuse readers.
    pub(super) fn fixed(face: &Face, glyphs: &Glyphs) -> Result<EmbeddedFont, RenderError> {
        let (name, family) = (format!("{}-Form", face.name()), format!("{} Form", family(face)));
        let subset = Subset::new(face, glyphs, &name, &family).map_err(|error| RenderError::font(face, error))?;
        let Subset { file, mapped, cut } = subset;
        Ok(EmbeddedFont { name, family, file: Part::new(file.file).compress(), mapped, cut })
    }

    /// A font of values, with the cut's own deflated outlines.
    pub(super) fn variable(
        face: &Face,
        cut: Arc<Cut>,
        glyphs: &Glyphs,
        deflater: &mut Deflater,
    ) -> Result<EmbeddedFont, RenderError> {
        let (name, family) = (face.name().to_owned(), family(face));
        let subset = Subset::of(cut, face, glyphs, &name, &family).map_err(|error| RenderError::font(face, error))?;
        let Subset { file: Assembled { file, outlines }, mapped, cut } = subset;
        let file = match outlines {
            Some(outlines) => {
                let stream = deflater.deflate_before(&file, outlines.at, outlines.block());
                Part::with_stream(file, stream)
            }
            None => Part::new(file),
        };
        Ok(EmbeddedFont { name, family, file, mapped, cut })
    }

    /// Glyph numbers of the embedded file, when the character map alone would draw something else.
    pub(super) fn glyphs_unless_mapped(&self, glyphs: &[Glyph]) -> Option<Vec<u16>> {
        let is_mapped = |glyph: &Glyph| self.mapped.binary_search(&(glyph.char, glyph.id)).is_ok();
        if glyphs.iter().all(is_mapped) {
            return None;
        }
        Some(glyphs.iter().map(|glyph| self.cut.remapper.get(glyph.id).unwrap_or(0)).collect())
    }
}

/// The family as readers list it: another weight is another family.
fn family(face: &Face) -> String {
    match face.name().rsplit_once('-') {
        None | Some((_, "" | "Regular")) => face.family().to_owned(),
        Some((_, weight)) => format!("{} {weight}", face.family()),
    }
}
