//! Digests over the parts of a file that its signatures name, and over the whole, with every byte read as seldom as can be.

use pki::{Digest, DigestAlgorithm, Hasher};

/// Signatures sign the file from its first byte: what stands before the value of one is digested for all.
pub(super) struct Digests<'b> {
    bytes: &'b [u8],
    /// SHA-256 of as many bytes as this from the beginning.
    running: Hasher,
    done: usize,
}

impl<'b> Digests<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Digests<'b> {
        Digests { bytes, running: DigestAlgorithm::Sha256.hasher(), done: 0 }
    }

    /// The file.
    pub(super) fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// Of two ranges, one behind the other. They come in the order of the file, mostly.
    pub(super) fn of(&mut self, algorithm: DigestAlgorithm, [first, rest]: [&[u8]; 2]) -> Digest {
        let beginning = first.as_ptr() == self.bytes.as_ptr() && first.len() <= self.bytes.len();
        let mut hasher = if algorithm == DigestAlgorithm::Sha256 && beginning && first.len() >= self.done {
            self.running.update(&first[self.done..]);
            self.done = first.len();
            self.running.clone()
        } else {
            let mut hasher = algorithm.hasher();
            hasher.update(first);
            hasher
        };
        hasher.update(rest);
        hasher.finish()
    }

    /// SHA-256 of the file.
    pub(super) fn of_file(mut self) -> Digest {
        self.running.update(&self.bytes[self.done..]);
        self.running.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_the_digest_of_its_bytes() {
        let bytes: Vec<u8> = (0..9_999u32).map(|n| ((n * n) >> 3) as u8).collect();
        let other = bytes.clone();
        let mut digests = Digests::new(&bytes);
        use DigestAlgorithm::{Sha256, Sha384, Sm3};
        let ranges = [
            (Sha256, [&bytes[..100], &bytes[200..300]]),
            (Sha256, [&bytes[..5000], &bytes[5100..]]),
            (Sm3, [&bytes[..6000], &bytes[6100..]]),
            // Not behind the one before, not from the beginning, not of this file.
            (Sha256, [&bytes[..400], &bytes[500..600]]),
            (Sha256, [&bytes[1..7000], &bytes[7100..]]),
            (Sha256, [&other[..7000], &other[7100..]]),
            (Sha384, [&bytes[..7000], &bytes[7100..]]),
            (Sha256, [&bytes[..], &[]]),
        ];
        for (algorithm, [first, rest]) in ranges {
            assert_eq!(digests.of(algorithm, [first, rest]), algorithm.digest(&[first, rest].concat()));
        }
        assert_eq!(digests.of_file(), Sha256.digest(&bytes));
        assert_eq!(Digests::new(&[]).of_file(), Sha256.digest(&[]));
    }
}
