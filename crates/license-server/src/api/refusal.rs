//! From the service's words to those of HTTP: the one place where they meet.

use license_core::fill::FieldError;
use license_core::issue::IssueError;
use license_core::layout::LayoutError;
use pki::SignError;

use super::pool::PoolError;
use super::problem::{Code, FieldProblem, Problem};
use crate::service::{RequestFault, ServiceError};
use crate::store::{Refusal, StoreError};

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Problem {
        match error {
            ServiceError::UnknownType(id) => Problem::new(Code::TypeUnknown, id),
            ServiceError::NoIssuer(id) => Problem::new(Code::TypeNotIssued, id),
            ServiceError::Fields(errors) => {
                let detail = count(errors.len(), "field is wrong", "fields are wrong");
                Problem::new(Code::Fields, detail).with_errors(errors.into_iter().map(field).collect())
            }
            ServiceError::Invalid(faults) => {
                let detail = count(faults.len(), "part of the request is wrong", "parts of the request are wrong");
                Problem::new(Code::Fields, detail).with_errors(faults.into_iter().map(part).collect())
            }
            ServiceError::Issue(IssueError::Layout(errors)) => {
                Problem::new(Code::Layout, "").with_errors(errors.iter().map(layout).collect())
            }
            ServiceError::Issue(IssueError::Sign(error @ SignError::Unavailable(_))) => {
                // Which token, and what it said, is for the log alone.
                tracing::error!(%error, "signer");
                Problem::new(Code::SignerUnavailable, "")
            }
            // Nobody would believe it. Which key, and since when, is for the log and the operator.
            error @ ServiceError::KeyGivenUp { .. } => {
                tracing::error!(%error, remedy = "license keys rotate CODE --what …, and start the service again", "not issued");
                Problem::new(Code::SignerGivenUp, "")
            }
            error @ ServiceError::SealGivenUp { .. } => {
                tracing::error!(%error, remedy = "a seal by another maker in office.toml, and start the service again", "not issued");
                Problem::new(Code::SignerGivenUp, "")
            }
            // Configured so: without a time-stamp nothing is issued. Nothing was kept; the same request may come again.
            ServiceError::Issue(error @ IssueError::TimeStamp(_)) => {
                tracing::error!(%error, "not issued");
                Problem::new(Code::TimeStampUnavailable, "")
            }
            ServiceError::Issue(error) => internal(&error),
            ServiceError::Store(error) => store(error),
            ServiceError::NotFound(what) => Problem::new(Code::LicenseUnknown, what),
            ServiceError::BadId(problem) => Problem::new(Code::IdMalformed, problem),
            ServiceError::NoPurpose => Problem::new(Code::PurposeMissing, PURPOSE),
            ServiceError::Request { field, problem } => Problem::new(Code::Parameter, format!("{field}: {problem}")),
            error @ ServiceError::TemplateGone { .. } => Problem::new(Code::TemplateGone, error.to_string()),
            error @ ServiceError::FontsGone { .. } => Problem::new(Code::FontsGone, error.to_string()),
            ServiceError::NoReportSigner => Problem::new(Code::ReportUnsigned, ""),
            error @ (ServiceError::Paint(_)
            | ServiceError::Report(_)
            | ServiceError::NotRenewed { .. }
            | ServiceError::NoTimeStampService) => internal(&error),
            error @ ServiceError::Damaged { .. } => {
                tracing::error!(%error, "damaged");
                Problem::new(Code::Damaged, "")
            }
        }
    }
}

impl From<PoolError> for Problem {
    fn from(error: PoolError) -> Problem {
        match error {
            PoolError::Busy => Problem::new(Code::Busy, ""),
            PoolError::Late => Problem::new(Code::Late, ""),
            PoolError::Lost => Problem::new(Code::Internal, ""),
        }
    }
}

fn store(error: StoreError) -> Problem {
    match error {
        StoreError::Refused(refusal) => refused(&refusal),
        StoreError::Invalid { field, reason } => {
            let error = FieldProblem {
                field: field.to_owned(),
                rule: "store.limit".to_owned(),
                pointer: String::new(),
                character: None,
                message: format!("“{field}”超出登记库的限制"),
                message_en: format!("{field}: {reason}"),
                value_excerpt: None,
            };
            Problem::new(Code::Fields, "").with_errors(vec![error])
        }
        StoreError::Unavailable(_) | StoreError::Io { .. } => {
            tracing::error!(%error, "store");
            Problem::new(Code::StoreUnavailable, "")
        }
        StoreError::OutcomeUnknown(_) => {
            tracing::error!(%error, "store");
            Problem::new(Code::OutcomeUnknown, "")
        }
        error => {
            tracing::error!(%error, "store");
            Problem::new(Code::Damaged, "")
        }
    }
}

fn refused(refusal: &Refusal) -> Problem {
    let code = match refusal {
        Refusal::IdempotencyConflict { .. } => Code::IdempotencyConflict,
        Refusal::DuplicateNumber { .. } => Code::NumberDuplicate,
        Refusal::DuplicateId { .. } => Code::IdDuplicate,
        Refusal::NotFound { .. } => Code::LicenseUnknown,
        Refusal::RevisionConflict { .. } => Code::RevisionConflict,
        Refusal::TransitionNotAllowed { .. } | Refusal::NotValid { .. } => Code::Transition,
        Refusal::NotASuccessor { .. } => Code::Successor,
        Refusal::NoSuchRow { .. } | Refusal::LeaseLost { .. } => Code::Internal,
    };
    let remedy = refusal.remedy().map(|remedy| format!("; {remedy}")).unwrap_or_default();
    Problem::new(code, format!("{refusal}{remedy}"))
}

fn field(error: FieldError) -> FieldProblem {
    FieldProblem {
        field: error.field,
        rule: error.rule,
        pointer: format!("/data{}", error.pointer),
        character: error.character,
        message: error.message,
        message_en: error.message_en,
        value_excerpt: error.value_excerpt,
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn part(fault: RequestFault) -> FieldProblem {
    let field = fault.pointer.split('/').nth(1).unwrap_or_default().to_owned();
    FieldProblem {
        message: format!("{field}：{}", fault.message),
        message_en: format!("{field}: {}", fault.message_en),
        field,
        rule: fault.rule.to_owned(),
        pointer: fault.pointer,
        character: fault.character,
        value_excerpt: None,
    }
}

fn layout(error: &LayoutError) -> FieldProblem {
    let field = error.field.clone().unwrap_or_default();
    FieldProblem {
        rule: error.code().to_owned(),
        pointer: if field.is_empty() { "/data".to_owned() } else { format!("/data/{field}") },
        character: match error.reason {
            license_core::layout::LayoutReason::NoGlyph { position, .. } => Some(position + 1),
            _ => None,
        },
        message: error.message(),
        message_en: error.message_en(),
        value_excerpt: None,
        field,
    }
}

fn internal(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "internal");
    Problem::new(Code::Internal, "")
}

/// How a purpose is given.
pub(super) const PURPOSE: &str = "give ?purpose=… or the header X-Purpose";
