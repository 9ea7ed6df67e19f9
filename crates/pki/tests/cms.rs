//! CMS: what we write reads back, every change is refused, and foreign forms are understood (E: signatures).
#![allow(clippy::unwrap_used)]

mod common;

use common::{NOW, World};
use pki::cms::{self, CmsCheckName, CmsOptions, ContentForm, Outcome, PrepareError, SignedData};
use pki::{Digest, DigestAlgorithm, KeyKind, Signer, SoftSigner, asn1, oid};

fn sign(signer: &SoftSigner, options: &CmsOptions) -> (Vec<u8>, Digest) {
    let digest = signer.algorithm().digest().digest(b"document");
    let prepared = cms::prepare(&digest, signer.certificate(), signer.algorithm(), options).unwrap();
    let reserved = prepared.max_len(signer.chain());
    let signature = signer.sign(prepared.to_be_signed()).unwrap();
    let der = prepared.finish(&signature, signer.chain());
    assert!(der.len() <= reserved, "{} bytes, reserved {reserved}", der.len());
    (der, digest)
}

#[test]
fn pades_signatures_verify_and_name_their_certificate() {
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Ed25519, KeyKind::Sm2] {
        let world = World::new(kind);
        let (der, digest) = sign(&world.signer, &CmsOptions::pades());
        let data = SignedData::from_der(&der).unwrap();
        assert_eq!((data.form, data.trailing, data.content.clone()), (ContentForm::Cms, 0, None));
        assert_eq!(data.certificates.len(), 3, "signer, CA, root");
        let report = data.verify(0, &digest);
        assert!(report.passed(), "{:?}", report.checks);
        assert_eq!(report.outcome(CmsCheckName::SigningCertificate), Some(&Outcome::Passed));
        assert_eq!(report.certificate.as_ref(), Some(world.signer.certificate()));
        assert_eq!(data.signers[0].signing_time(), None, "PAdES keeps the time in /M");
        assert_eq!(data.signers[0].message_digest().as_deref(), Some(digest.as_bytes()));
    }
}

#[test]
fn gbt_35275_form_b_is_written_and_read() {
    let world = World::new(KeyKind::Sm2);
    let (der, digest) = sign(&world.signer, &CmsOptions::gbt35275(NOW));
    let data = SignedData::from_der(&der).unwrap();
    assert_eq!((data.form, data.content_type), (ContentForm::Gbt35275, oid::GM_DATA));
    assert!(data.verify(0, &digest).passed());
    assert_eq!(data.signers[0].signing_time(), Some(NOW));
}

/// A GB/T 35275 structure with this content, signed as it says; `digested` stands in the signed attributes.
fn gbt_35275(world: &World, content: Option<&[u8]>, signed: &[u8], digested: Option<&[u8]>) -> SignedData {
    let certificate = world.signer.certificate();
    let attribute = |id, value: Vec<u8>| asn1::sequence(&[&asn1::oid(id), &asn1::set_of(vec![value])]);
    let attributes = digested.map(|digest| {
        let kind = attribute(&oid::CONTENT_TYPE, asn1::oid(&oid::GM_DATA));
        asn1::set_of(vec![kind, attribute(&oid::MESSAGE_DIGEST, asn1::octet_string(digest))])
    });
    let signature = world.signer.sign(attributes.as_deref().unwrap_or(signed)).unwrap();
    let sm3 = DigestAlgorithm::Sm3.algorithm_identifier();
    let serial = asn1::tlv(asn1::tag::INTEGER, &[certificate.serial()]);
    let signer_info = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::sequence(&[certificate.issuer().der(), &serial]),
        &sm3,
        // Implicitly tagged: the SET's own tag is for signing alone.
        &attributes.map(|set| [&[asn1::tag::context(0)], &set[1..]].concat()).unwrap_or_default(),
        &asn1::sequence(&[&asn1::oid(&oid::SM2_SIGN)]),
        &asn1::octet_string(&signature),
    ]);
    let inner = content.map(|content| asn1::explicit(0, &asn1::octet_string(content))).unwrap_or_default();
    let data = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::set_of(vec![sm3]),
        &asn1::sequence(&[&asn1::oid(&oid::GM_DATA), &inner]),
        &asn1::explicit(0, certificate.der()),
        &asn1::set_of(vec![signer_info]),
    ]);
    let der = asn1::sequence(&[&asn1::oid(&oid::GM_SIGNED_DATA), &asn1::explicit(0, &data)]);
    SignedData::from_der(&der).unwrap()
}

/// Forms A and A': the content is the digest, raw or in base64, and is signed itself.
#[test]
fn gbt_35275_forms_with_content_are_read() {
    let world = World::new(KeyKind::Sm2);
    let digest = DigestAlgorithm::Sm3.digest(b"Signature.xml");
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(digest.as_bytes());
    for content in [digest.as_bytes(), text.as_bytes(), b"something else"] {
        let report = gbt_35275(&world, Some(content), content, None).verify(0, &digest);
        assert_eq!(report.outcome(CmsCheckName::Signature), Some(&Outcome::Passed));
        assert_eq!(report.passed(), content != b"something else", "{:?}", report.checks);
    }
}

/// With the document at hand every form can be told: nothing is left unchecked, and another document never passes.
#[test]
fn gbt_35275_over_the_document_itself() {
    let world = World::new(KeyKind::Sm2);
    let xml = b"Signature.xml";
    let digest = DigestAlgorithm::Sm3.digest(xml);
    let digest = digest.as_bytes();
    let of_digest = DigestAlgorithm::Sm3.digest(digest);
    let forms = [
        ("neither content nor attributes", None, None),
        ("the document enclosed", Some(&xml[..]), None),
        ("the document enclosed, attributes", Some(xml), Some(digest)),
        ("the digest enclosed, its digest in the attributes", Some(digest), Some(of_digest.as_bytes())),
        ("the digest enclosed and in the attributes", Some(digest), Some(digest)),
    ];
    for (what, content, digested) in forms {
        let data = gbt_35275(&world, content, content.unwrap_or(xml), digested);
        let report = data.verify_document(0, xml);
        assert!(report.passed(), "{what}: {:?}", report.checks);
        assert!(!data.verify_document(0, b"another").passed(), "{what}");
    }
    // The digest was signed, and left out.
    let bare = gbt_35275(&world, None, digest, None);
    assert!(bare.verify_document(0, xml).passed() && !bare.verify_document(0, b"another").passed());
    // Nothing that can be computed without the document.
    let bare = gbt_35275(&world, None, xml, None);
    assert!(!bare.verify(0, &DigestAlgorithm::Sm3.digest(xml)).passed());
    // The value of another document, and a digest of other content.
    assert!(!gbt_35275(&world, None, b"another", None).verify_document(0, xml).passed());
    let other = DigestAlgorithm::Sm3.digest(b"another");
    let of_other = DigestAlgorithm::Sm3.digest(other.as_bytes());
    let data = gbt_35275(&world, Some(other.as_bytes()), xml, Some(of_other.as_bytes()));
    assert!(!data.verify_document(0, xml).passed());
}

#[test]
fn every_changed_byte_is_refused_or_changes_nothing_signed() {
    let world = World::new(KeyKind::P256);
    let (der, digest) = sign(&world.signer, &CmsOptions::pades());
    let original = SignedData::from_der(&der).unwrap();
    for index in 0..der.len() {
        let mut forged = der.clone();
        forged[index] ^= 0x01;
        let Ok(data) = SignedData::from_der(&forged) else { continue };
        let report = data.verify(0, &digest);
        if report.passed() {
            // Unsigned by design: the version numbers, the set of digests, the other certificates.
            assert_eq!(report.certificate.as_ref(), Some(world.signer.certificate()), "byte {index}");
            assert_eq!(data.signers[0].signature, original.signers[0].signature, "byte {index}");
            assert_eq!(data.signers[0].signed_attributes, original.signers[0].signed_attributes, "byte {index}");
        }
    }
}

#[test]
fn another_document_another_certificate_no_certificate() {
    let world = World::new(KeyKind::P256);
    let (der, _) = sign(&world.signer, &CmsOptions::pades());
    let data = SignedData::from_der(&der).unwrap();
    let other = DigestAlgorithm::Sha256.digest(b"another");
    assert!(matches!(data.verify(0, &other).outcome(CmsCheckName::MessageDigest), Some(Outcome::Failed(_))));
    let other_function = DigestAlgorithm::Sm3.digest(b"document");
    assert!(!data.verify(0, &other_function).passed());
    assert!(!data.verify(1, &other).passed(), "there is one signer only");

    let mut stripped = data.clone();
    stripped.certificates.clear();
    let digest = DigestAlgorithm::Sha256.digest(b"document");
    assert!(!stripped.verify(0, &digest).passed());

    // Same issuer and serial, other key: signing-certificate-v2 and the signature both tell.
    let mut substituted = data.clone();
    let twin = World::new(KeyKind::P256);
    substituted.certificates = vec![twin.signer.certificate().clone()];
    let report = substituted.verify(0, &digest);
    assert!(matches!(report.outcome(CmsCheckName::SigningCertificate), Some(Outcome::Failed(_))));
    assert!(matches!(report.outcome(CmsCheckName::Signature), Some(Outcome::Failed(_))));
}

#[test]
fn padding_behind_the_structure_is_counted() {
    let world = World::new(KeyKind::P256);
    let (mut der, digest) = sign(&world.signer, &CmsOptions::pades());
    der.extend([0; 100]);
    let data = SignedData::from_der(&der).unwrap();
    assert_eq!((data.trailing, data.trailing_not_zero), (100, false));
    assert!(data.verify(0, &digest).passed());
    der.push(1);
    assert!(SignedData::from_der(&der).unwrap().trailing_not_zero);
}

#[test]
fn a_digest_of_another_function_is_refused_before_signing() {
    let world = World::new(KeyKind::P256);
    let digest = DigestAlgorithm::Sha512.digest(b"document");
    let signer = &world.signer;
    let result = cms::prepare(&digest, signer.certificate(), signer.algorithm(), &CmsOptions::pades());
    assert!(matches!(result, Err(PrepareError::DigestMismatch { .. })));
}

/// For PDF: the identifiers of GM/T 0010, but named like a PAdES signature, and without a time of its own.
#[test]
fn gmt_0010_inside_a_pdf_names_its_certificate() {
    let world = World::new(KeyKind::Sm2);
    let (der, digest) = sign(&world.signer, &CmsOptions::gmt0010_pdf());
    let data = SignedData::from_der(&der).unwrap();
    assert_eq!((data.form, data.content_type, data.content.clone()), (ContentForm::Gbt35275, oid::GM_DATA, None));
    let report = data.verify(0, &digest);
    assert!(report.passed(), "{:?}", report.checks);
    assert_eq!(report.outcome(CmsCheckName::SigningCertificate), Some(&Outcome::Passed));
    assert_eq!(data.signers[0].signing_time(), None);
    let other = DigestAlgorithm::Sm3.digest(b"another document");
    assert!(!data.verify(0, &other).passed());
}

/// RFC 8419: Ed25519 goes with SHA-512, both identifiers without parameters.
#[test]
fn ed25519_goes_with_sha_512() {
    let world = World::new(KeyKind::Ed25519);
    let (der, digest) = sign(&world.signer, &CmsOptions::pades());
    assert_eq!(digest.algorithm(), DigestAlgorithm::Sha512);
    let identifiers = [DigestAlgorithm::Sha512.algorithm_identifier(), world.signer.algorithm().algorithm_identifier()];
    assert_eq!(identifiers[0], asn1::sequence(&[&asn1::oid(&oid::SHA512)]));
    assert_eq!(identifiers[1], asn1::sequence(&[&asn1::oid(&oid::ED25519)]));
    for identifier in identifiers {
        assert!(der.windows(identifier.len()).any(|window| window == identifier));
    }
}
