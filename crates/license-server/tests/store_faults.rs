//! Writes that fail, and folders that are not what they seem.
#![allow(clippy::unwrap_used, missing_docs)]

mod store_support;

use license_core::id::LicenseId;
use license_server::store::blobs::MemoryBlobs;
use license_server::store::kv::memory::{Fault, MemoryKv};
use license_server::store::{
    AssetKind, EmbeddedStore, Finding, Issue, IssueOutcome, NewAsset, Store, StoreError, StoreUrl,
};
use std::sync::Arc;
use store_support::{id, issue_of, issue_one, keyed, note};
use tempfile::TempDir;

fn findings(store: &dyn Store) -> Vec<Finding> {
    let mut all = Vec::new();
    store.fsck(&mut |finding| all.push(finding)).unwrap();
    all
}

/// H9: every write can fail in two ways, kept or lost. Repeating the request under its key settles both.
#[test]
fn h9_a_failed_write_is_settled_by_repeating() {
    for (fault, told) in [(Fault::Before, false), (Fault::Kept, true), (Fault::Lost, true)] {
        let engine = Arc::new(MemoryKv::new());
        let store = EmbeddedStore::with_parts(engine.clone(), Arc::new(MemoryBlobs::default())).unwrap();
        issue_one(&store, "A0");
        engine.plan([Some(fault)]);
        let request = Issue { idempotency: keyed("k", "b"), ..issue_of(&["A1"]) };
        let error = store.issue(request.clone()).unwrap_err();
        assert_eq!(matches!(error, StoreError::OutcomeUnknown(_)), told, "{error:?}");
        let kept = fault == Fault::Kept;
        assert_eq!(store.get(&id("A1", 1)).unwrap().is_some(), kept);
        match store.issue(request).unwrap() {
            IssueOutcome::Replayed(ids) => assert!(kept && ids == [id("A1", 1)]),
            IssueOutcome::Issued(_) => assert!(!kept),
        }
        assert_eq!(store.counts().unwrap().licenses, 2);
        assert_eq!(store.stats().failures, 1);
        assert_eq!(findings(&store), []);
    }
}

/// An asset that was not kept leaves at most a file that nobody names; trying again keeps it once.
#[test]
fn h9_a_failed_asset_is_kept_by_repeating() {
    for fault in [Fault::Before, Fault::Kept, Fault::Lost] {
        let engine = Arc::new(MemoryKv::new());
        let store = EmbeddedStore::with_parts(engine.clone(), Arc::new(MemoryBlobs::default())).unwrap();
        let new = NewAsset { kind: AssetKind::Font, name: "Kai", bytes: b"outlines", needs: &[] };
        engine.plan([Some(fault)]);
        store.keep_asset(new, note("asset.keep")).unwrap_err();
        assert!(findings(&store).iter().all(|finding| !finding.is_fault()), "{:?}", findings(&store));
        let kept = store.keep_asset(new, note("asset.keep")).unwrap();
        assert_eq!((store.asset(&kept.digest).unwrap(), store.counts().unwrap().assets), (Some(kept), 1));
        assert_eq!(findings(&store), []);
    }
}

/// A group that fails fails for everybody in it, and nobody is told otherwise.
#[test]
fn h9_faults_under_load_lose_no_acknowledgement() {
    let engine = Arc::new(MemoryKv::new());
    let store = EmbeddedStore::with_parts(engine.clone(), Arc::new(MemoryBlobs::default())).unwrap();
    let faults = [None, Some(Fault::Lost), None, Some(Fault::Kept), Some(Fault::Before)];
    engine.plan(faults.into_iter().cycle().take(100));
    let acknowledged: Vec<LicenseId> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|thread| {
                let store = &store;
                scope.spawn(move || {
                    let serials = (0..20).map(|n| format!("F{thread}{n:02}"));
                    let done = serials.filter(|serial| {
                        let issue = Issue { idempotency: keyed(serial, "b"), ..issue_of(&[serial]) };
                        (0..200).any(|_| store.issue(issue.clone()).is_ok())
                    });
                    done.map(|serial| id(&serial, 1)).collect::<Vec<_>>()
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert_eq!(acknowledged.len(), 160);
    assert_eq!(store.counts().unwrap().licenses, 160);
    assert!(store.stats().failures > 0);
    assert_eq!(findings(&store), []);
}

/// A folder is opened by one process, as what it is, or not at all.
#[test]
fn a_folder_is_opened_as_what_it_is() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("store");
    let redb = StoreUrl::Redb(path.clone());
    let store = redb.open().unwrap();
    assert!(matches!(redb.open(), Err(StoreError::Locked { .. })));
    drop(store);
    drop(redb.open().unwrap());
    assert!(matches!(StoreUrl::Sled(path.clone()).open(), Err(StoreError::Format { .. })), "another engine");
    std::fs::write(path.join("FORMAT"), "license-store 2 redb\n").unwrap();
    match redb.open() {
        Err(StoreError::Format { found, .. }) => assert_eq!(found, "license-store 2 redb"),
        other => panic!("{:?}", other.err()),
    }
    std::fs::write(path.join("FORMAT"), "license-store 1 redb\n").unwrap();
    std::fs::remove_file(path.join("store.redb")).unwrap();
    assert!(matches!(redb.open(), Err(StoreError::Format { .. })), "a lost engine is not made anew");
    let foreign = dir.path().join("home");
    std::fs::create_dir(&foreign).unwrap();
    std::fs::write(foreign.join("letter.txt"), "dear").unwrap();
    assert!(matches!(StoreUrl::Redb(foreign).open(), Err(StoreError::Format { .. })), "somebody else's folder");
}
