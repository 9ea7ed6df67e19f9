//! What verifying a license PDF costs, part by part: `cargo bench -p license-core --bench verify_pdf`. With a name
//! (`-- judge`) it only repeats that step, for a profiler; with `-- write FILE` it writes the measured file, for
//! `tests/peers/pdf_speed.py`, which measures pyHanko on it. Nothing fails here.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../tests/verify_support/mod.rs"]
mod verify_support;

use std::collections::HashSet;
use std::hint::black_box;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use license_core::verify::{self, Limits, Policy, SignatureMemory, Verdict};
use pki::{DigestAlgorithm, Signer as _};
use verify_support::{ISSUED, JUDGED, issue_sample, press, signer, trust};

fn main() {
    // About 150 KB with its signature.
    let issued = issue_sample("business-license", "2026000000004", ISSUED, &|_| {});
    let pdf = issued.pdf();
    let limits = Limits::default();
    let judge = |policy: &Policy<'_>| {
        let report = verify::judge(&verify::inspect(black_box(pdf), &limits), trust(), policy, JUDGED);
        assert_eq!(report.verdict, Verdict::Passed, "{}", verify_support::explain(&report));
    };
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "write") {
        return std::fs::write(&arguments[at + 1], pdf).unwrap();
    }
    if arguments.iter().any(|argument| argument == "judge") {
        let memory = Memory::default();
        let policy = Policy { memory: Some(&memory), press: Some(press()), ..Policy::default() };
        return (0..2000).for_each(|_| judge(&policy));
    }
    println!("{} bytes", pdf.len());

    // The floor: what no verifier can leave out.
    let key = signer(&format!("{}-document", verify_support::MARKET));
    let message = vec![7; 400];
    let signature = key.sign(&message).unwrap();
    let public = key.certificate().public_key().unwrap();
    let algorithm = key.algorithm();
    let value = measure("one P-256 verification", || public.verify(algorithm, &message, &signature).unwrap());
    let digest = measure("SHA-256 over the file", || {
        black_box(DigestAlgorithm::Sha256.digest(black_box(pdf)));
    });
    let floor = digest + value;

    let budget = pdf_sign::Budget::default();
    measure("opened: every object", || drop(pdf_sign::Document::open(black_box(pdf), &budget).unwrap()));
    measure("structure inspected", || drop(pdf_sign::inspect(black_box(pdf), &budget)));
    let document = || pdf_sign::Document::open(black_box(pdf), &budget).unwrap();
    measure("opened, text of the pages", || drop(document().text_by_page().unwrap()));
    measure("opened, attachments and XMP", || {
        let document = document();
        drop((document.attachments().unwrap(), document.xmp().unwrap()));
    });
    measure("inspected", || drop(verify::inspect(black_box(pdf), &limits)));
    let line = |name: &str, policy: &Policy<'_>| {
        let spent = measure(name, || judge(policy));
        println!("    {:5.0} a second and core, {:.2} × the floor (aim: 400 a second)", 1e6 / spent, spent / floor);
    };
    line("bytes to report", &Policy::default());
    let memory = Memory::default();
    line("the same, the issuer's certificates seen before", &Policy { memory: Some(&memory), ..Policy::default() });
    line("the same, face compared with the record", &Policy { press: Some(press()), ..Policy::default() });
    let both = Policy { memory: Some(&memory), press: Some(press()), ..Policy::default() };
    line("both, as a server does", &both);
}

/// Microseconds of processor time of one call: the best of several rounds, since other programs only ever add to it.
fn measure(name: &str, mut call: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..15 {
        let (begin, wall, mut calls) = (cpu(), Instant::now(), 0u32);
        while wall.elapsed() < Duration::from_millis(60) {
            call();
            calls += 1;
        }
        best = best.min((cpu() - begin) * 1e6 / f64::from(calls));
    }
    println!("{name:<49} {best:8.1} µs");
    best
}

/// Seconds that this thread has run so far, where the system says so; else of the clock on the wall.
fn cpu() -> f64 {
    static BEGIN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = ran.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    ran.map_or_else(|| BEGIN.get_or_init(Instant::now).elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// A memory as a server has one.
#[derive(Default)]
struct Memory(Mutex<HashSet<[u8; 32]>>);

impl SignatureMemory for Memory {
    fn knows(&self, signature: &[u8; 32]) -> bool {
        self.0.lock().unwrap().contains(signature)
    }

    fn learn(&self, signature: [u8; 32]) {
        self.0.lock().unwrap().insert(signature);
    }
}
