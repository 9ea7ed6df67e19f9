//! Whether every part that a signature names is what was signed, by a digest that can be relied on.

use ofd::{Facts, ProblemKind, ReferenceOutcome, ReferenceStatus, Resolution, SignatureFacts};
use pki::{DigestAlgorithm, ObjectIdentifier};

use super::{OfdFacts, Value};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// Problems of `References`, noted here with the signature that they belong to.
pub(super) fn concerns(kind: ProblemKind) -> bool {
    matches!(
        kind,
        ProblemKind::NoReferences
            | ProblemKind::SeveralReferences
            | ProblemKind::DuplicateReference
            | ProblemKind::UnresolvedReference
            | ProblemKind::BadCheckValue
            | ProblemKind::MissingSignedValue
    )
}

/// Digests every protected part. MD5 and SHA-1 do not count: a missing CheckMethod means MD5 by the schema.
pub(super) fn digest(facts: &Facts) -> Vec<ReferenceOutcome> {
    facts.check_references(&|method, bytes| {
        let algorithm = method_digest(method)?;
        Some(algorithm.digest(bytes).as_bytes().to_vec())
    })
}

/// The digest that a CheckMethod means: names in any case, and the identifiers with and without key parameter seen in
/// files (GM/T 0006).
fn method_digest(method: &str) -> Option<DigestAlgorithm> {
    match method.trim() {
        "1.2.156.10197.1.401" | "1.2.156.10197.1.401.1" | "1.2.156.10197.1.401.2" => Some(DigestAlgorithm::Sm3),
        name => DigestAlgorithm::from_name(name),
    }
}

/// Whether all parts of signature `at` are what it signed.
pub(super) fn check(ofd: &OfdFacts, at: usize, place: &str, checks: &mut Checks) -> bool {
    let signature = &ofd.facts.signatures[at];
    let well_formed = check_list(ofd, at, place, checks);
    let method = signature.check_method.as_deref().unwrap_or("MD5");
    let known = method_digest(method).is_some();
    if signature.references.is_empty() {
        checks.not_possible_at("ofd.digest-method", place, "there are no references");
        checks.not_possible_at("ofd.digests", place, "there are no references");
        return false;
    }
    let detail = if signature.check_method.is_some() { method } else { "absent, which means MD5" };
    checks.record("ofd.digest-method", known, Reason::OfdDigestMethod, place, detail);
    let mut good = true;
    for outcome in ofd.references.iter().filter(|outcome| outcome.signature == at) {
        let detail = match outcome.status {
            ReferenceStatus::Matches => continue,
            ReferenceStatus::Differs if is_list(signature, outcome.reference) => {
                "the list of signatures was changed since: one was added, removed or redirected"
            }
            ReferenceStatus::Differs => "changed since it was signed",
            ReferenceStatus::Unresolved => match signature.references[outcome.reference].resolution {
                Resolution::Outside => {
                    good = false;
                    checks.failed(
                        "ofd.digests",
                        Reason::OfdPath,
                        &*outcome.file_ref,
                        "the path leads out of the package",
                    );
                    continue;
                }
                _ => "the protected part is missing",
            },
            // Noted above, once.
            ReferenceStatus::NoCheckValue | ReferenceStatus::UnknownMethod => {
                good = false;
                continue;
            }
        };
        good = false;
        checks.failed("ofd.digests", Reason::OfdDigest, &*outcome.file_ref, detail);
    }
    if !known {
        checks.not_possible_at("ofd.digests", place, "the digest method is weak or unknown");
    } else if good {
        checks.passed("ofd.digests", place);
    }
    good && well_formed
}

/// Whether `References` stands once, names each part once, and every check value can be read.
fn check_list(ofd: &OfdFacts, at: usize, place: &str, checks: &mut Checks) -> bool {
    let own = ofd.facts.problems.iter().filter(|problem| problem.signature == Some(at));
    let mut good = true;
    for problem in own.filter(|problem| concerns(problem.kind)) {
        match problem.kind {
            // A digest that cannot match, and a value that cannot be opened: each told by its own check.
            ProblemKind::UnresolvedReference | ProblemKind::MissingSignedValue => {}
            _ => {
                good = false;
                checks.failed("ofd.references", Reason::OfdReferences, place, problem.to_string());
            }
        }
    }
    if good {
        checks.passed("ofd.references", place);
    }
    good
}

fn is_list(signature: &SignatureFacts, reference: usize) -> bool {
    matches!(&signature.references[reference].resolution, Resolution::Entry { name, .. } if *name == signature.list_path)
}

/// Whether SignatureMethod is the algorithm of the signature value.
pub(super) fn check_method(signature: &SignatureFacts, value: &Value, place: &str, checks: &mut Checks) {
    const NAME: &str = "ofd.signature-method";
    let Some(method) = &signature.method else {
        return checks.not_applicable(NAME, place, "SignatureMethod is missing");
    };
    let said = is_sm2(method);
    let (used, by) = match value {
        Value::Seal(seal, _) => (is_sm2(&seal.algorithm().to_string()), seal.algorithm().to_string()),
        Value::Plain(data, ..) => {
            let algorithm = data.signers.first().and_then(|signer| signer.signature_algorithm.clone().ok());
            let used = algorithm == Some(pki::SignatureAlgorithm::Sm2Sm3);
            (used, algorithm.map(|algorithm| algorithm.to_string()).unwrap_or_default())
        }
        Value::Bare => (true, "SM2".to_owned()),
        Value::Unreadable(_) | Value::Over => {
            return checks.not_possible_at(NAME, place, "the signature value cannot be read");
        }
    };
    checks.record(
        NAME,
        said && used,
        Reason::OfdSignatureMethod,
        place,
        format!("SignatureMethod {method}, signature value {by}"),
    );
}

/// SM2 with SM3, by identifier or name, and the identifiers of the SM2 signature itself and of a known misprint.
fn is_sm2(method: &str) -> bool {
    const OIDS: [&str; 3] = ["1.2.156.10197.1.501", "1.2.156.10197.1.301.1", "1.2.156.10197.501"];
    let method = method.trim();
    match ObjectIdentifier::new(method) {
        Ok(_) => OIDS.contains(&method),
        Err(_) => ["SM2", "SM3WITHSM2", "SM2WITHSM3", "SM2-SM3", "SM2-WITH-SM3"]
            .iter()
            .any(|name| method.eq_ignore_ascii_case(name)),
    }
}
