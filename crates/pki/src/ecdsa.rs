//! The two spellings of an ECDSA signature: with `(r, s)` holds `(r, n − s)`, too. Where a form must have one spelling, it is
//! the one with the lower `s` (as SEC 1 4.1.3 leaves free, and other protocols chose before).

use crypto_bigint::U256;

/// `n` of P-256 (SEC 2, 2.4.2).
const ORDER: U256 = U256::from_be_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/// The spelling with the lower `s` of a P-256 signature `r || s`. Everything here is public, so time may tell.
pub fn p256_low_s(raw: &[u8; 64]) -> [u8; 64] {
    let mut low = *raw;
    let s = U256::from_be_slice(&raw[32..]);
    let other = ORDER.wrapping_sub(&s);
    // An s that is not below n is no signature in either spelling.
    if s < ORDER && other < s {
        low[32..].copy_from_slice(other.to_be_bytes().as_ref());
    }
    low
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{KeyKind, PrivateKey, der_to_raw, raw_to_der};

    #[test]
    fn both_spellings_hold_and_the_lower_is_what_keys_make() {
        let key = PrivateKey::generate(KeyKind::P256, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng)).unwrap();
        for round in 0..32u8 {
            let der = key.sign(&[round]).unwrap();
            let raw: [u8; 64] = der_to_raw(&der, 32).unwrap().try_into().unwrap();
            assert_eq!(p256_low_s(&raw), raw, "keys make the lower one");
            let mut high = raw;
            high[32..].copy_from_slice(ORDER.wrapping_sub(&U256::from_be_slice(&raw[32..])).to_be_bytes().as_ref());
            assert_eq!(p256_low_s(&high), raw);
            for spelling in [raw, high] {
                let der = raw_to_der(&spelling).unwrap();
                key.public_key().verify(key.algorithm(), &[round], &der).unwrap();
            }
        }
        // What is no signature stays what it is.
        assert_eq!(p256_low_s(&[0xff; 64]), [0xff; 64]);
        assert_eq!(p256_low_s(&[0; 64]), [0; 64]);
    }
}
