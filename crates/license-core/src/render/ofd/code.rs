//! A QR code as a picture file.

use crate::page::QrItem;
use crate::render::deflate::Deflater;
use crate::render::qr::QUIET_ZONE;

/// A PNG file of the code with its quiet zone: black on white, one bit a pixel, each module eight pixels wide and high,
/// so that also readers that smooth pictures leave its edges sharp. As a path it would take six times the room.
pub(super) fn png(code: &QrItem, deflater: &mut Deflater) -> Vec<u8> {
    let modules = code.modules + 2 * QUIET_ZONE;
    let side = (modules * PIXELS) as u32;
    // Each row begins with its filter: none. A module is a byte of eight pixels.
    let mut rows = vec![0xFF; (modules * PIXELS) * (modules + 1)];
    rows.iter_mut().step_by(modules + 1).for_each(|filter| *filter = 0);
    for (y, row) in code.dark.chunks(code.modules.max(1)).enumerate() {
        for line in 0..PIXELS {
            let start = ((y + QUIET_ZONE) * PIXELS + line) * (modules + 1) + 1 + QUIET_ZONE;
            for (pixels, &dark) in rows[start..].iter_mut().zip(row) {
                *pixels = if dark { 0 } else { 0xFF };
            }
        }
    }
    let [a, b, c, d] = side.to_be_bytes();
    // One bit, gray; deflate, filters, no interlacing.
    let header = [a, b, c, d, a, b, c, d, 1, 0, 0, 0, 0];
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    chunk(&mut file, b"IHDR", &header);
    chunk(&mut file, b"IDAT", &deflater.deflate(&rows));
    chunk(&mut file, b"IEND", b"");
    file
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    file.extend_from_slice(&(data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend_from_slice(kind);
    file.extend_from_slice(data);
    let mut crc = flate2::Crc::new();
    crc.update(&file[start..]);
    file.extend_from_slice(&crc.sum().to_be_bytes());
}

/// Pixels of a module.
const PIXELS: usize = 8;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::length::Rect;

    #[test]
    fn the_picture_shows_exactly_the_dark_modules() {
        for rows in
            [&["#"][..], &["..", ".."], &[".#", "#."], &["###", "#.#", "###"], &["#.#.", ".##.", "##.#", "...#"]]
        {
            let dark: Vec<bool> = rows.iter().flat_map(|row| row.chars().map(|char| char == '#')).collect();
            let code = QrItem { rect: Rect::default(), modules: rows.len(), dark };
            let file = png(&code, &mut Deflater::zlib(3));
            let mut decoder = ::png::Decoder::new(std::io::Cursor::new(file));
            decoder.set_transformations(::png::Transformations::EXPAND);
            let mut reader = decoder.read_info().unwrap();
            let side = (code.modules + 8) as u32;
            assert_eq!((reader.info().width, reader.info().height), (8 * side, 8 * side));
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            for (at, &pixel) in pixels.iter().enumerate() {
                let (x, y) = (at as u32 % (8 * side) / 8, at as u32 / (8 * side) / 8);
                let inside = (4..side - 4).contains(&x) && (4..side - 4).contains(&y);
                let dark = inside && code.dark[(y as usize - 4) * code.modules + x as usize - 4];
                assert_eq!(pixel, if dark { 0 } else { 255 }, "{rows:?} at {x} {y}");
            }
        }
    }
}
