//! The public attack corpus for OFD (`fixtures/attacks/ofd`): every file is refused with the code of its manifest, in
//! time; every good file that they were made from passes.
//!
//! This test knows nothing of how the files were made: it reads the manifest as any other verifier would.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::template::{Catalog, Template};
use license_core::trust::TrustList;
use license_core::verify::{self, Integrity, Limits, Policy, Press, Reason, Report, SignatureMemory, Verdict};
use pki::Crl;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The promise is a second (release); unoptimised code gets ten.
const BUDGET: Duration = if cfg!(debug_assertions) { Duration::from_secs(10) } else { Duration::from_secs(1) };

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/attacks/ofd")
}

/// What the manifest says a verifier should have.
struct Bench {
    manifest: Value,
    trust: TrustList,
    crls: Vec<Crl>,
    at: OffsetDateTime,
    catalog: Catalog,
    fonts: FontLibrary,
}

impl Bench {
    fn open() -> Bench {
        let read = |path: &str| std::fs::read(folder().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let manifest: Value = serde_json::from_slice(&read("manifest.json")).unwrap();
        let crls = manifest["crls"].as_array().unwrap();
        // The licenses were filled by a template of their day.
        let mut catalog = Catalog::load(&Bundled).unwrap();
        catalog.add_archived(Template::from_archive(&read(manifest["template"].as_str().unwrap())).unwrap());
        Bench {
            trust: TrustList::from_json(&read(manifest["trust"]["list"].as_str().unwrap())).unwrap(),
            crls: crls.iter().map(|path| Crl::from_der(&read(path.as_str().unwrap())).unwrap()).collect(),
            at: OffsetDateTime::parse(manifest["at"].as_str().unwrap(), &Rfc3339).unwrap(),
            catalog,
            fonts: FontLibrary::new(std::sync::Arc::new(Bundled)).unwrap(),
            manifest,
        }
    }

    fn judge(&self, file: &str) -> (Report, Duration) {
        self.judge_with(file, None)
    }

    /// By a verifier that remembers what it has seen, or by one that sees everything for the first time.
    fn judge_with(&self, file: &str, memory: Option<&dyn SignatureMemory>) -> (Report, Duration) {
        let bytes = std::fs::read(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let press = Some(Press { catalog: &self.catalog, fonts: &self.fonts });
        let policy = Policy { crls: &self.crls, press, memory, ..Policy::default() };
        let started = Instant::now();
        let facts = verify::inspect_with(&bytes, &Limits::default(), memory);
        let report = verify::judge(&facts, &self.trust, &policy, self.at);
        (report, started.elapsed())
    }
}

/// Why a report is not the one that the manifest asks for.
fn objection(row: &Value, report: &Report) -> Option<String> {
    let verdict = match report.verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Indeterminate => "indeterminate",
    };
    let integrity = match report.integrity {
        Integrity::Intact => "intact",
        Integrity::Broken => "broken",
        Integrity::Unchecked => "unchecked",
        Integrity::Unsigned => "unsigned",
    };
    let found: Vec<&str> = report.reasons().map(Reason::code).collect();
    let codes = row["codes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let missing: Vec<&str> =
        codes.iter().map(|code| code.as_str().unwrap()).filter(|code| !found.contains(code)).collect();
    let mut wrong = String::new();
    if row["verdict"] != verdict {
        wrong += &format!(" verdict {verdict} instead of {}", row["verdict"]);
    }
    if row["integrity"] != integrity {
        wrong += &format!(" integrity {integrity} instead of {}", row["integrity"]);
    }
    if !missing.is_empty() {
        wrong += &format!(" without {missing:?}");
    }
    (!wrong.is_empty()).then(|| {
        let mut out = format!("{}:{wrong}", row["file"]);
        for check in report.checks.iter().filter(|check| check.outcome.reason().is_some()) {
            let reason = check.outcome.reason().unwrap();
            if reason.effect() != verify::Effect::Note {
                out += &format!("\n    {} {} {}", reason.code(), check.place, check.detail);
                if out.len() > 2000 {
                    return out;
                }
            }
        }
        out
    })
}

#[test]
fn every_attack_is_refused_with_its_code_and_in_time() {
    let bench = Bench::open();
    let rows = bench.manifest["attacks"].as_array().unwrap();
    let next = AtomicUsize::new(0);
    let found = Mutex::new((Vec::new(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let file = row["file"].as_str().unwrap();
                    let (report, took) = bench.judge(file);
                    let mut found = found.lock().unwrap();
                    found.0.extend(objection(row, &report));
                    found.1.push((took, file));
                    if report.verdict == Verdict::Passed
                        || report.subject.is_some() && report.verdict == Verdict::Failed
                    {
                        found.0.push(format!("{file}: shown as if good"));
                    }
                    // The standard's word must not be better than ours: others go by it.
                    let is_passed = |signature: &verify::SignatureReport| {
                        signature.indication.is_some_and(|indication| indication.name() == "TOTAL-PASSED")
                    };
                    if report.integrity == Integrity::Broken && report.signatures.iter().any(is_passed) {
                        found.0.push(format!("{file}: TOTAL-PASSED in a broken file"));
                    }
                }
            });
        }
    });
    let (mut wrong, mut times) = found.into_inner().unwrap();
    times.sort();
    let (slowest, file) = times.last().unwrap();
    println!("{} attacks, the slowest {file} in {slowest:?}", rows.len());
    assert!(*slowest < BUDGET, "{file} took {slowest:?}");
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// Everything that was ever found to hold.
#[derive(Default)]
struct Memory(Mutex<HashSet<[u8; 32]>>);

impl SignatureMemory for Memory {
    fn knows(&self, signature: &[u8; 32]) -> bool {
        self.0.lock().unwrap().contains(signature)
    }

    fn learn(&self, signature: [u8; 32]) {
        self.0.lock().unwrap().insert(signature);
    }
}

/// A verifier that has seen all good files and all attacks before says of each what it said the first time.
#[test]
fn a_verifier_that_remembers_says_the_same() {
    let bench = Bench::open();
    let rows = |kind: &str| bench.manifest[kind].as_array().unwrap().clone();
    let files: Vec<String> = ["good", "attacks", "open"]
        .iter()
        .flat_map(|kind| rows(kind))
        .map(|row| row["file"].as_str().unwrap().to_owned())
        .collect();
    let memory = Memory::default();
    let each = |look: &(dyn Fn(usize, &str) + Sync)| {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while let Some((at, file)) =
                        Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, files.get(at)?)))
                    {
                        look(at, file);
                    }
                });
            }
        });
    };
    let first: Vec<Mutex<Option<Report>>> = files.iter().map(|_| Mutex::default()).collect();
    each(&|at, file| *first[at].lock().unwrap() = Some(bench.judge(file).0));
    each(&|at, file| {
        let report = bench.judge_with(file, Some(&memory)).0;
        assert!(Some(report) == *first[at].lock().unwrap(), "{file}: judged otherwise while learning");
    });
    let known = memory.0.lock().unwrap().len();
    each(&|at, file| {
        let report = bench.judge_with(file, Some(&memory)).0;
        assert!(Some(report) == *first[at].lock().unwrap(), "{file}: judged otherwise from memory");
    });
    assert!(known > 5 && memory.0.lock().unwrap().len() == known, "{known} remembered");
}

/// What an issuer could still do to its own licenses without being noticed. Whoever finds such a thing lists it there,
/// whoever mends one moves it to the others.
#[test]
fn open_attacks_are_refused() {
    let bench = Bench::open();
    let open = bench.manifest["open"].as_array().unwrap().iter();
    let wrong: Vec<_> = open.filter_map(|row| objection(row, &bench.judge(row["file"].as_str().unwrap()).0)).collect();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whoever has no template and no font of the department sees as much of what is hidden, and says what was not compared.
#[test]
fn what_is_hidden_is_seen_without_templates_too() {
    // The outlines of one font can only be held against another.
    const NEED_FONTS: [&str; 4] = ["font-outlines-exchanged", "font-shrunk", "font-map-lies", "font-of-the-system"];
    let bench = Bench::open();
    let policy = Policy { crls: &bench.crls, ..Policy::default() };
    let mut looked_at = 0;
    for row in bench.manifest["attacks"].as_array().unwrap() {
        let codes: Vec<&str> = row["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
        let file = row["file"].as_str().unwrap();
        let drawn = ["face.hidden", "face.glyphs", "index.not-shown"].iter().any(|code| codes.contains(code));
        // A code in another place is in no place that is known without the template.
        if !drawn || file.contains("qr-elsewhere") {
            continue;
        }
        let bytes = std::fs::read(folder().join(file)).unwrap();
        let report = verify::verify(&bytes, &bench.trust, &policy, bench.at);
        assert!(report.reasons().any(|reason| reason == Reason::FaceNotCompared), "{file}");
        if !NEED_FONTS.iter().any(|name| file.contains(name)) {
            assert_eq!(objection(row, &report), None);
            looked_at += 1;
        }
    }
    assert!(looked_at >= 20, "{looked_at}");
}

#[test]
fn the_good_files_pass() {
    let bench = Bench::open();
    for row in bench.manifest["good"].as_array().unwrap() {
        let (report, _) = bench.judge(row["file"].as_str().unwrap());
        assert_eq!(objection(row, &report), None);
        // What is no license lacks a record and an index, and nothing else.
        let open = |reason: &Reason| reason.effect() != verify::Effect::Note;
        let allowed = [Reason::RecordMissing, Reason::IndexMissing];
        let other: Vec<_> = report.reasons().filter(open).filter(|reason| !allowed.contains(reason)).collect();
        assert_eq!(other, [], "{}", row["file"]);
    }
}

#[test]
fn every_class_has_attacks_and_every_file_a_row() {
    let bench = Bench::open();
    let rows = bench.manifest["attacks"].as_array().unwrap();
    for class in bench.manifest["classes"].as_array().unwrap() {
        let of_class = rows.iter().filter(|row| row["class"] == class["class"]).count();
        assert!(of_class >= 3, "{class}: {of_class}");
        for entry in std::fs::read_dir(folder().join(class["folder"].as_str().unwrap())).unwrap() {
            let path =
                format!("{}/{}", class["folder"].as_str().unwrap(), entry.unwrap().file_name().to_string_lossy());
            let open = bench.manifest["open"].as_array().unwrap();
            assert!(rows.iter().chain(open).any(|row| row["file"] == path.as_str()), "{path} has no row");
        }
    }
    for row in rows {
        for code in row["codes"].as_array().unwrap() {
            assert!(Reason::from_code(code.as_str().unwrap()).is_some(), "{}: no code {code}", row["file"]);
        }
    }
}
