//! Inside and near: which points polygons and lines touch.

use super::letters::SIDE;
use super::{Area, Polygon};

/// What is inside of polygons. Points come in rows: the crossings of the last rows are kept.
pub(super) struct Inside<'a> {
    /// With their highest and lowest points.
    polygons: Vec<(&'a Polygon, f64, f64)>,
    /// A measure of what it takes to read a row.
    pub(super) edges: usize,
    even_odd: bool,
    /// Crossings of a row from left to right, with the winding behind each.
    rows: [(f64, Vec<(f64, i32)>); ROWS],
    oldest: usize,
}

/// Two sizes of letters side by side.
const ROWS: usize = 2 * SIDE;

impl<'a> Inside<'a> {
    pub(super) fn new(polygons: &'a [Polygon], even_odd: bool) -> Inside<'a> {
        let bounded = polygons.iter().map(|polygon| {
            let area = Area::around(polygon);
            (polygon, area.top, area.bottom)
        });
        Inside {
            polygons: bounded.collect(),
            edges: polygons.iter().map(Vec::len).sum(),
            even_odd,
            rows: std::array::from_fn(|_| (f64::NAN, Vec::new())),
            oldest: 0,
        }
    }

    /// Whether this row needs no reading.
    pub(super) fn knows(&self, y: f64) -> bool {
        self.rows.iter().any(|(known, _)| *known == y)
    }

    /// What of a row is inside.
    pub(super) fn row(&mut self, y: f64) -> Row<'_> {
        let at = match self.rows.iter().position(|(known, _)| *known == y) {
            Some(at) => at,
            None => self.read(y),
        };
        Row { crossings: &self.rows[at].1, even_odd: self.even_odd }
    }

    fn read(&mut self, y: f64) -> usize {
        let at = self.oldest;
        self.oldest = (at + 1) % ROWS;
        let (known, crossings) = &mut self.rows[at];
        *known = y;
        crossings.clear();
        for (polygon, top, bottom) in &self.polygons {
            if *top <= y && y <= *bottom {
                super::code::cross(polygon, y, crossings);
            }
        }
        crossings.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut winding = 0;
        for (_, turn) in crossings {
            winding += *turn;
            *turn = winding;
        }
        at
    }
}

/// Where a row lies inside.
pub(super) struct Row<'a> {
    crossings: &'a [(f64, i32)],
    even_odd: bool,
}

impl Row<'_> {
    /// Whether anything between these two places may be inside: polygons are closed, beyond their edges is outside.
    pub(super) fn reaches(&self, left: f64, right: f64) -> bool {
        self.crossings.first().is_some_and(|(first, _)| *first <= right)
            && self.crossings.last().is_some_and(|(last, _)| left < *last)
    }

    pub(super) fn has(&self, x: f64) -> bool {
        let left = self.crossings.partition_point(|(at, _)| *at <= x);
        let winding = left.checked_sub(1).map_or(0, |last| self.crossings[last].1);
        if self.even_odd { winding % 2 != 0 } else { winding != 0 }
    }
}

/// From a point to a line between two others.
pub(super) fn distance((x, y): (f64, f64), [a, b]: [(f64, f64); 2]) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { (((x - a.0) * dx + (y - a.1) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (x - a.0 - along * dx).hypot(y - a.1 - along * dy)
}
