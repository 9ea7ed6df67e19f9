//! The mark 样张 SPECIMEN across a page, as outlines: it is art, not text of the license.

use crate::fonts::{Family, FontLibrary};
use crate::length::{Length, Point, Size};
use crate::page::{PathItem, Rgb, Segment};

/// Words of the mark.
pub const SPECIMEN: &str = "样张 SPECIMEN";

/// The specimen mark along the page's diagonal, rising to the right; `quiet` for pages full of text.
pub(super) fn specimen(page: Size, quiet: bool, fonts: &FontLibrary) -> PathItem {
    diagonal(SPECIMEN, page, fonts, if quiet { QUIET_ALPHA } else { SPECIMEN_ALPHA })
}

/// Words in Hei along the page's diagonal, grey; 60 pt on A4 and in proportion on larger pages.
pub(crate) fn diagonal(words: &str, page: Size, fonts: &FontLibrary, alpha: u8) -> PathItem {
    let short = page.width.min(page.height).mm();
    let size = Length::from_pt(60.0 * (short / 210.0).clamp(0.25, 4.0));
    let mut width = Length::ZERO;
    let mut outlines = Vec::new();
    for (face, glyph) in words.chars().filter_map(|char| fonts.lookup(Family::Hei, char)) {
        let face = fonts.face(face);
        outlines.extend(face.outline(glyph, size, Point::new(width, Length::ZERO)));
        width += face.advance(glyph, size);
    }
    // The middle of the words (half their height above the baseline) goes to the middle of the page.
    let (dx, dy) = (page.width.mm(), page.height.mm());
    let diagonal = (dx * dx + dy * dy).sqrt();
    let (cos, sin) = (dx / diagonal, dy / diagonal);
    let rotate = |point: Point| {
        let (x, y) = (point.x.mm() - width.mm() / 2.0, point.y.mm() + size.mm() * 0.36);
        Point::new(Length::from_mm(dx / 2.0 + x * cos + y * sin), Length::from_mm(dy / 2.0 - x * sin + y * cos))
    };
    let path = outlines
        .into_iter()
        .map(|segment| match segment {
            Segment::Move(to) => Segment::Move(rotate(to)),
            Segment::Line(to) => Segment::Line(rotate(to)),
            Segment::Cubic(a, b, to) => Segment::Cubic(rotate(a), rotate(b), rotate(to)),
            Segment::Close => Segment::Close,
        })
        .collect();
    PathItem { path, fill: Some(Rgb::BLACK), stroke: None, alpha }
}

/// 12 %.
const SPECIMEN_ALPHA: u8 = 31;
/// 8 %.
const QUIET_ALPHA: u8 = 20;
