//! The words that a record lays out to: what a genuine face must show, page by page.

use crate::fonts::FontLibrary;
use crate::layout::{Marks, lay_out};
use crate::page::{Document, Item};
use crate::qr::QrCode;
use crate::record::Record;
use crate::template::Catalog;

/// Lays `record` out again. `None` when this catalog has no such type, or another version of its template.
pub(crate) fn face_text(
    record: &Record,
    index: &str,
    catalog: &Catalog,
    fonts: &FontLibrary,
) -> Result<Option<Vec<String>>, String> {
    let Some(template) = catalog.by_code(record.id().type_code().as_str()) else { return Ok(None) };
    let reference = record.template();
    if reference.id != template.id() || reference.digest.as_bytes() != &template.digest {
        return Ok(None);
    }
    let filled = record.to_filled(template).map_err(|error| error.to_string())?;
    let qr = QrCode::new(index).map_err(|error| error.to_string())?;
    let marks = Marks { qr: Some(qr), ..Marks::default() };
    let document = lay_out(&filled, fonts, &marks).map_err(|errors| {
        errors.first().map(ToString::to_string).unwrap_or_else(|| "it cannot be laid out".to_owned())
    })?;
    Ok(Some(texts(&document)))
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
