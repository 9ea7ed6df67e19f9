//! The renderers over every face of every type that ships: text, sizes, codes, as other programs see them.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::Command;
use std::sync::Arc;

use license_core::length::Length;
use license_core::page::{Document, Item};
use license_core::render::ofd::{OfdInput, OfdRenderer};
use license_core::render::pdf::{PdfInput, PdfRenderer, SignatureField};
use license_core::render::{Attachment, Metadata, Relationship};
use license_core::seal_art::{SealDesign, draw};
use support::samples::samples;
use support::sheet::runs;
use support::{fonts, shared_fonts};

fn attachments() -> Vec<Attachment> {
    let file = |name: &str, mime: &str, bytes: Vec<u8>| Attachment {
        name: name.into(),
        mime: mime.into(),
        description: name.into(),
        bytes: bytes.into(),
        relationship: Relationship::Data,
    };
    // As large as real ones: a signed token does not deflate, a record does.
    let token = (0..300u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 16) as u8).collect();
    vec![
        file("index.cwt", "application/cwt", token),
        file("record.json", "application/json", b"{\"key\":\"value\"}".repeat(150)),
    ]
}

fn pdf(name: &str, document: &Document) -> Vec<u8> {
    static RENDERER: std::sync::OnceLock<PdfRenderer> = std::sync::OnceLock::new();
    let seal = draw(&SealDesign::new("样例市示范区市场监督管理局"), fonts()).unwrap();
    let at = time::macros::datetime!(2026-01-01 00:00 +8);
    let input = PdfInput {
        metadata: Metadata { title: document.title.clone(), ..Metadata::default() },
        created: at,
        seed: name.as_bytes().to_vec(),
        attachments: attachments(),
        signature: document.pages[0].seal.map(|rect| SignatureField {
            name: "Seal1".into(),
            page: 0,
            rect,
            appearance: Arc::new(seal),
            reserve: pdf_sign::placeholder::USUAL_CAPACITY,
            signed_at: at,
            signer: None,
            reason: None,
            location: None,
        }),
        prepared: Vec::new(),
    };
    RENDERER.get_or_init(|| PdfRenderer::new(shared_fonts().clone())).render(document, &input).unwrap()
}

fn ofd(document: &Document) -> Vec<u8> {
    static RENDERER: std::sync::OnceLock<OfdRenderer> = std::sync::OnceLock::new();
    let input = OfdInput {
        metadata: Metadata { title: document.title.clone(), ..Metadata::default() },
        doc_id: "0123456789abcdef0123456789abcdef".into(),
        created: time::macros::date!(2026 - 01 - 01),
        attachments: attachments(),
    };
    let renderer = RENDERER.get_or_init(|| OfdRenderer::new(shared_fonts().clone()));
    renderer.render(document, &input).unwrap().to_zip().unwrap()
}

/// What issuing adds to an OFD: the seal with its picture and certificates, signature files, metadata, the key chain.
const SEAL_BYTES: usize = 26_000;

#[test]
fn a4_files_are_small() {
    for (name, _, document) in samples() {
        let (pdf, ofd) = (pdf(&name, &document).len(), ofd(&document).len() + SEAL_BYTES);
        eprintln!("{name}: PDF {pdf}, OFD with its seal {ofd}");
        let size = document.pages[0].size;
        if document.pages.len() == 1 && size.width.max(size.height) <= Length::from_mm(297.0) {
            assert!(pdf <= 160_000 && ofd <= 130_000, "{name}: PDF {pdf}, OFD with its seal {ofd}");
        }
    }
}

/// Every line that layout made is found in the PDF's text, spread labels as one word.
#[test]
fn poppler_extracts_every_run() {
    let folder = tempfile::tempdir().unwrap();
    for (name, _, document) in samples() {
        let file = folder.path().join(format!("{name}.pdf"));
        std::fs::write(&file, pdf(&name, &document)).unwrap();
        let Ok(output) = Command::new("pdftotext").arg("-raw").arg(&file).arg("-").output() else {
            eprintln!("SKIPPED: pdftotext is not installed");
            return;
        };
        let text = String::from_utf8(output.stdout).unwrap();
        for run in document.pages.iter().flat_map(runs) {
            // Blanks, and how many, are the reader's to keep or drop.
            for wanted in run.text().split_whitespace() {
                assert!(text.contains(wanted), "{name}: {wanted:?} is missing in\n{text}");
            }
        }
    }
}

#[test]
fn qpdf_is_content() {
    let folder = tempfile::tempdir().unwrap();
    for (name, _, document) in samples() {
        let file = folder.path().join(format!("{name}.pdf"));
        std::fs::write(&file, pdf(&name, &document)).unwrap();
        let Ok(output) = Command::new("qpdf").arg("--check").arg(&file).output() else {
            eprintln!("SKIPPED: qpdf is not installed");
            return;
        };
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_code_is_read_out_of_the_printed_pdf() {
    if Command::new("zbarimg").arg("--version").output().is_err() {
        eprintln!("SKIPPED: zbarimg is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, _, document) in samples() {
        let file = folder.path().join(format!("{name}.pdf"));
        std::fs::write(&file, pdf(&name, &document)).unwrap();
        let picture = folder.path().join(&name);
        let painted =
            Command::new("pdftoppm").args(["-r", "200", "-png", "-singlefile"]).arg(&file).arg(&picture).output();
        if painted.is_err() {
            eprintln!("SKIPPED: pdftoppm is not installed");
            return;
        }
        let output = Command::new("zbarimg").args(["-q", "--raw"]).arg(picture.with_extension("png")).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.starts_with("HTTPS://ZZ.EXAMPLE.CN/V/2C3QUDGLX5YK"), "{name}: {text}");
    }
}

#[test]
fn ofd_readers_find_every_run_in_order() {
    for (name, _, document) in samples() {
        let facts = ofd::inspect_bytes(&ofd(&document), &ofd::Budget::default()).unwrap();
        assert_eq!(facts.problems, [], "{name}");
        for (page, found) in document.pages.iter().zip(&facts.pages) {
            let wanted: String = page
                .items
                .iter()
                .filter_map(|item| if let Item::Text(run) = item { Some(run.text()) } else { None })
                .collect();
            let got: String = found.text.iter().map(|run| run.text.as_str()).collect();
            assert_eq!(got, wanted, "{name}");
        }
    }
}
