//! Public keys from SubjectPublicKeyInfo, and the one place where signatures are checked.

use crate::algorithm::{self, SignatureAlgorithm};
use crate::asn1::{self, Asn1Error, tag};
use crate::oid;
use crate::sm2::{ENGINE, Verified, Verifier};
use der::asn1::ObjectIdentifier;
use ring::signature as ring_signature;
use std::fmt;
use std::sync::Arc;

/// The user id that goes into SM2's Z value, for certificates, seals and signatures alike (GB/T 35276).
pub const SM2_USER_ID: &str = "1234567812345678";

/// RSA keys shorter than this are refused.
pub const RSA_MIN_BITS: usize = 2048;

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
}

impl KeyKind {
    /// The algorithm a key of this kind signs with when nothing else is asked.
    pub const fn default_algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::Sm2 => SignatureAlgorithm::Sm2Sm3,
            Self::P256 => SignatureAlgorithm::EcdsaSha256,
            Self::P384 => SignatureAlgorithm::EcdsaSha384,
            Self::Rsa(_) => SignatureAlgorithm::RsaPkcs1Sha256,
            Self::Ed25519 => SignatureAlgorithm::Ed25519,
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
    /// An RSA key below [`RSA_MIN_BITS`].
    #[error("an RSA key of {0} bits is too short")]
    RsaTooShort(usize),
    /// A user id for a key that is not SM2, or one longer than 8191 bytes, which its length field cannot say.
    #[error("this key cannot have this user id")]
    UserId,
}

/// A signature that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The algorithm asks for another kind of key.
    #[error("{algorithm} does not fit a key of kind {key:?}")]
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
}

/// A parsed public key.
#[derive(Clone)]
pub struct PublicKey {
    spki: Vec<u8>,
    bits: Vec<u8>,
    kind: KeyKind,
    sm2: Option<Arc<dyn Verifier>>,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    pub fn from_spki_der(spki: &[u8]) -> Result<Self, KeyError> {
        let mut inside = asn1::whole(spki, tag::SEQUENCE, "SubjectPublicKeyInfo")?.children();
        let identifier = inside.expect(tag::SEQUENCE, "algorithm")?;
        let bits = inside.expect(tag::BIT_STRING, "subjectPublicKey")?.bits()?;
        inside.finish("SubjectPublicKeyInfo")?;
        let (id, parameters) = algorithm::split(identifier.raw)?;
        let kind = kind(&id, parameters, bits)?;
        let sm2 = match kind {
            KeyKind::Sm2 => Some(ENGINE.verifier(SM2_USER_ID, bits).ok_or(KeyError::NotOnCurve)?),
            _ => None,
        };
        Ok(Self { spki: spki.to_vec(), bits: bits.to_vec(), kind, sm2 })
    }

    /// Builds the key of this kind from its bare bits: an uncompressed point, 32 bytes of Ed25519, or an RSAPublicKey.
    pub fn from_bits(kind: KeyKind, bits: &[u8]) -> Result<Self, KeyError> {
        let ec = |curve| asn1::sequence(&[&asn1::oid(&oid::EC_PUBLIC_KEY), &asn1::oid(curve)]);
        let identifier = match kind {
            KeyKind::Sm2 => ec(&oid::SM2_CURVE),
            KeyKind::P256 => ec(&oid::P256),
            KeyKind::P384 => ec(&oid::P384),
            KeyKind::Rsa(_) => asn1::sequence(&[&asn1::oid(&oid::RSA_ENCRYPTION), &asn1::null()]),
            KeyKind::Ed25519 => asn1::sequence(&[&asn1::oid(&oid::ED25519)]),
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

    /// Checks a signature over `message`. Signatures on curves are strict DER { r, s }.
    ///
    /// SM2's Z value is added inside; `message` is the plain message.
    pub fn verify(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        self.verify_encoded(algorithm, message, signature, SignatureEncoding::Der)
    }

    /// As [`verify`](Self::verify), saying which encodings of an SM2 value are taken.
    pub fn verify_encoded(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
        encoding: SignatureEncoding,
    ) -> Result<(), VerifyError> {
        use SignatureAlgorithm as A;
        let with: &dyn ring_signature::VerificationAlgorithm = match (algorithm, self.kind) {
            (A::Sm2Sm3, KeyKind::Sm2) => return self.verify_sm2(message, signature, encoding),
            (A::EcdsaSha256, KeyKind::P256) => &ring_signature::ECDSA_P256_SHA256_ASN1,
            (A::EcdsaSha384, KeyKind::P256) => &ring_signature::ECDSA_P256_SHA384_ASN1,
            (A::EcdsaSha256, KeyKind::P384) => &ring_signature::ECDSA_P384_SHA256_ASN1,
            (A::EcdsaSha384, KeyKind::P384) => &ring_signature::ECDSA_P384_SHA384_ASN1,
            (A::RsaPkcs1Sha256, KeyKind::Rsa(_)) => &ring_signature::RSA_PKCS1_2048_8192_SHA256,
            (A::RsaPkcs1Sha384, KeyKind::Rsa(_)) => &ring_signature::RSA_PKCS1_2048_8192_SHA384,
            (A::RsaPkcs1Sha512, KeyKind::Rsa(_)) => &ring_signature::RSA_PKCS1_2048_8192_SHA512,
            (A::RsaPssSha256, KeyKind::Rsa(_)) => &ring_signature::RSA_PSS_2048_8192_SHA256,
            (A::RsaPssSha384, KeyKind::Rsa(_)) => &ring_signature::RSA_PSS_2048_8192_SHA384,
            (A::RsaPssSha512, KeyKind::Rsa(_)) => &ring_signature::RSA_PSS_2048_8192_SHA512,
            (A::Ed25519, KeyKind::Ed25519) => &ring_signature::ED25519,
            (algorithm, key) => return Err(VerifyError::WrongKey { algorithm, key }),
        };
        if matches!(algorithm, A::EcdsaSha256 | A::EcdsaSha384) {
            algorithm::der_to_raw(signature, self.bits.len() / 2).map_err(|_| VerifyError::Malformed)?;
        }
        ring_signature::UnparsedPublicKey::new(with, &self.bits)
            .verify(message, signature)
            .map_err(|_| VerifyError::Mismatch)
    }

    fn verify_sm2(&self, message: &[u8], signature: &[u8], encoding: SignatureEncoding) -> Result<(), VerifyError> {
        let raw = match (algorithm::der_to_raw(signature, 32), encoding) {
            (Ok(raw), _) => raw,
            // A reader may meet r || s; 64 bytes that are valid DER were taken above.
            (Err(_), SignatureEncoding::DerOrRaw) => signature.to_vec(),
            _ => return Err(VerifyError::Malformed),
        };
        let raw = raw.try_into().map_err(|_| VerifyError::Malformed)?;
        match self.sm2.as_ref().map(|key| key.verify(message, &raw)) {
            Some(Verified::Holds) => Ok(()),
            Some(Verified::OutOfRange) => Err(VerifyError::Malformed),
            Some(Verified::Mismatch) | None => Err(VerifyError::Mismatch),
        }
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

fn kind(id: &ObjectIdentifier, parameters: &[u8], bits: &[u8]) -> Result<KeyKind, KeyError> {
    match *id {
        oid::EC_PUBLIC_KEY => {
            let curve = asn1::whole(parameters, tag::OID, "curve")?.oid()?;
            let (kind, length) = match curve {
                oid::SM2_CURVE => (KeyKind::Sm2, 65),
                oid::P256 => (KeyKind::P256, 65),
                oid::P384 => (KeyKind::P384, 97),
                other => return Err(KeyError::Unsupported(other)),
            };
            // Uncompressed points only (GB/T 35276, RFC 5480 2.2 lets us).
            if bits.len() == length && bits[0] == 4 { Ok(kind) } else { Err(KeyError::NotOnCurve) }
        }
        oid::ED25519 if parameters.is_empty() && bits.len() == 32 => Ok(KeyKind::Ed25519),
        oid::ED25519 => Err(Asn1Error::new("Ed25519 key", "not 32 bytes without parameters").into()),
        oid::RSA_ENCRYPTION => {
            let mut inside = asn1::whole(bits, tag::SEQUENCE, "RSAPublicKey")?.children();
            let modulus = inside.expect(tag::INTEGER, "modulus")?.unsigned()?;
            inside.expect(tag::INTEGER, "publicExponent")?.unsigned()?;
            inside.finish("RSAPublicKey")?;
            let length = modulus.len() * 8 - modulus.first().map_or(0, |top| top.leading_zeros() as usize);
            if length < RSA_MIN_BITS { Err(KeyError::RsaTooShort(length)) } else { Ok(KeyKind::Rsa(length)) }
        }
        other => Err(KeyError::Unsupported(other)),
    }
}
