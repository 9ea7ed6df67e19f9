//! Pages → PDF/A: what independent readers make of it.
#![allow(clippy::unwrap_used)]

mod render_support;

use std::sync::Arc;

use license_core::length::{Length, Point, Rect};
use license_core::page::{Document, Glyph, ImageFormat, ImageItem, Item, Rgb, TextRun};
use license_core::render::RenderError;
use license_core::render::pdf::{PdfInput, PdfRenderer, SignatureField};
use license_core::seal_art::{SealDesign, draw};
use render_support::{NAME, SCOPE, attachments, document, field, fonts, metadata, tool};
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
        prepared: Vec::new(),
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

/// A page with these items alone.
fn only(items: Vec<Item>) -> Document {
    let mut document = document(1);
    document.pages.truncate(1);
    document.pages[0].items = items;
    document
}

#[test]
fn two_characters_of_one_glyph_extract_right() {
    let fonts = fonts();
    let pair = fonts.faces().find_map(|(id, ..)| {
        let mut seen = std::collections::BTreeMap::new();
        ('\u{A1}'..'\u{FFFF}').filter(|char| !char.is_whitespace()).find_map(|char| {
            let glyph = fonts.face(id).glyph(char)?;
            seen.insert(glyph, char).map(|first| (id, glyph, first, char))
        })
    });
    let Some((id, glyph, first, second)) = pair else { panic!("no face has two characters with one glyph") };
    let face = fonts.face(id);
    let size = Length::from_mm(5.0);
    let glyphs: Vec<Glyph> = [first, second, first]
        .into_iter()
        .enumerate()
        .map(|(at, char)| Glyph { id: glyph, char, x: face.advance(glyph, size) * at as i32 })
        .collect();
    let origin = Point::new(Length::from_mm(30.0), Length::from_mm(50.0));
    let run = TextRun { source: field("x"), face: id, size, color: Rgb::BLACK, origin, glyphs };
    let bytes = PdfRenderer::new(fonts.clone()).render(&only(vec![Item::Text(run)]), &input()).unwrap();
    let path = file(&bytes, "render_pdf_pair.pdf");
    let Some(output) = tool("pdftotext", &[path.to_str().unwrap(), "-"]) else { return };
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains(&String::from_iter([first, second, first])), "{first} {second}: {text}");
}

#[test]
fn pictures_are_embedded_with_their_transparency() {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 4, 2);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_image_data(&[[255, 0, 0, 255], [0, 255, 0, 128], [0, 0, 255, 0], [9, 9, 9, 255]].concat().repeat(2))
        .unwrap();
    writer.finish().unwrap();
    let image = |data: &[u8], format, x: f64| {
        Item::Image(ImageItem { rect: Rect::from_mm([x, 60.0, 20.0, 20.0]), data: data.into(), format })
    };
    let items = vec![image(&png, ImageFormat::Png, 60.0), image(GRAY_JPEG, ImageFormat::Jpeg, 90.0)];
    let renderer = PdfRenderer::new(fonts());
    let bytes = renderer.render(&only(items), &input()).unwrap();
    let path = file(&bytes, "render_pdf_images.pdf");
    if let Some(output) = tool("pdfimages", &["-list", path.to_str().unwrap()]) {
        let list = String::from_utf8(output.stdout).unwrap();
        for (kind, size) in [("image", "4     2"), ("smask", "4     2"), ("image", "8     8")] {
            assert!(list.lines().any(|line| line.contains(kind) && line.contains(size)), "{list}");
        }
    }
    for (data, format) in
        [(&b"no picture"[..], ImageFormat::Png), (b"\xFF\xD8\xFF", ImageFormat::Jpeg), (&png[..50], ImageFormat::Png)]
    {
        let error = renderer.render(&only(vec![image(data, format, 60.0)]), &input()).unwrap_err();
        assert!(matches!(error, RenderError::Image { .. }), "{error}");
    }
}

/// What ISO 19005-3 asks of the objects, as far as names in dictionaries show it (fact sheet section 9).
#[test]
fn rules_of_pdf_a_are_kept() {
    let bytes = PdfRenderer::new(fonts()).render(&document(1), &input()).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let count = |what: &str| text.matches(what).count();
    assert!(bytes.starts_with(b"%PDF-1.7\n%") && bytes[10..14].iter().all(|&byte| byte >= 0x80));
    assert!(bytes.ends_with(b"%%EOF"), "nothing after the end");
    for absent in [
        "/Encrypt",
        "/LZWDecode",
        "/JavaScript",
        "/JS",
        "/AA",
        "/Launch",
        "/Interpolate",
        "/NeedAppearances",
        "/XFA",
        "/DigestMethod",
    ] {
        assert_eq!(count(absent), 0, "{absent}");
    }
    assert_eq!(count("/S/GTS_PDFA1"), 1);
    assert_eq!(count("/Subtype/XML"), 1);
    assert!(text.contains("<?xpacket begin="), "XMP is readable without inflating");
    assert!(text.contains("/ID["), "{}", &text[text.len() - 400..]);
    // Every font: descriptor with a program, a code map, a Unicode map.
    let fonts = count("/Subtype/CIDFontType2");
    assert!(fonts >= 5);
    for part in ["/FontFile2", "/CIDToGIDMap", "/ToUnicode", "/Encoding/Identity-H"] {
        assert_eq!(count(part), fonts, "{part}");
    }
    assert_eq!(count("/F 132"), 1, "the widget prints and is locked");
    assert_eq!(count("/AFRelationship"), 2);
    assert_eq!(count("/TransformMethod/DocMDP"), 1);
    assert_eq!(count("/SigFlags 3"), 1);
    assert_eq!(count("/Lang(zh-CN)"), 1);
    assert_eq!(count("/DisplayDocTitle true"), 1);
}

/// Eight by eight gray dots.
const GRAY_JPEG: &[u8] = &[
    0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, 0x4A, 0x46, 0x49, 0x46, 0x00, 0x01, 0x01, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00,
    0x00, 0xFF, 0xDB, 0x00, 0x43, 0x00, 0xA0, 0x6E, 0x78, 0x8C, 0x78, 0x64, 0xA0, 0x8C, 0x82, 0x8C, 0xB4, 0xAA, 0xA0,
    0xBE, 0xF0, 0xFF, 0xFF, 0xF0, 0xDC, 0xDC, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x00,
    0x08, 0x00, 0x08, 0x01, 0x01, 0x11, 0x00, 0xFF, 0xC4, 0x00, 0x14, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xFF, 0xC4, 0x00, 0x14, 0x10, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xDA, 0x00, 0x08, 0x01, 0x01,
    0x00, 0x00, 0x3F, 0x00, 0x2F, 0xFF, 0xD9,
];
