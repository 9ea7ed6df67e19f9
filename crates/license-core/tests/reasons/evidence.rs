//! Time and trust: what time-stamps, archives and revocation data prove, and what is missing when they do not
//! (EN 319 102-1; `docs/conformance/en319102.md`).

use license_core::verify::{Reason, RevocationMode, RevocationRules, Sunset, Weak};
use pki::asn1;
use pki::{
    Certificate, CertificateTemplate, Crl, CrlTemplate, DigestAlgorithm, KeyKind, RevocationReason, Signer as _,
};
use time::{Duration, OffsetDateTime};

use super::Case;
use super::verify_support::forge::{self, CmsParts};
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
    cases.extend(enclosed());
    cases.extend(answers());
    cases.extend(strangers());
    cases.extend(taken_away());
    cases
}

/// Certificates in a time-stamp are under no signature: they lead from the authority to the trusted root, to the byte.
fn enclosed() -> Vec<Case> {
    let first = &services().first;
    let root = services().root.certificate();
    let stranger = pki_maker::root(KeyKind::P256, pki_maker::name("2099", "valid until 2099"));
    // The root's name and key, as a stranger certifies them.
    let crossed =
        CertificateTemplate::root_ca(root.subject().clone()).serial(&[7]).valid(pki_maker::FROM, pki_maker::UNTIL);
    let crossed = crossed.issue(root.public_key().unwrap(), &*stranger).unwrap();
    // One digit of the root's signature, and its second spelling: of r and s, n - s is as good.
    let mut broken = root.der().to_vec();
    *broken.last_mut().unwrap() ^= 1;
    let renamed = {
        let mut renamed = root.der().to_vec();
        let at = renamed.windows(8).position(|window| window == b"TSA Root").unwrap();
        renamed[at] = b'X';
        renamed
    };
    let respelled = other_spelling(root);
    let closed = |parts: &dyn Fn() -> CmsParts| {
        stamps::sealed_as(stamped(first, STAMPED), "Stamp1", first, &|digest| {
            stamps::token_with(digest, first, ARCHIVED, parts())
        })
    };
    let with = |certificates: &[&[u8]]| {
        closed(&|| CmsParts {
            certificates: certificates.iter().map(|der| der.to_vec()).collect(),
            ..CmsParts::default()
        })
    };
    let sealed = |certificates: &[&[u8]]| {
        stamps::sealed_and_stamped_as(&|digest| {
            let certificates = certificates.iter().map(|der| der.to_vec()).collect();
            stamps::token_with(digest, first, STAMPED, CmsParts { certificates, ..CmsParts::default() })
        })
    };
    let empty = closed(&|| CmsParts { unsigned: vec![Vec::new()], ..CmsParts::default() });
    let form = &[Reason::CmsStructure];
    let cases = vec![
        Case::file("a time-stamp with the root of its authority", with(&[root.der()]), &[]),
        Case::file("a time-stamp with a stranger's certificate for its root", with(&[crossed.der()]), form),
        Case::file("the same beside the root", with(&[crossed.der(), root.der()]), form),
        Case::file("a time-stamp with a root whose signature is broken", with(&[&broken]), form),
        Case::file("a time-stamp with a root of another issuer", with(&[&renamed]), form),
        Case::file("a time-stamp with a root that is spelled otherwise", with(&[&respelled]), form),
        Case::file("a time-stamp with its root twice", with(&[root.der(), root.der()]), form),
        Case::file("a time-stamp with a certificate of its authority more", with(&[first.certificate().der()]), form),
        Case::file("a time-stamp with an empty list of attributes", empty, form),
        Case::file("a time-stamp of a seal with its root", sealed(&[root.der()]), &[]),
        Case::file("a time-stamp of a seal with a stranger's root", sealed(&[crossed.der()]), &[Reason::SealStructure]),
    ];
    cases.into_iter().map(|case| case.before(court(JUDGED))).collect()
}

/// The same certificate with the other value of its ECDSA signature that holds: r and n - s.
fn other_spelling(certificate: &Certificate) -> Vec<u8> {
    const N: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad,
        0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let raw = pki::der_to_raw(certificate.signature(), 32).unwrap();
    let mut left = N;
    let mut borrow = 0i16;
    for (to, from) in left.iter_mut().zip(&raw[32..]).rev() {
        let value = i16::from(*to) - i16::from(*from) - borrow;
        borrow = i16::from(value < 0);
        *to = value.rem_euclid(256) as u8;
    }
    let value = asn1::sequence(&[&asn1::unsigned(&raw[..32]), &asn1::unsigned(&left)]);
    asn1::sequence(&[certificate.tbs_der(), certificate.algorithm_identifier(), &asn1::bit_string(&value)])
}

/// What lies beside an answer is under no signature either.
fn answers() -> Vec<Case> {
    let ca = signer("p256-ca");
    let own = signer(&format!("{MARKET}-document"));
    let stranger = pki_maker::root(KeyKind::P256, pki_maker::name("2099", "valid until 2099"));
    let crossed = CertificateTemplate::root_ca(ca.certificate().subject().clone())
        .serial(&[7])
        .valid(pki_maker::FROM, pki_maker::UNTIL)
        .issue(ca.certificate().public_key().unwrap(), &*stranger)
        .unwrap();
    let said = |enclosed: &[&Certificate]| stamps::answer(own.certificate(), ca.certificate(), &ca, enclosed);
    let tail = |answer| stamps::with_answer(stamped(&services().first, STAMPED), answer);
    let under = |pdf| stamps::sealed_by(pdf, "Stamp1", &services().first, ARCHIVED);
    let of_strangers = with_data(stamped(&services().first, STAMPED), &[], &[list(&stranger, ISSUED - HOUR, &[])]);
    let refused = &[Reason::PdfUncovered];
    let mut padded = said(&[]);
    padded.push(0);
    let cases = vec![
        Case::file("an answer alone", tail(said(&[])), &[]),
        Case::file("an answer with the certificate of who answers", tail(said(&[ca.certificate()])), &[]),
        Case::file("an answer with a stranger's certificate", tail(said(&[stranger.certificate()])), refused),
        Case::file("the same beside the right one", tail(said(&[ca.certificate(), stranger.certificate()])), refused),
        Case::file("an answer with a stranger's certificate for who answers", tail(said(&[&crossed])), refused),
        Case::file("an answer with a certificate twice", tail(said(&[ca.certificate(); 2])), refused),
        Case::file("a stranger's certificate in an answer, stamped", under(tail(said(&[&crossed]))), refused),
        Case::file("a stranger's list, stamped", under(of_strangers), refused),
        Case::file("an answer, stamped", under(tail(said(&[]))), &[]),
    ];
    cases.into_iter().map(|case| case.before(court(JUDGED))).collect()
}

/// Somebody in the file is not known here: what belongs to him stays, and opens no door to anything else.
fn strangers() -> Vec<Case> {
    let (first, unknown) = (&services().first, &services().stranger);
    let root = unknown.chain()[0].clone();
    let other = pki_maker::root(KeyKind::P256, pki_maker::name("2099", "valid until 2099"));
    let impostor = pki_maker::root(KeyKind::P256, root.subject().clone());
    let base = || stamped(unknown, STAMPED);
    let usual = || [&[signer("p256-ca").certificate().clone()], &[root.clone()][..]].concat();
    let kept = |crls: &[Crl]| with_data(base(), &usual().iter().collect::<Vec<_>>(), crls);
    let under = |pdf| stamps::sealed_by(pdf, "Stamp1", first, ARCHIVED);
    let issuers: Vec<Crl> = lists(ISSUED - HOUR).into_iter().take(2).collect();
    let with = |more: Crl| [&issuers[..], &[more]].concat();
    let junk = || list(&other, ISSUED - HOUR, &[]);
    let refused = &[Reason::PdfUncovered];
    let cases = vec![
        Case::file("a stamp by nobody known, and all about it", kept(&issuers), &[]),
        Case::file("the same, stamped by a known service", under(kept(&issuers)), &[]),
        Case::file("a stamp by nobody known, and a list of others", kept(&with(junk())), refused),
        Case::file("the same list, stamped by a known service", under(kept(&with(junk()))), refused),
        Case::file("a list in its root's name, stamped", under(kept(&[list(&impostor, ISSUED - HOUR, &[])])), refused),
        Case::file("a certificate of others, stamped", under(with_data(base(), &[other.certificate()], &[])), refused),
    ];
    let mut cases: Vec<Case> = cases.into_iter().map(|case| case.before(court(JUDGED))).collect();
    // A service that many departments use is known before the department is.
    let mut far = court(JUDGED);
    far.trust.anchors.retain(|anchor| anchor.certificate == *services().root.certificate());
    far.trust.authorities.clear();
    cases.push(
        Case::file("an archive of an issuer that nobody knows", archived(), &[Reason::SignerUntrusted]).before(far),
    );
    cases
}

/// What an archive keeps is not for others to take out.
fn taken_away() -> Vec<Case> {
    let pdf = archived();
    let text = String::from_utf8_lossy(&pdf).into_owned();
    let number: u32 = text.rsplit("/DSS ").next().unwrap().split(' ').next().unwrap().parse().unwrap();
    let store = forge::object(&pdf, number);
    let first_list = {
        let start = store.find("/CRLs").unwrap();
        let end = start + store[start..].find(']').unwrap() + 1;
        store[start..end].to_owned()
    };
    let closed = |pdf: Vec<u8>| stamps::sealed_by(pdf, "Stamp2", &services().first, ARCHIVED + HOUR);
    let without = forge::append_update(&pdf, &[(number, store.replace(&first_list, ""))]);
    let changed = &[Reason::PdfChangedAfter];
    let cases = vec![
        Case::file("an archive without its lists, stamped", closed(without.clone()), changed),
        Case::file("the same, and nothing over it", without, &[Reason::PdfChangedAfter, Reason::PdfUncovered]),
        Case::file(
            "an archive with one list more, stamped",
            closed(with_data(pdf, &[], &[list(&services().root, ARCHIVED, &[])])),
            &[],
        ),
    ];
    cases.into_iter().map(|case| case.before(court(JUDGED))).collect()
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
        Case::file(
            "revoked for a day to come, the list older than the signature",
            good().pdf(),
            &[Reason::SignerLaterRevoked],
        )
        .before(with(JUDGED, vec![list(&ca, ISSUED - HOUR, &[(own.certificate(), ISSUED + HOUR, stolen)])])),
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
        // RFC 5280 5.1.2.4: nothing is made later than it is known; asked about the past, it may be.
        Case::file("hard, and the lists are from tomorrow", good().pdf(), &[Reason::RevocationStale])
            .before(with(JUDGED, lists(JUDGED + DAY))),
        Case::file("hard, the lists made a minute ahead of the clock", good().pdf(), &[])
            .before(with(JUDGED, lists(JUDGED + Duration::MINUTE))),
        Case::file("hard, asked about the past, and the lists are newer", good().pdf(), &[])
            .before(Court { clock: Some(JUDGED + DAY * 2), ..with(JUDGED, lists(JUDGED + DAY)) }),
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
        Case::file(
            "hard, archived with a stranger's list",
            archived_with(&foreign),
            &[Reason::RevocationUnknown, Reason::PdfUncovered],
        )
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
    // Everybody under a root has a key that signs.
    let own = pki_maker::document_signer(MARKET, |template| template);
    let company = own.certificate();
    let below = pki_maker::leaf(KeyKind::P256, CertificateTemplate::root_ca(pki_maker::name("2099", "2099")), &own);
    let their_list = [list(&own, ISSUED - HOUR, &[])];
    let refused = &[Reason::PdfUncovered];
    vec![
        Case::file("B-LT", useful.clone(), &[]).before(court(JUDGED)),
        Case::file("validation data of a stranger's making", forged, &[Reason::PdfUncovered]).before(court(JUDGED)),
        Case::file("a stranger's certificate appended", strange, &[Reason::PdfUncovered]).before(court(JUDGED)),
        Case::file(
            "a certificate by whoever has one",
            with_data(base(), &[company, below.certificate()], &[]),
            refused,
        )
        .before(court(JUDGED)),
        Case::file("a list by whoever has a certificate", with_data(base(), &[company], &their_list), refused)
            .before(court(JUDGED)),
        Case::file(
            "an answer by whoever has a certificate",
            stamps::with_answer(base(), stamps::answer(company, ca.certificate(), &own, &[company])),
            refused,
        )
        .before(court(JUDGED)),
        Case::file(
            "nothing appended behind validation data",
            super::verify_support::forge::append_update(&useful, &[]),
            &[Reason::PdfUncovered],
        )
        .before(court(JUDGED)),
    ]
}
