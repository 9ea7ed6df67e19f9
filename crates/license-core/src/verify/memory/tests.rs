//! What is met while a file is opened is counted.
#![allow(clippy::unwrap_used)]

use pki::{CertificateTemplate, KeyKind, Name, PrivateKey, Signer as _, SoftSigner};
use time::macros::datetime;

use super::*;

/// A certificate, the CA that has signed it, and others of its name that have not.
pub(in crate::verify) fn namesakes(kind: KeyKind, others: usize) -> (Certificate, Certificate, Vec<Certificate>) {
    let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
    let (from, until) = (datetime!(2026-01-01 0:00 UTC), datetime!(2036-01-01 0:00 UTC));
    let mut root = |serial: u16| {
        let key = PrivateKey::generate(kind, &mut rng).unwrap();
        let name = Name::builder().country("CN").common_name("CA").build();
        let root = CertificateTemplate::root_ca(name)
            .serial(&serial.to_be_bytes())
            .valid(from, until)
            .self_sign(&key)
            .unwrap();
        SoftSigner::new(key, root, vec![]).unwrap()
    };
    let upper = root(0x0101);
    let others = (0..others).map(|at| root(0x0102 + at as u16).certificate().clone()).collect();
    let key = upper.certificate().public_key().unwrap();
    let lower = CertificateTemplate::document_signer(Name::builder().common_name("signer").build());
    let lower = lower.serial(&[99]).valid(from, until).issue(key, &upper).unwrap();
    (lower, upper.certificate().clone(), others)
}

#[test]
fn certificates_count_as_often_as_their_keys_cost() {
    // P-384 costs three times what SM2 costs.
    let enough = MOST_MET / 3 + 1;
    for (kind, over) in [(KeyKind::P256, false), (KeyKind::P384, true)] {
        let (lower, upper, others) = namesakes(kind, enough);
        let met = Met::default();
        assert!(others.iter().skip(1).all(|other| !met.is_signed_by(&lower, other)));
        assert_eq!(met.stray("wrong"), "wrong", "{kind:?}");
        assert!(!met.is_signed_by(&lower, &others[0]));
        assert_eq!(met.stray("wrong") == TOO_MUCH, over, "{kind:?}");
        assert_eq!(met.is_signed_by(&lower, &upper), !over, "{kind:?}");
        // What holds is looked at once.
        let met = Met::default();
        assert!((0..1000).all(|_| met.is_signed_by(&lower, &upper)));
        assert_eq!(met.stray("wrong"), "wrong", "{kind:?}");
    }
    assert_eq!(reason_of(Some(TOO_MUCH), Reason::CmsStructure), Reason::InputTooLarge);
    assert_eq!(reason_of(Some("wrong"), Reason::CmsStructure), Reason::CmsStructure);
}

#[test]
fn a_judgement_asks_for_no_more_than_its_measure_whatever_is_known() {
    let known = [9; 32];
    for lasting in [true, false] {
        let memory = Once::new(None, None);
        if lasting {
            memory.learn(known);
        }
        let once = Once::new(lasting.then_some(&memory as &dyn SignatureMemory), None);
        (0..MOST_ASKED / 34).for_each(|at| assert!(!once.knows_costly(&[at as u8; 32].map(|byte| byte ^ 0x80), 34)));
        assert!(once.may_check());
        assert!(!once.knows_costly(&known, 34), "beyond the measure nothing is known");
        assert!(!once.may_check());
    }
}
