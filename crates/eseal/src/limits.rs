//! How much of a foreign structure is read.

use crate::error::EsealError;

/// Most bytes of a seal or seal signature; the picture is the bulk of it.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Most entries of certList.
pub(crate) const MAX_SIGNERS: usize = 256;
/// Most entries of extDatas.
pub(crate) const MAX_EXTENSIONS: usize = 64;

pub(crate) fn size(bytes: &[u8]) -> Result<(), EsealError> {
    if bytes.len() > MAX_BYTES { Err(EsealError::TooMuch("bytes")) } else { Ok(()) }
}
