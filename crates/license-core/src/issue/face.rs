//! The words that a record lays out to: what a genuine face must show, page by page.

use std::sync::Arc;

use super::error::IssueError;
use crate::fonts::FontLibrary;
use crate::layout::{Marks, lay_out};
use crate::length::Length;
use crate::page::{Document, Item};
use crate::qr::QrCode;
use crate::record::Record;
use crate::template::{Catalog, Template};

/// Lays a record out again, as it was laid out when it was issued: for pictures and for comparing faces.
///
/// `template` must be the one the record was filled by; `index` is the text of the QR code.
pub fn lay_out_again(
    record: &Record,
    index: &str,
    template: &Arc<Template>,
    fonts: &FontLibrary,
    specimen: bool,
    seal_diameter: Option<Length>,
) -> Result<Document, IssueError> {
    let filled = record.to_filled(template)?;
    let marks = Marks { qr: Some(QrCode::new(index)?), specimen, seal_diameter };
    lay_out(&filled, fonts, &marks).map_err(IssueError::Layout)
}

/// The words a record lays out to. `None` when this catalog does not have the very template,
/// neither as the current one nor archived.
pub(crate) fn face_text(
    record: &Record,
    index: &str,
    catalog: &Catalog,
    fonts: &FontLibrary,
) -> Result<Option<Vec<String>>, IssueError> {
    let reference = record.template();
    let Some(template) = catalog.by_digest(&reference.id, reference.digest.as_bytes()) else { return Ok(None) };
    if template.file.kind.code != record.id().type_code().as_str() {
        return Ok(None);
    }
    lay_out_again(record, index, template, fonts, false, None).map(|document| Some(texts(&document)))
}

/// The characters of each page in painting order.
fn texts(document: &Document) -> Vec<String> {
    let page = |items: &[Item]| {
        items.iter().fold(String::new(), |mut text, item| {
            if let Item::Text(run) = item {
                text.extend(run.glyphs.iter().map(|glyph| glyph.char));
            }
            text
        })
    };
    document.pages.iter().map(|found| page(&found.items)).collect()
}
