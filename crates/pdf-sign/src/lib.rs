//! Byte-range signatures over any PDF: prepare, finish, inspect. Knows no cryptography and no license.

mod budget;
mod content;
mod error;
mod inspect;
mod problem;
mod read;
mod write;

pub use budget::Budget;
pub use content::{Attachment, PageSize, PageText, TextRun, ValidationData};
pub use error::Error;
pub use inspect::facts::{
    Alteration, Change, ChangeKind, EmptyField, Facts, Outcome, RangeCheck, Revision, Signature, Standing,
};
pub use inspect::flaws::Flaw;
pub use inspect::inspect;
pub use problem::{Limit, Place, Problem, ProblemKind};
pub use read::document::Document;
pub use write::placeholder;
pub use write::prepared::{Prepared, Slot, prepare};
pub use write::update::{Appearance, NewField};
