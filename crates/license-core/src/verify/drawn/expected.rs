//! Whether every letter is where the record lays it out, in its size, colour and outline. Asked once the words agree.

use std::collections::HashMap;

use super::glyphs::{Font, Tables};
use super::weight::{MOST_DEPTH, MOST_PARTS, MOST_POINTS, Weights};
use super::{Drawing, Ink, What};
use crate::fonts::FontLibrary;
use crate::length::Length;
use crate::page::{Document, FaceId, Item, Rgb};
use crate::verify::fonts::Fonts;
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// How far (millimetres, and as a share of its size) a letter may stand from its place: not where its neighbour stands.
const TOLERANCE: f64 = 1.0;
const SHARE: f64 = 0.3;
/// How much larger or smaller it may be.
const SIZE_TOLERANCE: f64 = 0.1;
/// Steps (of 255) by which a colour may differ.
const COLOR_TOLERANCE: i16 = 24;

/// Words of a license hide what is below them.
const LEAST_OPACITY: f64 = 0.95;

/// A letter on a page.
struct Letter {
    char: char,
    x: f64,
    y: f64,
    size: f64,
    color: Rgb,
    face: FaceId,
    glyph: u16,
}

/// Compares the pages with the layout that their words agree with. Places and sizes follow from the widths of glyphs: in other
/// fonts than the file's they may be others.
pub(in crate::verify) fn check(drawing: &Drawing, expected: &Document, fonts: &Fonts<'_>, checks: &mut Checks) {
    let mut pressed = Pressed::new(drawing, fonts.held());
    let mut moved = None;
    let before = checks.len();
    for (at, page) in expected.pages.iter().enumerate() {
        let place = format!("page {}", at + 1);
        let sheet = match drawing.sheets.get(at) {
            Some(sheet) => sheet,
            None if at >= super::MOST_SHEETS => break,
            None => return checks.failed("face.place", Reason::FaceDiffers, place, "the page is not there"),
        };
        if (sheet.width - mm(page.size.width)).abs() > TOLERANCE
            || (sheet.height - mm(page.size.height)).abs() > TOLERANCE
        {
            checks.failed("face.place", Reason::FaceDiffers, &*place, "a page of another size");
        }
        let mut letters = letters(&page.items);
        for mark in &sheet.marks {
            let What::Words(words) = &mark.what else { continue };
            for (nth, drawn) in words.letters.iter().enumerate().filter(|(_, letter)| !letter.char.is_whitespace()) {
                let Some(wanted) = letters.next() else {
                    let detail = "more is written than the layout has";
                    return checks.failed("face.place", Reason::FaceDiffers, place, detail);
                };
                let apart = (drawn.x - wanted.x).abs().max((drawn.y - wanted.y).abs());
                let sizes = [words.right.0 / wanted.size, -words.up.1 / wanted.size];
                let detail = |fault: &str| format!("character {} of a line {fault}", nth + 1);
                let in_any_font = if drawn.char != wanted.char {
                    Some("is another one, or one that no reader of the text finds")
                } else if !is_color(words.ink, mark.alpha, wanted.color) {
                    Some("is of another colour")
                } else {
                    None
                };
                if let Some(fault) = in_any_font {
                    return checks.failed("face.place", Reason::FaceDiffers, place, detail(fault));
                }
                let by_widths = if apart > TOLERANCE.min(wanted.size * SHARE) {
                    Some("stands in another place")
                } else if sizes.iter().any(|size| (size - 1.0).abs() > SIZE_TOLERANCE) {
                    Some("is of another size")
                } else {
                    None
                };
                if let Some(fault) = by_widths {
                    if fonts.are_its_own() {
                        return checks.failed("face.place", Reason::FaceDiffers, place, detail(fault));
                    }
                    moved.get_or_insert_with(|| (place.clone(), detail(fault)));
                }
                pressed.compare(words.font, drawn, &wanted);
            }
        }
        if letters.next().is_some() {
            return checks.failed("face.place", Reason::FaceDiffers, place, "words of the layout are not drawn");
        }
    }
    match moved {
        Some((place, detail)) => fonts.differs("face.place", Reason::FaceDiffers, place, detail, checks),
        None if checks.len() == before => checks.passed("face.place", ""),
        None => {}
    }
    if pressed.heavy > 0 {
        let detail = format!(
            "{} glyphs have more than {MOST_PARTS} parts, {MOST_DEPTH} levels or {MOST_POINTS} points, or all together too many",
            pressed.heavy
        );
        checks.failed("face.outlines", Reason::InputTooLarge, "", detail);
    }
    if pressed.misnamed {
        let detail = "a font is called like another one, which readers may take instead";
        fonts.differs("face.outlines", Reason::FaceGlyphs, "", detail, checks);
    } else if pressed.other == 0 {
        return checks.passed("face.outlines", "");
    }
    if pressed.other == 0 {
        return;
    }
    let detail = format!("{} characters have other outlines than in the fonts at hand", pressed.other);
    fonts.differs("face.outlines", Reason::FaceGlyphs, "", detail, checks);
}

fn letters(items: &[Item]) -> impl Iterator<Item = Letter> + '_ {
    let runs = items.iter().filter_map(|item| match item {
        Item::Text(run) => Some(run),
        _ => None,
    });
    runs.flat_map(|run| {
        run.glyphs.iter().filter(|glyph| !glyph.char.is_whitespace()).map(|glyph| Letter {
            char: glyph.char,
            x: mm(run.origin.x + glyph.x),
            y: mm(run.origin.y),
            size: mm(run.size),
            color: run.color,
            face: run.face,
            glyph: glyph.id,
        })
    })
}

fn mm(length: Length) -> f64 {
    f64::from(length.um()) / 1000.0
}

fn is_color(ink: Option<Ink>, alpha: f64, Rgb(r, g, b): Rgb) -> bool {
    let Some(Ink::Rgb(found, own)) = ink else { return false };
    alpha * own >= LEAST_OPACITY
        && found.iter().zip([r, g, b]).all(|(a, b)| (i16::from(*a) - i16::from(b)).abs() <= COLOR_TOLERANCE)
}

/// The fonts of the file beside those of the department.
struct Pressed<'a> {
    embedded: Vec<Option<Font<'a>>>,
    fonts: &'a FontLibrary,
    faces: HashMap<FaceId, Option<Tables<'a>>>,
    known: HashMap<(usize, char, Option<u32>, FaceId, u16), ()>,
    /// Names and families of the fonts of the file.
    names: &'a [(std::sync::Arc<str>, Option<String>)],
    /// What comparing outlines takes.
    weights: Weights,
    /// Characters that look otherwise.
    other: usize,
    /// Those among them whose glyphs have more to them than is followed.
    heavy: usize,
    /// Whether a font is called like another one.
    misnamed: bool,
}

impl<'a> Pressed<'a> {
    fn new(drawing: &'a Drawing, fonts: &'a FontLibrary) -> Pressed<'a> {
        let embedded = drawing.fonts.iter().map(|file| Font::open(file.as_ref()?)).collect();
        let names = &drawing.font_names;
        Pressed {
            embedded,
            fonts,
            faces: HashMap::new(),
            known: HashMap::new(),
            names,
            weights: Weights::default(),
            other: 0,
            heavy: 0,
            misnamed: false,
        }
    }

    fn compare(&mut self, font: Option<usize>, drawn: &super::Letter, wanted: &Letter) {
        let Some((at, Some(font))) = font.and_then(|at| Some((at, self.embedded.get(at)?.as_ref()))) else { return };
        let key = (at, drawn.char, drawn.glyph, wanted.face, wanted.glyph);
        if self.known.insert(key, ()).is_some() {
            return;
        }
        let fonts = self.fonts;
        if let Some((name, family)) = self.names.get(at) {
            let wanted = fonts.face(wanted.face);
            // Fonts of fixed words have a name of their own.
            let own = name.strip_suffix("-Form").unwrap_or(name) == wanted.name();
            self.misnamed |= !own || family.as_ref().is_some_and(|family| !family.starts_with(wanted.family()));
        }
        let face = self.faces.entry(wanted.face).or_insert_with(|| Tables::of(fonts.face(wanted.face).data()));
        // Told by the check of the font itself.
        if font.fault.is_some() {
            return;
        }
        let same = match (font.glyph(drawn), face) {
            (Ok(glyph), Some(face)) => {
                let same = font.draws((at, glyph), face, wanted.glyph, &mut self.weights);
                self.heavy += usize::from(same.is_none());
                same.unwrap_or(false)
            }
            (Err(_), _) => true,
            (_, None) => false,
        };
        self.other += usize::from(!same);
    }
}
