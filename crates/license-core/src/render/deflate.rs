//! Deflate streams: zlib's (RFC 1950) in PDF, bare ones in OFD.

use flate2::{Compress, Compression, FlushCompress, Status};

/// One compressor for all streams of a file: setting one up costs more than a small stream.
pub(super) struct Deflater {
    stream: Compress,
    zlib: bool,
}

impl Deflater {
    /// Streams with header and checksum.
    pub(super) fn zlib(level: u32) -> Deflater {
        Deflater { stream: Compress::new(Compression::new(level), true), zlib: true }
    }

    /// Bare streams.
    pub(super) fn bare(level: u32) -> Deflater {
        Deflater { stream: Compress::new(Compression::new(level), false), zlib: false }
    }

    pub(super) fn deflate(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.stream.reset();
        let mut out = Vec::with_capacity(bytes.len() / 2 + 64);
        loop {
            let read = self.stream.total_in() as usize;
            match self.stream.compress_vec(&bytes[read..], &mut out, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => return out,
                Ok(Status::Ok | Status::BufError) => out.reserve(out.capacity().max(256)),
                // Compressing has no way to fail but misuse of the stream's state; then nothing is written twice.
                Err(_) => return out,
            }
        }
    }

    /// Deflates a file whose bytes from `at` on are deflated already, as the last `block` of a stream.
    pub(super) fn deflate_before(&mut self, file: &[u8], at: usize, block: &[u8]) -> Vec<u8> {
        self.stream.reset();
        // A flush ends on a whole byte; it comes to five bytes more than the input at worst, for each 16 KB.
        let mut out = Vec::with_capacity(at + at / 1024 + 64 + block.len());
        let done = self.stream.compress_vec(&file[..at], &mut out, FlushCompress::Sync);
        if !matches!(done, Ok(Status::Ok)) || self.stream.total_in() != at as u64 || out.capacity() == out.len() {
            return self.deflate(file);
        }
        out.extend_from_slice(block);
        if self.zlib {
            out.extend_from_slice(&adler32(file).to_be_bytes());
        }
        out
    }
}

/// The checksum of RFC 1950.
fn adler32(bytes: &[u8]) -> u32 {
    const BASE: u32 = 65_521;
    let (mut a, mut b) = (1u32, 0u32);
    // The sums of so many bytes cannot overflow.
    for chunk in bytes.chunks(5552) {
        for &byte in chunk {
            a += u32::from(byte);
            b += a;
        }
        a %= BASE;
        b %= BASE;
    }
    b << 16 | a
}

/// For what is made once and copied often.
pub(super) fn deflate_best(bytes: &[u8]) -> Vec<u8> {
    Deflater::zlib(9).deflate(bytes)
}

/// For what every file makes anew: level 6 makes files five per cent smaller, and takes three times as long.
pub(super) const QUICK: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn noise() -> Vec<u8> {
        (0..200_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
    }

    #[test]
    fn streams_come_back_whole_also_after_reuse() {
        let mut deflater = Deflater::zlib(QUICK);
        for bytes in [&b""[..], b"a", &[7; 100_000], &noise()] {
            let packed = deflater.deflate(bytes);
            let mut back = Vec::new();
            let done = flate2::read::ZlibDecoder::new(&packed[..]).read_to_end(&mut back);
            assert!(done.is_ok() && back == bytes);
        }
    }

    #[test]
    fn a_stream_may_end_in_a_block_made_elsewhere() {
        let mut bare = Deflater::bare(3);
        for bytes in [&b"ab"[..], &[7; 100_000], &noise()] {
            let at = bytes.len() / 2;
            let block = bare.deflate(&bytes[at..]);
            let packed = bare.deflate_before(bytes, at, &block);
            let mut back = Vec::new();
            let done = flate2::read::DeflateDecoder::new(&packed[..]).read_to_end(&mut back);
            assert!(done.is_ok() && back == bytes);
            let packed = Deflater::zlib(QUICK).deflate_before(bytes, at, &block);
            let mut back = Vec::new();
            let done = flate2::read::ZlibDecoder::new(&packed[..]).read_to_end(&mut back);
            assert!(done.is_ok() && back == bytes);
        }
    }
}
