//! The zip container (APPNOTE 6.3): a small writer, and a reader that trusts no header.
//!
//! Why not only the `zip` crate: see `docs/decisions/0004-own-zip-headers.md`.

mod directory;
mod end;
mod extra;
pub(crate) mod inflate;
mod local;
mod names;
pub(crate) mod read;
mod second;
pub(crate) mod write;

pub(crate) const LOCAL_HEADER: u32 = 0x0403_4b50;
pub(crate) const CENTRAL_HEADER: u32 = 0x0201_4b50;
pub(crate) const END_OF_CENTRAL: u32 = 0x0605_4b50;
pub(crate) const DATA_DESCRIPTOR: u32 = 0x0807_4b50;

pub(crate) const LOCAL_LEN: usize = 30;
pub(crate) const CENTRAL_LEN: usize = 46;
pub(crate) const END_LEN: usize = 22;

pub(crate) const METHOD_STORED: u16 = 0;
pub(crate) const METHOD_DEFLATED: u16 = 8;

pub(crate) const FLAG_ENCRYPTED: u16 = 0x0001;
pub(crate) const FLAG_DESCRIPTOR: u16 = 0x0008;
pub(crate) const FLAG_UTF8: u16 = 0x0800;

/// Flags that make of the data something else than deflate: a patch, strong encryption, hidden headers (APPNOTE 4.4.4).
pub(crate) const FLAG_PATCHED: u16 = 0x0020;
pub(crate) const FLAG_STRONG: u16 = 0x0040;
pub(crate) const FLAG_HIDDEN: u16 = 0x2000;

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
