//! One unit for everything on a page: whole micrometres.
//!
//! OFD counts millimetres, PDF counts points; an integer below both lets every renderer agree to the last digit.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// A length in micrometres.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(i32);

impl Length {
    /// No length at all.
    pub const ZERO: Length = Length(0);

    /// From whole micrometres.
    pub const fn from_um(um: i32) -> Length {
        Length(um)
    }

    /// From millimetres, rounded to the nearest micrometre; out of range values saturate.
    pub fn from_mm(mm: f64) -> Length {
        Length((mm * 1000.0).round() as i32)
    }

    /// From typographic points of 1/72 inch (25.4 mm), as font sizes are given.
    pub fn from_pt(pt: f64) -> Length {
        Length((pt * 25_400.0 / 72.0).round() as i32)
    }

    /// In micrometres.
    pub const fn um(self) -> i32 {
        self.0
    }

    /// In millimetres.
    pub fn mm(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// In points.
    pub fn pt(self) -> f64 {
        f64::from(self.0) * 72.0 / 25_400.0
    }

    /// This length times a ratio, rounded.
    pub fn scale(self, ratio: f64) -> Length {
        Length((f64::from(self.0) * ratio).round() as i32)
    }
}

impl fmt::Debug for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}mm", self.mm())
    }
}

impl Add for Length {
    type Output = Length;
    fn add(self, other: Length) -> Length {
        Length(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Length {
    fn add_assign(&mut self, other: Length) {
        *self = *self + other;
    }
}

impl Sub for Length {
    type Output = Length;
    fn sub(self, other: Length) -> Length {
        Length(self.0.saturating_sub(other.0))
    }
}

impl Neg for Length {
    type Output = Length;
    fn neg(self) -> Length {
        Length(self.0.saturating_neg())
    }
}

impl Mul<i32> for Length {
    type Output = Length;
    fn mul(self, times: i32) -> Length {
        Length(self.0.saturating_mul(times))
    }
}

impl std::iter::Sum for Length {
    fn sum<I: Iterator<Item = Length>>(iter: I) -> Length {
        iter.fold(Length::ZERO, Add::add)
    }
}

/// A point on a page: origin top left, x to the right, y down.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Point {
    /// Distance from the left edge.
    pub x: Length,
    /// Distance from the top edge.
    pub y: Length,
}

impl Point {
    /// A point from its coordinates.
    pub const fn new(x: Length, y: Length) -> Point {
        Point { x, y }
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {})", self.x.mm(), self.y.mm())
    }
}

/// Width and height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Size {
    /// Width.
    pub width: Length,
    /// Height.
    pub height: Length,
}

/// A rectangle by its top left corner and its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Left edge.
    pub x: Length,
    /// Top edge.
    pub y: Length,
    /// Width.
    pub width: Length,
    /// Height.
    pub height: Length,
}

impl Rect {
    /// From `[x, y, width, height]` in millimetres, as templates write it.
    pub fn from_mm([x, y, w, h]: [f64; 4]) -> Rect {
        Rect { x: Length::from_mm(x), y: Length::from_mm(y), width: Length::from_mm(w), height: Length::from_mm(h) }
    }

    /// A square or circle's box from its centre.
    pub fn centred(centre: Point, size: Size) -> Rect {
        Rect {
            x: centre.x - size.width.scale(0.5),
            y: centre.y - size.height.scale(0.5),
            width: size.width,
            height: size.height,
        }
    }

    /// Right edge.
    pub fn right(&self) -> Length {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> Length {
        self.y + self.height
    }

    /// Whether the two share an area (touching edges do not count).
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(&self, other: &Rect) -> bool {
        self.x <= other.x && self.y <= other.y && self.right() >= other.right() && self.bottom() >= other.bottom()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_millimetres_agree() {
        assert_eq!(Length::from_pt(72.0), Length::from_mm(25.4));
        assert_eq!(Length::from_mm(297.0).um(), 297_000);
        assert_eq!(Length::from_pt(10.5).um(), 3704);
    }

    #[test]
    fn touching_is_not_overlapping() {
        let a = Rect::from_mm([0.0, 0.0, 10.0, 10.0]);
        assert!(!a.overlaps(&Rect::from_mm([10.0, 0.0, 5.0, 5.0])));
        assert!(a.overlaps(&Rect::from_mm([9.999, 0.0, 5.0, 5.0])));
    }
}
