//! Graphic units: text, paths, pictures, and the layers that hold them.

use crate::model::{FontRef, ImageRef};
use crate::units::{Rect, Um};

/// A layer; painted from its first object to its last.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Where it lies among the others.
    pub kind: LayerKind,
    /// Its objects, lowest first.
    pub objects: Vec<Object>,
}

impl Layer {
    /// A body layer.
    pub fn body(objects: Vec<Object>) -> Layer {
        Layer { kind: LayerKind::Body, objects }
    }
}

/// Kind of a layer, and z-order of a template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LayerKind {
    /// Below everything.
    Background,
    /// The content proper.
    #[default]
    Body,
    /// Above everything.
    Foreground,
}

/// Anything a layer can hold.
#[derive(Clone, Debug)]
pub enum Object {
    /// A run of text.
    Text(TextObject),
    /// A shape.
    Path(PathObject),
    /// A picture.
    Image(ImageObject),
}

/// An RGB colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Color {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
}

impl Color {
    /// Black.
    pub const BLACK: Color = Color { r: 0, g: 0, b: 0 };

    /// A colour from its three channels.
    pub const fn rgb(r: u8, g: u8, b: u8) -> Color {
        Color { r, g, b }
    }
}

/// A colour and how much of it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fill {
    /// The colour.
    pub color: Color,
    /// 255 hides what is below, 0 shows nothing.
    pub alpha: u8,
}

impl Fill {
    /// Black.
    pub const BLACK: Fill = Fill::solid(Color::BLACK);

    /// A colour that hides what is below.
    pub const fn solid(color: Color) -> Fill {
        Fill { color, alpha: 255 }
    }
}

impl Default for Fill {
    fn default() -> Fill {
        Fill::BLACK
    }
}

/// A line along a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stroke {
    /// Its colour.
    pub fill: Fill,
    /// Its width.
    pub width: Um,
    /// Its ends.
    pub cap: LineCap,
    /// Its corners.
    pub join: LineJoin,
}

impl Stroke {
    /// A solid line with the default ends and corners.
    pub const fn solid(color: Color, width: Um) -> Stroke {
        Stroke { fill: Fill::solid(color), width, cap: LineCap::Butt, join: LineJoin::Miter }
    }
}

/// Ends of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LineCap {
    /// Cut off at the end point.
    #[default]
    Butt,
    /// Half a disc.
    Round,
    /// Half a square.
    Square,
}

/// Corners of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LineJoin {
    /// Pointed.
    #[default]
    Miter,
    /// Rounded.
    Round,
    /// Cut.
    Bevel,
}

/// `CTM`: x' = a·x + c·y + e, y' = b·x + d·y + f, before the shift to the boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Matrix {
    /// a, b, c, d in thousandths.
    pub linear: [i32; 4],
    /// The shift e.
    pub e: Um,
    /// The shift f.
    pub f: Um,
}

/// Characters on a base line (`CT_Text`).
///
/// The characters are always the real ones, so that text can be searched and extracted; `glyphs` says how to draw
/// them when the embedded font has no usable character map.
#[derive(Clone, Debug)]
pub struct TextObject {
    /// The box it is clipped to, in page coordinates; also its origin.
    pub boundary: Rect,
    /// The font.
    pub font: FontRef,
    /// Font size.
    pub size: Um,
    /// The characters.
    pub text: String,
    /// Origin of the first glyph on the base line, from the top-left corner of the boundary.
    pub origin: (Um, Um),
    /// From each glyph to the next: exactly one fewer than there are characters.
    pub delta_x: Vec<Um>,
    /// Likewise downwards; empty means none.
    pub delta_y: Vec<Um>,
    /// One glyph id of the embedded font per character (`CGTransform`).
    pub glyphs: Option<Vec<u16>>,
    /// Colour.
    pub fill: Fill,
    /// Turned or slanted text.
    pub ctm: Option<Matrix>,
    /// Bold by thickening: the weight of the text, 400 when normal.
    pub weight: u16,
}

impl TextObject {
    /// Black text that needs no glyph ids.
    pub fn new(
        font: FontRef,
        size: Um,
        boundary: Rect,
        origin: (Um, Um),
        text: impl Into<String>,
        delta_x: Vec<Um>,
    ) -> TextObject {
        TextObject {
            boundary,
            font,
            size,
            text: text.into(),
            origin,
            delta_x,
            delta_y: Vec::new(),
            glyphs: None,
            fill: Fill::BLACK,
            ctm: None,
            weight: 400,
        }
    }
}

/// One step of a path, in coordinates from the top-left corner of the boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// `M x y`.
    Move(Um, Um),
    /// `L x y`.
    Line(Um, Um),
    /// `B x1 y1 x2 y2 x y`: a cubic curve.
    Cubic(Um, Um, Um, Um, Um, Um),
    /// `C`: back to the last move.
    Close,
}

/// A shape (`CT_Path`).
#[derive(Clone, Debug, Default)]
pub struct PathObject {
    /// The box it is clipped to, in page coordinates; also its origin.
    pub boundary: Rect,
    /// The outline.
    pub segments: Vec<Segment>,
    /// The inside.
    pub fill: Option<Fill>,
    /// The line.
    pub stroke: Option<Stroke>,
    /// Fill by the even-odd rule rather than the non-zero one.
    pub even_odd: bool,
}

/// A picture stretched over its boundary (`CT_Image`).
#[derive(Clone, Debug)]
pub struct ImageObject {
    /// Where it lies.
    pub boundary: Rect,
    /// The picture.
    pub image: ImageRef,
    /// 255 hides what is below, 0 shows nothing.
    pub alpha: u8,
}

impl ImageObject {
    /// An opaque picture.
    pub const fn new(boundary: Rect, image: ImageRef) -> ImageObject {
        ImageObject { boundary, image, alpha: 255 }
    }
}
