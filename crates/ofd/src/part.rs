//! One file of a package: its bytes, and the things worth computing only once.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use flate2::{Compress, Compression, FlushCompress, Status};

use crate::zip::inflate::{Inflated, crc32, inflate};

/// The bytes of one file, shared cheaply.
///
/// The compressed form, the checksum and the digest are computed on first use and then kept, and clones share
/// them: a background, a font or a seal that goes into ten thousand packages is deflated and digested once.
#[derive(Clone)]
pub struct Part(Arc<Inner>);

struct Inner {
    /// Absent while the deflate stream alone is kept.
    bytes: OnceLock<Vec<u8>>,
    /// Length of the bytes.
    size: usize,
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
        let bytes = bytes.into();
        let size = bytes.len();
        Part(Arc::new(Inner { bytes: bytes.into(), size, packed: OnceLock::new(), digest: OnceLock::new() }))
    }

    /// A part with a raw deflate stream (RFC 1951) that its maker has for it, and that must inflate to these bytes.
    pub fn with_stream(bytes: impl Into<Vec<u8>>, stream: Vec<u8>) -> Part {
        let bytes = bytes.into();
        debug_assert!(
            matches!(inflate(&stream, bytes.len()), Inflated::Exact(same) if same == bytes),
            "the stream does not inflate to the bytes"
        );
        let crc = crc32(&bytes);
        Part::with_packed(bytes, Packed { crc, deflated: Some(stream) })
    }

    /// A part whose compressed form is already known: a file read from a zip whose header told the truth.
    pub(crate) fn with_packed(bytes: Vec<u8>, packed: Packed) -> Part {
        let size = bytes.len();
        Part(Arc::new(Inner { bytes: bytes.into(), size, packed: packed.into(), digest: OnceLock::new() }))
    }

    /// A part of which only the deflate stream is kept: one that gave exactly `size` bytes when it was read.
    pub(crate) fn deflated(packed: Packed, size: usize) -> Part {
        Part(Arc::new(Inner { bytes: OnceLock::new(), size, packed: packed.into(), digest: OnceLock::new() }))
    }

    /// The bytes as they are digested and read: uncompressed.
    ///
    /// A large package keeps its files deflated; this inflates such a file and keeps the bytes, [`open`](Part::open)
    /// does not keep them.
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes.get_or_init(|| self.inflated())
    }

    /// The bytes for a while.
    pub fn open(&self) -> Cow<'_, [u8]> {
        match self.0.bytes.get() {
            Some(bytes) => Cow::Borrowed(bytes),
            None => Cow::Owned(self.inflated()),
        }
    }

    /// How many bytes.
    pub fn size(&self) -> usize {
        self.0.size
    }

    fn inflated(&self) -> Vec<u8> {
        let stream = self.0.packed.get().and_then(|packed| packed.deflated.as_deref()).unwrap_or_default();
        match inflate(stream, self.0.size) {
            Inflated::Exact(bytes) => bytes,
            // It gave these bytes before, or the part would not be.
            Inflated::OtherSize(_) | Inflated::Corrupt => Vec::new(),
        }
    }

    /// Deflates now, and thoroughly: for what many packages will share.
    ///
    /// Parts that are not compressed by the time a package is written are deflated then, more quickly.
    pub fn compress(self) -> Part {
        self.packed(&mut Compressor { thorough: true, ..Compressor::default() });
        self
    }

    /// The compressed form, made with the caller's compressor when it is not there yet.
    pub(crate) fn packed(&self, compressor: &mut Compressor) -> &Packed {
        self.0.packed.get_or_init(|| pack(self.bytes(), compressor))
    }

    /// The digest by the method of this name; the last method's value is kept.
    pub(crate) fn digest(&self, method: &str, digest: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let (kept, value) = self.0.digest.get_or_init(|| (method.to_owned(), digest(&self.open())));
        if kept == method { value.clone() } else { digest(&self.open()) }
    }
}

impl From<Vec<u8>> for Part {
    fn from(bytes: Vec<u8>) -> Part {
        Part::new(bytes)
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Part) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.size == other.0.size && self.open() == other.open()
    }
}

impl Eq for Part {}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({} bytes)", self.0.size)
    }
}

/// A deflate stream, made when first needed and then reused: setting one up costs more than a small file.
#[derive(Default)]
pub(crate) struct Compressor {
    thorough: bool,
    stream: Option<Compress>,
}

impl Compressor {
    fn stream(&mut self) -> &mut Compress {
        let level = if self.thorough { SHARED_LEVEL } else { SINGLE_LEVEL };
        self.stream.get_or_insert_with(|| Compress::new(Compression::new(level), false))
    }
}

fn pack(bytes: &[u8], compressor: &mut Compressor) -> Packed {
    let deflated = if is_picture(bytes) || looks_random(bytes) { None } else { deflate(bytes, compressor.stream()) };
    Packed { crc: crc32(bytes), deflated }
}

/// The deflate stream when it is worth having.
fn deflate(bytes: &[u8], stream: &mut Compress) -> Option<Vec<u8>> {
    stream.reset();
    // One byte less than the input is all the room a stream worth having may take.
    let mut out = Vec::with_capacity(bytes.len().saturating_sub(1));
    match stream.compress_vec(bytes, &mut out, FlushCompress::Finish) {
        Ok(Status::StreamEnd) => Some(out),
        // Out of room: the stream would be no smaller than the bytes.
        _ => None,
    }
}

/// Whether it is a PNG or JPEG file, which are compressed already.
fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xFF\xD8\xFF")
}

/// Whether the bytes are spread nearly evenly, as in pictures, seals and signature values: deflating those costs
/// more than everything else and wins a few per cent at most.
fn looks_random(bytes: &[u8]) -> bool {
    let mut counts = [0u64; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    // Two bytes drawn at random are equal once in 256 when spread evenly; a quarter more often is still even.
    let pairs: u64 = counts.iter().map(|count| count * count).sum();
    let length = bytes.len() as u64;
    bytes.len() >= RANDOM_MIN_BYTES && pairs.saturating_mul(4 * 256) < length.saturating_mul(length).saturating_mul(5)
}

/// For what many packages share: done once, so it may take its time.
const SHARED_LEVEL: u32 = 9;
/// For what each package has anew, XML for the most part: within two per cent of level 6, in a third of its time.
const SINGLE_LEVEL: u32 = 3;
/// Fewer bytes say nothing about how they are spread.
const RANDOM_MIN_BYTES: usize = 2048;
