//! SM2 before two engines by other hands: every vector of `fixtures/vectors/sm2`, then signatures made on one side and
//! checked on the other, over random and edge inputs (E1). Where an engine differs, the README of the vectors says so.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::collections::BTreeSet;
use std::fs;

use pki::{KeyKind, PrivateKey, PublicKey, SignatureAlgorithm, asn1, oid};
use serde_json::Value;
use tests::peers::{self, Sm2Question};
use tests::places::fixture;

const ID: &[u8] = b"1234567812345678";

// ---- the vectors

/// A test of a file: its group and itself.
fn cases(file: &str) -> Vec<(Value, Value)> {
    let document: Value = serde_json::from_slice(&fs::read(fixture(&format!("vectors/sm2/{file}"))).unwrap()).unwrap();
    let groups = document["testGroups"].as_array().unwrap().clone();
    let tests = groups.into_iter().flat_map(|group| {
        let tests = group["tests"].as_array().unwrap().clone();
        tests.into_iter().map(move |test| (group.clone(), test))
    });
    tests.collect()
}

fn bytes(value: &Value, field: &str) -> Vec<u8> {
    let text = value[field].as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// Holds the answers of an engine against the verdicts: what differs must be in the table of the README, and all of the
/// table must differ. Rows are `| engine | file | comment of the test | takes, refuses | why |`.
fn confirm(engine: &str, file: &str, cases: &[(Value, Value)], answers: &[bool]) {
    assert_eq!(cases.len(), answers.len(), "{engine} left questions open");
    let readme = fs::read_to_string(fixture("vectors/sm2/README.md")).unwrap();
    let rows = readme.lines().map(|line| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>());
    let written: BTreeSet<(String, String)> = rows
        .filter(|row| row.len() == 5 && row[0] == engine && row[1] == file)
        .map(|row| (row[2].to_owned(), row[3].to_owned()))
        .collect();
    let mut found = BTreeSet::new();
    for ((_, test), accepted) in cases.iter().zip(answers) {
        let differs = match test["result"].as_str().unwrap() {
            "valid" => !accepted,
            "invalid" => *accepted,
            _ => false,
        };
        if differs {
            let verb = if *accepted { "takes" } else { "refuses" };
            found.insert((test["comment"].as_str().unwrap().to_owned(), verb.to_owned()));
        }
    }
    assert_eq!(found, written, "{engine} on {file}: found, and written in the README");
    println!("{engine}, {file}: {} tests, {} differences, all known", cases.len(), found.len());
}

fn questions(cases: &[(Value, Value)], raw: bool) -> Vec<Sm2Question> {
    let ask = |(group, test): &(Value, Value)| Sm2Question {
        key: bytes(&group["publicKey"], "uncompressed"),
        id: bytes(group, "id"),
        message: bytes(test, "msg"),
        signature: bytes(test, "sig"),
        raw,
    };
    cases.iter().map(ask).collect()
}

#[test]
fn openssl_confirms_the_signatures() {
    let cases = cases("verify_der.json");
    let mut answers = Vec::new();
    for (group, test) in &cases {
        let (id, message, signature) = (bytes(group, "id"), bytes(test, "msg"), bytes(test, "sig"));
        let answer = peers::openssl_sm2_verify_spki(&bytes(group, "publicKeyDer"), &id, &message, &signature);
        let Some(answer) = answer else { return };
        answers.push(answer);
    }
    confirm("OpenSSL", "verify_der.json", &cases, &answers);
}

/// OpenSSL reads DER only: the values of 64 bytes are written so first.
#[test]
fn openssl_confirms_the_raw_signatures() {
    let mut cases = cases("verify_p1363.json");
    cases.retain(|(_, test)| bytes(test, "sig").len() == 64);
    let mut answers = Vec::new();
    for (group, test) in &cases {
        let der = pki::raw_to_der(&bytes(test, "sig")).unwrap();
        let answer = peers::openssl_sm2_verify_spki(
            &bytes(group, "publicKeyDer"),
            &bytes(group, "id"),
            &bytes(test, "msg"),
            &der,
        );
        let Some(answer) = answer else { return };
        answers.push(answer);
    }
    confirm("OpenSSL", "verify_p1363.json", &cases, &answers);
}

#[test]
fn gmssl_confirms_the_signatures() {
    for (file, raw) in [("verify_der.json", false), ("verify_p1363.json", true)] {
        let cases = cases(file);
        let Some(answers) = peers::gmssl_sm2_verify_all(&questions(&cases, raw)) else { return };
        confirm("gmssl", file, &cases, &answers);
    }
}

#[test]
fn openssl_confirms_the_keys() {
    let cases = cases("public_key.json");
    let mut answers = Vec::new();
    for (_, test) in &cases {
        let Some(answer) = peers::openssl_sm2_key(&bytes(test, "spki")) else { return };
        answers.push(answer);
    }
    confirm("OpenSSL", "public_key.json", &cases, &answers);
}

#[test]
fn openssl_confirms_the_certificates() {
    let cases = cases("certificate.json");
    let folder = tempfile::tempdir().unwrap();
    let [issuer, certificate] = ["issuer.pem", "certificate.pem"].map(|name| folder.path().join(name));
    let [issuer, certificate] = [&issuer, &certificate].map(|path| path.to_str().unwrap());
    let mut answers = Vec::new();
    for (group, test) in &cases {
        let der = bytes(test, "certificate");
        fs::write(issuer, pem(&bytes(group, "issuer"))).unwrap();
        fs::write(certificate, pem(&der)).unwrap();
        let trust = ["verify", "-no-CApath", "-no-CAstore", "-partial_chain", "-trusted", issuer];
        let rules = ["-attime", "1800000000", "-vfyopt", "distid:1234567812345678", certificate];
        let Some(issued) = peers::openssl(&[trust.as_slice(), &rules].concat(), b"") else { return };
        // The path alone says nothing about the key inside.
        let key = peers::openssl(&["x509", "-inform", "DER", "-noout", "-pubkey"], &der).unwrap();
        let key = peers::openssl(&["pkey", "-pubin", "-outform", "DER"], &key.out).unwrap();
        answers.push(issued.ok() && key.ok() && peers::openssl_sm2_key(&key.out).unwrap());
    }
    confirm("OpenSSL", "certificate.json", &cases, &answers);
}

fn pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

// ---- both directions

/// Numbers from a seed, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_be_bytes()[3]).collect()
    }

    /// A scalar below n: the first byte keeps it so.
    fn scalar(&mut self) -> [u8; 32] {
        let mut scalar: [u8; 32] = self.bytes(32).try_into().unwrap();
        scalar[0] &= 0x7f;
        scalar[31] |= 1;
        scalar
    }
}

/// PKCS#8 of a secret scalar (RFC 5915 inside RFC 5958).
fn pkcs8(secret: &[u8; 32]) -> Vec<u8> {
    let algorithm = asn1::sequence(&[&asn1::oid(&oid::EC_PUBLIC_KEY), &asn1::oid(&oid::SM2_CURVE)]);
    let key = asn1::sequence(&[&asn1::integer(1), &asn1::octet_string(secret)]);
    asn1::sequence(&[&asn1::integer(0), &algorithm, &asn1::octet_string(&key)])
}

/// Keys at the edge and at random, each with messages at the edge and at random.
fn inputs(dice: &mut Dice, rounds: usize) -> Vec<([u8; 32], Vec<u8>)> {
    let mut one = [0; 32];
    one[31] = 1;
    let mut two = one;
    two[31] = 2;
    let mut last = [0xff; 32]; // n - 2
    last[3] = 0xfe;
    last[16..].copy_from_slice(&0x7203_df6b_21c6_052b_53bb_f409_39d5_4121u128.to_be_bytes());
    let mut short = [0; 32];
    short[20..].copy_from_slice(&dice.bytes(12));
    let mut keys = vec![one, two, last, short];
    keys.extend((0..6).map(|_| dice.scalar()));
    let mut messages: Vec<Vec<u8>> = [0, 1, 31, 32, 33, 55, 56, 63, 64, 65].map(|length| vec![0xa5; length]).to_vec();
    messages.push(vec![0; 32]);
    messages.push(vec![0xff; 32]);
    (0..rounds)
        .map(|round| {
            let length = dice.next() as usize % 400;
            let message = messages.get(round).cloned().unwrap_or_else(|| dice.bytes(length));
            (keys[round % keys.len()], message)
        })
        .collect()
}

#[test]
fn our_signatures_hold_for_both_engines_and_changed_ones_for_neither() {
    let mut dice = Dice(0x5352_2026_1122);
    let mut all = Vec::new();
    for (secret, message) in inputs(&mut dice, 160) {
        let key = PrivateKey::from_pkcs8_der(&pkcs8(&secret)).unwrap();
        let signature = key.sign(&message).unwrap();
        let point = key.public_key().bits().to_vec();
        let good = Sm2Question { key: point.clone(), id: ID.to_vec(), message, signature, raw: false };
        // Another message, or the same with a bit of s turned.
        let mut bad = Sm2Question { key: point, signature: good.signature.clone(), ..copy(&good) };
        if all.len() % 4 == 0 {
            bad.message.push(0);
        } else {
            *bad.signature.last_mut().unwrap() ^= 1 << (dice.next() % 8);
        }
        all.extend([(key.public_key().spki_der().to_vec(), good), (key.public_key().spki_der().to_vec(), bad)]);
    }
    let expected: Vec<bool> = (0..all.len()).map(|at| at % 2 == 0).collect();
    for ((spki, question), expected) in all.iter().zip(&expected) {
        let ours = PublicKey::from_spki_der(spki).unwrap();
        let ours = ours.verify(SignatureAlgorithm::Sm2Sm3, &question.message, &question.signature).is_ok();
        let theirs = peers::openssl_sm2_verify_spki(spki, ID, &question.message, &question.signature);
        assert_eq!(ours, *expected);
        assert!(theirs.is_none_or(|theirs| theirs == *expected), "OpenSSL: {expected} expected");
    }
    let questions: Vec<Sm2Question> = all.into_iter().map(|(_, question)| question).collect();
    let Some(answers) = peers::gmssl_sm2_verify_all(&questions) else { return };
    assert_eq!(answers, expected, "gmssl");
}

fn copy(question: &Sm2Question) -> Sm2Question {
    Sm2Question {
        key: question.key.clone(),
        id: question.id.clone(),
        message: question.message.clone(),
        signature: question.signature.clone(),
        raw: question.raw,
    }
}

#[test]
fn signatures_of_both_engines_hold_for_us() {
    let mut dice = Dice(0x2026_1122_5352);
    let mut wanted = Vec::new();
    for (secret, message) in inputs(&mut dice, 160) {
        let pkcs8 = pkcs8(&secret);
        let key = PrivateKey::from_pkcs8_der(&pkcs8).unwrap();
        let public = key.public_key();
        assert_eq!(public.kind(), KeyKind::Sm2);
        if let Some(theirs) = peers::openssl_sm2_sign(&pkcs8, &message) {
            assert_eq!(public.verify(SignatureAlgorithm::Sm2Sm3, &message, &theirs), Ok(()), "OpenSSL");
        }
        wanted.push((secret, public.bits().to_vec(), dice.scalar(), message));
    }
    let Some(signatures) = peers::gmssl_sm2_sign_all(&wanted) else { return };
    assert_eq!(signatures.len(), wanted.len());
    for ((_, point, _, message), theirs) in wanted.iter().zip(&signatures) {
        let public = PublicKey::from_bits(KeyKind::Sm2, point).unwrap();
        assert_eq!(public.verify(SignatureAlgorithm::Sm2Sm3, message, theirs), Ok(()), "gmssl");
        let mut other = message.clone();
        other.push(0);
        assert!(public.verify(SignatureAlgorithm::Sm2Sm3, &other, theirs).is_err());
    }
}
