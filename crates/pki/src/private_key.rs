//! Private keys in software: made, read, kept encrypted (PKCS#8, PBES2), and signing.

use crate::algorithm::SignatureAlgorithm;
use crate::asn1::{self, Asn1Error, tag};
use crate::oid;
use crate::public_key::{KeyError, KeyKind, PublicKey, SM2_USER_ID};
use crate::sm2::ENGINE;
use pkcs8::der::{Decode, pem::LineEnding};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument};
use rand_core::CryptoRng;
use ring::rand::SystemRandom;
use ring::signature::{self as ring_signature, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use std::fmt;
use zeroize::Zeroizing;

/// A private key that cannot be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrivateKeyError {
    /// Not PKCS#8, or not PEM.
    #[error("private key: {0}")]
    Malformed(&'static str),
    /// The password does not open the key.
    #[error("wrong password for the private key")]
    WrongPassword,
    /// Nobody protects a key with an empty password.
    #[error("a key is not written under an empty password")]
    NoPassword,
    /// Encrypted in a way other than that of this house or PBES2 with scrypt or PBKDF2, or at an absurd cost.
    #[error("this encryption of a private key is not supported")]
    UnsupportedEncryption,
    /// A kind of key this house does not sign with.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The random source failed.
    #[error("no randomness for a new key")]
    Random,
}

/// A signature that could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The key cannot make signatures of this algorithm.
    #[error("a key of kind {key} does not sign {algorithm}")]
    WrongAlgorithm {
        /// What was asked.
        algorithm: SignatureAlgorithm,
        /// What the key is.
        key: KeyKind,
    },
    /// The library refused.
    #[error("the key failed to sign")]
    Failed,
    /// A device or a remote service could not be used; the text says why.
    #[error("the signing device is not available: {0}")]
    Unavailable(String),
}

/// A private key, parsed once and ready to sign from any thread. Never printed; its PKCS#8 bytes are wiped.
///
/// SM2 signs with a nonce derived from key and message (RFC 6979 by the `sm2` crate), Ed25519 and RSA PKCS#1 are
/// deterministic by nature; ECDSA and PSS take randomness of ring's system source.
///
/// ```
/// use pki::{KeyKind, PrivateKey, VerifyError};
///
/// let key = PrivateKey::generate(KeyKind::Sm2, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng))?;
/// let signature = key.sign(b"message")?;
/// assert!(key.public_key().verify(key.algorithm(), b"message", &signature).is_ok());
/// assert_eq!(key.public_key().verify(key.algorithm(), b"massage", &signature), Err(VerifyError::Mismatch));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PrivateKey {
    pkcs8: Zeroizing<Vec<u8>>,
    algorithm: SignatureAlgorithm,
    public: PublicKey,
    inner: Inner,
}

enum Inner {
    Sm2(Box<dyn crate::sm2::Signer>),
    Ecdsa(Box<EcdsaKeyPair>, SystemRandom),
    Ed25519(Box<Ed25519KeyPair>),
    Rsa(Box<RsaKeyPair>, SystemRandom),
}

impl PrivateKey {
    /// Makes a new key. SM2 and Ed25519 take it from `rng`; ring makes P-256 and P-384 keys from its own
    /// system source, because its random trait is sealed. RSA keys are read, not made.
    pub fn generate<R: CryptoRng + ?Sized>(kind: KeyKind, rng: &mut R) -> Result<Self, PrivateKeyError> {
        match kind {
            KeyKind::Sm2 => {
                let mut scalar = Zeroizing::new([0u8; 32]);
                loop {
                    rng.fill_bytes(&mut *scalar);
                    // Zero and anything not below n - 1 is drawn again: about one in 2^32.
                    if let Some(pkcs8) = ENGINE.pkcs8(&scalar) {
                        return Self::from_pkcs8_der(&pkcs8);
                    }
                }
            }
            KeyKind::P256 | KeyKind::P384 => {
                let document = EcdsaKeyPair::generate_pkcs8(ecdsa(kind), &SystemRandom::new())
                    .map_err(|_| PrivateKeyError::Random)?;
                Self::from_pkcs8_der(document.as_ref())
            }
            KeyKind::Ed25519 => {
                let mut seed = Zeroizing::new([0u8; 32]);
                rng.fill_bytes(&mut *seed);
                let inner = Zeroizing::new(asn1::octet_string(&*seed));
                let identifier = asn1::sequence(&[&asn1::oid(&oid::ED25519)]);
                let octets = Zeroizing::new(asn1::octet_string(&inner));
                let document = Zeroizing::new(asn1::sequence(&[&asn1::integer(0), &identifier, &octets]));
                Self::from_pkcs8_der(&document)
            }
            KeyKind::Rsa(_) => Err(KeyError::Unsupported(oid::RSA_ENCRYPTION).into()),
            KeyKind::P521 | KeyKind::BrainpoolP256 | KeyKind::BrainpoolP384 => {
                Err(KeyError::Unsupported(kind.default_algorithm().oid()).into())
            }
        }
    }

    /// Reads an unencrypted PKCS#8 PrivateKeyInfo.
    pub fn from_pkcs8_der(pkcs8: &[u8]) -> Result<Self, PrivateKeyError> {
        let (kind, inner) = match kind_of(pkcs8)? {
            KeyKind::Sm2 => {
                let key = ENGINE.signer(SM2_USER_ID, pkcs8).ok_or(PrivateKeyError::Malformed("SM2 key"))?;
                (KeyKind::Sm2, Inner::Sm2(key))
            }
            kind @ (KeyKind::P256 | KeyKind::P384) => {
                let random = SystemRandom::new();
                let pair = EcdsaKeyPair::from_pkcs8(ecdsa(kind), pkcs8, &random)
                    .map_err(|_| PrivateKeyError::Malformed("EC key"))?;
                (kind, Inner::Ecdsa(Box::new(pair), random))
            }
            KeyKind::Ed25519 => {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8)
                    .map_err(|_| PrivateKeyError::Malformed("Ed25519 key"))?;
                (KeyKind::Ed25519, Inner::Ed25519(Box::new(pair)))
            }
            kind @ (KeyKind::P521 | KeyKind::BrainpoolP256 | KeyKind::BrainpoolP384) => {
                return Err(KeyError::Unsupported(kind.default_algorithm().oid()).into());
            }
            KeyKind::Rsa(_) => {
                let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| PrivateKeyError::Malformed("RSA key"))?;
                let bits = pair.public().modulus_len() * 8;
                (KeyKind::Rsa(bits), Inner::Rsa(Box::new(pair), SystemRandom::new()))
            }
        };
        let public = match &inner {
            Inner::Sm2(key) => PublicKey::from_bits(kind, &key.point()),
            Inner::Ecdsa(pair, _) => PublicKey::from_bits(kind, pair.public_key().as_ref()),
            Inner::Ed25519(pair) => PublicKey::from_bits(kind, pair.public_key().as_ref()),
            Inner::Rsa(pair, _) => PublicKey::from_bits(kind, pair.public_key().as_ref()),
        }?;
        let pkcs8 = Zeroizing::new(pkcs8.to_vec());
        Ok(Self { pkcs8, algorithm: public.kind().default_algorithm(), public, inner })
    }

    /// Reads a PEM `PRIVATE KEY`.
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, PrivateKeyError> {
        let (label, document) = document(pem)?;
        match label.as_str() {
            "PRIVATE KEY" => Self::from_pkcs8_der(document.as_bytes()),
            _ => Err(PrivateKeyError::Malformed("PEM is not a PRIVATE KEY")),
        }
    }

    /// Reads a key file of this house ([`to_key_file`](Self::to_key_file)), or a PEM `ENCRYPTED PRIVATE KEY` (PBES2 with
    /// scrypt or PBKDF2, AES-CBC) as other programs write it and this one used to.
    pub fn from_encrypted_pem(pem: &str, password: &[u8]) -> Result<Self, PrivateKeyError> {
        if crate::key_file::is_key_file(pem) {
            return crate::key_file::open(pem, password);
        }
        let (label, document) = document(pem)?;
        if label != "ENCRYPTED PRIVATE KEY" {
            return Err(PrivateKeyError::Malformed("PEM is not an ENCRYPTED PRIVATE KEY"));
        }
        let info = EncryptedPrivateKeyInfoRef::from_der(document.as_bytes())
            .map_err(|_| PrivateKeyError::UnsupportedEncryption)?;
        check_cost(&info)?;
        // A wrong password shows as bad padding, or once in 256 as rubbish behind it.
        let plain = info.decrypt(password).map_err(|_| PrivateKeyError::WrongPassword)?;
        PrivateKeyInfoRef::from_der(plain.as_bytes()).map_err(|_| PrivateKeyError::WrongPassword)?;
        Self::from_pkcs8_der(plain.as_bytes())
    }

    /// Writes a PEM `ENCRYPTED PRIVATE KEY`: PBES2 with scrypt (N = 2^14, r = 8, p = 1) and AES-256-CBC,
    /// which OpenSSL 3 reads.
    pub fn to_encrypted_pem<R: CryptoRng + ?Sized>(
        &self,
        password: &[u8],
        rng: &mut R,
    ) -> Result<String, PrivateKeyError> {
        let info = PrivateKeyInfoRef::from_der(&self.pkcs8).map_err(|_| PrivateKeyError::Malformed("PKCS#8"))?;
        let encrypted =
            info.encrypt_with_rng(&mut &mut *rng, password).map_err(|_| PrivateKeyError::UnsupportedEncryption)?;
        let pem =
            encrypted.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).map_err(|_| PrivateKeyError::Malformed("PEM"))?;
        Ok(pem.to_string())
    }

    /// The unencrypted PKCS#8 bytes, wiped when dropped. For tests and for export into a device.
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        self.pkcs8.clone()
    }

    /// The same key, signing with another algorithm of its kind (RSA-PSS, a longer digest).
    pub fn with_algorithm(mut self, algorithm: SignatureAlgorithm) -> Result<Self, SignError> {
        let fits = match self.public.kind() {
            KeyKind::Rsa(_) => rsa_padding(algorithm).is_some(),
            // ring signs on each curve with the digest of its size only.
            kind => algorithm == kind.default_algorithm(),
        };
        if !fits {
            return Err(SignError::WrongAlgorithm { algorithm, key: self.public.kind() });
        }
        self.algorithm = algorithm;
        Ok(self)
    }

    /// The same SM2 key, signing under another user id; see [`PublicKey::with_sm2_id`].
    pub fn with_sm2_id(self, id: &str) -> Result<Self, KeyError> {
        let public = self.public.with_sm2_id(id)?;
        let inner = Inner::Sm2(ENGINE.signer(id, &self.pkcs8).ok_or(KeyError::UserId)?);
        Ok(Self { public, inner, ..self })
    }

    /// What [`sign`](Self::sign) makes.
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The public half.
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs `message`; DER { r, s } for curves.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        match &self.inner {
            Inner::Sm2(key) => {
                let raw = key.sign(message).ok_or(SignError::Failed)?;
                crate::algorithm::raw_to_der(&raw).map_err(|_| SignError::Failed)
            }
            Inner::Ecdsa(pair, random) => {
                let signature = pair.sign(random, message).map_err(|_| SignError::Failed)?;
                let signature = signature.as_ref();
                // Of the two spellings the one that forms with one spelling take.
                if self.public.kind() == KeyKind::P256 {
                    let raw = crate::algorithm::der_to_raw(signature, 32).ok().and_then(|raw| raw.try_into().ok());
                    let low = crate::ecdsa::p256_low_s(&raw.ok_or(SignError::Failed)?);
                    return crate::algorithm::raw_to_der(&low).map_err(|_| SignError::Failed);
                }
                Ok(signature.to_vec())
            }
            Inner::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Inner::Rsa(pair, random) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let padding = rsa_padding(self.algorithm).ok_or(SignError::Failed)?;
                pair.sign(padding, random, message, &mut signature).map_err(|_| SignError::Failed)?;
                Ok(signature)
            }
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("public", &self.public).finish_non_exhaustive()
    }
}

fn document(pem: &str) -> Result<(String, SecretDocument), PrivateKeyError> {
    let (label, document) = SecretDocument::from_pem(pem).map_err(|_| PrivateKeyError::Malformed("PEM"))?;
    Ok((label.to_owned(), document))
}

/// Which key a PrivateKeyInfo holds, by its algorithm identifier.
fn kind_of(pkcs8: &[u8]) -> Result<KeyKind, PrivateKeyError> {
    let malformed = |_: Asn1Error| PrivateKeyError::Malformed("PKCS#8");
    let mut inside = asn1::whole(pkcs8, tag::SEQUENCE, "PrivateKeyInfo").map_err(malformed)?.children();
    inside.expect(tag::INTEGER, "version").map_err(malformed)?;
    let identifier = inside.expect(tag::SEQUENCE, "privateKeyAlgorithm").map_err(malformed)?;
    let (id, parameters) = crate::algorithm::split(identifier.raw).map_err(malformed)?;
    let id = match id {
        oid::EC_PUBLIC_KEY => {
            asn1::whole(parameters, tag::OID, "curve").and_then(|curve| curve.oid()).map_err(malformed)?
        }
        id => id,
    };
    match id {
        oid::SM2_CURVE => Ok(KeyKind::Sm2),
        oid::P256 => Ok(KeyKind::P256),
        oid::P384 => Ok(KeyKind::P384),
        oid::ED25519 => Ok(KeyKind::Ed25519),
        oid::RSA_ENCRYPTION => Ok(KeyKind::Rsa(0)),
        other => Err(KeyError::Unsupported(other).into()),
    }
}

/// Key derivation parameters come from the file: bound what they may cost.
fn check_cost(info: &EncryptedPrivateKeyInfoRef<'_>) -> Result<(), PrivateKeyError> {
    use pkcs8::pkcs5::pbes2::Kdf;
    let parameters = info.encryption_algorithm.pbes2().ok_or(PrivateKeyError::UnsupportedEncryption)?;
    let affordable = match &parameters.kdf {
        Kdf::Pbkdf2(pbkdf2) => pbkdf2.iteration_count <= MAX_PBKDF2_ROUNDS,
        Kdf::Scrypt(scrypt) => {
            u64::from(scrypt.block_size) * u64::from(scrypt.parallelization) * scrypt.cost_parameter <= MAX_SCRYPT_WORK
        }
        _ => false,
    };
    if affordable { Ok(()) } else { Err(PrivateKeyError::UnsupportedEncryption) }
}

fn ecdsa(kind: KeyKind) -> &'static ring_signature::EcdsaSigningAlgorithm {
    match kind {
        KeyKind::P384 => &ring_signature::ECDSA_P384_SHA384_ASN1_SIGNING,
        _ => &ring_signature::ECDSA_P256_SHA256_ASN1_SIGNING,
    }
}

fn rsa_padding(algorithm: SignatureAlgorithm) -> Option<&'static dyn ring_signature::RsaEncoding> {
    use SignatureAlgorithm as A;
    Some(match algorithm {
        A::RSA_PKCS1_SHA256 => &ring_signature::RSA_PKCS1_SHA256,
        A::RSA_PKCS1_SHA384 => &ring_signature::RSA_PKCS1_SHA384,
        A::RSA_PKCS1_SHA512 => &ring_signature::RSA_PKCS1_SHA512,
        A::RSA_PSS_SHA256 => &ring_signature::RSA_PSS_SHA256,
        A::RSA_PSS_SHA384 => &ring_signature::RSA_PSS_SHA384,
        A::RSA_PSS_SHA512 => &ring_signature::RSA_PSS_SHA512,
        _ => return None,
    })
}

/// N · r · p; 128 MiB of memory at most, eight times what we write.
const MAX_SCRYPT_WORK: u64 = 1 << 20;
/// Three times what OWASP recommends today.
const MAX_PBKDF2_ROUNDS: u32 = 2_000_000;
