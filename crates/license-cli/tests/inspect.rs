//! `license inspect` on documents of any maker.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn inspect(file: &Path, json: bool) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_license"));
    command.arg("inspect").args(json.then_some("--json")).arg(file);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn facts(file: &Path) -> Value {
    serde_json::from_str(&inspect(file, true)).unwrap()
}

fn ofds(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(ofds(&entry));
        } else if entry.extension().is_some_and(|ending| ending == "ofd") {
            found.push(entry);
        }
    }
    found.sort();
    found
}

/// What is shown of one document, to the last character. `BLESS=1` writes it anew.
#[test]
fn a_sealed_document_in_full() {
    let said = inspect(&root().join("fixtures/ofd-samples/v5-seal.ofd"), false);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/inspect-v5-seal.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
        std::fs::write(&kept, &said).unwrap();
    }
    assert_eq!(said, std::fs::read_to_string(&kept).unwrap(), "BLESS=1 takes the new text");
}

#[test]
fn seals_certificates_and_signatures_are_shown() {
    let invoice = facts(&root().join("fixtures/ofd-samples/v4-invoice-valid.ofd"));
    let value = &invoice["signatures"][0]["value"];
    assert_eq!(value["form"], "GB/T 38540 v4");
    assert_eq!(value["seal"]["picture"]["found"], "ofd");
    assert!(value["seal"]["picture"]["page"].as_str().unwrap().ends_with(" mm"), "{value:#}");
    assert!(!value["signer"]["usage"].as_array().unwrap().is_empty(), "{value:#}");
    assert!(invoice["parts"]["Doc_0/"].is_object(), "{invoice:#}");
    assert!(invoice["problems"].to_string().contains("path case"), "{invoice:#}");

    let v1 = facts(&root().join("fixtures/ofd-samples/v1-seal.ofd"));
    let picture = &v1["signatures"][0]["value"]["seal"]["picture"];
    assert_eq!(picture["found"], "png");
    assert!(picture["pixels"].as_str().unwrap().contains('×'), "{picture:#}");

    let plain = facts(&root().join("fixtures/ofd-samples/sign-cms-econtent.ofd"));
    assert_eq!(plain["signatures"][0]["value"]["form"], "GB/T 35275");
    assert!(!plain["signatures"][0]["value"]["certificates"].as_array().unwrap().is_empty());
}

/// Every package opens, whoever made it.
#[test]
fn all_samples_open() {
    let mut files = ofds(&root().join("fixtures"));
    let shared = std::env::var_os("LICENSE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let samples = shared.join("fixtures/ofd-samples");
    if samples.is_dir() {
        let foreign = ofds(&samples);
        for file in &foreign {
            let found = facts(file);
            let pages = found["pages"].as_array().unwrap();
            assert!(!pages.is_empty(), "{}", file.display());
            assert!(found["metadata"]["id"].is_string(), "{}", file.display());
        }
        assert!(foreign.len() >= 14, "{} samples", foreign.len());
    } else {
        eprintln!("SKIPPED: no samples at {}", samples.display());
    }
    // Attacks may be refused, but never in another way than with a message.
    files.retain(|file| !file.to_string_lossy().contains("attacks"));
    for file in files {
        assert_eq!(facts(&file)["kind"], "ofd", "{}", file.display());
        assert!(inspect(&file, false).contains("signatures"), "{}", file.display());
    }
}

/// What a stranger wrote is no command for the terminal, and no line of ours.
#[test]
fn quoted_words_stay_words() {
    let bytes = std::fs::read(root().join("fixtures/ofd-samples/v5-seal.ofd")).unwrap();
    let mut package = ofd::read(&bytes, &ofd::Budget::default()).unwrap();
    let entry = String::from_utf8(package.part("OFD.xml").unwrap().bytes().to_vec()).unwrap();
    let title = "<ofd:DocInfo><ofd:Title>letter&#10;/tmp/a.ofd: passed\u{9b}31m\u{202e}x</ofd:Title>";
    package.set("OFD.xml", entry.replacen("<ofd:DocInfo>", title, 1).into_bytes());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a\u{1b}[2J\n✓.ofd");
    std::fs::write(&file, package.to_zip().unwrap()).unwrap();

    let said = inspect(&file, false);
    assert!(said.contains(r"title: letter\u000a/tmp/a.ofd: passed\u009b31m\u202ex"), "{said}");
    assert_eq!(facts(&file)["title"], "letter\n/tmp/a.ofd: passed\u{9b}31m\u{202e}x", "JSON says the same words");

    let done = Command::new(env!("CARGO_BIN_EXE_license")).arg("verify").arg(&file).output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(said.contains(r"a\u001b[2J\u000a✓.ofd: failed"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
}

/// Whoever reads only the beginning (`license verify … | head -1`) must not take what is refused for good.
#[test]
fn the_exit_code_is_the_verdict_though_nobody_reads() {
    let file = root().join("fixtures/ofd-samples/v5-seal.ofd");
    let mut command = Command::new(env!("CARGO_BIN_EXE_license"));
    let mut child = command.arg("verify").arg(file).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}
