//! Whether the embedded fonts draw the characters that the text names, as far as a font alone can tell.

use std::collections::HashMap;

use ttf_parser::{Face, GlyphId, OutlineBuilder};

use super::weight::Weights;
use super::{Drawing, FontFile, Letter, What};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// Different fonts and characters that are looked at; a license has some hundreds.
const MOST_LETTERS: usize = 40_000;
/// Tables that draw glyphs beside, or instead of, the plain outlines.
const OTHER_OUTLINES: [&[u8; 4]; 9] = [b"CFF ", b"CFF2", b"COLR", b"SVG ", b"sbix", b"CBDT", b"EBDT", b"gvar", b"morx"];
/// Tables of a font; the richest have forty.
const MOST_TABLES: usize = 64;
/// Maps from characters to glyphs, each of which is asked for each character.
const MOST_MAPS: u16 = 16;

/// Every letter has a glyph of its own in an embedded font, the same for every reader.
pub(in crate::verify) fn check(drawing: &Drawing, checks: &mut Checks) {
    const NAME: &str = "face.glyphs";
    let fonts: Vec<Option<Font<'_>>> = drawing.fonts.iter().map(|file| Font::open(file.as_ref()?)).collect();
    match first_fault(drawing, &fonts) {
        Some((page, why)) => checks.failed(NAME, Reason::FaceGlyphs, format!("page {}", page + 1), why),
        None => checks.passed(NAME, ""),
    }
}

fn first_fault(drawing: &Drawing, fonts: &[Option<Font<'_>>]) -> Option<(usize, &'static str)> {
    let mut drawn: HashMap<(usize, char, Option<u32>), ()> = HashMap::new();
    let mut owners: HashMap<(usize, u16), char> = HashMap::new();
    for (page, sheet) in drawing.sheets.iter().enumerate() {
        for mark in &sheet.marks {
            let What::Words(words) = &mark.what else { continue };
            if !words.regular {
                return Some((page, "glyphs do not stand for characters one by one"));
            }
            if !words.honest {
                return Some((page, "words that are copied as other words"));
            }
            let Some(at) = words.font else { return Some((page, "words in a font that is not there")) };
            let Some(Some(font)) = fonts.get(at) else {
                return Some((page, "words in a font that is not embedded or cannot be read"));
            };
            if let Some(why) = font.fault {
                return Some((page, why));
            }
            for letter in &words.letters {
                if drawn.insert((at, letter.char, letter.glyph), ()).is_some() {
                    continue;
                }
                if drawn.len() > MOST_LETTERS {
                    return Some((page, "more characters than can be looked at"));
                }
                let glyph = match font.glyph(letter) {
                    Ok(glyph) => glyph,
                    Err(why) => return Some((page, why)),
                };
                let twin = stands_alone(letter.char).then(|| owners.insert((at, glyph), letter.char)).flatten();
                if twin.is_some_and(|twin| twin != letter.char) {
                    return Some((page, "two characters are drawn with one glyph"));
                }
            }
        }
    }
    None
}

/// Characters that no other one of this kind looks like.
fn stands_alone(char: char) -> bool {
    matches!(char, '0'..='9' | 'A'..='Z' | 'a'..='z' | '\u{4E00}'..='\u{9FA5}')
}

/// An embedded font, opened.
pub(super) struct Font<'a> {
    face: Face<'a>,
    pub(super) tables: Tables<'a>,
    /// Why none of its glyphs can be told.
    pub(super) fault: Option<&'static str>,
}

impl<'a> Font<'a> {
    pub(super) fn open(file: &'a FontFile) -> Option<Font<'a>> {
        let tables = Tables::of(file.0.bytes())?;
        let face = Face::parse(file.0.bytes(), 0).ok()?;
        let raw = face.raw_face();
        let has = |tag: &[u8; 4]| raw.table(ttf_parser::Tag::from_bytes(tag)).is_some();
        let fault = if OTHER_OUTLINES.iter().any(|tag| has(tag)) {
            Some("a font that draws glyphs in another way, too")
        } else if face.tables().cmap.is_some_and(|cmap| !are_few(cmap)) {
            Some("a font with more character maps than can be asked")
        } else {
            None
        };
        Some(Font { face, tables, fault })
    }

    /// The glyph that is drawn for a letter, when all readers draw one and the same.
    pub(super) fn glyph(&self, letter: &Letter) -> Result<u16, &'static str> {
        let mapped = self.mapped(letter.char)?;
        let glyph = match letter.glyph {
            Some(glyph) => u16::try_from(glyph).map_err(|_| "a glyph that the font does not have")?,
            None => mapped.ok_or("a character that the font does not have")?,
        };
        if glyph == 0 || glyph >= self.face.number_of_glyphs() {
            return Err("a character that the font does not have");
        }
        if letter.char.is_whitespace() && self.tables.outline(glyph).is_some_and(|outline| !outline.is_empty()) {
            return Err("a blank that is drawn");
        }
        if !letter.char.is_whitespace() && self.tables.outline(glyph).is_none_or(<[u8]>::is_empty) {
            return Err("a character without an outline");
        }
        Ok(glyph)
    }

    /// By the character maps, which must agree.
    fn mapped(&self, char: char) -> Result<Option<u16>, &'static str> {
        let mut found = None;
        for subtable in self.face.tables().cmap.into_iter().flat_map(|cmap| cmap.subtables) {
            let Some(GlyphId(glyph)) = subtable.glyph_index(u32::from(char)) else { continue };
            if glyph != 0 && found.replace(glyph).is_some_and(|other| other != glyph) {
                return Err("a font whose character maps contradict each other");
            }
        }
        Ok(found)
    }

    /// Whether a glyph looks as one of another font, which is ours; nothing when it has more to it than is followed.
    pub(super) fn draws(
        &self,
        (font, glyph): (usize, u16),
        other: &Tables<'_>,
        other_glyph: u16,
        weights: &mut Weights,
    ) -> Option<bool> {
        if self.tables.units != other.units {
            return Some(false);
        }
        // The same bytes, unless the outline names others (a negative number of contours).
        let plain = |outline: &[u8]| outline.first().is_none_or(|first| *first < 0x80);
        match (self.tables.outline(glyph), other.outline(other_glyph)) {
            (Some(a), Some(b)) if plain(a) && plain(b) && trimmed(a) == trimmed(b) => Some(true),
            (Some(_), Some(_)) => {
                weights.spend(font, &self.tables, glyph).then(|| lines(&self.face, glyph) == other.lines(other_glyph))
            }
            _ => Some(false),
        }
    }
}

/// Whether the maps are as many as fonts have, and none of those that are searched from end to end (format 13).
fn are_few(cmap: ttf_parser::cmap::Table<'_>) -> bool {
    use ttf_parser::cmap::Format;
    cmap.subtables.len() <= MOST_MAPS
        && cmap.subtables.into_iter().all(|map| !matches!(map.format, Format::ManyToOneRangeMappings(_)))
}

/// Glyphs are padded to even lengths.
fn trimmed(outline: &[u8]) -> &[u8] {
    let end = outline.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &outline[..end]
}

/// Where the outlines of a TrueType file are.
pub(super) struct Tables<'a> {
    file: &'a [u8],
    glyf: &'a [u8],
    loca: &'a [u8],
    long: bool,
    units: u16,
}

impl<'a> Tables<'a> {
    /// Nothing for a file of which readers take different tables: a collection, or two of one name.
    pub(super) fn of(file: &'a [u8]) -> Option<Tables<'a>> {
        let count = usize::from(u16::from_be_bytes(file.get(4..6)?.try_into().ok()?));
        if count > MOST_TABLES || file.starts_with(b"ttcf") {
            return None;
        }
        let tables = crate::fonts::sfnt::tables(file)?;
        if tables.iter().enumerate().any(|(at, (tag, _))| tables[..at].iter().any(|(other, _)| other == tag)) {
            return None;
        }
        let table = |wanted: &[u8; 4]| tables.iter().find(|(tag, _)| tag == wanted).map(|(_, data)| *data);
        let head = table(b"head")?;
        let short = |at: usize| Some(u16::from_be_bytes(head.get(at..at + 2)?.try_into().ok()?));
        Some(Tables { file, glyf: table(b"glyf")?, loca: table(b"loca")?, long: short(50)? != 0, units: short(18)? })
    }

    /// Without a file around them, with long places.
    #[cfg(test)]
    pub(super) fn of_parts(glyf: &'a [u8], loca: &'a [u8]) -> Tables<'a> {
        Tables { file: &[], glyf, loca, long: true, units: 1000 }
    }

    /// The bytes of a glyph; empty for a blank.
    pub(super) fn outline(&self, glyph: u16) -> Option<&'a [u8]> {
        let at = |nth: usize| -> Option<usize> {
            if self.long {
                Some(u32::from_be_bytes(self.loca.get(4 * nth..4 * nth + 4)?.try_into().ok()?) as usize)
            } else {
                Some(2 * usize::from(u16::from_be_bytes(self.loca.get(2 * nth..2 * nth + 2)?.try_into().ok()?)))
            }
        };
        self.glyf.get(at(usize::from(glyph))?..at(usize::from(glyph) + 1)?)
    }

    fn lines(&self, glyph: u16) -> Vec<[i32; 7]> {
        Face::parse(self.file, 0).map(|face| lines(&face, glyph)).unwrap_or_default()
    }
}

/// An outline as numbers that can be compared.
fn lines(face: &Face<'_>, glyph: u16) -> Vec<[i32; 7]> {
    let mut lines = Lines(Vec::new());
    face.outline_glyph(GlyphId(glyph), &mut lines);
    lines.0
}

struct Lines(Vec<[i32; 7]>);

impl Lines {
    fn put(&mut self, kind: i32, numbers: &[f32]) {
        let mut line = [kind, 0, 0, 0, 0, 0, 0];
        for (slot, number) in line[1..].iter_mut().zip(numbers) {
            *slot = (number * 4.0).round() as i32;
        }
        self.0.push(line);
    }
}

impl OutlineBuilder for Lines {
    fn move_to(&mut self, x: f32, y: f32) {
        self.put(0, &[x, y]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.put(1, &[x, y]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.put(2, &[x1, y1, x, y]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.put(3, &[x1, y1, x2, y2, x, y]);
    }

    fn close(&mut self) {
        self.put(4, &[]);
    }
}
