//! Verifying: `inspect(bytes) → Facts`, `judge(&facts, &trust, &policy, at) → Report`. Total, no I/O, three-valued.
//!
//! ```
//! use license_core::trust::TrustList;
//! use license_core::verify::{self, Policy, Reason, Verdict};
//!
//! let at = time::macros::datetime!(2026-11-21 12:00 +8);
//! let facts = verify::inspect_text("https://www.example.com/other", &verify::Limits::default());
//! let report = verify::judge(&facts, &TrustList::default(), &Policy::default(), at);
//! assert_eq!(report.verdict, Verdict::Indeterminate);
//! assert_eq!(report.headline(), Some(Reason::TokenForeign));
//! ```

mod content;
mod document;
mod form;
mod inspect;
mod judge;
mod memory;
mod ofd;
mod pdf;
mod policy;
pub mod reasons;
mod register;
pub mod report;
mod signer;
mod timestamp;
mod token;
mod xmp;

pub use content::{CHAIN_FILE, INDEX_FILE, RECORD_FILE};
pub use inspect::{Facts, Limits, inspect, inspect_text};
pub use judge::{judge, judge_id};
pub use memory::SignatureMemory;
pub use policy::{Policy, Press};
pub use reasons::{Effect, Reason};
pub use register::{Entry, Register, Status};
pub use report::{Check, Integrity, Kind, Outcome, Report, SignatureReport, Subject, Verdict};
