//! Pages → PDF/A-2b, or PDF/A-3b with attachments (ISO 32000-1, ISO 19005-2, -3), ready to be signed.
//!
//! The first revision already holds the signature field, its appearance, the certification entry and room for the
//! signature, so that signing changes no structure: `pdf_sign::prepare(pdf, Slot::Placeholder)` goes on from here.
//! Backgrounds, seals and the fonts of fixed words are packed once and copied into each file.

mod content;
mod file;
mod font;
mod form;
mod icc;
mod image;
mod page;
mod signature;
mod xmp;

pub(crate) use self::xmp::NAMESPACE as XMP_NAMESPACE;

use std::sync::Arc;

use time::OffsetDateTime;

use self::font::EmbeddedFont;
use self::form::Form;
use super::cache::Cache;
use super::deflate::{Deflater, QUICK, deflate_best};
use super::glyphs::{self, FontKey, Glyphs};
use super::{Attachment, Metadata, RenderError};
use crate::fonts::FontLibrary;
use crate::length::Rect;
use crate::page::Document;
use crate::seal_art::SealPicture;

/// What goes into a PDF besides its pages.
#[derive(Clone, Debug, PartialEq)]
pub struct PdfInput {
    /// XMP and document information.
    pub metadata: Metadata,
    /// When the file is made.
    pub created: OffsetDateTime,
    /// Where the file identifier comes from: the license's own identifier and version.
    pub seed: Vec<u8>,
    /// Files carried along; any makes the file PDF/A-3.
    pub attachments: Vec<Attachment>,
    /// The signature to come; without one the file has no form at all.
    pub signature: Option<SignatureField>,
    /// Fields for later signatures, empty for now. Any makes the certification allow signing (P = 2 instead of 1).
    pub prepared: Vec<PreparedField>,
}

/// A signature field that somebody else will fill later: annual inspection, a second organ.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedField {
    /// Name of the field.
    pub name: String,
    /// What it is for, told by readers.
    pub label: String,
    /// Page, from 0.
    pub page: usize,
    /// Where the later signature will stand.
    pub rect: Rect,
}

/// The signature field: the seal, and what the signature says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct SignatureField {
    /// Name of the field (`Seal1`).
    pub name: String,
    /// Page, from 0.
    pub page: usize,
    /// Where the seal stands.
    pub rect: Rect,
    /// What it looks like.
    pub appearance: Arc<SealPicture>,
    /// Bytes of room for the signature, at most [`pdf_sign::placeholder::MAX_CAPACITY`].
    pub reserve: usize,
    /// Claimed time of signing.
    pub signed_at: OffsetDateTime,
    /// Who signs.
    pub signer: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Where.
    pub location: Option<String>,
}

/// Makes PDF files; share one per font library.
pub struct PdfRenderer {
    fonts: Arc<FontLibrary>,
    artworks: Cache<[u8; 32], Form>,
    seals: Cache<[u8; 32], Form>,
    fixed_fonts: Cache<(FontKey, Glyphs), EmbeddedFont>,
    profile: Vec<u8>,
}

impl PdfRenderer {
    /// A renderer with empty caches.
    pub fn new(fonts: Arc<FontLibrary>) -> PdfRenderer {
        PdfRenderer {
            fonts,
            artworks: Cache::new(KEPT_FORMS),
            seals: Cache::new(KEPT_FORMS),
            fixed_fonts: Cache::new(KEPT_FONTS),
            profile: deflate_best(&icc::srgb()),
        }
    }

    /// Writes a document. The same input gives the same bytes.
    pub fn render(&self, document: &Document, input: &PdfInput) -> Result<Vec<u8>, RenderError> {
        if document.pages.is_empty() {
            return Err(RenderError::NoPages);
        }
        let mut deflater = Deflater::zlib(QUICK);
        let mut fonts = Vec::new();
        for (key, glyphs) in glyphs::used(document) {
            fonts.push((key, self.font(key, glyphs, &mut deflater)?));
        }
        file::write(self, document, input, &fonts, &mut deflater)
    }

    fn font(&self, key: FontKey, glyphs: Glyphs, deflater: &mut Deflater) -> Result<Arc<EmbeddedFont>, RenderError> {
        let face = self.fonts.face(key.face);
        let cut = |glyphs: &Glyphs| {
            let cut = self.fonts.cut(key.face, glyphs.iter().map(|&(glyph, _)| glyph).collect());
            cut.map_err(|error| RenderError::font(face, error))
        };
        if !key.fixed {
            let cut = cut(&glyphs)?;
            return EmbeddedFont::new(face, &cut, true, glyphs, deflater).map(Arc::new);
        }
        // Packed glyph by glyph they would be larger, and what is made once may take its time.
        let key = (key, glyphs);
        self.fixed_fonts
            .get_or_make(&key, || EmbeddedFont::new(face, &cut(&key.1)?, false, key.1.clone(), &mut Deflater::zlib(9)))
    }
}

impl std::fmt::Debug for PdfRenderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PdfRenderer").finish_non_exhaustive()
    }
}

/// Keywords as one string, the same in XMP and document information.
fn keywords(metadata: &Metadata) -> String {
    metadata.keywords.join(", ")
}

/// Backgrounds and seals kept; each takes up to a hundred kilobytes.
const KEPT_FORMS: usize = 64;
/// Fonts of fixed words kept.
const KEPT_FONTS: usize = 256;
