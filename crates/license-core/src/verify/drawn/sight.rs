//! Whether the words can be seen: each letter is looked at in some points of its square, before and after everything
//! that is painted.

use super::{Area, Drawing, Ink, Mark, Polygon, Shape, Sheet, What, Words, Work};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// Type smaller than a point (millimetres) is not read by anyone.
const SMALLEST: f64 = 0.35;
/// Least difference in brightness (0 to 255) between a letter and its ground.
const LEAST_CONTRAST: f64 = 32.0;
/// Points of a letter, of sixteen, that may lie on a ground like its own colour: a rule below it, a frame beside it.
const MOST_POOR: usize = 4;
/// Points that the red ink of a seal may lie on.
const MOST_SEALED: usize = 12;
/// Of a letter this share must show through what is painted over it: the grey 样张 across a specimen leaves more.
const LEAST_LEFT: f64 = 0.7;
/// A page of small print has some thousands.
const MOST_LETTERS: usize = 20_000;
/// Share of the distance between two points of a letter within which a line runs through it, and the most it can be.
const REACH: f64 = 0.6;
const MOST_REACH: f64 = 2.0;
/// Points across and down.
const SIDE: usize = 4;

/// Every letter of every page.
pub(in crate::verify) fn check(drawing: &Drawing, checks: &mut Checks) {
    const NAME: &str = "face.seen";
    let mut work = Work::default();
    let mut good = true;
    for (at, sheet) in drawing.sheets.iter().enumerate() {
        if let Some((hidden, why)) = hidden(sheet, &mut work) {
            good = false;
            let place = format!("page {}", at + 1);
            checks.failed(NAME, Reason::FaceHidden, place, format!("{hidden} characters: {why}"));
        }
    }
    if good {
        checks.passed(NAME, "");
    }
}

/// How many letters of a page cannot be seen, and why the first of them.
fn hidden(sheet: &Sheet, work: &mut Work) -> Option<(usize, &'static str)> {
    let mut found = (0, "");
    let mut note = |why: &'static str| {
        if found.0 == 0 {
            found.1 = why;
        }
        found.0 += 1;
    };
    let paper = Area { left: 0.0, top: 0.0, right: sheet.width, bottom: sheet.height };
    let mut letters = Vec::new();
    let mut points = Points::default();
    for (order, mark) in sheet.marks.iter().enumerate() {
        let What::Words(words) = &mark.what else { continue };
        let lone = lone_fault(words, mark);
        let shown = mark.clip.common(&paper);
        for at in (0..words.letters.len()).filter(|at| !words.letters[*at].char.is_whitespace()) {
            if let Some(why) = lone {
                note(why);
                continue;
            }
            let square = square(words, at);
            if (0..SIDE * SIDE).any(|nth| !shown.has(spot(&square, nth).0, spot(&square, nth).1)) {
                note("cut off at their boundary or at the edge of the page");
                continue;
            }
            for nth in 0..SIDE * SIDE {
                let (x, y) = spot(&square, nth);
                let reach = REACH * square.width().min(square.height()) / SIDE as f64;
                points.list.push(Point { x, y, letter: letters.len(), order, ground: PAPER, left: 1.0, reach });
            }
            letters.push(Seen::default());
            if letters.len() > MOST_LETTERS {
                note("more letters than can be looked at");
                return Some(found);
            }
        }
    }
    points.sort();
    for (order, mark) in sheet.marks.iter().enumerate() {
        match &mark.what {
            What::Words(words) => points.write(order, words, mark.alpha, &mut letters),
            What::Shape(shape) => {
                if !points.shape(order, shape, mark, &mut letters, work) {
                    note("more is painted than can be looked at");
                    return Some(found);
                }
            }
            What::Picture(place, _, pixels) => {
                let area = place.common(&mark.clip);
                if !work.spend(1 + points.rows(&area).len() / 4) {
                    note("more is painted than can be looked at");
                    return Some(found);
                }
                points.cover(&area, order, mark.alpha, &mut letters, |point| {
                    let share = ((point.x - place.left) / place.width(), (point.y - place.top) / place.height());
                    Some(pixels.as_ref().map_or(Ink::Other, |pixels| pixels.at(share.0, share.1)))
                });
            }
        }
    }
    for letter in &letters {
        if letter.covered > 0 || letter.sealed > MOST_SEALED {
            note("covered or crossed by what is painted later");
        } else if letter.poor > MOST_POOR {
            note("of the colour of their ground");
        }
    }
    (found.0 > 0).then_some(found)
}

/// Why none of these words can be seen, whatever is around them.
fn lone_fault(words: &Words, mark: &Mark) -> Option<&'static str> {
    let upright = words.right.0 > 0.0
        && words.up.1 < 0.0
        && words.right.1.abs() < 0.05 * words.right.0
        && words.up.0.abs() < -0.05 * words.up.1;
    if mark.clipped {
        Some("cut, masked or turned in a way that is not followed")
    } else if !upright {
        Some("turned or mirrored")
    } else if words.right.0 < SMALLEST || -words.up.1 < SMALLEST {
        Some("too small to be read")
    } else {
        None
    }
}

/// What of its square a letter fills: Latin ones are as wide as their advance.
fn square(words: &Words, at: usize) -> Area {
    let letter = words.letters[at];
    let (width, height) = (words.right.0, -words.up.1);
    let room = words.letters.get(at + 1).map_or(width, |next| next.x - letter.x);
    let narrow = if letter.char.is_ascii() { 0.5 * width } else { width };
    let width = if room > 0.2 * width && room < width { room } else { narrow };
    Area {
        left: letter.x + 0.1 * width,
        top: letter.y - 0.75 * height,
        right: letter.x + 0.9 * width,
        bottom: letter.y + 0.02 * height,
    }
}

/// One of the points of a letter.
fn spot(square: &Area, nth: usize) -> (f64, f64) {
    let share = |step: usize| (step as f64 + 0.5) / SIDE as f64;
    (square.left + square.width() * share(nth % SIDE), square.top + square.height() * share(nth / SIDE))
}

#[derive(Default)]
struct Seen {
    /// Points that something painted later hides.
    covered: usize,
    /// Points under the red ink of a seal.
    sealed: usize,
    /// Points whose ground is of the letter's colour, or unknown.
    poor: usize,
}

/// What lies below a point, by brightness; nothing when it cannot be told.
type Ground = Option<f64>;

const PAPER: Ground = Some(255.0);

#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
    letter: usize,
    /// Place of its words among the marks.
    order: usize,
    ground: Ground,
    /// How much of the letter still shows here, and whether it has been counted as covered.
    left: f64,
    /// Ink that is added so near to it runs through the letter.
    reach: f64,
}

/// The points of all letters, from top to bottom.
#[derive(Default)]
struct Points {
    list: Vec<Point>,
    /// Their places, in the order in which they are written.
    by_order: Vec<usize>,
}

impl Points {
    /// They were put in by the order of their words, which is kept.
    fn sort(&mut self) {
        let written = std::mem::take(&mut self.list);
        let mut by_height: Vec<(f64, usize)> = written.iter().map(|point| point.y).zip(0..).collect();
        by_height.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        self.by_order = vec![0; written.len()];
        for (at, (_, order)) in by_height.iter().enumerate() {
            self.by_order[*order] = at;
        }
        self.list = by_height.iter().map(|(_, order)| written[*order]).collect();
    }

    fn rows(&self, area: &Area) -> std::ops::Range<usize> {
        let start = self.list.partition_point(|point| point.y < area.top);
        start..self.list.partition_point(|point| point.y <= area.bottom).max(start)
    }

    /// Whether any letter is near.
    fn touches(&self, area: &Area) -> bool {
        self.list[self.rows(area)].iter().any(|point| area.has(point.x, point.y))
    }

    /// Words are painted: do they stand out?
    fn write(&mut self, order: usize, words: &Words, alpha: f64, letters: &mut [Seen]) {
        let start = self.by_order.partition_point(|at| self.list[*at].order < order);
        for at in &self.by_order[start..] {
            let point = &self.list[*at];
            if point.order != order {
                break;
            }
            let contrast = match (words.ink, point.ground) {
                (Some(Ink::Rgb(rgb, own)), Some(ground)) => (brightness(rgb) - ground).abs() * own * alpha,
                _ => 0.0,
            };
            letters[point.letter].poor += usize::from(contrast < LEAST_CONTRAST);
        }
    }

    /// A shape is painted; false when that is more work than it is worth.
    fn shape(&mut self, order: usize, shape: &Shape, mark: &Mark, letters: &mut [Seen], work: &mut Work) -> bool {
        let wide = shape.stroke.map_or(0.0, |(_, width)| width);
        // Looking for the letters near it, four points in a step.
        if !work.spend(1 + self.rows(&mark.clip).len() / 4) {
            return false;
        }
        if !self.touches(&mark.clip.wider(MOST_REACH)) || self.is_harmless(order, shape, mark) {
            return true;
        }
        let Some(polygons) = shape.polygons(work) else {
            // It may be anywhere in its boundary.
            let ink = shape.fill.or(shape.stroke.map(|(ink, _)| ink)).unwrap_or(Ink::Other);
            self.cover(&mark.clip, order, mark.alpha, letters, |_| Some(ink));
            return work.spend(self.rows(&mark.clip).len());
        };
        let bounds = Area::around(polygons.iter().flatten()).wider(wide / 2.0 + 0.001).common(&mark.clip);
        let rows = self.rows(&bounds).len();
        let edges: usize = polygons.iter().map(Vec::len).sum();
        if !work.spend(rows * 2) {
            return false;
        }
        if let Some(ink) = shape.fill {
            let mut inside =
                Inside { polygons: &polygons, even_odd: shape.even_odd, y: f64::NAN, crossings: Vec::new() };
            let mut enough = true;
            self.cover(&bounds, order, mark.alpha, letters, |point| {
                enough &= point.y == inside.y || work.spend(edges);
                (enough && inside.has(point.x, point.y)).then_some(ink)
            });
            if !enough || !self.run_through(order, (ink, 0.0), mark, &polygons, letters, work) {
                return false;
            }
        }
        if let Some((ink, width)) = shape.stroke {
            let half = (width / 2.0).max(0.02);
            if !self.run_through(order, (ink, half), mark, &polygons, letters, work) {
                return false;
            }
            for line in polygons.iter().flat_map(|polygon| polygon.windows(2)) {
                let near = Area::around(line).wider(half).common(&mark.clip);
                if !work.spend(1 + self.rows(&near).len() / 4) {
                    return false;
                }
                if !near.is_empty() {
                    let ends = [line[0], line[1]];
                    self.cover(&near, order, mark.alpha, letters, |point| {
                        (distance(point, ends) <= half).then_some(ink)
                    });
                }
            }
        }
        true
    }

    /// Lines of solid ink that run through letters which are written already, be they ever so thin: a one is made a seven.
    fn run_through(
        &mut self,
        order: usize,
        (ink, half): (Ink, f64),
        mark: &Mark,
        polygons: &[Polygon],
        letters: &mut [Seen],
        work: &mut Work,
    ) -> bool {
        let solid = match ink {
            Ink::Rgb(rgb, own) => own * mark.alpha > 1.0 - LEAST_LEFT && !is_red(rgb),
            Ink::Other => mark.alpha > 1.0 - LEAST_LEFT,
        };
        let first = self.by_order.first().map(|at| self.list[*at].order);
        if !solid || first.is_none_or(|first| first > order) {
            return true;
        }
        for line in polygons.iter().flat_map(|polygon| polygon.windows(2)) {
            let shown = Area::around(line).wider(half).common(&mark.clip);
            if shown.left > shown.right || shown.top > shown.bottom {
                continue;
            }
            let near = shown.wider(MOST_REACH);
            let rows = self.rows(&near);
            if !work.spend(1 + rows.len() / 4) {
                return false;
            }
            for point in &mut self.list[rows] {
                let touched = point.order < order
                    && point.left >= LEAST_LEFT
                    && near.has(point.x, point.y)
                    && distance(point, [line[0], line[1]]) <= half + point.reach;
                if touched {
                    point.left = 0.0;
                    letters[point.letter].covered += 1;
                }
            }
        }
        true
    }

    /// Whether a shape lies below all words and every ink of it is far from every colour of letters: paper, guilloche.
    fn is_harmless(&self, order: usize, shape: &Shape, mark: &Mark) -> bool {
        let below = self.by_order.first().is_none_or(|first| self.list[*first].order > order);
        let light = |ink: &Ink| match ink {
            // On light ground letters are seen by being dark: dark ones are looked at in earnest.
            Ink::Rgb(rgb, alpha) => 255.0 - (255.0 - brightness(*rgb)) * alpha * mark.alpha >= LIGHT,
            Ink::Other => false,
        };
        let thin = shape.fill.is_none() && shape.stroke.is_none_or(|(_, width)| width < THIN);
        below && thin && shape.fill.iter().chain(shape.stroke.iter().map(|(ink, _)| ink)).all(light)
    }

    /// Paints points of an area: what is written already is covered, what is not yet gets another ground.
    fn cover(
        &mut self,
        area: &Area,
        order: usize,
        alpha: f64,
        letters: &mut [Seen],
        mut ink: impl FnMut(&Point) -> Option<Ink>,
    ) {
        if alpha <= 0.0 || area.is_empty() {
            return;
        }
        let rows = self.rows(area);
        for point in &mut self.list[rows] {
            if point.x < area.left || point.x > area.right {
                continue;
            }
            let Some(ink) = ink(point) else { continue };
            let (level, own, red) = match ink {
                Ink::Rgb(rgb, own) => (Some(brightness(rgb)), own, is_red(rgb)),
                Ink::Other => (None, 1.0, false),
            };
            let opacity = own * alpha;
            if point.order < order {
                let before = point.left;
                point.left *= 1.0 - opacity;
                if before >= LEAST_LEFT && point.left < LEAST_LEFT {
                    let letter = &mut letters[point.letter];
                    if red { letter.sealed += 1 } else { letter.covered += 1 }
                }
            } else if opacity > 0.0 {
                point.ground = match (level, point.ground) {
                    (Some(level), _) if opacity > 0.99 => Some(level),
                    (Some(level), Some(ground)) => Some(ground + (level - ground) * opacity),
                    _ => None,
                };
            }
        }
    }
}

/// Lines up to this width (millimetres) of at least this brightness make a pattern of the paper and no ground of letters.
const THIN: f64 = 0.3;
const LIGHT: f64 = 190.0;

/// As the eye weighs the colours (ITU-R BT.601).
fn brightness([r, g, b]: [u8; 3]) -> f64 {
    0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)
}

/// The ink of seals, which are stamped over words.
fn is_red([r, g, b]: [u8; 3]) -> bool {
    r >= 128 && u16::from(g.max(b)) * 2 <= u16::from(r)
}

/// Points come row by row: the crossings of a row are found once.
struct Inside<'a> {
    polygons: &'a [Polygon],
    even_odd: bool,
    y: f64,
    /// From left to right, with the winding behind each.
    crossings: Vec<(f64, i32)>,
}

impl Inside<'_> {
    fn has(&mut self, x: f64, y: f64) -> bool {
        if y != self.y {
            self.y = y;
            self.crossings = super::code::crossings(self.polygons, y);
            self.crossings.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            let mut winding = 0;
            for (_, turn) in &mut self.crossings {
                winding += *turn;
                *turn = winding;
            }
        }
        let left = self.crossings.partition_point(|(at, _)| *at <= x);
        let winding = left.checked_sub(1).map_or(0, |last| self.crossings[last].1);
        if self.even_odd { winding % 2 != 0 } else { winding != 0 }
    }
}

fn distance(point: &Point, [a, b]: [(f64, f64); 2]) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along =
        if length > 0.0 { (((point.x - a.0) * dx + (point.y - a.1) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (point.x - a.0 - along * dx).hypot(point.y - a.1 - along * dy)
}
