//! Content streams, as far as text goes (8.4, 9.4): matrices, fonts, text operators, forms.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::artworks::{Artworks, Key, Known, What};
use super::cmap::Meaning;
use super::font::Font;
use super::marks::{LetterMark, Mark, MarkKind, TextMark};
use super::matrix::Matrix;
use super::paint::{Canvas, MOST_PAGES, PaintState, Painter, Pictures, drawing_key, is_plain};
use crate::meter::Decoded;
use crate::problem::{Limit, Problem, ProblemKind};
use crate::read::document::View;
use crate::read::filter::Allowed;
use crate::read::lex::is_space;
use crate::read::object::{Dict, Object, Stream};
use crate::read::pages::Page;
use crate::read::parse::{Instruction, Parser, ends_word};

/// The text of one page.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct PageText {
    /// What the page's own content shows, in paint order.
    pub runs: Vec<TextRun>,
    /// What the appearances of its annotations show.
    pub annotation_runs: Vec<TextRun>,
    /// Everything that is painted, bottom to top, appearances of annotations last; only [`Document::painted`] fills it,
    /// for the first 64 pages.
    ///
    /// [`Document::painted`]: crate::Document::painted
    pub marks: Vec<Mark>,
}

/// What a document paints.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Painted {
    /// The pages in order.
    pub pages: Vec<PageText>,
    /// The TrueType files (`/FontFile2`) of Type 0 fonts whose codes are glyph numbers; nothing for any other font.
    pub fonts: Vec<Option<Vec<u8>>>,
}

/// What one text operator shows.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TextRun {
    /// The text; U+FFFD stands for a code whose meaning the font does not tell.
    pub text: String,
    /// Left end of the base line, in points of the page's coordinate system.
    pub x: f64,
    /// The base line, in points from the bottom.
    pub y: f64,
    /// Where the base line ends.
    pub end_x: f64,
    /// Effective font size in points.
    pub size: f64,
    /// `/BaseFont`.
    pub font: Arc<str>,
    /// Text rendering mode 3 or 7: neither filled nor stroked.
    pub invisible: bool,
}

impl PageText {
    /// The visible runs of the page itself, one a line.
    pub fn lines(&self) -> String {
        let visible = self.runs.iter().filter(|run| !run.invisible);
        visible.map(|run| run.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

pub(super) fn text_by_page(view: View<'_>) -> Result<Vec<PageText>, Problem> {
    let mut fonts = Fonts::default();
    let pages = view.pages()?;
    let mut pictures = Pictures::new();
    let mut text = |page| page_text(view, page, (&mut fonts, &mut pictures), None, None).map(|(text, _)| text);
    pages.iter().map(&mut text).collect()
}

/// The same with everything that is painted.
pub(super) fn painted(view: View<'_>, artworks: Option<&Artworks>) -> Result<Painted, Problem> {
    let mut fonts = Fonts { programs: Some(Vec::new()), ..Fonts::default() };
    let mut pictures = Pictures::new();
    let mut canvas = Canvas::new();
    let mut pages = Vec::new();
    for (nth, page) in view.pages()?.iter().enumerate() {
        let given = (nth < MOST_PAGES).then_some(canvas);
        let (text, given) = page_text(view, page, (&mut fonts, &mut pictures), given, artworks)?;
        canvas = given.unwrap_or_else(Canvas::new);
        pages.push(text);
    }
    Ok(Painted { pages, fonts: fonts.programs.unwrap_or_default() })
}

/// Fonts that were read, by the places of their dictionaries, and their programs when these are wanted.
#[derive(Default)]
struct Fonts {
    read: HashMap<*const Dict, Rc<Font>>,
    programs: Option<Vec<Option<Vec<u8>>>>,
}

fn page_text<'d>(
    view: View<'d>,
    page: &Page<'d>,
    (fonts, pictures): (&mut Fonts, &mut Pictures),
    canvas: Option<Canvas>,
    artworks: Option<&Artworks>,
) -> Result<(PageText, Option<Canvas>), Problem> {
    let place = |kind: ProblemKind| kind.in_object(page.id.num);
    let content = page_content(view, page).map_err(place)?;
    let mut interpreter = Interpreter { view, fonts, pictures, runs: Vec::new(), canvas, artworks, plain: false };
    let mut state = State::new(Matrix::IDENTITY);
    state.paint = PaintState::new(shown_area(view, page));
    interpreter.run(&content, page.resources, state, 0).map_err(place)?;
    drop(content);
    let runs = std::mem::take(&mut interpreter.runs);
    if let Some(canvas) = &mut interpreter.canvas {
        canvas.annotation = true;
    }
    let annotations = view.array(page.dict, b"Annots");
    view.doc.meter.take(Limit::Annotations, annotations.len()).map_err(place)?;
    for annotation in annotations {
        if let Some(dict) = view.resolve(annotation).dict() {
            interpreter.annotation(dict).map_err(place)?;
        }
    }
    let Interpreter { runs: annotation_runs, mut canvas, .. } = interpreter;
    let marks = canvas.as_mut().map(|canvas| {
        canvas.annotation = false;
        std::mem::take(&mut canvas.marks)
    });
    Ok((PageText { runs, annotation_runs, marks: marks.unwrap_or_default() }, canvas))
}

/// The content of a page, which may be cut into streams anywhere between two words (7.8.2).
fn page_content<'d>(view: View<'d>, page: &Page<'d>) -> Result<Decoded<'d>, ProblemKind> {
    let meter = &view.doc.meter;
    let parts = match view.value(page.dict, b"Contents") {
        Object::Array(parts) => parts,
        one => std::slice::from_ref(one),
    };
    meter.steps(parts.len())?;
    let mut content = Vec::new();
    let mut hold = meter.hold();
    for stream in parts.iter().filter_map(|part| view.resolve(part).stream()) {
        let allowed = Allowed::by(Limit::ContentBytes, meter, &[]);
        let room = allowed.most.saturating_sub(content.len());
        let part = view.decode_by(stream, Allowed { most: room, expected: 3 * stream.raw.len(), ..allowed })?;
        if parts.len() == 1 {
            return Ok(part);
        }
        hold.more(part.len() + 1)?;
        content.extend_from_slice(&part);
        content.push(b'\n');
    }
    Ok(hold.holding(content))
}

/// The part of the page that readers show: the crop box of the page or of what is above it, else everything.
fn shown_area<'d>(view: View<'d>, page: &Page<'d>) -> [f64; 4] {
    const EVERYTHING: [f64; 4] = [-1e6, -1e6, 1e6, 1e6];
    let mut node = page.dict;
    for _ in 0..view.doc.meter.budget.depth {
        if node.has(b"CropBox") {
            return crate::inspect::rect(view, view.value(node, b"CropBox")).unwrap_or([0.0; 4]);
        }
        let Some(parent) = view.dict(node, b"Parent") else { break };
        node = parent;
    }
    EVERYTHING
}

struct Interpreter<'d, 'f> {
    view: View<'d>,
    fonts: &'f mut Fonts,
    pictures: &'f mut Pictures,
    runs: Vec<TextRun>,
    /// What is painted, when that is wanted.
    canvas: Option<Canvas>,
    /// What other files have painted.
    artworks: Option<&'f Artworks>,
    /// Since the current form began, lines and areas were drawn and nothing else was done.
    plain: bool,
}

/// Graphics state and text state together: `q` saves both (8.4.2).
#[derive(Clone)]
pub(super) struct State {
    pub(super) ctm: Matrix,
    pub(super) paint: PaintState,
    font: Option<Rc<Font>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    scale: f64,
    leading: f64,
    rise: f64,
    mode: i64,
}

impl State {
    fn new(ctm: Matrix) -> Self {
        Self {
            ctm,
            paint: PaintState::new([-1e6, -1e6, 1e6, 1e6]),
            font: None,
            size: 0.0,
            char_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
        }
    }
}

impl<'d> Interpreter<'d, '_> {
    fn run(
        &mut self,
        content: &[u8],
        resources: Option<&'d Dict>,
        mut state: State,
        depth: usize,
    ) -> Result<(), ProblemKind> {
        let meter = &self.view.doc.meter;
        let mut parser = Parser::new(content, 0, meter);
        let mut operands: Vec<Object> = Vec::new();
        let mut saved: Vec<State> = Vec::new();
        let (mut text, mut line) = (Matrix::IDENTITY, Matrix::IDENTITY);
        while let Some(piece) = parser.instruction()? {
            let operator = match piece {
                Instruction::Operand(object) => {
                    operands.push(object);
                    continue;
                }
                Instruction::Operator(word) => word,
            };
            meter.take(Limit::Operators, 1)?;
            let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
            if let Some(canvas) = &mut self.canvas {
                self.plain &= is_plain(operator);
                let mut painter = Painter { view: self.view, artworks: self.artworks, pictures: self.pictures };
                painter.paint(canvas, operator, &operands, resources, &mut state)?;
            }
            match operator {
                b"q" if saved.len() < 1024 => saved.push(state.clone()),
                b"q" => return Err(ProblemKind::Content),
                b"Q" => state = saved.pop().ok_or(ProblemKind::Content)?,
                b"cm" => {
                    let matrix = Matrix::from_operands(&operands).ok_or(ProblemKind::Content)?;
                    state.ctm = matrix.then(state.ctm);
                }
                b"BT" => (text, line) = (Matrix::IDENTITY, Matrix::IDENTITY),
                b"Tf" => {
                    let name = operands.first().and_then(Object::name).ok_or(ProblemKind::Content)?;
                    state.font = self.font(resources, name)?;
                    state.size = number(1);
                }
                b"Tc" => state.char_space = number(0),
                b"Tw" => state.word_space = number(0),
                b"Tz" => state.scale = number(0) / 100.0,
                b"TL" => state.leading = number(0),
                b"Ts" => state.rise = number(0),
                b"Tr" => state.mode = operands.first().and_then(Object::int).unwrap_or(0),
                b"Td" | b"TD" => {
                    if operator == b"TD" {
                        state.leading = -number(1);
                    }
                    line = Matrix::shift(number(0), number(1)).then(line);
                    text = line;
                }
                b"Tm" => {
                    line = Matrix::from_operands(&operands).ok_or(ProblemKind::Content)?;
                    text = line;
                }
                b"T*" | b"'" | b"\"" => {
                    line = Matrix::shift(0.0, -state.leading).then(line);
                    text = line;
                    if operator == b"\"" {
                        (state.word_space, state.char_space) = (number(0), number(1));
                    }
                    if operator != b"T*" {
                        self.show(&state, &mut text, operands.last().map(std::slice::from_ref).unwrap_or_default())?;
                    }
                }
                b"Tj" => self.show(&state, &mut text, &operands)?,
                b"TJ" => {
                    let items = operands.first().and_then(Object::array).ok_or(ProblemKind::Content)?;
                    self.show(&state, &mut text, items)?;
                }
                b"Do" => {
                    let name = operands.first().and_then(Object::name).ok_or(ProblemKind::Content)?;
                    let form = resources
                        .and_then(|resources| self.view.dict(resources, b"XObject"))
                        .and_then(|list| self.view.value(list, name).stream())
                        .filter(|stream| self.view.value(&stream.dict, b"Subtype").name() == Some(b"Form"));
                    if let Some(form) = form {
                        self.form(form, resources, &state, depth)?;
                    }
                }
                b"gs" => self.graphics_state(resources, &operands, &mut state)?,
                b"BI" => skip_inline_image(&mut parser)?,
                _ => {}
            }
            operands.clear();
            parser.forget();
        }
        Ok(())
    }

    /// A form: its own matrix, its own resources or those around it (8.10.1).
    fn form(
        &mut self,
        form: &'d Stream,
        resources: Option<&'d Dict>,
        state: &State,
        depth: usize,
    ) -> Result<(), ProblemKind> {
        if depth == self.view.doc.meter.budget.form_depth {
            return Err(ProblemKind::OverBudget(Limit::FormDepth));
        }
        self.view.doc.meter.take(Limit::Forms, 1)?;
        let matrix = self.matrix(&form.dict);
        let mut inner = State { ctm: matrix.then(state.ctm), ..state.clone() };
        if self.canvas.is_some() {
            if let Some(bbox) = crate::inspect::rect(self.view, self.view.value(&form.dict, b"BBox")) {
                let corners = [(0, 1), (2, 1), (0, 3), (2, 3)].map(|(x, y)| inner.ctm.apply(bbox[x], bbox[y]));
                let bounds = corners
                    .iter()
                    .fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, (x, y)| {
                        [b[0].min(*x), b[1].min(*y), b[2].max(*x), b[3].max(*y)]
                    });
                inner.paint.clip = super::marks::common(inner.paint.clip, bounds);
            }
            inner.paint.unclear |= form.dict.has(b"OC");
        }
        let own = self.view.dict(&form.dict, b"Resources");
        let key = self.shared_key(form, own, &inner);
        let shared = self.artworks.zip(key);
        if let Some((artworks, key)) = &shared
            && self.paste(artworks, key)
        {
            return Ok(());
        }
        let meter = &self.view.doc.meter;
        let begun = meter.begin();
        let marks = self.canvas.as_ref().map(|canvas| canvas.marks.len());
        let plain = std::mem::replace(&mut self.plain, shared.is_some());
        let content = self.view.decode(form, Limit::ContentBytes)?;
        self.run(&content, own.or(resources), inner, depth + 1)?;
        drop(content);
        let spent = meter.spent_since(&begun);
        if let (true, Some((artworks, key)), Some(marks), Some(canvas)) = (self.plain, shared, marks, &self.canvas)
            && canvas.is_between()
            && let Some(what) = canvas.drawn_since(marks, spent.of(Limit::PathPieces))
        {
            artworks.keep(&key, Known { spent, what });
        }
        self.plain &= plain;
        Ok(())
    }

    /// What a form depends on that needs nothing of its file but its bytes.
    fn shared_key(&self, form: &'d Stream, resources: Option<&'d Dict>, state: &State) -> Option<Key<'d>> {
        let canvas = self.canvas.as_ref().filter(|canvas| canvas.is_between())?;
        let dict = &form.dict;
        let bare = self.view.value(dict, b"Filter").name() == Some(b"FlateDecode")
            && !dict.has(b"DecodeParms")
            && !dict.has(b"F")
            && resources.is_some_and(|resources| resources.0.is_empty());
        let doc = self.view.doc;
        let raw = doc.bytes.get(form.raw.clone()).filter(|_| bare && self.artworks.is_some())?;
        Some(drawing_key(raw, canvas, state, doc.meter.budget.depth))
    }

    /// Paints what a form is known to draw; false where it has to be read.
    fn paste(&mut self, artworks: &Artworks, key: &Key<'_>) -> bool {
        let Some(Known { spent, what: What::Drawing(marks, _) }) = artworks.find(key) else { return false };
        let Some(canvas) = &mut self.canvas else { return false };
        let enough = self.view.doc.meter.spend(&spent);
        if enough {
            canvas.marks.extend_from_slice(&marks);
        }
        enough
    }

    fn matrix(&self, dict: &'d Dict) -> Matrix {
        let numbers: Vec<Object> =
            self.view.array(dict, b"Matrix").iter().take(7).map(|n| self.view.resolve(n).clone()).collect();
        Matrix::from_operands(&numbers).unwrap_or(Matrix::IDENTITY)
    }

    fn font(&mut self, resources: Option<&'d Dict>, name: &[u8]) -> Result<Option<Rc<Font>>, ProblemKind> {
        let view = self.view;
        let Some(list) = resources.and_then(|resources| view.dict(resources, b"Font")) else { return Ok(None) };
        self.load(list.get(name))
    }

    fn load(&mut self, written: &'d Object) -> Result<Option<Rc<Font>>, ProblemKind> {
        let Some(dict) = self.view.resolve(written).dict() else { return Ok(None) };
        let place = std::ptr::from_ref(dict);
        if let Some(known) = self.fonts.read.get(&place) {
            return Ok(Some(Rc::clone(known)));
        }
        let mut font = Font::read(self.view, dict)?;
        if let Some(programs) = &mut self.fonts.programs {
            font.number = Some(programs.len());
            programs.push(font.program(self.view, dict)?);
        }
        let font = Rc::new(font);
        self.fonts.read.insert(place, Rc::clone(&font));
        Ok(Some(font))
    }

    /// `/Font [font size]` of an extended graphics state sets the font too (8.4.5).
    fn graphics_state(
        &mut self,
        resources: Option<&'d Dict>,
        operands: &[Object],
        state: &mut State,
    ) -> Result<(), ProblemKind> {
        let view = self.view;
        let Some(name) = operands.first().and_then(Object::name) else { return Ok(()) };
        let list = resources.and_then(|resources| view.dict(resources, b"ExtGState"));
        let Some(dict) = list.and_then(|list| view.dict(list, name)) else { return Ok(()) };
        if let [font, size] = view.array(dict, b"Font") {
            state.font = self.load(font)?;
            state.size = view.resolve(size).number().unwrap_or(0.0);
        }
        Ok(())
    }

    /// Strings advance the text matrix glyph by glyph, numbers shift it (9.4.3).
    fn show(&mut self, state: &State, text: &mut Matrix, items: &[Object]) -> Result<(), ProblemKind> {
        let meter = &self.view.doc.meter;
        meter.take(Limit::TextRuns, 1)?;
        let base = Matrix([state.size * state.scale, 0.0, 0.0, state.size, 0.0, state.rise]);
        let render = |text: Matrix| base.then(text).then(state.ctm);
        let (x, y) = render(*text).apply(0.0, 0.0);
        let size = render(*text).height();
        let mut shown = String::new();
        let mut letters = Vec::new();
        let mut regular = true;
        for item in items {
            match item {
                Object::String(bytes) => {
                    meter.take(Limit::TextBytes, bytes.len())?;
                    let Some(font) = &state.font else {
                        shown.extend(bytes.iter().map(|_| char::REPLACEMENT_CHARACTER));
                        continue;
                    };
                    for glyph in font.glyphs(bytes) {
                        meter.take(Limit::Glyphs, 1)?;
                        let (char, single, length) = match &glyph.text {
                            Some(Meaning::Char(char)) => (*char, true, char.len_utf8()),
                            Some(Meaning::Text(text)) => {
                                let mut chars = text.chars();
                                let first = chars.next();
                                (
                                    first.unwrap_or(char::REPLACEMENT_CHARACTER),
                                    first.is_some() && chars.next().is_none(),
                                    text.len(),
                                )
                            }
                            None => (char::REPLACEMENT_CHARACTER, true, 0),
                        };
                        if self.canvas.is_some() {
                            let (x, y) = render(*text).apply(0.0, 0.0);
                            regular &= single;
                            letters.push(LetterMark { char, x, y, glyph: font.glyph(glyph.code) });
                        }
                        meter.take(Limit::TextBytes, length)?;
                        match &glyph.text {
                            Some(Meaning::Text(text)) => shown.push_str(text),
                            _ => shown.push(char),
                        }
                        let word = if glyph.is_space { state.word_space } else { 0.0 };
                        let advance = (glyph.advance * state.size + state.char_space + word) * state.scale;
                        *text = Matrix::shift(advance, 0.0).then(*text);
                    }
                }
                other => {
                    let back = other.number().unwrap_or(0.0) / 1000.0 * state.size * state.scale;
                    *text = Matrix::shift(-back, 0.0).then(*text);
                }
            }
        }
        meter.keep(letters.len() * LetterMark::KEPT)?;
        if let (Some(canvas), false) = (&mut self.canvas, letters.is_empty()) {
            let step = |x: f64, y: f64| {
                let (to, from) = (render(*text).apply(x, y), render(*text).apply(0.0, 0.0));
                (to.0 - from.0, to.1 - from.1)
            };
            let mark = TextMark {
                letters,
                font: state.font.as_ref().and_then(|font| font.number),
                right: step(1.0, 0.0),
                up: step(0.0, 1.0),
                // A line around letters (mode 2) may be as wide as they are.
                fill: (state.mode == 0).then_some(state.paint.fill),
                regular,
                honest: true,
            };
            canvas.put(MarkKind::Text(mark), state, state.paint.fill_alpha, meter)?;
        }
        if !shown.is_empty() {
            let (end_x, _) = render(*text).apply(0.0, 0.0);
            let font = state.font.as_ref().map_or_else(|| Arc::from(""), |font| Arc::clone(&font.name));
            meter.keep(size_of::<TextRun>() + shown.len() + 2 * size_of::<usize>())?;
            shown.shrink_to_fit();
            let invisible = matches!(state.mode, 3 | 7);
            self.runs.push(TextRun { text: shown, x, y, end_x, size, font, invisible });
        }
        Ok(())
    }

    /// Readers draw what they like for an annotation without an appearance: it may hide all of its rectangle.
    fn unknown_looks(&mut self, annotation: &'d Dict) -> Result<(), ProblemKind> {
        let view = self.view;
        let silent = match view.value(annotation, b"Subtype").name() {
            Some(b"Link" | b"Popup") => true,
            Some(b"Widget") => !annotation.has(b"MK"),
            _ => false,
        };
        let rect = crate::inspect::rect(view, view.value(annotation, b"Rect"));
        if let (Some(canvas), Some(rect), false) = (&mut self.canvas, rect, silent) {
            canvas.cover(rect, &State::new(Matrix::IDENTITY), &view.doc.meter)?;
        }
        Ok(())
    }

    /// The normal appearance, its box laid onto the annotation's rectangle (12.5.5).
    fn annotation(&mut self, annotation: &'d Dict) -> Result<(), ProblemKind> {
        let view = self.view;
        let Some(looks) = view.dict(annotation, b"AP") else {
            return self.unknown_looks(annotation);
        };
        let form = match view.value(looks, b"N") {
            Object::Stream(form) => Some(&**form),
            Object::Dict(states) => {
                view.value(annotation, b"AS").name().and_then(|name| view.value(states, name).stream())
            }
            _ => None,
        };
        let Some(form) = form else { return Ok(()) };
        let rect = crate::inspect::rect(view, view.value(annotation, b"Rect"));
        let bbox = crate::inspect::rect(view, view.value(&form.dict, b"BBox"));
        let (Some(rect), Some(bbox)) = (rect, bbox) else { return Ok(()) };
        let matrix = self.matrix(&form.dict);
        let corners = [(0, 1), (2, 1), (0, 3), (2, 3)].map(|(x, y)| matrix.apply(bbox[x], bbox[y]));
        let span = |of: fn(&(f64, f64)) -> f64| {
            let values = corners.iter().map(of);
            (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max))
        };
        let ((left, right), (bottom, top)) = (span(|c| c.0), span(|c| c.1));
        let ratio = |from: f64, to: f64| if from > 0.0 { to / from } else { 1.0 };
        let (sx, sy) = (ratio(right - left, rect[2] - rect[0]), ratio(top - bottom, rect[3] - rect[1]));
        let onto = Matrix([sx, 0.0, 0.0, sy, rect[0] - left * sx, rect[1] - bottom * sy]);
        self.form(form, None, &State::new(onto), 0)
    }
}

/// From `BI` to `EI` (8.9.7): the data are bytes of any kind, ended by white space and the word.
fn skip_inline_image(parser: &mut Parser<'_, '_>) -> Result<(), ProblemKind> {
    loop {
        match parser.instruction()?.ok_or(ProblemKind::Content)? {
            Instruction::Operator(b"ID") => break,
            Instruction::Operator(_) => return Err(ProblemKind::Content),
            Instruction::Operand(_) => {}
        }
    }
    let lexer = &mut parser.lexer;
    let rest = lexer.bytes.get(lexer.pos..).unwrap_or_default();
    let end = rest
        .windows(3)
        .enumerate()
        .position(|(at, window)| is_space(window[0]) && &window[1..] == b"EI" && ends_word(rest.get(at + 3)));
    lexer.pos += end.ok_or(ProblemKind::Content)? + 3;
    Ok(())
}
