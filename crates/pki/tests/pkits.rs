//! NIST's Public Key Interoperability Test Suite: 246 cases of RFC 5280 6, driven by `pkits/cases.tsv`.
//! The files are NIST's; where they are not at hand the test says so and passes.
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

mod common;

use common::corpus;
use common::dsa::Dsa;
use pki::path::{
    self, Evidence, MissingRevocation, PathRequest, PolicyInputs, Purpose, RevocationOutcome, RevocationPolicy,
};
use pki::{Certificate, Crl, ObjectIdentifier};
use std::path::Path;
use time::macros::datetime;

const CASES: &str = include_str!("pkits/cases.tsv");

struct Case<'a> {
    section: &'a str,
    subtest: &'a str,
    leaf: &'a str,
    intermediates: Vec<&'a str>,
    lists: Vec<&'a str>,
    policies: Vec<ObjectIdentifier>,
    inputs: &'a str,
    valid: bool,
}

fn cases() -> Vec<Case<'static>> {
    let list = |text: &'static str| text.split(',').filter(|item| *item != "-").collect::<Vec<_>>();
    let read = |line: &'static str| {
        let [section, subtest, leaf, intermediates, lists, policies, inputs, expected] =
            line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let policy = |arc: &str| ObjectIdentifier::new(&format!("2.16.840.1.101.3.2.1.48.{arc}")).unwrap();
        Case {
            section,
            subtest,
            leaf,
            intermediates: list(intermediates),
            lists: list(lists),
            policies: list(policies).into_iter().filter(|arc| *arc != "0").map(policy).collect(),
            inputs,
            valid: expected == "valid",
        }
    };
    CASES.lines().filter(|line| !line.starts_with('#')).map(read).collect()
}

/// What cannot be read is not there.
fn certificate(folder: &Path, name: &str) -> Option<Certificate> {
    Certificate::from_der(&std::fs::read(folder.join("certs").join(format!("{name}.crt"))).unwrap()).ok()
}

fn crl(folder: &Path, name: &str) -> Option<Crl> {
    Crl::from_der(&std::fs::read(folder.join("crls").join(format!("{name}.crl"))).unwrap()).ok()
}

#[test]
fn all_246_cases_end_as_expected() {
    assert_eq!(cases().len(), 246);
    let Some(folder) = corpus("nist-pkits") else { return };
    let mut wrong = Vec::new();
    for case in cases() {
        let anchors = [certificate(&folder, "TrustAnchorRootCertificate").unwrap()];
        let Some(leaf) = certificate(&folder, case.leaf) else {
            assert!(!case.valid, "{} cannot be read", case.leaf);
            continue;
        };
        let intermediates: Vec<_> = case.intermediates.iter().filter_map(|name| certificate(&folder, name)).collect();
        let lists = std::iter::once(&"TrustAnchorRootCRL").chain(&case.lists);
        let crls: Vec<Crl> = lists.filter_map(|name| crl(&folder, name)).collect();
        let evidence = Evidence::new(MissingRevocation::Refuse).with_crls(&crls);
        let inputs = PolicyInputs {
            acceptable: &case.policies,
            explicit: case.inputs.contains('e'),
            inhibit_mapping: case.inputs.contains('m'),
            inhibit_any: case.inputs.contains('a'),
        };
        let request = PathRequest::new(&leaf, &anchors, datetime!(2026-11-22 0:00 UTC), Purpose::Any)
            .with_intermediates(&intermediates)
            .with_revocation(RevocationPolicy::Evidence(evidence))
            .with_policies(inputs)
            .with_foreign_algorithms(&Dsa);
        let result = path::validate(&request);
        if let Ok(trusted) = &result {
            assert_eq!(trusted.revocation(), RevocationOutcome::Known { hard: true }, "{}", case.section);
        }
        if result.is_ok() != case.valid {
            let got = result.map_or_else(|error| error.to_string(), |_| "valid".to_owned());
            wrong.push(format!("{}/{} {}: {got}", case.section, case.subtest, case.leaf));
        }
    }
    assert!(wrong.is_empty(), "{} not as expected:\n{}", wrong.len(), wrong.join("\n"));
    eprintln!("PKITS: 246 of 246 cases as expected");
}

/// What the product accepts without help: all but the four cases of DSA.
#[test]
fn without_foreign_algorithms_dsa_is_refused() {
    let Some(folder) = corpus("nist-pkits") else { return };
    let read = |name| certificate(&folder, name).unwrap();
    let anchors = [read("TrustAnchorRootCertificate")];
    let (leaf, between) = (read("ValidDSASignaturesTest4EE"), [read("DSACACert")]);
    let request =
        PathRequest::new(&leaf, &anchors, datetime!(2026-11-22 0:00 UTC), Purpose::Any).with_intermediates(&between);
    assert_eq!(path::validate(&request).unwrap_err().reason, path::PathReason::WeakAlgorithm);
    assert!(path::validate(&request.with_foreign_algorithms(&Dsa)).is_ok());
}
