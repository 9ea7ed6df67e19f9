//! A page in cells, on which lines leave their trace: two drawings are the same when neither leaves the other's.

use super::{Polygon, Work};
use crate::length::Size;
use crate::page::Segment;

/// Side of a cell in millimetres. A line is followed in steps no longer than this.
const CELL: f64 = 0.25;
/// So far (millimetres) beyond the edge is still on the page.
const EDGE: f64 = 0.05;
/// A page of more cells is looked at in part; A3 has two millions.
const MOST_CELLS: usize = 8_000_000;

/// Which cells a line runs through or close by: a trace is three cells wide.
pub(super) struct Canvas {
    /// Cells across and down, one more on each side for traces along the edges.
    width: usize,
    height: usize,
    rows: Vec<u64>,
    /// Words of a row.
    pitch: usize,
    /// The farthest that is still on the page.
    right: f64,
    bottom: f64,
}

/// A cell of every canvas of one size.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    column: usize,
    row: usize,
}

impl Canvas {
    pub(super) fn new(size: Size) -> Canvas {
        let cells = |mm: f64| (mm / CELL).ceil().clamp(1.0, 20_000.0) as usize;
        let width = cells(size.width.mm());
        let height = cells(size.height.mm()).min(MOST_CELLS / width + 1);
        let pitch = (width + 2).div_ceil(64);
        let (right, bottom) = (width as f64 * CELL + EDGE, height as f64 * CELL + EDGE);
        Canvas { width, height, rows: vec![0; pitch * (height + 2)], pitch, right, bottom }
    }

    pub(super) fn clear(&mut self) {
        self.rows.fill(0);
    }

    /// The cell of a place on the page.
    pub(super) fn cell(&self, x: f64, y: f64) -> Option<Cell> {
        // A line along the edge is on the page, whatever rounding does.
        let on = |at: f64, end: f64, cells: usize| {
            (at >= -EDGE && at <= end).then(|| ((at.max(0.0) / CELL) as usize).min(cells - 1) + 1)
        };
        Some(Cell { column: on(x, self.right, self.width)?, row: on(y, self.bottom, self.height)? })
    }

    /// A trace: the cell and its neighbours.
    pub(super) fn set(&mut self, cell: Cell) {
        let first = cell.column - 1;
        let bits = 0b111u128 << (first % 64);
        for row in cell.row - 1..=cell.row + 1 {
            let at = row * self.pitch + first / 64;
            for (word, bits) in self.rows.iter_mut().skip(at).zip([bits as u64, (bits >> 64) as u64]) {
                *word |= bits;
            }
        }
    }

    pub(super) fn is_set(&self, cell: Cell) -> bool {
        let word = self.rows.get(cell.row * self.pitch + cell.column / 64);
        word.is_some_and(|word| word >> (cell.column % 64) & 1 != 0)
    }
}

/// What following lines comes to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Course {
    /// Millimetres of line.
    pub(super) length: f64,
    /// Square millimetres inside; areas that run the other way round count against it.
    pub(super) area: f64,
}

impl Course {
    /// Touches points along the lines, none farther from the next than a cell is wide; nothing when that is too much work.
    pub(super) fn follow(
        &mut self,
        polygons: &[Polygon],
        work: &mut Work,
        mut touch: impl FnMut(f64, f64),
    ) -> Option<()> {
        for polygon in polygons {
            let closing = polygon.last().zip(polygon.first()).map_or(0.0, |(last, first)| cross(*last, *first));
            self.area += closing / 2.0;
            if let Some(&(x, y)) = polygon.first() {
                touch(x, y);
            }
            for pair in polygon.windows(2) {
                let (from, to) = (pair[0], pair[1]);
                let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                let length = distance(from, to);
                let cells = length / CELL;
                // Not a number is more than anybody can follow.
                if cells.is_nan() || cells >= MOST_STEPS || !work.spend(1 + cells as usize / STEPS_A_PAYMENT) {
                    return None;
                }
                self.length += length;
                self.area += cross(from, to) / 2.0;
                let steps = rounded_up(cells);
                let (across, down) = (dx / steps as f64, dy / steps as f64);
                for step in 1..=steps {
                    touch(from.0 + across * step as f64, from.1 + down * step as f64);
                }
            }
        }
        Some(())
    }
}

/// Not `hypot`, which minds what no page has (lengths beyond 1e150) and takes five times as long.
fn distance(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    (dx * dx + dy * dy).sqrt()
}

/// As `ceil`, which is a call where the processor's instruction may not be used.
pub(super) fn rounded_up(value: f64) -> usize {
    let below = value as usize;
    below + usize::from((below as f64) < value)
}

fn cross(a: (f64, f64), b: (f64, f64)) -> f64 {
    a.0 * b.1 - b.0 * a.1
}

/// The subpaths of a laid out path in millimetres, curves in pieces of about half a millimetre.
pub(super) fn polygons(path: &[Segment]) -> Vec<Polygon> {
    let mm = |point: crate::length::Point| (point.x.mm(), point.y.mm());
    let mut out: Vec<Polygon> = Vec::new();
    for segment in path {
        if let Segment::Move(to) = segment {
            out.push(vec![mm(*to)]);
            continue;
        }
        let Some(line) = out.last_mut() else { continue };
        let (Some(&first), Some(&from)) = (line.first(), line.last()) else { continue };
        match segment {
            Segment::Line(to) => line.push(mm(*to)),
            Segment::Cubic(a, b, to) => {
                let (a, b, to) = (mm(*a), mm(*b), mm(*to));
                let length = distance(from, a) + distance(a, b) + distance(b, to);
                let count = rounded_up(length / CURVE_STEP).clamp(1, 2048);
                line.extend((1..=count).map(|step| {
                    let t = step as f64 / count as f64;
                    let s = 1.0 - t;
                    let (w, u, v, z) = (s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t);
                    (w * from.0 + u * a.0 + v * b.0 + z * to.0, w * from.1 + u * a.1 + v * b.1 + z * to.1)
                }));
            }
            _ => line.push(first),
        }
    }
    out
}

/// Pieces of curves in millimetres.
pub(super) const CURVE_STEP: f64 = 0.5;
/// A line across the largest page.
const MOST_STEPS: f64 = 100_000.0;
/// Touching a cell is quick.
const STEPS_A_PAYMENT: usize = 16;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::length::{Length, Point};

    #[test]
    fn a_trace_is_close_to_its_line_and_nowhere_else() {
        let size = Size { width: Length::from_mm(20.0), height: Length::from_mm(10.0) };
        let mut canvas = Canvas::new(size);
        let line = vec![vec![(1.0, 1.0), (19.0, 9.0)]];
        let mut course = Course::default();
        course.follow(&line, &mut Work::default(), |x, y| canvas.set(canvas.cell(x, y).unwrap())).unwrap();
        let is_set = |x, y| canvas.cell(x, y).is_some_and(|cell| canvas.is_set(cell));
        let is_on = |x, y| canvas.cell(x, y).is_some();
        assert!((course.length - 19.698).abs() < 0.01 && course.area.abs() < 1e-9);
        for share in 0..=100 {
            let (x, y) = (1.0 + 0.18 * f64::from(share), 1.0 + 0.08 * f64::from(share));
            assert!(is_set(x, y) && !is_set(x, y - 1.0) && !is_set(x, y + 1.0), "{x} {y}");
        }
        assert!(is_on(20.0, 10.0) && is_on(-0.01, 0.0));
        assert!(!is_on(-0.1, 1.0) && !is_on(20.1, 1.0) && !is_on(f64::NAN, 1.0));
        canvas.clear();
        assert!(!canvas.cell(1.0, 1.0).is_some_and(|cell| canvas.is_set(cell)));
        for endless in [f64::NAN, f64::INFINITY, 1e300] {
            assert!(
                Course::default()
                    .follow(&[vec![(0.0, 0.0), (endless, 0.0)]], &mut Work::default(), |_, _| {})
                    .is_none()
            );
        }
    }

    #[test]
    fn areas_have_a_direction() {
        let at = |x: f64, y: f64| Point::new(Length::from_mm(x), Length::from_mm(y));
        let path = [
            Segment::Move(at(0.0, 0.0)),
            Segment::Line(at(4.0, 0.0)),
            Segment::Line(at(4.0, 3.0)),
            Segment::Line(at(0.0, 3.0)),
            Segment::Close,
        ];
        let mut course = Course::default();
        course.follow(&polygons(&path), &mut Work::default(), |_, _| {}).unwrap();
        assert!((course.area - 12.0).abs() < 1e-9 && (course.length - 14.0).abs() < 1e-9);
    }
}
