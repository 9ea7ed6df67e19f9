//! Licenses over the decades (requirements B5, B8): the clock moves on, CAs and services go, and the report says by what a
//! signature is still proven, or what is missing. Each state with its code is a case of `reasons/evidence.rs`.
#![allow(clippy::unwrap_used)]

mod verify_support;

use license_core::pdf_signing::{self, ArchiveRequest, Knowledge, Level, Material};
use license_core::trust::{Event, KeyUse, Period, Purpose, Service, SigningKey, Status, TrustList};
use license_core::verify::{Integrity, ProofKind, Reason, Report, RevocationMode, RevocationState, Verdict};
use license_core::verify::{Sunset, Weak};
use pki::{Certificate, DigestAlgorithm, RevocationReason, Signer as _};
use time::{Duration, OffsetDateTime};
use verify_support::recipe::{self, Recipe};
use verify_support::stamps::{
    self, ARCHIVED, RENEWED, Revoked, STAMPED, TEN_YEARS, TWENTY_YEARS, archived, court, list, lists, renewed,
    sealed_by, services, stamped, strict, trusting, with_data,
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

/// EN 319 102-1 5.4: a time-stamp is a signature, with a state of its own; what became of its authority leaves it open
/// though the document is not at fault, and what is known of the authority stands in the report.
#[test]
fn a_time_stamp_is_told_as_a_signature_of_its_own() {
    let (day, tsa) = (Duration::DAY, services().first.certificate());
    let gone = |at: OffsetDateTime, since: OffsetDateTime, reason| {
        let entry: Revoked<'_> = (tsa, since, reason);
        Court { crls: vec![list(&services().root, at - day, &[entry])], ..court(at) }
    };
    let stolen = RevocationReason::KeyCompromise;
    let sunset = Sunset { what: Weak::Digest(DigestAlgorithm::Sha256), from: JUDGED - day };
    let strange = sealed_by(stamped(&services().first, STAMPED), "Stamp1", &services().stranger, ARCHIVED);
    let (passed, open) = (("TOTAL-PASSED", None), |why| ("INDETERMINATE", Some(why)));
    use RevocationState::{Good, NotChecked, Revoked as Lost, RevokedLater, Unknown};
    // What is known of the newest document time-stamp, and whether the one over the signature is told the same.
    let closed = RevocationReason::CessationOfOperation;
    let cases = [
        ("sound", archived(), court(JUDGED), passed, Good, true),
        ("closed later", archived(), gone(JUDGED, ARCHIVED + day, closed), passed, RevokedLater, true),
        ("stolen later", archived(), gone(JUDGED, ARCHIVED + day, stolen), open("REVOKED_NO_POE"), RevokedLater, true),
        ("stolen before", archived(), gone(JUDGED, STAMPED - day, stolen), open("REVOKED_NO_POE"), Lost, true),
        ("expired", archived(), court(TWENTY_YEARS), open("OUT_OF_BOUNDS_NO_POE"), NotChecked, true),
        (
            "weak by now",
            archived(),
            Court { sunsets: vec![sunset], ..court(JUDGED) },
            open("CRYPTO_CONSTRAINTS_FAILURE_NO_POE"),
            Good,
            true,
        ),
        ("hard, and nothing is known", archived(), strict(TEN_YEARS), open("TRY_LATER"), Unknown, true),
        ("of nobody known", strange, court(JUDGED), open("NO_CERTIFICATE_CHAIN_FOUND"), NotChecked, false),
    ];
    for (what, pdf, court, wanted, known, both) in cases {
        let report = court.judge(&pdf);
        assert_eq!(state(&report, 1), wanted, "{what}: {}", explain(&report));
        let stamp = &report.signatures[1];
        assert_eq!((stamp.form.as_str(), stamp.revocation.state), ("doc-timestamp", known), "{what}");
        assert_eq!(stamp.revocation.mode, court.revocation.mode, "{what}");
        let over = &report.signatures[0].time_stamps;
        let told: Vec<_> = over.iter().map(|stamp| (stamp.over, stamp.time, stamp.indication.name())).collect();
        let same = if both { wanted.0 } else { passed.0 };
        assert_eq!(told, [("signature", STAMPED, same)], "{what}");
        assert!(!both || over[0].revocation.state == known, "{what}: {:?}", over[0]);
        assert!(both || over[0].authority.contains("TSA 1"), "{what}");
    }
    // What a newer stamp protects is as it was when that was made.
    let since = RENEWED + day;
    for (at, court) in [(TEN_YEARS, gone(TEN_YEARS, since, stolen)), (TWENTY_YEARS, court(TWENTY_YEARS))] {
        let report = court.judge(&renewed(&services().second));
        let states = [0, 1, 2].map(|at| state(&report, at));
        assert_eq!(states, [passed; 3], "{at}: {}", explain(&report));
    }
    let gone = gone(TEN_YEARS, RENEWED - day, stolen).judge(&renewed(&services().second));
    assert_eq!([1, 2].map(|at| state(&gone, at)), [open("REVOKED_NO_POE"), passed], "{}", explain(&gone));
    // A seal's own time-stamps, too.
    let sealed = stamps::sealed_and_stamped(&services().first, STAMPED);
    let report = court(JUDGED).judge(&sealed);
    assert!(report.signatures[0].time_stamps.iter().any(|stamp| stamp.over == "signature"), "{}", explain(&report));
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

/// What the trust list says of a key of the market authority.
fn of_key(list: &mut TrustList, role: &str, period: Period, history: Vec<Event>) {
    let issuer = list.issuers.iter_mut().find(|issuer| issuer.code == MARKET).unwrap();
    if role == "index" {
        issuer.index_keys.iter_mut().for_each(|key| key.history.clone_from(&history));
        return;
    }
    let key_use = if role == "seal" { KeyUse::Seal } else { KeyUse::Document };
    let spki = signer(&format!("{MARKET}-{role}")).certificate().spki_der().to_vec();
    issuer.signing_keys.push(SigningKey { spki, key_use, period, history });
}

fn lost(at: OffsetDateTime) -> Vec<Event> {
    vec![Event { at, status: Status::Compromised, reason: "drill".to_owned() }]
}

/// Issue 4, keys in operation (B4): the list gives a key up from a date on. What was signed later is refused, what a time-stamp
/// shows to be older is kept, and what nothing shows to be older cannot be told (EN 319 102-1: REVOKED_NO_POE). Keys of
/// documents, seals and indexes, CAs and seal makers alike.
#[test]
fn b4_a_key_that_the_list_gives_up_takes_only_what_is_not_proven_to_be_older() {
    const SINCE: OffsetDateTime = time::macros::datetime!(2026-12-01 11:00 +8);
    let (hour, first) = (Duration::HOUR, &services().first);
    let after = Recipe { at: SINCE + hour, ..Recipe::bare(good()).claiming(SINCE + hour) };
    let (passed, failed, open) = (Verdict::Passed, Verdict::Failed, Verdict::Indeterminate);
    let no_poe = ("INDETERMINATE", Some("REVOKED_NO_POE"));
    let revoked = ("TOTAL-FAILED", Some("REVOKED"));
    let good_state = ("TOTAL-PASSED", None);
    let pdf = || {
        [
            ("B-B before", good().pdf().to_vec(), open, no_poe),
            ("B-T before", stamped(first, STAMPED), passed, good_state),
            ("B-LTA before", archived(), passed, good_state),
            ("B-LTA before, renewed later", renewed(&services().second), passed, good_state),
            ("before, stamped later", stamped(first, SINCE + hour), open, no_poe),
            ("B-B after", after.pdf(), failed, revoked),
        ]
    };
    let ofd = || {
        [
            ("no stamp, before", good().ofd().to_vec(), open, no_poe),
            ("stamp before", stamps::sealed_and_stamped(first, STAMPED), passed, good_state),
            ("before, stamp later", stamps::sealed_and_stamped(first, SINCE + hour), open, no_poe),
            ("after", after.ofd(), failed, revoked),
        ]
    };
    let service = |list: &mut TrustList, name: &str| {
        let all = Purpose::ALL.map(|(purpose, _)| purpose).to_vec();
        let mut service = Service::new(name, signer(name).certificate().clone(), all);
        service.history = lost(SINCE);
        list.services.push(service);
    };
    let check = |whose: &str, court: &Court, (name, file, verdict, told): (&str, Vec<u8>, Verdict, _)| {
        let report = court.judge(&file);
        assert_eq!(report.verdict, verdict, "{whose}: {name}: {}", explain(&report));
        assert_eq!(state(&report, 0), told, "{whose}: {name}: {}", explain(&report));
        let reasons: Vec<Reason> = report.reasons().collect();
        assert_eq!(reasons.contains(&Reason::TrustCompromised), verdict == failed, "{whose}: {name}");
        assert!(verdict != open || reasons.contains(&Reason::TrustLaterCompromised), "{whose}: {name}");
        let shown = verdict == passed || whose == "seal maker";
        assert_eq!(report.subject.is_some(), shown, "{whose}: {name}: nothing in doubt is shown as if good");
    };
    let court_of = |change: &dyn Fn(&mut TrustList)| {
        let mut court = court(RENEWED + Duration::DAY);
        change(&mut court.trust);
        court
    };
    let document = court_of(&|list| of_key(list, "document", Period::default(), lost(SINCE)));
    let ca = court_of(&|list| service(list, "p256-ca"));
    for (whose, court) in [("document key", &document), ("its CA", &ca)] {
        pdf().into_iter().for_each(|case| check(whose, court, case));
        let sealed = court.judge(good().ofd());
        assert_eq!(sealed.verdict, passed, "{whose}: the seal is another key's: {}", explain(&sealed));
    }
    let seal = court_of(&|list| of_key(list, "seal", Period::default(), lost(SINCE)));
    let ca = court_of(&|list| service(list, "sm2-ca"));
    for (whose, court) in [("seal key", &seal), ("its CA", &ca)] {
        ofd().into_iter().for_each(|case| check(whose, court, case));
    }
    // The seals of this deployment are older than the day; whoever uses one later cannot show that it was made before.
    let maker = court_of(&|list| service(list, "seal-maker"));
    ofd().into_iter().take(2).for_each(|case| check("seal maker", &maker, case));
    // The register, which keeps the very file, shows as much as a time-stamp.
    let index = court_of(&|list| of_key(list, "index", Period::default(), lost(SINCE)));
    let token = good().index().to_string();
    assert_eq!(index.judge(token.as_bytes()).headline(), Some(Reason::TrustLaterCompromised));
    let mut claims = good().index().token().claims().clone();
    claims.issued_at = u64::try_from((SINCE + hour).unix_timestamp()).unwrap();
    let later = recipe::index_text(&claims, &signer(&format!("{MARKET}-index")));
    assert_eq!(index.judge(later.as_bytes()).headline(), Some(Reason::TrustCompromised));
    assert_eq!(index.judge(&stamped(first, STAMPED)).verdict, passed, "the index lies under the stamp");
    assert_eq!(index.judge(good().pdf()).headline(), Some(Reason::TrustLaterCompromised));
    // Asked about the past: nobody else had it yet.
    let past = Court { at: SINCE - Duration::MINUTE, ..document };
    assert_eq!(past.judge(good().pdf()).verdict, passed);
}

/// A service that stamps loses its key: what a newer stamp of another one covers is as old as that shows.
#[test]
fn b8_a_lost_time_stamp_key_takes_what_no_newer_stamp_covers() {
    let verdict = |since: OffsetDateTime| {
        let mut court = court(TEN_YEARS);
        let certificate = services().first.certificate().clone();
        let mut service = Service::new("TSA 1", certificate, vec![Purpose::TimeStamping]);
        service.history = lost(since);
        court.trust.services.push(service);
        [archived(), renewed(&services().second)].map(|pdf| court.judge(&pdf).verdict)
    };
    let (passed, open) = (Verdict::Passed, Verdict::Indeterminate);
    assert_eq!(verdict(RENEWED + Duration::DAY), [open, passed], "lost after the other one took over");
    assert_eq!(verdict(RENEWED - Duration::DAY), [open, open], "lost before");
    assert_eq!(verdict(TEN_YEARS + Duration::DAY), [passed, passed], "nobody else had it yet");
}

/// A key was replaced in good order. What it signed while it was in use stays, also when its time-stamp came later.
#[test]
fn a_stamp_from_after_a_rotation_takes_nothing_away() {
    let court = |until: OffsetDateTime| {
        let mut court = court(JUDGED);
        let period = Period { from: None, until: Some(until) };
        ["document", "seal"].iter().for_each(|role| of_key(&mut court.trust, role, period, Vec::new()));
        court
    };
    let first = &services().first;
    for until in [ISSUED + Duration::HOUR, ISSUED + Duration::days(5)] {
        for at in [STAMPED, ISSUED + Duration::days(2)] {
            let report = court(until).judge(&stamped(first, at));
            assert_eq!(report.verdict, Verdict::Passed, "{until} {at}: {}", explain(&report));
            let report = court(until).judge(&stamps::sealed_and_stamped(first, at));
            assert_eq!(report.verdict, Verdict::Passed, "{until} {at}: {}", explain(&report));
        }
    }
    // What it signs after its time is refused, document and seal.
    let day = ISSUED + Duration::days(1);
    let late = Recipe { at: day, ..Recipe::bare(good()).claiming(day) };
    for file in [late.pdf(), late.ofd()] {
        let report = court(ISSUED + Duration::HOUR).judge(&file);
        assert_eq!(report.headline(), Some(Reason::TrustNotGranted), "{}", explain(&report));
    }
}

/// SM3 proves nothing any more from a day on: nor does it for those who make seals.
#[test]
fn an_algorithm_that_no_longer_counts_does_not_count_for_seal_makers() {
    let sunset =
        |from| Court { sunsets: vec![Sunset { what: Weak::Digest(DigestAlgorithm::Sm3), from }], ..court(JUDGED) };
    let weak = |court: &Court, file: &[u8]| -> Vec<&'static str> {
        let checks = court.judge(file).checks;
        let weak = checks.iter().filter(|check| check.outcome.reason() == Some(Reason::SignerLaterWeak));
        weak.map(|check| check.name).collect()
    };
    let sealed = stamps::sealed_and_stamped(&services().first, STAMPED);
    let later = sunset(STAMPED + Duration::HOUR);
    assert_eq!(weak(&later, good().ofd()), ["time.proof", "seal.maker-proof"]);
    assert_eq!(weak(&later, &sealed), [""; 0], "the seal lies in what was stamped before");
    assert_eq!(weak(&sunset(ISSUED - Duration::HOUR), &sealed), ["time.proof", "seal.maker-proof"]);
    assert_eq!(weak(&sunset(JUDGED + Duration::HOUR), good().ofd()), [""; 0]);
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
            assert_eq!(report.signatures[0].level.map(Level::name), Some(name), "at {at}");
            assert!(report.subject.is_some(), "{name}");
        }
    }
    // With the last service still answering, nothing at all is left open.
    let crls = vec![list(&services().root, TEN_YEARS - Duration::HOUR, &[])];
    let report = Court { crls, ..strict(TEN_YEARS) }.judge(&archived);
    assert_eq!(report.verdict, Verdict::Passed, "{}", explain(&report));
}

/// The level is what the file holds, and holds rightly: neither what the verifier brings along nor what he does not believe.
#[test]
fn each_signature_tells_its_level() {
    let level = |court: &Court, pdf: &[u8]| court.judge(pdf).signatures[0].level.map(Level::name);
    let today = court(JUDGED);
    let fresh = lists(ISSUED - Duration::HOUR);
    let ca = signer("p256-ca");
    let both = [ca.certificate(), services().root.certificate()];
    let b_t = stamped(&services().first, STAMPED);
    let knowing = Court { crls: fresh.clone(), ..strict(JUDGED) };
    assert_eq!(level(&today, good().pdf()), Some("B-B"));
    assert_eq!((level(&today, &b_t), level(&knowing, &b_t)), (Some("B-T"), Some("B-T")), "not in the file");
    assert_eq!(level(&today, &stamped(&services().stranger, STAMPED)), Some("B-B"), "nobody believes that stamp");
    assert_eq!(level(&Court::default(), &b_t), Some("B-B"), "nobody told us of any service");
    assert_eq!(level(&today, &with_data(b_t.clone(), &both, &fresh)), Some("B-LT"));
    assert_eq!(
        level(&today, &with_data(b_t.clone(), &both, &fresh[1..])),
        Some("B-T"),
        "of the signer nothing is known"
    );
    assert_eq!(
        level(&today, &with_data(b_t.clone(), &both, &fresh[..2])),
        Some("B-T"),
        "of the service nothing is known"
    );
    let early = sealed_by(b_t.clone(), "Stamp1", &services().first, ARCHIVED);
    assert_eq!(level(&today, &early), Some("B-T"), "there is nothing to archive yet");
    assert_eq!(level(&today, &with_data(early, &both, &fresh)), Some("B-LT"), "and nothing is over what came later");
    assert_eq!(level(&today, &archived()), Some("B-LTA"));
    assert_eq!(level(&court(TEN_YEARS), &archived()), Some("B-LTA"));
    assert_eq!(level(&court(TEN_YEARS), &renewed(&services().second)), Some("B-LTA"));
    // One stamp over the document and over all that answers for signer and service.
    let at_once = sealed_by(with_data(good().pdf().to_vec(), &both, &fresh), "Stamp1", &services().first, ARCHIVED);
    assert_eq!(level(&today, &at_once), Some("B-LTA"));
    let lacking = sealed_by(with_data(b_t, &both, &fresh[1..]), "Stamp1", &services().first, ARCHIVED);
    assert_eq!(level(&today, &lacking), Some("B-T"));
    // Whoever is not trusted, or changed, reaches none; an OFD has none.
    let strangers = Court { trust: license_core::trust::TrustList::default(), ..court(JUDGED) };
    assert_eq!(level(&strangers, &archived()), None);
    let mut changed = archived();
    let at = changed.windows(5).position(|window| window == b"/Type").unwrap();
    changed[at + 4] ^= 1;
    assert!(court(JUDGED).judge(&changed).signatures.iter().all(|signature| signature.level.is_none()));
    assert_eq!(level(&today, good().ofd()), None);
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
