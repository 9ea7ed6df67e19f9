//! What is wrong, in words for a report.

use std::fmt;

use super::facts::Alteration;
use super::flaws::Flaw;

impl fmt::Display for Alteration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Page => "a page or the page tree",
            Self::Stream => "a stream",
            Self::Catalog => "the catalog",
            Self::Field => "the form or a field",
            Self::Annotation => "an annotation",
            Self::Font => "a font",
            Self::SignatureDictionary => "a signature dictionary",
            Self::Deleted => "an object that was deleted",
            Self::Unreferenced => "an object that nothing refers to any more",
            Self::Trailer => "the trailer",
            Self::Store => "the validation data, which lack what was kept for a signature",
            Self::Other => "an object",
        })
    }
}

/// Signatures and revisions are counted from 1.
impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Structure(problem) => write!(f, "{problem}"),
            Self::Check { signature, check } => write!(f, "signature {}: {check} does not hold", signature + 1),
            Self::Removed { signature } => write!(f, "signature {} is gone or was redefined", signature + 1),
            Self::Orphan { signature } => write!(f, "no field holds signature {}", signature + 1),
            Self::Shared { signature } => write!(f, "two fields hold signature {}", signature + 1),
            Self::Nameless { signature } => write!(f, "the field of signature {} has no name", signature + 1),
            Self::Duplicate { signature } => {
                write!(f, "another signature has the contents of signature {}", signature + 1)
            }
            Self::Altered { revision, object, what } => {
                write!(f, "revision {} changed {what} (object {object})", revision + 1)
            }
            Self::VisibleFieldAdded { revision, field, certified, stamp } => {
                let why = match (certified, stamp) {
                    (true, _) => ", and a certification allows prepared ones alone",
                    (_, true) => ", with a picture on a time-stamp, for which nobody answers",
                    _ => "",
                };
                write!(f, "revision {} added the visible signature field {field}{why}", revision + 1)
            }
            Self::StampInField { revision, field, .. } => {
                write!(
                    f,
                    "revision {} put a time-stamp into the field {field}, which waited for a signature",
                    revision + 1
                )
            }
            Self::Locked { signature, revision, field } => {
                let (signature, revision) = (signature + 1, revision + 1);
                write!(f, "revision {revision} filled the field {field}, which signature {signature} had locked")
            }
            Self::UnusedAdded { revision } => {
                write!(f, "revision {} left objects that nothing refers to", revision + 1)
            }
            Self::Superfluous { revision, object } => {
                write!(f, "revision {} added something that is of no use (object {object})", revision + 1)
            }
            Self::TakenAway { revision } => {
                write!(f, "revision {} took something out of the validation data", revision + 1)
            }
            Self::MetadataChanged { revision } => write!(f, "revision {} changed metadata", revision + 1),
            Self::Certification => f.write_str("the certification is named wrongly, or is none"),
            Self::CertifiedFinal { signature } => {
                write!(f, "signature {} follows a certification that allows no change", signature + 1)
            }
            Self::Uncovered => f.write_str("the last revision is covered by no signature"),
        }
    }
}
