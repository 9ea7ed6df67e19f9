//! The writing side: reserve room, hand out the bytes to sign, put the signature in; add validation data.

pub(crate) mod appearance;
mod dictionary;
pub(crate) mod field;
pub(crate) mod options;
pub mod placeholder;
pub(crate) mod prepared;
mod serialize;
mod source;
mod update;
pub(crate) mod validation;
mod xref;
