//! Makes a seal: what it says → prepared → signed by the seal maker.

use crate::codec;
use crate::error::EsealError;
use crate::seal::{Seal, SealContent};
use crate::version::Version;
use pki::{Certificate, KeyKind, SignatureAlgorithm};

/// A seal that only lacks the seal maker's signature.
#[derive(Clone, Debug)]
pub struct PreparedSeal {
    to_be_signed: Vec<u8>,
    maker: Certificate,
}

/// Fixes the bytes of a seal of `version` to be signed by the holder of `maker`.
///
/// The certificate is asked for already here because v1 signs it together with the seal.
pub fn prepare_seal(content: &SealContent, version: Version, maker: &Certificate) -> Result<PreparedSeal, EsealError> {
    if version != Version::V4 {
        return Err(EsealError::NotWritten);
    }
    check_content(content)?;
    require_sm2(maker)?;
    Ok(PreparedSeal { to_be_signed: codec::seal::info_der(content)?, maker: maker.clone() })
}

impl PreparedSeal {
    /// The message for the seal maker's [`pki::Signer`].
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The seal with the seal maker's signature value (DER { r, s }).
    pub fn finish(self, signature: &[u8]) -> Result<Seal, EsealError> {
        let algorithm = SignatureAlgorithm::Sm2Sm3.oid();
        let der = codec::seal::seal_der(&self.to_be_signed, self.maker.der(), &algorithm, signature);
        Seal::from_der(&der)
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
