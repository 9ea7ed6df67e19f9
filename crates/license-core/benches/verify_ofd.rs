//! What verifying a sealed OFD costs, beside its floor: `cargo bench -p license-core --bench verify_ofd`.
//! `-- judge 500` only repeats that step so many times, for a profiler. Nothing fails here.
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
    // About 100 KB with its seal.
    let issued = issue_sample("supervision-qualification", "2026000000004", ISSUED, &|_| {});
    let ofd = issued.ofd();
    let limits = Limits::default();
    let judge = |policy: &Policy<'_>| {
        let facts = verify::inspect_with(black_box(ofd), &limits, policy.memory);
        let report = verify::judge(&facts, trust(), policy, JUDGED);
        assert_ne!(report.verdict, Verdict::Failed, "{}", verify_support::explain(&report));
    };
    let mut arguments = std::env::args().skip_while(|argument| argument != "judge");
    if arguments.next().is_some() {
        let times = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(20);
        return (0..times).for_each(|_| judge(&Policy::default()));
    }
    let package = ofd::read(ofd, &ofd::Budget::default()).unwrap();
    let inflated: usize = package.parts().map(|(_, part)| part.bytes().len()).sum();
    println!("{} bytes, {} inflated, {} files", ofd.len(), inflated, package.parts().len());

    // The floor, each part of it by the library that verification uses.
    let key = signer(&format!("{}-seal", verify_support::HOUSING));
    let message = vec![7; 2000];
    let signature = key.sign(&message).unwrap();
    let algorithm = pki::SignatureAlgorithm::Sm2Sm3;
    let public = key.certificate().public_key().unwrap();
    let sm2 = measure("one SM2 verification", || public.verify(algorithm, &message, &signature).unwrap());
    let sm3 = measure("SM3 over the file", || {
        black_box(DigestAlgorithm::Sm3.digest(black_box(ofd)));
    });
    let sm3_parts = measure("SM3 over the files in it", || {
        package.parts().for_each(|(_, part)| {
            black_box(DigestAlgorithm::Sm3.digest(black_box(part.bytes())));
        });
    });
    let inflate = measure("inflate", || {
        black_box(ofd_inflate(ofd));
    });
    let floor = sm3 + 2.0 * sm2 + inflate;
    println!("floor: SM3 over the file, two SM2, inflate        {floor:8.1} µs");
    println!("the same with SM3 over the files in it            {:8.1} µs", floor - sm3 + sm3_parts);

    measure("package read", || drop(ofd::read(black_box(ofd), &limits.ofd).unwrap()));
    measure("package read and walked", || drop(ofd::inspect_bytes(black_box(ofd), &limits.ofd).unwrap()));
    measure("inspected", || drop(verify::inspect(black_box(ofd), &limits)));
    let parts = floor - sm3 + sm3_parts;
    let line = |name: &str, policy: &Policy<'_>| {
        let spent = measure(name, || judge(policy));
        let (of_file, of_parts) = (spent / floor, spent / parts);
        println!(
            "    {:5.0} a second and core, {of_file:.2} × the floor, {of_parts:.2} × that over files",
            1e6 / spent
        );
    };
    // Five SM2: signer, seal maker, their certificates, and that of the CA above both; one P-256: the index.
    line("bytes to report, nothing remembered", &Policy::default());
    let memory = Memory::default();
    let known = Policy { memory: Some(&memory), ..Policy::default() };
    // One SM2, the signer's: as a server works that has seen this issuer's certificates and this seal before.
    line("certificates and seal seen before, this file not", &known);
    line("nothing remembered, face compared with the record", &Policy { press: Some(press()), ..Policy::default() });
}

/// Every deflate stream of the zip, by the offsets in its local headers.
fn ofd_inflate(zip: &[u8]) -> usize {
    let (mut at, mut total) = (0, 0);
    let mut stream = flate2::Decompress::new(false);
    while zip[at..].starts_with(b"PK\x03\x04") {
        let short = |from: usize| usize::from(u16::from_le_bytes([zip[at + from], zip[at + from + 1]]));
        let long = |from: usize| short(from) | short(from + 2) << 16;
        let body = at + 30 + short(26) + short(28);
        let end = body + long(18);
        if short(8) == 8 {
            let mut out = Vec::with_capacity(long(22));
            stream.reset(false);
            stream.decompress_vec(&zip[body..end], &mut out, flate2::FlushDecompress::Finish).unwrap();
            total += black_box(out).len();
        }
        at = end;
    }
    total
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

/// A memory as a server has one, but for the signature of this file's index: another file has another.
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
