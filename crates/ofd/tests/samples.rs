//! Files that others made: what an independent checker found in them is found here, too.
#![allow(clippy::unwrap_used)]

mod common;

use ofd::*;
use sm3::{Digest, Sm3};

/// SM3 under each of the names seen in the field.
fn sm3(method: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let known = ["1.2.156.10197.1.401", "1.2.156.10197.1.401.1", "1.2.156.10197.1.401.2"];
    (known.contains(&method) || method.eq_ignore_ascii_case("SM3")).then(|| Sm3::digest(bytes).to_vec())
}

fn facts(name: &str) -> Option<Facts> {
    let bytes = std::fs::read(common::samples()?.join(name)).unwrap();
    let facts = inspect_bytes(&bytes, &Budget::default()).unwrap();
    eprintln!("{name}: {} pages, {} signatures", facts.pages.len(), facts.signatures.len());
    for problem in &facts.problems {
        eprintln!("  {problem}");
    }
    Some(facts)
}

/// Per signature: references that match, references that do not.
fn digests(facts: &Facts) -> Vec<(usize, usize)> {
    let mut out = vec![(0, 0); facts.signatures.len()];
    for outcome in facts.check_references(&sm3) {
        match outcome.status {
            ReferenceStatus::Matches => out[outcome.signature].0 += 1,
            _ => out[outcome.signature].1 += 1,
        }
    }
    out
}

fn wrong(facts: &Facts) -> Vec<usize> {
    digests(facts)
        .into_iter()
        .map(|(good, wrong)| {
            assert!(good + wrong > 0);
            wrong
        })
        .collect()
}

#[test]
fn every_sample_opens() {
    let Some(folder) = common::samples() else { return };
    let mut count = 0;
    for kind in ["signed", "made", "plain"] {
        for entry in std::fs::read_dir(folder.join(kind)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let package = read(&bytes, &Budget::default()).unwrap();
            let facts = inspect(&package, &Budget::default());
            assert!(!facts.pages.is_empty(), "{path:?}");
            assert!(facts.pages.iter().any(|page| !page.text.is_empty() || page.paths > 0), "{path:?}");
            assert!(facts.info.doc_id.is_some(), "{path:?}");
            assert_eq!(facts.problems_of(ProblemClass::Unread).count(), 0, "{path:?}");
            // A verifier must be able to be strict: honest tools make nothing that two readers see differently.
            let ambiguous: Vec<&Problem> = facts.problems_of(ProblemClass::Ambiguous).collect();
            assert!(ambiguous.is_empty(), "{path:?}: {ambiguous:?}");
            // Packing again changes the zip, never a file in it (B2: bytes are signed, not meanings).
            let again = read(&package.to_zip().unwrap(), &Budget::default()).unwrap();
            assert!(package.parts().eq(again.parts()), "{path:?}");
            count += 1;
        }
    }
    assert!(count >= 17);
}

#[test]
fn invoice_with_a_template_named_in_the_wrong_case() {
    let Some(facts) = facts("signed/v4-invoice-valid.ofd") else { return };
    assert_eq!(wrong(&facts), [0]);
    assert!(facts.has(ProblemKind::PathCase));
    let signature = &facts.signatures[0];
    assert_eq!(signature.kind, Some(SignatureKind::Seal));
    assert_eq!(signature.seal, None);
    assert!(signature.uncovered.is_empty(), "{:?}", signature.uncovered);
    assert!(!signature.covers_list);
    assert_eq!(signature.provider.as_ref().unwrap().name, "gomain_eseal");
    assert_eq!(signature.check_method.as_deref(), Some("1.2.156.10197.1.401"));
    assert_eq!(signature.date_time.as_deref(), Some("20201010151120"));
    assert_eq!(signature.stamps[0].page, Some(0));
    assert_eq!(facts.custom_data("发票代码"), Some("050001700111"));
    let page = &facts.pages[0];
    assert_eq!(page.size(), Size::new(Um::mm(210), Um::mm(140)));
    let code = page.text.iter().find(|run| run.text == "050001700111").unwrap();
    assert_eq!((code.x, code.y, code.size), (Um::mm(164), Um(10_288), Um(3175)));
    assert_eq!((&*code.font_name, code.source), ("宋体", Source::Page));
    assert!(page.text.iter().any(|run| run.source == Source::Template));
    assert_eq!(facts.attachments[0].name, "original_invoice");
    assert!(facts.attachments[0].file.is_some());
    assert_eq!(facts.annotations[0].kind, "Stamp");
    // Document.xml of this one does not link its tags.
    assert_eq!(facts.unreachable, ["Doc_0/Tags/CustomTags.xml", "Doc_0/Tags/Tag_Invoice.xml"]);
}

#[test]
fn invoice_changed_in_one_path() {
    let Some(facts) = facts("signed/v4-invoice-tampered.ofd") else { return };
    let bad: Vec<ReferenceOutcome> =
        facts.check_references(&sm3).into_iter().filter(|outcome| outcome.status != ReferenceStatus::Matches).collect();
    assert_eq!(bad.len(), 1);
    assert_eq!(bad[0].file_ref, "/Doc_0/Document.xml");
    assert_eq!(facts.signatures[0].references.len(), 13);
}

#[test]
fn relative_location_and_an_unprotected_entry_file() {
    let Some(facts) = facts("signed/v4-relative-baseloc.ofd") else { return };
    assert_eq!(wrong(&facts), [0]);
    assert_eq!(facts.signatures[0].uncovered, ["OFD.xml"]);
    assert_eq!(facts.pages.len(), 5);
}

#[test]
fn unprotected_templates() {
    let Some(facts) = facts("signed/v4-unprotected-template.ofd") else { return };
    assert_eq!(wrong(&facts), [0]);
    assert_eq!(facts.signatures[0].uncovered, ["Doc_0/TPLS/TPL_0/Content.xml", "Doc_0/TPLS/TPL_1/Content.xml"]);
    assert!(facts.signatures[0].covers_list);
    assert!(facts.signatures[0].seal.is_some());
}

#[test]
fn whole_packages_leave_nothing_open() {
    for name in ["signed/v4-all-protected.ofd", "signed/v4-straddle.ofd", "made/v1-seal.ofd", "made/v5-seal.ofd"] {
        let Some(facts) = facts(name) else { return };
        assert_eq!(wrong(&facts), [0], "{name}");
        let signature = &facts.signatures[0];
        assert!(
            signature.uncovered.is_empty() && signature.uncovered_signature_files.is_empty(),
            "{name}: {signature:?}"
        );
        assert!(signature.covers_list && facts.unreachable.is_empty(), "{name}");
    }
}

#[test]
fn straddle_seal_touches_every_page() {
    let Some(facts) = facts("signed/v4-straddle.ofd") else { return };
    let stamps = &facts.signatures[0].stamps;
    assert_eq!(
        stamps.iter().map(|stamp| stamp.page).collect::<Vec<_>>(),
        [Some(0), Some(1), Some(2), Some(3), Some(4)]
    );
    assert!(stamps.iter().all(|stamp| stamp.clip.is_some()));
}

#[test]
fn second_seal_broke_the_first() {
    let Some(facts) = facts("signed/v4-two-seals-first-broken.ofd") else { return };
    assert_eq!(wrong(&facts), [1, 0]);
    assert!(facts.has(ProblemKind::MaxSignId));
    assert!(facts.signatures[0].covers_list);
}

#[test]
fn building_permit_whose_pages_were_edited() {
    let Some(facts) = facts("signed/v4-licence-two-seals-tampered.ofd") else { return };
    assert_eq!(wrong(&facts), [2, 2]);
    assert!(facts.fonts.iter().any(FontFacts::embedded));
    assert!(facts.pages[0].text.iter().any(|run| run.source == Source::Template));
}

#[test]
fn repacked_package_matches_nothing() {
    let Some(facts) = facts("signed/v1-repacked-broken.ofd") else { return };
    assert_eq!(digests(&facts), [(0, 6)]);
    assert_eq!(facts.signatures[0].check_method.as_deref(), Some("1.2.156.10197.1.401.2"));
}

#[test]
fn plain_signatures() {
    for name in ["signed/sign-bare-sm2.ofd", "made/sign-cms-econtent.ofd"] {
        let Some(facts) = facts(name) else { return };
        assert_eq!(wrong(&facts), [0], "{name}");
        assert_eq!(facts.signatures[0].kind, Some(SignatureKind::Sign));
        assert!(facts.signatures[0].stamps.is_empty() && facts.signatures[0].value.is_some());
    }
}

#[test]
fn two_plain_signatures_of_which_the_second_covers_the_first() {
    let Some(facts) = facts("signed/sign-cms-two.ofd") else { return };
    assert_eq!(wrong(&facts), [0, 0]);
    assert!(facts.signatures[0].uncovered.contains(&"OFD.xml".to_owned()));
    assert!(!facts.signatures[0].covers_list && facts.signatures[1].covers_list);
    assert!(facts.has(ProblemKind::OldNamespace));
}

#[test]
fn plain_packages() {
    let Some(facts) = facts("plain/minimal.ofd") else { return };
    assert!(facts.signatures.is_empty());
    let facts = self::facts("plain/integrity-gmt0099.ofd").unwrap();
    assert_eq!(facts.integrity.as_ref().map(|list| list.path.as_str()), Some("OFDEntries.xml"));
    assert!(facts.unreachable.is_empty(), "{:?}", facts.unreachable);
    let facts = self::facts("plain/ofd-a.ofd").unwrap();
    assert_eq!(facts.info.doc_type.as_deref(), Some("OFD-A"));
}

/// An existing package takes our signature, and no byte of another file moves.
#[test]
fn foreign_packages_can_be_signed() {
    let Some(folder) = common::samples() else { return };
    let bytes = std::fs::read(folder.join("plain/minimal.ofd")).unwrap();
    let before = read(&bytes, &Budget::default()).unwrap();
    let signed = common::sign(before.clone(), &common::request(SignatureKind::Seal)).unwrap();
    let facts = inspect_bytes(&signed.to_zip().unwrap(), &Budget::default()).unwrap();
    assert!(common::all_match(&facts));
    assert!(facts.signatures[0].uncovered.is_empty() && facts.unreachable.is_empty());
    for (name, part) in before.parts().filter(|(name, _)| *name != "OFD.xml") {
        assert_eq!(signed.part(name), Some(part), "{name}");
    }

    // The first signature of this one leaves the list open, so a second may follow and must not spoil it.
    let bytes = std::fs::read(folder.join("signed/v4-invoice-valid.ofd")).unwrap();
    // The digest of these tests is none: under a name of its own it is not compared with what the first one says.
    let request = SignatureRequest { check_method: "2.999".to_owned(), ..common::request(SignatureKind::Seal) };
    let twice = common::sign(read(&bytes, &Budget::default()).unwrap(), &request).unwrap();
    let facts = inspect_bytes(&twice.to_zip().unwrap(), &Budget::default()).unwrap();
    assert_eq!(facts.signatures.len(), 2);
    assert_eq!(digests(&facts)[0], (13, 0));
    assert!(facts.signatures[1].uncovered.is_empty() && facts.signatures[1].uncovered_signature_files.is_empty());

    let bytes = std::fs::read(folder.join("signed/v4-all-protected.ofd")).unwrap();
    let refused = common::sign(read(&bytes, &Budget::default()).unwrap(), &common::request(SignatureKind::Seal));
    assert!(matches!(refused, Err(SignError::ListProtected { .. })), "{refused:?}");
}
