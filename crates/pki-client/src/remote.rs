//! A key that lives in a signing service: `docs/formats/remote-signer.md` has the shape of question and answer.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::{Certificate, KeyKind, SignError, SignatureAlgorithm, SignatureEncoding, Signer};
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::credentials::Credentials;
use crate::http::{Http, HttpError, Question};

/// How long a key may take; people may have to touch a device.
const PATIENCE: Duration = Duration::from_secs(30);
/// A signature value in JSON is never longer.
const MAX_ANSWER: usize = 16 * 1024;

/// A [`Signer`] that asks a signing service. What comes back is checked with the certificate before anybody sees it.
pub struct RemoteSigner {
    address: Address,
    key: String,
    algorithm: SignatureAlgorithm,
    certificate: Certificate,
    chain: Vec<Certificate>,
    http: Http,
    credentials: Option<Credentials>,
    timeout: Duration,
}

#[derive(Serialize)]
struct Ask<'a> {
    key: &'a str,
    algorithm: &'static str,
    message: String,
    /// Left out for SM2 and Ed25519, which do not sign a plain digest of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    signature: String,
}

impl RemoteSigner {
    /// The key that the service knows as `key` and that belongs to `certificate`; `chain` are the CAs above it.
    ///
    /// Fails when the certificate's key is of no kind that signs here.
    pub fn new(
        address: Address,
        key: &str,
        certificate: Certificate,
        chain: Vec<Certificate>,
        http: Http,
    ) -> Result<Self, SignError> {
        let kind = certificate.public_key().map_err(|error| SignError::Unavailable(error.to_string()))?.kind();
        let algorithm = match kind {
            KeyKind::Sm2 => SignatureAlgorithm::Sm2Sm3,
            KeyKind::P256 => SignatureAlgorithm::ECDSA_SHA256,
            KeyKind::P384 => SignatureAlgorithm::ECDSA_SHA384,
            KeyKind::Ed25519 => SignatureAlgorithm::Ed25519,
            KeyKind::Rsa(_) => SignatureAlgorithm::RSA_PKCS1_SHA256,
            other => {
                return Err(SignError::Unavailable(format!("keys of kind {other} are checked here, not signed with")));
            }
        };
        let (key, credentials, timeout) = (key.to_owned(), None, PATIENCE);
        Ok(Self { address, key, algorithm, certificate, chain, http, credentials, timeout })
    }

    /// Another algorithm than the usual one of such a key: RSA-PSS, longer digests.
    pub const fn with_algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Who we are to the service.
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// How long one signature may take; 30 seconds unless said otherwise.
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn ask(&self, message: &[u8]) -> Result<Vec<u8>, HttpError> {
        let plain = !matches!(self.algorithm, SignatureAlgorithm::Sm2Sm3 | SignatureAlgorithm::Ed25519);
        let digest = plain.then(|| STANDARD.encode(self.algorithm.digest().digest(message).as_bytes()));
        let ask = Ask {
            key: &self.key,
            algorithm: algorithm_name(self.algorithm),
            message: STANDARD.encode(message),
            digest,
        };
        let garbage = || HttpError::Protocol("no {\"signature\": base64}".to_owned());
        let body = serde_json::to_vec(&ask).map_err(|_| garbage())?;
        let answer = self.http.ask(&Question {
            address: &self.address,
            post: Some((&body, "application/json")),
            accept: "application/json",
            credentials: self.credentials.as_ref(),
            timeout: self.timeout,
            limit: MAX_ANSWER,
        })?;
        let answer: Answer =
            serde_json::from_slice(&answer.of_type("application/json")?.body).map_err(|_| garbage())?;
        STANDARD.decode(answer.signature).map_err(|_| garbage())
    }
}

impl Signer for RemoteSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let unavailable = |why: String| SignError::Unavailable(format!("{} at {}: {why}", self.key, self.address));
        let signature = self.ask(message).map_err(|error| unavailable(error.to_string()))?;
        let key = self.certificate.public_key().map_err(|error| unavailable(error.to_string()))?;
        key.verify_encoded(self.algorithm, message, &signature, SignatureEncoding::DerOrRaw)
            .map_err(|_| unavailable("its signature does not hold under the certificate".to_owned()))?;
        // Devices for SM2 give the bare 64 bytes.
        if self.algorithm == SignatureAlgorithm::Sm2Sm3 && pki::der_to_raw(&signature, 32).is_err() {
            return pki::raw_to_der(&signature).map_err(|error| unavailable(error.to_string()));
        }
        Ok(signature)
    }
}

impl fmt::Debug for RemoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteSigner").field("address", &self.address).field("key", &self.key).finish_non_exhaustive()
    }
}

/// The name of an algorithm in questions to a signing service.
pub const fn algorithm_name(algorithm: SignatureAlgorithm) -> &'static str {
    use SignatureAlgorithm as A;
    match algorithm {
        A::Sm2Sm3 => "sm2-sm3",
        A::ECDSA_SHA256 => "ecdsa-sha256",
        A::ECDSA_SHA384 => "ecdsa-sha384",
        A::RSA_PKCS1_SHA256 => "rsa-pkcs1-sha256",
        A::RSA_PKCS1_SHA384 => "rsa-pkcs1-sha384",
        A::RSA_PKCS1_SHA512 => "rsa-pkcs1-sha512",
        A::RSA_PSS_SHA256 => "rsa-pss-sha256",
        A::RSA_PSS_SHA384 => "rsa-pss-sha384",
        A::RSA_PSS_SHA512 => "rsa-pss-sha512",
        A::Ed25519 => "ed25519",
        _ => "unknown",
    }
}
