//! What judging holds at its worst: hostile files within 64 MB, the file itself counted, and an honest document of a
//! hundred pages within five times its size. Each file is judged by a process of its own, which the system watches. How
//! long it takes is measured by `cargo bench -p license-core --bench hostile`.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../../ofd/tests/common/kinds.rs"]
mod kinds;
#[path = "../benches/measure/mod.rs"]
mod measure;
#[path = "../benches/measure/own.rs"]
mod own;
#[path = "../benches/measure/own_pdf.rs"]
mod own_pdf;
#[path = "../../pdf-sign/tests/common/kinds.rs"]
mod pdf_kinds;
#[path = "../benches/measure/stranger.rs"]
mod stranger;
mod verify_support;

use std::process::Command;

use license_core::verify::{self, Limits, Policy};
use measure::resident;
use verify_support::{JUDGED, good, press, trust};

const FILES: [&str; 2] = ["LICENSE_MEMORY_FIRST", "LICENSE_MEMORY_FILE"];

/// Kinds of which a limit says that they are too large: what has more glyphs in its glyphs, more words in its directory, or
/// more time-stamps, than anybody needs.
const TOO_LARGE: [&str; 7] = [
    "sixty-four signatures with sixteen time-stamps each",
    "license: glyphs of glyphs",
    "fields of a zip",
    "fields before the files",
    "second names",
    "second sizes",
    "long names",
];

/// The other process: judges a good file, then the one in question.
#[test]
fn child() {
    let [Some(first), Some(file)] = FILES.map(std::env::var_os) else { return };
    let policy = Policy { press: Some(press()), ..Policy::default() };
    let judge = |bytes: &[u8]| verify::judge(&verify::inspect(bytes, &Limits::default()), trust(), &policy, JUDGED);
    let bytes = std::fs::read(file).unwrap();
    // Tables are made and fonts unpacked on first use.
    judge(&std::fs::read(first).unwrap());
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = resident("VmRSS").unwrap();
    let report = judge(&bytes);
    let codes = report.reasons().map(|reason| reason.code()).collect::<std::collections::BTreeSet<_>>();
    let held = resident("VmHWM").unwrap().saturating_sub(before);
    println!("held {held} {:?} {codes:?}", report.verdict);
}

/// Bytes held at most, the verdict, and the codes of what did not pass.
fn held(first: &[u8], bytes: &[u8]) -> (usize, String) {
    let (found, verdict, _) = held_and_said(first, bytes);
    (found, verdict)
}

fn held_and_said(first: &[u8], bytes: &[u8]) -> (usize, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let files = FILES.map(|role| folder.path().join(role));
    files.iter().zip([first, bytes]).for_each(|(file, bytes)| std::fs::write(file, bytes).unwrap());
    let mut command = Command::new(std::env::current_exe().unwrap());
    let done = command.args(["--exact", "child", "--nocapture"]).envs(FILES.iter().zip(&files)).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    let line = said.lines().find_map(|line| Some(&line[line.find("held ")?..])).unwrap();
    let words: Vec<&str> = line.split(' ').collect();
    (words[1].parse().unwrap(), words[2].to_owned(), words[3..].join(" "))
}

#[test]
fn memory_stays_in_proportion() {
    if resident("VmHWM").is_none() {
        return eprintln!("SKIPPED: this system does not say how much memory a process holds");
    }
    let small = stranger::sealed(&stranger::document(2, 2, 1_000, 0));
    let bytes = stranger::sealed(&stranger::document(100, 30, 60_000, 0));
    let (found, verdict) = held(&small, &bytes);
    println!(
        "100 pages: {} bytes, {:.2} times as many held, {verdict}",
        bytes.len(),
        found as f64 / bytes.len() as f64
    );
    assert!(verdict != "Failed" && found < 5 * bytes.len(), "{found} for {}, {verdict}", bytes.len());

    let mut wrong = Vec::new();
    let of_format = kinds::all().into_iter().map(|(name, bytes)| (name.to_owned(), bytes));
    for (name, bytes) in of_format.chain(own::own()) {
        let (found, verdict, codes) = held_and_said(good().ofd(), &bytes);
        println!("{name}: {} bytes, {found} held, {verdict} {codes}", bytes.len());
        let said = !TOO_LARGE.contains(&&*name) || codes.contains("\"input.too-large\"");
        if found + bytes.len() >= 64 << 20 || verdict == "Passed" || !said {
            wrong.push(format!("{name}: {} bytes, {found} held, {verdict} {codes}", bytes.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same of PDFs, which present themselves as a license: what a budget stops is said to be too large.
#[test]
fn memory_of_pdfs_stays_in_proportion() {
    if resident("VmHWM").is_none() {
        return eprintln!("SKIPPED: this system does not say how much memory a process holds");
    }
    let kinds = own_pdf::all();
    let wrong = std::sync::Mutex::new(Vec::new());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        while let Some((name, bytes, too_large)) = kinds.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            let (found, verdict, codes) = held_and_said(good().pdf(), bytes);
            println!("{name}: {} bytes, {found} held, {verdict} {codes}", bytes.len());
            let said = !too_large || codes.contains("\"input.too-large\"");
            if found + bytes.len() >= 64 << 20 || verdict == "Passed" || !said {
                wrong.lock().unwrap().push(format!("{name}: {} bytes, {found} held, {verdict} {codes}", bytes.len()));
            }
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    for (name, bytes) in pdf_kinds::honest() {
        let (found, verdict, codes) = held_and_said(good().pdf(), &bytes);
        println!("{name}: {} bytes, {found} held, {verdict} {codes}", bytes.len());
        assert!(!codes.contains("too-large") && found < 40 << 20, "{name}: {found}, {codes}");
    }
}
