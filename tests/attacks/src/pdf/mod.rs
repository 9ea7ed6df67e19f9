//! The attack corpus for signed PDFs: forgeries made from our own good files.
//!
//! ```text
//!  keys ─► notices (written and signed here) ┐
//!          licenses (made by the product, kept) ┴► bench ─► classes ─► fixtures/attacks/pdf
//!                                     file, sign, cms: tools that may lie
//! ```
//!
//! The verifier meets it in `crates/license-core/tests/pdf_attacks.rs`. What others need to know to use the corpus stands in
//! `fixtures/attacks/pdf/README.md`.

pub mod attack;
pub mod bench;
pub mod classes;
pub mod cms;
pub mod corpus;
pub mod file;
pub mod keys;
pub mod sign;
