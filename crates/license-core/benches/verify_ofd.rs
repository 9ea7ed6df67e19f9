//! What verifying a sealed OFD costs, beside its floor: `cargo bench -p license-core --bench verify_ofd`.
//! `-- judge 500` only repeats that step so many times, for a profiler. Nothing fails here.
//!
//! The floor is SM3, two SM2 verifications and inflate, each by the library that verification uses. SM3 over the file and
//! SM3 over the files in it, which is what the seal signs, are two floors; both are printed. What a verification does
//! beyond the floor's two SM2 (the certificates above signer and seal maker, the ECDSA signature of a license's index)
//! counts for the verification, never for the floor.
#![allow(clippy::unwrap_used, missing_docs)]

mod measure;
#[path = "measure/stranger.rs"]
mod stranger;
#[path = "../tests/verify_support/mod.rs"]
mod verify_support;

use std::hint::black_box;

use license_core::verify::{self, Integrity, Limits, Policy, SignatureMemory, Verdict};
use measure::{call, measure};
use pki::{Certificate, DigestAlgorithm, Signer as _};
use verify_support::memory::Memory;
use verify_support::{ISSUED, JUDGED, MARKET, issue_sample, press, signer, trust};

fn main() {
    // About 100 KB with its seal.
    let issued = issue_sample("supervision-qualification", "2026000000004", ISSUED, &|_| {});
    let mut arguments = std::env::args().skip_while(|argument| argument != "judge");
    if arguments.next().is_some() {
        let times = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(20);
        return (0..times).for_each(|_| judge(issued.ofd(), &Policy::default(), None));
    }
    println!("{}\n", measure::machine());
    let above: Vec<Certificate> = signer(&format!("{MARKET}-seal")).chain().to_vec();
    let plain = stranger::sealed(&stranger::document(1, 40, 72_000, 24_000));
    let other = stranger::sealed(&stranger::document(1, 20, 72_000, 0));
    verification("an OFD with one seal", [&plain, &other], &Policy { intermediates: &above, ..Policy::default() });
    let other = issue_sample("supervision-qualification", "2026000000005", ISSUED, &|_| {});
    let name = "a license (its words, code, record and index compared, too)";
    verification(name, [issued.ofd(), other.ofd()], &Policy::default());
    println!("at the end: {}", measure::machine());
}

/// From bytes to report; the memory of `inspect` is another when the seal is to be checked.
fn judge(ofd: &[u8], policy: &Policy<'_>, seals: Option<&dyn SignatureMemory>) {
    let facts = verify::inspect_with(black_box(ofd), &Limits::default(), seals);
    let report = verify::judge(&facts, trust(), policy, JUDGED);
    assert_eq!(report.integrity, Integrity::Intact, "{}", verify_support::explain(&report));
    assert_ne!(report.verdict, Verdict::Failed, "{}", verify_support::explain(&report));
    let walked = report.checks.iter().any(|check| check.name == "signer.path" && check.outcome.reason().is_none());
    assert!(walked, "{}", verify_support::explain(&report));
}

/// `other` is another file of the same signer: what is remembered comes from there.
fn verification(name: &str, [ofd, other]: [&[u8]; 2], policy: &Policy<'_>) {
    let package = ofd::read(ofd, &ofd::Budget::default()).unwrap();
    let inflated: usize = package.parts().map(|(_, part)| part.bytes().len()).sum();
    println!("{name}: {} bytes, {inflated} inflated, {} files", ofd.len(), package.parts().len());

    let key = signer(&format!("{MARKET}-seal"));
    // As long as what is signed: it holds the seal with its picture.
    let message = vec![7; verify_support::seal_der(MARKET).len() + 200];
    let signature = key.sign(&message).unwrap();
    let algorithm = pki::SignatureAlgorithm::Sm2Sm3;
    let public = key.certificate().public_key().unwrap();

    let memory = Memory::default();
    let known = Policy { memory: Some(&memory), ..*policy };
    let pressed_known = Policy { press: Some(press()), ..known };
    let is_license = name.contains("license");
    judge(other, if is_license { &pressed_known } else { &known }, known.memory);
    memory.close();
    let pressed = Policy { press: Some(press()), ..*policy };
    let limits = Limits::default();
    let mut calls = vec![
        call("floor: one SM2 verification", || public.verify(algorithm, &message, &signature).unwrap()),
        call("floor: SM3 over the file", || {
            black_box(DigestAlgorithm::Sm3.digest(black_box(ofd)));
        }),
        call("floor: SM3 over the files in it", || {
            package.parts().for_each(|(_, part)| {
                black_box(DigestAlgorithm::Sm3.digest(black_box(part.bytes())));
            });
        }),
        call("floor: inflate", || {
            black_box(ofd_inflate(ofd));
        }),
        call("step: package read", || drop(ofd::read(black_box(ofd), &limits.ofd).unwrap())),
        call("step: package read and walked", || drop(ofd::inspect_bytes(black_box(ofd), &limits.ofd).unwrap())),
        call("step: inspected", || drop(verify::inspect(black_box(ofd), &limits))),
        call("cold: nothing remembered", || judge(ofd, policy, None)),
        call("CA known: certificates remembered, both signatures of the seal checked", || judge(ofd, &known, None)),
        call("warm: certificates and seal remembered, this file not", || judge(ofd, &known, known.memory)),
        call("cold, and the face laid out again from the record", || judge(ofd, &pressed, None)),
        call("warm, and the face laid out again: as a server does", || judge(ofd, &pressed_known, known.memory)),
    ];
    if !is_license {
        calls.truncate(calls.len() - 2);
    }
    let times = measure(&mut calls);
    let names: Vec<&str> = calls.iter().map(|(name, _)| *name).collect();
    let (sm2, file, files, inflate) = (times[0], times[1], times[2], times[3]);
    let (of_file, of_files) = (file + 2.0 * sm2 + inflate, files + 2.0 * sm2 + inflate);
    println!("  floor: two SM2, inflate, and SM3 over the file {of_file:.0} µs, over the files in it {of_files:.0} µs");
    for (name, time) in names.iter().zip(&times).skip(7) {
        println!("  {name}");
        println!(
            "    {:5.0} a second and core, {:.2} × the floor over the file, {:.2} × the floor over the files in it",
            1e6 / time,
            time / of_file,
            time / of_files
        );
    }
    println!();
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
