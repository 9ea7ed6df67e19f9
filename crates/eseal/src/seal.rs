//! The seal (SESeal): one model for all versions.

use crate::error::EsealError;
use crate::extension_id::ExtensionId;
use crate::version::Version;
use crate::{codec, limits};
use pki::{Certificate, DigestAlgorithm, ObjectIdentifier};
use std::fmt;
use time::OffsetDateTime;

/// A seal as it was read or made; its bytes are kept, because signatures cover them.
#[derive(Clone, PartialEq, Eq)]
pub struct Seal {
    pub(crate) version: Version,
    pub(crate) header_version: u32,
    pub(crate) content: SealContent,
    pub(crate) maker_der: Vec<u8>,
    pub(crate) algorithm: ObjectIdentifier,
    pub(crate) signature: Vec<u8>,
    pub(crate) time_stamp: Option<Vec<u8>>,
    pub(crate) der: Vec<u8>,
    pub(crate) to_be_signed: Vec<u8>,
}

/// What a seal says: SES_SealInfo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealContent {
    /// esID: unique number of the seal.
    pub id: String,
    /// Vid: who made the software.
    pub vendor_id: String,
    /// type: free by business; 1 organisation and 2 person in v1.
    pub kind: u32,
    /// name: for registered seals the registered name.
    pub name: String,
    /// certList: who may seal with it.
    pub signers: SignerList,
    /// createDate.
    pub created: OffsetDateTime,
    /// validStart.
    pub valid_from: OffsetDateTime,
    /// validEnd.
    pub valid_until: OffsetDateTime,
    /// The picture.
    pub picture: Picture,
    /// extDatas.
    pub extensions: Vec<ExtData>,
}

/// SES_ESPictrueInfo (spelled so in the standard).
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Name of the format, as written: `PNG`, `ofd` …; trust the bytes rather than this.
    pub format: String,
    /// The picture.
    pub data: Vec<u8>,
    /// Width in millimetres.
    pub width_mm: u32,
    /// Height in millimetres.
    pub height_mm: u32,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, data, width_mm, height_mm } = self;
        write!(f, "Picture({format}, {} bytes, {width_mm}x{height_mm} mm)", data.len())
    }
}

/// Who may seal: SES_CertList.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignerList {
    /// Whole certificates in DER (certListType 1, and v1).
    Certificates(Vec<Vec<u8>>),
    /// Digests of certificates (certListType 2).
    Digests(Vec<CertDigest>),
}

/// CertDigestObj.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertDigest {
    /// Name or identifier of the digest.
    pub algorithm: String,
    /// The digest of the DER certificate.
    pub value: Vec<u8>,
}

impl SignerList {
    /// Whether this certificate is on the list: equal bytes, or equal digest.
    pub fn contains(&self, certificate_der: &[u8]) -> bool {
        match self {
            Self::Certificates(list) => list.iter().any(|listed| listed == certificate_der),
            Self::Digests(list) => list.iter().any(|listed| {
                // "self-defined" names nothing; SM3 is the natural digest of this standard.
                let digest = DigestAlgorithm::from_name(&listed.algorithm).unwrap_or(DigestAlgorithm::Sm3);
                digest.digest(certificate_der).as_bytes() == listed.value
            }),
        }
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        match self {
            Self::Certificates(list) => list.len(),
            Self::Digests(list) => list.len(),
        }
    }

    /// Whether nobody may seal.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// ExtData.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtData {
    /// extnID.
    pub id: ExtensionId,
    /// critical.
    pub critical: bool,
    /// extnValue.
    pub value: Vec<u8>,
}

impl Seal {
    /// Reads a SESeal (the content of a `.esl` file) of any version.
    pub fn from_der(der: &[u8]) -> Result<Self, EsealError> {
        limits::size(der)?;
        codec::seal::read(der)
    }

    /// The bytes as they were read or made.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The standard it follows, by its shape.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The number its header carries; v1 files say 1, 2 or 11.
    pub const fn header_version(&self) -> u32 {
        self.header_version
    }

    /// What it says.
    pub const fn content(&self) -> &SealContent {
        &self.content
    }

    /// The seal maker's certificate.
    pub fn maker(&self) -> Result<Certificate, EsealError> {
        Ok(Certificate::from_der(&self.maker_der)?)
    }

    /// The bytes the seal maker signed: esealInfo alone from v4 on, with certificate and algorithm in v1.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The seal maker's signature value.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The signature algorithm as written.
    pub const fn algorithm(&self) -> &ObjectIdentifier {
        &self.algorithm
    }

    /// The time-stamp token over the signature value (v5).
    pub fn time_stamp(&self) -> Option<&[u8]> {
        self.time_stamp.as_deref()
    }

    /// Whether `at` lies within validStart and validEnd, both included.
    pub fn valid_at(&self, at: OffsetDateTime) -> bool {
        self.content.valid_from <= at && at <= self.content.valid_until
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seal({}, {}, {})", self.version, self.content.id, self.content.name)
    }
}
