//! Pages → pixels: previews, and the small picture on the verify page.
//!
//! Geometry is that of the PDF: a page of *w* mm becomes *w* · dpi / 25.4 pixels, rounded up, with the page's top left
//! corner in the picture's. Colours are blended as sRGB numbers, as PDF readers do.

mod brush;
mod encode;
mod pictures;

use std::sync::Arc;

use tiny_skia::{Pixmap, Transform};

use super::cache::Cache;
use crate::fonts::FontLibrary;
use crate::layout::diagonal;
use crate::length::{Length, Point, Rect};
use crate::page::{Artwork, Item, Page};
use crate::seal_art::SealPicture;

/// Least dots an inch.
pub const MIN_DPI: u32 = 10;
/// Most dots an inch.
pub const MAX_DPI: u32 = 600;
/// Most pixels of one picture: A4 at 600 dpi has 35 million.
pub const MAX_PIXELS: u64 = 72_000_000;

/// What is painted besides the page itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct PaintOptions<'a> {
    /// The issuer's seal, in the page's seal place; a page leaves it to the signature.
    pub seal: Option<&'a SealPicture>,
    /// Words across the page, such as 样本 or 核验预览.
    pub watermark: Option<&'a str>,
}

/// Why a page cannot be painted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaintError {
    /// The resolution is out of range.
    #[error("{dpi} dpi is outside {MIN_DPI} to {MAX_DPI}")]
    Resolution {
        /// Dots an inch asked for.
        dpi: u32,
    },
    /// The page has no area, or the picture would have too many pixels.
    #[error("a picture of {width} × {height} pixels cannot be made")]
    Size {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
    },
    /// A raster picture of the page or of a seal cannot be read.
    #[error("a picture on the page cannot be read: {reason}")]
    Picture {
        /// What is wrong.
        reason: String,
    },
    /// The PNG could not be written.
    #[error("the PNG cannot be written: {reason}")]
    Encode {
        /// What the encoder said.
        reason: String,
    },
}

/// Paints pages; keeps painted backgrounds, because painting them costs more than everything else.
///
/// ```no_run
/// # use license_core::{fonts::FontLibrary, page::Page, render::png::{Painter, PaintOptions, PaintError}};
/// # fn preview(page: &Page, fonts: &FontLibrary) -> Result<Vec<u8>, PaintError> {
/// let painter = Painter::new();
/// let options = PaintOptions { watermark: Some("样本"), ..PaintOptions::default() };
/// painter.paint(page, fonts, 150, &options)
/// # }
/// ```
pub struct Painter {
    backgrounds: Cache<([u8; 32], u32, u32), Pixmap>,
}

impl Painter {
    /// A painter that keeps the backgrounds of a few faces.
    pub fn new() -> Painter {
        Painter { backgrounds: Cache::new(KEPT_BACKGROUNDS) }
    }

    /// Paints a page and encodes it as PNG.
    pub fn paint(
        &self,
        page: &Page,
        fonts: &FontLibrary,
        dpi: u32,
        options: &PaintOptions<'_>,
    ) -> Result<Vec<u8>, PaintError> {
        encode::encode(&self.pixels(page, fonts, dpi, options)?, dpi)
    }

    fn pixels(
        &self,
        page: &Page,
        fonts: &FontLibrary,
        dpi: u32,
        options: &PaintOptions<'_>,
    ) -> Result<Pixmap, PaintError> {
        if !(MIN_DPI..=MAX_DPI).contains(&dpi) {
            return Err(PaintError::Resolution { dpi });
        }
        let (width, height) = (pixels(page.size.width, dpi), pixels(page.size.height, dpi));
        if width == 0 || height == 0 || width * height > MAX_PIXELS {
            return Err(PaintError::Size { width, height });
        }
        let scale = dpi as f32 / 25_400.0;
        let mut canvas = match &page.background {
            Some(art) => (*self.background(art, width as u32, height as u32, scale)?).clone(),
            None => blank(width as u32, height as u32)?,
        };
        let to_pixels = Transform::from_scale(scale, scale);
        for item in &page.items {
            match item {
                Item::Text(run) => brush::text(&mut canvas, run, fonts.face(run.face), to_pixels),
                Item::Path(path) => brush::path(&mut canvas, path, to_pixels),
                Item::Qr(code) => brush::qr(&mut canvas, code, to_pixels),
                Item::Image(image) => pictures::image(&mut canvas, image, to_pixels)?,
            }
        }
        if let (Some(seal), Some(place)) = (options.seal, page.seal) {
            let centre = Point::new(
                place.x + Length::from_um(place.width.um() / 2),
                place.y + Length::from_um(place.height.um() / 2),
            );
            pictures::seal(&mut canvas, seal, Rect::centred(centre, seal.size), to_pixels)?;
        }
        if let Some(words) = options.watermark {
            brush::path(&mut canvas, &diagonal(words, page.size, fonts, WATERMARK_ALPHA), to_pixels);
        }
        Ok(canvas)
    }

    fn background(&self, art: &Arc<Artwork>, width: u32, height: u32, scale: f32) -> Result<Arc<Pixmap>, PaintError> {
        if u64::from(width) * u64::from(height) > MAX_KEPT_PIXELS {
            return Ok(Arc::new(painted(art, width, height, scale)?));
        }
        self.backgrounds.get_or_make(&(art.digest, width, height), || painted(art, width, height, scale))
    }
}

impl Default for Painter {
    fn default() -> Painter {
        Painter::new()
    }
}

impl std::fmt::Debug for Painter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Painter").finish_non_exhaustive()
    }
}

/// Paints one page with nothing kept: for a single picture.
pub fn paint(page: &Page, fonts: &FontLibrary, dpi: u32, options: &PaintOptions<'_>) -> Result<Vec<u8>, PaintError> {
    Painter::new().paint(page, fonts, dpi, options)
}

fn painted(art: &Artwork, width: u32, height: u32, scale: f32) -> Result<Pixmap, PaintError> {
    let mut canvas = blank(width, height)?;
    for group in &art.groups {
        brush::art(&mut canvas, group, Transform::from_scale(scale, scale));
    }
    Ok(canvas)
}

fn blank(width: u32, height: u32) -> Result<Pixmap, PaintError> {
    let size = PaintError::Size { width: u64::from(width), height: u64::from(height) };
    let mut canvas = Pixmap::new(width, height).ok_or(size)?;
    canvas.fill(tiny_skia::Color::WHITE);
    Ok(canvas)
}

/// Length in pixels, rounded up as PDF readers do; a thousandth of a pixel is not another row.
fn pixels(length: Length, dpi: u32) -> u64 {
    (length.mm() / 25.4 * f64::from(dpi) - 0.001).ceil().max(0.0) as u64
}

/// Four bytes a pixel: eight A4 backgrounds at 150 dpi are 70 MB.
const KEPT_BACKGROUNDS: usize = 8;
const MAX_KEPT_PIXELS: u64 = 4_500_000;
/// 16 %.
const WATERMARK_ALPHA: u8 = 41;
