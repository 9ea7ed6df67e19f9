//! The zip container (APPNOTE 6.3): a small writer, and a reader that trusts no header.
//!
//! Why not only the `zip` crate: see `docs/decisions/0004-own-zip-headers.md`.

pub(crate) mod inflate;
pub(crate) mod read;
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
