//! Where everything stands on a seal. Measures are those of a 42 mm seal and grow with the diameter; the ring's
//! width does not.

use std::f64::consts::{PI, TAU};

use super::{SealArtError, SealDesign};
use crate::fonts::{Family, FontLibrary};
use crate::length::{Length, Point};
use crate::page::{FaceId, PathItem, Segment};

/// Draws ring, star and text as paths from the top left corner of the picture.
pub(super) fn draw(design: &SealDesign, bottom_line: &str, fonts: &FontLibrary) -> Result<Vec<PathItem>, SealArtError> {
    let radius = design.diameter.mm() / 2.0;
    let unit = radius / 21.0;
    let area = |path| PathItem { path, fill: Some(design.color), stroke: None, alpha: 255 };

    let width = Length::from_mm(RING_WIDTH);
    let ring = PathItem {
        path: circle(radius, radius - RING_WIDTH / 2.0),
        fill: None,
        stroke: Some((design.color, width)),
        alpha: 255,
    };
    let mut paths = vec![ring];
    if design.star {
        let size = if bottom_line.is_empty() { STAR } else { STAR_ABOVE_LINE };
        paths.push(area(star(radius, size * unit)));
    }

    let name = glyphs(&design.name, fonts)?;
    let line = glyphs(bottom_line, fonts)?;
    let top = radius - RING_WIDTH - RING_GAP * unit;
    let mut text = Vec::new();
    let arc = Arc::fit(name.len(), top, unit, !line.is_empty());
    for (at, &(face, glyph)) in name.iter().enumerate() {
        arc.place(at, radius, face, glyph, fonts, &mut text);
    }
    straight(&line, radius, unit, fonts, &mut text);
    paths.push(area(text));
    Ok(paths)
}

/// Characters evenly spread along the upper arc, their feet towards the centre.
struct Arc {
    /// Angle of the first character, clockwise from the top.
    first: f64,
    /// Angle from each character to the next.
    step: f64,
    /// Height of the em square.
    height: f64,
    /// Width of the em square.
    width: f64,
    /// Distance of the em square's foot from the centre.
    foot: f64,
}

impl Arc {
    fn fit(count: usize, top: f64, unit: f64, has_line: bool) -> Arc {
        let gaps = (count - 1).max(1) as f64;
        let span = span(count, has_line);
        let step = (span / gaps).min(WIDEST_STEP);
        // The characters' lower halves are closest together: what is free there bounds the width. The height
        // follows from the width up to SLIMNESS, solved for h: w = s·(top − 0.8h)·FILL, w = h / SLIMNESS.
        let fitting = FILL * step * top / (1.0 / SLIMNESS + 0.8 * FILL * step);
        let height = fitting.min(TALLEST * unit);
        let width = (step * (top - 0.8 * height) * FILL).min(height * WIDEST);
        Arc { first: -step * (count - 1) as f64 / 2.0, step, height, width, foot: top - height }
    }

    fn place(&self, at: usize, centre: f64, face: FaceId, glyph: u16, fonts: &FontLibrary, out: &mut Vec<Segment>) {
        let angle = self.first + self.step * at as f64;
        let (sin, cos) = angle.sin_cos();
        let glyph = EmGlyph::new(face, glyph, fonts);
        let (left, width) = glyph.slot(self.width);
        glyph.trace(out, |x, y| {
            let across = left + x * width;
            let up = self.foot + (y + DESCENT) * self.height;
            (centre + across * cos + up * sin, centre + across * sin - up * cos)
        });
    }
}

/// From the first character to the last: longer names reach further down, as engravers do it.
fn span(count: usize, has_line: bool) -> f64 {
    let (narrow, wide) = if has_line { (200.0, 232.0) } else { (225.0, 272.0) };
    let share = ((count as f64 - 10.0) / 14.0).clamp(0.0, 1.0);
    (narrow + (wide - narrow) * share) / 360.0 * TAU
}

/// The straight line below the star.
fn straight(line: &[(FaceId, u16)], centre: f64, unit: f64, fonts: &FontLibrary, out: &mut Vec<Segment>) {
    if line.is_empty() {
        return;
    }
    let count = line.len() as f64;
    let pitch = (LINE_WIDTH * unit / count).min(LINE_HEIGHT * unit * 1.06);
    let width = pitch * 0.96;
    let height = (width * SLIMNESS).min(LINE_HEIGHT * unit);
    let middle = centre + LINE_MIDDLE * unit;
    for (at, &(face, glyph)) in line.iter().enumerate() {
        let slot = centre + (at as f64 - (count - 1.0) / 2.0) * pitch;
        let glyph = EmGlyph::new(face, glyph, fonts);
        let (left, width) = glyph.slot(width);
        glyph.trace(out, |x, y| (slot + left + x * width, middle + height * (0.5 - DESCENT - y)));
    }
}

/// A glyph measured in ems.
struct EmGlyph<'a> {
    face: FaceId,
    glyph: u16,
    fonts: &'a FontLibrary,
    em: f64,
    advance: f64,
}

impl<'a> EmGlyph<'a> {
    fn new(face: FaceId, glyph: u16, fonts: &'a FontLibrary) -> EmGlyph<'a> {
        let font = fonts.face(face);
        let em = f64::from(font.units_per_em().max(1));
        EmGlyph { face, glyph, fonts, em, advance: f64::from(font.advance_units(glyph)) / em }
    }

    /// Left edge relative to the middle of a slot, and the width of an em: narrow glyphs stay as narrow as they are.
    fn slot(&self, width: f64) -> (f64, f64) {
        (-self.advance * width / 2.0, width)
    }

    fn trace(&self, out: &mut Vec<Segment>, map: impl Fn(f64, f64) -> (f64, f64)) {
        let mut tracer = Tracer { out, em: self.em, map, last: (0.0, 0.0) };
        self.fonts.face(self.face).trace(self.glyph, &mut tracer);
    }
}

/// Bends an outline and raises its quadratic curves to cubic ones.
struct Tracer<'a, F> {
    out: &'a mut Vec<Segment>,
    em: f64,
    map: F,
    last: (f64, f64),
}

impl<F: Fn(f64, f64) -> (f64, f64)> Tracer<'_, F> {
    fn at(&self, (x, y): (f64, f64)) -> Point {
        let (x, y) = (self.map)(x / self.em, y / self.em);
        point(x, y)
    }
}

impl<F: Fn(f64, f64) -> (f64, f64)> ttf_parser::OutlineBuilder for Tracer<'_, F> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.last = (x.into(), y.into());
        self.out.push(Segment::Move(self.at(self.last)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.last = (x.into(), y.into());
        self.out.push(Segment::Line(self.at(self.last)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (control, end) = ((f64::from(x1), f64::from(y1)), (f64::from(x), f64::from(y)));
        let near = |from: (f64, f64)| ((from.0 + 2.0 * control.0) / 3.0, (from.1 + 2.0 * control.1) / 3.0);
        self.out.push(Segment::Cubic(self.at(near(self.last)), self.at(near(end)), self.at(end)));
        self.last = end;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let at = |x: f32, y: f32| self.at((x.into(), y.into()));
        self.out.push(Segment::Cubic(at(x1, y1), at(x2, y2), at(x, y)));
        self.last = (x.into(), y.into());
    }

    fn close(&mut self) {
        self.out.push(Segment::Close);
    }
}

fn glyphs(text: &str, fonts: &FontLibrary) -> Result<Vec<(FaceId, u16)>, SealArtError> {
    text.chars().map(|char| Ok(fonts.glyph(Family::SongBold, char)?)).collect()
}

fn circle(centre: f64, radius: f64) -> Vec<Segment> {
    // Control points of the cubic that is closest to a quarter of a circle.
    let k = radius * 4.0 / 3.0 * (2f64.sqrt() - 1.0);
    let at = |x: f64, y: f64| point(centre + x, centre + y);
    vec![
        Segment::Move(at(radius, 0.0)),
        Segment::Cubic(at(radius, k), at(k, radius), at(0.0, radius)),
        Segment::Cubic(at(-k, radius), at(-radius, k), at(-radius, 0.0)),
        Segment::Cubic(at(-radius, -k), at(-k, -radius), at(0.0, -radius)),
        Segment::Cubic(at(k, -radius), at(radius, -k), at(radius, 0.0)),
        Segment::Close,
    ]
}

fn star(centre: f64, radius: f64) -> Vec<Segment> {
    // Inner corners lie where the lines between every second point cross.
    let inner = radius * (PI / 10.0).sin() / (3.0 * PI / 10.0).sin();
    let corners = (0..10).map(|corner| {
        let (sin, cos) = (f64::from(corner) * PI / 5.0).sin_cos();
        let radius = if corner % 2 == 0 { radius } else { inner };
        point(centre + radius * sin, centre - radius * cos)
    });
    let lines =
        corners.enumerate().map(|(at, corner)| if at == 0 { Segment::Move(corner) } else { Segment::Line(corner) });
    lines.chain([Segment::Close]).collect()
}

fn point(x: f64, y: f64) -> Point {
    Point::new(Length::from_mm(x), Length::from_mm(y))
}

/// Millimetres at any size (State Council 国发〔1999〕25号 as templates quote it).
const RING_WIDTH: f64 = 1.2;

// Millimetres on a 42 mm seal.
const RING_GAP: f64 = 1.0;
const STAR: f64 = 7.0;
const STAR_ABOVE_LINE: f64 = 6.2;
const TALLEST: f64 = 6.0;
const LINE_WIDTH: f64 = 21.0;
const LINE_HEIGHT: f64 = 4.2;
const LINE_MIDDLE: f64 = 11.6;

/// Largest angle between two characters (40°).
const WIDEST_STEP: f64 = TAU / 9.0;
/// Share of the pitch that the em square fills.
const FILL: f64 = 0.99;
/// Height to width: seal characters are tall.
const SLIMNESS: f64 = 1.5;
/// Width to height at most.
const WIDEST: f64 = 0.92;
/// Depth of the em square below the baseline, for hanzi of every face shipped.
const DESCENT: f64 = 0.12;
