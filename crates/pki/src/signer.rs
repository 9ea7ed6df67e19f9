//! The seam through which every signature of the house is made.

use crate::algorithm::SignatureAlgorithm;
use crate::certificate::Certificate;
use crate::private_key::{PrivateKey, SignError};
use std::fmt;

/// Someone who holds a private key and the certificate for it: a file, a device, a remote service.
pub trait Signer: Send + Sync {
    /// What [`sign`](Self::sign) makes.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// The signer's certificate.
    fn certificate(&self) -> &Certificate;

    /// The certificates of the issuing CAs, nearest first; the leaf is left out, the root may be.
    fn chain(&self) -> &[Certificate];

    /// Signs `message` itself, not a digest of it; DER { r, s } for curves.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// The first signer: a key in memory.
pub struct SoftSigner {
    key: PrivateKey,
    certificate: Certificate,
    chain: Vec<Certificate>,
}

/// The key is not the one the certificate speaks of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the private key does not belong to the certificate of {subject}")]
pub struct KeyMismatch {
    /// Whose certificate it is.
    pub subject: String,
}

impl SoftSigner {
    /// Joins a key, its certificate and the CAs above it.
    pub fn new(key: PrivateKey, certificate: Certificate, chain: Vec<Certificate>) -> Result<Self, KeyMismatch> {
        match certificate.public_key() {
            Ok(public) if public.bits() == key.public_key().bits() && public.kind() == key.public_key().kind() => {
                Ok(Self { key, certificate, chain })
            }
            _ => Err(KeyMismatch { subject: certificate.subject().to_string() }),
        }
    }

    /// The key.
    pub const fn key(&self) -> &PrivateKey {
        &self.key
    }
}

impl Signer for SoftSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.key.sign(message)
    }
}

impl fmt::Debug for SoftSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftSigner").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}
