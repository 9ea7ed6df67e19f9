//! GB/T 35275: signatures without a seal, in the forms that are found (content is the digest, or signed attributes).

use pki::cms::{CmsCheckName, CmsReport, SignedData, SignerId};
use pki::{Certificate, Outcome, oid};

use crate::verify::form;
use crate::verify::memory::{self, Met};
use crate::verify::reasons::Reason;
use crate::verify::report::{Checks, Integrity};
use crate::verify::timestamp::{self, Token};

/// Checks every signer over Signature.xml, each with its own digest.
pub(super) fn verify(data: &SignedData, xml: &[u8], met: &Met<'_>) -> Vec<CmsReport> {
    data.signers.iter().for_each(|signer| met.checks(data.certificate_of(signer), signer));
    (0..data.signers.len()).map(|at| data.verify_document(at, xml)).collect()
}

/// What is wrong around the signed parts, where no signature reaches: anybody may write there, and readers look at it. A
/// signature of an OFD has one signer; its container has the version, the digests and the type that follow from the rest
/// (RFC 5652 5.1 and 5.3, GB/T 35275), and encloses certificates that lead upwards from the signer.
pub(super) fn flaw(data: &SignedData, met: &Met<'_>) -> Option<&'static str> {
    let [signer] = data.signers.as_slice() else {
        return Some(if data.signers.is_empty() { "there is no signer" } else { "there is more than one signer" });
    };
    let named_by_key = matches!(signer.id, SignerId::SubjectKeyId(_));
    let content = [oid::DATA, oid::GM_DATA].contains(&data.content_type);
    let leads_up = |certificate| form::is_chain(certificate, &data.certificates, met);
    if data.trailing != 0 {
        Some("bytes follow the structure")
    } else if ![1, 3].contains(&data.version) || signer.version != if named_by_key { 3 } else { 1 } {
        Some("a version is not that of the structure")
    } else if data.certificate_of(signer).is_some_and(|certificate| !is_spelled_as(&signer.id, certificate)) {
        Some("the signer's name is spelled otherwise than in the certificate")
    } else if data.digest_algorithms.len() != 1 || !data.lists_digest_of(signer) {
        Some("the digest algorithms listed are not the signer's")
    } else if !content {
        Some("the type of the content is not data")
    } else if data.unreadable_certificates > 0 || !data.certificate_of(signer).is_none_or(leads_up) {
        Some(met.stray("a certificate is enclosed that does not lead upwards from the signer"))
    } else {
        None
    }
}

/// Names match in other encodings and letter cases, too; tools copy them as they stand.
fn is_spelled_as(id: &SignerId, certificate: &Certificate) -> bool {
    match id {
        SignerId::IssuerAndSerial { issuer, .. } => issuer.der() == certificate.issuer().der(),
        _ => true,
    }
}

/// Every signer must hold.
pub(super) fn check(
    data: &SignedData,
    (reports, flaw): (&[CmsReport], Option<&'static str>),
    place: &str,
    checks: &mut Checks,
) -> Integrity {
    let reason = memory::reason_of(flaw, Reason::CmsStructure);
    checks.record("cms.structure", flaw.is_none(), reason, place, flaw.unwrap_or_default());
    let others = data.signers.iter().flat_map(|signer| &signer.unsigned_attributes);
    if data.has_crls || others.into_iter().any(|attribute| attribute.oid != oid::SIGNATURE_TIME_STAMP) {
        let detail = "revocation lists and unsigned attributes are enclosed that no signature protects";
        checks.not_possible_at("cms.unprotected", place, detail);
    }
    let mut integrity = if reports.is_empty() { Integrity::Broken } else { Integrity::Intact };
    for (signer, report) in data.signers.iter().zip(reports) {
        for check in &report.checks {
            let (name, reason) = name_of(check.name);
            match &check.outcome {
                Outcome::Passed => checks.passed(name, place),
                Outcome::Failed(why) => checks.failed(name, reason, place, why),
                // GB/T 35275 knows no such attribute.
                Outcome::NotDone(why) if check.name == CmsCheckName::SigningCertificate => {
                    checks.not_applicable(name, place, why);
                }
                Outcome::NotDone(why) if check.name == CmsCheckName::Algorithms => {
                    checks.not_done_because(name, Reason::AlgorithmUnsupported, place, why);
                }
                // A value that was not computed for want of a known algorithm is told by the algorithm; any other is none.
                Outcome::NotDone(why) if check.name == CmsCheckName::Signature && !is_refused(report) => {
                    checks.failed(name, reason, place, why);
                }
                Outcome::NotDone(why) => checks.not_possible_at(name, place, why),
            }
        }
        if eseal::is_raw(&signer.signature) {
            checks.not_done_because("seal.raw-value", Reason::SealRawValue, place, "of the signer");
        }
        integrity = worse(integrity, integrity_of(report));
    }
    integrity
}

/// The time-stamps over the signature value, an unsigned attribute.
pub(super) fn check_stamps(tokens: &[Token], place: &str, checks: &mut Checks) {
    const NAME: &str = "time.stamp";
    if tokens.is_empty() {
        checks.not_done_because(NAME, Reason::TimeNotProven, place, "there is no time-stamp");
    }
    for token in tokens {
        match &token.verified {
            Ok(_) => checks.passed(NAME, place),
            Err(error) => checks.failed(NAME, timestamp::reason_of(error), place, error.to_string()),
        }
    }
}

/// What failed, for a report that has one line for it.
pub(super) fn failures(report: &CmsReport) -> String {
    let failed = report.checks.iter().filter_map(|check| match &check.outcome {
        Outcome::Failed(why) => Some(why.clone()),
        _ => None,
    });
    failed.collect::<Vec<_>>().join("; ")
}

/// An algorithm that is weak or not supported, or a certificate that is not enclosed, leaves the signature unchecked.
fn integrity_of(report: &CmsReport) -> Integrity {
    let failed = |name| matches!(report.outcome(name), Some(Outcome::Failed(_)));
    if report.passed() {
        return Integrity::Intact;
    }
    let weak = failed(CmsCheckName::Strength) && !failed(CmsCheckName::Signature);
    let unknown = matches!(report.outcome(CmsCheckName::Algorithms), Some(Outcome::Failed(_) | Outcome::NotDone(_)));
    let unchecked = failed(CmsCheckName::SignerCertificate) || weak || unknown;
    if unchecked && !failed(CmsCheckName::MessageDigest) { Integrity::Unchecked } else { Integrity::Broken }
}

/// Whether an algorithm, or the lack of a certificate, says why there is no more to say.
fn is_refused(report: &CmsReport) -> bool {
    use CmsCheckName::{Algorithms, SignerCertificate, Strength};
    let is_passed = |name| report.outcome(name) == Some(&Outcome::Passed);
    ![Algorithms, SignerCertificate, Strength].into_iter().all(is_passed)
}

fn worse(a: Integrity, b: Integrity) -> Integrity {
    match (a, b) {
        (Integrity::Broken, _) | (_, Integrity::Broken) => Integrity::Broken,
        (Integrity::Unchecked, _) | (_, Integrity::Unchecked) => Integrity::Unchecked,
        _ => Integrity::Intact,
    }
}

fn name_of(name: CmsCheckName) -> (&'static str, Reason) {
    match name {
        CmsCheckName::SignerPresent => ("cms.signer", Reason::CmsStructure),
        CmsCheckName::SignerCertificate => ("cms.certificate", Reason::CmsStructure),
        CmsCheckName::Algorithms => ("cms.algorithm", Reason::CmsAlgorithm),
        CmsCheckName::Strength => ("cms.strength", Reason::AlgorithmWeak),
        CmsCheckName::AlgorithmProtection => ("cms.algorithm-protection", Reason::CmsAlgorithm),
        CmsCheckName::MessageDigest => ("cms.digest", Reason::CmsDigest),
        CmsCheckName::Signature => ("cms.signature", Reason::CmsSignature),
        CmsCheckName::SigningCertificate => ("cms.signing-certificate", Reason::CmsStructure),
        _ => ("cms.attributes", Reason::CmsStructure),
    }
}
