//! The painting side of the interpreter: colours, paths, pictures, marked content. Only used when marks are wanted.

use std::collections::HashMap;
use std::sync::Arc;

use super::artworks::{Artworks, Key, Known, What};
use super::interpreter::State;
use super::marks::{Mark, MarkKind, Paint, PathMark, PictureMark, Piece, Pixels, bounds, common, is_box};
use super::matrix::Matrix;
use crate::meter::Meter;
use crate::problem::{Limit, ProblemKind};
use crate::read::document::View;
use crate::read::object::{Dict, Object, Stream};
use crate::read::strings;

/// Pages of which marks are kept.
pub(super) const MOST_PAGES: usize = 64;
/// Room of a path that is kept for the next one.
const USUAL_PATH: usize = 4096;
/// Marked content inside marked content.
const MOST_TAGS: usize = 1024;

/// What is collected.
pub(super) struct Canvas {
    pub(super) marks: Vec<Mark>,
    pub(super) annotation: bool,
    /// The path under construction, in page coordinates, and the point it has come to, in its own.
    path: Vec<Piece>,
    /// The box around the pieces that found no room.
    beyond: Option<[f64; 4]>,
    /// `W` or `W*` was read: the path will be a clip.
    clips: bool,
    /// Open marked content.
    tags: Vec<Tag>,
    /// How many of them are layers.
    layers: usize,
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
            beyond: None,
            clips: false,
            tags: Vec::new(),
            layers: 0,
        }
    }

    /// Whether no path is under construction: what is painted next depends on the state alone.
    pub(super) fn is_between(&self) -> bool {
        self.path.is_empty() && self.beyond.is_none() && !self.clips
    }

    /// What was drawn since there were so many marks, when all of it was kept: so many pieces.
    pub(super) fn drawn_since(&self, marks: usize, kept: usize) -> Option<What> {
        let drawn = self.marks.get(marks..)?;
        let mut pieces = 0;
        for mark in drawn {
            let MarkKind::Path(path) = &mark.kind else { return None };
            pieces += path.pieces.len();
        }
        // What found no room was replaced by its box.
        (pieces == kept).then(|| What::Drawing(drawn.into(), pieces))
    }

    /// A piece of the path under construction; of more than may be kept, the box around them.
    fn add(&mut self, piece: Piece, meter: &Meter) -> Result<(), ProblemKind> {
        if self.path.len() < meter.left(Limit::PathPieces) {
            meter.keep(size_of::<Piece>())?;
            self.path.push(piece);
        } else {
            let place = bounds(&[piece]);
            self.beyond = Some(self.beyond.map_or(place, |beyond| around(beyond, place)));
        }
        Ok(())
    }

    /// Something unknown over a box.
    pub(super) fn cover(&mut self, place: [f64; 4], state: &State, meter: &Meter) -> Result<(), ProblemKind> {
        let mark = PathMark { fill: Some(Paint::Other), stroke: None, even_odd: false, pieces: box_of(place).into() };
        self.put(MarkKind::Path(mark), state, state.paint.fill_alpha, meter)
    }

    /// A mark under the state in force.
    pub(super) fn put(&mut self, kind: MarkKind, state: &State, alpha: f64, meter: &Meter) -> Result<(), ProblemKind> {
        let outside = match &kind {
            MarkKind::Path(path) => path.pieces.len() * size_of::<Piece>() + 4 * size_of::<usize>(),
            _ => 0,
        };
        meter.keep(Mark::KEPT + outside)?;
        let unclear = state.paint.unclear || self.layers > 0;
        let clip = state.paint.clip;
        self.marks.push(Mark { kind, clip, alpha, unclear, annotation: self.annotation });
        Ok(())
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

/// Operators that draw lines and areas, or say how, by nothing but their operands and the state (8.4.4, 8.5).
pub(super) fn is_plain(operator: &[u8]) -> bool {
    match operator {
        [one] => b"qQwJjMdimlcvyhWnfFBbSsgGkK".contains(one),
        [b'c', b'm'] | [b'r', b'i' | b'e' | b'g'] | [b'R', b'G'] | [b'W' | b'f' | b'B' | b'b', b'*'] => true,
        _ => false,
    }
}

/// What paints: any operator; those that paint nothing are nobody's business here.
pub(super) struct Painter<'d, 'f> {
    pub(super) view: View<'d>,
    pub(super) artworks: Option<&'f Artworks>,
    pub(super) pictures: &'f mut Pictures,
}

/// Pictures of a document that were read, by the places of their streams: a seal stands on every page and is read once.
pub(super) type Pictures = HashMap<*const Stream, Option<Arc<Pixels>>>;

impl<'d> Painter<'d, '_> {
    pub(super) fn paint(
        &mut self,
        canvas: &mut Canvas,
        operator: &[u8],
        operands: &[Object],
        resources: Option<&'d Dict>,
        state: &mut State,
    ) -> Result<(), ProblemKind> {
        let meter = &self.view.doc.meter;
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
        let point = |at: usize| state.ctm.apply(number(at), number(at + 1));
        match operator {
            b"m" => canvas.add(Piece::Move(point(0)), meter)?,
            b"l" => canvas.add(Piece::Line(point(0)), meter)?,
            b"c" => canvas.add(Piece::Curve([point(0), point(2), point(4)]), meter)?,
            b"v" => {
                let from = last(&canvas.path);
                canvas.add(Piece::Curve([from, point(0), point(2)]), meter)?;
            }
            b"y" => canvas.add(Piece::Curve([point(0), point(2), point(2)]), meter)?,
            b"h" => canvas.add(Piece::Close, meter)?,
            b"re" => {
                let (x, y, w, h) = (number(0), number(1), number(2), number(3));
                let corner = |x, y| state.ctm.apply(x, y);
                let corners = [corner(x, y), corner(x + w, y), corner(x + w, y + h), corner(x, y + h)];
                canvas.add(Piece::Box(corners), meter)?;
            }
            b"W" | b"W*" => canvas.clips = true,
            b"S" | b"s" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"n" => {
                finish(canvas, operator, state, meter)?;
            }
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
            b"sh" => canvas.cover(state.paint.clip, state, meter)?,
            b"gs" => self.look(resources, operands, state),
            b"BI" => canvas.put(MarkKind::Picture(picture(state.ctm, None)), state, state.paint.fill_alpha, meter)?,
            b"Do" => {
                let list = resources.and_then(|resources| self.view.dict(resources, b"XObject"));
                let name = operands.first().and_then(Object::name).unwrap_or_default();
                if let Some(image) = list.and_then(|list| self.view.value(list, name).stream())
                    && self.view.value(&image.dict, b"Subtype").name() == Some(b"Image")
                {
                    let pixels = self.pixels(image)?;
                    canvas.put(MarkKind::Picture(picture(state.ctm, pixels)), state, state.paint.fill_alpha, meter)?;
                }
            }
            b"BMC" | b"BDC" => {
                if canvas.tags.len() >= MOST_TAGS {
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
                if let Some(said) = said {
                    // A character of one byte may be read as three.
                    meter.take(Limit::TextBytes, said.len())?;
                    meter.keep(said.len().saturating_mul(3))?;
                }
                let tag = Tag { actual: said.map(strings::text), start: canvas.marks.len(), layer };
                canvas.layers += usize::from(layer);
                canvas.tags.push(tag);
            }
            b"EMC" => {
                if let Some(Tag { actual, start, layer }) = canvas.tags.pop() {
                    canvas.layers -= usize::from(layer);
                    if let (Some(actual), Some(marks)) = (actual, canvas.marks.get_mut(start..)) {
                        meter.steps(marks.len())?;
                        compare(marks, &actual);
                    }
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
        let ink = |object: &Object| object.number();
        let paint = match operands {
            [gray] => ink(gray).map(|gray| [byte(gray); 3]),
            [r, g, b] => ink(r).zip(ink(g)).zip(ink(b)).map(|((r, g), b)| [r, g, b].map(byte)),
            [c, m, y, k] => (ink(c).zip(ink(m)).zip(ink(y).zip(ink(k))))
                .map(|((c, m), (y, k))| [c, m, y].map(|ink| byte((1.0 - ink) * (1.0 - k)))),
            _ => None,
        };
        paint.map_or(Paint::Other, Paint::Rgb)
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
    fn pixels(&mut self, image: &'d Stream) -> Result<Option<Arc<Pixels>>, ProblemKind> {
        if let Some(known) = self.pictures.get(&std::ptr::from_ref(image)) {
            return Ok(known.clone());
        }
        let pixels = self.new_pixels(image)?;
        self.pictures.insert(std::ptr::from_ref(image), pixels.clone());
        Ok(pixels)
    }

    fn new_pixels(&self, image: &'d Stream) -> Result<Option<Arc<Pixels>>, ProblemKind> {
        let view = self.view;
        let meter = &view.doc.meter;
        let size = |dict: &'d Dict| {
            let side = |key: &[u8]| usize::try_from(view.value(dict, key).int()?).ok().filter(|side| *side > 0);
            let plain = view.value(dict, b"BitsPerComponent").int() == Some(8) && !dict.has(b"Decode");
            Some((side(b"Width")?, side(b"Height")?)).filter(|_| plain)
        };
        let flate = |dict: &'d Dict| view.value(dict, b"Filter").name() == Some(b"FlateDecode");
        let Some((width, height)) = size(&image.dict) else { return Ok(None) };
        let Some(count) = width.checked_mul(height).filter(|count| *count <= meter.left(Limit::Pixels)) else {
            return Ok(None);
        };
        let channels = match view.value(&image.dict, b"ColorSpace").name() {
            Some(b"DeviceRGB") => 3,
            Some(b"DeviceGray") => 1,
            _ => return Ok(None),
        };
        if !flate(&image.dict) || image.dict.has(b"Mask") || image.dict.has(b"ImageMask") || image.dict.has(b"OC") {
            return Ok(None);
        }
        meter.take(Limit::Pixels, count)?;
        let mask = view.value(&image.dict, b"SMask").stream();
        let fits = |mask: &'d Stream| size(&mask.dict) == Some((width, height)) && flate(&mask.dict);
        // More than its size asks for is as little a picture as less.
        let samples = |stream: &'d Stream, bytes: usize| match view.decode_sized(stream, bytes, Limit::Pixels) {
            Ok(samples) => Ok(Some(samples)),
            Err(ProblemKind::OverBudget(Limit::Pixels)) => Ok(None),
            Err(other) => Err(other),
        };
        let read = || {
            let Some(colours) = samples(image, count * channels)? else { return Ok(None) };
            let alpha = match mask {
                Some(mask) if fits(mask) => match samples(mask, count)? {
                    Some(alpha) => Some(alpha.keep()),
                    None => return Ok(None),
                },
                Some(_) => return Ok(None),
                None => None,
            };
            Ok(Pixels::new((width, height, channels), colours.keep(), alpha).map(Arc::new))
        };
        let bare = |stream: &'d Stream| !stream.dict.has(b"DecodeParms") && !stream.dict.has(b"F");
        let shared = self.artworks.filter(|_| bare(image) && mask.is_none_or(|mask| fits(mask) && bare(mask)));
        let Some(artworks) = shared else { return read() };
        let raw = |stream: &'d Stream| view.doc.bytes.get(stream.raw.clone()).unwrap_or_default();
        let key = Key {
            numbers: [PICTURE, width as u64, height as u64, channels as u64].to_vec(),
            parts: [raw(image)].into_iter().chain(mask.map(raw)).collect(),
        };
        if let Some(Known { spent, what: What::Picture(pixels) }) = artworks.find(&key)
            && meter.spend(&spent)
        {
            return Ok(Some(pixels));
        }
        let begun = meter.begin();
        let pixels = read()?;
        let spent = meter.spent_since(&begun);
        if let Some(pixels) = &pixels {
            artworks.keep(&key, Known { spent, what: What::Picture(Arc::clone(pixels)) });
        }
        Ok(pixels)
    }
}

/// What kind of thing a key names.
const PICTURE: u64 = 1;
const DRAWING: u64 = 2;

/// Everything besides its bytes that a form depends on that draws lines and areas alone.
pub(super) fn drawing_key<'k>(raw: &'k [u8], canvas: &Canvas, state: &State, depth: usize) -> Key<'k> {
    let PaintState { clip, fill, stroke, fill_alpha, stroke_alpha, width, unclear } = &state.paint;
    let paint = |paint: &Paint| match *paint {
        Paint::Rgb([r, g, b]) => u64::from(u32::from_be_bytes([0, r, g, b])),
        Paint::Other => u64::MAX,
    };
    let lengths = state.ctm.0.iter().chain(clip).chain([fill_alpha, stroke_alpha, width]);
    let layer = canvas.layers > 0;
    let mut numbers = vec![DRAWING, depth as u64, paint(fill), paint(stroke)];
    numbers.extend([*unclear, canvas.annotation, layer].map(u64::from));
    numbers.extend(lengths.map(|length| length.to_bits()));
    Key { numbers, parts: vec![raw] }
}

/// A painting operator ends the path, which may become a clip as well (8.5.4).
fn finish(canvas: &mut Canvas, operator: &[u8], state: &mut State, meter: &Meter) -> Result<(), ProblemKind> {
    if matches!(operator, b"s" | b"b" | b"b*") {
        canvas.add(Piece::Close, meter)?;
    }
    let fills = matches!(operator, b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*");
    let strokes = matches!(operator, b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*");
    let [a, b, c, d, _, _] = state.ctm.0;
    let width = state.paint.width.abs() * a.hypot(b).max(c.hypot(d));
    let mut mark = PathMark {
        fill: fills.then_some(state.paint.fill),
        stroke: strokes.then_some((state.paint.stroke, width)),
        even_odd: matches!(operator, b"f*" | b"B*" | b"b*"),
        pieces: Arc::default(),
    };
    let path = std::mem::take(&mut canvas.path);
    let beyond = canvas.beyond.take();
    let own = bounds(&path);
    let bounds = beyond.map_or(own, |beyond| around(own, beyond));
    if std::mem::take(&mut canvas.clips) {
        state.paint.clip = common(state.paint.clip, bounds);
        state.paint.unclear |= beyond.is_some() || !is_box(&path);
    }
    let painted = (fills || strokes) && (!path.is_empty() || beyond.is_some());
    if painted && beyond.is_none() && meter.try_take(Limit::PathPieces, path.len()) {
        mark.pieces = path.as_slice().into();
    } else if painted {
        // Somewhere in this box: it may be anywhere.
        mark.pieces = box_of(bounds).into();
        mark.fill = mark.fill.or(mark.stroke.map(|(paint, _)| paint));
    }
    meter.give_back(path.len() * size_of::<Piece>());
    // The next one needs the same room, mostly.
    if path.capacity() <= USUAL_PATH {
        canvas.path = path;
        canvas.path.clear();
    }
    if !painted {
        return Ok(());
    }
    let wide = [bounds[0] - width, bounds[1] - width, bounds[2] + width, bounds[3] + width];
    let clip = common(state.paint.clip, wide);
    let outer = std::mem::replace(&mut state.paint.clip, clip);
    let alpha = if fills { state.paint.fill_alpha } else { state.paint.stroke_alpha };
    let alpha = if strokes { alpha.max(state.paint.stroke_alpha) } else { alpha };
    let put = canvas.put(MarkKind::Path(mark), state, alpha, meter);
    state.paint.clip = outer;
    put
}

/// The box around both.
fn around(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

fn box_of([left, bottom, right, top]: [f64; 4]) -> Vec<Piece> {
    vec![Piece::Box([(left, bottom), (right, bottom), (right, top), (left, top)])]
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
        Some(Piece::Close | Piece::Box(_)) | None => (0.0, 0.0),
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
