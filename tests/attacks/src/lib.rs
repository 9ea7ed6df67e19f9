//! The public attack corpus for OFD: fourteen classes of forgeries, made from our own good files.
//!
//! ```text
//!  keys (derived from names) ─► good files (made by the product, kept) ─► workshop ─► classes ─► fixtures/attacks/ofd
//!                                                                      parts, zip, sign, seal: tools that may lie
//! ```
//!
//! `cargo xtask fixtures` writes the corpus, `cargo xtask fixtures --check` sees whether it is what this crate makes.
//! The verifier meets it in `crates/license-core/tests/ofd_attacks.rs`, which knows nothing of this crate but the files.
//! What others need to know to use the corpus stands in `fixtures/attacks/ofd/README.md`. The corpus for PDF is made by [`pdf`].

#![allow(clippy::missing_panics_doc, reason = "a generator stops at the first thing that is not as expected")]

pub mod attack;
pub mod classes;
pub mod corpus;
pub mod font;
pub mod keys;
pub mod parts;
pub mod pdf;
pub mod picture;
pub mod seal;
pub mod sign;
pub mod workshop;
pub mod zip;
