//! The document rules that structure alone can judge, fail closed.

use super::facts::{Alteration, ChangeKind, Facts, Outcome, RangeCheck, Standing};
use crate::problem::Problem;

/// A reason, found in the structure, not to accept the document. Signatures and revisions are named by index.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// The file would need repair.
    Structure(Problem),
    /// A raw check of a signature failed.
    Check {
        /// Which signature.
        signature: usize,
        /// Which check.
        check: RangeCheck,
    },
    /// A signature of an older revision is gone or was redefined.
    Removed {
        /// Which signature.
        signature: usize,
    },
    /// A signature dictionary that no field holds.
    Orphan {
        /// Which signature.
        signature: usize,
    },
    /// Two fields hold the same signature.
    Shared {
        /// Which signature.
        signature: usize,
    },
    /// Two signatures have the same contents.
    Duplicate {
        /// Which signature.
        signature: usize,
    },
    /// A later revision changed more than a seal allows.
    Altered {
        /// The revision that did it.
        revision: usize,
        /// The object, 0 for the trailer.
        object: u32,
        /// What it was.
        what: Alteration,
    },
    /// A later revision added a new visible signature field, which may cover what was sealed.
    VisibleFieldAdded {
        /// The revision that did it.
        revision: usize,
        /// The field.
        field: String,
    },
    /// A later revision changed the information dictionary or the XMP stream.
    MetadataChanged {
        /// The revision that did it.
        revision: usize,
    },
    /// A certification signature that is not the first, not named by the catalog's `/Perms`, or one of several; or
    /// `/Perms` names something else.
    Certification,
    /// A certification with P = 1 was followed by another signature.
    CertifiedFinal {
        /// The later signature.
        signature: usize,
    },
    /// The last revision is covered by no signature and holds more than validation data, or not to its last byte.
    Uncovered,
}

impl Flaw {
    /// Whether a policy may overlook it. Metadata are nobody's face, but a license carries its record there.
    pub fn is_matter_of_policy(&self) -> bool {
        matches!(self, Self::MetadataChanged { .. })
    }
}

pub(crate) fn of(facts: &Facts) -> Vec<Flaw> {
    let mut flaws: Vec<Flaw> =
        facts.problems.iter().filter(|p| p.kind.is_fatal()).map(|p| Flaw::Structure(*p)).collect();
    for (index, signature) in facts.signatures.iter().enumerate() {
        match signature.standing {
            Standing::Current => {}
            Standing::Removed => flaws.push(Flaw::Removed { signature: index }),
            Standing::Orphan => flaws.push(Flaw::Orphan { signature: index }),
        }
        let failed = signature.checks.iter().filter(|(_, outcome)| *outcome == Outcome::Failed);
        flaws.extend(failed.map(|(check, _)| Flaw::Check { signature: index, check: *check }));
        if signature.shared {
            flaws.push(Flaw::Shared { signature: index });
        }
        if signature.duplicate {
            flaws.push(Flaw::Duplicate { signature: index });
        }
    }
    changes(facts, &mut flaws);
    certification(facts, &mut flaws);
    coverage(facts, &mut flaws);
    flaws
}

fn changes(facts: &Facts, flaws: &mut Vec<Flaw>) {
    for (index, revision) in facts.revisions.iter().enumerate() {
        let mut metadata = false;
        for change in &revision.changes {
            match &change.kind {
                ChangeKind::Altered(what) => {
                    flaws.push(Flaw::Altered { revision: index, object: change.object, what: *what });
                }
                ChangeKind::NewSignature { field, existing_field: false, visible: true, .. } => {
                    flaws.push(Flaw::VisibleFieldAdded { revision: index, field: field.clone() });
                }
                ChangeKind::Metadata => metadata = true,
                _ => {}
            }
        }
        if metadata {
            flaws.push(Flaw::MetadataChanged { revision: index });
        }
    }
}

fn certification(facts: &Facts, flaws: &mut Vec<Flaw>) {
    let certifying: Vec<usize> =
        (0..facts.signatures.len()).filter(|i| facts.signatures[*i].certifies.is_some()).collect();
    let named = |index: usize| facts.certification.is_some() && facts.signatures[index].object == facts.certification;
    let proper = match certifying.as_slice() {
        [] => facts.certification.is_none(),
        [0] => named(0) && facts.signatures[0].certifies != Some(0),
        _ => false,
    };
    if !proper && !facts.signatures.is_empty() {
        flaws.push(Flaw::Certification);
    }
    if facts.signatures.first().is_some_and(|s| s.certifies == Some(1)) {
        let later = facts.signatures.iter().enumerate().skip(1).filter(|(_, s)| !s.is_doc_timestamp());
        flaws.extend(later.map(|(signature, _)| Flaw::CertifiedFinal { signature }));
    }
}

fn coverage(facts: &Facts, flaws: &mut Vec<Flaw>) {
    let Some(newest) = facts.signatures.iter().max_by_key(|s| s.revision) else { return };
    let harmless = |kind: &ChangeKind| matches!(kind, ChangeKind::ValidationData | ChangeKind::FileStructure);
    // The newest signature of a finished file leaves not even an end-of-line out.
    let short = newest.revision.is_some_and(|r| r + 1 == facts.revisions.len()) && !newest.covers_file;
    if short || newest.revision.is_none() || !facts.later_changes(newest).all(|(_, change)| harmless(&change.kind)) {
        flaws.push(Flaw::Uncovered);
    }
}
