//! Lengths: whole micrometres, written as millimetres (GB/T 33190 counts millimetres everywhere).

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub};

/// A length in micrometres. Printed as plain decimal millimetres with at most three decimals.
///
/// ```
/// use ofd::Um;
/// assert_eq!(Um::mm(210).to_string(), "210");
/// assert_eq!(Um(-3_175).to_string(), "-3.175");
/// assert_eq!(Um(500).to_string(), "0.5");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Um(pub i32);

impl Um {
    /// Nothing.
    pub const ZERO: Um = Um(0);

    /// Whole millimetres. Saturates far beyond any sheet of paper (two kilometres).
    pub const fn mm(millimetres: i32) -> Um {
        Um(millimetres.saturating_mul(1000))
    }

    /// The nearest micrometre to a decimal number of millimetres; saturating, and zero for NaN.
    pub fn from_mm(millimetres: f64) -> Um {
        // `as` saturates and maps NaN to zero: exactly what a lenient reader wants.
        Um((millimetres * 1000.0).round() as i32)
    }

    /// As millimetres, for drawing and reports.
    pub fn to_mm(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// Appends the decimal millimetres to a buffer: the writer's hot path, so no `fmt` machinery.
    pub(crate) fn put(self, out: &mut Vec<u8>) {
        put_thousandths(out, i64::from(self.0));
    }
}

/// Writes `value / 1000` as a plain decimal without trailing zeros.
pub(crate) fn put_thousandths(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    let magnitude = value.unsigned_abs();
    put_uint(out, magnitude / 1000);
    let rest = magnitude % 1000;
    if rest != 0 {
        let digits = [b'0' + (rest / 100) as u8, b'0' + (rest / 10 % 10) as u8, b'0' + (rest % 10) as u8];
        let keep = if digits[2] != b'0' {
            3
        } else if digits[1] != b'0' {
            2
        } else {
            1
        };
        out.push(b'.');
        out.extend_from_slice(&digits[..keep]);
    }
}

/// Writes an unsigned integer.
pub(crate) fn put_uint(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

impl fmt::Display for Um {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::with_capacity(12);
        self.put(&mut out);
        f.write_str(&String::from_utf8_lossy(&out))
    }
}

impl Add for Um {
    type Output = Um;
    fn add(self, other: Um) -> Um {
        Um(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Um {
    fn add_assign(&mut self, other: Um) {
        *self = *self + other;
    }
}

impl Sub for Um {
    type Output = Um;
    fn sub(self, other: Um) -> Um {
        Um(self.0.saturating_sub(other.0))
    }
}

impl Neg for Um {
    type Output = Um;
    fn neg(self) -> Um {
        Um(self.0.saturating_neg())
    }
}

/// Width and height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Size {
    /// Width.
    pub width: Um,
    /// Height.
    pub height: Um,
}

impl Size {
    /// Portrait A4.
    pub const A4: Size = Size { width: Um::mm(210), height: Um::mm(297) };

    /// A size from its two lengths.
    pub const fn new(width: Um, height: Um) -> Size {
        Size { width, height }
    }
}

/// A box (`ST_Box`): the top-left corner, width and height; y grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Left edge.
    pub x: Um,
    /// Top edge.
    pub y: Um,
    /// Width.
    pub width: Um,
    /// Height.
    pub height: Um,
}

impl Rect {
    /// A box from its four numbers.
    pub const fn new(x: Um, y: Um, width: Um, height: Um) -> Rect {
        Rect { x, y, width, height }
    }

    /// A box from whole millimetres.
    pub const fn mm(x: i32, y: i32, width: i32, height: i32) -> Rect {
        Rect::new(Um::mm(x), Um::mm(y), Um::mm(width), Um::mm(height))
    }

    /// Whether the two boxes share any area.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        for (i, length) in [self.x, self.y, self.width, self.height].into_iter().enumerate() {
            if i > 0 {
                out.push(b' ');
            }
            length.put(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millimetres_are_plain_and_trimmed() {
        for (um, text) in [
            (0, "0"),
            (1, "0.001"),
            (10, "0.01"),
            (100, "0.1"),
            (1000, "1"),
            (-1, "-0.001"),
            (3704, "3.704"),
            (210_000, "210"),
            (-12_340, "-12.34"),
            (i32::MAX, "2147483.647"),
            (i32::MIN, "-2147483.648"),
        ] {
            assert_eq!(Um(um).to_string(), text);
        }
    }

    #[test]
    fn reading_back_gives_the_same_micrometre() {
        for um in (-500_000..500_000).step_by(37) {
            let text = Um(um).to_string();
            assert_eq!(Um::from_mm(text.parse().unwrap_or(f64::NAN)), Um(um), "{text}");
        }
        assert_eq!(Um::from_mm(f64::NAN), Um::ZERO);
        assert_eq!(Um::from_mm(1e300), Um(i32::MAX));
    }
}
