//! Pages → files. The renderers meet in [`crate::page`] and know nothing of one another.

mod cache;
mod error;
mod glyphs;
mod input;
pub mod ofd;
pub mod pdf;
pub mod png;
mod qr;

pub use error::RenderError;
pub use input::{Attachment, Metadata, Relationship};
