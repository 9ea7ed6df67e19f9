//! The file around the pages: catalog, metadata, attachments, cross-references.

use std::sync::Arc;

use pdf_writer::{Date, Filter, Finish, Name, Pdf, Rect, Ref, Settings, Str, TextStr};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::font::EmbeddedFont;
use super::form::Form;
use super::page::{self, PageContent};
use super::{PdfInput, PdfRenderer, keywords, signature, xmp};
use crate::page::{Document, Page};
use crate::render::deflate::Deflater;
use crate::render::glyphs::FontKey;
use crate::render::{Attachment, Relationship, RenderError};

/// Writes everything.
pub(super) fn write(
    renderer: &PdfRenderer,
    document: &Document,
    input: &PdfInput,
    fonts: &[(FontKey, Arc<EmbeddedFont>)],
    deflater: &mut Deflater,
) -> Result<Vec<u8>, RenderError> {
    let fields = input.signature.iter().map(|field| field.page).chain(input.prepared.iter().map(|field| field.page));
    if let Some(page) = fields.into_iter().find(|page| *page >= document.pages.len()) {
        return Err(RenderError::NoSuchPage { page, pages: document.pages.len() });
    }
    let mut pdf = Pdf::with_settings_and_capacity(Settings { pretty: false }, 192 << 10);
    let mut next = Ref::new(1);
    let [catalog, info, pages, metadata, profile] = [(); 5].map(|()| next.bump());

    let font_refs: Vec<Ref> = fonts.iter().map(|(_, font)| font.write(&mut pdf, &mut next)).collect();
    let backgrounds = write_backgrounds(renderer, document, &mut pdf, &mut next)?;
    let alphas = write_pages(document, input, fonts, &font_refs, &backgrounds, pages, &mut pdf, &mut next, deflater)?;
    let PageRefs { pages: page_refs, field, seal, prepared } = alphas;
    // P of the certification: no change at all, or signing where fields wait for it.
    let certification = if prepared.is_empty() { 1 } else { 2 };
    let settled = signature::Settled { field, appearance: seal, certification };
    let signature = match &input.signature {
        Some(signature) => {
            let page = &document.pages[signature.page];
            let at = page_refs[signature.page];
            Some(signature::write(renderer, signature, page, at, settled, &mut pdf, &mut next)?)
        }
        None => None,
    };
    for (field, &id) in input.prepared.iter().zip(&prepared) {
        let (page, at) = (&document.pages[field.page], page_refs[field.page]);
        signature::write_prepared(field, page, at, id, &mut pdf, &mut next);
    }
    let attachments = write_attachments(input, &mut pdf, &mut next, deflater)?;

    pdf.stream(profile, &renderer.profile).filter(Filter::FlateDecode).pair(Name(b"N"), 3);
    let producer = concat!("license-core ", env!("CARGO_PKG_VERSION"));
    let packet = xmp::packet(input, producer)?;
    pdf.metadata(metadata, &packet);
    write_info(input, producer, &mut pdf, info);

    let mut root = pdf.catalog(catalog);
    root.pages(pages).metadata(metadata).lang(TextStr("zh-CN"));
    root.viewer_preferences().display_doc_title(true);
    let mut intents = root.insert(Name(b"OutputIntents")).array();
    let mut intent = intents.push().dict();
    intent.pair(Name(b"Type"), Name(b"OutputIntent")).pair(Name(b"S"), Name(b"GTS_PDFA1"));
    intent.pair(Name(b"OutputConditionIdentifier"), Str(b"sRGB")).pair(Name(b"Info"), Str(b"sRGB IEC61966-2.1"));
    intent.pair(Name(b"DestOutputProfile"), profile);
    intent.finish();
    intents.finish();
    if !attachments.is_empty() {
        root.insert(Name(b"AF")).array().items(attachments.iter().map(|&(_, id)| id));
        let mut names = root.names();
        let mut files = names.embedded_files();
        let mut entries = files.names();
        for (name, id) in &attachments {
            entries.insert(Str(name.as_bytes()), *id);
        }
    }
    match signature {
        Some(signature) => signature.write_catalog(&prepared, &mut root),
        None => signature::write_waiting(&prepared, &mut root),
    }
    root.finish();

    // The identifier differs between versions of a license and between files made at different times.
    let mut hash = Sha256::new();
    hash.update(b"electronic license file identifier");
    hash.update(&input.seed);
    hash.update(input.created.unix_timestamp().to_be_bytes());
    let id = hash.finalize()[..16].to_vec();
    pdf.set_file_id((id.clone(), id));
    Ok(pdf.finish())
}

/// One form per artwork, shared by the pages.
fn write_backgrounds(
    renderer: &PdfRenderer,
    document: &Document,
    pdf: &mut Pdf,
    next: &mut Ref,
) -> Result<Vec<([u8; 32], Ref)>, RenderError> {
    let mut written: Vec<([u8; 32], Ref)> = Vec::new();
    for art in document.pages.iter().filter_map(|page| page.background.as_deref()) {
        if !written.iter().any(|(digest, _)| *digest == art.digest) {
            let form = renderer.artworks.get_or_make(&art.digest, || Ok::<_, RenderError>(Form::artwork(art)))?;
            let id = next.bump();
            form.write(pdf, id, next);
            written.push((art.digest, id));
        }
    }
    Ok(written)
}

struct PageRefs {
    pages: Vec<Ref>,
    /// Where the signature field will stand.
    field: Ref,
    /// Where the seal's form will stand: the field's appearance, and the picture on further pages with a seal.
    seal: Ref,
    /// Where the fields for later signatures will stand.
    prepared: Vec<Ref>,
}

#[allow(clippy::too_many_arguments, reason = "one call, everything already numbered")]
fn write_pages(
    document: &Document,
    input: &PdfInput,
    fonts: &[(FontKey, Arc<EmbeddedFont>)],
    font_refs: &[Ref],
    backgrounds: &[([u8; 32], Ref)],
    parent: Ref,
    pdf: &mut Pdf,
    next: &mut Ref,
    deflater: &mut Deflater,
) -> Result<PageRefs, RenderError> {
    let field = input.signature.as_ref().map(|signature| (signature.page, next.bump()));
    let seal = next.bump();
    let prepared: Vec<Ref> = input.prepared.iter().map(|_| next.bump()).collect();
    let mut refs = Vec::with_capacity(document.pages.len());
    for (at, page) in document.pages.iter().enumerate() {
        let mut built = page::build(page, fonts)?;
        // One field has one widget; on continuation pages the seal is part of the signed page itself.
        let repeated = page.seal.filter(|_| field.is_some_and(|(signed, _)| signed != at));
        if let Some(place) = repeated {
            page::repeat_seal(page, place, &mut built);
        }
        let [id, stream] = [(); 2].map(|()| next.bump());
        refs.push(id);
        pdf.stream(stream, &deflater.deflate(&built.stream)).filter(Filter::FlateDecode);
        let images: Vec<Ref> = built.images.iter().map(|image| image.write(pdf, next)).collect();
        let background = page
            .background
            .as_ref()
            .and_then(|art| backgrounds.iter().find(|(digest, _)| *digest == art.digest).map(|&(_, id)| id));

        let mut dict = pdf.page(id);
        dict.parent(parent).media_box(media_box(page)).contents(stream);
        if repeated.is_some() || !built.alphas.is_empty() || built.images.iter().any(|image| image.is_transparent()) {
            // Transparency blends in the space of the output intent (ISO 19005-2 6.2.10).
            let mut group = dict.insert(Name(b"Group")).dict();
            group.pair(Name(b"S"), Name(b"Transparency")).pair(Name(b"CS"), Name(b"DeviceRGB"));
        }
        let own = field.filter(|(page, _)| *page == at).map(|(_, field)| field);
        let waiting = input.prepared.iter().zip(&prepared).filter(|(field, _)| field.page == at).map(|(_, id)| *id);
        let widgets: Vec<Ref> = own.into_iter().chain(waiting).collect();
        if !widgets.is_empty() {
            dict.annotations(widgets);
        }
        let forms = [(&b"B"[..], background), (b"S", repeated.map(|_| seal))];
        write_resources(dict.insert(Name(b"Resources")).dict(), &built, font_refs, forms, &images);
    }
    let mut tree = pdf.pages(parent);
    tree.kids(refs.iter().copied()).count(refs.len() as i32);
    tree.finish();
    Ok(PageRefs { pages: refs, field: field.map_or(parent, |(_, id)| id), seal, prepared })
}

fn write_resources(
    mut resources: pdf_writer::Dict<'_>,
    built: &PageContent,
    font_refs: &[Ref],
    forms: [(&[u8], Option<Ref>); 2],
    images: &[Ref],
) {
    if !built.fonts.is_empty() {
        let mut fonts = resources.insert(Name(b"Font")).dict();
        for &font in &built.fonts {
            fonts.pair(Name(format!("F{font}").as_bytes()), font_refs[font]);
        }
    }
    if forms.iter().any(|(_, form)| form.is_some()) || !images.is_empty() {
        let mut objects = resources.insert(Name(b"XObject")).dict();
        for (name, form) in forms {
            if let Some(form) = form {
                objects.pair(Name(name), form);
            }
        }
        for (at, image) in images.iter().enumerate() {
            objects.pair(Name(format!("I{at}").as_bytes()), *image);
        }
    }
    if !built.alphas.is_empty() {
        let mut states = resources.insert(Name(b"ExtGState")).dict();
        for alpha in &built.alphas {
            let value = f32::from(*alpha) / 255.0;
            let mut state = states.insert(Name(format!("A{alpha}").as_bytes())).dict();
            state.pair(Name(b"ca"), value).pair(Name(b"CA"), value);
        }
    }
}

fn media_box(page: &Page) -> Rect {
    Rect::new(0.0, 0.0, page.size.width.pt() as f32, page.size.height.pt() as f32)
}

/// Files in the order of their names, as the name tree wants them.
fn write_attachments(
    input: &PdfInput,
    pdf: &mut Pdf,
    next: &mut Ref,
    deflater: &mut Deflater,
) -> Result<Vec<(String, Ref)>, RenderError> {
    let mut files: Vec<&Attachment> = input.attachments.iter().collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let same = files.windows(2).find(|pair| pair[0].name == pair[1].name).map(|pair| pair[0]);
    let unfit = |file: &&Attachment| file.name.is_empty() || !file.name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if let Some(file) = same.or(files.iter().copied().find(unfit)) {
        return Err(RenderError::Name { name: file.name.clone() });
    }
    let mut written = Vec::with_capacity(files.len());
    for file in files {
        let [spec, stream] = [(); 2].map(|()| next.bump());
        let packed = deflater.deflate(&file.bytes);
        let mut embedded = pdf.embedded_file(stream, &packed);
        embedded.filter(Filter::FlateDecode);
        embedded.subtype(Name(file.mime.as_bytes()));
        let mut params = embedded.params();
        params.size(i32::try_from(file.bytes.len()).unwrap_or(i32::MAX)).modification_date(date(input.created));
        params.finish();
        embedded.finish();

        let mut dict = pdf.file_spec(spec);
        dict.path(Str(file.name.as_bytes())).unic_file(TextStr(&file.name)).description(TextStr(&file.description));
        let mut streams = dict.insert(Name(b"EF")).dict();
        streams.pair(Name(b"F"), stream).pair(Name(b"UF"), stream);
        streams.finish();
        dict.pair(Name(b"AFRelationship"), Name(relationship(file.relationship)));
        dict.finish();
        written.push((file.name.clone(), spec));
    }
    Ok(written)
}

fn relationship(relationship: Relationship) -> &'static [u8] {
    match relationship {
        Relationship::Source => b"Source",
        Relationship::Data => b"Data",
        Relationship::Alternative => b"Alternative",
        Relationship::Supplement => b"Supplement",
        Relationship::Unspecified => b"Unspecified",
    }
}

fn write_info(input: &PdfInput, producer: &str, pdf: &mut Pdf, id: Ref) {
    let metadata = &input.metadata;
    let keywords = keywords(metadata);
    let mut info = pdf.document_info(id);
    for (key, value) in [
        (&b"Title"[..], metadata.title.as_str()),
        (b"Author", &metadata.author),
        (b"Subject", &metadata.subject),
        (b"Keywords", &keywords),
        (b"Creator", &metadata.creator),
        (b"Producer", producer),
    ] {
        if !value.is_empty() {
            info.pair(Name(key), TextStr(value));
        }
    }
    info.creation_date(date(input.created)).modified_date(date(input.created));
}

/// A PDF date with its zone.
pub(super) fn date(at: OffsetDateTime) -> Date {
    let (hours, minutes, _) = at.offset().as_hms();
    Date::new(u16::try_from(at.year()).unwrap_or(0))
        .month(at.month().into())
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(hours)
        .utc_offset_minute(minutes.unsigned_abs())
}
