//! QR codes among the pictures of a page: what a phone will read must be the attached index.

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
}

impl Seen {
    /// Whether it is the code of this text, of the level and the form that issuing draws, under whatever mask.
    pub(super) fn shows(&self, text: &str) -> bool {
        QrCode::with_mask(text, self.mask()).is_ok_and(|code| code.modules() == self.side && code.dark() == self.dark)
    }

    /// The mask that the format information names, right of the upper finder pattern (ISO/IEC 18004, 7.9).
    fn mask(&self) -> u8 {
        let bit = |x: usize| u8::from(self.dark.get(8 * self.side + x).copied().unwrap_or(false));
        (bit(2) << 2 | bit(3) << 1 | bit(4)) ^ 0b101
    }
}

/// The QR code that a PNG shows; nothing for any other picture.
pub(super) fn read(png: &[u8]) -> Option<Seen> {
    let (side, dark) = pixels(png)?;
    let at = |x: usize, y: usize| dark.get(y * side + x).copied().unwrap_or(false);
    let mut rows = dark.chunks_exact(side.max(1)).enumerate().filter(|(_, row)| row.contains(&true));
    let top = rows.next()?.0;
    let bottom = rows.next_back().map_or(top, |(row, _)| row);
    let (mut left, mut right) = (side, 0);
    for row in dark.chunks_exact(side.max(1)) {
        left = left.min(row.iter().position(|dark| *dark).unwrap_or(side));
        right = right.max(row.iter().rposition(|dark| *dark).unwrap_or(0));
    }
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
    let dark = (0..modules).flat_map(|y| (0..modules).map(move |x| (x, y))).map(|(x, y)| module(x, y)).collect();
    Some(Seen { side: modules, dark })
}

/// A square picture as dark and light pixels; what is transparent is light.
fn pixels(bytes: &[u8]) -> Option<(usize, Vec<bool>)> {
    let mut decoder =
        png::Decoder::new_with_limits(std::io::Cursor::new(bytes), png::Limits { bytes: MAX_PIXEL_BYTES });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = (reader.info().width, reader.info().height);
    if width != height || width > MOST_SIDE {
        return None;
    }
    let mut out = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut out).ok()?;
    let channels = frame.color_type.samples();
    let dark = |pixel: &[u8]| match *pixel {
        [grey] => grey < 128,
        [grey, alpha] => alpha >= 128 && grey < 128,
        [r, g, b] => is_dark(r, g, b),
        [r, g, b, alpha, ..] => alpha >= 128 && is_dark(r, g, b),
        [] => false,
    };
    let pixels = out.get(..frame.buffer_size())?;
    let dark: Vec<bool> = match channels {
        1 => pixels.iter().map(|grey| *grey < 128).collect(),
        _ => pixels.chunks_exact(channels).map(dark).collect(),
    };
    Some((width as usize, dark))
}

fn is_dark(r: u8, g: u8, b: u8) -> bool {
    u32::from(r) + u32::from(g) + u32::from(b) < 3 * 128
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn drawn(code: &QrCode, scale: usize, quiet: usize) -> Vec<u8> {
        let side = (code.modules() + 2 * quiet) * scale;
        let pixel = |at: usize| {
            let (x, y) = ((at % side) / scale, (at / side) / scale);
            let inside = |at: usize| at.checked_sub(quiet).filter(|at| *at < code.modules());
            let dark = inside(x).zip(inside(y)).is_some_and(|(x, y)| code.dark()[y * code.modules() + x]);
            if dark { 0 } else { 255 }
        };
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, side as u32, side as u32);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&(0..side * side).map(pixel).collect::<Vec<u8>>()).unwrap();
        writer.finish().unwrap();
        out
    }

    #[test]
    fn reads_codes_of_every_size_and_nothing_else() {
        for (text, scale, quiet) in [("A", 1, 4), ("HTTPS://LICENSE.EXAMPLE.GOV.CN/V/ABC", 3, 0), ("0123456789", 10, 2)]
        {
            let code = QrCode::new(text).unwrap();
            let seen = read(&drawn(&code, scale, quiet)).unwrap();
            assert!(seen.shows(text), "{text}");
            assert!(!seen.shows("ANOTHER TEXT"));
            for mask in 0..8 {
                let seen = read(&drawn(&QrCode::with_mask(text, mask).unwrap(), scale, quiet)).unwrap();
                assert!(seen.mask() == mask && seen.shows(text) && !seen.shows("ANOTHER TEXT"), "{text}, mask {mask}");
            }
        }
        assert_eq!(read(b"no picture"), None);
        assert_eq!(read(&drawn(&QrCode::new("A").unwrap(), 1, 4)[..40]), None);
    }
}
