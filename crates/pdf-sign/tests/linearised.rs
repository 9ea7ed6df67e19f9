//! Linearised files (annex F): two sections make one revision, and nothing else may lead forwards.
#![allow(clippy::unwrap_used)]

mod common;

use pdf_sign::{Budget, Document, NewField, ProblemKind, Slot, inspect, prepare};

/// A linearised file as small as can be: the dictionary, the section in force, the first page; then the rest.
fn linearised(spoil: &dyn Fn(String) -> String) -> Vec<u8> {
    let build = |first_at: usize, main_at: usize, at: &dyn Fn(u32) -> usize| {
        let entry = |num: u32| format!("{:010} 00000 n \n", at(num));
        let mut out = String::from("%PDF-1.4\n3 0 obj\n<</Linearized 1 /L 0 /H [0 0] /O 5 /E 0 /N 1 /T 0>>\nendobj\n");
        let first = out.len();
        out += &format!(
            "xref\n3 4\n{}{}{}{}trailer\n<</Size 7 /Root 4 0 R /Prev {main_at:010}>>\nstartxref\n0\n%%EOF\n",
            entry(3),
            entry(4),
            entry(5),
            entry(6)
        );
        out += "4 0 obj\n<</Type /Catalog /Pages 1 0 R>>\nendobj\n";
        out +=
            "5 0 obj\n<</Type /Page /Parent 1 0 R /MediaBox [0 0 595 842] /Contents 6 0 R /Resources 2 0 R>>\nendobj\n";
        out += "6 0 obj\n<</Length 2>>\nstream\nq \nendstream\nendobj\n";
        out += "1 0 obj\n<</Type /Pages /Kids [5 0 R] /Count 1>>\nendobj\n";
        out += "2 0 obj\n<<>>\nendobj\n";
        let main = out.len();
        out += &format!(
            "xref\n0 3\n0000000000 65535 f \n{}{}trailer\n<</Size 3>>\nstartxref\n{first_at}\n%%EOF\n",
            entry(1),
            entry(2)
        );
        (out, first, main)
    };
    let (draft, first, main) = build(0, 0, &|_| 0);
    let shift = first.to_string().len() - 1;
    let at = |num: u32| draft.find(&format!("\n{num} 0 obj")).unwrap() + 1;
    let (done, ..) = build(first, main, &at);
    assert_eq!(done.len(), draft.len() + shift);
    spoil(done).into_bytes()
}

#[test]
fn two_sections_are_one_revision_that_can_be_signed() {
    let pdf = linearised(&|text| text);
    let facts = inspect(&pdf, &Budget::default());
    assert_eq!(facts.flaws(), []);
    assert_eq!((facts.revisions.len(), facts.pages), (1, 1));
    let cms = common::fake_cms();
    let signed = prepare(pdf, Slot::NewField(NewField::invisible("seal"))).unwrap().finish(&cms).unwrap();
    let facts = inspect(&signed, &Budget::default());
    assert_eq!(facts.flaws(), []);
    assert_eq!((facts.revisions.len(), facts.signatures.len()), (2, 1));
}

#[test]
fn what_only_looks_linearised_is_refused() {
    let refused =
        |spoil: &dyn Fn(String) -> String| Document::open(&linearised(spoil), &Budget::default()).unwrap_err();
    assert_eq!(refused(&|text| text.replace("/Linearized", "/Linearised")).kind, ProblemKind::Prev);
    let twice = refused(&|text| {
        text.replace("0 3\n0000000000 65535 f ", "2 3\n0000000000 65535 f ").replace("/Size 3", "/Size 7")
    });
    assert_eq!(twice.kind, ProblemKind::XrefDuplicate);
    assert_eq!(refused(&|text| text.replacen("startxref\n0\n", "startxref\n9\n", 1)).kind, ProblemKind::Startxref);
    let hidden = refused(&|text| text.replacen("%%EOF\n4 0 obj", "%%EOF\n8 0 obj", 1));
    assert_eq!(hidden.kind, ProblemKind::ObjectMissing);
}

/// Linearised by qpdf, with tables and with streams, then signed by pyHanko (`fixtures/README.md`).
#[test]
fn what_other_programs_linearise_and_sign_is_read() {
    for (name, revisions, signatures) in [("linearised", 3, 2), ("linearised-packed-lta", 5, 2)] {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../fixtures/peers/{name}.pdf"));
        let facts = inspect(&std::fs::read(file).unwrap(), &Budget::default());
        let fatal: Vec<_> = facts.flaws().into_iter().filter(|flaw| !flaw.is_matter_of_policy()).collect();
        assert_eq!(fatal, [], "{name}");
        assert_eq!((facts.revisions.len(), facts.signatures.len()), (revisions, signatures), "{name}");
    }
}
