//! Subsets that are whole font files again: every reader finds their glyphs by character.
//!
//! The subsetter serves PDF and leaves `cmap` and `OS/2` out; they are added here.

use std::sync::Arc;

use ttf_parser::{RawFace, Tag};

use super::{Assembled, Cut, Face, FontError, cmap, names};

/// A face cut down to some of its glyphs.
pub(crate) struct Subset {
    /// A TrueType file with `cmap glyf loca head hhea hmtx maxp name OS/2 post`.
    pub(crate) file: Assembled,
    /// What the character map says, sorted by character, in the face's own glyph numbers.
    pub(crate) mapped: Vec<(char, u16)>,
    /// The glyphs.
    pub(crate) cut: Arc<Cut>,
}

impl Subset {
    /// Cuts a face down to glyphs and the characters they stand for, sorted by glyph.
    pub(crate) fn new(face: &Face, glyphs: &[(u16, char)], name: &str, family: &str) -> Result<Subset, FontError> {
        let cut = Cut::new(face, &glyphs.iter().map(|&(glyph, _)| glyph).collect::<Vec<_>>(), false)?;
        Subset::of(Arc::new(cut), face, glyphs, name, family)
    }

    /// Completes a face that is cut down already.
    pub(crate) fn of(
        cut: Arc<Cut>,
        face: &Face,
        glyphs: &[(u16, char)],
        name: &str,
        family: &str,
    ) -> Result<Subset, FontError> {
        let failed = |reason: String| FontError::Malformed { name: face.name().to_owned(), reason };
        let mut mapped: Vec<(char, u16)> = glyphs.iter().map(|&(glyph, char)| (char, glyph)).collect();
        mapped.sort_unstable();
        // A character drawn in two ways keeps the first; the other is reached by its glyph number.
        mapped.dedup_by_key(|(char, _)| *char);
        let new_ids: Vec<(char, u16)> =
            mapped.iter().map(|&(char, glyph)| (char, cut.remapper.get(glyph).unwrap_or(0))).collect();

        let mut tables = cut.tables().ok_or_else(|| failed("the subset is damaged".to_owned()))?;
        let os2 = RawFace::parse(face.data(), 0)
            .ok()
            .and_then(|raw| raw.table(Tag::from_bytes(b"OS/2")))
            .ok_or_else(|| failed("it has no OS/2 table".to_owned()))?;
        let os2 = with_range(os2, &new_ids);
        let cmap = cmap::build(&new_ids);
        let names = names::build(face, name, family);
        tables.retain(|(tag, _)| tag != b"name");
        tables.extend([(*b"OS/2", &os2[..]), (*b"cmap", &cmap), (*b"name", &names)]);
        let file = cut.assemble(tables).ok_or_else(|| failed("it has no head table".to_owned()))?;
        Ok(Subset { file, mapped, cut })
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
