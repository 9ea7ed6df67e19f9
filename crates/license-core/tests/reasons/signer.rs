//! Who signed: paths, usages, periods, revocation, and whether it is the issuer.

use eseal::Seal;
use license_core::trust::TrustList;
use license_core::verify::{Reason, Status};
use pki::{CrlTemplate, KeyUsage, RevocationReason, Signer as _};
use time::{Duration, OffsetDateTime};

use super::Case;
use super::token::found;
use super::verify_support::recipe::Recipe;
use super::verify_support::{Court, HOUSING, ISSUED, JUDGED, MARKET, forge, good, pki_maker, seal_der, signer, trust};

pub fn cases() -> Vec<Case> {
    let mut cases = trusted();
    cases.extend(certificates());
    cases.extend(revoked());
    cases.extend(issuers());
    cases
}

fn trusted() -> Vec<Case> {
    let nobody = || Court::with_trust(|trust| trust.anchors.clear());
    let late = |at: OffsetDateTime| Court { at, ..Court::default() };
    let roots = || {
        Court::with_trust(|list| *list = TrustList::of_roots(trust().anchors.iter().map(|one| one.certificate.clone())))
    };
    vec![
        Case::file("no roots, OFD", good().ofd(), &[Reason::SignerUntrusted, Reason::SealMakerUntrusted])
            .before(nobody()),
        Case::file("no roots, PDF", good().pdf(), &[Reason::SignerUntrusted]).before(nobody()),
        Case::file("roots without a list of issuers, OFD", good().ofd(), &[Reason::TokenIssuerUnknown]).before(roots()),
        Case::file("roots without a list of issuers, PDF", good().pdf(), &[Reason::TokenIssuerUnknown]).before(roots()),
        Case::file(
            "nothing proves the time, and nobody knows of revocation",
            good().pdf(),
            &[Reason::TimeNotProven, Reason::RevocationNotChecked],
        ),
        Case::file("a root that was not trusted yet", good().pdf(), &[Reason::SignerUntrusted]).before(
            Court::with_trust(|trust| {
                trust.anchors.iter_mut().for_each(|anchor| anchor.period.from = Some(ISSUED + Duration::days(1)));
            }),
        ),
        Case::file("twenty years later, OFD", good().ofd(), &[Reason::SignerLaterExpired])
            .before(late(ISSUED + Duration::days(7300))),
        Case::file("twenty years later, PDF", good().pdf(), &[Reason::SignerLaterExpired])
            .before(late(ISSUED + Duration::days(7300))),
        Case::file("twenty years later, kept by the register", good().pdf(), &[Reason::TrustOverdue])
            .before(Court { at: ISSUED + Duration::days(7300), ..found(Status::Valid) }),
    ]
}

fn certificates() -> Vec<Case> {
    let recipe = || Recipe::of(good());
    let pdf = |by| recipe().with_document_signer(by).pdf();
    let with_usage = |usage| pki_maker::document_signer(MARKET, |template| template.with_key_usage(usage));
    let for_mail = pki_maker::document_signer(MARKET, |template| {
        template.with_extended_key_usage(&[pki::oid::KP_EMAIL_PROTECTION])
    });
    let template = pki::CertificateTemplate::document_signer(pki_maker::name(&format!("{MARKET}样例"), "样例"));
    let day = Duration::days(1);
    let ca = signer("p256-ca");
    let valid = |from, until| pki_maker::leaf_valid(pki::KeyKind::P256, template.clone(), &ca, from, until);
    let expired = valid(pki_maker::FROM, ISSUED - day);
    let later = valid(ISSUED + day, pki_maker::UNTIL);
    // A CA of the trusted one's name, with a key of its own.
    let impostor = pki_maker::root(pki::KeyKind::P256, ca.certificate().subject().clone());
    let of_impostor = pki_maker::leaf(pki::KeyKind::P256, template.clone(), &impostor);
    let strange_root = pki_maker::root(pki::KeyKind::P256, pki_maker::name("异地", "Root"));
    let of_stranger = pki_maker::leaf(pki::KeyKind::P256, template.clone(), &strange_root);
    let own = pki_maker::seal_signer(MARKET, |template| template.with_key_usage(KeyUsage::KEY_ENCIPHERMENT));
    let sealed = recipe().with_seal(forge::seal(&recipe().seal, &[&own], &signer("seal-maker"), |_| {}), own);
    vec![
        Case::file("a key for encryption", pdf(with_usage(KeyUsage::KEY_ENCIPHERMENT)), &[Reason::SignerKeyUsage]),
        Case::file("a key for encryption, sealing", sealed.ofd(), &[Reason::SignerKeyUsage]),
        Case::file(
            "a key that signs certificates",
            pdf(with_usage(KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::KEY_CERT_SIGN))),
            &[Reason::SignerKeyUsage],
        ),
        Case::file("a key for mail", pdf(for_mail), &[Reason::SignerKeyUsage]),
        Case::file("expired when it signed", pdf(expired), &[Reason::SignerExpired]),
        Case::file("not yet valid when it signed", pdf(later), &[Reason::SignerNotYetValid]),
        Case::file("an unknown root", pdf(of_stranger), &[Reason::SignerUntrusted]),
        Case::file("a CA of the same name", pdf(of_impostor), &[Reason::SignerCertificate]),
        Case::file("signed tomorrow", recipe().claiming(JUDGED + day).pdf(), &[Reason::TimeFuture]),
        Case::file("the key that signs indexes", pdf(signer(&format!("{MARKET}-index"))), &[Reason::SignerCertificate]),
    ]
}

fn revoked() -> Vec<Case> {
    let list = |ca: &str, who: &str, at: OffsetDateTime| {
        let template = CrlTemplate::new(1, JUDGED - Duration::days(1), JUDGED + Duration::days(30));
        template.revoke(signer(who).certificate(), at, RevocationReason::KeyCompromise).issue(&*signer(ca)).unwrap()
    };
    let document = format!("{MARKET}-document");
    let seal = format!("{MARKET}-seal");
    let before = ISSUED - Duration::hours(1);
    let after = ISSUED + Duration::hours(1);
    let with = |crls: Vec<pki::Crl>| Court { crls, ..Court::default() };
    vec![
        Case::file("revoked before, PDF", good().pdf(), &[Reason::SignerRevoked])
            .before(with(vec![list("p256-ca", &document, before)])),
        Case::file("revoked before, OFD", good().ofd(), &[Reason::SignerRevoked])
            .before(with(vec![list("sm2-ca", &seal, before)])),
        Case::file("revoked later, PDF", good().pdf(), &[Reason::SignerLaterRevoked])
            .before(with(vec![list("p256-ca", &document, after)])),
        Case::file("revoked later, OFD", good().ofd(), &[Reason::SignerLaterRevoked])
            .before(with(vec![list("sm2-ca", &seal, after)])),
        Case::file("revoked later, but kept by the register since", good().pdf(), &[])
            .before(Court { crls: vec![list("p256-ca", &document, after)], ..found(Status::Valid) }),
        Case::file("the seal's maker revoked", good().ofd(), &[Reason::SealMakerRevoked]).before(with(vec![list(
            "sm2-ca",
            "seal-maker",
            OffsetDateTime::UNIX_EPOCH,
        )])),
        Case::file("the seal's maker revoked after the seal was made", good().ofd(), &[Reason::SignerLaterRevoked])
            .before(with(vec![list("sm2-ca", "seal-maker", JUDGED - Duration::days(2))])),
        Case::file("a list that a stranger made", good().pdf(), &[]).before(with(vec![{
            let ca = pki_maker::root(pki::KeyKind::P256, signer("p256-ca").certificate().subject().clone());
            let template = CrlTemplate::new(1, JUDGED - Duration::days(1), JUDGED + Duration::days(30));
            template
                .revoke(signer(&document).certificate(), before, RevocationReason::KeyCompromise)
                .issue(&*ca)
                .unwrap()
        }])),
    ]
}

fn issuers() -> Vec<Case> {
    let recipe = || Recipe::of(good());
    let other_seal = Seal::from_der(&seal_der(HOUSING)).unwrap();
    let housing = recipe().signed_by(HOUSING);
    let mixed = recipe().with_seal(other_seal, signer(&format!("{HOUSING}-seal")));
    // The code of the issuer with one more letter before it, and in another attribute.
    let shifted = pki_maker::document_signer(&format!("X{MARKET}"), |template| template);
    let unit = pki_maker::leaf(
        pki::KeyKind::P256,
        pki::CertificateTemplate::document_signer(
            pki::Name::builder()
                .country("CN")
                .organization("别的单位")
                .organizational_unit(MARKET)
                .common_name(MARKET)
                .build(),
        ),
        &signer("p256-ca"),
    );
    let two = pki_maker::leaf(
        pki::KeyKind::P256,
        pki::CertificateTemplate::document_signer(
            pki::Name::builder().country("CN").organization("别的单位").organization(&format!("{MARKET}样例")).build(),
        ),
        &signer("p256-ca"),
    );
    let not_for_type = || {
        Court::with_trust(|trust| {
            let issuer = trust.issuers.iter_mut().find(|issuer| issuer.code == MARKET).unwrap();
            issuer.types.retain(|kind| kind != good().record().type_code());
        })
    };
    let expect = &[Reason::SignerNotIssuer];
    vec![
        Case::file("sealed by another issuer", housing.ofd(), expect),
        Case::file("signed by another issuer", housing.pdf(), expect),
        Case::file("another issuer's seal", mixed.ofd(), expect),
        Case::file("a code with a letter before it", recipe().with_document_signer(shifted).pdf(), expect),
        Case::file("the code in another attribute", recipe().with_document_signer(unit).pdf(), expect),
        Case::file("two organisations in one name", recipe().with_document_signer(two).pdf(), expect),
        Case::file(
            "a type that the issuer may not issue, OFD",
            good().ofd(),
            &[Reason::SignerNotIssuer, Reason::TokenTypeNotAllowed],
        )
        .before(not_for_type()),
        Case::file(
            "a type that the issuer may not issue, PDF",
            good().pdf(),
            &[Reason::SignerNotIssuer, Reason::TokenTypeNotAllowed],
        )
        .before(not_for_type()),
    ]
}
