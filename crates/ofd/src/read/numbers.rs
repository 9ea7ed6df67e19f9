//! Numbers as they are found: `-.5`, `1.`, several blanks, units behind them.

use crate::units::{Rect, Um};

/// A finite decimal number. Exponents, `inf` and `nan` are no numbers here; a unit behind is dropped.
pub(crate) fn number(text: &str) -> Option<f64> {
    plain(text.as_bytes()).or_else(|| odd(text))
}

/// Digits with a point among them and not too many, which is nearly every number: both parts of the quotient are exact.
fn plain(text: &[u8]) -> Option<f64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > MOST_DIGITS {
        return None;
    }
    let (mut value, mut decimals) = (0u64, None);
    for byte in digits {
        match byte {
            b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
            b'.' if decimals.is_none() => decimals = Some(0),
            _ => return None,
        }
        if let (b'0'..=b'9', Some(decimals)) = (byte, &mut decimals) {
            *decimals += 1;
        }
    }
    // A point alone is no number.
    if digits == b"." {
        return None;
    }
    let value = value as f64 / POWERS_OF_TEN[decimals.unwrap_or(0)];
    Some(if negative { -value } else { value })
}

/// So many digits fit into the 53 bits of a double, a point beside them.
const MOST_DIGITS: usize = 15;
const POWERS_OF_TEN: [f64; MOST_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

fn odd(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    if plain { text.parse().ok().filter(|value: &f64| value.is_finite()) } else { None }
}

/// A length in millimetres.
pub(crate) fn length(text: &str) -> Option<Um> {
    number(text).map(Um::from_mm)
}

/// `N` numbers separated by blanks (`ST_Array`).
pub(crate) fn numbers<const N: usize>(text: &str) -> Option<[f64; N]> {
    let mut out = [0.0; N];
    let mut parts = text.split_whitespace();
    for slot in &mut out {
        *slot = number(parts.next()?)?;
    }
    parts.next().is_none().then_some(out)
}

/// `ST_Box`.
pub(crate) fn rect(text: &str) -> Option<Rect> {
    let [x, y, width, height] = numbers(text)?.map(Um::from_mm);
    Some(Rect::new(x, y, width, height))
}

/// `xs:boolean`.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// x' = a·x + c·y + e, y' = b·x + d·y + f.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Affine([f64; 6]);

impl Affine {
    pub(crate) const IDENTITY: Affine = Affine([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(crate) fn parse(text: &str) -> Option<Affine> {
        numbers(text).map(Affine)
    }

    pub(crate) fn shift(x: f64, y: f64) -> Affine {
        Affine([1.0, 0.0, 0.0, 1.0, x, y])
    }

    pub(crate) fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    pub(crate) fn numbers(&self) -> [f64; 6] {
        self.0
    }

    /// Where a step to the right goes, and where one down.
    pub(crate) fn linear(&self) -> [f64; 4] {
        let [a, b, c, d, _, _] = self.0;
        [a, b, c, d]
    }

    /// How much lengths grow, in the direction in which they grow most.
    pub(crate) fn scale(&self) -> f64 {
        let [a, b, c, d, _, _] = self.0;
        a.hypot(b).max(c.hypot(d))
    }

    /// The upright box around what a box becomes.
    pub(crate) fn bounds(&self, rect: &Rect) -> Rect {
        let (x, y) = (rect.x.to_mm(), rect.y.to_mm());
        let (right, bottom) = (x + rect.width.to_mm(), y + rect.height.to_mm());
        let corners = [(x, y), (right, y), (x, bottom), (right, bottom)].map(|(x, y)| self.apply(x, y));
        let span = |pick: fn(&(f64, f64)) -> f64| {
            let values = corners.iter().map(pick);
            let low = values.clone().fold(f64::INFINITY, f64::min);
            (Um::from_mm(low), Um::from_mm(values.fold(f64::NEG_INFINITY, f64::max) - low))
        };
        let ((x, width), (y, height)) = (span(|corner| corner.0), span(|corner| corner.1));
        Rect::new(x, y, width, height)
    }

    /// First this, then the outer one.
    pub(crate) fn then(&self, outer: &Affine) -> Affine {
        let [a, b, c, d, e, f] = self.0;
        let [oa, ob, oc, od, _, _] = outer.0;
        let (x, y) = outer.apply(e, f);
        Affine([oa * a + oc * b, ob * a + od * b, oa * c + oc * d, ob * c + od * d, x, y])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_numbers_are_read_and_nonsense_is_not() {
        assert_eq!(number("-.5"), Some(-0.5));
        assert_eq!(number(" 1. "), Some(1.0));
        assert_eq!(number("3.5mm"), Some(3.5));
        assert_eq!(number("+1.5"), Some(1.5));
        let mut state = 5u64;
        for round in 0..20_000 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let digits = (state >> 8).to_string();
            let mut text = digits[..1 + round % digits.len()].to_owned();
            text.insert((state >> 3) as usize % (text.len() + 1), '.');
            let text = format!("{}{text}", if round % 3 == 0 { "-" } else { "" });
            assert_eq!(number(&text).map(f64::to_bits), text.parse().ok().map(f64::to_bits), "{text}");
        }
        for nonsense in ["", "nan", "inf", "1e5", "0x10", "1,5", "--1", "."] {
            assert_eq!(number(nonsense), None, "{nonsense}");
        }
        assert_eq!(rect("1  2 3\t4"), Some(Rect::mm(1, 2, 3, 4)));
        assert_eq!(rect("1 2 3"), None);
        assert_eq!(rect("1 2 3 4 5"), None);
    }

    #[test]
    fn inner_transformation_comes_first() {
        let double = Affine([2.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
        assert_eq!(double.then(&Affine::shift(10.0, 20.0)).apply(1.0, 1.0), (12.0, 22.0));
        assert_eq!(Affine::shift(10.0, 20.0).then(&double).apply(1.0, 1.0), (22.0, 42.0));
    }
}
