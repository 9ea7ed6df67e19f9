//! Fonts for pages on a screen: a reader's device may lack the characters of a name, or all of Chinese.

use super::{Face, FaceId, Family, FontError, FontLibrary, Subset};

/// A file for `@font-face`, and the characters it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebFont {
    face: FaceId,
    glyphs: Vec<(u16, char)>,
}

/// Which faces draw the characters of a text beyond ASCII, from the Hei family's chain. What no face has is left out.
/// Nothing is cut yet: see [`WebFont::file`].
///
/// The same characters give the same fonts, in whatever order they come.
pub fn web_fonts(library: &FontLibrary, text: &str) -> Vec<WebFont> {
    let mut chars: Vec<char> = text.chars().filter(|char| !char.is_ascii()).collect();
    chars.sort_unstable();
    chars.dedup();
    let mut fonts: Vec<WebFont> = Vec::new();
    for char in chars {
        let Some((face, glyph)) = library.lookup(Family::Hei, char) else { continue };
        match fonts.iter_mut().find(|font| font.face == face) {
            Some(font) => font.glyphs.push((glyph, char)),
            None => fonts.push(WebFont { face, glyphs: vec![(glyph, char)] }),
        }
    }
    for font in &mut fonts {
        font.glyphs.sort_unstable();
    }
    fonts.sort_unstable_by_key(|font| font.face);
    fonts
}

impl WebFont {
    /// The face, for its name.
    pub fn face<'l>(&self, library: &'l FontLibrary) -> &'l Face {
        library.face(self.face)
    }

    /// The characters, in ascending order.
    pub fn chars(&self) -> Vec<char> {
        let mut chars: Vec<char> = self.glyphs.iter().map(|&(_, char)| char).collect();
        chars.sort_unstable();
        chars
    }

    /// Cuts the TrueType file.
    pub fn file(&self, library: &FontLibrary) -> Result<Vec<u8>, FontError> {
        let face = self.face(library);
        Subset::new(face, &self.glyphs, &format!("{}-Page", face.name()), &format!("{} Page", face.family()))
            .map(|subset| subset.file.file)
    }
}
