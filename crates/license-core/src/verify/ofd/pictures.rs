//! Pictures that look like a seal: red, round or square, with a rim, of the size of seals.

use ofd::{ImageFacts, Rect};

use super::OfdFacts;
use crate::seal_picture::PictureError;
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// Sides of seals in millimetres: personal ones are smaller, none is larger.
const SIDES: std::ops::RangeInclusive<f64> = 12.0..=62.0;
/// Pictures that are looked at; how many pixels each may have says [`crate::seal_picture::MAX_PIXELS`].
const MOST_PICTURES: usize = 16;
/// Pixels of all of them: a seal of 42 mm at 600 dots an inch has a million.
const PIXELS_IN_ALL: u64 = 16_000_000;

/// Looks at every picture of a seal's size on the pages, but for those of a license that its issuer sealed: they are
/// laid out from a template, emblems and all.
pub(in crate::verify) fn check_lookalikes(ofd: &OfdFacts, laid_out: bool, checks: &mut Checks) {
    const NAME: &str = "stamp.lookalike";
    if laid_out {
        return checks.not_applicable(NAME, "", "a license that its issuer sealed");
    }
    let before = checks.len();
    let mut candidates: Vec<(usize, String)> = Vec::new();
    for page in &ofd.facts.pages {
        for picture in &page.pictures {
            let Some(image) = picture.image.filter(|_| is_seal_sized(&picture.boundary)) else { continue };
            if candidates.len() <= MOST_PICTURES && candidates.iter().all(|(known, _)| *known != image) {
                candidates.push((image, page.id.clone()));
            }
        }
    }
    if candidates.len() > MOST_PICTURES {
        candidates.truncate(MOST_PICTURES);
        checks.not_possible_at(NAME, "", format!("more than {MOST_PICTURES} pictures of a seal's size"));
    }
    let mut room = PIXELS_IN_ALL;
    for (image, page) in candidates {
        let Some(image) = ofd.facts.images.get(image) else { continue };
        let place = || image.path.clone().unwrap_or_else(|| format!("image {}", image.id));
        match looks_like_a_seal(image, &mut room) {
            Ok(false) => {}
            Ok(true) => {
                let detail = format!("a red picture with a rim on page {page}");
                checks.failed(NAME, Reason::StampLookalike, place(), detail);
            }
            // A picture that nobody looked at may be anything.
            Err(why) => checks.not_possible_at(NAME, place(), format!("not looked at on page {page}: {why}")),
        }
    }
    if checks.len() == before {
        checks.passed(NAME, "");
    }
}

fn is_seal_sized(boundary: &Rect) -> bool {
    let (width, height) = (boundary.width.to_mm(), boundary.height.to_mm());
    SIDES.contains(&width) && SIDES.contains(&height) && width.max(height) <= 2.0 * width.min(height)
}

/// Whether a picture looks like a seal, or why nobody knows.
fn looks_like_a_seal(image: &ImageFacts, room: &mut u64) -> Result<bool, String> {
    // A picture without its file shows nothing.
    let Some(file) = &image.file else { return Ok(false) };
    let bytes = file.open();
    if crate::png_file::is_grey(&bytes) {
        return Ok(false);
    }
    // What does not say how large it is may be as large as any.
    let pixels = crate::seal_picture::look(&bytes).pixels;
    let area = pixels.map_or(crate::seal_picture::MAX_PIXELS, |(width, height)| u64::from(width) * u64::from(height));
    *room = room.checked_sub(area).ok_or("the pictures have too many pixels together")?;
    let ink = Ink::of(&bytes).map_err(|error| error.to_string())?;
    Ok(ink.is_red() && ink.has_rim())
}

/// Which pixels of a picture are drawn, and how many of those are red.
struct Ink {
    width: usize,
    drawn: Vec<bool>,
    count: usize,
    red: usize,
}

impl Ink {
    /// Of any bitmap that seals come in (PNG, JPEG, GIF, BMP), or an OFD that consists of one.
    fn of(bytes: &[u8]) -> Result<Ink, PictureError> {
        let raster = crate::seal_picture::decode(bytes)?;
        let mut ink = Ink { width: raster.width as usize, drawn: Vec::new(), count: 0, red: 0 };
        ink.drawn.reserve(raster.rgba.len() / 4);
        for pixel in raster.rgba.chunks_exact(4) {
            let (r, g, b) = (pixel[0], pixel[1], pixel[2]);
            let drawn = pixel[3] > 64 && r.min(g).min(b) < 200;
            ink.drawn.push(drawn);
            ink.count += usize::from(drawn);
            ink.red += usize::from(drawn && r > 110 && i16::from(r) - i16::from(g.max(b)) > 50);
        }
        Ok(ink)
    }

    /// Nine tenths of the ink, and some paper between.
    fn is_red(&self) -> bool {
        self.count > 0 && self.red * 10 >= self.count * 9 && self.count * 10 <= self.drawn.len() * 7
    }

    /// Along most of an ellipse, or of a rectangle, that fills the drawn part there is ink.
    fn has_rim(&self) -> bool {
        let Some((left, top, right, bottom)) = self.bounds() else { return false };
        let (width, height) = ((right - left + 1) as f64, (bottom - top + 1) as f64);
        if width < 16.0 || height < 16.0 {
            return false;
        }
        let at = |x: f64, y: f64| {
            let (x, y) = (left as f64 + x * (width - 1.0), top as f64 + y * (height - 1.0));
            self.is_drawn(x.round() as usize, y.round() as usize)
        };
        let inked = |ray: &dyn Fn(f64) -> (f64, f64)| {
            (0..RIM_STEPS).any(|step| {
                let (x, y) = ray(RIM_DEPTH * f64::from(step) / f64::from(RIM_STEPS));
                at(x, y)
            })
        };
        let round = (0..RAYS).filter(|ray| {
            let angle = f64::from(*ray) * std::f64::consts::TAU / f64::from(RAYS);
            inked(&|depth| (0.5 + (0.5 - depth) * angle.cos(), 0.5 + (0.5 - depth) * angle.sin()))
        });
        let square = (0..RAYS).filter(|ray| {
            let along = f64::from(ray % (RAYS / 4)) / f64::from(RAYS / 4);
            inked(&|depth| match ray / (RAYS / 4) {
                0 => (along, depth),
                1 => (along, 1.0 - depth),
                2 => (depth, along),
                _ => (1.0 - depth, along),
            })
        });
        let enough = |count: usize| count * 10 >= RAYS as usize * 9;
        enough(round.count()) || enough(square.count())
    }

    fn bounds(&self) -> Option<(usize, usize, usize, usize)> {
        let places = || {
            self.drawn.iter().enumerate().filter(|(_, drawn)| **drawn).map(|(at, _)| (at % self.width, at / self.width))
        };
        let left = places().map(|(x, _)| x).min()?;
        let right = places().map(|(x, _)| x).max()?;
        let (_, top) = places().next()?;
        let (_, bottom) = places().next_back()?;
        Some((left, top, right, bottom))
    }

    fn is_drawn(&self, x: usize, y: usize) -> bool {
        x < self.width && self.drawn.get(y * self.width + x).copied().unwrap_or(false)
    }
}

/// Rays from the middle, or lines from the edge, and how far in the rim may lie.
const RAYS: u32 = 120;
const RIM_STEPS: u32 = 24;
const RIM_DEPTH: f64 = 0.06;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

    use super::*;

    /// A red ring with a dot, or a blue one.
    fn ring(red: bool, format: ImageFormat) -> Vec<u8> {
        let picture = RgbaImage::from_fn(160, 160, |x, y| {
            let radius = (f64::from(x) - 79.5).hypot(f64::from(y) - 79.5);
            let drawn = (70.0..78.0).contains(&radius) || radius < 20.0;
            match (drawn, red) {
                (true, true) => Rgba([208, 16, 16, 255]),
                (true, false) => Rgba([16, 16, 208, 255]),
                (false, _) => Rgba([255; 4]),
            }
        });
        let mut out = std::io::Cursor::new(Vec::new());
        DynamicImage::from(picture).into_rgb8().write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn seals_are_known_in_every_format() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp] {
            let looks = |red| Ink::of(&ring(red, format)).is_ok_and(|ink| ink.is_red() && ink.has_rim());
            assert!(looks(true), "{format:?}");
            assert!(!looks(false), "{format:?}");
            assert!(Ink::of(&ring(true, format)[..60]).is_err());
        }
        assert!(Ink::of(b"no picture").is_err());
    }

    #[test]
    fn what_is_not_read_is_not_passed() {
        let look = |bytes: Vec<u8>, room: u64| {
            let file = Some(ofd::Part::new(bytes));
            looks_like_a_seal(&ImageFacts { file, ..ImageFacts::default() }, &mut { room })
        };
        let png = ring(true, ImageFormat::Png);
        assert_eq!(look(png.clone(), PIXELS_IN_ALL), Ok(true));
        assert_eq!(look(ring(false, ImageFormat::Png), PIXELS_IN_ALL), Ok(false));
        assert!(look(png.clone(), 100).is_err(), "too many pixels");
        assert!(look(png[..png.len() / 2].to_vec(), PIXELS_IN_ALL).is_err(), "cut off");
        for head in [b"II*\0".as_slice(), b"RIFF\x10\0\0\0WEBPVP8 ", b"\0\0\0\x0cjP  ", b"\0\0\x01\0\x01\0"] {
            assert!(look([head, &[0; 64]].concat(), PIXELS_IN_ALL).is_err(), "{head:?}");
        }
    }
}
