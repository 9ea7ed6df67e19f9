//! Room for a signature: everything is fixed first, signed anywhere, and completed once.

mod entries;
mod list;
mod prepare;
mod request;

pub use entries::{EntriesRequest, PreparedEntries, prepare_entries};
pub use prepare::{Prepared, prepare};
pub use request::{Provider, SignatureKind, SignatureRequest, StampAnnot};
