//! SM2 SignedData by GM/T 0010 (GB/T 35275): the same structure under two families of identifiers, as files mix them.
#![allow(clippy::unwrap_used)]

mod common;

use common::World;
use pki::cms::{CmsCheckName, ContentForm, Outcome, SignedData};
use pki::{DigestAlgorithm, KeyKind, ObjectIdentifier, Signer, SoftSigner, asn1, oid};

/// What a message is put together from.
#[derive(Clone, Copy, Debug)]
struct Form {
    signed_data: ObjectIdentifier,
    content_type: ObjectIdentifier,
    /// In the signed attributes.
    attribute: ObjectIdentifier,
    /// digestEncryptionAlgorithm.
    signature: ObjectIdentifier,
    digest: ObjectIdentifier,
}

const GM: Form = Form {
    signed_data: oid::GM_SIGNED_DATA,
    content_type: oid::GM_DATA,
    attribute: oid::GM_DATA,
    signature: oid::SM2_SIGN,
    digest: oid::SM3,
};

/// A detached message over a document's digest with signed attributes (form B).
fn message(signer: &SoftSigner, document: &[u8], form: Form) -> Vec<u8> {
    let digest = DigestAlgorithm::Sm3.digest(document);
    let attribute = |kind: &ObjectIdentifier, value: &[u8]| {
        asn1::sequence(&[&asn1::oid(kind), &asn1::tlv(asn1::tag::SET, &[value])])
    };
    let attributes = asn1::set_of(vec![
        attribute(&oid::CONTENT_TYPE, &asn1::oid(&form.attribute)),
        attribute(&oid::MESSAGE_DIGEST, &asn1::octet_string(digest.as_bytes())),
    ]);
    let signature = signer.sign(&attributes).unwrap();
    let mut implicit = attributes;
    implicit[0] = asn1::tag::context(0);
    let certificate = signer.certificate();
    let digest_identifier = asn1::sequence(&[&asn1::oid(&form.digest)]);
    let info = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::sequence(&[certificate.issuer().der(), &asn1::tlv(asn1::tag::INTEGER, &[certificate.serial()])]),
        &digest_identifier,
        &implicit,
        &asn1::sequence(&[&asn1::oid(&form.signature)]),
        &asn1::octet_string(&signature),
    ]);
    let data = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::set_of(vec![digest_identifier]),
        &asn1::sequence(&[&asn1::oid(&form.content_type)]),
        &asn1::explicit(0, certificate.der()),
        &asn1::set_of(vec![info]),
    ]);
    asn1::sequence(&[&asn1::oid(&form.signed_data), &asn1::explicit(0, &data)])
}

#[test]
fn both_families_and_their_mixtures_are_read() {
    let signer = World::new(KeyKind::Sm2).signer;
    let sm3 = |document: &[u8]| DigestAlgorithm::Sm3.digest(document);
    let cases = [
        (GM, ContentForm::Gbt35275),
        (Form { content_type: oid::DATA, attribute: oid::DATA, ..GM }, ContentForm::Gbt35275),
        (Form { content_type: oid::DATA, ..GM }, ContentForm::Gbt35275),
        (Form { attribute: oid::DATA, ..GM }, ContentForm::Gbt35275),
        (Form { signature: oid::SM2_WITH_SM3, ..GM }, ContentForm::Gbt35275),
        (Form { digest: oid::SM3_WITHOUT_KEY, ..GM }, ContentForm::Gbt35275),
        (Form { signed_data: oid::SIGNED_DATA, content_type: oid::DATA, attribute: oid::DATA, ..GM }, ContentForm::Cms),
    ];
    for (form, expected) in cases {
        let data = SignedData::from_der(&message(&signer, b"Signature.xml", form)).unwrap();
        assert_eq!(data.form, expected, "{form:?}");
        let report = data.verify(0, &sm3(b"Signature.xml"));
        let failed: Vec<_> = report.checks.iter().filter(|check| matches!(check.outcome, Outcome::Failed(_))).collect();
        // CAdES asks for one attribute that GB/T 35275 does not know.
        let only_cades = failed.iter().all(|check| check.name == CmsCheckName::SigningCertificate);
        assert!(failed.is_empty() || expected == ContentForm::Cms && only_cades, "{form:?}: {failed:?}");
        assert_eq!(report.outcome(CmsCheckName::Signature), Some(&Outcome::Passed), "{form:?}");
        assert!(!data.verify(0, &sm3(b"another")).passed(), "{form:?}");
    }
}

#[test]
fn what_neither_family_says_is_refused() {
    let signer = World::new(KeyKind::Sm2).signer;
    let digest = DigestAlgorithm::Sm3.digest(b"Signature.xml");
    let misprint = ObjectIdentifier::new_unwrap("1.2.156.10197.501");
    let encryption = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301.3");
    for form in [
        Form { signature: misprint, ..GM },
        Form { signature: encryption, ..GM },
        Form { signature: oid::SM2_CURVE, ..GM },
        Form { signature: oid::ECDSA_SHA256, ..GM },
        Form { digest: oid::SHA256, ..GM },
        Form { digest: oid::SM2_WITH_SM3, ..GM },
        Form { attribute: oid::GM_SIGNED_DATA, ..GM },
        // The identifiers of GM/T 0010 inside an RFC 5652 message name another type than its content has.
        Form { signed_data: oid::SIGNED_DATA, content_type: oid::DATA, ..GM },
    ] {
        let data = SignedData::from_der(&message(&signer, b"Signature.xml", form)).unwrap();
        assert!(!data.verify(0, &digest).passed(), "{form:?}");
    }
    let enveloped = ObjectIdentifier::new_unwrap("1.2.156.10197.6.1.4.2.3");
    for signed_data in [enveloped, oid::GM_DATA, oid::DATA] {
        assert!(SignedData::from_der(&message(&signer, b"x", Form { signed_data, ..GM })).is_err(), "{signed_data}");
    }
}
