//! Signed documents of other people: what bytes and signatures say of them, trust aside, against the ground truth of the
//! shared corpora (`README.md` there). They are no licenses: none passes, whatever is trusted.
#![allow(clippy::unwrap_used)]

mod verify_support;

use std::path::PathBuf;

use license_core::trust::TrustList;
use license_core::verify::{Effect, Integrity, Outcome, Reason, Report, Verdict};
use ofd::SignatureKind;
use pki::cms::{self, CmsOptions};
use pki::{Certificate, DigestAlgorithm, KeyKind, Signer as _};
use verify_support::recipe::Recipe;
use verify_support::{Court, ISSUED, assert_consistent, explain, forge, good, pki_maker, stamps};

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
    judge_as(path, trust, false)
}

fn judge_as(path: &std::path::Path, trust: &TrustList, plain_cms: bool) -> Report {
    let court = Court { trust: trust.clone(), plain_cms, ..Court::default() };
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
        let report = judge_as(&folder.join(&name), &trust, true);
        assert_eq!(report.integrity == Integrity::Intact, valid, "{name}: {}", explain(&report));
        // Some of the plain ones are by certificates that are not for documents.
        if !(valid && plain) {
            let verdict = if valid { Verdict::Indeterminate } else { Verdict::Failed };
            assert_eq!(report.verdict, verdict, "{name}: {}", explain(&report));
        }
        let each = report.signatures.iter().all(|signature| signature.integrity == Integrity::Intact);
        assert!(each || !valid, "{name}: {}", explain(&report));
        if !valid {
            assert!(
                report.reasons().any(|reason| reason.effect() == Effect::Fails),
                "{name} is broken without a reason"
            );
        }
        // Plain CMS is no PAdES: without leave to judge it, none is intact.
        let report = judge(&folder.join(&name), &trust);
        if plain {
            assert_eq!((report.integrity, report.verdict), (Integrity::Broken, Verdict::Failed), "{name}");
            let form = report.reasons().any(|reason| reason == Reason::CmsStructure);
            assert!(form || !valid, "{name}: {}", explain(&report));
        } else {
            assert_eq!(report.integrity == Integrity::Intact, valid, "{name}: {}", explain(&report));
        }
        seen += 1;
    }
    assert!(seen >= 29, "{seen} files");
}

/// A row of column I of the corpus' README: the file, its signatures, what they leave open, and reasons to be given.
type Row = (&'static str, Integrity, &'static [Integrity], &'static [&'static str], &'static [Reason]);

#[test]
fn ofds_are_intact_or_broken_as_the_manifest_says() {
    let Some(folder) = corpus("ofd-samples") else { return };
    use Integrity::{Broken, Intact, Unchecked, Unsigned};
    let table: &[Row] = &[
        ("signed/v4-invoice-valid.ofd", Intact, &[Intact], &[], &[]),
        ("signed/v4-invoice-tampered.ofd", Broken, &[Broken], &[], &[Reason::OfdDigest]),
        ("signed/v4-relative-baseloc.ofd", Intact, &[Intact], &["OFD.xml"], &[]),
        (
            "signed/v4-unprotected-template.ofd",
            Intact,
            &[Intact],
            &["Doc_0/TPLS/TPL_0/Content.xml", "Doc_0/TPLS/TPL_1/Content.xml"],
            &[],
        ),
        ("signed/v4-all-protected.ofd", Intact, &[Intact], &[], &[]),
        ("signed/v4-straddle.ofd", Intact, &[Intact], &[], &[]),
        ("signed/v4-two-seals-first-broken.ofd", Broken, &[Broken, Intact], &[], &[Reason::OfdDigest]),
        ("signed/v4-licence-two-seals-tampered.ofd", Broken, &[Broken, Broken], &[], &[Reason::OfdDigest]),
        (
            "signed/v1-repacked-broken.ofd",
            Broken,
            &[Broken],
            &[],
            &[Reason::OfdDigest, Reason::SealDataHash, Reason::SealSignature],
        ),
        ("signed/sign-bare-sm2.ofd", Unchecked, &[Unchecked], &[], &[Reason::OfdUnverifiable]),
        // Each by itself is good; the first alone leaves OFD.xml open.
        ("signed/sign-cms-two.ofd", Intact, &[Intact, Intact], &[], &[Reason::OfdPartlyCovered]),
        ("made/v1-seal.ofd", Intact, &[Intact], &[], &[Reason::SealExpired, Reason::SignerExpired]),
        ("made/v5-seal.ofd", Intact, &[Intact], &[], &[Reason::SignerExpired, Reason::SealMakerCertificate]),
        ("made/sign-cms-econtent.ofd", Intact, &[Intact], &[], &[]),
        ("plain/minimal.ofd", Unsigned, &[], &[], &[Reason::OfdUnsigned]),
        ("plain/integrity-gmt0099.ofd", Unsigned, &[], &[], &[Reason::OfdUnsigned]),
        ("plain/ofd-a.ofd", Unsigned, &[], &[], &[Reason::OfdUnsigned]),
    ];
    for (name, integrity, signatures, uncovered, reasons) in table {
        let report = judge(&folder.join(name), &TrustList::default());
        assert_eq!(report.integrity, *integrity, "{name}: {}", explain(&report));
        let each: Vec<Integrity> = report.signatures.iter().map(|signature| signature.integrity).collect();
        assert_eq!(each, *signatures, "{name}: {}", explain(&report));
        assert_eq!(places(&report, Reason::OfdUncovered), *uncovered, "{name}: {}", explain(&report));
        for reason in *reasons {
            assert!(
                report.reasons().any(|found| found == *reason),
                "{name}: {} expected, {}",
                reason.code(),
                explain(&report)
            );
        }
    }
    let rows = table.len();
    let files = ["signed", "made", "plain"].iter().flat_map(|part| std::fs::read_dir(folder.join(part)).unwrap());
    assert_eq!(files.count(), rows, "every sample has its row");
}

/// How many digests are wrong, and where, is what the README says.
#[test]
fn wrong_digests_are_named() {
    let Some(folder) = corpus("ofd-samples") else { return };
    let wrong = |name: &str| {
        let report = judge(&folder.join(name), &TrustList::default());
        places(&report, Reason::OfdDigest)
    };
    assert_eq!(wrong("signed/v4-invoice-tampered.ofd"), ["/Doc_0/Document.xml"]);
    assert_eq!(wrong("signed/v4-two-seals-first-broken.ofd"), ["/Doc_0/Signs/Signatures.xml"]);
    let pages = ["/Doc_0/Pages/Page_0/Content.xml", "/Doc_0/Pages/Page_1/Content.xml"];
    let mut twice = wrong("signed/v4-licence-two-seals-tampered.ofd");
    twice.sort();
    assert_eq!(twice, [pages[0], pages[0], pages[1], pages[1]]);
    assert_eq!(wrong("signed/v1-repacked-broken.ofd").len(), 6);
}

/// What producers do without harm is no reason: nothing but trust, dates and missing license data speaks against these.
#[test]
fn habits_of_producers_are_not_held_against_them() {
    let Some(folder) = corpus("ofd-samples") else { return };
    for name in ["signed/v4-invoice-valid.ofd", "signed/v4-all-protected.ofd", "signed/v4-straddle.ofd"] {
        let report = judge(&folder.join(name), &TrustList::default());
        assert_eq!(report.verdict, Verdict::Indeterminate, "{name}: {}", explain(&report));
    }
}

/// What is enclosed in a time-stamp is told of licenses alone: of what else is signed nobody asks, so it costs the signature
/// itself nothing. Each of these certificates may have signed that of the service, by its name, and costs what three of SM2 do.
#[test]
fn certificates_in_a_time_stamp_take_nothing_from_the_signature_under_it() {
    let root = || pki_maker::root(KeyKind::P384, pki_maker::name("时间戳", "TSA Root"));
    let roots: Vec<Vec<u8>> = (0..31).map(|_| root().certificate().der().to_vec()).collect();
    let service = &stamps::services().first;
    let file = |certificates: &[Vec<u8>]| {
        let plain = Recipe { kind: SignatureKind::Sign, ..Recipe::of(good()) };
        plain.ofd_with(plain.package(), &|what| {
            let by = &plain.seal_signer;
            let options = CmsOptions::gbt35275(ISSUED);
            let prepared = cms::prepare(what.hash, by.certificate(), by.algorithm(), &options).unwrap();
            let value = by.sign(prepared.to_be_signed()).unwrap();
            let parts = forge::CmsParts { certificates: certificates.to_vec(), ..forge::CmsParts::default() };
            let digest = DigestAlgorithm::Sha256.digest(&value);
            let token = stamps::token_with(&digest, service, stamps::STAMPED, parts);
            // Six values of the attribute.
            prepared.finish_stamped(&value, by.chain(), &token.repeat(6))
        })
    };
    for certificates in [&[][..], &roots] {
        let report = Court::default().judge(&file(certificates));
        let passed = |name| {
            let mut checks = report.checks.iter().filter(|check| check.name == name);
            checks.any(|check| check.outcome == Outcome::Passed)
        };
        for name in ["cms.structure", "cms.signature", "time.stamp"] {
            assert!(passed(name), "{name} with {}: {}", certificates.len(), explain(&report));
        }
        assert!(!report.reasons().any(|reason| reason == Reason::InputTooLarge), "{}", explain(&report));
    }
}

fn places(report: &Report, reason: Reason) -> Vec<String> {
    let checks = report.checks.iter().filter(|check| check.outcome.reason() == Some(reason));
    checks.map(|check| check.place.clone()).collect()
}
