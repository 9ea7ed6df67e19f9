//! Why a use case did not do as asked.

use license_core::fill::FieldError;
use license_core::id::Digest;
use license_core::issue::IssueError;
use license_core::trust::Event;
use pki::Instant;

use super::words::RequestFault;
use crate::store::StoreError;

/// The reasons; the API maps each to a status and a stable code.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// No such license type.
    #[error("no license type {0:?}")]
    UnknownType(String),
    /// No issuer, or more than one, issues this type here.
    #[error("no single issuer issues {0:?} here")]
    NoIssuer(String),
    /// The trust list in use says that a key of the issuer must not sign any more: nobody would believe what it makes.
    #[error("{issuer}: the trust list does not let its {role} key sign any more ({} since {}{})", event.status.word(), Instant(event.at), reason(event))]
    KeyGivenUp {
        /// Credit code.
        issuer: String,
        /// Which key: `document`, `seal` or `index`.
        role: &'static str,
        /// What the list says.
        event: Event,
    },
    /// The trust list in use gives up the maker of the issuer's seal, or a CA above it: nobody would believe the seal.
    #[error("{issuer}: the trust list has given up the maker of its seal ({} since {}{})", event.status.word(), Instant(event.at), reason(event))]
    SealGivenUp {
        /// Credit code.
        issuer: String,
        /// What the list says.
        event: Event,
    },
    /// The data break the type's rules; every fault is named.
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<FieldError>),
    /// It cannot be laid out or signed.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The register said no, or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No such license.
    #[error("no license {0}")]
    NotFound(String),
    /// Text that is no identifier (GB/T 36904).
    #[error("not a license identifier: {0}")]
    BadId(String),
    /// A read without a purpose.
    #[error("every read needs a purpose")]
    NoPurpose,
    /// Parts of the request that are not data of the type; every fault is named.
    #[error("{}", join(.0))]
    Invalid(Vec<RequestFault>),
    /// A value of the request itself.
    #[error("{field}: {problem}")]
    Request {
        /// Which.
        field: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The very template that a license was filled by is not to be had: it was issued before templates were kept, or
    /// elsewhere.
    #[error("license {id}: version {version} of the template {template:?} that it was issued by is not kept here")]
    TemplateGone {
        /// Which license.
        id: String,
        /// Its template.
        template: String,
        /// The template's version.
        version: u32,
    },
    /// The fonts that a license was laid out with are not to be had: it was issued before fonts were kept, or elsewhere.
    #[error("license {id}: the fonts that it was laid out with (set {set}) are not kept here")]
    FontsGone {
        /// Which license.
        id: String,
        /// Digest of the font set.
        set: Digest,
    },
    /// The deployment has no key that signs reports.
    #[error("no key signs reports here (report_signer in office.toml)")]
    NoReportSigner,
    /// A report that cannot be put into its form.
    #[error("the report cannot be signed: {0}")]
    Report(String),
    /// Painting the face.
    #[error("the face cannot be painted: {0}")]
    Paint(String),
    /// A document was not brought to its level; it stays as it was.
    #[error("license {id} is not renewed: {problem}")]
    NotRenewed {
        /// Which.
        id: String,
        /// Why.
        problem: String,
    },
    /// Renewal needs a time-stamp service.
    #[error("no time-stamp service: office.toml has no [time_stamp]")]
    NoTimeStampService,
    /// What was stored cannot be read back.
    #[error("stored license {id} is damaged: {problem}")]
    Damaged {
        /// Which.
        id: String,
        /// What is wrong.
        problem: String,
    },
}

fn reason(event: &Event) -> String {
    if event.reason.is_empty() { String::new() } else { format!(": {}", event.reason) }
}

fn join(faults: &[RequestFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
