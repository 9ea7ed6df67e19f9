//! What is painted, object by object: where it shows at most, in which colour, along which lines.
//!
//! For whoever asks whether words can be seen. Nothing is drawn here, and what is not understood (patterns, arcs) is
//! said to be so.

use std::sync::Arc;

use crate::units::Rect;
use crate::xml::Element;

use super::facts::Source;
use super::numbers::{Affine, boolean, number};

/// Something painted; what stands later in [`PageFacts::marks`](super::PageFacts::marks) lies above.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Words, lines and areas, or a picture.
    pub kind: MarkKind,
    /// What of it shows at most: its boundary on the page, cut by the boundaries around it.
    pub clip: Rect,
    /// Opacity of the object, all blocks around it counted; 255 hides what is below.
    pub alpha: u8,
    /// It has `Clips`, or something around it has, which are not followed; or it says in a way that cannot be read how much
    /// of it shows.
    pub clipped: bool,
    /// Page, template or annotation.
    pub source: Source,
}

/// What is painted.
#[derive(Clone, Debug, PartialEq)]
pub enum MarkKind {
    /// A `TextCode`.
    Text(TextMark),
    /// A path.
    Path(PathMark),
    /// A picture, as an index into [`PageFacts::pictures`](super::PageFacts::pictures).
    Picture(usize),
}

/// How the words of a run are painted.
#[derive(Clone, Debug, PartialEq)]
pub struct TextMark {
    /// The run, as an index into [`PageFacts::text`](super::PageFacts::text).
    pub run: usize,
    /// The em square on the page: where a millimetre to the right goes, and one down.
    pub linear: [f64; 4],
    /// What the inside of the glyphs is painted with; nothing when it is left open.
    pub fill: Option<Paint>,
    /// What their outlines are painted with.
    pub stroke: Option<Paint>,
    /// For each character the glyph that replaces the font's own choice (`CGTransform`).
    pub glyphs: Vec<Option<u32>>,
    /// Every glyph stands for one character, upright, in the order of the characters.
    pub regular: bool,
}

/// A path as it is painted.
#[derive(Clone, Debug, PartialEq)]
pub struct PathMark {
    /// What its inside is painted with.
    pub fill: Option<Paint>,
    /// What its line is painted with, and how wide in millimetres.
    pub stroke: Option<(Paint, f64)>,
    /// `Rule="Even-Odd"`.
    pub even_odd: bool,
    data: Arc<str>,
    matrix: Affine,
}

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Red, green, blue, and opacity.
    Rgb([u8; 3], u8),
    /// A pattern, a shading, or a colour space that is not followed.
    Other,
}

impl PathMark {
    /// Its subpaths as polygons on the page, in millimetres from the top left corner; curves in a few straight pieces.
    /// Nothing when there is an arc or something unknown, or more than `limit` points.
    pub fn polygons(&self, limit: usize) -> Option<Vec<Vec<(f64, f64)>>> {
        self.flattened(limit, &|_| CURVE_PIECES)
    }

    /// The same, with pieces of curves no longer than about `step` millimetres: for whoever follows the line closely.
    pub fn fine_polygons(&self, step: f64, limit: usize) -> Option<Vec<Vec<(f64, f64)>>> {
        let scale = self.matrix.scale();
        self.flattened(limit, &|curve: &Curve| {
            let length: f64 = curve.windows(2).map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1)).sum();
            ((length * scale / step).ceil() as usize).clamp(1, MOST_PIECES)
        })
    }

    /// `pieces_of` says in how many pieces a curve is cut.
    fn flattened(&self, limit: usize, pieces_of: &dyn Fn(&Curve) -> usize) -> Option<Vec<Vec<(f64, f64)>>> {
        let mut out: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut words = self.data.split_ascii_whitespace();
        let mut at = (0.0, 0.0);
        let mut points = 0;
        while let Some(operator) = words.next() {
            let mut point = || Some((number(words.next()?)?, number(words.next()?)?));
            let on_page = |(x, y): (f64, f64)| self.matrix.apply(x, y);
            match operator {
                "M" | "S" => {
                    at = point()?;
                    out.push(vec![on_page(at)]);
                }
                "L" => {
                    at = point()?;
                    out.last_mut()?.push(on_page(at));
                }
                "Q" => {
                    let (control, end) = (point()?, point()?);
                    let first = towards(at, control, 2.0 / 3.0);
                    let second = towards(end, control, 2.0 / 3.0);
                    let curve = [at, first, second, end];
                    let count = pieces_of(&curve);
                    points += count;
                    out.last_mut()?.extend(pieces(curve, count).map(on_page));
                    at = end;
                }
                "B" => {
                    let curve = [at, point()?, point()?, point()?];
                    let count = pieces_of(&curve);
                    points += count;
                    out.last_mut()?.extend(pieces(curve, count).map(on_page));
                    at = curve[3];
                }
                "C" => {
                    let line = out.last_mut()?;
                    let start = *line.first()?;
                    line.push(start);
                }
                _ => return None,
            }
            points += 1;
            if points > limit {
                return None;
            }
        }
        Some(out)
    }

    /// The first point of [`polygons`](Self::polygons), where there is one and it is written in few bytes: telling takes no
    /// time, however long the description is.
    pub fn start(&self) -> Option<(f64, f64)> {
        let head = self.data.as_bytes().get(..START_BYTES).and_then(|head| std::str::from_utf8(head).ok());
        let whole = self.data.len() <= START_BYTES;
        let head: &str = if whole { &self.data } else { head? };
        let mut words = head.split_ascii_whitespace();
        let begins = words.next().is_some_and(|word| matches!(word, "M" | "S"));
        let (x, y) = (number(words.next()?)?, number(words.next()?)?);
        // The last word of the head may be half of one.
        (begins && (whole || words.next().is_some())).then(|| self.matrix.apply(x, y))
    }

    /// Tells everything that decides where it runs, so that equal bytes run alike.
    pub fn tell_course(&self, to: &mut dyn FnMut(&[u8])) {
        to(&(self.data.len() as u64).to_be_bytes());
        to(self.data.as_bytes());
        self.matrix.numbers().iter().for_each(|number| to(&number.to_be_bytes()));
    }

    /// Length of its description, which is a measure of the work it makes.
    pub fn data_bytes(&self) -> usize {
        self.data.len()
    }
}

/// An operator, two numbers and the next operator mostly take twenty.
const START_BYTES: usize = 128;
/// Straight pieces of a curve: few, and at most.
const CURVE_PIECES: usize = 6;
const MOST_PIECES: usize = 2048;

/// Start, two control points, end.
type Curve = [(f64, f64); 4];

fn towards(from: (f64, f64), to: (f64, f64), share: f64) -> (f64, f64) {
    (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
}

fn pieces([p0, p1, p2, p3]: [(f64, f64); 4], count: usize) -> impl Iterator<Item = (f64, f64)> {
    (1..=count).map(move |step| {
        let t = step as f64 / count as f64;
        let s = 1.0 - t;
        let of =
            |a: f64, b: f64, c: f64, d: f64| a * s * s * s + 3.0 * b * s * s * t + 3.0 * c * s * t * t + d * t * t * t;
        (of(p0.0, p1.0, p2.0, p3.0), of(p0.1, p1.1, p2.1, p3.1))
    })
}

/// What blocks around an object do to it.
#[derive(Clone, Copy)]
pub(crate) struct Around {
    /// Their boundaries in common.
    pub(crate) clip: Rect,
    pub(crate) alpha: f64,
    pub(crate) clipped: bool,
    /// A `DrawParam` changes what is not said.
    pub(crate) draw_param: bool,
}

impl Around {
    /// Nothing but a layer, which may have a `DrawParam`.
    pub(crate) fn layer(layer: &Element<'_, '_>) -> Around {
        let everything = Rect::mm(-10_000, -10_000, 20_000, 20_000);
        Around { clip: everything, alpha: 1.0, clipped: false, draw_param: layer.attr("DrawParam").is_some() }
    }

    /// What is left for an object inside; `boundary` lies on the page.
    pub(crate) fn object(&self, object: &Element<'_, '_>, boundary: Option<Rect>) -> Around {
        Around {
            clip: boundary.map_or(self.clip, |boundary| common(&self.clip, &boundary)),
            alpha: self.alpha * opacity(object).unwrap_or(1.0),
            // What cannot be read may be taken for anything.
            clipped: self.clipped
                || object.child("Clips").is_some()
                || opacity(object).is_none()
                || FLAGS.iter().any(|name| object.attr(name).is_some_and(|text| boolean(&text).is_none())),
            draw_param: self.draw_param || object.attr("DrawParam").is_some(),
        }
    }
}

/// `Alpha`, 0 to 255; nothing when it is none of these.
fn opacity(element: &Element<'_, '_>) -> Option<f64> {
    let Some(text) = element.attr("Alpha") else { return Some(1.0) };
    number(&text).map(|alpha| (alpha / 255.0).clamp(0.0, 1.0))
}

fn common(a: &Rect, b: &Rect) -> Rect {
    let end = |at: crate::Um, length: crate::Um| at + length;
    let (x, y) = (a.x.max(b.x), a.y.max(b.y));
    let right = end(a.x, a.width).min(end(b.x, b.width));
    let bottom = end(a.y, a.height).min(end(b.y, b.height));
    Rect::new(x, y, (right - x).max(crate::Um::ZERO), (bottom - y).max(crate::Um::ZERO))
}

/// `CT_Color` of this name; black when there is none, unless a `DrawParam` says otherwise.
fn paint(object: &Element<'_, '_>, name: &str, around: &Around) -> Paint {
    let mut colors = object.all(name);
    let Some(color) = colors.next() else {
        return if around.draw_param { Paint::Other } else { Paint::Rgb([0; 3], 255) };
    };
    let plain = colors.next().is_none()
        && color.children().next().is_none()
        && color.attr("ColorSpace").is_none()
        && color.attr("Index").is_none();
    let (Some(value), Some(alpha)) = (color.attr("Value").filter(|_| plain), opacity(&color)) else {
        return Paint::Other;
    };
    let alpha = (alpha * 255.0).round() as u8;
    let mut channels = [0; 3];
    let mut words = value.split_ascii_whitespace();
    for channel in &mut channels {
        match words.next().and_then(|word| word.parse::<u8>().ok()) {
            Some(value) => *channel = value,
            None => return Paint::Other,
        }
    }
    if words.next().is_some() { Paint::Other } else { Paint::Rgb(channels, alpha) }
}

fn says(object: &Element<'_, '_>, name: &str, default: bool) -> bool {
    object.attr(name).and_then(|text| boolean(&text)).unwrap_or(default)
}

/// How a path is painted: drawn unless it says otherwise, filled only when it says so.
pub(crate) fn path(object: &Element<'_, '_>, matrix: &Affine, around: &Around) -> PathMark {
    let unsure = around.draw_param;
    let width = object.attr("LineWidth").and_then(|text| number(&text));
    // A width that a DrawParam gives is not looked up: wide enough for anything.
    let width = width.unwrap_or(if unsure { UNKNOWN_WIDTH } else { DEFAULT_WIDTH }) * matrix.scale();
    PathMark {
        fill: says(object, "Fill", false).then(|| paint(object, "FillColor", around)),
        stroke: says(object, "Stroke", true).then(|| (paint(object, "StrokeColor", around), width)),
        even_odd: object.attr("Rule").is_some_and(|rule| rule.trim().eq_ignore_ascii_case("Even-Odd")),
        data: object.child_text("AbbreviatedData").unwrap_or_default().into(),
        matrix: *matrix,
    }
}

/// How words are painted: filled unless they say otherwise, drawn only when they say so.
pub(crate) fn text(
    object: &Element<'_, '_>,
    run: usize,
    matrix: &Affine,
    around: &Around,
    glyphs: Option<Vec<Option<u32>>>,
) -> TextMark {
    let plain = |name: &str, normal: &str| object.attr(name).is_none_or(|value| value.trim() == normal);
    let upright = plain("CharDirection", "0") && plain("ReadDirection", "0") && plain("HScale", "1");
    TextMark {
        run,
        linear: matrix.linear(),
        fill: says(object, "Fill", true).then(|| paint(object, "FillColor", around)),
        stroke: says(object, "Stroke", false).then(|| paint(object, "StrokeColor", around)),
        regular: glyphs.is_some() && upright,
        glyphs: glyphs.unwrap_or_default(),
    }
}

/// The glyphs that the `CGTransform`s of an object give to the characters of its only `TextCode`; nothing when they are
/// not one for one. Positions count UTF-16 units, as readers do.
pub(crate) fn glyphs(object: &Element<'_, '_>, text: &str) -> Option<Vec<Option<u32>>> {
    let mut out = vec![None; text.chars().count()];
    let mut transforms = object.all("CGTransform").peekable();
    if transforms.peek().is_none() {
        return Some(out);
    }
    if object.all("TextCode").nth(1).is_some() {
        return None;
    }
    for transform in transforms {
        let count = |name, default| match transform.attr(name) {
            Some(text) => text.trim().parse::<usize>().ok(),
            None => Some(default),
        };
        let (start, codes, many) = (count("CodePosition", 0)?, count("CodeCount", 1)?, count("GlyphCount", 1)?);
        let list: Vec<u32> = (transform.child_text("Glyphs").unwrap_or_default().split_whitespace())
            .map(|word| word.parse().ok())
            .collect::<Option<_>>()?;
        if list.len() != many {
            return None;
        }
        let mut given = list.into_iter();
        let mut unit = 0;
        for (slot, char) in out.iter_mut().zip(text.chars()) {
            if unit >= start && unit < start.checked_add(codes)? {
                *slot = Some(given.next()?);
            }
            unit += char.len_utf16();
        }
        if given.next().is_some() {
            return None;
        }
    }
    Some(out)
}

/// What says whether an object shows at all, and what of it is painted.
const FLAGS: [&str; 3] = ["Visible", "Fill", "Stroke"];
/// Millimetres of a line that says nothing.
const DEFAULT_WIDTH: f64 = 0.353;
/// Of a line whose `DrawParam` may say anything.
const UNKNOWN_WIDTH: f64 = 10.0;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn mark(data: &str) -> PathMark {
        PathMark { fill: None, stroke: None, even_odd: false, data: data.into(), matrix: Affine::IDENTITY }
    }

    #[test]
    fn a_path_starts_where_its_polygons_do_or_nobody_says_where() {
        let far = format!("M 1{} 2 L 3 4 {}", "0".repeat(200), "L 5 6 ".repeat(50));
        let late = format!("{}M 1 2 L 3 4", " ".repeat(1 << 20));
        let word = "M".repeat(1 << 20);
        let long = format!("S 1.5 -2 {}", "L 3 4 ".repeat(100));
        // The number goes on behind the head.
        let cut = format!("M {}1 1{} L 3 4", " ".repeat(START_BYTES - 5), "0".repeat(5));
        let cases =
            [("M 1 2 L 3 4", true), ("M 1 2", true), (&*long, true), ("L 1 2", false), ("", false), ("M 1", false)];
        let odd =
            [(&*far, false), (&*late, false), (&*word, false), (&*cut, false), ("M a 2", false), ("M 1 2 X", true)];
        for (data, told) in cases.into_iter().chain(odd) {
            let (mark, shown) = (mark(data), &data[..data.len().min(20)]);
            assert_eq!(mark.start().is_some(), told, "{shown}");
            let first = mark.polygons(1000).and_then(|polygons| polygons.first()?.first().copied());
            if let (Some(start), Some(first)) = (mark.start(), first) {
                assert_eq!(start, first, "{shown}");
            }
        }
    }
}
