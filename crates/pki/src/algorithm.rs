//! Signature algorithms and their AlgorithmIdentifiers (RFC 5480, RFC 8017, RFC 8410, GB/T 33560).

use crate::asn1::{self, Asn1Error, Cursor, tag};
use crate::digest::DigestAlgorithm;
use crate::oid;
use der::asn1::ObjectIdentifier;
use std::fmt;

/// How a signature is made. For ECDSA the curve comes from the key, as in X.509.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// SM2 with SM3 and the default user id `1234567812345678` (GB/T 32918.2, GB/T 35276).
    Sm2Sm3,
    /// ECDSA with SHA-256; on P-256 this is COSE's ES256.
    EcdsaSha256,
    /// ECDSA with SHA-384.
    EcdsaSha384,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaPkcs1Sha512,
    /// RSASSA-PSS, SHA-256, MGF1 with the same, salt as long as the digest.
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384.
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512.
    RsaPssSha512,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

const ALL: [SignatureAlgorithm; 10] = [
    SignatureAlgorithm::Sm2Sm3,
    SignatureAlgorithm::EcdsaSha256,
    SignatureAlgorithm::EcdsaSha384,
    SignatureAlgorithm::RsaPkcs1Sha256,
    SignatureAlgorithm::RsaPkcs1Sha384,
    SignatureAlgorithm::RsaPkcs1Sha512,
    SignatureAlgorithm::RsaPssSha256,
    SignatureAlgorithm::RsaPssSha384,
    SignatureAlgorithm::RsaPssSha512,
    SignatureAlgorithm::Ed25519,
];

/// An AlgorithmIdentifier that is not one of [`SignatureAlgorithm`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlgorithmError {
    /// The structure itself is broken.
    #[error("algorithm identifier: {0}")]
    Malformed(#[from] Asn1Error),
    /// Not an algorithm of this house (SHA-1, MD5, DSA, P-521 … end here).
    #[error("signature algorithm {0} is not supported")]
    Unsupported(ObjectIdentifier),
    /// Parameters that the algorithm does not allow.
    #[error("parameters of signature algorithm {0} are not acceptable")]
    Parameters(ObjectIdentifier),
}

impl SignatureAlgorithm {
    /// The digest the algorithm implies (RFC 8419 for Ed25519 in CMS).
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Sm2Sm3 => DigestAlgorithm::Sm3,
            Self::EcdsaSha256 | Self::RsaPkcs1Sha256 | Self::RsaPssSha256 => DigestAlgorithm::Sha256,
            Self::EcdsaSha384 | Self::RsaPkcs1Sha384 | Self::RsaPssSha384 => DigestAlgorithm::Sha384,
            Self::RsaPkcs1Sha512 | Self::RsaPssSha512 | Self::Ed25519 => DigestAlgorithm::Sha512,
        }
    }

    /// Its object identifier.
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sm2Sm3 => oid::SM2_WITH_SM3,
            Self::EcdsaSha256 => oid::ECDSA_SHA256,
            Self::EcdsaSha384 => oid::ECDSA_SHA384,
            Self::RsaPkcs1Sha256 => oid::RSA_SHA256,
            Self::RsaPkcs1Sha384 => oid::RSA_SHA384,
            Self::RsaPkcs1Sha512 => oid::RSA_SHA512,
            Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512 => oid::RSA_PSS,
            Self::Ed25519 => oid::ED25519,
        }
    }

    /// The algorithm that has this identifier and needs no parameters to be known.
    pub fn from_oid(oid: &ObjectIdentifier) -> Result<Self, AlgorithmError> {
        ALL.into_iter()
            .find(|algorithm| algorithm.oid() == *oid && *oid != oid::RSA_PSS)
            .ok_or(AlgorithmError::Unsupported(*oid))
    }

    /// DER of its AlgorithmIdentifier.
    pub fn algorithm_identifier(self) -> Vec<u8> {
        let id = asn1::oid(&self.oid());
        match self {
            Self::RsaPkcs1Sha256 | Self::RsaPkcs1Sha384 | Self::RsaPkcs1Sha512 => asn1::sequence(&[&id, &asn1::null()]),
            Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512 => {
                asn1::sequence(&[&id, &pss_parameters(self.digest(), true)])
            }
            _ => asn1::sequence(&[&id]),
        }
    }

    /// Reads a DER AlgorithmIdentifier. NULL parameters are accepted for SM2, where they occur in the wild.
    pub fn from_algorithm_identifier(der: &[u8]) -> Result<Self, AlgorithmError> {
        let (id, parameters) = split(der)?;
        if id == oid::RSA_PSS {
            return [Self::RsaPssSha256, Self::RsaPssSha384, Self::RsaPssSha512]
                .into_iter()
                .find(|pss| [true, false].iter().any(|null| parameters == pss_parameters(pss.digest(), *null)))
                .ok_or(AlgorithmError::Parameters(id));
        }
        let algorithm = Self::from_oid(&id)?;
        let null = asn1::null();
        let fits = match algorithm {
            Self::RsaPkcs1Sha256 | Self::RsaPkcs1Sha384 | Self::RsaPkcs1Sha512 | Self::Sm2Sm3 => {
                parameters.is_empty() || parameters == null
            }
            _ => parameters.is_empty(),
        };
        if fits { Ok(algorithm) } else { Err(AlgorithmError::Parameters(id)) }
    }

    /// Reads the signatureAlgorithm of a CMS SignerInfo, which may name only the key type
    /// (`rsaEncryption`, `id-ecPublicKey` is refused, SM2 `…301.1` as GB/T 35275 writes it) and leave the digest to digestAlgorithm.
    pub fn from_cms(der: &[u8], digest: DigestAlgorithm) -> Result<Self, AlgorithmError> {
        let (id, _) = split(der)?;
        match (id, digest) {
            (oid::RSA_ENCRYPTION, DigestAlgorithm::Sha256) => Ok(Self::RsaPkcs1Sha256),
            (oid::RSA_ENCRYPTION, DigestAlgorithm::Sha384) => Ok(Self::RsaPkcs1Sha384),
            (oid::RSA_ENCRYPTION, DigestAlgorithm::Sha512) => Ok(Self::RsaPkcs1Sha512),
            (oid::SM2_SIGN, DigestAlgorithm::Sm3) => Ok(Self::Sm2Sm3),
            _ => Self::from_algorithm_identifier(der),
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sm2Sm3 => "SM2 with SM3",
            Self::EcdsaSha256 => "ECDSA with SHA-256",
            Self::EcdsaSha384 => "ECDSA with SHA-384",
            Self::RsaPkcs1Sha256 => "RSA with SHA-256",
            Self::RsaPkcs1Sha384 => "RSA with SHA-384",
            Self::RsaPkcs1Sha512 => "RSA with SHA-512",
            Self::RsaPssSha256 => "RSA-PSS with SHA-256",
            Self::RsaPssSha384 => "RSA-PSS with SHA-384",
            Self::RsaPssSha512 => "RSA-PSS with SHA-512",
            Self::Ed25519 => "Ed25519",
        })
    }
}

/// The identifier and the raw parameters (empty when absent) of an AlgorithmIdentifier.
pub(crate) fn split(der: &[u8]) -> Result<(ObjectIdentifier, &[u8]), Asn1Error> {
    let mut inside = asn1::whole(der, tag::SEQUENCE, "AlgorithmIdentifier")?.children();
    let id = inside.oid("algorithm")?;
    let parameters = inside.rest();
    if !parameters.is_empty() {
        inside.any("parameters")?;
    }
    inside.finish("AlgorithmIdentifier")?;
    Ok((id, parameters))
}

/// The digest of a DER AlgorithmIdentifier; NULL or absent parameters (RFC 5754).
pub(crate) fn digest_from_identifier(der: &[u8]) -> Result<DigestAlgorithm, AlgorithmError> {
    let (id, parameters) = split(der)?;
    if !parameters.is_empty() && parameters != asn1::null() {
        return Err(AlgorithmError::Parameters(id));
    }
    DigestAlgorithm::from_oid(&id).ok_or(AlgorithmError::Unsupported(id))
}

/// RSASSA-PSS-params (RFC 8017 A.2.3): hash [0], mask generation [1], salt length [2]; trailer 1 is the default.
fn pss_parameters(digest: DigestAlgorithm, with_null: bool) -> Vec<u8> {
    let id = asn1::oid(&digest.oid());
    let hash = if with_null { asn1::sequence(&[&id, &asn1::null()]) } else { asn1::sequence(&[&id]) };
    let mask = asn1::sequence(&[&asn1::oid(&oid::MGF1), &hash]);
    asn1::sequence(&[
        &asn1::explicit(0, &hash),
        &asn1::explicit(1, &mask),
        &asn1::explicit(2, &asn1::integer(digest.output_len() as u32)),
    ])
}

/// Reads `r` and `s` of a strict DER signature as two `width`-byte halves: the form COSE and PKCS#11 use.
pub fn der_to_raw(der: &[u8], width: usize) -> Result<Vec<u8>, Asn1Error> {
    let mut inside: Cursor<'_> = asn1::whole(der, tag::SEQUENCE, "signature")?.children();
    let mut raw = Vec::with_capacity(2 * width);
    for field in ["r", "s"] {
        let number = inside.expect(tag::INTEGER, field)?.unsigned()?;
        if number.is_empty() || number.len() > width {
            return Err(Asn1Error::new(field, "out of range"));
        }
        raw.resize(raw.len() + width - number.len(), 0);
        raw.extend_from_slice(number);
    }
    inside.finish("signature")?;
    Ok(raw)
}

/// Writes a fixed-width `r || s` as DER SEQUENCE { r, s }.
pub fn raw_to_der(raw: &[u8]) -> Result<Vec<u8>, Asn1Error> {
    if raw.is_empty() || !raw.len().is_multiple_of(2) {
        return Err(Asn1Error::new("signature", "not two halves"));
    }
    let (r, s) = raw.split_at(raw.len() / 2);
    Ok(asn1::sequence(&[&asn1::unsigned(r), &asn1::unsigned(s)]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn identifiers_round_trip() {
        for algorithm in ALL {
            let der = algorithm.algorithm_identifier();
            assert_eq!(SignatureAlgorithm::from_algorithm_identifier(&der), Ok(algorithm));
        }
    }

    #[test]
    fn sm2_with_null_parameters_is_read_and_sha1_is_not() {
        let null = asn1::sequence(&[&asn1::oid(&oid::SM2_WITH_SM3), &asn1::null()]);
        assert_eq!(SignatureAlgorithm::from_algorithm_identifier(&null), Ok(SignatureAlgorithm::Sm2Sm3));
        let ecdsa_null = asn1::sequence(&[&asn1::oid(&oid::ECDSA_SHA256), &asn1::null()]);
        assert!(SignatureAlgorithm::from_algorithm_identifier(&ecdsa_null).is_err());
        let sha1_rsa = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
        let weak = asn1::sequence(&[&asn1::oid(&sha1_rsa), &asn1::null()]);
        assert_eq!(SignatureAlgorithm::from_algorithm_identifier(&weak), Err(AlgorithmError::Unsupported(sha1_rsa)));
    }

    #[test]
    fn raw_and_der_signatures_convert_both_ways() {
        let mut raw = vec![0x80; 64];
        raw[0] = 0;
        raw[32] = 1;
        let der = raw_to_der(&raw).unwrap();
        assert_eq!(der_to_raw(&der, 32).unwrap(), raw);
        assert!(der_to_raw(&der, 31).is_err());
        let mut trailing = der.clone();
        trailing.push(0);
        assert!(der_to_raw(&trailing, 32).is_err());
        assert!(der_to_raw(&raw_to_der(&[0; 64]).unwrap(), 32).is_err(), "zero is no r");
    }
}
