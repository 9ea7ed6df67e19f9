//! X.509 certificates (RFC 5280 4.1, GB/T 20518): parsed once, cheap to clone, equal when their bytes are.

use crate::algorithm::{AlgorithmError, SignatureAlgorithm};
use crate::asn1::{self, Asn1Error, tag};
use crate::digest::{Digest, DigestAlgorithm};
use crate::extension::{
    self, BasicConstraints, DistributionPoint, Extension, GeneralName, KeyUsage, Known, NameConstraints,
    PolicyConstraints,
};
use crate::name::{self, Name};
use crate::public_key::{KeyError, PublicKey, VerifyError};
use der::asn1::ObjectIdentifier;
use std::fmt;
use std::sync::Arc;
use time::OffsetDateTime;

/// A certificate longer than this is not looked at.
pub const MAX_CERTIFICATE_BYTES: usize = 64 * 1024;

/// Bytes that are no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The DER is not that of a certificate.
    #[error("certificate: {0}")]
    Malformed(#[from] Asn1Error),
    /// The PEM armour is broken or holds something else.
    #[error("no PEM block CERTIFICATE")]
    Pem,
    /// Longer than [`MAX_CERTIFICATE_BYTES`].
    #[error("a certificate of {0} bytes is too long")]
    TooLong(usize),
}

/// A certificate with everything it says in owned fields.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    tbs: std::ops::Range<usize>,
    version: u32,
    serial: Vec<u8>,
    issuer: Name,
    subject: Name,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
    spki: Vec<u8>,
    public_key: Result<PublicKey, KeyError>,
    signature_algorithm: Result<SignatureAlgorithm, AlgorithmError>,
    algorithm_identifier: Vec<u8>,
    algorithms_agree: bool,
    signature: Vec<u8>,
    extensions: Vec<Extension>,
    known: Known,
}

impl Certificate {
    /// Reads one DER certificate; nothing may follow it.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(CertificateError::TooLong(der.len()));
        }
        let mut outer = asn1::whole(der, tag::SEQUENCE, "Certificate")?.children();
        let header = der.len() - outer.rest().len();
        let tbs = outer.expect(tag::SEQUENCE, "tbsCertificate")?;
        let algorithm = outer.expect(tag::SEQUENCE, "signatureAlgorithm")?.raw;
        let signature = outer.expect(tag::BIT_STRING, "signatureValue")?.bits()?.to_vec();
        outer.finish("Certificate")?;

        let mut fields = tbs.children();
        let version = match fields.optional(tag::context(0), "version")? {
            Some(explicit) => asn1::whole(explicit.value, tag::INTEGER, "version")?.small_integer()?.saturating_add(1),
            None => 1,
        };
        let serial = fields.expect(tag::INTEGER, "serialNumber")?.integer_bytes()?.to_vec();
        let inner_algorithm = fields.expect(tag::SEQUENCE, "signature")?.raw;
        let issuer = name::read(&mut fields, "issuer")?;
        let mut validity = fields.sequence("validity")?;
        let not_before = validity.any("notBefore")?.time()?;
        let not_after = validity.any("notAfter")?.time()?;
        validity.finish("validity")?;
        let subject = name::read(&mut fields, "subject")?;
        let spki = fields.expect(tag::SEQUENCE, "subjectPublicKeyInfo")?.raw;
        let unique = [
            fields.optional(tag::context_primitive(1), "issuerUniqueID")?,
            fields.optional(tag::context_primitive(2), "subjectUniqueID")?,
        ];
        if version == 1 && unique.iter().any(Option::is_some) {
            return Err(Asn1Error::new("version", "1, with unique identifiers of version 2").into());
        }
        let extensions = match fields.optional(tag::context(3), "extensions")? {
            Some(explicit) => {
                extension::read_all(asn1::whole(explicit.value, tag::SEQUENCE, "extensions")?.children())?
            }
            None => Vec::new(),
        };
        fields.finish("tbsCertificate")?;

        Ok(Self(Arc::new(Inner {
            tbs: header..header + tbs.raw.len(),
            version,
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            spki: spki.to_vec(),
            public_key: PublicKey::from_spki_der(spki),
            signature_algorithm: SignatureAlgorithm::from_algorithm_identifier(algorithm),
            algorithm_identifier: algorithm.to_vec(),
            algorithms_agree: algorithm == inner_algorithm,
            signature,
            known: Known::read(&extensions)?,
            extensions,
            der: der.to_vec(),
        })))
    }

    /// Reads the first PEM block; other text may stand around it.
    pub fn from_pem(pem: &str) -> Result<Self, CertificateError> {
        Self::many_from_pem(pem)?.into_iter().next().ok_or(CertificateError::Pem)
    }

    /// Reads every PEM block `CERTIFICATE` of a file, in order.
    pub fn many_from_pem(pem: &str) -> Result<Vec<Self>, CertificateError> {
        let mut certificates = Vec::new();
        let mut rest = pem;
        while let Some(start) = rest.find(PEM_BEGIN) {
            let end = rest[start..].find(PEM_END).ok_or(CertificateError::Pem)? + start + PEM_END.len();
            let (_, der) = der::pem::decode_vec(&rest.as_bytes()[start..end]).map_err(|_| CertificateError::Pem)?;
            certificates.push(Self::from_der(&der)?);
            rest = &rest[end..];
        }
        Ok(certificates)
    }

    /// PEM armour around the certificate.
    pub fn to_pem(&self) -> String {
        der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, &self.0.der)
            .expect("a certificate is far below the length at which base64 fails")
    }

    /// The bytes.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The bytes the issuer signed.
    pub fn tbs_der(&self) -> &[u8] {
        &self.0.der[self.0.tbs.clone()]
    }

    /// 1, 2 or 3.
    pub fn version(&self) -> u32 {
        self.0.version
    }

    /// The content of serialNumber, compared as bytes.
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The serial number as lower-case hex.
    pub fn serial_hex(&self) -> String {
        self.0.serial.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whom it is about.
    pub fn subject(&self) -> &Name {
        &self.0.subject
    }

    /// Who issued it.
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// First second of validity.
    pub fn not_before(&self) -> OffsetDateTime {
        self.0.not_before
    }

    /// Last second of validity.
    pub fn not_after(&self) -> OffsetDateTime {
        self.0.not_after
    }

    /// Whether `at` lies within the validity, both ends included.
    pub fn valid_at(&self, at: OffsetDateTime) -> bool {
        self.0.not_before <= at && at <= self.0.not_after
    }

    /// DER of subjectPublicKeyInfo.
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki
    }

    /// The public key, or why it cannot be used.
    pub fn public_key(&self) -> Result<&PublicKey, &KeyError> {
        self.0.public_key.as_ref()
    }

    /// The algorithm the issuer signed with, or why it is not supported.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, &AlgorithmError> {
        self.0.signature_algorithm.as_ref().copied()
    }

    /// DER of signatureAlgorithm.
    pub fn algorithm_identifier(&self) -> &[u8] {
        &self.0.algorithm_identifier
    }

    /// Whether the algorithm inside and outside the signed part is the same (RFC 5280 4.1.1.2).
    pub fn algorithms_agree(&self) -> bool {
        self.0.algorithms_agree
    }

    /// The issuer's signature value.
    pub fn signature(&self) -> &[u8] {
        &self.0.signature
    }

    /// Every extension in order.
    pub fn extensions(&self) -> &[Extension] {
        &self.0.extensions
    }

    /// keyUsage.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.0.known.key_usage
    }

    /// extKeyUsage.
    pub fn extended_key_usage(&self) -> Option<&[ObjectIdentifier]> {
        self.0.known.extended_key_usage.as_deref()
    }

    /// basicConstraints.
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.0.known.basic_constraints
    }

    /// subjectKeyIdentifier.
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.0.known.subject_key_id.as_deref()
    }

    /// keyIdentifier of authorityKeyIdentifier.
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.known.authority_key_id.as_deref()
    }

    /// subjectAltName; empty when absent.
    pub fn subject_alt_names(&self) -> &[GeneralName] {
        &self.0.known.subject_alt_names
    }

    /// nameConstraints.
    pub fn name_constraints(&self) -> Option<&NameConstraints> {
        self.0.known.name_constraints.as_ref()
    }

    /// The policies of certificatePolicies.
    pub fn policies(&self) -> Option<&[ObjectIdentifier]> {
        self.0.known.policies.as_deref()
    }

    /// policyMappings: pairs of issuerDomainPolicy and subjectDomainPolicy.
    pub fn policy_mappings(&self) -> &[(ObjectIdentifier, ObjectIdentifier)] {
        &self.0.known.policy_mappings
    }

    /// policyConstraints.
    pub fn policy_constraints(&self) -> PolicyConstraints {
        self.0.known.policy_constraints
    }

    /// inhibitAnyPolicy.
    pub fn inhibit_any_policy(&self) -> Option<u32> {
        self.0.known.inhibit_any_policy
    }

    /// cRLDistributionPoints.
    pub fn distribution_points(&self) -> &[DistributionPoint] {
        &self.0.known.distribution_points
    }

    /// freshestCRL: where deltas are.
    pub fn freshest_points(&self) -> &[DistributionPoint] {
        &self.0.known.freshest
    }

    /// URLs of OCSP responders (authorityInfoAccess).
    pub fn ocsp_urls(&self) -> &[String] {
        &self.0.known.ocsp_urls
    }

    /// URLs of the issuer's certificates (authorityInfoAccess).
    pub fn issuer_urls(&self) -> &[String] {
        &self.0.known.issuer_urls
    }

    /// A known extension whose content is not what its standard says; a path through the certificate is refused.
    pub fn malformed_extension(&self) -> Option<ObjectIdentifier> {
        self.0.known.malformed
    }

    /// The extension of this type.
    pub fn extension(&self, oid: &ObjectIdentifier) -> Option<&Extension> {
        self.0.extensions.iter().find(|extension| extension.oid == *oid)
    }

    /// URLs where the CRL may be had.
    pub fn crl_urls(&self) -> &[String] {
        &self.0.known.crl_urls
    }

    /// Whether issuer and subject are the same name (RFC 5280 calls it self-issued).
    pub fn is_self_issued(&self) -> bool {
        self.0.issuer.matches(&self.0.subject)
    }

    /// SHA-256 over the certificate.
    pub fn fingerprint(&self) -> Digest {
        DigestAlgorithm::Sha256.digest(&self.0.der)
    }

    /// Whether `issuer_key` made this certificate's signature. `None`: by an algorithm of no use here.
    pub fn verify_signed_by(&self, issuer_key: &PublicKey) -> Option<Result<(), VerifyError>> {
        let algorithm = self.signature_algorithm().ok()?;
        Some(issuer_key.verify(algorithm, self.tbs_der(), &self.0.signature))
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl std::hash::Hash for Certificate {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.der.hash(state);
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, serial {})", self.0.subject, self.serial_hex())
    }
}

const PEM_BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const PEM_END: &str = "-----END CERTIFICATE-----";
