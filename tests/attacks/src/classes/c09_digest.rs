//! Class 9: weak digests, and algorithms that are not those they are called.

use md5::{Digest as _, Md5};
use pki::{ObjectIdentifier, oid};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::attack::{Attack, Attacker};
use crate::parts::Parts;
use crate::seal::Scene;
use crate::seal::{SealSpec, Value, sm3};
use crate::sign::{SIGNATURE, SM3, Signing, stamps, unsigned};
use crate::workshop::Workshop;

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = methods(shop);
    attacks.extend(names(shop));
    attacks.extend(edited(shop));
    attacks
}

fn md5(bytes: &[u8]) -> Vec<u8> {
    Md5::digest(bytes).to_vec()
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

fn signed(shop: &Workshop, change: &dyn for<'a> Fn(Signing<'a>) -> Signing<'a>) -> Parts {
    let stamps = stamps(&shop.notice);
    let value = shop.by_market();
    let make = |scene: &Scene<'_>| value.over(scene);
    let mut parts = unsigned(&shop.notice);
    change(Signing::new(&make, &stamps)).put_on(&mut parts);
    parts
}

/// Honest digests by functions that nobody should rely on.
fn methods(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["ofd.digest-method"];
    let by = |method: &'static str, digest: &'static dyn Fn(&[u8]) -> Vec<u8>| {
        signed(shop, &move |signing| Signing { method, digest, ..signing }).to_zip()
    };
    let absent = |digest: &'static dyn Fn(&[u8]) -> Vec<u8>| {
        signed(shop, &move |signing| Signing {
            digest,
            edit: Some(&|xml| xml.replace(&format!(" CheckMethod=\"{SM3}\""), "")),
            ..signing
        })
        .to_zip()
    };
    vec![
        Attack::new("md5", "all references by MD5", CODES, by("MD5", &md5)),
        Attack::new("sha-1", "all references by SHA-1", CODES, by("SHA1", &sha1)),
        Attack::new("sha-1-by-number", "SHA-1 by its object identifier", CODES, by("1.3.14.3.2.26", &sha1)),
        Attack::new("absent", "no CheckMethod: by the schema that is MD5", CODES, absent(&md5)),
        Attack::new("absent-sm3", "no CheckMethod, though the digests are SM3's", CODES, absent(&sm3)),
        Attack::new(
            "unknown",
            "CheckMethod names nothing: a reader that skips what it does not know checks nothing",
            CODES,
            by("NONE", &|_| Vec::new()),
        ),
        Attack::new(
            "checksum",
            "CRC-32 in place of a digest",
            CODES,
            by("CRC32", &|bytes| crate::zip::crc32(bytes).to_be_bytes().to_vec()),
        ),
        Attack::new(
            "sm3-cut",
            "the first eight bytes of each SM3 digest",
            &["ofd.digest"],
            by(SM3, &|bytes| sm3(bytes)[..8].to_vec()),
        ),
        Attack::new("md5-called-sm3", "MD5 digests under the name of SM3", &["ofd.digest"], by(SM3, &md5)),
    ]
    .into_iter()
    .map(|attack| attack.by(Attacker::Insider))
    .collect()
}

fn names(shop: &Workshop) -> Vec<Attack> {
    let keys = &shop.keys;
    let method = |algorithm: &'static str| signed(shop, &move |signing| Signing { algorithm, ..signing }).to_zip();
    let value =
        |algorithm: ObjectIdentifier| shop.sealed_with(&Value { algorithm, ..shop.by_market() }, |_| {}).to_zip();
    let maker = {
        let seal = SealSpec { algorithm: oid::ECDSA_SHA256, ..shop.market_spec() }.made_by(&keys.maker);
        shop.sealed_with(&Value::new(&seal, &keys.market), |_| {}).to_zip()
    };
    let edwards = {
        let seal = SealSpec { signers: vec![], ..shop.market_spec() }.with_signer(&keys.edwards).made_by(&keys.maker);
        shop.sealed_with(&Value::new(&seal, &keys.edwards), |_| {}).to_zip()
    };
    let sha256 = {
        let hash = |xml: &[u8]| pki::DigestAlgorithm::Sha256.digest(xml).as_bytes().to_vec();
        let stamps = stamps(&shop.notice);
        let mut parts = unsigned(&shop.notice);
        let make = |scene: &Scene<'_>| Value { data_hash: Some(hash(scene.xml)), ..shop.by_market() }.over(scene);
        Signing::new(&make, &stamps).put_on(&mut parts);
        parts.to_zip()
    };
    vec![
        Attack::new(
            "method-rsa",
            "SignatureMethod says RSA, the value is SM2's",
            &["ofd.signature-method"],
            method("1.2.840.113549.1.1.11"),
        )
        .intact(),
        Attack::new(
            "method-ecdsa",
            "SignatureMethod says ECDSA, the value is SM2's",
            &["ofd.signature-method"],
            method("1.2.840.10045.4.3.2"),
        )
        .intact(),
        Attack::new(
            "value-ecdsa",
            "the seal signature names ECDSA with SHA-256 over an SM2 value",
            &["seal.algorithm"],
            value(oid::ECDSA_SHA256),
        )
        .unchecked(),
        Attack::new(
            "value-sm3-only",
            "the seal signature names a digest in place of a signature algorithm",
            &["seal.algorithm"],
            value(oid::SM3),
        )
        .unchecked(),
        Attack::new("maker-ecdsa", "the seal names ECDSA for its maker's SM2 signature", &["seal.algorithm"], maker)
            .unchecked(),
        Attack::new(
            "signer-ed25519",
            "the signer's key is Ed25519, the signature calls itself SM2",
            &["seal.algorithm"],
            edwards,
        )
        .unchecked(),
        Attack::new(
            "data-hash-sha256",
            "dataHash is SHA-256 of Signature.xml, as long as SM3",
            &["seal.data-hash"],
            sha256,
        ),
    ]
    .into_iter()
    .map(|attack| attack.by(Attacker::Insider))
    .collect()
}

/// Edited by somebody without a key.
fn edited(shop: &Workshop) -> Vec<Attack> {
    vec![
        Attack::new(
            "downgraded",
            "a forger rewrites Signature.xml with MD5 digests of the forged page",
            &["seal.data-hash", "ofd.digest-method"],
            {
                let forged = {
                    let mut parts = shop.notice.clone();
                    parts.set(crate::workshop::PAGE, shop.dear_page());
                    parts
                };
                let stamps = stamps(&forged);
                let old = forged.get(crate::sign::VALUE).to_vec();
                let mut parts = unsigned(&forged);
                let keep = |_: &Scene<'_>| old.clone();
                Signing { method: "MD5", digest: &md5, ..Signing::new(&keep, &stamps) }.put_on(&mut parts);
                parts.to_zip()
            },
        ),
        Attack::new(
            "digests-emptied",
            "a forger empties all check values",
            &["seal.data-hash", "ofd.references"],
            shop.changed(|parts| {
                let text = parts.text(SIGNATURE);
                let mut out = String::new();
                let mut rest = text.as_str();
                while let Some((before, behind)) = rest.split_once("<ofd:CheckValue>") {
                    out += before;
                    out += "<ofd:CheckValue>";
                    rest = behind.split_once("</ofd:CheckValue>").map_or("", |(_, after)| after);
                    out += "</ofd:CheckValue>";
                }
                out += rest;
                parts.set(SIGNATURE, out).set(crate::workshop::PAGE, shop.dear_page());
            }),
        ),
        Attack::new(
            "references-removed",
            "a forger removes all references",
            &["seal.data-hash", "ofd.references"],
            shop.changed(|parts| {
                let text = parts.text(SIGNATURE);
                let (before, rest) = text.split_once("<ofd:References").expect("there are references");
                let (_, after) = rest.split_once("</ofd:References>").expect("and their end");
                parts.set(SIGNATURE, format!("{before}{after}")).set(crate::workshop::PAGE, shop.dear_page());
            }),
        ),
    ]
}
