//! What a question may have fetched: the library itself asks no network.

use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::ocsp::OcspResponse;

/// Where certificates, lists and answers come from when those at hand do not suffice. Implemented by the caller: over a
/// network, a cache, a directory. What it gives is checked like everything else; what it cannot get it leaves out.
///
/// The URLs to ask stand in the certificate: [`Certificate::issuer_urls`], [`Certificate::crl_urls`],
/// [`Certificate::ocsp_urls`]. One question asks at most [`super::MAX_FETCHES`] times.
pub trait Source {
    /// Certificates of the issuer of `certificate`.
    fn issuers(&self, certificate: &Certificate) -> Vec<Certificate> {
        let _ = certificate;
        Vec::new()
    }

    /// Revocation lists, complete or delta, that speak about `certificate`.
    fn crls(&self, certificate: &Certificate) -> Vec<Crl> {
        let _ = certificate;
        Vec::new()
    }

    /// Answers about `certificate`, which `issuer` issued ([`crate::ocsp::OcspRequest::new`] makes the question).
    fn ocsp(&self, certificate: &Certificate, issuer: &Certificate) -> Vec<OcspResponse> {
        let _ = (certificate, issuer);
        Vec::new()
    }
}
