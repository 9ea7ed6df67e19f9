//! Issuing: unique, whole sets, safe to repeat, within limits.

use license_core::id::LicenseId;
use license_server::store::{
    FileKind, IdempotencyKey, Issue, IssueOutcome, MAX_RECORD, NewFile, Query, Refusal, Status, Store, StoreError,
    StoreUrl,
};
use std::collections::BTreeSet;

use crate::place::{Place, findings, ids, refused};
use crate::store_support::{ISSUER, TYPE, id, issue_of, issue_one, keyed, new_license};

over_every_store! {
    issue_and_find
    duplicates_are_refused
    a_set_is_all_or_nothing
    repeating_a_key_repeats_the_answer
    idempotency_under_64_threads
    one_number_under_32_threads
    bad_input_is_refused
    largest_records
    concurrent_commits_share_a_flush
}

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
        Query::All,
        Query::Newest,
        Query::Type(TYPE.into()),
        Query::Issuer(ISSUER.into()),
        Query::Holder(wanted.holder_code),
        Query::Status(Status::Valid),
        number,
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
    twice.licenses[0].files.push(NewFile { kind: FileKind::Ofd, face: String::new(), bytes: vec![1], seal: None });
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

/// Many threads at once: nothing is lost, and commits share flushes.
fn concurrent_commits_share_a_flush(place: &Place) {
    let store = place.open();
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let store = &store;
            scope.spawn(move || {
                (0..10).for_each(|n| {
                    issue_one(store, &format!("C{thread:02}{n}"));
                })
            });
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
