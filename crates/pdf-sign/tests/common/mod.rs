//! A one-page PDF with a signature field, as a PDF writer makes it; and the foreign corpus, where it is present.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::path::PathBuf;

use pdf_sign::{Slot, placeholder, prepare};
use pdf_writer::types::FieldType;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

/// Bytes that look like the DER of a CMS: a SEQUENCE of 300 bytes.
pub fn fake_cms() -> Vec<u8> {
    let mut der = vec![0x30, 0x82, 0x01, 0x2C];
    der.extend((0..300u32).map(|n| (n * 7) as u8));
    der
}

pub fn one_page() -> Vec<u8> {
    writer(true).finish()
}

pub fn one_page_with_xref_stream() -> Vec<u8> {
    writer(true).finish_with_xref_stream(Ref::new(20))
}

/// Without signature field.
pub fn plain_page() -> Vec<u8> {
    writer(false).finish()
}

pub fn writer(field: bool) -> Pdf {
    let [catalog, pages, page, content, font, widget, sig, seal] = [1, 2, 3, 4, 5, 6, 7, 8].map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.set_version(1, 7);
    pdf.set_file_id((vec![1; 16], vec![2; 16]));
    pdf.document_info(Ref::new(9)).title(TextStr("证照"));
    let mut root = pdf.catalog(catalog);
    root.pages(pages);
    if field {
        let mut form = root.form();
        form.fields([widget]);
        form.insert(Name(b"SigFlags")).primitive(3);
        form.finish();
        root.insert(Name(b"Perms")).dict().pair(Name(b"DocMDP"), sig);
    }
    root.finish();
    pdf.pages(pages).kids([page]).count(1);
    let mut leaf = pdf.page(page);
    leaf.media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).parent(pages).contents(content);
    leaf.resources().fonts().pair(Name(b"F1"), font);
    if field {
        leaf.annotations([widget]);
    }
    leaf.finish();
    let mut text = Content::new();
    text.begin_text().set_font(Name(b"F1"), 14.0).next_line(72.0, 700.0).show(Str(b"Hello license")).end_text();
    pdf.stream(content, &text.finish());
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    if field {
        let mut field = pdf.form_field(widget);
        field.field_type(FieldType::Signature).partial_name(TextStr("seal"));
        field.pair(Name(b"V"), sig);
        let mut annotation = field.into_annotation();
        annotation.rect(Rect::new(400.0, 100.0, 520.0, 220.0)).page(page);
        annotation.insert(Name(b"F")).primitive(132);
        annotation.appearance().normal().stream(seal);
        annotation.finish();
        let mut dict = pdf.indirect(sig).dict();
        dict.pair(Name(b"Type"), Name(b"Sig"));
        dict.pair(Name(b"Filter"), Name(b"Adobe.PPKLite"));
        dict.pair(Name(b"SubFilter"), Name(b"ETSI.CAdES.detached"));
        dict.pair(Name(b"Contents"), Str(&placeholder::contents(placeholder::USUAL_CAPACITY)));
        dict.insert(Name(b"ByteRange")).array().items(placeholder::BYTE_RANGE);
        dict.pair(Name(b"M"), Str(b"D:20260102030405+08'00'"));
        dict.pair(Name(b"Name"), TextStr("某市监督局"));
        let mut references = dict.insert(Name(b"Reference")).array();
        let mut reference = references.push().dict();
        reference.pair(Name(b"Type"), Name(b"SigRef"));
        reference.pair(Name(b"TransformMethod"), Name(b"DocMDP"));
        let mut parms = reference.insert(Name(b"TransformParams")).dict();
        parms.pair(Name(b"Type"), Name(b"TransformParams"));
        parms.pair(Name(b"P"), 1).pair(Name(b"V"), Name(b"1.2"));
        parms.finish();
        reference.finish();
        references.finish();
        dict.finish();
        let mut form = pdf.form_xobject(seal, b"1 0 0 rg 0 0 120 120 re f");
        form.bbox(Rect::new(0.0, 0.0, 120.0, 120.0));
        form.finish();
    }
    pdf
}

pub fn signed() -> Vec<u8> {
    prepare(one_page(), Slot::Placeholder).unwrap().finish(&fake_cms()).unwrap()
}

/// Appends a revision with the given objects, as an attacker with a good tool would.
pub fn revise<S: AsRef<str>>(mut pdf: Vec<u8>, objects: &[(u32, S)]) -> Vec<u8> {
    let facts = pdf_sign::inspect(&pdf, &pdf_sign::Budget::default());
    let prev = facts.revisions.last().unwrap().xref;
    let text = String::from_utf8_lossy(&pdf).into_owned();
    let size: u32 =
        text.rsplit("/Size ").next().unwrap().split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap();
    let size = objects.iter().map(|(n, _)| n + 1).max().unwrap().max(size);
    let mut lines = String::new();
    for (number, body) in objects {
        lines += &format!("{number} 1\n{:010} 00000 n \n", pdf.len());
        pdf.extend(format!("{number} 0 obj\n{}\nendobj\n", body.as_ref()).bytes());
    }
    let xref = pdf.len();
    let id = "/ID [<01010101010101010101010101010101> <03030303030303030303030303030303>]";
    let tail = format!(
        "xref\n{lines}trailer\n<</Size {size} /Root 1 0 R /Info 9 0 R {id} /Prev {prev}>>\nstartxref\n{xref}\n%%EOF\n"
    );
    pdf.extend(tail.bytes());
    pdf
}

/// The foreign corpus, `LICENSE_SHARED` or `../shared` beside the workspace.
pub fn corpus() -> Option<PathBuf> {
    let shared = std::env::var_os("LICENSE_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let folder = shared.join("fixtures/pdf-signature-corpus");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no PDF signature corpus at {}", folder.display());
    None
}
