//! Verifying: `inspect(bytes) → Facts`, `judge(&facts, …, at) → Report`. Total, no I/O, three-valued.

pub mod reasons;
mod register;
pub mod report;
mod token;

pub use reasons::{Effect, Reason};
pub use register::{Entry, Register, Status};
pub use report::{Check, Integrity, Kind, Outcome, Report, SignatureReport, Subject, Verdict};
