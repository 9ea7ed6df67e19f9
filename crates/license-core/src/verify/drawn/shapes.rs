//! Whether nothing is drawn beside the words but what the layout draws: no words as outlines, no bar that makes another
//! digit of one, no picture of a seal.
//!
//! Lines and areas are compared by their ink and by where they run, not one by one: how a line is cut into pieces, and a
//! curve into shorter ones, is the writer's affair and changes from one version to the next.

use super::canvas::{Canvas, Course};
use super::known::Known;
use super::{Area, Drawing, Ink, MOST_SHEETS, Mark, Pixels, Shape, Sheet, What, Work};
use crate::fonts::FontLibrary;
use crate::layout::{SPECIMEN, diagonal};
use crate::length::Rect;
use crate::page::{Document, Item, Page, PathItem, Rgb, Segment};
use crate::verify::fonts::Fonts;
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

const NAME: &str = "face.shapes";
/// How far (millimetres) a picture may stand from its place.
const PICTURE_TOLERANCE: f64 = 1.0;
/// Steps of 255 by which a colour may differ, parts of 1 by which opacity may, and the share by which a width may.
const COLOR_TOLERANCE: i16 = 2;
const ALPHA_TOLERANCE: f64 = 0.02;
const WIDTH_TOLERANCE: f64 = 0.05;
/// Work for a page; one with a background of hair lines takes 300 000.
const A_PAGE: usize = 400_000;
/// 样张 across a page is no blacker.
const FAINT: f64 = 0.16;

/// Compares the pages with the layout that their words agree with.
pub(in crate::verify) fn check(
    drawing: &Drawing,
    expected: &Document,
    fonts: &Fonts<'_>,
    known: &mut Known<'_>,
    checks: &mut Checks,
) {
    let mut work = Work::of_pages(expected.pages.len(), A_PAGE);
    // That there are other pages is told by what compares the words.
    for (at, (page, sheet)) in expected.pages.iter().zip(&drawing.sheets).take(MOST_SHEETS).enumerate() {
        let place = || format!("page {}", at + 1);
        match compare(sheet, page, drawing.repeats_seal, fonts.held(), known, &mut work) {
            Ok(()) => {}
            Err(Fault::Foreign(why)) => return checks.failed(NAME, Reason::FaceForeign, place(), why),
            // Where a line runs may follow from the words beside it.
            Err(Fault::Moved(why)) => return fonts.differs(NAME, Reason::FaceForeign, place(), why, checks),
        }
    }
    checks.passed(NAME, "");
}

/// What is wrong with a page.
enum Fault {
    /// Something of a kind that the layout does not have.
    Foreign(&'static str),
    /// Of a kind that it has, elsewhere.
    Moved(&'static str),
}

const TOO_MUCH: Fault = Fault::Foreign("more is painted than can be looked at");

fn compare(
    sheet: &Sheet,
    page: &Page,
    repeats_seal: bool,
    fonts: &FontLibrary,
    known: &mut Known<'_>,
    work: &mut Work,
) -> Result<(), Fault> {
    let codes = pictures(sheet, page, repeats_seal)?;
    let mut plan = Plan::of(page);
    let mut found: Vec<Vec<(&Mark, &Shape)>> = Vec::new();
    let mut order = Vec::new();
    for mark in sheet.marks.iter().filter(|mark| !mark.annotation) {
        let What::Shape(shape) = &mark.what else { continue };
        // Others might draw what this reader takes for nothing.
        let Some(stroke) = Stroke::of(mark, shape) else {
            return Err(Fault::Foreign("a shape that is neither filled nor drawn"));
        };
        if codes.iter().any(|code| is_inside(shape, code, work)) {
            continue;
        }
        if mark.clipped {
            return Err(Fault::Foreign("lines or areas that are cut in a way that is not followed"));
        }
        let Some(at) = plan.find(&stroke, page, fonts) else {
            return Err(Fault::Foreign("lines or areas in a colour or width that the face does not have there"));
        };
        if order.last() != Some(&at) && plan.specimen != Some(at) {
            order.push(at);
        }
        found.resize_with(plan.kinds.len(), Vec::new);
        found[at].push((mark, shape));
    }
    found.resize_with(plan.kinds.len(), Vec::new);
    let mut canvases = None;
    for (kind, found) in plan.kinds.iter().zip(&found) {
        follow(kind, found, page, &mut canvases, known, work)?;
    }
    match order == plan.order {
        true => Ok(()),
        false => Err(Fault::Moved("lines and areas lie over each other in another order")),
    }
}

/// Lines and areas of one ink run where the layout has them, as was found before or is found now.
fn follow(
    kind: &Kind<'_>,
    found: &[(&Mark, &Shape)],
    page: &Page,
    canvases: &mut Option<[Canvas; 2]>,
    known: &mut Known<'_>,
    work: &mut Work,
) -> Result<(), Fault> {
    let name = known.name(kind, page, found);
    if let Some(cost) = name.as_ref().and_then(|name| known.cost(name)) {
        // No verdict depends on what is known.
        return work.spend(cost).then_some(()).ok_or(TOO_MUCH);
    }
    let canvases = canvases.get_or_insert_with(|| [Canvas::new(page.size), Canvas::new(page.size)]);
    let before = work.0;
    same_course(kind, found, canvases, work)?;
    if let Some(name) = name {
        known.found(name, before - work.0);
    }
    Ok(())
}

/// Lines and areas of one ink run where the layout has them, no fewer and no more.
fn same_course(
    kind: &Kind<'_>,
    found: &[(&Mark, &Shape)],
    [canvas, seen]: &mut [Canvas; 2],
    work: &mut Work,
) -> Result<(), Fault> {
    let (mut wanted, mut drawn) = (Course::default(), Course::default());
    let kept: Vec<_> = kind.paths.iter().map(|path| super::canvas::polygons(path)).collect();
    canvas.clear();
    seen.clear();
    for polygons in &kept {
        let touch = |x: f64, y: f64| {
            if let Some(cell) = canvas.cell(x, y) {
                canvas.set(cell);
            }
        };
        wanted.follow(polygons, work, touch).ok_or(TOO_MUCH)?;
    }
    let mut astray = 0;
    for (mark, shape) in found {
        let polygons = shape.fine_polygons(work).ok_or(match work.0 {
            0 => TOO_MUCH,
            _ => Fault::Foreign("lines or areas that cannot be followed"),
        })?;
        let clip = mark.clip.wider(CLIP_TOLERANCE);
        let touch = |x: f64, y: f64| {
            if let Some(cell) = canvas.cell(x, y).filter(|_| clip.has(x, y)) {
                astray += usize::from(!canvas.is_set(cell));
                seen.set(cell);
            }
        };
        drawn.follow(&polygons, work, touch).ok_or(TOO_MUCH)?;
    }
    if astray > 0 {
        return Err(Fault::Moved("lines or areas that the face does not have there"));
    }
    let mut missing = 0;
    for polygons in &kept {
        let touch = |x: f64, y: f64| missing += usize::from(seen.cell(x, y).is_some_and(|cell| !seen.is_set(cell)));
        Course::default().follow(polygons, work, touch).ok_or(TOO_MUCH)?;
    }
    if missing > 0 {
        return Err(Fault::Moved("lines or areas of the face are missing"));
    }
    // Along lines that stand close together other lines could hide, and an area could be turned inside out.
    if drawn.length > wanted.length * MORE_LENGTH + SLACK {
        return Err(Fault::Moved("more lines than the face has"));
    }
    if kind.stroke.fill.is_some() && (drawn.area - wanted.area).abs() > wanted.area.abs() * OTHER_AREA + SLACK {
        return Err(Fault::Moved("areas of another size than the face has"));
    }
    Ok(())
}

/// Boundaries are rounded outwards, by less than this (millimetres).
const CLIP_TOLERANCE: f64 = 0.1;
/// Simplified curves are not quite as long as they were, and do not enclose quite as much.
const MORE_LENGTH: f64 = 1.02;
const OTHER_AREA: f64 = 0.02;
/// Millimetres, and square ones.
const SLACK: f64 = 1.0;

/// What a page may draw in one ink.
pub(super) struct Kind<'a> {
    pub(super) stroke: Stroke,
    /// Those of the background come first.
    pub(super) paths: Vec<std::borrow::Cow<'a, [Segment]>>,
    /// How many are the background's.
    pub(super) art: usize,
}

/// What a page may draw.
struct Plan<'a> {
    kinds: Vec<Kind<'a>>,
    /// Kinds in the order in which they are painted, as long as another one follows.
    order: Vec<usize>,
    /// 样张 across the page, which no record asks for.
    specimen: Option<usize>,
}

impl<'a> Plan<'a> {
    fn of(page: &'a Page) -> Plan<'a> {
        let mut plan = Plan { kinds: Vec::new(), order: Vec::new(), specimen: None };
        for group in page.background.iter().flat_map(|art| &art.groups) {
            for path in &group.paths {
                plan.add(Stroke::new(group.fill, group.stroke, 255), path);
            }
        }
        for kind in &mut plan.kinds {
            kind.art = kind.paths.len();
        }
        for item in &page.items {
            if let Item::Path(PathItem { path, fill, stroke, alpha }) = item {
                plan.add(Stroke::new(*fill, *stroke, *alpha), path);
            }
        }
        plan
    }

    fn add(&mut self, stroke: Stroke, path: &'a [Segment]) {
        // What leaves no trace is not written.
        let is_nothing = stroke.fill.is_none() && stroke.line.is_none();
        if is_nothing || path.len() < 2 || !matches!(path.first(), Some(Segment::Move(_))) {
            return;
        }
        let at = self.kinds.iter().position(|kind| kind.stroke.is_like(&stroke)).unwrap_or_else(|| {
            self.kinds.push(Kind { stroke, paths: Vec::new(), art: 0 });
            self.kinds.len() - 1
        });
        self.kinds[at].paths.push(path.into());
        if self.order.last() != Some(&at) {
            self.order.push(at);
        }
    }

    /// The kind of this ink.
    fn find(&mut self, stroke: &Stroke, page: &Page, fonts: &FontLibrary) -> Option<usize> {
        if let Some(at) = self.kinds.iter().position(|kind| kind.stroke.is_like(stroke)) {
            return Some(at);
        }
        let is_specimen = matches!(stroke.fill, Some(([0, 0, 0], alpha)) if alpha <= FAINT) && stroke.line.is_none();
        if !is_specimen || self.specimen.is_some() {
            return None;
        }
        let words = diagonal(SPECIMEN, page.size, fonts, 255);
        self.kinds.push(Kind { stroke: *stroke, paths: vec![words.path.into()], art: 0 });
        self.specimen = Some(self.kinds.len() - 1);
        self.specimen
    }
}

/// In which ink an area is filled and its line drawn.
#[derive(Clone, Copy)]
pub(super) struct Stroke {
    fill: Option<([u8; 3], f64)>,
    line: Option<([u8; 3], f64, f64)>,
    even_odd: bool,
}

impl Stroke {
    fn new(fill: Option<Rgb>, line: Option<(Rgb, crate::length::Length)>, alpha: u8) -> Stroke {
        let alpha = f64::from(alpha) / 255.0;
        let channels = |Rgb(r, g, b): Rgb| [r, g, b];
        Stroke {
            fill: fill.map(|rgb| (channels(rgb), alpha)),
            line: line.map(|(rgb, width)| (channels(rgb), alpha, width.mm())),
            even_odd: false,
        }
    }

    /// Nothing when it leaves no trace; an ink that is not followed is like no other.
    fn of(mark: &Mark, shape: &Shape) -> Option<Stroke> {
        let opaque = |ink: Ink| match ink {
            Ink::Rgb(rgb, alpha) => (rgb, alpha * mark.alpha),
            Ink::Other => ([0; 3], f64::NAN),
        };
        let fill = shape.fill.map(opaque);
        let line = shape.stroke.map(|(ink, width)| {
            let (rgb, alpha) = opaque(ink);
            (rgb, alpha, width)
        });
        let found = Stroke { fill, line, even_odd: shape.even_odd };
        (fill.is_some() || line.is_some()).then_some(found)
    }

    /// Everything about it.
    pub(super) fn tell(&self, to: &mut dyn FnMut(&[u8])) {
        let fill = self.fill.map(|(rgb, alpha)| (rgb, [alpha, 0.0]));
        let line = self.line.map(|(rgb, alpha, width)| (rgb, [alpha, width]));
        for ink in [fill, line] {
            let (rgb, numbers) = ink.unwrap_or_default();
            to(&[u8::from(ink.is_some())]);
            to(&rgb);
            numbers.iter().for_each(|number| to(&number.to_be_bytes()));
        }
        to(&[u8::from(self.even_odd)]);
    }

    fn is_like(&self, other: &Stroke) -> bool {
        let color = |a: [u8; 3], b: [u8; 3]| {
            a.iter().zip(b).all(|(a, b)| (i16::from(*a) - i16::from(b)).abs() <= COLOR_TOLERANCE)
        };
        let opacity = |a: f64, b: f64| (a - b).abs() <= ALPHA_TOLERANCE;
        let fill = match (self.fill, other.fill) {
            (None, None) => true,
            (Some(a), Some(b)) => color(a.0, b.0) && opacity(a.1, b.1),
            _ => false,
        };
        let line = match (self.line, other.line) {
            (None, None) => true,
            (Some(a), Some(b)) => {
                color(a.0, b.0) && opacity(a.1, b.1) && (a.2 - b.2).abs() <= a.2.max(b.2) * WIDTH_TOLERANCE + 0.005
            }
            _ => false,
        };
        fill && line && self.even_odd == other.even_odd
    }
}

/// The pictures are those of the layout, each in its place. Returns the places of QR codes that are drawn otherwise.
fn pictures(sheet: &Sheet, page: &Page, repeats_seal: bool) -> Result<Vec<Area>, Fault> {
    let mut images: Vec<(Area, &[u8])> = Vec::new();
    let mut codes: Vec<Area> = Vec::new();
    for item in &page.items {
        match item {
            Item::Image(image) => images.push((area(image.rect), &image.data)),
            Item::Qr(code) => codes.push(area(code.rect)),
            _ => {}
        }
    }
    let seal = page.seal.filter(|_| repeats_seal).map(area);
    for mark in sheet.marks.iter().filter(|mark| !mark.annotation) {
        let What::Picture(place, seen, pixels) = &mark.what else { continue };
        let stands = |wanted: &Area| {
            let close = |a: f64, b: f64| (a - b).abs() <= PICTURE_TOLERANCE;
            let lies = close(place.left, wanted.left) && close(place.right, wanted.right);
            lies && close(place.top, wanted.top) && close(place.bottom, wanted.bottom)
        };
        let file = match pixels {
            Some(Pixels::File(file)) => Some(file.open()),
            _ => None,
        };
        let shows = |data: &[u8]| file.as_ref().is_none_or(|file| **file == *data);
        if let Some(at) = codes.iter().position(stands) {
            // Whether it is the code of the index is asked of every code.
            codes.swap_remove(at);
            if seen.as_ref().is_some_and(|seen| !seen.is_plain()) {
                return Err(Fault::Foreign("something is drawn into the QR code"));
            }
        } else if let Some(at) = images.iter().position(|(wanted, data)| stands(wanted) && shows(data)) {
            images.swap_remove(at);
        } else if !seal.as_ref().is_some_and(|seal| within(place, &seal.wider(PICTURE_TOLERANCE))) {
            return Err(Fault::Foreign("a picture that the face does not have"));
        }
        if mark.clipped || mark.alpha < 1.0 - ALPHA_TOLERANCE {
            return Err(Fault::Foreign("a picture that is cut or faded"));
        }
    }
    match images.is_empty() {
        true => Ok(codes),
        false => Err(Fault::Foreign("a picture of the face is missing")),
    }
}

fn is_inside(shape: &Shape, code: &Area, work: &mut Work) -> bool {
    let inside = code.wider(PICTURE_TOLERANCE / 2.0);
    // Most begin elsewhere.
    if shape.start().is_some_and(|(x, y)| !inside.has(x, y)) {
        return false;
    }
    shape.polygons(work).is_some_and(|polygons| within(&Area::around(polygons.iter().flatten()), &inside))
}

fn within(inner: &Area, outer: &Area) -> bool {
    outer.has(inner.left, inner.top) && outer.has(inner.right, inner.bottom)
}

fn area(rect: Rect) -> Area {
    Area { left: rect.x.mm(), top: rect.y.mm(), right: rect.right().mm(), bottom: rect.bottom().mm() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use ofd::model;

    use super::super::known::Backgrounds;
    use super::*;
    use crate::length::{Length, Point, Size};
    use crate::page::{ArtGroup, Artwork};

    const INK: Rgb = Rgb(200, 30, 1);

    fn at(x: f64, y: f64) -> Point {
        Point::new(Length::from_mm(x), Length::from_mm(y))
    }

    /// A page of one line, and an OFD that draws it, goes to its beginning so many times more, and shows all that so often.
    fn page_and_sheet(moves: usize, times: usize) -> (Page, Sheet) {
        let mm = Length::from_mm;
        let size = Size { width: mm(210.0), height: mm(297.0) };
        let path = vec![Segment::Move(at(20.0, 20.0)), Segment::Line(at(60.0, 20.0))];
        let group = ArtGroup { id: "line".into(), fill: None, stroke: Some((INK, mm(0.2))), paths: vec![path] };
        let art = Artwork { digest: [7; 32], size, groups: vec![group] };
        let page = Page { size, background: Some(Arc::new(art)), items: Vec::new(), seal: None };

        let here = model::Segment::Move(ofd::Um::mm(20), ofd::Um::mm(20));
        let mut segments = vec![here, model::Segment::Line(ofd::Um::mm(60), ofd::Um::mm(20))];
        segments.extend(std::iter::repeat_n(here, moves));
        let path = model::PathObject {
            boundary: ofd::Rect::mm(0, 0, 210, 297),
            segments,
            stroke: Some(model::Stroke::solid(model::Color::rgb(INK.0, INK.1, INK.2), ofd::Um(200))),
            ..model::PathObject::default()
        };
        let mut written = model::Document::new(ofd::DocInfo {
            doc_id: "0123456789abcdef0123456789abcdef".to_owned(),
            ..ofd::DocInfo::default()
        });
        let (kind, objects) = (model::LayerKind::Background, vec![model::Object::Path(path)]);
        let lines = model::Prebuilt::new(ofd::Size::A4, &[model::Layer { kind, objects }], 1).unwrap();
        let template = written.add_template(model::Template {
            name: None,
            size: ofd::Size::A4,
            z_order: kind,
            content: model::TemplateContent::Prebuilt(lines),
        });
        let size = ofd::Size::A4;
        let templates = vec![template; times];
        written.pages.push(model::Page { size, templates, ..model::Page::default() });
        let facts = ofd::inspect_painted(&written.package().unwrap(), &ofd::Budget::default());
        let sheet = super::super::of_ofd(&facts, &[]).sheets.remove(0);
        assert_eq!(sheet.marks.len(), times);
        (page, sheet)
    }

    fn shapes(sheet: &Sheet) -> Vec<(&Mark, &Shape)> {
        let marks = sheet.marks.iter();
        marks.filter_map(|mark| if let What::Shape(shape) = &mark.what { Some((mark, shape)) } else { None }).collect()
    }

    fn judge(page: &Page, sheet: &Sheet, known: &mut Known<'_>, work: &mut Work) -> Option<&'static str> {
        match follow(&Plan::of(page).kinds[0], &shapes(sheet), page, &mut None, known, work) {
            Ok(()) => None,
            Err(Fault::Foreign(why) | Fault::Moved(why)) => Some(why),
        }
    }

    #[test]
    fn whatever_is_left_of_the_measure_what_is_known_is_judged_as_what_is_not() {
        let (page, sheet) = page_and_sheet(500, 1);
        let backgrounds = Backgrounds::default();
        let mut work = Work::default();
        let mut first = Known::new(Some(&backgrounds));
        assert_eq!(judge(&page, &sheet, &mut first, &mut work), None);
        let cost = Work::default().0 - work.0;
        backgrounds.learn(&first.into_found());
        assert_eq!(backgrounds.size(), 1);
        for left in 0..2 * cost {
            let (mut new, mut old) = (Work(left), Work(left));
            let unknown = judge(&page, &sheet, &mut Known::new(None), &mut new);
            let known = judge(&page, &sheet, &mut Known::new(Some(&backgrounds)), &mut old);
            assert_eq!((unknown, new.0), (known, old.0), "{left} of {cost}");
            assert_eq!(known.is_none(), left >= cost, "{left} of {cost}");
        }
    }

    /// A page may show one long path ten thousand times, in a small file.
    #[test]
    fn what_is_long_to_name_gets_no_name() {
        for (times, named) in [(1, true), (2, true), (3_000, false)] {
            let (page, sheet) = page_and_sheet(500, times);
            let backgrounds = Backgrounds::default();
            let name = Known::new(Some(&backgrounds)).name(&Plan::of(&page).kinds[0], &page, &shapes(&sheet));
            assert_eq!(name.is_some(), named, "{times} times");
        }
    }
}
