//! The strict reader: bytes to objects to revisions. It repairs nothing (decision record 0005).

pub(crate) mod document;
pub(crate) mod fields;
pub(crate) mod filter;
pub(crate) mod lex;
pub(crate) mod name;
pub(crate) mod object;
pub(crate) mod pages;
pub(crate) mod parse;
pub(crate) mod strings;
pub(crate) mod xref;
