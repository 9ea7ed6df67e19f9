//! What the signatures leave open: parts of the document, and files that are carried along.

use super::{OfdFacts, place, protected};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// What nothing leads to is not seen; under a signature it is at least what the signer packed.
pub(super) fn check_unreferenced(ofd: &OfdFacts, checks: &mut Checks) {
    const NAME: &str = "ofd.unreferenced";
    let signed = |part: &&String| {
        ofd.facts.signatures.iter().any(|signature| protected(signature).any(|name| name == part.as_str()))
    };
    let before = checks.len();
    for smuggled in ofd.facts.unreachable.iter().filter(|part| !signed(part)) {
        checks.failed(NAME, Reason::OfdUnreferenced, smuggled, "no part of the document leads to it");
    }
    if checks.len() == before {
        checks.passed(NAME, "");
    }
    for carried in ofd.facts.unreachable.iter().filter(signed).take(MOST_TOLD) {
        checks.not_done_because("ofd.carried", Reason::OfdCarried, carried, "signed, but no part of the document");
    }
}

/// A package of thousands of files is told by the first of them.
const MOST_TOLD: usize = 64;

/// Every part that the document reaches must be under at least one of the signatures that count: the issuer's. While
/// none is known to be the issuer's, all of them count.
pub(in crate::verify) fn check_coverage(ofd: &OfdFacts, issuers: &[bool], checks: &mut Checks) {
    let signatures = &ofd.facts.signatures;
    if signatures.is_empty() {
        return checks.not_applicable("ofd.coverage", "", "there is no signature");
    }
    let any = issuers.contains(&true);
    let count =
        || signatures.iter().zip(issuers).filter(|(_, issuers)| !any || **issuers).map(|(signature, _)| signature);
    let is_open = |part: &&String| count().all(|signature| signature.uncovered.contains(part));
    let before = checks.len();
    for part in ofd.facts.reached.iter().filter(is_open) {
        checks.failed("ofd.coverage", Reason::OfdUncovered, part, "");
    }
    if checks.len() == before {
        checks.passed("ofd.coverage", "");
    }
    // Which signature covers what: told where one alone would leave something open.
    for signature in signatures {
        let left: Vec<&str> = signature.uncovered.iter().filter(|part| !is_open(part)).map(String::as_str).collect();
        if !left.is_empty() {
            let detail = format!("under another signature only: {}", left.join(", "));
            checks.not_done_because("ofd.partly-covered", Reason::OfdPartlyCovered, place(signature), detail);
        }
    }
}
