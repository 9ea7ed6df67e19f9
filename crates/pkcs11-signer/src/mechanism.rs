//! How a token makes the signatures that `pki` speaks of (PKCS#11 v3.1, 6.1.12 RSA, 6.3.12 ECDSA, 6.3.16 EdDSA).
//!
//! Digests are made here where the token allows it: a license is 200 KB, and a card reads 10 KB a second.

use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use pki::asn1;
use pki::{DigestAlgorithm, KeyKind, SignatureAlgorithm};

use crate::location::Sm2Mechanism;

/// A mechanism with what goes in and what comes out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    call: CallKind,
    input: Input,
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CallKind {
    Ecdsa,
    EcdsaSha256,
    EcdsaSha384,
    RsaPkcs,
    Sha256RsaPkcs,
    Eddsa,
    Vendor(u64),
}

#[derive(Clone, Copy, Debug)]
enum Input {
    Message,
    Digest(DigestAlgorithm),
    /// DigestInfo of RFC 8017 9.2, to be padded by the token.
    DigestInfo(DigestAlgorithm),
}

#[derive(Clone, Copy, Debug)]
enum Output {
    AsIs,
    /// `r || s`, to become DER.
    Pair,
    /// Either of both.
    PairOrDer,
}

impl Way {
    /// The best way that a token offers; the text says what it lacks.
    pub(crate) fn choose(
        kind: KeyKind,
        offered: &[MechanismType],
        sm2: Option<Sm2Mechanism>,
    ) -> Result<(SignatureAlgorithm, Way), String> {
        use DigestAlgorithm::{Sha256, Sha384};
        let ways: &[Way] = match kind {
            KeyKind::P256 => &[
                Way { call: CallKind::Ecdsa, input: Input::Digest(Sha256), output: Output::Pair },
                Way { call: CallKind::EcdsaSha256, input: Input::Message, output: Output::Pair },
            ],
            KeyKind::P384 => &[
                Way { call: CallKind::Ecdsa, input: Input::Digest(Sha384), output: Output::Pair },
                Way { call: CallKind::EcdsaSha384, input: Input::Message, output: Output::Pair },
            ],
            KeyKind::Rsa(_) => &[
                Way { call: CallKind::RsaPkcs, input: Input::DigestInfo(Sha256), output: Output::AsIs },
                Way { call: CallKind::Sha256RsaPkcs, input: Input::Message, output: Output::AsIs },
            ],
            KeyKind::Ed25519 => &[Way { call: CallKind::Eddsa, input: Input::Message, output: Output::AsIs }],
            KeyKind::Sm2 => {
                let Some(Sm2Mechanism(number)) = sm2 else {
                    return Err("PKCS#11 has no SM2 mechanism; name the vendor's (sm2-mechanism)".to_owned());
                };
                let way = Way { call: CallKind::Vendor(number), input: Input::Message, output: Output::PairOrDer };
                return way.offered(offered).map(|way| (kind.default_algorithm(), way));
            }
            _ => return Err("keys of this kind are not used here".to_owned()),
        };
        let mut lacks = Vec::new();
        for way in ways {
            match way.offered(offered) {
                Ok(way) => return Ok((kind.default_algorithm(), way)),
                Err(lack) => lacks.push(lack),
            }
        }
        Err(lacks.join(" and "))
    }

    fn offered(self, offered: &[MechanismType]) -> Result<Way, String> {
        let mechanism = self.mechanism().ok_or("the vendor's mechanism must be 0x80000000 or above")?;
        let wanted = mechanism.mechanism_type();
        if offered.contains(&wanted) { Ok(self) } else { Err(format!("it does not offer {wanted}")) }
    }

    /// Nothing when a vendor's number is none.
    pub(crate) fn mechanism(self) -> Option<Mechanism<'static>> {
        Some(match self.call {
            CallKind::Ecdsa => Mechanism::Ecdsa,
            CallKind::EcdsaSha256 => Mechanism::EcdsaSha256,
            CallKind::EcdsaSha384 => Mechanism::EcdsaSha384,
            CallKind::RsaPkcs => Mechanism::RsaPkcs,
            CallKind::Sha256RsaPkcs => Mechanism::Sha256RsaPkcs,
            CallKind::Eddsa => Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure)),
            CallKind::Vendor(number) => {
                #[allow(clippy::useless_conversion, reason = "CK_ULONG has 32 bits on some platforms")]
                let number = number.try_into().ok()?;
                let kind = MechanismType::new_vendor_defined(number).ok()?;
                Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(kind, None))
            }
        })
    }

    /// What the token gets.
    pub(crate) fn input(self, message: &[u8]) -> Vec<u8> {
        match self.input {
            Input::Message => message.to_vec(),
            Input::Digest(algorithm) => algorithm.digest(message).as_bytes().to_vec(),
            Input::DigestInfo(algorithm) => {
                let identifier = asn1::sequence(&[&asn1::oid(&algorithm.oid()), &asn1::null()]);
                asn1::sequence(&[&identifier, &asn1::octet_string(algorithm.digest(message).as_bytes())])
            }
        }
    }

    /// What the token gave, as `pki` writes it; nothing when it cannot be a signature.
    pub(crate) fn output(self, value: Vec<u8>) -> Option<Vec<u8>> {
        match self.output {
            Output::AsIs => Some(value),
            // Of the two spellings of an ECDSA signature the one that keys in files make.
            Output::Pair => match <[u8; 64]>::try_from(&value[..]) {
                Ok(raw) => pki::raw_to_der(&pki::p256_low_s(&raw)).ok(),
                Err(_) => pki::raw_to_der(&value).ok(),
            },
            Output::PairOrDer if value.len() == 64 => pki::raw_to_der(&value).ok(),
            Output::PairOrDer => Some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_first_way_that_a_token_offers_is_taken() {
        let choose = |kind, offered: &[MechanismType]| Way::choose(kind, offered, None).map(|(_, way)| way.call);
        let all = [MechanismType::ECDSA, MechanismType::ECDSA_SHA256, MechanismType::SHA256_RSA_PKCS];
        assert_eq!(choose(KeyKind::P256, &all).unwrap(), CallKind::Ecdsa);
        assert_eq!(choose(KeyKind::P256, &all[1..]).unwrap(), CallKind::EcdsaSha256);
        assert_eq!(choose(KeyKind::Rsa(3072), &all).unwrap(), CallKind::Sha256RsaPkcs);
        assert!(choose(KeyKind::Ed25519, &all).unwrap_err().contains("CKM_EDDSA"));
        assert!(choose(KeyKind::Sm2, &all).unwrap_err().contains("no SM2 mechanism"));
    }

    #[test]
    fn sm2_is_signed_by_the_mechanism_that_is_named_if_the_token_has_it() {
        let named = Some(Sm2Mechanism(0x8000_0103));
        let has = MechanismType::new_vendor_defined(0x8000_0103).unwrap();
        let (algorithm, way) = Way::choose(KeyKind::Sm2, &[has], named).unwrap();
        assert_eq!((algorithm, way.call), (SignatureAlgorithm::Sm2Sm3, CallKind::Vendor(0x8000_0103)));
        assert_eq!(way.output(vec![1; 64]).unwrap()[0], 0x30, "r and s become DER");
        assert!(Way::choose(KeyKind::Sm2, &[MechanismType::ECDSA], named).unwrap_err().contains("does not offer"));
        let below = Way::choose(KeyKind::Sm2, &[MechanismType::ECDSA], Some(Sm2Mechanism(0x1041)));
        assert!(below.unwrap_err().contains("0x80000000"));
    }
}
