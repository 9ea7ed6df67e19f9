//! Content streams, byte by byte. Everything is written in whole units under one scaling, so that no decimal
//! point is needed and nothing is rounded.

use crate::length::{Length, Point};
use crate::page::{PathItem, Rgb, Segment};

/// Points in a micrometre (72 / 25 400), as a PDF real.
pub(super) const POINTS_PER_UM: &str = ".00283464567";

/// A content stream in the making: coordinates in micrometres, y upwards from `bottom`.
pub(super) struct Content {
    pub(super) out: Vec<u8>,
    /// Distance of the origin below the top edge.
    bottom: Length,
    /// Micrometres in a unit.
    unit: i32,
}

impl Content {
    pub(super) fn new(bottom: Length, unit: i32) -> Content {
        Content { out: Vec::with_capacity(8 << 10), bottom, unit: unit.max(1) }
    }

    pub(super) fn op(&mut self, operator: &str) -> &mut Content {
        self.out.extend_from_slice(operator.as_bytes());
        self.out.push(b'\n');
        self
    }

    pub(super) fn raw(&mut self, text: &str) -> &mut Content {
        self.out.extend_from_slice(text.as_bytes());
        self
    }

    pub(super) fn int(&mut self, value: i32) -> &mut Content {
        put_int(&mut self.out, value);
        self.out.push(b' ');
        self
    }

    pub(super) fn length(&mut self, length: Length) -> &mut Content {
        self.int(divide(length.um(), self.unit))
    }

    pub(super) fn x(&mut self, x: Length) -> &mut Content {
        self.length(x)
    }

    pub(super) fn y(&mut self, y: Length) -> &mut Content {
        self.length(self.bottom - y)
    }

    pub(super) fn point(&mut self, point: Point) -> &mut Content {
        self.x(point.x).y(point.y)
    }

    /// Round caps and joins, for every stroke of the model.
    pub(super) fn round(&mut self) -> &mut Content {
        self.op("1 J 1 j")
    }

    pub(super) fn fill_color(&mut self, color: Rgb) -> &mut Content {
        self.color(color).op("rg")
    }

    pub(super) fn stroke_color(&mut self, color: Rgb) -> &mut Content {
        self.color(color).op("RG")
    }

    fn color(&mut self, Rgb(r, g, b): Rgb) -> &mut Content {
        for channel in [r, g, b] {
            let thousandths = (u32::from(channel) * 1000 + 127) / 255;
            match thousandths {
                0 => self.out.push(b'0'),
                1000 => self.out.push(b'1'),
                part => {
                    let digits = [part / 100, part / 10 % 10, part % 10].map(|digit| b'0' + digit as u8);
                    self.out.push(b'.');
                    let keep = digits.iter().rposition(|&digit| digit != b'0').map_or(1, |last| last + 1);
                    self.out.extend_from_slice(&digits[..keep]);
                }
            }
            self.out.push(b' ');
        }
        self
    }

    pub(super) fn segments(&mut self, path: &[Segment]) -> &mut Content {
        for segment in path {
            match *segment {
                Segment::Move(to) => self.point(to).op("m"),
                Segment::Line(to) => self.point(to).op("l"),
                Segment::Cubic(first, second, to) => self.point(first).point(second).point(to).op("c"),
                Segment::Close => self.op("h"),
            };
        }
        self
    }

    /// Sets colours and paints; the caller sees to transparency.
    pub(super) fn path(&mut self, item: &PathItem) -> &mut Content {
        if let Some(color) = item.fill {
            self.fill_color(color);
        }
        if let Some((color, width)) = item.stroke {
            self.stroke_color(color).length(width).op("w");
        }
        self.segments(&item.path).op(paint(item.fill.is_some(), item.stroke.is_some()))
    }
}

/// The painting operator.
pub(super) fn paint(fill: bool, stroke: bool) -> &'static str {
    match (fill, stroke) {
        (true, true) => "B",
        (true, false) => "f",
        (false, true) => "S",
        (false, false) => "n",
    }
}

fn divide(um: i32, unit: i32) -> i32 {
    if unit == 1 { um } else { um.saturating_add(unit / 2).div_euclid(unit) }
}

pub(super) fn put_int(out: &mut Vec<u8>, value: i32) {
    let mut digits = [0u8; 11];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(content: &Content) -> &str {
        std::str::from_utf8(&content.out).unwrap_or_default()
    }

    #[test]
    fn numbers_are_plain() {
        let mut content = Content::new(Length::from_um(1000), 1);
        content
            .int(0)
            .int(-7)
            .int(i32::MIN)
            .int(i32::MAX)
            .point(Point::new(Length::from_um(5), Length::from_um(1)))
            .op("m");
        assert_eq!(text(&content), "0 -7 -2147483648 2147483647 5 999 m\n");
    }

    #[test]
    fn colors_have_three_digits_at_most() {
        let mut content = Content::new(Length::ZERO, 1);
        content.fill_color(Rgb(0, 255, 0x1A)).stroke_color(Rgb(51, 128, 1));
        assert_eq!(text(&content), "0 1 .102 rg\n.2 .502 .004 RG\n");
    }
}
