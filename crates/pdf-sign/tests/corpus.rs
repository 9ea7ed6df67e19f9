//! The foreign corpus: what structure alone can tell agrees with the README's `strict` verdict.
#![allow(clippy::unwrap_used)]

mod common;

use pdf_sign::{Alteration, Budget, ChangeKind, Flaw, ProblemKind, RangeCheck, Standing, inspect};

/// What speaks against a file, as its structure shows it.
enum Expect {
    /// No flaw: genuine, or wrong only inside the CMS.
    Clean,
    /// Needs repair.
    Repair,
    /// A raw check fails.
    Check(RangeCheck),
    /// Altered later.
    Altered,
}

use Expect::{Altered, Check, Clean, Repair};

const FILES: &[(&str, Expect)] = &[
    ("dss-1376-fields-filled-after", Altered),
    ("dss-1376-rev1-signed", Clean),
    ("dss-byterange-overlap", Check(RangeCheck::GapIsContents)),
    ("dss-certified-changes-permitted", Clean),
    ("dss-double-signer-info", Clean), // two SignerInfos: for the CMS reader
    ("dss-lta-copied-doctst", Clean),  // the imprint: for the CMS reader
    ("dss-pdf-signed-added-page", Altered),
    ("dss-pdf-signed-original", Clean),
    ("dss-shadow-hide", Repair),
    ("dss-spoofing-replaced-reason", Altered),
    ("pdfjs-signed-delimiters-in-range", Check(RangeCheck::GapIsContents)),
    ("pyhanko-certified-indirect-refs", Clean),
    ("pyhanko-ed448-disallowed-hash", Clean), // algorithms: for the CMS reader
    ("pyhanko-form-update-legit", Clean),
    ("pyhanko-form-update-sneaky", Altered),
    ("pyhanko-minimal-signed-twice-no-sig-type", Clean),
    ("pyhanko-one-byterange", Check(RangeCheck::ByteRangeForm)),
    ("pyhanko-pades-lta-dss-indirect-arrs", Clean),
    ("pyhanko-sig-no-signed-attrs", Clean), // for the CMS reader
    ("pyhanko-tail-uncovered", Check(RangeCheck::EndsRevision)),
    ("rub-isa-a", Repair),
    ("rub-isa-b", Repair),
    ("rub-isa-c", Repair),
    ("rub-isa-h", Repair),
    ("rub-siwa-a", Repair),
    ("rub-siwa-c", Repair),
    ("rub-usf-01-empty-contents", Check(RangeCheck::ContentsForm)),
    ("rub-usf-03-null-contents", Check(RangeCheck::ContentsForm)),
    ("rub-usf-12-null-byterange", Check(RangeCheck::ByteRangeForm)),
];

fn read(name: &str) -> Option<Vec<u8>> {
    common::corpus().map(|folder| std::fs::read(folder.join(format!("{name}.pdf"))).unwrap())
}

#[test]
fn every_file_shows_what_structure_can_show() {
    if common::corpus().is_none() {
        return;
    }
    for (name, expect) in FILES {
        let bytes = read(name).unwrap();
        let facts = inspect(&bytes, &Budget::default());
        let flaws: Vec<Flaw> = facts.flaws().into_iter().filter(|f| !f.is_matter_of_policy()).collect();
        let has = |test: &dyn Fn(&Flaw) -> bool| flaws.iter().any(test);
        let agrees = match expect {
            Clean => flaws.is_empty() && !facts.signatures.is_empty(),
            Repair => has(&|f| matches!(f, Flaw::Structure(_))),
            Altered => has(&|f| matches!(f, Flaw::Altered { .. })),
            Check(check) => has(&|f| matches!(f, Flaw::Check { check: c, .. } if c == check)),
        };
        assert!(agrees, "{name}: {flaws:?}");
        for signature in facts.signatures.iter().filter(|s| s.checks_passed()) {
            let [first, second] = signature.signed_bytes(&bytes).unwrap();
            let [_, a, _, c] = signature.byte_range.unwrap();
            assert_eq!((first.len(), second.len()), (a, c), "{name}");
            assert_eq!(signature.der().unwrap()[0], 0x30, "{name}");
        }
    }
}

#[test]
fn long_term_file_has_its_parts() {
    let Some(bytes) = read("pyhanko-pades-lta-dss-indirect-arrs") else { return };
    let doc = pdf_sign::Document::open(&bytes, &Budget::default()).unwrap();
    let facts = doc.facts();
    assert_eq!((facts.revisions.len(), facts.signatures.len(), facts.has_dss), (5, 2, true));
    assert_eq!(facts.signatures.iter().map(|s| s.is_doc_timestamp()).collect::<Vec<_>>(), [false, true]);
    assert_eq!(facts.signatures.iter().map(|s| s.revision.unwrap()).collect::<Vec<_>>(), [2, 3]);
    let data = doc.validation_data().unwrap();
    assert_eq!((data.certs.len(), data.ocsps.len(), data.crls.len()), (5, 1, 1));
    let later: Vec<&ChangeKind> = facts.later_changes(&facts.signatures[1]).map(|(_, change)| &change.kind).collect();
    assert!(later.contains(&&ChangeKind::ValidationData));
    // Lists and entries in ways that a license would not have.
    assert!(later.iter().all(|kind| matches!(kind, ChangeKind::ValidationData | ChangeKind::Superfluous)), "{later:?}");
}

#[test]
fn spoofed_dictionary_names_both_signatures() {
    let Some(bytes) = read("dss-spoofing-replaced-reason") else { return };
    let facts = inspect(&bytes, &Budget::default());
    assert_eq!(facts.signatures.iter().map(|s| s.standing).collect::<Vec<_>>(), [Standing::Removed, Standing::Current]);
    assert!(facts.signatures.iter().all(|s| s.duplicate));
    assert_ne!(facts.signatures[0].reason, facts.signatures[1].reason);
    let what = Alteration::SignatureDictionary;
    assert!(facts.flaws().iter().any(|f| matches!(f, Flaw::Altered { what: w, .. } if *w == what)));
}

#[test]
fn a_broken_tail_still_shows_the_signature_before_it() {
    let Some(bytes) = read("rub-isa-b") else { return };
    let facts = inspect(&bytes, &Budget::default());
    assert_eq!(facts.problems[0].kind, ProblemKind::TrailingBytes);
    assert!(facts.read < bytes.len() && facts.signatures.len() == 1);
}

#[test]
fn added_page_is_not_in_the_text_of_the_original() {
    let (Some(before), Some(after)) = (read("dss-pdf-signed-original"), read("dss-pdf-signed-added-page")) else {
        return;
    };
    let pages = |bytes: &[u8]| pdf_sign::Document::open(bytes, &Budget::default()).unwrap().page_sizes().unwrap().len();
    assert_eq!(pages(&before) + 1, pages(&after));
}
