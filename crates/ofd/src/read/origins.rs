//! Where each character of a run stands: `DeltaX` and `DeltaY` followed from glyph to glyph.

use crate::units::Um;

use super::numbers::{Affine, number};

/// The origin of every character of `text`, the first at `start` in object space.
pub(super) fn origins(
    text: &str,
    start: (f64, f64),
    delta_x: Option<&str>,
    delta_y: Option<&str>,
    matrix: &Affine,
) -> Vec<(Um, Um)> {
    let (mut x, mut y) = start;
    let mut delta_x = Deltas::new(delta_x.unwrap_or_default());
    let mut delta_y = Deltas::new(delta_y.unwrap_or_default());
    text.chars()
        .map(|_| {
            let (page_x, page_y) = matrix.apply(x, y);
            x += delta_x.next();
            y += delta_y.next();
            (Um::from_mm(page_x), Um::from_mm(page_y))
        })
        .collect()
}

/// Advances one by one; `g 3 1.5` is three times 1.5. Where the list ends its last value goes on.
struct Deltas<'a> {
    words: std::str::SplitWhitespace<'a>,
    last: f64,
    left: u32,
}

impl<'a> Deltas<'a> {
    fn new(text: &'a str) -> Deltas<'a> {
        Deltas { words: text.split_whitespace(), last: 0.0, left: 0 }
    }

    fn next(&mut self) -> f64 {
        if self.left > 0 {
            self.left -= 1;
            return self.last;
        }
        match self.words.next() {
            Some("g") => {
                let count: u32 = self.words.next().and_then(|word| word.parse().ok()).unwrap_or(1);
                self.last = self.words.next().and_then(number).unwrap_or(self.last);
                self.left = count.saturating_sub(1);
            }
            Some(word) => self.last = number(word).unwrap_or(self.last),
            None => {}
        }
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xs(text: &str, delta: Option<&str>) -> Vec<i32> {
        origins(text, (10.0, 5.0), delta, None, &Affine::IDENTITY).into_iter().map(|(x, _)| x.0 / 1000).collect()
    }

    #[test]
    fn advances_are_followed() {
        assert_eq!(xs("abcd", Some("1 2 3")), [10, 11, 13, 16]);
        assert_eq!(xs("abcdef", Some("g 2 4 g 2 1 7")), [10, 14, 18, 19, 20, 27]);
        assert_eq!(xs("abcd", Some("3")), [10, 13, 16, 19], "the last one goes on");
        assert_eq!(xs("abc", None), [10, 10, 10], "without advances all pile up");
        assert_eq!(xs("abc", Some("g 4000000000 1")), [10, 11, 12]);
        assert_eq!(xs("ab", Some("g")), [10, 10]);
        assert_eq!(xs("", Some("1")), [] as [i32; 0]);
    }

    #[test]
    fn down_a_column() {
        let placed = origins("上下", (0.0, 0.0), None, Some("6"), &Affine::shift(1.0, 2.0));
        assert_eq!(placed, [(Um::mm(1), Um::mm(2)), (Um::mm(1), Um::mm(8))]);
    }
}
