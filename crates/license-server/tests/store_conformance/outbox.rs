//! Rows that go up.

use license_server::store::{IndexChange, Refusal, Status, Store};
use time::Duration;

use crate::place::{Place, change, claim, findings, refused};
use crate::store_support::{AT, issue_one};

over_every_store! {
    the_outbox_keeps_the_order
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
