//! The envelope: JWS compact serialisation (RFC 7515) with one signature by a pinned root.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pki::{Certificate, SignatureAlgorithm};
use serde::{Deserialize, Serialize};

/// Largest list that is read.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// `typ` of the header (RFC 7515 4.1.9).
const TYPE: &str = "license-trust-list+jws";

/// An envelope that cannot be made or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// Not a compact JWS of this type.
    #[error("trust list envelope: {0}")]
    Form(&'static str),
    /// Signed by a root that is not pinned.
    #[error("trust list is signed by {0}, which is not pinned")]
    NotPinned(String),
    /// The signature does not hold.
    #[error("trust list signature does not verify")]
    Signature,
    /// The root's key is of a kind that JWS has no registered name for.
    #[error("a key of this kind cannot sign a trust list")]
    Algorithm,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    /// SHA-256 of the signing root's certificate (RFC 7515 4.1.8).
    #[serde(rename = "x5t#S256")]
    thumbprint: String,
}

/// Header and payload, fixed and ready to be signed.
#[derive(Clone, Debug)]
pub struct Prepared {
    signing_input: String,
    algorithm: SignatureAlgorithm,
}

impl Prepared {
    pub(super) fn new(payload: &[u8], signer: &Certificate) -> Result<Prepared, JwsError> {
        let algorithm = signer.public_key().map_err(|_| JwsError::Algorithm)?.kind().default_algorithm();
        let header = Header { alg: name(algorithm)?.to_owned(), typ: TYPE.to_owned(), thumbprint: thumbprint(signer) };
        let header = serde_json::to_vec(&header).map_err(|_| JwsError::Form("header"))?;
        let signing_input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        Ok(Prepared { signing_input, algorithm })
    }

    /// The JWS signing input.
    pub fn to_be_signed(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    /// Joins the signature as a [`pki::Signer`] gives it (DER for ECDSA).
    pub fn finish(self, signature: &[u8]) -> Result<String, JwsError> {
        let raw = match self.algorithm {
            SignatureAlgorithm::ECDSA_SHA256 | SignatureAlgorithm::Sm2Sm3 => {
                pki::der_to_raw(signature, 32).map_err(|_| JwsError::Signature)?
            }
            _ => signature.to_vec(),
        };
        Ok(format!("{}.{}", self.signing_input, URL_SAFE_NO_PAD.encode(raw)))
    }
}

/// Checks the envelope and gives the payload.
pub(super) fn open(text: &str, pinned: &[Certificate]) -> Result<Vec<u8>, JwsError> {
    if text.len() > MAX_BYTES {
        return Err(JwsError::Form("too large"));
    }
    let Parts { signing_input, header, payload, signature } = Parts::of(text)?;
    let root = pinned
        .iter()
        .find(|root| thumbprint(root) == header.thumbprint)
        .ok_or_else(|| JwsError::NotPinned(header.thumbprint.clone()))?;
    let key = root.public_key().map_err(|_| JwsError::Algorithm)?;
    let algorithm = key.kind().default_algorithm();
    if name(algorithm)? != header.alg {
        return Err(JwsError::Form("alg is not that of the root's key"));
    }
    let signature = decode(signature, "signature")?;
    let signature = match algorithm {
        SignatureAlgorithm::ECDSA_SHA256 | SignatureAlgorithm::Sm2Sm3 => {
            pki::raw_to_der(&signature).map_err(|_| JwsError::Signature)?
        }
        _ => signature,
    };
    key.verify(algorithm, signing_input.as_bytes(), &signature).map_err(|_| JwsError::Signature)?;
    decode(payload, "payload")
}

/// The payload, whoever signed it.
pub(super) fn payload(text: &str) -> Result<Vec<u8>, JwsError> {
    if text.len() > MAX_BYTES {
        return Err(JwsError::Form("too large"));
    }
    decode(Parts::of(text)?.payload, "payload")
}

/// Whom the header names, signature unchecked.
pub(super) fn named_signer<'c>(text: &str, among: &'c [Certificate]) -> Option<&'c Certificate> {
    let header = Parts::of(text).ok()?.header;
    among.iter().find(|root| thumbprint(root) == header.thumbprint)
}

/// A text taken apart at its two dots, the header read.
struct Parts<'a> {
    signing_input: &'a str,
    header: Header,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Result<Parts<'a>, JwsError> {
        let (signing_input, signature) = text.rsplit_once('.').ok_or(JwsError::Form("not three parts"))?;
        let (header, payload) = signing_input.split_once('.').ok_or(JwsError::Form("not three parts"))?;
        let header: Header =
            serde_json::from_slice(&decode(header, "header")?).map_err(|_| JwsError::Form("header"))?;
        if header.typ != TYPE {
            return Err(JwsError::Form("another type"));
        }
        Ok(Parts { signing_input, header, payload, signature })
    }
}

fn decode(part: &str, what: &'static str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Form(what))
}

/// No SM2 algorithm is registered for JOSE: `SM2SM3` is this house's own word for SM2 with SM3 and the default user id
/// (GB/T 32918.2, GB/T 35276), the value r ‖ s in 64 bytes.
fn name(algorithm: SignatureAlgorithm) -> Result<&'static str, JwsError> {
    match algorithm {
        SignatureAlgorithm::ECDSA_SHA256 => Ok("ES256"),
        SignatureAlgorithm::Ed25519 => Ok("EdDSA"),
        SignatureAlgorithm::Sm2Sm3 => Ok("SM2SM3"),
        _ => Err(JwsError::Algorithm),
    }
}

fn thumbprint(certificate: &Certificate) -> String {
    URL_SAFE_NO_PAD.encode(certificate.fingerprint().as_bytes())
}
