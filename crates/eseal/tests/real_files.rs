//! Seals and signatures made by other software.
#![allow(clippy::unwrap_used)]

mod common;

use common::{entry, fixture, foreign, sm3};
use eseal::{CheckName, CheckRequest, Facts, Outcome, Seal, SealReport, SealSignature, SigningTime, Version};
use std::path::Path;

fn checked(package: &Path, folder: &str) -> (Box<SealSignature>, SealReport) {
    let value = entry(package, &format!("{folder}/SignedValue.dat")).unwrap();
    let xml = entry(package, &format!("{folder}/Signature.xml")).unwrap();
    let seal = entry(package, &format!("{folder}/Seal.esl"));
    let Facts::Seal(signature) = eseal::inspect(&value) else { panic!("{package:?}: {:?}", eseal::inspect(&value)) };
    let digest = sm3(&xml);
    let path = format!("/Doc_0/Signs/{folder}/Signature.xml");
    let mut request = CheckRequest::new(&digest).with_signature_path(&path);
    if let Some(seal) = &seal {
        request = request.with_seal_file(seal);
    }
    let report = eseal::check(&signature, &request);
    (signature, report)
}

fn failed(report: &SealReport) -> Vec<CheckName> {
    report.failures().map(|check| check.name).collect()
}

#[test]
fn a_v4_seal_of_a_tax_test_system() {
    let (signature, report) = checked(&fixture("v4-invoice-valid.ofd"), "Sign_0");
    assert_eq!(signature.version(), Version::V4);
    assert!(report.intact(), "{:?}", report.checks);
    assert_eq!(signature.seal().content().picture.format, "ofd");
    assert!(signature.seal().content().name.contains('章'), "{}", signature.seal().content().name);
}

#[test]
fn v1_and_v5_seals_of_another_library() {
    let (signature, report) = checked(&fixture("v1-seal.ofd"), "Sign_0");
    assert_eq!(signature.version(), Version::V1);
    assert!(report.intact(), "{:?}", report.checks);
    assert!(matches!(signature.time(), SigningTime::AssumedLocal(_)), "{:?}", signature.time());
    let late = [CheckName::SealValidity, CheckName::SignerValidity];
    assert_eq!(failed(&report), late, "seal and signer ended in 2022");

    let (signature, report) = checked(&fixture("v5-seal.ofd"), "Sign_0");
    assert_eq!(signature.version(), Version::V5);
    assert!(report.intact(), "{:?}", report.checks);
    let late = [CheckName::SignerValidity, CheckName::MakerValidity];
    assert_eq!(failed(&report), late, "the seal lasts until 2028, both certificates ended in 2022");
}

#[test]
fn every_changed_byte_of_a_real_v1_signature_is_refused() {
    let package = fixture("v1-seal.ofd");
    let value = entry(&package, "Sign_0/SignedValue.dat").unwrap();
    let digest = sm3(&entry(&package, "Sign_0/Signature.xml").unwrap());
    let request = CheckRequest::new(&digest);
    for index in (0..value.len()).step_by(37).chain(0..64).chain(value.len() - 100..value.len()) {
        let mut forged = value.clone();
        forged[index] ^= 0x10;
        if let Facts::Seal(signature) = eseal::inspect(&forged) {
            assert!(!eseal::check(&signature, &request).intact(), "byte {index}");
        }
    }
}

#[test]
fn a_v5_seal_with_a_meaningless_time_stamp() {
    let seal = Seal::from_der(&std::fs::read(fixture("UserV5_ts.esl")).unwrap()).unwrap();
    assert_eq!(seal.version(), Version::V5);
    assert_eq!(seal.time_stamp().map(<[u8]>::len), Some(3));
    assert_eq!(eseal::check_seal(&seal), Outcome::Passed);
}

#[test]
fn signatures_without_seal_are_told_apart() {
    let package = fixture("sign-cms-econtent.ofd");
    let value = entry(&package, "Sign_0/SignedValue.dat").unwrap();
    let Facts::SignedData(data) = eseal::inspect(&value) else { panic!("not SignedData") };
    let digest = sm3(&entry(&package, "Sign_0/Signature.xml").unwrap());
    assert!(data.verify(0, &digest).passed(), "{:?}", data.verify(0, &digest).checks);

    let value = entry(&fixture("sign-bare-sm2.ofd"), "Sign_0/SignedValue.dat").unwrap();
    assert!(matches!(eseal::inspect(&value), Facts::BareSignature));
}

#[test]
fn the_foreign_corpus() {
    // Package, folder, failed checks; all have expired certificates or seals only where named.
    let cases: [(&str, &str, bool); 10] = [
        ("signed/v4-invoice-valid.ofd", "Sign_0", true),
        ("signed/v4-invoice-tampered.ofd", "Sign_0", true),
        ("signed/v4-relative-baseloc.ofd", "Sign_0", true),
        ("signed/v4-unprotected-template.ofd", "Sign_0", true),
        ("signed/v4-all-protected.ofd", "Sign_0", true),
        ("signed/v4-straddle.ofd", "Sign_0", true),
        ("signed/v4-two-seals-first-broken.ofd", "Sign_0", true),
        ("signed/v4-two-seals-first-broken.ofd", "Sign_1", true),
        ("signed/v4-licence-two-seals-tampered.ofd", "Sign_0", true),
        ("signed/v4-licence-two-seals-tampered.ofd", "Sign_1", true),
    ];
    for (name, folder, intact) in cases {
        let Some(package) = foreign(name) else { return };
        let (_, report) = checked(&package, folder);
        assert_eq!(report.intact(), intact, "{name} {folder}: {:?}", report.checks);
        assert_eq!(report.outcome(CheckName::SealMakerSignature), Some(&Outcome::Passed), "{name}");
    }
    let Some(package) = foreign("signed/v1-repacked-broken.ofd") else { return };
    let (signature, report) = checked(&package, "Sign_0");
    assert_eq!(signature.version(), Version::V1);
    assert_eq!(report.outcome(CheckName::SealMakerSignature), Some(&Outcome::Passed), "the v1 rule");
    assert!(failed(&report).contains(&CheckName::SignerSignature) && !report.intact());
}

#[test]
fn the_foreign_seals_and_signed_data() {
    for name in ["seals/UserV1.esl", "seals/UserV4.esl", "seals/UserV5.esl", "seals/UserV5_ts.esl"] {
        let Some(path) = foreign(name) else { return };
        let seal = Seal::from_der(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(eseal::check_seal(&seal), Outcome::Passed, "{name}");
    }
    let Some(package) = foreign("signed/sign-cms-two.ofd") else { return };
    for folder in ["Sign_0", "Sign_1"] {
        let value = entry(&package, &format!("{folder}/SignedValue.dat")).unwrap();
        let digest = sm3(&entry(&package, &format!("{folder}/Signature.xml")).unwrap());
        let Facts::SignedData(data) = eseal::inspect(&value) else { panic!("{:?}", eseal::inspect(&value)) };
        let report = data.verify(0, &digest);
        assert!(report.passed(), "{folder}: {:?}", report.checks);
    }
}
