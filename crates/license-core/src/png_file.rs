//! PNG files of strangers: their pixels, and nothing that stands beside them.

use std::io::Cursor;

/// A decoder that inflates pixels alone: a colour profile or words of a kilobyte may become a gigabyte, and nobody here
/// looks at them. What is kept beside the pixels may have `limit` bytes.
pub(crate) fn open(bytes: &[u8], limit: usize) -> png::Decoder<Cursor<&[u8]>> {
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: limit });
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_ignore_text_chunk(true);
    decoder
}

/// Width and height, by the first chunk alone.
pub(crate) fn size(bytes: &[u8]) -> Result<(u32, u32), png::DecodingError> {
    let mut decoder = open(bytes, BESIDE);
    decoder.read_header_info().map(|header| (header.width, header.height))
}

/// Whether pixels may let show what is below them.
pub(crate) fn has_transparency(bytes: &[u8]) -> Result<bool, png::DecodingError> {
    let reader = open(bytes, BESIDE).read_info()?;
    let info = reader.info();
    let alpha = matches!(info.color_type, png::ColorType::GrayscaleAlpha | png::ColorType::Rgba);
    Ok(alpha || info.trns.is_some())
}

/// Whether a file says, once and nowhere else, that it has no colours: then no pixel of it is red, whatever they are. The
/// code of an invoice is such a picture, and most of what its pages show.
pub(crate) fn is_grey(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") else { return false };
    let mut first = true;
    while let Some((length, chunk)) = rest.split_first_chunk() {
        let Ok(length) = usize::try_from(u32::from_be_bytes(*length)) else { return false };
        let (Some(name), Some(data)) = (chunk.get(..4), chunk.get(4..).and_then(|data| data.get(..length))) else {
            return false;
        };
        match name {
            // PNG 11.2.2: width, height, depth, colour type 0 or 4 without colours.
            b"IHDR" => {
                if !first || !matches!(data, [_, _, _, _, _, _, _, _, _, 0 | 4, _, _, _]) {
                    return false;
                }
            }
            b"IEND" => return !first && chunk.len() == 4 + length + 4,
            b"IDAT" | b"pHYs" | b"tEXt" | b"tIME" | b"gAMA" | b"tRNS" | b"sBIT" | b"bKGD" if !first => {}
            // A profile, a palette, an animation: whatever else may bring colours.
            _ => return false,
        }
        first = false;
        let Some(next) = chunk.get(4 + length + 4..) else { return false };
        rest = next;
    }
    false
}

/// All pixels, four bytes each: red, green, blue and how opaque it is. How many there are is asked before ([`size`]).
pub(crate) fn rgba(bytes: &[u8]) -> Result<Vec<u8>, png::DecodingError> {
    let mut decoder = open(bytes, BESIDE);
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info()?;
    let length = reader.output_buffer_size().ok_or(png::DecodingError::LimitsExceeded)?;
    let mut pixels = vec![0; length];
    let frame = reader.next_frame(&mut pixels)?;
    pixels.truncate(frame.buffer_size());
    Ok(match frame.color_type {
        png::ColorType::Rgba => pixels,
        png::ColorType::GrayscaleAlpha => {
            pixels.chunks_exact(2).flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]]).collect()
        }
        png::ColorType::Rgb => pixels.chunks_exact(3).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255]).collect(),
        _ => pixels.iter().flat_map(|grey| [*grey, *grey, *grey, 255]).collect(),
    })
}

/// Bytes beside the pixels, a row among them.
pub(crate) const BESIDE: usize = 4 << 20;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_has_no_colours_says_so_once() {
        let file = |color, profile: bool| {
            let mut info = png::Info::with_size(2, 1);
            (info.color_type, info.bit_depth) = (color, png::BitDepth::Eight);
            info.icc_profile = profile.then(|| vec![0; 9].into());
            let mut file = Vec::new();
            let mut writer = png::Encoder::with_info(&mut file, info).unwrap().write_header().unwrap();
            writer.write_image_data(&vec![7; 2 * color.samples()]).unwrap();
            writer.finish().unwrap();
            file
        };
        use png::ColorType::{Grayscale, GrayscaleAlpha, Rgb, Rgba};
        for (color, grey) in [(Grayscale, true), (GrayscaleAlpha, true), (Rgb, false), (Rgba, false)] {
            let plain = file(color, false);
            assert_eq!(is_grey(&plain), grey, "{color:?}");
            assert!(!is_grey(&file(color, true)), "{color:?} with a profile");
            for end in 0..plain.len() {
                assert!(!is_grey(&plain[..end]), "{color:?}, {end} bytes");
            }
            assert!(!is_grey(&[&plain[..], b"x"].concat()));
            // Another header behind the first.
            let other = file(Rgb, false);
            let twice = [&plain[..33], &other[8..33], &plain[33..]].concat();
            assert!(!is_grey(&twice));
            // A header in which whoever takes thirteen bytes for it finds another chunk.
            let length = |bytes: usize| u32::try_from(bytes).unwrap().to_be_bytes();
            let inner = [&plain[12..33], &length(3), b"PLTE", &[255, 0, 0], &[0; 4]].concat();
            let wide = [&plain[..8], &length(inner.len() - 4), &inner, &[0; 4], &plain[33..]].concat();
            assert!(!is_grey(&wide));
            // A length beyond the end.
            let mut long = plain.clone();
            long[33..37].fill(0xff);
            assert!(!is_grey(&long));
        }
    }

    /// Two pixels of each form, with a profile that becomes sixty-four megabytes.
    #[test]
    fn pixels_of_every_form_and_no_profile() {
        use png::{BitDepth, ColorType};
        let profile = vec![0; 64 << 20];
        for (color, depth, data, first) in [
            (ColorType::Grayscale, BitDepth::Eight, vec![7, 9], [7, 7, 7, 255]),
            (ColorType::GrayscaleAlpha, BitDepth::Eight, vec![7, 3, 9, 9], [7, 7, 7, 3]),
            (ColorType::Rgb, BitDepth::Eight, vec![1, 2, 3, 4, 5, 6], [1, 2, 3, 255]),
            (ColorType::Rgba, BitDepth::Eight, vec![1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4]),
            (ColorType::Grayscale, BitDepth::Sixteen, vec![7, 1, 9, 1], [7, 7, 7, 255]),
            (ColorType::Grayscale, BitDepth::One, vec![0x80], [255, 255, 255, 255]),
        ] {
            let mut info = png::Info::with_size(2, 1);
            (info.color_type, info.bit_depth) = (color, depth);
            info.icc_profile = Some((&profile).into());
            let mut file = Vec::new();
            let mut writer = png::Encoder::with_info(&mut file, info).unwrap().write_header().unwrap();
            writer.write_image_data(&data).unwrap();
            writer.finish().unwrap();
            assert!(file.windows(4).any(|word| word == b"iCCP"));
            assert_eq!(size(&file).unwrap(), (2, 1));
            let pixels = rgba(&file).unwrap();
            assert_eq!((&pixels[..4], pixels.len()), (&first[..], 8), "{color:?} {depth:?}");
            assert!(rgba(&file[..file.len() - 30]).is_err());
        }
    }
}
