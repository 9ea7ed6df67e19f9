//! The public attack corpus for PDF (`fixtures/attacks/pdf`): every file is refused with the code of its manifest, in time;
//! every good file that they were made from passes.
//!
//! This test knows nothing of how the files were made: it reads the manifest as any other verifier would.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::template::{Catalog, Template};
use license_core::trust::TrustList;
use license_core::verify::{
    self, Artworks, Backgrounds, Effect, Integrity, Limits, Policy, Press, Reason, Report, SignatureMemory, Verdict,
};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The promise is a second (release); unoptimised code gets ten.
const BUDGET: Duration = if cfg!(debug_assertions) { Duration::from_secs(10) } else { Duration::from_secs(1) };

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/attacks/pdf")
}

/// What the manifest says a verifier should have.
struct Bench {
    manifest: Value,
    trust: TrustList,
    at: OffsetDateTime,
    catalog: Catalog,
    fonts: FontLibrary,
}

impl Bench {
    fn open() -> Bench {
        let read = |path: &str| std::fs::read(folder().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let manifest: Value = serde_json::from_slice(&read("manifest.json")).unwrap();
        // The licenses were filled by a template of their day.
        let mut catalog = Catalog::load(&Bundled).unwrap();
        catalog.add_archived(Template::from_archive(&read(manifest["template"].as_str().unwrap())).unwrap());
        Bench {
            trust: TrustList::from_json(&read(manifest["trust"]["list"].as_str().unwrap())).unwrap(),
            at: OffsetDateTime::parse(manifest["at"].as_str().unwrap(), &Rfc3339).unwrap(),
            catalog,
            fonts: FontLibrary::new(std::sync::Arc::new(Bundled)).unwrap(),
            manifest,
        }
    }

    fn rows(&self, key: &str) -> &[Value] {
        self.manifest[key].as_array().unwrap()
    }

    fn judge(&self, row: &Value, plain_cms: bool) -> Report {
        self.judge_with(row, plain_cms, None)
    }

    /// By a verifier that remembers what it has seen, or by one that sees everything for the first time.
    fn judge_with(&self, row: &Value, plain_cms: bool, memory: Option<&dyn SignatureMemory>) -> Report {
        let file = row["file"].as_str().unwrap();
        let bytes = std::fs::read(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let press = Some(Press { catalog: &self.catalog, fonts: &self.fonts });
        let policy = Policy { press, plain_cms, memory, ..Policy::default() };
        let started = Instant::now();
        let facts = verify::inspect_with(&bytes, &Limits::default(), memory);
        let report = verify::judge(&facts, &self.trust, &policy, self.at);
        assert!(started.elapsed() < BUDGET, "{file} took {:?}", started.elapsed());
        report
    }
}

/// Why a report is not the one that the manifest asks for.
fn objection(row: &Value, report: &Report) -> Option<String> {
    let verdict = format!("{:?}", report.verdict).to_lowercase();
    let integrity = format!("{:?}", report.integrity).to_lowercase();
    let found: Vec<&str> = report.reasons().map(Reason::code).collect();
    let codes = row["codes"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let missing: Vec<&str> = codes.map(|code| code.as_str().unwrap()).filter(|code| !found.contains(code)).collect();
    let agrees = row["verdict"] == verdict.as_str() && row["integrity"] == integrity.as_str() && missing.is_empty();
    (!agrees).then(|| {
        let mut out = format!("{}: {verdict}, {integrity}, without {missing:?}; wanted {row}", row["file"]);
        for check in report.checks.iter().filter(|c| c.outcome.reason().is_some_and(|r| r.effect() != Effect::Note)) {
            out += &format!("\n    {} {} {}", check.outcome.reason().unwrap().code(), check.place, check.detail);
        }
        out
    })
}

#[test]
fn every_attack_is_refused_with_its_code_and_in_time() {
    let bench = Bench::open();
    let mut wrong = Vec::new();
    for row in bench.rows("attacks") {
        let report = bench.judge(row, false);
        wrong.extend(objection(row, &report));
        if report.verdict == Verdict::Passed || report.subject.is_some() {
            wrong.push(format!("{}: shown as if good", row["file"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), bench.rows("attacks").len(), wrong.join("\n"));
}

/// Everything that was ever found to hold, and whatever pages share.
#[derive(Default)]
struct Memory {
    known: Mutex<HashSet<[u8; 32]>>,
    artworks: Artworks,
    backgrounds: Backgrounds,
}

impl SignatureMemory for Memory {
    fn knows(&self, signature: &[u8; 32]) -> bool {
        self.known.lock().unwrap().contains(signature)
    }

    fn learn(&self, signature: [u8; 32]) {
        self.known.lock().unwrap().insert(signature);
    }

    fn artworks(&self) -> Option<&Artworks> {
        Some(&self.artworks)
    }

    fn backgrounds(&self) -> Option<&Backgrounds> {
        Some(&self.backgrounds)
    }
}

/// A verifier that has seen all good files and all attacks before says of each what one says that has seen nothing.
#[test]
fn a_verifier_that_remembers_says_the_same() {
    let bench = Bench::open();
    let rows: Vec<&Value> = ["good", "attacks"].iter().flat_map(|kind| bench.rows(kind)).collect();
    let memory = Memory::default();
    let first: Vec<Report> = rows.iter().map(|row| bench.judge(row, true)).collect();
    for round in 0..3 {
        for (row, first) in rows.iter().zip(&first) {
            let report = bench.judge_with(row, true, Some(&memory));
            assert!(report == *first, "{}: judged otherwise in round {round}", row["file"]);
        }
    }
    let (known, (artworks, bytes)) = (memory.known.lock().unwrap().len(), memory.artworks.size());
    assert!(known > 5 && artworks >= 2 && bytes > 0, "{known} signatures, {artworks} artworks remembered");
    assert!(memory.backgrounds.size() > 5, "{} inks of backgrounds remembered", memory.backgrounds.size());
}

/// Leave to judge plain CMS opens no other door.
#[test]
fn plain_cms_allowed_changes_one_verdict() {
    let bench = Bench::open();
    for row in bench.rows("attacks").iter().filter(|row| row["integrity"] == "broken") {
        let plain = row["file"].as_str().unwrap().ends_with("/plain-cms.pdf");
        let report = bench.judge(row, true);
        assert_eq!(report.integrity == Integrity::Intact, plain, "{}", row["file"]);
    }
}

#[test]
fn the_good_files_pass() {
    let bench = Bench::open();
    let mut wrong = Vec::new();
    for row in bench.rows("good") {
        let report = bench.judge(row, false);
        wrong.extend(objection(row, &report));
        // What is no license lacks a record and an index, and nothing else.
        let allowed = [Reason::RecordMissing, Reason::IndexMissing];
        let other = report.reasons().filter(|reason| reason.effect() != Effect::Note && !allowed.contains(reason));
        wrong.extend(other.map(|reason| format!("{}: {}", row["file"], reason.code())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_class_has_attacks_and_every_file_a_row() {
    let bench = Bench::open();
    let rows = bench.rows("attacks");
    assert!(rows.len() >= 100, "{} attacks", rows.len());
    for class in bench.rows("classes") {
        let name = class["folder"].as_str().unwrap();
        let of_class = rows.iter().filter(|row| row["class"] == class["class"]).count();
        assert!(of_class >= 5, "{class}: {of_class}");
        for entry in std::fs::read_dir(folder().join(name)).unwrap() {
            let path = format!("{name}/{}", entry.unwrap().file_name().to_string_lossy());
            assert!(rows.iter().any(|row| row["file"] == path.as_str()), "{path} has no row");
        }
    }
    for code in rows.iter().flat_map(|row| row["codes"].as_array().unwrap()) {
        assert!(Reason::from_code(code.as_str().unwrap()).is_some(), "no code {code}");
    }
}
