//! Everything that is made once and used for every license: fonts and the renderers' caches.

use std::sync::Arc;

use crate::fonts::FontLibrary;
use crate::render::ofd::OfdRenderer;
use crate::render::pdf::PdfRenderer;

/// Makes files of pages; share one, it is thread-safe.
#[derive(Debug)]
pub struct Printer {
    fonts: Arc<FontLibrary>,
    pdf: PdfRenderer,
    ofd: OfdRenderer,
}

impl Printer {
    /// A printer with empty caches.
    pub fn new(fonts: Arc<FontLibrary>) -> Printer {
        Printer { pdf: PdfRenderer::new(fonts.clone()), ofd: OfdRenderer::new(fonts.clone()), fonts }
    }

    /// The fonts.
    pub fn fonts(&self) -> &FontLibrary {
        &self.fonts
    }

    pub(super) fn pdf(&self) -> &PdfRenderer {
        &self.pdf
    }

    pub(super) fn ofd(&self) -> &OfdRenderer {
        &self.ofd
    }
}
