//! The vectors of `fixtures/vectors/sm2`, which are made to be refused: range, encoding, Z, id, keys, certificates (E1).
#![allow(clippy::unwrap_used)]

mod common;

use common::unhex;
use pki::{Certificate, KeyKind, PublicKey, SignatureAlgorithm, SignatureEncoding, raw_to_der};
use serde_json::Value;

const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::Sm2Sm3;

/// What we make of the cases that a reader may take or leave.
const TAKEN: &[&str] = &["NULL parameters, as some authorities write"];

/// Asks about every test of a file; `accepts` is our answer. Returns how many were valid, invalid, either.
fn each(file: &str, accepts: impl Fn(&Value, &Value) -> bool) -> [usize; 3] {
    let path = format!("{}/../../fixtures/vectors/sm2/{file}", env!("CARGO_MANIFEST_DIR"));
    let document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut counts = [0; 3];
    for group in document["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            let accepted = accepts(group, test);
            let comment = test["comment"].as_str().unwrap();
            let (which, expected) = match test["result"].as_str().unwrap() {
                "valid" => (0, true),
                "invalid" => (1, false),
                "acceptable" => (2, TAKEN.contains(&comment)),
                other => panic!("{other} is no result"),
            };
            assert_eq!(accepted, expected, "{file} {}: {comment}", test["tcId"]);
            counts[which] += 1;
        }
    }
    assert_eq!(counts.iter().sum::<usize>() as u64, document["numberOfTests"].as_u64().unwrap());
    println!("{file}: {counts:?} valid, invalid, acceptable");
    counts
}

fn bytes(value: &Value, field: &str) -> Vec<u8> {
    unhex(value[field].as_str().unwrap())
}

/// The key of a group under the user id of the group.
fn key(group: &Value) -> PublicKey {
    let key = PublicKey::from_spki_der(&bytes(group, "publicKeyDer")).unwrap();
    let id = String::from_utf8(bytes(group, "id")).unwrap();
    let point = bytes(&group["publicKey"], "uncompressed");
    assert_eq!((key.kind(), key.bits()), (KeyKind::Sm2, point.as_slice()));
    key.with_sm2_id(&id).unwrap()
}

#[test]
fn der_signatures() {
    let counts = each("verify_der.json", |group, test| {
        let (key, signature) = (key(group), bytes(test, "sig"));
        let holds = key.verify(ALGORITHM, &bytes(test, "msg"), &signature).is_ok();
        // The lenient reader of seals takes one spelling more, and it is not among these unless by name.
        let lenient =
            key.verify_encoded(ALGORITHM, &bytes(test, "msg"), &signature, SignatureEncoding::DerOrRaw).is_ok();
        assert_eq!(lenient, holds || test["comment"] == "r and s side by side, 64 bytes", "{}", test["comment"]);
        holds
    });
    assert!(counts[0] > 20 && counts[1] > 300, "{counts:?}");
}

#[test]
fn raw_signatures() {
    let counts = each("verify_p1363.json", |group, test| {
        let (key, message, signature) = (key(group), bytes(test, "msg"), bytes(test, "sig"));
        assert!(key.verify(ALGORITHM, &message, &signature).is_err() || signature.len() != 64, "DER was asked for");
        let raw = signature.len() == 64;
        let lenient = key.verify_encoded(ALGORITHM, &message, &signature, SignatureEncoding::DerOrRaw).is_ok();
        // Written as DER the same two numbers are judged the same.
        if raw {
            let der = raw_to_der(&signature).unwrap();
            assert_eq!(key.verify(ALGORITHM, &message, &der).is_ok(), lenient, "{}", test["comment"]);
        }
        lenient && raw
    });
    assert!(counts[0] > 10 && counts[1] > 200, "{counts:?}");
}

#[test]
fn public_keys() {
    let counts = each("public_key.json", |_, test| {
        PublicKey::from_spki_der(&bytes(test, "spki")).is_ok_and(|key| key.kind() == KeyKind::Sm2)
    });
    assert!(counts[0] > 4 && counts[1] > 60, "{counts:?}");
}

#[test]
fn certificates() {
    let counts = each("certificate.json", |group, test| {
        let issuer = Certificate::from_der(&bytes(group, "issuer")).unwrap();
        let Ok(certificate) = Certificate::from_der(&bytes(test, "certificate")) else { return false };
        let signed = certificate.verify_signed_by(issuer.public_key().unwrap());
        certificate.public_key().is_ok_and(|key| key.kind() == KeyKind::Sm2)
            && certificate.algorithms_agree()
            && signed == Some(Ok(()))
    });
    assert!(counts[1] > 40, "{counts:?}");
}

/// A signature under one user id says nothing under another.
#[test]
fn user_ids_reach_both_sides() {
    let key = common::key(KeyKind::Sm2);
    let usual = key.public_key().clone();
    assert!(usual.with_sm2_id(&"i".repeat(8192)).is_err(), "its length in bits does not fit in two bytes");
    let longest = "i".repeat(8191);
    let key = key.with_sm2_id(&longest).unwrap();
    let signature = key.sign(b"message").unwrap();
    assert_eq!(key.public_key().verify(ALGORITHM, b"message", &signature), Ok(()));
    assert!(usual.verify(ALGORITHM, b"message", &signature).is_err());
    assert_eq!(usual.with_sm2_id(&longest).unwrap().verify(ALGORITHM, b"message", &signature), Ok(()));
    assert!(common::key(KeyKind::P256).with_sm2_id("a").is_err());
}
