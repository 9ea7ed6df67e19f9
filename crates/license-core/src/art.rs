//! Background artwork: a small dialect of SVG, read strictly.
//!
//! One unit is one millimetre, origin top left. `<svg>` holds an optional `<title>`, then groups
//! `<g id fill [stroke stroke-width stroke-linejoin stroke-linecap]>` of `<path d>`. `d` has absolute `M L C Z` with at
//! most two decimals. Anything else (text, images, gradients, transforms, style) is an error that says where: what the
//! reader does not know, the three renderers could not draw alike.

use sha2::{Digest, Sha256};

use crate::length::{Length, Point, Rect, Size};
use crate::page::{ArtGroup, Artwork, Rgb, Segment};

/// Largest artwork file.
pub const MAX_BYTES: usize = 4 << 20;
/// Most groups in one artwork.
pub const MAX_GROUPS: usize = 256;
/// Most paths in one artwork.
pub const MAX_PATHS: usize = 20_000;
/// Most segments in one artwork.
pub const MAX_SEGMENTS: usize = 400_000;
/// Largest coordinate, in millimetres.
pub const MAX_COORDINATE_MM: i32 = 2_000;

/// Why an artwork is refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct ArtError {
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
    /// What is wrong.
    pub reason: String,
}

/// Reads an artwork, leaving out the groups whose id begins with one of `omit`.
pub fn read(svg: &[u8], omit: &[String]) -> Result<Artwork, ArtError> {
    let mut scanner = Scanner { bytes: svg, at: 0 };
    if svg.len() > MAX_BYTES {
        return Err(scanner.error(format!("more than {MAX_BYTES} bytes")));
    }
    let mut reader = Reader::default();
    let size = reader.document(&mut scanner, omit)?;
    let mut digest = Sha256::new();
    digest.update(svg);
    for prefix in omit {
        digest.update((prefix.len() as u64).to_be_bytes());
        digest.update(prefix.as_bytes());
    }
    Ok(Artwork { digest: digest.finalize().into(), size, groups: reader.groups })
}

/// An artwork with a picture on top, as large as it fits into `at` in its own proportions.
pub(crate) fn place(page: Artwork, picture: &Artwork, at: Rect) -> Artwork {
    let ratio = |room: Length, whole: Length| room.um() as f64 / (whole.um().max(1)) as f64;
    let scale = ratio(at.width, picture.size.width).min(ratio(at.height, picture.size.height));
    let left = at.x + (at.width - picture.size.width.scale(scale)).scale(0.5);
    let top = at.y + (at.height - picture.size.height.scale(scale)).scale(0.5);
    let point = |point: &Point| Point::new(left + point.x.scale(scale), top + point.y.scale(scale));
    let segment = |segment: &Segment| match segment {
        Segment::Move(to) => Segment::Move(point(to)),
        Segment::Line(to) => Segment::Line(point(to)),
        Segment::Cubic(a, b, to) => Segment::Cubic(point(a), point(b), point(to)),
        Segment::Close => Segment::Close,
    };
    let placed = picture.groups.iter().map(|group| ArtGroup {
        id: format!("emblem-{}", group.id),
        fill: group.fill,
        stroke: group.stroke.map(|(color, width)| (color, width.scale(scale))),
        paths: group.paths.iter().map(|path| path.iter().map(segment).collect()).collect(),
    });
    let mut digest = Sha256::new();
    digest.update(page.digest);
    digest.update(picture.digest);
    for length in [at.x, at.y, at.width, at.height] {
        digest.update(length.um().to_be_bytes());
    }
    let groups = page.groups.iter().cloned().chain(placed).collect();
    Artwork { digest: digest.finalize().into(), size: page.size, groups }
}

#[derive(Default)]
struct Reader {
    groups: Vec<ArtGroup>,
    paths: usize,
    segments: usize,
}

impl Reader {
    fn document(&mut self, scanner: &mut Scanner<'_>, omit: &[String]) -> Result<Size, ArtError> {
        scanner.space();
        scanner.expect("<svg")?;
        let size = canvas(scanner)?;
        scanner.space();
        if scanner.take("<title>") {
            scanner.until(b'<');
            scanner.expect("</title>")?;
        }
        loop {
            scanner.space();
            if scanner.take("</svg>") {
                break;
            }
            scanner.expect("<g")?;
            let mut group = group(scanner)?;
            loop {
                scanner.space();
                if scanner.take("</g>") {
                    break;
                }
                group.paths.push(self.path(scanner)?);
            }
            if self.groups.len() == MAX_GROUPS {
                return Err(scanner.error(format!("more than {MAX_GROUPS} groups")));
            }
            if !omit.iter().any(|prefix| group.id.starts_with(prefix.as_str())) {
                self.groups.push(group);
            }
        }
        scanner.space();
        if scanner.at < scanner.bytes.len() {
            return Err(scanner.error("nothing may follow </svg>".into()));
        }
        Ok(size)
    }

    fn path(&mut self, scanner: &mut Scanner<'_>) -> Result<Vec<Segment>, ArtError> {
        scanner.expect("<path d=\"")?;
        self.paths += 1;
        if self.paths > MAX_PATHS {
            return Err(scanner.error(format!("more than {MAX_PATHS} paths")));
        }
        let mut segments = Vec::new();
        loop {
            let Some(command) = scanner.next() else { return Err(scanner.error("the path does not end".into())) };
            if segments.is_empty() && command != b'M' {
                return Err(scanner.error_before("a path begins with M".into()));
            }
            segments.push(match command {
                b'M' => Segment::Move(scanner.first_point()?),
                b'L' => Segment::Line(scanner.first_point()?),
                b'C' => Segment::Cubic(scanner.first_point()?, scanner.point()?, scanner.point()?),
                b'Z' => Segment::Close,
                b'"' => break,
                _ => return Err(scanner.error_before("only M, L, C and Z, absolute, stand in a path".into())),
            });
            self.segments += 1;
            if self.segments > MAX_SEGMENTS {
                return Err(scanner.error(format!("more than {MAX_SEGMENTS} segments")));
            }
        }
        scanner.expect("/>")?;
        Ok(segments)
    }
}

/// Attributes of `<svg>`: width, height and viewBox must say the same.
fn canvas(scanner: &mut Scanner<'_>) -> Result<Size, ArtError> {
    let (mut width, mut height, mut view) = (None, None, None);
    while let Some((name, value)) = scanner.attribute()? {
        match name {
            "xmlns" if value == "http://www.w3.org/2000/svg" => {}
            "width" => width = value.strip_suffix("mm").and_then(number),
            "height" => height = value.strip_suffix("mm").and_then(number),
            "viewBox" => view = value.strip_prefix("0 0 ").and_then(|rest| rest.split_once(' ')),
            _ => return Err(scanner.error(format!("attribute {name}=\"{value}\" of svg is not known here"))),
        }
    }
    let view = view.and_then(|(width, height)| Some((number(width)?, number(height)?)));
    match (width, height) {
        (Some(width), Some(height)) if view == Some((width, height)) && width.um() > 0 && height.um() > 0 => {
            Ok(Size { width, height })
        }
        _ => Err(scanner.error("svg needs width=\"Wmm\" height=\"Hmm\" viewBox=\"0 0 W H\" that agree".into())),
    }
}

fn group(scanner: &mut Scanner<'_>) -> Result<ArtGroup, ArtError> {
    let (mut id, mut fill, mut stroke, mut stroke_width) = (None, None, None, None);
    while let Some((name, value)) = scanner.attribute()? {
        let known = match name {
            "id" if !value.is_empty() => {
                id = Some(value.to_owned());
                true
            }
            "fill" if value == "none" => {
                fill = Some(None);
                true
            }
            "fill" => {
                fill = Some(Rgb::from_hex(value));
                Rgb::from_hex(value).is_some()
            }
            "stroke" => {
                stroke = Rgb::from_hex(value);
                stroke.is_some()
            }
            "stroke-width" => {
                stroke_width = number(value).filter(|width| width.um() > 0);
                stroke_width.is_some()
            }
            "stroke-linejoin" | "stroke-linecap" => value == "round",
            _ => false,
        };
        if !known {
            return Err(scanner.error(format!("{name}=\"{value}\" is not known in a group")));
        }
    }
    let (Some(id), Some(fill)) = (id, fill) else {
        return Err(scanner.error("a group needs id and fill".into()));
    };
    let stroke = match (stroke, stroke_width) {
        (Some(color), Some(width)) => Some((color, width)),
        (None, None) => None,
        _ => return Err(scanner.error("stroke and stroke-width go together".into())),
    };
    Ok(ArtGroup { id, fill, stroke, paths: Vec::new() })
}

/// A decimal with at most two decimals, as a length in millimetres.
fn number(text: &str) -> Option<Length> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole, 4) || !plain(decimals, 2) {
        return None;
    }
    let hundredths = decimals.parse::<i32>().ok()? * if decimals.len() == 1 { 10 } else { 1 };
    let whole = whole.parse::<i32>().ok().filter(|&whole| whole <= MAX_COORDINATE_MM)?;
    let um = whole * 1000 + hundredths * 10;
    Some(Length::from_um(if negative { -um } else { um }))
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn next(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, word: &str) -> bool {
        let there = self.bytes[self.at..].starts_with(word.as_bytes());
        if there {
            self.at += word.len();
        }
        there
    }

    fn expect(&mut self, word: &str) -> Result<(), ArtError> {
        if self.take(word) { Ok(()) } else { Err(self.error(format!("expected {word}"))) }
    }

    /// Bytes up to (not including) `end`, or to the end of the file.
    fn until(&mut self, end: u8) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| byte == end).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// The next ` name="value"`, or none at the `>` that ends the tag.
    fn attribute(&mut self) -> Result<Option<(&'a str, &'a str)>, ArtError> {
        if self.take(">") {
            return Ok(None);
        }
        self.expect(" ")?;
        let name = self.until(b'=');
        self.expect("=\"")?;
        let value = self.until(b'"');
        self.expect("\"")?;
        match (std::str::from_utf8(name), std::str::from_utf8(value)) {
            (Ok(name), Ok(value)) if name.len() <= 40 && value.len() <= 200 => Ok(Some((name, value))),
            _ => Err(self.error("an attribute that is not short text".into())),
        }
    }

    /// A point right after its command letter.
    fn first_point(&mut self) -> Result<Point, ArtError> {
        let x = self.coordinate()?;
        self.expect(" ")?;
        Ok(Point::new(x, self.coordinate()?))
    }

    fn point(&mut self) -> Result<Point, ArtError> {
        self.expect(" ")?;
        self.first_point()
    }

    fn coordinate(&mut self) -> Result<Length, ArtError> {
        let start = self.at;
        while matches!(self.bytes.get(self.at), Some(b'0'..=b'9' | b'.' | b'-')) {
            self.at += 1;
        }
        std::str::from_utf8(&self.bytes[start..self.at]).ok().and_then(number).ok_or_else(|| {
            self.error(format!("expected a number of millimetres up to {MAX_COORDINATE_MM} with at most two decimals"))
        })
    }

    fn error_before(&self, reason: String) -> ArtError {
        Scanner { bytes: self.bytes, at: self.at.saturating_sub(1) }.error(reason)
    }

    fn error(&self, reason: String) -> ArtError {
        let before = &self.bytes[..self.at.min(self.bytes.len())];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        let column = 1 + before.iter().rev().take_while(|&&byte| byte != b'\n').count();
        ArtError { line, column, reason }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const HEAD: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10mm\" height=\"20.5mm\" viewBox=\"0 0 10 20.5\">\n<title>t</title>\n";

    fn svg(body: &str) -> Vec<u8> {
        format!("{HEAD}{body}</svg>\n").into_bytes()
    }

    #[test]
    fn reads_the_dialect() {
        let bytes = svg(
            "<g id=\"paper\" fill=\"#FFFDF5\">\n<path d=\"M0 0L10 0.25C1 2 3 4 -5.5 6Z\"/>\n</g>\n<g id=\"ornament-x\" fill=\"none\" stroke=\"#000000\" stroke-width=\"0.13\" stroke-linejoin=\"round\" stroke-linecap=\"round\">\n<path d=\"M0 0Z\"/></g>",
        );
        let art = read(&bytes, &[]).unwrap();
        let at = |x, y| Point::new(Length::from_um(x), Length::from_um(y));
        assert_eq!(art.size.height.um(), 20_500);
        assert_eq!(
            art.groups[0].paths[0],
            [
                Segment::Move(at(0, 0)),
                Segment::Line(at(10_000, 250)),
                Segment::Cubic(at(1000, 2000), at(3000, 4000), at(-5500, 6000)),
                Segment::Close
            ]
        );
        assert_eq!(art.groups[1].stroke, Some((Rgb::BLACK, Length::from_um(130))));
        let without = read(&bytes, &["ornament".into()]).unwrap();
        assert_eq!(without.groups.len(), 1);
        assert_ne!(without.digest, art.digest);
        // Two choices have two names, whatever the prefixes consist of.
        let of =
            |omit: &[&str]| read(&bytes, &omit.iter().map(|prefix| prefix.to_string()).collect::<Vec<_>>()).unwrap();
        let (none, both) = (of(&["paper\0ornament"]), of(&["paper", "ornament"]));
        assert_eq!((none.groups.len(), both.groups.len()), (2, 0));
        assert_ne!(none.digest, both.digest);
    }

    #[test]
    fn refuses_everything_else_and_says_where() {
        for (body, line, reason) in [
            ("<text>x</text>", 3, "expected <g"),
            ("<g fill=\"none\"></g>", 3, "a group needs id and fill"),
            ("<g id=\"a\" fill=\"red\"></g>", 3, "fill=\"red\""),
            ("<g id=\"a\" fill=\"none\" transform=\"scale(2)\"></g>", 3, "transform"),
            ("<g id=\"a\" fill=\"none\" stroke=\"#000000\"></g>", 3, "go together"),
            ("<g id=\"a\" fill=\"none\">\n<path d=\"L0 0\"/></g>", 4, "begins with M"),
            ("<g id=\"a\" fill=\"none\">\n<path d=\"M0 0l1 1\"/></g>", 4, "only M, L, C and Z"),
            ("<g id=\"a\" fill=\"none\">\n<path d=\"M0.123 0\"/></g>", 4, "two decimals"),
            ("<g id=\"a\" fill=\"none\">\n<path d=\"M0 9999\"/></g>", 4, "number"),
            ("<g id=\"a\" fill=\"none\">\n<path d=\"M0 0\" style=\"x\"/></g>", 4, "expected />"),
            ("<g id=\"a\" fill=\"none\">\n<path d=\"M0 0", 4, "only M"),
        ] {
            let error = read(&svg(body), &[]).unwrap_err();
            assert_eq!(error.line, line, "{body}: {error}");
            assert!(error.to_string().contains(reason), "{body}: {error}");
        }
    }

    #[test]
    fn every_prefix_is_refused_without_panic() {
        let whole = svg("<g id=\"paper\" fill=\"#FFFDF5\">\n<path d=\"M0 0L10 0.25C1 2 3 4 -5.5 6Z\"/>\n</g>");
        for length in 0..whole.len() - 1 {
            if let Err(error) = read(&whole[..length], &[]) {
                assert!(error.line >= 1);
            } else {
                assert!(whole[length..].iter().all(u8::is_ascii_whitespace));
            }
        }
        assert!(read(&vec![b' '; MAX_BYTES + 1], &[]).is_err());
    }
}
