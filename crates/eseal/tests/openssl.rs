//! A second opinion: OpenSSL 3 verifies both signatures over the bytes we hand to signers.
#![allow(clippy::unwrap_used)]

mod common;

use common::{World, sm3};
use eseal::SealSignature;
use pki::Certificate;
use std::fs;
use std::path::Path;
use std::process::Command;

/// `None` and a loud line when openssl is not installed.
fn verified(dir: &Path, certificate: &Certificate, message: &[u8], signature: &[u8]) -> Option<bool> {
    fs::write(dir.join("pub.der"), certificate.spki_der()).unwrap();
    fs::write(dir.join("message"), message).unwrap();
    fs::write(dir.join("sig.der"), signature).unwrap();
    let arguments = [
        "dgst",
        "-sm3",
        "-keyform",
        "DER",
        "-verify",
        "pub.der",
        "-sigopt",
        "distid:1234567812345678",
        "-signature",
        "sig.der",
        "message",
    ];
    match Command::new("openssl").current_dir(dir).args(arguments).output() {
        Ok(output) => Some(output.status.success()),
        Err(error) => {
            eprintln!("SKIPPED: openssl cannot be run: {error}");
            None
        }
    }
}

#[test]
fn openssl_verifies_seal_and_signature() {
    let world = World::new();
    let seal = world.seal();
    let signature = SealSignature::from_der(&world.apply(&seal, &sm3(b"<Signature/>"))).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let maker = seal.maker().unwrap();
    let Some(ok) = verified(dir.path(), &maker, seal.to_be_signed(), seal.signature()) else { return };
    assert!(ok, "the seal maker's signature");
    let signer = signature.signer().unwrap();
    assert_eq!(verified(dir.path(), &signer, signature.to_be_signed(), signature.signature()), Some(true));
    assert_eq!(verified(dir.path(), &maker, signature.to_be_signed(), signature.signature()), Some(false));
    let mut changed = signature.to_be_signed().to_vec();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(verified(dir.path(), &signer, &changed, signature.signature()), Some(false));
}

/// OpenSSL takes our structures apart, too.
#[test]
fn openssl_parses_the_structures() {
    let world = World::new();
    let dir = tempfile::tempdir().unwrap();
    let seal = world.seal();
    fs::write(dir.path().join("value.dat"), world.apply(&seal, &sm3(b"x"))).unwrap();
    let output = Command::new("openssl")
        .current_dir(dir.path())
        .args(["asn1parse", "-inform", "DER", "-in", "value.dat"])
        .output();
    let Ok(output) = output else {
        eprintln!("SKIPPED: openssl cannot be run");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    for wanted in [
        "IA5STRING         :ES",
        "IA5STRING         :33010000000001",
        "GENERALIZEDTIME   :20261121120000Z",
        "SM2-with-SM3",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
}
