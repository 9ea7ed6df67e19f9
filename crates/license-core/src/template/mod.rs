//! License types as data: `templates/<type>/template.toml` and the files beside it.
//!
//! [`Template::load`] gives a template that is fit for use; [`Template::read`] gives one with whatever mistakes it
//! has, for [`lint`](crate::template::lint()) to name them all at once.

mod load;
pub mod model;
pub(crate) mod rules;

pub use load::{Catalog, Problem, Template, TemplateError};
