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

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, data).unwrap();
    encoder.finish().unwrap()
}

/// A page that paints one form in several states, and a picture: `form` draws, with these resources.
fn decorated(content: &str, form: &str, resources: &str, pixel: u8) -> Vec<u8> {
    let (drawn, samples) = (zlib(form.as_bytes()), zlib(&[pixel; 48]));
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    let form = format!("/Type/XObject/Subtype/Form/BBox[0 0 90 90]/Matrix[2 0 0 2 0 0]/Resources<<{resources}>>");
    let image =
        "/Type/XObject/Subtype/Image/Width 4/Height 4/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode";
    let stream = |dict: &str, data: &[u8]| {
        let head = format!("<<{dict}/Length {}>>\nstream\n", data.len());
        [head.as_bytes(), data, b"\nendstream"].concat()
    };
    let bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</B 5 0 R/I 6 0 R>>/Font<</F 7 0 R>>>>>>".to_vec(),
        stream("", content.as_bytes()),
        stream(&format!("{form}/Filter/FlateDecode"), &drawn),
        stream(image, &samples),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_vec(),
    ];
    for (number, body) in (1..).zip(bodies) {
        table += &format!("{:010} 00000 n \n", pdf.len());
        pdf.extend(format!("{number} 0 obj\n").bytes());
        pdf.extend(body);
        pdf.extend(b"\nendobj\n");
    }
    let xref = pdf.len();
    pdf.extend(format!("xref\n0 8\n{table}trailer\n<</Size 8/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n").bytes());
    pdf
}

#[test]
fn painted_from_memory_is_painted_anew() {
    const LINES: &str =
        "1 J 1 0 0 RG 2 w 0 0 m 10 10 l 20 0 30 10 40 40 c S 5 5 20 20 re f 0 g 1 1 3 3 re W n 2 2 m 3 3 l h B";
    let contents = [
        "/B Do q 100 0 0 100 50 50 cm /I Do Q",
        "q 1 0 0 1 9 9 cm .5 g /B Do Q /B Do /B Do",
        "q 0 0 20 20 re W n /B Do Q /OC /L BDC /B Do EMC /I Do",
        "1 1 m /B Do 5 5 l S",
        "1 1 30 30 re W /B Do n /B Do",
        "BT /F 12 Tf 10 10 Td (a) Tj ET /B Do",
    ];
    let forms = [
        LINES.to_owned(),
        format!("{LINES} 7 7 m"),
        format!("{LINES} W"),
        format!("q {LINES}"),
        format!("{LINES} Q"),
        format!("BT (hidden) Tj ET {LINES}"),
        format!("{LINES} EMC"),
        format!("/X Do {LINES} /Pattern cs"),
        "0 0 m 9 9 l S ".repeat(300),
        String::new(),
    ];
    let resources = ["", "/ColorSpace<</DefaultGray[/Pattern]>>"];
    let budgets = [Budget::default()].into_iter().chain((0..20).map(|step| Budget {
        operators: 4 + step * 36,
        values: 40 + step * 90,
        inflated_bytes: 60 + step * 120,
        ..Budget::default()
    }));
    let budgets: Vec<Budget> = budgets
        .chain([Budget { form_depth: 0, ..Budget::default() }, Budget { depth: 3, ..Budget::default() }])
        .collect();
    let artworks = pdf_sign::Artworks::default();
    for round in 0..3 {
        for (content, form) in contents.iter().flat_map(|content| forms.iter().map(move |form| (content, form))) {
            for (resources, pixel) in resources.iter().zip([7, 200]) {
                let pdf = decorated(content, form, resources, pixel);
                for budget in &budgets {
                    let painted = |artworks: Option<&pdf_sign::Artworks>| {
                        let document = Document::open(&pdf, budget)?;
                        artworks.map_or_else(|| document.painted(), |artworks| document.painted_with(artworks))
                    };
                    assert_eq!(
                        painted(Some(&artworks)),
                        painted(None),
                        "round {round}: {content} / {form} {resources}"
                    );
                }
            }
        }
    }
    // Two pictures, and of the forms those that draw alone, in each of the states.
    let (things, _) = artworks.size();
    assert!((10..60).contains(&things), "{things}");
}
