//! `fsck` over a store with faults.

use license_core::id::{Digest, LicenseId};
use license_server::store::kv::Batch;
use license_server::store::{Finding, Store, StoreError};

use crate::place::{Place, findings};
use crate::store_support::{id, issue_one, new_license};

over_every_store! {
    fsck_finds_seeded_faults
}

/// `fsck` names each seeded fault, and nothing else.
fn fsck_finds_seeded_faults(place: &Place) {
    let store = place.open();
    for serial in ["A1", "A2", "A3", "A4", "A5"] {
        issue_one(&store, serial);
    }
    let one = store.get(&id("A1", 1)).unwrap().unwrap();
    drop(store);
    let orphan = Digest::of(b"nobody's");
    place.harm_file(&one.files[0].digest, None);
    place.harm_file(&one.files[1].digest, Some(b"other bytes"));
    place.harm_file(&orphan, Some(b"nobody's"));
    let text = |table: &str, id: &LicenseId| format!("{table}{id}").into_bytes();
    let holder = |serial: &str| [b"h", new_license(serial, 1).holder_code.as_bytes(), b"\0"].concat();
    let own_index = [holder("A2"), id("A2", 1).to_string().into_bytes()].concat();
    let dangling = [b"hSTRANGER\0".to_vec(), id("A2", 1).to_string().into_bytes()].concat();
    place.tamper(|engine| {
        let mut batch = Batch::default();
        batch.remove(own_index.clone());
        batch.put(dangling.clone(), Vec::new());
        batch.put(text("R", &id("A3", 1)), b"short".to_vec());
        batch.put(text("L", &id("A4", 1)), b"\x01{}".to_vec());
        batch.put(b"ctype/synthetic".to_vec(), 9_u64.to_be_bytes());
        let row = engine.snapshot().unwrap().value(&text("L", &id("A5", 1))).unwrap().unwrap();
        let row = String::from_utf8(row)
            .unwrap()
            .replace("\"superseded_by\":null", &format!("\"superseded_by\":\"{}\"", id("A1", 1)));
        batch.put(text("L", &id("A5", 1)), row.into_bytes());
        engine.write(&batch).unwrap();
    });
    let store = place.open();
    let found = findings(&store);
    let shown = |key: &[u8]| key.escape_ascii().to_string();
    for wanted in [
        Finding::MissingFile { license: id("A1", 1), digest: one.files[0].digest },
        Finding::DamagedFile { license: id("A1", 1), digest: one.files[1].digest },
        Finding::OrphanFile { digest: orphan },
        Finding::MissingIndex { license: id("A2", 1), key: shown(&own_index) },
        Finding::DanglingIndex { key: shown(&dangling) },
        Finding::DamagedRecord { license: id("A3", 1) },
        Finding::UnreadableRow { key: shown(&text("L", &id("A4", 1))) },
        Finding::BrokenVersions { license: id("A5", 1) },
        Finding::WrongCount { name: "type/synthetic".into(), kept: 9, counted: 4 },
    ] {
        assert!(found.contains(&wanted), "{wanted:?} is not among {found:#?}");
    }
    assert!(matches!(store.file(&one.files[0].digest), Err(StoreError::File { .. })));
    assert!(matches!(store.file(&one.files[1].digest), Err(StoreError::File { .. })));
    assert!(matches!(store.get(&id("A3", 1)), Err(StoreError::Damaged { .. })));
    assert!(store.get(&id("A2", 1)).unwrap().is_some(), "the sound ones are still served");
}
