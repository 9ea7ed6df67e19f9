//! The checks of GM/T 0031 and GB/T 38540 that need no trust, each by itself.
//!
//! Whether the certificates of seal maker and signer are trusted, and were at that time, is for [`pki::path`].

use crate::seal::Seal;
use crate::signature::{SealSignature, SigningTime};
use pki::asn1::tag;
use pki::{Certificate, Digest, KeyKind, ObjectIdentifier, Outcome, SignatureAlgorithm, SignatureEncoding};

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckName {
    /// The certificates inside can be read.
    Structure,
    /// The seal maker's signature over the seal.
    SealMakerSignature,
    /// The signer's signature over toSign.
    SignerSignature,
    /// The signer's certificate is in the seal's list.
    SignerListed,
    /// dataHash is the digest of Signature.xml.
    DataHash,
    /// propertyInfo names this Signature.xml.
    PropertyInfo,
    /// The time of signing lies in the validity of the seal.
    SealValidity,
    /// The time of signing lies in the validity of the signer's certificate.
    SignerValidity,
    /// Algorithms and key types agree: SM2 with SM3 everywhere.
    AlgorithmsAgree,
    /// Seal.esl of the package is the seal inside the signature.
    SealFile,
    /// A time-stamp over the signature value.
    TimeStamp,
}

impl CheckName {
    /// Whether a failure means that bytes were changed or never signed by whom they claim.
    pub const fn is_integrity(self) -> bool {
        !matches!(self, Self::PropertyInfo | Self::SealValidity | Self::SignerValidity | Self::TimeStamp)
    }
}

/// One check and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub name: CheckName,
    /// How it ended.
    pub outcome: Outcome,
}

/// What the checks compare with, taken from the package around the signature.
#[derive(Clone, Copy, Debug)]
pub struct CheckRequest<'a> {
    data_hash: &'a Digest,
    seal_file: Option<&'a [u8]>,
    signature_path: Option<&'a str>,
}

impl<'a> CheckRequest<'a> {
    /// The digest of Signature.xml as it stands in the package.
    pub const fn new(data_hash: &'a Digest) -> Self {
        Self { data_hash, seal_file: None, signature_path: None }
    }

    /// The content of Seal.esl, when the package has one.
    pub const fn with_seal_file(mut self, seal_file: &'a [u8]) -> Self {
        self.seal_file = Some(seal_file);
        self
    }

    /// The absolute path of Signature.xml in the package.
    pub const fn with_signature_path(mut self, path: &'a str) -> Self {
        self.signature_path = Some(path);
        self
    }
}

/// All checks of one seal signature, and the certificates whose trust is left to the caller.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SealReport {
    /// In the order of the standard.
    pub checks: Vec<Check>,
    /// The seal maker.
    pub maker: Option<Certificate>,
    /// The signer.
    pub signer: Option<Certificate>,
}

impl SealReport {
    /// Nothing failed.
    pub fn passed(&self) -> bool {
        self.intact() && !self.checks.iter().any(|check| matches!(check.outcome, Outcome::Failed(_)))
    }

    /// Both signatures hold and nothing was changed; times aside.
    pub fn intact(&self) -> bool {
        let done = [CheckName::SealMakerSignature, CheckName::SignerSignature, CheckName::DataHash];
        done.iter().all(|name| self.outcome(*name) == Some(&Outcome::Passed))
            && !self.failures().any(|check| check.name.is_integrity())
    }

    /// How one check ended.
    pub fn outcome(&self, name: CheckName) -> Option<&Outcome> {
        self.checks.iter().find(|check| check.name == name).map(|check| &check.outcome)
    }

    /// The checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| matches!(check.outcome, Outcome::Failed(_)))
    }
}

/// Does every check on `signature`.
pub fn check(signature: &SealSignature, request: &CheckRequest<'_>) -> SealReport {
    let seal = signature.seal();
    let (maker, signer) = (seal.maker().ok(), signature.signer().ok());
    let structure = match (&maker, &signer) {
        (None, _) => failed("the seal maker's certificate cannot be read"),
        (_, None) => failed("the signer's certificate cannot be read"),
        _ => Outcome::Passed,
    };
    let checks = [
        (CheckName::Structure, structure),
        (CheckName::SealMakerSignature, maker_signature(seal, maker.as_ref())),
        (CheckName::SignerSignature, signer_signature(signature, signer.as_ref())),
        (CheckName::SignerListed, listed(signature)),
        (CheckName::AlgorithmsAgree, algorithms(signature, maker.as_ref(), signer.as_ref())),
        (CheckName::DataHash, data_hash(signature, request.data_hash)),
        (CheckName::PropertyInfo, property_info(signature, request.signature_path)),
        (CheckName::SealFile, seal_file(seal, request.seal_file)),
        (CheckName::SealValidity, seal_validity(signature)),
        (CheckName::SignerValidity, signer_validity(signature, signer.as_ref())),
        (CheckName::TimeStamp, time_stamp(signature)),
    ];
    let checks = checks.into_iter().map(|(name, outcome)| Check { name, outcome }).collect();
    SealReport { checks, maker, signer }
}

/// Whether the seal maker signed this seal: for a seal by itself, as it comes out of a registry.
pub fn check_seal(seal: &Seal) -> Outcome {
    maker_signature(seal, seal.maker().ok().as_ref())
}

fn maker_signature(seal: &Seal, maker: Option<&Certificate>) -> Outcome {
    verify(maker, seal.algorithm(), seal.to_be_signed(), seal.signature(), "seal maker")
}

fn signer_signature(signature: &SealSignature, signer: Option<&Certificate>) -> Outcome {
    verify(signer, signature.algorithm(), signature.to_be_signed(), signature.signature(), "signer")
}

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
        return Outcome::Failed(format!("signature algorithm {algorithm} is not SM2 with SM3"));
    }
    let Ok(key) = certificate.public_key() else {
        return Outcome::Failed(format!("the public key of the {who} is not supported"));
    };
    match key.verify_encoded(SignatureAlgorithm::Sm2Sm3, message, signature, SignatureEncoding::DerOrRaw) {
        Ok(()) => Outcome::Passed,
        Err(error) => Outcome::Failed(format!("{who}: {error}")),
    }
}

fn listed(signature: &SealSignature) -> Outcome {
    let signers = &signature.seal().content().signers;
    if signers.contains(&signature.signer_der) {
        Outcome::Passed
    } else {
        Outcome::Failed(format!("the signer is none of the {} certificates the seal lists", signers.len()))
    }
}

fn algorithms(signature: &SealSignature, maker: Option<&Certificate>, signer: Option<&Certificate>) -> Outcome {
    let wanted = SignatureAlgorithm::Sm2Sm3.oid();
    for (who, oid) in [("seal", signature.seal().algorithm()), ("signature", signature.algorithm())] {
        if *oid != wanted {
            return Outcome::Failed(format!("the {who} names algorithm {oid} instead of {wanted}"));
        }
    }
    for (who, certificate) in [("seal maker", maker), ("signer", signer)] {
        let kind = certificate.and_then(|certificate| certificate.public_key().ok()).map(pki::PublicKey::kind);
        if kind != Some(KeyKind::Sm2) {
            return Outcome::Failed(format!("the {who} has no SM2 key"));
        }
    }
    Outcome::Passed
}

fn data_hash(signature: &SealSignature, expected: &Digest) -> Outcome {
    if signature.data_hash() == expected.as_bytes() {
        Outcome::Passed
    } else {
        failed("dataHash is not the digest of Signature.xml")
    }
}

fn property_info(signature: &SealSignature, path: Option<&str>) -> Outcome {
    match path {
        None => Outcome::NotDone("the path of Signature.xml was not given".to_owned()),
        // One vendor writes JSON with the path in it; relative and absolute spellings occur.
        Some(path) if signature.property_info().contains(path.trim_start_matches('/')) => Outcome::Passed,
        Some(path) => Outcome::Failed(format!("propertyInfo does not name {path}")),
    }
}

fn seal_file(seal: &Seal, file: Option<&[u8]>) -> Outcome {
    match file {
        None => Outcome::NotDone("the package has no seal file".to_owned()),
        Some(file) if file == seal.der() => Outcome::Passed,
        Some(_) => failed("the seal file is not the seal inside the signature"),
    }
}

fn seal_validity(signature: &SealSignature) -> Outcome {
    let content = signature.seal().content();
    match signature.time() {
        SigningTime::Unreadable(_) => Outcome::NotDone("the time of signing cannot be read".to_owned()),
        SigningTime::At(at) | SigningTime::AssumedLocal(at) if signature.seal().valid_at(*at) => Outcome::Passed,
        SigningTime::At(at) | SigningTime::AssumedLocal(at) => Outcome::Failed(format!(
            "signed at {at}, but the seal is valid from {} until {}",
            content.valid_from, content.valid_until
        )),
    }
}

fn signer_validity(signature: &SealSignature, signer: Option<&Certificate>) -> Outcome {
    match (signature.time().instant(), signer) {
        (None, _) => Outcome::NotDone("the time of signing cannot be read".to_owned()),
        (_, None) => Outcome::NotDone("no certificate of the signer".to_owned()),
        (Some(at), Some(signer)) if signer.valid_at(at) => Outcome::Passed,
        (Some(at), Some(signer)) => Outcome::Failed(format!(
            "signed at {at}, but the signer's certificate is valid from {} until {}",
            signer.not_before(),
            signer.not_after()
        )),
    }
}

fn time_stamp(signature: &SealSignature) -> Outcome {
    Outcome::NotDone(match signature.time_stamp() {
        None => "there is no time-stamp: the time of signing is the signer's claim".to_owned(),
        Some(token) if token.first() == Some(&tag::SEQUENCE) => "time-stamps are not checked here".to_owned(),
        Some(_) => "the time-stamp is no token".to_owned(),
    })
}

/// SM2 with SM3, also under the names that stand in its place in the wild: the key algorithm `…301.1` and the
/// misprint of one library that lacks a component. [`CheckName::AlgorithmsAgree`] tells them apart.
fn names_sm2(oid: &ObjectIdentifier) -> bool {
    *oid == SignatureAlgorithm::Sm2Sm3.oid() || *oid == pki::oid::SM2_SIGN || *oid == MISPRINT
}

const MISPRINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.501");

fn failed(why: &str) -> Outcome {
    Outcome::Failed(why.to_owned())
}
