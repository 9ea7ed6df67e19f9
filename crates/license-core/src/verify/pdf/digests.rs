//! Digests over the parts of a file that its signatures name, and over the whole, with every byte read as seldom as can be.

use pki::{Digest, DigestAlgorithm, Hasher};

/// Of a file, all signatures together may ask for so many times its bytes, and some more: each algorithm reads what
/// stands before the signature values once, and few are in use.
const MOST_TIMES: usize = 4;
const SOME_MORE: usize = 16 << 20;

/// Signatures sign the file from its first byte: what stands before the value of one is digested for all.
pub(super) struct Digests<'b> {
    bytes: &'b [u8],
    /// By algorithm, the digest of as many bytes as this from the beginning.
    running: Vec<(DigestAlgorithm, Hasher, usize)>,
    /// Bytes that may still be read.
    left: usize,
    /// More was asked for than may be read.
    over: bool,
}

impl<'b> Digests<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Digests<'b> {
        let left = bytes.len().saturating_mul(MOST_TIMES).saturating_add(SOME_MORE);
        Digests { bytes, running: Vec::new(), left, over: false }
    }

    /// The file.
    pub(super) fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// Of two ranges, one behind the other. They come in the order of the file, mostly. When more is asked for than may
    /// be read, what comes out is of no use, and [`Digests::is_over`] says so.
    pub(super) fn of(&mut self, algorithm: DigestAlgorithm, [first, rest]: [&[u8]; 2]) -> Digest {
        let beginning = first.as_ptr() == self.bytes.as_ptr() && first.len() <= self.bytes.len();
        let at = self.running(algorithm);
        let known = if beginning && first.len() >= self.running[at].2 { self.running[at].2 } else { 0 };
        let Some(left) = self.left.checked_sub(first.len() - known + rest.len()) else {
            self.over = true;
            return algorithm.digest(&[]);
        };
        self.left = left;
        let (_, running, done) = &mut self.running[at];
        let mut hasher = if beginning && first.len() >= *done {
            running.update(&first[*done..]);
            *done = first.len();
            running.clone()
        } else {
            let mut hasher = algorithm.hasher();
            hasher.update(first);
            hasher
        };
        hasher.update(rest);
        hasher.finish()
    }

    /// Whether more was asked for than may be read.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// SHA-256 of the file.
    pub(super) fn of_file(mut self) -> Digest {
        let at = self.running(DigestAlgorithm::Sha256);
        let (_, mut running, done) = self.running.swap_remove(at);
        running.update(&self.bytes[done..]);
        running.finish()
    }

    fn running(&mut self, algorithm: DigestAlgorithm) -> usize {
        self.running.iter().position(|(known, ..)| *known == algorithm).unwrap_or_else(|| {
            self.running.push((algorithm, algorithm.hasher(), 0));
            self.running.len() - 1
        })
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

    #[test]
    fn the_same_bytes_are_not_read_again_and_again() {
        let bytes = vec![7; 8 << 20];
        let mut digests = Digests::new(&bytes);
        // One behind the other: all of them read the file once.
        for at in 0..1000 {
            digests.of(DigestAlgorithm::Sha256, [&bytes[..at * 8000], &[]]);
        }
        assert!(!digests.is_over());
        // Each of them reads the rest anew.
        let mut asked = 0;
        while !digests.is_over() {
            digests.of(DigestAlgorithm::Sha256, [&bytes[..10], &bytes[20..]]);
            asked += 1;
        }
        assert_eq!(asked, 6, "4 times 8 MB and 16");
        assert_eq!(digests.of_file(), DigestAlgorithm::Sha256.digest(&bytes));
    }
}
