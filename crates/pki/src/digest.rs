//! Digests: SHA-2 by ring, SM3 (GB/T 32905), SHA-224 and SHA-3 by RustCrypto, one-shot and streaming.

use crate::{asn1, oid};
use der::asn1::ObjectIdentifier;
use sm3::Digest as _;
use std::fmt;

/// A digest function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SM3, GB/T 32905.
    Sm3,
    /// SHA-224.
    Sha224,
    /// SHA3-224.
    Sha3_224,
    /// SHA3-256.
    Sha3_256,
    /// SHA3-384.
    Sha3_384,
    /// SHA3-512.
    Sha3_512,
    /// SHA-1, which is [weak](Self::is_weak): known so that it can be said what a signature of the past is worth.
    Sha1,
}

const ACCEPTED: [DigestAlgorithm; 9] = [
    DigestAlgorithm::Sha256,
    DigestAlgorithm::Sha384,
    DigestAlgorithm::Sha512,
    DigestAlgorithm::Sm3,
    DigestAlgorithm::Sha224,
    DigestAlgorithm::Sha3_224,
    DigestAlgorithm::Sha3_256,
    DigestAlgorithm::Sha3_384,
    DigestAlgorithm::Sha3_512,
];

impl DigestAlgorithm {
    /// The digest of `data`.
    ///
    /// ```
    /// use pki::DigestAlgorithm;
    /// let digest = DigestAlgorithm::Sm3.digest(b"abc");
    /// assert!(digest.to_string().starts_with("66c7f0f4"));
    /// ```
    pub fn digest(self, data: &[u8]) -> Digest {
        let mut hasher = self.hasher();
        hasher.update(data);
        hasher.finish()
    }

    /// A digest to be fed in pieces.
    pub fn hasher(self) -> Hasher {
        Hasher {
            state: match self {
                Self::Sha256 => State::Ring(ring::digest::Context::new(&ring::digest::SHA256)),
                Self::Sha384 => State::Ring(ring::digest::Context::new(&ring::digest::SHA384)),
                Self::Sha512 => State::Ring(ring::digest::Context::new(&ring::digest::SHA512)),
                Self::Sha1 => State::Ring(ring::digest::Context::new(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY)),
                Self::Sm3 => State::Sm3(sm3::Sm3::new()),
                Self::Sha224 => State::Sha224(sha2::Sha224::new()),
                Self::Sha3_224 => State::Sha3_224(sha3::Sha3_224::new()),
                Self::Sha3_256 => State::Sha3_256(sha3::Sha3_256::new()),
                Self::Sha3_384 => State::Sha3_384(sha3::Sha3_384::new()),
                Self::Sha3_512 => State::Sha3_512(sha3::Sha3_512::new()),
            },
            algorithm: self,
        }
    }

    /// Length of the digest in bytes.
    pub const fn output_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 | Self::Sha3_224 => 28,
            Self::Sha256 | Self::Sha3_256 | Self::Sm3 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 | Self::Sha3_512 => 64,
        }
    }

    /// Its object identifier.
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
            Self::Sm3 => oid::SM3,
            Self::Sha224 => oid::SHA224,
            Self::Sha3_224 => oid::SHA3_224,
            Self::Sha3_256 => oid::SHA3_256,
            Self::Sha3_384 => oid::SHA3_384,
            Self::Sha3_512 => oid::SHA3_512,
            Self::Sha1 => oid::SHA1,
        }
    }

    /// Whether collisions are within reach: what it signs or names proves nothing.
    pub const fn is_weak(self) -> bool {
        matches!(self, Self::Sha1)
    }

    /// Whether RSA signatures are made with it: SHA-1, SHA-2 and SHA-3 have a name for that.
    pub(crate) const fn goes_with_rsa(self) -> bool {
        !matches!(self, Self::Sm3)
    }

    /// The digest with this identifier, when it is strong enough to rely on: not SHA-1, not MD5.
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        if *oid == oid::SM3_WITHOUT_KEY {
            return Some(Self::Sm3);
        }
        ACCEPTED.into_iter().find(|digest| digest.oid() == *oid)
    }

    /// The digest an OFD means when it writes a name or a dotted identifier: one of the four that seals go with.
    ///
    /// Files in the wild also say `1.2.156.10197.1.401.2` (SM3 "with key") where plain SM3 is used.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "SM3" | "1.2.156.10197.1.401.2" => Some(Self::Sm3),
            "SHA256" | "SHA-256" => Some(Self::Sha256),
            "SHA384" | "SHA-384" => Some(Self::Sha384),
            "SHA512" | "SHA-512" => Some(Self::Sha512),
            dotted => Self::from_oid(&ObjectIdentifier::new(dotted).ok()?)
                .filter(|found| matches!(found, Self::Sm3 | Self::Sha256 | Self::Sha384 | Self::Sha512)),
        }
    }

    /// DER of its AlgorithmIdentifier, parameters absent (RFC 5754).
    pub fn algorithm_identifier(self) -> Vec<u8> {
        asn1::sequence(&[&asn1::oid(&self.oid())])
    }
}

/// SHA-1 where a format uses it as a name for something (the entries of a PDF's `/VRI`). It protects nothing.
pub fn sha1_name(bytes: &[u8]) -> [u8; 20] {
    let mut name = [0; 20];
    name.copy_from_slice(ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref());
    name
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sm3 => "SM3",
            Self::Sha224 => "SHA-224",
            Self::Sha3_224 => "SHA3-224",
            Self::Sha3_256 => "SHA3-256",
            Self::Sha3_384 => "SHA3-384",
            Self::Sha3_512 => "SHA3-512",
            Self::Sha1 => "SHA-1",
        })
    }
}

/// A digest and the function it came from; prints as lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    bytes: [u8; 64],
}

impl Digest {
    /// A digest received from elsewhere; `None` when the length does not fit the function.
    pub fn from_bytes(algorithm: DigestAlgorithm, value: &[u8]) -> Option<Self> {
        let mut bytes = [0; 64];
        if value.len() != algorithm.output_len() {
            return None;
        }
        bytes[..value.len()].copy_from_slice(value);
        Some(Self { algorithm, bytes })
    }

    /// The function.
    pub const fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The value.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.algorithm.output_len()]
    }
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{self}", self.algorithm)
    }
}

/// A digest under way.
#[derive(Clone)]
pub struct Hasher {
    algorithm: DigestAlgorithm,
    state: State,
}

impl Hasher {
    /// Adds `data`.
    pub fn update(&mut self, data: &[u8]) {
        match &mut self.state {
            State::Ring(context) => context.update(data),
            State::Sm3(state) => state.update(data),
            State::Sha224(state) => state.update(data),
            State::Sha3_224(state) => state.update(data),
            State::Sha3_256(state) => state.update(data),
            State::Sha3_384(state) => state.update(data),
            State::Sha3_512(state) => state.update(data),
        }
    }

    /// The digest of everything added.
    pub fn finish(self) -> Digest {
        let mut bytes = [0; 64];
        let length = self.algorithm.output_len();
        match self.state {
            State::Ring(context) => bytes[..length].copy_from_slice(context.finish().as_ref()),
            State::Sm3(state) => bytes[..length].copy_from_slice(&state.finalize()),
            State::Sha224(state) => bytes[..length].copy_from_slice(&state.finalize()),
            State::Sha3_224(state) => bytes[..length].copy_from_slice(&state.finalize()),
            State::Sha3_256(state) => bytes[..length].copy_from_slice(&state.finalize()),
            State::Sha3_384(state) => bytes[..length].copy_from_slice(&state.finalize()),
            State::Sha3_512(state) => bytes[..length].copy_from_slice(&state.finalize()),
        }
        Digest { algorithm: self.algorithm, bytes }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

#[derive(Clone)]
enum State {
    Ring(ring::digest::Context),
    Sm3(sm3::Sm3),
    Sha224(sha2::Sha224),
    Sha3_224(sha3::Sha3_224),
    Sha3_256(sha3::Sha3_256),
    Sha3_384(sha3::Sha3_384),
    Sha3_512(sha3::Sha3_512),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn known_answers_for_abc() {
        let cases = [
            (DigestAlgorithm::Sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
            (DigestAlgorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (DigestAlgorithm::Sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            (DigestAlgorithm::Sha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
            (DigestAlgorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ];
        for (algorithm, expected) in cases {
            assert_eq!(algorithm.digest(b"abc").to_string(), expected);
            let mut hasher = algorithm.hasher();
            hasher.update(b"a");
            hasher.update(b"bc");
            assert_eq!(hasher.finish().to_string(), expected);
        }
    }

    #[test]
    fn names_of_the_wild_are_understood() {
        for name in ["SM3", "sm3", "1.2.156.10197.1.401", "1.2.156.10197.1.401.1", "1.2.156.10197.1.401.2"] {
            assert_eq!(DigestAlgorithm::from_name(name), Some(DigestAlgorithm::Sm3), "{name}");
        }
        let others = ["2.16.840.1.101.3.4.2.4", "2.16.840.1.101.3.4.2.8", "1.3.14.3.2.26", "SHA3-256"];
        for name in ["SHA1", "MD5", "", "1.2", "1.2.156.10197.401"].into_iter().chain(others) {
            assert_eq!(DigestAlgorithm::from_name(name), None, "{name}");
        }
        assert_eq!(Digest::from_bytes(DigestAlgorithm::Sm3, &[0; 31]), None);
    }
}
