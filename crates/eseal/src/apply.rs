//! Applies a seal: seal and digest → prepared → signed by a signer of the seal.

use crate::codec;
use crate::error::EsealError;
use crate::make::require_sm2;
use crate::seal::Seal;
use crate::signature::SealSignature;
use crate::version::Version;
use pki::asn1::Asn1Error;
use pki::{Certificate, Digest, DigestAlgorithm, SignatureAlgorithm};
use time::OffsetDateTime;

/// A seal signature that only lacks the signature value.
#[derive(Clone, Debug)]
pub struct PreparedSignature {
    to_be_signed: Vec<u8>,
    signer: Certificate,
}

/// Fixes what is signed when `seal` is applied at `at` by the holder of `signer`.
///
/// `data_hash` is the SM3 digest of Signature.xml, `property_info` its path in the package. A seal that does not list
/// the signer, or is not valid at `at`, refuses.
pub fn prepare_signature(
    seal: &Seal,
    data_hash: &Digest,
    property_info: &str,
    at: OffsetDateTime,
    signer: &Certificate,
) -> Result<PreparedSignature, EsealError> {
    if seal.version() != Version::V4 {
        return Err(EsealError::NotWritten);
    }
    require_sm2(signer)?;
    if data_hash.algorithm() != DigestAlgorithm::Sm3 {
        return Err(Asn1Error::new("dataHash", "not an SM3 digest").into());
    }
    let id = &seal.content().id;
    if !seal.content().signers.contains(signer.der()) {
        return Err(EsealError::SignerNotListed { seal: id.clone(), signer: signer.subject().to_string() });
    }
    if !seal.valid_at(at) {
        return Err(EsealError::SealNotValid { seal: id.clone(), at });
    }
    let to_be_signed = codec::signature::to_sign_der(seal, data_hash.as_bytes(), property_info, at)?;
    Ok(PreparedSignature { to_be_signed, signer: signer.clone() })
}

impl PreparedSignature {
    /// The message for the signer's [`pki::Signer`].
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// SignedValue.dat with this signature value (DER { r, s }).
    pub fn finish(self, signature: &[u8]) -> Vec<u8> {
        let algorithm = SignatureAlgorithm::Sm2Sm3.oid();
        codec::signature::signature_der(&self.to_be_signed, self.signer.der(), &algorithm, signature)
    }

    /// As [`finish`](Self::finish), read back into the model.
    pub fn finish_read(self, signature: &[u8]) -> Result<SealSignature, EsealError> {
        SealSignature::from_der(&self.finish(signature))
    }
}
