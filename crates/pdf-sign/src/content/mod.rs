//! What a document shows and carries, as of its newest revision: for comparing the face with the record.

mod artworks;
mod attachments;
mod cmap;
mod font;
mod interpreter;
mod marks;
mod matrix;
mod paint;
mod store;

use crate::inspect::facts::Facts;
use crate::problem::{Limit, Problem, ProblemKind};
use crate::read::document::Document;
use crate::read::object::Object;
use crate::read::strings;

pub use artworks::Artworks;
pub use attachments::Attachment;
pub use interpreter::{PageText, Painted, TextRun};
pub use marks::{LetterMark, Mark, MarkKind, Paint, PathMark, PictureMark, Pixels, TextMark};
pub use store::{StoreItem, StoreKind};

/// Size and turn of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PageSize {
    /// Width of the media box in points, before turning.
    pub width: f64,
    /// Height of the media box in points, before turning.
    pub height: f64,
    /// Degrees clockwise by which the page is shown.
    pub rotate: i64,
    /// Left edge of the media box: where the page's own coordinates begin, mostly 0.
    pub left: f64,
    /// Lower edge of the media box.
    pub bottom: f64,
}

/// The document security store: each item is one DER value that nobody vouches for until it is verified.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ValidationData {
    /// Certificates.
    pub certs: Vec<Vec<u8>>,
    /// OCSP responses.
    pub ocsps: Vec<Vec<u8>>,
    /// Revocation lists.
    pub crls: Vec<Vec<u8>>,
}

impl<'a> Document<'a> {
    /// The text of each page in paint order, text inside annotation appearances apart.
    pub fn text_by_page(&self) -> Result<Vec<PageText>, Problem> {
        interpreter::text_by_page(self.last())
    }

    /// The same, with everything that is painted and the fonts that it is painted with: for whoever asks whether words
    /// can be seen.
    pub fn painted(&self) -> Result<Painted, Problem> {
        interpreter::painted(self.last(), None)
    }

    /// As [`painted`](Self::painted), whatever is remembered: backgrounds and pictures that other files share are read once.
    pub fn painted_with(&self, artworks: &Artworks) -> Result<Painted, Problem> {
        interpreter::painted(self.last(), Some(artworks))
    }

    /// Embedded files, by `/Names /EmbeddedFiles` and by `/AF` of the catalog and the pages, each once.
    pub fn attachments(&self) -> Result<Vec<Attachment>, Problem> {
        attachments::all(self.last())
    }

    /// Those of them that have one of these names. No other one is opened, whatever it is.
    pub fn attachments_named(&self, names: &[&str]) -> Result<Vec<Attachment>, Problem> {
        attachments::named(self.last(), names)
    }

    /// The XMP packet of the catalog's `/Metadata`.
    pub fn xmp(&self) -> Result<Option<Vec<u8>>, Problem> {
        let view = self.last();
        let Some(stream) = view.catalog().and_then(|catalog| view.value(catalog, b"Metadata").stream()) else {
            return Ok(None);
        };
        let packet = view.decode(stream, Limit::MetadataBytes).map_err(|kind| kind.at(stream.raw.start))?;
        Ok(Some(packet.keep()))
    }

    /// The strings of the information dictionary, by key, as far as there is room for them.
    pub fn info(&self) -> Vec<(String, String)> {
        let view = self.last();
        let Some(info) = view.dict(view.trailer(), b"Info") else { return Vec::new() };
        let text = |value| {
            let written = view.resolve(value).string()?;
            view.doc.meter.keep(written.len().saturating_mul(3)).ok()?;
            Some(strings::text(written))
        };
        info.0
            .iter()
            .filter_map(|(key, value)| Some((String::from_utf8_lossy(key).into_owned(), text(value)?)))
            .collect()
    }

    /// The sizes of the pages, in order.
    pub fn page_sizes(&self) -> Result<Vec<PageSize>, Problem> {
        let view = self.last();
        let pages = view.pages()?;
        let size = |page: &crate::read::pages::Page<'_>| {
            let media_box = crate::inspect::rect(view, page.media_box.unwrap_or(Object::NULL));
            let [left, bottom, right, top] = media_box.ok_or(ProblemKind::PageTree.in_object(page.id.num))?;
            Ok(PageSize { width: right - left, height: top - bottom, rotate: page.rotate, left, bottom })
        };
        pages.iter().map(size).collect()
    }

    /// The items of the document security store.
    pub fn validation_data(&self) -> Result<ValidationData, Problem> {
        let view = self.last();
        let Some(dss) = view.catalog().and_then(|catalog| view.dict(catalog, b"DSS")) else {
            return Ok(ValidationData::default());
        };
        let items = |key: &[u8]| -> Result<Vec<Vec<u8>>, Problem> {
            let streams = view.array(dss, key).iter().filter_map(|item| view.resolve(item).stream());
            streams.map(|stream| store::item(view, stream).map_err(|kind| kind.at(stream.raw.start))).collect()
        };
        Ok(ValidationData { certs: items(b"Certs")?, ocsps: items(b"OCSPs")?, crls: items(b"CRLs")? })
    }

    /// Every item of every document security store that the file ever had, each with the revision that brought it:
    /// what a later revision no longer lists is still under the time-stamps over the earlier one.
    pub fn stored(&self) -> Result<Vec<StoreItem>, Problem> {
        store::all(self)
    }

    /// The facts of this document: as [`inspect`](crate::inspect) gives them, without reading the bytes again.
    pub fn facts(&self) -> Facts {
        crate::inspect::facts_of(self)
    }
}
