//! What reading holds at its worst: hostile packages within 64 MB and a second, honest ones in proportion to their size.
//!
//! Each package is read by a process of its own, which the system watches.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "common/kinds.rs"]
mod kinds;

use std::process::Command;
use std::time::Instant;

use ofd::model::{Document, Font, Layer, Object, Page, TextObject};
use ofd::{Budget, DocInfo, Package, ProblemKind, Rect, Size, Um};

const FILE: &str = "OFD_MEMORY_FILE";

/// Resident bytes, now and at most, as Linux counts them.
fn resident(name: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().trim_end_matches(" kB").parse::<usize>().ok()? * 1024)
}

/// The other process: inspects the file that the environment names, digests every reference, says what that took.
#[test]
fn child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let bytes = std::fs::read(file).unwrap();
    // Programs are loaded as they run: what that takes is no matter of the document.
    let small = document(2, 2).to_zip().unwrap();
    ofd::inspect_bytes(&small, &Budget::default()).unwrap().check_references(&|_, _| None);
    // The highest mark begins anew here.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = resident("VmRSS").unwrap();
    let begin = Instant::now();
    let facts = ofd::inspect_bytes(&bytes, &Budget::default()).ok();
    if let Some(facts) = &facts {
        facts.check_references(&|_, bytes| Some(vec![bytes.len() as u8; 32]));
    }
    let seconds = begin.elapsed().as_secs_f64();
    let held = resident("VmHWM").unwrap().saturating_sub(before);
    let over = facts.as_ref().map(|facts| facts.has(ProblemKind::OverBudget));
    println!("held {held} seconds {seconds} pages {} over {over:?}", facts.map_or(0, |facts| facts.pages.len()));
}

struct Held {
    bytes: usize,
    seconds: f64,
    said: String,
}

fn held(bytes: &[u8]) -> Held {
    let file = std::env::temp_dir().join(format!("ofd-memory-{}-{}.ofd", std::process::id(), bytes.len()));
    std::fs::write(&file, bytes).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    let done = command.args(["--exact", "child", "--nocapture"]).env(FILE, &file).output().unwrap();
    std::fs::remove_file(&file).unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    let line = said.lines().find_map(|line| Some(&line[line.find("held ")?..])).unwrap().to_owned();
    let words: Vec<&str> = line.split(' ').collect();
    Held { bytes: words[1].parse().unwrap(), seconds: words[3].parse().unwrap(), said: line }
}

fn document(pages: usize, lines: usize) -> Package {
    let mut document = Document::new(DocInfo { doc_id: "0".repeat(32), ..DocInfo::default() });
    let font: Vec<u8> = (0..60_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let font = document.add_font(Font::embedded("Song", "Song", font));
    for page in 0..pages {
        let line = |at: usize| {
            let seed = (page * 31 + at * 17) as u32;
            let text: String =
                (0..28).filter_map(|i| char::from_u32(0x4e00 + (seed * 7919 + i * i * 101) % 6000)).collect();
            let place = Rect::mm(20, 20 + 6 * at as i32, 170, 6);
            Object::Text(TextObject::new(font, Um(4000), place, (Um::ZERO, Um(4400)), text, vec![Um(5800); 27]))
        };
        let layer = Layer::body((0..lines).map(line).collect());
        document.pages.push(Page { size: Size::A4, layers: vec![layer], ..Page::default() });
    }
    document.package().unwrap()
}

#[test]
fn memory_stays_in_proportion() {
    if resident("VmHWM").is_none() {
        return eprintln!("SKIPPED: this system does not say how much memory a process holds");
    }
    // A hundred pages of thirty lines.
    let bytes = document(100, 30).to_zip().unwrap();
    let found = held(&bytes);
    println!(
        "100 pages: {} bytes, {:.2} times as many held, {}",
        bytes.len(),
        found.bytes as f64 / bytes.len() as f64,
        found.said
    );
    assert!(found.said.contains("pages 100 "));
    assert!(found.bytes < 5 * bytes.len(), "{} for {}", found.bytes, bytes.len());

    for (name, bytes) in &kinds::all() {
        let found = held(bytes);
        println!("{name}: {} bytes, {}", bytes.len(), found.said);
        assert!(found.bytes + bytes.len() < 64 << 20, "{name}: {} for {}", found.bytes, bytes.len());
        // Unoptimised code is a dozen times slower; the limit is for a release.
        let limit = if cfg!(debug_assertions) { 20.0 } else { 1.0 };
        assert!(found.seconds < limit, "{name}: {} s", found.seconds);
    }
}
