//! What verifying costs, each beside its floor: `cargo bench -p license-core --bench verify`. Nothing fails here.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use license_core::index::{IndexText, Token};
use license_core::trust::{IndexKey, Issuer, Period, TrustList};
use license_core::verify::{self, Limits, Policy, Verdict};
use pki::{PublicKey, SignatureAlgorithm};

fn main() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors/index/es256.json");
    let vector: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let hex = |key: &str| data_encoding::HEXLOWER.decode(vector[key].as_str().unwrap().as_bytes()).unwrap();
    let text = vector["text"].as_str().unwrap();
    let key = PublicKey::from_spki_der(&hex("spki")).unwrap();
    let token = Token::from_bytes(&hex("token")).unwrap();

    // The floor: a signature over a message of the same length, with the same key type and library.
    let signer =
        pki::PrivateKey::generate(pki::KeyKind::P256, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng)).unwrap();
    let message = vec![7; token.as_bytes().len()];
    let signature = signer.sign(&message).unwrap();
    let floor = measure("bare P-256 verification", || {
        signer.public_key().verify(SignatureAlgorithm::ECDSA_SHA256, &message, &signature).unwrap();
    });

    measure("token from bytes", || drop(Token::from_bytes(token.as_bytes()).unwrap()));
    measure("index from text", || drop(IndexText::parse(text).unwrap()));
    measure("token's signature", || assert!(token.verify(&key)));

    let mut issuer = Issuer::new(&token.claims().issuer, "样例市市场监督管理局", vec!["*".to_owned()]);
    issuer.index_keys = vec![IndexKey::new(key, Period::default()).unwrap()];
    let trust = TrustList { issuers: vec![issuer], ..TrustList::default() };
    let (limits, policy) = (Limits::default(), Policy::default());
    let at = time::macros::datetime!(2027-01-01 0:00 UTC);
    let whole = measure("text to report", || {
        let report = verify::judge(&verify::inspect_text(text, &limits), &trust, &policy, at);
        assert_eq!(report.verdict, Verdict::Passed);
    });
    println!("text to report has {:.0} % of the speed of the bare signature (aim: 80 %)", 100.0 * floor / whole);
}

/// Microseconds of one call: the best of several rounds, since other programs only ever make it slower.
fn measure(name: &str, mut call: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..15 {
        let begin = Instant::now();
        let mut calls = 0u32;
        while begin.elapsed() < Duration::from_millis(60) {
            (0..20).for_each(|_| call());
            calls += 20;
        }
        best = best.min(begin.elapsed().as_secs_f64() * 1e6 / f64::from(calls));
    }
    println!("{name:<28} {best:8.2} µs");
    best
}
