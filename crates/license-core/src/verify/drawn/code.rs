//! The QR code, which phones read: whole, uncovered, in its place, and the index.

use super::canvas::rounded_up;
use super::{Area, Drawing, Ink, Mark, Polygon, Shape, Sheet, What, Work};
use crate::page::{Document, Item};
use crate::verify::content::INDEX_FILE;
use crate::verify::qr_picture::{Seen, Wanted};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// A smaller code (millimetres) is not read by phones.
const LEAST_SIDE: f64 = 8.0;
/// How far from its place a code may lie.
const TOLERANCE: f64 = 1.5;
/// What is fainter spoils no code: the grey 样张 across a specimen.
const FAINT: f64 = 0.2;
/// Shapes of a page that may be codes.
const MOST_SHAPES: usize = 64;
/// Pictures of codes on a page.
const MOST_PICTURES: usize = 16;
/// Modules of a finder pattern.
const FINDER: usize = 7;
/// Share of a module.
const ROUNDING: f64 = 1e-6;
/// A code is drawn in at least so many pieces.
const LEAST_PIECES: usize = 60;

/// Whether every page that must show the code of the index does, by the layout where it is known; else any page.
pub(in crate::verify) fn check(
    wanted: &Wanted<'_>,
    drawing: &Drawing,
    expected: Option<&Document>,
    checks: &mut Checks,
) {
    const NAME: &str = "index.shown";
    let mut work = Work::default();
    let mut foreign = false;
    let shown: Vec<Vec<Area>> =
        drawing.sheets.iter().map(|sheet| codes(sheet, wanted, &mut foreign, &mut work)).collect();
    if foreign {
        checks.failed("index.picture", Reason::IndexDiffers, INDEX_FILE, "a page shows the QR code of another text");
        return checks.not_possible_at(NAME, INDEX_FILE, "a page shows the code of another text");
    }
    let Some(expected) = expected else {
        let any = shown.iter().any(|codes| !codes.is_empty());
        checks.record(NAME, any, Reason::IndexNotShown, INDEX_FILE, "no page shows the QR code of the index");
        return;
    };
    let mut good = true;
    for (at, page) in expected.pages.iter().enumerate() {
        for item in &page.items {
            let Item::Qr(code) = item else { continue };
            let mm = |length: crate::length::Length| f64::from(length.um()) / 1000.0;
            let (left, top) = (mm(code.rect.x), mm(code.rect.y));
            let place = Area { left, top, right: left + mm(code.rect.width), bottom: top + mm(code.rect.height) };
            if !shown.get(at).is_some_and(|codes| codes.iter().any(|code| is_near(code, &place))) {
                good = false;
                let detail = format!("page {} does not show the QR code of the index in its place", at + 1);
                checks.failed(NAME, Reason::IndexNotShown, INDEX_FILE, detail);
            }
        }
    }
    if good {
        checks.passed(NAME, INDEX_FILE);
    }
}

/// Whether a code, with its quiet zone or without, fills the place.
fn is_near(code: &Area, place: &Area) -> bool {
    let inside = place.wider(TOLERANCE);
    let large = code.width() > place.width() * 0.7 && code.height() > place.height() * 0.7;
    large && inside.has(code.left, code.top) && inside.has(code.right, code.bottom)
}

/// Where the code of this text shows on a page; `foreign` is set when there is one of another text.
fn codes(sheet: &Sheet, wanted: &Wanted<'_>, foreign: &mut bool, work: &mut Work) -> Vec<Area> {
    let paper = Area { left: 0.0, top: 0.0, right: sheet.width, bottom: sheet.height };
    let mut found = Vec::new();
    let (mut shapes, mut pictures) = (0, 0);
    for (at, mark) in sheet.marks.iter().enumerate() {
        let visible = mark.alpha > 0.9 && !mark.clipped;
        match &mark.what {
            What::Picture(place, Some(seen), _) if visible && pictures < MOST_PICTURES => {
                pictures += 1;
                let shown = place.common(&mark.clip).common(&paper);
                let whole = shown.width() > place.width() * 0.99 && shown.height() > place.height() * 0.99;
                let square = (place.width() - place.height()).abs() < 0.02 * place.width();
                if whole
                    && square
                    && place.width() >= LEAST_SIDE
                    && seen.shows(wanted)
                    && !is_covered(sheet, at, place, work)
                {
                    found.push(*place);
                }
            }
            What::Shape(shape) if visible && shapes < MOST_SHAPES && may_be_code(shape) => {
                shapes += 1;
                if let Some((place, seen)) = drawn(sheet, at, shape, &paper, work) {
                    match seen.shows(wanted) {
                        true => found.push(place),
                        false => *foreign |= !is_covered(sheet, at, &place, work),
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether anything that is painted later lies on a place.
fn is_covered(sheet: &Sheet, at: usize, place: &Area, work: &mut Work) -> bool {
    let inner = place.wider(-0.1);
    sheet.marks[at + 1..].iter().any(|mark| {
        if !work.spend(1) {
            return true;
        }
        let shown = mark.clip.common(&inner);
        if shown.is_empty() || mark.alpha <= FAINT {
            return false;
        }
        match &mark.what {
            What::Picture(over, ..) => !over.common(&shown).is_empty(),
            What::Words(words) => words.letters.iter().any(|letter| {
                let (width, height) = (words.right.0.abs(), words.up.1.abs());
                let (right, top) = (letter.x + width, letter.y - height);
                !Area { left: letter.x, top, right, bottom: letter.y }.common(&shown).is_empty()
            }),
            What::Shape(shape) => shape.polygons(work).is_none_or(|polygons| {
                let half = shape.stroke.map_or(0.0, |(_, width)| width / 2.0) + 0.001;
                match shape.fill {
                    Some(_) => !Area::around(polygons.iter().flatten()).wider(half).common(&shown).is_empty(),
                    None => (polygons.iter().flat_map(|polygon| polygon.windows(2)))
                        .any(|line| !Area::around(line).wider(half).common(&shown).is_empty()),
                }
            }),
        }
    })
}

fn may_be_code(shape: &Shape) -> bool {
    let dark = |ink: &Ink| matches!(ink, Ink::Rgb(rgb, alpha) if rgb.iter().all(|c| *c < 80) && *alpha > 0.9);
    let pieces = match &shape.path {
        super::Path::Pdf(path, _) => path.subpaths(),
        super::Path::Ofd(path) => path.data_bytes() / 24,
    };
    shape.fill.as_ref().is_some_and(dark) && pieces >= LEAST_PIECES
}

/// The code that a shape draws, and everything around and over it: what is dark and what is light in the middle of
/// every module, at last.
fn drawn(sheet: &Sheet, at: usize, shape: &Shape, paper: &Area, work: &mut Work) -> Option<(Area, Seen)> {
    let own = shape.polygons(work)?;
    let place = Area::around(own.iter().flatten());
    let shown = place.common(&sheet.marks[at].clip).common(paper);
    let whole = shown.width() > place.width() * 0.99 && shown.height() > place.height() * 0.99;
    if !whole || place.width() < LEAST_SIDE || (place.width() - place.height()).abs() > 0.02 * place.width() {
        return None;
    }
    // The first row begins with the seven dark modules of a finder pattern.
    let mut row = crossings(&own, place.top + 0.001);
    row.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut winding = 0;
    let end = row.iter().find(|(_, turn)| {
        winding += turn;
        winding == 0
    })?;
    let module = (end.0 - place.left) / FINDER as f64;
    let modules = (place.width() / module).round() as usize;
    if !(21..=177).contains(&modules) || modules % 4 != 1 {
        return None;
    }
    let step = place.width() / modules as f64;
    let mut dark = vec![false; modules * modules];
    // What lies below the white panel does not show.
    let panel = (0..at).rev().find(|below| is_panel(&sheet.marks[*below], &place, work)).unwrap_or(0);
    for (nth, mark) in sheet.marks.iter().enumerate().skip(panel) {
        if !work.spend(1) {
            return None;
        }
        let area = mark.clip.common(&place);
        if area.is_empty() || mark.alpha <= FAINT {
            continue;
        }
        match &mark.what {
            What::Shape(shape) => {
                let other;
                let polygons = if nth == at {
                    &own
                } else {
                    other = shape.polygons(work)?;
                    &other
                };
                if let Some((_, width)) = shape.stroke
                    && width > step / 2.0
                {
                    let mut lines = polygons.iter().flat_map(|polygon| polygon.windows(2));
                    if lines.any(|line| !Area::around(line).wider(width / 2.0).common(&area).is_empty()) {
                        return None;
                    }
                }
                let Some(fill) = shape.fill else { continue };
                if Area::around(polygons.iter().flatten()).common(&area).is_empty() {
                    continue;
                }
                let Ink::Rgb(rgb, alpha) = fill else { return None };
                if alpha * mark.alpha < 0.9 || !work.spend(modules * polygons.iter().map(Vec::len).sum::<usize>()) {
                    return None;
                }
                let is_dark = rgb.iter().map(|c| u32::from(*c)).sum::<u32>() < 3 * 128;
                paint(polygons, shape.even_odd, (&place, &area, step, modules), is_dark, &mut dark);
            }
            // Words or pictures over a code spoil it; below it they do not show.
            What::Picture(over, ..) if !over.common(&area).is_empty() => return None,
            What::Words(words) => {
                let size = -words.up.1;
                if words.letters.iter().any(|letter| place.wider(size).has(letter.x, letter.y)) {
                    return None;
                }
            }
            What::Picture(..) => {}
        }
    }
    let far = modules - FINDER;
    let corners = [(0, 0), (far, 0), (0, far)];
    let is_code = corners.iter().all(|(x, y)| is_finder(&dark, modules, *x, *y));
    is_code.then(|| (place, Seen::of(modules, dark)))
}

/// A finder pattern (ISO/IEC 18004): a dark ring, a light one, a dark core.
fn is_finder(dark: &[bool], modules: usize, x: usize, y: usize) -> bool {
    (0..FINDER * FINDER).all(|nth| {
        let (dx, dy) = (nth % FINDER, nth / FINDER);
        let ring = dx.min(dy).min(FINDER - 1 - dx).min(FINDER - 1 - dy);
        dark.get((y + dy) * modules + x + dx).copied() == Some(ring != 1)
    })
}

/// Whether a mark is one opaque light box that holds the place.
fn is_panel(mark: &Mark, place: &Area, work: &mut Work) -> bool {
    let What::Shape(shape) = &mark.what else { return false };
    let Some(Ink::Rgb(rgb, alpha)) = shape.fill else { return false };
    let around = |area: &Area| area.has(place.left, place.top) && area.has(place.right, place.bottom);
    if !around(&mark.clip) || alpha * mark.alpha < 0.99 || rgb.iter().any(|channel| *channel < 200) {
        return false;
    }
    shape.polygons(work).is_some_and(|polygons| match polygons.as_slice() {
        [one] => one.len() <= 5 && around(&Area::around(one)),
        _ => false,
    })
}

/// Fills the modules whose middle lies inside.
fn paint(
    polygons: &[Polygon],
    even_odd: bool,
    (place, area, step, modules): (&Area, &Area, f64, usize),
    is_dark: bool,
    dark: &mut [bool],
) {
    let middle = |row: usize| place.top + (row as f64 + 0.5) * step;
    // A code is drawn in a thousand pieces, each of which crosses few rows.
    let mut rows: Vec<Vec<(f64, i32)>> = vec![Vec::with_capacity(modules); modules];
    for polygon in polygons {
        let Some(mut from) = polygon.last().copied() else { continue };
        for &to in polygon {
            // Rows whose middle lies between, and a little more, whatever rounding does; all where there is no telling.
            let row = |y: f64| (y - place.top) / step - 0.5;
            let (first, last) = match from.1.is_finite() && to.1.is_finite() {
                true => (row(from.1.min(to.1)) - ROUNDING, row(from.1.max(to.1)) + ROUNDING + 1.0),
                false => (0.0, modules as f64),
            };
            let most = modules as f64;
            let (first, last) = (rounded_up(first.clamp(0.0, most)), last.clamp(0.0, most) as usize);
            for (row, crossings) in (first..).zip(rows.get_mut(first..last).unwrap_or_default()) {
                crossings.extend(edge(from, to, middle(row)));
            }
            from = to;
        }
    }
    for (row, mut crossings) in rows.into_iter().enumerate() {
        let y = middle(row);
        if crossings.is_empty() || y < area.top || y > area.bottom {
            continue;
        }
        crossings.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (mut winding, mut next) = (0, 0);
        for column in 0..modules {
            let x = place.left + (column as f64 + 0.5) * step;
            while let Some((_, turn)) = crossings.get(next).filter(|(at, _)| *at <= x) {
                winding += turn;
                next += 1;
            }
            let inside = if even_odd { winding % 2 != 0 } else { winding != 0 };
            if inside && x >= area.left && x <= area.right {
                dark[row * modules + column] = is_dark;
            }
        }
    }
}

/// Where the edges of polygons, each closed, cross a level, and which way.
fn crossings(polygons: &[Polygon], y: f64) -> Vec<(f64, i32)> {
    let mut out = Vec::new();
    polygons.iter().for_each(|polygon| cross(polygon, y, &mut out));
    out
}

/// The same of one polygon.
pub(super) fn cross(polygon: &Polygon, y: f64, out: &mut Vec<(f64, i32)>) {
    let Some(mut from) = polygon.last().copied() else { return };
    for &to in polygon {
        out.extend(edge(from, to, y));
        from = to;
    }
}

fn edge(from: (f64, f64), to: (f64, f64), y: f64) -> Option<(f64, i32)> {
    let crosses = (from.1 <= y) != (to.1 <= y);
    crosses.then(|| {
        let x = from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0);
        (x, if to.1 > from.1 { 1 } else { -1 })
    })
}
