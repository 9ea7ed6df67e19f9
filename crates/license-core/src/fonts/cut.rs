//! A face cut down to a few glyphs, with its outlines deflated: made once for all files of a license.

use std::sync::Arc;

use subsetter::GlyphRemapper;

use super::pack::glyph_places;
use super::{Face, FontError, sfnt};

/// The subset of a face as the subsetter leaves it: without `cmap` and `OS/2`.
pub(crate) struct Cut {
    /// From the face's own glyph numbers to those of the subset.
    pub(crate) remapper: GlyphRemapper,
    file: Vec<u8>,
    /// The last block of a deflate stream that ends with the outlines, when they are worth one of their own.
    outlines: Option<Vec<u8>>,
}

/// A font file with its outlines at the end, and the deflate block that yields them.
pub(crate) struct Assembled {
    pub(crate) file: Vec<u8>,
    pub(crate) outlines: Option<Outlines>,
}

/// Where the outlines of a font file begin, and all of them deflated.
pub(crate) struct Outlines {
    pub(crate) at: usize,
    pub(crate) cut: Arc<Cut>,
}

impl Cut {
    /// Cuts a face down to glyphs, sorted by number. What only one file will use is not worth packing glyph by glyph.
    pub(super) fn new(face: &Face, glyphs: &[u16], pack: bool) -> Result<Cut, FontError> {
        let failed = |reason: String| FontError::Malformed { name: face.name().to_owned(), reason };
        let remapper = GlyphRemapper::new_from_glyphs_sorted(glyphs);
        let file = subsetter::subset(face.data(), 0, &remapper).map_err(|error| failed(error.to_string()))?;
        let mut cut = Cut { remapper, file, outlines: None };
        if pack {
            cut.outlines = cut.pack(face);
        }
        Ok(cut)
    }

    /// The tables of the subset; nothing when the subsetter went wrong.
    pub(crate) fn tables(&self) -> Option<Vec<sfnt::Table<'_>>> {
        sfnt::tables(&self.file)
    }

    /// A file of some of the subset's tables, its outlines among them, and others.
    pub(crate) fn assemble(self: &Arc<Cut>, tables: Vec<sfnt::Table<'_>>) -> Option<Assembled> {
        let glyf = tables.iter().find(|(tag, _)| tag == b"glyf").map_or(0, |(_, data)| data.len());
        let file = sfnt::assemble(tables)?;
        let at = file.len().checked_sub(glyf.next_multiple_of(4))?;
        let outlines = self.outlines.is_some().then(|| Outlines { at, cut: Arc::clone(self) });
        Some(Assembled { file, outlines })
    }

    fn pack(&self, face: &Face) -> Option<Vec<u8>> {
        let places = glyph_places(&self.file)?;
        let length = places.last()?.end - places.first()?.start;
        if length < WORTH_PACKING {
            return None;
        }
        let packer = face.packer()?;
        let numbers = self.remapper.remapped_gids().map(Some).chain(std::iter::repeat(None));
        let glyphs = numbers.zip(places.iter().map(|place| &self.file[place.clone()]));
        let padding = [0; 3];
        Some(packer.block(face.data(), glyphs, &padding[..length.next_multiple_of(4) - length]))
    }
}

impl Outlines {
    /// The last block of the file's deflate stream.
    pub(crate) fn block(&self) -> &[u8] {
        self.cut.outlines.as_deref().unwrap_or_default()
    }
}

/// Describing the code takes a hundred bytes: fewer bytes of outlines are deflated with the rest of the file.
const WORTH_PACKING: usize = 4096;
