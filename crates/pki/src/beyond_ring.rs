//! Signatures of other makers that `ring` does not check, checked by RustCrypto (decision 0022): P-521 and Brainpool, ECDSA
//! and RSA with other digests, RSA-PSS with another salt, short RSA keys. Nothing is signed here, and whether an algorithm
//! is strong enough is asked elsewhere.

use crate::digest::{Digest, DigestAlgorithm};
use crate::public_key::KeyKind;
use ecdsa::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use ecdsa::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize};
use ecdsa::signature::hazmat::PrehashVerifier;
use ecdsa::{EcdsaCurve, Signature, VerifyingKey};
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPublicKey};
use sha3::digest::const_oid::AssociatedOid;
use sha3::digest::{Digest as Function, FixedOutputReset};

/// An uncompressed point, and whether it lies on the curve; `false` for kinds that are no curve of this file.
pub(crate) fn is_point(kind: KeyKind, point: &[u8]) -> bool {
    match kind {
        KeyKind::P256 => key::<p256::NistP256>(point).is_some(),
        KeyKind::P384 => key::<p384::NistP384>(point).is_some(),
        KeyKind::P521 => key::<p521::NistP521>(point).is_some(),
        KeyKind::BrainpoolP256 => key::<bp256::BrainpoolP256r1>(point).is_some(),
        KeyKind::BrainpoolP384 => key::<bp384::BrainpoolP384r1>(point).is_some(),
        _ => false,
    }
}

/// ECDSA: `raw` is `r || s`, each as wide as the curve's field. A digest longer than the curve's order is cut (FIPS 186-5 6.4.2).
pub(crate) fn ecdsa(kind: KeyKind, point: &[u8], digest: &Digest, raw: &[u8]) -> bool {
    match kind {
        KeyKind::P256 => on_curve::<p256::NistP256>(point, digest, raw),
        KeyKind::P384 => on_curve::<p384::NistP384>(point, digest, raw),
        KeyKind::P521 => on_curve::<p521::NistP521>(point, digest, raw),
        KeyKind::BrainpoolP256 => on_curve::<bp256::BrainpoolP256r1>(point, digest, raw),
        KeyKind::BrainpoolP384 => on_curve::<bp384::BrainpoolP384r1>(point, digest, raw),
        _ => false,
    }
}

fn key<C>(point: &[u8]) -> Option<VerifyingKey<C>>
where
    C: EcdsaCurve + CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    VerifyingKey::from_sec1_bytes(point).ok()
}

fn on_curve<C>(point: &[u8], digest: &Digest, raw: &[u8]) -> bool
where
    C: EcdsaCurve + CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let (Some(key), Ok(signature)) = (key::<C>(point), Signature::<C>::from_slice(raw)) else { return false };
    key.verify_prehash(digest.as_bytes(), &signature).is_ok()
}

/// How an RSA signature is padded.
#[derive(Clone, Copy)]
pub(crate) enum Padding {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1,
    /// RSASSA-PSS with this many bytes of salt, not more and not less.
    Pss(usize),
}

/// RSA: modulus and exponent without leading zeros, of sizes that the reader of keys has let through.
pub(crate) fn rsa((modulus, exponent): (&[u8], &[u8]), padding: Padding, digest: &Digest, signature: &[u8]) -> bool {
    let number = BoxedUint::from_be_slice_vartime;
    // Takes what is odd, 1024 to 8192 bits long, and an odd exponent below 2^33.
    let Ok(key) = RsaPublicKey::new(number(modulus), number(exponent)) else { return false };
    match digest.algorithm() {
        DigestAlgorithm::Sha1 => padded::<sha1::Sha1>(&key, padding, digest, signature),
        DigestAlgorithm::Sha224 => padded::<sha2::Sha224>(&key, padding, digest, signature),
        DigestAlgorithm::Sha256 => padded::<sha2::Sha256>(&key, padding, digest, signature),
        DigestAlgorithm::Sha384 => padded::<sha2::Sha384>(&key, padding, digest, signature),
        DigestAlgorithm::Sha512 => padded::<sha2::Sha512>(&key, padding, digest, signature),
        DigestAlgorithm::Sha3_224 => padded::<sha3::Sha3_224>(&key, padding, digest, signature),
        DigestAlgorithm::Sha3_256 => padded::<sha3::Sha3_256>(&key, padding, digest, signature),
        DigestAlgorithm::Sha3_384 => padded::<sha3::Sha3_384>(&key, padding, digest, signature),
        DigestAlgorithm::Sha3_512 => padded::<sha3::Sha3_512>(&key, padding, digest, signature),
        DigestAlgorithm::Sm3 => false,
    }
}

fn padded<D>(key: &RsaPublicKey, padding: Padding, digest: &Digest, signature: &[u8]) -> bool
where
    D: Function + FixedOutputReset + AssociatedOid,
{
    match padding {
        Padding::Pkcs1 => key.verify(Pkcs1v15Sign::new::<D>(), digest.as_bytes(), signature),
        Padding::Pss(salt) => key.verify(Pss::<D>::new_with_salt(salt), digest.as_bytes(), signature),
    }
    .is_ok()
}
