//! The picture inside a seal, as it is found: png, jpg, gif, bmp, or a small OFD package. The name a seal gives its
//! format is not believed; the first bytes decide.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

use crate::png_file;

/// Formats of seal pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PictureFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// An OFD package; its first page is the picture (all seals of the tax authority are so).
    Ofd,
    /// SVG: named by the standards, never drawn here.
    Svg,
}

impl PictureFormat {
    /// By the first bytes.
    pub fn of(bytes: &[u8]) -> Option<PictureFormat> {
        let head = bytes.get(..bytes.len().min(256)).unwrap_or_default();
        let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
        match head {
            [0x89, b'P', b'N', b'G', ..] => Some(PictureFormat::Png),
            [0xFF, 0xD8, 0xFF, ..] => Some(PictureFormat::Jpeg),
            [b'G', b'I', b'F', b'8', ..] => Some(PictureFormat::Gif),
            [b'B', b'M', ..] => Some(PictureFormat::Bmp),
            [b'P', b'K', 3, 4, ..] => Some(PictureFormat::Ofd),
            _ if text.starts_with(b"<svg") => Some(PictureFormat::Svg),
            _ if text.starts_with(b"<?xml") && text.windows(4).any(|word| word == b"<svg") => Some(PictureFormat::Svg),
            _ => None,
        }
    }

    /// As seals write it.
    pub const fn name(self) -> &'static str {
        match self {
            PictureFormat::Png => "png",
            PictureFormat::Jpeg => "jpg",
            PictureFormat::Gif => "gif",
            PictureFormat::Bmp => "bmp",
            PictureFormat::Ofd => "ofd",
            PictureFormat::Svg => "svg",
        }
    }

    /// Whether a name in a seal (`PNG`, `JPEG`, `.ofd`) means this format.
    pub fn is_called(self, name: &str) -> bool {
        let name = name.trim().trim_start_matches('.');
        name.eq_ignore_ascii_case(self.name()) || self == PictureFormat::Jpeg && name.eq_ignore_ascii_case("jpeg")
    }

    const fn raster(self) -> Option<ImageFormat> {
        match self {
            PictureFormat::Png => Some(ImageFormat::Png),
            PictureFormat::Jpeg => Some(ImageFormat::Jpeg),
            PictureFormat::Gif => Some(ImageFormat::Gif),
            PictureFormat::Bmp => Some(ImageFormat::Bmp),
            PictureFormat::Ofd | PictureFormat::Svg => None,
        }
    }
}

/// What a picture is, without drawing it.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureFacts {
    /// By the first bytes.
    pub format: Option<PictureFormat>,
    /// Width and height in pixels, of bitmaps.
    pub pixels: Option<(u32, u32)>,
    /// Width and height in millimetres, of an OFD page.
    pub page_mm: Option<(f64, f64)>,
}

/// Looks at the head of a picture, or at the first page of an OFD.
pub fn look(bytes: &[u8]) -> PictureFacts {
    let format = PictureFormat::of(bytes);
    let raster = format.and_then(PictureFormat::raster);
    let pixels = raster.and_then(|raster| pixels(bytes, raster).ok());
    let page_mm = match format {
        Some(PictureFormat::Ofd) => {
            ofd::inspect_bytes(bytes, &inner_budget()).ok().and_then(|facts| first_page(&facts))
        }
        _ => None,
    };
    PictureFacts { format, pixels, page_mm }
}

/// The same of an OFD that is as small as seals are: a red circle and some words. [`PictureError::TooLarge`] when there is more
/// in it, which costs little to find out.
pub(crate) fn page_of_small(bytes: &[u8]) -> Result<Option<(f64, f64)>, PictureError> {
    match ofd::inspect_bytes(bytes, &small_budget()) {
        Ok(facts) if facts.has(ofd::ProblemKind::OverBudget) => Err(PictureError::TooLarge),
        Ok(facts) => Ok(first_page(&facts)),
        Err(ofd::Error::OverBudget { .. }) => Err(PictureError::TooLarge),
        Err(_) => Ok(None),
    }
}

fn first_page(facts: &ofd::Facts) -> Option<(f64, f64)> {
    let size = facts.pages.first()?.size();
    Some((size.width.to_mm(), size.height.to_mm()))
}

/// Why a package is no picture.
pub(crate) fn no_page() -> PictureError {
    PictureError::Damaged("the OFD has no page that can be read".to_owned())
}

/// A bitmap in RGBA.
#[derive(Clone, PartialEq, Eq)]
pub struct Raster {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Four bytes a pixel, rows from the top.
    pub rgba: Vec<u8>,
}

impl std::fmt::Debug for Raster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raster({}x{})", self.width, self.height)
    }
}

/// Why a picture cannot be had as a bitmap.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PictureError {
    /// Neither a bitmap nor an OFD that consists of one.
    #[error("the picture is no bitmap of a known format")]
    Format,
    /// More pixels than [`MAX_PIXELS`].
    #[error("the picture has more than {MAX_PIXELS} pixels")]
    TooLarge,
    /// Damaged.
    #[error("the picture cannot be decoded: {0}")]
    Damaged(String),
}

/// Decodes a bitmap; of an OFD, the picture that its first page consists of.
pub fn decode(bytes: &[u8]) -> Result<Raster, PictureError> {
    match PictureFormat::of(bytes) {
        Some(PictureFormat::Ofd) => {
            let damaged = |error: ofd::Error| PictureError::Damaged(error.to_string());
            let facts = ofd::inspect_bytes(bytes, &inner_budget()).map_err(damaged)?;
            let page = facts.pages.first().ok_or(PictureError::Format)?;
            let ([picture], 0) = (page.pictures.as_slice(), page.paths + page.text.len()) else {
                return Err(PictureError::Format);
            };
            let image = picture.image.and_then(|at| facts.images.get(at)).and_then(|image| image.file.as_ref());
            raster(image.ok_or(PictureError::Format)?.bytes())
        }
        _ => raster(bytes),
    }
}

/// Whether a picture can be shown from its first row to its last. Nothing is kept of it: of a PNG, which nearly all seals
/// are, no row is longer looked at than it takes to unpack it.
pub(crate) fn probe(bytes: &[u8]) -> Result<(), PictureError> {
    match PictureFormat::of(bytes) {
        Some(PictureFormat::Png) => {
            let damaged = |error: png::DecodingError| PictureError::Damaged(error.to_string());
            let mut reader = png_file::open(bytes, png_file::BESIDE).read_info().map_err(damaged)?;
            let (width, height) = (reader.info().width, reader.info().height);
            if u64::from(width) * u64::from(height) > MAX_PIXELS {
                return Err(PictureError::TooLarge);
            }
            while reader.next_row().map_err(damaged)?.is_some() {}
            Ok(())
        }
        Some(PictureFormat::Ofd) => match look(bytes).page_mm {
            Some(_) => Ok(()),
            None => Err(no_page()),
        },
        _ => raster(bytes).map(drop),
    }
}

/// Width and height. Of a PNG the first chunk is read and nothing else: `image` would inflate its colour profile, too.
fn pixels(bytes: &[u8], format: ImageFormat) -> Result<(u32, u32), PictureError> {
    match format {
        ImageFormat::Png => png_file::size(bytes).map_err(|error| PictureError::Damaged(error.to_string())),
        _ => {
            let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
            reader.limits(limits());
            reader.into_dimensions().map_err(|error| PictureError::Damaged(error.to_string()))
        }
    }
}

fn raster(bytes: &[u8]) -> Result<Raster, PictureError> {
    let format = PictureFormat::of(bytes).and_then(PictureFormat::raster).ok_or(PictureError::Format)?;
    let (width, height) = pixels(bytes, format)?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooLarge);
    }
    if format == ImageFormat::Png {
        let rgba = png_file::rgba(bytes).map_err(|error| PictureError::Damaged(error.to_string()))?;
        return Ok(Raster { width, height, rgba });
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let rgba = reader.decode().map_err(|error| PictureError::Damaged(error.to_string()))?.into_rgba8();
    Ok(Raster { width, height, rgba: rgba.into_raw() })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_PIXELS * 8);
    limits
}

/// A seal's picture is small; what is in it has no signatures and hardly any files.
fn inner_budget() -> ofd::Budget {
    ofd::Budget {
        package_bytes: 4 << 20,
        entries: 128,
        entry_bytes: 4 << 20,
        total_bytes: 8 << 20,
        pages: 4,
        objects: 20_000,
        xml_nodes: 100_000,
        xml_bytes: 16 << 20,
        signatures: 1,
        ..ofd::Budget::default()
    }
}

/// What costs little even 64 times.
fn small_budget() -> ofd::Budget {
    ofd::Budget {
        package_bytes: 512 << 10,
        entry_bytes: 256 << 10,
        total_bytes: 256 << 10,
        xml_bytes: 256 << 10,
        xml_nodes: 5_000,
        objects: 2_000,
        listed: 128,
        text_bytes: 64 << 10,
        problems: 64,
        ..inner_budget()
    }
}

/// 42 mm at 600 dots an inch are a million.
pub const MAX_PIXELS: u64 = 4_000_000;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use image::RgbaImage;

    fn picture(format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let picture = RgbaImage::from_pixel(7, 5, image::Rgba([200, 0, 0, 255]));
        match format {
            ImageFormat::Jpeg => image::DynamicImage::from(picture).into_rgb8().write_to(&mut out, format).unwrap(),
            _ => picture.write_to(&mut out, format).unwrap(),
        }
        out.into_inner()
    }

    fn package(file: Vec<u8>) -> Vec<u8> {
        use ofd::model::{Document, Image, ImageObject, Layer, Object, Page};
        use ofd::{Rect, Size, Um};
        let info = ofd::DocInfo { doc_id: "0".repeat(32), ..ofd::DocInfo::default() };
        let mut document = Document::new(info);
        let image = document.add_image(Image::new(file));
        let drawn = Object::Image(ImageObject::new(Rect::mm(0, 0, 30, 20), image));
        let size = Size::new(Um::mm(30), Um::mm(20));
        document.pages.push(Page { size, layers: vec![Layer::body(vec![drawn])], ..Page::default() });
        document.package().unwrap().to_zip().unwrap()
    }

    #[test]
    fn every_kind_of_seal_picture() {
        for (format, kind) in [
            (ImageFormat::Png, PictureFormat::Png),
            (ImageFormat::Jpeg, PictureFormat::Jpeg),
            (ImageFormat::Gif, PictureFormat::Gif),
            (ImageFormat::Bmp, PictureFormat::Bmp),
        ] {
            let bytes = picture(format);
            let facts = look(&bytes);
            assert_eq!((facts.format, facts.pixels), (Some(kind), Some((7, 5))));
            let raster = decode(&bytes).unwrap();
            assert!((180..=220).contains(&raster.rgba[0]) && raster.rgba[1] < 30, "{kind:?}");
            assert_eq!(probe(&bytes), Ok(()));
            for cut in [0, 1, 4, bytes.len() / 2] {
                let _ = (look(&bytes[..cut]), decode(&bytes[..cut]));
                assert!(probe(&bytes[..cut]).is_err(), "{kind:?} of {cut} bytes");
            }
        }
        let ofd = package(picture(ImageFormat::Png));
        let facts = look(&ofd);
        assert_eq!((facts.format, facts.page_mm), (Some(PictureFormat::Ofd), Some((30.0, 20.0))));
        assert_eq!(decode(&ofd).unwrap().width, 7);
        assert!(probe(&ofd).is_ok() && probe(&ofd[..60]).is_err());
        assert!(PictureFormat::Jpeg.is_called("JPEG") && PictureFormat::Ofd.is_called(".OFD"));
        assert_eq!(PictureFormat::of(b"<?xml version='1.0'?><svg/>"), Some(PictureFormat::Svg));
        assert_eq!(decode(b"GIF"), Err(PictureError::Format));
    }

    #[test]
    fn more_pixels_than_a_seal_has() {
        // A BMP head of 60,000 by 60,000 pixels and nothing behind it.
        let mut bytes = picture(ImageFormat::Bmp);
        bytes[18..22].copy_from_slice(&60_000u32.to_le_bytes());
        bytes[22..26].copy_from_slice(&60_000u32.to_le_bytes());
        assert_eq!(decode(&bytes), Err(PictureError::TooLarge));
    }
}
