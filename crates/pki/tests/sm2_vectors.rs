//! SM2 and SM3 against published answers, and against signatures that must be refused (E1).
#![allow(clippy::unwrap_used)]

mod common;

use common::{key, unhex};
use pki::{
    KeyError, KeyKind, PublicKey, SignatureAlgorithm, SignatureEncoding, VerifyError, asn1, der_to_raw, raw_to_der,
};
use sm2::dsa::signature::{Signer as _, Verifier as _};

const ORDER: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::Sm2Sm3;

/// GB/T 32918.5, the example of the signature algorithm with the default user id.
fn standard_example() -> (PublicKey, Vec<u8>) {
    let secret = unhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
    let secret = sm2::SecretKey::from_slice(&secret).unwrap();
    let public = PublicKey::from_bits(KeyKind::Sm2, &secret.public_key().to_sec1_bytes()).unwrap();
    let signature = unhex(concat!(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3",
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    ));
    (public, signature)
}

#[test]
fn the_example_of_gbt_32918_5_verifies() {
    let (public, raw) = standard_example();
    let der = raw_to_der(&raw).unwrap();
    assert_eq!(public.verify(ALGORITHM, b"message digest", &der), Ok(()));
    assert_eq!(public.verify(ALGORITHM, b"message digesu", &der), Err(VerifyError::Mismatch));
    assert_eq!(der_to_raw(&der, 32).unwrap(), raw);
}

#[test]
fn a_raw_signature_is_taken_only_when_asked_for() {
    let (public, raw) = standard_example();
    assert_eq!(public.verify(ALGORITHM, b"message digest", &raw), Err(VerifyError::Malformed));
    let lenient =
        |bytes: &[u8]| public.verify_encoded(ALGORITHM, b"message digest", bytes, SignatureEncoding::DerOrRaw);
    assert_eq!(lenient(&raw), Ok(()));
    assert_eq!(lenient(&raw[..63]), Err(VerifyError::Malformed));
    assert_eq!(lenient(&[raw.as_slice(), &[0]].concat()), Err(VerifyError::Malformed));
}

#[test]
fn values_out_of_range_and_other_encodings_are_refused() {
    let (public, raw) = standard_example();
    let (r, s) = raw.split_at(32);
    let n = unhex(ORDER);
    let n_minus_r = {
        // n - r, so that t = (r + s) mod n is zero.
        let mut borrow = 0i16;
        let mut out = vec![0u8; 32];
        for index in (0..32).rev() {
            let difference = i16::from(n[index]) - i16::from(r[index]) - borrow;
            borrow = i16::from(difference < 0);
            out[index] = difference.rem_euclid(256) as u8;
        }
        out
    };
    let mut n_plus_1 = n.clone();
    n_plus_1[31] += 1;
    let zero = [0u8; 32];
    let pairs: [(&str, &[u8], &[u8]); 8] = [
        ("r = 0", &zero, s),
        ("s = 0", r, &zero),
        ("r = n", &n, s),
        ("s = n", r, &n),
        ("r = n + 1", &n_plus_1, s),
        ("s = n + 1", r, &n_plus_1),
        ("r + s = n", r, &n_minus_r),
        ("swapped", s, r),
    ];
    for (why, r, s) in pairs {
        let raw = [r, s].concat();
        assert!(public.verify(ALGORITHM, b"message digest", &raw_to_der(&raw).unwrap()).is_err(), "{why}");
        let lenient = SignatureEncoding::DerOrRaw;
        assert!(public.verify_encoded(ALGORITHM, b"message digest", &raw, lenient).is_err(), "{why} raw");
    }

    let good = raw_to_der(&raw).unwrap();
    let mut long_length = good.clone();
    long_length.splice(1..2, [0x81, good[1]]);
    let trailing = [good.as_slice(), &[0]].concat();
    let negative = asn1::sequence(&[&asn1::tlv(asn1::tag::INTEGER, &[r]), &asn1::unsigned(s)]);
    let padded = asn1::sequence(&[&asn1::tlv(asn1::tag::INTEGER, &[&[0, 0], r]), &asn1::unsigned(s)]);
    for (why, bytes) in
        [("BER length", long_length), ("trailing", trailing), ("negative", negative), ("padded", padded)]
    {
        assert_eq!(public.verify(ALGORITHM, b"message digest", &bytes), Err(VerifyError::Malformed), "{why}");
    }
}

#[test]
fn another_identity_gives_another_signature() {
    let secret = sm2::SecretKey::from_slice(&[7; 32]).unwrap();
    let other = sm2::dsa::SigningKey::new("ALICE123@YAHOO.COM", &secret).unwrap();
    let signature: sm2::dsa::Signature = other.sign(b"message");
    let public = PublicKey::from_bits(KeyKind::Sm2, &secret.public_key().to_sec1_bytes()).unwrap();
    let der = raw_to_der(&signature.to_bytes()).unwrap();
    assert_eq!(public.verify(ALGORITHM, b"message", &der), Err(VerifyError::Mismatch));
}

#[test]
fn keys_off_the_curve_and_compressed_keys_are_refused() {
    let (public, _) = standard_example();
    let mut off_curve = public.bits().to_vec();
    off_curve[64] ^= 1;
    assert_eq!(PublicKey::from_bits(KeyKind::Sm2, &off_curve), Err(KeyError::NotOnCurve));
    let mut compressed = public.bits()[..33].to_vec();
    compressed[0] = 2 + (public.bits()[64] & 1);
    assert_eq!(PublicKey::from_bits(KeyKind::Sm2, &compressed), Err(KeyError::Compressed));
    assert!(PublicKey::from_bits(KeyKind::Sm2, &[4; 65]).is_err());
}

#[test]
fn every_flipped_bit_of_a_signature_is_refused() {
    for kind in [KeyKind::Sm2, KeyKind::P256, KeyKind::Ed25519] {
        let key = key(kind);
        let signature = key.sign(b"message").unwrap();
        for bit in 0..signature.len() * 8 {
            let mut forged = signature.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            let result = key.public_key().verify(key.algorithm(), b"message", &forged);
            assert!(result.is_err(), "{kind:?} accepts bit {bit}");
        }
    }
}

#[test]
fn sm2_signatures_are_deterministic() {
    let key = key(KeyKind::Sm2);
    assert_eq!(key.sign(b"message").unwrap(), key.sign(b"message").unwrap());
    assert_ne!(key.sign(b"message").unwrap(), key.sign(b"massage").unwrap());
}

/// The library below us against the vectors of Botan. They use identities of their own, which our interface does not
/// offer on purpose: through it they must be refused.
#[test]
fn vectors_of_botan_on_the_standard_curve() {
    let vectors = include_str!("../../../fixtures/vectors/sm2-botan/sm2_sig.vec");
    let (mut curve, mut hash, mut identity) = ("", "", "");
    let (mut message, mut secret) = (Vec::new(), Vec::new());
    let mut done = 0;
    for line in vectors.lines() {
        let Some((field, value)) = line.split_once(" = ") else { continue };
        let digits = value.trim_start_matches("0x");
        match field {
            "P" => curve = digits,
            "Hash" => hash = value,
            "Ident" => identity = value,
            "Msg" => message = unhex(value),
            "x" => secret = unhex(digits),
            "Signature" if curve.starts_with("FFFFFFFEFFFF") && hash == "SM3" => {
                let key = sm2::SecretKey::from_slice(&secret).unwrap();
                let raw = unhex(value);
                let signature = sm2::dsa::Signature::from_slice(&raw).unwrap();
                let verifying = sm2::dsa::VerifyingKey::new(identity, key.public_key()).unwrap();
                assert!(verifying.verify(&message, &signature).is_ok());
                let ours = PublicKey::from_bits(KeyKind::Sm2, &key.public_key().to_sec1_bytes()).unwrap();
                assert!(ours.verify(ALGORITHM, &message, &raw_to_der(&raw).unwrap()).is_err());
                done += 1;
            }
            _ => {}
        }
    }
    assert_eq!(done, 1, "the file holds one vector on the standard curve with SM3");
}
