//! zstd frames → font files, under a limit.

use std::borrow::Cow;
use std::io::Read;

use super::FontError;

/// Largest unpacked font accepted; the largest one shipped has 24 MB.
pub const MAX_FONT_BYTES: usize = 64 << 20;

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Unpacks a font file, or takes it as it is when it is not packed.
pub(super) fn unpack(name: &str, bytes: Cow<'static, [u8]>) -> Result<Vec<u8>, FontError> {
    let too_large = || FontError::TooLarge { name: name.to_owned(), limit: MAX_FONT_BYTES };
    if !bytes.starts_with(&ZSTD_MAGIC) {
        return if bytes.len() > MAX_FONT_BYTES { Err(too_large()) } else { Ok(bytes.into_owned()) };
    }
    let failed = |reason: String| FontError::Unpack { name: name.to_owned(), reason };
    let decoder = ruzstd::decoding::StreamingDecoder::new(&bytes[..]).map_err(|error| failed(error.to_string()))?;
    let size = usize::try_from(decoder.decoder.content_size()).unwrap_or(usize::MAX);
    if size > MAX_FONT_BYTES {
        return Err(too_large());
    }
    let mut font = Vec::with_capacity(size);
    decoder.take(MAX_FONT_BYTES as u64 + 1).read_to_end(&mut font).map_err(|error| failed(error.to_string()))?;
    if font.len() > MAX_FONT_BYTES {
        return Err(too_large());
    }
    Ok(font)
}
