//! Raster pictures on a page, and the seal.

use tiny_skia::{FilterQuality, Pixmap, PixmapPaint, Transform};

use super::{PaintError, brush};
use crate::length::Rect;
use crate::page::{ImageFormat, ImageItem};
use crate::png_file;
use crate::seal_art::SealPicture;

/// Largest raster read: a 50 mm seal at 1200 dpi has 5.6 million pixels.
const MAX_PICTURE_PIXELS: u64 = 16_000_000;

/// Paints a seal: its drawing when there is one, else its raster.
pub(super) fn seal(
    canvas: &mut Pixmap,
    seal: &SealPicture,
    place: Rect,
    to_pixels: Transform,
) -> Result<(), PaintError> {
    if seal.paths.is_empty() {
        return raster(canvas, decode(&seal.png)?, place, to_pixels);
    }
    let moved = to_pixels.pre_translate(place.x.um() as f32, place.y.um() as f32);
    for item in &seal.paths {
        brush::path(canvas, item, moved);
    }
    Ok(())
}

/// Paints a raster picture.
pub(super) fn image(canvas: &mut Pixmap, item: &ImageItem, to_pixels: Transform) -> Result<(), PaintError> {
    match item.format {
        ImageFormat::Png => raster(canvas, decode(&item.data)?, item.rect, to_pixels),
        ImageFormat::Jpeg => raster(canvas, decode_jpeg(&item.data)?, item.rect, to_pixels),
    }
}

fn raster(canvas: &mut Pixmap, mut picture: Pixmap, place: Rect, to_pixels: Transform) -> Result<(), PaintError> {
    // Bilinear sampling looks at four pixels only: halve until no more than two fall on one.
    let target = place.width.um() as f32 * to_pixels.sx;
    while picture.width() as f32 > 2.0 * target && picture.width() > 2 && picture.height() > 2 {
        picture = halve(&picture)?;
    }
    let (sx, sy) =
        (place.width.um() as f32 / picture.width() as f32, place.height.um() as f32 / picture.height() as f32);
    let transform = to_pixels.pre_translate(place.x.um() as f32, place.y.um() as f32).pre_scale(sx, sy);
    let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
    canvas.draw_pixmap(0, 0, picture.as_ref(), &paint, transform, None);
    Ok(())
}

/// Half the size, each pixel the mean of four.
fn halve(picture: &Pixmap) -> Result<Pixmap, PaintError> {
    let (width, height) = (picture.width() / 2, picture.height() / 2);
    let size = PaintError::Size { width: u64::from(width), height: u64::from(height) };
    let mut half = Pixmap::new(width, height).ok_or(size)?;
    let stride = picture.width() as usize * 4;
    let from = picture.data();
    for (row, line) in half.data_mut().chunks_exact_mut(width as usize * 4).enumerate() {
        for (at, byte) in line.iter_mut().enumerate() {
            let corner = row * 2 * stride + at / 4 * 8 + at % 4;
            let sum = [corner, corner + 4, corner + stride, corner + stride + 4].map(|at| u32::from(from[at]));
            *byte = (sum.iter().sum::<u32>() / 4) as u8;
        }
    }
    Ok(half)
}

fn decode(bytes: &[u8]) -> Result<Pixmap, PaintError> {
    let unreadable = |reason: String| PaintError::Picture { reason };
    let (width, height) = png_file::size(bytes).map_err(|error| unreadable(error.to_string()))?;
    if u64::from(width) * u64::from(height) > MAX_PICTURE_PIXELS {
        return Err(unreadable(format!("{width} × {height} pixels are too many")));
    }
    let mut rgba = png_file::rgba(bytes).map_err(|error| unreadable(error.to_string()))?;
    for pixel in rgba.chunks_exact_mut(4) {
        let color = tiny_skia::ColorU8::from_rgba(pixel[0], pixel[1], pixel[2], pixel[3]).premultiply();
        pixel.copy_from_slice(&[color.red(), color.green(), color.blue(), color.alpha()]);
    }
    let size = tiny_skia::IntSize::from_wh(width, height).ok_or_else(|| unreadable("an empty picture".to_owned()))?;
    Pixmap::from_vec(rgba, size).ok_or_else(|| unreadable("not as large as it says".to_owned()))
}

fn decode_jpeg(bytes: &[u8]) -> Result<Pixmap, PaintError> {
    let unreadable = |reason: String| PaintError::Picture { reason };
    let open = || image::ImageReader::with_format(std::io::Cursor::new(bytes), image::ImageFormat::Jpeg);
    let (width, height) = open().into_dimensions().map_err(|error| unreadable(error.to_string()))?;
    if u64::from(width) * u64::from(height) > MAX_PICTURE_PIXELS {
        return Err(unreadable(format!("{width} × {height} pixels are too many")));
    }
    let picture = open().decode().map_err(|error| unreadable(error.to_string()))?.into_rgba8();
    let size = tiny_skia::IntSize::from_wh(width, height).ok_or_else(|| unreadable("an empty picture".to_owned()))?;
    // No transparency in a JPEG: premultiplied and plain are the same.
    Pixmap::from_vec(picture.into_raw(), size).ok_or_else(|| unreadable("not as large as it says".to_owned()))
}
