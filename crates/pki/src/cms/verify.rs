//! Checks one signer of a SignedData, each point by itself. Trust in the certificate is for [`crate::path`].

use super::attributes::{self, CertificateId};
use super::read::{ContentForm, SignedData, SignerInfo};
use crate::asn1::{self, Cursor, tag};
use crate::certificate::Certificate;
use crate::digest::Digest;
use crate::oid;
use crate::public_key::SignatureEncoding;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// What is checked about a signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CmsCheckName {
    /// There is a signer with this number.
    SignerPresent,
    /// The certificate the signer names is enclosed.
    SignerCertificate,
    /// Digest and signature algorithm are supported and go together (RFC 8933).
    Algorithms,
    /// No signed attribute occurs twice, none has more than one value.
    AttributesUnique,
    /// content-type equals eContentType.
    ContentType,
    /// message-digest (or the content itself) equals the digest of the document.
    MessageDigest,
    /// signing-certificate-v2 is present and names the certificate.
    SigningCertificate,
    /// cms-algorithm-protection agrees, when present.
    AlgorithmProtection,
    /// The signature value.
    Signature,
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not; why.
    Failed(String),
    /// It could not be done or does not apply; why.
    NotDone(String),
}

/// One check and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CmsCheck {
    /// Which.
    pub name: CmsCheckName,
    /// How it ended.
    pub outcome: Outcome,
}

/// All checks of one signer.
#[derive(Clone, Debug)]
pub struct CmsReport {
    /// In the order in which they were done.
    pub checks: Vec<CmsCheck>,
    /// The certificate whose key was used.
    pub certificate: Option<Certificate>,
}

impl CmsReport {
    /// The signature value was checked, and nothing failed.
    pub fn passed(&self) -> bool {
        self.outcome(CmsCheckName::Signature) == Some(&Outcome::Passed)
            && self.outcome(CmsCheckName::MessageDigest) == Some(&Outcome::Passed)
            && self.checks.iter().all(|check| !matches!(check.outcome, Outcome::Failed(_)))
    }

    /// How one check ended.
    pub fn outcome(&self, name: CmsCheckName) -> Option<&Outcome> {
        self.checks.iter().find(|check| check.name == name).map(|check| &check.outcome)
    }

    fn note(&mut self, name: CmsCheckName, result: Result<(), &str>) {
        let outcome = result.map_or_else(|why| Outcome::Failed(why.to_owned()), |()| Outcome::Passed);
        self.checks.push(CmsCheck { name, outcome });
    }

    fn skip(&mut self, name: CmsCheckName, why: &str) {
        self.checks.push(CmsCheck { name, outcome: Outcome::NotDone(why.to_owned()) });
    }
}

impl SignedData {
    /// Checks signer `index` against the digest of the document, made with its own digest algorithm.
    ///
    /// For GB/T 35275 the forms A and A' (the content is the digest, raw or in base64) and B (signed attributes)
    /// are understood; `document` is then the digest of Signature.xml.
    pub fn verify(&self, index: usize, document: &Digest) -> CmsReport {
        let mut report = CmsReport { checks: Vec::new(), certificate: None };
        let Some(signer) = self.signers.get(index) else {
            report.note(CmsCheckName::SignerPresent, Err("there is no such signer"));
            return report;
        };
        report.note(CmsCheckName::SignerPresent, Ok(()));
        let certificate = self.certificate_of(signer);
        report.note(
            CmsCheckName::SignerCertificate,
            certificate.map(|_| ()).ok_or("the signer's certificate is not enclosed"),
        );
        report.certificate = certificate.cloned();
        report.note(CmsCheckName::Algorithms, algorithms(signer));
        let message = match (&signer.signed_attributes, &signer.signed_attributes_der) {
            (Some(list), Some(der)) => {
                self.check_attributes(signer, list, document, certificate, &mut report);
                Some(der.as_slice())
            }
            // RFC 5652 5.4 then signs the document itself, which is not at hand; PAdES forbids that form.
            _ if self.content.is_none() => {
                report.skip(CmsCheckName::MessageDigest, "neither content nor signed attributes");
                None
            }
            _ => {
                report.note(CmsCheckName::MessageDigest, self.content_is_digest(document));
                self.content.as_deref()
            }
        };
        match (message, certificate) {
            (Some(message), Some(certificate)) => {
                report.note(CmsCheckName::Signature, signature(signer, message, certificate, self.form));
            }
            (None, _) => report.skip(CmsCheckName::Signature, "neither content nor signed attributes"),
            (_, None) => report.skip(CmsCheckName::Signature, "no certificate"),
        }
        report
    }

    fn check_attributes(
        &self,
        signer: &SignerInfo,
        list: &[super::CmsAttribute],
        document: &Digest,
        certificate: Option<&Certificate>,
        report: &mut CmsReport,
    ) {
        let repeated = list.iter().enumerate().any(|(index, attribute)| {
            attribute.values.len() != 1 || list[..index].iter().any(|before| before.oid == attribute.oid)
        });
        let unique = if repeated { Err("an attribute is repeated or has not one value") } else { Ok(()) };
        report.note(CmsCheckName::AttributesUnique, unique);

        let content_type = match attributes::single(list, &oid::CONTENT_TYPE) {
            Ok(Some(value)) if self.names_content(value) => Ok(()),
            Ok(Some(_)) => Err("content-type is not the type of the content"),
            Ok(None) => Err("content-type is missing"),
            Err(why) => Err(why),
        };
        report.note(CmsCheckName::ContentType, content_type);

        let same_function = signer.digest_algorithm == Ok(document.algorithm());
        let digest = match attributes::single(list, &oid::MESSAGE_DIGEST) {
            _ if !same_function => Err("the document was digested with another function than the signer's"),
            Ok(Some(value)) => match Cursor::new(value).expect(tag::OCTET_STRING, "messageDigest") {
                Ok(octets) if octets.value == document.as_bytes() => Ok(()),
                _ => Err("message-digest differs: the document was changed"),
            },
            Ok(None) => Err("message-digest is missing"),
            Err(why) => Err(why),
        };
        report.note(CmsCheckName::MessageDigest, digest);

        match (attributes::single(list, &oid::SIGNING_CERTIFICATE_V2), certificate) {
            (Ok(Some(value)), Some(certificate)) => {
                let same = CertificateId::read(value).is_ok_and(|id| id.is_of(certificate));
                let result = if same { Ok(()) } else { Err("signing-certificate-v2 names another certificate") };
                report.note(CmsCheckName::SigningCertificate, result);
            }
            (Ok(Some(_)), None) => report.skip(CmsCheckName::SigningCertificate, "no certificate"),
            (Ok(None), _) => report.skip(CmsCheckName::SigningCertificate, "signing-certificate-v2 is missing"),
            (Err(why), _) => report.note(CmsCheckName::SigningCertificate, Err(why)),
        }

        match attributes::single(list, &oid::ALGORITHM_PROTECTION) {
            Ok(None) => {}
            Ok(Some(value)) => {
                let (digest, signature) = (&signer.digest_identifier, &signer.signature_identifier);
                let same = attributes::protection_matches(value, digest, signature).unwrap_or(false);
                let result = if same { Ok(()) } else { Err("cms-algorithm-protection names other algorithms") };
                report.note(CmsCheckName::AlgorithmProtection, result);
            }
            Err(why) => report.note(CmsCheckName::AlgorithmProtection, Err(why)),
        }
    }

    /// Whether content-type names eContentType. Producers of GB/T 35275 mix its `data` with that of CMS.
    fn names_content(&self, value: &[u8]) -> bool {
        let data = [oid::DATA, oid::GM_DATA];
        value == asn1::oid(&self.content_type)
            || (self.form == ContentForm::Gbt35275
                && data.contains(&self.content_type)
                && data.iter().any(|oid| value == asn1::oid(oid)))
    }

    /// Forms A and A': the enclosed content is the digest of the document, raw or as base64 text.
    fn content_is_digest(&self, document: &Digest) -> Result<(), &'static str> {
        let content = self.content.as_deref().ok_or("there is nothing that binds the document")?;
        let decoded = BASE64.decode(content.trim_ascii()).unwrap_or_default();
        if [content, &decoded].contains(&document.as_bytes()) {
            Ok(())
        } else {
            Err("the signed content is not the digest of the document")
        }
    }
}

fn algorithms(signer: &SignerInfo) -> Result<(), &'static str> {
    match (&signer.digest_algorithm, &signer.signature_algorithm) {
        (Ok(digest), Ok(algorithm)) if algorithm.digest() == *digest => Ok(()),
        (Ok(_), Ok(_)) => Err("digest and signature algorithm do not go together"),
        (Err(_), _) => Err("the digest algorithm is not supported"),
        (_, Err(_)) => Err("the signature algorithm is not supported"),
    }
}

fn signature(
    signer: &SignerInfo,
    message: &[u8],
    certificate: &Certificate,
    form: ContentForm,
) -> Result<(), &'static str> {
    let algorithm = signer.signature_algorithm.as_ref().map_err(|_| "the signature algorithm is not supported")?;
    let key = certificate.public_key().map_err(|_| "the public key is not supported")?;
    let encoding = match form {
        ContentForm::Gbt35275 => SignatureEncoding::DerOrRaw,
        ContentForm::Cms => SignatureEncoding::Der,
    };
    key.verify_encoded(*algorithm, message, &signer.signature, encoding)
        .map_err(|_| "the signature does not verify with the signer's key")
}
