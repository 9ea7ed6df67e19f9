//! The wire form of a verification report: the same JSON from the service and from `license verify --json`.

use std::collections::HashMap;

use license_core::pdf_signing::Level;
use license_core::verify::{
    Check, Indication, Outcome, Report, RevocationKnowledge, RevocationReport, SignatureReport, SubIndication, Subject,
    TimeStampReport,
};
use schemars::JsonSchema;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A report as JSON.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportDto {
    /// `ofd`, `pdf`, `qr`, `id` or `unknown`.
    pub kind: &'static str,
    /// `passed`, `failed` or `indeterminate`.
    pub verdict: &'static str,
    /// `intact`, `broken`, `unsigned` or `unchecked`.
    pub integrity: &'static str,
    /// The instant the report speaks of.
    #[serde(with = "time::serde::rfc3339")]
    #[schemars(with = "String")]
    pub at: OffsetDateTime,
    /// The deciding reason's code; absent when passed.
    pub headline: Option<&'static str>,
    /// What the license says; absent unless authenticated.
    pub subject: Option<SubjectDto>,
    /// One entry per signature.
    pub signatures: Vec<SignatureDto>,
    /// All checks.
    pub checks: Vec<CheckDto>,
}

/// What an authenticated license says.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SubjectDto {
    /// 证照标识.
    pub id: String,
    /// 证照类型代码.
    pub type_code: String,
    /// 证照类型名称.
    pub type_name: Option<String>,
    /// 证照编号.
    pub number: String,
    /// 颁发机构代码.
    pub issuer_code: String,
    /// 颁发机构.
    pub issuer_name: String,
    /// 持证主体; masked when a person.
    pub holder: String,
    /// First day of validity, `YYYY-MM-DD`.
    pub valid_from: Option<String>,
    /// Last day of validity; absent means 长期.
    pub valid_to: Option<String>,
    /// Time of issue.
    #[serde(with = "time::serde::rfc3339")]
    #[schemars(with = "String")]
    pub issued_at: OffsetDateTime,
}

/// One signature.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SignatureDto {
    /// `s1`, `s2` … in the order of the file: what checks call it.
    pub id: String,
    /// `intact`, `broken`, `unsigned` or `unchecked`.
    pub integrity: &'static str,
    /// `ses-v4`, `pades`, `cose` …
    pub form: String,
    /// Who signed.
    pub signer: String,
    /// When, as claimed or proven.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schemars(with = "Option<String>")]
    pub time: Option<OffsetDateTime>,
    /// Whether a time stamp or the register proves it.
    pub time_proven: bool,
    /// What proves the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofDto>,
    /// What is known about revocation.
    pub revocation: RevocationDto,
    /// The time-stamps over its value and its seal that hold, each judged as a signature of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub time_stamps: Vec<TimeStampDto>,
    /// `B-B`, `B-T`, `B-LT` or `B-LTA`: the level of EN 319 142-1 that a signature of a PDF reaches by what the file holds and
    /// holds rightly; absent when its signer is not trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<&'static str>,
    /// `TOTAL-PASSED`, `TOTAL-FAILED` or `INDETERMINATE` of EN 319 102-1; absent for an index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indication: Option<&'static str>,
    /// Its sub-indication, such as `REVOKED_NO_POE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<&'static str>,
    /// Where it stands.
    #[serde(rename = "where")]
    pub place: String,
}

/// A time-stamp over a signature or a seal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TimeStampDto {
    /// `signature` or `seal`.
    pub over: &'static str,
    /// When, as the authority says.
    #[serde(with = "time::serde::rfc3339")]
    #[schemars(with = "String")]
    pub time: OffsetDateTime,
    /// Subject of the authority's certificate.
    pub authority: String,
    /// `TOTAL-PASSED` or `INDETERMINATE`: unless it passed, it proves nothing.
    pub indication: &'static str,
    /// Its sub-indication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<&'static str>,
    /// What is known about revocation of the authority.
    pub revocation: RevocationDto,
}

/// A proof of existence.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProofDto {
    /// `signature-time-stamp`, `document-time-stamp` or `register`.
    pub kind: &'static str,
    /// When the signature existed at the latest.
    #[serde(with = "time::serde::rfc3339")]
    #[schemars(with = "String")]
    pub at: OffsetDateTime,
    /// Who says so.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub authority: String,
}

/// What is known about revocation of the signer and of those above.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RevocationDto {
    /// `off`, `soft` or `hard`: what missing knowledge means.
    pub mode: &'static str,
    /// `good`, `not-checked`, `unknown`, `revoked-later` or `revoked`.
    pub state: &'static str,
    /// Each certificate from the signer's up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<RevocationOfDto>,
}

/// What is known about one certificate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RevocationOfDto {
    /// Its subject.
    pub subject: String,
    /// As of the whole.
    pub state: &'static str,
    /// `crl` or `ocsp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<&'static str>,
    /// When the evidence was made.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub this_update: Option<OffsetDateTime>,
    /// When it was to be renewed.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub next_update: Option<OffsetDateTime>,
}

/// One check.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckDto {
    /// Name of the row, unique in the report: the check's name, `@` and what it is about, `#2` and so on when that repeats.
    pub id: String,
    /// The check's name, which never changes.
    pub check: &'static str,
    /// What it is about: a signature by its id, or `file`.
    pub signature: String,
    /// The reason's code; absent when passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// `passed`, `failed` or `not-done`.
    pub outcome: &'static str,
    /// `fails`, `unclear` or `note`; absent when passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<&'static str>,
    /// Where.
    #[serde(rename = "where")]
    pub place: String,
    /// Particulars for the officer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The reason's texts; absent when passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextDto>,
}

/// The texts of a reason.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct TextDto {
    /// For the citizen.
    pub citizen: BothDto,
    /// For the officer.
    pub officer: BothDto,
    /// What to do.
    pub remedy: BothDto,
}

/// Both languages.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct BothDto {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// A report as JSON text, but for the instant it speaks of: that is put in when it is sent.
#[derive(Clone, Debug)]
pub struct WireReport {
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl WireReport {
    /// The text of a report.
    pub fn new(report: &Report) -> WireReport {
        // Plain strings: always representable.
        let mut head = serde_json::to_vec(&ReportDto::from(report)).unwrap_or_default();
        // Before it stand three members whose values are words of this file.
        let from = head.windows(AT.len()).position(|part| part == AT).map_or(head.len(), |at| at + AT.len());
        let to = head[from..].iter().position(|byte| *byte == b'"').map_or(head.len(), |at| from + at);
        let tail = head.split_off(to);
        head.truncate(from);
        WireReport { head, tail }
    }

    /// The text as of an instant.
    pub fn at(&self, at: OffsetDateTime) -> Vec<u8> {
        let at = at.format(&Rfc3339).unwrap_or_default();
        [&self.head[..], at.as_bytes(), &self.tail[..]].concat()
    }
}

const AT: &[u8] = b"\"at\":\"";

impl From<&Report> for ReportDto {
    fn from(report: &Report) -> ReportDto {
        ReportDto {
            kind: report.kind.word(),
            verdict: report.verdict.word(),
            integrity: report.integrity.word(),
            at: report.at,
            headline: report.headline().map(|reason| reason.code()),
            subject: report.subject.as_ref().map(SubjectDto::from),
            signatures: report.signatures.iter().enumerate().map(|(at, found)| SignatureDto::new(at, found)).collect(),
            checks: rows(&report.checks),
        }
    }
}

impl From<&Subject> for SubjectDto {
    fn from(subject: &Subject) -> SubjectDto {
        SubjectDto {
            id: subject.id.clone(),
            type_code: subject.type_code.clone(),
            type_name: subject.type_name.clone(),
            number: subject.number.clone(),
            issuer_code: subject.issuer_code.clone(),
            issuer_name: subject.issuer_name.clone(),
            holder: subject.public_holder(),
            valid_from: subject.valid_from.map(|date| date.to_string()),
            valid_to: subject.valid_to.map(|date| date.to_string()),
            issued_at: subject.issued_at,
        }
    }
}

/// What a signature is called in a report.
fn signature_id(at: usize) -> String {
    format!("s{}", at + 1)
}

impl SignatureDto {
    fn new(at: usize, signature: &SignatureReport) -> SignatureDto {
        SignatureDto {
            id: signature_id(at),
            integrity: signature.integrity.word(),
            form: signature.form.clone(),
            signer: signature.signer.clone(),
            time: signature.time,
            time_proven: signature.time_proven,
            proof: signature.proof.as_ref().map(|proof| ProofDto {
                kind: proof.kind.name(),
                at: proof.at,
                authority: proof.authority.clone(),
            }),
            revocation: RevocationDto::from(&signature.revocation),
            time_stamps: signature.time_stamps.iter().map(TimeStampDto::from).collect(),
            level: signature.level.map(Level::name),
            indication: signature.indication.map(Indication::name),
            sub_indication: signature.indication.and_then(Indication::sub_indication).map(SubIndication::name),
            place: signature.place.clone(),
        }
    }
}

impl From<&TimeStampReport> for TimeStampDto {
    fn from(stamp: &TimeStampReport) -> TimeStampDto {
        TimeStampDto {
            over: stamp.over,
            time: stamp.time,
            authority: stamp.authority.clone(),
            indication: stamp.indication.name(),
            sub_indication: stamp.indication.sub_indication().map(SubIndication::name),
            revocation: RevocationDto::from(&stamp.revocation),
        }
    }
}

impl From<&RevocationReport> for RevocationDto {
    fn from(report: &RevocationReport) -> RevocationDto {
        let of = |known: &RevocationKnowledge| RevocationOfDto {
            subject: known.subject.clone(),
            state: known.state.name(),
            evidence: known.evidence,
            this_update: known.this_update,
            next_update: known.next_update,
        };
        RevocationDto {
            mode: report.mode.name(),
            state: report.state.name(),
            certificates: report.certificates.iter().map(of).collect(),
        }
    }
}

/// The rows of a report, each with a name of its own.
fn rows(checks: &[Check]) -> Vec<CheckDto> {
    let mut times: HashMap<(&str, Option<usize>), usize> = HashMap::new();
    let row = |check: &Check| {
        let time = times.entry((check.name, check.signature)).or_default();
        *time += 1;
        CheckDto::new(check, *time)
    };
    checks.iter().map(row).collect()
}

impl CheckDto {
    /// `time` counts the rows of this name about this signature.
    fn new(check: &Check, time: usize) -> CheckDto {
        let reason = check.outcome.reason();
        let both = |text: license_core::verify::reasons::Text| BothDto { zh: text.zh, en: text.en };
        let signature = check.signature.map_or_else(|| "file".to_owned(), signature_id);
        let again = if time > 1 { format!("#{time}") } else { String::new() };
        CheckDto {
            id: format!("{}@{signature}{again}", check.name),
            check: check.name,
            signature,
            code: reason.map(|reason| reason.code()),
            outcome: match check.outcome {
                Outcome::Passed => "passed",
                Outcome::Failed(_) => "failed",
                Outcome::NotDone(_) => "not-done",
            },
            effect: reason.map(|reason| match reason.effect() {
                license_core::verify::Effect::Fails => "fails",
                license_core::verify::Effect::Unclear => "unclear",
                license_core::verify::Effect::Note => "note",
            }),
            place: check.place.clone(),
            detail: check.detail.clone(),
            text: reason.map(|reason| TextDto {
                citizen: both(reason.citizen()),
                officer: both(reason.officer()),
                remedy: both(reason.remedy()),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use license_core::trust::TrustList;
    use license_core::verify::{Limits, Policy, inspect_text, judge};
    use time::macros::datetime;

    /// Each row says what it is about, by a name of its own, and has a code only when it did not pass.
    #[test]
    fn rows_have_names_and_say_what_they_are_about() {
        let row =
            |name, outcome, signature| Check { name, outcome, place: String::new(), detail: String::new(), signature };
        let failed = Outcome::Failed(license_core::verify::Reason::OfdDigest);
        let found = rows(&[
            row("ofd.readable", Outcome::Passed, None),
            row("ofd.digests", failed, Some(0)),
            row("ofd.digests", failed, Some(0)),
            row("ofd.digests", Outcome::Passed, Some(1)),
        ]);
        let said: Vec<_> = found.iter().map(|row| (row.id.as_str(), row.signature.as_str(), row.code)).collect();
        assert_eq!(
            said,
            [
                ("ofd.readable@file", "file", None),
                ("ofd.digests@s1", "s1", Some("ofd.digest")),
                ("ofd.digests@s1#2", "s1", Some("ofd.digest")),
                ("ofd.digests@s2", "s2", None),
            ]
        );
        let text = serde_json::to_string(&found[0]).unwrap();
        assert!(!text.contains("code") && !text.contains("effect"), "{text}");
    }

    #[test]
    fn the_text_with_another_instant_is_the_report_of_that_instant() {
        for text in ["x\"at\":\"x", "https://www.example.com/", "HTTP://A/V/AA"] {
            let of = |at| judge(&inspect_text(text, &Limits::default()), &TrustList::default(), &Policy::default(), at);
            let wire = WireReport::new(&of(datetime!(2026-11-21 12:00 +8)));
            let later = datetime!(2026-12-01 00:00:01.5 UTC);
            assert_eq!(wire.at(later), serde_json::to_vec(&ReportDto::from(&of(later))).unwrap());
        }
    }
}
