//! Makes certificates: roots, issuing CAs, and the end-entity certificates of signers and seal makers.
//!
//! Serial numbers and times are arguments. Extensions follow RFC 5280 and GB/T 20518.

use crate::algorithm::SignatureAlgorithm;
use crate::asn1::{self, Asn1Error, tag};
use crate::certificate::{Certificate, CertificateError};
use crate::extension::{self, BasicConstraints, Extension, KeyUsage};
use crate::name::Name;
use crate::oid;
use crate::private_key::{PrivateKey, SignError};
use crate::public_key::PublicKey;
use crate::signer::Signer;
use der::asn1::ObjectIdentifier;
use time::OffsetDateTime;

/// A certificate that could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The serial number is zero, negative or longer than 20 bytes (RFC 5280 4.1.2.2).
    #[error("a serial number is 1 to 20 bytes, positive, not zero")]
    Serial,
    /// notAfter before notBefore, or a year no certificate can hold.
    #[error("the validity ends before it begins or lies outside the years 0 to 9999")]
    Validity,
    /// The issuer could not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A value the encoding cannot hold.
    #[error(transparent)]
    Encode(#[from] Asn1Error),
    /// What was made does not read back; cannot happen with valid arguments.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// What a certificate is to say. The constructors give each role its extensions.
///
/// ```
/// use pki::{CertificateTemplate, KeyKind, Name, PrivateKey, SoftSigner};
/// use time::macros::datetime;
///
/// # let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
/// let (from, until) = (datetime!(2026-01-01 0:00 UTC), datetime!(2036-01-01 0:00 UTC));
/// let root_key = PrivateKey::generate(KeyKind::Sm2, &mut rng)?;
/// let root = CertificateTemplate::root_ca(Name::builder().common_name("Root").build())
///     .serial(&[1])
///     .valid(from, until)
///     .self_sign(&root_key)?;
/// let root = SoftSigner::new(root_key, root, vec![])?;
///
/// let key = PrivateKey::generate(KeyKind::Sm2, &mut rng)?;
/// let certificate = CertificateTemplate::document_signer(Name::builder().common_name("Issuer").build())
///     .serial(&[2])
///     .valid(from, until)
///     .issue(key.public_key(), &root)?;
/// assert_eq!(certificate.issuer(), pki::Signer::certificate(&root).subject());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CertificateTemplate {
    subject: Name,
    serial: Vec<u8>,
    validity: Option<(OffsetDateTime, OffsetDateTime)>,
    constraints: Option<BasicConstraints>,
    key_usage: KeyUsage,
    purposes: Vec<ObjectIdentifier>,
    purposes_critical: bool,
    crl_urls: Vec<String>,
    others: Vec<Extension>,
}

impl CertificateTemplate {
    fn new(subject: Name, constraints: Option<BasicConstraints>, key_usage: KeyUsage) -> Self {
        Self {
            subject,
            serial: Vec::new(),
            validity: None,
            constraints,
            key_usage,
            purposes: Vec::new(),
            purposes_critical: false,
            crl_urls: Vec::new(),
            others: Vec::new(),
        }
    }

    /// A root: cA, keyCertSign and cRLSign, no limit on the path below.
    pub fn root_ca(subject: Name) -> Self {
        let usage = KeyUsage::KEY_CERT_SIGN.and(KeyUsage::CRL_SIGN);
        Self::new(subject, Some(BasicConstraints { ca: true, path_length: None }), usage)
    }

    /// A CA below a root, with at most `path_length` CAs below itself.
    pub fn issuing_ca(subject: Name, path_length: u32) -> Self {
        let usage = KeyUsage::KEY_CERT_SIGN.and(KeyUsage::CRL_SIGN);
        Self::new(subject, Some(BasicConstraints { ca: true, path_length: Some(path_length) }), usage)
    }

    /// Signs documents or seals documents: digitalSignature, nonRepudiation, id-kp-documentSigning (RFC 9336).
    pub fn document_signer(subject: Name) -> Self {
        let mut template = Self::seal_maker(subject);
        template.purposes.push(oid::KP_DOCUMENT_SIGNING);
        template
    }

    /// Makes electronic seals (制章人): digitalSignature and nonRepudiation, no extended key usage.
    pub fn seal_maker(subject: Name) -> Self {
        let usage = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION);
        Self::new(subject, None, usage)
    }

    /// Makes time-stamps: id-kp-timeStamping, critical and alone (RFC 3161 2.3).
    pub fn time_stamper(subject: Name) -> Self {
        let mut template = Self::new(subject, None, KeyUsage::DIGITAL_SIGNATURE);
        template.purposes.push(oid::KP_TIME_STAMPING);
        template.purposes_critical = true;
        template
    }

    /// The serial number: big-endian, positive, at most 20 bytes. Take 16 random bytes with the top bit cleared.
    pub fn serial(mut self, serial: &[u8]) -> Self {
        self.serial = serial.to_vec();
        self
    }

    /// First and last second of validity.
    pub const fn valid(mut self, from: OffsetDateTime, until: OffsetDateTime) -> Self {
        self.validity = Some((from, until));
        self
    }

    /// Another key usage than the role's own.
    pub const fn with_key_usage(mut self, usage: KeyUsage) -> Self {
        self.key_usage = usage;
        self
    }

    /// Other extended key usages than the role's own; none removes the extension.
    pub fn with_extended_key_usage(mut self, purposes: &[ObjectIdentifier]) -> Self {
        self.purposes = purposes.to_vec();
        self
    }

    /// Where the CRL of the issuer will be found.
    pub fn with_crl_url(mut self, url: &str) -> Self {
        self.crl_urls.push(url.to_owned());
        self
    }

    /// One more extension, as given.
    pub fn with_extension(mut self, extension: Extension) -> Self {
        self.others.push(extension);
        self
    }

    /// Signs the certificate of `key` with `key` itself.
    pub fn self_sign(&self, key: &PrivateKey) -> Result<Certificate, IssueError> {
        let subject_key_id = key.public_key().key_identifier();
        let tbs = self.to_be_signed(key.public_key(), &self.subject, &subject_key_id, key.algorithm())?;
        complete(&tbs, key.algorithm(), &key.sign(&tbs)?)
    }

    /// Issues a certificate for `subject_key` under `issuer`.
    pub fn issue(&self, subject_key: &PublicKey, issuer: &dyn Signer) -> Result<Certificate, IssueError> {
        let ca = issuer.certificate();
        let authority = match (ca.subject_key_id(), ca.public_key()) {
            (Some(id), _) => id.to_vec(),
            (None, Ok(key)) => key.key_identifier().to_vec(),
            (None, Err(_)) => Vec::new(),
        };
        let tbs = self.to_be_signed(subject_key, ca.subject(), &authority, issuer.algorithm())?;
        complete(&tbs, issuer.algorithm(), &issuer.sign(&tbs)?)
    }

    fn to_be_signed(
        &self,
        subject_key: &PublicKey,
        issuer: &Name,
        authority_key_id: &[u8],
        algorithm: SignatureAlgorithm,
    ) -> Result<Vec<u8>, IssueError> {
        let magnitude = self.serial.iter().position(|byte| *byte != 0).map(|first| &self.serial[first..]);
        let serial = match magnitude {
            // 20 bytes including the sign byte.
            Some(bytes) if bytes.len() < 20 || (bytes.len() == 20 && bytes[0] & 0x80 == 0) => asn1::unsigned(bytes),
            _ => return Err(IssueError::Serial),
        };
        let (from, until) = self.validity.filter(|(from, until)| from <= until).ok_or(IssueError::Validity)?;
        let validity = asn1::sequence(&[&asn1::x509_time(from)?, &asn1::x509_time(until)?]);
        let extensions: Vec<u8> =
            self.extensions(subject_key, authority_key_id).iter().flat_map(Extension::to_der).collect();
        Ok(asn1::sequence(&[
            &asn1::explicit(0, &asn1::integer(2)),
            &serial,
            &algorithm.algorithm_identifier(),
            issuer.der(),
            &validity,
            self.subject.der(),
            subject_key.spki_der(),
            &asn1::explicit(3, &asn1::sequence(&[&extensions])),
        ]))
    }

    fn extensions(&self, subject_key: &PublicKey, authority_key_id: &[u8]) -> Vec<Extension> {
        let mut extensions = Vec::new();
        if let Some(constraints) = self.constraints {
            extensions.push(Extension::new(oid::BASIC_CONSTRAINTS, true, constraints.to_der()));
        }
        extensions.push(Extension::new(oid::KEY_USAGE, true, self.key_usage.to_der()));
        if !self.purposes.is_empty() {
            let purposes: Vec<u8> = self.purposes.iter().flat_map(asn1::oid).collect();
            let value = asn1::sequence(&[&purposes]);
            extensions.push(Extension::new(oid::EXTENDED_KEY_USAGE, self.purposes_critical, value));
        }
        let subject_key_id = asn1::octet_string(&subject_key.key_identifier());
        extensions.push(Extension::new(oid::SUBJECT_KEY_IDENTIFIER, false, subject_key_id));
        if !authority_key_id.is_empty() {
            let value = extension::authority_key_id_der(authority_key_id);
            extensions.push(Extension::new(oid::AUTHORITY_KEY_IDENTIFIER, false, value));
        }
        if !self.crl_urls.is_empty() {
            let value = extension::crl_urls_der(&self.crl_urls);
            extensions.push(Extension::new(oid::CRL_DISTRIBUTION_POINTS, false, value));
        }
        extensions.extend(self.others.iter().cloned());
        extensions
    }
}

/// SEQUENCE { tbs, algorithm, signature }: the outside of a certificate and of a CRL.
pub(crate) fn signed(tbs: &[u8], algorithm: SignatureAlgorithm, signature: &[u8]) -> Vec<u8> {
    asn1::tlv(tag::SEQUENCE, &[tbs, &algorithm.algorithm_identifier(), &asn1::bit_string(signature)])
}

fn complete(tbs: &[u8], algorithm: SignatureAlgorithm, signature: &[u8]) -> Result<Certificate, IssueError> {
    Ok(Certificate::from_der(&signed(tbs, algorithm, signature))?)
}
