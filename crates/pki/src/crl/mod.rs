//! Certificate revocation lists (RFC 5280 5), read and made.

mod read;
mod template;

pub use template::CrlTemplate;

use crate::algorithm::{AlgorithmError, SignatureAlgorithm};
use crate::asn1::{self, Asn1Error, tag};
use crate::extension::{Extension, IssuingPoint};
use crate::name::Name;
use crate::public_key::PublicKey;
use read::Entries;
use std::fmt;
use std::sync::Arc;
use time::OffsetDateTime;

/// A longer list is not read.
pub const MAX_CRL_BYTES: usize = 32 * 1024 * 1024;

/// Bytes that are no revocation list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrlError {
    /// The DER is not that of a CertificateList.
    #[error("CRL: {0}")]
    Malformed(#[from] Asn1Error),
    /// The PEM armour is broken or holds something else.
    #[error("no PEM block X509 CRL")]
    Pem,
    /// Longer than [`MAX_CRL_BYTES`].
    #[error("a CRL of {0} bytes is too long")]
    TooLong(usize),
}

/// Why a certificate was revoked (CRLReason).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "RFC 5280 5.3.1 names them")]
pub enum RevocationReason {
    #[default]
    Unspecified = 0,
    KeyCompromise = 1,
    CaCompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,
    RemoveFromCrl = 8,
    PrivilegeWithdrawn = 9,
    AaCompromise = 10,
}

impl RevocationReason {
    pub(crate) fn from_code(code: u32) -> Option<Self> {
        use RevocationReason as R;
        [
            R::Unspecified,
            R::KeyCompromise,
            R::CaCompromise,
            R::AffiliationChanged,
            R::Superseded,
            R::CessationOfOperation,
            R::CertificateHold,
            R::RemoveFromCrl,
            R::PrivilegeWithdrawn,
            R::AaCompromise,
        ]
        .into_iter()
        .find(|reason| *reason as u32 == code)
    }
}

/// One entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Since when: revocationDate, or invalidityDate when that is earlier (RFC 5280 5.3.2): what a stolen key signed
    /// before anybody noticed counts as little as what it signed afterwards.
    pub at: OffsetDateTime,
    /// Why.
    pub reason: RevocationReason,
}

/// invalidityDate (RFC 5280 5.3.2), also as an extension of OCSP answers (RFC 6960 4.4.5).
pub(crate) fn invalidity_date(value: &[u8]) -> Result<OffsetDateTime, Asn1Error> {
    asn1::whole(value, tag::GENERALIZED_TIME, "invalidityDate")?.time()
}

/// A revocation list; cheap to clone.
#[derive(Clone)]
pub struct Crl(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    tbs: std::ops::Range<usize>,
    issuer: Name,
    this_update: OffsetDateTime,
    next_update: Option<OffsetDateTime>,
    entries: Entries,
    extensions: Vec<Extension>,
    authority_key_id: Option<Vec<u8>>,
    number: Option<Vec<u8>>,
    base_number: Option<Vec<u8>>,
    issuing_point: Option<IssuingPoint>,
    algorithm: Result<SignatureAlgorithm, AlgorithmError>,
    algorithm_identifier: Vec<u8>,
    signature: Vec<u8>,
    understood: bool,
    keeps_expired: bool,
}

impl Crl {
    /// Reads one DER list; nothing may follow it.
    pub fn from_der(der: &[u8]) -> Result<Self, CrlError> {
        if der.len() > MAX_CRL_BYTES {
            return Err(CrlError::TooLong(der.len()));
        }
        Ok(Self(Arc::new(read::read(der)?)))
    }

    /// Reads a PEM `X509 CRL`.
    pub fn from_pem(pem: &str) -> Result<Self, CrlError> {
        match der::pem::decode_vec(pem.trim().as_bytes()) {
            Ok(("X509 CRL", der)) => Self::from_der(&der),
            _ => Err(CrlError::Pem),
        }
    }

    /// PEM armour around the list.
    pub fn to_pem(&self) -> Result<String, CrlError> {
        der::pem::encode_string("X509 CRL", der::pem::LineEnding::LF, &self.0.der).map_err(|_| CrlError::Pem)
    }

    /// The bytes.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The bytes its issuer signed.
    pub fn tbs_der(&self) -> &[u8] {
        &self.0.der[self.0.tbs.clone()]
    }

    /// Who issued it.
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// When it was made.
    pub fn this_update(&self) -> OffsetDateTime {
        self.0.this_update
    }

    /// When the next one is promised.
    pub fn next_update(&self) -> Option<OffsetDateTime> {
        self.0.next_update
    }

    /// keyIdentifier of authorityKeyIdentifier.
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.authority_key_id.as_deref()
    }

    /// cRLNumber: the magnitude, without leading zeros.
    pub fn number(&self) -> Option<&[u8]> {
        self.0.number.as_deref()
    }

    /// BaseCRLNumber of deltaCRLIndicator: this list tells only what changed since that one.
    pub fn base_number(&self) -> Option<&[u8]> {
        self.0.base_number.as_deref()
    }

    /// Whether it is a delta list.
    pub fn is_delta(&self) -> bool {
        self.0.base_number.is_some()
    }

    /// issuingDistributionPoint: what the list speaks about, when not about everything of its issuer.
    pub fn issuing_point(&self) -> Option<&IssuingPoint> {
        self.0.issuing_point.as_ref()
    }

    /// Every extension of the list, in order.
    pub fn extensions(&self) -> &[Extension] {
        &self.0.extensions
    }

    /// Whether each critical extension, of the list and of its entries, is understood here.
    pub fn is_understood(&self) -> bool {
        self.0.understood
    }

    /// Whether it speaks for all certificates of its issuer and for no others, in terms that are all understood here.
    pub fn is_complete(&self) -> bool {
        self.0.understood && !self.is_delta() && self.0.issuing_point.is_none()
    }

    /// Whether certificates stay listed after they expired (expiredCertsOnCRL).
    pub fn keeps_expired(&self) -> bool {
        self.0.keeps_expired
    }

    /// The entry for a certificate of this issuer, by the content of its serial number.
    pub fn entry(&self, serial: &[u8]) -> Option<Revocation> {
        self.0.entries.own(serial)
    }

    /// The entry for a certificate of `issuer`, who in an indirect list may be another than the list's own.
    pub fn entry_of(&self, issuer: &Name, serial: &[u8]) -> Option<Revocation> {
        if self.0.issuer.matches(issuer) { self.entry(serial) } else { self.0.entries.of_another(issuer, serial) }
    }

    /// How many certificates are listed.
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether none is listed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The algorithm of its signature, or why it is not supported.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, &AlgorithmError> {
        self.0.algorithm.as_ref().copied()
    }

    /// DER of signatureAlgorithm.
    pub fn algorithm_identifier(&self) -> &[u8] {
        &self.0.algorithm_identifier
    }

    /// The signature value.
    pub fn signature(&self) -> &[u8] {
        &self.0.signature
    }

    /// Whether `key` signed the list.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.0
            .algorithm
            .as_ref()
            .is_ok_and(|algorithm| key.verify(*algorithm, self.tbs_der(), &self.0.signature).is_ok())
    }
}

impl PartialEq for Crl {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.der == other.0.der
    }
}

impl Eq for Crl {}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl({}, {}, {} entries)", self.0.issuer, self.0.this_update, self.len())
    }
}
