//! The vectors of `docs/formats/index.md`: each file says what is expected of its text.
//!
//! `BLESS=1 cargo test -p license-core --test index_vectors` writes them anew (ES256 signatures are random).

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use license_core::index::{Algorithm, Claims, HolderKind, IndexText, Prepared, TextError, TokenError, cut_holder};
use pki::{KeyKind, PrivateKey};
use serde_json::{Value, json};
use time::macros::date;

const PREFIX: &str = "HTTPS://LICENSE.EXAMPLE.GOV.CN/V/";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors/index")
}

fn claims() -> Claims {
    Claims {
        issuer: "11340100MB1A2B3CX1".into(),
        issued_at: 1_793_232_000,
        type_code: "11100000MB0143028R001".into(),
        serial: "2026000001".into(),
        version: 1,
        number: "91340100MA2N2T1X8D".into(),
        holder_kind: HolderKind::Organization,
        holder: "样例市春风餐饮管理有限公司".into(),
        valid_from: None,
        valid_to: None,
        face: *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
        status: 4711,
    }
}

fn sign(claims: &Claims, key: &PrivateKey) -> String {
    let algorithm = Algorithm::of(key.algorithm()).unwrap();
    let digest = pki::DigestAlgorithm::Sha256.digest(key.public_key().spki_der());
    let prepared = Prepared::new(claims, algorithm, digest.as_bytes()[..4].try_into().unwrap()).unwrap();
    let signature = key.sign(prepared.to_be_signed()).unwrap();
    let raw = match algorithm {
        Algorithm::EdDsa => signature,
        _ => pki::der_to_raw(&signature, 32).unwrap(),
    };
    IndexText::new(PREFIX, prepared.finish(&raw).unwrap()).unwrap().to_string()
}

fn generate() -> BTreeMap<String, Value> {
    let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
    let mut made = BTreeMap::new();
    let mut base = String::new();
    let permit = Claims {
        number: "JY21101050001234".into(),
        valid_from: Some(date!(2026 - 11 - 21)),
        valid_to: Some(date!(2031 - 11 - 20)),
        ..claims()
    };
    let person = Claims {
        number: "皖(2026)样例市不动产证明第0000001号".into(),
        holder_kind: HolderKind::Person,
        holder: "欧阳\u{2CB6C}".into(),
        ..claims()
    };
    let long =
        Claims { holder: cut_holder(&"样例市第一建筑安装工程集团".repeat(4)), version: 999, ..claims() };
    for (name, kind, claims) in [
        ("es256", KeyKind::P256, claims()),
        ("eddsa", KeyKind::Ed25519, permit),
        ("sm2-person", KeyKind::Sm2, person),
        ("es256-long-holder", KeyKind::P256, long),
    ] {
        let key = PrivateKey::generate(kind, &mut rng).unwrap();
        let text = sign(&claims, &key);
        if name == "es256" {
            base = text.clone();
        }
        let parsed = IndexText::parse(&text).unwrap();
        let vector = json!({
            "expect": "good",
            "text": text,
            "spki": HEXLOWER.encode(key.public_key().spki_der()),
            "token": HEXLOWER.encode(parsed.token().as_bytes()),
            "claims": {
                "issuer": claims.issuer, "issued_at": claims.issued_at, "type": claims.type_code,
                "serial": claims.serial, "version": claims.version, "number": claims.number,
                "holder": claims.holder, "face": HEXLOWER.encode(&claims.face), "status": claims.status,
            },
        });
        made.insert(name.to_owned(), vector);
    }
    let bytes = IndexText::parse(&base).unwrap().token().as_bytes().to_vec();
    let body = &base[PREFIX.len()..];
    let with = |bytes: Vec<u8>| format!("{PREFIX}{}", BASE32_NOPAD.encode(&bytes));
    let mut changed = bytes.clone();
    // A letter of the holder's name.
    let at = changed.windows(3).position(|window| window == "春".as_bytes()).unwrap();
    changed[at + 2] ^= 1;
    let mut long_form = bytes.clone();
    // The array head of COSE_Sign1 in a longer form than needed (RFC 8949 4.2.1).
    long_form.splice(1..2, [0x98, 0x04]);
    // The other spelling of the same signature: r, n - s.
    let mut high_s = bytes.clone();
    let at = high_s.len() - 32;
    let order = HEXLOWER.decode(b"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").unwrap();
    let mut borrow = 0;
    for (digit, of_order) in high_s[at..].iter_mut().zip(order).rev() {
        let difference = i32::from(of_order) - i32::from(*digit) - borrow;
        borrow = i32::from(difference < 0);
        *digit = difference.rem_euclid(256) as u8;
    }
    let bad = [
        ("bad-high-s", "NotCanonical", with(high_s)),
        ("bad-signature", "bad-signature", with(changed)),
        ("bad-long-form", "TokenError::Structure|NotCanonical", with(long_form)),
        ("bad-trailing-byte", "TokenError::Structure", with([bytes.clone(), vec![0]].concat())),
        ("bad-truncated", "TokenError::Structure", with(bytes[..bytes.len() - 1].to_vec())),
        ("bad-lower-case", "TextError::Base32", format!("{PREFIX}{}", body.to_lowercase())),
        ("bad-padding", "TextError::Base32", format!("{base}=")),
        ("bad-scheme-case", "TextError::Foreign", base.replacen("HTTPS", "https", 1)),
        ("bad-other-system", "TextError::Foreign", "https://www.example.com/q?id=1".into()),
        ("bad-empty-token", "TextError::Foreign", PREFIX.into()),
    ];
    for (name, expect, text) in bad {
        made.insert(name.to_owned(), json!({ "expect": expect, "text": text, "spki": made["es256"]["spki"] }));
    }
    made
}

fn check(name: &str, vector: &Value) {
    let text = vector["text"].as_str().unwrap();
    let expect = vector["expect"].as_str().unwrap();
    let spki = HEXLOWER.decode(vector["spki"].as_str().unwrap().as_bytes()).unwrap();
    let key = pki::PublicKey::from_spki_der(&spki).unwrap();
    let got = match IndexText::parse(text) {
        Ok(index) => {
            assert_eq!(index.to_string(), text, "{name}: only the canonical spelling parses");
            if expect == "good" {
                let said = &vector["claims"];
                let claims = index.token().claims();
                assert_eq!(claims.holder, said["holder"], "{name}");
                assert_eq!(claims.number, said["number"], "{name}");
                assert_eq!(claims.serial, said["serial"], "{name}");
                assert_eq!(HEXLOWER.encode(index.token().as_bytes()), said_token(vector), "{name}");
            }
            if index.token().verify(&key) { "good" } else { "bad-signature" }
        }
        Err(TextError::Foreign(_)) => "TextError::Foreign",
        Err(TextError::Base32(_)) => "TextError::Base32",
        Err(TextError::Token(TokenError::Structure { .. })) => "TokenError::Structure",
        Err(TextError::Token(TokenError::NotCanonical)) => "NotCanonical",
        Err(error) => panic!("{name}: unexpected {error}"),
    };
    assert!(expect.split('|').any(|word| word == got), "{name}: expected {expect}, got {got}");
}

fn said_token(vector: &Value) -> &str {
    vector["token"].as_str().unwrap()
}

#[test]
fn vectors_say_what_to_expect() {
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(folder()).unwrap();
        for (name, vector) in generate() {
            let text = serde_json::to_string_pretty(&vector).unwrap() + "\n";
            std::fs::write(folder().join(format!("{name}.json")), text).unwrap();
        }
    }
    let mut seen = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            check(&path.display().to_string(), &serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap());
            seen += 1;
        }
    }
    assert!(seen >= 13, "{seen} vectors");
}

#[test]
fn every_changed_byte_of_a_token_is_refused() {
    let vector: Value = serde_json::from_slice(&std::fs::read(folder().join("es256.json")).unwrap()).unwrap();
    let index = IndexText::parse(vector["text"].as_str().unwrap()).unwrap();
    let spki = HEXLOWER.decode(vector["spki"].as_str().unwrap().as_bytes()).unwrap();
    let key = pki::PublicKey::from_spki_der(&spki).unwrap();
    let bytes = index.token().as_bytes();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.to_vec();
            changed[at] ^= 1 << bit;
            if let Ok(token) = license_core::index::Token::from_bytes(&changed) {
                assert!(!token.verify(&key), "byte {at} bit {bit}");
            }
        }
    }
}

#[test]
fn usual_names_fit_version_12_and_the_longest_version_13() {
    for (name, versions) in [("es256", 0..=12), ("es256-long-holder", 0..=13)] {
        let vector: Value =
            serde_json::from_slice(&std::fs::read(folder().join(format!("{name}.json"))).unwrap()).unwrap();
        let text = vector["text"].as_str().unwrap();
        let capacity = [(11, 366), (12, 419), (13, 483)];
        let version = capacity.iter().find(|(_, capacity)| text.len() <= *capacity).map(|(version, _)| *version);
        println!("{name}: {} characters, version {version:?}", text.len());
        assert!(version.is_some_and(|version| versions.contains(&version)), "{name}: {} characters", text.len());
    }
}
