//! Fewer curves for the same line: neighbouring cubics that one cubic can follow are joined.
//!
//! Artworks are drawn by programs, in even steps. Joining what runs on smoothly takes a third off every file and
//! moves no line by more than [`TOLERANCE`], half a dot at 300 dots an inch.

use crate::length::{Length, Point};
use crate::page::Segment;

/// A path with as few curves as the tolerance allows, all points on a grid.
pub(super) fn simplify(path: &[Segment]) -> Vec<Segment> {
    let mut out = Vec::with_capacity(path.len());
    let mut chain: Vec<Cubic> = Vec::new();
    let mut joined: Option<Cubic> = None;
    let mut at = Point::default();
    for &segment in path {
        let Segment::Cubic(first, second, to) = segment else {
            flush(&mut out, &mut chain, &mut joined);
            if let Segment::Move(to) | Segment::Line(to) = segment {
                at = to;
            }
            out.push(snapped(segment));
            continue;
        };
        let cubic = Cubic([at, first, second, to].map(V::from));
        at = to;
        let smooth = chain.last().is_some_and(|last| last.runs_on_into(&cubic)) && chain.len() < LONGEST;
        chain.push(cubic);
        let longer = smooth.then(|| join(&chain)).flatten();
        if longer.is_some() {
            joined = longer;
        } else if chain.len() > 1 {
            chain.pop();
            flush(&mut out, &mut chain, &mut joined);
            chain.push(cubic);
        }
    }
    flush(&mut out, &mut chain, &mut joined);
    out
}

fn flush(out: &mut Vec<Segment>, chain: &mut Vec<Cubic>, joined: &mut Option<Cubic>) {
    let single = chain.first().copied();
    let end = chain.last().map(|last| last.0[3].point());
    chain.clear();
    let (Some(cubic), Some(end)) = (joined.take().or(single), end) else { return };
    out.push(snapped(Segment::Cubic(cubic.0[1].point(), cubic.0[2].point(), end)));
}

/// On the grid, so that numbers stay short.
fn snapped(segment: Segment) -> Segment {
    let snap = |point: Point| V::from(point).snapped().point();
    match segment {
        Segment::Move(to) => Segment::Move(snap(to)),
        Segment::Line(to) => Segment::Line(snap(to)),
        Segment::Cubic(first, second, to) => Segment::Cubic(snap(first), snap(second), snap(to)),
        Segment::Close => Segment::Close,
    }
}

/// One cubic along the whole chain, or nothing when none comes close enough.
///
/// Both ends keep their directions. How the chain's parts share the parameter follows from the speeds at the joints,
/// as if a cubic had been split there; the two handles' lengths are then a linear least-squares fit.
fn join(chain: &[Cubic]) -> Option<Cubic> {
    let (first, last) = (chain.first()?, chain.last()?);
    let mut shares = Vec::with_capacity(chain.len());
    shares.push(1.0);
    for (at, pair) in chain.windows(2).enumerate() {
        let (before, after) = (pair[0].0, pair[1].0);
        shares.push(shares[at] * (after[1] - after[0]).length() / (before[3] - before[2]).length());
    }
    let whole: f64 = shares.iter().sum();
    let (start, end) = (first.0[0], last.0[3]);
    let (leaving, arriving) = (first.0[1] - start, last.0[2] - end);

    let (mut a11, mut a12, mut a22, mut r1, mut r2) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let mut samples = Vec::with_capacity(chain.len() * SAMPLES.len());
    let mut from = 0.0;
    for (cubic, share) in chain.iter().zip(&shares) {
        for t in SAMPLES {
            let u = (from + share * t) / whole;
            let [b0, b1, b2, b3] = weights(u);
            let target = cubic.at(t);
            let rest = target - start * (b0 + b1) - end * (b2 + b3);
            a11 += b1 * b1;
            a12 += b1 * b2;
            a22 += b2 * b2;
            r1 += b1 * rest.dot(leaving);
            r2 += b2 * rest.dot(arriving);
            samples.push((u, target));
        }
        from += share;
    }
    let (a11, a12, a22) = (a11 * leaving.dot(leaving), a12 * leaving.dot(arriving), a22 * arriving.dot(arriving));
    let determinant = a11 * a22 - a12 * a12;
    let (x, y) = ((r1 * a22 - r2 * a12) / determinant, (a11 * r2 - a12 * r1) / determinant);
    // NaN and infinity, from handles without length, fail here too.
    if !(x > 0.0 && y > 0.0 && x < FARTHEST && y < FARTHEST) {
        return None;
    }
    let fitted = Cubic([start, start + leaving * x, end + arriving * y, end]);
    let close = samples.iter().all(|&(u, target)| {
        let off = target - fitted.at(u);
        let along = fitted.direction(u);
        // Off the line counts; along the line the eye sees nothing.
        let aside = (off.x * along.y - off.y * along.x).abs() / along.length();
        aside <= TOLERANCE && off.length() <= TOLERANCE * 8.0
    });
    close.then_some(fitted)
}

#[derive(Clone, Copy)]
struct Cubic([V; 4]);

impl Cubic {
    fn at(&self, t: f64) -> V {
        let [b0, b1, b2, b3] = weights(t);
        self.0[0] * b0 + self.0[1] * b1 + self.0[2] * b2 + self.0[3] * b3
    }

    fn direction(&self, t: f64) -> V {
        let [p0, p1, p2, p3] = self.0;
        let s = 1.0 - t;
        (p1 - p0) * (s * s) + (p2 - p1) * (2.0 * s * t) + (p3 - p2) * (t * t)
    }

    /// Whether the next curve leaves in the direction in which this one arrives.
    fn runs_on_into(&self, next: &Cubic) -> bool {
        let (arriving, leaving) = (self.0[3] - self.0[2], next.0[1] - next.0[0]);
        let lengths = arriving.length() * leaving.length();
        lengths > 0.0 && arriving.dot(leaving) > SMOOTH * lengths
    }
}

fn weights(t: f64) -> [f64; 4] {
    let s = 1.0 - t;
    [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t]
}

/// A point or a difference in micrometres.
#[derive(Clone, Copy)]
struct V {
    x: f64,
    y: f64,
}

impl V {
    fn from(point: Point) -> V {
        V { x: point.x.um().into(), y: point.y.um().into() }
    }

    fn point(self) -> Point {
        Point::new(Length::from_um(self.x.round() as i32), Length::from_um(self.y.round() as i32))
    }

    fn snapped(self) -> V {
        V { x: (self.x / GRID).round() * GRID, y: (self.y / GRID).round() * GRID }
    }

    fn dot(self, other: V) -> f64 {
        self.x * other.x + self.y * other.y
    }

    fn length(self) -> f64 {
        self.dot(self).sqrt()
    }
}

impl std::ops::Add for V {
    type Output = V;
    fn add(self, other: V) -> V {
        V { x: self.x + other.x, y: self.y + other.y }
    }
}

impl std::ops::Sub for V {
    type Output = V;
    fn sub(self, other: V) -> V {
        V { x: self.x - other.x, y: self.y - other.y }
    }
}

impl std::ops::Mul<f64> for V {
    type Output = V;
    fn mul(self, by: f64) -> V {
        V { x: self.x * by, y: self.y * by }
    }
}

/// Micrometres that a line may move.
const TOLERANCE: f64 = 40.0;
/// Micrometres between points of the grid: no printer sees it, and every number loses a bit.
const GRID: f64 = 20.0;
/// Cosine of the sharpest bend that is no corner (5.7°).
const SMOOTH: f64 = 0.995;
/// Curves joined at most.
const LONGEST: usize = 12;
/// How many times a handle may grow.
const FARTHEST: f64 = 1e4;
/// Where each curve is compared.
const SAMPLES: [f64; 6] = [0.2, 0.4, 0.5, 0.6, 0.8, 1.0];

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f64, y: f64) -> Point {
        Point::new(Length::from_mm(x), Length::from_mm(y))
    }

    /// A sine wave of `parts` curves from x = 0 to x = 60 mm.
    fn wave(parts: usize) -> Vec<Segment> {
        let f = |x: f64| 5.0 + (x / 6.0).sin();
        let slope = |x: f64| (x / 6.0).cos() / 6.0;
        let step = 60.0 / parts as f64;
        let mut path = vec![Segment::Move(point(0.0, f(0.0)))];
        for part in 0..parts {
            let (from, to) = (part as f64 * step, (part + 1) as f64 * step);
            let third = step / 3.0;
            path.push(Segment::Cubic(
                point(from + third, f(from) + slope(from) * third),
                point(to - third, f(to) - slope(to) * third),
                point(to, f(to)),
            ));
        }
        path
    }

    fn ends(path: &[Segment]) -> Vec<Point> {
        path.iter()
            .filter_map(|segment| match *segment {
                Segment::Move(to) | Segment::Line(to) | Segment::Cubic(_, _, to) => Some(to),
                Segment::Close => None,
            })
            .collect()
    }

    #[test]
    fn a_wave_keeps_its_shape_with_fewer_curves() {
        let simple = simplify(&wave(40));
        assert!(simple.len() < 20, "{} segments", simple.len());
        let mut from = V::from(point(0.0, 5.0));
        for segment in &simple[1..] {
            let Segment::Cubic(first, second, to) = *segment else { panic!("only curves") };
            let cubic = Cubic([from, V::from(first), V::from(second), V::from(to)]);
            for step in 0..=20 {
                let at = cubic.at(f64::from(step) / 20.0);
                let off = (at.y / 1000.0 - 5.0 - (at.x / 6000.0).sin()).abs();
                assert!(off < 0.055, "{off} mm at {}", at.x);
            }
            from = cubic.0[3];
        }
    }

    #[test]
    fn corners_lines_and_ends_stay() {
        let mut path = wave(2);
        path.push(Segment::Line(point(70.0, 0.0)));
        // A corner: turns back.
        path.push(Segment::Cubic(point(69.0, 1.0), point(68.0, 2.0), point(67.0, 9.0)));
        path.push(Segment::Cubic(point(67.0, 8.0), point(66.0, 2.0), point(65.0, 1.0)));
        path.push(Segment::Close);
        path.extend(wave(1));
        let simple = simplify(&path);
        assert_eq!(simple.len(), path.len());
        for (got, wanted) in ends(&simple).into_iter().zip(ends(&path)) {
            let off = V::from(got) - V::from(wanted);
            assert!(off.length() <= GRID, "{got:?} for {wanted:?}");
        }
    }

    #[test]
    fn curves_without_length_do_no_harm() {
        let p = point(3.0, 3.0);
        let still = Segment::Cubic(p, p, p);
        let path = [Segment::Move(p), still, still, still, Segment::Close];
        assert_eq!(simplify(&path), path);
        assert_eq!(simplify(&[]), []);
    }
}
