//! Class 9: a license whose parts contradict each other, or with something in it that was not issued.

use super::super::attack::PdfAttack;
use super::super::bench::Bench;
use super::super::file::{Update, body, find, find_last, object_with, replaced, startxref, stream};
use super::super::sign::{fill_by, pades};
use crate::attack::Attacker;

const CHANGED: &[&str] = &["pdf.changed-after"];

pub(super) fn make(bench: &Bench) -> Vec<PdfAttack> {
    let mut attacks = exchanged(bench);
    attacks.extend(added(bench));
    attacks.extend(spelled(bench));
    attacks.into_iter().map(|attack| attack.of("license")).collect()
}

/// The stream objects of the attached record and index: found by the names of their file specifications.
fn attached(pdf: &[u8], name: &str) -> u32 {
    let specification = body(pdf, object_with(pdf, &["/Type/Filespec", name]));
    let at = find(&specification, b"/EF").expect("an embedded file");
    let digits: String = specification[at..]
        .iter()
        .map(|byte| char::from(*byte))
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().expect("a reference")
}

fn exchanged(bench: &Bench) -> Vec<PdfAttack> {
    let (pdf, other) = (&bench.license, &bench.license_other);
    let swap = |number: u32, from: u32| Update::of([(number, body(other, from).as_slice())]).on(pdf);
    let (record, index) = ("license-record.json", "license-index.txt");
    let xmp = object_with(pdf, &["/Type/Metadata"]);
    let page = object_with(pdf, &["/Type/Page/"]);
    let page_body = String::from_utf8_lossy(&body(pdf, page)).into_owned();
    let contents = page_body.split("/Contents ").nth(1).expect("contents").split(' ').next().expect("a reference");
    let contents: u32 = contents.trim_start_matches('[').parse().expect("a number");
    let info = object_with(pdf, &["/CreationDate"]);
    vec![
        PdfAttack::new("record-exchanged", "the attached record is that of another license", CHANGED, {
            swap(attached(pdf, record), attached(other, record))
        }),
        PdfAttack::new("index-exchanged", "the attached index is that of another license", CHANGED, {
            swap(attached(pdf, index), attached(other, index))
        }),
        PdfAttack::new("metadata-exchanged", "the XMP is that of another license", CHANGED, {
            swap(xmp, object_with(other, &["/Type/Metadata"]))
        })
        .intact(),
        PdfAttack::new("information-exchanged", "the information dictionary names something else", CHANGED, {
            Update::of([(info, b"<</Title (Another license) /CreationDate (D:20261201100000+08'00')>>".as_slice())])
                .on(pdf)
        })
        .intact(),
        PdfAttack::new("face-exchanged", "the page shows the content of another license", CHANGED, {
            let other_page = String::from_utf8_lossy(&body(other, object_with(other, &["/Type/Page/"]))).into_owned();
            let from = other_page.split("/Contents ").nth(1).expect("contents").split(' ').next().expect("a reference");
            swap(contents, from.trim_start_matches('[').parse().expect("a number"))
        }),
        PdfAttack::new("rotated", "/Rotate 90", CHANGED, {
            Update::of([(page, page_body.replacen("/Type/Page/", "/Type/Page/Rotate 90/", 1).as_bytes())]).on(pdf)
        }),
    ]
}

fn added(bench: &Bench) -> Vec<PdfAttack> {
    let pdf = &bench.license;
    let free = size(pdf);
    let page = object_with(pdf, &["/Type/Page/"]);
    let page_body = String::from_utf8_lossy(&body(pdf, page)).into_owned();
    let catalog = object_with(pdf, &["/Type/Catalog"]);
    let catalog_body = String::from_utf8_lossy(&body(pdf, catalog)).into_owned();
    let shown = page_body.replacen("/Annots[", &format!("/Annots[{free} 0 R "), 1).replacen(
        "/Annots [",
        &format!("/Annots [{free} 0 R "),
        1,
    );
    assert_ne!(shown, page_body, "the page has annotations");
    let note = "<</Type/Annot/Subtype/FreeText/Rect[100 100 400 400]/Contents(void)/DA(/F1 24 Tf)>>";
    let fields = catalog_body.replacen("/Fields[", &format!("/Fields[{free} 0 R "), 1).replacen(
        "/Fields [",
        &format!("/Fields [{free} 0 R "),
        1,
    );
    let field = format!(
        "<</FT/Sig/T(second)/V {} 0 R/Type/Annot/Subtype/Widget/P {page} 0 R/F 132/Rect[100 100 400 400]>>",
        free + 1
    );
    let sealed = |field: &str, by: &pki::SoftSigner| {
        let (form, form_body) = if fields != catalog_body {
            (catalog, fields.clone())
        } else {
            let form = object_with(pdf, &["/Fields"]);
            let body = String::from_utf8_lossy(&body(pdf, form)).into_owned();
            (
                form,
                body.replacen("/Fields[", &format!("/Fields[{free} 0 R "), 1).replacen(
                    "/Fields [",
                    &format!("/Fields [{free} 0 R "),
                    1,
                ),
            )
        };
        let update = Update::of([
            (page, shown.as_bytes()),
            (form, form_body.as_bytes()),
            (free, field.as_bytes()),
            (free + 1, &pades("")),
        ]);
        fill_by(update.on(pdf), by)
    };
    let with =
        |more: &str| Update::of([(catalog, catalog_body.replacen("<<", &format!("<<{more}"), 1).as_bytes())]).on(pdf);
    vec![
        PdfAttack::new("annotation", "a FreeText annotation over the face", CHANGED, {
            Update::of([(page, shown.as_bytes()), (free, note.as_bytes())]).on(pdf)
        }),
        PdfAttack::new("second-seal", "a new visible signature of another trusted issuer", CHANGED, {
            sealed(&field, &bench.keys.housing)
        })
        .by(Attacker::OtherIssuer),
        PdfAttack::new(
            "invisible-signature",
            "a new invisible signature of another trusted issuer; P = 1 allows none",
            CHANGED,
            sealed(&field.replace("[100 100 400 400]", "[0 0 0 0]"), &bench.keys.housing),
        )
        .by(Attacker::OtherIssuer),
        PdfAttack::new("script", "a script runs when the license is opened", CHANGED, {
            with("/OpenAction<</S/JavaScript/JS(0)>>")
        }),
        PdfAttack::new("empty-revision", "a revision without any object", &["pdf.uncovered"], {
            Update::default().on(pdf)
        })
        .intact(),
        PdfAttack::new("unused-object", "a revision with an object that nothing refers to", CHANGED, {
            Update::of([(free, stream("", b"waiting").as_slice())]).on(pdf)
        })
        .intact(),
        PdfAttack::new("store-of-anything", "validation data that are none: hidden data", &["pdf.uncovered"], {
            let catalog_body = catalog_body.replacen("<<", &format!("<</DSS {free} 0 R"), 1);
            let store = format!("<</Type/DSS/Certs[{} 0 R]>>", free + 1);
            Update::of([
                (catalog, catalog_body.as_bytes()),
                (free, store.as_bytes()),
                (free + 1, stream("", b"whatever somebody hides here").as_slice()),
            ])
            .on(pdf)
        })
        .intact(),
        PdfAttack::new(
            "linearised",
            "the file is said to be linearised: a first section leads forwards",
            &["pdf.structure"],
            {
                let at = startxref(pdf);
                Update { prev: Some(at + 100_000), ..Update::default() }.on(pdf)
            },
        ),
        PdfAttack::new("bytes-behind", "a zip behind the license", &["pdf.structure"], {
            [pdf.as_slice(), b"PK\x05\x06"].concat()
        }),
    ]
}

/// What no signature covers, spelled otherwise.
fn spelled(bench: &Bench) -> Vec<PdfAttack> {
    let pdf = &bench.license;
    let open = find_last(pdf, b"/Contents<").map(|at| at + 9).or(find_last(pdf, b"/Contents <").map(|at| at + 10));
    let open = open.expect("a signature");
    let close = open + find(&pdf[open..], b">").expect("it ends");
    vec![
        PdfAttack::new("large-letters", "the digits of /Contents in large letters", &["cms.structure"], {
            let mut out = pdf.clone();
            out[open..close].make_ascii_uppercase();
            out
        })
        .intact(),
        PdfAttack::new("digit-of-the-face", "one byte of the page's content changed in place", &["cms.digest"], {
            let mut out = pdf.clone();
            let at = find(&out, b"stream\n").expect("a stream") + 40;
            out[at] ^= 1;
            out
        }),
        PdfAttack::new("version", "the header says PDF 1.4", &["cms.digest"], replaced(pdf, b"%PDF-1.7", b"%PDF-1.4")),
    ]
}

fn size(pdf: &[u8]) -> u32 {
    let at = find_last(pdf, b"/Size ").expect("a trailer") + 6;
    let digits = pdf[at..].iter().take_while(|byte| byte.is_ascii_digit());
    String::from_utf8(digits.copied().collect()).expect("digits").parse().expect("digits")
}
