//! Certification paths: what is accepted, and each reason for refusal (F: trust is decided here).
#![allow(clippy::unwrap_used)]

mod common;

use common::{FROM, NOW, UNTIL, World, child, child_valid, key, name};
use pki::path::{
    self, MissingRevocation, PathError, PathReason, PathRequest, Purpose, RevocationPolicy, RevocationStatus,
};
use pki::{
    Certificate, CertificateTemplate, Crl, CrlTemplate, Extension, KeyKind, KeyUsage, ObjectIdentifier,
    RevocationReason, Signer, SoftSigner, asn1, oid,
};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

fn check(world: &World, leaf: &Certificate, at: OffsetDateTime, purpose: Purpose) -> Result<(), PathError> {
    let anchors = [world.root.certificate().clone()];
    let between = [world.ca.certificate().clone()];
    path::validate(&PathRequest::new(leaf, &anchors, at, purpose).with_intermediates(&between)).map(drop)
}

fn reason_of(template: CertificateTemplate, purpose: Purpose) -> Option<PathReason> {
    let world = World::new(KeyKind::P256);
    let leaf = child(&world.ca, KeyKind::P256, template.serial(&[9]));
    check(&world, leaf.certificate(), NOW, purpose).err().map(|error| error.reason)
}

#[test]
fn a_good_path_is_proven_for_each_kind_of_key() {
    for kind in [KeyKind::Sm2, KeyKind::P256, KeyKind::P384, KeyKind::Ed25519] {
        let world = World::new(kind);
        let anchors = [world.root.certificate().clone()];
        // The signer's own chain holds the root, too; it does no harm and gives no trust.
        let request = PathRequest::new(world.signer.certificate(), &anchors, NOW, Purpose::DocumentSigning)
            .with_intermediates(world.signer.chain());
        let trusted = path::validate(&request).unwrap();
        assert_eq!(trusted.anchor(), world.root.certificate());
        assert_eq!(trusted.leaf(), world.signer.certificate());
        assert_eq!(trusted.certificates().count(), 2);
    }
}

#[test]
fn time_decides() {
    let world = World::new(KeyKind::P256);
    let reason = |at| check(&world, world.signer.certificate(), at, Purpose::DocumentSigning).err().map(|e| e.reason);
    let second = Duration::SECOND;
    assert_eq!(reason(FROM), None);
    assert_eq!(reason(UNTIL), None);
    assert_eq!(reason(FROM - second), Some(PathReason::NotYetValid));
    assert_eq!(reason(UNTIL + second), Some(PathReason::Expired));
}

#[test]
fn an_expired_intermediate_is_named() {
    let world = World::new(KeyKind::P256);
    let template = CertificateTemplate::issuing_ca(name("Old CA"), 0).serial(&[8]);
    let old = child_valid(&world.root, KeyKind::P256, template, FROM, datetime!(2026-02-01 0:00 UTC));
    let leaf = child(&old, KeyKind::P256, CertificateTemplate::document_signer(name("S")).serial(&[9]));
    let anchors = [world.root.certificate().clone()];
    let request =
        PathRequest::new(leaf.certificate(), &anchors, NOW, Purpose::DocumentSigning).with_intermediates(leaf.chain());
    let error = path::validate(&request).unwrap_err();
    assert_eq!((error.reason, error.depth), (PathReason::Expired, 1));
    assert!(error.subject.contains("Old CA"), "{error}");
}

#[test]
fn without_the_anchor_there_is_no_trust() {
    let world = World::new(KeyKind::Sm2);
    let stranger = World::new(KeyKind::Sm2);
    let leaf = world.signer.certificate();
    let reason = |anchors: &[Certificate], between: &[Certificate]| {
        let request = PathRequest::new(leaf, anchors, NOW, Purpose::DocumentSigning).with_intermediates(between);
        path::validate(&request).unwrap_err().reason
    };
    assert_eq!(reason(&[], &[]), PathReason::NoPath);
    assert_eq!(reason(&[], world.signer.chain()), PathReason::UntrustedRoot);
    // A stranger under the same names: the signature tells.
    let foreign = [stranger.root.certificate().clone()];
    assert_eq!(reason(&foreign, world.signer.chain()), PathReason::BadSignature);
    assert_eq!(reason(&[world.root.certificate().clone()], stranger.signer.chain()), PathReason::BadSignature);
}

#[test]
fn a_tampered_certificate_is_refused() {
    let world = World::new(KeyKind::Sm2);
    let leaf = world.signer.certificate();
    let (mut refused, mut unreadable) = (0, 0);
    for index in (0..leaf.der().len()).step_by(3) {
        let mut der = leaf.der().to_vec();
        der[index] ^= 0x04;
        match Certificate::from_der(&der) {
            Ok(forged) => {
                assert!(check(&world, &forged, NOW, Purpose::DocumentSigning).is_err(), "byte {index}");
                refused += 1;
            }
            Err(_) => unreadable += 1,
        }
    }
    assert!(refused > 20 && unreadable > 5, "{refused} {unreadable}");
}

#[test]
fn usage_decides() {
    use Purpose::{DocumentSigning, SealMaking, TimeStamping};
    let signer = || CertificateTemplate::document_signer(name("S"));
    let maker = || CertificateTemplate::seal_maker(name("S"));
    let server_auth = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
    let enciphering = KeyUsage::KEY_ENCIPHERMENT.and(KeyUsage::DATA_ENCIPHERMENT);
    let both = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::KEY_CERT_SIGN);
    let cases = [
        (signer(), DocumentSigning, None),
        (maker(), SealMaking, None),
        (maker(), DocumentSigning, None),
        (maker().with_key_usage(enciphering), DocumentSigning, Some(PathReason::KeyUsage)),
        (maker().with_key_usage(both), SealMaking, Some(PathReason::KeyUsage)),
        (maker().with_extended_key_usage(&[server_auth]), DocumentSigning, Some(PathReason::ExtendedKeyUsage)),
        (maker().with_extended_key_usage(&[oid::KP_TIME_STAMPING]), SealMaking, Some(PathReason::ExtendedKeyUsage)),
        (CertificateTemplate::time_stamper(name("T")), TimeStamping, None),
        (CertificateTemplate::time_stamper(name("T")), DocumentSigning, Some(PathReason::ExtendedKeyUsage)),
        (signer(), TimeStamping, Some(PathReason::ExtendedKeyUsage)),
        (
            maker().with_extended_key_usage(&[oid::KP_TIME_STAMPING]),
            TimeStamping, // present, but not critical
            Some(PathReason::ExtendedKeyUsage),
        ),
        (CertificateTemplate::issuing_ca(name("C"), 0), DocumentSigning, Some(PathReason::IsCa)),
    ];
    for (index, (template, purpose, expected)) in cases.into_iter().enumerate() {
        // A CA below the issuing CA also exceeds nothing: it is the leaf.
        assert_eq!(reason_of(template, purpose), expected, "case {index}");
    }
}

#[test]
fn other_usages_are_taken_by_policy_only() {
    let world = World::with_leaf(KeyKind::P256, |subject| {
        CertificateTemplate::seal_maker(subject).with_extended_key_usage(&[oid::KP_EMAIL_PROTECTION])
    });
    let anchors = [world.root.certificate().clone()];
    let request = PathRequest::new(world.signer.certificate(), &anchors, NOW, Purpose::DocumentSigning)
        .with_intermediates(world.signer.chain());
    assert_eq!(path::validate(&request).unwrap_err().reason, PathReason::ExtendedKeyUsage);
    assert!(path::validate(&request.with_accepted_usages(&[oid::KP_EMAIL_PROTECTION])).is_ok());
}

#[test]
fn restrictions_that_are_not_understood_refuse() {
    let with = |oid, critical| {
        let extension = Extension::new(oid, critical, asn1::sequence(&[]));
        reason_of(CertificateTemplate::document_signer(name("S")).with_extension(extension), Purpose::DocumentSigning)
    };
    let private = ObjectIdentifier::new_unwrap("1.2.3.4.5");
    assert_eq!(with(private, true), Some(PathReason::UnknownCriticalExtension));
    assert_eq!(with(private, false), None);
    // An empty SEQUENCE is neither.
    assert_eq!(with(oid::NAME_CONSTRAINTS, false), Some(PathReason::MalformedExtension));
    assert_eq!(with(oid::POLICY_CONSTRAINTS, true), Some(PathReason::MalformedExtension));
}

#[test]
fn an_end_entity_issues_nothing_and_lengths_count() {
    let world = World::new(KeyKind::P256);
    let anchors = [world.root.certificate().clone()];
    let reason = |leaf: &SoftSigner| {
        let request = PathRequest::new(leaf.certificate(), &anchors, NOW, Purpose::DocumentSigning)
            .with_intermediates(leaf.chain());
        path::validate(&request).err().map(|error| error.reason)
    };
    let below_leaf = child(&world.signer, KeyKind::P256, CertificateTemplate::document_signer(name("X")).serial(&[4]));
    assert_eq!(reason(&below_leaf), Some(PathReason::NotCa));

    // The issuing CA allows no CA below itself.
    let sub = child(&world.ca, KeyKind::P256, CertificateTemplate::issuing_ca(name("Sub"), 0).serial(&[5]));
    let leaf = child(&sub, KeyKind::P256, CertificateTemplate::document_signer(name("X")).serial(&[6]));
    assert_eq!(reason(&leaf), Some(PathReason::PathLength));

    let no_sign = CertificateTemplate::issuing_ca(name("NoSign"), 0).serial(&[7]).with_key_usage(KeyUsage::CRL_SIGN);
    let no_sign = child(&world.root, KeyKind::P256, no_sign);
    let leaf = child(&no_sign, KeyKind::P256, CertificateTemplate::document_signer(name("X")).serial(&[6]));
    assert_eq!(reason(&leaf), Some(PathReason::KeyUsage));
}

#[test]
fn an_anchor_that_is_no_ca_gives_no_trust() {
    let key = key(KeyKind::Sm2);
    let own =
        CertificateTemplate::document_signer(name("Self")).serial(&[1]).valid(FROM, UNTIL).self_sign(&key).unwrap();
    let anchors = [own.clone()];
    let request = PathRequest::new(&own, &anchors, NOW, Purpose::DocumentSigning);
    assert_eq!(path::validate(&request).unwrap_err().reason, PathReason::NotCa);
}

/// Many CAs with one name and cross-signed keys: the budget ends the search.
#[test]
fn a_maze_of_certificates_ends() {
    let maze: Vec<SoftSigner> = (0..12)
        .map(|index| {
            let key = key(KeyKind::P256);
            let template = CertificateTemplate::issuing_ca(name("Maze"), 9).serial(&[index + 1]);
            let certificate = template.valid(FROM, UNTIL).self_sign(&key).unwrap();
            SoftSigner::new(key, certificate, vec![]).unwrap()
        })
        .collect();
    let mut between: Vec<Certificate> = maze.iter().map(|ca| ca.certificate().clone()).collect();
    for (index, issuer) in maze.iter().enumerate() {
        for subject in maze.iter().skip(index % 3) {
            let template = CertificateTemplate::issuing_ca(name("Maze"), 9).serial(&[99]).valid(FROM, UNTIL);
            between.push(template.issue(subject.key().public_key(), issuer).unwrap());
        }
    }
    let leaf = child(&maze[0], KeyKind::P256, CertificateTemplate::document_signer(name("S")).serial(&[1]));
    let root = World::new(KeyKind::P256).root;
    let anchors = [root.certificate().clone()];
    let request =
        PathRequest::new(leaf.certificate(), &anchors, NOW, Purpose::DocumentSigning).with_intermediates(&between);
    assert!(path::validate(&request).is_err());
}

struct Lists {
    root: Crl,
    ca: Crl,
}

fn lists(world: &World, ca: CrlTemplate) -> Lists {
    let empty = CrlTemplate::new(1, FROM, UNTIL);
    Lists { root: empty.issue(&world.root).unwrap(), ca: ca.issue(&world.ca).unwrap() }
}

fn with_lists(
    world: &World,
    crls: &[Crl],
    at: OffsetDateTime,
    missing: MissingRevocation,
) -> Result<RevocationStatus, PathReason> {
    let anchors = [world.root.certificate().clone()];
    let request = PathRequest::new(world.signer.certificate(), &anchors, at, Purpose::DocumentSigning)
        .with_intermediates(world.signer.chain())
        .with_revocation(RevocationPolicy::Crls { crls, missing });
    match path::validate(&request) {
        Ok(trusted) => Ok(trusted.certificates().next().unwrap().1),
        Err(error) => Err(error.reason),
    }
}

#[test]
fn revocation_by_crl_at_each_time() {
    for kind in [KeyKind::Sm2, KeyKind::P256] {
        let world = World::new(kind);
        let revoked_at = datetime!(2026-09-01 0:00 UTC);
        let made = datetime!(2026-10-01 0:00 UTC);
        let template = CrlTemplate::new(2, made, made + Duration::days(90)).revoke(
            world.signer.certificate(),
            revoked_at,
            RevocationReason::KeyCompromise,
        );
        let Lists { root, ca } = lists(&world, template);
        let crls = [root, Crl::from_pem(&ca.to_pem().unwrap()).unwrap()];
        let refuse = MissingRevocation::Refuse;
        let revoked = PathReason::Revoked { at: revoked_at, reason: RevocationReason::KeyCompromise };
        assert_eq!(with_lists(&world, &crls, NOW, refuse), Err(revoked));
        assert_eq!(with_lists(&world, &crls, revoked_at, refuse), Err(revoked));
        let before = with_lists(&world, &crls, revoked_at - Duration::SECOND, refuse);
        assert!(matches!(before, Ok(RevocationStatus::RevokedLater(_))), "{before:?}");
    }
}

#[test]
fn lists_must_be_current_genuine_and_of_the_issuer() {
    let world = World::new(KeyKind::P256);
    let stranger = World::new(KeyKind::P256);
    let refuse = MissingRevocation::Refuse;
    let fresh = lists(&world, CrlTemplate::new(1, NOW - Duration::DAY, NOW + Duration::DAY));
    let good = [fresh.root.clone(), fresh.ca.clone()];
    assert_eq!(with_lists(&world, &good, NOW, refuse), Ok(RevocationStatus::Good));

    let unknown = Err(PathReason::RevocationUnknown);
    let stale = lists(&world, CrlTemplate::new(1, FROM, NOW - Duration::SECOND));
    assert_eq!(with_lists(&world, &[stale.root.clone(), stale.ca], NOW, refuse), Err(PathReason::RevocationStale));
    assert_eq!(with_lists(&world, std::slice::from_ref(&fresh.root), NOW, refuse), unknown);
    assert_eq!(with_lists(&world, &[fresh.ca], NOW, refuse), unknown, "the CA's own status is asked, too");

    // A forged list under the same name neither frees nor revokes.
    let forged =
        CrlTemplate::new(9, FROM, UNTIL).revoke(world.signer.certificate(), FROM, RevocationReason::Unspecified);
    let forged = forged.issue(&stranger.ca).unwrap();
    assert_eq!(with_lists(&world, &[fresh.root.clone(), forged.clone()], NOW, refuse), unknown);
    let tolerated = with_lists(&world, &[fresh.root, forged], NOW, MissingRevocation::Tolerate);
    assert_eq!(tolerated, Ok(RevocationStatus::Unknown));
}

#[test]
fn a_list_made_after_expiry_does_not_prove_absence() {
    let world = World::new(KeyKind::P256);
    let later = UNTIL + Duration::days(30);
    let crls = [
        CrlTemplate::new(1, FROM, UNTIL).issue(&world.root).unwrap(),
        CrlTemplate::new(1, later, later + Duration::DAY).issue(&world.ca).unwrap(),
    ];
    assert_eq!(with_lists(&world, &crls, NOW, MissingRevocation::Refuse), Err(PathReason::RevocationStale));
}

/// Entries of an indirect list may speak of other issuers' certificates with the same serial number.
#[test]
fn an_indirect_list_neither_frees_nor_revokes() {
    let world = World::new(KeyKind::P256);
    let serial = asn1::tlv(asn1::tag::INTEGER, &[world.signer.certificate().serial()]);
    let issuer = asn1::octet_string(&asn1::sequence(&[&asn1::explicit(4, name("Other CA").der())]));
    let extension = asn1::sequence(&[&asn1::oid(&oid::CERTIFICATE_ISSUER), &asn1::boolean(true), &issuer]);
    let time = asn1::x509_time(FROM).unwrap();
    let entry = asn1::sequence(&[&serial, &time, &asn1::sequence(&[&extension])]);
    let algorithm = world.ca.algorithm().algorithm_identifier();
    let tbs = asn1::sequence(&[
        &asn1::integer(1),
        &algorithm,
        world.ca.certificate().subject().der(),
        &time,
        &asn1::x509_time(UNTIL).unwrap(),
        &asn1::sequence(&[&entry]),
    ]);
    let der = asn1::sequence(&[&tbs, &algorithm, &asn1::bit_string(&world.ca.sign(&tbs).unwrap())]);
    let indirect = Crl::from_der(&der).unwrap();
    assert!(!indirect.is_complete() && indirect.entry(world.signer.certificate().serial()).is_none());
    let root = CrlTemplate::new(1, FROM, UNTIL).issue(&world.root).unwrap();
    let status = with_lists(&world, &[root, indirect], NOW, MissingRevocation::Refuse);
    assert_eq!(status, Err(PathReason::RevocationUnknown));
}
