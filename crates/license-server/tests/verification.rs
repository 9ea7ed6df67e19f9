//! `[verification]` of `office.toml` and the lists beside the trust list: what the service's own verdicts go by (B4).
#![cfg(unix)]
#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::template::Catalog;
use license_core::verify::signed_report::SignedReport;
use license_core::verify::{Reason, Report, Verdict};
use license_server::deployment::{Deployment, signer};
use license_server::service::{Access, Caller, IssueRequest, Office, Question};
use license_server::store::{FileKind, StoreUrl};
use pki::{Certificate, CrlTemplate, RevocationReason};
use serde_json::Value;
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki").join(path)
}

/// Reports are signed by whoever can: whose they are is another test's matter.
const SIGNS: &str = "report_signer = \"11340100MB1D00012R-document\"\n";

fn password() -> Vec<u8> {
    fs::read(fixture("keys/password")).unwrap().trim_ascii().to_vec()
}

/// The deployment of the fixtures with a section more.
fn deployment(section: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["keys", "seals"] {
        std::os::unix::fs::symlink(fixture(name).canonicalize().unwrap(), folder.path().join(name)).unwrap();
    }
    fs::create_dir_all(folder.path().join("trust/crls")).unwrap();
    for name in ["root-p256.pem", "root-sm2.pem", "trust-list.jws"] {
        fs::copy(fixture("trust").join(name), folder.path().join("trust").join(name)).unwrap();
    }
    let office = fs::read_to_string(fixture("office.toml")).unwrap();
    fs::write(folder.path().join("office.toml"), format!("{SIGNS}{office}\n{section}")).unwrap();
    folder
}

fn office(folder: &Path) -> Office {
    let opened = Deployment::open(folder, &password()).unwrap();
    let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap());
    Office::new(opened, Catalog::load(&Bundled).unwrap(), fonts, StoreUrl::Memory.open().unwrap())
}

/// What the CAs say about revocation, made `age` ago.
fn publish(folder: &Path, age: Duration, revoked: Option<(&Certificate, OffsetDateTime)>) {
    let made = OffsetDateTime::now_utc() - age;
    for name in ["p256-ca", "p256-root", "sm2-ca", "sm2-root"] {
        let ca = signer(&fixture("keys"), name, &password()).unwrap();
        let mut list = CrlTemplate::new(1, made, made + Duration::days(90));
        if let Some((certificate, at)) = revoked.filter(|_| name == "p256-ca") {
            list = list.revoke(certificate, at, RevocationReason::KeyCompromise);
        }
        let path = folder.join(format!("trust/crls/{name}.crl"));
        fs::write(path, list.issue(&ca).unwrap().der()).unwrap();
    }
}

fn issue(office: &Office) -> [Vec<u8>; 2] {
    let template = office.catalog().get("business-license").unwrap();
    let mut data: Value = template.sample.clone();
    data.as_object_mut().unwrap().remove(&template.file.core.issuer);
    let request = IssueRequest {
        type_id: "business-license".to_owned(),
        data,
        case_number: Some("CASE".to_owned()),
        ..IssueRequest::default()
    };
    let caller = Caller { name: "test".to_owned() };
    let id = office.issue(&caller, &request).unwrap().license.id;
    let access = Access { caller, purpose: "test".to_owned() };
    [FileKind::Pdf, FileKind::Ofd].map(|kind| office.fetch_file(&access, &id, kind, None).unwrap().bytes)
}

fn decided(report: &Report) -> Vec<&'static str> {
    let decides = |reason: &Reason| reason.effect() != license_core::verify::Effect::Note;
    let mut codes: Vec<_> = report.reasons().filter(decides).map(Reason::code).collect();
    codes.dedup();
    codes
}

const HARD: &str = "[verification]\nrevocation = \"hard\"\nmax_age_hours = 48\n";

#[test]
fn b4_the_service_asks_for_revocation_as_office_toml_says() {
    let soft = deployment("");
    let usual = office(soft.path());
    for file in issue(&usual) {
        let report = usual.verify_file(&file).unwrap();
        assert_eq!((report.verdict, report.signatures[0].revocation.mode.name()), (Verdict::Passed, "soft"));
    }
    let folder = deployment(HARD);
    let blind = office(folder.path());
    for file in issue(&blind) {
        let report = blind.verify_file(&file).unwrap();
        assert_eq!(report.verdict, Verdict::Indeterminate);
        assert!(decided(&report).contains(&"revocation.unknown"), "{:?}", decided(&report));
    }
    publish(folder.path(), Duration::HOUR, None);
    let knowing = office(folder.path());
    let files = issue(&knowing);
    for file in &files {
        let report = knowing.verify_file(file).unwrap();
        assert_eq!(report.verdict, Verdict::Passed, "{:?}", decided(&report));
        assert_eq!(report.signatures[0].revocation.state.name(), "good");
    }
    let (_, signed) = knowing.signed_report(&Question::File(files[0].clone())).unwrap();
    assert!(
        SignedReport::parse(&signed).unwrap().statement().policy.revocation,
        "the report says that lists were there"
    );
}

/// A list that comes in while the service runs counts, without a restart; one that is damaged takes nothing back.
#[test]
fn b4_a_new_list_in_the_folder_counts_at_once() {
    let folder = deployment(HARD);
    publish(folder.path(), Duration::HOUR, None);
    let office = office(folder.path());
    let [pdf, _] = issue(&office);
    // A stranger to the register, so that nothing proves when it was signed.
    let other = self::office(folder.path());
    let verdict = || other.verify_file(&pdf).unwrap();
    let codes = |wanted: &str| {
        // The folder is looked at every two seconds.
        for _ in 0..40 {
            let report = verdict();
            if decided(&report).contains(&wanted) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(250));
        }
        panic!("{wanted}: {:?}", decided(&verdict()));
    };
    assert!(!decided(&verdict()).contains(&"signer.revoked"));
    let certificate = signer(&fixture("keys"), "11340100MB1D00012R-document", &password()).unwrap();
    let certificate = pki::Signer::certificate(&certificate).clone();
    publish(folder.path(), Duration::MINUTE, Some((&certificate, certificate.not_before())));
    codes("signer.revoked");
    fs::write(folder.path().join("trust/crls/p256-ca.crl"), "damaged").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2500));
    assert!(decided(&verdict()).contains(&"signer.revoked"), "what was known stays known");
    // At the start it is an error that names the file.
    let error = Deployment::open(folder.path(), &password()).err().unwrap().to_string();
    assert!(error.contains("p256-ca.crl"), "{error}");
}

#[test]
fn an_algorithm_that_office_toml_ends_proves_nothing_to_the_service() {
    let sunset = |algorithm: &str| {
        format!("[[verification.sunset]]\nalgorithm = \"{algorithm}\"\nfrom = \"2020-01-01T00:00:00Z\"\n")
    };
    for (algorithm, weak) in [("p256", [true, false]), ("sm3", [false, true]), ("rsa-2048", [false, false])] {
        let folder = deployment(&sunset(algorithm));
        let office = office(folder.path());
        for (file, weak) in issue(&office).iter().zip(weak) {
            let report = office.verify_file(file).unwrap();
            assert_eq!(decided(&report).contains(&"signer.later-weak"), weak, "{algorithm}: {:?}", decided(&report));
        }
    }
}
