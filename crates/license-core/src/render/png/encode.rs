//! Pixels → PNG, at the encoder's fast level: encoding costs more than painting.

use ::png::{BitDepth, ColorType, Compression, Encoder, PixelDimensions, SrgbRenderingIntent, Unit};
use tiny_skia::Pixmap;

use super::PaintError;

/// Encodes an opaque picture as 8-bit RGB with its resolution.
pub(super) fn encode(canvas: &Pixmap, dpi: u32) -> Result<Vec<u8>, PaintError> {
    // Every page begins with an opaque ground, so alpha is 255 everywhere and colours are not premultiplied.
    let rgb: Vec<u8> = canvas.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let failed = |error: ::png::EncodingError| PaintError::Encode { reason: error.to_string() };
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, canvas.width(), canvas.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
    let per_metre = (f64::from(dpi) / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: per_metre, yppu: per_metre, unit: Unit::Meter }));
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&rgb).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}
