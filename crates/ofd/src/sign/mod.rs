//! Room for a signature: everything is fixed first, signed anywhere, and completed once.

mod list;
mod prepare;
mod request;

pub use prepare::{Prepared, prepare};
pub use request::{Provider, SignatureKind, SignatureRequest, StampAnnot};
