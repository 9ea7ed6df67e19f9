//! The harness of the whole-product tests: where things lie, licenses of every kind, and what strangers say about them.
//!
//! A *peer* is a program or a library that we did not write and that reads the same formats. Each wrapper in [`peers`]
//! answers `None`, loudly, when its peer is not installed; under `cargo xtask test`, which installs them all, a missing
//! peer is a failure.
//!
//! ```
//! let sum = tests::peers::openssl(&["dgst", "-sm3"], b"abc");
//! if let Some(said) = sum {
//!     assert!(said.ok() && said.text().trim_end().ends_with("8f4ba8e0"));
//! }
//! ```

pub mod issued;
pub mod pdf_a;
pub mod peers;
pub mod pictures;
pub mod places;
pub mod printed;
pub mod services;
