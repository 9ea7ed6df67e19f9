//! Whether the package is sound: what one reader sees, every reader sees.

use ofd::{Facts, Package, Problem, ProblemClass, ProblemKind};

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
        for problem in ofd.facts.problems.iter().filter(|problem| reason_for(ofd, problem) == Some(reason)) {
            unambiguous &= !is_of_container(problem.kind);
            // That a text cannot be decoded is told by the check of encodings.
            if !ofd
                .encoding_faults
                .iter()
                .any(|(part, _)| problem.kind == ProblemKind::XmlUnreadable && *part == problem.place)
            {
                checks.failed(name(reason), reason, &*problem.place, problem.to_string());
            }
        }
        if reason == Reason::OfdEncoding {
            for (part, why) in &ofd.encoding_faults {
                checks.failed(name(reason), reason, part, *why);
            }
        }
        if checks.len() == before {
            checks.passed(name(reason), "");
        }
    }
    unambiguous
}

/// As [`reason_of`]; what no signature and no list of files owns stays with the package.
fn reason_for(ofd: &OfdFacts, problem: &Problem) -> Option<Reason> {
    let of_list = ofd.facts.integrity.as_ref().is_some_and(|list| list.path == problem.place);
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

/// XML parts whose bytes are not in the encoding they declare, or that may be read in two.
pub(super) fn encoding_faults(package: &Package, facts: &Facts) -> Vec<(String, &'static str)> {
    use ProblemKind::{ByteOrderMark, XmlEncoding, XmlUnreadable};
    let suspects =
        facts.problems.iter().filter(|problem| matches!(problem.kind, ByteOrderMark | XmlEncoding | XmlUnreadable));
    let mut faults: Vec<(String, &'static str)> = Vec::new();
    for problem in suspects {
        let Some(part) = package.part(&problem.place) else { continue };
        if let Some(fault) = encoding_fault(&part.open())
            && faults.iter().all(|(known, _)| *known != problem.place)
        {
            faults.push((problem.place.clone(), fault));
        }
    }
    faults
}

fn encoding_fault(bytes: &[u8]) -> Option<&'static str> {
    let (marked, text) = match bytes {
        [0xEF, 0xBB, 0xBF, text @ ..] => (true, text),
        // UTF-16 says so by its mark; what it declares besides is of no consequence.
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => return None,
        text => (false, text),
    };
    let is_utf8 = std::str::from_utf8(text).is_ok();
    match declared_utf8(text) {
        false if marked => Some("the byte order mark says UTF-8, the declaration another encoding"),
        false if is_utf8 && !text.is_ascii() => Some("the bytes read as UTF-8 and as the encoding they declare"),
        true if !is_utf8 => Some("not the UTF-8 that it declares, or that XML is without a declaration"),
        _ => None,
    }
}

/// Whether the XML declaration names UTF-8, or none that matters.
fn declared_utf8(text: &[u8]) -> bool {
    let head = text.get(..text.len().min(DECLARATION_BYTES)).unwrap_or_default();
    let head = head.split(|byte| *byte == b'>').next().unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let Some((_, rest)) = head.split_once("encoding").filter(|_| head.starts_with("<?xml")) else { return true };
    let name = rest.split(['"', '\'']).nth(1).unwrap_or_default();
    matches!(name.trim(), "" | "utf-8" | "utf8" | "us-ascii")
}

/// An XML declaration is shorter.
const DECLARATION_BYTES: usize = 256;

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

    #[test]
    fn encodings_that_read_in_two_ways_are_faults() {
        let xml = |name: &str, text: &[u8]| {
            [format!("<?xml version='1.0' encoding='{name}'?><a>").as_bytes(), text, b"</a>"].concat()
        };
        let gbk = [0xD6, 0xD0];
        assert_eq!(encoding_fault(&xml("UTF-8", "中".as_bytes())), None);
        assert_eq!(encoding_fault(&xml("GBK", &gbk)), None);
        assert_eq!(encoding_fault(&xml("GBK", b"ascii")), None);
        assert_eq!(encoding_fault(b"\xFF\xFE<\0a\0"), None);
        assert!(encoding_fault(&xml("GBK", "中".as_bytes())).is_some());
        assert!(encoding_fault(&xml("utf-8", &gbk)).is_some());
        assert!(encoding_fault(b"<a>\xD6\xD0</a>").is_some());
        assert!(encoding_fault(&[b"\xEF\xBB\xBF", &xml("GBK", b"a")[..]].concat()).is_some());
    }
}
