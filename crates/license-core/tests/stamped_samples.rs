//! Time-stamps in every place that GB/T 38540, GM/T 0031 and GB/T 35275 have for one: `fixtures/ofd-stamped`.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use license_core::trust::TrustList;
use license_core::verify::{self, Limits, Outcome, Policy, ProofKind, Reason, Report};
use pki::Certificate;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// When they were stamped.
const STAMPED: OffsetDateTime = datetime!(2026-12-01 10:00:09 +8);

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)).unwrap()
}

fn trust() -> TrustList {
    let text = |name: &str| String::from_utf8(fixture(&format!("attacks/ofd/trust/{name}"))).unwrap();
    let root = Certificate::from_pem(&text("list-signer.pem")).unwrap();
    TrustList::open(&text("trust-list.jws"), &[root]).unwrap()
}

fn judge(bytes: &[u8], trust: &TrustList) -> Report {
    let at = STAMPED + Duration::days(14);
    verify::judge(&verify::inspect(bytes, &Limits::default()), trust, &Policy::default(), at)
}

fn outcome(report: &Report, name: &str) -> Outcome {
    report.checks.iter().find(|check| check.name == name).unwrap_or_else(|| panic!("{name}: {report:#?}")).outcome
}

const FILES: [&str; 4] =
    ["v4-signature-stamp.ofd", "v5-seal-stamp.ofd", "v1-time-info-token.ofd", "gbt35275-signature-stamp.ofd"];

#[test]
fn every_place_for_a_time_stamp_proves_the_time() {
    for name in FILES {
        let report = judge(&fixture(&format!("ofd-stamped/{name}")), &trust());
        for check in ["time.stamp", "time.stamp-path", "time.order", "time.proof", "signer.path"] {
            assert_eq!(outcome(&report, check), Outcome::Passed, "{name} {check}: {report:#?}");
        }
        let signature = &report.signatures[0];
        let proof = signature.proof.as_ref().unwrap();
        assert_eq!((proof.kind, proof.at), (ProofKind::SignatureTimeStamp, STAMPED), "{name}");
        assert!(proof.authority.contains("stamper") && signature.time_proven, "{name}");
        assert_eq!(signature.indication.unwrap().name(), "TOTAL-PASSED", "{name}");
        assert_eq!(report.integrity, verify::Integrity::Intact, "{name}");
    }
}

#[test]
fn a_seal_of_v5_has_a_time_stamp_of_its_own() {
    let report = judge(&fixture("ofd-stamped/v5-seal-stamp.ofd"), &trust());
    for check in ["seal.time-stamp", "seal.time-stamp-path", "seal.maker-path"] {
        assert_eq!(outcome(&report, check), Outcome::Passed, "{check}: {report:#?}");
    }
    let seal = eseal::Seal::from_der(&fixture("ofd-stamped/v5-seal-stamp.esl")).unwrap();
    assert!(seal.time_stamp().is_some());
}

#[test]
fn a_service_that_nobody_knows_proves_nothing() {
    let mut trust = trust();
    for anchor in &mut trust.anchors {
        anchor.purposes.retain(|purpose| *purpose != license_core::trust::Purpose::TimeStamping);
    }
    for name in FILES {
        let report = judge(&fixture(&format!("ofd-stamped/{name}")), &trust);
        assert_eq!(outcome(&report, "time.stamp"), Outcome::Passed, "{name}");
        assert_eq!(outcome(&report, "time.stamp-path"), Outcome::NotDone(Reason::TimeStampUntrusted), "{name}");
        assert_eq!(outcome(&report, "time.proof"), Outcome::NotDone(Reason::TimeNotProven), "{name}");
        assert!(report.signatures[0].proof.is_none(), "{name}");
    }
}
