//! One suite over every store: what the contract on `Store` promises.
#![allow(clippy::unwrap_used, missing_docs)]

mod store_support;

use license_core::id::{Digest, LicenseId};
use license_server::store::blobs::MemoryBlobs;
use license_server::store::kv::memory::MemoryKv;
use license_server::store::kv::redb::RedbKv;
use license_server::store::kv::sled::SledKv;
use license_server::store::kv::{Batch, Kv};
use license_server::store::{
    AddFiles, ChainFault, ChangeStatus, Claim, Client, EmbeddedStore, FileKind, Finding, IdempotencyKey, IndexChange,
    Issue, IssueOutcome, MAX_PAGE, MAX_RECORD, NewFile, PageRequest, Query, Refusal, RenewFiles, RenewedFile, Status,
    Store, StoreError, StoreUrl, Supersede, SupersedeOutcome, TRANSITIONS, Transition,
};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use store_support::{AT, TYPE, id, issue_of, issue_one, keyed, new_license, note};
use tempfile::TempDir;
use time::Duration;

/// A store that can be closed, reached into, and opened again.
enum Place {
    Memory(Arc<MemoryKv>, Arc<MemoryBlobs>),
    Dir(StoreUrl, PathBuf, #[allow(dead_code, reason = "removes the folder when dropped")] TempDir),
}

impl Place {
    fn memory() -> Self {
        Self::Memory(Arc::default(), Arc::default())
    }

    fn redb() -> Self {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("store");
        Self::Dir(StoreUrl::Redb(path.clone()), path, dir)
    }

    fn sled() -> Self {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("store");
        Self::Dir(StoreUrl::Sled(path.clone()), path, dir)
    }

    fn open(&self) -> EmbeddedStore {
        match self {
            Self::Memory(engine, blobs) => EmbeddedStore::with_parts(engine.clone(), blobs.clone()).unwrap(),
            Self::Dir(url, ..) => EmbeddedStore::open(url).unwrap(),
        }
    }

    /// Changes rows behind the closed store's back.
    fn tamper(&self, change: impl FnOnce(&dyn Kv)) {
        match self {
            Self::Memory(engine, _) => change(&**engine),
            Self::Dir(StoreUrl::Redb(_), path, _) => change(&RedbKv::open(&path.join("store.redb")).unwrap()),
            Self::Dir(_, path, _) => change(&SledKv::open(&path.join("sled")).unwrap()),
        }
    }

    fn harm_file(&self, digest: &Digest, bytes: Option<&[u8]>) {
        match self {
            Self::Memory(_, blobs) => blobs.harm(*digest, bytes.map(<[u8]>::to_vec)),
            Self::Dir(_, path, _) => {
                let name = digest.to_string();
                let file = path.join("files").join(&name[..2]).join(&name[2..4]).join(&name);
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                match bytes {
                    Some(bytes) => std::fs::write(file, bytes).unwrap(),
                    None => std::fs::remove_file(file).unwrap(),
                }
            }
        }
    }
}

macro_rules! over_every_store {
    ($($(#[doc = $doc:literal])* fn $name:ident($place:ident: &Place) $body:block)*) => {
        $($(#[doc = $doc])* fn $name($place: &Place) $body)*
        mod memory { $(#[test] fn $name() { super::$name(&super::Place::memory()); })* }
        mod redb { $(#[test] fn $name() { super::$name(&super::Place::redb()); })* }
        mod sled { $(#[test] fn $name() { super::$name(&super::Place::sled()); })* }
    };
}

fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>) -> Refusal {
    result.unwrap_err().refusal().expect("a refusal").clone()
}

fn to(status: Status) -> Transition {
    Transition {
        to: status,
        actor: "officer".into(),
        at: AT,
        reason: "行政许可法第七十条".into(),
        case_number: "CASE-9".into(),
    }
}

fn change(store: &dyn Store, id: &LicenseId, revision: u64, status: Status) -> Result<u64, StoreError> {
    let request = ChangeStatus {
        id: id.clone(),
        expected_revision: revision,
        transition: to(status),
        idempotency: None,
        audit: note("license.change"),
    };
    store.change_status(request).map(|license| license.revision)
}

fn successor(old: &LicenseId, revision: u64, serial: &str, version: u16) -> Supersede {
    Supersede {
        old: old.clone(),
        expected_revision: revision,
        new: new_license(serial, version),
        transition: to(Status::Superseded),
        idempotency: None,
        audit: note("license.supersede"),
    }
}

fn findings(store: &dyn Store) -> Vec<Finding> {
    let mut all = Vec::new();
    store.fsck(&mut |finding| all.push(finding)).unwrap();
    all
}

fn ids(store: &dyn Store, query: &Query) -> Vec<LicenseId> {
    store.list(query, &PageRequest::first(MAX_PAGE)).unwrap().items.into_iter().map(|license| license.id).collect()
}

fn claim(worker: &str, limit: usize, minutes: i64) -> Claim {
    Claim { worker: worker.into(), limit, now: AT + Duration::minutes(minutes), lease: Duration::minutes(5) }
}

over_every_store! {
    /// B12: what was issued is there, files included, and found by all its handles.
    fn issue_and_find(place: &Place) {
        let store = place.open();
        let issued = issue_one(&store, "A1");
        let license = store.get(&issued).unwrap().unwrap();
        let wanted = new_license("A1", 1);
        assert_eq!((&license.id, license.status, license.revision), (&wanted.id, Status::Valid, 1));
        assert_eq!((&license.record, &license.index_token), (&wanted.record, &wanted.index_token));
        assert_eq!((license.issued_at, license.valid_until), (wanted.issued_at, wanted.valid_until));
        for (stored, new) in license.files.iter().zip(&wanted.files) {
            assert_eq!(store.file(&stored.digest).unwrap(), new.bytes);
            assert_eq!(ids(&store, &Query::File(stored.digest)), std::slice::from_ref(&issued));
        }
        assert_eq!(store.by_number(TYPE, &wanted.number).unwrap().unwrap(), license);
        let number = Query::Number { type_id: TYPE.into(), number: wanted.number };
        for query in [
            Query::All, Query::Newest, Query::Type(TYPE.into()), Query::Issuer(store_support::ISSUER.into()),
            Query::Holder(wanted.holder_code), Query::Status(Status::Valid), number,
        ] {
            assert_eq!(ids(&store, &query), std::slice::from_ref(&issued), "{query:?}");
        }
        assert!(ids(&store, &Query::Holder("HOLDER".into())).is_empty(), "a prefix is no match");
        assert_eq!(store.history(&issued).unwrap().len(), 1);
        assert_eq!(findings(&store), []);
    }

    /// B12: neither an identifier, nor another version of its serial, nor its number can be issued again.
    fn duplicates_are_refused(place: &Place) {
        let store = place.open();
        let first = issue_one(&store, "A1");
        let again = refused(store.issue(issue_of(&["A1"])));
        assert_eq!(again, Refusal::DuplicateId { existing: first.clone() });
        let version = Issue { licenses: vec![new_license("A1", 2)], ..issue_of(&["A1"]) };
        assert!(matches!(refused(store.issue(version)), Refusal::DuplicateId { .. }));
        let mut same_number = issue_of(&["A2"]);
        same_number.licenses[0].number = new_license("A1", 1).number;
        match refused(store.issue(same_number.clone())) {
            Refusal::DuplicateNumber { existing, .. } => assert_eq!(existing, first),
            other => panic!("{other:?}"),
        }
        // Another type has numbers of its own.
        same_number.licenses[0].type_id = "other".into();
        store.issue(same_number).unwrap();
        assert_eq!(findings(&store), []);
    }

    /// B14: a set is issued whole or not at all, also when only its third license is bad.
    fn a_set_is_all_or_nothing(place: &Place) {
        let store = place.open();
        issue_one(&store, "A3");
        let before = (store.counts().unwrap(), store.audit_tail(10).unwrap());
        let request = Issue { idempotency: keyed("set", "set"), ..issue_of(&["A1", "A2", "A3"]) };
        assert!(matches!(refused(store.issue(request)), Refusal::DuplicateId { .. }));
        assert!(matches!(refused(store.issue(issue_of(&["A4", "A4"]))), Refusal::DuplicateId { .. }));
        let mut empty_file = issue_of(&["A5", "A6"]);
        empty_file.licenses[1].files.clear();
        assert!(matches!(store.issue(empty_file), Err(StoreError::Invalid { field: "files", .. })));
        assert_eq!((store.counts().unwrap(), store.audit_tail(10).unwrap()), before);
        for serial in ["A1", "A2", "A4", "A5"] {
            assert_eq!(store.get(&id(serial, 1)).unwrap(), None);
        }
        // A refused request completes no key: repaired, it may be sent under the same one.
        let repaired = Issue { idempotency: keyed("set", "set"), ..issue_of(&["A1", "A2"]) };
        assert!(matches!(store.issue(repaired).unwrap(), IssueOutcome::Issued(set) if set.len() == 2));
        assert!(findings(&store).iter().all(|finding| !finding.is_fault()));
    }

    /// B6, H9: the same key gives the same license; with another body it is a conflict.
    fn repeating_a_key_repeats_the_answer(place: &Place) {
        let store = place.open();
        let key = keyed("k1", "body");
        let request = Issue { idempotency: key.clone(), ..issue_of(&["A1", "A2"]) };
        store.issue(request.clone()).unwrap();
        let both = vec![id("A1", 1), id("A2", 1)];
        assert_eq!(store.issue(request.clone()).unwrap(), IssueOutcome::Replayed(both.clone()));
        // Even when the service made new identifiers before it found out.
        let other = Issue { idempotency: key.clone(), ..issue_of(&["A9"]) };
        assert_eq!(store.issue(other).unwrap(), IssueOutcome::Replayed(both.clone()));
        let body = Issue { idempotency: keyed("k1", "another"), ..request };
        assert_eq!(refused(store.issue(body)), Refusal::IdempotencyConflict { key: "k1".into() });
        assert_eq!(store.lookup_idempotency(&key.unwrap().key).unwrap().unwrap().ids, both);
        let stranger = IdempotencyKey { client: "kiosk".into(), key: "k1".into() };
        assert_eq!(store.lookup_idempotency(&stranger).unwrap(), None);
        assert_eq!(store.counts().unwrap().licenses, 2);
    }

    /// B6: 64 tries at the same time, one license.
    fn idempotency_under_64_threads(place: &Place) {
        let store = place.open();
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..64)
                .map(|n| {
                    let store = &store;
                    // Each try has made its own identifier, as a service would.
                    scope.spawn(move || {
                        store.issue(Issue { idempotency: keyed("one", "body"), ..issue_of(&[&format!("T{n}")]) })
                    })
                })
                .collect();
            tries.into_iter().map(|one| one.join().unwrap().unwrap()).collect()
        });
        let issued: Vec<_> = outcomes.iter().filter(|one| matches!(one, IssueOutcome::Issued(_))).collect();
        assert_eq!(issued.len(), 1);
        let all: BTreeSet<LicenseId> = outcomes
            .iter()
            .map(|one| match one {
                IssueOutcome::Issued(set) => set[0].id.clone(),
                IssueOutcome::Replayed(ids) => ids[0].clone(),
            })
            .collect();
        assert_eq!(all.len(), 1);
        assert_eq!(store.counts().unwrap().licenses, 1);
        // Nobody else wrote files in vain.
        assert_eq!(findings(&store), []);
    }

    /// The same race without a key: the number decides.
    fn one_number_under_32_threads(place: &Place) {
        let store = place.open();
        let done: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..32)
                .map(|n| {
                    let store = &store;
                    scope.spawn(move || {
                        let mut request = issue_of(&[&format!("T{n}")]);
                        request.licenses[0].number = "same".into();
                        usize::from(store.issue(request).is_ok())
                    })
                })
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!((done, store.counts().unwrap().licenses), (1, 1));
        assert!(findings(&store).iter().all(|finding| !finding.is_fault()));
    }

    /// Compare and swap: of many changes decided on the same revision, one happens.
    fn changes_compare_and_swap(place: &Place) {
        let store = place.open();
        let license = issue_one(&store, "A1");
        assert_eq!(store.revision(&license).unwrap(), Some(1));
        let done: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..16)
                .map(|n| {
                    let (store, license) = (&store, &license);
                    let status = if n % 2 == 0 { Status::Suspended } else { Status::Revoked };
                    scope.spawn(move || match change(store, license, 1, status) {
                        Ok(revision) => usize::from(revision == 2),
                        Err(error) => {
                            let conflict = error.refusal().cloned();
                            assert!(matches!(conflict, Some(Refusal::RevisionConflict { expected: 1, current: 2, .. })));
                            0
                        }
                    })
                })
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(done, 1);
        assert_eq!(store.history(&license).unwrap().len(), 2);
        assert_eq!(store.revision(&license).unwrap(), Some(2));
        let missing = id("A2", 1);
        assert_eq!(store.revision(&missing).unwrap(), None);
        assert_eq!(refused(change(&store, &missing, 1, Status::Revoked)), Refusal::NotFound { id: missing });
    }

    /// Every step of the table works, every other is refused and leaves nothing behind.
    fn states_follow_the_table(place: &Place) {
        let store = place.open();
        for (n, from) in Status::ALL.into_iter().enumerate() {
            for (m, target) in Status::ALL.into_iter().enumerate() {
                let license = issue_one(&store, &format!("S{n}{m}"));
                let mut revision = 1;
                if from == Status::Superseded {
                    store.supersede(successor(&license, 1, &format!("S{n}{m}"), 2)).unwrap();
                    revision = 2;
                } else if from != Status::Valid {
                    revision = change(&store, &license, 1, from).unwrap();
                }
                let before = store.get(&license).unwrap();
                let allowed = TRANSITIONS.contains(&(from, target)) && target != Status::Superseded;
                match change(&store, &license, revision, target) {
                    Ok(_) => {
                        assert!(allowed, "{from} to {target}");
                        let now = store.get(&license).unwrap().unwrap();
                        assert_eq!((now.status, now.revision), (target, revision + 1));
                        let last = store.history(&license).unwrap().pop().unwrap();
                        assert_eq!(Some(last.clone()), now.status_changed);
                        assert_eq!((last.from, last.transition.case_number.as_str()), (Some(from), "CASE-9"));
                    }
                    Err(error) => {
                        assert!(!allowed, "{from} to {target}: {error}");
                        let wanted = Refusal::TransitionNotAllowed { from, to: target };
                        assert_eq!(error.refusal(), Some(&wanted));
                        assert_eq!(store.get(&license).unwrap(), before);
                    }
                }
            }
        }
        let counts = store.counts().unwrap();
        assert_eq!(counts.by_status.values().sum::<u64>(), counts.licenses);
        for status in Status::ALL {
            assert_eq!(ids(&store, &Query::Status(status)).len() as u64, counts.by_status[&status], "{status}");
        }
        assert_eq!(findings(&store), []);
    }

    /// A step without legal reason, actor or case is not written down.
    fn a_step_needs_its_reasons(place: &Place) {
        let store = place.open();
        let license = issue_one(&store, "A1");
        let full = to(Status::Revoked);
        for (field, transition) in [
            ("reason", Transition { reason: " ".into(), ..full.clone() }),
            ("actor", Transition { actor: String::new(), ..full.clone() }),
            ("case number", Transition { case_number: String::new(), ..full.clone() }),
        ] {
            let request = ChangeStatus {
                id: license.clone(), expected_revision: 1, transition, idempotency: None, audit: note("license.change"),
            };
            match store.change_status(request) {
                Err(StoreError::Invalid { field: found, .. }) => assert_eq!(found, field),
                other => panic!("{field}: {other:?}"),
            }
        }
    }

    /// B13: 001 to 002 in one step, both retrievable, the old one superseded.
    fn supersede_by_the_next_version(place: &Place) {
        let store = place.open();
        let first = issue_one(&store, "A1");
        assert!(matches!(refused(store.supersede(successor(&first, 2, "A1", 2))), Refusal::RevisionConflict { .. }));
        assert!(matches!(refused(store.supersede(successor(&first, 1, "A1", 3))), Refusal::NotASuccessor { .. }));
        assert!(matches!(refused(store.supersede(successor(&first, 1, "B1", 2))), Refusal::NotASuccessor { .. }));
        let request = Supersede { idempotency: keyed("s", "s"), ..successor(&first, 1, "A1", 2) };
        let second = match store.supersede(request.clone()).unwrap() {
            SupersedeOutcome::Superseded { old, new } => {
                assert_eq!((old.status, old.superseded_by.as_ref()), (Status::Superseded, Some(&new.id)));
                assert_eq!((new.status, new.supersedes.as_ref()), (Status::Valid, Some(&first)));
                new.id
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(store.supersede(request).unwrap(), SupersedeOutcome::Replayed(second.clone()));
        let versions: Vec<_> = store.versions(&first).unwrap().into_iter().map(|license| license.id).collect();
        assert_eq!(versions, [first.clone(), second.clone()]);
        assert_eq!(store.by_number(TYPE, &new_license("A1", 1).number).unwrap().unwrap().id, second);
        let number = Query::Number { type_id: TYPE.into(), number: new_license("A1", 1).number };
        assert_eq!(ids(&store, &number), versions);
        // The old version has come to its end.
        assert!(matches!(
            refused(store.supersede(successor(&first, 2, "A1", 2))),
            Refusal::TransitionNotAllowed { from: Status::Superseded, .. }
        ));
        let kinds: Vec<_> = store.outbox_of(&first).unwrap().into_iter().map(|row| (row.license, row.change)).collect();
        assert_eq!(kinds, [
            (first.clone(), IndexChange::Insert), (first, IndexChange::Update), (second, IndexChange::Insert),
        ]);
        assert_eq!(findings(&store), []);
    }

    /// Further faces come to a valid license as one commit; what is there is never replaced.
    fn further_faces(place: &Place) {
        let store = place.open();
        let first = issue_one(&store, "A1");
        let file = |kind, face: &str| NewFile { kind, face: face.into(), bytes: format!("{face} {kind:?}").into_bytes() };
        let add = |revision, files: Vec<NewFile>| AddFiles {
            id: first.clone(), expected_revision: revision, files, audit: note("license.faces"),
        };
        let both = || vec![file(FileKind::Ofd, "copy"), file(FileKind::Pdf, "copy")];
        assert!(matches!(refused(store.add_files(add(2, both()))), Refusal::RevisionConflict { .. }));
        let there = store.add_files(add(1, vec![file(FileKind::Ofd, "copy"), file(FileKind::Pdf, "")]));
        assert!(matches!(there, Err(StoreError::Invalid { field: "files", .. })), "{there:?}");
        assert!(matches!(store.add_files(add(1, vec![])), Err(StoreError::Invalid { field: "files", .. })));
        let license = store.add_files(add(1, both())).unwrap();
        assert_eq!((license.files.len(), license.revision), (4, 2));
        assert!(findings(&store).iter().all(|finding| !finding.is_fault()), "{:?}", findings(&store));
        assert_eq!(store.get(&first).unwrap().unwrap(), license);
        for file in &license.files {
            assert!(store.file(&file.digest).is_ok());
            assert_eq!(ids(&store, &Query::File(file.digest)), std::slice::from_ref(&first));
        }
        assert_eq!(store.outbox_of(&first).unwrap().len(), 2);
        change(&store, &first, 2, Status::Suspended).unwrap();
        let late = store.add_files(add(3, vec![file(FileKind::Ofd, "third")]));
        assert!(matches!(refused(late), Refusal::NotValid { status: Status::Suspended, .. }));
        assert_eq!(store.history(&first).unwrap().len(), 2);
        assert_eq!(store.counts().unwrap().licenses, 1);
        assert!(findings(&store).iter().all(|finding| !finding.is_fault()), "{:?}", findings(&store));
    }

    /// A stronger file takes the place of another one, which stays, found and checked like all files (B12).
    fn renewed_files(place: &Place) {
        let store = place.open();
        let first = issue_one(&store, "A1");
        let before = store.get(&first).unwrap().unwrap();
        let old = before.files.iter().find(|file| file.kind == FileKind::Pdf).unwrap().clone();
        let longer = [store.file(&old.digest).unwrap(), b"stamp".to_vec()].concat();
        let renew = |revision, earlier, bytes: &[u8]| RenewFiles {
            id: first.clone(),
            expected_revision: revision,
            files: vec![RenewedFile { earlier, bytes: bytes.to_vec(), lasts_until: Some(AT) }],
            audit: note("license.renew"),
        };
        assert!(matches!(refused(store.renew_files(renew(2, old.digest, &longer))), Refusal::RevisionConflict { .. }));
        let none = RenewFiles { files: Vec::new(), ..renew(1, old.digest, &longer) };
        let other = Digest::of(b"a stranger");
        for wrong in [none, renew(1, other, &longer), renew(1, old.digest, b"something else"), renew(1, old.digest, b"")] {
            let result = store.renew_files(wrong);
            assert!(matches!(result, Err(StoreError::Invalid { .. })), "{result:?}");
        }
        assert_eq!(store.get(&first).unwrap().unwrap(), before, "nothing refused left a trace");

        let license = store.renew_files(renew(1, old.digest, &longer)).unwrap();
        assert_eq!((license.revision, license.files.len(), &license.earlier), (2, 2, &vec![old.clone()]));
        let new = license.files.iter().find(|file| file.kind == FileKind::Pdf).unwrap();
        assert_eq!((store.file(&new.digest).unwrap(), new.lasts_until), (longer.clone(), Some(AT)));
        assert_eq!(store.file(&old.digest).unwrap(), longer[..longer.len() - 5]);
        for digest in [old.digest, new.digest] {
            assert_eq!(ids(&store, &Query::File(digest)), std::slice::from_ref(&first));
        }
        assert!(matches!(store.renew_files(renew(2, old.digest, &longer)), Err(StoreError::Invalid { .. })), "gone by");
        // A withdrawn license's file is kept provable, too; each renewal goes up as a change.
        change(&store, &first, 2, Status::Withdrawn).unwrap();
        let again = [longer, b"stamp".to_vec()].concat();
        let license = store.renew_files(renew(3, new.digest, &again)).unwrap();
        assert_eq!((license.revision, license.earlier.len(), license.status), (4, 2, Status::Withdrawn));
        assert_eq!(store.outbox_of(&first).unwrap().len(), 4);
        assert_eq!(store.history(&first).unwrap().len(), 2);
        drop(store);
        let store = place.open();
        if let Some(kept) = store.get(&first).unwrap() {
            assert_eq!(kept, license);
        }
        assert!(findings(&store).iter().all(|finding| !finding.is_fault()), "{:?}", findings(&store));
    }

    /// A new serial may take over the number, but only by superseding the one that carries it.
    fn supersede_by_a_new_serial(place: &Place) {
        let store = place.open();
        let (first, other) = (issue_one(&store, "A1"), issue_one(&store, "A2"));
        let mut request = successor(&first, 1, "B1", 1);
        request.new.number = new_license("A2", 1).number;
        match refused(store.supersede(request.clone())) {
            Refusal::DuplicateNumber { existing, .. } => assert_eq!(existing, other),
            refusal => panic!("{refusal:?}"),
        }
        request.new.number = new_license("A1", 1).number;
        store.supersede(request).unwrap();
        assert_eq!(store.by_number(TYPE, &new_license("A1", 1).number).unwrap().unwrap().id, id("B1", 1));
        assert_eq!(store.get(&first).unwrap().unwrap().superseded_by, Some(id("B1", 1)));
        assert!(findings(&store).iter().all(|finding| !finding.is_fault()));
    }

    /// Pages: every item once, in order, however small the page; never more than the limit.
    fn pages_are_bounded_and_complete(place: &Place) {
        let store = place.open();
        let serials: Vec<String> = (0..57).map(|n| format!("P{n:03}")).collect();
        for set in serials.chunks(20) {
            store.issue(issue_of(&set.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
        }
        for limit in [0, 1, 10, 57, 1_000_000] {
            let (mut after, mut seen, mut pages) = (None, Vec::new(), 0);
            loop {
                let page = store.list(&Query::Type(TYPE.into()), &PageRequest { after, limit }).unwrap();
                assert!(page.items.len() <= limit.clamp(1, MAX_PAGE));
                seen.extend(page.items.into_iter().map(|license| license.id));
                pages += 1;
                match page.next {
                    // A cursor survives its text form.
                    Some(next) => after = Some(next.to_string().parse().unwrap()),
                    None => break,
                }
            }
            assert_eq!(seen, serials.iter().map(|serial| id(serial, 1)).collect::<Vec<_>>(), "limit {limit}");
            assert_eq!(pages, 57_usize.div_ceil(limit.clamp(1, 57)));
        }
        for text in ["0", "zz", "0G", "é0"] {
            assert!(text.parse::<license_server::store::Cursor>().is_err());
        }
    }

    /// Newest first, whatever the order of issue.
    fn newest_first(place: &Place) {
        let store = place.open();
        for (serial, days) in [("N1", 1), ("N3", 3), ("N2", 2)] {
            let mut request = issue_of(&[serial]);
            request.licenses[0].issued_at = AT + Duration::days(days);
            store.issue(request).unwrap();
        }
        assert_eq!(ids(&store, &Query::Newest), [id("N3", 1), id("N2", 1), id("N1", 1)]);
    }

    /// H1: every act is in the chain, and the trail of one license can be asked for.
    fn the_trail_tells_what_happened(place: &Place) {
        let store = place.open();
        let (first, _) = (issue_one(&store, "A1"), issue_one(&store, "A2"));
        change(&store, &first, 1, Status::Suspended).unwrap();
        store.append_audit(vec![(first.to_string(), note("license.read"))]).unwrap();
        let trail = store.audit_of(&first.to_string(), &PageRequest::first(10)).unwrap().items;
        let actions: Vec<_> = trail.iter().map(|record| record.entry.action.as_str()).collect();
        assert_eq!(actions, ["license.issue", "license.change", "license.read"]);
        assert_eq!(trail[0].detail.as_deref(), Some("detail of license.issue"));
        let tail: Vec<_> = store.audit_tail(3).unwrap().into_iter().map(|record| record.entry.seq).collect();
        assert_eq!(tail, [4, 3, 2]);
        let report = store.verify_audit_chain().unwrap();
        assert_eq!((report.sound, report.head.seq, report.broken), (4, 4, None));
    }

    /// H1: an entry that is changed, removed, cut off or replaced is found, and where.
    fn h1_tampering_with_the_trail_is_found(place: &Place) {
        let store = place.open();
        for n in 0..5 {
            issue_one(&store, &format!("A{n}"));
        }
        drop(store);
        let key = |table: u8, seq: u64| [&[table][..], &seq.to_be_bytes()].concat();
        let row = |engine: &dyn Kv, key: &[u8]| engine.snapshot().unwrap().value(key).unwrap().unwrap();
        let changed = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("tester", "nobody").into_bytes();
        type Change<'a> = &'a dyn Fn(&dyn Kv, &mut Batch);
        let cases: [(&str, Change<'_>, u64, ChainFault); 6] = [
            ("changed", &|e, b| b.put(key(b'A', 2), changed(&row(e, &key(b'A', 2)))), 2, ChainFault::Altered),
            ("removed", &|_, b| b.remove(key(b'A', 2)), 2, ChainFault::Gap),
            ("cut off", &|_, b| b.remove(key(b'A', 5)), 5, ChainFault::Gap),
            ("detail", &|_, b| b.put(key(b'D', 3), b"lies".to_vec()), 3, ChainFault::DetailAltered),
            ("noise", &|_, b| b.put(key(b'A', 4), b"\x01{".to_vec()), 4, ChainFault::Unreadable),
            ("swapped", &|e, b| b.put(key(b'A', 3), row(e, &key(b'A', 4))), 3, ChainFault::Gap),
        ];
        for (name, tampering, seq, fault) in cases {
            let mut undo = Batch::default();
            place.tamper(|engine| {
                let mut batch = Batch::default();
                tampering(engine, &mut batch);
                for (key, _) in batch.iter() {
                    undo.put(key, row(engine, key));
                }
                engine.write(&batch).unwrap();
            });
            let store = place.open();
            let broken = store.verify_audit_chain().unwrap().broken.expect(name);
            assert_eq!((broken.seq, broken.fault), (seq, fault), "{name}");
            assert!(findings(&store).contains(&Finding::AuditBroken { at: broken }), "{name}");
            drop(store);
            place.tamper(|engine| engine.write(&undo).unwrap());
        }
        assert_eq!(place.open().verify_audit_chain().unwrap().broken, None);
    }

    /// An erased detail leaves the chain whole: the chain holds only its digest.
    fn a_detail_can_be_erased(place: &Place) {
        let store = place.open();
        issue_one(&store, "A1");
        drop(store);
        place.tamper(|engine| {
            let mut batch = Batch::default();
            batch.remove([&b"D"[..], &1_u64.to_be_bytes()].concat());
            engine.write(&batch).unwrap();
        });
        let store = place.open();
        assert_eq!(store.audit_tail(1).unwrap()[0].detail, None);
        assert_eq!(store.verify_audit_chain().unwrap().broken, None);
    }

    /// D1: index rows come in order per license, each to one sender at a time, until it is acknowledged.
    fn the_outbox_keeps_the_order(place: &Place) {
        let store = place.open();
        let (first, second) = (issue_one(&store, "A1"), issue_one(&store, "A2"));
        change(&store, &first, 1, Status::TransferredOut).unwrap();
        change(&store, &first, 2, Status::Valid).unwrap();
        assert_eq!(store.counts().unwrap().outbox_pending, 4);

        let rows = store.claim_outbox(claim("w1", 10, 0)).unwrap();
        let got: Vec<_> = rows.iter().map(|row| (row.license.clone(), row.change)).collect();
        assert_eq!(got, [(first.clone(), IndexChange::Insert), (second, IndexChange::Insert)]);
        assert_eq!(store.claim_outbox(claim("w2", 10, 1)).unwrap(), [], "all serials are in somebody's hands");
        assert_eq!(refused(store.acknowledge_outbox(rows[0].seq, "w2", "r")), Refusal::LeaseLost { seq: rows[0].seq });

        store.acknowledge_outbox(rows[0].seq, "w1", "receipt 1").unwrap();
        store.acknowledge_outbox(rows[0].seq, "w1", "receipt 1").unwrap();
        let next = store.claim_outbox(claim("w2", 10, 1)).unwrap();
        assert_eq!(next.iter().map(|row| row.change).collect::<Vec<_>>(), [IndexChange::Delete]);
        // Given back: neither it nor what follows it is handed out before its time.
        store.postpone_outbox(next[0].seq, "w2", "upper level down", AT + Duration::hours(1)).unwrap();
        // The first worker died: its lease on the other serial ends.
        let later = store.claim_outbox(claim("w3", 10, 10)).unwrap();
        assert_eq!(later.iter().map(|row| (row.seq, row.attempts)).collect::<Vec<_>>(), [(rows[1].seq, 2)]);
        store.acknowledge_outbox(later[0].seq, "w3", "receipt 2").unwrap();
        for change in [IndexChange::Delete, IndexChange::Insert] {
            let rows = store.claim_outbox(claim("w3", 10, 61)).unwrap();
            assert_eq!(rows.iter().map(|row| row.change).collect::<Vec<_>>(), [change]);
            store.acknowledge_outbox(rows[0].seq, "w3", "receipt").unwrap();
        }
        assert_eq!(store.claim_outbox(claim("w3", 10, 61)).unwrap(), []);
        assert_eq!(store.counts().unwrap().outbox_pending, 0);
        let done = store.outbox_of(&first).unwrap();
        assert_eq!(done.iter().map(|row| row.revision).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(done[0].receipt.as_deref(), Some("receipt 1"));
        assert_eq!(done[1].last_error.as_deref(), Some("upper level down"));
        assert_eq!(refused(store.acknowledge_outbox(99, "w3", "r")), Refusal::NoSuchRow { seq: 99 });
        assert_eq!(findings(&store), []);
    }

    /// No number of a sequence is given twice, to whomever, also after a restart.
    fn sequences_never_repeat(place: &Place) {
        let store = place.open();
        assert_eq!(store.reserve("a", 3).unwrap(), 1..4);
        assert_eq!(store.reserve("b", 1).unwrap(), 1..2);
        let taken: Vec<u64> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..16).map(|_| scope.spawn(|| store.reserve("a", 2).unwrap())).collect();
            tries.into_iter().flat_map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(taken.iter().collect::<BTreeSet<_>>(), (4..36).collect::<Vec<_>>().iter().collect());
        drop(store);
        let store = place.open();
        assert_eq!(store.reserve("a", 1).unwrap(), 36..37);
        assert!(store.reserve("a", 0).is_err() && store.reserve("a", u64::MAX).is_err());
    }

    fn clients_and_settings(place: &Place) {
        let store = place.open();
        let client = Client {
            id: "counter".into(), name: "窗口".into(), secret_hash: "$argon2id$…".into(), scopes: vec!["issue".into()],
            department: "市场监管局".into(), disabled: false, created_at: AT, revision: 0,
        };
        let added = store.put_client(client.clone(), note("client.add")).unwrap();
        assert_eq!(added.revision, 1);
        assert!(matches!(
            refused(store.put_client(client, note("client.add"))),
            Refusal::RevisionConflict { expected: 0, current: 1, .. }
        ));
        let disabled = store.put_client(Client { disabled: true, ..added }, note("client.disable")).unwrap();
        assert_eq!(store.client("counter").unwrap(), Some(disabled.clone()));
        assert_eq!(store.clients(&PageRequest::first(5)).unwrap().items, std::slice::from_ref(&disabled));
        assert!(!format!("{disabled:?}").contains("argon2"), "a secret's hash is not for logs");
        store.put_setting("trust-list", vec![1, 2, 3], note("setting.put")).unwrap();
        assert_eq!(store.setting("trust-list").unwrap(), Some(vec![1, 2, 3]));
        assert_eq!(store.setting("other").unwrap(), None);
        assert_eq!(store.audit_of("client:counter", &PageRequest::first(5)).unwrap().items.len(), 2);
    }

    /// What breaks a limit, or could break out of a key, is refused before anything is written.
    fn bad_input_is_refused(place: &Place) {
        let store = place.open();
        type Spoil = fn(&mut Issue);
        let cases: [(&str, Spoil); 10] = [
            ("licenses", |issue| issue.licenses.clear()),
            ("number", |issue| issue.licenses[0].number = "a\0b".into()),
            ("number", |issue| issue.licenses[0].number = String::new()),
            ("type", |issue| issue.licenses[0].type_id = "x".repeat(10_000)),
            ("holder code", |issue| issue.licenses[0].holder_code = "a\nb".into()),
            ("record", |issue| issue.licenses[0].record = vec![b' '; MAX_RECORD + 1]),
            ("files", |issue| issue.licenses[0].files.clear()),
            ("file", |issue| issue.licenses[0].files[0].bytes.clear()),
            ("actor", |issue| issue.audit.actor = String::new()),
            ("idempotency key", |issue| issue.idempotency = keyed("a\0b", "")),
        ];
        for (wanted, spoil) in cases {
            let mut issue = issue_of(&["A1"]);
            spoil(&mut issue);
            match store.issue(issue) {
                Err(StoreError::Invalid { field, .. }) => assert_eq!(field, wanted),
                other => panic!("{wanted}: {other:?}"),
            }
        }
        let mut twice = issue_of(&["A1"]);
        twice.licenses[0].files.push(NewFile { kind: FileKind::Ofd, face: String::new(), bytes: vec![1] });
        assert!(store.issue(twice).is_err());
        assert_eq!(store.counts().unwrap(), Default::default());
    }

    /// The largest rows allowed, many of them.
    fn largest_records(place: &Place) {
        let store = place.open();
        for n in 0..40_u8 {
            let mut issue = issue_of(&[&format!("L{n:02}")]);
            issue.licenses[0].record = [n; MAX_RECORD].to_vec();
            store.issue(issue).unwrap();
        }
        if let Place::Dir(StoreUrl::Sled(path), ..) = place {
            let spilled = std::fs::read_dir(path.join("sled/blobs")).unwrap().count();
            assert_eq!(spilled, 0, "sled keeps files there that it does not sync");
        }
        drop(store);
        let store = place.open();
        assert_eq!(store.get(&id("L39", 1)).unwrap().unwrap().record.len(), MAX_RECORD);
        assert_eq!(findings(&store), []);
    }

    /// Everything is there after closing and opening.
    fn a_restart_forgets_nothing(place: &Place) {
        let store = place.open();
        let first = issue_one(&store, "A1");
        store.supersede(Supersede { idempotency: keyed("k", "b"), ..successor(&first, 1, "A1", 2) }).unwrap();
        let look = |store: &EmbeddedStore| {
            (
                store.versions(&first).unwrap(),
                store.counts().unwrap(),
                store.audit_tail(100).unwrap(),
                store.outbox_of(&first).unwrap(),
                store.lookup_idempotency(&keyed("k", "b").unwrap().key).unwrap(),
            )
        };
        let before = look(&store);
        drop(store);
        let store = place.open();
        assert_eq!(look(&store), before);
        for file in &store.get(&first).unwrap().unwrap().files {
            store.file(&file.digest).unwrap();
        }
        issue_one(&store, "A2");
        assert_eq!(findings(&store), []);
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
            let row = String::from_utf8(row).unwrap().replace("\"superseded_by\":null", &format!("\"superseded_by\":\"{}\"", id("A1", 1)));
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

    /// Many threads at once: nothing is lost, and commits share flushes.
    fn concurrent_commits_share_a_flush(place: &Place) {
        let store = place.open();
        std::thread::scope(|scope| {
            for thread in 0..16 {
                let store = &store;
                scope.spawn(move || (0..10).for_each(|n| { issue_one(store, &format!("C{thread:02}{n}")); }));
            }
        });
        let stats = store.stats();
        assert_eq!(store.counts().unwrap().licenses, 160);
        assert!(stats.commits >= 160 && stats.groups <= stats.commits, "{stats:?}");
        if !matches!(place, Place::Memory(..)) {
            assert!(stats.largest_group > 1, "{stats:?}");
        }
        assert_eq!(store.verify_audit_chain().unwrap().broken, None);
        assert_eq!(findings(&store), []);
    }
}
