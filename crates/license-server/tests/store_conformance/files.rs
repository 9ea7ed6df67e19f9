//! Files that come later: further faces, renewed ones.

use license_core::id::Digest;
use license_server::store::{
    AddFiles, FileKind, NewFile, Query, Refusal, RenewFiles, RenewedFile, Status, Store, StoreError,
};

use crate::place::{Place, change, findings, ids, refused};
use crate::store_support::{AT, issue_one, note};

over_every_store! {
    further_faces
    renewed_files
}

/// Further faces come to a valid license as one commit; what is there is never replaced.
fn further_faces(place: &Place) {
    let store = place.open();
    let first = issue_one(&store, "A1");
    let file = |kind, face: &str| NewFile {
        kind,
        face: face.into(),
        bytes: format!("{face} {kind:?}").into_bytes(),
        seal: None,
    };
    let add = |revision, files: Vec<NewFile>| AddFiles {
        id: first.clone(),
        expected_revision: revision,
        files,
        audit: note("license.faces"),
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
