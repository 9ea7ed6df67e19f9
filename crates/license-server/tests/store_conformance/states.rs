//! States change along the table, by compare and swap, for a reason.

use license_server::store::{ChangeStatus, Query, Refusal, Status, Store, StoreError, TRANSITIONS, Transition};

use crate::place::{Place, change, findings, ids, refused, successor, to};
use crate::store_support::{id, issue_one, note};

over_every_store! {
    changes_compare_and_swap
    states_follow_the_table
    a_step_needs_its_reasons
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
            id: license.clone(),
            expected_revision: 1,
            transition,
            idempotency: None,
            audit: note("license.change"),
        };
        match store.change_status(request) {
            Err(StoreError::Invalid { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{field}: {other:?}"),
        }
    }
}
