//! Makes a seal: what it says → prepared → signed by the seal maker.

use crate::codec;
use crate::error::EsealError;
use crate::seal::{Seal, SealContent};
use crate::stamp::check_token;
use crate::version::Version;
use pki::{Certificate, KeyKind, SignatureAlgorithm};

/// A seal that only lacks the seal maker's signature.
#[derive(Clone, Debug)]
pub struct PreparedSeal {
    info: Vec<u8>,
    to_be_signed: Vec<u8>,
    version: Version,
    maker: Certificate,
}

/// Fixes the bytes of a seal of `version` to be signed by the holder of `maker`.
///
/// The certificate is asked for already here because v1 signs it together with the seal.
pub fn prepare_seal(content: &SealContent, version: Version, maker: &Certificate) -> Result<PreparedSeal, EsealError> {
    check_content(content)?;
    if version == Version::V1 && !matches!(content.kind, 1 | 2) {
        // GM/T 0031-2014 6.1.1.1: 1 is an organisation's seal, 2 a person's.
        return Err(EsealError::NotInVersion { what: "seal types other than 1 and 2", version });
    }
    require_sm2(maker)?;
    let info = codec::seal::info_der(content, version)?;
    let to_be_signed = codec::seal::maker_message(&info, version, maker.der(), &SignatureAlgorithm::Sm2Sm3.oid());
    Ok(PreparedSeal { info, to_be_signed, version, maker: maker.clone() })
}

impl PreparedSeal {
    /// The message for the seal maker's [`pki::Signer`].
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The seal with the seal maker's signature value (DER { r, s }).
    pub fn finish(self, signature: &[u8]) -> Result<Seal, EsealError> {
        self.encode(signature, None)
    }

    /// Takes the signature value and waits for a time-stamp over it: v5 alone has a place for one.
    pub fn signed(self, signature: &[u8]) -> Result<UnstampedSeal, EsealError> {
        if self.version != Version::V5 {
            return Err(EsealError::NotInVersion { what: "a time-stamp over a seal", version: self.version });
        }
        Ok(UnstampedSeal { prepared: self, value: signature.to_vec() })
    }

    fn encode(&self, signature: &[u8], stamp: Option<&[u8]>) -> Result<Seal, EsealError> {
        let algorithm = SignatureAlgorithm::Sm2Sm3.oid();
        let der = codec::seal::seal_der(&self.info, self.version, self.maker.der(), &algorithm, signature, stamp);
        Seal::from_der(&der)
    }
}

/// A signed v5 seal that waits for its time-stamp.
#[derive(Clone, Debug)]
pub struct UnstampedSeal {
    prepared: PreparedSeal,
    value: Vec<u8>,
}

impl UnstampedSeal {
    /// What the time-stamp service stamps: the message whose digest is the messageImprint.
    pub fn to_be_stamped(&self) -> &[u8] {
        &self.value
    }

    /// The seal with this time-stamp token (GB/T 20520).
    pub fn finish(self, token: &[u8]) -> Result<Seal, EsealError> {
        check_token(token, &self.value)?;
        self.prepared.encode(&self.value, Some(token))
    }
}

fn check_content(content: &SealContent) -> Result<(), EsealError> {
    let ascii = [("id", &content.id), ("vendor_id", &content.vendor_id), ("picture.format", &content.picture.format)];
    for (field, value) in ascii {
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(EsealError::NotAscii { field, value: value.clone() });
        }
    }
    let picture = &content.picture;
    let empty = [
        ("name", content.name.trim().is_empty()),
        ("signers", content.signers.is_empty()),
        ("picture.data", picture.data.is_empty()),
        ("picture size", picture.width_mm == 0 || picture.height_mm == 0),
    ];
    if let Some((field, _)) = empty.iter().find(|(_, empty)| *empty) {
        return Err(EsealError::Empty(field));
    }
    if content.valid_until <= content.valid_from {
        return Err(EsealError::Validity { from: content.valid_from, until: content.valid_until });
    }
    Ok(())
}

pub(crate) fn require_sm2(certificate: &Certificate) -> Result<(), EsealError> {
    match certificate.public_key() {
        Ok(key) if key.kind() == KeyKind::Sm2 => Ok(()),
        _ => Err(EsealError::NotSm2 { subject: certificate.subject().to_string() }),
    }
}
