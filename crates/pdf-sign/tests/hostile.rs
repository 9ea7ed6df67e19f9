//! Bad bytes: refused with a reason, in bounded work, never a panic.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/kinds.rs"]
mod kinds;

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant};

use kinds::{file, revise, stream, zlib};

use pdf_sign::{Budget, Document, Flaw, Limit, NewField, Problem, ProblemKind, Slot, inspect, prepare};

fn texts(objects: &[&str]) -> Vec<u8> {
    file(&objects.iter().map(|o| o.as_bytes().to_vec()).collect::<Vec<_>>())
}

const CATALOG: &str = "<</Type /Catalog /Pages 2 0 R>>";
const PAGES: &str = "<</Type /Pages /Kids [3 0 R] /Count 1>>";

fn all_of(pdf: &[u8], budget: &Budget) -> Result<(), Problem> {
    let facts = inspect(pdf, budget);
    let _ = facts.flaws();
    for signature in &facts.signatures {
        let _ = (signature.signed_bytes(pdf), signature.der(), facts.later_changes(signature).count());
    }
    let doc = Document::open(pdf, budget)?;
    let text = doc.text_by_page().map(|_| ());
    let files = doc.attachments().map(|_| ());
    let rest = (doc.xmp().map(|_| ()), doc.page_sizes().map(|_| ()), doc.validation_data().map(|_| ()));
    let _ = doc.info();
    text.and(files).and(rest.0).and(rest.1).and(rest.2)
}

/// Runs, and fails when it takes longer than the verifier's ten seconds. Built without optimisation.
fn quickly(pdf: &[u8]) -> Result<(), Problem> {
    let start = Instant::now();
    let outcome = all_of(pdf, &Budget::default());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    outcome
}

fn refused(pdf: &[u8]) -> ProblemKind {
    let facts = inspect(pdf, &Budget::default());
    let outcome = quickly(pdf).unwrap_err();
    assert!(!facts.flaws().is_empty() || facts.signatures.is_empty());
    outcome.kind
}

#[test]
fn a_hundred_thousand_objects_are_too_many() {
    let mut objects = vec![CATALOG.as_bytes().to_vec(), b"<</Type /Pages /Kids [] /Count 0>>".to_vec()];
    objects.resize(100_001, b"null".to_vec());
    assert_eq!(refused(&file(&objects)), ProblemKind::OverBudget(Limit::Objects));
    objects.truncate(50_000);
    assert_eq!(quickly(&file(&objects)), Ok(()));
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
    assert_eq!(refused(&texts(&[CATALOG, PAGES, &deep])), ProblemKind::OverBudget(Limit::Depth));
    let deep = "<</A ".repeat(500_000);
    assert_eq!(refused(&texts(&[CATALOG, PAGES, &deep])), ProblemKind::OverBudget(Limit::Depth));
}

#[test]
fn cyclic_trees_are_refused() {
    let page_loop = texts(&[CATALOG, PAGES, "<</Type /Pages /Kids [2 0 R] /Count 1>>"]);
    assert_eq!(refused(&page_loop), ProblemKind::PageTree);
    let fields = "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [4 0 R]>>>>";
    let page = "<</Type /Page /MediaBox [0 0 9 9] /Parent 2 0 R>>";
    let field_loop = texts(&[fields, PAGES, page, "<</T (a) /Kids [5 0 R]>>", "<</T (b) /Kids [4 0 R]>>"]);
    assert_eq!(inspect(&field_loop, &Budget::default()).problems[0].kind, ProblemKind::FieldTree);
    let names = "<</Type /Catalog /Pages 2 0 R /Names <</EmbeddedFiles 4 0 R>>>>";
    assert!(quickly(&texts(&[names, PAGES, page, "<</Kids [4 0 R]>>"])).is_err());
    let references = texts(&[CATALOG, "3 0 R", "2 0 R"]);
    assert_eq!(refused(&references), ProblemKind::PageTree);
}

#[test]
fn cross_reference_loops_are_refused() {
    let pdf = texts(&[CATALOG, PAGES]);
    let text = String::from_utf8(pdf).unwrap();
    let xref = text.find("xref\n0").unwrap();
    for prev in [xref, xref + 1, 9, 0, 99_999_999] {
        let looped = text.replace("/Root", &format!("/Prev {prev} /Root"));
        assert!(matches!(refused(looped.as_bytes()), ProblemKind::Prev | ProblemKind::NoXref), "{prev}");
    }
    let hybrid = text.replace("/Root", "/XRefStm 9 /Root");
    assert_eq!(refused(hybrid.as_bytes()), ProblemKind::Hybrid);
}

#[test]
fn a_flate_bomb_is_refused() {
    // 300 MiB of zeros in a few hundred bytes.
    let bomb = zlib(&zlib(&vec![0; 300 << 20]));
    let page = b"<</Type /Page /MediaBox [0 0 9 9] /Parent 2 0 R /Contents 4 0 R>>".to_vec();
    let objects = [CATALOG.into(), PAGES.into(), page, stream("/Filter [/FlateDecode /FlateDecode]", &bomb)];
    assert_eq!(refused(&file(&objects)), ProblemKind::OverBudget(Limit::ContentBytes));
}

#[test]
fn forms_that_call_forms_are_bounded() {
    let page = b"<</Type /Page /MediaBox [0 0 9 9] /Parent 2 0 R /Contents 4 0 R /Resources 5 0 R>>".to_vec();
    let resources = b"<</XObject <</X 6 0 R>>>>".to_vec();
    let form = stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "/X Do ".repeat(20).as_bytes());
    let objects = [CATALOG.into(), PAGES.into(), page, stream("", b"/X Do"), resources, form];
    assert!(matches!(refused(&file(&objects)), ProblemKind::OverBudget(Limit::FormDepth)));
}

#[test]
fn overlapping_and_unlisted_objects_are_refused() {
    let pdf = texts(&[CATALOG, "<</Type /Pages /Kids [] /Count 0>>", "(x 9 0 obj (nested) endobj)"]);
    let text = String::from_utf8(pdf).unwrap();
    assert_eq!(quickly(text.as_bytes()), Ok(()));
    // Object 3 is dropped from the table: its bytes belong to nothing.
    let third = text.find("3 0 obj").unwrap();
    let hidden = text.replace(&format!("{third:010} 00000 n"), "0000000000 00001 f");
    assert_eq!(refused(hidden.as_bytes()), ProblemKind::UnlistedBytes);
    // It points into its own string.
    let inner = text.find("9 0 obj").unwrap();
    let overlapping = text.replace("x 9 0", "x 3 0").replace(&format!("{third:010}"), &format!("{inner:010}"));
    assert_eq!(refused(overlapping.as_bytes()), ProblemKind::UnlistedBytes);
}

/// What was never freed has no second generation (7.5.4).
#[test]
fn a_number_begins_with_its_first_generation() {
    let pdf = texts(&[CATALOG, "<</Type /Pages /Kids [] /Count 0>>", "(x)"]);
    let text = String::from_utf8(pdf).unwrap();
    let third = text.find("3 0 obj").unwrap();
    let entry = format!("{third:010} 00000 n");
    let later = text.replace("3 0 obj", "3 3 obj").replace(&entry, &format!("{third:010} 00003 n"));
    assert_eq!(refused(later.as_bytes()), ProblemKind::Xref);
}

/// Objects that no entry lists, packed or not.
#[test]
fn an_object_stream_that_nobody_lists_is_refused() {
    let base = texts(&[CATALOG, "<</Type /Pages /Kids [] /Count 0>>"]);
    let with = |count: usize, data: &str| {
        let keys = format!("/Type /ObjStm /N {count} /First 4");
        revise(base.clone(), &[(3, stream(&keys, data.as_bytes()))])
    };
    assert_eq!(refused(&with(1, "1 0 <</Type /Catalog /Pages 9 0 R>>")), ProblemKind::UnlistedBytes);
    assert_eq!(quickly(&with(0, "    ")), Ok(()), "an empty one holds nothing");
}

#[test]
fn nested_look_alike_objects_do_not_multiply_work() {
    // Every string holds the next object; every entry points at one. Reading each to its end would be quadratic.
    let count = 20_000;
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut table = String::new();
    for number in 1..=count {
        table += &format!("{:010} 00000 n \n", pdf.len());
        pdf.extend(format!("{number} 0 obj (").bytes());
    }
    pdf.extend(") endobj ".repeat(count).bytes());
    let xref = pdf.len();
    pdf.extend(
        format!("xref\n1 {count}\n{table}trailer\n<</Size {} /Root 1 0 R>>\nstartxref\n{xref}\n%%EOF", count + 1)
            .bytes(),
    );
    assert!(quickly(&pdf).is_err());
}

#[test]
fn ends_and_beginnings_are_exact() {
    let good = common::signed();
    assert_eq!(inspect(&good, &Budget::default()).flaws(), []);
    let with = |front: &[u8], back: &[u8]| [front, &good, back].concat();
    assert_eq!(refused(&with(b" ", b"")), ProblemKind::Header);
    assert_eq!(
        inspect(&with(b"", b"\n"), &Budget::default()).flaws(),
        [Flaw::Uncovered],
        "one end-of-line is PDF, but unsigned"
    );
    assert_eq!(refused(&with(b"", b"\n\n")), ProblemKind::TrailingBytes);
    assert_eq!(refused(&with(b"", b"PK\x03\x04")), ProblemKind::TrailingBytes);
    assert_eq!(refused(b""), ProblemKind::Header);
    assert_eq!(refused(&good[..good.len() - 2]), ProblemKind::NoEof);
    let encrypted = String::from_utf8_lossy(&common::plain_page()).replace("/Root", "/Encrypt 9 0 R /Root");
    assert!(inspect(encrypted.as_bytes(), &Budget::default()).problems.iter().any(|p| p.kind.is_fatal()));
}

/// A small generator of our own: the same bytes every time, on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

#[test]
fn thousands_of_mutations_never_panic() {
    let signed_twice = prepare(common::signed(), Slot::NewField(NewField::invisible("b"))).unwrap();
    let signed_twice = signed_twice.finish(&common::fake_cms()).unwrap();
    let streamed =
        prepare(common::one_page_with_xref_stream(), Slot::Placeholder).unwrap().finish(&common::fake_cms()).unwrap();
    let words: [&[u8]; 10] = [b"obj", b"<<", b">>", b"endobj", b"%%EOF", b"0", b"4294967295", b"-1", b"/Kids", b"R"];
    let budget = Budget { inflated_bytes: 1 << 20, ..Budget::default() };
    let mut dice = Dice(0x5EED);
    for source in [signed_twice, streamed] {
        for _ in 0..1500 {
            let mut pdf = source.clone();
            for _ in 0..1 + dice.roll(4) {
                // The bytes of /Contents are most of the file and the least interesting: mostly elsewhere.
                let at = loop {
                    let at = dice.roll(pdf.len());
                    if pdf[at] != b'0' || dice.roll(50) == 0 {
                        break at;
                    }
                };
                match dice.roll(4) {
                    0 => pdf[at] = dice.roll(256) as u8,
                    1 => drop(pdf.drain(at..(at + 1 + dice.roll(20)).min(pdf.len()))),
                    2 => drop(pdf.splice(at..at, words[dice.roll(words.len())].iter().copied())),
                    _ => pdf[at] ^= 1 << dice.roll(8),
                }
            }
            let _ = all_of(&pdf, &budget);
        }
    }
}

#[test]
fn a_flipped_byte_in_the_gap_or_the_structure_changes_the_facts() {
    let good = common::signed();
    let reference = inspect(&good, &Budget::default());
    let [_, a, b, _] = reference.signatures[0].byte_range.unwrap();
    for at in (a..b).step_by(97).chain([a, b - 1]) {
        let mut pdf = good.clone();
        pdf[at] ^= 1;
        let facts = inspect(&pdf, &Budget::default());
        let same_contents = facts.signatures.first().is_some_and(|s| s.contents == reference.signatures[0].contents);
        assert!(!facts.flaws().is_empty() || !same_contents, "byte {at}");
    }
    // Outside the gap every byte is signed; the digest is the caller's. The facts only must name the same bytes.
    let mut refused = 0;
    for at in (0..a).chain(b..good.len()) {
        let mut pdf = good.clone();
        pdf[at] ^= 4;
        let facts = inspect(&pdf, &Budget::default());
        let Some(signature) = facts.signatures.first() else {
            refused += 1;
            continue;
        };
        let bytes = signature.signed_bytes(&pdf).map(|parts| parts.concat());
        assert!(
            !facts.flaws().is_empty() || bytes.is_some_and(|bytes| bytes != [&good[..a], &good[b..]].concat()),
            "byte {at}"
        );
    }
    assert!(refused > 100, "{refused}");
}

/// Everything that is asked of a file further up, and the limits that it met.
fn limits(pdf: &[u8]) -> (BTreeSet<Limit>, Vec<Problem>) {
    let budget = Budget::default();
    let mut problems = Vec::new();
    match Document::open(pdf, &budget) {
        Err(problem) => problems.extend(pdf_sign::inspect_damaged(pdf, &budget, problem).problems),
        Ok(doc) => {
            let facts = doc.facts();
            let _ = facts.flaws();
            problems.extend(facts.problems);
            problems.extend(doc.stored().err());
            problems.extend(doc.painted().err());
            problems.extend(doc.attachments().err());
            problems.extend(doc.xmp().err());
        }
    }
    let over = problems.iter().filter_map(|problem| match problem.kind {
        ProblemKind::OverBudget(limit) => Some(limit),
        _ => None,
    });
    (over.collect(), problems)
}

/// Resident bytes, now and at most, as Linux counts them.
fn resident(name: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().trim_end_matches(" kB").parse::<usize>().ok()? * 1024)
}

const FILE: &str = "PDF_MEMORY_FILE";

/// The other process: reads the file that the environment names, and says what that took.
#[test]
fn child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let bytes = std::fs::read(file).unwrap();
    // Programs are loaded as they run: what that takes is no matter of the document.
    limits(&common::signed());
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let (before, begin) = (resident("VmRSS").unwrap(), Instant::now());
    let (over, problems) = limits(&bytes);
    let held = resident("VmHWM").unwrap().saturating_sub(before);
    println!("held {held} seconds {:.2} {over:?} {problems:?}", begin.elapsed().as_secs_f64());
}

/// What another process says of a file, and the bytes that it held.
fn held(bytes: &[u8]) -> (usize, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.pdf");
    std::fs::write(&file, bytes).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    let done = command.args(["--exact", "child", "--nocapture"]).env(FILE, &file).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    let line = said.lines().find_map(|line| Some(&line[line.find("held ")?..])).unwrap().to_owned();
    (line.split(' ').nth(1).unwrap().parse().unwrap(), line)
}

/// 64 MB with the file itself, and a limit that says why.
#[test]
fn hostile_files_stay_within_their_memory() {
    if resident("VmHWM").is_none() {
        return eprintln!("SKIPPED: this system does not say how much memory a process holds");
    }
    let mut wrong = Vec::new();
    for kinds::Kind { name, bytes, limit } in kinds::hostile(&[("a", b"a".to_vec())]) {
        let (found, said) = held(&bytes);
        println!("{name}: {} bytes, {said}", bytes.len());
        let met = limit.map_or_else(|| "{}".to_owned(), |limit| format!("{{{limit:?}"));
        if found + bytes.len() >= 64 << 20 || !said.contains(&met) {
            wrong.push(format!("{name}: {} bytes, {met} expected, {said}", bytes.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn large_honest_files_are_read_to_their_end() {
    for (name, bytes) in kinds::honest() {
        let (found, said) = held(&bytes);
        println!("{name}: {} bytes, {said}", bytes.len());
        assert!(said.ends_with("{} []"), "{name}: {said}");
        assert!(found < 40 << 20, "{name}: {found}");
    }
}
