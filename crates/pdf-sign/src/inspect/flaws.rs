//! The document rules that structure alone can judge, fail closed.

use super::facts::{Alteration, ChangeKind, Facts, Outcome, RangeCheck, Signature, Standing};
use crate::Lock;
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
    /// The field of a signature has no name (12.7.4.2): readers that know fields by name do not find it.
    Nameless {
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
        /// Whether a certification came before: it allows prepared fields alone.
        certified: bool,
        /// Whether it shows a picture and holds a document time-stamp: a service stamps whatever it is sent, so that nobody
        /// answers for what is seen.
        stamp: bool,
    },
    /// A document time-stamp stands in a field that waited for somebody's signature.
    StampInField {
        /// The revision that did it.
        revision: usize,
        /// The field.
        field: String,
        /// Whether it shows something now, or was not allowed at all: after a certification that allows nothing.
        forbidden: bool,
    },
    /// A later signature filled a field that an earlier one had locked (FieldMDP).
    Locked {
        /// The signature with the lock.
        signature: usize,
        /// The revision that filled the field.
        revision: usize,
        /// The field.
        field: String,
    },
    /// A later revision left objects behind that nothing refers to.
    UnusedAdded {
        /// The revision that did it.
        revision: usize,
    },
    /// A later revision added something that is of no use, where it is seen by nobody.
    Superfluous {
        /// The revision that did it.
        revision: usize,
        /// The object, 0 for the trailer or the spelling of the whole.
        object: u32,
    },
    /// A later revision lists validation data no longer that an earlier one had.
    TakenAway {
        /// The revision that did it.
        revision: usize,
    },
    /// A later revision changed the information dictionary, the XMP stream, or the defaults of text fields.
    MetadataChanged {
        /// The revision that did it.
        revision: usize,
    },
    /// The catalog's `/Perms` names something that is no certification, or not the first signature; or a DocMDP transform
    /// has a value that is none.
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
    /// Whether a policy may overlook it. Metadata are nobody's face, but a license carries its record there; people sign
    /// contracts one after the other, visibly, but nobody signs over a license.
    pub fn is_matter_of_policy(&self) -> bool {
        match self {
            Self::MetadataChanged { .. }
            | Self::UnusedAdded { .. }
            | Self::Superfluous { .. }
            | Self::TakenAway { .. } => true,
            Self::VisibleFieldAdded { certified, stamp, .. } => !certified && !stamp,
            Self::StampInField { forbidden, .. } => !forbidden,
            _ => false,
        }
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
        if signature.field.as_ref().is_some_and(String::is_empty) {
            flaws.push(Flaw::Nameless { signature: index });
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
        let certified = facts.signatures.iter().any(|s| s.permits.is_some() && s.defined_in < index);
        let closed = facts.signatures.iter().any(|s| s.permits == Some(1) && s.defined_in < index);
        let (mut metadata, mut unused) = (false, false);
        for change in &revision.changes {
            match &change.kind {
                ChangeKind::Altered(what) => {
                    flaws.push(Flaw::Altered { revision: index, object: change.object, what: *what });
                }
                ChangeKind::NewSignature { field, existing_field, visible, shown, timestamp } => {
                    if *existing_field && *timestamp {
                        let forbidden = closed || *visible && *shown;
                        flaws.push(Flaw::StampInField { revision: index, field: field.clone(), forbidden });
                    }
                    if !existing_field && *visible {
                        let (field, stamp) = (field.clone(), *timestamp && *shown);
                        flaws.push(Flaw::VisibleFieldAdded { revision: index, field, certified, stamp });
                    }
                    if *visible || *existing_field || !timestamp {
                        locked(facts, index, field, flaws);
                    }
                }
                ChangeKind::FormDefaults if closed => {
                    flaws.push(Flaw::Altered { revision: index, object: change.object, what: Alteration::Field });
                }
                ChangeKind::Metadata | ChangeKind::FormDefaults => metadata = true,
                ChangeKind::Unused => unused = true,
                ChangeKind::TakenAway => flaws.push(Flaw::TakenAway { revision: index }),
                ChangeKind::Superfluous => flaws.push(Flaw::Superfluous { revision: index, object: change.object }),
                _ => {}
            }
        }
        if metadata {
            flaws.push(Flaw::MetadataChanged { revision: index });
        }
        if unused {
            flaws.push(Flaw::UnusedAdded { revision: index });
        }
    }
}

/// A field that an earlier signature locked (12.8.2.4). Invisible document time-stamps change nothing.
fn locked(facts: &Facts, revision: usize, field: &str, flaws: &mut Vec<Flaw>) {
    for (signature, by) in facts.signatures.iter().enumerate() {
        if by.defined_in < revision && by.locks.iter().any(|lock| locks(lock, field)) {
            flaws.push(Flaw::Locked { signature, revision, field: field.to_owned() });
        }
    }
}

/// A name stands for the field and all below it.
fn locks(lock: &Lock, field: &str) -> bool {
    let named = |names: &[String]| {
        names.iter().any(|name| field.strip_prefix(name.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('.')))
    };
    match lock {
        Lock::All => true,
        Lock::Include(names) => named(names),
        Lock::Exclude(names) => !named(names),
    }
}

/// The certification is the one that `/Perms` names: the first signature, and with a DocMDP transform. Later signatures may
/// bring one too, from the lock of their field (ISO 32000-2, table 233): what each allows is held.
fn certification(facts: &Facts, flaws: &mut Vec<Flaw>) {
    let signers = || facts.signatures.iter().enumerate().filter(|(_, s)| !s.is_doc_timestamp());
    let certifying = |s: &Signature| s.certifies.is_some() && s.certifies != Some(0);
    let proper = match facts.certification {
        Some(object) => signers().next().is_some_and(|(_, s)| s.object == Some(object) && certifying(s)),
        None => true,
    };
    let unreadable = facts.signatures.iter().any(|s| s.permits == Some(0));
    if (!proper && !facts.signatures.is_empty()) || unreadable {
        flaws.push(Flaw::Certification);
    }
    let Some(closed) = signers().filter(|(_, s)| s.permits == Some(1)).map(|(_, s)| s.defined_in).min() else {
        return;
    };
    let later = signers().filter(|(_, s)| s.defined_in > closed);
    flaws.extend(later.map(|(signature, _)| Flaw::CertifiedFinal { signature }));
}

fn coverage(facts: &Facts, flaws: &mut Vec<Flaw>) {
    let Some(newest) = facts.signatures.iter().max_by_key(|s| s.revision) else { return };
    let harmless = |kind: &ChangeKind| !matches!(kind, ChangeKind::Altered(_) | ChangeKind::NewSignature { .. });
    // The newest signature of a finished file leaves not even an end-of-line out.
    let short = newest.revision.is_some_and(|r| r + 1 == facts.revisions.len()) && !newest.covers_file;
    if short || newest.revision.is_none() || !facts.later_changes(newest).all(|(_, change)| harmless(&change.kind)) {
        flaws.push(Flaw::Uncovered);
    }
}
