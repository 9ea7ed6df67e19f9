//! The fuzz targets without a fuzzer: all seeds, and some thousand changes of them, the same each time. A panic, or more
//! than two seconds for one input, fails. `cargo xtask fuzz` goes on from here.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::fs;
use std::panic;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fuzz_targets::{TARGETS, Target};
use tests::places::root;

/// Changes of all seeds of a target together.
const CHANGES: usize = 240;
/// A target stops changing seeds after this long, whatever machine it is.
const PATIENCE: Duration = Duration::from_millis(700);
/// No input may take longer, unoptimised.
const LIMIT: Duration = Duration::from_secs(2);

fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = root().join("fuzz/seeds").join(target);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Runs a target once; a panic becomes a message that names the input.
fn run(target: &Target, what: &str, input: &[u8]) {
    let began = Instant::now();
    let outcome = panic::catch_unwind(|| (target.run)(input));
    assert!(outcome.is_ok(), "{}: {what}: {}", target.name, hex(&input[..input.len().min(1024)]));
    assert!(began.elapsed() < LIMIT, "{}: {what} took {:?}", target.name, began.elapsed());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_target_has_a_binary_and_seeds() {
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    for target in TARGETS {
        assert!(manifest.contains(&format!("name = \"{}\"", target.name)), "{} is not in fuzz/Cargo.toml", target.name);
        let source = fs::read_to_string(root().join(format!("fuzz/fuzz_targets/{}.rs", target.name))).unwrap();
        assert!(source.contains(&format!("run(\"{}\"", target.name)), "{}", target.name);
        assert!(!seeds(target.name).is_empty(), "{} has no seeds", target.name);
    }
    let binaries = fs::read_dir(root().join("fuzz/fuzz_targets")).unwrap().count();
    assert_eq!(binaries, TARGETS.len() + 1, "a binary without a target; one more is all of them");
}

#[test]
fn all_seeds() {
    for target in TARGETS {
        run(target, "nothing", b"");
        for (path, seed) in seeds(target.name) {
            run(target, &path.display().to_string(), &seed);
        }
    }
}

#[test]
fn changed_seeds() {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let done = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(target) = TARGETS.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    let seeds = seeds(target.name);
                    let mut dice = Dice(0x5eed_2026_1122);
                    let began = Instant::now();
                    for number in 0..CHANGES {
                        if began.elapsed() > PATIENCE {
                            break;
                        }
                        let (path, seed) = &seeds[number % seeds.len()];
                        let changed = dice.change(seed, &seeds);
                        run(target, &format!("change {number} of {}", path.display()), &changed);
                        done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    }
                }
            });
        }
    });
    println!("{} changed seeds", done.into_inner());
}

/// Numbers from a seed (xorshift64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % limit.max(1)
    }

    /// One to four changes: a bit, a byte, a cut, a stretch removed, doubled, or taken from another seed.
    fn change(&mut self, seed: &[u8], others: &[(PathBuf, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..1 + self.below(4) {
            if bytes.is_empty() {
                bytes.push(0);
            }
            let at = self.below(bytes.len());
            let end = (at + 1 + self.below(64)).min(bytes.len());
            match self.below(7) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = [0, 0x7f, 0x80, 0xff, b'<', b'"', b'0'][self.below(7)],
                2 => bytes[at] = self.below(256) as u8,
                3 => bytes.truncate(at),
                4 => drop(bytes.drain(at..end)),
                5 => {
                    let stretch = bytes[at..end].to_vec();
                    bytes.splice(at..at, stretch);
                }
                _ => {
                    let other = &others[self.below(others.len())].1;
                    let from = self.below(other.len());
                    let until = (from + 1 + self.below(64)).min(other.len());
                    bytes.splice(at..end, other[from.min(until)..until].iter().copied());
                }
            }
        }
        bytes
    }
}
