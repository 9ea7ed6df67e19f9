//! Strings of bits, the first bit lowest, as deflate wants them.

/// Bits being written.
#[derive(Default)]
pub(super) struct BitWriter {
    words: Vec<u8>,
    held: u64,
    count: u32,
}

/// Finished bits, ready to be copied to any place.
pub(super) struct BitString {
    words: Box<[u32]>,
    /// Bits behind the last whole word.
    rest: u32,
    rest_count: u32,
}

impl BitWriter {
    /// Appends the lowest `count` bits, at most 32, of a value that has no others.
    #[inline]
    pub(super) fn put(&mut self, value: u32, count: u32) {
        self.held |= u64::from(value) << self.count;
        self.count += count;
        if self.count >= 32 {
            self.words.extend_from_slice(&(self.held as u32).to_le_bytes());
            self.held >>= 32;
            self.count -= 32;
        }
    }

    pub(super) fn append(&mut self, bits: &BitString) {
        self.words.reserve(4 * bits.words.len() + 4);
        for &word in &bits.words {
            self.put(word, 32);
        }
        self.put(bits.rest, bits.rest_count);
    }

    pub(super) fn string(self) -> BitString {
        let word = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        BitString {
            words: self.words.chunks_exact(4).map(word).collect(),
            rest: self.held as u32,
            rest_count: self.count,
        }
    }

    /// The bytes, the last one filled up with zeros.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let rest = self.held.to_le_bytes();
        self.words.extend_from_slice(&rest[..self.count.div_ceil(8) as usize]);
        self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_may_be_copied_to_any_place() {
        for shift in 0..40 {
            for length in [0u32, 1, 7, 31, 32, 33, 64, 100] {
                let write = |out: &mut BitWriter| (0..length).for_each(|at| out.put(u32::from(at % 3 == 0), 1));
                let lead = |out: &mut BitWriter| (0..shift).for_each(|_| out.put(1, 1));
                let (mut direct, mut copied, mut own) =
                    (BitWriter::default(), BitWriter::default(), BitWriter::default());
                lead(&mut direct);
                write(&mut direct);
                lead(&mut copied);
                write(&mut own);
                copied.append(&own.string());
                assert_eq!(direct.finish(), copied.finish(), "{length} bits behind {shift}");
            }
        }
    }
}
