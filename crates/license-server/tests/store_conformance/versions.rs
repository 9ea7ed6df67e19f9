//! A newer version takes the place of the one that stands.

use license_server::store::{IndexChange, Query, Refusal, Status, Store, Supersede, SupersedeOutcome};

use crate::place::{Place, findings, ids, refused, successor};
use crate::store_support::{TYPE, id, issue_one, keyed, new_license};

over_every_store! {
    supersede_by_the_next_version
    supersede_by_a_new_serial
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
    assert_eq!(
        kinds,
        [(first.clone(), IndexChange::Insert), (first, IndexChange::Update), (second, IndexChange::Insert),]
    );
    assert_eq!(findings(&store), []);
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
