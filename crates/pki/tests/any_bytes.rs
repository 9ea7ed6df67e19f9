//! Any bytes in, an answer out: no panic, no hang.
#![allow(clippy::unwrap_used)]

mod common;

use common::World;
use pki::cms::{self, CmsOptions, SignedData};
use pki::{Certificate, Crl, DigestAlgorithm, KeyKind, Name, PrivateKey, PublicKey, SignatureAlgorithm, Signer};
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
    vec![
        signer.certificate().der().to_vec(),
        prepared.finish(&signature, signer.chain()),
        crl.der().to_vec(),
        signer.key().to_pkcs8_der().to_vec(),
        signer.certificate().spki_der().to_vec(),
        signer.certificate().subject().der().to_vec(),
    ]
});

fn read_everything(bytes: &[u8]) {
    let digest = DigestAlgorithm::Sm3.digest(b"x");
    if let Ok(certificate) = Certificate::from_der(bytes) {
        assert_eq!(Certificate::from_pem(&certificate.to_pem()).unwrap(), certificate);
    }
    if let Ok(data) = SignedData::from_der(bytes) {
        data.verify(0, &digest);
    }
    let _ = Crl::from_der(bytes);
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
        seed in 0usize..6,
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
