//! What licenses are made with: kept once, before a license names it, for good.

use license_core::id::Digest;
use license_server::store::kv::Batch;
use license_server::store::{
    AddFiles, Asset, AssetKind, FileKind, Finding, Issue, MAX_NEEDS, NewAsset, NewFile, PageRequest, Store, StoreError,
    Supersede,
};

use crate::place::{Place, findings, successor};
use crate::store_support::{id, issue_of, issue_one, keyed, note};

over_every_store! {
    an_asset_is_kept_once
    one_asset_under_16_threads
    a_license_names_only_what_is_kept
    assets_have_limits
    fsck_names_what_is_lost
}

fn font(name: &str) -> (String, Vec<u8>) {
    (name.to_owned(), format!("outlines of {name} ").repeat(20_000).into_bytes())
}

fn keep(store: &dyn Store, kind: AssetKind, (name, bytes): &(String, Vec<u8>), needs: &[Digest]) -> Asset {
    store.keep_asset(NewAsset { kind, name, bytes, needs }, note("asset.keep")).unwrap()
}

fn invalid<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Invalid { .. })), "{result:?}");
}

fn an_asset_is_kept_once(place: &Place) {
    let store = place.open();
    let (kai, song) = (font("Kai"), font("Song"));
    let kept = keep(&store, AssetKind::Font, &kai, &[]);
    assert_eq!((kept.digest, kept.len), (Digest::of(&kai.1), kai.1.len() as u64));
    assert_eq!((kept.kind, kept.name.as_str()), (AssetKind::Font, "Kai"));
    let other = keep(&store, AssetKind::Font, &song, &[]);
    let text = ("fonts".to_owned(), b"Kai, Song".to_vec());
    let set = keep(&store, AssetKind::FontSet, &text, &[kept.digest, other.digest]);
    let before = (store.counts().unwrap(), store.stats().groups);
    assert_eq!(before.0.assets, 3);
    // Again, under another name too: what is there stays, and nothing is written.
    assert_eq!(keep(&store, AssetKind::Font, &kai, &[]), kept);
    assert_eq!(keep(&store, AssetKind::Seal, &("Other".to_owned(), kai.1.clone()), &[]), kept);
    assert_eq!((store.counts().unwrap(), store.stats().groups), before);
    drop(store);
    let store = place.open();
    assert_eq!(store.asset(&set.digest).unwrap(), Some(set.clone()));
    assert_eq!(store.asset(&Digest::of(b"nobody's")).unwrap(), None);
    assert_eq!(store.file(&kept.digest).unwrap(), kai.1);
    let mut all = Vec::new();
    let mut page = PageRequest::first(2);
    loop {
        let found = store.assets(&page).unwrap();
        all.extend(found.items);
        match found.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    let mut wanted = vec![kept, other, set];
    wanted.sort_by_key(|asset| asset.digest);
    assert_eq!(all, wanted);
    let trail = store.audit_of(&format!("asset:{}", all[0].digest), &PageRequest::first(5)).unwrap().items;
    assert_eq!(trail.len(), 1);
    assert_eq!(findings(&store), []);
}

/// Many offices start at once over one register.
fn one_asset_under_16_threads(place: &Place) {
    let store = place.open();
    let kai = font("Kai");
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| keep(&store, AssetKind::Font, &kai, &[]));
        }
    });
    let counts = store.counts().unwrap();
    assert_eq!((counts.assets, counts.audit_entries), (1, 1));
    assert_eq!(findings(&store), []);
}

/// What a license was made with is there before it; otherwise nothing happens.
fn a_license_names_only_what_is_kept(place: &Place) {
    let store = place.open();
    let nowhere = Digest::of(b"nowhere");
    let with = |made_with: &[Digest], seal| {
        let mut request = Issue { idempotency: keyed("k", "b"), ..issue_of(&["A1"]) };
        request.licenses[0].made_with = made_with.to_vec();
        request.licenses[0].files[1].seal = seal;
        request
    };
    let seal = keep(&store, AssetKind::Seal, &font("seal"), &[]).digest;
    let template = keep(&store, AssetKind::Template, &font("template"), &[]).digest;
    let before = store.counts().unwrap();
    invalid(store.issue(with(&[template, nowhere], Some(seal))));
    invalid(store.issue(with(&[template], Some(nowhere))));
    assert_eq!(store.counts().unwrap(), before);
    store.issue(with(&[template], Some(seal))).unwrap();
    let license = store.get(&id("A1", 1)).unwrap().unwrap();
    assert_eq!((&license.made_with, license.files[0].seal, license.files[1].seal), (&vec![template], None, Some(seal)));

    let face = |seal| AddFiles {
        id: id("A1", 1),
        expected_revision: 1,
        files: vec![NewFile { kind: FileKind::Ofd, face: "copy".into(), bytes: b"copy".to_vec(), seal }],
        audit: note("license.faces"),
    };
    invalid(store.add_files(face(Some(nowhere))));
    assert_eq!(store.add_files(face(Some(seal))).unwrap().files[2].seal, Some(seal));
    let mut next = successor(&id("A1", 1), 2, "A1", 2);
    next.new.made_with = vec![nowhere];
    invalid(store.supersede(next.clone()));
    next.new.made_with = vec![template];
    store.supersede(Supersede { expected_revision: 2, ..next }).unwrap();
    assert!(findings(&store).iter().all(|finding| !finding.is_fault()), "{:?}", findings(&store));
}

fn assets_have_limits(place: &Place) {
    let store = place.open();
    let new = |name: &str, bytes: &[u8], needs: &[Digest]| {
        store.keep_asset(NewAsset { kind: AssetKind::Font, name, bytes, needs }, note("asset.keep"))
    };
    let known = keep(&store, AssetKind::Font, &font("Kai"), &[]).digest;
    let before = store.counts().unwrap();
    invalid(new("", b"x", &[]));
    invalid(new("a\nb", b"x", &[]));
    invalid(new("empty", b"", &[]));
    invalid(new("dangling", b"x", &[Digest::of(b"nowhere")]));
    invalid(new("greedy", b"x", &[known; MAX_NEEDS + 1]));
    assert_eq!(store.counts().unwrap(), before);
    assert_eq!(findings(&store), [], "what is refused leaves no file behind");
    new("not greedy", b"x", &[known; MAX_NEEDS]).unwrap();
}

fn fsck_names_what_is_lost(place: &Place) {
    let store = place.open();
    let kept: Vec<Asset> =
        ["Kai", "Song", "Hei", "Bold"].iter().map(|name| keep(&store, AssetKind::Font, &font(name), &[])).collect();
    let text = ("fonts".to_owned(), b"Hei".to_vec());
    let set = keep(&store, AssetKind::FontSet, &text, &[kept[2].digest]);
    let mut request = issue_of(&["A1"]);
    request.licenses[0].made_with = vec![set.digest, kept[3].digest];
    store.issue(request).unwrap();
    issue_one(&store, "A2");
    let summary = store.fsck(&mut |finding| panic!("{finding:?}")).unwrap();
    assert_eq!((summary.assets, summary.files), (5, 4));
    drop(store);
    place.harm_file(&kept[0].digest, None);
    place.harm_file(&kept[1].digest, Some(b"other outlines"));
    place.tamper(|engine| {
        let mut batch = Batch::default();
        batch.remove([b"M", &kept[2].digest.as_bytes()[..]].concat());
        batch.remove([b"M", &kept[3].digest.as_bytes()[..]].concat());
        batch.put([b"M", &[7; 32][..]].concat(), b"\x01{}".to_vec());
        engine.write(&batch).unwrap();
    });
    let store = place.open();
    let mut found = findings(&store);
    let mut wanted = vec![
        Finding::MissingAsset { kind: AssetKind::Font, name: "Kai".into(), digest: kept[0].digest },
        Finding::DamagedAsset { kind: AssetKind::Font, name: "Song".into(), digest: kept[1].digest },
        Finding::UnknownAsset { by: "fonts".into(), digest: kept[2].digest },
        Finding::UnknownAsset { by: id("A1", 1).to_string(), digest: kept[3].digest },
        Finding::UnreadableRow { key: [b"M", &[7; 32][..]].concat().escape_ascii().to_string() },
        Finding::WrongCount { name: "assets".into(), kept: 5, counted: 4 },
        Finding::OrphanFile { digest: kept[2].digest },
        Finding::OrphanFile { digest: kept[3].digest },
    ];
    found.sort_by_key(|finding| format!("{finding:?}"));
    wanted.sort_by_key(|finding| format!("{finding:?}"));
    assert_eq!(found, wanted);
    assert!(store.file(&kept[0].digest).is_err() && store.file(&kept[1].digest).is_err());
}
