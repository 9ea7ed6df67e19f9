//! Issued PDFs as strangers see them: poppler, qpdf and the strict checker on pyHanko judge every type and face.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use tests::issued::{self, ISSUED_AT, scratch};
use tests::peers;
use tests::places::fixture;
use tests::printed::{on_the_face, running};
use time::format_description::well_known::Rfc3339;

/// Largest A4 document with one page.
const A4_PDF: usize = 160 * 1024;

#[test]
fn b3_pdfsig_finds_one_valid_signature_over_the_whole_document() {
    for license in issued::all() {
        let Some(said) = peers::pdfsig(license.pdf_file().path()) else { return };
        let text = said.text();
        for wanted in [
            "- Signature Validation: Signature is Valid.",
            "- Total document signed",
            "- Signature Type: ETSI.CAdES.detached",
            "- Signing Hash Algorithm: SHA-256",
            &format!("- Signer Certificate Common Name: {}", license.record["core"]["ZZBFJG"].as_str().unwrap()),
        ] {
            assert!(text.contains(wanted), "{}: {wanted} is not in\n{text}", license.name);
        }
        assert_eq!(text.matches("Signature #").count(), 1, "{}: {text}", license.name);
    }
}

#[test]
fn qpdf_finds_no_fault_of_structure() {
    for license in issued::all() {
        let Some(said) = peers::qpdf_check(license.pdf_file().path()) else { return };
        assert!(said.ok() && !said.text().contains("WARNING"), "{}: {}{}", license.name, said.text(), said.err);
    }
}

#[test]
fn b2_every_font_is_an_embedded_subset_that_gives_its_text_back() {
    for license in issued::all() {
        let Some(table) = peers::pdffonts(license.pdf_file().path()) else { return };
        let fonts: Vec<&str> = table.lines().skip(2).collect();
        assert!(fonts.len() >= 3, "{}: {table}", license.name);
        for font in fonts {
            let cells: Vec<&str> = font.split_whitespace().collect();
            let [.., emb, sub, uni, _, _] = cells[..] else { panic!("{font}") };
            assert_eq!([emb, sub, uni], ["yes"; 3], "{}: {font}", license.name);
        }
    }
}

#[test]
fn a12_b2_the_text_of_the_pages_is_that_of_the_record() {
    for license in issued::all() {
        let Some(pages) = peers::pdf_pages(license.pdf_file().path()) else { return };
        let text = running(&pages);
        for printed in on_the_face(license) {
            let found = printed.spellings.iter().any(|spelling| text.contains(spelling));
            assert!(found, "{}: {printed:?} is not in\n{text}", license.name);
        }
    }
}

#[test]
fn a12_record_and_index_travel_inside() {
    for license in issued::all() {
        let Some(files) = peers::pdfdetach(license.pdf_file().path()) else { return };
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["license-index.txt", "license-record.json"], "{}", license.name);
        assert_eq!(files["license-record.json"], license.stored.record, "{}", license.name);
        assert_eq!(files["license-index.txt"], license.stored.index_token.as_bytes(), "{}", license.name);
    }
}

#[test]
fn b3_the_strict_checker_accepts_the_issued() {
    for license in issued::all() {
        let Some(said) = strictly(&license.pdf, &[]) else { return };
        assert!(
            said.ok() && said.text().contains("DOC verdict=VALID"),
            "{}: {}{}",
            license.name,
            said.text(),
            said.err
        );
        assert!(said.text().contains("coverage=ENTIRE_FILE modifications=NONE"), "{}", said.text());
    }
}

#[test]
fn b3_the_strict_checker_refuses_every_tampering() {
    let pdf = &issued::named("duplicate").pdf;
    let changed = |at: usize| {
        let mut copy = pdf.clone();
        copy[at] = if copy[at] == b'1' { b'2' } else { b'1' };
        copy
    };
    let start = find(pdf, b"stream\n").unwrap() + 40;
    let title = find(pdf, b"/CreationDate").unwrap() + 20;
    // The hash follows the object identifier of the attribute message-digest: SET, OCTET STRING of 32 bytes.
    let hash = find(&pdf.to_ascii_lowercase(), b"2a864886f70d010904").unwrap() + 18 + 8 + 10;
    let longer = [pdf, &b"\n% one more line\n"[..]].concat();
    let updated =
        [pdf, &b"\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"[..]]
            .concat();
    for (what, tampered) in [
        ("a byte of a page", changed(start)),
        ("a byte of the information", changed(title)),
        ("a byte of the signed hash", changed(hash)),
        ("a line behind the end", longer),
        ("another revision", updated),
    ] {
        let Some(said) = strictly(&tampered, &["--expect-invalid"]) else { return };
        assert!(said.ok(), "{what}: {}{}", said.text(), said.err);
    }
}

#[test]
fn a4_documents_are_small() {
    for license in issued::all().iter().filter(|license| license.size_mm(1) == [297.0, 210.0]) {
        eprintln!("{}: PDF {} bytes", license.name, license.pdf.len());
        if !license.name.contains("long") {
            assert!(license.pdf.len() <= A4_PDF, "{}: {} bytes", license.name, license.pdf.len());
        }
    }
}

#[test]
fn pdfinfo_reads_what_the_document_says_of_itself() {
    for license in issued::all() {
        let file = license.pdf_file();
        let Some(info) = peers::pdfinfo(file.path()) else { return };
        let line = |name: &str| {
            let found = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            found.unwrap_or_default().trim().to_owned()
        };
        let core = &license.record["core"];
        assert_eq!(line("Title"), core["ZZMC"], "{}", license.name);
        assert_eq!(line("Author"), core["ZZBFJG"], "{}", license.name);
        assert_eq!(line("Subject"), format!("{} {}", core["ZZLXMC"].as_str().unwrap(), core["ZZBH"].as_str().unwrap()));
        let expected = [("PDF version", "1.7"), ("Encrypted", "no"), ("JavaScript", "no"), ("Form", "AcroForm")];
        expected.iter().for_each(|(name, value)| assert_eq!(line(name), *value, "{}: {name}", license.name));
        let size: Vec<f64> = line("Page size").split(' ').filter_map(|word| word.parse().ok()).collect();
        let [width, height] = license.size_mm(1);
        let near = |points: f64, mm: f64| (points * 25.4 / 72.0 - mm).abs() < 0.01;
        assert!(near(size[0], width) && near(size[1], height), "{}: {size:?}", license.name);
        let xmp = peers::pdf_xmp(file.path()).unwrap();
        for (tag, value) in [
            ("pdfaid:part", "3"),
            ("pdfaid:conformance", "B"),
            ("el:ZZBS", core["ZZBS"].as_str().unwrap()),
            ("el:ZZBH", core["ZZBH"].as_str().unwrap()),
            ("el:ZZBFJGDM", core["ZZBFJGDM"].as_str().unwrap()),
            (
                "el:CZZT",
                &core["CZZT"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect::<Vec<_>>().join(","),
            ),
            ("pdf:Producer", &line("Producer")),
            ("xmp:CreatorTool", &line("Creator")),
        ] {
            assert!(
                xmp.contains(&format!("<{tag}>{value}</{tag}>")),
                "{}: {tag} is not {value} in\n{xmp}",
                license.name
            );
        }
    }
}

/// The strict checker with the root of the test deployment, at the time of issue.
fn strictly(pdf: &[u8], more: &[&str]) -> Option<peers::Said> {
    let file = scratch(pdf, ".pdf");
    let root = fixture("pki/trust/root-p256.pem");
    let at = ISSUED_AT.to_offset(time::UtcOffset::UTC).format(&Rfc3339).unwrap();
    let document_signing = "1.3.6.1.5.5.7.3.36";
    let mut args = vec!["--trust", root.to_str().unwrap(), "--at", &at, "--require-level", "B-B"];
    args.extend(["--require-eku", document_signing]);
    args.extend(more);
    peers::check_pdf_signature(file.path(), args)
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}
