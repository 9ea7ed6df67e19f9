//! Any bytes in, facts out: no panic, no hang.
#![allow(clippy::unwrap_used)]

mod common;

use common::{World, entry, fixture, sm3};
use eseal::{CheckName, CheckRequest, Facts, Seal};
use proptest::prelude::*;
use std::sync::LazyLock;

static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let world = World::new();
    let seal = world.seal();
    let value = |name| entry(&fixture(name), "Sign_0/SignedValue.dat").unwrap();
    vec![
        world.apply(&seal, &sm3(b"x")),
        seal.der().to_vec(),
        value("v4-invoice-valid.ofd"),
        value("v1-seal.ofd"),
        value("v5-seal.ofd"),
        value("sign-cms-econtent.ofd"),
        value("sign-bare-sm2.ofd"),
    ]
});

fn read_everything(bytes: &[u8]) {
    let digest = sm3(b"x");
    match eseal::inspect(bytes) {
        Facts::Seal(signature) => {
            // None is left out silently.
            let report = eseal::check(&signature, &CheckRequest::new(&digest));
            assert!(report.checks.iter().map(|check| &check.name).eq(CheckName::ALL));
        }
        Facts::SignedData(data) => drop(data.verify(0, &digest)),
        _ => {}
    }
    if let Ok(seal) = Seal::from_der(bytes) {
        eseal::check_seal(&seal);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read_everything(&bytes);
    }

    #[test]
    fn changed_structures(
        seed in 0usize..7,
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
