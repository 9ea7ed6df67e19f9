//! Any bytes in, a report out: never a panic, never a hang, never a pass. What a public page is fed on a bad day.
#![allow(clippy::unwrap_used)]

mod verify_support;

use std::io::Write as _;
use std::time::{Duration, Instant};

use license_core::verify::{Integrity, Kind, Limits, Reason, Report, Verdict, inspect_text};
use ofd::{Package, Part};
use verify_support::recipe::Recipe;
use verify_support::{Court, assert_consistent, explain, forge, good};

/// Far more than any of these takes, far less than anyone waits; an unoptimised build on a busy machine included.
const PATIENCE: Duration = Duration::from_secs(20);

struct Bad {
    name: &'static str,
    bytes: Vec<u8>,
    kind: Kind,
    verdict: Verdict,
    reason: Reason,
}

fn bad(name: &'static str, bytes: impl Into<Vec<u8>>, kind: Kind, verdict: Verdict, reason: Reason) -> Bad {
    Bad { name, bytes: bytes.into(), kind, verdict, reason }
}

#[test]
fn any_bytes_give_a_report() {
    use Kind::{Ofd, Pdf, Qr, Unknown};
    use Verdict::{Failed, Indeterminate};
    let text = good().index().to_string();
    let mut changed = text.clone().into_bytes();
    let last = changed.len() - 10;
    changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
    let table = [
        bad("an empty file", b"", Unknown, Indeterminate, Reason::InputEmpty),
        bad("blanks", b" \t\r\n".repeat(1000), Unknown, Indeterminate, Reason::InputEmpty),
        bad("random bytes", noise(100_000), Unknown, Indeterminate, Reason::InputUnknown),
        bad("forty megabytes of zeros", vec![0; 40 << 20], Unknown, Indeterminate, Reason::InputTooLarge),
        bad("thirty megabytes of zeros", vec![0; 30 << 20], Unknown, Indeterminate, Reason::InputUnknown),
        bad(
            "text that is not UTF-8",
            b"HTTPS://LICENSE.EXAMPLE/V/\xff\xfe".to_vec(),
            Unknown,
            Indeterminate,
            Reason::InputUnknown,
        ),
        bad("the code of another system", "https://pay.example.com/q?a=1&b=2", Qr, Indeterminate, Reason::TokenForeign),
        bad("a WLAN code", "WIFI:T:WPA;S:office;P:12345678;;", Qr, Indeterminate, Reason::TokenForeign),
        bad("a token with a changed byte", changed, Qr, Failed, Reason::TokenSignature),
        bad("half a token", &text.as_bytes()[..text.len() / 2], Qr, Failed, Reason::TokenMalformed),
        bad(
            "a token of nothing but A",
            format!("{}{}", verify_support::ADDRESS, "A".repeat(400)),
            Qr,
            Failed,
            Reason::TokenMalformed,
        ),
        bad("a very long text", "A".repeat(3000), Qr, Indeterminate, Reason::TokenForeign),
        bad("nothing but a zip's head", b"PK\x03\x04".to_vec(), Ofd, Failed, Reason::OfdUnreadable),
        bad("a zip's end", [b"PK\x05\x06".as_slice(), &[0; 18]].concat(), Ofd, Indeterminate, Reason::InputUnknown),
        bad("half an OFD", &good().ofd()[..good().ofd().len() / 2], Ofd, Failed, Reason::OfdUnreadable),
        bad("an OFD of noise", [b"PK\x03\x04".as_slice(), &noise(50_000)].concat(), Ofd, Failed, Reason::OfdUnreadable),
        bad("a zip bomb", bomb(), Ofd, Indeterminate, Reason::InputTooLarge),
        bad("a deep tree of XML", deep_xml(), Ofd, Failed, Reason::OfdUnsigned),
        bad("entities that multiply", laughs(), Ofd, Failed, Reason::OfdXml),
        bad("nothing but a PDF's head", b"%PDF-1.7".to_vec(), Pdf, Failed, Reason::PdfUnreadable),
        bad("half a PDF", &good().pdf()[..good().pdf().len() / 2], Pdf, Failed, Reason::PdfUnreadable),
        bad("a PDF of noise", [b"%PDF-1.7\n".as_slice(), &noise(50_000)].concat(), Pdf, Failed, Reason::PdfUnreadable),
        bad(
            "a PDF of a hundred thousand objects and one",
            many_objects(100_001),
            Pdf,
            Indeterminate,
            Reason::InputTooLarge,
        ),
        bad("a PDF of ninety thousand objects", many_objects(90_000), Pdf, Failed, Reason::PdfUnsigned),
        bad("a PDF of deep arrays", deep_pdf(), Pdf, Indeterminate, Reason::InputTooLarge),
        bad("a PDF that inflates without end", inflating_pdf(), Pdf, Failed, Reason::PdfUnsigned),
        bad("a deep record", deep_record(), Pdf, Failed, Reason::RecordMalformed),
    ];
    for Bad { name, bytes, kind, verdict, reason } in table {
        let report = timed(name, &bytes);
        assert_eq!((report.kind, report.verdict), (kind, verdict), "{name}: {}", explain(&report));
        assert!(
            report.reasons().any(|found| found == reason),
            "{name}: {} expected, {}",
            reason.code(),
            explain(&report)
        );
        assert_ne!(report.verdict, Verdict::Passed);
        assert_eq!(report.subject, None, "{name}");
        assert_consistent(name, &report);
    }
}

#[test]
fn an_unknown_issuer_or_key_is_told_apart() {
    let court = Court::with_trust(|trust| trust.issuers.clear());
    let report = court.judge(good().index().to_string().as_bytes());
    assert_eq!((report.verdict, report.integrity), (Verdict::Indeterminate, Integrity::Unsigned));
    let court = Court::with_trust(|trust| trust.issuers.iter_mut().for_each(|issuer| issuer.index_keys.clear()));
    let report = court.judge(good().index().to_string().as_bytes());
    assert_eq!((report.verdict, report.headline()), (Verdict::Failed, Some(Reason::TokenKeyUnknown)));
    assert_eq!(report.subject, None);
}

#[test]
fn any_text_gives_a_report() {
    let court = Court::default();
    let good = good().index().to_string();
    for text in [
        "",
        "\u{feff}",
        "/V/",
        "HTTPS:///V/",
        "HTTPS://X/V/",
        "\0",
        "🏛",
        &"/V/".repeat(1000),
        &good.repeat(3),
        &format!("{good}/V/"),
    ] {
        let facts = inspect_text(text, &Limits::default());
        let report = license_core::verify::judge(&facts, &court.trust, &court.policy(), court.at);
        assert_ne!(report.verdict, Verdict::Passed, "{text}");
        assert_consistent(text, &report);
        let _ = facts.claimed_id();
    }
}

/// Bytes of good files, torn and joined at random: nothing of it may panic, whatever it is taken for.
#[test]
fn torn_files_give_a_report() {
    let court = Court { press: None, ..Court::default() };
    let sources =
        [Recipe::bare(good()).ofd(), Recipe::bare(good()).pdf(), noise(4000), good().index().to_string().into_bytes()];
    let mut random = Random(7);
    for round in 0..150 {
        let mut bytes = Vec::new();
        for _ in 0..1 + random.below(4) {
            let source = &sources[random.below(sources.len())];
            let (a, b) = (random.below(source.len()), random.below(source.len()));
            bytes.extend_from_slice(&source[a.min(b)..a.max(b)]);
        }
        let head: &[u8] = [b"".as_slice(), b"PK\x03\x04", b"%PDF-1.7\n"][round % 3];
        let report = court.judge(&[head, &bytes].concat());
        assert_ne!(report.verdict, Verdict::Passed, "round {round}");
        assert_consistent("torn", &report);
    }
}

fn timed(name: &str, bytes: &[u8]) -> Report {
    let start = Instant::now();
    let report = Court::default().judge(bytes);
    let took = start.elapsed();
    println!("{name}: {took:?}");
    assert!(took < PATIENCE, "{name} took {took:?}");
    report
}

/// Numbers that only look random: xorshift.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

fn noise(length: usize) -> Vec<u8> {
    let mut random = Random(2026);
    (0..length).map(|_| random.next() as u8).collect()
}

fn package(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut package = Package::new();
    files.iter().for_each(|(name, bytes)| package.add(*name, Part::new(bytes.clone())).unwrap());
    package.to_zip().unwrap()
}

/// Sixty megabytes of zeros in sixty kilobytes.
fn bomb() -> Vec<u8> {
    package(&[("OFD.xml", vec![b' '; 60 << 20])])
}

fn deep_xml() -> Vec<u8> {
    let deep = format!("<ofd:OFD xmlns:ofd=\"http://www.ofdspec.org/2016\">{}", "<ofd:DocBody>".repeat(100_000));
    package(&[("OFD.xml", deep.into_bytes())])
}

fn laughs() -> Vec<u8> {
    let xml = "<!DOCTYPE o [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>\
               <ofd:OFD xmlns:ofd=\"http://www.ofdspec.org/2016\">&c;&c;&c;</ofd:OFD>";
    package(&[("OFD.xml", xml.as_bytes().to_vec())])
}

fn pdf(objects: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    let mut count = 1;
    for object in objects {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend(format!("{count} 0 obj\n").bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
        count += 1;
    }
    let xref = out.len();
    out.extend(
        format!("xref\n0 {count}\n{table}trailer\n<</Size {count}/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n").bytes(),
    );
    out
}

const CATALOG: &[u8] = b"<</Type/Catalog/Pages 2 0 R>>";
const PAGES: &[u8] = b"<</Type/Pages/Kids[3 0 R]/Count 1>>";

fn many_objects(count: usize) -> Vec<u8> {
    let head = [CATALOG, PAGES, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"].map(<[u8]>::to_vec);
    pdf(head.into_iter().chain((3..count).map(|n| format!("[{n}]").into_bytes())))
}

fn deep_pdf() -> Vec<u8> {
    pdf([CATALOG.to_vec(), PAGES.to_vec(), b"[".repeat(1_000_000)].into_iter())
}

/// A content stream of a hundred megabytes in a hundred kilobytes: read within the budget, and not signed anyway.
fn inflating_pdf() -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(9));
    let blanks = vec![b' '; 1 << 20];
    (0..100).for_each(|_| encoder.write_all(&blanks).unwrap());
    let packed = encoder.finish().unwrap();
    let mut stream = format!("<</Length {}/Filter/FlateDecode>>\nstream\n", packed.len()).into_bytes();
    stream.extend(packed);
    stream.extend(b"\nendstream");
    let page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents[4 0 R 4 0 R 4 0 R 4 0 R]>>".to_vec();
    pdf([CATALOG.to_vec(), PAGES.to_vec(), page, stream].into_iter())
}

fn deep_record() -> Vec<u8> {
    let record = "{\"core\":".repeat(200_000);
    assert!(forge::find(good().pdf(), b"license-record.json").is_some());
    Recipe::bare(good()).with_file(license_core::verify::RECORD_FILE, record).pdf()
}
