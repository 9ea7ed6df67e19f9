//! Formats of this house: the index in the QR code, the trust list, signed reports, the record.

use std::sync::LazyLock;

use license_core::index::{IndexText, fold_pasted};
use license_core::record::Record;
use license_core::trust::TrustList;
use license_core::verify::signed_report::{self, SignedReport};
use license_core::verify::{Policy, Verdict};

use crate::verdict::{AT, ROOTS, TOKEN, TRUST};

/// An index as bytes and as text: one spelling only, and only the true one holds.
pub(crate) fn index(data: &[u8]) {
    if let Ok(token) = license_core::index::Token::from_bytes(data) {
        assert_eq!(token.as_bytes(), data, "two spellings of one token");
        forged(&token);
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    let folded = fold_pasted(text);
    assert_eq!(fold_pasted(&folded), folded, "folding twice differs");
    if let Ok(index) = IndexText::parse(text) {
        assert_eq!(index.to_string(), text, "two spellings of one index");
        forged(index.token());
    }
}

fn forged(token: &license_core::index::Token) {
    let _ = token.claims().license_id();
    if token.as_bytes() != *TOKEN {
        let keys = TRUST.issuers.iter().flat_map(|issuer| &issuer.index_keys);
        keys.for_each(|key| assert!(!token.verify(&key.key), "a forged index holds"));
    }
}

/// A trust list in its envelope, and the JSON inside.
pub(crate) fn trust_list(data: &[u8]) {
    if let Ok(list) = TrustList::from_json(data) {
        let written = list.to_json();
        let again = TrustList::from_json(&written).expect("our own list reads");
        assert_eq!(again.to_json(), written, "a list that changes with each writing");
    }
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(list) = TrustList::open(text, &ROOTS)
    {
        let json = list.to_json();
        assert!(json == TRUST.to_json() || json == *SEED, "a forged trust list opens");
    }
}

/// The list of the seed, which the root signed, too.
static SEED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let text = include_str!("../../../fuzz/seeds/trust_list/jws");
    TrustList::open(text, &ROOTS).map(|list| list.to_json()).unwrap_or_default()
});

/// A signed verification report: nothing but the server's own is believed.
pub(crate) fn signed_report(data: &[u8]) {
    let report = signed_report::recheck(data, None, &TRUST, &Policy::default(), AT);
    let own = include_bytes!("../../../fuzz/seeds/signed_report/good");
    let same = data.strip_suffix(b"\n").unwrap_or(data) == own;
    assert_eq!(report.verdict == Verdict::Passed, same, "a forged report is believed, or the true one is not");
    if let Ok(read) = SignedReport::parse(data) {
        assert!(!read.statement().asked.is_about(b"another file"), "a report about everything");
    }
}

/// The record that is attached to a license: one spelling only.
pub(crate) fn record(data: &[u8]) {
    let Ok(record) = Record::from_canonical_json(data) else { return };
    assert_eq!(record.to_canonical_json(), data, "two spellings of one record");
    record.metadata();
    record.public_holder();
    record.digest();
}
