//! Licenses over the decades (requirements B5, B8): the clock moves on, CAs and services go, and the report says by what a
//! signature is still proven, or what is missing. Each state with its code is a case of `reasons/evidence.rs`.
#![allow(clippy::unwrap_used)]

mod verify_support;

use license_core::pdf_signing::{self, ArchiveRequest, Knowledge, Material};
use license_core::verify::{Integrity, ProofKind, Reason, Report, RevocationMode, RevocationState, Verdict};
use pki::{Certificate, RevocationReason, Signer as _};
use time::{Duration, OffsetDateTime};
use verify_support::recipe::Recipe;
use verify_support::stamps::{
    self, ARCHIVED, RENEWED, Revoked, STAMPED, TEN_YEARS, TWENTY_YEARS, archived, court, list, lists, renewed,
    services, stamped, strict, trusting,
};
use verify_support::{Court, ISSUED, JUDGED, MARKET, explain, good, signer};

fn state(report: &Report, at: usize) -> (&'static str, Option<&'static str>) {
    let indication = report.signatures[at].indication.unwrap();
    (indication.name(), indication.sub_indication().map(|why| why.name()))
}

/// The test of issue 4: ten years on, CA and services gone.
#[test]
fn after_ten_years_an_archived_license_is_genuine_and_a_plain_one_cannot_be_told() {
    let archived = court(TEN_YEARS).judge(&archived());
    assert_eq!(archived.verdict, Verdict::Passed, "{}", explain(&archived));
    assert!(archived.subject.is_some());
    let signature = &archived.signatures[0];
    let proof = signature.proof.as_ref().unwrap();
    assert_eq!((proof.kind, proof.at), (ProofKind::SignatureTimeStamp, STAMPED));
    assert!(signature.time_proven && proof.authority.contains("TSA 1"));
    // What was known then, from the file itself.
    assert_eq!((signature.revocation.mode, signature.revocation.state), (RevocationMode::Soft, RevocationState::Good));
    let told: Vec<_> = signature.revocation.certificates.iter().map(|one| (one.state, one.evidence)).collect();
    assert_eq!(told, [(RevocationState::Good, Some("crl")); 2]);
    assert_eq!(signature.revocation.certificates[0].this_update, Some(ISSUED - Duration::HOUR));
    assert_eq!(state(&archived, 0), ("TOTAL-PASSED", None));
    assert_eq!((archived.signatures[1].form.as_str(), archived.signatures[1].time), ("doc-timestamp", Some(ARCHIVED)));

    let plain = court(TEN_YEARS).judge(good().pdf());
    assert_eq!((plain.verdict, plain.integrity), (Verdict::Indeterminate, Integrity::Intact), "{}", explain(&plain));
    assert_eq!(plain.headline(), Some(Reason::SignerLaterExpired));
    assert_eq!(state(&plain, 0), ("INDETERMINATE", Some("OUT_OF_BOUNDS_NO_POE")));
    let seal = court(TEN_YEARS).judge(good().ofd());
    assert_eq!(seal.headline(), Some(Reason::SignerLaterExpired));
}

#[test]
fn an_archive_lives_as_long_as_it_is_renewed() {
    let once = archived();
    let twice = renewed(&services().second);
    let verdicts = |at: OffsetDateTime| [&once, &twice].map(|pdf| court(at).judge(pdf).verdict);
    assert_eq!(verdicts(RENEWED + Duration::DAY), [Verdict::Passed; 2]);
    assert_eq!(verdicts(TEN_YEARS), [Verdict::Passed; 2]);
    // By now signer, CA, root and the first service have expired.
    assert_eq!(verdicts(TWENTY_YEARS), [Verdict::Indeterminate, Verdict::Passed]);
    let report = court(TWENTY_YEARS).judge(&twice);
    let first = &report.signatures[1];
    let proof = first.proof.as_ref().unwrap();
    assert_eq!((proof.kind, proof.at, first.time_proven), (ProofKind::DocumentTimeStamp, RENEWED, true));
    // The second one's own certificate ends in 2050.
    let later = court(TWENTY_YEARS + Duration::days(5 * 365)).judge(&twice);
    assert!(later.reasons().any(|reason| reason == Reason::TimeStampExpired), "{}", explain(&later));
    assert_eq!(later.verdict, Verdict::Indeterminate);
}

/// Asked about the past, the answer is that of the past.
#[test]
fn a_verdict_at_a_past_time_needs_no_archive() {
    for bytes in [good().pdf(), good().ofd(), &archived()[..]] {
        assert_eq!(court(JUDGED).judge(bytes).verdict, Verdict::Passed);
    }
}

/// B8: a key is stolen; what was stamped before is kept, what was not cannot be told, what came after is refused.
#[test]
fn a_stolen_key_takes_only_what_is_not_proven_to_be_older() {
    let own = signer(&format!("{MARKET}-document"));
    let entry: Revoked<'_> = (own.certificate(), STAMPED + Duration::HOUR, RevocationReason::KeyCompromise);
    let crls = vec![list(&signer("p256-ca"), JUDGED - Duration::HOUR, &[entry])];
    let judge = |pdf: &[u8]| Court { crls: crls.clone(), ..court(JUDGED) }.judge(pdf);
    let first = &services().first;
    let kept = judge(&stamped(first, STAMPED));
    assert_eq!(kept.verdict, Verdict::Passed, "{}", explain(&kept));
    assert_eq!(kept.signatures[0].revocation.state, RevocationState::RevokedLater);
    let open = judge(good().pdf());
    assert_eq!(state(&open, 0), ("INDETERMINATE", Some("REVOKED_NO_POE")));
    // The thief backdates, and finds a service that tells the true time.
    let backdated = judge(&stamped(first, STAMPED + Duration::hours(2)));
    assert_eq!(state(&backdated, 0), ("INDETERMINATE", Some("REVOKED_NO_POE")), "{}", explain(&backdated));
    let recipe = Recipe::bare(good()).claiming(STAMPED + Duration::hours(2));
    let late = judge(&recipe.pdf());
    assert_eq!((late.verdict, state(&late, 0)), (Verdict::Failed, ("TOTAL-FAILED", Some("REVOKED"))));
    assert_eq!(late.signatures[0].revocation.state, RevocationState::Revoked);
}

#[test]
fn hard_and_soft_are_stated() {
    let of = |court: Court| court.judge(good().pdf());
    let soft = of(court(JUDGED));
    assert_eq!((soft.verdict, soft.signatures[0].revocation.mode), (Verdict::Passed, RevocationMode::Soft));
    assert_eq!(soft.signatures[0].revocation.state, RevocationState::NotChecked);
    let hard = of(strict(JUDGED));
    assert_eq!((hard.verdict, state(&hard, 0)), (Verdict::Indeterminate, ("INDETERMINATE", Some("TRY_LATER"))));
    assert!(hard.subject.is_some(), "nothing speaks against it");
    let known = of(Court { crls: lists(JUDGED - Duration::HOUR), ..strict(JUDGED) });
    assert_eq!(known.verdict, Verdict::Passed, "{}", explain(&known));
    let check = known.checks.iter().find(|check| check.name == "signer.revocation").unwrap();
    assert!(check.detail.starts_with("hard: ") && check.detail.contains("good by crl of 2026-12-15"), "{check:?}");
}

/// The seal of an OFD, by SM2 throughout: lists and answers of an SM2 CA, a time-stamp in its slot.
#[test]
fn a_stamped_seal_outlives_its_certificate() {
    let sealed = stamps::sealed_and_stamped(&services().first, STAMPED);
    let today = court(JUDGED).judge(&sealed);
    assert_eq!(today.verdict, Verdict::Passed, "{}", explain(&today));
    assert_eq!(today.signatures[0].proof.as_ref().unwrap().at, STAMPED);
    let later = court(TEN_YEARS).judge(&sealed);
    assert_eq!(later.verdict, Verdict::Passed, "{}", explain(&later));
    let sm2 = |this| ["sm2-ca", "sm2-root"].map(|ca| list(&signer(ca), this, &[])).to_vec();
    let mut crls = sm2(JUDGED - Duration::HOUR);
    crls.push(list(&services().root, JUDGED - Duration::HOUR, &[]));
    let strict = Court { crls, ..strict(JUDGED) }.judge(&sealed);
    assert_eq!(strict.verdict, Verdict::Passed, "{}", explain(&strict));
    assert_eq!(strict.signatures[0].revocation.state, RevocationState::Good);
    // Nobody may put anything else there.
    let stranger = stamps::sealed_and_stamped(&services().stranger, STAMPED);
    let report = court(TEN_YEARS).judge(&stranger);
    assert_eq!(report.verdict, Verdict::Indeterminate, "{}", explain(&report));
}

/// What `pdf_signing` makes of a license as issued, step by step: each step is genuine, the last one for decades.
#[test]
fn a_license_that_the_product_augments_stays_genuine() {
    let anchors: Vec<Certificate> = trusting().anchors.into_iter().map(|anchor| anchor.certificate).collect();
    let stamp = |pdf: Vec<u8>, at: OffsetDateTime| {
        let knowledge = Knowledge::new(&anchors, at);
        let prepared = pdf_signing::prepare_archive(pdf, &ArchiveRequest::new(&knowledge)).unwrap();
        let token = stamps::token(prepared.imprint(), &services().first, at);
        prepared.with_token(&token).unwrap()
    };
    let mut material = Material::new();
    for crl in lists(ISSUED - Duration::HOUR) {
        material.add_crl(crl.der()).unwrap();
    }
    let once = stamp(good().pdf().to_vec(), STAMPED);
    let full = pdf_signing::augment_lt(once.clone(), &Knowledge::new(&anchors, ARCHIVED), &material).unwrap();
    let archived = stamp(full.clone(), ARCHIVED);
    for (name, pdf) in [("B-T", &once), ("B-LT", &full), ("B-LTA", &archived)] {
        for at in [JUDGED, TEN_YEARS] {
            let report = court(at).judge(pdf);
            assert_eq!(report.verdict, Verdict::Passed, "{name} at {at}: {}", explain(&report));
            let proof = report.signatures[0].proof.as_ref().unwrap();
            assert_eq!((proof.kind, proof.at), (ProofKind::DocumentTimeStamp, STAMPED), "{name}");
            assert!(report.subject.is_some(), "{name}");
        }
    }
    // With the last service still answering, nothing at all is left open.
    let crls = vec![list(&services().root, TEN_YEARS - Duration::HOUR, &[])];
    let report = Court { crls, ..strict(TEN_YEARS) }.judge(&archived);
    assert_eq!(report.verdict, Verdict::Passed, "{}", explain(&report));
}

/// What is appended to a license counts to the byte: nothing can be changed behind the department's back.
#[test]
fn no_byte_of_an_archive_can_be_changed() {
    let pdf = archived();
    let end = pdf.windows(5).position(|window| window == b"%%EOF").unwrap();
    // The first revision is the business of `tampering.rs`.
    assert_none_accepted(&pdf, (end + 6..pdf.len()).step_by(151));
}

/// The time-stamp over a signature stands in the gap that no signature covers.
#[test]
fn no_digit_of_a_time_stamp_can_be_changed() {
    let pdf = stamped(&services().first, STAMPED);
    let start = pdf.windows(10).position(|window| window == b"/Contents<").unwrap() + 10;
    let length = pdf[start..].iter().position(|byte| *byte == b'>').unwrap();
    let end = start + pdf[start..start + length].iter().rposition(|byte| *byte != b'0').unwrap() + 1;
    assert_none_accepted(&pdf, (start..end).step_by(13));
}

fn assert_none_accepted(pdf: &[u8], places: impl Iterator<Item = usize>) {
    let court = Court { press: None, ..court(JUDGED) };
    assert_eq!(court.judge(pdf).verdict, Verdict::Passed);
    let accepted: Vec<usize> = places
        .filter(|at| {
            let mut changed = pdf.to_vec();
            changed[*at] ^= 1;
            court.judge(&changed).verdict == Verdict::Passed
        })
        .collect();
    assert!(accepted.is_empty(), "{} accepted: {accepted:?} of {}", accepted.len(), pdf.len());
}
