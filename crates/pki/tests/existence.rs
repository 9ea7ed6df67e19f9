//! Evidence from the past: since when it is proven to exist, and since when a key was no longer its holder's alone
//! (issue 4: long life; EN 319 102-1 5.6.2).
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

mod common;

use common::ocsp::{Answer, Status};
use common::{FROM, NOW, UNTIL, World, child_valid, name};
use pki::cms::{CmsOptions, SignedData};
use pki::ocsp::OcspResponse;
use pki::path::{
    self, Evidence, Existence, MissingEvidence, MissingRevocation, PathReason, PathRequest, Purpose, RevocationFinding,
    RevocationPolicy, RevocationStatus,
};
use pki::{CertificateTemplate, Crl, CrlTemplate, Extension, KeyKind, RevocationReason, Signer, asn1, oid};
use time::{Duration, OffsetDateTime};

const DAY: Duration = Duration::DAY;
const KINDS: [KeyKind; 2] = [KeyKind::P256, KeyKind::Sm2];

/// Everything is proven to have existed at one time.
struct Since(OffsetDateTime);

impl Existence for Since {
    fn of_crl(&self, _: &Crl) -> OffsetDateTime {
        self.0
    }

    fn of_ocsp(&self, _: &OcspResponse) -> OffsetDateTime {
        self.0
    }
}

fn ask(world: &World, evidence: Evidence<'_>) -> Result<Vec<RevocationFinding>, PathReason> {
    let anchors = [world.root.certificate().clone()];
    let request = PathRequest::new(world.signer.certificate(), &anchors, NOW, Purpose::DocumentSigning)
        .with_intermediates(world.signer.chain())
        .with_revocation(RevocationPolicy::Evidence(evidence));
    let trusted = path::validate(&request).map_err(|error| error.reason)?;
    Ok(trusted.findings().map(|(_, finding)| *finding).collect())
}

fn lists(world: &World) -> [Crl; 2] {
    let list = CrlTemplate::new(1, NOW - DAY, NOW + 30 * DAY);
    [list.issue(&world.ca).unwrap(), list.issue(&world.root).unwrap()]
}

#[test]
fn a_list_counts_when_it_existed_while_its_signer_was_valid() {
    for kind in KINDS {
        let world = World::new(kind);
        let crls = lists(&world);
        let at = |since: OffsetDateTime, missing| {
            let since = Since(since);
            ask(&world, Evidence::new(missing).with_crls(&crls).with_existence(&since))
        };
        let refuse = MissingRevocation::Refuse;
        let good = at(UNTIL - DAY, refuse).unwrap();
        assert!(good.iter().all(|finding| finding.status == RevocationStatus::Good), "{kind:?}");
        assert_eq!(good[0].existed, Some(UNTIL - DAY));
        assert_eq!(at(UNTIL + DAY, refuse), Err(PathReason::RevocationStale), "{kind:?}: the CA's certificate is gone");
        let told = at(UNTIL + DAY, MissingRevocation::Tolerate).unwrap();
        assert_eq!(told[0].missing, Some(MissingEvidence::Unproven));
        // A revocation is believed whenever it turns up.
        let revoked = CrlTemplate::new(2, NOW - DAY, NOW + DAY).revoke(
            world.signer.certificate(),
            NOW - 2 * DAY,
            RevocationReason::KeyCompromise,
        );
        let crls = [revoked.issue(&world.ca).unwrap()];
        let since = Since(UNTIL + DAY);
        let result = ask(&world, Evidence::new(refuse).with_crls(&crls).with_existence(&since));
        assert!(matches!(result, Err(PathReason::Revoked { .. })), "{kind:?}");
    }
}

#[test]
fn an_answer_counts_when_it_existed_while_responder_and_ca_were_valid() {
    for kind in KINDS {
        let world = World::new(kind);
        let no_check = Extension::new(oid::OCSP_NO_CHECK, false, asn1::null());
        let template = CertificateTemplate::document_signer(name("Responder"))
            .with_extended_key_usage(&[oid::KP_OCSP_SIGNING])
            .with_extension(no_check)
            .serial(&[88]);
        // Responders have short lives.
        let responder = child_valid(&world.ca, kind, template, FROM, NOW + 7 * DAY);
        let answer = Answer {
            certificate: world.signer.certificate(),
            issuer: world.ca.certificate(),
            responder: &responder,
            status: Status::Good,
            this: NOW - Duration::HOUR,
            next: Some(NOW + DAY),
            enclosed: std::slice::from_ref(responder.certificate()),
        };
        let answers = [answer.make()];
        let crls = [lists(&world)[1].clone()];
        let at = |since| {
            let since = Since(since);
            let evidence = Evidence::new(MissingRevocation::Refuse).with_crls(&crls).with_ocsp(&answers);
            ask(&world, evidence.with_existence(&since)).map(|findings| findings[0].status)
        };
        assert_eq!(at(NOW + DAY), Ok(RevocationStatus::Good), "{kind:?}");
        assert_eq!(
            at(NOW + 8 * DAY),
            Err(PathReason::RevocationStale),
            "{kind:?}: the responder's certificate is gone"
        );
    }
}

#[test]
fn what_a_stolen_ca_key_may_have_made_afterwards_is_not_known() {
    for (reason, doubted) in [(RevocationReason::CaCompromise, true), (RevocationReason::CessationOfOperation, false)] {
        let world = World::new(KeyKind::P256);
        let stolen = NOW + 10 * DAY;
        let root = CrlTemplate::new(1, NOW + 20 * DAY, NOW + 50 * DAY);
        let root = root.revoke(world.ca.certificate(), stolen, reason).issue(&world.root).unwrap();
        let crls = [lists(&world)[0].clone(), root];
        let at = |since, missing| {
            let since = Since(since);
            ask(&world, Evidence::new(missing).with_crls(&crls).with_existence(&since))
        };
        let before = at(NOW + DAY, MissingRevocation::Refuse).unwrap();
        assert_eq!(before[0].status, RevocationStatus::Good, "the list is older than the theft");
        assert!(matches!(before[1].status, RevocationStatus::RevokedLater(_)));
        let after = at(NOW + 15 * DAY, MissingRevocation::Tolerate).unwrap();
        assert_eq!(after[0].status == RevocationStatus::Unknown, doubted, "{reason:?}");
        let refused = at(NOW + 15 * DAY, MissingRevocation::Refuse).map(drop);
        assert_eq!(refused, if doubted { Err(PathReason::RevocationStale) } else { Ok(()) });
    }
}

#[test]
fn what_a_stolen_key_signed_before_anybody_noticed_counts_as_little() {
    let world = World::new(KeyKind::Sm2);
    let leaf = world.signer.certificate();
    let by = |since: Option<OffsetDateTime>| {
        let template = CrlTemplate::new(1, NOW + 5 * DAY, NOW + 30 * DAY);
        let (noticed, reason) = (NOW + DAY, RevocationReason::KeyCompromise);
        let template = match since {
            Some(since) => template.revoke_since(leaf, noticed, reason, since),
            None => template.revoke(leaf, noticed, reason),
        };
        let crls = [template.issue(&world.ca).unwrap(), lists(&world)[1].clone()];
        assert_eq!(Crl::from_der(crls[0].der()).unwrap(), crls[0]);
        ask(&world, Evidence::new(MissingRevocation::Refuse).with_crls(&crls)).map(|findings| findings[0].status)
    };
    assert!(matches!(by(None), Ok(RevocationStatus::RevokedLater(entry)) if entry.at == NOW + DAY));
    assert!(matches!(by(Some(NOW - DAY)), Err(PathReason::Revoked { at, .. }) if at == NOW - DAY));
    // A date after the revocation says nothing new.
    assert!(matches!(by(Some(NOW + 2 * DAY)), Ok(RevocationStatus::RevokedLater(entry)) if entry.at == NOW + DAY));
}

/// Lists and answers inside a CMS: the crls field (RFC 5652 10.2.1, RFC 5940).
#[test]
fn revocation_data_inside_a_cms_is_found() {
    let world = World::new(KeyKind::P256);
    let digest = world.signer.algorithm().digest().digest(b"document");
    let options = CmsOptions::pades();
    let prepared = pki::cms::prepare(&digest, world.signer.certificate(), world.signer.algorithm(), &options).unwrap();
    let value = world.signer.sign(prepared.to_be_signed()).unwrap();
    let der = prepared.finish(&value, world.signer.chain());
    assert!(SignedData::from_der(&der).unwrap().revocation.is_empty());

    // SignedData with [1] between certificates and signerInfos.
    let mut outer = asn1::whole(&der, asn1::tag::SEQUENCE, "ContentInfo").unwrap().children();
    let kind = outer.any("contentType").unwrap().raw.to_vec();
    let mut inner = outer.any("content").unwrap().children();
    let mut fields = inner.sequence("SignedData").unwrap();
    let parts: Vec<Vec<u8>> = (0..5).map(|_| fields.any("field").unwrap().raw.to_vec()).collect();
    let answer = Answer {
        certificate: world.signer.certificate(),
        issuer: world.ca.certificate(),
        responder: &world.ca,
        status: Status::Good,
        this: NOW,
        next: None,
        enclosed: &[],
    };
    let other = asn1::tlv(asn1::tag::context(1), &[&asn1::oid(&oid::RI_OCSP_RESPONSE), &answer.der()]);
    let crls = asn1::tlv(asn1::tag::context(1), &[lists(&world)[0].der(), &other]);
    let data = asn1::sequence(&[&parts[0], &parts[1], &parts[2], &parts[3], &crls, &parts[4]]);
    let der = asn1::sequence(&[&kind, &asn1::explicit(0, &data)]);
    let found = SignedData::from_der(&der).unwrap();
    assert!(found.has_crls && found.verify(0, &digest).passed());
    assert_eq!((found.revocation.crls.len(), found.revocation.ocsp.len()), (1, 1));
}
