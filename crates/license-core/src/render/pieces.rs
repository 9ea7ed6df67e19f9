//! Long lines cut into short ones: seen from its own corner, each piece has short numbers, and pieces of a repeating
//! pattern are equal. Caps are round, so the line shows no cut.

use crate::length::Point;
use crate::page::Segment;

/// The pieces of a path that is only stroked, each a path of its own.
pub(super) fn pieces(path: &[Segment]) -> Vec<Vec<Segment>> {
    if path.len() <= LONGEST + 1 {
        return vec![path.to_vec()];
    }
    let mut pieces = Vec::with_capacity(path.len() / LONGEST + 1);
    let mut piece: Vec<Segment> = Vec::with_capacity(LONGEST + 1);
    let (mut start, mut at) = (Point::default(), Point::default());
    for &segment in path {
        let to = match segment {
            Segment::Move(to) => {
                start = to;
                at = to;
                keep(&mut pieces, &mut piece);
                continue;
            }
            Segment::Line(to) | Segment::Cubic(_, _, to) => to,
            Segment::Close => start,
        };
        if piece.is_empty() {
            piece.push(Segment::Move(at));
        }
        piece.push(if segment == Segment::Close { Segment::Line(start) } else { segment });
        at = to;
        if piece.len() > LONGEST {
            keep(&mut pieces, &mut piece);
        }
    }
    keep(&mut pieces, &mut piece);
    pieces
}

fn keep(pieces: &mut Vec<Vec<Segment>>, piece: &mut Vec<Segment>) {
    if !piece.is_empty() {
        pieces.push(std::mem::take(piece));
    }
}

/// Segments in a piece; fewer would cost more in beginnings than they win.
const LONGEST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::length::Length;

    fn point(x: i32) -> Point {
        Point::new(Length::from_um(x), Length::from_um(0))
    }

    #[test]
    fn pieces_join_where_they_were_cut_and_rings_close() {
        let mut path = vec![Segment::Move(point(0))];
        path.extend((1..=20).map(|x| Segment::Line(point(x))));
        path.push(Segment::Close);
        path.push(Segment::Move(point(100)));
        path.push(Segment::Line(point(101)));
        let pieces = pieces(&path);
        let ends: Vec<(Segment, Option<Segment>)> =
            pieces.iter().map(|piece| (piece[0], piece.last().copied())).collect();
        let from_to = |from, to| (Segment::Move(point(from)), Some(Segment::Line(point(to))));
        assert_eq!(ends, [from_to(0, 8), from_to(8, 16), from_to(16, 0), from_to(100, 101)]);
        assert_eq!(pieces.iter().map(|piece| piece.len() - 1).sum::<usize>(), 22);
    }

    #[test]
    fn short_paths_stay_whole() {
        let path = [Segment::Move(point(0)), Segment::Line(point(1)), Segment::Close];
        assert_eq!(pieces(&path), [path.to_vec()]);
        assert_eq!(pieces(&[]), [vec![]]);
    }
}
