//! Raster pictures as image XObjects.

use pdf_writer::{Chunk, Filter, Name, Ref};

use crate::page::{ImageFormat, ImageItem};
use crate::render::RenderError;
use crate::render::deflate::deflate_best;

/// A picture ready to be written.
pub(super) struct Raster {
    width: i32,
    height: i32,
    gray: bool,
    filter: Filter,
    data: Vec<u8>,
    /// Deflated alpha, when there is any.
    alpha: Option<Vec<u8>>,
}

impl Raster {
    pub(super) fn new(item: &ImageItem) -> Result<Raster, RenderError> {
        match item.format {
            ImageFormat::Png => Raster::png(&item.data),
            ImageFormat::Jpeg => Raster::jpeg(&item.data),
        }
    }

    pub(super) fn png(data: &[u8]) -> Result<Raster, RenderError> {
        let failed = |error: png::DecodingError| unfit(&error.to_string());
        let mut decoder = crate::png_file::open(data, MAX_PIXEL_BYTES);
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        let mut reader = decoder.read_info().map_err(failed)?;
        let size = reader
            .output_buffer_size()
            .filter(|&size| size <= MAX_PIXEL_BYTES)
            .ok_or_else(|| unfit("it is too large"))?;
        let mut pixels = vec![0; size];
        let info = reader.next_frame(&mut pixels).map_err(failed)?;
        pixels.truncate(info.buffer_size());
        let (gray, alpha) = match info.color_type {
            png::ColorType::Grayscale => (true, false),
            png::ColorType::GrayscaleAlpha => (true, true),
            png::ColorType::Rgba => (false, true),
            _ => (false, false),
        };
        let mask = alpha.then(|| {
            let channels = if gray { 2 } else { 4 };
            let mask: Vec<u8> = pixels.iter().skip(channels - 1).step_by(channels).copied().collect();
            pixels = pixels.chunks(channels).flat_map(|pixel| &pixel[..channels - 1]).copied().collect();
            mask
        });
        Ok(Raster {
            width: side(info.width)?,
            height: side(info.height)?,
            gray,
            filter: Filter::FlateDecode,
            data: deflate_best(&pixels),
            alpha: mask.filter(|mask| mask.iter().any(|&alpha| alpha != 255)).map(|mask| deflate_best(&mask)),
        })
    }

    /// JPEG files go in as they are; only their frame header is read (ITU-T T.81 B.2.2).
    fn jpeg(data: &[u8]) -> Result<Raster, RenderError> {
        let mut rest = data.strip_prefix(&[0xFF, 0xD8]).ok_or_else(|| unfit("it is no JPEG file"))?;
        loop {
            let (marker, length) = match rest {
                [0xFF, 0xFF, ..] => {
                    rest = &rest[1..];
                    continue;
                }
                [0xFF, marker, high, low, ..] => (*marker, usize::from(u16::from_be_bytes([*high, *low]))),
                _ => return Err(unfit("its JPEG headers are damaged")),
            };
            if matches!(marker, 0xC0..=0xC2) {
                let &[_, _, _, _, 8, h1, h0, w1, w0, channels, ..] = rest else {
                    return Err(unfit("its JPEG frame header is damaged"));
                };
                let gray = match channels {
                    1 => true,
                    3 => false,
                    _ => return Err(unfit("only gray and colour JPEG files are possible, no CMYK")),
                };
                let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
                return Ok(Raster {
                    width: side(width.into())?,
                    height: side(height.into())?,
                    gray,
                    filter: Filter::DctDecode,
                    data: data.to_vec(),
                    alpha: None,
                });
            }
            if length < 2 || matches!(marker, 0xD9 | 0xDA) {
                return Err(unfit("its JPEG headers are damaged"));
            }
            rest = rest.get(2 + length..).ok_or_else(|| unfit("its JPEG headers are damaged"))?;
        }
    }

    pub(super) fn is_transparent(&self) -> bool {
        self.alpha.is_some()
    }

    /// Writes picture and mask under fresh references.
    pub(super) fn write(&self, chunk: &mut Chunk, next: &mut Ref) -> Ref {
        let id = next.bump();
        let mask = self.alpha.as_ref().map(|alpha| {
            let id = next.bump();
            let mut image = chunk.image_xobject(id, alpha);
            image.filter(Filter::FlateDecode).pair(Name(b"ColorSpace"), Name(b"DeviceGray"));
            image.width(self.width).height(self.height).bits_per_component(8);
            id
        });
        let mut image = chunk.image_xobject(id, &self.data);
        let space: &[u8] = if self.gray { b"DeviceGray" } else { b"DeviceRGB" };
        image.filter(self.filter).pair(Name(b"ColorSpace"), Name(space));
        image.width(self.width).height(self.height).bits_per_component(8);
        if let Some(mask) = mask {
            image.s_mask(mask);
        }
        id
    }
}

fn side(pixels: u32) -> Result<i32, RenderError> {
    match i32::try_from(pixels) {
        Ok(side) if side > 0 => Ok(side),
        _ => Err(unfit("it has no size")),
    }
}

fn unfit(reason: &str) -> RenderError {
    RenderError::Image { reason: reason.to_owned() }
}

/// Most bytes of unpacked pixels.
const MAX_PIXEL_BYTES: usize = 64 << 20;
