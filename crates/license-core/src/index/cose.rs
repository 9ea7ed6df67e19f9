//! COSE_Sign1 around the claims (RFC 9052): prepare, sign elsewhere, finish; and the strict way back.

use minicbor::{Decoder, Encoder};
use pki::SignatureAlgorithm;

use super::claims::{Claims, ClaimsError};

/// Tag of COSE_Sign1 (RFC 9052 table 1).
const SIGN1: u64 = 18;
/// Header parameter `alg`.
const ALG: u64 = 1;
/// Header parameter `kid`.
const KID: u64 = 4;
/// Longest token that is looked at.
pub(super) const MAX_TOKEN_BYTES: usize = 512;

/// Signature algorithms of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA P-256 with SHA-256 (COSE -7): browsers can check it.
    Es256,
    /// Ed25519 (COSE -8).
    EdDsa,
    /// SM2 with SM3; no COSE number is registered, -65600 is private use.
    Sm2,
}

impl Algorithm {
    /// Its name in the registry of COSE, where it has one.
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Es256 => "ES256",
            Algorithm::EdDsa => "EdDSA",
            Algorithm::Sm2 => "SM2 with SM3",
        }
    }

    const fn id(self) -> i64 {
        match self {
            Algorithm::Es256 => -7,
            Algorithm::EdDsa => -8,
            Algorithm::Sm2 => -65600,
        }
    }

    fn from_id(id: i64) -> Option<Algorithm> {
        [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Sm2].into_iter().find(|algorithm| algorithm.id() == id)
    }

    /// The algorithm that a signer of this kind makes.
    pub fn of(algorithm: SignatureAlgorithm) -> Option<Algorithm> {
        match algorithm {
            SignatureAlgorithm::ECDSA_SHA256 => Some(Algorithm::Es256),
            SignatureAlgorithm::Ed25519 => Some(Algorithm::EdDsa),
            SignatureAlgorithm::Sm2Sm3 => Some(Algorithm::Sm2),
            _ => None,
        }
    }

    /// The algorithm as `pki` names it.
    pub const fn signature_algorithm(self) -> SignatureAlgorithm {
        match self {
            Algorithm::Es256 => SignatureAlgorithm::ECDSA_SHA256,
            Algorithm::EdDsa => SignatureAlgorithm::Ed25519,
            Algorithm::Sm2 => SignatureAlgorithm::Sm2Sm3,
        }
    }
}

/// A token that cannot be made or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The claims.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
    /// The COSE structure.
    #[error("index token at byte {position}: {problem}")]
    Structure {
        /// Where.
        position: usize,
        /// What.
        problem: String,
    },
    /// A token over 512 bytes.
    #[error("index token of {0} bytes is too long")]
    TooLong(usize),
    /// Readable, yet not the one canonical encoding.
    #[error("index token is not in canonical encoding")]
    NotCanonical,
    /// A signature value of the wrong size.
    #[error("index signature must have 64 bytes, got {0}")]
    SignatureLength(usize),
}

/// Claims and headers, fixed and ready to be signed.
#[derive(Clone, Debug)]
pub struct Prepared {
    protected: Vec<u8>,
    payload: Vec<u8>,
    claims: Claims,
    algorithm: Algorithm,
    key_id: [u8; 4],
    to_be_signed: Vec<u8>,
}

impl Prepared {
    /// Fixes the bytes. `key_id` are the first four bytes of SHA-256 over the key's SubjectPublicKeyInfo; they help
    /// to find the key and prove nothing.
    pub fn new(claims: &Claims, algorithm: Algorithm, key_id: [u8; 4]) -> Result<Prepared, TokenError> {
        let payload = claims.encode()?;
        let protected = protected(algorithm, key_id);
        let to_be_signed = sig_structure(&protected, &payload);
        Ok(Prepared { protected, payload, claims: claims.clone(), algorithm, key_id, to_be_signed })
    }

    /// The Sig_structure (RFC 9052 4.4), to be signed by any signer.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// How many characters the QR text will have under this address.
    pub fn text_len(&self, address: &str) -> usize {
        let token = assemble(&self.protected, &self.payload, &[0; 64]).len();
        address.len() + (token * 8).div_ceil(5)
    }

    /// Joins the signature: 64 bytes, `r || s` for the curves of ECDSA and SM2. Of the two spellings of an ECDSA
    /// signature the one with the lower `s` goes in, whichever the key made; the other one is not read back.
    pub fn finish(self, signature: &[u8]) -> Result<Token, TokenError> {
        let signature: [u8; 64] = signature.try_into().map_err(|_| TokenError::SignatureLength(signature.len()))?;
        let signature = match self.algorithm {
            Algorithm::Es256 => pki::p256_low_s(&signature),
            Algorithm::EdDsa | Algorithm::Sm2 => signature,
        };
        let bytes = assemble(&self.protected, &self.payload, &signature);
        Ok(Token {
            bytes,
            claims: self.claims,
            algorithm: self.algorithm,
            key_id: self.key_id,
            to_be_signed: self.to_be_signed,
            signature,
        })
    }
}

/// A whole token. That it parses says nothing about its signature: see [`Token::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    bytes: Vec<u8>,
    claims: Claims,
    algorithm: Algorithm,
    key_id: [u8; 4],
    to_be_signed: Vec<u8>,
    signature: [u8; 64],
}

impl Token {
    /// Reads a token; only the canonical encoding is taken.
    pub fn from_bytes(bytes: &[u8]) -> Result<Token, TokenError> {
        if bytes.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong(bytes.len()));
        }
        let mut cbor = Decoder::new(bytes);
        let (algorithm, key_id, payload, signature) = read(&mut cbor)
            .map_err(|error| TokenError::Structure { position: cbor.position(), problem: error.to_string() })?;
        let claims = Claims::decode(payload)?;
        let token = Prepared::new(&claims, algorithm, key_id)?.finish(signature)?;
        if token.bytes != bytes {
            return Err(TokenError::NotCanonical);
        }
        Ok(token)
    }

    /// The encoded token.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it claims; believe it only after [`verify`](Self::verify) with a key that the trust list vouches for.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Its algorithm, from the protected header.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key's short name.
    pub fn key_id(&self) -> [u8; 4] {
        self.key_id
    }

    /// Whether `key` made the signature.
    pub fn verify(&self, key: &pki::PublicKey) -> bool {
        let algorithm = self.algorithm.signature_algorithm();
        match self.algorithm {
            Algorithm::EdDsa => key.verify(algorithm, &self.to_be_signed, &self.signature).is_ok(),
            Algorithm::Es256 | Algorithm::Sm2 => pki::raw_to_der(&self.signature)
                .is_ok_and(|signature| key.verify(algorithm, &self.to_be_signed, &signature).is_ok()),
        }
    }
}

/// The short name of a key: the first four bytes of SHA-256 over its SubjectPublicKeyInfo.
pub(crate) fn key_id(key: &pki::PublicKey) -> [u8; 4] {
    let digest = pki::DigestAlgorithm::Sha256.digest(key.spki_der());
    let mut id = [0; 4];
    id.copy_from_slice(&digest.as_bytes()[..4]);
    id
}

fn protected(algorithm: Algorithm, key_id: [u8; 4]) -> Vec<u8> {
    encoded(|cbor| {
        cbor.map(2)?.u64(ALG)?.i64(algorithm.id())?.u64(KID)?.bytes(&key_id)?;
        Ok(())
    })
}

fn sig_structure(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    encoded(|cbor| {
        cbor.array(4)?.str("Signature1")?.bytes(protected)?.bytes(&[])?.bytes(payload)?;
        Ok(())
    })
}

fn assemble(protected: &[u8], payload: &[u8], signature: &[u8; 64]) -> Vec<u8> {
    encoded(|cbor| {
        cbor.tag(minicbor::data::Tag::new(SIGN1))?;
        cbor.array(4)?.bytes(protected)?.map(0)?.bytes(payload)?.bytes(signature)?;
        Ok(())
    })
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn encoded(write: impl FnOnce(&mut Encoder<&mut Vec<u8>>) -> Written) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(256);
    // Writing to a Vec cannot fail.
    let _ = write(&mut Encoder::new(&mut buffer));
    buffer
}

type Parts<'b> = (Algorithm, [u8; 4], &'b [u8], &'b [u8]);

fn read<'b>(cbor: &mut Decoder<'b>) -> Result<Parts<'b>, minicbor::decode::Error> {
    let wrong = minicbor::decode::Error::message;
    let must = |good: bool, problem: &'static str| if good { Ok(()) } else { Err(wrong(problem)) };
    must(cbor.tag()?.as_u64() == SIGN1, "not a COSE_Sign1")?;
    must(cbor.array()? == Some(4), "COSE_Sign1 has four parts")?;
    let protected = cbor.bytes()?;
    must(cbor.map()? == Some(0), "the unprotected header must be empty")?;
    let payload = cbor.bytes()?;
    let signature = cbor.bytes()?;
    must(cbor.position() == cbor.input().len(), "bytes after the token")?;

    let mut header = Decoder::new(protected);
    must(header.map()? == Some(2) && header.u64()? == ALG, "header without alg")?;
    let algorithm = Algorithm::from_id(header.i64()?).ok_or_else(|| wrong("unknown algorithm"))?;
    must(header.u64()? == KID, "header without kid")?;
    let key_id = header.bytes()?.try_into().map_err(|_| wrong("kid has four bytes"))?;
    must(header.position() == protected.len(), "bytes after the header")?;
    Ok((algorithm, key_id, payload, signature))
}
