//! What verifying a signed PDF costs, beside its floor and beside pyHanko, which is measured on the same files in the same
//! run where it is installed: `cargo bench -p license-core --bench verify_pdf`. `-- judge 500` only verifies a license so
//! many times, `-- judge-document 500` the other file, for a profiler. Nothing fails here.
//!
//! Two files, two questions. A document that is no license is asked what pyHanko asks: strict structure, byte ranges,
//! digest, CMS, certificate path, what later revisions changed. A license is asked all that and what nobody else asks:
//! record, index and QR code, and whether the words that are drawn are those that were signed.
#![allow(clippy::unwrap_used, missing_docs)]

mod measure;
#[path = "../tests/verify_support/mod.rs"]
mod verify_support;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;

use license_core::layout::{Marks, lay_out};
use license_core::pdf_signing::{self, PdfRequest};
use license_core::render::pdf::{PdfInput, PdfRenderer};
use license_core::render::{Attachment, Metadata, Relationship};
use license_core::verify::{self, Integrity, Limits, Policy, Verdict};
use measure::{call, measure};
use pki::{DigestAlgorithm, Signer as _};
use verify_support::memory::Memory;
use verify_support::{ISSUED, JUDGED, MARKET, catalog, fonts, issue_sample, press, signer, trust};

/// How long pyHanko is measured on each file.
const SECONDS: &str = "6";

fn main() {
    // About 150 KB with its signature.
    let license = issue_sample("business-license", "2026000000004", ISSUED, &|_| {}).pdf().to_vec();
    let mut arguments = std::env::args().skip_while(|argument| !argument.starts_with("judge"));
    if let Some(what) = arguments.next() {
        let times: usize = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(20);
        if what == "judge-document" {
            let document = document();
            return (0..times).for_each(|_| judge_document(&document, &Policy::default()));
        }
        let memory = warm();
        let policy = Policy { memory: Some(&memory), press: Some(press()), ..Policy::default() };
        return (0..times).for_each(|_| judge_license(&license, &policy));
    }
    println!("{}\n", measure::machine());
    let document = document();
    same_work(&document);
    whole_license(&license);
    println!("  load average at the end: {}", measure::machine());
}

/// What pyHanko does, too.
fn same_work(document: &[u8]) {
    println!("strict verification of a signed document: {} bytes", document.len());
    let memory = warm();
    let known = Policy { memory: Some(&memory), ..Policy::default() };
    let budget = pdf_sign::Budget::default();
    let key = signer(&format!("{MARKET}-document"));
    let message = vec![7; 400];
    let signature = key.sign(&message).unwrap();
    let (public, algorithm) = (key.certificate().public_key().unwrap(), key.algorithm());
    let times = measure(&mut [
        call("floor: one P-256 verification", || public.verify(algorithm, &message, &signature).unwrap()),
        call("floor: SHA-256 over the file", || {
            black_box(DigestAlgorithm::Sha256.digest(black_box(document)));
        }),
        call("step: every object read", || drop(pdf_sign::Document::open(black_box(document), &budget).unwrap())),
        call("step: structure inspected", || drop(pdf_sign::inspect(black_box(document), &budget))),
        call("cold: nothing remembered", || judge_document(document, &Policy::default())),
        call("warm: the issuer's certificates remembered, this file not", || judge_document(document, &known)),
    ]);
    compare(document, &times[4..], "aim: 25");
}

/// What is asked of a license.
fn whole_license(license: &[u8]) {
    println!(
        "whole verdict on a license (its record, index, code, words and glyphs compared, too): {} bytes",
        license.len()
    );
    let memory = warm();
    let pressed = Policy { press: Some(press()), ..Policy::default() };
    let known = Policy { memory: Some(&memory), ..Policy::default() };
    let both = Policy { memory: Some(&memory), ..pressed };
    let times = measure(&mut [
        call("step: inspected, cold", || drop(verify::inspect(black_box(license), &Limits::default()))),
        call("step: inspected, warm", || {
            drop(verify::inspect_with(black_box(license), &Limits::default(), Some(&memory)))
        }),
        call("cold: nothing remembered", || judge_license(license, &Policy::default())),
        call("cold, and the face laid out again from the record", || judge_license(license, &pressed)),
        call("warm: certificates, artwork and seal remembered, this file not", || judge_license(license, &known)),
        call("warm, and the face laid out again: as a server does", || judge_license(license, &both)),
    ]);
    compare(license, &times[2..], "pyHanko does less here; aim: 400 a second");
}

fn compare(file: &[u8], ours: &[f64], aim: &str) {
    let theirs = pyhanko(file);
    match theirs {
        Some(theirs) => println!("  {:<66} {theirs:8.1} µs   {:5.0} a second", "pyHanko, the same file", 1e6 / theirs),
        None => println!("  pyHanko is not installed (`cargo xtask peers`)"),
    }
    for ours in ours {
        let ratio = theirs.map(|theirs| format!(", {:.1} times pyHanko's rate ({aim})", theirs / ours));
        println!("    {ours:8.1} µs: {:5.0} a second and core{}", 1e6 / ours, ratio.unwrap_or_default());
    }
    println!();
}

fn judge_license(pdf: &[u8], policy: &Policy<'_>) {
    let facts = verify::inspect_with(black_box(pdf), &Limits::default(), policy.memory);
    let report = verify::judge(&facts, trust(), policy, JUDGED);
    assert_eq!(report.verdict, Verdict::Passed, "{}", verify_support::explain(&report));
}

/// It carries no record, which is all that may be held against it.
fn judge_document(pdf: &[u8], policy: &Policy<'_>) {
    let facts = verify::inspect_with(black_box(pdf), &Limits::default(), policy.memory);
    let report = verify::judge(&facts, trust(), policy, JUDGED);
    assert_eq!(report.integrity, Integrity::Intact, "{}", verify_support::explain(&report));
    let walked = report.checks.iter().any(|check| check.name == "signer.path" && check.outcome.reason().is_none());
    assert!(walked, "{}", verify_support::explain(&report));
}

/// The page of a license with an attachment that is no record, signed by an update as any PDF is.
fn document() -> Vec<u8> {
    let template = catalog().get("business-license").unwrap();
    let mut data = template.sample.clone();
    let issuer = verify_support::issuer(MARKET);
    data[template.file.core.issuer.as_str()] = issuer.name().into();
    let filled = license_core::fill::fill(template, &data, &issuer.fill_context(ISSUED, fonts())).unwrap();
    let document = lay_out(&filled, fonts(), &Marks::default()).unwrap();
    let mut state = 1u64;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    });
    let attachment = Attachment {
        name: "annex.bin".to_owned(),
        mime: "application/octet-stream".to_owned(),
        description: "annex".to_owned(),
        relationship: Relationship::Supplement,
        bytes: noise.take(30_000).collect::<Vec<u8>>().into(),
    };
    let input = PdfInput {
        metadata: Metadata { title: document.title.clone(), ..Metadata::default() },
        created: ISSUED,
        seed: b"bench".to_vec(),
        attachments: vec![attachment],
        signature: None,
        prepared: Vec::new(),
    };
    let pdf = PdfRenderer::new(fonts().clone()).render(&document, &input).unwrap();
    let key = signer(&format!("{MARKET}-document"));
    let prepared = pdf_signing::prepare(pdf, &PdfRequest::by(&*key, ISSUED)).unwrap();
    let signature = key.sign(prepared.to_be_signed()).unwrap();
    prepared.finish(&signature).unwrap()
}

/// A memory that knows other licenses of the same issuer and type, and learns no signature of the file that is measured.
fn warm() -> Memory {
    let memory = Memory::default();
    let policy = Policy { memory: Some(&memory), press: Some(press()), ..Policy::default() };
    for serial in ["2026000000001", "2026000000002", "2026000000003"] {
        let other = issue_sample("business-license", serial, ISSUED, &|data| {
            data["name"] = "样例市另一家餐饮管理有限公司".into();
        });
        judge_license(other.pdf(), &policy);
    }
    memory.close();
    memory
}

/// Microseconds of processor time in which pyHanko validates a file strictly, where it is installed.
fn pyhanko(pdf: &[u8]) -> Option<f64> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let peers = std::env::var_os("LICENSE_PEERS").map_or_else(|| root.join("target/peers"), PathBuf::from);
    let python = peers.join("venv/bin/python");
    if !python.is_file() {
        return None;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let out = Command::new(python).arg(root.join("tests/peers/pdf_speed.py")).arg(file.path()).arg(SECONDS).output();
    let out = out.unwrap();
    let time: Option<f64> = String::from_utf8_lossy(&out.stdout).trim().parse().ok();
    if time.is_none() {
        println!("  pyHanko: {}", String::from_utf8_lossy(&out.stderr));
    }
    time.map(|milliseconds| milliseconds * 1000.0)
}
