//! Font files for OFD: subsets that every reader can load.
//!
//! GB/T 42133 6.2.6 asks for `cmap glyf loca head hhea hmtx maxp name OS/2 post`. The subsetter serves PDF and leaves
//! `cmap` and `OS/2` out; they are added here, so that readers find glyphs by character and need no `CGTransform`.

use ofd::Part;
use subsetter::GlyphRemapper;
use ttf_parser::{RawFace, Tag};

use super::{cmap, names};
use crate::fonts::Face;
use crate::page::Glyph;
use crate::render::RenderError;
use crate::render::glyphs::Glyphs;
use crate::render::sfnt;

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
        let failed = |reason: String| RenderError::Font { face: face.name().to_owned(), reason };
        let ids: Vec<u16> = glyphs.iter().map(|&(glyph, _)| glyph).collect();
        let remapper = GlyphRemapper::new_from_glyphs_sorted(&ids);
        let subset = subsetter::subset(face.data(), 0, &remapper).map_err(|error| failed(error.to_string()))?;

        let mut mapped: Vec<(char, u16)> = glyphs.iter().map(|&(glyph, char)| (char, glyph)).collect();
        mapped.sort_unstable();
        // A character drawn in two ways keeps the first; the other is reached by its glyph number.
        mapped.dedup_by_key(|(char, _)| *char);
        let new_ids: Vec<(char, u16)> =
            mapped.iter().map(|&(char, glyph)| (char, remapper.get(glyph).unwrap_or(0))).collect();

        let mut tables = sfnt::tables(&subset).ok_or_else(|| failed("the subset is damaged".to_owned()))?;
        let os2 = RawFace::parse(face.data(), 0)
            .ok()
            .and_then(|raw| raw.table(Tag::from_bytes(b"OS/2")))
            .ok_or_else(|| failed("it has no OS/2 table".to_owned()))?;
        let os2 = with_range(os2, &new_ids);
        let cmap = cmap::build(&new_ids);
        let name = format!("{}{}", face.name(), if fixed { "-Form" } else { "" });
        let weight = face.name().rsplit_once('-').map_or("", |(_, weight)| weight);
        let weight = if matches!(weight, "" | "Regular") { String::new() } else { format!(" {weight}") };
        let family = format!("{}{weight}{}", face.family(), if fixed { " Form" } else { "" });
        let names = names::build(face, &name, &family);
        tables.retain(|(tag, _)| tag != b"name");
        tables.extend([(*b"OS/2", &os2[..]), (*b"cmap", &cmap), (*b"name", &names)]);
        let file = sfnt::assemble(tables).ok_or_else(|| failed("it has no head table".to_owned()))?;

        Ok(EmbeddedFont { name, family, file: Part::new(file).compress(), mapped, remapper })
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

/// The OS/2 table with the first and last character that is left (`usFirstCharIndex`, `usLastCharIndex`).
fn with_range(os2: &[u8], mapped: &[(char, u16)]) -> Vec<u8> {
    let mut os2 = os2.to_vec();
    let clamp =
        |entry: Option<&(char, u16)>| u16::try_from(entry.map_or(0, |&(char, _)| u32::from(char))).unwrap_or(u16::MAX);
    let range = [clamp(mapped.first()), clamp(mapped.last())].map(u16::to_be_bytes).concat();
    if let Some(place) = os2.get_mut(64..68) {
        place.copy_from_slice(&range);
    }
    os2
}
