//! The writing side: reserve room, hand out the bytes to sign, put the signature in.

pub mod placeholder;
pub(crate) mod prepared;
mod serialize;
pub(crate) mod update;
