//! One unpacked face: bytes for embedding, widths and outlines for drawing.

use std::sync::OnceLock;

use super::FontError;
use super::pack::GlyphPacker;
use super::table::GlyphTable;
use crate::length::{Length, Point};
use crate::page::Segment;

/// A face of the library.
pub struct Face {
    name: String,
    family: String,
    data: Vec<u8>,
    glyphs: GlyphTable,
    advances: Vec<u16>,
    units_per_em: u16,
    ascent: i16,
    descent: i16,
    cap_height: i16,
    bbox: [i16; 4],
    packer: OnceLock<Option<Box<GlyphPacker>>>,
}

impl Face {
    pub(super) fn new(name: &str, data: Vec<u8>) -> Result<Face, FontError> {
        let malformed = |reason: &str| FontError::Malformed { name: name.to_owned(), reason: reason.to_owned() };
        let font = ttf_parser::Face::parse(&data, 0).map_err(|error| malformed(&error.to_string()))?;
        if font.tables().glyf.is_none() {
            return Err(malformed("it has no TrueType outlines"));
        }
        let family = font
            .names()
            .into_iter()
            .filter(|record| record.name_id == ttf_parser::name_id::FAMILY && record.is_unicode())
            .find_map(|record| record.to_string().filter(|family| family.is_ascii()))
            .unwrap_or_else(|| name.to_owned());
        let advances = (0..font.number_of_glyphs())
            .map(|glyph| font.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or(0))
            .collect();
        let bbox = font.global_bounding_box();
        let face = Face {
            name: name.to_owned(),
            family,
            glyphs: GlyphTable::new(&font),
            advances,
            units_per_em: font.units_per_em(),
            ascent: font.typographic_ascender().unwrap_or(font.ascender()),
            descent: font.typographic_descender().unwrap_or(font.descender()),
            cap_height: font.capital_height().filter(|&height| height > 0).unwrap_or(0),
            bbox: [bbox.x_min, bbox.y_min, bbox.x_max, bbox.y_max],
            data: Vec::new(),
            packer: OnceLock::new(),
        };
        Ok(Face { data, ..face })
    }

    /// Name of the face without spaces (`ECertKai-Regular`), fit for a PostScript name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Family name as the font gives it (`ECert Kai`).
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The whole TrueType file, for subsetting.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Font units per em.
    pub fn units_per_em(&self) -> u16 {
        self.units_per_em
    }

    /// Typographic ascender in font units.
    pub fn ascent(&self) -> i16 {
        self.ascent
    }

    /// Typographic descender in font units (negative).
    pub fn descent(&self) -> i16 {
        self.descent
    }

    /// Height of capitals in font units; 0 when the font does not say.
    pub fn cap_height(&self) -> i16 {
        self.cap_height
    }

    /// Bounding box of all glyphs in font units: x min, y min, x max, y max.
    pub fn bbox(&self) -> [i16; 4] {
        self.bbox
    }

    /// The glyph of a character in this face alone.
    pub fn glyph(&self, char: char) -> Option<u16> {
        self.glyphs.glyph(char)
    }

    /// Width of a glyph in font units.
    pub fn advance_units(&self, glyph: u16) -> u16 {
        self.advances.get(usize::from(glyph)).copied().unwrap_or(0)
    }

    /// Width of a glyph at a font size, rounded to the micrometre.
    pub fn advance(&self, glyph: u16, size: Length) -> Length {
        self.at_size(i32::from(self.advance_units(glyph)), size)
    }

    /// A distance in font units at a font size, rounded to the micrometre.
    pub fn at_size(&self, units: i32, size: Length) -> Length {
        let em = i64::from(self.units_per_em.max(1));
        let doubled = 2 * i64::from(units) * i64::from(size.um()) + em;
        Length::from_um(i32::try_from(doubled.div_euclid(2 * em)).unwrap_or(i32::MAX))
    }

    /// The outline of a glyph in page coordinates (y down), its origin on the baseline at `origin`.
    pub fn outline(&self, glyph: u16, size: Length, origin: Point) -> Vec<Segment> {
        let mut path =
            Outline { segments: Vec::new(), scale: f64::from(size.um()) / self.em(), origin, last: (0.0, 0.0) };
        self.trace(glyph, &mut path);
        path.segments
    }

    /// Hands the outline of a glyph in font units (y up) to a builder; false when it has none (a space).
    pub(crate) fn trace(&self, glyph: u16, builder: &mut dyn ttf_parser::OutlineBuilder) -> bool {
        match ttf_parser::Face::parse(&self.data, 0) {
            Ok(font) => font.outline_glyph(ttf_parser::GlyphId(glyph), builder).is_some(),
            Err(_) => false,
        }
    }

    /// Deflates its glyphs; made when first needed, which takes some milliseconds.
    pub(super) fn packer(&self) -> Option<&GlyphPacker> {
        self.packer.get_or_init(|| GlyphPacker::new(&self.data).map(Box::new)).as_deref()
    }

    fn em(&self) -> f64 {
        f64::from(self.units_per_em.max(1))
    }
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Face").field("name", &self.name).field("bytes", &self.data.len()).finish_non_exhaustive()
    }
}

/// Collects an outline in micrometres, quadratic curves raised to cubic ones.
struct Outline {
    segments: Vec<Segment>,
    scale: f64,
    origin: Point,
    last: (f64, f64),
}

impl Outline {
    fn point(&self, (x, y): (f64, f64)) -> Point {
        let um = |units: f64| Length::from_um((units * self.scale).round() as i32);
        Point::new(self.origin.x + um(x), self.origin.y - um(y))
    }
}

impl ttf_parser::OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.last = (f64::from(x), f64::from(y));
        self.segments.push(Segment::Move(self.point(self.last)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.last = (f64::from(x), f64::from(y));
        self.segments.push(Segment::Line(self.point(self.last)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (control, end) = ((f64::from(x1), f64::from(y1)), (f64::from(x), f64::from(y)));
        let toward =
            |from: (f64, f64)| (from.0 + (control.0 - from.0) * 2.0 / 3.0, from.1 + (control.1 - from.1) * 2.0 / 3.0);
        let cubic = Segment::Cubic(self.point(toward(self.last)), self.point(toward(end)), self.point(end));
        self.last = end;
        self.segments.push(cubic);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let point = |x: f32, y: f32| self.point((f64::from(x), f64::from(y)));
        let cubic = Segment::Cubic(point(x1, y1), point(x2, y2), point(x, y));
        self.last = (f64::from(x), f64::from(y));
        self.segments.push(cubic);
    }

    fn close(&mut self) {
        self.segments.push(Segment::Close);
    }
}
