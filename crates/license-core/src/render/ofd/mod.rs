//! Pages → OFD (GB/T 33190), ready to be sealed.
//!
//! Text is plain `TextCode` with exact advances over embedded subsets that keep a character map, so that strict and
//! simple readers draw and extract it alike. The background is a template page, serialised and deflated once.

mod code;
mod font;
mod objects;

use std::sync::Arc;

use ofd::model::{self, Font, Image, Layer, LayerKind, Prebuilt, Template, TemplateContent, TemplateRef};
use ofd::{DocInfo, Package, Part};

use self::font::EmbeddedFont;
use self::objects::Picture;
use super::cache::Cache;
use super::deflate::Deflater;
use super::glyphs::{self, FontKey, Glyphs};
use super::input::{is_custom_name, is_xml_text};
use super::{Attachment, Metadata, RenderError};
use crate::fonts::FontLibrary;
use crate::page::{Artwork, Document};

/// What goes into an OFD besides its pages.
#[derive(Clone, Debug, PartialEq)]
pub struct OfdInput {
    /// `DocInfo`, with the custom values as `CustomDatas`.
    pub metadata: Metadata,
    /// 32 hexadecimal digits that no other document has.
    pub doc_id: String,
    /// When the file is made.
    pub created: time::Date,
    /// Files carried along, which viewers do not list.
    pub attachments: Vec<Attachment>,
}

/// Makes OFD packages; share one per font library.
pub struct OfdRenderer {
    fonts: Arc<FontLibrary>,
    artworks: Cache<([u8; 32], u32), Prebuilt>,
    fixed_fonts: Cache<(FontKey, Glyphs), EmbeddedFont>,
}

impl OfdRenderer {
    /// A renderer with empty caches.
    pub fn new(fonts: Arc<FontLibrary>) -> OfdRenderer {
        OfdRenderer { fonts, artworks: Cache::new(KEPT_ARTWORKS), fixed_fonts: Cache::new(KEPT_FONTS) }
    }

    /// Writes a document. The same input gives the same bytes.
    pub fn render(&self, document: &Document, input: &OfdInput) -> Result<Package, RenderError> {
        if document.pages.is_empty() {
            return Err(RenderError::NoPages);
        }
        let mut out = model::Document::new(info(input)?);
        let mut fonts = Vec::new();
        let mut deflater = Deflater::bare(FRESH_LEVEL);
        for (key, glyphs) in glyphs::used(document) {
            let font = self.font(key, glyphs, &mut deflater)?;
            let reference = out.add_font(Font::embedded(font.name.as_str(), font.family.as_str(), font.file.clone()));
            fonts.push((key, font, reference));
        }
        let mut templates: Vec<([u8; 32], TemplateRef)> = Vec::new();
        let mut next_id = 1;
        for page in &document.pages {
            let mut image = |picture: Picture<'_>| {
                out.add_image(Image::new(match picture {
                    Picture::Image(item) => Part::new(item.data.to_vec()),
                    Picture::Qr(item) => Part::new(code::png(item, &mut Deflater::zlib(FRESH_LEVEL))),
                }))
            };
            let objects = objects::build(page, &fonts, &mut image);
            let mut written = model::Page {
                size: objects::size(page.size),
                layers: vec![Layer::body(objects)],
                ..model::Page::default()
            };
            if let Some(art) = &page.background {
                let known = templates.iter().find(|(digest, _)| *digest == art.digest).map(|(_, template)| *template);
                let template = match known {
                    Some(template) => template,
                    None => {
                        let prebuilt = self.artwork(art, next_id)?;
                        next_id = prebuilt.next_id();
                        let template = out.add_template(Template {
                            name: None,
                            size: objects::size(art.size),
                            z_order: LayerKind::Background,
                            content: TemplateContent::Prebuilt(Prebuilt::clone(&prebuilt)),
                        });
                        templates.push((art.digest, template));
                        template
                    }
                };
                written.templates.push(template);
            }
            out.pages.push(written);
        }
        for file in &input.attachments {
            out.attachments.push(attachment(file)?);
        }
        out.package().map_err(package_error)
    }

    fn font(&self, key: FontKey, glyphs: Glyphs, deflater: &mut Deflater) -> Result<Arc<EmbeddedFont>, RenderError> {
        let face = self.fonts.face(key.face);
        if key.fixed {
            let key = (key, glyphs);
            return self.fixed_fonts.get_or_make(&key, || EmbeddedFont::fixed(face, &key.1));
        }
        let cut = self.fonts.cut(key.face, glyphs.iter().map(|&(glyph, _)| glyph).collect());
        let cut = cut.map_err(|error| RenderError::font(face, error))?;
        EmbeddedFont::variable(face, cut, &glyphs, deflater).map(Arc::new)
    }

    fn artwork(&self, art: &Artwork, first_id: u32) -> Result<Arc<Prebuilt>, RenderError> {
        self.artworks.get_or_make(&(art.digest, first_id), || {
            let layer = Layer { kind: LayerKind::Body, objects: objects::artwork(art) };
            Prebuilt::new(objects::size(art.size), &[layer], first_id).map_err(package_error)
        })
    }
}

impl std::fmt::Debug for OfdRenderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OfdRenderer").finish_non_exhaustive()
    }
}

fn info(input: &OfdInput) -> Result<DocInfo, RenderError> {
    let metadata = &input.metadata;
    let mut names: Vec<&str> = Vec::with_capacity(metadata.custom.len());
    for (name, value) in &metadata.custom {
        if !is_custom_name(name) || names.contains(&name.as_str()) {
            return Err(RenderError::Name { name: name.clone() });
        }
        if !is_xml_text(value) {
            return Err(RenderError::Text { name: name.clone() });
        }
        names.push(name);
    }
    let some = |text: &String| (!text.is_empty()).then(|| text.clone());
    Ok(DocInfo {
        doc_id: input.doc_id.clone(),
        title: some(&metadata.title),
        author: some(&metadata.author),
        subject: some(&metadata.subject),
        abstract_text: None,
        creation_date: Some(input.created),
        mod_date: Some(input.created),
        keywords: metadata.keywords.clone(),
        creator: some(&metadata.creator),
        creator_version: None,
        custom_datas: metadata.custom.clone(),
    })
}

fn attachment(file: &Attachment) -> Result<model::Attachment, RenderError> {
    let unfit = || RenderError::Name { name: file.name.clone() };
    let (_, format) = file.name.rsplit_once('.').ok_or_else(unfit)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if format.is_empty() || !file.name.bytes().all(plain) {
        return Err(unfit());
    }
    Ok(model::Attachment::hidden(file.name.as_str(), format, Part::new(file.bytes.to_vec())))
}

fn package_error(error: ofd::WriteError) -> RenderError {
    RenderError::Package { reason: error.to_string() }
}

/// Backgrounds kept; each takes up to half a megabyte.
const KEPT_ARTWORKS: usize = 64;
/// Fonts of fixed words kept.
const KEPT_FONTS: usize = 256;
/// For what each file makes anew.
const FRESH_LEVEL: u32 = 3;
