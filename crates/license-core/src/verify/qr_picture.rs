//! QR codes among the pictures of a page: what a phone will read must be the attached index.

use std::cell::OnceCell;

use crate::qr::QrCode;

/// A picture of more pixels is no QR code of ours.
const MOST_SIDE: u32 = 2048;
/// Room for its pixels.
const MAX_PIXEL_BYTES: usize = 32 << 20;
/// Modules of a finder pattern, and of the smallest and the largest code (ISO/IEC 18004).
const FINDER: usize = 7;
const LEAST_MODULES: usize = 21;
const MOST_MODULES: usize = 177;

/// The modules of a QR code, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    side: usize,
    dark: Vec<bool>,
    plain: bool,
}

impl Seen {
    /// A code whose modules were read elsewhere.
    pub(super) fn of(side: usize, dark: Vec<bool>) -> Seen {
        Seen { side, dark, plain: true }
    }

    /// Whether nothing but the code is in the picture, as issuing writes it: black and white, each module one square.
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// Whether it is the code of this text, of the level and the form that issuing draws, under whatever mask.
    pub(super) fn shows(&self, wanted: &Wanted<'_>) -> bool {
        let code =
            wanted.codes[usize::from(self.mask())].get_or_init(|| QrCode::with_mask(wanted.text, self.mask()).ok());
        code.as_ref().is_some_and(|code| code.modules() == self.side && code.dark() == self.dark)
    }

    /// The mask that the format information names, right of the upper finder pattern (ISO/IEC 18004, 7.9).
    fn mask(&self) -> u8 {
        let bit = |x: usize| u8::from(self.dark.get(8 * self.side + x).copied().unwrap_or(false));
        (bit(2) << 2 | bit(3) << 1 | bit(4)) ^ 0b101
    }
}

/// A text that codes are to show; its code under each mask is made once.
pub(super) struct Wanted<'a> {
    text: &'a str,
    codes: [OnceCell<Option<QrCode>>; 8],
}

impl<'a> Wanted<'a> {
    pub(super) fn new(text: &'a str) -> Wanted<'a> {
        Wanted { text, codes: Default::default() }
    }
}

/// Pixels of all pictures of a document that are looked at; a code of ours has a million at most.
#[derive(Debug)]
pub(super) struct Allowance(u64);

impl Default for Allowance {
    fn default() -> Allowance {
        Allowance(12_000_000)
    }
}

/// The QR code that a PNG shows; nothing for any other picture.
pub(super) fn read(png: &[u8], allowance: &mut Allowance) -> Option<Seen> {
    let pixels = Pixels::of_png(png, allowance)?;
    let (left, top, right, bottom) = pixels.bounds()?;
    let at = |x: usize, y: usize| pixels.is_dark(x, y);
    let (width, height) = (right + 1 - left, bottom + 1 - top);
    // The first row begins with the seven dark modules of a finder pattern.
    let finder = (left..=right).take_while(|x| at(*x, top)).count();
    if width != height || finder < FINDER {
        return None;
    }
    let modules = (width * FINDER + finder / 2) / finder;
    if !(LEAST_MODULES..=MOST_MODULES).contains(&modules) || modules % 4 != 1 {
        return None;
    }
    let centre = |module: usize| (2 * module + 1) * width / (2 * modules);
    let module = |x: usize, y: usize| at(left + centre(x), top + centre(y));
    let far = modules - FINDER;
    let is_finder = |x: usize, y: usize| {
        (0..FINDER).all(|dy| {
            (0..FINDER).all(|dx| {
                let ring = dx.min(dy).min(FINDER - 1 - dx).min(FINDER - 1 - dy);
                module(x + dx, y + dy) == (ring != 1)
            })
        })
    };
    if !(is_finder(0, 0) && is_finder(far, 0) && is_finder(0, far)) {
        return None;
    }
    let centres: Vec<usize> = (0..modules).map(|x| left + centre(x)).collect();
    let dark = (0..modules).flat_map(|y| centres.iter().map(move |x| (*x, top + centre(y)))).map(|(x, y)| at(x, y));
    let dark: Vec<bool> = dark.collect();
    let plain = pixels.plain && is_bare(png) && pixels.is_drawn_by((left, top), modules, width, &dark);
    Some(Seen { side: modules, dark, plain })
}

/// Whether a PNG has pixels and nothing else: no second picture that moves, no words, no palette.
fn is_bare(png: &[u8]) -> bool {
    let Some(mut rest) = png.get(8..) else { return false };
    loop {
        let length = rest.first_chunk().map(|length| u32::from_be_bytes(*length) as usize);
        let Some((length, kind)) = length.zip(rest.get(4..8)) else { return false };
        // Length, kind and checksum around the data.
        let Some(after) = length.checked_add(12).and_then(|whole| rest.get(whole..)) else { return false };
        match kind {
            b"IEND" => return after.is_empty(),
            b"IHDR" | b"IDAT" => rest = after,
            _ => return false,
        }
    }
}

/// A square picture, a bit for a pixel as in the PNG of a code: rows of whole bytes, 1 is dark. What is transparent is
/// light.
struct Pixels {
    row: usize,
    bits: Vec<u8>,
    /// Black and white in the file, too.
    plain: bool,
}

impl Pixels {
    fn of_png(bytes: &[u8], allowance: &mut Allowance) -> Option<Pixels> {
        Pixels::decode(bytes, true, allowance)
    }

    fn decode(bytes: &[u8], as_is: bool, allowance: &mut Allowance) -> Option<Pixels> {
        let mut decoder = crate::png_file::open(bytes, MAX_PIXEL_BYTES);
        let header = decoder.read_header_info().ok()?;
        let (width, height) = (header.width, header.height);
        if width != height || width > MOST_SIDE {
            return None;
        }
        // Black and white is taken as it is, whatever else is made colours of 8 bits first.
        let plain = as_is && header.color_type == png::ColorType::Grayscale && header.bit_depth == png::BitDepth::One;
        decoder.set_transformations(match plain {
            true => png::Transformations::IDENTITY,
            false => png::Transformations::normalize_to_color8(),
        });
        let mut reader = decoder.read_info().ok()?;
        if plain && reader.info().trns.is_some() {
            return Pixels::decode(bytes, false, allowance);
        }
        allowance.0 = allowance.0.checked_sub(u64::from(width) * u64::from(height))?;
        let mut out = vec![0; reader.output_buffer_size()?];
        let frame = reader.next_frame(&mut out).ok()?;
        out.truncate(frame.buffer_size());
        let width = width as usize;
        let row = width.div_ceil(8);
        if plain {
            let last = if width.is_multiple_of(8) { 0xFF } else { !(0xFF >> (width % 8)) };
            for line in out.chunks_exact_mut(row) {
                line.iter_mut().for_each(|byte| *byte = !*byte);
                if let Some(end) = line.last_mut() {
                    *end &= last;
                }
            }
            return Some(Pixels { row, bits: out, plain: true });
        }
        let dark = |pixel: &[u8]| match *pixel {
            [grey] => grey < 128,
            [grey, alpha] => alpha >= 128 && grey < 128,
            [r, g, b] => is_dark(r, g, b),
            [r, g, b, alpha, ..] => alpha >= 128 && is_dark(r, g, b),
            [] => false,
        };
        let channels = frame.color_type.samples();
        let mut bits = Vec::with_capacity(row * width);
        for line in out.chunks_exact(channels * width) {
            for eight in line.chunks(8 * channels) {
                let pixels = eight.chunks_exact(channels).enumerate();
                bits.push(pixels.fold(0, |byte, (at, pixel)| byte | u8::from(dark(pixel)) << (7 - at)));
            }
        }
        Some(Pixels { row, bits, plain: false })
    }

    /// Whether every pixel of a code of this width is as its module; outside of it nothing is dark.
    fn is_drawn_by(&self, (left, top): (usize, usize), modules: usize, width: usize, dark: &[bool]) -> bool {
        let scale = width / modules;
        let line = |y: usize| self.bits.get(y * self.row..(y + 1) * self.row);
        width.is_multiple_of(modules)
            && dark.chunks_exact(modules).enumerate().all(|(nth, row)| {
                let first = top + nth * scale;
                (0..width).all(|x| self.is_dark(left + x, first) == row[x / scale])
                    && (first + 1..first + scale).all(|y| line(y) == line(first))
            })
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        x / 8 < self.row && self.bits.get(y * self.row + x / 8).is_some_and(|byte| byte << (x % 8) & 0x80 != 0)
    }

    /// The first and the last column and row with something dark: left, top, right, bottom.
    fn bounds(&self) -> Option<(usize, usize, usize, usize)> {
        let mut bounds: Option<(usize, usize, usize, usize)> = None;
        for (y, line) in self.bits.chunks_exact(self.row.max(1)).enumerate() {
            let Some(first) = line.iter().position(|byte| *byte != 0) else { continue };
            let last = line.iter().rposition(|byte| *byte != 0).unwrap_or(first);
            let left = 8 * first + line[first].leading_zeros() as usize;
            let right = 8 * last + 7 - line[last].trailing_zeros() as usize;
            bounds = Some(match bounds {
                None => (left, y, right, y),
                Some((least, top, most, _)) => (least.min(left), top, most.max(right), y),
            });
        }
        bounds
    }
}

fn is_dark(r: u8, g: u8, b: u8) -> bool {
    u32::from(r) + u32::from(g) + u32::from(b) < 3 * 128
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The modules, however the picture is written.
    fn read(png: &[u8]) -> Option<Seen> {
        super::read(png, &mut Allowance::default()).map(|seen| Seen { plain: true, ..seen })
    }

    fn is_plain(png: &[u8]) -> bool {
        super::read(png, &mut Allowance::default()).is_some_and(|seen| seen.is_plain())
    }

    type Form = (png::ColorType, png::BitDepth, Option<Vec<u8>>);

    /// Dark is 0 and light the brightest in each form.
    fn drawn_as(code: &QrCode, scale: usize, quiet: usize, (color, depth, transparent): Form) -> Vec<u8> {
        let side = (code.modules() + 2 * quiet) * scale;
        let is_dark = |x: usize, y: usize| {
            let inside = |at: usize| (at / scale).checked_sub(quiet).filter(|at| *at < code.modules());
            inside(x).zip(inside(y)).is_some_and(|(x, y)| code.dark()[y * code.modules() + x])
        };
        let mut rows = Vec::new();
        for y in 0..side {
            match depth {
                png::BitDepth::One => rows.extend((0..side.div_ceil(8)).map(|byte| {
                    // What stands behind the last pixel counts for nothing.
                    (0..8).fold(0, |bits, at| {
                        bits << 1 | u8::from((byte + y) % 2 == 0 && 8 * byte + at >= side || !is_dark(8 * byte + at, y))
                    })
                })),
                _ => (0..side).for_each(|x| {
                    let shade = if is_dark(x, y) { 0 } else { 255 };
                    rows.extend(std::iter::repeat_n(shade, color.samples()));
                    if matches!(color, png::ColorType::Rgba | png::ColorType::GrayscaleAlpha) {
                        *rows.last_mut().unwrap() = 255;
                    }
                }),
            }
        }
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, side as u32, side as u32);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if let Some(shade) = transparent {
            encoder.set_trns(shade);
        }
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&rows).unwrap();
        writer.finish().unwrap();
        out
    }

    fn drawn(code: &QrCode, scale: usize, quiet: usize) -> Vec<u8> {
        drawn_as(code, scale, quiet, (png::ColorType::Grayscale, png::BitDepth::Eight, None))
    }

    #[test]
    fn every_form_of_picture_reads_alike() {
        use png::BitDepth::{Eight, One};
        use png::ColorType::{Grayscale, GrayscaleAlpha, Rgb, Rgba};
        let code = QrCode::new("HTTPS://LICENSE.EXAMPLE.GOV.CN/V/ABC").unwrap();
        let shade = |shade: u8| Some(vec![0, shade]);
        for (scale, quiet) in [(1, 0), (1, 4), (3, 1), (8, 4)] {
            let wanted = read(&drawn(&code, scale, quiet));
            assert!(wanted.as_ref().is_some_and(|seen| seen.dark == code.dark()));
            for (color, depth, transparent) in [
                (Grayscale, One, None),
                (Grayscale, One, shade(1)),
                (Grayscale, Eight, shade(255)),
                (GrayscaleAlpha, Eight, None),
                (Rgb, Eight, None),
                (Rgba, Eight, None),
            ] {
                let form = format!("{color:?} {depth:?} {transparent:?}");
                let ours = color == Grayscale && depth == One && transparent.is_none();
                let picture = drawn_as(&code, scale, quiet, (color, depth, transparent));
                assert_eq!(read(&picture), wanted, "{form}");
                assert_eq!(is_plain(&picture), ours, "{form}");
            }
            // What nobody sees is no code.
            for depth in [One, Eight] {
                assert_eq!(read(&drawn_as(&code, scale, quiet, (Grayscale, depth, shade(0)))), None);
            }
        }
    }

    /// Anything beside the code: words between the pixels, a chunk more.
    #[test]
    fn nothing_else_is_in_a_plain_picture() {
        let code = QrCode::new("HTTPS://LICENSE.EXAMPLE.GOV.CN/V/ABC").unwrap();
        let form = (png::ColorType::Grayscale, png::BitDepth::One, None);
        let picture = drawn_as(&code, 8, 4, form);
        assert!(is_plain(&picture));
        let mut longer = picture.clone();
        longer.extend_from_slice(b"x");
        assert!(!is_plain(&longer));
        let mut told = picture[..33].to_vec();
        told.extend_from_slice(b"\0\0\0\x04tEXta\0bc\0\0\0\0");
        told.extend_from_slice(&picture[33..]);
        assert!(!is_plain(&told));
        // A pixel in the corner of a module, where nobody samples.
        let mut pixels = Pixels::of_png(&picture, &mut Allowance::default()).unwrap();
        let (left, top, right, _) = pixels.bounds().unwrap();
        let width = right + 1 - left;
        let sides = |pixels: &Pixels| pixels.is_drawn_by((left, top), code.modules(), width, code.dark());
        assert!(sides(&pixels));
        for y in [top, top + 7, top + width / 2] {
            let at = y * pixels.row + (left + 8 * 9) / 8;
            pixels.bits[at] ^= 1;
            assert!(!sides(&pixels), "{y}");
            pixels.bits[at] ^= 1;
        }
    }

    /// One module of the picture is another: of the data, of the error correction, of a pattern.
    #[test]
    fn every_module_counts() {
        let code = QrCode::new("HTTPS://LICENSE.EXAMPLE.GOV.CN/V/ABC").unwrap();
        let seen = read(&drawn(&code, 1, 4)).unwrap();
        for at in 0..seen.dark.len() {
            let mut other = seen.clone();
            other.dark[at] = !other.dark[at];
            assert!(!other.shows(&Wanted::new("HTTPS://LICENSE.EXAMPLE.GOV.CN/V/ABC")), "module {at}");
        }
    }

    #[test]
    fn reads_codes_of_every_size_and_nothing_else() {
        for (text, scale, quiet) in [("A", 1, 4), ("HTTPS://LICENSE.EXAMPLE.GOV.CN/V/ABC", 3, 0), ("0123456789", 10, 2)]
        {
            let code = QrCode::new(text).unwrap();
            let seen = read(&drawn(&code, scale, quiet)).unwrap();
            assert!(seen.shows(&Wanted::new(text)), "{text}");
            assert!(!seen.shows(&Wanted::new("ANOTHER TEXT")));
            for mask in 0..8 {
                let seen = read(&drawn(&QrCode::with_mask(text, mask).unwrap(), scale, quiet)).unwrap();
                assert!(
                    seen.mask() == mask && seen.shows(&Wanted::new(text)) && !seen.shows(&Wanted::new("ANOTHER TEXT")),
                    "{text}, mask {mask}"
                );
            }
        }
        assert_eq!(read(b"no picture"), None);
        assert_eq!(read(&drawn(&QrCode::new("A").unwrap(), 1, 4)[..40]), None);
    }
}
