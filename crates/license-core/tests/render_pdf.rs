//! Pages → PDF/A: what independent readers make of it.
#![allow(clippy::unwrap_used)]

mod render_support;

use std::sync::Arc;

use license_core::length::Rect;
use license_core::render::RenderError;
use license_core::render::pdf::{PdfInput, PdfRenderer, SignatureField};
use license_core::seal_art::{SealDesign, draw};
use render_support::{NAME, SCOPE, attachments, document, fonts, metadata, tool};
use time::macros::datetime;

fn input() -> PdfInput {
    PdfInput {
        metadata: metadata(),
        created: datetime!(2026-11-21 21:09:24 +8),
        seed: b"1.2.156.3005.2.TYPE.ISSUER.SERIAL.001.C".to_vec(),
        attachments: attachments(),
        signature: Some(SignatureField {
            name: "Seal1".into(),
            page: 0,
            rect: Rect::from_mm([215.0, 139.0, 42.0, 42.0]),
            appearance: Arc::new(draw(&SealDesign::new("样例市示范区市场监督管理局"), &fonts()).unwrap()),
            reserve: 8192,
            signed_at: datetime!(2026-11-21 21:09:24 +8),
            signer: Some("样例市示范区市场监督管理局".into()),
            reason: None,
            location: Some("样例市".into()),
        }),
    }
}

/// Writes to a file that lives as long as the test.
fn file(bytes: &[u8], name: &str) -> std::path::PathBuf {
    let path = std::env::var("KEEP_PICTURES").map_or_else(|_| std::env::temp_dir(), Into::into).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn same_input_same_bytes_also_with_a_warm_cache() {
    let renderer = PdfRenderer::new(fonts());
    let first = renderer.render(&document(1), &input()).unwrap();
    renderer.render(&document(2), &input()).unwrap();
    assert!(first == renderer.render(&document(1), &input()).unwrap());
    assert!(first == PdfRenderer::new(fonts()).render(&document(1), &input()).unwrap());
}

#[test]
fn an_a4_license_is_small() {
    let bytes = PdfRenderer::new(fonts()).render(&document(1), &input()).unwrap();
    eprintln!("{} bytes", bytes.len());
    assert!(bytes.len() <= 160_000, "{} bytes", bytes.len());
}

#[test]
fn qpdf_finds_nothing_wrong() {
    let bytes = PdfRenderer::new(fonts()).render(&document(1), &input()).unwrap();
    let path = file(&bytes, "render_pdf_qpdf.pdf");
    let Some(output) = tool("qpdf", &["--check", path.to_str().unwrap()]) else { return };
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("No syntax or stream encoding errors found"), "{said}");
}

#[test]
fn text_comes_out_as_it_went_in() {
    let bytes = PdfRenderer::new(fonts()).render(&document(1), &input()).unwrap();
    let path = file(&bytes, "render_pdf_text.pdf");
    let Some(output) = tool("pdftotext", &["-layout", path.to_str().unwrap(), "-"]) else { return };
    let text = String::from_utf8(output.stdout).unwrap();
    for words in [
        "营业执照",
        "名称",
        "类型",
        "法定代表人",
        "经营范围",
        "注册资本",
        NAME,
        "2018年03月05日",
        "（续附页）",
        "91110108MA0000001X",
        "2024 年 03 月 05 日",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    for line in SCOPE {
        assert!(text.contains(line), "{line} in {text}");
    }
}

#[test]
fn every_font_is_embedded_subset_and_maps_to_unicode() {
    let bytes = PdfRenderer::new(fonts()).render(&document(1), &input()).unwrap();
    let path = file(&bytes, "render_pdf_fonts.pdf");
    let Some(output) = tool("pdffonts", &[path.to_str().unwrap()]) else { return };
    let text = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<&str> = text.lines().skip(2).collect();
    assert!(rows.len() >= 5, "{text}");
    for row in rows {
        assert!(row.contains("CID TrueType") && row.contains("Identity-H") && row.contains("yes yes yes"), "{row}");
    }
}

#[test]
fn attachments_and_metadata_are_found() {
    let bytes = PdfRenderer::new(fonts()).render(&document(1), &input()).unwrap();
    let path = file(&bytes, "render_pdf_meta.pdf");
    let Some(output) = tool("pdfdetach", &["-list", path.to_str().unwrap()]) else { return };
    let list = String::from_utf8(output.stdout).unwrap();
    assert!(list.contains("2 embedded files") && list.contains("index.cwt") && list.contains("record.json"), "{list}");
    let Some(output) = tool("pdfinfo", &[path.to_str().unwrap()]) else { return };
    let info = String::from_utf8(output.stdout).unwrap();
    assert!(info.contains("营业执照") && info.contains("样例市示范区市场监督管理局"), "{info}");
    let Some(output) = tool("pdfinfo", &["-meta", path.to_str().unwrap()]) else { return };
    let xmp = String::from_utf8(output.stdout).unwrap();
    assert!(
        xmp.contains("<pdfaid:part>3</pdfaid:part>")
            && xmp.contains("<el:KZ_zczb>壹仟贰佰万元整 &amp; &lt;1200&gt;</el:KZ_zczb>"),
        "{xmp}"
    );
}

#[test]
fn the_signature_fits_in_without_a_new_revision() {
    let bytes = PdfRenderer::new(fonts()).render(&document(1), &input()).unwrap();
    let length = bytes.len();
    let prepared = pdf_sign::prepare(bytes, pdf_sign::Slot::Placeholder).unwrap();
    assert_eq!(prepared.capacity(), 8192);
    let signed = prepared.finish(&[0x30, 0x03, 0x02, 0x01, 0x07]).unwrap();
    assert_eq!(signed.len(), length);
    let path = file(&signed, "render_pdf_signed.pdf");
    let Some(output) = tool("pdfsig", &["-nocert", path.to_str().unwrap()]) else { return };
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(
        text.contains("Seal1") && text.contains("ETSI.CAdES.detached") && text.contains("Total document signed"),
        "{text}"
    );
}

#[test]
fn without_attachments_and_signature_it_is_pdf_a_2() {
    let plain = PdfInput { attachments: Vec::new(), signature: None, ..input() };
    let bytes = PdfRenderer::new(fonts()).render(&document(1), &plain).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(bytes.starts_with(b"%PDF-1.7\n%") && bytes.ends_with(b"%%EOF"));
    assert!(text.contains("<pdfaid:part>2</pdfaid:part>"));
    assert!(!text.contains("/AcroForm") && !text.contains("/AF") && !text.contains("/Perms"));
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let renderer = PdfRenderer::new(fonts());
    let fails = |change: &dyn Fn(&mut PdfInput)| {
        let mut input = input();
        change(&mut input);
        renderer.render(&document(1), &input).unwrap_err()
    };
    assert_eq!(
        fails(&|input| input.signature.as_mut().unwrap().page = 2),
        RenderError::NoSuchPage { page: 2, pages: 2 }
    );
    assert_eq!(
        fails(&|input| input.metadata.custom[0].0 = "证照名称".into()),
        RenderError::Name { name: "证照名称".into() }
    );
    assert_eq!(fails(&|input| input.metadata.custom[1].0 = "ZZMC".into()), RenderError::Name { name: "ZZMC".into() });
    assert_eq!(fails(&|input| input.metadata.title = "a\u{1}".into()), RenderError::Text { name: "dc:title".into() });
    assert_eq!(
        fails(&|input| input.attachments[0].name = "index.cwt".into()),
        RenderError::Name { name: "index.cwt".into() }
    );
    let mut empty = document(1);
    empty.pages.clear();
    assert_eq!(renderer.render(&empty, &input()).unwrap_err(), RenderError::NoPages);
}
