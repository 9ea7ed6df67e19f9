//! The painting side of the interpreter: colours, paths, pictures, marked content. Only used when marks are wanted.

use std::sync::Arc;

use super::interpreter::{Interpreter, State};
use super::marks::{Mark, MarkKind, Paint, PathMark, PictureMark, Piece, Pixels, common, is_box};
use super::matrix::Matrix;
use crate::problem::ProblemKind;
use crate::read::object::{Dict, Object, Stream};
use crate::read::strings;

/// Pieces of paths that are kept; of more only the box around them.
const MOST_PIECES: usize = 300_000;
/// Pixels of all pictures.
const MOST_PIXELS: usize = 4_000_000;
/// Pages of which marks are kept.
pub(super) const MOST_PAGES: usize = 64;

/// What is collected.
pub(super) struct Canvas {
    pub(super) marks: Vec<Mark>,
    pub(super) annotation: bool,
    /// The path under construction, in page coordinates, and the point it has come to, in its own.
    path: Vec<Piece>,
    /// `W` or `W*` was read: the path will be a clip.
    clips: bool,
    /// Open marked content.
    tags: Vec<Tag>,
    pub(super) pieces_left: usize,
    pub(super) pixels_left: usize,
}

struct Tag {
    /// `/ActualText`, and where the marks of this content begin.
    actual: Option<String>,
    start: usize,
    layer: bool,
}

impl Canvas {
    pub(super) fn new() -> Canvas {
        Canvas {
            marks: Vec::new(),
            annotation: false,
            path: Vec::new(),
            clips: false,
            tags: Vec::new(),
            pieces_left: MOST_PIECES,
            pixels_left: MOST_PIXELS,
        }
    }

    /// Something unknown over a box.
    pub(super) fn cover(&mut self, place: [f64; 4], state: &State) {
        let mark = PathMark { fill: Some(Paint::Other), stroke: None, even_odd: false, pieces: box_of(place) };
        self.put(MarkKind::Path(mark), state, state.paint.fill_alpha);
    }

    /// A mark under the state in force.
    pub(super) fn put(&mut self, kind: MarkKind, state: &State, alpha: f64) {
        let unclear = state.paint.unclear || self.tags.iter().any(|tag| tag.layer);
        let clip = state.paint.clip;
        self.marks.push(Mark { kind, clip, alpha, unclear, annotation: self.annotation });
    }
}

/// The painting part of the graphics state.
#[derive(Clone)]
pub(super) struct PaintState {
    pub(super) clip: [f64; 4],
    pub(super) fill: Paint,
    stroke: Paint,
    pub(super) fill_alpha: f64,
    stroke_alpha: f64,
    width: f64,
    pub(super) unclear: bool,
}

impl PaintState {
    pub(super) fn new(clip: [f64; 4]) -> PaintState {
        let black = Paint::Rgb([0; 3]);
        PaintState { clip, fill: black, stroke: black, fill_alpha: 1.0, stroke_alpha: 1.0, width: 1.0, unclear: false }
    }
}

impl<'d> Interpreter<'d, '_> {
    /// An operator that paints, or says how; any other is nobody's business here.
    pub(super) fn paint(
        &mut self,
        operator: &[u8],
        operands: &[Object],
        resources: Option<&'d Dict>,
        state: &mut State,
    ) -> Result<(), ProblemKind> {
        let Some(mut canvas) = self.canvas.take() else { return Ok(()) };
        let done = self.paint_on(&mut canvas, operator, operands, resources, state);
        self.canvas = Some(canvas);
        done
    }

    fn paint_on(
        &self,
        canvas: &mut Canvas,
        operator: &[u8],
        operands: &[Object],
        resources: Option<&'d Dict>,
        state: &mut State,
    ) -> Result<(), ProblemKind> {
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
        let point = |at: usize| state.ctm.apply(number(at), number(at + 1));
        match operator {
            b"m" => canvas.path.push(Piece::Move(point(0))),
            b"l" => canvas.path.push(Piece::Line(point(0))),
            b"c" => canvas.path.push(Piece::Curve([point(0), point(2), point(4)])),
            b"v" => {
                let from = last(&canvas.path);
                canvas.path.push(Piece::Curve([from, point(0), point(2)]));
            }
            b"y" => canvas.path.push(Piece::Curve([point(0), point(2), point(2)])),
            b"h" => canvas.path.push(Piece::Close),
            b"re" => {
                let (x, y, w, h) = (number(0), number(1), number(2), number(3));
                let corner = |x, y| state.ctm.apply(x, y);
                canvas.path.extend([
                    Piece::Move(corner(x, y)),
                    Piece::Line(corner(x + w, y)),
                    Piece::Line(corner(x + w, y + h)),
                    Piece::Line(corner(x, y + h)),
                    Piece::Close,
                ]);
            }
            b"W" | b"W*" => canvas.clips = true,
            b"S" | b"s" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"n" => finish(canvas, operator, state),
            b"w" => state.paint.width = number(0),
            b"g" => state.paint.fill = self.device(resources, b"DefaultGray", operands),
            b"G" => state.paint.stroke = self.device(resources, b"DefaultGray", operands),
            b"rg" => state.paint.fill = self.device(resources, b"DefaultRGB", operands),
            b"RG" => state.paint.stroke = self.device(resources, b"DefaultRGB", operands),
            b"k" => state.paint.fill = self.device(resources, b"DefaultCMYK", operands),
            b"K" => state.paint.stroke = self.device(resources, b"DefaultCMYK", operands),
            // Other colour spaces are not followed.
            b"cs" | b"sc" | b"scn" => state.paint.fill = Paint::Other,
            b"CS" | b"SC" | b"SCN" => state.paint.stroke = Paint::Other,
            b"sh" => {
                canvas.cover(state.paint.clip, state);
            }
            b"gs" => self.look(resources, operands, state),
            b"BI" => canvas.put(MarkKind::Picture(picture(state.ctm, None)), state, state.paint.fill_alpha),
            b"Do" => {
                let list = resources.and_then(|resources| self.view.dict(resources, b"XObject"));
                let name = operands.first().and_then(Object::name).unwrap_or_default();
                if let Some(image) = list.and_then(|list| self.view.value(list, name).stream())
                    && self.view.value(&image.dict, b"Subtype").name() == Some(b"Image")
                {
                    let pixels = self.pixels(image, &mut canvas.pixels_left)?;
                    canvas.put(MarkKind::Picture(picture(state.ctm, pixels)), state, state.paint.fill_alpha);
                }
            }
            b"BMC" | b"BDC" => {
                if canvas.tags.len() >= 1024 {
                    return Err(ProblemKind::Content);
                }
                let layer = operands.first().and_then(Object::name) == Some(b"OC");
                let said = match operands.get(1) {
                    Some(Object::Name(name)) => resources
                        .and_then(|resources| self.view.dict(resources, b"Properties"))
                        .and_then(|list| self.view.dict(list, name))
                        .and_then(|dict| self.view.value(dict, b"ActualText").string()),
                    Some(Object::Dict(dict)) => dict.get(b"ActualText").string(),
                    _ => None,
                };
                let tag = Tag { actual: said.map(strings::text), start: canvas.marks.len(), layer };
                canvas.tags.push(tag);
            }
            b"EMC" => {
                if let Some(Tag { actual: Some(actual), start, .. }) = canvas.tags.pop() {
                    compare(&mut canvas.marks[start..], &actual);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A device colour, unless the resources give that space another meaning (8.6.5.6).
    fn device(&self, resources: Option<&'d Dict>, default: &[u8], operands: &[Object]) -> Paint {
        let spaces = resources.and_then(|resources| self.view.dict(resources, b"ColorSpace"));
        if spaces.is_some_and(|spaces| spaces.has(default)) {
            return Paint::Other;
        }
        let byte = |value: f64| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
        let numbers: Option<Vec<f64>> = operands.iter().map(Object::number).collect();
        match numbers.as_deref() {
            Some([gray]) => Paint::Rgb([byte(*gray); 3]),
            Some([r, g, b]) => Paint::Rgb([*r, *g, *b].map(byte)),
            Some([c, m, y, k]) => Paint::Rgb([c, m, y].map(|ink| byte((1.0 - ink) * (1.0 - k)))),
            _ => Paint::Other,
        }
    }

    /// Opacity, line width, and what is not followed of an extended graphics state (8.4.5).
    fn look(&self, resources: Option<&'d Dict>, operands: &[Object], state: &mut State) {
        let list = resources.and_then(|resources| self.view.dict(resources, b"ExtGState"));
        let name = operands.first().and_then(Object::name).unwrap_or_default();
        let Some(dict) = list.and_then(|list| self.view.dict(list, name)) else { return };
        let number = |key: &[u8]| self.view.value(dict, key).number();
        let paint = &mut state.paint;
        paint.fill_alpha = number(b"ca").map_or(paint.fill_alpha, |alpha| alpha.clamp(0.0, 1.0));
        paint.stroke_alpha = number(b"CA").map_or(paint.stroke_alpha, |alpha| alpha.clamp(0.0, 1.0));
        paint.width = number(b"LW").unwrap_or(paint.width);
        let plain = |key: &[u8], normal: &[u8]| !dict.has(key) || self.view.value(dict, key).name() == Some(normal);
        let odd = [&b"TR"[..], b"TR2"].iter().any(|key| dict.has(key));
        paint.unclear |= odd || !plain(b"BM", b"Normal") || !plain(b"SMask", b"None");
    }

    /// Pixels that are written plainly; nothing when they are not, or more than can be looked at.
    fn pixels(&self, image: &'d Stream, left: &mut usize) -> Result<Option<Arc<Pixels>>, ProblemKind> {
        let view = self.view;
        let size = |dict: &'d Dict| {
            let side = |key: &[u8]| usize::try_from(view.value(dict, key).int()?).ok().filter(|side| *side > 0);
            let plain = view.value(dict, b"BitsPerComponent").int() == Some(8) && !dict.has(b"Decode");
            Some((side(b"Width")?, side(b"Height")?)).filter(|_| plain)
        };
        let flate = |dict: &'d Dict| view.value(dict, b"Filter").name() == Some(b"FlateDecode");
        let Some((width, height)) = size(&image.dict) else { return Ok(None) };
        let Some(rest) = width.checked_mul(height).and_then(|pixels| left.checked_sub(pixels)) else { return Ok(None) };
        let channels = match view.value(&image.dict, b"ColorSpace").name() {
            Some(b"DeviceRGB") => 3,
            Some(b"DeviceGray") => 1,
            _ => return Ok(None),
        };
        if !flate(&image.dict) || image.dict.has(b"Mask") || image.dict.has(b"ImageMask") || image.dict.has(b"OC") {
            return Ok(None);
        }
        *left = rest;
        let samples = view.decode(image)?;
        let alpha = match view.value(&image.dict, b"SMask").stream() {
            Some(mask) if size(&mask.dict) == Some((width, height)) && flate(&mask.dict) => Some(view.decode(mask)?),
            Some(_) => return Ok(None),
            None => None,
        };
        let whole = samples.len() == width * height * channels
            && alpha.as_ref().is_none_or(|alpha| alpha.len() == width * height);
        Ok(whole.then(|| Arc::new(Pixels { width, height, samples, alpha })))
    }
}

/// A painting operator ends the path, which may become a clip as well (8.5.4).
fn finish(canvas: &mut Canvas, operator: &[u8], state: &mut State) {
    let mut pieces = std::mem::take(&mut canvas.path);
    if matches!(operator, b"s" | b"b" | b"b*") {
        pieces.push(Piece::Close);
    }
    let fills = matches!(operator, b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*");
    let strokes = matches!(operator, b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*");
    let [a, b, c, d, _, _] = state.ctm.0;
    let width = state.paint.width.abs() * a.hypot(b).max(c.hypot(d));
    let mut mark = PathMark {
        fill: fills.then_some(state.paint.fill),
        stroke: strokes.then_some((state.paint.stroke, width)),
        even_odd: matches!(operator, b"f*" | b"B*" | b"b*"),
        pieces,
    };
    let bounds = mark.bounds();
    if std::mem::take(&mut canvas.clips) {
        state.paint.clip = common(state.paint.clip, bounds);
        state.paint.unclear |= !is_box(&mark.pieces);
    }
    if !fills && !strokes || mark.pieces.is_empty() {
        return;
    }
    match canvas.pieces_left.checked_sub(mark.pieces.len()) {
        Some(rest) => canvas.pieces_left = rest,
        // Somewhere in this box: it may be anywhere.
        None => {
            mark.pieces = box_of(bounds);
            mark.fill = mark.fill.or(mark.stroke.map(|(paint, _)| paint));
        }
    }
    let wide = [bounds[0] - width, bounds[1] - width, bounds[2] + width, bounds[3] + width];
    let clip = common(state.paint.clip, wide);
    let outer = std::mem::replace(&mut state.paint.clip, clip);
    let alpha = if fills { state.paint.fill_alpha } else { state.paint.stroke_alpha };
    let alpha = if strokes { alpha.max(state.paint.stroke_alpha) } else { alpha };
    canvas.put(MarkKind::Path(mark), state, alpha);
    state.paint.clip = outer;
}

fn box_of([left, bottom, right, top]: [f64; 4]) -> Vec<Piece> {
    let corners = [(right, bottom), (right, top), (left, top)].map(Piece::Line);
    [&[Piece::Move((left, bottom))], &corners[..], &[Piece::Close]].concat()
}

fn picture(ctm: Matrix, pixels: Option<Arc<Pixels>>) -> PictureMark {
    let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| ctm.apply(x, y));
    let place =
        corners.iter().fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, (x, y)| {
            [b[0].min(*x), b[1].min(*y), b[2].max(*x), b[3].max(*y)]
        });
    let [a, b, c, d, _, _] = ctm.0;
    PictureMark { place, upright: a > 0.0 && d > 0.0 && b.abs() < 0.01 * a && c.abs() < 0.01 * d, pixels }
}

fn last(path: &[Piece]) -> (f64, f64) {
    match path.last() {
        Some(Piece::Move(to) | Piece::Line(to) | Piece::Curve([_, _, to])) => *to,
        Some(Piece::Close) | None => (0.0, 0.0),
    }
}

/// Words that say something else to whoever copies them are not honest.
fn compare(marks: &mut [Mark], actual: &str) {
    let texts = || actual.chars().filter(|char| !char.is_whitespace());
    let mut wanted = texts();
    let shown = marks.iter().filter_map(|mark| match &mark.kind {
        MarkKind::Text(text) => Some(&text.letters),
        _ => None,
    });
    let shown = shown.flatten().map(|letter| letter.char).filter(|char| !char.is_whitespace());
    let same = shown.eq(wanted.by_ref());
    for mark in marks {
        if let MarkKind::Text(text) = &mut mark.kind {
            text.honest &= same;
        }
    }
}
