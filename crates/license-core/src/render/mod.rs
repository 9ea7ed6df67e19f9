//! Pages → files. The renderers meet in [`crate::page`] and know nothing of one another.

mod bounds;
pub(crate) mod cache;
mod deflate;
mod error;
mod glyphs;
mod input;
pub mod ofd;
pub mod pdf;
mod pieces;
pub mod png;
mod qr;
mod simplify;

pub use error::RenderError;
pub use input::{Attachment, Metadata, Relationship};
