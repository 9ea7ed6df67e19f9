//! Why a signature could not be placed.

use crate::problem::Problem;

/// Errors of the writing side. A bad document under inspection is no error: see [`Facts`](crate::Facts).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file does not stand up to the strict reader; nothing is signed that our own verifier would refuse.
    #[error("the PDF cannot be signed: {0}")]
    Malformed(#[from] Problem),
    /// No dictionary with a placeholder `/ByteRange`.
    #[error("the PDF holds no signature placeholder")]
    NoPlaceholder,
    /// More than one.
    #[error("the PDF holds {0} signature placeholders, one was expected")]
    ManyPlaceholders(usize),
    /// The dictionary with the placeholder cannot be patched in place.
    #[error("the signature placeholder in object {0} cannot be patched: {1}")]
    UnfitPlaceholder(u32, &'static str),
    /// The signature does not fit the room reserved for it. Prepare again with more room, and sign again.
    #[error("the signature takes {need} bytes, {have} are reserved")]
    TooLarge {
        /// Bytes of the signature.
        need: usize,
        /// Bytes reserved.
        have: usize,
    },
    /// There is no such page.
    #[error("there is no page {}, the document has {pages}", page.saturating_add(1))]
    NoSuchPage {
        /// The page asked for, counted from 0.
        page: usize,
        /// How many there are.
        pages: usize,
    },
    /// The form has a field of this name already.
    #[error("a form field named {0:?} exists already")]
    FieldExists(String),
    /// The form has no signature field of this name.
    #[error("there is no signature field named {name:?}; fields that wait for a signature: {}", listed(.empty))]
    NoSuchField {
        /// The name asked for.
        name: String,
        /// The fields that are empty.
        empty: Vec<String>,
    },
    /// The field holds a signature.
    #[error("the signature field {0:?} is signed already")]
    FieldSigned(String),
    /// A value of the slot that cannot be written.
    #[error("{0}")]
    Unwritable(&'static str),
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
