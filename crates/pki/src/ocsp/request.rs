//! OCSPRequest (RFC 6960 4.1), for one certificate.

use super::id::CertId;
use super::response::OcspResponse;
use crate::asn1;
use crate::certificate::Certificate;
use crate::extension::Extension;
use crate::oid;

/// RFC 9654 2.1: a nonce has 1 to 128 bytes; more are cut off.
const MAX_NONCE_BYTES: usize = 128;

/// A question about one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest {
    id: CertId,
    nonce: Vec<u8>,
}

impl OcspRequest {
    /// Asks about `certificate`, issued by `issuer`.
    pub fn new(certificate: &Certificate, issuer: &Certificate) -> Self {
        Self { id: CertId::new(certificate, issuer), nonce: Vec::new() }
    }

    /// Random bytes the answer should repeat; 32 are usual (RFC 9654).
    pub fn with_nonce(mut self, random: &[u8]) -> Self {
        self.nonce = random[..random.len().min(MAX_NONCE_BYTES)].to_vec();
        self
    }

    /// What is asked about.
    pub const fn id(&self) -> &CertId {
        &self.id
    }

    /// The body of the question, `application/ocsp-request`.
    pub fn to_der(&self) -> Vec<u8> {
        let request = asn1::sequence(&[&self.id.to_der()]);
        let extensions = if self.nonce.is_empty() {
            Vec::new()
        } else {
            let nonce = Extension::new(oid::OCSP_NONCE, false, asn1::octet_string(&self.nonce));
            asn1::explicit(2, &asn1::sequence(&[&nonce.to_der()]))
        };
        asn1::sequence(&[&asn1::sequence(&[&asn1::sequence(&[&request]), &extensions])])
    }

    /// Whether `response` answers this very question: it speaks of the certificate, and repeats the nonce. Many responders
    /// send prepared answers without one; those pass unless `nonce_needed`.
    pub fn is_answered_by(&self, response: &OcspResponse, nonce_needed: bool) -> bool {
        let same = |single: &CertId| single.serial == self.id.serial && single.issuer_key == self.id.issuer_key;
        let nonce = match response.nonce() {
            Some(found) => found == self.nonce,
            None => self.nonce.is_empty() || !nonce_needed,
        };
        nonce && response.responses().iter().any(|single| same(&single.id))
    }
}
