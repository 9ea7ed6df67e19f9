//! Whether the package is sound: what one reader sees, every reader sees.

use ofd::{Facts, Problem, ProblemClass, ProblemKind};

use super::OfdFacts;
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// The checks of the package, each under the code that it fails with.
const CHECKS: [Reason; 12] = [
    Reason::OfdDuplicateEntry,
    Reason::OfdHeaderMismatch,
    Reason::OfdOutsideBytes,
    Reason::OfdEntryDamaged,
    Reason::OfdPath,
    Reason::OfdEncoding,
    Reason::OfdXml,
    Reason::OfdMultipleDocuments,
    Reason::OfdVersions,
    Reason::OfdReference,
    Reason::OfdStructure,
    Reason::InputTooLarge,
];

/// Notes every problem of the package under its own name, and passes the names without one. Returns whether the zip
/// itself, whatever is in it, reads in one way only.
pub(super) fn check(ofd: &OfdFacts, checks: &mut Checks) -> bool {
    let mut unambiguous = true;
    for reason in CHECKS {
        let before = checks.len();
        for problem in ofd.facts.problems.iter().filter(|problem| reason_for(&ofd.facts, problem) == Some(reason)) {
            unambiguous &= !is_of_container(problem.kind);
            checks.failed(name(reason), reason, &*problem.place, problem.to_string());
        }
        if checks.len() == before {
            checks.passed(name(reason), "");
        }
    }
    unambiguous
}

/// The first problem for which a verifier would refuse the package whatever is signed in it.
pub(crate) fn objection(facts: &Facts) -> Option<&Problem> {
    facts.problems.iter().find(|problem| reason_for(facts, problem).is_some())
}

/// As [`reason_of`]; what no signature and no list of files owns stays with the package.
fn reason_for(facts: &Facts, problem: &Problem) -> Option<Reason> {
    let of_list = facts.integrity.as_ref().is_some_and(|list| list.path == problem.place);
    match reason_of(problem.kind) {
        None if super::references::concerns(problem.kind) && problem.signature.is_none() && !of_list => {
            Some(Reason::OfdStructure)
        }
        // An address of the network is no path of the package, wherever a reader would take it.
        Some(Reason::OfdReference) if problem.detail.contains("://") => Some(Reason::OfdPath),
        // The list says by itself what it names in vain.
        Some(Reason::OfdReference) if of_list => None,
        reason => reason,
    }
}

/// The check that a problem fails; none for habits of honest producers and for what belongs to a single signature.
fn reason_of(kind: ProblemKind) -> Option<Reason> {
    use ProblemKind as Kind;
    Some(match kind {
        Kind::DuplicateEntry | Kind::SimilarEntries | Kind::OverlappingEntries => Reason::OfdDuplicateEntry,
        Kind::HeaderMismatch | Kind::ReadersDisagree | Kind::DirectoryWithData => Reason::OfdHeaderMismatch,
        Kind::BytesBeforeZip | Kind::BytesAfterZip | Kind::UnclaimedBytes | Kind::TwoEnds => Reason::OfdOutsideBytes,
        Kind::EncryptedEntry
        | Kind::UnknownMethod
        | Kind::CorruptData
        | Kind::SizeMismatch
        | Kind::ChecksumMismatch => Reason::OfdEntryDamaged,
        Kind::UnsafeName | Kind::PathOutside | Kind::PathSpelling => Reason::OfdPath,
        Kind::XmlUnreadable
        | Kind::XmlDtd
        | Kind::UnboundPrefix
        | Kind::WrongRoot
        | Kind::SplitText
        | Kind::ShadowedName => Reason::OfdXml,
        Kind::EncodingConflict => Reason::OfdEncoding,
        Kind::SeveralDocuments => Reason::OfdMultipleDocuments,
        Kind::VersionList => Reason::OfdVersions,
        Kind::MissingFile | Kind::UnknownReference => Reason::OfdReference,
        kind if super::list::concerns(kind) || super::references::concerns(kind) || super::stamps::concerns(kind) => {
            return None;
        }
        kind => match kind.class() {
            ProblemClass::Tolerated => return None,
            ProblemClass::Unread => Reason::InputTooLarge,
            ProblemClass::Broken | ProblemClass::Ambiguous => Reason::OfdStructure,
        },
    })
}

/// Whether two zip readers may see other bytes under one name: then nobody can say what was signed.
fn is_of_container(kind: ProblemKind) -> bool {
    use Reason::{OfdDuplicateEntry, OfdEntryDamaged, OfdHeaderMismatch, OfdOutsideBytes};
    kind == ProblemKind::UnsafeName
        || matches!(reason_of(kind), Some(OfdDuplicateEntry | OfdHeaderMismatch | OfdOutsideBytes | OfdEntryDamaged))
}

fn name(reason: Reason) -> &'static str {
    match reason {
        Reason::InputTooLarge => "ofd.limits",
        reason => reason.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_check() {
        for kind in ProblemKind::ALL {
            let owners = [
                reason_of(*kind).is_some(),
                super::super::list::concerns(*kind),
                super::super::references::concerns(*kind),
                super::super::stamps::concerns(*kind),
                kind.class() == ProblemClass::Tolerated,
            ];
            let count = owners.iter().filter(|owns| **owns).count();
            assert!(count >= 1, "{kind:?} is dropped");
            assert!(
                reason_of(*kind).is_none_or(|reason| CHECKS.contains(&reason)),
                "{kind:?} has a check that is not made"
            );
        }
    }
}
