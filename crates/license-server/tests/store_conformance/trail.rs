//! The audit chain.

use license_server::store::kv::{Batch, Kv};
use license_server::store::{ChainFault, Finding, PageRequest, Status, Store};

use crate::place::{Place, change, findings};
use crate::store_support::{issue_one, note};

over_every_store! {
    the_trail_tells_what_happened
    h1_tampering_with_the_trail_is_found
    a_detail_can_be_erased
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
