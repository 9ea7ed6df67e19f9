//! The words of a report. Everything stands in the order of its keys; nothing is left to the reader's templates.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime, UtcOffset};

use super::Context;
use crate::id::Digest;
use crate::record::canonical_json;
use crate::verify::register::{Register, Status};
use crate::verify::report::{Check, Outcome, Report, SignatureReport, Subject};

/// The one version there is.
pub(super) const FORMAT: &str = "license-verification-report/1";

/// What was asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// How many bytes were handed in.
    pub bytes: u64,
    /// A file, a text or an identifier.
    pub kind: AskedKind,
    /// SHA-256 over them, in hexadecimal digits.
    pub sha256: String,
    /// SM3 over them, for readers of that world.
    pub sm3: String,
}

/// The kind of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskedKind {
    /// A file, byte by byte.
    File,
    /// The text of a QR code, in UTF-8.
    Text,
    /// A license identifier, in ASCII.
    Id,
}

impl Asked {
    /// A question about these bytes.
    pub fn about(kind: AskedKind, bytes: &[u8]) -> Asked {
        let hex = |algorithm: pki::DigestAlgorithm| lower_hex(algorithm.digest(bytes).as_bytes());
        Asked {
            bytes: bytes.len() as u64,
            kind,
            sha256: hex(pki::DigestAlgorithm::Sha256),
            sm3: hex(pki::DigestAlgorithm::Sm3),
        }
    }

    /// Whether these are the bytes that were asked about.
    pub fn is_about(&self, bytes: &[u8]) -> bool {
        *self == Asked::about(self.kind, bytes)
    }
}

/// By what it was judged, beside the trust list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidPolicy {
    /// Whether plain CMS signatures of PDFs were judged.
    pub plain_cms: bool,
    /// Whether revocation lists were at hand.
    pub revocation: bool,
    /// Whether templates and fonts were, to lay the record out again.
    pub templates: bool,
}

/// The register's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidRegister {
    /// `not-asked`, `unknown` or `found`.
    pub answer: String,
    /// SHA-256 of the record that it keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The license's state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// Which trust list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidTrust {
    /// Who keeps it.
    pub operator: String,
    /// Its edition.
    pub sequence: u64,
    /// SHA-256 over the list as signed.
    pub sha256: String,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidCheck {
    /// Its name.
    pub check: String,
    /// The reason's code, unless it passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Particulars.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// `passed`, `failed` or `not-done`.
    pub outcome: String,
    /// Where.
    #[serde(default, rename = "where", skip_serializing_if = "String::is_empty")]
    pub place: String,
}

/// One signature of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidSignature {
    /// `ses-v4`, `pades` …
    pub form: String,
    /// `intact`, `broken`, `unsigned` or `unchecked`.
    pub integrity: String,
    /// `B-B`, `B-T`, `B-LT` or `B-LTA`: what a PAdES signature reaches (EN 319 142-1); absent for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Who signed.
    pub signer: String,
    /// When.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub time: Option<OffsetDateTime>,
    /// Whether a time-stamp proves it.
    pub time_proven: bool,
    /// Where it stands.
    #[serde(rename = "where")]
    pub place: String,
}

/// What the license says; a person's name is masked, as on the public page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidSubject {
    /// 持证主体.
    pub holder: String,
    /// 证照标识.
    pub id: String,
    /// Time of issue.
    #[serde(with = "time::serde::rfc3339")]
    pub issued_at: OffsetDateTime,
    /// 颁发机构代码.
    pub issuer_code: String,
    /// 颁发机构.
    pub issuer_name: String,
    /// 证照编号.
    pub number: String,
    /// 证照类型代码.
    pub type_code: String,
    /// First day of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Last day; absent means 长期.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
}

/// All that a server said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Address of the server's verify page.
    pub address: String,
    /// What was asked about.
    pub asked: Asked,
    /// The instant of the question, to the second, in UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub asked_at: OffsetDateTime,
    /// All checks, in the order they were made.
    pub checks: Vec<SaidCheck>,
    /// `license-verification-report/1`.
    pub format: String,
    /// The deciding reason's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// `intact`, `broken`, `unsigned` or `unchecked`.
    pub integrity: String,
    /// `ofd`, `pdf`, `qr`, `id` or `unknown`.
    pub kind: String,
    /// Who runs the server.
    pub operator: String,
    /// By what it was judged.
    pub policy: SaidPolicy,
    /// What the register answered.
    pub register: SaidRegister,
    /// The file's signatures.
    pub signatures: Vec<SaidSignature>,
    /// What the license says, if it is authenticated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SaidSubject>,
    /// By which trust list.
    pub trust: SaidTrust,
    /// `passed`, `failed` or `indeterminate`.
    pub verdict: String,
}

impl Statement {
    /// RFC 8785; every number is an integer.
    pub(super) fn to_canonical_json(&self) -> Vec<u8> {
        // Strings, integers and lists of them: always representable.
        canonical_json(&serde_json::to_value(self).unwrap_or_default())
    }
}

/// What a server says, in the words of the format.
pub(super) fn statement(report: &Report, context: &Context<'_>) -> Statement {
    Statement {
        address: context.address.to_owned(),
        asked: context.asked.clone(),
        asked_at: second(report.at),
        checks: report.checks.iter().map(said_check).collect(),
        format: FORMAT.to_owned(),
        headline: report.headline().map(|reason| reason.code().to_owned()),
        integrity: report.integrity.word().to_owned(),
        kind: report.kind.word().to_owned(),
        operator: context.operator.to_owned(),
        policy: context.policy,
        register: said_register(context.register),
        signatures: report.signatures.iter().map(said_signature).collect(),
        subject: report.subject.as_ref().map(said_subject),
        trust: SaidTrust {
            operator: context.trust.operator.clone(),
            sequence: context.trust.sequence,
            sha256: Digest::of(context.trust_text.trim().as_bytes()).to_string(),
        },
        verdict: report.verdict.word().to_owned(),
    }
}

/// The register's answer, as a report says it.
pub(super) fn said_register(register: &Register) -> SaidRegister {
    let (answer, entry) = match register {
        Register::NotAsked => ("not-asked", None),
        Register::Unknown => ("unknown", None),
        Register::Found(entry) => ("found", Some(entry)),
    };
    SaidRegister {
        answer: answer.to_owned(),
        record: entry.map(|entry| lower_hex(&entry.record_digest)),
        status: entry.map(|entry| status(entry.status).to_owned()),
    }
}

pub(super) fn said_check(check: &Check) -> SaidCheck {
    SaidCheck {
        check: check.name.to_owned(),
        code: check.outcome.reason().map(|reason| reason.code().to_owned()),
        detail: check.detail.clone(),
        outcome: match check.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::NotDone(_) => "not-done",
        }
        .to_owned(),
        place: check.place.clone(),
    }
}

fn said_signature(signature: &SignatureReport) -> SaidSignature {
    SaidSignature {
        form: signature.form.clone(),
        integrity: signature.integrity.word().to_owned(),
        level: signature.level.map(|level| level.name().to_owned()),
        signer: signature.signer.clone(),
        time: signature.time.map(second),
        time_proven: signature.time_proven,
        place: signature.place.clone(),
    }
}

fn said_subject(subject: &Subject) -> SaidSubject {
    SaidSubject {
        holder: subject.public_holder(),
        id: subject.id.clone(),
        issued_at: second(subject.issued_at),
        issuer_code: subject.issuer_code.clone(),
        issuer_name: subject.issuer_name.clone(),
        number: subject.number.clone(),
        type_code: subject.type_code.clone(),
        valid_from: subject.valid_from.map(|date| date.to_string()),
        valid_to: subject.valid_to.map(|date| date.to_string()),
    }
}

/// The word for a state.
const fn status(status: Status) -> &'static str {
    match status {
        Status::Valid => "valid",
        Status::Suspended => "suspended",
        Status::Withdrawn => "withdrawn",
        Status::Cancelled => "cancelled",
        Status::TransferredOut => "transferred-out",
        Status::Revoked => "revoked",
        Status::Superseded => "superseded",
    }
}

/// To the second, in UTC: one instant, one spelling.
fn second(at: OffsetDateTime) -> OffsetDateTime {
    let at = at.to_offset(UtcOffset::UTC);
    at.checked_sub(Duration::nanoseconds(i64::from(at.nanosecond()))).unwrap_or(at)
}

fn lower_hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
