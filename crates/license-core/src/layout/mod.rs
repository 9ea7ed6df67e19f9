//! A filled template → pages: composing, line breaking, fitting, placing.
//!
//! ```text
//! box text ─parse─► Expression ─compose─► Words ─fit─► lines at a size ─place─► text runs on the Page
//!                                           │ does not fit at the smallest size
//!                                           └─► as much as fits （续附页） and the whole on continuation pages,
//!                                               or an error that names field and box
//! ```
//!
//! Nothing is cut silently and no missing glyph is ever drawn: whatever cannot stand on the page is a
//! [`LayoutError`], all of them at once. All positions are whole micrometres; the same input gives the same document.

mod chars;
mod compose;
mod continuation;
mod error;
mod expression;
mod face;
mod fit;
mod format;
mod lines;
mod place;
mod specimen;
mod style;
mod table;
mod words;

pub(crate) use continuation::A4 as CONTINUATION;
pub use continuation::MAX_PAGES;
pub use error::{LayoutError, LayoutReason, LayoutWarning};
pub use expression::{Expression, ExpressionError, Part};
pub use face::CONTINUED;
pub use format::Format;
pub use specimen::SPECIMEN;
pub(crate) use specimen::diagonal;

use crate::fill::Filled;
use crate::fonts::FontLibrary;
use crate::length::Length;
use crate::page::{Document, Item};
use crate::qr::QrCode;

/// What an installation adds to the words of the template and the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The QR code; none leaves the place empty.
    pub qr: Option<QrCode>,
    /// Whether 样张 SPECIMEN stands across every page.
    pub specimen: bool,
    /// Diameter of the issuer's seal; what the slot is made for when absent.
    pub seal_diameter: Option<Length>,
}

/// Lays out the chosen face and as many continuation pages as it needs.
pub fn lay_out(filled: &Filled, fonts: &FontLibrary, marks: &Marks) -> Result<Document, Vec<LayoutError>> {
    lay_out_noting(filled, fonts, marks, &mut Vec::new())
}

/// As [`lay_out`], and says what it left out or moved to another page.
pub fn lay_out_noting(
    filled: &Filled,
    fonts: &FontLibrary,
    marks: &Marks,
    warnings: &mut Vec<LayoutWarning>,
) -> Result<Document, Vec<LayoutError>> {
    let mut errors = Vec::new();
    let mut entries = Vec::new();
    let mut notes = words::Notes { box_id: "page", errors: &mut errors, warnings };
    let mut pages = vec![face::face(filled, fonts, marks, &mut entries, &mut notes)];
    if !entries.is_empty() {
        let mut notes = notes.within("continuation");
        if let Some(styles) = continuation::Styles::resolve(filled, &mut notes) {
            let seal = face::seal_diameter(filled, marks);
            pages.extend(continuation::pages(&entries, filled, styles, seal, fonts, &mut notes));
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    if marks.specimen {
        for (at, page) in pages.iter_mut().enumerate() {
            page.items.insert(0, Item::Path(specimen::specimen(page.size, at > 0, fonts)));
        }
    }
    Ok(Document { title: filled.template.file.kind.name.clone(), pages })
}
