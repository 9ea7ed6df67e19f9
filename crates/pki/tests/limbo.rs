//! x509-limbo: certificate paths by many hands. Cases that do not concern documents are listed, each with its reason, in
//! `limbo/exceptions.tsv`; the test fails when a case without an exception ends otherwise than expected, and when an
//! exception is no longer needed.
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

mod common;

use common::corpus;
use pki::path::{self, MissingRevocation, PathError, PathReason, PathRequest, Profile, Purpose, RevocationPolicy};
use pki::{Certificate, Crl, ObjectIdentifier, oid};
use serde_json::Value;
use std::collections::HashMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

const EXCEPTIONS: &str = include_str!("limbo/exceptions.tsv");

/// Case, and why it ends otherwise here.
fn exceptions() -> HashMap<&'static str, &'static str> {
    let lines = EXCEPTIONS.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once('\t').unwrap()).collect()
}

#[test]
fn all_cases_end_as_expected_or_are_explained() {
    let Some(folder) = corpus("x509-limbo") else { return };
    let limbo: Value = serde_json::from_slice(&std::fs::read(folder.join("limbo.json")).unwrap()).unwrap();
    let mut exceptions = exceptions();
    let (mut as_expected, mut total) = (0, 0);
    let mut for_strict = Vec::new();
    let mut wrong = Vec::new();
    for case in limbo["testcases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let expected = case["expected_result"] == "SUCCESS";
        let result = run(case, Profile::Strict);
        // What only a strict question refuses is a matter of form.
        if result.is_ok() != run(case, Profile::Standard).is_ok() {
            let refused = result.clone().unwrap_err();
            let form = ["Profile", "MalformedExtension", "RevocationUnknown"].iter().any(|code| refused.contains(code));
            assert!(form, "{id}: {refused}");
            for_strict.push(id);
        }
        let explained = exceptions.remove(id).is_some();
        total += 1;
        match (result.is_ok() == expected, explained) {
            (true, false) => as_expected += 1,
            (false, true) => {}
            (true, true) => wrong.push(format!("{id}: the exception is not needed")),
            (false, false) => wrong.push(format!("{id}: expected {}, got {result:?}", case["expected_result"])),
        }
    }
    wrong.extend(exceptions.keys().map(|id| format!("{id}: an exception for no case")));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    eprintln!("{} cases are refused by Profile::Strict only: {for_strict:?}", for_strict.len());
    eprintln!("x509-limbo: {as_expected} of {total} cases as expected, {} explained", total - as_expected);
}

fn run(case: &Value, profile: Profile) -> Result<(), String> {
    let read = |pem: &Value| Certificate::from_pem(pem.as_str().unwrap());
    let list = |key: &str| case[key].as_array().unwrap().iter().filter_map(|pem| read(pem).ok()).collect::<Vec<_>>();
    let leaf = read(&case["peer_certificate"]).map_err(|error| error.to_string())?;
    let (anchors, intermediates) = (list("trusted_certs"), list("untrusted_intermediates"));
    let crls: Vec<Crl> =
        case["crls"].as_array().unwrap().iter().filter_map(|pem| Crl::from_pem(pem.as_str().unwrap()).ok()).collect();
    let at = match case["validation_time"].as_str() {
        Some(text) => OffsetDateTime::parse(text, &Rfc3339).unwrap(),
        None => datetime!(2026-11-22 0:00 UTC),
    };
    let mut request = PathRequest::new(&leaf, &anchors, at, Purpose::KeyPurpose(purpose(case)))
        .with_intermediates(&intermediates)
        .with_profile(profile);
    if !crls.is_empty() {
        request = request.with_revocation(RevocationPolicy::Crls { crls: &crls, missing: MissingRevocation::Refuse });
    }
    if let Some(most) = case["max_chain_depth"].as_u64() {
        request = request.with_max_length(u32::try_from(most).unwrap());
    }
    path::validate(&request).map(drop).map_err(|error: PathError| format!("{error} ({:?})", error.reason))
}

/// The purpose a case asks for; a server's when it names none.
fn purpose(case: &Value) -> ObjectIdentifier {
    match (case["extended_key_usage"][0].as_str(), case["validation_kind"].as_str()) {
        (Some("clientAuth"), _) | (None, Some("CLIENT")) => oid::KP_CLIENT_AUTH,
        _ => oid::KP_SERVER_AUTH,
    }
}

/// Broad constraints against many names: the budget answers, quickly.
#[test]
fn what_costs_too_much_is_refused_as_such() {
    let Some(folder) = corpus("x509-limbo") else { return };
    let limbo: Value = serde_json::from_slice(&std::fs::read(folder.join("limbo.json")).unwrap()).unwrap();
    for case in limbo["testcases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        if id.starts_with("pathological::nc-dos") || id.starts_with("pathological::pathological-chain") {
            let started = std::time::Instant::now();
            let refused = run(case, Profile::Standard).unwrap_err();
            assert!(started.elapsed().as_secs() < 5, "{id}");
            eprintln!("{id}: {refused}");
        }
    }
    assert_eq!(PathReason::BudgetExceeded.code(), "BudgetExceeded");
}
