//! What layout makes and the renderers share: plain data, no format, no template.
//!
//! OFD, PDF and PNG read a [`Document`] and never one another, so the three look alike.

use std::sync::Arc;

use crate::length::{Length, Point, Rect, Size};

/// A laid out license: its pages, and where the seal goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Title for readers ("营业执照").
    pub title: String,
    /// The pages in order; never empty.
    pub pages: Vec<Page>,
}

/// One page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Trimmed size.
    pub size: Size,
    /// The artwork under everything, shared by all licenses of a face.
    pub background: Option<Arc<Artwork>>,
    /// What is painted, bottom to top.
    pub items: Vec<Item>,
    /// Where the issuer's seal is stamped when the document is signed. The seal itself is drawn by the
    /// signature (OFD seal, PDF signature widget), never by the page.
    pub seal: Option<Rect>,
}

/// Anything that can stand on a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// One line of text in one face and size.
    Text(TextRun),
    /// Lines and areas.
    Path(PathItem),
    /// A raster picture.
    Image(ImageItem),
    /// A QR code.
    Qr(QrItem),
}

/// A face of the font library: an index that [`crate::fonts::FontLibrary`] gives out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceId(pub u8);

/// One line (or part of a line) of text in one face.
#[derive(Clone, Debug, PartialEq)]
pub struct TextRun {
    /// Where the words come from; lets a verifier and a linter name the field.
    pub source: TextSource,
    /// Face of every glyph here.
    pub face: FaceId,
    /// Font size (em square).
    pub size: Length,
    /// Fill colour.
    pub color: Rgb,
    /// Origin of the first glyph on the baseline, page coordinates.
    pub origin: Point,
    /// The glyphs in reading order; never empty.
    pub glyphs: Vec<Glyph>,
}

/// A glyph and the character it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyph {
    /// Glyph index in the face.
    pub id: u16,
    /// The character, for extraction and search.
    pub char: char,
    /// Horizontal distance of this glyph's origin from the run's origin.
    pub x: Length,
}

impl TextRun {
    /// The characters of the run.
    pub fn text(&self) -> String {
        self.glyphs.iter().map(|glyph| glyph.char).collect()
    }
}

/// Where a run of text comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextSource {
    /// Fixed words of the template; holds the box id.
    Fixed(String),
    /// A value of the record; holds the field key.
    Field(String),
}

/// A path with an optional fill and stroke.
#[derive(Clone, Debug, PartialEq)]
pub struct PathItem {
    /// Segments in page coordinates.
    pub path: Vec<Segment>,
    /// Fill colour (non-zero rule).
    pub fill: Option<Rgb>,
    /// Stroke colour and width; round caps and joins.
    pub stroke: Option<(Rgb, Length)>,
    /// 255 is opaque.
    pub alpha: u8,
}

/// A path segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Start a subpath.
    Move(Point),
    /// Straight line.
    Line(Point),
    /// Cubic curve: two control points and the end.
    Cubic(Point, Point, Point),
    /// Close the subpath.
    Close,
}

/// A raster picture.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageItem {
    /// Where it stands.
    pub rect: Rect,
    /// A whole PNG or baseline JPEG file.
    pub data: Arc<[u8]>,
    /// Which of the two.
    pub format: ImageFormat,
}

/// Raster formats that every reader knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFormat {
    /// PNG.
    Png,
    /// Baseline JPEG.
    Jpeg,
}

/// A QR code: black modules on a white panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrItem {
    /// The white panel, four modules of quiet zone included.
    pub rect: Rect,
    /// Modules per side, quiet zone excluded.
    pub modules: usize,
    /// Row by row, `true` is dark; `modules * modules` entries.
    pub dark: Vec<bool>,
}

/// An sRGB colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Black.
    pub const BLACK: Rgb = Rgb(0, 0, 0);
    /// White.
    pub const WHITE: Rgb = Rgb(255, 255, 255);

    /// From `#RRGGBB`.
    pub fn from_hex(text: &str) -> Option<Rgb> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Rgb(part(0)?, part(2)?, part(4)?))
    }
}

/// A parsed background. Renderers may keep what they make of it, keyed by `digest`.
#[derive(Clone, Debug, PartialEq)]
pub struct Artwork {
    /// SHA-256 of the source and of the choices made when reading it.
    pub digest: [u8; 32],
    /// Page size the art is drawn for.
    pub size: Size,
    /// Groups, bottom to top.
    pub groups: Vec<ArtGroup>,
}

/// One `<g>` of the artwork.
#[derive(Clone, Debug, PartialEq)]
pub struct ArtGroup {
    /// The group's id (`paper`, `field`, `frame-1`, `ornament-2` …).
    pub id: String,
    /// Fill colour.
    pub fill: Option<Rgb>,
    /// Stroke colour and width; round caps and joins.
    pub stroke: Option<(Rgb, Length)>,
    /// One entry per `<path>`.
    pub paths: Vec<Vec<Segment>>,
}
