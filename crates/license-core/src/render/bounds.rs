//! Where a path lies. Artworks repeat shapes; written from their own corner, equal shapes are equal bytes, which
//! deflate writes once.

use crate::length::{Length, Point, Rect};
use crate::page::Segment;

/// A box round all points and control points, grown by `margin`, with corners on a grid of a tenth of a millimetre.
pub(super) fn bounds(path: &[Segment], margin: Length) -> Option<Rect> {
    let mut limits: Option<[i32; 4]> = None;
    let mut take = |point: Point| {
        let (x, y) = (point.x.um(), point.y.um());
        let [left, top, right, bottom] = limits.unwrap_or([x, y, x, y]);
        limits = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
    };
    for segment in path {
        match *segment {
            Segment::Move(to) | Segment::Line(to) => take(to),
            Segment::Cubic(first, second, to) => [first, second, to].into_iter().for_each(&mut take),
            Segment::Close => {}
        }
    }
    let [left, top, right, bottom] = limits?;
    let down = |um: i32| um.saturating_sub(margin.um()).div_euclid(GRID).saturating_mul(GRID);
    let up = |um: i32| um.saturating_add(margin.um()).div_euclid(GRID).saturating_add(1).saturating_mul(GRID);
    let (x, y) = (down(left), down(top));
    let um = Length::from_um;
    Some(Rect { x: um(x), y: um(y), width: um(up(right).saturating_sub(x)), height: um(up(bottom).saturating_sub(y)) })
}

/// The path as seen from another origin.
pub(super) fn moved(path: &[Segment], origin: Point) -> impl Iterator<Item = Segment> {
    let at = move |point: Point| Point::new(point.x - origin.x, point.y - origin.y);
    path.iter().map(move |segment| match *segment {
        Segment::Move(to) => Segment::Move(at(to)),
        Segment::Line(to) => Segment::Line(at(to)),
        Segment::Cubic(first, second, to) => Segment::Cubic(at(first), at(second), at(to)),
        Segment::Close => Segment::Close,
    })
}

const GRID: i32 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_holds_every_point_and_its_corner_is_on_the_grid() {
        let point = |x: i32, y: i32| Point::new(Length::from_um(x), Length::from_um(y));
        let path = [
            Segment::Move(point(-55, 1000)),
            Segment::Cubic(point(7, 2345), point(9000, 0), point(10, 10)),
            Segment::Close,
        ];
        let found = bounds(&path, Length::from_um(60));
        let um = Length::from_um;
        assert_eq!(found, Some(Rect { x: um(-200), y: um(-100), width: um(9300), height: um(2600) }));
        assert_eq!(bounds(&[], Length::ZERO), None);
        let origin = point(-200, -100);
        assert_eq!(moved(&path, origin).next(), Some(Segment::Move(point(145, 1100))));
    }
}
