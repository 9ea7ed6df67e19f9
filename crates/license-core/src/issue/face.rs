//! What a record lays out to, and its words: what a genuine face must show, page by page.

use std::sync::Arc;

use super::error::IssueError;
use crate::fill::Filled;
use crate::fonts::FontLibrary;
use crate::layout::{Marks, lay_out};
use crate::length::Length;
use crate::page::{Document, Item};
use crate::qr::QrCode;
use crate::record::{Record, RecordError};
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
    lay_out_face(record, record.face(), index, template, fonts, specimen, seal_diameter)
}

/// As [`lay_out_again`], for any face of the type by its id.
pub fn lay_out_face(
    record: &Record,
    face: &str,
    index: &str,
    template: &Arc<Template>,
    fonts: &FontLibrary,
    specimen: bool,
    seal_diameter: Option<Length>,
) -> Result<Document, IssueError> {
    let marks = Marks { qr: Some(QrCode::new(index)?), specimen, seal_diameter };
    lay_out_marked(record, face, template, fonts, &marks)
}

fn lay_out_marked(
    record: &Record,
    face: &str,
    template: &Arc<Template>,
    fonts: &FontLibrary,
    marks: &Marks,
) -> Result<Document, IssueError> {
    let Some((face, _)) = template.face(face) else {
        let problem = format!("license type `{}` has no face `{face}`", template.id());
        return Err(RecordError::Value { key: "face".to_owned(), reason: problem }.into());
    };
    let filled = Filled { face, ..record.to_filled(template)? };
    lay_out(&filled, fonts, marks).map_err(IssueError::Layout)
}

/// Where everything stands: no more is asked of the code than its place, so that the best mask need not be found.
///
/// On continuation pages the words go around the seal. One that no slot of this face holds was never on it.
fn lay_out_to_compare(
    record: &Record,
    face: &str,
    index: &str,
    template: &Arc<Template>,
    fonts: &FontLibrary,
    seal: Option<Length>,
) -> Result<Document, IssueError> {
    let slot = template.face(face).map(|(_, face)| Length::from_mm(face.seal.diameter));
    let seal_diameter = seal.filter(|seal| slot.is_some_and(|slot| *seal > Length::ZERO && *seal <= slot));
    let marks = Marks { qr: Some(QrCode::with_mask(index, 0)?), seal_diameter, ..Marks::default() };
    lay_out_marked(record, face, template, fonts, &marks)
}

/// What a record lays out to on its own face, whatever the modules of its code, with a seal of this diameter. `None` when
/// this catalog does not have the very template, neither as the current one nor archived.
pub(crate) fn own_face(
    record: &Record,
    index: &str,
    catalog: &Catalog,
    fonts: &FontLibrary,
    seal: Option<Length>,
) -> Result<Option<Document>, IssueError> {
    let Some(template) = template_of(record, catalog) else { return Ok(None) };
    lay_out_to_compare(record, record.face(), index, template, fonts, seal).map(Some)
}

/// The other faces of the type, which the license may have besides its own. With the fonts that the license was made with,
/// a face that cannot be laid out was never made.
pub(crate) fn other_faces<'a>(
    record: &'a Record,
    index: &'a str,
    catalog: &'a Catalog,
    fonts: &'a FontLibrary,
    seal: Option<Length>,
) -> impl Iterator<Item = Result<Document, IssueError>> + 'a {
    let template = template_of(record, catalog);
    let faces = template.into_iter().flat_map(move |template| {
        let others = template.file.faces.iter().filter(move |face| face.id != record.face());
        others.map(move |face| (template, face))
    });
    faces.map(move |(template, face)| lay_out_to_compare(record, &face.id, index, template, fonts, seal))
}

/// The very template that the record was filled by.
fn template_of<'a>(record: &Record, catalog: &'a Catalog) -> Option<&'a Arc<Template>> {
    let reference = record.template();
    let template = catalog.by_digest(&reference.id, reference.digest.as_bytes())?;
    (template.file.kind.code == record.id().type_code().as_str()).then_some(template)
}

/// The characters of each page in painting order.
pub(crate) fn texts(document: &Document) -> Vec<String> {
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
