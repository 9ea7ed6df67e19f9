//! Why a document cannot be written.

use crate::fonts::{Face, FontError};

/// An error of a renderer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// There is nothing to write.
    #[error("the document has no pages")]
    NoPages,
    /// The seal is meant for a page that is not there.
    #[error("the seal belongs on page {}, the document has {pages}", page.saturating_add(1))]
    NoSuchPage {
        /// Page asked for, from 0.
        page: usize,
        /// Pages there are.
        pages: usize,
    },
    /// A font could not be cut down.
    #[error("font {face} cannot be subset: {reason}")]
    Font {
        /// Name of the face.
        face: String,
        /// What is wrong.
        reason: String,
    },
    /// A picture that no reader could show.
    #[error("a picture cannot be embedded: {reason}")]
    Image {
        /// What is wrong.
        reason: String,
    },
    /// A name that one of the formats cannot hold.
    #[error("{name:?} is no name for a metadata value or an attachment")]
    Name {
        /// The name.
        name: String,
    },
    /// Text with characters that XML cannot hold.
    #[error("the metadata value {name} has control characters")]
    Text {
        /// Where it was to go.
        name: String,
    },
    /// The package writer refused.
    #[error("OFD package: {reason}")]
    Package {
        /// What it said.
        reason: String,
    },
}

impl RenderError {
    pub(super) fn font(face: &Face, error: FontError) -> RenderError {
        let reason = match error {
            FontError::Malformed { reason, .. } => reason,
            other => other.to_string(),
        };
        RenderError::Font { face: face.name().to_owned(), reason }
    }
}
