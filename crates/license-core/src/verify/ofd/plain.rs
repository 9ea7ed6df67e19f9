//! GB/T 35275: signatures without a seal, in the forms that are found (content is the digest, or signed attributes).

use pki::Outcome;
use pki::cms::{CmsCheckName, CmsReport, SignedData};

use crate::verify::reasons::Reason;
use crate::verify::report::{Checks, Integrity};
use crate::verify::timestamp::{self, Token};

/// Checks every signer over Signature.xml, each with its own digest.
pub(super) fn verify(data: &SignedData, xml: &[u8]) -> Vec<CmsReport> {
    (0..data.signers.len()).map(|at| data.verify_document(at, xml)).collect()
}

/// Every signer must hold.
pub(super) fn check(data: &SignedData, reports: &[CmsReport], place: &str, checks: &mut Checks) -> Integrity {
    let exact = data.trailing == 0 && !reports.is_empty();
    let detail = if reports.is_empty() { "there is no signer" } else { "bytes follow the structure" };
    checks.record("cms.structure", exact, Reason::CmsStructure, place, detail);
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
