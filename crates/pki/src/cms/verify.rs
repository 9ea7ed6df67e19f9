//! Checks one signer of a SignedData, each point by itself. Trust in the certificate is for [`crate::path`].

use super::attributes::{self, CertificateId};
use super::read::{ContentForm, SignedData, SignerInfo};
use crate::algorithm::{AlgorithmError, Refusal};
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
    /// Digest and signature algorithm and the kind of key go together (RFC 8933). Not done when one of them is not
    /// supported: then it cannot be told whether the signature holds.
    Algorithms,
    /// None of them is so weak that the signature proves nothing, whether it holds or not.
    Strength,
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

    /// Nothing failed, but an algorithm is not supported: the signature may hold or not.
    pub fn is_unsupported(&self) -> bool {
        matches!(self.outcome(CmsCheckName::Algorithms), Some(Outcome::NotDone(_)))
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
        self.check(index, Some(&Signed { digest: document, bytes: None }))
    }

    /// The same with the document at hand, which reaches every form: it may be enclosed itself, and without content and
    /// signed attributes the signature is over it (RFC 5652 5.4).
    pub fn verify_document(&self, index: usize, document: &[u8]) -> CmsReport {
        let algorithm = self.signers.get(index).and_then(|signer| signer.digest_algorithm.as_ref().ok());
        match algorithm.map(|algorithm| algorithm.digest(document)) {
            Some(digest) => self.check(index, Some(&Signed { digest: &digest, bytes: Some(document) })),
            None => self.check(index, None),
        }
    }

    /// The same for a signer whose [digest](SignerInfo::digest_algorithm) is not known here, so that there is none of the
    /// document: what can be said without.
    pub fn verify_without_digest(&self, index: usize) -> CmsReport {
        self.check(index, None)
    }

    fn check(&self, index: usize, document: Option<&Signed<'_>>) -> CmsReport {
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
        let refusals = refusals(signer, certificate);
        report.algorithms(&refusals, signer);
        let message = match (&signer.signed_attributes, &signer.signed_attributes_der) {
            (Some(list), Some(der)) => {
                self.check_attributes(signer, list, document, certificate, &mut report);
                Some(der.as_slice())
            }
            // RFC 5652 5.4 then signs the document itself; PAdES forbids that form.
            _ if self.content.is_none() => match document.and_then(|document| document.bytes) {
                Some(bytes) => {
                    report.note(CmsCheckName::MessageDigest, Ok(()));
                    Some(bytes)
                }
                None => {
                    report.skip(CmsCheckName::MessageDigest, "neither content nor signed attributes");
                    None
                }
            },
            _ => {
                match document {
                    Some(document) => report.note(CmsCheckName::MessageDigest, self.content_is(document)),
                    None => report.skip(CmsCheckName::MessageDigest, NO_DIGEST),
                }
                self.content.as_deref()
            }
        };
        match (message, certificate) {
            (Some(_), Some(_)) if !refusals.is_empty() => {
                report.skip(CmsCheckName::Signature, "an algorithm is not accepted");
            }
            (Some(message), Some(certificate)) => {
                let computed = signature(signer, message, certificate, self.form);
                // Some leave the digest out that they signed as if it were the content (form A without it).
                let bare = self.form == ContentForm::Gbt35275 && self.content.is_none();
                let digest = document.filter(|_| bare && signer.signed_attributes.is_none());
                let over_digest = |document: &Signed<'_>| {
                    signature(signer, document.digest.as_bytes(), certificate, self.form).is_ok()
                };
                let computed = if computed.is_err() && digest.is_some_and(over_digest) { Ok(()) } else { computed };
                report.note(CmsCheckName::Signature, computed);
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
        document: Option<&Signed<'_>>,
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

        match (attributes::single(list, &oid::MESSAGE_DIGEST), document) {
            (Ok(None), _) => report.note(CmsCheckName::MessageDigest, Err("message-digest is missing")),
            (Err(why), _) => report.note(CmsCheckName::MessageDigest, Err(why)),
            (Ok(Some(_)), None) => report.skip(CmsCheckName::MessageDigest, NO_DIGEST),
            (Ok(Some(value)), Some(document)) => {
                let same = match Cursor::new(value).expect(tag::OCTET_STRING, "messageDigest") {
                    _ if signer.digest_algorithm != Ok(document.digest.algorithm()) => {
                        Err("the document was digested with another function than the signer's")
                    }
                    // What is enclosed beside the attributes is shown by readers, so it must be of the document, too.
                    Ok(octets) if octets.value == document.digest.as_bytes() && self.is_free_of_others(document) => {
                        Ok(())
                    }
                    Ok(octets) if self.encloses_digest(octets.value, document) => Ok(()),
                    _ => Err("message-digest differs: the document was changed"),
                };
                report.note(CmsCheckName::MessageDigest, same);
            }
        }

        let v1_is_wrong = |certificate| attributes::signing_certificate_v1_is_wrong(list, certificate);
        match (attributes::single(list, &oid::SIGNING_CERTIFICATE_V2), certificate) {
            (Ok(Some(value)), Some(certificate)) => match CertificateId::read(value) {
                Ok(id) if !id.is_of(certificate) => {
                    report.note(
                        CmsCheckName::SigningCertificate,
                        Err("signing-certificate-v2 names another certificate"),
                    );
                }
                // The older attribute is not what a baseline asks for, but what it says has to be right, too.
                Ok(_) if v1_is_wrong(certificate) => {
                    report.note(CmsCheckName::SigningCertificate, Err(V1_NAMES_ANOTHER));
                }
                // It identifies, as version 1 does, but it is not what a baseline asks for.
                Ok(id) if id.is_weak() => {
                    report.skip(CmsCheckName::SigningCertificate, "signing-certificate-v2 names it by SHA-1 alone");
                }
                Ok(_) => report.note(CmsCheckName::SigningCertificate, Ok(())),
                Err(_) => report.note(CmsCheckName::SigningCertificate, Err("signing-certificate-v2 cannot be read")),
            },
            (Ok(Some(_)), None) => report.skip(CmsCheckName::SigningCertificate, "no certificate"),
            (Ok(None), Some(certificate)) if v1_is_wrong(certificate) => {
                report.note(CmsCheckName::SigningCertificate, Err(V1_NAMES_ANOTHER));
            }
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

    /// Forms A and A': the enclosed content is the digest of the document, raw or as base64 text. Or the document.
    fn content_is(&self, document: &Signed<'_>) -> Result<(), &'static str> {
        let content = self.content.as_deref().ok_or("there is nothing that binds the document")?;
        let decoded = BASE64.decode(content.trim_ascii()).unwrap_or_default();
        if [content, &decoded].contains(&document.digest.as_bytes()) || document.bytes == Some(content) {
            Ok(())
        } else {
            Err("the signed content is not the digest of the document")
        }
    }

    /// Whether no content is enclosed, or that of the document. In CMS for PDF another check asks for none at all.
    fn is_free_of_others(&self, document: &Signed<'_>) -> bool {
        let asked = self.form == ContentForm::Gbt35275 || document.bytes.is_some();
        !asked || self.content.is_none() || self.content_is(document).is_ok()
    }

    /// GB/T 35275 with the digest of the document as content and, as RFC 5652 5.4 has it, the digest of that content in
    /// the attribute.
    fn encloses_digest(&self, attribute: &[u8], document: &Signed<'_>) -> bool {
        let content = self.content.as_deref().filter(|_| self.form == ContentForm::Gbt35275);
        let of_content = content.map(|content| document.digest.algorithm().digest(content));
        of_content.is_some_and(|digest| digest.as_bytes() == attribute) && self.content_is(document).is_ok()
    }
}

/// What is signed, as far as it is at hand.
struct Signed<'a> {
    /// By the signer's digest algorithm.
    digest: &'a Digest,
    bytes: Option<&'a [u8]>,
}

const NO_DIGEST: &str = "the digest is not supported";
const V1_NAMES_ANOTHER: &str = "signing-certificate names another certificate";

/// Why the signature is not computed: what is not accepted of digest, signature algorithm and key, and its name.
fn refusals(signer: &SignerInfo, certificate: Option<&Certificate>) -> Vec<(Refusal, String)> {
    let key = certificate.and_then(|certificate| certificate.public_key().err());
    let of_algorithms = [signer.digest_algorithm.as_ref().err(), signer.signature_algorithm.as_ref().err()];
    let of_algorithms = of_algorithms.into_iter().flatten().map(|error| (error.refusal(), error.to_string()));
    of_algorithms.chain(key.map(|error| (error.refusal(), error.to_string()))).collect()
}

impl CmsReport {
    /// Notes whether the algorithms go together and are strong enough.
    fn algorithms(&mut self, refusals: &[(Refusal, String)], signer: &SignerInfo) {
        let of = |wanted| refusals.iter().find(|(refusal, _)| *refusal == wanted).map(|(_, why)| why.as_str());
        let together = match (&signer.digest_algorithm, &signer.signature_algorithm) {
            (Ok(digest), Ok(algorithm)) => algorithm.digest() == *digest,
            // The signature algorithm says which digest it would be, and that is none which is not known.
            (Err(_), Ok(_)) => false,
            // Ed448 goes with SHAKE256 (RFC 8419 3.1), which is none of ours.
            (Ok(_), Err(AlgorithmError::Unsupported(oid::ED448))) => false,
            (_, Err(_)) => true,
        };
        match (of(Refusal::Malformed), of(Refusal::Unsupported)) {
            (Some(why), _) => self.note(CmsCheckName::Algorithms, Err(why)),
            (None, _) if !together => {
                self.note(CmsCheckName::Algorithms, Err("digest and signature algorithm do not go together"));
            }
            // What is weak is refused, whatever else is not known.
            (None, Some(why)) if of(Refusal::Weak).is_none() => self.skip(CmsCheckName::Algorithms, why),
            _ => self.note(CmsCheckName::Algorithms, Ok(())),
        }
        let key = self.certificate.as_ref().and_then(|certificate| certificate.public_key().ok());
        let key = key.map(crate::PublicKey::kind).filter(|key| key.is_weak());
        let algorithm = signer.signature_algorithm.as_ref().ok().filter(|algorithm| algorithm.is_weak());
        let digest = signer.digest_algorithm.as_ref().ok().filter(|digest| digest.is_weak());
        let weak = match (of(Refusal::Weak), key, algorithm, digest) {
            (Some(why), ..) => why.to_owned(),
            (None, Some(key), ..) => format!("a key of kind {key} is too weak"),
            (None, None, Some(algorithm), _) => format!("{algorithm} is too weak"),
            (None, None, None, Some(digest)) => format!("{digest} is too weak"),
            _ => return self.note(CmsCheckName::Strength, Ok(())),
        };
        self.note(CmsCheckName::Strength, Err(&weak));
    }
}

/// The mathematics; whether it proves anything is another check.
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
    key.compute(*algorithm, message, &signer.signature, encoding)
        .map_err(|_| "the signature does not verify with the signer's key")
}
