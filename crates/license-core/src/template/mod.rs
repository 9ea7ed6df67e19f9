//! License types as data: `templates/<type>/template.toml` and the files beside it.
//!
//! [`Template::load`] gives a template that is fit for use; [`Template::read`] gives one with whatever mistakes it
//! has, for [`lint`](lint()) to name them all at once.

mod archive;
mod catalog;
pub mod lint;
mod load;
pub mod model;
pub(crate) mod rules;
mod schema;

pub use archive::{ArchiveError, MAX_ARCHIVE};
pub use catalog::Catalog;
pub use lint::{Finding, Severity, lint, lint_structure};
pub use load::{Problem, Template, TemplateError};
pub use schema::json_schema;
