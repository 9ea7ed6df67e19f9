//! Sequences, clients, settings, and that a restart forgets nothing.

use license_server::store::{Client, EmbeddedStore, PageRequest, Refusal, Store, Supersede};
use std::collections::BTreeSet;

use crate::place::{Place, findings, refused, successor};
use crate::store_support::{AT, issue_one, keyed, note};

over_every_store! {
    sequences_never_repeat
    clients_and_settings
    a_restart_forgets_nothing
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
        id: "counter".into(),
        name: "窗口".into(),
        secret_hash: "$argon2id$…".into(),
        scopes: vec!["issue".into()],
        department: "市场监管局".into(),
        disabled: false,
        created_at: AT,
        revision: 0,
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
