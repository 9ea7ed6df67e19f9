//! Whether the list of signatures (Signatures.xml) and the signatures agree.

use ofd::{Facts, Package, ProblemKind, SignatureKind};

use super::{OfdFacts, Value, place};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

const NAME: &str = "ofd.signature-list";

/// Problems of single records, noted here.
pub(super) fn concerns(kind: ProblemKind) -> bool {
    matches!(kind, ProblemKind::UnknownSignatureKind | ProblemKind::RepeatedSignature | ProblemKind::MissingSeal)
}

/// Every record leads to a signature of its kind, and every signature is led to.
pub(super) fn check(ofd: &OfdFacts, checks: &mut Checks) {
    let before = checks.len();
    let mut failed = |place: &str, detail: String| checks.failed(NAME, Reason::OfdSignatureList, place, detail);
    for problem in ofd.facts.problems.iter().filter(|problem| concerns(problem.kind)) {
        failed(&problem.place, problem.to_string());
    }
    for name in &ofd.unlisted {
        failed(name, "a signature that stands in no list".to_owned());
    }
    for (signature, value) in ofd.facts.signatures.iter().zip(&ofd.signatures) {
        if signature.path.is_none() {
            failed(&signature.list_path, format!("signature {} leads to no file", signature.id));
        }
        if let Some(base) = &signature.relative
            && !ofd.facts.signatures.iter().any(|other| other.id == *base)
        {
            failed(&signature.list_path, format!("signature {} builds on {base}, which is not there", signature.id));
        }
        // A missing @Type means Seal.
        match (signature.kind, value) {
            (Some(SignatureKind::Seal), Value::Plain(..) | Value::Bare) => {
                failed(&place(signature), "listed as a seal, but the value is a plain signature".to_owned());
            }
            (Some(SignatureKind::Sign), Value::Seal(..)) => {
                failed(&place(signature), "listed as a plain signature, but the value is a seal's".to_owned());
            }
            _ => {}
        }
    }
    if checks.len() == before {
        match ofd.facts.signatures.is_empty() {
            true => checks.not_applicable(NAME, "", "there is no signature"),
            false => checks.passed(NAME, ""),
        }
    }
    let mut lists: Vec<&str> = ofd.facts.signatures.iter().map(|signature| signature.list_path.as_str()).collect();
    lists.dedup();
    for list in lists {
        let protected =
            ofd.facts.signatures.iter().any(|signature| super::protected(signature).any(|name| name == list));
        match protected {
            true => checks.passed("ofd.list-open", list),
            false => checks.not_done("ofd.list-open", Reason::OfdListOpen, list),
        }
    }
}

/// Signatures among the files that nothing leads to: what remains when somebody takes one off the list.
pub(super) fn unlisted(package: &Package, facts: &Facts) -> Vec<String> {
    let is_signature = |bytes: &[u8]| {
        matches!(eseal::inspect(bytes), eseal::Facts::Seal(_) | eseal::Facts::SignedData(_)) || is_signature_xml(bytes)
    };
    let names = facts.unreachable.iter();
    names.filter(|name| package.part(name).is_some_and(|part| is_signature(&part.open()))).cloned().collect()
}

fn is_signature_xml(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD_BYTES)]);
    head.contains("Signature") && head.contains("SignedInfo")
}

/// The root and its first child stand within.
const HEAD_BYTES: usize = 1024;
