//! Class 13: genuine signatures and time stamps in another place.

use time::macros::datetime;

use crate::attack::{Attack, Attacker, Base};
use crate::keys::{SEALED, Who};
use crate::parts::Parts;
use crate::seal::Scene;
use crate::seal::{Value, token};
use crate::sign::{LIST, SIGNATURE, Signing, VALUE, stamps, unsigned};
use crate::workshop::{PAGE, Workshop};

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = signatures(shop);
    attacks.extend(values(shop));
    attacks.extend(time_stamps(shop));
    attacks
}

fn signatures(shop: &Workshop) -> Vec<Attack> {
    let transplanted = |from: &Parts, into: &Parts| {
        let mut parts = into.clone();
        for name in [LIST, SIGNATURE, VALUE] {
            let bytes = from.get(name).to_vec();
            parts.set(name, bytes);
        }
        parts.to_zip()
    };
    vec![
        Attack::new(
            "all-files-of-another-notice",
            "list, signature and value of another genuine notice",
            &["ofd.digest"],
            transplanted(&shop.notice_other, &shop.notice),
        ),
        Attack::new(
            "all-files-of-another-license",
            "list, signature and value of another genuine license",
            &["ofd.digest"],
            transplanted(&shop.license_other, &shop.license),
        )
        .of(Base::License),
        Attack::new("pages-of-another-license", "the pages of one license in the sealed shell of another", &["ofd.digest"], {
            let mut parts = shop.license.clone();
            let page = shop.license_other.get(PAGE).to_vec();
            parts.set(PAGE, page);
            parts.to_zip()
        })
        .of(Base::License),
        Attack::new(
            "copied-as-second",
            "the genuine signature is copied into a second folder and listed as a second seal",
            &["seal.property"],
            {
                let mut parts = shop.notice_open.clone();
                for file in ["Signature.xml", "SignedValue.dat"] {
                    let bytes = parts.get(&format!("Doc_0/Signs/Sign_0/{file}")).to_vec();
                    parts.set(&format!("Doc_0/Signs/Sign_1/{file}"), bytes);
                }
                parts.replace(
                    LIST,
                    "</ofd:Signatures>",
                    "<ofd:Signature ID=\"3\" Type=\"Seal\" BaseLoc=\"/Doc_0/Signs/Sign_1/Signature.xml\"/></ofd:Signatures>",
                );
                parts.to_zip()
            },
        )
        .of(Base::Open)
        .intact(),
    ]
}

fn values(shop: &Workshop) -> Vec<Attack> {
    let old = shop.notice_other.get(VALUE).to_vec();
    let by_old = {
        let stamps = stamps(&shop.notice);
        let mut parts = unsigned(&shop.notice);
        parts.set(PAGE, shop.dear_page());
        let keep = |_: &Scene<'_>| old.clone();
        Signing::new(&keep, &stamps).put_on(&mut parts);
        parts.to_zip()
    };
    vec![
        Attack::new(
            "value-of-another-notice",
            "the signature value of another genuine notice in this one",
            &["seal.data-hash"],
            shop.changed(|parts| {
                parts.set(VALUE, old.clone());
            }),
        ),
        Attack::new(
            "value-under-forged-list",
            "a forged page with a Signature.xml that fits it, under the value of another genuine notice",
            &["seal.data-hash"],
            by_old,
        ),
        Attack::new("values-exchanged", "two seals of one document exchange their values", &["seal.data-hash"], {
            let mut parts = shop.notice_two.clone();
            let second = "Doc_0/Signs/Sign_1/SignedValue.dat";
            let (first, other) = (parts.get(VALUE).to_vec(), parts.get(second).to_vec());
            parts.set(VALUE, other).set(second, first);
            parts.to_zip()
        })
        .of(Base::TwoSeals),
    ]
}

/// The seal is genuine; its time is what is forged.
fn time_stamps(shop: &Workshop) -> Vec<Attack> {
    let keys = &shop.keys;
    let before = datetime!(2026-11-20 9:00 +8);
    let with = |at, make: &dyn Fn(&[u8]) -> Vec<u8>| {
        let value = Value { at, stamp: Some(make), ..shop.by_market() };
        shop.sealed_with(&value, |_| {}).to_zip()
    };
    let stamped = |by: &'static str| -> &Who { if by == "trusted" { &keys.stamper } else { &keys.stranger_stamper } };
    vec![
        Attack::new(
            "time-stamp-of-another-seal",
            "a genuine time stamp over another signature value",
            &["time.stamp-imprint"],
            with(SEALED, &|_| token(b"another signature value", SEALED, stamped("trusted"))),
        ),
        Attack::new(
            "time-stamp-by-no-authority",
            "a time stamp by the signer himself, whose certificate is not for that",
            &["time.stamp-certificate"],
            with(SEALED, &|value| token(value, SEALED, &keys.market)),
        ),
        Attack::new(
            "time-stamp-damaged",
            "a time stamp whose signature was changed",
            &["time.stamp-signature"],
            with(SEALED, &|value| {
                let mut token = token(value, SEALED, stamped("trusted"));
                *token.last_mut().expect("a token") ^= 1;
                token
            }),
        ),
        Attack::new(
            "time-stamp-malformed",
            "something that is no token where the time stamp should be",
            &["time.stamp-malformed"],
            with(SEALED, &|_| vec![0x30, 0x03, 0x02, 0x01, 0x07]),
        ),
        Attack::new(
            "time-stamp-before-signing",
            "the time stamp is older than the claimed time of sealing",
            &["time.order"],
            with(SEALED, &|value| token(value, before, stamped("trusted"))),
        ),
        Attack::new(
            "revoked-key-with-strange-time-stamp",
            "a revoked key claims an earlier time, and an unknown authority stamps it",
            &["signer.later-revoked", "time.stamp-untrusted"],
            {
                let seal = crate::seal::SealSpec { signers: vec![], ..shop.market_spec() }
                    .with_signer(&keys.revoked)
                    .made_by(&keys.maker);
                let make = |value: &[u8]| token(value, before, stamped("strange"));
                let value = Value { at: before, stamp: Some(&make), ..Value::new(&seal, &keys.revoked) };
                shop.sealed_with(&value, |_| {}).to_zip()
            },
        )
        .unclear(),
    ]
    .into_iter()
    .map(|attack| attack.by(Attacker::Insider).intact())
    .collect()
}
