//! The signed attributes of a CMS: their order, and whom they say the signer to be.

use super::common::{World, openssl};
use pki::cms::{CmsCheckName, Outcome, SignedData};
use pki::{DigestAlgorithm, KeyKind, ObjectIdentifier, Signer as _, asn1, oid};
use std::fs;

/// A detached signature over `document` whose attributes are signed, and stand, in these orders, with these digests in its list.
fn detached(world: &World, signed: &[usize], stand: &[usize], digests: &[DigestAlgorithm]) -> Vec<u8> {
    // Without a meaning, and the last by its length.
    let more = attribute(&oid::REVOCATION_INFO_ARCHIVAL, asn1::sequence(&[&asn1::octet_string(&[0; 90])]));
    detached_with(world, more, (signed, stand), digests)
}

fn attribute(id: &ObjectIdentifier, value: Vec<u8>) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(id), &asn1::set_of(vec![value])])
}

/// The same with `more` as its third attribute.
fn detached_with(
    world: &World,
    more: Vec<u8>,
    (signed, stand): (&[usize], &[usize]),
    digests: &[DigestAlgorithm],
) -> Vec<u8> {
    let (certificate, sha256) = (world.signer.certificate(), DigestAlgorithm::Sha256);
    let digest = asn1::octet_string(sha256.digest(b"document").as_bytes());
    let attributes =
        [attribute(&oid::CONTENT_TYPE, asn1::oid(&oid::DATA)), attribute(&oid::MESSAGE_DIGEST, digest), more];
    let set = |order: &[usize], tag| {
        let parts: Vec<&[u8]> = order.iter().map(|at| attributes[*at].as_slice()).collect();
        asn1::tlv(tag, &parts)
    };
    let signature = world.signer.sign(&set(signed, asn1::tag::SET)).unwrap();
    let serial = asn1::tlv(asn1::tag::INTEGER, &[certificate.serial()]);
    let signer_info = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::sequence(&[certificate.issuer().der(), &serial]),
        &sha256.algorithm_identifier(),
        &set(stand, asn1::tag::context(0)),
        &world.signer.algorithm().algorithm_identifier(),
        &asn1::octet_string(&signature),
    ]);
    let data = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::set_of(digests.iter().map(|digest| digest.algorithm_identifier()).collect()),
        &asn1::sequence(&[&asn1::oid(&oid::DATA)]),
        &asn1::explicit(0, certificate.der()),
        &asn1::set_of(vec![signer_info]),
    ]);
    asn1::sequence(&[&asn1::oid(&oid::SIGNED_DATA), &asn1::explicit(0, &data)])
}

/// What, how it was signed, how it stands, what is listed; and what is found.
type Ordered<'a> = (&'a str, &'a [usize], &'a [usize], &'a [DigestAlgorithm], [bool; 4]);

/// DER sorts a SET OF, and RFC 5652 5.1 lists the digests; the signature depends on neither. What is signed as it stands
/// holds, here as with OpenSSL; what was signed in another order does not. Whoever needs the form is told.
#[test]
fn attributes_out_of_order_and_digests_that_are_not_listed() {
    use DigestAlgorithm::{Sha256, Sha512};
    let world = World::new(KeyKind::P256);
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("document"), "document").unwrap();
    fs::write(dir.path().join("signer.pem"), world.signer.certificate().to_pem()).unwrap();
    let (sorted, turned) = (&[0, 1, 2][..], &[2, 1, 0][..]);
    // (what, signed, stands, listed) and: the signature holds, it is in order, its digest is listed, OpenSSL takes it.
    let cases: [Ordered<'_>; 6] = [
        ("as it should be", sorted, sorted, &[Sha256], [true, true, true, true]),
        ("out of order, and signed so", turned, turned, &[Sha256], [true, false, true, true]),
        ("out of order, signed in order", sorted, turned, &[Sha256], [false, false, true, false]),
        ("in order, signed out of order", turned, sorted, &[Sha256], [false, true, true, false]),
        ("no digest listed", sorted, sorted, &[], [true, true, false, false]),
        ("another digest listed", sorted, sorted, &[Sha512], [true, true, false, false]),
    ];
    for (what, signed, stand, digests, [holds, in_order, listed, openssl_takes]) in cases {
        let der = detached(&world, signed, stand, digests);
        let data = SignedData::from_der(&der).unwrap();
        let report = data.verify(0, &Sha256.digest(b"document"));
        let signer = &data.signers[0];
        let found = [report.passed(), signer.attributes_in_order, data.lists_digest_of(signer)];
        assert_eq!(found, [holds, in_order, listed], "{what}: {:?}", report.checks);
        fs::write(dir.path().join("cms.der"), &der).unwrap();
        let arguments = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "cms.der", "-content", "document"];
        let arguments = [&arguments[..], &["-noverify", "-certfile", "signer.pem", "-out", "out"]].concat();
        let Some((ok, text)) = openssl(dir.path(), &arguments) else { return };
        assert_eq!(ok, openssl_takes, "OpenSSL, {what}: {text}");
    }
}

/// What the attributes of either version say about the signer's certificate has to be right. By SHA-1 it only identifies: no
/// baseline is content with that, nothing is held against the signature. OpenSSL checks the same when asked (`-cades`).
#[test]
fn the_attributes_name_the_certificate_of_the_signer() {
    let world = World::new(KeyKind::P256);
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("document"), "document").unwrap();
    fs::write(dir.path().join("signer.pem"), world.signer.certificate().to_pem()).unwrap();
    let certificate = world.signer.certificate().der();
    let sha1 = asn1::octet_string(&pki::sha1_name(certificate));
    let sha256 = asn1::octet_string(DigestAlgorithm::Sha256.digest(certificate).as_bytes());
    let by_sha1 = asn1::sequence(&[&asn1::oid(&oid::SHA1)]);
    let (v1, v2) = (&oid::SIGNING_CERTIFICATE, &oid::SIGNING_CERTIFICATE_V2);
    let named = |id, parts: &[&[u8]]| attribute(id, asn1::sequence(&[&asn1::sequence(&[&asn1::sequence(parts)])]));
    let other = |length| asn1::octet_string(&[7; 32][..length]);
    // They stand side by side in the set, the shorter one first as DER has it.
    let both = |v1: Vec<u8>, v2: Vec<u8>| [v1, v2].concat();
    // (what, attribute): whether the signature holds, and whether it names its certificate as a baseline asks.
    let cases = [
        ("v2", named(v2, &[&sha256]), true, true),
        ("v2 of another", named(v2, &[&other(32)]), false, false),
        ("v2 by SHA-1", named(v2, &[&by_sha1, &sha1]), true, false),
        ("v2 by SHA-1 of another", named(v2, &[&by_sha1, &other(20)]), false, false),
        ("v1", named(v1, &[&sha1]), true, false),
        ("v1 of another", named(v1, &[&other(20)]), false, false),
        ("v1 that is none", attribute(v1, asn1::null()), false, false),
        ("v2 that is none", attribute(v2, asn1::null()), false, false),
        ("both", both(named(v1, &[&sha1]), named(v2, &[&sha256])), true, true),
        ("v1 of another beside v2", both(named(v1, &[&other(20)]), named(v2, &[&sha256])), false, false),
        ("v2 of another beside v1", both(named(v1, &[&sha1]), named(v2, &[&other(32)])), false, false),
        (
            "v1 of another beside v2 by SHA-1",
            both(named(v1, &[&other(20)]), named(v2, &[&by_sha1, &sha1])),
            false,
            false,
        ),
        (
            "v1 that is none beside v2",
            both(attribute(v1, asn1::sequence(&[&asn1::null()])), named(v2, &[&sha256])),
            false,
            false,
        ),
    ];
    for (what, attribute, holds, baseline) in cases {
        let der = detached_with(&world, attribute, (&[0, 1, 2], &[0, 1, 2]), &[DigestAlgorithm::Sha256]);
        let report = SignedData::from_der(&der).unwrap().verify(0, &DigestAlgorithm::Sha256.digest(b"document"));
        let names = report.outcome(CmsCheckName::SigningCertificate) == Some(&Outcome::Passed);
        assert_eq!((report.passed(), names), (holds, baseline), "{what}: {:?}", report.checks);
        fs::write(dir.path().join("cms.der"), &der).unwrap();
        let arguments =
            ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "cms.der", "-content", "document"];
        let arguments =
            [&arguments[..], &["-CAfile", "signer.pem", "-partial_chain", "-purpose", "any", "-out", "out"]].concat();
        let Some((ok, text)) = openssl(dir.path(), &arguments) else { return };
        assert_eq!(ok, holds, "OpenSSL, {what}: {text}");
    }
}
