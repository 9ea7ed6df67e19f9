//! The envelope: a detached JWS (RFC 7515 appendix F) beside what it signs, with an optional time-stamp over its value.
//!
//! ```text
//! {"jws": BASE64URL(header) ".." BASE64URL(signature), "report": {…} [, "time_stamp": BASE64(token)]}
//! header = {"alg":"ES256","typ":"license-report+jws","x5c":[leaf, CA …]}
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pki::tsp::TimeStampToken;
use pki::{Certificate, KeyKind, SignatureAlgorithm};
use serde::{Deserialize, Serialize};

use super::SignedReportError;
use super::wire::{FORMAT, Statement};
use crate::record::canonical_json;

/// `typ` of the header (RFC 7515 4.1.9).
const TYPE: &str = "license-report+jws";
/// Certificates that a header holds at most.
const MAX_CHAIN: usize = 8;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    /// DER in base64, the signer's first (RFC 7515 4.1.6).
    x5c: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    jws: String,
    report: Statement,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_stamp: Option<String>,
}

/// Header and signing input, fixed.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    header: String,
    signing_input: Vec<u8>,
    width: Option<usize>,
}

impl Envelope {
    pub(super) fn new(
        statement: &[u8],
        signer: &Certificate,
        chain: &[Certificate],
    ) -> Result<Envelope, SignedReportError> {
        let (alg, _, width) = algorithm_of(signer)?;
        let certificates = std::iter::once(signer).chain(chain).take(MAX_CHAIN);
        let x5c = certificates.map(|certificate| STANDARD.encode(certificate.der())).collect();
        let header = Header { alg: alg.to_owned(), typ: TYPE.to_owned(), x5c };
        let header = URL_SAFE_NO_PAD.encode(canonical_json(&serde_json::to_value(header).unwrap_or_default()));
        let signing_input = signing_input(&header, statement);
        Ok(Envelope { header, signing_input, width })
    }

    pub(super) fn signing_input(&self) -> &[u8] {
        &self.signing_input
    }

    pub(super) fn signed(self, statement: Vec<u8>, signature: &[u8]) -> Result<Unstamped, SignedReportError> {
        let bad = |_| SignedReportError::Envelope("the signature value is not of the key's kind");
        let value = match self.width {
            Some(width) => pki::der_to_raw(signature, width).map_err(bad)?,
            None => signature.to_vec(),
        };
        let jws = format!("{}..{}", self.header, URL_SAFE_NO_PAD.encode(&value));
        Ok(Unstamped { statement, jws, value })
    }
}

/// A signed report that may yet be time-stamped.
#[derive(Clone, Debug)]
pub struct Unstamped {
    statement: Vec<u8>,
    jws: String,
    value: Vec<u8>,
}

impl Unstamped {
    /// What the time-stamp service stamps: the signature value.
    pub fn to_be_stamped(&self) -> &[u8] {
        &self.value
    }

    /// The signed report with this RFC 3161 token.
    pub fn finish(self, token: &[u8]) -> Result<Vec<u8>, SignedReportError> {
        let wrong = |error: pki::tsp::TimeStampError| SignedReportError::TimeStamp(error.to_string());
        let read = TimeStampToken::from_der(token).map_err(wrong)?;
        read.verify(|algorithm| algorithm.digest(&self.value)).map_err(wrong)?;
        Ok(self.write(Some(token)))
    }

    /// The signed report without one.
    pub fn finish_unstamped(self) -> Vec<u8> {
        self.write(None)
    }

    /// The keys stand in canonical order, and no value needs escaping.
    fn write(self, token: Option<&[u8]>) -> Vec<u8> {
        let mut out = format!("{{\"jws\":\"{}\",\"report\":", self.jws).into_bytes();
        out.extend_from_slice(&self.statement);
        if let Some(token) = token {
            out.extend_from_slice(format!(",\"time_stamp\":\"{}\"", STANDARD.encode(token)).as_bytes());
        }
        out.push(b'}');
        out
    }
}

/// The envelope as read; nothing is verified yet.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) signer: Certificate,
    pub(super) chain: Vec<Certificate>,
    pub(super) algorithm: SignatureAlgorithm,
    /// As `pki` verifies it.
    pub(super) signature: Vec<u8>,
    /// As it stands in the JWS, and as a time-stamp stamps it.
    pub(super) value: Vec<u8>,
    pub(super) signing_input: Vec<u8>,
    pub(super) time_stamp: Option<Vec<u8>>,
}

/// Reads the whole and refuses every other spelling of it.
pub(super) fn parse(bytes: &[u8]) -> Result<(Statement, Read), SignedReportError> {
    use SignedReportError::Envelope as Bad;
    let whole: Whole = serde_json::from_slice(bytes).map_err(|error| SignedReportError::Json(error.to_string()))?;
    if canonical_json(&serde_json::to_value(&whole).unwrap_or_default()) != bytes {
        return Err(SignedReportError::NotCanonical);
    }
    if whole.report.format != FORMAT {
        return Err(SignedReportError::Json(format!("{:?} is not a format that is known here", whole.report.format)));
    }
    let (header_text, value) = whole.jws.split_once("..").ok_or(Bad("not detached: HEADER..SIGNATURE"))?;
    let value = URL_SAFE_NO_PAD.decode(value).map_err(|_| Bad("the value is no base64url"))?;
    let header_bytes = URL_SAFE_NO_PAD.decode(header_text).map_err(|_| Bad("the header is no base64url"))?;
    let header: Header = serde_json::from_slice(&header_bytes).map_err(|_| Bad("the header has another shape"))?;
    if canonical_json(&serde_json::to_value(&header).unwrap_or_default()) != header_bytes {
        return Err(Bad("the header is not in canonical form"));
    }
    if header.typ != TYPE {
        return Err(Bad("another type"));
    }
    if header.x5c.is_empty() || header.x5c.len() > MAX_CHAIN {
        return Err(Bad("x5c holds no certificate, or too many"));
    }
    let certificate = |text: &String| {
        let der = STANDARD.decode(text).map_err(|_| Bad("a certificate is no base64"))?;
        Certificate::from_der(&der).map_err(|_| Bad("a certificate cannot be read"))
    };
    let mut chain = header.x5c.iter().map(certificate).collect::<Result<Vec<_>, _>>()?;
    let signer = chain.remove(0);
    let (alg, algorithm, width) = algorithm_of(&signer)?;
    if header.alg != alg {
        return Err(Bad("alg is not that of the certificate's key"));
    }
    let signature = match width {
        Some(width) if value.len() == 2 * width => pki::raw_to_der(&value).map_err(|_| Bad("the value"))?,
        Some(_) => return Err(Bad("the value has another length than the key's signatures")),
        None => value.clone(),
    };
    let time_stamp = whole.time_stamp.map(|text| STANDARD.decode(text)).transpose();
    let time_stamp = time_stamp.map_err(|_| SignedReportError::TimeStamp("no base64".to_owned()))?;
    let signing_input = signing_input(header_text, &whole.report.to_canonical_json());
    Ok((whole.report, Read { signer, chain, algorithm, signature, value, signing_input, time_stamp }))
}

/// RFC 7515 5.1, step 8: the payload is in the signing input, though not in the JWS.
fn signing_input(header: &str, statement: &[u8]) -> Vec<u8> {
    format!("{header}.{}", URL_SAFE_NO_PAD.encode(statement)).into_bytes()
}

/// RFC 7518 3.1: its name in a header, and for curves the width of `r` and of `s`.
fn algorithm_of(signer: &Certificate) -> Result<(&'static str, SignatureAlgorithm, Option<usize>), SignedReportError> {
    let kind = signer.public_key().map_err(|_| SignedReportError::Algorithm)?.kind();
    let (name, width) = match kind {
        KeyKind::P256 => ("ES256", Some(32)),
        KeyKind::Ed25519 => ("EdDSA", None),
        KeyKind::Rsa(_) => ("RS256", None),
        _ => return Err(SignedReportError::Algorithm),
    };
    Ok((name, kind.default_algorithm(), width))
}
