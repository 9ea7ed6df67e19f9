//! The public attack corpus for PDF (`fixtures/attacks/pdf`): every file is refused with the code of its manifest, in time;
//! every good file that they were made from passes.
//!
//! This test knows nothing of how the files were made: it reads the manifest as any other verifier would.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::template::{Catalog, Template};
use license_core::trust::TrustList;
use license_core::verify::{self, Effect, Integrity, Limits, Policy, Press, Reason, Report, Verdict};
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
        let file = row["file"].as_str().unwrap();
        let bytes = std::fs::read(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let press = Some(Press { catalog: &self.catalog, fonts: &self.fonts });
        let policy = Policy { press, plain_cms, ..Policy::default() };
        let started = Instant::now();
        let report = verify::judge(&verify::inspect(&bytes, &Limits::default()), &self.trust, &policy, self.at);
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
