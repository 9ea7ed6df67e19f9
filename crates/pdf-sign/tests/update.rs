//! New fields by incremental update, in both cross-reference styles, and what later revisions may and may not do.
#![allow(clippy::unwrap_used)]

mod common;

use common::{fake_cms, one_page, plain_page, revise, signed};
use pdf_sign::{
    Alteration, Appearance, Budget, ChangeKind, Error, Flaw, NewField, Outcome, RangeCheck, SignatureOptions, Slot,
    Standing, inspect, prepare,
};
use time::macros::datetime;

fn facts(pdf: &[u8]) -> pdf_sign::Facts {
    inspect(pdf, &Budget::default())
}

fn cms(seed: u8) -> Vec<u8> {
    let mut cms = fake_cms();
    cms[4] = seed;
    cms
}

fn add(pdf: Vec<u8>, field: NewField, seed: u8) -> Vec<u8> {
    prepare(pdf, Slot::NewField(field)).unwrap().finish(&cms(seed)).unwrap()
}

fn seal(name: &str) -> NewField {
    let signature = SignatureOptions {
        appearance: Appearance::Image { width: 2, height: 1, rgb: vec![255, 0, 0, 0, 0, 0], alpha: Some(vec![255, 9]) },
        signer: Some("某市监督局".into()),
        reason: Some("issue".into()),
        time: Some(datetime!(2026-01-02 03:04:05 +8)),
        ..SignatureOptions::default()
    };
    NewField { rect: [400.0, 100.0, 500.0, 200.0], signature, ..NewField::invisible(name) }
}

fn certifying(mut field: NewField, p: u8) -> NewField {
    field.signature.certify = Some(p);
    field
}

fn altered(pdf: &[u8]) -> Vec<(u32, Alteration)> {
    let found = facts(pdf).flaws().into_iter();
    found.filter_map(|f| if let Flaw::Altered { object, what, .. } = f { Some((object, what)) } else { None }).collect()
}

#[test]
fn a_new_field_signs_a_plain_file_in_both_styles() {
    let stream_style = common::writer(false).finish_with_xref_stream(pdf_writer::Ref::new(20));
    for (pdf, style) in [(plain_page(), false), (stream_style, true)] {
        let signed = add(pdf.clone(), certifying(seal("seal"), 2), 1);
        assert!(signed.starts_with(&pdf), "what was there stays");
        let facts = facts(&signed);
        assert_eq!(facts.flaws(), []);
        assert_eq!(facts.revisions.iter().map(|r| r.xref_is_stream).collect::<Vec<_>>(), [style; 2]);
        let signature = &facts.signatures[0];
        assert!(signature.checks_passed() && signature.covers_file && signature.is_visible());
        assert_eq!(signature.field.as_deref(), Some("seal"));
        assert_eq!((signature.page, signature.rect), (Some(0), Some([400.0, 100.0, 500.0, 200.0])));
        assert_eq!(signature.name.as_deref(), Some("某市监督局"));
        assert_eq!(signature.claimed_time, Some(datetime!(2026-01-02 03:04:05 +8)));
        assert_eq!((signature.certifies, facts.certification), (Some(2), signature.object));
        assert_eq!(signature.der(), Some(cms(1).as_slice()));
    }
}

#[test]
fn a_document_timestamp_after_a_seal_is_allowed_a_visible_field_is_not() {
    let stamped = add(signed(), NewField::time_stamp("ts"), 1);
    let facts1 = facts(&stamped);
    assert_eq!(facts1.flaws(), []);
    assert!(facts1.signatures[1].is_doc_timestamp());
    assert!(facts1.later_changes(&facts1.signatures[0]).any(|(revision, change)| {
        revision == 1 && matches!(&change.kind, ChangeKind::NewSignature { timestamp: true, existing_field: false, .. })
    }));
    // Sneaky signature: a later visible field that may cover content.
    let sneaky = add(signed(), seal("second"), 2);
    let flaws = facts(&sneaky).flaws();
    assert!(
        flaws.contains(&Flaw::VisibleFieldAdded { revision: 1, field: "second".into(), certified: true, stamp: false }),
        "{flaws:?}"
    );
    assert!(flaws.contains(&Flaw::CertifiedFinal { signature: 1 }), "P = 1 allows no further signature");
}

/// Contracts are signed visibly one after the other, by people; of services anybody buys a stamp over any picture.
#[test]
fn a_picture_on_a_new_time_stamp_is_no_matter_of_policy() {
    let first = NewField::invisible("first");
    let approved = |certified| {
        let field = if certified { certifying(first.clone(), 2) } else { first.clone() };
        add(plain_page(), field, 1)
    };
    let shown = seal("second");
    let stamp = |field: &NewField| {
        let mut field = field.clone();
        field.signature = SignatureOptions { appearance: field.signature.appearance, ..SignatureOptions::time_stamp() };
        field
    };
    let bare = NewField { signature: SignatureOptions::default(), ..shown.clone() };
    for (field, policy) in [(shown.clone(), true), (bare.clone(), true), (stamp(&bare), false), (stamp(&shown), false)]
    {
        for certified in [false, true] {
            let flaws = facts(&add(approved(certified), field.clone(), 2)).flaws();
            let visible = flaws.iter().find(|flaw| matches!(flaw, Flaw::VisibleFieldAdded { .. }));
            assert_eq!(visible.map(Flaw::is_matter_of_policy), Some(policy && !certified), "{flaws:?}");
        }
    }
}

#[test]
fn what_cannot_be_added_is_an_error() {
    let again = prepare(signed(), Slot::NewField(NewField::invisible("seal")));
    assert_eq!(again, Err(Error::FieldExists("seal".into())));
    let nowhere = prepare(plain_page(), Slot::NewField(NewField { page: 1, ..seal("a") }));
    assert_eq!(nowhere, Err(Error::NoSuchPage { page: 1, pages: 1 }));
    let late = prepare(signed(), Slot::NewField(certifying(NewField::invisible("b"), 1)));
    assert!(matches!(late, Err(Error::Unwritable(_))));
    let mut field = seal("a");
    field.signature.appearance = Appearance::Image { width: 9, height: 9, rgb: vec![0; 3], alpha: None };
    assert!(matches!(prepare(plain_page(), Slot::NewField(field)), Err(Error::Unwritable(_))));
}

#[test]
fn incremental_saving_attacks_are_named_object_by_object() {
    let stream = "<</Length 23>>\nstream\nBT /F1 9 Tf (x) Tj ET  \nendstream";
    assert_eq!(altered(&revise(signed(), &[(4, stream)])), [(4, Alteration::Stream)], "page content");
    assert_eq!(
        altered(&revise(signed(), &[(5, "<</Type /Font /Subtype /Type1 /BaseFont /Symbol>>")])),
        [(5, Alteration::Font)]
    );
    // Shadow: content is laid down by one revision and shown by the next.
    let waits = revise(signed(), &[(30, stream)]);
    assert_eq!(facts(&waits).flaws(), [Flaw::UnusedAdded { revision: 1 }]);
    let shown = "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 30 0 R /Resources <</Font <</F1 5 0 R>>>> /Annots [6 0 R]>>";
    assert_eq!(altered(&revise(waits, &[(3, shown)])), [(3, Alteration::Page)]);
    let catalog = "<</Type /Catalog /Pages 2 0 R>>";
    let dropped = revise(signed(), &[(1, catalog)]);
    assert_eq!(altered(&dropped), [(1, Alteration::Catalog)]);
    assert_eq!(facts(&dropped).signatures[0].standing, Standing::Removed);
    // Evil annotation: page and new annotation.
    let page = "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>> /Annots [6 0 R 30 0 R]>>";
    let note = "<</Type /Annot /Subtype /FreeText /Rect [0 0 99 99] /Contents (x)>>";
    let evil = altered(&revise(signed(), &[(3, page), (30, note)]));
    assert!(evil.contains(&(30, Alteration::Annotation)) && evil.contains(&(3, Alteration::Page)), "{evil:?}");
    // The seal's own appearance, later.
    let seal = "<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0>>\nstream\n\nendstream";
    assert_eq!(altered(&revise(signed(), &[(8, seal)])), [(8, Alteration::Stream)]);
}

#[test]
fn harmless_rewrites_and_validation_data_are_no_alteration() {
    let font = "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>";
    let rewritten = revise(signed(), &[(5, font)]);
    // Of no use to anybody, which is a matter of policy: whoever writes it once more may mean another reader.
    assert_eq!(facts(&rewritten).flaws(), [Flaw::Superfluous { revision: 1, object: 5 }]);
    assert_eq!(facts(&rewritten).flaws().iter().filter(|flaw| !flaw.is_matter_of_policy()).count(), 0);
    let catalog = "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [6 0 R] /SigFlags 3>> /Perms <</DocMDP 7 0 R>> /DSS 30 0 R>>";
    let objects = [(1, catalog), (30, "<</Type /DSS /Certs [31 0 R]>>"), (31, "<</Length 2>>\nstream\n00\nendstream")];
    let with_dss = revise(signed(), &objects);
    assert_eq!(facts(&with_dss).flaws(), []);
    assert!(facts(&with_dss).has_dss);
    // The same, but the new stream is the page's content too.
    let page = "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 31 0 R>>";
    let mixed = revise(signed(), &[&objects[..], &[(3, page)]].concat());
    assert!(altered(&mixed).contains(&(31, Alteration::Stream)));
}

/// What a store has helps readers of later decades: an entry for a signature stays, whoever the file is of, and of a
/// license every item.
#[test]
fn what_a_store_has_stays() {
    let catalog = "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [6 0 R] /SigFlags 3>> /Perms <</DocMDP 7 0 R>> /DSS 30 0 R>>";
    let name = "0123456789ABCDEF0123456789ABCDEF01234567";
    let store = |certs: &str, rest: &str| format!("<</Type /DSS /Certs [{certs}] {rest}>>");
    let vri = format!("/VRI <</{name} <</Cert [31 0 R]>>>>");
    let item = |byte: char| format!("<</Length 2>>\nstream\n{byte}{byte}\nendstream");
    let kept = revise(
        signed(),
        &[(1, catalog.to_owned()), (30, store("31 0 R 32 0 R", &vri)), (31, item('1')), (32, item('2'))],
    );
    assert_eq!(facts(&kept).flaws(), []);
    let later = |objects: &[(u32, String)]| facts(&revise(kept.clone(), objects)).flaws();
    let taken = Flaw::TakenAway { revision: 2 };
    let lost =
        |flaws: Vec<Flaw>, object: u32| flaws.contains(&Flaw::Altered { revision: 2, object, what: Alteration::Store });
    // More, in another order, or the same bytes in another object.
    for (certs, objects) in [("32 0 R 31 0 R 33 0 R", vec![(33, item('3'))]), ("31 0 R 33 0 R", vec![(33, item('2'))])]
    {
        let flaws = later(&[objects, vec![(30, store(certs, &vri))]].concat());
        assert!(!flaws.contains(&taken) && !flaws.iter().any(|flaw| !flaw.is_matter_of_policy()), "{flaws:?}");
    }
    // An item less, or another one in its place.
    let less = later(&[(30, store("31 0 R", &vri))]);
    assert!(less.contains(&taken) && taken.is_matter_of_policy(), "{less:?}");
    assert!(later(&[(32, item('3'))]).contains(&taken));
    assert!(later(&[(30, store("31 0 R 33 0 R", &vri)), (33, item('3'))]).contains(&taken));
    // Entries for signatures.
    assert!(lost(later(&[(30, store("31 0 R 32 0 R", ""))]), 30));
    assert!(lost(later(&[(30, store("31 0 R 32 0 R", "/VRI <<>>"))]), 30));
    let inline = catalog.replace("30 0 R", "<</Certs [31 0 R 32 0 R]>>");
    assert!(lost(later(&[(1, inline)]), 1));
    assert!(lost(later(&[(1, catalog.replace("30 0 R", "null"))]), 1));
}

#[test]
fn shared_value_and_orphan_are_seen() {
    // Two fields with the same /V, in one revision, is refused whatever else.
    let text = String::from_utf8_lossy(&one_page()).into_owned();
    assert!(text.contains("/V 7 0 R"));
    let shared = revise(
        signed(),
        &[
            (
                1,
                "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [6 0 R 30 0 R] /SigFlags 3>> /Perms <</DocMDP 7 0 R>>>>",
            ),
            (30, "<</FT /Sig /T (copy) /V 7 0 R>>"),
        ],
    );
    assert!(facts(&shared).flaws().contains(&Flaw::Shared { signature: 0 }));
    let orphan = revise(signed(), &[(30, "<</Type /Sig /Contents <3000> /ByteRange [0 1 2 3]>>")]);
    let facts = facts(&orphan);
    let at = facts.signatures.iter().position(|s| s.standing == Standing::Orphan).unwrap();
    assert!(facts.flaws().contains(&Flaw::Orphan { signature: at }));
}

#[test]
fn padding_and_contents_are_checked_byte_by_byte() {
    let pdf = signed();
    let [_, a, b, _] = facts(&pdf).signatures[0].byte_range.unwrap();
    let mut padding = pdf.clone();
    padding[b - 3] = b'1';
    assert_eq!(facts(&padding).signatures[0].outcome(RangeCheck::PaddingIsZero), Outcome::Failed);
    let mut space = pdf.clone();
    space[b - 3..b - 1].copy_from_slice(b"  ");
    assert_eq!(facts(&space).signatures[0].outcome(RangeCheck::GapIsHex), Outcome::Failed);
    let mut indefinite = pdf;
    indefinite[a + 3..a + 5].copy_from_slice(b"80");
    assert_eq!(facts(&indefinite).signatures[0].outcome(RangeCheck::ContentsIsDer), Outcome::Failed);
}

#[test]
fn each_raw_check_fails_by_itself() {
    let pdf = signed();
    let [_, a, b, c] = facts(&pdf).signatures[0].byte_range.unwrap();
    let cases: [(String, RangeCheck); 12] = [
        ("[]".into(), RangeCheck::ByteRangeForm),
        (format!("[0 {a}]"), RangeCheck::ByteRangeForm),
        (format!("[0 {a} {b} -1]"), RangeCheck::ByteRangeForm),
        (format!("[0 {a} {b} 1.0]"), RangeCheck::ByteRangeForm),
        ("null".into(), RangeCheck::ByteRangeForm),
        (format!("[1 {a} {b} {c}]"), RangeCheck::StartsAtZero),
        (format!("[0 {b} {a} {c}]"), RangeCheck::Ordered),
        (format!("[0 0 {b} {c}]"), RangeCheck::Ordered),
        (format!("[0 {a} {b} {}]", i64::MAX), RangeCheck::WithinFile),
        // Wrapping: the gap swallows a byte, or leaves one, at either end.
        (format!("[0 {a} {} {}]", b + 2, c - 2), RangeCheck::GapIsContents),
        (format!("[0 {} {b} {c}]", a - 2), RangeCheck::GapIsContents),
        (format!("[0 {a} {b} {}]", c - 1), RangeCheck::EndsRevision),
    ];
    let at = pdf.windows(10).position(|w| w == b"/ByteRange").unwrap() + 10;
    let end = at + pdf[at..].iter().position(|b| *b == b']').unwrap() + 1;
    for (text, check) in cases {
        let mut bad = pdf.clone();
        bad[at..end].fill(b' ');
        bad[at + 1..at + 1 + text.len()].copy_from_slice(text.as_bytes());
        let facts = facts(&bad);
        assert_eq!(facts.signatures[0].outcome(check), Outcome::Failed, "{text}");
        assert!(facts.flaws().contains(&Flaw::Check { signature: 0, check }), "{text}");
    }
}

#[test]
fn a_waiting_field_is_not_switched_on_and_actions_are_seen() {
    // Signed with an unlisted text field in the file; an update only lists it.
    let waiting = revise(plain_page(), &[(30, "<</FT /Tx /T (shadow) /V (x)>>")]);
    assert_eq!(facts(&waiting).unused, [30]);
    let sealed = add(waiting, seal("seal"), 1);
    let catalog = "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [WIDGET 0 R 30 0 R] /SigFlags 3>>>>";
    let text = String::from_utf8_lossy(&sealed).into_owned();
    let widget = text.split("/Fields [").nth(1).unwrap().split(' ').next().unwrap();
    let switched = revise(sealed, &[(1, &catalog.replace("WIDGET", widget))]);
    assert_eq!(altered(&switched), [(1, Alteration::Catalog)]);
    let script = revise(signed(), &[(9, "<</Title (x) /Next <</S /JavaScript /JS (app.alert\\(1\\))>>>>")]);
    assert_eq!(facts(&script).active, [9]);
    assert_eq!(facts(&signed()).active, [0; 0]);
    assert_eq!(facts(&signed()).unused, [0; 0]);
}

/// Replaces one number behind the last occurrence of a word.
fn renumbered(pdf: &[u8], word: &str, change: impl Fn(usize) -> usize) -> Vec<u8> {
    let at = pdf.windows(word.len()).rposition(|window| window == word.as_bytes()).unwrap() + word.len();
    let digits = at + pdf[at..].iter().position(u8::is_ascii_digit).unwrap();
    let end = digits + pdf[digits..].iter().position(|byte| !byte.is_ascii_digit()).unwrap();
    let number: usize = std::str::from_utf8(&pdf[digits..end]).unwrap().parse().unwrap();
    let width = end - digits;
    [&pdf[..digits], format!("{:0width$}", change(number)).as_bytes(), &pdf[end..]].concat()
}

/// Some writers (npm's signpdf among them) name the end of the line before a section, or before an object. White space
/// alone may lie between, and whoever wants one spelling is told.
#[test]
fn an_offset_may_name_the_white_space_before_what_it_leads_to() {
    let twice = |pdf: Vec<u8>| add(pdf, NewField::invisible("a"), 1);
    let table = twice(plain_page());
    let stream = twice(common::writer(false).finish_with_xref_stream(pdf_writer::Ref::new(20)));
    for pdf in [&table, &stream] {
        assert_eq!(facts(pdf).flaws(), []);
        // A time-stamp on top, so that the revision in question is one that came after a signature.
        let stamped = add(pdf.clone(), NewField::time_stamp("ts"), 2);
        for (word, what) in [("startxref", "the last section"), ("/Prev", "the section before")] {
            let before = facts(&renumbered(&stamped, word, |at| at - 1));
            let revision = before.revisions.len() - 1;
            assert_eq!(before.flaws(), [Flaw::Superfluous { revision, object: 0 }], "{what}");
            for (off, there) in [(2, "in a word before"), (usize::MAX, "in the word")] {
                let wrong = facts(&renumbered(&stamped, word, |at| at.wrapping_sub(off)));
                let structural = |flaw: &Flaw| matches!(flaw, Flaw::Structure(_));
                assert!(wrong.flaws().iter().any(structural), "{what}: {there}: {:?}", wrong.flaws());
            }
        }
    }
    // An object of a later revision, by its entry in the table.
    let stamped = add(table, NewField::time_stamp("ts"), 2);
    let last = facts(&stamped).revisions[2].xref;
    let entry = last + stamped[last..].windows(8).position(|window| window == b" 00000 n").unwrap();
    let digits = entry - 10..entry;
    let offset: usize = std::str::from_utf8(&stamped[digits.clone()]).unwrap().parse().unwrap();
    let mut moved = stamped.clone();
    moved.splice(digits, format!("{:010}", offset - 1).bytes());
    let flaws = facts(&moved).flaws();
    assert_eq!(flaws, [Flaw::Superfluous { revision: 2, object: 0 }]);
}

/// An object as the newest revision has it.
fn object(pdf: &[u8], number: u32) -> String {
    let text = String::from_utf8_lossy(pdf).into_owned();
    let head = format!("\n{number} 0 obj");
    let body = &text[text.rfind(&head).unwrap() + head.len()..];
    body[..body.find("endobj").unwrap()].trim().to_owned()
}

/// A row: what is tried, what the document holds before it is signed (beside a page with a text field, which has a picture
/// with resources of its own), what comes later (whole, or one piece for another), and whether that is an alteration.
type Row = (&'static str, &'static [(u32, &'static str)], &'static [(u32, &'static str, &'static str)], bool);

const PICTURE: &str =
    "<</Type /XObject /Subtype /Form /BBox [0 0 99 9] /Resources <<>> /Length 12>>\nstream\n0 0 9 9 re f\nendstream";
const OTHER: &str =
    "<</Type /XObject /Subtype /Form /BBox [0 0 99 9] /Resources <<>> /Length 12>>\nstream\n0 0 5 5 re f\nendstream";
const BARE: &str = "<</Type /XObject /Subtype /Form /BBox [0 0 99 9] /Length 12>>\nstream\n0 0 9 9 re f\nendstream";
const STORE: &str = "<</Type /DSS /Certs [161 0 R] /VRI <</0123456789ABCDEF0123456789ABCDEF01234567 <</Type /VRI /Cert [161 0 R] \
     /TU (D:20261201100000Z)>>>>>>";
const CERTIFICATE: &str = "<</Length 2>>\nstream\n00\nendstream";
const XMP: &str = "<</Type /Metadata /Subtype /XML /Length 4>>\nstream\n<x/>\nendstream";
const SYMBOL: &str = "<</Type /Font /Subtype /Type1 /BaseFont /Symbol>>";
const PAGE: &str = "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>> \
     /Annots [40 0 R]>>";
const FIELD: &str =
    "<</Type /Annot /Subtype /Widget /FT /Tx /T (fee) /V (100) /F 4 /Rect [9 9 99 29] /P 3 0 R /AP <</N 41 0 R>>>>";
/// A field in parts, each an object.
const PARTS: [(u32, &str); 6] = [
    (40, "<</Type /Annot /Subtype /Widget /FT /Tx /T (fee) /V 42 0 R /F 43 0 R /Rect 44 0 R /P 3 0 R /AP 45 0 R>>"),
    (42, "(100)"),
    (43, "4"),
    (44, "[9 9 99 29]"),
    (45, "<</N 41 0 R>>"),
    (41, PICTURE),
];
const NO_PICTURE: (u32, &str) =
    (40, "<</Type /Annot /Subtype /Widget /FT /Tx /T (fee) /V (100) /F 4 /Rect [9 9 99 29] /P 3 0 R>>");
const PAINTED: (u32, &str) =
    (1, "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [40 0 R] /NeedAppearances true>>>>");
const PLAIN: (u32, &str) = (1, "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [40 0 R] /NeedAppearances false>>>>");
const RESOURCES: (u32, &str) =
    (1, "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [40 0 R] /DR 50 0 R /DA (/F1 9 Tf)>>>>");
const OF_PAGE: (u32, &str) =
    (3, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 50 0 R /Annots [40 0 R]>>");
const FONTS: (u32, &str) = (50, "<</Font <</F1 5 0 R>>>>");
const FONTS_APART: (u32, &str) = (50, "<</Font 51 0 R>>");

const LATER: &[Row] = &[
    // Values and looks of fields that are not signatures.
    ("a value", &[], &[(40, "(100)", "(999)")], true),
    ("a picture in place of another", &[], &[(40, "/N 41", "/N 160"), (160, "", OTHER)], true),
    ("a picture overwritten", &[], &[(41, "", OTHER)], true),
    (
        "a picture for when the pointer is over it",
        &[],
        &[(40, "/N 41 0 R", "/N 41 0 R /R 160 0 R"), (160, "", OTHER)],
        true,
    ),
    ("a place", &[], &[(40, "[9 9", "[0 0")], true),
    ("hidden", &[], &[(40, "/F 4", "/F 6")], true),
    ("read-only", &[], &[(40, "/F 4", "/F 4 /Ff 1")], true),
    ("a background", &[], &[(40, "/F 4", "/F 4 /MK <</BG [1]>>")], true),
    ("other letters", &[], &[(40, "/F 4", "/F 4 /DA (/F1 99 Tf)")], true),
    ("a shorter text", &[], &[(40, "/F 4", "/F 4 /MaxLen 1")], true),
    ("a layer", &[], &[(40, "/F 4", "/F 4 /OC <<>>")], true),
    ("a value in parts", &PARTS, &[(42, "", "(999)")], true),
    ("flags in parts", &PARTS, &[(43, "", "2")], true),
    ("a place in parts", &PARTS, &[(44, "", "[0 0 500 500]")], true),
    ("a picture in parts", &PARTS, &[(45, "", "<</N 160 0 R>>"), (160, "", OTHER)], true),
    // Who paints: the viewer or the picture.
    ("painted anew", &[], &[(1, "/Fields", "/NeedAppearances true /Fields")], true),
    (
        "painted anew, behind a reference",
        &[],
        &[(1, "/Fields", "/NeedAppearances 160 0 R /Fields"), (160, "", "true")],
        true,
    ),
    ("painted no more", &[PAINTED], &[(1, "/NeedAppearances true", "/NeedAppearances false")], true),
    ("painted no more, nothing said", &[PAINTED], &[(1, "/NeedAppearances true", "")], true),
    ("painted all the same", &[PAINTED], &[(1, "/Type /Catalog", "/Type /Catalog /DSS <<>>")], false),
    ("not painted, nothing said", &[PLAIN], &[(1, "/NeedAppearances false", "")], false),
    // Defaults: seen where a field has no picture, or a picture without resources.
    ("letters where there is a picture", &[], &[(1, "/Fields", "/DA (/F1 9 Tf) /Fields")], false),
    ("letters where there is none", &[NO_PICTURE], &[(1, "/Fields", "/DA (/F1 9 Tf) /Fields")], true),
    ("to the right, where there is none", &[NO_PICTURE], &[(1, "/Fields", "/Q 2 /Fields")], true),
    ("other letters", &[RESOURCES, FONTS], &[(1, "/F1 9 Tf", "/F1 99 Tf")], true),
    ("resources", &[], &[(1, "/Fields", "/DR <</Font <</F9 160 0 R>>>> /Fields"), (160, "", SYMBOL)], false),
    (
        "resources, and a picture that has none",
        &[(41, BARE)],
        &[(1, "/Fields", "/DR <</Font <</F9 160 0 R>>>> /Fields"), (160, "", SYMBOL)],
        true,
    ),
    (
        "one resource more, where some were",
        &[RESOURCES, FONTS],
        &[(50, "/F1 5 0 R", "/F1 5 0 R /F9 160 0 R"), (160, "", SYMBOL)],
        true,
    ),
    ("another resource of the name", &[RESOURCES, FONTS], &[(50, "/F1 5", "/F1 160"), (160, "", SYMBOL)], true),
    (
        "one more in what the page has, too",
        &[RESOURCES, FONTS, OF_PAGE],
        &[(50, "/F1 5 0 R", "/F1 5 0 R /F9 160 0 R"), (160, "", SYMBOL)],
        true,
    ),
    (
        "one more in a dictionary of a dictionary",
        &[RESOURCES, FONTS_APART, (51, "<</F1 5 0 R>>")],
        &[(51, "/F1 5 0 R", "/F1 5 0 R /F9 160 0 R"), (160, "", SYMBOL)],
        true,
    ),
    (
        "pictures for the page",
        &[RESOURCES, FONTS, OF_PAGE],
        &[(50, "<</Font", "<</XObject <</X 160 0 R>> /Font"), (160, "", OTHER)],
        true,
    ),
    // Names that led nowhere.
    (
        "a picture that was missing",
        &[(
            3,
            "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</XObject <</X 160 0 R>>>>>>",
        )],
        &[(160, "", OTHER)],
        true,
    ),
    (
        "an annotation that was missing",
        &[(3, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [40 0 R 160 0 R]>>")],
        &[(160, "", "<</Type /Annot /Subtype /FreeText /Rect [0 0 99 99] /Contents (void)>>")],
        true,
    ),
    // What may change under one name, and shows under another.
    (
        "metadata that are the page's content",
        &[(1, "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [40 0 R]>> /Metadata 4 0 R>>")],
        &[(4, "", OTHER)],
        true,
    ),
    (
        "validation data that are the page's content",
        &[(1, "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [40 0 R]>> /DSS <</Certs [4 0 R]>>>>")],
        &[(4, "", OTHER)],
        true,
    ),
    (
        "extensions that are a font",
        &[(1, "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [40 0 R]>> /Extensions 5 0 R>>")],
        &[(5, "", SYMBOL)],
        true,
    ),
    (
        "marks that are a font",
        &[(1, "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [40 0 R]>> /MarkInfo 5 0 R>>")],
        &[(5, "", SYMBOL)],
        true,
    ),
    // Behind validation data and metadata stands nothing else.
    ("a store", &[], &[(1, "/Pages", "/DSS 160 0 R /Pages"), (160, "", STORE), (161, "", CERTIFICATE)], false),
    (
        "a store that acts",
        &[],
        &[(1, "/Pages", "/DSS 160 0 R /Pages"), (160, "", "<</Certs [] /OpenAction <</S /JavaScript /JS (x)>>>>")],
        true,
    ),
    ("a store that acts, in the catalog", &[], &[(1, "/Pages", "/DSS <</Certs [] /AA 5 0 R>> /Pages")], true),
    ("a store with annotations", &[], &[(1, "/Pages", "/DSS 160 0 R /Pages"), (160, "", "<</Annots [3 0 R]>>")], true),
    ("a store of pages", &[], &[(1, "/Pages", "/DSS 160 0 R /Pages"), (160, "", "<</Certs [3 0 R]>>")], true),
    (
        "a certificate that leads on",
        &[],
        &[
            (1, "/Pages", "/DSS 160 0 R /Pages"),
            (160, "", STORE),
            (161, "", "<</Length 2 /Next 162 0 R>>\nstream\n00\nendstream"),
            (162, "", "<</S /JavaScript /JS (x)>>"),
        ],
        true,
    ),
    (
        "an entry of the store that acts",
        &[],
        &[
            (1, "/Pages", "/DSS 160 0 R /Pages"),
            (160, "", "<</VRI <</0123456789ABCDEF0123456789ABCDEF01234567 <</Cert [161 0 R] /A <<>>>>>>>>"),
            (161, "", CERTIFICATE),
        ],
        true,
    ),
    ("an entry under a name", &[], &[(1, "/Pages", "/DSS 160 0 R /Pages"), (160, "", "<</VRI <</A <<>>>>>>")], true),
    ("metadata", &[], &[(1, "/Pages", "/Metadata 160 0 R /Pages"), (160, "", XMP)], false),
    (
        "metadata that lead on",
        &[],
        &[
            (1, "/Pages", "/Metadata 160 0 R /Pages"),
            (160, "", "<</Type /Metadata /Subtype /XML /Length 4 /Ref 161 0 R>>\nstream\n<x/>\nendstream"),
            (161, "", "<</S /JavaScript /JS (x)>>"),
        ],
        true,
    ),
    ("metadata that are a picture", &[], &[(1, "/Pages", "/Metadata 160 0 R /Pages"), (160, "", PICTURE)], true),
    ("metadata that are no stream", &[], &[(1, "/Pages", "/Metadata 160 0 R /Pages"), (160, "", "<<>>")], true),
    // Pages and catalog.
    ("a page turned", &[], &[(3, "/Contents", "/Rotate 180 /Contents")], true),
    ("a page in another unit", &[], &[(3, "/Contents", "/UserUnit 2 /Contents")], true),
    ("more content", &[], &[(3, "/Contents 4 0 R", "/Contents [4 0 R 160 0 R]"), (160, "", OTHER)], true),
    ("another language", &[], &[(1, "/Pages", "/Lang (en) /Pages")], true),
    ("an action", &[], &[(1, "/Pages", "/OpenAction <</S /URI /URI (x)>> /Pages")], true),
    ("layers", &[], &[(1, "/Pages", "/OCProperties <</OCGs [] /D <<>>>> /Pages")], true),
    ("a calculation", &[], &[(1, "/Fields", "/CO [40 0 R] /Fields")], true),
    ("another form beside it", &[], &[(1, "/Fields", "/XFA (x) /Fields")], true),
];

/// What a person sees, and what a form says, stays as it was signed, whichever way leads there.
#[test]
fn what_is_seen_and_what_a_form_says_stays() {
    let mut wrong = Vec::new();
    for (what, before, after, alters) in LATER {
        let catalog = "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [40 0 R] /SigFlags 3>>>>";
        let mut objects = std::collections::BTreeMap::from([(1, catalog), (3, PAGE), (40, FIELD), (41, PICTURE)]);
        objects.extend(before.iter().copied());
        let base = revise(plain_page(), &objects.into_iter().collect::<Vec<_>>());
        let base = add(base, NewField::invisible("a"), 1);
        let changed = |(number, from, to): &(u32, &str, &str)| {
            let body = if from.is_empty() { (*to).to_owned() } else { object(&base, *number).replacen(from, to, 1) };
            assert!(from.is_empty() || body != object(&base, *number), "{what}: nothing to change in {number}");
            // Numbers that the signature took.
            (*number, body)
        };
        let later = revise(base.clone(), &after.iter().map(changed).collect::<Vec<_>>());
        let flaws = facts(&later).flaws();
        let found = flaws.iter().any(|flaw| matches!(flaw, Flaw::Altered { .. }));
        if found != *alters || flaws.iter().any(|flaw| matches!(flaw, Flaw::Structure(_))) {
            wrong.push(format!("{what}: {flaws:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), LATER.len(), wrong.join("\n"));
}

/// The information of a document is an object of its own, with texts.
#[test]
fn a_page_is_no_information() {
    let base = add(plain_page(), NewField::invisible("a"), 1);
    let changes = |number: u32, body: Option<&str>| {
        let objects = body.map_or((161, "<<>>"), |body| (number, body));
        let later = revise(base.clone(), &[objects]);
        let info = later.windows(7).rposition(|word| word == b"/Info 9").unwrap();
        let later = [&later[..info], format!("/Info {number}").as_bytes(), &later[info + 7..]].concat();
        facts(&later).flaws()
    };
    let with = |number, body| changes(number, body).iter().any(|flaw| matches!(flaw, Flaw::Altered { .. }));
    let fine = changes(160, Some("<</Title (t) /Trapped /False>>"));
    assert!(
        fine.contains(&Flaw::MetadataChanged { revision: 2 }) && fine.iter().all(Flaw::is_matter_of_policy),
        "{fine:?}"
    );
    assert!(with(3, None), "a signed page");
    assert!(with(160, Some("<</Title (t) /Next 3 0 R>>")));
    assert!(with(160, Some("<</Title (t) /AA <</O <</S /JavaScript /JS (x)>>>>>>")));
    assert!(with(160, Some(PICTURE)));
}

#[test]
fn the_field_of_a_signature_has_a_name() {
    let named = add(plain_page(), NewField::invisible("a"), 1);
    assert_eq!(facts(&named).flaws(), []);
    let at = named.windows(4).rposition(|word| word == b"/T (" || word == b"/T(a").unwrap();
    let mut nameless = named.clone();
    nameless[at + 1] = b'X';
    assert_eq!(facts(&nameless).flaws(), [Flaw::Nameless { signature: 0 }]);
}
