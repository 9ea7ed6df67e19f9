//! Applies a seal: seal and digest → prepared → signed by a signer of the seal, and stamped when there is a service.

use crate::codec::signature::{ToSign, signature_der, to_sign_der};
use crate::error::EsealError;
use crate::make::require_sm2;
use crate::seal::{ExtData, Seal};
use crate::signature::SealSignature;
use crate::stamp::check_token;
use crate::version::Version;
use pki::asn1::Asn1Error;
use pki::{Certificate, Digest, DigestAlgorithm, SignatureAlgorithm};
use time::OffsetDateTime;

/// What is sealed and when; the version is that of the seal.
#[derive(Clone, Debug)]
pub struct SealingRequest<'a> {
    data_hash: &'a Digest,
    property_info: &'a str,
    at: OffsetDateTime,
    extensions: Vec<ExtData>,
    time_token: Option<&'a [u8]>,
}

impl<'a> SealingRequest<'a> {
    /// `data_hash` is the SM3 digest of Signature.xml, `property_info` its absolute path in the package.
    pub const fn new(data_hash: &'a Digest, property_info: &'a str, at: OffsetDateTime) -> Self {
        Self { data_hash, property_info, at, extensions: Vec::new(), time_token: None }
    }

    /// One more entry of extDatas in TBS_Sign (v4 and v5): signed together with the digest.
    pub fn with_extension(mut self, extension: ExtData) -> Self {
        self.extensions.push(extension);
        self
    }

    /// A time-stamp token as timeInfo (v1 only), instead of the time as text.
    pub const fn with_time_token(mut self, token: &'a [u8]) -> Self {
        self.time_token = Some(token);
        self
    }
}

/// A seal signature that only lacks the signature value.
#[derive(Clone, Debug)]
pub struct PreparedSignature {
    to_be_signed: Vec<u8>,
    version: Version,
    signer: Certificate,
}

/// Fixes what is signed when `seal` is applied by the holder of `signer`.
///
/// A seal that does not list the signer, or is not valid at that time, refuses; so does a certificate that is not
/// valid then.
pub fn prepare_signature(
    seal: &Seal,
    request: &SealingRequest<'_>,
    signer: &Certificate,
) -> Result<PreparedSignature, EsealError> {
    let version = seal.version();
    require_sm2(signer)?;
    if request.data_hash.algorithm() != DigestAlgorithm::Sm3 {
        return Err(Asn1Error::new("dataHash", "not an SM3 digest").into());
    }
    let id = &seal.content().id;
    if !seal.content().signers.contains(signer.der()) {
        return Err(EsealError::SignerNotListed { seal: id.clone(), signer: signer.subject().to_string() });
    }
    if !seal.valid_at(request.at) {
        return Err(EsealError::SealNotValid { seal: id.clone(), at: request.at });
    }
    if !signer.valid_at(request.at) {
        return Err(EsealError::SignerNotValid { signer: signer.subject().to_string(), at: request.at });
    }
    let misplaced = match version {
        Version::V1 => (!request.extensions.is_empty()).then_some("extension data of a signature"),
        _ => request.time_token.map(|_| "a time-stamp token as timeInfo"),
    };
    if let Some(what) = misplaced {
        return Err(EsealError::NotInVersion { what, version });
    }
    let to_be_signed = to_sign_der(&ToSign {
        seal,
        at: request.at,
        time_token: request.time_token,
        data_hash: request.data_hash.as_bytes(),
        property_info: request.property_info,
        extensions: &request.extensions,
        signer: signer.der(),
        algorithm: &SignatureAlgorithm::Sm2Sm3.oid(),
    })?;
    Ok(PreparedSignature { to_be_signed, version, signer: signer.clone() })
}

impl PreparedSignature {
    /// The message for the signer's [`pki::Signer`].
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// SignedValue.dat with this signature value (DER { r, s }), without a time-stamp.
    pub fn finish(self, signature: &[u8]) -> Vec<u8> {
        self.encode(signature, None)
    }

    /// As [`finish`](Self::finish), read back into the model.
    pub fn finish_read(self, signature: &[u8]) -> Result<SealSignature, EsealError> {
        SealSignature::from_der(&self.finish(signature))
    }

    /// Takes the signature value and waits for a time-stamp over it. v1 has no place for one.
    pub fn signed(self, signature: &[u8]) -> Result<UnstampedSignature, EsealError> {
        if self.version == Version::V1 {
            return Err(EsealError::NotInVersion { what: "a time-stamp over the signature", version: self.version });
        }
        Ok(UnstampedSignature { prepared: self, value: signature.to_vec() })
    }

    fn encode(&self, signature: &[u8], stamp: Option<&[u8]>) -> Vec<u8> {
        let algorithm = SignatureAlgorithm::Sm2Sm3.oid();
        signature_der(&self.to_be_signed, self.version, self.signer.der(), &algorithm, signature, stamp)
    }
}

/// A signed seal signature that waits for its time-stamp.
#[derive(Clone, Debug)]
pub struct UnstampedSignature {
    prepared: PreparedSignature,
    value: Vec<u8>,
}

impl UnstampedSignature {
    /// What the time-stamp service stamps: the message whose digest is the messageImprint.
    pub fn to_be_stamped(&self) -> &[u8] {
        &self.value
    }

    /// SignedValue.dat with this time-stamp token (GB/T 20520, RFC 3161 TimeStampToken).
    pub fn finish(self, token: &[u8]) -> Result<Vec<u8>, EsealError> {
        check_token(token, &self.value)?;
        Ok(self.prepared.encode(&self.value, Some(token)))
    }

    /// SignedValue.dat without one: the service gave no answer.
    pub fn finish_unstamped(self) -> Vec<u8> {
        self.prepared.encode(&self.value, None)
    }
}
