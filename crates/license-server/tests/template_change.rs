//! New template files arrive: licenses issued by the old ones verify and are painted as before, new ones are issued by
//! the new files.
#![allow(clippy::unwrap_used, missing_docs)]

mod change_support;
mod http_support;

use std::sync::Arc;

use change_support::{CHANGED, Installed, caller, outcome, paint, request, verify};
use http_support::{Service, TYPES, add_client};
use license_core::id::Digest;
use license_core::record::Record;
use license_core::verify::{Effect, Outcome, Reason, Report, Verdict};
use license_server::service::clients::Scope;
use license_server::service::{Accepted, Office, ServiceError};
use license_server::store::blobs::MemoryBlobs;
use license_server::store::kv::memory::MemoryKv;
use license_server::store::{Asset, AssetKind, EmbeddedStore, FileKind, PageRequest, Query, Store, StoreUrl};
use license_server::{ServeConfig, serve};

fn office(store: &Arc<dyn Store>, edition: u32) -> Office {
    Installed::edition(edition).office(store)
}

fn face(report: &Report) -> Outcome {
    outcome(report, "face.record")
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

fn templates(store: &dyn Store) -> Vec<Asset> {
    let all = store.assets(&PageRequest::first(500)).unwrap().items;
    all.into_iter().filter(|asset| asset.kind == AssetKind::Template).collect()
}

#[test]
fn a_template_is_kept_once() {
    let store = StoreUrl::Memory.open().unwrap();
    let entries = || store.counts().unwrap().audit_entries;
    drop(office(&store, 1));
    let first = entries();
    let names: Vec<String> = templates(&*store).into_iter().map(|asset| asset.name).collect();
    assert!(names.len() == 4 && names.contains(&format!("{CHANGED} 1")), "{names:?}");
    drop(office(&store, 1));
    assert_eq!(entries(), first);
    drop(office(&store, 2));
    assert_eq!(templates(&*store).len(), 8);
    let second = entries();
    // Going back is no news either.
    drop(office(&store, 1));
    drop(office(&store, 2));
    assert_eq!(entries(), second);
}

/// A damaged register: the license is as good as ever, its picture is not to be had, and that is what is said.
#[test]
fn without_its_template_a_license_still_verifies_and_has_no_picture() {
    let blobs = Arc::new(MemoryBlobs::default());
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::with_parts(Arc::new(MemoryKv::new()), blobs.clone()).unwrap());
    let one = office(&store, 1).issue(&caller(), &request(CHANGED)).unwrap();
    let kept: Vec<(Digest, Vec<u8>)> =
        templates(&*store).iter().map(|asset| (asset.digest, store.file(&asset.digest).unwrap())).collect();
    kept.iter().for_each(|(digest, _)| blobs.harm(*digest, None));
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

    // With the files of the time at hand it is painted all the same; put back into the register, at any time.
    assert!(paint(&self::office(&store, 1), &one).is_ok());
    assert!(paint(&self::office(&store, 2), &one).is_err());
    kept.into_iter().for_each(|(digest, bytes)| blobs.harm(digest, Some(bytes)));
    assert!(paint(&self::office(&store, 2), &one).is_ok());
}
