//! The two containers.

use ofd::{Budget, inspect, inspect_bytes, read};

/// An OFD package: what was read can be written again, and reads the same.
pub(crate) fn package(data: &[u8]) {
    let budget = Budget::default();
    let Ok(package) = read(data, &budget) else {
        assert!(inspect_bytes(data, &budget).is_err(), "one door opens what the other does not");
        return;
    };
    let facts = inspect(&package, &budget);
    assert!(facts.problems.len() <= budget.problems + 1, "more problems than there may be");
    facts.check_references(&|_, bytes| Some(vec![bytes.len() as u8; 32]));
    if let Ok(zip) = package.to_zip() {
        let again = read(&zip, &budget).expect("what we wrote opens");
        assert!(again.parts().eq(package.parts()), "what we wrote reads as something else");
    }
}

/// A PDF: revisions, signatures, changes, and what the document shows and carries.
pub(crate) fn pdf(data: &[u8]) {
    let budget = pdf_sign::Budget::default();
    let facts = pdf_sign::inspect(data, &budget);
    for signature in &facts.signatures {
        if let Some(covered) = signature.signed_bytes(data) {
            assert!(covered.iter().map(|part| part.len()).sum::<usize>() <= data.len(), "covers more than there is");
        }
        assert!(signature.der().is_none_or(|der| der.len() <= data.len()), "a value longer than the file");
        facts.later_changes(signature).count();
    }
    facts.flaws();
    if let Ok(document) = pdf_sign::Document::open(data, &budget) {
        let _ = document.text_by_page();
        let _ = document.attachments();
        let _ = document.xmp();
        let _ = document.page_sizes();
        let _ = document.validation_data();
        document.info();
    }
}
