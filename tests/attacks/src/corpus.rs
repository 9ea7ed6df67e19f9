//! The corpus as a folder: files, manifest, trust.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::attack::Attack;
use crate::classes;
use crate::workshop::Workshop;

/// Where the good files lie in the corpus.
const BASE: &str = "base";
/// The good files and the verdicts on them.
const GOOD: [(&str, &str, &str); 6] = [
    ("license.ofd", "passed", "a license: record, index and metadata fit the face"),
    ("license-other.ofd", "passed", "another license of the same issuer"),
    (
        "notice.ofd",
        "indeterminate",
        "an ordinary sealed document, no license: intact, its record and index are missing",
    ),
    ("notice-other.ofd", "indeterminate", "another ordinary document under the same seal"),
    ("notice-open.ofd", "indeterminate", "the list of signatures is open: more seals may follow"),
    ("notice-two-seals.ofd", "indeterminate", "sealed by two issuers, the list closed by the second"),
];

/// Writes the corpus around the good files that lie in it.
pub fn make(folder: &Path) -> Result<(), String> {
    let files = files(folder)?;
    for class in classes::ALL {
        let _ = fs::remove_dir_all(folder.join(class.folder));
    }
    files.iter().try_for_each(|(path, bytes)| write(&folder.join(path), bytes))
}

/// Compares the folder with what would be written.
pub fn check(folder: &Path) -> Result<(), String> {
    let files = files(folder)?;
    let differing: Vec<&str> = files
        .iter()
        .filter(|(path, bytes)| fs::read(folder.join(path)).is_ok_and(|found| found == *bytes))
        .map(|(path, _)| path.as_str())
        .collect();
    let known: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    let same: BTreeSet<&str> = differing.into_iter().collect();
    let wrong: Vec<&str> = known.difference(&same).copied().collect();
    if !wrong.is_empty() {
        return Err(format!("{}: not what the generator makes: {wrong:?}", folder.display()));
    }
    for class in classes::ALL {
        let listed = fs::read_dir(folder.join(class.folder)).map_err(|error| format!("{}: {error}", class.folder))?;
        for entry in listed.flatten() {
            let path = format!("{}/{}", class.folder, entry.file_name().to_string_lossy());
            if !known.contains(path.as_str()) {
                return Err(format!("{path} is made by nothing"));
            }
        }
    }
    Ok(())
}

/// All files but the good ones, by their path in the folder.
fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let shop = Workshop::open(&folder.join(BASE))?;
    let mut out = Vec::new();
    let (mut rows, mut open) = (Vec::new(), Vec::new());
    for class in classes::ALL {
        let attacks = (class.make)(&shop);
        let mut names = BTreeSet::new();
        for attack in attacks {
            let path = format!("{}/{}.ofd", class.folder, attack.name);
            if !names.insert(attack.name) {
                return Err(format!("{path} twice"));
            }
            if attack.open { &mut open } else { &mut rows }.push(row(class, &path, &attack));
            out.push((path, attack.bytes));
        }
    }
    let [root_list, ca_list] = shop.keys.crls().map(|crl| crl.der().to_vec());
    out.push(("manifest.json".to_owned(), pretty(&manifest(&rows, &open))));
    out.push(("crl/root.crl".to_owned(), root_list));
    out.push(("crl/ca.crl".to_owned(), ca_list));
    Ok(out)
}

fn manifest(rows: &[Value], open: &[Value]) -> Value {
    let good: Vec<Value> = GOOD
        .iter()
        .map(|(name, verdict, what)| {
            json!({ "file": format!("{BASE}/{name}"), "what": what, "verdict": verdict, "integrity": "intact" })
        })
        .collect();
    let classes: Vec<Value> = classes::ALL
        .iter()
        .map(|class| json!({ "class": class.number, "folder": class.folder, "title": class.title }))
        .collect();
    json!({
        "schema": 1,
        "at": "2026-12-15T10:00:00+08:00",
        "trust": { "root": "trust/root.pem", "ca": "trust/ca.pem", "list": "trust/trust-list.json", "signed_list": "trust/trust-list.jws" },
        "crls": ["crl/root.crl", "crl/ca.crl"],
        "template": "base/food-operation-permit.template",
        "classes": classes,
        "good": good,
        "attacks": rows,
        "open": open,
    })
}

fn row(class: &classes::Class, path: &str, attack: &Attack) -> Value {
    json!({
        "class": class.number,
        "file": path,
        "base": attack.base.file(),
        "attacker": attack.attacker.text(),
        "how": attack.how,
        "verdict": attack.verdict.text(),
        "codes": attack.codes,
        "integrity": attack.integrity.text(),
        "sm3": crate::seal::sm3(&attack.bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
    })
}

fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("plain data");
    text.push(b'\n');
    text
}

fn write(path: &PathBuf, bytes: &[u8]) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(path)).map_err(said)?;
    fs::write(path, bytes).map_err(said)
}
