//! What is missing to validate a signed PDF offline, and where it may be had.

use std::fmt;

use pki::Certificate;
use pki::ocsp::OcspRequest;
use pki::path::MissingEvidence;

/// What is missing. Empty when nothing is.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Needs {
    /// Certificates whose issuer is not at hand.
    pub issuers: Vec<MissingIssuer>,
    /// Certificates about whose revocation nothing is known.
    pub statuses: Vec<MissingStatus>,
}

/// A certificate whose issuer is not at hand.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MissingIssuer {
    /// Whose issuer is wanted.
    pub certificate: Certificate,
    /// Where it may be had (caIssuers).
    pub urls: Vec<String>,
    /// Whose path it is about.
    pub place: String,
}

/// A certificate about whose revocation nothing is known.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MissingStatus {
    /// About which certificate.
    pub certificate: Certificate,
    /// Who issued it.
    pub issuer: Certificate,
    /// Where lists are (cRLDistributionPoints).
    pub crl_urls: Vec<String>,
    /// Where answers are (authorityInfoAccess).
    pub ocsp_urls: Vec<String>,
    /// Why what is at hand does not do.
    pub why: MissingEvidence,
    /// Whose path it is about.
    pub place: String,
}

impl Needs {
    /// Whether nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.issuers.is_empty() && self.statuses.is_empty()
    }

    pub(super) fn add_issuer(&mut self, missing: MissingIssuer) {
        if self.issuers.iter().all(|known| known.certificate != missing.certificate) {
            self.issuers.push(missing);
        }
    }

    pub(super) fn add_status(&mut self, missing: MissingStatus) {
        if self.statuses.iter().all(|known| known.certificate != missing.certificate) {
            self.statuses.push(missing);
        }
    }
}

impl MissingStatus {
    /// The question for an OCSP responder; give it a nonce.
    pub fn ocsp_request(&self) -> OcspRequest {
        OcspRequest::new(&self.certificate, &self.issuer)
    }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for missing in &self.issuers {
            let whose = missing.certificate.issuer();
            parts.push(format!("the certificate of {whose} ({}){}", missing.place, at(&missing.urls)));
        }
        for missing in &self.statuses {
            let urls: Vec<String> = missing.ocsp_urls.iter().chain(&missing.crl_urls).cloned().collect();
            let whose = missing.certificate.subject();
            let why = match missing.why {
                MissingEvidence::Stale => ", what is at hand is too old",
                MissingEvidence::NotAuthorised => ", what is at hand is signed by nobody who may tell",
                MissingEvidence::NotInScope => ", what is at hand speaks about others",
                MissingEvidence::ResponderUnknowing => ", the responder does not know it",
                _ => "",
            };
            parts.push(format!("whether {whose} is revoked ({}{why}){}", missing.place, at(&urls)));
        }
        f.write_str(&parts.join("; "))
    }
}

fn at(urls: &[String]) -> String {
    if urls.is_empty() { String::new() } else { format!(" at {}", urls.join(" or ")) }
}
