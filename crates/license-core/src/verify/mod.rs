//! Verifying: `inspect(bytes) → Facts`, `judge(&facts, …, at) → Report`. Total, no I/O, three-valued.

pub mod reasons;
pub mod report;

pub use reasons::{Effect, Reason};
pub use report::{Check, Integrity, Kind, Outcome, Report, SignatureReport, Subject, Verdict};
