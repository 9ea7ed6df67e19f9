//! How fast an existing PDF is signed (PAdES B-B, P-256), and how fast pyHanko signs the same file in the same run, where
//! it is installed: `cargo bench -p license-core --bench pdf_sign`. Nothing fails here.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use license_assets::Bundled;
use license_core::fill::{FillContext, fill};
use license_core::fonts::FontLibrary;
use license_core::layout::{Marks, lay_out};
use license_core::pdf_signing::{self, ArchiveRequest, Certification, Knowledge, PdfRequest};
use license_core::render::Metadata;
use license_core::render::pdf::{PdfInput, PdfRenderer};
use license_core::template::Catalog;
use pki::{CertificateTemplate, KeyKind, Name, PrivateKey, Signer as _, SoftSigner};
use time::OffsetDateTime;
use time::macros::datetime;

const AT: OffsetDateTime = datetime!(2026-11-23 10:00 +8);
/// How long pyHanko is measured.
const SECONDS: &str = "5";

fn main() {
    let pdf = license();
    let (ca, signer) = keys();
    println!("a license of {} KB, one core", pdf.len() / 1024);
    let bare = rate("bare P-256 signatures", || drop(signer.sign(b"message").unwrap()));
    let ours = rate("signed, new field", || {
        let request = PdfRequest::by(&signer, AT).certifying(Certification::Filling);
        let prepared = pdf_signing::prepare(pdf.clone(), &request).unwrap();
        let signature = signer.sign(prepared.to_be_signed()).unwrap();
        assert!(prepared.finish(&signature).unwrap().len() > pdf.len());
    });
    println!("  {:.0} % of the bare signatures", 100.0 * ours / bare);
    let signed = sign(&pdf, &signer);
    let anchors = [ca.certificate().clone()];
    let knowledge = Knowledge::new(&anchors, AT);
    rate("prepared for an archive stamp", || {
        drop(pdf_signing::prepare_archive(signed.clone(), &ArchiveRequest::new(&knowledge)).unwrap());
    });
    match pyhanko(&pdf, &ca, &signer) {
        Some(theirs) => {
            println!("{:<32} {theirs:9.1} per second", "pyHanko, the same file");
            println!("  {:.1} times as fast (aim: 25)", ours / theirs);
        }
        None => println!("pyHanko is not installed (`cargo xtask peers`)"),
    }
}

fn sign(pdf: &[u8], signer: &SoftSigner) -> Vec<u8> {
    let prepared = pdf_signing::prepare(pdf.to_vec(), &PdfRequest::by(signer, AT)).unwrap();
    let signature = signer.sign(prepared.to_be_signed()).unwrap();
    prepared.finish(&signature).unwrap()
}

/// The sample of a shipped type, not signed.
fn license() -> Vec<u8> {
    let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap());
    let catalog = Catalog::load(&Bundled).unwrap();
    let template = catalog.get("business-license").unwrap();
    let mut data = template.sample.clone();
    data.as_object_mut().unwrap().remove(&template.file.core.issuer);
    let context = FillContext {
        issuer_name: "样例市市场监督管理局",
        issuer_code: "11340100MB1D00012R".parse().unwrap(),
        today: AT.date(),
        fonts: Some(&fonts),
    };
    let filled = fill(template, &data, &context).unwrap();
    let document = lay_out(&filled, &fonts, &Marks::default()).unwrap();
    let input = PdfInput {
        metadata: Metadata { title: document.title.clone(), ..Metadata::default() },
        created: AT,
        seed: b"bench".to_vec(),
        attachments: Vec::new(),
        signature: None,
        prepared: Vec::new(),
    };
    PdfRenderer::new(fonts).render(&document, &input).unwrap()
}

fn keys() -> (SoftSigner, SoftSigner) {
    let key = || PrivateKey::generate(KeyKind::P256, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng)).unwrap();
    let name = |text: &str| Name::builder().country("CN").common_name(text).build();
    let (from, until) = (AT - time::Duration::days(30), AT + time::Duration::days(300));
    let ca_key = key();
    let ca = CertificateTemplate::root_ca(name("CA")).serial(&[1]).valid(from, until).self_sign(&ca_key).unwrap();
    let ca = SoftSigner::new(ca_key, ca, vec![]).unwrap();
    let key = key();
    let own = CertificateTemplate::document_signer(name("某市监督局")).serial(&[2]).valid(from, until);
    let own = own.issue(key.public_key(), &ca).unwrap();
    let chain = vec![ca.certificate().clone()];
    (ca, SoftSigner::new(key, own, chain).unwrap())
}

/// Calls per second of processor time: the best of several rounds, since other programs only ever make it slower.
fn rate(name: &str, mut call: impl FnMut()) -> f64 {
    let mut best = 0.0f64;
    for _ in 0..10 {
        let (begin, spent) = (Instant::now(), processor());
        let mut calls = 0u32;
        while begin.elapsed() < Duration::from_millis(200) {
            call();
            calls += 1;
        }
        let wall = begin.elapsed();
        let used = processor().zip(spent).map_or(wall, |(now, before)| now.saturating_sub(before));
        best = best.max(f64::from(calls) / used.as_secs_f64());
    }
    println!("{name:<32} {best:9.1} per second");
    best
}

/// What this thread has had of a processor, as Linux counts it; pyHanko is measured in the same coin.
fn processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn pyhanko(pdf: &[u8], ca: &SoftSigner, signer: &SoftSigner) -> Option<f64> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let peers = std::env::var_os("LICENSE_PEERS").map_or_else(|| root.join("target/peers"), PathBuf::from);
    let python = peers.join("venv/bin/python");
    if !python.is_file() {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let files = [
        put("license.pdf", pdf),
        put("key.der", &signer.key().to_pkcs8_der()),
        put("signer.pem", signer.certificate().to_pem().as_bytes()),
        put("ca.pem", ca.certificate().to_pem().as_bytes()),
    ];
    let out = Command::new(python).arg(root.join("tests/peers/pyhanko_sign.py")).args(files).arg(SECONDS).output();
    let out = out.unwrap();
    let rate = String::from_utf8_lossy(&out.stdout).trim().parse().ok();
    if rate.is_none() {
        println!("pyHanko: {}", String::from_utf8_lossy(&out.stderr));
    }
    rate
}
