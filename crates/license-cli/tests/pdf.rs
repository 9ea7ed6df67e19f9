//! `license pdf`: fields, signing with the key here and elsewhere, what is missing, and what is refused.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pdf_sign::Budget;
use pki::PrivateKey;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn license(folder: &Path, args: &[&str]) -> (i32, String) {
    let output: Output =
        Command::new(env!("CARGO_BIN_EXE_license")).current_dir(folder).arg("pdf").args(args).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8_lossy(&text).into_owned())
}

/// One page, nothing on it.
fn plain() -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (number, body) in [
        (1, "<</Type /Catalog /Pages 2 0 R>>"),
        (2, "<</Type /Pages /Kids [3 0 R] /Count 1>>"),
        (3, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources <<>>>>"),
    ] {
        table += &format!("{:010} 00000 n \n", pdf.len());
        pdf.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }
    let xref = pdf.len();
    let tail = format!("xref\n0 4\n{table}trailer\n<</Size 4 /Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n");
    pdf.extend(tail.bytes());
    pdf
}

#[test]
fn a_field_is_prepared_the_file_certified_and_the_field_signed_by_a_key_that_is_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("a.pdf"), plain()).unwrap();
    // Keys that others may read are not opened; a checkout does not keep that.
    tests::places::deployment(&at.join("pki"));
    let keys = at.join("pki/keys");
    let file = |name: &str| keys.join(name).to_str().unwrap().to_owned();
    let (key, cert) = (file("11340100MB1D00012R-document.key.pem"), file("11340100MB1D00020L-document.pem"));
    let seal = root().join("fixtures/pki/seals/11340100MB1D00012R.png").to_str().unwrap().to_owned();

    let (code, said) = license(at, &["field", "a.pdf", "--name", "Inspection", "--at", "1,20,20,42,42"]);
    assert_eq!((code, said.trim()), (0, "a-field.pdf"), "{said}");
    let time = ["--time", "2026-11-23T10:00:00+08:00"];
    let sign =
        ["sign", "a-field.pdf", "--key", &key, "--field", "Seal1", "--at", "1,100,200,42,42", "--picture", &seal];
    let (code, said) =
        license(at, &[&sign[..], &time, &["--certify", "2", "--reason", "颁发", "--out", "b.pdf"]].concat());
    assert_eq!(code, 0, "{said}");

    let second = ["sign", "b.pdf", "--cert", &cert, "--field", "Inspection", "--picture", &seal];
    let (code, said) = license(at, &[&second[..], &time, &["--message", "message.bin"]].concat());
    assert!(code == 0 && said.contains("ECDSA with SHA-256"), "{said}");
    let message = std::fs::read(at.join("message.bin")).unwrap();
    let pem = std::fs::read_to_string(keys.join("11340100MB1D00020L-document.key.pem")).unwrap();
    let password = std::fs::read(keys.join("password")).unwrap();
    let elsewhere = PrivateKey::from_encrypted_pem(&pem, password.trim_ascii()).unwrap();
    std::fs::write(at.join("value.bin"), elsewhere.sign(&message).unwrap()).unwrap();
    let (code, said) = license(at, &[&second[..], &time, &["--signature", "value.bin", "--out", "c.pdf"]].concat());
    assert_eq!(code, 0, "{said}");
    let pdf = std::fs::read(at.join("c.pdf")).unwrap();
    let facts = pdf_sign::inspect(&pdf, &Budget::default());
    assert_eq!(facts.flaws(), []);
    let fields: Vec<&str> = facts.signatures.iter().filter_map(|signature| signature.field.as_deref()).collect();
    assert_eq!(fields, ["Seal1", "Inspection"]);
    assert!(facts.signatures.iter().all(pdf_sign::Signature::is_visible) && facts.empty_fields.is_empty());

    // Refused: 1. Misuse: 3.
    std::fs::write(at.join("other.bin"), b"no signature").unwrap();
    let (code, said) = license(at, &[&second[..], &time, &["--signature", "other.bin", "--out", "d.pdf"]].concat());
    assert!(code == 1 && said.contains("does not hold"), "{said}");
    let (code, said) = license(at, &[&["sign", "c.pdf", "--key", &key, "--certify", "1"], &time[..]].concat());
    assert!(code == 1 && said.contains("first signature"), "{said}");
    let (code, said) = license(at, &[&["sign", "c.pdf", "--key", &key, "--level", "B-T"], &time[..]].concat());
    assert!(code == 3 && said.contains("--tsa"), "{said}");
    let (code, said) =
        license(at, &[&["sign", "c.pdf", "--key", &key, "--room", "100", "--out", "e.pdf"], &time[..]].concat());
    assert!(code == 1 && said.contains("room was reserved for 100") && said.contains("--room"), "{said}");

    let (code, said) = license(at, &["augment", "c.pdf", "--needs"]);
    assert!(code == 3 && said.contains("--trust"), "{said}");
    let trust = root().join("fixtures/pki/trust").to_str().unwrap().to_owned();
    let (code, said) = license(at, &["augment", "c.pdf", "--needs", "--trust", &trust]);
    assert!(code == 2 && said.contains("level B-B") && said.contains("missing: whether "), "{said}");
    let (code, said) = license(at, &["augment", "c.pdf", "--level", "B-LT", "--trust", &trust]);
    assert!(code == 3 && said.contains("--tsa"), "{said}");
    let (code, said) = license(at, &["augment", "a.pdf", "--needs", "--trust", &trust]);
    assert!(code == 1 && said.contains("no signature"), "{said}");
}
