//! Character → glyph, as two array reads.

/// Glyph indices by code point in pages of 256; page 0 is empty and shared.
pub(super) struct GlyphTable {
    index: Vec<u16>,
    pages: Vec<[u16; 256]>,
}

impl GlyphTable {
    /// Reads the font's Unicode mapping once.
    pub(super) fn new(face: &ttf_parser::Face<'_>) -> GlyphTable {
        let mut table = GlyphTable { index: vec![0; 0x1100], pages: vec![[0; 256]] };
        let Some(cmap) = face.tables().cmap else { return table };
        for subtable in cmap.subtables.into_iter().filter(|subtable| subtable.is_unicode()) {
            subtable.codepoints(|code| {
                if let Some(glyph) = subtable.glyph_index(code) {
                    table.insert(code, glyph.0);
                }
            });
        }
        table
    }

    fn insert(&mut self, code: u32, glyph: u16) {
        let Some(slot) = self.index.get_mut((code >> 8) as usize) else { return };
        if *slot == 0 {
            *slot = self.pages.len() as u16;
            self.pages.push([0; 256]);
        }
        self.pages[usize::from(*slot)][(code & 0xFF) as usize] = glyph;
    }

    /// The glyph of a character; `.notdef` is no glyph.
    pub(super) fn glyph(&self, char: char) -> Option<u16> {
        let code = char as u32;
        let page = self.index[(code >> 8) as usize];
        match self.pages[usize::from(page)][(code & 0xFF) as usize] {
            0 => None,
            glyph => Some(glyph),
        }
    }
}
