//! Flate streams.

use flate2::{Compress, Compression, FlushCompress, Status};

/// One compressor for all streams of a file: setting one up costs more than a small stream.
pub(super) struct Deflater(Compress);

impl Deflater {
    pub(super) fn new(level: u32) -> Deflater {
        Deflater(Compress::new(Compression::new(level), true))
    }

    pub(super) fn deflate(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.0.reset();
        let mut out = Vec::with_capacity(bytes.len() / 2 + 64);
        loop {
            let read = self.0.total_in() as usize;
            match self.0.compress_vec(&bytes[read..], &mut out, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => return out,
                Ok(Status::Ok | Status::BufError) => out.reserve(out.capacity().max(256)),
                // Compressing has no way to fail but misuse of the stream's state; then nothing is written twice.
                Err(_) => return out,
            }
        }
    }
}

/// For what is made once and copied often.
pub(super) fn deflate_best(bytes: &[u8]) -> Vec<u8> {
    Deflater::new(9).deflate(bytes)
}

/// For what every file makes anew: level 6 makes files five per cent smaller, and takes three times as long.
pub(super) const QUICK: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn streams_come_back_whole_also_after_reuse() {
        let mut deflater = Deflater::new(QUICK);
        let noise: Vec<u8> = (0..200_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for bytes in [&b""[..], b"a", &[7; 100_000], &noise] {
            let packed = deflater.deflate(bytes);
            let mut back = Vec::new();
            let done = flate2::read::ZlibDecoder::new(&packed[..]).read_to_end(&mut back);
            assert!(done.is_ok() && back == bytes);
        }
    }
}
