//! What is painted, object by object: where it shows at most, in which colour, along which lines.
//!
//! For whoever asks whether words can be seen. Nothing is drawn here, and what is not understood (patterns, shadings,
//! blending) is said to be so. All lengths are points of the page's coordinate system, y upwards.

use std::sync::Arc;

/// Something painted; what stands later in [`PageText::marks`](super::PageText::marks) lies above.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Mark {
    /// Words, lines and areas, or a picture.
    pub kind: MarkKind,
    /// What of it shows at most: left, bottom, right, top of the clip.
    pub clip: [f64; 4],
    /// Opacity: 1 hides what is below.
    pub alpha: f64,
    /// Something is in force that is not followed: a clip that is no box, a mask, blending, a layer.
    pub unclear: bool,
    /// Part of the appearance of an annotation.
    pub annotation: bool,
}

/// What is painted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum MarkKind {
    /// What one text operator shows.
    Text(TextMark),
    /// A path.
    Path(PathMark),
    /// A picture.
    Picture(PictureMark),
}

/// How words are painted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TextMark {
    /// The characters.
    pub letters: Vec<LetterMark>,
    /// The font, as an index into [`Painted::fonts`](super::Painted::fonts).
    pub font: Option<usize>,
    /// Where a step of an em to the right goes, and one upwards.
    pub right: (f64, f64),
    /// Upwards.
    pub up: (f64, f64),
    /// What the inside of the glyphs is painted with; nothing in a rendering mode that leaves it open.
    pub fill: Option<Paint>,
    /// Every code stands for one character.
    pub regular: bool,
    /// `/ActualText` around it, where there is one, says the same.
    pub honest: bool,
}

impl Mark {
    /// What one takes up, twice: whoever compares makes something of his own of it.
    pub(super) const KEPT: usize = 2 * size_of::<Mark>();
}

impl LetterMark {
    /// The same.
    pub(super) const KEPT: usize = 2 * size_of::<LetterMark>();
}

/// A character.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LetterMark {
    /// What `/ToUnicode` calls it; U+FFFD when the font does not tell.
    pub char: char,
    /// Its origin.
    pub x: f64,
    /// On the base line.
    pub y: f64,
    /// Glyph number in the embedded TrueType file, when there is one.
    pub glyph: Option<u16>,
}

/// A path as it is painted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PathMark {
    /// What its inside is painted with.
    pub fill: Option<Paint>,
    /// What its line is painted with, and how wide.
    pub stroke: Option<(Paint, f64)>,
    /// The even-odd rule.
    pub even_odd: bool,
    /// Shared by all files that draw the same background.
    pub(super) pieces: Arc<[Piece]>,
}

/// A piece of a path, in page coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Piece {
    Move((f64, f64)),
    Line((f64, f64)),
    Curve([(f64, f64); 3]),
    Close,
    /// A whole subpath, closed.
    Box([(f64, f64); 4]),
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PictureMark {
    /// The box around it: left, bottom, right, top.
    pub place: [f64; 4],
    /// Neither turned nor mirrored.
    pub upright: bool,
    /// Its pixels, when they are written plainly (eight bits, gray or RGB).
    pub pixels: Option<Arc<Pixels>>,
}

/// Pixels of a picture, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    width: usize,
    height: usize,
    /// One byte a pixel, or three.
    channels: usize,
    /// One pixel where all are of one colour, as those of a seal are.
    samples: Vec<u8>,
    /// Opacity, one byte a pixel; nothing when all are opaque.
    alpha: Option<Vec<u8>>,
}

impl Pixels {
    /// Of plain samples; nothing when there are not as many as the size asks for.
    pub(super) fn new(
        (width, height, channels): (usize, usize, usize),
        mut samples: Vec<u8>,
        alpha: Option<Vec<u8>>,
    ) -> Option<Pixels> {
        let pixels = width.checked_mul(height)?;
        let whole = samples.len() == pixels.checked_mul(channels)? && channels > 0;
        if !whole || alpha.as_ref().is_some_and(|alpha| alpha.len() != pixels) {
            return None;
        }
        // Each pixel is as the one before it.
        if samples.len() > channels && samples[channels..] == samples[..samples.len() - channels] {
            samples.truncate(channels);
            samples.shrink_to_fit();
        }
        Some(Pixels { width, height, channels, samples, alpha })
    }

    /// Pixels across and down.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Red, green, blue and opacity of the pixel at this share of width and height.
    pub fn at(&self, x: f64, y: f64) -> Option<([u8; 3], u8)> {
        let place = |share: f64, count: usize| ((share * count as f64) as usize).min(count.saturating_sub(1));
        let nth = place(y, self.height) * self.width + place(x, self.width);
        let alpha = self.alpha.as_ref().map_or(Some(255), |alpha| alpha.get(nth).copied())?;
        let colour = if self.samples.len() == self.channels { 0 } else { nth };
        match self.samples.get(colour * self.channels..(colour + 1) * self.channels)? {
            [r, g, b] => Some(([*r, *g, *b], alpha)),
            [grey, ..] => Some(([*grey; 3], alpha)),
            [] => None,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.samples.len() + self.alpha.as_ref().map_or(0, Vec::len)
    }
}

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Red, green, blue.
    Rgb([u8; 3]),
    /// A pattern, or a colour space that is not followed.
    Other,
}

impl PathMark {
    /// Number of subpaths.
    pub fn subpaths(&self) -> usize {
        self.pieces.iter().filter(|piece| matches!(piece, Piece::Move(_) | Piece::Box(_))).count()
    }

    /// How many points its polygons have.
    pub fn points(&self) -> usize {
        let of = |piece: &Piece| match piece {
            Piece::Move(_) | Piece::Line(_) | Piece::Close => 1,
            Piece::Curve(_) => CURVE_PIECES,
            Piece::Box(_) => 5,
        };
        self.pieces.iter().map(of).sum()
    }

    /// Its subpaths as polygons; curves in a few straight pieces.
    pub fn polygons(&self) -> Vec<Vec<(f64, f64)>> {
        self.flattened(|_| Some(CURVE_PIECES)).unwrap_or_default()
    }

    /// The same, with pieces of curves no longer than about `step` points: for whoever follows the line closely. Nothing
    /// when that takes more than `limit` points.
    pub fn fine_polygons(&self, step: f64, limit: usize) -> Option<Vec<Vec<(f64, f64)>>> {
        let mut left = limit;
        self.flattened(|curve: Curve| {
            let length: f64 = curve.windows(2).map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1)).sum();
            let pieces = ((length / step).ceil() as usize).clamp(1, MOST_PIECES);
            left = left.checked_sub(pieces)?;
            Some(pieces)
        })
    }

    /// The first point of [`polygons`](Self::polygons), where there is one.
    pub fn start(&self) -> Option<(f64, f64)> {
        self.pieces.iter().find_map(|piece| match piece {
            Piece::Move(at) | Piece::Box([at, ..]) => Some(*at),
            _ => None,
        })
    }

    /// Tells everything that decides where it runs, so that equal bytes run alike.
    pub fn tell_course(&self, to: &mut dyn FnMut(&[u8])) {
        to(&(self.pieces.len() as u64).to_be_bytes());
        let mut tell = |kind: u8, points: &[(f64, f64)]| {
            let mut bytes = [0; 1 + 4 * 16];
            bytes[0] = kind;
            let numbers = points.iter().flat_map(|(x, y)| [x, y]);
            for (place, number) in bytes[1..].chunks_exact_mut(8).zip(numbers) {
                place.copy_from_slice(&number.to_be_bytes());
            }
            to(&bytes[..1 + points.len() * 16]);
        };
        for piece in self.pieces.iter() {
            match piece {
                Piece::Move(at) => tell(0, &[*at]),
                Piece::Line(at) => tell(1, &[*at]),
                Piece::Curve(points) => tell(2, points),
                Piece::Close => tell(3, &[]),
                Piece::Box(corners) => tell(4, corners),
            }
        }
    }

    /// `pieces` says in how many pieces a curve is cut, or that there are too many.
    fn flattened(&self, mut pieces: impl FnMut(Curve) -> Option<usize>) -> Option<Vec<Vec<(f64, f64)>>> {
        let mut out: Vec<Vec<(f64, f64)>> = Vec::with_capacity(self.subpaths());
        for piece in self.pieces.iter() {
            match *piece {
                Piece::Move(to) => out.push(vec![to]),
                Piece::Line(to) => {
                    if let Some(line) = out.last_mut() {
                        line.push(to);
                    }
                }
                Piece::Curve(curve) => {
                    if let Some(line) = out.last_mut()
                        && let Some(&from) = line.last()
                    {
                        let count = pieces([from, curve[0], curve[1], curve[2]])?;
                        line.extend((1..=count).map(|step| on_curve(from, curve, step, count)));
                    }
                }
                Piece::Box([a, b, c, d]) => out.push(vec![a, b, c, d, a]),
                Piece::Close => {
                    if let Some(line) = out.last_mut()
                        && let Some(&start) = line.first()
                    {
                        line.push(start);
                    }
                }
            }
        }
        Some(out)
    }
}

/// The box around the control points of a path.
pub(super) fn bounds(pieces: &[Piece]) -> [f64; 4] {
    let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let add = |b: [f64; 4], (x, y): (f64, f64)| [b[0].min(x), b[1].min(y), b[2].max(x), b[3].max(y)];
    pieces.iter().fold(none, |bounds, piece| match *piece {
        Piece::Move(to) | Piece::Line(to) => add(bounds, to),
        Piece::Curve(points) => points.into_iter().fold(bounds, add),
        Piece::Box(corners) => corners.into_iter().fold(bounds, add),
        Piece::Close => bounds,
    })
}

/// Whether pieces draw one upright box.
pub(super) fn is_box(pieces: &[Piece]) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < 0.01;
    let upright = |from: (f64, f64), to: (f64, f64)| near(from.0, to.0) || near(from.1, to.1);
    if let [Piece::Box([a, b, c, d])] = pieces {
        return upright(*a, *b) && upright(*b, *c) && upright(*c, *d);
    }
    let points: Vec<(f64, f64)> = pieces
        .iter()
        .filter_map(|piece| match *piece {
            Piece::Move(to) | Piece::Line(to) => Some(to),
            _ => None,
        })
        .collect();
    let sides = points.windows(2).all(|pair| upright(pair[0], pair[1]));
    let moves = pieces.iter().filter(|piece| matches!(piece, Piece::Move(_))).count();
    let curves = pieces.iter().any(|piece| matches!(piece, Piece::Curve(_) | Piece::Box(_)));
    moves == 1 && !curves && (4..=5).contains(&points.len()) && sides
}

/// Both boxes in common.
pub(super) fn common(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])]
}

fn on_curve(p0: (f64, f64), [p1, p2, p3]: [(f64, f64); 3], step: usize, count: usize) -> (f64, f64) {
    let t = step as f64 / count as f64;
    let s = 1.0 - t;
    let of = |a: f64, b: f64, c: f64, d: f64| a * s * s * s + 3.0 * b * s * s * t + 3.0 * c * s * t * t + d * t * t * t;
    (of(p0.0, p1.0, p2.0, p3.0), of(p0.1, p1.1, p2.1, p3.1))
}

/// Start, two control points, end.
type Curve = [(f64, f64); 4];

/// Straight pieces of a curve: few, and at most.
const CURVE_PIECES: usize = 6;
const MOST_PIECES: usize = 2048;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_box_is_the_same_in_one_piece_and_in_five() {
        let [a, b, c, d] = [(1.0, 2.0), (4.0, 2.0), (4.0, 6.0), (1.0, 6.0)];
        let path = |pieces: &[Piece]| PathMark { fill: None, stroke: None, even_odd: false, pieces: pieces.into() };
        let five = [Piece::Move(a), Piece::Line(b), Piece::Line(c), Piece::Line(d), Piece::Close];
        let (one, five) = (path(&[Piece::Box([a, b, c, d])]), path(&five));
        assert_eq!((one.polygons(), bounds(&one.pieces), one.subpaths()), (five.polygons(), bounds(&five.pieces), 1));
        assert_eq!((one.points(), five.points()), (5, 5));
        assert!(is_box(&one.pieces) && is_box(&five.pieces));
        assert!(!is_box(&path(&[Piece::Box([a, b, c, d]), Piece::Box([a, b, c, d])]).pieces));
        assert!(!is_box(&path(&[Piece::Box([a, c, b, d])]).pieces));
        // What follows goes on from there.
        let on = [Piece::Line((9.0, 9.0)), Piece::Move(a)];
        let longer = |path: &PathMark| [&path.pieces, &on[..]].concat();
        assert_eq!(path(&longer(&one)).polygons(), path(&longer(&five)).polygons());
    }

    #[test]
    fn pixels_of_one_colour_are_kept_as_one() {
        let red = Pixels::new((3, 2, 3), [200, 10, 20].repeat(6), Some(vec![0, 1, 2, 3, 4, 5])).unwrap();
        assert_eq!((red.bytes(), red.size()), (3 + 6, (3, 2)));
        assert_eq!(red.at(0.99, 0.99), Some(([200, 10, 20], 5)));
        let mut samples = [200, 10, 20].repeat(6);
        samples[17] = 21;
        let other = Pixels::new((3, 2, 3), samples, None).unwrap();
        assert_eq!(
            (other.at(0.0, 0.0), other.at(0.99, 0.99)),
            (Some(([200, 10, 20], 255)), Some(([200, 10, 21], 255)))
        );
        let grey = Pixels::new((3, 1, 1), vec![1, 2, 3], None).unwrap();
        assert_eq!((grey.at(0.0, 0.0), grey.at(0.5, 0.0)), (Some(([1; 3], 255)), Some(([2; 3], 255))));
        let one = Pixels::new((1, 1, 1), vec![9], None).unwrap();
        assert_eq!(one.at(0.5, 0.5), Some(([9; 3], 255)));
        assert!(Pixels::new((3, 1, 1), vec![1, 2], None).is_none());
        assert!(Pixels::new((2, 1, 1), vec![1, 2], Some(vec![1])).is_none());
    }
}
