//! What each flaw of the structure is called in a report.

use pdf_sign::{Flaw, Problem, ProblemKind};

use super::super::reasons::Reason;

/// What a structural problem means for the report.
pub(super) fn reason_of(problem: &Problem) -> Reason {
    match problem.kind {
        ProblemKind::OverBudget(_) => Reason::InputTooLarge,
        _ => Reason::PdfStructure,
    }
}

/// Whether a flaw is one of this very signature.
pub(super) fn concerns(flaw: &Flaw, at: usize) -> bool {
    matches!(flaw,
        Flaw::Check { signature, .. } | Flaw::Removed { signature } | Flaw::Orphan { signature }
        | Flaw::Shared { signature } | Flaw::Duplicate { signature } if *signature == at)
}

/// The check that found it, its reason, and where.
pub(super) fn name(flaw: &Flaw, facts: &pdf_sign::Facts) -> (&'static str, Reason, String) {
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
        Flaw::MetadataChanged { revision } | Flaw::UnusedAdded { revision } => {
            ("pdf.changes", Reason::PdfChangedAfter, format!("revision {}", revision + 1))
        }
        Flaw::Uncovered => ("pdf.coverage", Reason::PdfUncovered, String::new()),
        _ => ("pdf.structure", Reason::PdfStructure, String::new()),
    }
}
