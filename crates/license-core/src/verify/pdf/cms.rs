//! The cryptographic side of one signature: CMS, digests, and the form that PAdES asks for.

use pdf_sign::Signature;
use pki::cms::{CmsCheckName, CmsReport, Outcome, SignedData, SignerInfo};
use pki::{Certificate, DigestAlgorithm};

use super::super::reasons::Reason;
use super::super::report::Checks;
use super::super::{form, timestamp};
use super::{PADES, PLAIN};

/// signature-time-stamp (RFC 3161 appendix A), an unsigned attribute.
const SIGNATURE_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";

/// The cryptographic side of one signature.
#[derive(Debug, Default)]
pub(in super::super) struct CmsFacts {
    /// Why the CMS cannot be read.
    pub(super) error: Option<String>,
    /// More than one signer, enclosed content, or other things by which another thing would be checked than is shown.
    forbidden: Option<&'static str>,
    /// What PAdES forbids although everything holds together.
    unfit: Option<&'static str>,
    /// Why a time-stamp token on the signature value speaks of something else or does not hold.
    stamp: Option<String>,
    report: Option<CmsReport>,
    /// Certificates inside.
    pub(in super::super) enclosed: Vec<Certificate>,
    /// Digest and signature algorithm are acceptable.
    algorithm: bool,
    /// What is not as issuing writes it, outside of all signatures.
    pub(super) loose: Option<&'static str>,
}

impl CmsFacts {
    /// The signer's certificate.
    pub(in super::super) fn certificate(&self) -> Option<&Certificate> {
        self.report.as_ref()?.certificate.as_ref()
    }

    /// Whether the CMS holds together. What only a baseline asks for (signing-certificate-v2) is said, not held against it.
    pub(super) fn intact(&self) -> bool {
        self.error.is_none()
            && self.forbidden.is_none()
            && self.stamp.is_none()
            && self.algorithm
            && self.report.as_ref().is_some_and(CmsReport::passed)
    }
}

pub(super) fn read(signature: &Signature, bytes: &[u8]) -> CmsFacts {
    let mut facts = CmsFacts::default();
    let Some(der) = signature.der() else {
        facts.error = Some("/Contents holds no DER".to_owned());
        return facts;
    };
    let signed = match SignedData::from_der(der) {
        Ok(signed) => signed,
        Err(error) => {
            facts.error = Some(error.to_string());
            return facts;
        }
    };
    facts.enclosed.clone_from(&signed.certificates);
    if signature.is_doc_timestamp() {
        token(signature, &signed, bytes, &mut facts);
        return facts;
    }
    if signed.signers.len() != 1 {
        facts.forbidden = Some("there must be exactly one signer");
    } else if signed.content.is_some() {
        facts.forbidden = Some("content is enclosed in a detached signature");
    } else if signed.signers[0].signed_attributes.is_none() {
        facts.forbidden = Some("there are no signed attributes");
    } else if signed.content_type != pki::ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1") {
        facts.forbidden = Some("the content is not of type id-data");
    }
    if signature.has_cert_key {
        facts.unfit = Some("the signature dictionary has /Cert");
    }
    let Some(signer) = signed.signers.first() else {
        facts.error = Some("there is no signer".to_owned());
        return facts;
    };
    facts.loose = form::cms_fault(&signed, der).or_else(|| {
        let [start, end] = gap(signature)?;
        let digits = bytes.get(start..end)?;
        (!form::one_case(digits)).then_some("the digits of /Contents are written in two cases")
    });
    let Ok(algorithm) = signer.digest_algorithm.clone() else { return facts };
    facts.algorithm = signer.signature_algorithm.is_ok();
    facts.stamp = stamp_fault(signer);
    if let Some(ranges) = signature.signed_bytes(bytes) {
        facts.report = Some(signed.verify(0, &digest(algorithm, ranges)));
    }
    facts
}

fn token(signature: &Signature, token: &SignedData, bytes: &[u8], facts: &mut CmsFacts) {
    let Some(ranges) = signature.signed_bytes(bytes) else {
        facts.error = Some("/ByteRange names no bytes".to_owned());
        return;
    };
    match timestamp::check(token, &|algorithm| digest(algorithm, ranges)) {
        Ok(report) => facts.report = Some(report),
        Err(error) => facts.error = Some(error),
    }
}

/// The first token on the signature value that is over something else, or does not hold (a copied one).
fn stamp_fault(signer: &SignerInfo) -> Option<String> {
    let mut attributes = signer.unsigned_attributes.iter();
    let tokens = attributes.find(|attribute| attribute.oid.to_string() == SIGNATURE_TIME_STAMP)?;
    tokens.values.iter().find_map(|der| {
        let token = match SignedData::from_der(der) {
            Ok(token) => token,
            Err(error) => return Some(error.to_string()),
        };
        timestamp::check(&token, &|algorithm| algorithm.digest(&signer.signature)).err()
    })
}

/// The bytes between the two ranges.
pub(super) fn gap(signature: &Signature) -> Option<[usize; 2]> {
    let [_, end, start, _] = signature.byte_range?;
    Some([end, start])
}

fn digest(algorithm: DigestAlgorithm, ranges: [&[u8]; 2]) -> pki::Digest {
    let mut hasher = algorithm.hasher();
    ranges.iter().for_each(|range| hasher.update(range));
    hasher.finish()
}

/// The form of the CMS, then each check of it.
pub(super) fn check(
    cms: &CmsFacts,
    signature: &Signature,
    form: &str,
    (place, plain): (&str, bool),
    checks: &mut Checks,
) {
    let known = form == "pades" || form == "cms" && plain;
    let unfit = cms.unfit.filter(|_| form == "pades");
    let detail = match (&cms.error, cms.forbidden.or(unfit)) {
        (Some(error), _) => error.clone(),
        (None, Some(why)) => why.to_owned(),
        _ if known => String::new(),
        _ if form == "cms" => format!("{PLAIN} is plain CMS, not PAdES"),
        _ => format!("SubFilter {:?}, not {PADES}", signature.sub_filter),
    };
    checks.record("cms.form", detail.is_empty(), Reason::CmsStructure, place, detail);
    if let Some(why) = &cms.stamp {
        checks.failed("time.stamp", Reason::TimeStampImprint, place, why);
    }
    let Some(report) = &cms.report else {
        if cms.error.is_none() && !cms.algorithm {
            checks.failed("cms.algorithm", Reason::CmsAlgorithm, place, "");
        }
        return;
    };
    for check in &report.checks {
        let (name, reason) = match check.name {
            CmsCheckName::Signature => ("cms.signature", Reason::CmsSignature),
            CmsCheckName::MessageDigest => ("cms.digest", Reason::CmsDigest),
            CmsCheckName::Algorithms | CmsCheckName::AlgorithmProtection => ("cms.algorithm", Reason::CmsAlgorithm),
            CmsCheckName::SigningCertificate if form != "pades" => continue,
            _ => ("cms.attributes", Reason::CmsStructure),
        };
        match &check.outcome {
            Outcome::Passed => checks.passed(name, place),
            Outcome::Failed(why) => checks.failed(name, reason, place, format!("{:?}: {why}", check.name)),
            // Baseline signatures name their certificate under the signature (EN 319 142-1 6.3).
            Outcome::NotDone(why) if check.name == CmsCheckName::SigningCertificate => {
                checks.failed(name, reason, place, why);
            }
            Outcome::NotDone(_) => {}
        }
    }
}
