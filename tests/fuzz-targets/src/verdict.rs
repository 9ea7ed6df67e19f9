//! Whole verification: facts, then a report. Nothing but what was issued may pass.

use std::sync::LazyLock;

use license_core::index::IndexText;
use license_core::trust::TrustList;
use license_core::verify::{self, Kind, Limits, Policy, Verdict};
use ofd::Package;
use pki::Certificate;
use time::OffsetDateTime;
use time::macros::datetime;

/// A license of the test deployment, without artwork: as OFD, as PDF, as the text of its QR code.
const LICENSE: [&[u8]; 3] = [
    include_bytes!("../../../fuzz/seeds/license/license.ofd"),
    include_bytes!("../../../fuzz/seeds/license/license.pdf"),
    include_bytes!("../../../fuzz/seeds/license/license.txt"),
];

/// Packages whose parts are replaced: ours, and one of each kind of signature.
const PACKAGES: [&[u8]; 5] = [
    LICENSE[0],
    include_bytes!("../../../fixtures/ofd-samples/v4-invoice-valid.ofd"),
    include_bytes!("../../../fixtures/ofd-samples/sign-cms-econtent.ofd"),
    include_bytes!("../../../fixtures/ofd-samples/v1-seal.ofd"),
    include_bytes!("../../../fixtures/ofd-samples/v5-seal.ofd"),
];

/// When everything is judged: while the license and its certificates are valid.
pub(crate) const AT: OffsetDateTime = datetime!(2026-12-15 10:00 +8);

/// The roots of the test deployment.
pub(crate) static ROOTS: LazyLock<Vec<Certificate>> = LazyLock::new(|| {
    let pems = [
        include_str!("../../../fixtures/pki/trust/root-p256.pem"),
        include_str!("../../../fixtures/pki/trust/root-sm2.pem"),
    ];
    pems.iter().map(|pem| Certificate::from_pem(pem).expect("a fixture")).collect()
});

/// Its trust list.
pub(crate) static TRUST: LazyLock<TrustList> = LazyLock::new(|| {
    let text = include_str!("../../../fixtures/pki/trust/trust-list.jws");
    TrustList::open(text, &ROOTS).expect("a fixture")
});

/// The index token of the license.
pub(crate) static TOKEN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let text = std::str::from_utf8(LICENSE[2]).expect("text");
    IndexText::parse(text).expect("a seed").token().as_bytes().to_vec()
});

static OPENED: LazyLock<Vec<Package>> = LazyLock::new(|| PACKAGES.iter().map(|bytes| open(bytes)).collect());

/// Any bytes.
pub(crate) fn bytes(data: &[u8]) {
    judged(data);
}

/// How often each of [`PACKAGES`] is taken: the large ones cost ten times the small ones.
const TAKEN: [usize; 16] = [0, 1, 2, 3, 4, 1, 2, 2, 2, 2, 2, 1, 2, 2, 1, 2];

/// One part of a good package replaced, and packed again with honest headers: the first byte says which package, the
/// second which part, the rest is what the part becomes.
pub(crate) fn parts(data: &[u8]) {
    let [which, part, content @ ..] = data else { return };
    let mut package = OPENED[TAKEN[usize::from(*which) % TAKEN.len()]].clone();
    let names: Vec<String> = package.parts().map(|(name, _)| name.to_owned()).collect();
    package.set(&names[usize::from(*part) % names.len()], content.to_vec());
    judged(&package.to_zip().expect("a package that was read can be written"));
}

fn judged(bytes: &[u8]) {
    let facts = verify::inspect(bytes, &Limits::default());
    let report = verify::judge(&facts, &TRUST, &Policy::default(), AT);
    assert_eq!(report.verdict, verify::report::verdict_of(&report.checks), "a verdict beside its checks");
    if report.verdict == Verdict::Passed {
        assert!(issued(report.kind, bytes), "passed, and was never issued");
    }
}

/// How a file was deflated is the one thing that may differ, and the address before a token.
fn issued(kind: Kind, bytes: &[u8]) -> bool {
    match kind {
        Kind::Ofd => open(bytes).parts().eq(OPENED[0].parts()),
        Kind::Pdf => bytes == LICENSE[1],
        _ => {
            let text = license_core::index::fold_pasted(&String::from_utf8_lossy(bytes).replace('\u{feff}', ""));
            IndexText::parse(&text).is_ok_and(|index| index.token().as_bytes() == *TOKEN)
        }
    }
}

fn open(bytes: &[u8]) -> Package {
    ofd::read(bytes, &ofd::Budget::default()).expect("a package that opens")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise the target would look for nothing.
    #[test]
    fn what_was_issued_passes() {
        for bytes in LICENSE {
            let facts = verify::inspect(bytes, &Limits::default());
            let report = verify::judge(&facts, &TRUST, &Policy::default(), AT);
            let failed: Vec<_> = report.checks.iter().filter(|check| check.outcome.reason().is_some()).collect();
            assert_eq!(report.verdict, Verdict::Passed, "{failed:?}");
            assert!(issued(report.kind, bytes));
        }
    }
}
