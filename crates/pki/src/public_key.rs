//! Public keys from SubjectPublicKeyInfo.

mod compute;

use crate::algorithm::{self, AlgorithmError, Refusal, SignatureAlgorithm};
use crate::asn1::{self, Asn1Error, tag};
use crate::beyond_ring;
use crate::oid;
use crate::sm2::{ENGINE, Verifier};
use der::asn1::ObjectIdentifier;
use std::fmt;
use std::sync::Arc;

/// The user id that goes into SM2's Z value, for certificates, seals and signatures alike (GB/T 35276).
pub const SM2_USER_ID: &str = "1234567812345678";

/// RSA keys shorter than this are weak: what they sign proves nothing.
pub const RSA_MIN_BITS: usize = 2048;
/// RSA keys shorter than this are not even looked at.
pub const RSA_LEAST_BITS: usize = 1024;
/// Longer RSA keys cost more than a signature is worth.
pub const RSA_MAX_BITS: usize = 8192;
/// The same of the public exponent, in bits.
const RSA_MAX_EXPONENT_BITS: usize = 33;

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// SM2 on sm2p256v1.
    Sm2,
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// RSA with this many bits.
    Rsa(usize),
    /// Ed25519.
    Ed25519,
    /// NIST P-521: signatures are checked, none are made.
    P521,
    /// brainpoolP256r1 (RFC 5639): signatures are checked, none are made.
    BrainpoolP256,
    /// brainpoolP384r1 (RFC 5639): signatures are checked, none are made.
    BrainpoolP384,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sm2 => "SM2",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Ed25519 => "Ed25519",
            Self::BrainpoolP256 => "brainpoolP256r1",
            Self::BrainpoolP384 => "brainpoolP384r1",
            Self::Rsa(bits) => return write!(f, "RSA-{bits}"),
        })
    }
}

/// The curves of ECDSA.
const CURVES: [KeyKind; 5] =
    [KeyKind::P256, KeyKind::P384, KeyKind::P521, KeyKind::BrainpoolP256, KeyKind::BrainpoolP384];

impl KeyKind {
    /// The algorithm a key of this kind signs with when nothing else is asked.
    pub const fn default_algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::Sm2 => SignatureAlgorithm::Sm2Sm3,
            Self::P256 | Self::BrainpoolP256 => SignatureAlgorithm::ECDSA_SHA256,
            Self::P384 | Self::BrainpoolP384 => SignatureAlgorithm::ECDSA_SHA384,
            Self::P521 => SignatureAlgorithm::Ecdsa(crate::DigestAlgorithm::Sha512),
            Self::Rsa(_) => SignatureAlgorithm::RSA_PKCS1_SHA256,
            Self::Ed25519 => SignatureAlgorithm::Ed25519,
        }
    }

    /// Whether it is too short for what it signs to prove anything.
    pub const fn is_weak(self) -> bool {
        matches!(self, Self::Rsa(bits) if bits < RSA_MIN_BITS)
    }

    /// Of the curves of ECDSA: the object identifier, and how many bytes a coordinate has.
    const fn curve(self) -> Option<(ObjectIdentifier, usize)> {
        match self {
            Self::P256 => Some((oid::P256, 32)),
            Self::P384 => Some((oid::P384, 48)),
            Self::P521 => Some((oid::P521, 66)),
            Self::BrainpoolP256 => Some((oid::BRAINPOOL_P256R1, 32)),
            Self::BrainpoolP384 => Some((oid::BRAINPOOL_P384R1, 48)),
            Self::Sm2 | Self::Rsa(_) | Self::Ed25519 => None,
        }
    }
}

/// Which encodings of an SM2 signature value a reader takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureEncoding {
    /// DER SEQUENCE { r, s } only, as GB/T 35276 says.
    #[default]
    Der,
    /// Also a bare 64-byte `r || s`, as one vendor of government seals writes it.
    DerOrRaw,
}

/// A key that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The structure is broken.
    #[error("public key: {0}")]
    Malformed(#[from] Asn1Error),
    /// A kind of key this house does not know.
    #[error("public key algorithm {0} is not supported")]
    Unsupported(ObjectIdentifier),
    /// Coordinates that are no point of the curve.
    #[error("the public key is not a point of its curve")]
    NotOnCurve,
    /// An RSA key below [`RSA_LEAST_BITS`].
    #[error("an RSA key of {0} bits is too short")]
    RsaTooShort(usize),
    /// An RSA key above [`RSA_MAX_BITS`], or one with an exponent that long.
    #[error("an RSA key of {0} bits with an exponent of {1} bits is not supported")]
    RsaTooLong(usize, usize),
    /// A kind of key of the past, which is not even looked at.
    #[error("public key algorithm {0} is too weak")]
    Weak(ObjectIdentifier),
    /// Parameters of an RSA key for PSS alone that are not understood or not accepted.
    #[error("public key: {0}")]
    Parameters(#[from] AlgorithmError),
    /// A point of which one coordinate is left out: nobody has a use for that in certificates.
    #[error("compressed points are not supported")]
    Compressed,
    /// A user id for a key that is not SM2, or one longer than 8191 bytes, which its length field cannot say.
    #[error("this key cannot have this user id")]
    UserId,
}

impl KeyError {
    /// What it means for a verdict.
    pub const fn refusal(&self) -> Refusal {
        match self {
            Self::Unsupported(_) | Self::RsaTooLong(..) | Self::Compressed => Refusal::Unsupported,
            Self::RsaTooShort(_) | Self::Weak(_) => Refusal::Weak,
            Self::Parameters(error) => error.refusal(),
            Self::Malformed(_) | Self::NotOnCurve | Self::UserId => Refusal::Malformed,
        }
    }
}

/// A signature that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The algorithm asks for another kind of key.
    #[error("{algorithm} does not fit a key of kind {key}")]
    WrongKey {
        /// What the signature claims to be.
        algorithm: SignatureAlgorithm,
        /// What the key is.
        key: KeyKind,
    },
    /// The signature value is not encoded as its standard says.
    #[error("the signature value is malformed")]
    Malformed,
    /// The mathematics does not work out: other message, other key, or a forgery.
    #[error("the signature does not verify")]
    Mismatch,
    /// The algorithm or the key is too weak, whatever the mathematics says.
    #[error("{algorithm} with a key of kind {key} is too weak")]
    Weak {
        /// How it was signed.
        algorithm: SignatureAlgorithm,
        /// By what.
        key: KeyKind,
    },
}

/// A parsed public key.
#[derive(Clone)]
pub struct PublicKey {
    spki: Vec<u8>,
    bits: Vec<u8>,
    kind: KeyKind,
    sm2: Option<Arc<dyn Verifier>>,
    /// Of a key that is for RSASSA-PSS alone: with what.
    only: Option<OnlyPss>,
}

/// What a SubjectPublicKeyInfo of id-RSASSA-PSS says (RFC 4055 1.2): any PSS, or this algorithm with at least its salt.
type OnlyPss = Option<SignatureAlgorithm>;

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    pub fn from_spki_der(spki: &[u8]) -> Result<Self, KeyError> {
        let mut inside = asn1::whole(spki, tag::SEQUENCE, "SubjectPublicKeyInfo")?.children();
        let identifier = inside.expect(tag::SEQUENCE, "algorithm")?;
        let bits = inside.expect(tag::BIT_STRING, "subjectPublicKey")?.bits()?;
        inside.finish("SubjectPublicKeyInfo")?;
        let (id, parameters) = algorithm::split(identifier.raw)?;
        let (kind, only) = match id {
            oid::RSA_PSS => (kind(&oid::RSA_ENCRYPTION, &[], bits)?, Some(algorithm::only_pss(parameters)?)),
            id => (kind(&id, parameters, bits)?, None),
        };
        let sm2 = match kind {
            KeyKind::Sm2 => Some(ENGINE.verifier(SM2_USER_ID, bits).ok_or(KeyError::NotOnCurve)?),
            _ => None,
        };
        Ok(Self { spki: spki.to_vec(), bits: bits.to_vec(), kind, sm2, only })
    }

    /// Builds the key of this kind from its bare bits: an uncompressed point, 32 bytes of Ed25519, or an RSAPublicKey.
    pub fn from_bits(kind: KeyKind, bits: &[u8]) -> Result<Self, KeyError> {
        let ec = |curve| asn1::sequence(&[&asn1::oid(&oid::EC_PUBLIC_KEY), &asn1::oid(curve)]);
        let identifier = match (kind, kind.curve()) {
            (_, Some((curve, _))) => ec(&curve),
            (KeyKind::Rsa(_), _) => asn1::sequence(&[&asn1::oid(&oid::RSA_ENCRYPTION), &asn1::null()]),
            (KeyKind::Ed25519, _) => asn1::sequence(&[&asn1::oid(&oid::ED25519)]),
            _ => ec(&oid::SM2_CURVE),
        };
        Self::from_spki_der(&asn1::sequence(&[&identifier, &asn1::bit_string(bits)]))
    }

    /// The same SM2 key under another user id than [`SM2_USER_ID`]: for messages of systems that have agreed on one.
    /// Certificates, seals and signatures of documents never use it (GB/T 35276).
    pub fn with_sm2_id(&self, id: &str) -> Result<Self, KeyError> {
        if self.kind != KeyKind::Sm2 {
            return Err(KeyError::UserId);
        }
        let sm2 = ENGINE.verifier(id, &self.bits).ok_or(KeyError::UserId)?;
        Ok(Self { sm2: Some(sm2), ..self.clone() })
    }

    /// DER of the SubjectPublicKeyInfo.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// The content of subjectPublicKey: for curves the point, uncompressed.
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// The kind of key.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// RFC 7093 method 1: the leftmost 160 bits of SHA-256 over the key bits.
    pub fn key_identifier(&self) -> [u8; 20] {
        let digest = crate::DigestAlgorithm::Sha256.digest(&self.bits);
        let mut id = [0; 20];
        id.copy_from_slice(&digest.as_bytes()[..20]);
        id
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?}, {})", self.kind, crate::DigestAlgorithm::Sha256.digest(&self.spki))
    }
}

/// Modulus and exponent of an RSAPublicKey, without leading zeros.
fn rsa_parts(bits: &[u8]) -> Result<(&[u8], &[u8]), Asn1Error> {
    let mut inside = asn1::whole(bits, tag::SEQUENCE, "RSAPublicKey")?.children();
    let modulus = inside.expect(tag::INTEGER, "modulus")?.unsigned()?;
    let exponent = inside.expect(tag::INTEGER, "publicExponent")?.unsigned()?;
    inside.finish("RSAPublicKey")?;
    Ok((modulus, exponent))
}

/// How long a number without leading zero bytes is.
fn bit_length(number: &[u8]) -> usize {
    number.len() * 8 - number.first().map_or(0, |top| top.leading_zeros() as usize)
}

fn rsa_kind(bits: &[u8]) -> Result<KeyKind, KeyError> {
    let (modulus, exponent) = rsa_parts(bits)?;
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
    let (length, exponent_length) = (bit_length(modulus), bit_length(exponent));
    if length < RSA_LEAST_BITS {
        Err(KeyError::RsaTooShort(length))
    } else if length > RSA_MAX_BITS || exponent_length > RSA_MAX_EXPONENT_BITS {
        Err(KeyError::RsaTooLong(length, exponent_length))
    } else if !is_odd(modulus) {
        Err(Asn1Error::new("modulus", "even").into())
    } else if !is_odd(exponent) || exponent == [1] {
        // With 1 the signature is the padded digest, which everybody can write.
        Err(Asn1Error::new("publicExponent", "even, or 1").into())
    } else {
        Ok(KeyKind::Rsa(length))
    }
}

fn kind(id: &ObjectIdentifier, parameters: &[u8], bits: &[u8]) -> Result<KeyKind, KeyError> {
    match *id {
        oid::EC_PUBLIC_KEY => {
            let curve = asn1::whole(parameters, tag::OID, "curve")?.oid()?;
            let known =
                CURVES.iter().find_map(|kind| Some((*kind, kind.curve().filter(|(name, _)| *name == curve)?.1)));
            let (kind, width) = match known {
                Some(known) => known,
                None if curve == oid::SM2_CURVE => (KeyKind::Sm2, 32),
                None if algorithm::is_of_the_past(&curve) => return Err(KeyError::Weak(curve)),
                None => return Err(KeyError::Unsupported(curve)),
            };
            // Uncompressed points only (GB/T 35276, RFC 5480 2.2 lets us).
            if bits.len() == width + 1 && matches!(bits[0], 2 | 3) {
                return Err(KeyError::Compressed);
            }
            let plausible = bits.len() == 2 * width + 1 && bits[0] == 4;
            // ring looks at the points of its curves when it checks a signature, the engine of SM2 when it makes a key.
            let elsewhere = matches!(kind, KeyKind::Sm2 | KeyKind::P256 | KeyKind::P384);
            let on_curve = plausible && (elsewhere || beyond_ring::is_point(kind, bits));
            if on_curve { Ok(kind) } else { Err(KeyError::NotOnCurve) }
        }
        oid::ED25519 if parameters.is_empty() && bits.len() == 32 => Ok(KeyKind::Ed25519),
        oid::ED25519 => Err(Asn1Error::new("Ed25519 key", "not 32 bytes without parameters").into()),
        oid::RSA_ENCRYPTION => rsa_kind(bits),
        other if algorithm::is_of_the_past(&other) => Err(KeyError::Weak(other)),
        other => Err(KeyError::Unsupported(other)),
    }
}
