//! From a JSON record to checked values: every error in one answer.

mod filled;

pub use filled::{FieldWarning, Filled};
