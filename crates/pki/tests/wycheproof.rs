//! Project Wycheproof: signatures that are right, and thousands made to be refused, for everything we check of other makers.
//! (SM2 has vectors of our own in the same shape: `sm2_wycheproof.rs`.)
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

mod common;

use common::unhex;
use pki::{DigestAlgorithm, KeyError, KeyKind, PublicKey, Refusal, SignatureAlgorithm, SignatureEncoding};
use serde_json::Value;
use wycheproof::{ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

fn digest(name: &Value) -> Option<DigestAlgorithm> {
    Some(match name.as_str()? {
        "SHA-1" => DigestAlgorithm::Sha1,
        "SHA-224" => DigestAlgorithm::Sha224,
        "SHA-256" => DigestAlgorithm::Sha256,
        "SHA-384" => DigestAlgorithm::Sha384,
        "SHA-512" => DigestAlgorithm::Sha512,
        "SHA3-224" => DigestAlgorithm::Sha3_224,
        "SHA3-256" => DigestAlgorithm::Sha3_256,
        "SHA3-384" => DigestAlgorithm::Sha3_384,
        "SHA3-512" => DigestAlgorithm::Sha3_512,
        _ => return None,
    })
}

fn bytes(value: &Value, field: &str) -> Vec<u8> {
    unhex(value[field].as_str().unwrap())
}

/// How many signatures held, how many were refused, and how many could not be looked at.
#[derive(Debug, Default)]
struct Counts {
    held: usize,
    refused: usize,
    unsupported: usize,
}

/// Judges each signature of a file; `algorithm` says by what those of a group are, if that is checked here at all.
fn judge(name: &str, json: &str, counts: &mut Counts, algorithm: impl Fn(&Value) -> Option<SignatureAlgorithm>) {
    let file: Value = serde_json::from_str(json).unwrap();
    for group in file["testGroups"].as_array().unwrap() {
        let tests = group["tests"].as_array().unwrap();
        let key = PublicKey::from_spki_der(&bytes(group, "publicKeyDer"));
        let (key, algorithm) = match (key, algorithm(group)) {
            (Ok(key), Some(algorithm)) => (key, algorithm),
            (Err(error), _) => {
                assert_eq!(error.refusal(), Refusal::Unsupported, "{name}: {error}");
                counts.unsupported += tests.len();
                continue;
            }
            (Ok(_), None) => {
                counts.unsupported += tests.len();
                continue;
            }
        };
        for test in tests {
            let (message, signature) = (bytes(test, "msg"), bytes(test, "sig"));
            let holds = key.compute(algorithm, &message, &signature, SignatureEncoding::Der).is_ok();
            let what = format!("{name} {}: {} {}", test["tcId"], test["comment"], test["flags"]);
            match test["result"].as_str().unwrap() {
                "valid" => assert!(holds, "{what}"),
                "invalid" => assert!(!holds, "{what}"),
                // A digest without its NULL, an exponent of 3, SHA-1: the first is refused.
                _ => assert_eq!(holds, !what.contains("MissingNull"), "{what}"),
            }
            // What nobody should rely on is refused by whoever does not ask for the mathematics alone.
            let weak = algorithm.is_weak() || key.kind().is_weak();
            assert_eq!(key.verify(algorithm, &message, &signature).is_ok(), holds && !weak, "{what}");
            *(if holds { &mut counts.held } else { &mut counts.refused }) += 1;
        }
    }
}

#[test]
fn ecdsa() {
    use ecdsa::TestName as T;
    let files = [
        ("P-256", T::EcdsaSecp256r1Sha256),
        ("P-256, SHA-512", T::EcdsaSecp256r1Sha512),
        ("P-256, SHA3-256", T::EcdsaSecp256r1Sha3_256),
        ("P-256, SHA3-512", T::EcdsaSecp256r1Sha3_512),
        ("P-384", T::EcdsaSecp384r1Sha384),
        ("P-384, SHA-256", T::EcdsaSecp384r1Sha256),
        ("P-384, SHA-512", T::EcdsaSecp384r1Sha512),
        ("P-384, SHA3-384", T::EcdsaSecp384r1Sha3_384),
        ("P-384, SHA3-512", T::EcdsaSecp384r1Sha3_512),
        ("P-521", T::EcdsaSecp521r1Sha512),
        ("P-521, SHA3-512", T::EcdsaSecp521r1Sha3_512),
        ("brainpoolP256r1", T::EcdsaBrainpool256r1Sha256),
        ("brainpoolP256r1, SHA3-256", T::EcdsaBrainpool256r1Sha3_256),
        ("brainpoolP384r1", T::EcdsaBrainpool384r1Sha384),
        ("brainpoolP384r1, SHA3-384", T::EcdsaBrainpool384r1Sha3_384),
    ];
    for (name, file) in files {
        let mut counts = Counts::default();
        judge(name, file.json_data(), &mut counts, |group| digest(&group["sha"]).map(SignatureAlgorithm::Ecdsa));
        assert!(counts.held > 100 && counts.refused > 100 && counts.unsupported == 0, "{name}: {counts:?}");
        println!("{name}: {counts:?}");
    }
    // Curves that no library at hand knows are told apart from what is wrong.
    for file in [T::EcdsaBrainpool512r1Sha512, T::EcdsaSecp256k1Sha256, T::EcdsaSecp224r1Sha256] {
        let mut counts = Counts::default();
        judge("another curve", file.json_data(), &mut counts, |_| Some(SignatureAlgorithm::ECDSA_SHA256));
        assert!(counts.held == 0 && counts.refused == 0 && counts.unsupported > 100, "{counts:?}");
    }
}

#[test]
fn ed25519() {
    let mut counts = Counts::default();
    let file = eddsa::TestName::Ed25519.json_data();
    judge("Ed25519", file, &mut counts, |_| Some(SignatureAlgorithm::Ed25519));
    assert!(counts.held > 80 && counts.refused > 60 && counts.unsupported == 0, "{counts:?}");
    let mut counts = Counts::default();
    judge("Ed448", eddsa::TestName::Ed448.json_data(), &mut counts, |_| None);
    assert!(counts.held == 0 && counts.refused == 0 && counts.unsupported > 80, "{counts:?}");
}

#[test]
fn rsa_pkcs1() {
    let mut counts = Counts::default();
    for file in rsa_pkcs1_verify::TestName::all() {
        judge(&format!("{file:?}"), file.json_data(), &mut counts, |group| {
            digest(&group["sha"]).map(SignatureAlgorithm::RsaPkcs1)
        });
    }
    // SHA-512/224 and SHA-512/256 are not on our list.
    assert!(counts.held > 100 && counts.refused > 3000 && counts.unsupported > 100, "{counts:?}");
    println!("{counts:?}");
}

#[test]
fn rsa_pss() {
    let mut counts = Counts::default();
    for file in rsa_pss_verify::TestName::all() {
        judge(&format!("{file:?}"), file.json_data(), &mut counts, |group| {
            let (digest, mask) = (digest(&group["sha"])?, digest(&group["mgfSha"])?);
            let salt = u16::try_from(group["sLen"].as_u64()?).ok()?;
            // A mask by another digest is not computed here.
            (mask == digest).then_some(SignatureAlgorithm::RsaPss { digest, salt })
        });
    }
    assert!(counts.held > 300 && counts.refused > 500 && counts.unsupported > 100, "{counts:?}");
    println!("{counts:?}");
}

/// Sizes and exponents that are out of bounds are told apart from each other.
#[test]
fn rsa_keys_are_bounded() {
    use pki::asn1;
    let key = |bits: usize, exponent: &[u8]| {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        modulus[0] = 0xff >> ((8 - bits % 8) % 8);
        let der = asn1::sequence(&[&asn1::unsigned(&modulus), &asn1::unsigned(exponent)]);
        PublicKey::from_bits(KeyKind::Rsa(0), &der)
    };
    let f4: &[u8] = &[1, 0, 1];
    // Whatever number calls itself a modulus, there is an answer.
    for bits in [1024, 1025, 1031, 1032, 2048, 4099, 8192] {
        let key = key(bits, f4).unwrap();
        for signature in [vec![0; bits.div_ceil(8)], vec![0xff; bits.div_ceil(8)], vec![1; bits.div_ceil(8)], vec![]] {
            for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha512, DigestAlgorithm::Sha3_224] {
                for algorithm in [0, 1, 61, 62, 63, 958, u16::MAX]
                    .map(|salt| SignatureAlgorithm::RsaPss { digest, salt })
                    .into_iter()
                    .chain([SignatureAlgorithm::RsaPkcs1(digest)])
                {
                    let outcome = key.compute(algorithm, b"message", &signature, SignatureEncoding::Der);
                    assert!(outcome.is_err(), "{bits} {algorithm}");
                }
            }
        }
    }
    for (bits, weak) in [(1024, true), (2047, true), (2048, false), (3072, false), (8192, false)] {
        let key = key(bits, f4).unwrap();
        assert_eq!((key.kind(), key.kind().is_weak()), (KeyKind::Rsa(bits), weak));
    }
    assert_eq!(key(1023, f4), Err(KeyError::RsaTooShort(1023)));
    assert_eq!(key(512, f4).unwrap_err().refusal(), Refusal::Weak);
    assert_eq!(key(8193, f4), Err(KeyError::RsaTooLong(8193, 17)));
    assert_eq!(key(16384, f4).unwrap_err().refusal(), Refusal::Unsupported);
    assert_eq!(key(2048, &[2, 0, 0, 0, 1]), Err(KeyError::RsaTooLong(2048, 34)));
    assert!(key(2048, &[3]).is_ok() && key(2048, &[1, 0xff, 0xff, 0xff, 0xff]).is_ok());
    for exponent in [&[1][..], &[2], &[1, 0, 0]] {
        assert_eq!(key(2048, exponent).unwrap_err().refusal(), Refusal::Malformed, "{exponent:?}");
    }
}
