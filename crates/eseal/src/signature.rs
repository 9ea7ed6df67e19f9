//! The seal signature (SES_Signature, SignedValue.dat): one model for all versions.

use crate::error::EsealError;
use crate::seal::{ExtData, Seal};
use crate::version::Version;
use crate::{codec, limits};
use pki::{Certificate, ObjectIdentifier};
use std::fmt;
use time::OffsetDateTime;

/// A seal signature as it was read or made.
#[derive(Clone)]
pub struct SealSignature {
    pub(crate) version: Version,
    pub(crate) seal: Seal,
    pub(crate) time: SigningTime,
    pub(crate) data_hash: Vec<u8>,
    pub(crate) property_info: String,
    pub(crate) extensions: Vec<ExtData>,
    pub(crate) signer_der: Vec<u8>,
    pub(crate) algorithm: ObjectIdentifier,
    pub(crate) signature: Vec<u8>,
    pub(crate) time_stamp: Option<Vec<u8>>,
    pub(crate) der: Vec<u8>,
    pub(crate) to_be_signed: Vec<u8>,
}

/// timeInfo: a claim of the signer, unless a time-stamp proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SigningTime {
    /// A time with its zone.
    At(OffsetDateTime),
    /// A time without zone (v1 text), taken as China Standard Time.
    AssumedLocal(OffsetDateTime),
    /// Free content of v1 that is no time we can read (it may be a time-stamp token).
    Unreadable(Vec<u8>),
}

impl SigningTime {
    /// The instant, if there is one.
    pub const fn instant(&self) -> Option<OffsetDateTime> {
        match self {
            Self::At(at) | Self::AssumedLocal(at) => Some(*at),
            Self::Unreadable(_) => None,
        }
    }
}

impl SealSignature {
    /// Reads a SES_Signature of any version.
    pub fn from_der(der: &[u8]) -> Result<Self, EsealError> {
        limits::size(der)?;
        codec::signature::read(der)
    }

    /// The bytes: what SignedValue.dat holds.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The standard it follows, by its shape.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The seal inside.
    pub const fn seal(&self) -> &Seal {
        &self.seal
    }

    /// When it was made, as the signer says.
    pub const fn time(&self) -> &SigningTime {
        &self.time
    }

    /// dataHash: the digest of Signature.xml.
    pub fn data_hash(&self) -> &[u8] {
        &self.data_hash
    }

    /// propertyInfo: what is protected, usually the path of Signature.xml.
    pub fn property_info(&self) -> &str {
        &self.property_info
    }

    /// extDatas of TBS_Sign.
    pub fn extensions(&self) -> &[ExtData] {
        &self.extensions
    }

    /// The signer's certificate.
    pub fn signer(&self) -> Result<Certificate, EsealError> {
        Ok(Certificate::from_der(&self.signer_der)?)
    }

    /// DER of toSign, which the signer signed.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The signer's signature value.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The signature algorithm as written.
    pub const fn algorithm(&self) -> &ObjectIdentifier {
        &self.algorithm
    }

    /// The time-stamp token over the signature value.
    pub fn time_stamp(&self) -> Option<&[u8]> {
        self.time_stamp.as_deref()
    }
}

impl fmt::Debug for SealSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealSignature({}, {:?}, {:?})", self.version, self.seal, self.time)
    }
}
