//! The signed verification report: what a server answered, when, about which bytes and by which trust list, in a form that
//! can be kept beside a file and checked years later. `docs/formats/verification-report.md` is its page.
//!
//! ```text
//!  Report + Context ──prepare──► to_be_signed ──(signer)──► finish ──► bytes     {"jws":"…..…","report":{…}}
//!  bytes ──SignedReport::parse──► recheck(FILE, trust, at) ──► Report of its own: passed, failed, cannot tell
//!                               └► differences(report of now): what has changed since
//! ```
//!
//! The report is canonical JSON (RFC 8785), the signature a detached JWS (RFC 7515 appendix F) with the certificates of the
//! server in it. One spelling is a report: what is read is written again and compared.

mod compare;
mod jws;
mod recheck;
mod wire;

use pki::Certificate;
use time::OffsetDateTime;

use super::register::Register;
use super::report::Report;

pub use compare::Difference;
pub use jws::Unstamped;
pub use recheck::recheck;
pub use wire::{
    Asked, AskedKind, SaidCheck, SaidPolicy, SaidRegister, SaidSignature, SaidSubject, SaidTrust, Statement,
};

/// Media type of a signed report.
pub const MEDIA_TYPE: &str = "application/vnd.license.verification-report+json";
/// Largest signed report that is read.
pub const MAX_REPORT_BYTES: usize = 4 * 1024 * 1024;

/// A signed report that cannot be made or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignedReportError {
    /// Over [`MAX_REPORT_BYTES`].
    #[error("the report has {0} bytes, more than is read")]
    TooLarge(usize),
    /// No JSON, or not of this shape.
    #[error("the report: {0}")]
    Json(String),
    /// Readable, yet not the one spelling.
    #[error("the report is not in canonical form (RFC 8785)")]
    NotCanonical,
    /// The signature's envelope.
    #[error("the report's signature: {0}")]
    Envelope(&'static str),
    /// The signer's key is of a kind that JWS has no registered name for.
    #[error("a key of this kind signs no reports")]
    Algorithm,
    /// The time-stamp is over something else.
    #[error("the time-stamp: {0}")]
    TimeStamp(String),
}

/// What a server knows beside the [`Report`] when it answers.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Who runs the server; the organisation of the signer's certificate.
    pub operator: &'a str,
    /// Address of its verify page.
    pub address: &'a str,
    /// What was asked about.
    pub asked: &'a Asked,
    /// The trust list by which it was judged, as signed (JWS); empty for none.
    pub trust_text: &'a str,
    /// The trust list itself.
    pub trust: &'a crate::trust::TrustList,
    /// By what else.
    pub policy: SaidPolicy,
    /// What the register answered.
    pub register: &'a Register,
}

/// A report that lacks nothing but the signature.
#[derive(Clone, Debug)]
pub struct Prepared {
    statement: Vec<u8>,
    envelope: jws::Envelope,
}

/// Fixes every byte of the report and of the signature's header. `chain` are the CAs above `signer`, nearest first.
pub fn prepare(
    report: &Report,
    context: &Context<'_>,
    signer: &Certificate,
    chain: &[Certificate],
) -> Result<Prepared, SignedReportError> {
    let statement = wire::statement(report, context).to_canonical_json();
    if statement == b"null" {
        return Err(SignedReportError::Json("a time in it cannot be written".to_owned()));
    }
    // Room for the envelope: what is made can be read.
    if statement.len() > MAX_REPORT_BYTES / 2 {
        return Err(SignedReportError::TooLarge(statement.len()));
    }
    let envelope = jws::Envelope::new(&statement, signer, chain)?;
    Ok(Prepared { statement, envelope })
}

impl Prepared {
    /// The message for the signer.
    pub fn to_be_signed(&self) -> &[u8] {
        self.envelope.signing_input()
    }

    /// The signed report, with the signature as a [`pki::Signer`] gives it.
    pub fn finish(self, signature: &[u8]) -> Result<Vec<u8>, SignedReportError> {
        Ok(self.signed(signature)?.finish_unstamped())
    }

    /// Takes the signature and waits for a time-stamp over it.
    pub fn signed(self, signature: &[u8]) -> Result<Unstamped, SignedReportError> {
        self.envelope.signed(self.statement, signature)
    }
}

/// A signed report as read: what it says is to be believed after [`recheck`](Self::recheck).
#[derive(Clone, Debug)]
pub struct SignedReport {
    statement: Statement,
    envelope: jws::Read,
}

impl SignedReport {
    /// Reads a signed report; a line feed at the end is left.
    pub fn parse(bytes: &[u8]) -> Result<SignedReport, SignedReportError> {
        if bytes.len() > MAX_REPORT_BYTES {
            return Err(SignedReportError::TooLarge(bytes.len()));
        }
        let (statement, envelope) = jws::parse(bytes.strip_suffix(b"\n").unwrap_or(bytes))?;
        Ok(SignedReport { statement, envelope })
    }

    /// What the server said.
    pub const fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The instant of the question, as the server says.
    pub const fn asked_at(&self) -> OffsetDateTime {
        self.statement.asked_at
    }

    /// The certificate of whoever signed.
    pub fn signer(&self) -> &Certificate {
        &self.envelope.signer
    }
}
