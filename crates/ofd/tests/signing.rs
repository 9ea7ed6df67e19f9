//! Signature slots: nothing protected moves, nothing unprotected goes unnoticed (B2, C-series).
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use ofd::*;

fn facts_of(package: &Package) -> Facts {
    inspect_bytes(&package.to_zip().unwrap(), &Budget::default()).unwrap()
}

#[test]
fn a_seal_protects_everything() {
    let request = request(SignatureKind::Seal);
    let prepared = prepare(document().package().unwrap(), &request, &digest).unwrap();
    assert_eq!(prepared.signature_path(), "/Doc_0/Signs/Sign_0/Signature.xml");
    let signed_bytes = prepared.to_be_signed().to_vec();
    let package = prepared.finish(b"value".to_vec());
    let facts = facts_of(&package);
    assert_eq!(facts.problems, []);
    let signature = &facts.signatures[0];
    assert_eq!(signature.xml.as_ref().unwrap().bytes(), signed_bytes);
    assert_eq!((signature.id.as_str(), signature.kind), ("1", Some(SignatureKind::Seal)));
    assert_eq!(signature.provider.as_ref().unwrap().company.as_deref(), Some("某公司"));
    assert_eq!(signature.method.as_deref(), Some("1.2.156.10197.1.501"));
    assert_eq!(signature.check_method.as_deref(), Some("1.2.156.10197.1.401"));
    assert_eq!(signature.date_time.as_deref(), Some("20261121130031Z"));
    assert_eq!(signature.value.as_ref().unwrap().bytes(), b"value");
    assert_eq!(signature.seal.as_ref().unwrap().bytes(), b"a seal");
    assert_eq!(signature.stamps.len(), 1);
    assert_eq!((signature.stamps[0].page, signature.stamps[0].boundary), (Some(0), Some(Rect::mm(140, 220, 42, 42))));
    assert!(signature.covers_list && signature.uncovered.is_empty() && signature.uncovered_signature_files.is_empty());
    assert_eq!(signature.references.len(), package.parts().len() - 2);
    assert!(all_match(&facts));
}

#[test]
fn changing_any_file_is_seen() {
    let package = sign(document().package().unwrap(), &request(SignatureKind::Seal)).unwrap();
    let unprotected = ["Doc_0/Signs/Sign_0/Signature.xml", "Doc_0/Signs/Sign_0/SignedValue.dat"];
    for name in package.parts().map(|(name, _)| name.to_owned()).filter(|name| !unprotected.contains(&name.as_str())) {
        let mut changed = package.clone();
        let mut bytes = changed.part(&name).unwrap().bytes().to_vec();
        // A blank after the root element leaves XML well-formed.
        bytes.push(b' ');
        changed.set(&name, bytes);
        let facts = facts_of(&changed);
        let differing: Vec<String> = facts
            .check_references(&|_, bytes| Some(digest(bytes)))
            .into_iter()
            .filter(|outcome| outcome.status == ReferenceStatus::Differs)
            .map(|outcome| outcome.file_ref)
            .collect();
        assert_eq!(differing, [format!("/{name}")]);
    }
}

#[test]
fn a_smuggled_file_is_seen() {
    let mut package = sign(document().package().unwrap(), &request(SignatureKind::Seal)).unwrap();
    package.add("Doc_0/Res/extra.bin", b"hello".to_vec()).unwrap();
    assert_eq!(facts_of(&package).unreachable, ["Doc_0/Res/extra.bin"]);
}

#[test]
fn a_missing_file_is_seen() {
    let signed = sign(document().package().unwrap(), &request(SignatureKind::Seal)).unwrap();
    let mut package = Package::new();
    for (name, part) in signed.parts().filter(|(name, _)| !name.ends_with("record.json")) {
        package.add(name, part.clone()).unwrap();
    }
    let facts = facts_of(&package);
    assert!(facts.has(ProblemKind::MissingFile) && facts.has(ProblemKind::UnresolvedReference));
    let outcomes = facts.check_references(&|_, bytes| Some(digest(bytes)));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.status == ReferenceStatus::Unresolved).count(), 1);
}

#[test]
fn signatures_follow_one_another_until_one_closes_the_list() {
    let open = SignatureRequest { protect_signature_list: false, ..request(SignatureKind::Seal) };
    let first = sign(document().package().unwrap(), &open).unwrap();
    // Through bytes, as it happens between two offices.
    let first = read(&first.to_zip().unwrap(), &Budget::default()).unwrap();
    let second = sign(first.clone(), &request(SignatureKind::Sign)).unwrap();
    for (name, part) in first.parts().filter(|(name, _)| !name.ends_with("Signatures.xml")) {
        assert_eq!(second.part(name), Some(part), "{name}");
    }
    let facts = facts_of(&second);
    assert_eq!(facts.problems, []);
    assert!(all_match(&facts));
    let [one, two] = &facts.signatures[..] else { panic!() };
    assert!(one.uncovered.is_empty() && !one.covers_list);
    assert_eq!(one.uncovered_signature_files, ["Doc_0/Signs/Signatures.xml"]);
    assert!(two.uncovered.is_empty() && two.covers_list && two.uncovered_signature_files.is_empty());
    // One counter for signatures and stamps: 1 and 2, then 3.
    assert_eq!((one.id.as_str(), one.stamps[0].id.as_str(), two.id.as_str()), ("1", "2", "3"));
    assert_eq!(two.path.as_deref(), Some("Doc_0/Signs/Sign_1/Signature.xml"));

    let third = sign(second, &request(SignatureKind::Seal));
    assert!(matches!(third, Err(SignError::ListProtected { ref id, .. }) if id == "3"), "{third:?}");
}

#[test]
fn the_link_goes_into_any_entry_file() {
    let mut package = document().package().unwrap();
    let text = String::from_utf8(package.part("OFD.xml").unwrap().bytes().to_vec()).unwrap();
    let other = text.replace("<ofd:", "<x:").replace("</ofd:", "</x:").replace("xmlns:ofd", "xmlns:x");
    package.set("OFD.xml", other.replace("</x:DocBody>", "\n</x:DocBody >").into_bytes());
    let signed = sign(package, &request(SignatureKind::Sign)).unwrap();
    let text = String::from_utf8(signed.part("OFD.xml").unwrap().bytes().to_vec()).unwrap();
    assert!(text.contains("\n<x:Signatures>/Doc_0/Signs/Signatures.xml</x:Signatures></x:DocBody >"), "{text}");
    assert!(all_match(&facts_of(&signed)));
}

#[test]
fn refusals() {
    let package = || document().package().unwrap();
    let seal = request(SignatureKind::Seal);
    let far = SignatureRequest { stamps: vec![StampAnnot::new(2, Rect::mm(1, 1, 1, 1))], ..seal.clone() };
    assert_eq!(sign(package(), &far).unwrap_err(), SignError::NoSuchPage { page: 2, pages: 2 });
    let flat = SignatureRequest { stamps: vec![StampAnnot::new(0, Rect::mm(1, 1, 0, 1))], ..seal.clone() };
    assert!(matches!(sign(package(), &flat), Err(SignError::Write(WriteError::EmptyBox { .. }))));
    let none = SignatureRequest { stamps: vec![], ..seal.clone() };
    assert_eq!(sign(package(), &none).unwrap_err(), SignError::KindMismatch);
    let both = SignatureRequest { kind: SignatureKind::Sign, ..seal.clone() };
    assert_eq!(sign(package(), &both).unwrap_err(), SignError::KindMismatch);
    assert!(matches!(sign(Package::new(), &seal), Err(SignError::Unsound(_))));

    let mut bytes = package().to_zip().unwrap();
    bytes.splice(0..0, *b"junk");
    let prefixed = read(&bytes, &Budget::default()).unwrap();
    assert!(matches!(sign(prefixed, &seal), Err(SignError::Unsound(_))));
}

#[test]
fn straddling_slices_add_up_to_the_seal() {
    let stamps = StampAnnot::straddle(&[Size::A4; 3], Size::new(Um(40_001), Um::mm(40)), Um::mm(100));
    let widths: i32 = stamps.iter().map(|stamp| stamp.clip.unwrap().width.0).sum();
    assert_eq!(widths, 40_001);
    for stamp in &stamps {
        // The slice that shows ends exactly at the edge of the page.
        let clip = stamp.clip.unwrap();
        assert_eq!(stamp.boundary.x + clip.x + clip.width, Um::mm(210));
    }
    let request = SignatureRequest { stamps: stamps[..2].to_vec(), ..request(SignatureKind::Seal) };
    let facts = facts_of(&sign(document().package().unwrap(), &request).unwrap());
    assert_eq!(facts.signatures[0].stamps[1].clip, stamps[1].clip);
}

/// Nobody seals over a signature that does not hold any more.
#[test]
fn a_broken_earlier_signature_takes_no_later_one() {
    let open = SignatureRequest { protect_signature_list: false, ..request(SignatureKind::Seal) };
    let mut package = sign(document().package().unwrap(), &open).unwrap();
    let name = package.parts().map(|(name, _)| name).find(|name| name.ends_with("record.json")).unwrap().to_owned();
    package.set(&name, br#"{"a":2}"#.to_vec());
    let refused = sign(package, &open).unwrap_err();
    assert_eq!(refused, SignError::EarlierBroken { id: "1".to_owned(), path: name });
}

/// GM/T 0099 annex D: every file is listed, and nothing comes after.
#[test]
fn the_list_of_all_files_closes_the_package() {
    let request_entries =
        EntriesRequest { creator: "test".into(), version: "1".into(), creation_date: "2026-11-21".into() };
    let open = SignatureRequest { protect_signature_list: false, ..request(SignatureKind::Seal) };
    let sealed = sign(document().package().unwrap(), &open).unwrap();
    let names: Vec<String> = sealed.parts().map(|(name, _)| format!("FileLoc=\"/{name}\"")).collect();
    let prepared = prepare_entries(sealed, &request_entries).unwrap();
    let xml = String::from_utf8(prepared.to_be_signed().to_vec()).unwrap();
    assert_eq!(xml.matches("<ofd:File ").count(), names.len());
    assert!(names.iter().all(|name| xml.contains(name)), "{xml}");
    assert!(xml.contains("CreatorName=\"test\" Version=\"1\" CreationDate=\"2026-11-21\""), "{xml}");
    let closed = prepared.finish(b"value".to_vec());
    assert_eq!(closed.part("signedvalue.dat").unwrap().bytes(), b"value");
    let facts = facts_of(&closed);
    assert_eq!(facts.integrity.as_ref().map(|list| list.path.as_str()), Some("OFDEntries.xml"));
    assert!(facts.unreachable.is_empty() && all_match(&facts));
    assert!(matches!(sign(closed.clone(), &open), Err(SignError::Closed { .. })));
    assert!(matches!(prepare_entries(closed, &request_entries), Err(SignError::Closed { .. })));
    assert!(matches!(prepare_entries(Package::new(), &request_entries), Err(SignError::Unsound(_))));
}

/// The digest of a shared part is taken once per method.
#[test]
fn shared_parts_are_digested_once() {
    let document = document();
    let count = std::cell::Cell::new(0);
    let counting = |bytes: &[u8]| {
        count.set(count.get() + bytes.len());
        digest(bytes)
    };
    let request = request(SignatureKind::Seal);
    prepare(document.package().unwrap(), &request, &counting).unwrap();
    let first = count.replace(0);
    let prepared = prepare(document.package().unwrap(), &request, &counting).unwrap();
    assert!(count.get() < first, "{} {first}", count.get());
    let facts = inspect(&prepared.finish(vec![1]), &Budget::default());
    assert!(all_match(&facts));
}
