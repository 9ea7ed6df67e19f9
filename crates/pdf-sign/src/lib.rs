//! Byte-range signatures over any PDF: prepare, finish, inspect. Knows no cryptography and no license.

mod budget;
mod error;
mod problem;
mod read;
mod write;

pub use budget::Budget;
pub use error::Error;
pub use problem::{Limit, Place, Problem, ProblemKind};
pub use read::document::Document;
pub use write::placeholder;
pub use write::prepared::{Prepared, Slot, prepare};
