//! What verification holds at its worst: packages that ask for more than they are worth, within 64 MB.
//!
//! Each package is verified by a process of its own, which the system watches; the packages are those of the `ofd` crate.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../../ofd/tests/common/kinds.rs"]
mod kinds;

use std::process::Command;

use license_core::trust::TrustList;
use license_core::verify::{self, Limits, Policy, Verdict};
use time::OffsetDateTime;

const FILE: &str = "LICENSE_MEMORY_FILE";

/// Resident bytes, now and at most, as Linux counts them.
fn resident(name: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().trim_end_matches(" kB").parse::<usize>().ok()? * 1024)
}

fn judge(bytes: &[u8]) -> Verdict {
    let at = OffsetDateTime::from_unix_timestamp(1_796_000_000).unwrap();
    let facts = verify::inspect(bytes, &Limits::default());
    verify::judge(&facts, &TrustList::default(), &Policy::default(), at).verdict
}

/// The other process: judges the file that the environment names and says what that took.
#[test]
fn child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let bytes = std::fs::read(file).unwrap();
    judge(&kinds::hostile(1, "", &[("P.xml", kinds::page(""))]));
    // The highest mark begins anew here.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = resident("VmRSS").unwrap();
    let verdict = judge(&bytes);
    println!("held {} {verdict:?}", resident("VmHWM").unwrap().saturating_sub(before));
}

#[test]
fn hostile_packages_are_judged_in_little_memory() {
    if resident("VmHWM").is_none() {
        return eprintln!("SKIPPED: this system does not say how much memory a process holds");
    }
    for (name, bytes) in &kinds::all() {
        let file = std::env::temp_dir().join(format!("license-memory-{}-{}.ofd", std::process::id(), bytes.len()));
        std::fs::write(&file, bytes).unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        let done = command.args(["--exact", "child", "--nocapture"]).env(FILE, &file).output().unwrap();
        std::fs::remove_file(&file).unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{name}: {said}{}", String::from_utf8_lossy(&done.stderr));
        let line = said.lines().find_map(|line| Some(&line[line.find("held ")?..])).unwrap();
        println!("{name}: {} bytes, {line}", bytes.len());
        let held: usize = line.split(' ').nth(1).unwrap().parse().unwrap();
        assert!(held + bytes.len() < 64 << 20, "{name}: {held} for {}", bytes.len());
        assert!(!line.contains("Passed"), "{name}");
    }
}
