//! SM2 signatures (GB/T 32918.2): the one file that names their implementation, behind one trait.
//!
//! What is signed is not the message but `e = SM3(Z ‖ message)`, where
//! `Z = SM3(ENTL ‖ id ‖ a ‖ b ‖ xG ‖ yG ‖ xP ‖ yP)` binds the signer's user id and public key; ENTL is the length of the
//! id in bits, two bytes. Everybody uses the id [`SM2_USER_ID`](crate::SM2_USER_ID) (GB/T 35276).
//!
//! The implementation is RustCrypto's `sm2`: field and group arithmetic without branches or table look-ups that depend
//! on secrets, nonces by RFC 6979 with SM3. The tests hold it against two engines by other hands and against the vectors
//! of `fixtures/vectors/sm2`.

use sm2::dsa::signature::Signer as _;
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use std::sync::Arc;
use zeroize::Zeroizing;

/// `r ‖ s`, 32 bytes each.
pub(crate) type Raw = [u8; 64];

/// An implementation of SM2 signatures.
pub(crate) trait Engine {
    /// A key that checks: an uncompressed point of the curve, and the user id; `None` when either is impossible.
    fn verifier(&self, id: &str, point: &[u8]) -> Option<Arc<dyn Verifier>>;

    /// A key that signs, from PKCS#8; `None` when it holds no SM2 key, or the user id is impossible.
    fn signer(&self, id: &str, pkcs8: &[u8]) -> Option<Box<dyn Signer>>;

    /// PKCS#8 of a secret scalar; `None` when it is zero or not below n - 1.
    fn pkcs8(&self, scalar: &[u8; 32]) -> Option<Zeroizing<Vec<u8>>>;
}

/// A public key, parsed once, with its Z.
pub(crate) trait Verifier: Send + Sync {
    /// Steps B1 to B7 of GB/T 32918.2.
    fn verify(&self, message: &[u8], signature: &Raw) -> Verified;
}

/// A private key, parsed once, with its Z.
pub(crate) trait Signer: Send + Sync {
    /// Steps A1 to A7 of GB/T 32918.2; `None` when a nonce had to be thrown away, which no one will live to see.
    fn sign(&self, message: &[u8]) -> Option<Raw>;

    /// The public point, uncompressed.
    fn point(&self) -> Vec<u8>;
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verified {
    /// The signature holds.
    Holds,
    /// `r` or `s` is not in 1..n-1.
    OutOfRange,
    /// It does not hold.
    Mismatch,
}

/// The implementation in use.
pub(crate) const ENGINE: &dyn Engine = &RustCrypto;

/// RustCrypto's `sm2`.
struct RustCrypto;

impl Engine for RustCrypto {
    fn verifier(&self, id: &str, point: &[u8]) -> Option<Arc<dyn Verifier>> {
        let key = VerifyingKey::from_sec1_bytes(id, point).ok()?;
        Some(Arc::new(key))
    }

    fn signer(&self, id: &str, pkcs8: &[u8]) -> Option<Box<dyn Signer>> {
        let secret = sm2::SecretKey::from_pkcs8_der(pkcs8).ok()?;
        let key = SigningKey::new(id, &secret).ok()?;
        Some(Box::new(key))
    }

    fn pkcs8(&self, scalar: &[u8; 32]) -> Option<Zeroizing<Vec<u8>>> {
        let secret = sm2::SecretKey::from_slice(scalar).ok()?;
        // d = n - 1 has no inverse of 1 + d: such a key cannot sign (GB/T 32918.1, 6.1).
        if *scalar == LAST {
            return None;
        }
        Some(Zeroizing::new(secret.to_pkcs8_der().ok()?.as_bytes().to_vec()))
    }
}

impl Verifier for VerifyingKey {
    fn verify(&self, message: &[u8], signature: &Raw) -> Verified {
        match Signature::from_slice(signature) {
            Err(_) => Verified::OutOfRange,
            Ok(signature) if sm2::dsa::signature::Verifier::verify(self, message, &signature).is_ok() => {
                Verified::Holds
            }
            Ok(_) => Verified::Mismatch,
        }
    }
}

impl Signer for SigningKey {
    fn sign(&self, message: &[u8]) -> Option<Raw> {
        let signature: Signature = self.try_sign(message).ok()?;
        Some(signature.to_bytes().into())
    }

    fn point(&self) -> Vec<u8> {
        self.verifying_key().to_sec1_bytes().into_vec()
    }
}

/// n - 1.
const LAST: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x72, 0x03, 0xdf,
    0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x22,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_that_cannot_sign_are_no_keys() {
        let mut last_good = LAST;
        last_good[31] -= 1;
        let mut n = LAST;
        n[31] += 1;
        for (scalar, fits) in [([0; 32], false), (last_good, true), (LAST, false), (n, false), ([0xff; 32], false)] {
            assert_eq!(ENGINE.pkcs8(&scalar).is_some(), fits, "{scalar:02x?}");
        }
        let last = ENGINE.pkcs8(&last_good).and_then(|pkcs8| ENGINE.signer("id", &pkcs8));
        let (point, signature) = last.map(|key| (key.point(), key.sign(b"m"))).unwrap_or_default();
        let verifier = ENGINE.verifier("id", &point);
        let verified = verifier.zip(signature).map(|(key, signature)| key.verify(b"m", &signature));
        assert_eq!(verified, Some(Verified::Holds));
    }

    #[test]
    fn ids_longer_than_their_length_field_are_refused() {
        let mut one = [0; 32];
        one[31] = 1;
        let pkcs8 = ENGINE.pkcs8(&one).unwrap_or_default();
        assert!(ENGINE.signer(&"i".repeat(8191), &pkcs8).is_some());
        assert!(ENGINE.signer(&"i".repeat(8192), &pkcs8).is_none());
    }
}
