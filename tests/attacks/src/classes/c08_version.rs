//! Class 8: property information of another file, versions that contradict each other.

use pki::asn1;
use pki::{Signer as _, SoftSigner, oid};

use crate::attack::{Attack, Attacker, Base};
use crate::keys::SEALED;
use crate::seal::Scene;
use crate::seal::{SealSpec, Value, sm3};
use crate::sign::{LIST, Signing, stamps, unsigned};
use crate::workshop::Workshop;

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = properties(shop);
    attacks.extend(versions(shop));
    attacks.extend(kinds(shop));
    attacks.into_iter().map(|attack| attack.by(Attacker::Insider)).collect()
}

fn properties(shop: &Workshop) -> Vec<Attack> {
    let with = |property: &str| {
        let value = Value { property: Some(property.to_owned()), ..shop.by_market() };
        shop.sealed_with(&value, |_| {}).to_zip()
    };
    const CODES: &[&str] = &["seal.property"];
    vec![
        Attack::new(
            "other-path",
            "propertyInfo names the signature of another document",
            CODES,
            with("/Doc_1/Signs/Sign_0/Signature.xml"),
        ),
        Attack::new(
            "other-number",
            "propertyInfo names the second signature",
            CODES,
            with("/Doc_0/Signs/Sign_1/Signature.xml"),
        ),
        Attack::new("empty-in-license", "propertyInfo of a license is empty", CODES, {
            let value = Value { property: Some(String::new()), ..shop.by_market() };
            shop.license_with(&value, |_| {}).to_zip()
        })
        .of(Base::License),
        Attack::new(
            "longer-path",
            "propertyInfo names a file whose path contains the right one",
            CODES,
            with("/Doc_9/Doc_0/Signs/Sign_0/Signature.xml.bak"),
        ),
        Attack::new(
            "longer-folder",
            "propertyInfo names the same path in another folder",
            CODES,
            with("/Copy/Doc_0/Signs/Sign_0/Signature.xml"),
        ),
    ]
    .into_iter()
    .map(Attack::intact)
    .collect()
}

/// TBS_Sign of v1, certificate and algorithm inside, around any seal.
fn v1_value(seal: &[u8], xml: &[u8], path: &str, by: &SoftSigner) -> Vec<u8> {
    let to_sign = asn1::sequence(&[
        &asn1::integer(1),
        seal,
        &asn1::bit_string(b"2026-12-01 10:00:00"),
        &asn1::bit_string(&sm3(xml)),
        &asn1::ia5_string(path, "path").expect("ASCII"),
        &asn1::octet_string(by.certificate().der()),
        &asn1::oid(&oid::SM2_WITH_SM3),
    ]);
    let signature = by.sign(&to_sign).expect("SM2 signs anything");
    asn1::sequence(&[&to_sign, &asn1::bit_string(&signature)])
}

fn versions(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["seal.version"];
    let keys = &shop.keys;
    let stamps = stamps(&shop.notice);
    let with = |value: &dyn Fn(&Scene<'_>) -> Vec<u8>| {
        let mut parts = unsigned(&shop.notice);
        Signing::new(value, &stamps).put_on(&mut parts);
        parts.to_zip()
    };
    let numbered = |version| SealSpec { version, ..shop.market_spec() }.made_by(&keys.maker);
    let plain = |seal: &[u8], version| {
        let value = Value { version, ..Value::new(seal, &keys.market) };
        with(&|scene| value.over(scene))
    };
    vec![
        Attack::new(
            "signature-v5-seal-v4",
            "the signature calls itself version 5, its seal is of version 4",
            CODES,
            plain(&shop.market_seal, 5),
        ),
        Attack::new(
            "signature-v4-seal-v5",
            "the signature calls itself version 4, its seal's header version 5",
            CODES,
            plain(&numbered(5), 4),
        ),
        Attack::new(
            "signature-v1-number",
            "a signature of the form of version 4 calls itself version 1",
            CODES,
            plain(&shop.market_seal, 1),
        ),
        Attack::new(
            "seal-header-unknown",
            "the seal's header names a version that does not exist",
            CODES,
            plain(&numbered(99), 4),
        ),
        Attack::new(
            "seal-header-v1",
            "a seal of the form of version 4 names version 1 in its header",
            CODES,
            plain(&numbered(1), 4),
        ),
        Attack::new(
            "signature-v1-around-seal-v4",
            "a signature of the form of version 1 around a seal of version 4",
            CODES,
            with(&|scene| v1_value(&shop.market_seal, scene.xml, scene.path, &keys.market)),
        ),
    ]
    .into_iter()
    .map(Attack::intact)
    .collect()
}

fn kinds(shop: &Workshop) -> Vec<Attack> {
    let stamps = stamps(&shop.notice);
    let value = shop.by_market();
    let seal_value = |scene: &Scene<'_>| value.over(scene);
    let bare = |scene: &Scene<'_>| shop.keys.market.sign(scene.xml).expect("SM2 signs anything");
    let signed = |signing: Signing<'_>| {
        let mut parts = unsigned(&shop.notice);
        signing.put_on(&mut parts);
        parts.to_zip()
    };
    vec![
        Attack::new(
            "seal-called-plain",
            "the list calls a seal signature a plain one: readers that look for SignedData show no seal",
            &["ofd.signature-list"],
            signed(Signing { kind: "Sign", ..Signing::new(&seal_value, &stamps) }),
        )
        .intact(),
        Attack::new(
            "bare-called-seal",
            "the list calls a bare SM2 signature a seal; it names no certificate",
            &["ofd.unverifiable", "ofd.signature-list"],
            signed(Signing::new(&bare, &stamps)),
        )
        .unchecked(),
        Attack::new("two-kinds", "the record of the list has another kind in another case", &["ofd.signature-list"], {
            let edit = |list: String| list.replace("Type=\"Seal\"", "Type=\"SEAL\"");
            let bytes = signed(Signing { edit_list: Some(&edit), ..Signing::new(&seal_value, &stamps) });
            debug_assert!(crate::parts::Parts::open(&bytes).text(LIST).contains("SEAL"));
            bytes
        })
        .intact(),
        Attack::new("time-differs", "SignatureDateTime says another day than the seal signature", &["time.differs"], {
            let edit = |xml: String| xml.replace("20261201020000Z", "20250101000000Z");
            debug_assert!(SEALED.year() == 2026);
            signed(Signing { edit: Some(&edit), ..Signing::new(&seal_value, &stamps) })
        })
        .intact()
        .unclear(),
    ]
}
