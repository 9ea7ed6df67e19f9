//! `license verify` with revocation data from files: what is known, by what, and what missing knowledge means.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod desk;

use desk::license;
use serde_json::Value;

fn fixture(name: &str) -> String {
    tests::places::fixture(name).to_str().unwrap().to_owned()
}

/// The report on a sealed and stamped package of the fixtures, ten days after.
fn verify(more: &[&str]) -> (i32, String, String) {
    let file = fixture("ofd-stamped/v4-signature-stamp.ofd");
    // A root and its CA, as PEM: a list of roots alone.
    let trust = fixture("attacks/ofd/trust/root.pem");
    let ca = fixture("attacks/ofd/trust/ca.pem");
    let given = ["verify", &file, "--trust", &trust, "--certificates", &ca, "--at", "2026-12-11T10:00:00+08:00"];
    let said = license(&[&given[..], more].concat());
    (said.code, said.out, said.err)
}

fn report(more: &[&str]) -> Value {
    let (_, out, err) = verify(&[more, &["--json"]].concat());
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"))
}

fn codes(report: &Value) -> Vec<&str> {
    report["checks"].as_array().unwrap().iter().filter_map(|check| check["code"].as_str()).collect()
}

#[test]
fn the_mode_is_stated_and_hard_leaves_open_what_nothing_tells() {
    let soft = report(&[]);
    let signature = &soft["signatures"][0];
    assert_eq!(signature["proof"]["kind"], "signature-time-stamp", "{signature:#}");
    assert_eq!(signature["proof"]["at"], "2026-12-01T02:00:09Z");
    assert_eq!(
        (&signature["revocation"]["mode"], &signature["revocation"]["state"]),
        (&"soft".into(), &"not-checked".into())
    );
    assert!(!codes(&soft).contains(&"revocation.unknown"));
    let hard = report(&["--revocation", "hard"]);
    assert_eq!(hard["signatures"][0]["revocation"]["mode"], "hard");
    assert!(codes(&hard).contains(&"revocation.unknown"));
    assert_eq!(hard["signatures"][0]["sub_indication"], "TRY_LATER");
}

#[test]
fn lists_are_read_and_what_they_say_is_told() {
    let list = fixture("attacks/ofd/crl/ca.crl");
    let known = report(&["--crl", &list]);
    let told = &known["signatures"][0]["revocation"]["certificates"][0];
    assert_eq!((&told["state"], &told["evidence"]), (&"good".into(), &"crl".into()), "{known:#}");
    assert!(told["this_update"].as_str().unwrap().starts_with("2026-"), "{told}");
    let (_, out, _) = verify(&["--crl", &list]);
    assert!(out.contains("time proven by signature-time-stamp") && out.contains("good by crl of 2026-"), "{out}");
}

/// A stranger's sealed document, by a signer that is trusted: no license, and asked about as a document it passes.
#[test]
fn a_document_that_is_no_license_passes_when_asked_about_as_one() {
    let (code, out, _) = verify(&[]);
    assert!(code == 2 && out.contains("record.missing") && out.contains("--document asks"), "{out}");
    let (code, out, err) = verify(&["--document"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(!out.contains("record.missing") && out.contains("asked about as a document"), "{out}");
    // Nothing else is let through: nobody is trusted, or something was changed.
    let file = fixture("ofd-stamped/v4-signature-stamp.ofd");
    let at = ["--at", "2026-12-11T10:00:00+08:00"];
    assert_eq!(license(&[&["verify", "--document", &file], &at[..]].concat()).code, 2);
    let forged = fixture("attacks/ofd/07-validity");
    let ca = fixture("attacks/ofd/trust/ca.pem");
    let trust = fixture("attacks/ofd/trust/root.pem");
    for attack in std::fs::read_dir(forged).unwrap() {
        let attack = attack.unwrap().path();
        let said =
            license(&["verify", "--document", "--trust", &trust, "--certificates", &ca, attack.to_str().unwrap()]);
        assert_ne!(said.code, 0, "{}", attack.display());
    }
}

/// Messages are for people: no name of a Rust type gets out, of whatever is wrong with a file.
#[test]
fn reports_hold_no_words_of_the_program() {
    let mut files = Vec::new();
    for kind in ["ofd", "pdf"] {
        for class in std::fs::read_dir(fixture(&format!("attacks/{kind}"))).unwrap() {
            let class = class.unwrap().path();
            if !class.is_dir() || class.ends_with("12-bombs") {
                continue;
            }
            let mut found: Vec<_> = std::fs::read_dir(class).unwrap().map(|entry| entry.unwrap().path()).collect();
            found.sort();
            found.retain(|path| path.extension().is_some_and(|ending| ending == "ofd" || ending == "pdf"));
            // One of three tells what the class tells.
            files.extend(found.iter().step_by(3).map(|path| path.to_str().unwrap().to_owned()));
        }
    }
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let said = license(&[&["verify", "--trust", &fixture("attacks/ofd/trust")], &names[..]].concat());
    assert!(said.code == 1 && names.len() > 50, "{} files: {}", names.len(), said.err);
    let lines = said.out.lines().filter(|line| !line.starts_with('/'));
    for line in lines {
        let words = [
            "Some(",
            "None",
            "Ok(",
            "Err(",
            "NoPath",
            "Object(",
            "Offset(",
            "Failed(",
            "Um(",
            "P256",
            "Sm2",
            " +00:00:00",
        ];
        assert!(!words.iter().any(|word| line.contains(word)), "{line}");
    }
}

#[test]
fn bad_files_and_words_say_why() {
    let wrong = fixture("README.md");
    for (given, says) in [
        (["--crl", wrong.as_str()], "give a revocation list"),
        (["--ocsp", wrong.as_str()], "give the answer of an OCSP responder"),
        (["--revocation", "maybe"], "none of off, soft, hard"),
        (["--max-age", "-1"], "unexpected argument"),
    ] {
        let (code, _, err) = verify(&given);
        assert!(code > 2 || code == 2 && err.contains("error"), "{given:?}: {code} {err}");
        assert!(err.contains(says), "{given:?}: {err}");
    }
}
