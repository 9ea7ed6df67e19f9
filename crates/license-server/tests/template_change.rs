//! New template files arrive: licenses issued by the old ones verify and are painted as before, new ones are issued by
//! the new files.
#![allow(clippy::unwrap_used, missing_docs)]

mod http_support;

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use http_support::{Moved, Service, TYPES, add_client, sample};
use license_assets::Bundled;
use license_core::assets::Assets;
use license_core::fonts::FontLibrary;
use license_core::record::Record;
use license_core::template::Catalog;
use license_core::verify::{Effect, Outcome, Reason, Report, Verdict};
use license_server::deployment::Deployment;
use license_server::service::clients::Scope;
use license_server::service::{Accepted, Access, Caller, IssueRequest, Office, PreviewOptions, ServiceError};
use license_server::store::{AuditNote, FileKind, PageRequest, Query, Store, StoreUrl};
use license_server::{ServeConfig, serve};
use time::OffsetDateTime;

/// The type whose face changes with each edition.
const CHANGED: &str = "food-operation-permit";

/// The shipped types in a later edition: other words, another place, the version raised.
struct Edition(u32);

impl Assets for Edition {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let bytes = Bundled.read(path)?;
        if self.0 == 1 || !path.ends_with("/template.toml") {
            return Some(bytes);
        }
        let mut text = String::from_utf8(bytes.into_owned()).unwrap();
        let version = format!("version = {}", self.0);
        for (old, new) in [
            ("version = 1", version.as_str()),
            ("label = \"许可证编号\"", "label = \"证书编号\""),
            ("at = [28, 96, 35, 9]", "at = [28, 97, 35, 8]"),
        ] {
            assert!(text.contains(old) || !path.contains(CHANGED), "{path}: {old}");
            text = text.replacen(old, new, 1);
        }
        Some(text.into_bytes().into())
    }

    fn list(&self, folder: &str) -> Vec<String> {
        Bundled.list(folder)
    }
}

fn office(store: &Arc<dyn Store>, edition: u32) -> Office {
    static FONTS: OnceLock<Arc<FontLibrary>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap()));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki");
    let password = std::fs::read_to_string(folder.join("keys/password")).unwrap();
    let deployment = Deployment::open(&folder, password.lines().next().unwrap().as_bytes()).unwrap();
    let catalog = Catalog::load(&Edition(edition)).unwrap();
    Office::with_clock(deployment, catalog, fonts.clone(), store.clone(), Arc::new(Moved::default()))
}

fn request(type_id: &str) -> IssueRequest {
    IssueRequest {
        type_id: type_id.to_owned(),
        data: sample(type_id),
        case_number: Some("2026-0001".to_owned()),
        ..IssueRequest::default()
    }
}

fn caller() -> Caller {
    Caller { name: "test".to_owned() }
}

fn access() -> Access {
    Access { caller: caller(), purpose: "办理事项".to_owned() }
}

fn paint(office: &Office, one: &Accepted) -> Result<Arc<[u8]>, ServiceError> {
    office.fetch_picture(&access(), &one.license.id, None, PreviewOptions { dpi: 50, page: 0, marked: false })
}

fn verify(office: &Office, one: &Accepted, kind: FileKind) -> Report {
    let bytes = office.fetch_file(&access(), &one.license.id, kind, None).unwrap().bytes;
    office.verify_file(&bytes).unwrap()
}

fn face(report: &Report) -> Outcome {
    report.checks.iter().find(|check| check.name == "face.record").unwrap().outcome
}

/// The version of the template that a license was filled by.
fn edition_of(one: &Accepted) -> u32 {
    Record::from_canonical_json(&one.license.record).unwrap().template().version
}

/// What `license fsck --deep` looks at.
fn clean(office: &Office) {
    let mut findings = Vec::new();
    let summary = office.store().fsck(&mut |finding| findings.push(finding)).unwrap();
    assert_eq!((summary.faults, summary.notes), (0, 0), "{findings:?}");
    for license in office.store().list(&Query::All, &PageRequest::first(100)).unwrap().items {
        for file in &license.files {
            let report = office.verify_file(&office.store().file(&file.digest).unwrap()).unwrap();
            assert_eq!(face(&report), Outcome::Passed);
            let genuine = |reason: Reason| reason.is_state() || reason.effect() == Effect::Note;
            assert!(report.reasons().all(genuine), "{report:#?}");
        }
    }
}

fn survives(open: &dyn Fn() -> Arc<dyn Store>, types: &[&str]) {
    let old: Vec<(Accepted, Arc<[u8]>)> = {
        let office = office(&open(), 1);
        let issue = |type_id: &&str| {
            let one = office.issue(&caller(), &request(type_id)).unwrap();
            let picture = paint(&office, &one).unwrap();
            (one, picture)
        };
        types.iter().map(issue).collect()
    };
    {
        let office = office(&open(), 2);
        for (one, picture) in &old {
            let id = &one.license.id;
            assert_eq!(edition_of(one), 1);
            for kind in [FileKind::Ofd, FileKind::Pdf] {
                let report = verify(&office, one, kind);
                assert_eq!((report.verdict, face(&report)), (Verdict::Passed, Outcome::Passed), "{id} {kind:?}");
            }
            assert!(paint(&office, one).unwrap() == *picture, "another picture of {id}");
            assert!(office.face_of(id).unwrap().is_some() && office.preview(id, None, 200).is_ok());

            // The next version is filled by the template of its day.
            let new = office.supersede(&caller(), id, None, "年度检验", &request(&one.license.type_id)).unwrap();
            assert_eq!(edition_of(&new), 2);
            let report = verify(&office, &new, FileKind::Ofd);
            assert_eq!((report.verdict, face(&report)), (Verdict::Passed, Outcome::Passed));
            let changed = paint(&office, &new).unwrap() != *picture;
            assert!(changed || one.license.type_id != CHANGED, "the picture shows the old template");
        }
        clean(&office);
    }
    let office = office(&open(), 3);
    for (one, picture) in &old {
        assert!(paint(&office, one).unwrap() == *picture);
    }
    clean(&office);
}

#[test]
fn old_licenses_survive_new_templates_in_redb() {
    let folder = tempfile::tempdir().unwrap();
    survives(&|| StoreUrl::Redb(folder.path().join("store")).open().unwrap(), &TYPES);
}

#[test]
fn old_licenses_survive_new_templates_in_sled() {
    let folder = tempfile::tempdir().unwrap();
    survives(&|| StoreUrl::Sled(folder.path().join("store")).open().unwrap(), &[CHANGED, "business-license"]);
}

#[test]
fn old_licenses_survive_new_templates_in_memory() {
    let store = StoreUrl::Memory.open().unwrap();
    survives(&|| store.clone(), &[CHANGED]);
}

#[test]
fn a_template_is_kept_once() {
    let store = StoreUrl::Memory.open().unwrap();
    let entries = || store.counts().unwrap().audit_entries;
    let index = |entry: u32| store.setting(&format!("template/index/{entry}")).unwrap();
    drop(office(&store, 1));
    let first = entries();
    assert!(index(4).is_some() && index(5).is_none());
    drop(office(&store, 1));
    assert_eq!(entries(), first);
    drop(office(&store, 2));
    assert!(index(8).is_some() && index(9).is_none());
    let second = entries();
    // Going back is no news either.
    drop(office(&store, 1));
    drop(office(&store, 2));
    assert_eq!(entries(), second);
}

/// A register from before templates were kept, or a damaged one: the license is as good as ever, its picture is not
/// to be had, and that is what is said.
#[test]
fn without_its_template_a_license_still_verifies_and_has_no_picture() {
    let store = StoreUrl::Memory.open().unwrap();
    let one = office(&store, 1).issue(&caller(), &request(CHANGED)).unwrap();
    for entry in 1..=4 {
        let audit = AuditNote {
            at: OffsetDateTime::now_utc(),
            actor: "test".to_owned(),
            action: "damage".to_owned(),
            purpose: String::new(),
            detail: String::new(),
        };
        store.put_setting(&format!("template/index/{entry}"), b"{}".to_vec(), audit).unwrap();
    }
    let office = Arc::new(office(&store, 2));
    assert!(matches!(paint(&office, &one), Err(ServiceError::TemplateGone { version: 1, .. })));
    assert_eq!(office.face_of(&one.license.id).unwrap(), None);
    for kind in [FileKind::Ofd, FileKind::Pdf] {
        let report = verify(&office, &one, kind);
        assert_eq!(report.verdict, Verdict::Passed, "{report:#?}");
        assert_eq!(face(&report), Outcome::NotDone(Reason::FaceNotCompared));
    }

    let client = add_client(&office, &Scope::ALL);
    let running = serve(ServeConfig::for_tests(), office.clone()).unwrap();
    let address = running.address();
    let service = Service { address, office, clock: Arc::default(), running: Some(running), client };
    let path = format!("/api/v1/licenses/{}", one.license.id);
    let problem = service.fetch(&service.token(), &format!("{path}/png")).problem(409, "template.gone");
    assert!(problem["detail"].as_str().unwrap().contains("version 1"), "{problem}");
    assert_eq!(service.fetch(&service.token(), &format!("{path}/pdf")).status, 200);

    // The template's files come back: kept anew, and everything is as it was.
    let office = self::office(&store, 1);
    assert!(paint(&office, &one).is_ok());
    let office = self::office(&store, 2);
    assert!(paint(&office, &one).is_ok());
}
