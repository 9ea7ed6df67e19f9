//! The pages for people name tests, files and folders: what they name is there.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tests::places::root;

/// Pages that link tests by name.
const PAGES: &[&str] = &["README.md", "README.zh.md", "docs"];
/// Names that look the same and belong to others: functions of other people, keys of files, metrics.
const FOREIGN: &[&str] = &[
    "raw_copy_file",
    "add_prepared_file",
    "has_duplicate_names",
    "validate_header_consistency",
    "sync_file_range",
    "renew_before_days",
    "max_age_hours",
];
/// How metrics of the service begin.
const METRICS: &str = "license_";

#[test]
fn tests_named_by_the_pages_exist() {
    let functions = functions();
    let mut missing = Vec::new();
    let mut found = 0;
    for page in pages() {
        for word in quoted(&fs::read_to_string(&page).unwrap())
            .filter(|word| is_test_name(word) && !FOREIGN.contains(&word.as_str()) && !word.starts_with(METRICS))
        {
            found += 1;
            if !functions.contains(&word) {
                missing.push(format!("{}: {word}", page.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(found > 50, "the search finds names: {found}");
    assert!(missing.is_empty(), "no such function:\n{}", missing.join("\n"));
}

#[test]
fn files_named_by_the_pages_exist() {
    let mut missing = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link.to_owned());
        let beside = page.parent().unwrap();
        for link in links.filter(|link| !link.contains("://") && !link.starts_with('#')) {
            if !beside.join(link.split('#').next().unwrap()).exists() {
                missing.push(format!("{}: {link}", page.strip_prefix(root()).unwrap().display()));
            }
        }
        for path in quoted(&text).filter(|word| is_path(word)) {
            if !root().join(path.split(['{', '<', '*']).next().unwrap()).exists() {
                missing.push(format!("{}: {path}", page.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(missing.is_empty(), "no such file:\n{}", missing.join("\n"));
}

/// What stands between backticks on one line, code blocks apart.
fn quoted(text: &str) -> impl Iterator<Item = String> {
    let mut inside = false;
    let mut words = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            words.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    words.into_iter()
}

/// Names of tests are sentences: three words or more.
fn is_test_name(word: &str) -> bool {
    word.split('_').count() > 2 && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Paths from the root of the repository, as far as they are spelled out. `tests/` is a folder of many crates.
fn is_path(word: &str) -> bool {
    let roots = ["crates/", "docs/", "fixtures/", "templates/", "assets/", "xtask/"];
    roots.iter().any(|root| word.starts_with(root)) && !word.contains(' ')
}

fn functions() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in files(&root().join("crates")).into_iter().chain(files(&root().join("tests"))) {
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(path).unwrap();
            let after = text.split("fn ").skip(1);
            names.extend(after.filter_map(|rest| rest.split(['(', '<']).next()).map(str::to_owned));
        }
    }
    names
}

fn pages() -> Vec<PathBuf> {
    let all = PAGES.iter().flat_map(|page| {
        let path = root().join(page);
        if path.is_dir() { files(&path) } else { vec![path] }
    });
    all.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
