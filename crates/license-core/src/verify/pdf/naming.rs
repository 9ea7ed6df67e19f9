//! What each flaw of the structure is called in a report.

use pdf_sign::{Budget, Flaw, Problem, ProblemKind};

use std::collections::BTreeMap;

use super::super::reasons::Reason;
use super::super::report::Checks;
use super::PdfFacts;

/// Flaws that are listed one by one; of more, each kind is counted.
const MOST_LISTED: usize = 256;

/// What a structural problem means for the report.
pub(super) fn reason_of(problem: &Problem) -> Reason {
    match problem.kind {
        ProblemKind::OverBudget(_) => Reason::InputTooLarge,
        _ => Reason::PdfStructure,
    }
}

/// What is wrong, and of a budget what it comes to.
pub(super) fn told(kind: &ProblemKind, budget: &Budget) -> String {
    match kind {
        ProblemKind::OverBudget(limit) => format!("{kind}: {} are allowed", budget.of(*limit)),
        other => other.to_string(),
    }
}

/// Records flaws, each by its own name.
pub(super) fn list(flaws: &[Flaw], pdf: &PdfFacts, checks: &mut Checks) {
    let mut more: BTreeMap<(&'static str, &'static str), (Reason, usize)> = BTreeMap::new();
    for (nth, flaw) in flaws.iter().enumerate() {
        let (name, reason, place) = name(flaw, &pdf.facts);
        if nth >= MOST_LISTED {
            more.entry((name, reason.code())).or_insert((reason, 0)).1 += 1;
            continue;
        }
        let detail = match flaw {
            Flaw::Structure(problem) => told(&problem.kind, &pdf.budget),
            other => other.to_string(),
        };
        checks.failed(name, reason, place, detail);
    }
    for ((name, _), (reason, count)) in more {
        checks.failed(name, reason, "", format!("and {count} more"));
    }
}

/// Whether a flaw is one of this very signature.
pub(super) fn concerns(flaw: &Flaw, at: usize) -> bool {
    matches!(flaw,
        Flaw::Check { signature, .. } | Flaw::Removed { signature } | Flaw::Orphan { signature }
        | Flaw::Shared { signature } | Flaw::Duplicate { signature } | Flaw::Nameless { signature } if *signature == at)
}

/// The check that found it, its reason, and where.
fn name(flaw: &Flaw, facts: &pdf_sign::Facts) -> (&'static str, Reason, String) {
    let field = |at: &usize| {
        let signature = facts.signatures.get(*at);
        signature.and_then(|s| s.field.clone()).unwrap_or_else(|| format!("signature {}", at + 1))
    };
    match flaw {
        Flaw::Structure(problem) => ("pdf.structure", reason_of(problem), problem.place.to_string()),
        Flaw::Check { signature, .. }
        | Flaw::Shared { signature }
        | Flaw::Duplicate { signature }
        | Flaw::Orphan { signature } => ("pdf.byte-range", Reason::PdfByteRange, field(signature)),
        Flaw::Removed { signature } | Flaw::CertifiedFinal { signature } => {
            ("pdf.changes", Reason::PdfChangedAfter, field(signature))
        }
        Flaw::Altered { revision, object, .. } | Flaw::Superfluous { revision, object } => {
            ("pdf.changes", Reason::PdfChangedAfter, format!("revision {}, object {object}", revision + 1))
        }
        Flaw::VisibleFieldAdded { revision, field, .. }
        | Flaw::StampInField { revision, field, .. }
        | Flaw::Locked { revision, field, .. } => {
            ("pdf.changes", Reason::PdfChangedAfter, format!("revision {}, field {field}", revision + 1))
        }
        Flaw::MetadataChanged { revision } | Flaw::UnusedAdded { revision } | Flaw::TakenAway { revision } => {
            ("pdf.changes", Reason::PdfChangedAfter, format!("revision {}", revision + 1))
        }
        Flaw::Nameless { signature } => ("pdf.structure", Reason::PdfStructure, format!("signature {}", signature + 1)),
        Flaw::Uncovered => ("pdf.coverage", Reason::PdfUncovered, String::new()),
        _ => ("pdf.structure", Reason::PdfStructure, String::new()),
    }
}
