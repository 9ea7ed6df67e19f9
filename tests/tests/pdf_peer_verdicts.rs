//! Some three hundred PDFs that pyHanko signs, and changes afterwards in ways good and bad: our verdict on their integrity is
//! that of its strict validation, but where the table below says why not.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use license_core::trust::TrustList;
use license_core::verify::{self, Integrity, Limits, Policy, Report};
use tests::peers::{self, Variant};
use time::macros::datetime;

/// Where we differ: beginning of the name, end of the name, what we say, and why.
const DIFFERENT: &[(&str, &str, Integrity, &str)] = &[
    ("after-", "-need-appearances", Integrity::Broken, "viewers would paint field values instead of what was signed"),
    ("after-", "-need-appearances-then-signed", Integrity::Broken, "the same"),
    ("after-", "-field-dropped-then-signed", Integrity::Broken, "pyHanko does not miss a signature that is gone"),
    (
        "defaults-paint-a-field",
        "",
        Integrity::Broken,
        "defaults of the form paint a field that has no picture of its own",
    ),
    ("store-dropped", "", Integrity::Broken, "validation data may be put in order, not taken away"),
    ("key-ed448", "", Integrity::Unchecked, "no library at hand is good enough for Ed448 (decision 0022)"),
];

const CANNOT_TELL: verify::Reason = verify::Reason::AlgorithmUnsupported;

fn judge(pdf: &[u8]) -> Report {
    let policy = Policy { plain_cms: true, ..Policy::default() };
    let facts = verify::inspect(pdf, &Limits::default());
    verify::judge(&facts, &TrustList::default(), &policy, datetime!(2026-12-02 0:00 UTC))
}

fn objection(variant: &Variant) -> Option<String> {
    let Variant { name, pdf, valid, why } = variant;
    let report = judge(pdf);
    let named = |(start, end, ..): &&(&str, &str, Integrity, &str)| name.starts_with(start) && name.ends_with(end);
    let wanted = match DIFFERENT.iter().find(named) {
        Some((_, _, ours, _)) => *ours,
        None if *valid => Integrity::Intact,
        None if name.ends_with("-unsigned") => Integrity::Unsigned,
        None => Integrity::Broken,
    };
    let reason = |effect| report.reasons().any(|reason| reason.effect() == effect);
    let told = match wanted {
        Integrity::Intact => true,
        Integrity::Unchecked => !reason(verify::Effect::Fails) && report.reasons().any(|reason| reason == CANNOT_TELL),
        _ => reason(verify::Effect::Fails),
    };
    // What is right, but weak, is not told as wrong.
    let weak = !name.contains("sha1") || report.reasons().any(|reason| reason == verify::Reason::AlgorithmWeak);
    let forged = name.contains("sha1") && report.reasons().any(|reason| reason == verify::Reason::CmsSignature);
    // EN 319 102-1 has one word for both.
    let of_algorithms = |signature: &verify::SignatureReport| {
        let why = signature.indication.and_then(verify::Indication::sub_indication);
        why == Some(verify::SubIndication::CryptoConstraintsFailure)
    };
    let worded =
        !(name.contains("sha1") || wanted == Integrity::Unchecked) || report.signatures.iter().all(of_algorithms);
    let agrees = report.integrity == wanted && told && weak && !forged && worded;
    let found: Vec<_> = report.checks.iter().filter(|check| check.outcome.reason().is_some()).collect();
    (!agrees).then(|| format!("{name}: {:?}, wanted {wanted:?}; pyHanko: {why}\n    {found:?}", report.integrity))
}

#[test]
fn our_verdict_is_that_of_pyhanko() {
    let Some(variants) = peers::pyhanko_variants() else { return };
    assert!(variants.len() > 300, "{} files", variants.len());
    assert!(variants.iter().filter(|variant| variant.valid).count() > 150, "too few good ones");
    let wrong: Vec<String> = variants.iter().filter_map(objection).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), variants.len(), wrong.join("\n"));
    for (start, end, _, why) in DIFFERENT {
        let there = variants.iter().any(|variant| variant.name.starts_with(start) && variant.name.ends_with(end));
        assert!(there, "{start}…{end} ({why}) is about no file");
    }
}
