//! Signed documents of other people: what bytes and signatures say of them, trust aside, against the ground truth of the
//! shared corpora (`README.md` there). They are no licenses: none passes, whatever is trusted.
#![allow(clippy::unwrap_used)]

mod verify_support;

use std::path::PathBuf;

use license_core::trust::TrustList;
use license_core::verify::{Integrity, Reason, Report, Verdict};
use pki::Certificate;
use verify_support::{Court, assert_consistent, explain};

fn corpus(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("LICENSE_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let folder = shared.join("fixtures").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no corpus at {}", folder.display());
    None
}

fn judge(path: &std::path::Path, trust: &TrustList) -> Report {
    let court = Court { trust: trust.clone(), ..Court::default() };
    let report = court.judge(&std::fs::read(path).unwrap());
    let name = path.display().to_string();
    assert_consistent(&name, &report);
    assert_ne!(report.verdict, Verdict::Passed, "{name} is no license: {}", explain(&report));
    assert_eq!(report.subject, None, "{name}");
    report
}

#[test]
fn pdfs_are_intact_exactly_when_the_manifest_says_so() {
    let Some(folder) = corpus("pdf-signature-corpus") else { return };
    let mut roots = Vec::new();
    for name in ["pyhanko-test-ecdsa-root.pem", "pyhanko-test-rsa-root.pem"] {
        roots.extend(Certificate::many_from_pem(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap());
    }
    let trust = TrustList::of_roots(roots);
    let manifest = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let rows = manifest.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        (cells.len() > 8 && cells[1].ends_with(".pdf"))
            .then(|| (cells[1].to_owned(), cells[8] == "VALID", cells[6].contains("adbe")))
    });
    let mut seen = 0;
    for (name, valid, plain) in rows {
        let report = judge(&folder.join(&name), &trust);
        assert_eq!(report.integrity == Integrity::Intact, valid, "{name}: {}", explain(&report));
        if valid && plain {
            // Plain CMS holds together, and is no PAdES.
            assert!(report.reasons().any(|reason| reason == Reason::CmsStructure), "{name}");
        } else if valid {
            assert_eq!(report.verdict, Verdict::Indeterminate, "{name}: {}", explain(&report));
        } else {
            assert_eq!(report.verdict, Verdict::Failed, "{name}: {}", explain(&report));
        }
        seen += 1;
    }
    assert!(seen >= 29, "{seen} files");
}

#[test]
fn ofds_are_intact_or_broken_as_the_manifest_says() {
    let Some(folder) = corpus("ofd-samples") else { return };
    use Integrity::{Broken, Intact, Unsigned};
    let table: &[(&str, Integrity, &[Reason])] = &[
        ("signed/v4-invoice-valid.ofd", Intact, &[]),
        ("signed/v4-invoice-tampered.ofd", Broken, &[Reason::OfdDigest]),
        ("signed/v4-relative-baseloc.ofd", Intact, &[Reason::OfdUncovered]),
        ("signed/v4-unprotected-template.ofd", Intact, &[Reason::OfdUncovered]),
        ("signed/v4-all-protected.ofd", Intact, &[]),
        ("signed/v4-straddle.ofd", Intact, &[]),
        ("signed/v4-two-seals-first-broken.ofd", Broken, &[Reason::OfdDigest]),
        ("signed/v4-licence-two-seals-tampered.ofd", Broken, &[Reason::OfdDigest]),
        ("signed/v1-repacked-broken.ofd", Broken, &[Reason::OfdDigest, Reason::SealDataHash, Reason::SealSignature]),
        ("signed/sign-bare-sm2.ofd", Broken, &[Reason::OfdSignature]),
        ("signed/sign-cms-two.ofd", Intact, &[]),
        ("made/v1-seal.ofd", Intact, &[Reason::SealPeriod, Reason::SignerCertificate]),
        ("made/v5-seal.ofd", Intact, &[Reason::SignerCertificate]),
        ("made/sign-cms-econtent.ofd", Intact, &[]),
        ("plain/minimal.ofd", Unsigned, &[Reason::OfdUnsigned]),
        ("plain/integrity-gmt0099.ofd", Unsigned, &[Reason::OfdUnsigned]),
        ("plain/ofd-a.ofd", Unsigned, &[Reason::OfdUnsigned]),
    ];
    for (name, integrity, reasons) in table {
        let report = judge(&folder.join(name), &TrustList::default());
        assert_eq!(report.integrity, *integrity, "{name}: {}", explain(&report));
        for reason in *reasons {
            assert!(
                report.reasons().any(|found| found == *reason),
                "{name}: {} expected, {}",
                reason.code(),
                explain(&report)
            );
        }
    }
}
