//! Class 6: keys and seal makers that nobody trusts, or that are not trusted for this.

use pki::{Signer as _, asn1};

use crate::attack::{Attack, Attacker, Base};
use crate::parts::Parts;
use crate::seal::{SealSpec, Value};
use crate::workshop::{PAGE, Workshop};

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = strangers(shop);
    attacks.extend(borrowed(shop));
    attacks.extend(licenses(shop));
    attacks
}

fn dear(parts: &mut Parts) {
    parts.replace(PAGE, "1000", "9000");
}

fn strangers(shop: &Workshop) -> Vec<Attack> {
    let keys = &shop.keys;
    let seal_for = |who, maker| SealSpec { signers: vec![], ..shop.market_spec() }.with_signer(who).made_by(maker);
    let forged = |value: &Value<'_>| shop.sealed_with(value, dear).to_zip();
    let all_strange = seal_for(&keys.impostor, &keys.stranger_maker);
    let self_made = seal_for(&keys.impostor, &keys.impostor);
    let strange_maker = seal_for(&keys.market, &keys.stranger_maker);
    let own_maker = seal_for(&keys.market, &keys.market);
    let strange_signer = seal_for(&keys.impostor, &keys.maker);
    let double = seal_for(&keys.double, &keys.maker);
    let below_leaf = seal_for(&keys.below_leaf, &keys.maker);
    vec![
        Attack::new(
            "all-strange",
            "the notice forged and sealed anew: signer, seal and seal maker bear the genuine names below an unknown root",
            &["signer.untrusted", "seal.maker-untrusted"],
            forged(&Value::new(&all_strange, &keys.impostor)),
        )
        .by(Attacker::OwnKey)
        .intact()
        .unclear(),
        Attack::new(
            "self-made-seal",
            "a seal with the genuine picture, made by its own user",
            &["signer.untrusted", "seal.maker-untrusted"],
            forged(&Value::new(&self_made, &keys.impostor)),
        )
        .by(Attacker::OwnKey)
        .intact()
        .unclear(),
        Attack::new(
            "strange-maker",
            "a trusted signer uses a seal of an unknown maker",
            &["seal.maker-untrusted"],
            forged(&Value::new(&strange_maker, &keys.market)),
        )
        .by(Attacker::Insider)
        .intact()
        .unclear(),
        Attack::new(
            "issuer-as-maker",
            "a trusted issuer made its seal itself",
            &["seal.maker-untrusted"],
            forged(&Value::new(&own_maker, &keys.market)),
        )
        .by(Attacker::Insider)
        .intact()
        .unclear(),
        Attack::new(
            "strange-signer",
            "a trusted maker made a seal for a certificate below an unknown root",
            &["signer.untrusted"],
            forged(&Value::new(&strange_signer, &keys.impostor)),
        )
        .by(Attacker::OwnKey)
        .intact()
        .unclear(),
        Attack::new(
            "root-of-the-same-name",
            "root and CA bear the trusted names, their keys are other ones",
            &["signer.certificate"],
            forged(&Value::new(&double, &keys.double)),
        )
        .by(Attacker::OwnKey)
        .intact(),
        Attack::new(
            "signed-by-a-leaf",
            "the signer's certificate was issued by a signer that is no CA",
            &["signer.certificate"],
            {
                // A sealed document brings no chain: the verifier gets it as GB/T 35275 would carry it, in the license.
                let value = Value::new(&below_leaf, &keys.below_leaf);
                let chain = format!("{}{}", keys.market.certificate().to_pem(), keys.ca.certificate().to_pem());
                shop.license_with(&value, |parts| {
                    parts.set("Doc_0/Attachs/license-chain.pem", chain);
                })
                .to_zip()
            },
        )
        .of(Base::License)
        .by(Attacker::OtherIssuer)
        .intact(),
    ]
}

fn borrowed(shop: &Workshop) -> Vec<Attack> {
    let keys = &shop.keys;
    let forged = |value: &Value<'_>| shop.sealed_with(value, dear).to_zip();
    let genuine = keys.market.certificate().der().to_vec();
    vec![
        Attack::new(
            "genuine-seal-strange-key",
            "the genuine seal, applied with a key it does not list",
            &["seal.signer-not-listed"],
            forged(&Value::new(&shop.market_seal, &keys.impostor)),
        )
        .by(Attacker::OwnKey),
        Attack::new(
            "genuine-certificate-strange-key",
            "genuine seal and genuine certificate, signed with another key",
            &["seal.signature"],
            forged(&Value { certificate: Some(genuine), ..Value::new(&shop.market_seal, &keys.impostor) }),
        )
        .by(Attacker::OwnKey),
        Attack::new(
            "seal-with-another-picture-name",
            "the other issuer's genuine seal with the first issuer's name written into it",
            &["seal.maker-signature"],
            {
                let mut seal = shop.housing_seal.clone();
                let (from, to) = (crate::keys::HOUSING_NAME.as_bytes(), crate::keys::MARKET_NAME.as_bytes());
                // Names of equal length keep every DER length as it is.
                let to = [to, &vec![b'!'; from.len().saturating_sub(to.len())]].concat();
                replace_bytes(&mut seal, from, &to);
                forged(&Value::new(&seal, &keys.housing))
            },
        )
        .by(Attacker::OtherIssuer),
        Attack::new(
            "no-certificate",
            "the certificate's place in the seal signature is empty",
            &["seal.structure"],
            forged(&Value { certificate: Some(asn1::null()), ..Value::new(&shop.market_seal, &keys.impostor) }),
        )
        .by(Attacker::OwnKey),
    ]
}

/// Replaces bytes by as many others.
pub(super) fn replace_bytes(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len(), "lengths stay as they are");
    let at = bytes.windows(from.len()).position(|window| window == from).expect("something to replace");
    bytes[at..at + to.len()].copy_from_slice(to);
}

fn licenses(shop: &Workshop) -> Vec<Attack> {
    let keys = &shop.keys;
    let index_seal =
        SealSpec { signers: vec![], ..shop.market_spec() }.with_signer(&keys.market_index).made_by(&keys.maker);
    vec![
        Attack::new(
            "other-issuer",
            "another trusted issuer seals a license that is not its own",
            &["signer.not-issuer"],
            shop.license_with(&shop.by_housing(), |_| {}).to_zip(),
        )
        .of(Base::License)
        .by(Attacker::OtherIssuer)
        .intact(),
        Attack::new(
            "index-key",
            "the key that signs indexes day and night was made to seal a license",
            &["signer.certificate"],
            shop.license_with(&Value::new(&index_seal, &keys.market_index), |_| {}).to_zip(),
        )
        .of(Base::License)
        .by(Attacker::Insider)
        .intact(),
    ]
}
