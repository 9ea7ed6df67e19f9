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
