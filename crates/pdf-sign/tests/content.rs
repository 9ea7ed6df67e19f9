//! What a document shows and carries.
#![allow(clippy::unwrap_used)]

mod common;

use pdf_sign::{Budget, Document};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

fn open(pdf: &[u8]) -> Document<'_> {
    Document::open(pdf, &Budget::default()).unwrap()
}

#[test]
fn text_position_size_and_title() {
    let pdf = common::signed();
    let doc = open(&pdf);
    let pages = doc.text_by_page().unwrap();
    let run = &pages[0].runs[0];
    assert_eq!((run.text.as_str(), run.x, run.y, run.size), ("Hello license", 72.0, 700.0, 14.0));
    assert_eq!(doc.info(), [(String::from("Title"), String::from("证照"))]);
    let size = doc.page_sizes().unwrap()[0];
    assert_eq!((size.width, size.height, size.rotate), (595.0, 842.0, 0));
    assert_eq!(doc.attachments().unwrap(), []);
    assert_eq!(doc.xmp().unwrap(), None);
}

/// Type 0 font with Identity-H, ToUnicode and widths; a form inside; a hidden run; an attachment; XMP; an appearance.
fn rich() -> Vec<u8> {
    let mut pdf = Pdf::new();
    let [catalog, pages, page, content, font, cid, cmap, form] = [1, 2, 3, 4, 5, 6, 7, 8].map(Ref::new);
    let [spec, file, xmp, annot, looks] = [9, 10, 11, 12, 13].map(Ref::new);
    let mut root = pdf.catalog(catalog);
    root.pages(pages).metadata(xmp);
    root.names().embedded_files().names().insert(Str(b"record.json"), spec);
    root.insert(Name(b"AF")).array().item(spec);
    root.finish();
    pdf.pages(pages).kids([page]).count(1);
    let mut leaf = pdf.page(page);
    leaf.media_box(Rect::new(0.0, 0.0, 400.0, 300.0)).parent(pages).contents(content).annotations([annot]);
    let mut resources = leaf.resources();
    resources.fonts().pair(Name(b"F"), font);
    resources.x_objects().pair(Name(b"X"), form);
    resources.finish();
    leaf.finish();
    let text = "q 2 0 0 2 10 20 cm BT /F 10 Tf 5 TL 1 0 0 1 30 40 Tm [<0001> -500 <0002>] TJ <0002> Tj T* <0001> Tj 3 Tr <0001> ' ET Q\n\
                BI /W 1 /H 1 /BPC 8 /CS /G ID \x01 EI q 1 0 0 1 100 100 cm /X Do Q";
    pdf.stream(content, text.as_bytes());
    let mut type0 = pdf.type0_font(font);
    type0
        .base_font(Name(b"AAAAAA+Song"))
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(cmap);
    type0.finish();
    let mut descendant = pdf.cid_font(cid);
    descendant.subtype(pdf_writer::types::CidFontType::Type2).base_font(Name(b"AAAAAA+Song"));
    descendant.default_width(1000.0).widths().consecutive(2, [600.0]);
    descendant.finish();
    pdf.stream(
        cmap,
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <8BC1> <0002> <7167> endbfchar",
    );
    let mut inner = Content::new();
    inner.begin_text().set_font(Name(b"F"), 8.0).show(Str(&[0, 2, 0, 9])).end_text();
    let inner = inner.finish();
    let mut xobject = pdf.form_xobject(form, &inner);
    xobject.bbox(Rect::new(0.0, 0.0, 50.0, 50.0)).matrix([1.0, 0.0, 0.0, 1.0, 7.0, 0.0]);
    xobject.finish();
    let mut file_spec = pdf.file_spec(spec);
    file_spec.path(Str(b"record.json")).unic_file(TextStr("记录.json")).embedded_file(file);
    file_spec.insert(Name(b"AFRelationship")).primitive(Name(b"Source"));
    file_spec.finish();
    pdf.embedded_file(file, b"{\"a\":1}").subtype(Name(b"application/json"));
    pdf.metadata(xmp, b"<x:xmpmeta/>");
    let mut annotation = pdf.annotation(annot);
    annotation.subtype(pdf_writer::types::AnnotationType::Square).rect(Rect::new(200.0, 200.0, 300.0, 250.0));
    annotation.appearance().normal().stream(looks);
    annotation.finish();
    let mut stamp = pdf.form_xobject(looks, b"BT /F 10 Tf 1 0 0 1 5 5 Tm <0001> Tj ET");
    stamp.bbox(Rect::new(0.0, 0.0, 50.0, 25.0));
    stamp.resources().fonts().pair(Name(b"F"), font);
    stamp.finish();
    pdf.finish()
}

#[test]
fn runs_come_in_paint_order_with_places() {
    let pdf = rich();
    let page = open(&pdf).text_by_page().unwrap().remove(0);
    let got: Vec<(String, f64, f64, f64, bool)> =
        page.runs.iter().map(|r| (r.text.clone(), r.x, r.y, r.size, r.invisible)).collect();
    let want = [
        ("证照", 70.0, 100.0, 20.0, false),
        // 10 + 2 * (30 + 10 + 5 + 6): the widths and the kerning count.
        ("照", 112.0, 100.0, 20.0, false),
        ("证", 70.0, 90.0, 20.0, false),
        ("证", 70.0, 80.0, 20.0, true),
        ("照\u{FFFD}", 107.0, 100.0, 8.0, false),
    ];
    let want: Vec<_> = want.iter().map(|(t, x, y, s, i)| (t.to_string(), *x, *y, *s, *i)).collect();
    assert_eq!(got, want);
    assert_eq!(page.lines(), "证照\n照\n证\n照\u{FFFD}");
    let stamp = &page.annotation_runs[0];
    assert_eq!((stamp.text.as_str(), stamp.x, stamp.y, stamp.size), ("证", 210.0, 210.0, 20.0));
}

#[test]
fn attachments_and_metadata() {
    let pdf = rich();
    let doc = open(&pdf);
    let files = doc.attachments().unwrap();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!((file.name.as_str(), file.bytes.as_slice()), ("记录.json", &b"{\"a\":1}"[..]));
    assert_eq!((file.mime.as_deref(), file.relationship.as_deref()), (Some("application/json"), Some("Source")));
    assert!(file.in_names && file.associated);
    assert_eq!(doc.xmp().unwrap().unwrap(), b"<x:xmpmeta/>");
}

/// One page with this content; `/H` paints nothing, `/T` is pale, `/L` says other words.
fn drawn(content: &str) -> Vec<pdf_sign::Mark> {
    let mut pdf = Pdf::new();
    let [catalog, pages, page, stream, font, state, cmap] = [1, 2, 3, 4, 5, 6, 7].map(Ref::new);
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut leaf = pdf.page(page);
    leaf.media_box(Rect::new(0.0, 0.0, 400.0, 300.0)).parent(pages).contents(stream);
    let mut resources = leaf.resources();
    resources.fonts().pair(Name(b"F"), font);
    resources.ext_g_states().pair(Name(b"T"), state);
    resources.finish();
    leaf.finish();
    pdf.stream(stream, content.as_bytes());
    pdf.ext_graphics(state).non_stroking_alpha(0.25);
    pdf.type0_font(font).base_font(Name(b"A")).encoding_predefined(Name(b"Identity-H")).to_unicode(cmap);
    pdf.stream(
        cmap,
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <8BC1> <0002> <7167> endbfchar",
    );
    let bytes = pdf.finish();
    let painted = open(&bytes).painted().unwrap();
    assert!(painted.fonts.iter().all(Option::is_none), "no font file");
    painted.pages[0].marks.clone()
}

fn words(mark: &pdf_sign::Mark) -> &pdf_sign::TextMark {
    match &mark.kind {
        pdf_sign::MarkKind::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn marks_tell_how_words_are_painted() {
    use pdf_sign::Paint;
    let text = "BT /F 10 Tf 1 0 0 1 30 40 Tm <00010002> Tj ET";
    let one = |before: &str, after: &str| drawn(&format!("{before} {text} {after}")).remove(0);
    let plain = one("", "");
    assert_eq!((words(&plain).fill, plain.alpha, plain.unclear), (Some(Paint::Rgb([0; 3])), 1.0, false));
    assert_eq!((words(&plain).right, words(&plain).up), ((10.0, 0.0), (0.0, 10.0)));
    let letters: Vec<char> = words(&plain).letters.iter().map(|letter| letter.char).collect();
    assert!(letters == ['证', '照'] && words(&plain).honest && words(&plain).regular);

    assert_eq!(words(&one("1 g", "")).fill, Some(Paint::Rgb([255; 3])));
    assert_eq!(words(&one("1 1 0.5 rg", "")).fill, Some(Paint::Rgb([255, 255, 128])));
    assert_eq!(words(&one("0 0 0 0 k", "")).fill, Some(Paint::Rgb([255; 3])));
    assert_eq!(words(&one("/Pattern cs /P scn", "")).fill, Some(Paint::Other));
    for mode in [1, 3, 5, 7] {
        assert_eq!(words(&one(&format!("{mode} Tr"), "")).fill, None, "mode {mode}");
    }
    assert_eq!(one("/T gs", "").alpha, 0.25);
    assert_eq!(one("10 10 5 5 re W n", "").clip, [10.0, 10.0, 15.0, 15.0]);
    let disc = one("0 0 m 10 0 10 10 0 10 c W n", "");
    assert!(disc.unclear, "a clip that is no box");
    assert!(one("/OC /Layer BDC", "EMC").unclear, "a layer that may be off");
    let said = |text: &str| words(&one(&format!("/Span<</ActualText<FEFF{text}>>>BDC"), "EMC")).honest;
    assert!(said("8BC17167") && !said("8BC15047"), "copies as other words");
}

#[test]
fn marks_tell_what_lies_over_what() {
    use pdf_sign::{MarkKind, Paint};
    let marks = drawn("1 0 0 rg 10 10 20 20 re f 2 w 0 G 0 0 m 100 0 l S BI /W 1 /H 1 /BPC 8 /CS /G ID \x01 EI");
    let [area, line, picture] = &marks[..] else { panic!("{marks:?}") };
    let MarkKind::Path(path) = &area.kind else { panic!("{area:?}") };
    assert_eq!((path.fill, path.stroke), (Some(Paint::Rgb([255, 0, 0])), None));
    assert_eq!(path.polygons(), [vec![(10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0), (10.0, 10.0)]]);
    let MarkKind::Path(path) = &line.kind else { panic!("{line:?}") };
    assert_eq!((path.fill, path.stroke), (None, Some((Paint::Rgb([0; 3]), 2.0))));
    assert!(matches!(picture.kind, MarkKind::Picture(_)));
}
