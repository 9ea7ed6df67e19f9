//! Class 1: an honest revision behind the signature that changes what may not change (ISA with a good tool).

use super::super::attack::PdfAttack;
use super::super::bench::{Bench, at, form, page, xmp};
use super::super::file::{Update, stream};

const CHANGED: &[&str] = &["pdf.changed-after"];

pub(super) fn make(bench: &Bench) -> Vec<PdfAttack> {
    let mut attacks = pages(bench);
    attacks.extend(annotations(bench));
    attacks.extend(catalog(bench));
    attacks.extend(resources(bench));
    attacks
}

fn changed<const N: usize>(
    bench: &Bench,
    name: &'static str,
    how: &'static str,
    objects: [(u32, &[u8]); N],
) -> PdfAttack {
    PdfAttack::new(name, how, CHANGED, Update::of(objects).on(&bench.notice))
}

const ANNOTATIONS: &str = "8 0 R 10 0 R 12 0 R";

fn pages(bench: &Bench) -> Vec<PdfAttack> {
    let dear = stream("", b"BT /F1 24 Tf 72 700 Td (Fee: 9000) Tj ET");
    let page_with = |contents: &str, more: &str| page(contents, ANNOTATIONS, more);
    let second =
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 16 0 R /Resources <</Font <</F1 5 0 R>>>>>>";
    vec![
        changed(bench, "content-overwritten", "the page's content stream is written anew", [(at::CONTENT, &dear)]),
        changed(
            bench,
            "content-exchanged",
            "the page refers to another content stream",
            [(at::PAGE, page_with("15 0 R", "").as_bytes()), (15, &dear)],
        ),
        changed(
            bench,
            "content-added",
            "a second content stream paints over the first",
            [(at::PAGE, page_with("[4 0 R 15 0 R]", "").as_bytes()), (15, &dear)],
        ),
        changed(
            bench,
            "page-added",
            "a page is appended",
            [(at::PAGES, b"<</Type /Pages /Kids [3 0 R 15 0 R] /Count 2>>"), (15, second.as_bytes()), (16, &dear)],
        ),
        changed(
            bench,
            "page-exchanged",
            "the page tree holds another page",
            [(at::PAGES, b"<</Type /Pages /Kids [15 0 R] /Count 1>>"), (15, second.as_bytes()), (16, &dear)],
        ),
        changed(
            bench,
            "page-tree-empty",
            "the page tree holds no page",
            [(at::PAGES, b"<</Type /Pages /Kids [] /Count 0>>")],
        ),
        changed(bench, "rotated", "/Rotate 180", [(at::PAGE, page_with("4 0 R", " /Rotate 180").as_bytes())]),
        changed(
            bench,
            "cropped",
            "/CropBox shows a corner of the page",
            [(at::PAGE, page_with("4 0 R", " /CropBox [0 0 300 300]").as_bytes())],
        ),
        changed(
            bench,
            "scaled",
            "/UserUnit blows the page up",
            [(at::PAGE, page_with("4 0 R", " /UserUnit 9").as_bytes())],
        ),
        changed(
            bench,
            "box-inherited",
            "/MediaBox of the page tree",
            [(at::PAGES, b"<</Type /Pages /Kids [3 0 R] /Count 1 /CropBox [0 0 99 99]>>")],
        ),
        PdfAttack::new(
            "content-freed",
            "the page's content stream is marked free",
            CHANGED,
            Update { lines: vec![(at::CONTENT, "0000000000 00001 f \n".to_owned())], ..Update::default() }
                .on(&bench.notice),
        ),
    ]
}

fn annotations(bench: &Bench) -> Vec<PdfAttack> {
    let with = |more: &str| page("4 0 R", &format!("{ANNOTATIONS} {more}"), "");
    let note = b"<</Type /Annot /Subtype /FreeText /Rect [60 690 300 730] /Contents (Fee: 0) /DA (/F1 24 Tf)>>";
    let stamp = b"<</Type /Annot /Subtype /Stamp /Rect [60 690 300 730] /AP <</N 16 0 R>>>>";
    let redact = b"<</Type /Annot /Subtype /Redact /Rect [60 690 300 730] /IC [1 1 1]>>";
    let white = stream("/Type /XObject /Subtype /Form /BBox [0 0 99 99] ", b"1 1 1 rg 0 0 99 99 re f");
    let link = b"<</Type /Annot /Subtype /Link /Rect [0 0 595 842] /A <</S /URI /URI (http://example.com/)>>>>";
    let over =
        "<</FT /Sig /T (later) /Type /Annot /Subtype /Widget /P 3 0 R /F 4 /Rect [60 690 300 730] /AP <</N 16 0 R>>>>";
    let fields = form(&format!("{ANNOTATIONS} 15 0 R"), "");
    let filled = "<</FT /Tx /T (remark) /V (Fee waived) /DA (/F1 9 Tf) /Type /Annot /Subtype /Widget /P 3 0 R /F 4 /Rect [72 500 300 520] /AP <</N 15 0 R>>>>";
    let shown = stream("/Type /XObject /Subtype /Form /BBox [0 0 228 20] ", b"BT (Fee waived) Tj ET");
    let moved = "<</FT /Sig /T (issuer) /V 9 0 R /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [60 690 300 730] /AP <</N 11 0 R>>>>";
    let seal = stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100] ", b"1 1 1 rg 0 0 100 100 re f");
    vec![
        changed(
            bench,
            "free-text",
            "a FreeText annotation over the fee",
            [(at::PAGE, with("15 0 R").as_bytes()), (15, note)],
        ),
        changed(
            bench,
            "stamp-annotation",
            "a Stamp annotation in the colour of the paper",
            [(at::PAGE, with("15 0 R").as_bytes()), (15, stamp), (16, &white)],
        ),
        changed(
            bench,
            "redaction",
            "a Redact annotation over the fee",
            [(at::PAGE, with("15 0 R").as_bytes()), (15, redact)],
        ),
        changed(bench, "link", "a link over the whole page", [(at::PAGE, with("15 0 R").as_bytes()), (15, link)]),
        changed(
            bench,
            "empty-field-with-looks",
            "a new empty signature field whose appearance covers the fee",
            [(at::PAGE, with("15 0 R").as_bytes()), (at::FORM, fields.as_bytes()), (15, over.as_bytes()), (16, &white)],
        ),
        changed(bench, "field-filled", "the text field filled in", [(at::REMARK, filled.as_bytes()), (15, &shown)]),
        changed(
            bench,
            "field-appearance",
            "the text field shows something else, its value is as before",
            [(at::REMARK_LOOK, &shown)],
        ),
        changed(bench, "seal-moved", "the widget of the seal moved over the fee", [(at::ISSUER, moved.as_bytes())]),
        changed(bench, "seal-overpainted", "the appearance of the seal is written anew", [(at::SEAL, &seal)]),
        changed(
            bench,
            "annotations-dropped",
            "the page lists no annotations any more",
            [(at::PAGE, page("4 0 R", "", "").as_bytes())],
        ),
    ]
}

fn catalog(bench: &Bench) -> Vec<PdfAttack> {
    let with = |more: &str| {
        format!("<</Type /Catalog /Pages 2 0 R /AcroForm 7 0 R /Metadata 14 0 R /Perms <</DocMDP 9 0 R>> {more}>>")
    };
    let one = |name: &'static str, how: &'static str, more: &str| {
        changed(bench, name, how, [(at::CATALOG, with(more).as_bytes())])
    };
    vec![
        one(
            "open-action",
            "a script runs when the file is opened",
            "/OpenAction <</S /JavaScript /JS (app.alert\\(1\\))>>",
        ),
        one("actions", "scripts before printing", "/AA <</WP <</S /JavaScript /JS (app.alert\\(1\\))>>>>"),
        one("script-names", "scripts by name", "/Names <</JavaScript <</Names [(a) <</S /JavaScript /JS (0)>>]>>>>"),
        one(
            "file-attached",
            "an embedded file",
            "/Names <</EmbeddedFiles <</Names [(a.txt) <</Type /Filespec /F (a.txt)>>]>>>>",
        ),
        one("layers", "optional content groups", "/OCProperties <</OCGs [] /D <<>>>>"),
        one("language", "another /Lang", "/Lang (en)"),
        one("viewer-preferences", "other viewer preferences", "/ViewerPreferences <</ViewArea /TrimBox>>"),
        one("form-with-xfa", "an XFA form in place of the form", "/NeedsRendering true"),
        changed(
            bench,
            "need-appearances",
            "viewers are told to paint field values themselves",
            [(at::FORM, form(ANNOTATIONS, " /NeedAppearances true").as_bytes())],
        ),
        changed(
            bench,
            "xfa",
            "the form gains an XFA part",
            [(at::FORM, form(ANNOTATIONS, " /XFA 15 0 R").as_bytes()), (15, &stream("", b"<xdp/>"))],
        ),
        changed(bench, "signature-dropped", "the form lists no fields any more", [(at::FORM, form("", "").as_bytes())]),
        PdfAttack::new(
            "another-catalog",
            "the trailer names another catalog",
            CHANGED,
            Update { root: Some("15 0 R".to_owned()), ..Update::of([(15, with("").as_bytes())]) }.on(&bench.notice),
        ),
    ]
}

fn resources(bench: &Bench) -> Vec<PdfAttack> {
    let map =
        stream("", b"/CIDInit /ProcSet findresource begin begincmap 1 beginbfchar <31> <0039> endbfchar endcmap end");
    let font = |more: &str| format!("<</Type /Font /Subtype /Type1 /BaseFont /Helvetica {more}>>");
    vec![
        changed(
            bench,
            "font-exchanged",
            "the font is another",
            [(at::FONT, b"<</Type /Font /Subtype /Type1 /BaseFont /Symbol>>")],
        ),
        changed(
            bench,
            "encoding-exchanged",
            "the font's encoding draws 9 for 1",
            [(at::FONT, font("/Encoding <</Differences [49 /nine]>>").as_bytes())],
        ),
        changed(
            bench,
            "to-unicode",
            "the font gains a ToUnicode map that reads 9 for 1",
            [(at::FONT, font("/Encoding /WinAnsiEncoding /ToUnicode 15 0 R").as_bytes()), (15, &map)],
        ),
        PdfAttack::new(
            "metadata-with-content",
            "XMP and page content changed together",
            CHANGED,
            Update::of([
                (at::XMP, stream("/Type /Metadata /Subtype /XML ", xmp("Other").as_bytes()).as_slice()),
                (at::CONTENT, stream("", b"BT /F1 24 Tf 72 700 Td (Fee: 2000) Tj ET").as_slice()),
            ])
            .on(&bench.notice),
        ),
    ]
}
