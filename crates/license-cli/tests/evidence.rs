//! `license verify` with revocation data from files: what is known, by what, and what missing knowledge means.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name).to_str().unwrap().to_owned()
}

/// The report on a sealed and stamped package of the fixtures, ten days after.
fn verify(more: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_license"));
    let file = fixture("ofd-stamped/v4-signature-stamp.ofd");
    // A root and its CA, as PEM: a list of roots alone.
    let trust = fixture("attacks/ofd/trust/root.pem");
    let ca = fixture("attacks/ofd/trust/ca.pem");
    let given = ["verify", &file, "--trust", &trust, "--certificates", &ca, "--at", "2026-12-11T10:00:00+08:00"];
    let output = command.args(given).args(more).current_dir(std::env::temp_dir()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
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
