//! The one place where signatures are checked: by `ring`, by the engine of SM2, or [beyond ring](crate::beyond_ring).

use super::{KeyKind, PublicKey, RSA_MIN_BITS, SignatureEncoding, VerifyError, rsa_parts};
use crate::algorithm::{self, SignatureAlgorithm};
use crate::beyond_ring::{self, Padding};
use crate::digest::DigestAlgorithm;
use crate::sm2::Verified;
use ring::signature as ring_signature;

impl PublicKey {
    /// Checks a signature over `message`. Signatures on curves are strict DER { r, s }. What is too weak is refused.
    ///
    /// SM2's Z value is added inside; `message` is the plain message.
    pub fn verify(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        self.verify_encoded(algorithm, message, signature, SignatureEncoding::Der)
    }

    /// As [`verify`](Self::verify), saying which encodings of an SM2 value are taken.
    pub fn verify_encoded(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
        encoding: SignatureEncoding,
    ) -> Result<(), VerifyError> {
        if algorithm.is_weak() || self.kind.is_weak() {
            return Err(VerifyError::Weak { algorithm, key: self.kind });
        }
        self.compute(algorithm, message, signature, encoding)
    }

    /// What checking one signature by this key costs, as a multiple of what it costs with SM2: measured, and rounded up.
    /// Whoever checks what strangers send counts it, since a certificate takes the same few bytes whatever its key is.
    pub const fn cost(&self, algorithm: SignatureAlgorithm) -> usize {
        use DigestAlgorithm::{Sha256, Sha384};
        match (self.kind, algorithm) {
            (KeyKind::Sm2 | KeyKind::Ed25519, _) => 1,
            (KeyKind::P256, SignatureAlgorithm::Ecdsa(Sha256 | Sha384)) => 1,
            (KeyKind::P256, _) => 2,
            (KeyKind::P384, SignatureAlgorithm::Ecdsa(Sha256 | Sha384)) => 3,
            (KeyKind::BrainpoolP256, _) => 12,
            (KeyKind::P384 | KeyKind::P521, _) => 18,
            (KeyKind::BrainpoolP384, _) => 34,
            (KeyKind::Rsa(bits), _) => 1 + bits / 1024,
        }
    }

    /// The mathematics alone, for whoever tells a signature that is right but weak from one that is wrong. Trust nothing
    /// on the strength of this: [`KeyKind::is_weak`] and [`SignatureAlgorithm::is_weak`] are for the caller to ask.
    pub fn compute(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
        encoding: SignatureEncoding,
    ) -> Result<(), VerifyError> {
        use SignatureAlgorithm as A;
        const STRONG: usize = RSA_MIN_BITS;
        if !self.allows(algorithm) {
            return Err(VerifyError::WrongKey { algorithm, key: self.kind });
        }
        let with: &dyn ring_signature::VerificationAlgorithm = match (algorithm, self.kind) {
            (A::Sm2Sm3, KeyKind::Sm2) => return self.verify_sm2(message, signature, encoding),
            (A::ECDSA_SHA256, KeyKind::P256) => &ring_signature::ECDSA_P256_SHA256_ASN1,
            (A::ECDSA_SHA384, KeyKind::P256) => &ring_signature::ECDSA_P256_SHA384_ASN1,
            (A::ECDSA_SHA256, KeyKind::P384) => &ring_signature::ECDSA_P384_SHA256_ASN1,
            (A::ECDSA_SHA384, KeyKind::P384) => &ring_signature::ECDSA_P384_SHA384_ASN1,
            (A::RSA_PKCS1_SHA256, KeyKind::Rsa(STRONG..)) => &ring_signature::RSA_PKCS1_2048_8192_SHA256,
            (A::RSA_PKCS1_SHA384, KeyKind::Rsa(STRONG..)) => &ring_signature::RSA_PKCS1_2048_8192_SHA384,
            (A::RSA_PKCS1_SHA512, KeyKind::Rsa(STRONG..)) => &ring_signature::RSA_PKCS1_2048_8192_SHA512,
            (A::RSA_PSS_SHA256, KeyKind::Rsa(STRONG..)) => &ring_signature::RSA_PSS_2048_8192_SHA256,
            (A::RSA_PSS_SHA384, KeyKind::Rsa(STRONG..)) => &ring_signature::RSA_PSS_2048_8192_SHA384,
            (A::RSA_PSS_SHA512, KeyKind::Rsa(STRONG..)) => &ring_signature::RSA_PSS_2048_8192_SHA512,
            (A::Ed25519, KeyKind::Ed25519) => &ring_signature::ED25519,
            _ => return self.compute_beyond_ring(algorithm, message, signature),
        };
        if let (A::Ecdsa(_), Some((_, width))) = (algorithm, self.kind.curve()) {
            algorithm::der_to_raw(signature, width).map_err(|_| VerifyError::Malformed)?;
        }
        ring_signature::UnparsedPublicKey::new(with, &self.bits)
            .verify(message, signature)
            .map_err(|_| VerifyError::Mismatch)
    }

    fn compute_beyond_ring(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), VerifyError> {
        use SignatureAlgorithm as A;
        let rsa = |padding, function: DigestAlgorithm| {
            let parts = rsa_parts(&self.bits).map_err(|_| VerifyError::Malformed)?;
            Ok(beyond_ring::rsa(parts, padding, &function.digest(message), signature))
        };
        let holds = match (algorithm, self.kind, self.kind.curve()) {
            (A::Ecdsa(function), kind, Some((_, width))) => {
                let raw = algorithm::der_to_raw(signature, width).map_err(|_| VerifyError::Malformed)?;
                beyond_ring::ecdsa(kind, &self.bits, &function.digest(message), &raw)
            }
            (A::RsaPkcs1(function), KeyKind::Rsa(_), _) => rsa(Padding::Pkcs1, function)?,
            (A::RsaPss { digest, salt }, KeyKind::Rsa(_), _) => rsa(Padding::Pss(usize::from(salt)), digest)?,
            (algorithm, key, _) => return Err(VerifyError::WrongKey { algorithm, key }),
        };
        if holds { Ok(()) } else { Err(VerifyError::Mismatch) }
    }

    /// Whether the key's own parameters allow the algorithm.
    fn allows(&self, algorithm: SignatureAlgorithm) -> bool {
        match (self.only, algorithm) {
            (None, _) | (Some(None), SignatureAlgorithm::RsaPss { .. }) => true,
            (
                Some(Some(SignatureAlgorithm::RsaPss { digest: wanted, salt: least })),
                SignatureAlgorithm::RsaPss { digest, salt },
            ) => digest == wanted && salt >= least,
            _ => false,
        }
    }

    fn verify_sm2(&self, message: &[u8], signature: &[u8], encoding: SignatureEncoding) -> Result<(), VerifyError> {
        let raw = match (algorithm::der_to_raw(signature, 32), encoding) {
            (Ok(raw), _) => raw,
            // A reader may meet r || s; 64 bytes that are valid DER were taken above.
            (Err(_), SignatureEncoding::DerOrRaw) => signature.to_vec(),
            _ => return Err(VerifyError::Malformed),
        };
        let raw = raw.try_into().map_err(|_| VerifyError::Malformed)?;
        match self.sm2.as_ref().map(|key| key.verify(message, &raw)) {
            Some(Verified::Holds) => Ok(()),
            Some(Verified::OutOfRange) => Err(VerifyError::Malformed),
            Some(Verified::Mismatch) | None => Err(VerifyError::Mismatch),
        }
    }
}
