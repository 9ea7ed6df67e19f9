//! Random changes of signed files, one-byte and structural: none may be accepted (10,000 of them). Two are OFD, two PDF: as
//! issued (B-B), and stamped and archived (B-LTA, four revisions).
//!
//! `cargo xtask mutate [CHANGES]` runs them all; the ordinary test takes some. A change is a number: the seed
//! in a message (`MUTATION_SEED`) makes the same changes again. What counts is the verdict of a verifier in the field,
//! with the trust list and without templates, which would only find more.
#![allow(clippy::unwrap_used)]

mod verify_support;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use license_core::verify::{Integrity, Verdict};
use verify_support::memory::Memory;
use verify_support::stamps::{archived, court};
use verify_support::{Court, JUDGED, explain, forge, good, permit};

#[test]
fn some_random_changes() {
    run(120);
}

#[test]
#[ignore = "minutes; cargo xtask mutate"]
fn ten_thousand_random_changes() {
    run(setting("MUTATION_CHANGES", 10_000));
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

fn run(changes: u64) {
    let archived = archived();
    let files = [good().ofd(), permit().ofd(), good().pdf(), &archived];
    let seed = setting("MUTATION_SEED", 20_261_122);
    let court = Court { press: None, ..court(JUDGED) };
    for file in files {
        let report = court.judge(file);
        assert_eq!(report.verdict, Verdict::Passed, "{}", explain(&report));
    }
    // Half of the changes are shown to a verifier that remembers everything, too: it must say the same.
    let memory = Memory::default();
    let next = AtomicU64::new(0);
    let tally: Mutex<BTreeMap<String, u64>> = Mutex::default();
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= changes {
                        break;
                    }
                    let which = number as usize % files.len();
                    let mut dice = Dice(seed.wrapping_add(number).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
                    let (kind, changed) = change(&files, which, &mut dice);
                    let outcome = if changed == files[which] {
                        "no change"
                    } else {
                        let report = court.judge(&changed);
                        if (number / files.len() as u64).is_multiple_of(2) {
                            let remembering = memory.judge(&court, &changed);
                            assert!(
                                remembering == report,
                                "file {which}, change {number} of seed {seed}: judged otherwise"
                            );
                        }
                        let same = report.verdict == Verdict::Passed && same_files(files[which], &changed);
                        // Every byte of a license PDF is under some signature, or has one spelling.
                        let pdf = !files[which].starts_with(b"PK");
                        let let_through =
                            pdf && report.integrity == Integrity::Intact && report.verdict != Verdict::Failed;
                        assert!(
                            !(report.verdict == Verdict::Passed || let_through) || same,
                            "file {which}, change {number} of seed {seed} ({kind}) is accepted: {}",
                            explain(&report)
                        );
                        match report.verdict {
                            _ if same => "the same files",
                            Verdict::Failed => "failed",
                            _ => "cannot tell",
                        }
                    };
                    *tally.lock().unwrap().entry(format!("{kind}: {outcome}")).or_default() += 1;
                }
            });
        }
    });
    println!(
        "{changes} changes of {} files in {:.1} s, seed {seed}, none accepted",
        files.len(),
        began.elapsed().as_secs_f64()
    );
    for (line, count) in tally.into_inner().unwrap() {
        println!("{count:>6}  {line}");
    }
}

/// A deflate stream that was written otherwise and inflates to the very same file is no change of a document. Neither is a
/// PDF without its later revisions: it is the file as it was before them, with all that its signatures say.
fn same_files(original: &[u8], changed: &[u8]) -> bool {
    if !original.starts_with(b"PK") {
        return original.starts_with(changed);
    }
    let read = |bytes| ofd::read(bytes, &ofd::Budget::default());
    read(changed).is_ok_and(|changed| read(original).is_ok_and(|original| changed.parts().eq(original.parts())))
}

/// One change: what kind of, and the bytes after it. Half of them touch one byte.
fn change(files: &[&[u8]], which: usize, dice: &mut Dice) -> (&'static str, Vec<u8>) {
    let original = files[which];
    let bytes = original.to_vec();
    match dice.below(16) {
        0..=3 => ("one bit", flipped(bytes, dice)),
        4 | 5 => ("one byte", one_byte(bytes, dice)),
        6 => ("a byte less", {
            let mut bytes = bytes;
            bytes.remove(dice.below(original.len()));
            bytes
        }),
        7 => ("a byte more", {
            let mut bytes = bytes;
            bytes.insert(dice.below(original.len() + 1), dice.byte());
            bytes
        }),
        8 => ("a stretch moved, doubled, cut or blanked", stretch(bytes, dice)),
        9 => ("a stretch of another file", {
            let other = files[(which + 1 + dice.below(files.len() - 1)) % files.len()];
            let (from, length) = dice.span(other.len(), 4096);
            let at = dice.below(bytes.len());
            let end = (at + length).min(bytes.len());
            [&bytes[..at], &other[from..from + length], &bytes[end..]].concat()
        }),
        _ if original.starts_with(b"PK") => package(original, files[1 - which], dice),
        _ => pdf(original, files[5 - which.max(2)], dice),
    }
}

/// Files of a package changed, exchanged, renamed, dropped or added, and packed again with honest headers.
fn package(original: &[u8], other: &[u8], dice: &mut Dice) -> (&'static str, Vec<u8>) {
    let names = forge::names(original);
    let name = names[dice.below(names.len())].clone();
    match dice.below(8) {
        0 => (
            "one byte of a file in the package",
            forge::repack(original, |package| {
                let bytes = package.part(&name).unwrap().bytes().to_vec();
                package.set(&name, one_byte(bytes, dice));
            }),
        ),
        1 => (
            "a stretch of a file in the package",
            forge::repack(original, |package| {
                let bytes = package.part(&name).unwrap().bytes().to_vec();
                package.set(&name, stretch(bytes, dice));
            }),
        ),
        2 | 3 => (
            "an XML element dropped, doubled or exchanged",
            forge::repack(original, |package| {
                let xml: Vec<&String> = names.iter().filter(|name| name.ends_with(".xml")).collect();
                let name = xml[dice.below(xml.len())];
                let bytes = package.part(name).unwrap().bytes().to_vec();
                package.set(name, elements(bytes, dice));
            }),
        ),
        4 => (
            "a digit of a file in the package",
            forge::repack(original, |package| {
                let mut bytes = package.part(&name).unwrap().bytes().to_vec();
                let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
                if !digits.is_empty() {
                    let at = digits[dice.below(digits.len())];
                    bytes[at] = b'0' + (bytes[at] - b'0' + 1 + dice.below(9) as u8) % 10;
                }
                package.set(&name, bytes);
            }),
        ),
        5 => (
            "a file of the other license",
            forge::repack(original, |package| {
                let other = forge::open(other);
                let (_, part) = other.parts().nth(dice.below(other.parts().len())).unwrap();
                package.set(&name, part.clone());
            }),
        ),
        6 => ("a file dropped", forge::rebuild(original, |found, bytes| (found != name).then(|| bytes.to_vec()))),
        _ => (
            "a file added",
            forge::repack(original, |package| {
                let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
                let content = package.part(&name).unwrap().bytes().to_vec();
                package.set(format!("{folder}/more-{}.xml", dice.below(99)).trim_start_matches('/'), content);
            }),
        ),
    }
}

/// Objects of a PDF replaced in a later revision, revisions taken off or put together, numbers and tokens changed in place.
fn pdf(original: &[u8], other: &[u8], dice: &mut Dice) -> (&'static str, Vec<u8>) {
    let objects = ["/Type/Page/", "/Type/Catalog", "/Subtype/Widget", "/Type/Font", "/Type/Metadata", "/Type/Pages"];
    let found = forge::objects_with(original, &[objects[dice.below(objects.len())]]);
    match dice.below(8) {
        0 | 1 if !found.is_empty() => ("an object in a new revision", {
            let number = found[dice.below(found.len())];
            let text = forge::object(original, number);
            let body = if text.contains("stream") {
                "<</Type/Metadata/Length 0>>\nstream\n\nendstream".to_owned()
            } else {
                String::from_utf8_lossy(&one_byte(text.into_bytes(), dice)).into_owned()
            };
            forge::append_update(original, &[(number, body)])
        }),
        2 => ("an empty revision", forge::append_update(original, &[])),
        3 => ("a new object in a new revision", {
            forge::append_update(original, &[(400 + dice.below(9) as u32, "<</Length 0>>".to_owned())])
        }),
        4 => ("the end of another PDF", {
            let from = dice.below(other.len());
            [original, &other[from..]].concat()
        }),
        5 => ("cut behind a %%EOF or startxref", {
            let words: [&[u8]; 3] = [b"%%EOF", b"startxref", b"endobj"];
            let word = words[dice.below(3)];
            let places: Vec<usize> =
                (0..original.len()).filter(|at| original[*at..].starts_with(word)).map(|at| at + word.len()).collect();
            original[..places[dice.below(places.len())]].to_vec()
        }),
        6 => ("a token doubled or dropped", {
            let token = |byte: &u8| byte.is_ascii_alphanumeric();
            let from = dice.below(original.len());
            let end = from + original[from..].iter().take(64).take_while(|byte| token(byte)).count();
            let middle = if dice.below(2) == 0 { Vec::new() } else { original[from..end].repeat(2) };
            [&original[..from], &middle, &original[end..]].concat()
        }),
        _ => ("a digit of the PDF", {
            let mut bytes = original.to_vec();
            let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
            let at = digits[dice.below(digits.len())];
            bytes[at] = b'0' + (bytes[at] - b'0' + 1 + dice.below(9) as u8) % 10;
            bytes
        }),
    }
}

fn flipped(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    if !bytes.is_empty() {
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
    }
    bytes
}

fn one_byte(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    if !bytes.is_empty() {
        let at = dice.below(bytes.len());
        bytes[at] = dice.byte();
    }
    bytes
}

fn stretch(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    if bytes.len() < 2 {
        return bytes;
    }
    let (from, length) = dice.span(bytes.len(), 2048);
    match dice.below(5) {
        0 => drop(bytes.drain(from..from + length)),
        1 => {
            let copy = bytes[from..from + length].to_vec();
            bytes.splice(from..from, copy);
        }
        2 => bytes[from..from + length].fill(0),
        3 => bytes.truncate(from),
        _ => {
            let moved: Vec<u8> = bytes.drain(from..from + length).collect();
            let to = dice.below(bytes.len() + 1);
            bytes.splice(to..to, moved);
        }
    }
    bytes
}

/// Drops, doubles or exchanges what stands between two `<`.
fn elements(bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    let mut pieces: Vec<&[u8]> = Vec::new();
    let mut from = 0;
    for at in (1..bytes.len()).filter(|at| bytes[*at] == b'<').chain([bytes.len()]) {
        pieces.push(&bytes[from..at]);
        from = at;
    }
    let at = dice.below(pieces.len());
    match dice.below(3) {
        0 => drop(pieces.remove(at)),
        1 => pieces.insert(at, pieces[at]),
        _ => {
            let other = dice.below(pieces.len());
            pieces.swap(at, other);
        }
    }
    pieces.concat()
}

/// A small generator of numbers (xorshift64*): the same seed, the same changes.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        ((self.next() >> 32) as usize) % limit.max(1)
    }

    fn byte(&mut self) -> u8 {
        (self.next() >> 40) as u8
    }

    fn span(&mut self, length: usize, most: usize) -> (usize, usize) {
        let from = self.below(length);
        (from, 1 + self.below(most.min(length - from)))
    }
}
