//! The corpus as a folder: files, manifest.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::attack::PdfAttack;
use super::bench::Bench;
use super::classes::{self, Class};

/// Where the good files lie in the corpus.
const BASE: &str = "base";
/// The good files and the verdicts on them.
const GOOD: [(&str, &str, &str); 7] = [
    ("license", "passed", "a license: record, index and metadata fit the face"),
    ("license-other", "passed", "another license of the same issuer"),
    ("notice", "indeterminate", "an ordinary certified document (P = 2), no license: its record and index are missing"),
    ("notice-inspected", "indeterminate", "the same; another issuer has signed the prepared field"),
    ("notice-approval", "indeterminate", "the same, signed without certification"),
    ("notice-stamped", "indeterminate", "the same with validation data and a document time-stamp"),
    ("notice-other-stamped", "indeterminate", "another document under the same key, stamped too"),
];

/// Writes the corpus around the licenses that lie in it.
pub fn make(folder: &Path) -> Result<(), String> {
    let files = files(folder)?;
    for class in classes::ALL {
        let _ = fs::remove_dir_all(folder.join(class.folder));
    }
    files.iter().try_for_each(|(path, bytes)| {
        let path = folder.join(path);
        let said = |error: std::io::Error| format!("{}: {error}", path.display());
        fs::create_dir_all(path.parent().unwrap_or(&path)).map_err(said)?;
        fs::write(&path, bytes).map_err(said)
    })
}

/// Compares the folder with what would be written.
pub fn check(folder: &Path) -> Result<(), String> {
    let files = files(folder)?;
    let differs = |(path, bytes): &&(String, Vec<u8>)| fs::read(folder.join(path)).ok().as_ref() != Some(bytes);
    let wrong: Vec<&str> = files.iter().filter(differs).map(|(path, _)| path.as_str()).collect();
    if !wrong.is_empty() {
        return Err(format!("{}: not what the generator makes: {wrong:?}", folder.display()));
    }
    for class in classes::ALL {
        let listed = fs::read_dir(folder.join(class.folder)).map_err(|error| format!("{}: {error}", class.folder))?;
        for entry in listed.flatten() {
            let path = format!("{}/{}", class.folder, entry.file_name().to_string_lossy());
            if !files.iter().any(|(known, _)| *known == path) {
                return Err(format!("{path} is made by nothing"));
            }
        }
    }
    Ok(())
}

/// All files but the licenses, by their path in the folder.
fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let bench = Bench::open(&folder.join(BASE))?;
    let mut out: Vec<(String, Vec<u8>)> =
        bench.good().into_iter().map(|(name, bytes)| (format!("{BASE}/{name}.pdf"), bytes.to_vec())).collect();
    let mut rows = Vec::new();
    for class in classes::ALL {
        let mut names = BTreeSet::new();
        for attack in (class.make)(&bench) {
            let path = format!("{}/{}.pdf", class.folder, attack.name);
            if !names.insert(attack.name) {
                return Err(format!("{path} twice"));
            }
            rows.push(row(class, &path, &attack));
            out.push((path, attack.bytes));
        }
    }
    let mut text = serde_json::to_vec_pretty(&manifest(&rows)).expect("plain data");
    text.push(b'\n');
    out.push(("manifest.json".to_owned(), text));
    Ok(out)
}

fn manifest(rows: &[Value]) -> Value {
    let good: Vec<Value> = GOOD
        .iter()
        .map(|(name, verdict, what)| {
            json!({ "file": format!("{BASE}/{name}.pdf"), "what": what, "verdict": verdict, "integrity": "intact" })
        })
        .collect();
    let classes: Vec<Value> = classes::ALL
        .iter()
        .map(|class| json!({ "class": class.number, "folder": class.folder, "title": class.title }))
        .collect();
    json!({
        "schema": 1,
        "at": "2026-12-15T10:00:00+08:00",
        "trust": { "root": "trust/root.pem", "ca": "trust/ca.pem", "list": "trust/trust-list.json" },
        "template": "base/food-operation-permit.template",
        "classes": classes,
        "good": good,
        "attacks": rows,
    })
}

fn row(class: &Class, path: &str, attack: &PdfAttack) -> Value {
    let digest = pki::DigestAlgorithm::Sha256.digest(&attack.bytes);
    json!({
        "class": class.number,
        "file": path,
        "base": format!("{BASE}/{}.pdf", attack.base),
        "attacker": attack.attacker.text(),
        "how": attack.how,
        "verdict": attack.verdict.text(),
        "codes": attack.codes,
        "integrity": attack.integrity.text(),
        "sha256": digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
    })
}
