//! Fonts, seals and templates are replaced: what was issued before is compared in full with what it was made with, painted as
//! on its day, and gets further faces in the same fonts.
#![allow(clippy::unwrap_used, missing_docs)]

mod change_support;
mod http_support;

use std::sync::Arc;

use change_support::{FONTS, Installed, OTHER_FONTS, caller, file, outcome, paint, request, verify};
use http_support::TYPES;
use license_core::record::Record;
use license_core::template::Catalog;
use license_core::trust::TrustList;
use license_core::verify::{self, Limits, Outcome, Policy, Press, Reason, Report, Verdict};
use license_server::service::{Accepted, Office};
use license_server::store::blobs::MemoryBlobs;
use license_server::store::kv::memory::MemoryKv;
use license_server::store::{Asset, AssetKind, EmbeddedStore, FileKind, Finding, PageRequest, Store, StoreUrl};
use time::OffsetDateTime;

const OLD: Installed = Installed::edition(1);
const NEW: Installed = Installed { edition: 2, other_fonts: true, other_seals: true };
const CHECKS: [&str; 3] = ["face.record", "face.place", "face.outlines"];

fn record(one: &Accepted) -> Record {
    Record::from_canonical_json(&one.license.record).unwrap()
}

fn in_full(report: &Report) {
    assert_eq!(report.verdict, Verdict::Passed, "{report:#?}");
    for name in CHECKS {
        assert_eq!(outcome(report, name), Outcome::Passed, "{name}: {report:#?}");
    }
}

fn findings(store: &dyn Store) -> Vec<Finding> {
    let mut all = Vec::new();
    store.fsck(&mut |finding| all.push(finding)).unwrap();
    all
}

fn assets(store: &dyn Store, kind: AssetKind) -> Vec<Asset> {
    let all = store.assets(&PageRequest::first(500)).unwrap().items;
    all.into_iter().filter(|asset| asset.kind == kind).collect()
}

/// One license of each type, with its picture, by an installation as shipped.
fn issue_all(office: &Office, types: &[&str]) -> Vec<(Accepted, Arc<[u8]>)> {
    let issue = |type_id: &&str| {
        let one = office.issue(&caller(), &request(type_id)).unwrap();
        let picture = paint(office, &one).unwrap();
        (one, picture)
    };
    types.iter().map(issue).collect()
}

fn survives(open: &dyn Fn() -> Arc<dyn Store>, types: &[&str]) {
    let old = issue_all(&OLD.office(&open()), types);
    let store = open();
    let office = NEW.office(&store);
    for (one, picture) in &old {
        assert_eq!(record(one).fonts(), FONTS.set().unwrap().digest());
        for kind in [FileKind::Ofd, FileKind::Pdf] {
            in_full(&verify(&office, one, kind));
        }
        assert!(paint(&office, one).unwrap() == *picture, "another picture of {}", one.license.id);
        // The next version is made with what there is today.
        let new = office.supersede(&caller(), &one.license.id, None, "换证", &request(&one.license.type_id)).unwrap();
        assert_eq!(record(&new).fonts(), OTHER_FONTS.set().unwrap().digest());
        assert_ne!(new.license.files[0].seal, one.license.files[0].seal);
        for kind in [FileKind::Ofd, FileKind::Pdf] {
            in_full(&verify(&office, &new, kind));
        }
        assert!(paint(&office, &new).unwrap() != *picture);
    }
    assert_eq!(findings(&*store), []);
    let [first, second] = &assets(&*store, AssetKind::FontSet)[..] else { panic!("two sets") };
    assert!(first.needs.len() == 7 && second.needs.len() == 7);
    // The same files under other names are the same files.
    assert_eq!(assets(&*store, AssetKind::Font).len(), 7);
}

#[test]
fn old_licenses_survive_new_fonts_seals_and_templates_in_redb() {
    let folder = tempfile::tempdir().unwrap();
    survives(&|| StoreUrl::Redb(folder.path().join("store")).open().unwrap(), &TYPES[..2]);
}

#[test]
fn old_licenses_survive_new_fonts_seals_and_templates_in_sled() {
    let folder = tempfile::tempdir().unwrap();
    survives(&|| StoreUrl::Sled(folder.path().join("store")).open().unwrap(), &TYPES[2..3]);
}

#[test]
fn old_licenses_survive_new_fonts_seals_and_templates_in_memory() {
    let store = StoreUrl::Memory.open().unwrap();
    survives(&|| store.clone(), &TYPES[3..]);
}

/// The record is one, and names one font set: a face that comes later is made with it, under the seal of its own day.
#[test]
fn a_later_face_is_made_with_the_fonts_of_the_license() {
    let store = StoreUrl::Memory.open().unwrap();
    let mut request = request("business-license");
    request.data.as_object_mut().unwrap().remove("copy_kind");
    request.faces = vec!["main".to_owned()];
    let one = OLD.office(&store).issue(&caller(), &request).unwrap();
    let office = NEW.office(&store);
    let license = office.add_faces(&caller(), &one.license.id, &["duplicate".to_owned()]).unwrap();
    assert_eq!(license.files.len(), 4);
    assert!(license.files[0].seal.is_some() && license.files[2].seal.is_some());
    assert_ne!(license.files[0].seal, license.files[2].seal);
    for kind in [FileKind::Ofd, FileKind::Pdf] {
        for face in ["main", "duplicate"] {
            in_full(&office.verify_file(&file(&office, &one, kind, Some(face))).unwrap());
        }
    }
    assert_eq!(findings(&*store), []);
}

/// Without the register: with the template of the time, the fonts alone are missing, and that is all that is said.
#[test]
fn away_from_the_register_missing_fonts_are_named_and_held_against_nobody() {
    let store = StoreUrl::Memory.open().unwrap();
    let office = OLD.office(&store);
    let one = office.issue(&caller(), &request("food-operation-permit")).unwrap();
    let trust: TrustList = office.trust().merged.clone();
    let now = OffsetDateTime::now_utc();
    for (edition, reason) in [(1, Reason::FaceFontsMissing), (2, Reason::FaceNotCompared)] {
        let catalog = Catalog::load(&change_support::Edition(edition)).unwrap();
        let policy = Policy { press: Some(Press { catalog: &catalog, fonts: &OTHER_FONTS }), ..Policy::default() };
        for kind in [FileKind::Ofd, FileKind::Pdf] {
            let bytes = file(&office, &one, kind, None);
            let report = verify::judge(&verify::inspect(&bytes, &Limits::default()), &trust, &policy, now);
            assert_eq!(report.verdict, Verdict::Passed, "{report:#?}");
            assert!(report.reasons().any(|found| found == reason), "{report:#?}");
        }
    }
}

/// A kept font is lost: `fsck` names it; verification goes on and says what it could not compare; put back, it counts again.
#[test]
fn a_lost_font_is_found_by_fsck_and_held_against_no_license() {
    let blobs = Arc::new(MemoryBlobs::default());
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::with_parts(Arc::new(MemoryKv::new()), blobs.clone()).unwrap());
    let one = OLD.office(&store).issue(&caller(), &request("business-license")).unwrap();
    assert_eq!(findings(&*store), []);
    let kai = assets(&*store, AssetKind::Font).into_iter().find(|font| font.name == "ECertKai-Regular").unwrap();
    let bytes = store.file(&kai.digest).unwrap();
    // Fonts that are not these: the installation has other files altogether.
    let office = NEW.office(&store);
    let lost = |office: &Office| {
        let report = verify(office, &one, FileKind::Pdf);
        assert_eq!(report.verdict, Verdict::Passed, "{report:#?}");
        outcome(&report, "face.outlines")
    };
    // The same file is in use today under another name: the set asks for it under its own.
    for harmed in [None, Some(b"no font".to_vec())] {
        blobs.harm(kai.digest, harmed.clone());
        let wanted = match harmed {
            None => Finding::MissingAsset { kind: kai.kind, name: kai.name.clone(), digest: kai.digest },
            Some(_) => Finding::DamagedAsset { kind: kai.kind, name: kai.name.clone(), digest: kai.digest },
        };
        assert_eq!(findings(&*store), [wanted]);
        assert_eq!(lost(&office), Outcome::NotDone(Reason::FaceFontsMissing));
        assert!(paint(&office, &one).is_ok());
    }
    blobs.harm(kai.digest, Some(bytes));
    assert_eq!(findings(&*store), []);
    in_full(&verify(&office, &one, FileKind::Pdf));
    // The set itself, and the seal.
    for kind in [AssetKind::FontSet, AssetKind::Seal] {
        for asset in assets(&*store, kind) {
            let bytes = store.file(&asset.digest).unwrap();
            blobs.harm(asset.digest, None);
            let office = NEW.office(&store);
            let left = lost(&office);
            assert_eq!(left == Outcome::Passed, kind == AssetKind::Seal, "{left:?}");
            assert!(paint(&office, &one).is_ok(), "with today's");
            assert!(findings(&*store).iter().any(|found| matches!(found, Finding::MissingAsset { .. })));
            blobs.harm(asset.digest, Some(bytes));
        }
    }
}

/// The first license of an installation keeps what it is made with; those after it ask and write no more than ever.
#[test]
fn a_further_license_writes_nothing_but_itself() {
    let store = StoreUrl::Memory.open().unwrap();
    let kept = || store.counts().unwrap().assets;
    let office = OLD.office(&store);
    assert_eq!(kept(), 4, "the templates");
    // Every write has an entry in the trail.
    let entries = || store.counts().unwrap().audit_entries;
    let before = entries();
    let one = office.issue(&caller(), &request("food-operation-permit")).unwrap();
    assert_eq!((entries() - before, kept()), (1 + 7 + 1 + 1, 4 + 7 + 1 + 1), "seven fonts, their set, a seal");
    let before = entries();
    office.issue(&caller(), &request("business-license")).unwrap();
    assert_eq!(entries() - before, 1, "its own");
    // A restart knows what is kept.
    let (office, before) = (OLD.office(&store), entries());
    office.supersede(&caller(), &one.license.id, None, "换证", &request("food-operation-permit")).unwrap();
    assert_eq!((entries() - before, kept()), (2, 13), "one for the old version, one for the new");
}
