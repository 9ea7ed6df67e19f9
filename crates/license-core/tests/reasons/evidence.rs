//! Time and trust: what time-stamps, archives and revocation data prove, and what is missing when they do not
//! (EN 319 102-1; `docs/conformance/en319102.md`).

use license_core::verify::{Reason, RevocationMode, RevocationRules, Sunset, Weak};
use pki::{Crl, CrlTemplate, DigestAlgorithm, KeyKind, RevocationReason, Signer as _};
use time::{Duration, OffsetDateTime};

use super::Case;
use super::verify_support::stamps::{
    self, ARCHIVED, Revoked, STAMPED, TEN_YEARS, TWENTY_YEARS, archived, archived_with, court, list, lists, renewed,
    services, stamped, strict, with_data,
};
use super::verify_support::{Court, ISSUED, JUDGED, MARKET, good, pki_maker, signer};

pub fn cases() -> Vec<Case> {
    let mut cases = long_life();
    cases.extend(stamp());
    cases.extend(revoked());
    cases.extend(hard());
    cases.extend(algorithms());
    cases.extend(tails());
    cases
}

const HOUR: Duration = Duration::HOUR;
const DAY: Duration = Duration::DAY;

fn long_life() -> Vec<Case> {
    vec![
        Case::file("B-B after ten years", good().pdf(), &[Reason::SignerLaterExpired]).before(court(TEN_YEARS)),
        Case::file("B-T after ten years", stamped(&services().first, STAMPED), &[]).before(court(TEN_YEARS)),
        Case::file("B-LTA after ten years", archived(), &[]).before(court(TEN_YEARS)),
        Case::file(
            "B-LTA after twenty years, never renewed",
            archived(),
            &[Reason::TimeStampExpired, Reason::SignerLaterExpired],
        )
        .before(court(TWENTY_YEARS)),
        Case::file("B-LTA after twenty years, renewed", renewed(&services().second), &[]).before(court(TWENTY_YEARS)),
        Case::file(
            "B-LTA renewed by a service that nobody knows",
            renewed(&services().stranger),
            &[Reason::SignerUntrusted, Reason::SignerLaterExpired],
        )
        .before(court(TWENTY_YEARS)),
        Case::file("B-LTA renewed too late", late_renewal(), &[Reason::TimeStampExpired, Reason::SignerLaterExpired])
            .before(court(TWENTY_YEARS)),
    ]
}

/// The second service stamps when the first one's certificate has run out already.
fn late_renewal() -> Vec<u8> {
    stamps::sealed_by(archived(), "Stamp2", &services().second, TEN_YEARS + DAY * 700)
}

fn stamp() -> Vec<Case> {
    let first = &services().first;
    let trusted = |from, until| {
        let mut court = court(JUDGED);
        let root = services().root.certificate();
        let anchor = court.trust.anchors.iter_mut().find(|anchor| anchor.certificate == *root).unwrap();
        anchor.period = license_core::trust::Period { from, until };
        court
    };
    vec![
        Case::file("a time-stamp of a service that the list has let go since", stamped(first, STAMPED), &[])
            .before(trusted(None, Some(STAMPED + DAY))),
        Case::file(
            "a time-stamp of a service that the list let in later",
            stamped(first, STAMPED),
            &[Reason::TimeStampUntrusted, Reason::TimeNotProven],
        )
        .before(trusted(Some(STAMPED + DAY), None)),
        Case::file("a time-stamp over the signature", stamped(first, STAMPED), &[]).before(court(JUDGED)),
        Case::file(
            "a time-stamp of an unknown authority over a signature",
            stamped(&services().stranger, STAMPED),
            &[Reason::TimeStampUntrusted, Reason::TimeNotProven],
        )
        .before(court(JUDGED)),
        Case::file(
            "a time-stamp after the signer's certificate had expired",
            stamped(first, TEN_YEARS - DAY),
            &[Reason::SignerLaterExpired],
        )
        .before(court(TEN_YEARS)),
        Case::file(
            "a time-stamp before the claimed time of signing",
            stamped(first, ISSUED - DAY * 2),
            &[Reason::TimeOrder],
        )
        .before(court(JUDGED)),
        Case::file("a time-stamp from tomorrow", stamped(first, JUDGED + DAY), &[Reason::TimeFuture])
            .before(court(JUDGED)),
        Case::file(
            "an archive stamp older than what it covers",
            stamps::sealed_by(stamped(first, ARCHIVED + DAY), "Stamp1", first, ARCHIVED),
            &[Reason::TimeOrder],
        )
        .before(court(JUDGED)),
    ]
}

fn revoked() -> Vec<Case> {
    let own = signer(&format!("{MARKET}-document"));
    let ca = signer("p256-ca");
    let with = |at: OffsetDateTime, crls: Vec<Crl>| Court { crls, ..court(at) };
    let of = |since: OffsetDateTime, reason| vec![list(&ca, JUDGED - DAY, &[(own.certificate(), since, reason)])];
    let stolen = RevocationReason::KeyCompromise;
    let unnoticed = |since| {
        let template = CrlTemplate::new(1, JUDGED - DAY, JUDGED + DAY * 30);
        vec![template.revoke_since(own.certificate(), JUDGED - DAY * 2, stolen, since).issue(&*ca).unwrap()]
    };
    let tsa = &services().first;
    let service = |since, reason| {
        let entry: Revoked<'_> = (tsa.certificate(), since, reason);
        vec![list(&services().root, JUDGED - DAY, &[entry])]
    };
    let stamped = || stamped(tsa, STAMPED);
    vec![
        // B8: revoked from a date on; what was signed before is kept with a time-stamp.
        Case::file("stolen later, and stamped before", stamped(), &[]).before(with(JUDGED, of(STAMPED + HOUR, stolen))),
        Case::file("stolen later, archived, ten years on", archived(), &[])
            .before(with(TEN_YEARS, of(ARCHIVED + DAY, stolen))),
        Case::file("stolen between the claimed time and the stamp", stamped(), &[Reason::SignerLaterRevoked])
            .before(with(JUDGED, of(STAMPED - Duration::seconds(5), stolen))),
        Case::file("stolen before", stamped(), &[Reason::SignerRevoked])
            .before(with(JUDGED, of(ISSUED - HOUR, stolen))),
        Case::file("stolen before anybody noticed", stamped(), &[Reason::SignerRevoked])
            .before(with(JUDGED, unnoticed(ISSUED - HOUR))),
        Case::file("stolen afterwards, noticed later still", stamped(), &[])
            .before(with(JUDGED, unnoticed(STAMPED + HOUR))),
        Case::file("the CA's key stolen later, and archived before", archived(), &[]).before(with(JUDGED, {
            let entry: Revoked<'_> = (ca.certificate(), ARCHIVED + DAY, RevocationReason::CaCompromise);
            vec![list(&signer("p256-root"), JUDGED - DAY, &[entry])]
        })),
        Case::file("the service's key stolen later", stamped(), &[Reason::TimeStampRevoked, Reason::TimeNotProven])
            .before(with(JUDGED, service(STAMPED + DAY, stolen))),
        Case::file("the service's key stolen before", stamped(), &[Reason::TimeStampCertificate])
            .before(with(JUDGED, service(STAMPED - DAY, stolen))),
        Case::file("the service closed later", stamped(), &[])
            .before(with(JUDGED, service(STAMPED + DAY, RevocationReason::CessationOfOperation))),
    ]
}

fn hard() -> Vec<Case> {
    let now = || lists(JUDGED - HOUR);
    let with = |at, crls: Vec<Crl>| Court { crls, ..strict(at) };
    let before = |at: OffsetDateTime| lists(at - DAY * 60);
    let ruled = |rules: RevocationRules| Court { revocation: rules, ..with(JUDGED, lists(ISSUED - HOUR)) };
    let rules = RevocationRules { mode: RevocationMode::Hard, ..RevocationRules::default() };
    let fresh_stamps = |at: OffsetDateTime| vec![list(&services().root, at - HOUR, &[])];
    let own_ca = signer("p256-ca");
    let impostor = pki_maker::root(KeyKind::P256, own_ca.certificate().subject().clone());
    let foreign = [list(&impostor, ISSUED - HOUR, &[]), list(&signer("p256-root"), ISSUED - HOUR, &[])];
    let foreign = [&foreign[..], &[list(&services().root, ISSUED - HOUR, &[])]].concat();
    let lacking: Vec<Crl> = lists(ISSUED - HOUR).into_iter().skip(1).collect();
    vec![
        Case::file("hard, and all is known", good().pdf(), &[]).before(with(JUDGED, now())),
        Case::file("hard, and nothing is known", good().pdf(), &[Reason::RevocationUnknown]).before(strict(JUDGED)),
        Case::file("hard, and the lists are old", good().pdf(), &[Reason::RevocationStale])
            .before(with(JUDGED, before(JUDGED))),
        Case::file("hard, and a list of a stranger", good().pdf(), &[Reason::RevocationUnknown])
            .before(with(JUDGED, foreign.clone())),
        Case::file("off, and revoked", good().pdf(), &[Reason::RevocationNotChecked]).before({
            let own = signer(&format!("{MARKET}-document"));
            let entry: Revoked<'_> = (own.certificate(), ISSUED - HOUR, RevocationReason::KeyCompromise);
            let rules = RevocationRules { mode: RevocationMode::Off, ..RevocationRules::default() };
            Court { revocation: rules, crls: vec![list(&own_ca, JUDGED - DAY, &[entry])], ..court(JUDGED) }
        }),
        Case::file("hard, archived, the service's list at hand", archived(), &[])
            .before(with(TEN_YEARS, fresh_stamps(TEN_YEARS))),
        Case::file(
            "hard, archived, nobody speaks about the last stamp",
            archived(),
            &[Reason::RevocationStale, Reason::SignerLaterExpired],
        )
        .before(strict(TEN_YEARS)),
        Case::file("hard, archived without the signer's list", archived_with(&lacking), &[Reason::RevocationUnknown])
            .before(with(TEN_YEARS, fresh_stamps(TEN_YEARS))),
        Case::file("hard, archived with a stranger's list", archived_with(&foreign), &[Reason::RevocationUnknown])
            .before(with(TEN_YEARS, fresh_stamps(TEN_YEARS))),
        Case::file(
            "hard, lists that turn up when their CA has expired",
            archived_with(&lacking),
            &[
                Reason::RevocationStale,
                // Nobody renewed the archive either.
                Reason::TimeStampExpired,
                Reason::SignerLaterExpired,
            ],
        )
        .before(with(TWENTY_YEARS, lists(ISSUED - HOUR))),
        Case::file("hard, a list older than allowed", stamped(&services().first, STAMPED), &[Reason::RevocationStale])
            .before(ruled(RevocationRules { max_age: Some(HOUR / 2), ..rules })),
        Case::file("hard, a list before the grace period", archived(), &[Reason::RevocationStale])
            .before(Court { crls: fresh_stamps(JUDGED), ..ruled(RevocationRules { grace: Some(HOUR), ..rules }) }),
    ]
}

fn algorithms() -> Vec<Case> {
    let weak =
        |what, at: OffsetDateTime, from: OffsetDateTime| Court { sunsets: vec![Sunset { what, from }], ..court(at) };
    let sha = Weak::Digest(DigestAlgorithm::Sha256);
    let curve = Weak::Key(KeyKind::P256);
    let fall = TEN_YEARS - DAY * 30;
    vec![
        Case::file("an algorithm that is weak by now", good().pdf(), &[Reason::SignerLaterWeak]).before(weak(
            sha,
            JUDGED,
            JUDGED - DAY,
        )),
        Case::file("an algorithm that will be weak", good().pdf(), &[]).before(weak(sha, JUDGED, JUDGED + DAY)),
        Case::file(
            "weak by now, archived by no stronger stamp",
            archived(),
            &[Reason::TimeStampExpired, Reason::SignerLaterWeak],
        )
        .before(weak(sha, TEN_YEARS - DAY * 15, fall)),
        Case::file("a kind of key that is weak by now, renewed with a stronger one", renewed(&services().strong), &[])
            .before(weak(curve, TEN_YEARS, fall)),
        Case::file(
            "a kind of key that is weak by now, renewed with the same",
            renewed(&services().second),
            &[Reason::TimeStampExpired, Reason::SignerLaterWeak],
        )
        .before(weak(curve, TEN_YEARS - DAY * 15, fall)),
    ]
}

/// What is appended to a license after the last signature must be of use.
fn tails() -> Vec<Case> {
    let ca = signer("p256-ca");
    let stranger = pki_maker::root(KeyKind::P256, pki_maker::name("异地", "CA"));
    let impostor = pki_maker::root(KeyKind::P256, ca.certificate().subject().clone());
    let base = || stamped(&services().first, STAMPED);
    let useful = with_data(base(), &[ca.certificate()], &lists(ISSUED - HOUR));
    let forged = with_data(base(), &[], &[list(&impostor, ISSUED - HOUR, &[])]);
    let strange = with_data(base(), &[stranger.certificate()], &[]);
    vec![
        Case::file("B-LT", useful.clone(), &[]).before(court(JUDGED)),
        Case::file("validation data of a stranger's making", forged, &[Reason::PdfUncovered]).before(court(JUDGED)),
        Case::file("a stranger's certificate appended", strange, &[Reason::PdfUncovered]).before(court(JUDGED)),
        Case::file(
            "nothing appended behind validation data",
            super::verify_support::forge::append_update(&useful, &[]),
            &[Reason::PdfUncovered],
        )
        .before(court(JUDGED)),
    ]
}
