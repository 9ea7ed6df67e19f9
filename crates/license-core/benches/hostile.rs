//! How long a report on a hostile OFD or PDF takes, and what it holds meanwhile: `cargo bench -p license-core --bench hostile`.
//! What is asked of all of them is 64 MB, the file itself counted, and a second of processor time; of an honest document
//! of a hundred pages, five times its size. Each has a process of its own. Nothing fails here.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../../ofd/tests/common/kinds.rs"]
mod kinds;
mod measure;
#[path = "measure/own.rs"]
mod own;
#[path = "measure/own_pdf.rs"]
mod own_pdf;
#[path = "../../pdf-sign/tests/common/kinds.rs"]
mod pdf_kinds;
#[path = "measure/stranger.rs"]
mod stranger;
#[path = "../tests/verify_support/mod.rs"]
mod verify_support;

use std::process::Command;

use license_core::verify::{self, Limits, Policy};
use measure::resident;
use verify_support::{JUDGED, good, press, trust};

/// The files that the other process judges: first a good one, since tables are made and fonts unpacked on first use.
const FILES: [&str; 2] = ["HOSTILE_FIRST", "HOSTILE_FILE"];

fn main() {
    if let [Some(first), Some(file)] = FILES.map(std::env::var_os) {
        return child(&std::fs::read(first).unwrap(), &std::fs::read(file).unwrap());
    }
    println!("{}\n", measure::machine());
    println!("{:<44} {:>10} {:>9} {:>8}  verdict", "honest", "bytes", "seconds", "MB held");
    let small = stranger::sealed(&stranger::document(2, 2, 1_000, 0));
    for pages in [10, 100, 400] {
        let bytes = stranger::sealed(&stranger::document(pages, 30, 60_000, 0));
        if let Some(found) = run(&format!("{pages} pages of thirty lines, one seal"), &small, &bytes) {
            println!("    {:.2} times its size", found.held * 1048576.0 / bytes.len() as f64);
        }
    }
    let mut all: Vec<(String, Vec<u8>)> =
        kinds::all().into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
    all.extend(own::own());
    worst("hostile OFD", good().ofd(), &all);

    println!("\n{:<44} {:>10} {:>9} {:>8}  verdict", "honest PDF", "bytes", "seconds", "MB held");
    for (name, bytes) in pdf_kinds::honest() {
        run(name, good().pdf(), &bytes);
    }
    let all: Vec<(String, Vec<u8>)> = own_pdf::all().into_iter().map(|(name, bytes, _)| (name, bytes)).collect();
    worst("hostile PDF", good().pdf(), &all);
    println!("at the end: {}", measure::machine());
}

/// Judges each, and says which took the longest and held the most.
fn worst(title: &str, good: &[u8], all: &[(String, Vec<u8>)]) {
    let (mut slowest, mut largest) = ((0.0, ""), (0.0, ""));
    println!("\n{title:<44} {:>10} {:>9} {:>8}  verdict", "bytes", "seconds", "MB held");
    for (name, bytes) in all {
        let Some(found) = run(name, good, bytes) else { continue };
        let held = found.held + bytes.len() as f64 / 1048576.0;
        if found.seconds > slowest.0 {
            slowest = (found.seconds, name);
        }
        if held > largest.0 {
            largest = (held, name);
        }
    }
    println!(
        "{} kinds; slowest: {}, {:.3} s; most with its file: {}, {:.1} MB",
        all.len(),
        slowest.1,
        slowest.0,
        largest.1,
        largest.0
    );
}

struct Found {
    seconds: f64,
    /// Megabytes.
    held: f64,
}

/// Judges a file in another process and prints what that took.
fn run(name: &str, first: &[u8], bytes: &[u8]) -> Option<Found> {
    let folder = std::env::temp_dir();
    let files = FILES.map(|role| folder.join(format!("{role}-{}", std::process::id())));
    files.iter().zip([first, bytes]).for_each(|(file, bytes)| std::fs::write(file, bytes).unwrap());
    let done = Command::new(std::env::current_exe().unwrap()).envs(FILES.iter().zip(&files)).output().unwrap();
    files.iter().for_each(|file| std::fs::remove_file(file).unwrap());
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let words: Vec<&str> = said.split_whitespace().collect();
    let [seconds, held, verdict] = words[..] else {
        println!("{name:<44} {:>10} fell over: {}", bytes.len(), String::from_utf8_lossy(&done.stderr));
        return None;
    };
    let found = Found { seconds: seconds.parse().unwrap(), held: held.parse().unwrap() };
    println!("{name:<44} {:>10} {:>9.3} {:>8.1}  {verdict}", bytes.len(), found.seconds, found.held);
    Some(found)
}

fn child(first: &[u8], bytes: &[u8]) {
    let policy = Policy { press: Some(press()), ..Policy::default() };
    verify::judge(&verify::inspect(first, &Limits::default()), trust(), &policy, JUDGED);
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = resident("VmRSS").unwrap_or_default();
    let begin = measure::cpu();
    let report = verify::judge(&verify::inspect(bytes, &Limits::default()), trust(), &policy, JUDGED);
    let seconds = measure::cpu() - begin;
    let held = resident("VmHWM").unwrap_or_default().saturating_sub(before) as f64 / 1048576.0;
    println!("{seconds} {held} {:?}", report.verdict);
}
