//! Any bytes in, an answer out: no panic, no hang.
#![allow(clippy::unwrap_used)]

mod common;

use common::World;
use common::ocsp::Answer;
use common::values::{self, Point};
use pki::cms::{self, CmsOptions, SignedData};
use pki::ocsp::OcspResponse;
use pki::path::{self, Evidence, MissingRevocation, PathRequest, Profile, Purpose, RevocationPolicy};
use pki::tsp::{TimeStampRequest, TimeStampResponse, TimeStampToken, TstInfo};
use pki::{Certificate, Crl, DigestAlgorithm, KeyKind, Name, PrivateKey, PublicKey, SignatureAlgorithm, Signer};
use pki::{CertificateTemplate, asn1, oid};
use proptest::prelude::*;
use std::sync::LazyLock;

static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let world = World::new(KeyKind::Sm2);
    let signer = &world.signer;
    let digest = DigestAlgorithm::Sm3.digest(b"x");
    let prepared = cms::prepare(&digest, signer.certificate(), signer.algorithm(), &CmsOptions::pades()).unwrap();
    let signature = signer.sign(prepared.to_be_signed()).unwrap();
    let crl = pki::CrlTemplate::new(1, common::FROM, common::UNTIL)
        .revoke(signer.certificate(), common::NOW, pki::RevocationReason::CertificateHold)
        .issue(&world.ca)
        .unwrap();
    let restricted = common::child(&world.ca, KeyKind::P256, restricted());
    let answer = Answer {
        certificate: signer.certificate(),
        issuer: world.ca.certificate(),
        responder: &world.ca,
        status: common::ocsp::revoked(common::NOW, pki::RevocationReason::Superseded),
        this: common::NOW,
        next: Some(common::UNTIL),
        enclosed: std::slice::from_ref(world.ca.certificate()),
    };
    let scoped = pki::CrlTemplate::new(2, common::FROM, common::UNTIL)
        .with_extension(values::scope(&[values::directory(world.ca.certificate().subject())], &[4], Some(&[0x40])))
        .with_extension(values::delta_of(1))
        .issue(&world.ca)
        .unwrap();
    let request = TimeStampRequest::new(digest).with_nonce(&[1; 16]).with_policy(values::policy(1));
    vec![
        restricted.certificate().der().to_vec(),
        answer.der(),
        scoped.der().to_vec(),
        request.to_der(),
        tst_info(),
        signer.certificate().der().to_vec(),
        prepared.finish(&signature, signer.chain()),
        crl.der().to_vec(),
        signer.key().to_pkcs8_der().to_vec(),
        signer.certificate().spki_der().to_vec(),
        signer.certificate().subject().der().to_vec(),
    ]
});

/// A certificate with each extension that restricts.
fn restricted() -> CertificateTemplate {
    let here = [values::directory(&common::name("Teller"))];
    let point = Point { names: &here, reasons: Some(&[0x40]), crl_issuer: Some(&common::name("Teller")) };
    [
        values::policies(&[values::policy(1), oid::ANY_POLICY]),
        values::mappings(&[(values::policy(1), values::policy(2))]),
        values::policy_constraints(Some(1), Some(2)),
        values::inhibit_any(3),
        values::name_constraints(&[values::dns("example.com")], &[values::email(".example.org")]),
        values::alt_names(&[values::dns("a.example.com"), values::email("a@example.com")]),
        values::points(&[point]),
    ]
    .into_iter()
    .fold(CertificateTemplate::issuing_ca(common::name("Sub"), 1).serial(&[9]), CertificateTemplate::with_extension)
}

fn tst_info() -> Vec<u8> {
    let digest = DigestAlgorithm::Sha256.digest(b"x");
    asn1::sequence(&[
        &asn1::integer(1),
        &asn1::oid(&values::policy(1)),
        &asn1::sequence(&[&digest.algorithm().algorithm_identifier(), &asn1::octet_string(digest.as_bytes())]),
        &asn1::integer(42),
        &asn1::tlv(asn1::tag::GENERALIZED_TIME, &[b"20261122031500.25Z"]),
        &asn1::sequence(&[&asn1::integer(1), &asn1::tlv(asn1::tag::context_primitive(0), &[&[9]])]),
        &asn1::boolean(true),
        &asn1::integer(77),
    ])
}

static WORLD: LazyLock<Certificate> = LazyLock::new(|| World::new(KeyKind::P256).ca.certificate().clone());

/// A changed certificate as leaf, as CA and as anchor; a changed list and answer as evidence.
fn walk(bytes: &[u8]) {
    let crls: Vec<Crl> = Crl::from_der(bytes).into_iter().collect();
    let answers: Vec<OcspResponse> = OcspResponse::from_der(bytes).into_iter().collect();
    let changed: Vec<Certificate> = Certificate::from_der(bytes).into_iter().collect();
    let certificates: Vec<Certificate> = changed.iter().cloned().chain([WORLD.clone()]).collect();
    let evidence = Evidence::new(MissingRevocation::Refuse).with_crls(&crls).with_ocsp(&answers);
    for leaf in &certificates {
        for profile in [Profile::Standard, Profile::Strict] {
            let request = PathRequest::new(leaf, &certificates, common::NOW, Purpose::Any)
                .with_intermediates(&certificates)
                .with_revocation(RevocationPolicy::Evidence(evidence))
                .with_profile(profile);
            let _ = path::validate(&request);
        }
    }
}

fn read_everything(bytes: &[u8]) {
    let digest = DigestAlgorithm::Sm3.digest(b"x");
    if let Ok(certificate) = Certificate::from_der(bytes) {
        assert_eq!(Certificate::from_pem(&certificate.to_pem()).unwrap(), certificate);
    }
    if let Ok(data) = SignedData::from_der(bytes) {
        data.verify(0, &digest);
    }
    if let Ok(crl) = Crl::from_der(bytes) {
        let _ = crl.entry_of(crl.issuer(), &[1]);
    }
    if let Ok(response) = OcspResponse::from_der(bytes) {
        let _ = response.is_by(&WORLD);
    }
    let _ = TstInfo::from_der(bytes);
    let _ = TimeStampRequest::from_der(bytes);
    let _ = TimeStampResponse::from_der(bytes);
    if let Ok(token) = TimeStampToken::from_der(bytes) {
        let _ = token.verify(|function| function.digest(b"x"));
    }
    walk(bytes);
    let _ = PublicKey::from_spki_der(bytes);
    let _ = PrivateKey::from_pkcs8_der(bytes);
    let _ = SignatureAlgorithm::from_algorithm_identifier(bytes);
    if let Ok(name) = Name::from_der(bytes) {
        let _ = name.to_string();
    }
    let _ = Certificate::many_from_pem(&String::from_utf8_lossy(bytes));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read_everything(&bytes);
    }

    #[test]
    fn changed_structures(
        seed in 0usize..11,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let mut bytes = SEEDS[seed].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_everything(&bytes);
    }
}

#[test]
fn deep_nesting_costs_nothing() {
    let mut bytes = Vec::new();
    for _ in 0..10_000 {
        bytes = asn1_wrap(&bytes);
        if bytes.len() > 60_000 {
            break;
        }
    }
    read_everything(&bytes);
}

fn asn1_wrap(inner: &[u8]) -> Vec<u8> {
    pki::asn1::sequence(&[inner])
}
