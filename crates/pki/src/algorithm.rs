//! Signature algorithms and their AlgorithmIdentifiers (RFC 5480, RFC 8017, RFC 8410, GB/T 33560).

mod pss;

use crate::asn1::{self, Asn1Error, Cursor, tag};
use crate::digest::DigestAlgorithm;
use crate::oid;
use DigestAlgorithm as Digest;
use der::asn1::ObjectIdentifier;
use std::fmt;

/// How a signature is made. For ECDSA the curve comes from the key, as in X.509.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// SM2 with SM3 and the default user id `1234567812345678` (GB/T 32918.2, GB/T 35276).
    Sm2Sm3,
    /// ECDSA with this digest.
    Ecdsa(DigestAlgorithm),
    /// RSASSA-PKCS1-v1_5 with this digest.
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS, the mask made by MGF1 with the same digest.
    RsaPss {
        /// The digest.
        digest: DigestAlgorithm,
        /// How many bytes of salt.
        salt: u16,
    },
    /// Ed25519 (RFC 8032).
    Ed25519,
}

/// What it means for a verdict that a key or an algorithm is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// Too weak to prove anything, whether the signature holds or not.
    Weak,
    /// Not known here, so that it cannot be told whether the signature holds.
    Unsupported,
    /// Not as its standard says.
    Malformed,
}

/// An AlgorithmIdentifier that is not one of [`SignatureAlgorithm`] or [`DigestAlgorithm`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlgorithmError {
    /// The structure itself is broken.
    #[error("algorithm identifier: {0}")]
    Malformed(#[from] Asn1Error),
    /// Not an algorithm that is checked here.
    #[error("algorithm {0} is not supported")]
    Unsupported(ObjectIdentifier),
    /// RSASSA-PSS in a variant that is not checked here: a mask by another digest than the message's.
    #[error("RSA-PSS of {digest} masked with {mask} is not supported")]
    Variant {
        /// Of the message.
        digest: DigestAlgorithm,
        /// Of the mask.
        mask: DigestAlgorithm,
    },
    /// An algorithm of the past (MD5, DSA …), which is not even looked at.
    #[error("algorithm {0} is too weak")]
    Weak(ObjectIdentifier),
    /// Parameters that the algorithm does not allow.
    #[error("parameters of algorithm {0} are not acceptable")]
    Parameters(ObjectIdentifier),
}

impl AlgorithmError {
    /// What it means for a verdict.
    pub const fn refusal(&self) -> Refusal {
        match self {
            Self::Unsupported(_) | Self::Variant { .. } => Refusal::Unsupported,
            Self::Weak(_) => Refusal::Weak,
            Self::Malformed(_) | Self::Parameters(_) => Refusal::Malformed,
        }
    }

    fn unknown(oid: ObjectIdentifier) -> Self {
        if is_of_the_past(&oid) { Self::Weak(oid) } else { Self::Unsupported(oid) }
    }
}

/// Whether it names an algorithm, a digest or a curve that nobody should rely on. SHA-1 is not among these, because it is
/// computed first and called weak then.
pub(crate) fn is_of_the_past(oid: &ObjectIdentifier) -> bool {
    [
        oid::MD2,
        oid::MD4,
        oid::MD5,
        oid::RSA_MD2,
        oid::RSA_MD4,
        oid::RSA_MD5,
        oid::DSA,
        oid::DSA_SHA1,
        oid::DSA_SHA224,
        oid::DSA_SHA256,
        oid::P192,
    ]
    .contains(oid)
}

/// Every identifier that needs no parameters to be known, and what it stands for.
const NAMES: [(ObjectIdentifier, SignatureAlgorithm); 20] = [
    (oid::SM2_WITH_SM3, SignatureAlgorithm::Sm2Sm3),
    (oid::ED25519, SignatureAlgorithm::Ed25519),
    (oid::ECDSA_SHA1, SignatureAlgorithm::Ecdsa(Digest::Sha1)),
    (oid::ECDSA_SHA224, SignatureAlgorithm::Ecdsa(Digest::Sha224)),
    (oid::ECDSA_SHA256, SignatureAlgorithm::Ecdsa(Digest::Sha256)),
    (oid::ECDSA_SHA384, SignatureAlgorithm::Ecdsa(Digest::Sha384)),
    (oid::ECDSA_SHA512, SignatureAlgorithm::Ecdsa(Digest::Sha512)),
    (oid::ECDSA_SHA3_224, SignatureAlgorithm::Ecdsa(Digest::Sha3_224)),
    (oid::ECDSA_SHA3_256, SignatureAlgorithm::Ecdsa(Digest::Sha3_256)),
    (oid::ECDSA_SHA3_384, SignatureAlgorithm::Ecdsa(Digest::Sha3_384)),
    (oid::ECDSA_SHA3_512, SignatureAlgorithm::Ecdsa(Digest::Sha3_512)),
    (oid::RSA_SHA1, SignatureAlgorithm::RsaPkcs1(Digest::Sha1)),
    (oid::RSA_SHA224, SignatureAlgorithm::RsaPkcs1(Digest::Sha224)),
    (oid::RSA_SHA256, SignatureAlgorithm::RsaPkcs1(Digest::Sha256)),
    (oid::RSA_SHA384, SignatureAlgorithm::RsaPkcs1(Digest::Sha384)),
    (oid::RSA_SHA512, SignatureAlgorithm::RsaPkcs1(Digest::Sha512)),
    (oid::RSA_SHA3_224, SignatureAlgorithm::RsaPkcs1(Digest::Sha3_224)),
    (oid::RSA_SHA3_256, SignatureAlgorithm::RsaPkcs1(Digest::Sha3_256)),
    (oid::RSA_SHA3_384, SignatureAlgorithm::RsaPkcs1(Digest::Sha3_384)),
    (oid::RSA_SHA3_512, SignatureAlgorithm::RsaPkcs1(Digest::Sha3_512)),
];

impl SignatureAlgorithm {
    /// ECDSA with SHA-256; on P-256 this is COSE's ES256.
    pub const ECDSA_SHA256: Self = Self::Ecdsa(Digest::Sha256);
    /// ECDSA with SHA-384.
    pub const ECDSA_SHA384: Self = Self::Ecdsa(Digest::Sha384);
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub const RSA_PKCS1_SHA256: Self = Self::RsaPkcs1(Digest::Sha256);
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    pub const RSA_PKCS1_SHA384: Self = Self::RsaPkcs1(Digest::Sha384);
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    pub const RSA_PKCS1_SHA512: Self = Self::RsaPkcs1(Digest::Sha512);
    /// RSASSA-PSS with SHA-256 and a salt as long as the digest.
    pub const RSA_PSS_SHA256: Self = Self::RsaPss { digest: Digest::Sha256, salt: 32 };
    /// RSASSA-PSS with SHA-384 and a salt as long as the digest.
    pub const RSA_PSS_SHA384: Self = Self::RsaPss { digest: Digest::Sha384, salt: 48 };
    /// RSASSA-PSS with SHA-512 and a salt as long as the digest.
    pub const RSA_PSS_SHA512: Self = Self::RsaPss { digest: Digest::Sha512, salt: 64 };

    /// The digest the algorithm implies (RFC 8419 for Ed25519 in CMS).
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Sm2Sm3 => Digest::Sm3,
            Self::Ecdsa(digest) | Self::RsaPkcs1(digest) | Self::RsaPss { digest, .. } => digest,
            Self::Ed25519 => Digest::Sha512,
        }
    }

    /// Whether it proves nothing, even where the signature holds: by now, everything with SHA-1.
    pub const fn is_weak(self) -> bool {
        self.digest().is_weak()
    }

    /// Its object identifier; of ECDSA or RSA with a digest that nobody gave a common one, that of the key type.
    pub fn oid(self) -> ObjectIdentifier {
        match (NAMES.iter().find(|(_, named)| *named == self), self) {
            (Some((oid, _)), _) => *oid,
            (None, Self::RsaPss { .. }) => oid::RSA_PSS,
            (None, Self::RsaPkcs1(_)) => oid::RSA_ENCRYPTION,
            (None, _) => oid::EC_PUBLIC_KEY,
        }
    }

    /// The algorithm that has this identifier and needs no parameters to be known.
    pub fn from_oid(oid: &ObjectIdentifier) -> Result<Self, AlgorithmError> {
        let named = NAMES.iter().find(|(name, _)| name == oid);
        named.map(|(_, algorithm)| *algorithm).ok_or(AlgorithmError::unknown(*oid))
    }

    /// DER of its AlgorithmIdentifier.
    pub fn algorithm_identifier(self) -> Vec<u8> {
        let id = asn1::oid(&self.oid());
        match self {
            Self::RsaPkcs1(_) => asn1::sequence(&[&id, &asn1::null()]),
            Self::RsaPss { digest, salt } => asn1::sequence(&[&id, &pss::write(digest, salt)]),
            _ => asn1::sequence(&[&id]),
        }
    }

    /// Reads a DER AlgorithmIdentifier. NULL parameters are accepted for SM2, where they occur in the wild.
    pub fn from_algorithm_identifier(der: &[u8]) -> Result<Self, AlgorithmError> {
        let (id, parameters) = split(der)?;
        if id == oid::RSA_PSS {
            return pss::read(parameters);
        }
        let algorithm = Self::from_oid(&id)?;
        let null = asn1::null();
        let fits = match algorithm {
            Self::RsaPkcs1(_) | Self::Sm2Sm3 => parameters.is_empty() || parameters == null,
            _ => parameters.is_empty(),
        };
        if fits { Ok(algorithm) } else { Err(AlgorithmError::Parameters(id)) }
    }

    /// Reads the signatureAlgorithm of a CMS SignerInfo, which may name only the key type
    /// (`rsaEncryption`, `id-ecPublicKey` is refused, SM2 `…301.1` as GB/T 35275 writes it) and leave the digest to digestAlgorithm.
    pub fn from_cms(der: &[u8], digest: DigestAlgorithm) -> Result<Self, AlgorithmError> {
        let (id, _) = split(der)?;
        match (id, digest) {
            (oid::RSA_ENCRYPTION, digest) if digest.goes_with_rsa() => Ok(Self::RsaPkcs1(digest)),
            (oid::SM2_SIGN, Digest::Sm3) => Ok(Self::Sm2Sm3),
            _ => Self::from_algorithm_identifier(der),
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sm2Sm3 => f.write_str("SM2 with SM3"),
            Self::Ecdsa(digest) => write!(f, "ECDSA with {digest}"),
            Self::RsaPkcs1(digest) => write!(f, "RSA with {digest}"),
            Self::RsaPss { digest, salt } if usize::from(*salt) == digest.output_len() => {
                write!(f, "RSA-PSS with {digest}")
            }
            Self::RsaPss { digest, salt } => write!(f, "RSA-PSS with {digest} and {salt} bytes of salt"),
            Self::Ed25519 => f.write_str("Ed25519"),
        }
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

/// What the parameters of a key for RSASSA-PSS alone allow: everything when there are none (RFC 4055 1.2).
pub(crate) fn only_pss(parameters: &[u8]) -> Result<Option<SignatureAlgorithm>, AlgorithmError> {
    if parameters.is_empty() { Ok(None) } else { pss::read(parameters).map(Some) }
}

/// The digest of a DER AlgorithmIdentifier; NULL or absent parameters (RFC 5754). SHA-1 is refused as weak.
pub(crate) fn digest_from_identifier(der: &[u8]) -> Result<DigestAlgorithm, AlgorithmError> {
    match any_digest_from_identifier(der)? {
        digest if digest.is_weak() => Err(AlgorithmError::Weak(digest.oid())),
        digest => Ok(digest),
    }
}

/// The same with SHA-1: for whoever says that it is weak.
pub(crate) fn any_digest_from_identifier(der: &[u8]) -> Result<DigestAlgorithm, AlgorithmError> {
    let (id, parameters) = split(der)?;
    // What is not known may have parameters that are not known (SHAKE256 with a length).
    let digest = match DigestAlgorithm::from_oid(&id) {
        Some(digest) => digest,
        None if id == oid::SHA1 => Digest::Sha1,
        None => return Err(AlgorithmError::unknown(id)),
    };
    let plain = parameters.is_empty() || parameters == asn1::null();
    if plain { Ok(digest) } else { Err(AlgorithmError::Parameters(id)) }
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
        let pss =
            [SignatureAlgorithm::RSA_PSS_SHA256, SignatureAlgorithm::RsaPss { digest: Digest::Sha3_512, salt: 222 }];
        for algorithm in NAMES.iter().map(|(_, algorithm)| *algorithm).chain(pss) {
            let der = algorithm.algorithm_identifier();
            assert_eq!(SignatureAlgorithm::from_algorithm_identifier(&der), Ok(algorithm));
        }
    }

    #[test]
    fn sm2_with_null_parameters_is_read_and_what_is_not_accepted_is_told_apart() {
        let null = asn1::sequence(&[&asn1::oid(&oid::SM2_WITH_SM3), &asn1::null()]);
        assert_eq!(SignatureAlgorithm::from_algorithm_identifier(&null), Ok(SignatureAlgorithm::Sm2Sm3));
        let ecdsa_null = asn1::sequence(&[&asn1::oid(&oid::ECDSA_SHA256), &asn1::null()]);
        assert!(SignatureAlgorithm::from_algorithm_identifier(&ecdsa_null).is_err());
        let refusal = |name: &str| {
            let id = asn1::oid(&ObjectIdentifier::new_unwrap(name));
            SignatureAlgorithm::from_algorithm_identifier(&asn1::sequence(&[&id])).unwrap_err().refusal()
        };
        assert_eq!(refusal("1.2.840.113549.1.1.4"), Refusal::Weak, "MD5");
        assert_eq!(refusal("1.2.840.10040.4.3"), Refusal::Weak, "DSA");
        assert_eq!(refusal("1.3.101.113"), Refusal::Unsupported, "Ed448");
        assert_eq!(refusal("2.16.840.1.101.3.4.3.17"), Refusal::Unsupported, "ML-DSA");
        let sha1 = asn1::sequence(&[&asn1::oid(&oid::RSA_SHA1), &asn1::null()]);
        assert!(SignatureAlgorithm::from_algorithm_identifier(&sha1).unwrap().is_weak());
        let sha1 = asn1::sequence(&[&asn1::oid(&oid::SHA1), &asn1::null()]);
        assert_eq!(digest_from_identifier(&sha1).unwrap_err().refusal(), Refusal::Weak);
        let with_length = |name: &str| {
            let id = asn1::oid(&ObjectIdentifier::new_unwrap(name));
            digest_from_identifier(&asn1::sequence(&[&id, &asn1::integer(512)])).unwrap_err().refusal()
        };
        assert_eq!(with_length("2.16.840.1.101.3.4.2.18"), Refusal::Unsupported, "SHAKE256 with a length");
        assert_eq!(with_length("2.16.840.1.101.3.4.2.1"), Refusal::Malformed, "SHA-256 has none");
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
