//! The signature field in the first revision: widget, appearance, certification, room for the signature
//! (ISO 32000-1 12.7.4.5 and 12.8; ETSI EN 319 142-1).

use pdf_sign::placeholder;
use pdf_writer::types::SigFlags;
use pdf_writer::writers::Catalog;
use pdf_writer::{Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use sha2::{Digest, Sha256};

use super::file::date;
use super::form::Form;
use super::{PdfRenderer, PreparedField, SignatureField};
use crate::length::Rect as Area;
use crate::page::Page;
use crate::render::RenderError;

/// What the catalog has to say of the signature.
pub(super) struct Signature {
    field: Ref,
    dictionary: Ref,
}

/// What is numbered and settled before the signature is written.
pub(super) struct Settled {
    /// The field with its widget.
    pub(super) field: Ref,
    /// The form that it shows.
    pub(super) appearance: Ref,
    /// P of the certification.
    pub(super) certification: i32,
}

pub(super) fn write(
    renderer: &PdfRenderer,
    field: &SignatureField,
    page: &Page,
    page_ref: Ref,
    Settled { field: id, appearance, certification }: Settled,
    pdf: &mut Pdf,
    next: &mut Ref,
) -> Result<Signature, RenderError> {
    let picture = &field.appearance;
    // The PNG is drawn from the same design as the paths; whether there are paths decides the form.
    let mut digest: [u8; 32] = Sha256::digest(&picture.png).into();
    digest[0] ^= u8::from(picture.paths.is_empty());
    let form = renderer.seals.get_or_make(&digest, || Form::seal(picture))?;
    let dictionary = next.bump();
    form.write(pdf, appearance, next);

    let mut widget = pdf.indirect(id).dict();
    widget.pair(Name(b"Type"), Name(b"Annot")).pair(Name(b"Subtype"), Name(b"Widget"));
    widget.pair(Name(b"FT"), Name(b"Sig")).pair(Name(b"T"), TextStr(&field.name));
    widget.pair(Name(b"V"), dictionary).pair(Name(b"P"), page_ref);
    widget.pair(Name(b"Rect"), points(&field.rect, page)).pair(Name(b"F"), PRINT_AND_LOCKED);
    widget.insert(Name(b"AP")).dict().pair(Name(b"N"), appearance);
    widget.finish();

    let mut sig = pdf.indirect(dictionary).dict();
    sig.pair(Name(b"Type"), Name(b"Sig")).pair(Name(b"Filter"), Name(b"Adobe.PPKLite"));
    sig.pair(Name(b"SubFilter"), Name(b"ETSI.CAdES.detached"));
    sig.insert(Name(b"ByteRange")).array().items(placeholder::BYTE_RANGE);
    let room = field.reserve.clamp(1, placeholder::MAX_CAPACITY);
    sig.pair(Name(b"Contents"), Str(&placeholder::contents(room)));
    sig.pair(Name(b"M"), date(field.signed_at));
    for (key, value) in [(&b"Name"[..], &field.signer), (b"Location", &field.location), (b"Reason", &field.reason)] {
        if let Some(value) = value {
            sig.pair(Name(key), TextStr(value));
        }
    }
    let mut references = sig.insert(Name(b"Reference")).array();
    let mut reference = references.push().dict();
    reference.pair(Name(b"Type"), Name(b"SigRef")).pair(Name(b"TransformMethod"), Name(b"DocMDP"));
    let mut params = reference.insert(Name(b"TransformParams")).dict();
    params.pair(Name(b"Type"), Name(b"TransformParams")).pair(Name(b"P"), certification).pair(Name(b"V"), Name(b"1.2"));
    params.finish();
    reference.finish();
    references.finish();
    sig.finish();
    Ok(Signature { field: id, dictionary })
}

/// An empty field with an empty appearance: what takes up room on a page has one (ISO 19005-2 6.3.3).
pub(super) fn write_prepared(
    field: &PreparedField,
    page: &Page,
    page_ref: Ref,
    id: Ref,
    pdf: &mut Pdf,
    next: &mut Ref,
) {
    let appearance = next.bump();
    let mut form = pdf.form_xobject(appearance, b"");
    form.bbox(Rect::new(0.0, 0.0, field.rect.width.pt() as f32, field.rect.height.pt() as f32));
    form.resources().finish();
    form.finish();
    let mut widget = pdf.indirect(id).dict();
    widget.pair(Name(b"Type"), Name(b"Annot")).pair(Name(b"Subtype"), Name(b"Widget"));
    widget
        .pair(Name(b"FT"), Name(b"Sig"))
        .pair(Name(b"T"), TextStr(&field.name))
        .pair(Name(b"TU"), TextStr(&field.label));
    widget.pair(Name(b"P"), page_ref).pair(Name(b"Rect"), points(&field.rect, page));
    widget.pair(Name(b"F"), PRINT_AND_LOCKED);
    widget.insert(Name(b"AP")).dict().pair(Name(b"N"), appearance);
}

/// The form of a file that nobody signs yet but in which fields wait.
pub(super) fn write_waiting(prepared: &[Ref], root: &mut Catalog<'_>) {
    if !prepared.is_empty() {
        root.form().fields(prepared.iter().copied());
    }
}

fn points(area: &Area, page: &Page) -> Rect {
    let height = page.size.height;
    let (x1, y1) = (area.x.pt() as f32, (height - area.bottom()).pt() as f32);
    let (x2, y2) = (area.right().pt() as f32, (height - area.y).pt() as f32);
    Rect::new(x1, y1, x2, y2)
}

impl Signature {
    pub(super) fn write_catalog(&self, prepared: &[Ref], root: &mut Catalog<'_>) {
        let mut form = root.form();
        let fields = std::iter::once(self.field).chain(prepared.iter().copied());
        form.fields(fields).sig_flags(SigFlags::SIGNATURES_EXIST | SigFlags::APPEND_ONLY);
        form.finish();
        root.insert(Name(b"Perms")).dict().pair(Name(b"DocMDP"), self.dictionary);
        // ETSI.CAdES.detached in a PDF 1.7 file (EN 319 142-1 clause 5.6).
        let mut extensions = root.insert(Name(b"Extensions")).dict();
        let mut etsi = extensions.insert(Name(b"ESIC")).dict();
        etsi.pair(Name(b"BaseVersion"), Name(b"1.7")).pair(Name(b"ExtensionLevel"), 2);
    }
}

/// Annotation flags 3 and 8.
const PRINT_AND_LOCKED: i32 = 132;
