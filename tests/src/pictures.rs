//! Are two rasters the same picture? Renderers differ in how they smooth an edge, never in where a stroke lies.

use image::imageops::FilterType;
use image::{DynamicImage, RgbImage, load_from_memory};

/// A part of the page that is left out of a comparison, in thousandths of its width and height: left, top, right, bottom.
pub type Mask = [u32; 4];

/// How far two pictures are apart. Both are brought to one width, cut into square cells, and the mean colours of each cell
/// are compared: smoothing vanishes, a missing letter does not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// Mean difference over all cells, 0 to 255.
    pub mean: f64,
    /// The largest difference of one cell, 0 to 255.
    pub worst: f64,
    /// Where that cell is, in thousandths of width and height.
    pub at: (u32, u32),
    /// Share of cells that differ by more than 32.
    pub share: f64,
}

/// Compares two PNG rasters of a page `width_mm` wide in cells of half a millimetre; cells in a mask are not looked at.
///
/// # Panics
/// As [`compare_cells`].
#[track_caller]
pub fn compare(a: &[u8], b: &[u8], width_mm: f64, masks: &[Mask]) -> Distance {
    compare_cells(a, b, width_mm, 0.5, masks)
}

/// Compares two PNG rasters of a page `width_mm` wide in cells of `cell_mm`; cells in a mask are not looked at.
///
/// # Panics
/// When a picture cannot be decoded, or their shapes differ by more than one percent.
#[track_caller]
pub fn compare_cells(a: &[u8], b: &[u8], width_mm: f64, cell_mm: f64, masks: &[Mask]) -> Distance {
    let (a, b) = (decode(a), decode(b));
    let shape = |p: &DynamicImage| f64::from(p.width()) / f64::from(p.height());
    let (one, other) = (shape(&a), shape(&b));
    let size = |p: &DynamicImage| (p.width(), p.height());
    assert!((one / other - 1.0).abs() < 0.01, "the shapes differ: {:?} and {:?}", size(&a), size(&b));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page has a few hundred cells")]
    let (columns, rows) = ((width_mm / cell_mm) as u32, (width_mm / cell_mm / one) as u32);
    // The method of the whole picture is compiled, optimised, in its own crate; the generic function would be slow here.
    let cells = |p: &DynamicImage| on_white(p.resize_exact(columns.max(1), rows.max(1), FilterType::Triangle));
    let (a, b) = (cells(&a), cells(&b));
    let mut found = Distance { mean: 0.0, worst: 0.0, at: (0, 0), share: 0.0 };
    let mut looked_at = 0_u32;
    for (x, y, pixel) in a.enumerate_pixels() {
        let at = (x * 1000 / a.width(), y * 1000 / a.height());
        if masks.iter().any(|m| (m[0]..m[2]).contains(&at.0) && (m[1]..m[3]).contains(&at.1)) {
            continue;
        }
        let other = b.get_pixel(x, y);
        let apart = (0..3).map(|c| f64::from(pixel[c].abs_diff(other[c]))).sum::<f64>() / 3.0;
        looked_at += 1;
        found.mean += apart;
        found.share += f64::from(apart > 32.0);
        if apart > found.worst {
            (found.worst, found.at) = (apart, at);
        }
    }
    found.mean /= f64::from(looked_at.max(1));
    found.share /= f64::from(looked_at.max(1));
    found
}

#[track_caller]
fn decode(png: &[u8]) -> DynamicImage {
    load_from_memory(png).expect("the picture can be decoded")
}

/// What is transparent shows the paper.
fn on_white(picture: DynamicImage) -> RgbImage {
    let picture = picture.into_rgba8();
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (from, to) in picture.pixels().zip(flat.pixels_mut()) {
        let alpha = u32::from(from[3]);
        for channel in 0..3 {
            let mixed = (u32::from(from[channel]) * alpha + 255 * (255 - alpha)) / 255;
            to[channel] = u8::try_from(mixed).expect("a mean of two bytes is a byte");
        }
    }
    flat
}
