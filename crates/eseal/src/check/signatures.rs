//! Signature values: the seal maker's and the signer's, over the bytes as they were read.

use super::{KnownSeals, failed, not_done};
use crate::seal::Seal;
use crate::signature::SealSignature;
use pki::{Certificate, DigestAlgorithm, KeyKind, ObjectIdentifier, Outcome, SignatureAlgorithm, SignatureEncoding};

/// Whether the seal maker signed this seal: for a seal by itself, as it comes out of a registry.
pub fn check_seal(seal: &Seal) -> Outcome {
    maker(seal, seal.maker().ok().as_ref())
}

/// Whether a signature value is r ‖ s of 64 bytes, as one vendor writes it, and not the DER of GB/T 35276.
pub fn is_raw(value: &[u8]) -> bool {
    value.len() == 64 && pki::der_to_raw(value, 32).is_err()
}

pub(super) fn maker(seal: &Seal, maker: Option<&Certificate>) -> Outcome {
    verify(maker, seal.algorithm(), seal.to_be_signed(), seal.signature(), "seal maker")
}

/// As [`maker`], and the name of what holds; a seal that is known under its name holds.
pub(super) fn known_maker(
    seal: &Seal,
    certificate: Option<&Certificate>,
    known: &KnownSeals<'_>,
) -> (Outcome, Option<[u8; 32]>) {
    let Some(certificate) = certificate else { return (maker(seal, None), None) };
    let mut name = DigestAlgorithm::Sha256.hasher();
    let algorithm = seal.algorithm().to_string();
    let parts = [certificate.der(), algorithm.as_bytes(), seal.to_be_signed(), seal.signature()];
    for part in [b"seal maker".as_slice()].into_iter().chain(parts) {
        name.update(&(part.len() as u64).to_be_bytes());
        name.update(part);
    }
    let name: Option<[u8; 32]> = name.finish().as_bytes().try_into().ok();
    let outcome = match &name {
        Some(name) if known(name) => Outcome::Passed,
        _ => maker(seal, Some(certificate)),
    };
    let name = name.filter(|_| outcome == Outcome::Passed);
    (outcome, name)
}

pub(super) fn signer(signature: &SealSignature, signer: Option<&Certificate>) -> Outcome {
    verify(signer, signature.algorithm(), signature.to_be_signed(), signature.signature(), "signer")
}

/// An algorithm that is not supported leaves the signature unchecked; that it is named at all fails
/// [`AlgorithmsAgree`](super::CheckName::AlgorithmsAgree).
fn verify(
    certificate: Option<&Certificate>,
    algorithm: &ObjectIdentifier,
    message: &[u8],
    signature: &[u8],
    who: &str,
) -> Outcome {
    let Some(certificate) = certificate else {
        return Outcome::NotDone(format!("no certificate of the {who}"));
    };
    if !names_sm2(algorithm) {
        return Outcome::NotDone(format!("signature algorithm {algorithm} is not SM2 with SM3"));
    }
    let Some(key) = certificate.public_key().ok().filter(|key| key.kind() == KeyKind::Sm2) else {
        return Outcome::NotDone(format!("the {who} has no SM2 key"));
    };
    match key.verify_encoded(SignatureAlgorithm::Sm2Sm3, message, signature, SignatureEncoding::DerOrRaw) {
        Ok(()) => Outcome::Passed,
        Err(error) => Outcome::Failed(format!("{who}: {error}")),
    }
}

pub(super) fn algorithms(
    signature: &SealSignature,
    maker: Option<&Certificate>,
    signer: Option<&Certificate>,
) -> Outcome {
    let wanted = SignatureAlgorithm::Sm2Sm3.oid();
    for (who, oid) in [("seal", signature.seal().algorithm()), ("signature", signature.algorithm())] {
        if *oid != wanted {
            return Outcome::Failed(format!("the {who} names algorithm {oid} instead of {wanted}"));
        }
    }
    let (Some(maker), Some(signer)) = (maker, signer) else {
        return not_done("a certificate cannot be read");
    };
    let is_sm2 = |certificate: &Certificate| certificate.public_key().is_ok_and(|key| key.kind() == KeyKind::Sm2);
    match (is_sm2(maker), is_sm2(signer)) {
        (true, true) => Outcome::Passed,
        (false, _) => failed("the seal maker has no SM2 key"),
        (_, false) => failed("the signer has no SM2 key"),
    }
}

/// SM2 with SM3, also under the names that stand in its place in the wild: the key algorithm `…301.1` and the
/// misprint of one library that lacks a component. [`super::CheckName::AlgorithmsAgree`] tells them apart.
fn names_sm2(oid: &ObjectIdentifier) -> bool {
    *oid == SignatureAlgorithm::Sm2Sm3.oid() || *oid == pki::oid::SM2_SIGN || *oid == MISPRINT
}

const MISPRINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.501");
