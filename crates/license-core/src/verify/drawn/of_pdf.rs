//! The pages of a PDF.

use super::Drawing;

/// What the pages paint.
pub(in crate::verify) fn drawing() -> Drawing {
    Drawing::default()
}
