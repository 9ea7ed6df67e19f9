//! One file of a package: its bytes, and the things worth computing only once.

use std::fmt;
use std::sync::{Arc, OnceLock};

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// The bytes of one file, shared cheaply.
///
/// The compressed form, the checksum and the digest are computed on first use and then kept, and clones share
/// them: a background, a font or a seal that goes into ten thousand packages is deflated and digested once.
#[derive(Clone)]
pub struct Part(Arc<Inner>);

struct Inner {
    bytes: Vec<u8>,
    packed: OnceLock<Packed>,
    digest: OnceLock<(String, Vec<u8>)>,
}

/// How a part lies in a zip.
#[derive(Clone)]
pub(crate) struct Packed {
    pub(crate) crc: u32,
    /// The raw deflate stream, or nothing when storing is no larger.
    pub(crate) deflated: Option<Vec<u8>>,
}

impl Part {
    /// A part from its bytes; nothing is computed yet.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Part {
        Part(Arc::new(Inner { bytes: bytes.into(), packed: OnceLock::new(), digest: OnceLock::new() }))
    }

    /// A part whose compressed form is already known: a file read from a zip whose header told the truth.
    pub(crate) fn with_packed(bytes: Vec<u8>, packed: Packed) -> Part {
        Part(Arc::new(Inner { bytes, packed: OnceLock::from(packed), digest: OnceLock::new() }))
    }

    /// The bytes as they are digested and read: uncompressed.
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// Deflates now rather than when the first package is written.
    pub fn compress(self) -> Part {
        self.packed(&mut new_compressor());
        self
    }

    /// The compressed form, made with the caller's compressor when it is not there yet.
    pub(crate) fn packed(&self, compressor: &mut Compress) -> &Packed {
        self.0.packed.get_or_init(|| pack(&self.0.bytes, compressor))
    }

    /// The digest by the method of this name; the last method's value is kept.
    pub(crate) fn digest(&self, method: &str, digest: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let (kept, value) = self.0.digest.get_or_init(|| (method.to_owned(), digest(&self.0.bytes)));
        if kept == method { value.clone() } else { digest(&self.0.bytes) }
    }
}

impl From<Vec<u8>> for Part {
    fn from(bytes: Vec<u8>) -> Part {
        Part::new(bytes)
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Part) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.bytes == other.0.bytes
    }
}

impl Eq for Part {}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({} bytes)", self.0.bytes.len())
    }
}

/// A compressor at the level all our files use; setting one up costs more than a small file, so it is reused.
pub(crate) fn new_compressor() -> Compress {
    Compress::new(Compression::new(DEFLATE_LEVEL), false)
}

fn pack(bytes: &[u8], compressor: &mut Compress) -> Packed {
    let mut crc = Crc::new();
    crc.update(bytes);
    let deflated = if already_compressed(bytes) { None } else { deflate(bytes, compressor) };
    Packed { crc: crc.sum(), deflated }
}

/// The deflate stream when it is worth having.
fn deflate(bytes: &[u8], compressor: &mut Compress) -> Option<Vec<u8>> {
    compressor.reset();
    // One byte less than the input is all the room a stream worth having may take.
    let mut out = Vec::with_capacity(bytes.len().saturating_sub(1));
    match compressor.compress_vec(bytes, &mut out, FlushCompress::Finish) {
        Ok(Status::StreamEnd) => Some(out),
        // Out of room: the stream would be no smaller than the bytes.
        _ => None,
    }
}

/// Pictures carry their own compression; a second one costs time and wins nothing.
fn already_compressed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff")
}

const DEFLATE_LEVEL: u32 = 6;
