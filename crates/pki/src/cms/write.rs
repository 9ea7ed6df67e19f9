//! Makes a detached SignedData in two halves, so that the key may be anywhere.

use super::attributes;
use crate::algorithm::SignatureAlgorithm;
use crate::asn1::{self, Asn1Error, tag};
use crate::certificate::Certificate;
use crate::digest::{Digest, DigestAlgorithm};
use crate::oid;
use time::OffsetDateTime;

/// Which profile the identifiers follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CmsForm {
    /// CAdES / PAdES: the identifiers of RFC 5652 and signing-certificate-v2.
    #[default]
    Cades,
    /// GB/T 35275 form B: SM2 identifiers, content-type, message-digest and signing-time.
    Gbt35275,
}

/// What may vary in a signature.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct CmsOptions {
    /// The profile.
    pub form: CmsForm,
    /// signing-time as a signed attribute. PAdES forbids it (the time stands in /M).
    pub signing_time: Option<OffsetDateTime>,
    /// signing-certificate-v2 in a message of GB/T 35275, which does not ask for it; CAdES always has it.
    pub signing_certificate: bool,
}

impl CmsOptions {
    /// PAdES baseline.
    pub const fn pades() -> Self {
        Self { form: CmsForm::Cades, signing_time: None, signing_certificate: true }
    }

    /// CAdES baseline: the claimed signing time is signed.
    pub const fn cades(at: OffsetDateTime) -> Self {
        Self { form: CmsForm::Cades, signing_time: Some(at), signing_certificate: true }
    }

    /// GB/T 35275 as viewers accept it.
    pub const fn gbt35275(at: OffsetDateTime) -> Self {
        Self { form: CmsForm::Gbt35275, signing_time: Some(at), signing_certificate: false }
    }

    /// GM/T 0010 (GB/T 35275) inside a PDF, beside a PAdES signature: like that, it names its certificate and leaves the
    /// time to `/M`.
    pub const fn gmt0010_pdf() -> Self {
        Self { form: CmsForm::Gbt35275, signing_time: None, signing_certificate: true }
    }
}

/// Why a signature cannot be prepared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The content was digested by another function than the signature uses (RFC 8933).
    #[error("content digested with {content}, but {algorithm} needs {}", algorithm.digest())]
    DigestMismatch {
        /// The function used.
        content: DigestAlgorithm,
        /// The signature algorithm.
        algorithm: SignatureAlgorithm,
    },
    /// A time that cannot be written.
    #[error(transparent)]
    Encode(#[from] Asn1Error),
}

/// A signature with everything but its value.
#[derive(Clone, Debug)]
pub struct PreparedCms {
    to_be_signed: Vec<u8>,
    certificate: Certificate,
    algorithm: SignatureAlgorithm,
    form: CmsForm,
}

/// Prepares the signature by `certificate`'s holder over content with this digest.
///
/// ```
/// # use pki::{CertificateTemplate, KeyKind, Name, PrivateKey, Signer, SoftSigner};
/// # use time::macros::datetime;
/// use pki::cms::{self, CmsOptions, SignedData};
/// # let key = PrivateKey::generate(KeyKind::P256, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng))?;
/// # let certificate = CertificateTemplate::document_signer(Name::builder().common_name("S").build())
/// #     .serial(&[1]).valid(datetime!(2026-01-01 0:00 UTC), datetime!(2027-01-01 0:00 UTC)).self_sign(&key)?;
/// # let signer = SoftSigner::new(key, certificate, vec![])?;
/// let digest = signer.algorithm().digest().digest(b"the document");
/// let prepared = cms::prepare(&digest, signer.certificate(), signer.algorithm(), &CmsOptions::pades())?;
/// let signature = signer.sign(prepared.to_be_signed())?;
/// let der = prepared.finish(&signature, signer.chain());
///
/// let signed = SignedData::from_der(&der)?;
/// assert!(signed.verify(0, &digest).passed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn prepare(
    content: &Digest,
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    options: &CmsOptions,
) -> Result<PreparedCms, PrepareError> {
    if content.algorithm() != algorithm.digest() {
        return Err(PrepareError::DigestMismatch { content: content.algorithm(), algorithm });
    }
    let mut signed_attributes = vec![
        attributes::content_type(&options.form.data()),
        attributes::attribute(&oid::MESSAGE_DIGEST, &asn1::octet_string(content.as_bytes())),
    ];
    if let Some(at) = options.signing_time {
        signed_attributes.push(attributes::attribute(&oid::SIGNING_TIME, &asn1::x509_time(at)?));
    }
    if options.form == CmsForm::Cades || options.signing_certificate {
        let value = attributes::signing_certificate_v2(certificate, algorithm.digest());
        signed_attributes.push(attributes::attribute(&oid::SIGNING_CERTIFICATE_V2, &value));
    }
    Ok(PreparedCms {
        to_be_signed: asn1::set_of(signed_attributes),
        certificate: certificate.clone(),
        algorithm,
        form: options.form,
    })
}

impl PreparedCms {
    /// The DER of signedAttrs as a SET OF: the message for the signer.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The ContentInfo with this signature value; `chain` are the CA certificates to enclose.
    pub fn finish(self, signature: &[u8], chain: &[Certificate]) -> Vec<u8> {
        self.encode(signature, chain, None)
    }

    /// As [`finish`](Self::finish), with a time-stamp token over the signature value as an unsigned attribute
    /// (signature-time-stamp, RFC 3161 appendix A).
    pub fn finish_stamped(self, signature: &[u8], chain: &[Certificate], token: &[u8]) -> Vec<u8> {
        self.encode(signature, chain, Some(token))
    }

    fn encode(self, signature: &[u8], chain: &[Certificate], token: Option<&[u8]>) -> Vec<u8> {
        let unsigned_attributes = match token {
            Some(token) => asn1::explicit(1, &attributes::attribute(&oid::SIGNATURE_TIME_STAMP, token)),
            None => Vec::new(),
        };
        let digest = self.algorithm.digest().algorithm_identifier();
        let signature_algorithm = match self.form {
            CmsForm::Cades => self.algorithm.algorithm_identifier(),
            CmsForm::Gbt35275 => asn1::sequence(&[&asn1::oid(&oid::SM2_SIGN)]),
        };
        // The SET OF of the message, now under [0] IMPLICIT: only the tag differs.
        let mut signed_attributes = self.to_be_signed;
        signed_attributes[0] = tag::context(0);
        let serial = asn1::tlv(tag::INTEGER, &[self.certificate.serial()]);
        let signer_info = asn1::sequence(&[
            &asn1::integer(1),
            &asn1::sequence(&[self.certificate.issuer().der(), &serial]),
            &digest,
            &signed_attributes,
            &signature_algorithm,
            &asn1::octet_string(signature),
            &unsigned_attributes,
        ]);
        let mut certificates: Vec<Vec<u8>> = vec![self.certificate.der().to_vec()];
        for authority in chain {
            if certificates.iter().all(|known| known != authority.der()) {
                certificates.push(authority.der().to_vec());
            }
        }
        certificates.sort();
        let signed_data = asn1::sequence(&[
            &asn1::integer(1),
            &asn1::set_of(vec![digest]),
            &asn1::sequence(&[&asn1::oid(&self.form.data())]),
            &asn1::explicit(0, &certificates.concat()),
            &asn1::set_of(vec![signer_info]),
        ]);
        asn1::sequence(&[&asn1::oid(&self.form.signed_data()), &asn1::explicit(0, &signed_data)])
    }

    /// No result of [`finish`](Self::finish) with this chain is longer: what to reserve in a file.
    pub fn max_len(&self, chain: &[Certificate]) -> usize {
        let certificates: usize = chain.iter().map(|authority| authority.der().len()).sum();
        self.to_be_signed.len()
            + self.certificate.der().len()
            + self.certificate.issuer().der().len()
            + certificates
            + MAX_SIGNATURE_VALUE
            + STRUCTURE
    }
}

impl CmsForm {
    const fn data(self) -> der::asn1::ObjectIdentifier {
        match self {
            Self::Cades => oid::DATA,
            Self::Gbt35275 => oid::GM_DATA,
        }
    }

    const fn signed_data(self) -> der::asn1::ObjectIdentifier {
        match self {
            Self::Cades => oid::SIGNED_DATA,
            Self::Gbt35275 => oid::GM_SIGNED_DATA,
        }
    }
}

/// RSA of 8192 bits.
const MAX_SIGNATURE_VALUE: usize = 1024;
/// Headers, versions, algorithm identifiers (PSS has long ones), serial number.
const STRUCTURE: usize = 512;
