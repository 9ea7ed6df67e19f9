//! License types as data: `templates/<type>/template.toml` and the files beside it.

pub mod model;
