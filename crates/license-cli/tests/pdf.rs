//! `license pdf`: fields, signing with the key here and elsewhere, what is missing, and what is refused.
#![allow(clippy::unwrap_used)]

mod desk;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::{license_in, plain_pdf};
use pdf_sign::Budget;
use pki::PrivateKey;
use tests::places::root;

fn license(folder: &Path, args: &[&str]) -> (i32, String) {
    license_in(folder, &[&["pdf"], args].concat()).whole()
}

#[test]
fn a_field_is_prepared_the_file_certified_and_the_field_signed_by_a_key_that_is_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("a.pdf"), plain_pdf()).unwrap();
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

/// Pages are counted from 1, and key files that cannot be used say what to do.
#[test]
fn what_is_asked_for_wrongly_is_said_in_the_words_of_the_asker() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("a.pdf"), plain_pdf()).unwrap();
    tests::places::deployment(&at.join("pki"));
    let key = "pki/keys/11340100MB1D00012R-document.key.pem";
    let (code, said) = license(at, &["sign", "a.pdf", "--key", key, "--at", "7,10,10,20,20"]);
    assert!(code == 1 && said.contains("there is no page 7, the document has 1"), "{said}");
    let (code, said) = license(at, &["field", "a.pdf", "--name", "F", "--at", "2,10,10,20,20"]);
    assert!(code == 1 && said.contains("there is no page 2, the document has 1"), "{said}");

    let (code, said) = license(at, &["sign", "a.pdf", "--key", "pki/keys/nobody.key.pem"]);
    assert!(code == 3 && said.contains("there is no such key file") && said.contains("→"), "{said}");
    let (code, said) = license(at, &["sign", "a.pdf", "--key", "a.pdf"]);
    assert!(code == 3 && said.contains("is called NAME.key.pem") && said.contains("→"), "{said}");
    // A key as `openssl genpkey` writes it, and none of ours lies about: no password is asked for first.
    let password = std::fs::read(at.join("pki/keys/password")).unwrap();
    let pem = std::fs::read_to_string(at.join(key)).unwrap();
    let der = PrivateKey::from_encrypted_pem(&pem, password.trim_ascii()).unwrap().to_pkcs8_der();
    let base64 = STANDARD.encode(&der);
    std::fs::create_dir(at.join("plain")).unwrap();
    let plain = at.join("plain/mine.key.pem");
    std::fs::write(&plain, format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n")).unwrap();
    tests::places::own(&plain);
    let (code, said) = license(at, &["sign", "a.pdf", "--key", "plain/mine.key.pem"]);
    assert!(code == 3 && said.contains("plain/mine.pem is not there"), "{said}");
    std::fs::copy(at.join("pki/keys/11340100MB1D00012R-document.pem"), at.join("plain/mine.pem")).unwrap();
    let (code, said) = license(at, &["sign", "a.pdf", "--key", "plain/mine.key.pem"]);
    assert!(code == 3 && said.contains("the key is not encrypted (BEGIN PRIVATE KEY)"), "{said}");
    assert!(said.contains("openssl pkcs8 -topk8"), "{said}");
}
