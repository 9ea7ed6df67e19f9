//! Class 7: signers that the seal does not list, and seals and certificates out of their time.

use pki::{DigestAlgorithm, Signer as _};
use time::macros::datetime;

use crate::attack::{Attack, Attacker, Base};
use crate::keys::{MARKET_NAME, Who};
use crate::seal::{SealSpec, Value};
use crate::workshop::Workshop;

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = unlisted(shop);
    attacks.extend(seals(shop));
    attacks.extend(certificates(shop));
    attacks.into_iter().map(|attack| attack.by(Attacker::Insider)).collect()
}

fn notice(shop: &Workshop, value: &Value<'_>) -> Vec<u8> {
    shop.sealed_with(value, |_| {}).to_zip()
}

/// A seal of the first issuer for somebody else of its house.
fn seal_for(shop: &Workshop, who: &Who) -> Vec<u8> {
    SealSpec { signers: vec![], ..shop.market_spec() }.with_signer(who).made_by(&shop.keys.maker)
}

fn unlisted(shop: &Workshop) -> Vec<Attack> {
    let keys = &shop.keys;
    let by_digest = |name: &str, value: Vec<u8>| {
        let digests = Some(vec![(name.to_owned(), value)]);
        let seal = SealSpec { digests, ..shop.market_spec() }.made_by(&keys.maker);
        notice(shop, &Value::new(&seal, &keys.colleague))
    };
    let spki = DigestAlgorithm::Sm3.digest(keys.colleague.certificate().spki_der()).as_bytes().to_vec();
    let der = keys.colleague.certificate().der();
    let short = DigestAlgorithm::Sm3.digest(der).as_bytes()[..8].to_vec();
    vec![
        Attack::new(
            "colleague",
            "a colleague with a good certificate of the same organ, whom the seal does not list",
            &["seal.signer-not-listed"],
            notice(shop, &Value::new(&shop.market_seal, &keys.colleague)),
        ),
        Attack::new(
            "colleague-by-key-digest",
            "the seal lists a digest, but that of the key, not of the certificate",
            &["seal.signer-not-listed"],
            by_digest("SM3", spki),
        ),
        Attack::new(
            "colleague-by-short-digest",
            "the seal lists the first eight bytes of the certificate's digest",
            &["seal.signer-not-listed"],
            by_digest("SM3", short),
        ),
        Attack::new("empty-list", "the seal lists nobody", &["seal.signer-not-listed"], {
            let seal = SealSpec { signers: vec![], ..shop.market_spec() }.made_by(&keys.maker);
            notice(shop, &Value::new(&seal, &keys.market))
        }),
    ]
}

fn seals(shop: &Workshop) -> Vec<Attack> {
    let keys = &shop.keys;
    let with = |change: &dyn Fn(&mut SealSpec), maker: &Who| {
        let mut spec = SealSpec { name: MARKET_NAME.to_owned(), ..shop.market_spec() };
        change(&mut spec);
        notice(shop, &Value::new(&spec.made_by(maker), &keys.market))
    };
    let march = |spec: &mut SealSpec| spec.created = datetime!(2026-03-01 0:00 +8);
    vec![
        Attack::new(
            "seal-expired",
            "the seal had ended the day before",
            &["seal.expired"],
            with(&|spec| spec.until = datetime!(2026-11-30 0:00 +8), &keys.maker),
        )
        .intact(),
        Attack::new(
            "seal-not-yet-valid",
            "the seal begins a week later",
            &["seal.not-yet-valid"],
            with(&|spec| spec.from = datetime!(2026-12-08 0:00 +8), &keys.maker),
        )
        .intact(),
        Attack::new(
            "seal-made-later",
            "the seal was made after it was used",
            &["seal.created"],
            with(&|spec| spec.created = datetime!(2026-12-05 0:00 +8), &keys.maker),
        )
        .intact(),
        Attack::new(
            "maker-revoked",
            "the seal maker's certificate had been revoked before the seal was made",
            &["seal.maker-revoked"],
            with(&march, &keys.revoked_maker),
        )
        .intact(),
        Attack::new(
            "maker-expired",
            "the seal maker's certificate had ended before the seal was made",
            &["seal.maker-certificate"],
            with(&march, &keys.ended_maker),
        )
        .intact(),
    ]
}

fn certificates(shop: &Workshop) -> Vec<Attack> {
    let keys = &shop.keys;
    let by = |who: &Who| notice(shop, &Value::new(&seal_for(shop, who), who));
    let backdated = seal_for(shop, &keys.revoked);
    vec![
        Attack::new(
            "signer-revoked",
            "the signer's certificate was revoked a week before",
            &["signer.revoked"],
            by(&keys.revoked),
        )
        .intact(),
        Attack::new(
            "signer-revoked-license",
            "the same for a license",
            &["signer.revoked"],
            shop.license_with(&Value::new(&backdated, &keys.revoked), |_| {}).to_zip(),
        )
        .of(Base::License)
        .intact(),
        Attack::new(
            "signer-revoked-backdated",
            "a revoked certificate claims a time of sealing before its revocation; nothing proves that time",
            &["signer.later-revoked"],
            notice(shop, &Value { at: datetime!(2026-11-20 10:00 +8), ..Value::new(&backdated, &keys.revoked) }),
        )
        .intact()
        .unclear(),
        Attack::new("signer-expired", "the signer's certificate had ended", &["signer.expired"], by(&keys.ended))
            .intact(),
        Attack::new(
            "signer-not-yet-valid",
            "the signer's certificate begins later",
            &["signer.not-yet-valid"],
            by(&keys.not_yet),
        )
        .intact(),
        Attack::new(
            "encryption-certificate",
            "the signer used the certificate that is for encryption",
            &["signer.key-usage"],
            by(&keys.encrypting),
        )
        .intact(),
        Attack::new(
            "sealed-in-the-future",
            "the time of sealing lies after the time of verification",
            &["time.future"],
            notice(shop, &Value { at: datetime!(2027-06-01 0:00 +8), ..shop.by_market() }),
        )
        .intact(),
    ]
}
