//! Every peer, asked about a document whose answer is known: a wrapper that always says yes would fail here.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::fs;
use std::process::Command;

use tests::peers::{self, DigestVerdict};
use tests::places::{fixture, shared};

const INVOICE_QR: &str = "01,10,050001700111,12235358,10000.00,20200805,16630282980991510014,7257";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

#[test]
fn pdfsig_tells_a_whole_signature_from_a_broken_one() {
    let good = fixture("peers/signed-twice.pdf");
    let Some(said) = peers::pdfsig(&good) else { return };
    assert_eq!(said.text().matches("Signature is Valid.").count(), 2, "{}", said.text());
    let bad = damaged(&good);
    let said = peers::pdfsig(bad.path()).unwrap();
    assert!(said.text().contains("Digest Mismatch"), "{}", said.text());
}

#[test]
fn the_strict_checker_accepts_the_good_and_refuses_the_damaged() {
    let good = fixture("peers/signed-twice.pdf");
    let roots = fixture("peers/signed-twice-roots.pem");
    let args = ["--trust", roots.to_str().unwrap(), "--at", "2020-11-03T00:00:00Z"];
    let Some(said) = peers::check_pdf_signature(&good, args) else { return };
    assert!(said.ok(), "{}{}", said.text(), said.err);
    let bad = damaged(&good);
    let said = peers::check_pdf_signature(bad.path(), args).unwrap();
    assert_eq!(said.code, Some(1), "{}{}", said.text(), said.err);
}

#[test]
fn qpdf_checks_structure() {
    let good = fixture("peers/signed-twice.pdf");
    let Some(said) = peers::qpdf_check(&good) else { return };
    assert!(said.ok(), "{}{}", said.text(), said.err);
    let bytes = fs::read(&good).unwrap();
    let cut = scratch(&bytes[..bytes.len() / 2]);
    assert!(!peers::qpdf_check(cut.path()).unwrap().ok());
}

#[test]
fn poppler_reads_text_and_fonts_and_paints() {
    let pdf = fixture("peers/signed-twice.pdf");
    if let Some(text) = peers::pdftotext(&pdf) {
        assert!(text.contains("Hello World"), "{text:?}");
    }
    if let Some(info) = peers::pdfinfo(&pdf) {
        assert!(info.lines().any(|line| line.starts_with("Pages:") && line.ends_with(" 1")), "{info}");
    }
    if let Some(files) = peers::pdfdetach(&pdf) {
        assert!(files.is_empty(), "{:?}", files.keys());
    }
    if let Some(fonts) = peers::pdffonts(&pdf) {
        assert!(fonts.starts_with("name"), "{fonts}");
    }
    if let Some(png) = peers::pdftoppm(&pdf, 1, 36) {
        assert!(png.starts_with(PNG));
    }
}

#[test]
fn pdfdetach_takes_out_what_qpdf_put_in() {
    let pdf = fixture("peers/signed-twice.pdf");
    if peers::qpdf_check(&pdf).is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (record, with) = (folder.path().join("record.json"), folder.path().join("with.pdf"));
    fs::write(&record, "{}").unwrap();
    let mut qpdf = Command::new("qpdf");
    qpdf.arg(&pdf).arg("--add-attachment").arg(&record).args(["--"]).arg(&with);
    assert!(qpdf.status().unwrap().success());
    let Some(files) = peers::pdfdetach(&with) else { return };
    assert_eq!(files.into_iter().collect::<Vec<_>>(), [("record.json".to_owned(), b"{}".to_vec())]);
}

#[test]
fn two_strangers_read_the_text_of_an_invoice_with_templates() {
    let path = fixture("peers/tax-invoice.ofd");
    let painted = peers::ofd_painted_text(&fs::read(&path).unwrap());
    assert_eq!(painted.len(), 5);
    for wanted in ["重庆增值税电子普通发票", "发票代码：", "050001700111", "财天下科技有限公司"]
    {
        assert!(painted[0].iter().any(|text| text == wanted), "{wanted} is not in {:?}", painted[0]);
    }
    let Some(read) = peers::ofd_text(&path) else { return };
    let info = peers::ofd_info(&path).unwrap();
    assert_eq!(info["custom_data"]["发票代码"], "050001700111", "{info}");
    // ofdkit gives each TextCode, ofd-core each TextObject: only the characters can be compared.
    let whole = |pages: &[Vec<String>]| pages.iter().map(|texts| texts.concat()).collect::<Vec<_>>();
    assert_eq!(whole(&read), whole(&painted));
}

#[test]
fn glyph_ids_of_a_font_without_cmap_are_read_and_painted() {
    let path = fixture("peers/glyph-ids.ofd");
    let bytes = fs::read(&path).unwrap();
    let wanted = vec![vec!["中华人民共和国营业执照 Abc".to_owned()]];
    assert_eq!(peers::ofd_painted_text(&bytes), wanted);
    if let Some(read) = peers::ofd_text(&path) {
        assert_eq!(read, wanted);
    }
    let red = |png: &[u8]| pixels(png).filter(|p| p[0] > 150 && p[1] < 60 && p[2] < 60).count();
    assert!(red(&peers::ofd_png(&bytes, 1, 100)) > 300, "the red letters are not in the picture");
}

#[test]
fn a_qr_code_is_read_out_of_the_ofd_picture() {
    let bytes = fs::read(fixture("peers/tax-invoice.ofd")).unwrap();
    let png = peers::ofd_png(&bytes, 1, 200);
    let Some(codes) = peers::zbarimg(&png) else { return };
    assert_eq!(codes, [INVOICE_QR]);
    let plain = fs::read(fixture("peers/hello.ofd")).unwrap();
    assert_eq!(peers::zbarimg(&peers::ofd_png(&plain, 1, 72)).unwrap(), Vec::<String>::new());
}

#[test]
fn ofd_core_recomputes_the_digests_of_a_sealed_invoice() {
    let bytes = fs::read(fixture("peers/tax-invoice.ofd")).unwrap();
    let said = peers::ofd_digests(&bytes);
    assert_eq!((said.problems.len(), said.signatures), (0, vec![(20, DigestVerdict::Valid)]));
    let Some(broken) = shared("fixtures/ofd-samples/signed/v4-licence-two-seals-tampered.ofd") else { return };
    let said = peers::ofd_digests(&fs::read(broken).unwrap());
    assert!(said.signatures.iter().all(|(_, verdict)| *verdict == DigestVerdict::Invalid), "{said:?}");
}

#[test]
fn openssl_and_gmssl_agree_on_sm3() {
    let message = "电子证照".as_bytes();
    let Some(said) = peers::openssl(&["dgst", "-sm3", "-r"], message) else { return };
    assert!(said.ok(), "{}", said.err);
    let Some(sum) = peers::gmssl_sm3(message) else { return };
    assert_eq!(said.text().split(' ').next().unwrap(), sum);
}

#[test]
fn gmssl_accepts_what_openssl_signed_with_sm2_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    let key = key.to_str().unwrap();
    let make = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", key];
    let Some(said) = peers::openssl(&make, b"") else { return };
    assert!(said.ok(), "{}", said.err);
    let message = folder.path().join("message");
    fs::write(&message, "同样的字节").unwrap();
    let id = "distid:1234567812345678";
    let message_path = message.to_str().unwrap();
    let sign = ["pkeyutl", "-sign", "-inkey", key, "-rawin", "-digest", "sm3", "-in", message_path, "-pkeyopt", id];
    let signature = peers::openssl(&sign, b"").unwrap();
    assert!(signature.ok(), "{}", signature.err);
    let public = peers::openssl(&["pkey", "-in", key, "-pubout", "-outform", "DER"], b"").unwrap();
    let point = &public.out[public.out.len() - 65..];
    let message = fs::read(&message).unwrap();
    let Some(good) = peers::gmssl_sm2_verify(point, &message, &signature.out) else { return };
    assert!(good, "gmssl refuses what OpenSSL signed");
    assert_eq!(peers::gmssl_sm2_verify(point, b"other bytes", &signature.out), Some(false));
    assert_eq!(peers::gmssl_sm2_verify(point, &message, b"no DER"), Some(false));
}

#[test]
fn chromium_shows_a_page() {
    let page = "data:text/html,<body style='margin:0;background:rgb(200,0,0)'><script>document.title='ran'</script>";
    let Some(png) = peers::chromium_screenshot(page, 200, 100) else { return };
    assert_eq!(pixels(&png).next().unwrap()[..3], [200, 0, 0]);
    let dom = peers::chromium_dom(page).unwrap();
    assert!(dom.contains("<title>ran</title>"), "{dom}");
}

fn scratch(bytes: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    file
}

/// The document with one byte of its first page's content changed.
fn damaged(pdf: &std::path::Path) -> tempfile::NamedTempFile {
    let mut bytes = fs::read(pdf).unwrap();
    let at = bytes.windows(5).position(|w| w == b"/Page").unwrap();
    bytes[at + 2] ^= 1;
    scratch(&bytes)
}

fn pixels(png: &[u8]) -> impl Iterator<Item = [u8; 4]> {
    let picture = image::load_from_memory(png).unwrap().into_rgba8();
    picture.pixels().map(|p| p.0).collect::<Vec<_>>().into_iter()
}
