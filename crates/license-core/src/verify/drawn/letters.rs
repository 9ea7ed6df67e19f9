//! The letters of a page in the order of their height, each looked at in some points of its square, and what painting
//! does to them.

use std::ops::Range;

use super::inside::{Inside, distance};
use super::shade::{Coat, LEAST_LEFT, Seen, brightness, is_red};
use super::{Area, Ink, Mark, Polygon, Shape, Work};

/// Points across and down.
pub(super) const SIDE: usize = 4;
pub(super) const POINTS: usize = SIDE * SIDE;
/// Share of the distance between two points of a letter within which a line runs through it, and the most it can be.
const REACH: f64 = 0.6;
const MOST_REACH: f64 = 2.0;
/// Letters whose squares are compared in one step of work, and steps for the points of one letter.
const SQUARES_A_STEP: usize = 8;
const STEPS_A_LETTER: usize = 4;
/// Lines up to this width (millimetres) of at least this brightness make a pattern of the paper and no ground of letters.
const THIN: f64 = 0.3;
const LIGHT: f64 = 190.0;
/// Rounding.
const TINY: f64 = 1e-6;

/// Where the points of a letter are: a grid.
#[derive(Clone, Copy)]
pub(super) struct Square {
    across: [f64; SIDE],
    down: [f64; SIDE],
    /// Ink that is added so near to a point runs through the letter.
    reach: f64,
    /// Place of its words among the marks.
    order: usize,
}

impl Square {
    pub(super) fn new(area: &Area, order: usize) -> Square {
        let share = |step: usize| (step as f64 + 0.5) / SIDE as f64;
        let (width, height) = (area.width(), area.height());
        Square {
            across: std::array::from_fn(|step| area.left + width * share(step)),
            down: std::array::from_fn(|step| area.top + height * share(step)),
            reach: REACH * width.min(height) / SIDE as f64,
            order,
        }
    }

    fn top(&self) -> f64 {
        self.down[0]
    }

    fn bottom(&self) -> f64 {
        self.down[SIDE - 1]
    }

    /// Whether a point may lie inside.
    fn may_touch(&self, area: &Area) -> bool {
        self.across[0] <= area.right
            && self.across[SIDE - 1] >= area.left
            && self.top() <= area.bottom
            && self.bottom() >= area.top
    }

    /// Whether all points lie inside.
    pub(super) fn is_within(&self, area: &Area) -> bool {
        self.down.iter().all(|y| (area.top..=area.bottom).contains(y))
            && self.across.iter().all(|x| (area.left..=area.right).contains(x))
    }

    fn touches(&self, area: &Area) -> bool {
        self.down.iter().any(|y| (area.top..=area.bottom).contains(y))
            && self.across.iter().any(|x| (area.left..=area.right).contains(x))
    }
}

/// The letters of a page, from top to bottom.
pub(super) struct Letters {
    squares: Vec<Square>,
    seen: Vec<Seen>,
    /// Order and place of each, as they are written.
    written: Vec<(usize, usize)>,
    /// From the first to the last point of the tallest.
    tallest: f64,
}

impl Letters {
    /// From squares in the order in which they are written.
    pub(super) fn new(squares: &[Square]) -> Letters {
        let mut by_height: Vec<(f64, f64, usize)> =
            (squares.iter().zip(0..)).map(|(square, nth)| (square.top(), square.bottom(), nth)).collect();
        by_height.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut written = vec![(0, 0); squares.len()];
        for (at, (.., nth)) in by_height.iter().enumerate() {
            written[*nth] = (squares[*nth].order, at);
        }
        let tallest = squares.iter().map(|square| square.bottom() - square.top()).fold(0.0, f64::max);
        Letters {
            squares: by_height.iter().map(|(.., nth)| squares[*nth]).collect(),
            seen: vec![Seen::UNTOUCHED; squares.len()],
            written,
            tallest: tallest + TINY,
        }
    }

    /// What became of them, as they were written.
    pub(super) fn seen(&self) -> impl Iterator<Item = &Seen> {
        self.written.iter().map(|(_, at)| &self.seen[*at])
    }

    /// Letters of which points may be so high.
    fn rows(&self, area: &Area) -> Range<usize> {
        let start = self.squares.partition_point(|square| square.top() < area.top - self.tallest);
        start..self.squares.partition_point(|square| square.top() <= area.bottom).max(start)
    }

    /// Whether any point of a letter lies inside.
    fn touches(&self, area: &Area) -> bool {
        self.squares[self.rows(area)].iter().any(|square| square.touches(area))
    }

    /// What it takes to look for letters near an area.
    fn search(&self, area: &Area) -> usize {
        1 + self.rows(area).len() / SQUARES_A_STEP
    }

    /// Pays for the search and for all points that are near.
    fn spend(&self, area: &Area, work: &mut Work) -> bool {
        let near = self.squares[self.rows(area)].iter().filter(|square| square.may_touch(area)).count();
        work.spend(self.search(area) + near * STEPS_A_LETTER)
    }

    /// Words are painted: do they stand out?
    pub(super) fn write(&mut self, order: usize, ink: Option<Ink>, alpha: f64) {
        let start = self.written.partition_point(|(known, _)| *known < order);
        for (_, at) in self.written[start..].iter().take_while(|(known, _)| *known == order) {
            self.seen[*at].write(ink, alpha);
        }
    }

    /// A picture is painted, whose ink at a place is told by `ink`; false when that is more work than it is worth.
    pub(super) fn picture(
        &mut self,
        order: usize,
        area: &Area,
        alpha: f64,
        work: &mut Work,
        ink: impl Fn(f64, f64) -> Ink,
    ) -> bool {
        if !self.spend(area, work) {
            return false;
        }
        self.cover(area, order, alpha, |x, y| Some(ink(x, y)));
        true
    }

    /// A shape is painted; false when that is more work than it is worth.
    pub(super) fn shape(&mut self, order: usize, shape: &Shape, mark: &Mark, work: &mut Work) -> bool {
        let wide = shape.stroke.map_or(0.0, |(_, width)| width);
        if !work.spend(self.search(&mark.clip)) {
            return false;
        }
        if self.is_harmless(order, shape, mark) || !self.touches(&mark.clip.wider(MOST_REACH)) {
            return true;
        }
        let Some(polygons) = shape.polygons(work) else {
            // It may be anywhere in its boundary.
            let ink = shape.fill.or(shape.stroke.map(|(ink, _)| ink)).unwrap_or(Ink::Other);
            self.cover(&mark.clip, order, mark.alpha, |_, _| Some(ink));
            return self.spend(&mark.clip, work);
        };
        let bounds = Area::around(polygons.iter().flatten()).wider(wide / 2.0 + 0.001).common(&mark.clip);
        if !self.spend(&bounds, work) {
            return false;
        }
        if let Some(ink) = shape.fill {
            let inside = Inside::new(&polygons, shape.even_odd);
            if !self.fill(order, &bounds, Coat::new(ink, mark.alpha), inside, work)
                || !self.run_through(order, (ink, 0.0), mark, &polygons, work)
            {
                return false;
            }
        }
        if let Some((ink, width)) = shape.stroke {
            let half = (width / 2.0).max(0.02);
            return self.run_through(order, (ink, half), mark, &polygons, work)
                && self.stroke(order, (ink, half), mark, &polygons, work);
        }
        true
    }

    /// An area is painted.
    fn fill(&mut self, order: usize, bounds: &Area, coat: Coat, mut inside: Inside<'_>, work: &mut Work) -> bool {
        if coat.is_nothing() || bounds.is_empty() {
            return true;
        }
        for at in self.rows(bounds) {
            let square = &self.squares[at];
            if !square.may_touch(bounds) {
                continue;
            }
            for (row, y) in square.down.iter().enumerate().filter(|(_, y)| (bounds.top..=bounds.bottom).contains(*y)) {
                if !inside.knows(*y) && !work.spend(inside.edges) {
                    return false;
                }
                let line = inside.row(*y);
                if !line.reaches(square.across[0], square.across[SIDE - 1]) {
                    continue;
                }
                for (column, x) in square.across.iter().enumerate() {
                    if (bounds.left..=bounds.right).contains(x) && line.has(*x) {
                        self.seen[at].paint(row * SIDE + column, coat, square.order < order);
                    }
                }
            }
        }
        true
    }

    /// Lines are painted.
    fn stroke(
        &mut self,
        order: usize,
        (ink, half): (Ink, f64),
        mark: &Mark,
        polygons: &[Polygon],
        work: &mut Work,
    ) -> bool {
        for polygon in polygons {
            let around = Area::around(polygon).wider(half).common(&mark.clip);
            if !work.spend(self.search(&around)) {
                return false;
            }
            if !self.touches(&around) {
                continue;
            }
            for line in polygon.windows(2) {
                let near = Area::around(line).wider(half).common(&mark.clip);
                if near.is_empty() {
                    continue;
                }
                if !self.spend(&near, work) {
                    return false;
                }
                let ends = [line[0], line[1]];
                self.cover(&near, order, mark.alpha, |x, y| (distance((x, y), ends) <= half).then_some(ink));
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
        work: &mut Work,
    ) -> bool {
        let solid = match ink {
            Ink::Rgb(rgb, own) => own * mark.alpha > 1.0 - LEAST_LEFT && !is_red(rgb),
            Ink::Other => mark.alpha > 1.0 - LEAST_LEFT,
        };
        if !solid || self.written.first().is_none_or(|(first, _)| *first > order) {
            return true;
        }
        for polygon in polygons {
            let around = Area::around(polygon).wider(half).common(&mark.clip).wider(MOST_REACH);
            if !work.spend(self.search(&around)) {
                return false;
            }
            if !self.touches(&around) {
                continue;
            }
            for line in polygon.windows(2) {
                let shown = Area::around(line).wider(half).common(&mark.clip);
                if shown.left > shown.right || shown.top > shown.bottom {
                    continue;
                }
                let near = shown.wider(MOST_REACH);
                if !self.spend(&near, work) {
                    return false;
                }
                for at in self.rows(&near) {
                    let square = &self.squares[at];
                    if square.order >= order || !square.may_touch(&near) {
                        continue;
                    }
                    let seen = &mut self.seen[at];
                    for nth in 0..POINTS {
                        let (x, y) = (square.across[nth % SIDE], square.down[nth / SIDE]);
                        if seen.shows(nth)
                            && near.has(x, y)
                            && distance((x, y), [line[0], line[1]]) <= half + square.reach
                        {
                            seen.cross(nth);
                        }
                    }
                }
            }
        }
        true
    }

    /// Whether a shape lies below all words and every ink of it is far from every colour of letters: paper, guilloche.
    fn is_harmless(&self, order: usize, shape: &Shape, mark: &Mark) -> bool {
        let below = self.written.first().is_none_or(|(first, _)| *first > order);
        let light = |ink: &Ink| match ink {
            // On light ground letters are seen by being dark: dark ones are looked at in earnest.
            Ink::Rgb(rgb, alpha) => 255.0 - (255.0 - brightness(*rgb)) * alpha * mark.alpha >= LIGHT,
            Ink::Other => false,
        };
        let thin = shape.fill.is_none() && shape.stroke.is_none_or(|(_, width)| width < THIN);
        below && thin && shape.fill.iter().chain(shape.stroke.iter().map(|(ink, _)| ink)).all(light)
    }

    /// Paints points of an area: what is written already is covered, what is not yet gets another ground.
    fn cover(&mut self, area: &Area, order: usize, alpha: f64, mut ink: impl FnMut(f64, f64) -> Option<Ink>) {
        if alpha <= 0.0 || area.is_empty() {
            return;
        }
        for at in self.rows(area) {
            let square = &self.squares[at];
            if !square.may_touch(area) {
                continue;
            }
            let seen = &mut self.seen[at];
            for nth in 0..POINTS {
                let (x, y) = (square.across[nth % SIDE], square.down[nth / SIDE]);
                if !area.has(x, y) {
                    continue;
                }
                let Some(ink) = ink(x, y) else { continue };
                seen.paint(nth, Coat::new(ink, alpha), square.order < order);
            }
        }
    }
}
