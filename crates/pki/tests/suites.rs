//! Path suites of other makers, in `fixtures/paths`: what Botan, OpenSSL, Go, webpki and the BSI expect of a validator
//! (issue 4: further path suites). Where this house ends otherwise, `exceptions.tsv` there says why; the test fails when a
//! case without an exception does, and when an exception is no longer needed.
//!
//! More suites, in the same shape, are read from the folder `LICENSE_PATH_SUITES` and told about, without a verdict.
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

#[path = "common/case.rs"]
mod case;

use case::{Case, cases};
use pki::path::Profile;
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use time::macros::datetime;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/paths")
}

fn suites(folder: &Path) -> Vec<(String, Vec<Case>)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let read = |file: PathBuf| {
        let suite: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        (name, cases(&suite, datetime!(2026-11-22 0:00 UTC)).unwrap())
    };
    files.into_iter().map(read).collect()
}

#[test]
fn suites_of_other_makers_end_as_expected_or_are_explained() {
    let text = std::fs::read_to_string(folder().join("exceptions.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut exceptions: HashMap<&str, &str> = lines.map(|line| line.split_once('\t').unwrap()).collect();
    let mut wrong = Vec::new();
    let mut total = 0;
    for (name, cases) in suites(&folder()) {
        let mut explained = 0;
        for case in &cases {
            let verdict = case.ask(Profile::Standard, None);
            let agrees = verdict.is_ok() == case.valid;
            match (agrees, exceptions.remove(case.id.as_str())) {
                (true, None) => {}
                (false, Some(_)) => explained += 1,
                (true, Some(_)) => wrong.push(format!("{}: the exception is not needed", case.id)),
                (false, None) => wrong.push(format!("{}: expected {}, got {verdict:?}", case.id, case.valid)),
            }
            // Whoever asks for more is never told yes where less says no.
            let strict = case.ask(Profile::Strict, None);
            assert!(verdict.is_ok() || strict.is_err(), "{}", case.id);
        }
        eprintln!("{name}: {} of {} cases as expected, {explained} explained", cases.len() - explained, cases.len());
        total += cases.len();
    }
    wrong.extend(exceptions.keys().map(|id| format!("{id}: an exception for no case")));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(total >= 570, "{total} cases");
}

/// Every case ends, whatever is in it; differences are printed for a person to judge.
#[test]
fn more_suites_are_told_about() {
    let Some(folder) = std::env::var_os("LICENSE_PATH_SUITES") else {
        eprintln!("SKIPPED: no folder LICENSE_PATH_SUITES with more suites");
        return;
    };
    for (name, cases) in suites(Path::new(&folder)) {
        let mut differ = 0;
        for case in &cases {
            let verdict = case.ask(Profile::Standard, None);
            if verdict.is_ok() != case.valid {
                differ += 1;
                eprintln!("{}: expected {}, got {:?}", case.id, case.valid, verdict.map(drop));
            }
        }
        eprintln!("{name}: {} cases, {differ} differ", cases.len());
    }
}
