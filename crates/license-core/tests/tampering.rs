//! Every byte region of an issued OFD, PDF and token, changed one at a time: each change is refused with a fitting code.
//!
//! "Refused" is a failed verdict with a reason that says so, not a shrug; a change of what is signed also shows as broken
//! integrity. Faces are not laid out again here: nothing may hang on that comparison. The dense samples are taken of a
//! license without artwork, which goes through the same hands and is read in a third of the time.
#![allow(clippy::unwrap_used)]

mod verify_support;

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use license_core::trust::TrustList;
use license_core::verify::{Effect, Integrity, Reason, Report, Verdict};
use verify_support::forge::{self, find, find_last};
use verify_support::recipe::Recipe;
use verify_support::{ADDRESS, Court, explain, good};

/// One change. The changed bytes are made when they are needed: thousands of copies would fill the memory.
struct Case {
    name: String,
    make: Box<dyn Fn() -> Vec<u8> + Send + Sync>,
}

fn case(name: impl Into<String>, make: impl Fn() -> Vec<u8> + Send + Sync + 'static) -> Case {
    Case { name: name.into(), make: Box::new(make) }
}

/// A byte changed in one bit, another one at each place; at every third place in all bits.
fn flip(bytes: &'static [u8], at: usize) -> Case {
    let mask = if at.is_multiple_of(3) { 0xff } else { 1 << (at % 8) };
    case(format!("byte {at} ^ {mask:#04x}"), move || {
        let mut changed = bytes.to_vec();
        changed[at] ^= mask;
        changed
    })
}

/// Judges all cases on both cores, without templates: what a verifier in the field has at least.
fn each(cases: Vec<Case>, check: impl Fn(&Case, &[u8], &Report) + Sync) {
    let court = Court { press: None, ..Court::default() };
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let bytes = (case.make)();
                    check(case, &bytes, &court.judge(&bytes));
                }
            });
        }
    });
    println!("{} changes", cases.len());
}

fn refused(case: &Case, report: &Report) {
    assert_eq!(report.verdict, Verdict::Failed, "{}: {}", case.name, explain(report));
    assert_eq!(report.subject, None, "{}", case.name);
}

/// Refused, broken, and for one of these reasons.
fn broken(case: &Case, report: &Report, fitting: &[Reason]) {
    refused(case, report);
    assert_eq!(report.integrity, Integrity::Broken, "{}: {}", case.name, explain(report));
    assert!(report.reasons().any(|reason| fitting.contains(&reason)), "{}: {}", case.name, explain(report));
}

fn bare_ofd() -> &'static [u8] {
    static OFD: OnceLock<Vec<u8>> = OnceLock::new();
    OFD.get_or_init(|| Recipe::bare(good()).ofd())
}

fn bare_pdf() -> &'static [u8] {
    static PDF: OnceLock<Vec<u8>> = OnceLock::new();
    PDF.get_or_init(|| Recipe::bare(good()).pdf())
}

// ---- token

const OF_TOKENS: [Reason; 4] =
    [Reason::TokenMalformed, Reason::TokenNotCanonical, Reason::TokenKeyUnknown, Reason::TokenSignature];

#[test]
fn every_bit_of_a_token() {
    let token = good().index().token().as_bytes();
    let bits = (0..token.len() * 8).map(|bit| {
        case(format!("bit {bit}"), move || {
            let mut changed = token.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            format!("{ADDRESS}{}", data_encoding::BASE32_NOPAD.encode(&changed)).into_bytes()
        })
    });
    each(bits.collect(), |case, _, report| broken(case, report, &OF_TOKENS));
}

#[test]
fn every_character_of_a_token() {
    let text: &'static str = good().index().to_string().leak();
    let places = ADDRESS.len()..text.len();
    let replaced = places.clone().flat_map(|at| ["A", "Z", "7", "0", "a", "\u{661}"].map(|with| (at, 1, with)));
    let removed = places.clone().map(|at| (at, 1, ""));
    let added = places.map(|at| (at, 0, "A"));
    let cases = replaced
        .chain(removed)
        .chain(added)
        .map(|(at, length, with)| (at, length, with, [&text[..at], with, &text[at + length..]].concat()));
    let cases = cases.filter(|(.., changed)| changed != text).map(|(at, length, with, changed)| {
        case(format!("{length} characters at {at} by {with:?}"), move || changed.clone().into_bytes())
    });
    each(cases.collect(), |case, _, report| broken(case, report, &OF_TOKENS));
}

/// The address is no part of the token; a trust list that publishes addresses lets no other pass.
#[test]
fn every_character_of_the_address() {
    let text = good().index().to_string();
    let published = |list: &mut TrustList| list.addresses = vec![ADDRESS.to_owned()];
    let court = Court::with_trust(published);
    assert_eq!(court.judge(text.as_bytes()).verdict, Verdict::Passed);
    for at in 0..ADDRESS.len() {
        for with in ["X", "9", "/", " ", ""] {
            let changed = [&text[..at], with, &text[at + 1..]].concat();
            let report = court.judge(changed.as_bytes());
            let same = changed.trim() == text;
            assert!(same || report.verdict != Verdict::Passed, "{changed}: {}", explain(&report));
        }
    }
}

// ---- PDF

const OF_PDF: [Reason; 8] = [
    Reason::CmsDigest,
    Reason::CmsSignature,
    Reason::CmsStructure,
    Reason::CmsAlgorithm,
    Reason::PdfByteRange,
    Reason::PdfStructure,
    Reason::PdfUnreadable,
    Reason::SignerCertificate,
];

/// The digits of `/Contents`, brackets included.
fn gap(pdf: &[u8]) -> Range<usize> {
    let start = find(pdf, b"/Contents<").unwrap() + 9;
    start..start + pdf[start..].iter().position(|byte| *byte == b'>').unwrap() + 1
}

#[test]
fn bytes_of_the_pdf() {
    let pdf = bare_pdf();
    let gap = gap(pdf);
    let covered = (0..pdf.len()).step_by(63).filter(|at| !gap.contains(at));
    each(covered.map(|at| flip(pdf, at)).collect(), |case, _, report| broken(case, report, &OF_PDF));
    let issued = good().pdf();
    let gap = self::gap(issued);
    let covered = (0..issued.len()).step_by(1021).filter(|at| !gap.contains(at));
    each(covered.map(|at| flip(issued, at)).collect(), |case, _, report| broken(case, report, &OF_PDF));
}

#[test]
fn structure_of_the_pdf() {
    let pdf = bare_pdf();
    let gap = gap(pdf);
    let dictionary = find_last(&pdf[..gap.start], b" obj").unwrap()..gap.start;
    let rest = gap.end..gap.end + find(&pdf[gap.end..], b"endobj").unwrap();
    let xref = forge::startxref(pdf);
    // The head, the signature's dictionary on both sides of its value, the first rows of the table, trailer and tail.
    let trailer = find_last(pdf, b"trailer").unwrap();
    let places = (0..20).chain(dictionary).chain(rest).chain(xref..xref + 64).chain(trailer..pdf.len());
    each(places.map(|at| flip(pdf, at)).collect(), |case, _, report| broken(case, report, &OF_PDF));
}

/// No signature covers its own value: digits, padding, certificates, and all that DER leaves open around them.
#[test]
fn signature_value_of_the_pdf() {
    let pdf = bare_pdf();
    let gap = gap(pdf);
    let facts = pdf_sign::inspect(pdf, &pdf_sign::Budget::default());
    let der = gap.start + 1 + 2 * facts.signatures[0].der_len.unwrap();
    let end = gap.end;
    let value = (gap.start..der).step_by(7).chain(der..der + 20).chain((der..end).step_by(97)).chain(end - 20..end);
    each(value.map(|at| flip(pdf, at)).collect(), |case, _, report| refused(case, report));
    // Another digit in place of a digit: what a flipped bit seldom makes.
    let digits = (gap.start + 1..der).step_by(8).map(|at| {
        case(format!("digit {at}"), move || {
            let mut changed = pdf.to_vec();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            changed
        })
    });
    each(digits.collect(), |case, _, report| refused(case, report));
    let letters = (gap.start + 1..der).filter(|at| pdf[*at].is_ascii_lowercase()).step_by(19).map(|at| {
        case(format!("case of digit {at}"), move || {
            let mut changed = pdf.to_vec();
            changed[at] = changed[at].to_ascii_uppercase();
            changed
        })
    });
    each(letters.collect(), |case, _, report| refused(case, report));
}

#[test]
fn additions_to_the_pdf() {
    let pdf = good().pdf();
    let add = |name: &str, bytes: Vec<u8>| case(name, move || bytes.clone());
    let page = forge::objects_with(pdf, &["/Type/Page/"])[0];
    let page_text = forge::object(pdf, page);
    let widget = forge::objects_with(pdf, &["/Subtype/Widget"])[0];
    let note = "<</Type/Annot/Subtype/FreeText/Rect[10 10 300 300]/Contents(valid until 2099)/DA(/F1 12 Tf)>>";
    let with_note = page_text.replace("/Annots[", "/Annots[900 0 R ");
    let catalog = forge::objects_with(pdf, &["/Type/Catalog"])[0];
    let catalog_text = forge::object(pdf, catalog);
    let dss = catalog_text.replace("/Type/Catalog", "/Type/Catalog/DSS 900 0 R");
    let acting = catalog_text.replace("/Type/Catalog", "/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>");
    let cases = vec![
        add("a byte behind", [pdf, b"\0"].concat()),
        add("a line behind", [pdf, b"\n"].concat()),
        add("a comment behind", [pdf, b"%%EOF\n"].concat()),
        add("a kilobyte behind", [pdf, [0; 1024].as_slice()].concat()),
        add("a byte before", [b"\n", pdf].concat()),
        add("itself behind", [pdf, pdf].concat()),
        add("an empty revision", forge::append_update(pdf, &[])),
        add("a revision that repeats a page", forge::append_update(pdf, &[(page, page_text.clone())])),
        add("a note on the page", forge::append_update(pdf, &[(page, with_note), (900, note.to_owned())])),
        add("the page turned", forge::append_update(pdf, &[(page, page_text.replace("/Parent", "/Rotate 90/Parent"))])),
        add(
            "the seal moved",
            forge::append_update(pdf, &[(widget, forge::object(pdf, widget).replace("/Rect[", "/Rect[1 "))]),
        ),
        add("validation data", forge::append_update(pdf, &[(catalog, dss), (900, "<</Type/DSS>>".to_owned())])),
        add("a script", forge::append_update(pdf, &[(catalog, acting)])),
        add("other information", forge::append_update(pdf, &[(2, "<</Title(x)>>".to_owned())])),
        add("the end cut", pdf[..pdf.len() - 1].to_vec()),
    ];
    each(cases, |case, _, report| refused(case, report));
    let cut = (0..40).map(|part| {
        let length = pdf.len() * part / 40;
        case(format!("cut to {length}"), move || pdf[..length].to_vec())
    });
    each(cut.skip(1).collect(), |case, _, report| refused(case, report));
}

// ---- OFD

/// Every file of the package changed and packed again with an honest checksum: what is signed, or signs.
#[test]
fn files_of_the_ofd() {
    let ofd = bare_ofd();
    let mut cases = Vec::new();
    for name in forge::names(ofd) {
        let length = forge::open(ofd).part(&name).unwrap().bytes().len();
        let step = (length / 20).max(1);
        let places = (0..length).step_by(step).chain(length.saturating_sub(4)..length);
        cases.extend(places.map(|at| {
            let name = name.clone();
            case(format!("{name}, byte {at}"), move || {
                forge::repack(ofd, |package| {
                    let mut bytes = package.part(&name).unwrap().bytes().to_vec();
                    bytes[at] ^= if at.is_multiple_of(3) { 0xff } else { 1 << (at % 8) };
                    package.set(&name, bytes);
                })
            })
        }));
    }
    each(cases, |case, _, report| {
        refused(case, report);
        assert_eq!(report.integrity, Integrity::Broken, "{}: {}", case.name, explain(report));
    });
}

/// The signature value has parts that nothing protects but their form: what is outside of the seal, and most of all the
/// last bytes.
#[test]
fn signature_value_of_the_ofd() {
    const VALUE: &str = "Doc_0/Signs/Sign_0/SignedValue.dat";
    let ofd = bare_ofd();
    let length = forge::open(ofd).part(VALUE).unwrap().bytes().len();
    let outside = (length - 800..length - 150).step_by(3).chain(length - 150..length);
    let places = (0..length - 800).step_by(127).chain(0..24).chain(outside);
    let cases = places.map(|at| {
        case(format!("byte {at}"), move || forge::with_value(ofd, VALUE, |value| value[at] ^= 1 << (at % 8)))
    });
    each(cases.collect(), |case, _, report| refused(case, report));
}

/// Headers of the files (every fourth one), the directory, the end record: every byte of them.
#[test]
fn headers_of_the_zip() {
    let ofd = bare_ofd();
    let directory = find(ofd, b"PK\x01\x02").unwrap();
    let mut places: Vec<usize> = (directory..ofd.len()).collect();
    let (mut at, mut entry) = (0, 0);
    while ofd[at..].starts_with(b"PK\x03\x04") {
        let number = |from: usize| usize::from(u16::from_le_bytes([ofd[at + from], ofd[at + from + 1]]));
        let packed = number(18) | number(20) << 16;
        if entry % 4 == 0 {
            places.extend(at..at + 30 + number(26) + number(28));
        }
        entry += 1;
        at += 30 + number(26) + number(28) + packed;
    }
    assert_eq!(at, directory);
    each(places.into_iter().map(|at| flip(ofd, at)).collect(), |case, _, report| refused(case, report));
}

#[test]
fn packed_bytes_of_the_ofd() {
    for (ofd, step) in [(bare_ofd(), 191), (good().ofd(), 1021)] {
        let places = (0..ofd.len()).step_by(step).collect::<Vec<_>>();
        // The last byte of a deflate stream has bits that mean nothing, and are zero.
        let ends = find_all(ofd, b"PK\x03\x04").into_iter().chain([find(ofd, b"PK\x01\x02").unwrap()]).skip(1);
        let tails = ends.flat_map(|end| (0..8).map(move |bit| (end - 1, bit))).map(|(at, bit)| {
            case(format!("byte {at}, bit {bit}"), move || {
                let mut changed = ofd.to_vec();
                changed[at] ^= 1 << bit;
                changed
            })
        });
        let cases = places.into_iter().map(|at| flip(ofd, at)).chain(tails);
        each(cases.collect(), |case, _, report| refused(case, report));
    }
}

/// Nothing inside changes when a stream is written otherwise; it is not the file that was sealed all the same, and a
/// verifier without any register says so.
#[test]
fn streams_that_inflate_to_the_same() {
    let ofd = good().ofd();
    let parts = forge::open(ofd);
    let count = parts.parts().len();
    let deflate = |level: u32, content: &[u8]| {
        let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(level));
        std::io::Write::write_all(&mut deflate, content).unwrap();
        deflate.finish().unwrap()
    };
    let mut cases = vec![case("all deflated again", move || forge::deflated_again(ofd))];
    for chosen in 0..count {
        for level in [0, 1, 9] {
            let mut at = 0;
            let changed = forge::with_streams(ofd, |stream, content| {
                if at == chosen {
                    *stream = deflate(level, content);
                }
                at += 1;
            });
            if changed != ofd {
                cases.push(case(format!("stream {chosen} at level {level}"), move || changed.clone()));
            }
        }
    }
    assert!(cases.len() > 10, "{} cases", cases.len());
    each(cases, |case, bytes, report| {
        let found = ofd::read(bytes, &ofd::Budget::default()).unwrap();
        assert!(found.parts().eq(parts.parts()), "{}", case.name);
        refused(case, report);
        let codes: Vec<Reason> = report.reasons().filter(|reason| reason.effect() == Effect::Fails).collect();
        assert_eq!(codes, [Reason::OfdStructure], "{}: {}", case.name, explain(report));
    });
}

fn find_all(bytes: &[u8], word: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|at| bytes[*at..].starts_with(word)).collect()
}

#[test]
fn the_package_as_a_whole() {
    let ofd = good().ofd();
    let add = |name: String, bytes: Vec<u8>| case(name, move || bytes.clone());
    let mut cases = Vec::new();
    let names = forge::names(ofd);
    for name in &names {
        cases.push(add(
            format!("without {name}"),
            forge::rebuild(ofd, |found, bytes| (found != name).then(|| bytes.to_vec())),
        ));
        let other = format!("{}~", &name[..name.len() - 1]);
        let renamed = forge::replace(ofd, name.as_bytes(), other.as_bytes());
        cases.push(add(format!("{name} renamed"), renamed));
        let doubled = forge::repack(ofd, |package| package.set(&other, b"twin".to_vec()));
        cases.push(add(format!("{name} twice"), forge::replace(&doubled, other.as_bytes(), name.as_bytes())));
    }
    for name in [
        "more.xml",
        "Doc_0/Pages/Page_0/more.xml",
        "META-INF/x",
        "Doc_0/Signs/Sign_1/SignedValue.dat",
        "OFDEntries.xml",
        "ofd.XML",
    ] {
        cases.push(add(format!("with {name}"), forge::repack(ofd, |package| package.set(name, b"<x/>".to_vec()))));
    }
    let mut reversed = ofd::Package::new();
    let package = forge::open(ofd);
    let parts: Vec<_> = package.parts().collect();
    parts.iter().rev().for_each(|(name, part)| reversed.add(*name, (*part).clone()).unwrap());
    let comment = {
        let mut bytes = ofd.to_vec();
        let length = bytes.len();
        bytes[length - 2] = 1;
        [bytes, b"x".to_vec()].concat()
    };
    cases.extend([
        add("a byte behind".into(), [ofd, b"\0"].concat()),
        add("a byte before".into(), [b"\0", ofd].concat()),
        add("a kilobyte before".into(), [[0; 1024].as_slice(), ofd].concat()),
        add("itself behind".into(), [ofd, ofd].concat()),
        add("a comment".into(), comment),
        add("cut".into(), ofd[..ofd.len() - 1].to_vec()),
        add("the other end cut".into(), ofd[1..].to_vec()),
    ]);
    cases.push(add("in another order".into(), reversed.to_zip().unwrap()));
    each(cases, |case, _, report| refused(case, report));
}
