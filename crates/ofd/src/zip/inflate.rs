//! Inflating one entry without ever holding more than was promised.

pub(super) use flate2::Decompress;
use flate2::{Crc, FlushDecompress, Status};

/// What came out of a deflate stream.
pub(crate) enum Inflated {
    /// The stream ended where the header said.
    Exact(Vec<u8>),
    /// It ended, but with another length or with compressed bytes left over; at most the declared length is kept.
    OtherSize(Vec<u8>),
    /// It does not inflate.
    Corrupt,
}

/// Inflates a raw deflate stream whose length is declared, and checked against the budget by the caller.
pub(crate) fn inflate(data: &[u8], declared: usize) -> Inflated {
    inflate_with(&mut Decompress::new(false), data, declared)
}

/// The same with a state that served before: setting one up costs more than a small file.
pub(super) fn inflate_with(stream: &mut Decompress, data: &[u8], declared: usize) -> Inflated {
    stream.reset(false);
    let mut out = Vec::with_capacity(declared);
    let mut probe = [0u8; 1];
    loop {
        let consumed = stream.total_in() as usize;
        let input = data.get(consumed..).unwrap_or_default();
        let before = (stream.total_in(), stream.total_out());
        let status = if out.len() < declared {
            stream.decompress_vec(input, &mut out, FlushDecompress::Finish)
        } else {
            // The declared length is there: one byte of room shows whether the stream goes on.
            stream.decompress(input, &mut probe, FlushDecompress::Finish)
        };
        match status {
            Ok(Status::StreamEnd) => break,
            Ok(_) | Err(_) if stream.total_out() as usize > declared => return Inflated::OtherSize(out),
            Ok(_) if (stream.total_in(), stream.total_out()) != before => {}
            // No progress: cut short. An error: not deflate.
            Ok(_) | Err(_) => return Inflated::Corrupt,
        }
    }
    let all_used = stream.total_in() as usize == data.len();
    if all_used && stream.total_out() as usize == declared { Inflated::Exact(out) } else { Inflated::OtherSize(out) }
}

/// CRC-32 as zip counts it.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}
