//! `judge(&facts, &trust, &policy, at) → Report`: pure and total.

use time::OffsetDateTime;

use super::document::Document;
use super::en319102::Indication;
use super::inspect::{Facts, Form};
use super::memory::Once;
use super::policy::Policy;
use super::reasons::{Effect, Reason};
use super::register::{self, Register, Said};
use super::report::{Check, Checks, Integrity, Kind, Report, SignatureReport, Subject};
use super::token;
use crate::index::IndexText;
use crate::trust::TrustList;

/// Opens and judges a file in one step, under the usual limits.
///
/// Whoever looks something up between the two steps, as a register does by [`Facts::claimed_id`], takes them apart.
pub fn verify(bytes: &[u8], trust: &TrustList, policy: &Policy<'_>, at: OffsetDateTime) -> Report {
    judge(&super::inspect::inspect(bytes, &super::inspect::Limits::default()), trust, policy, at)
}

/// Judges what [`super::inspect()`] found, as of `at`.
pub fn judge(facts: &Facts, trust: &TrustList, policy: &Policy<'_>, at: OffsetDateTime) -> Report {
    let held = match &facts.form {
        Form::Pdf(pdf) => Some(&pdf.held),
        _ => None,
    };
    let once = Once::new(policy.memory, held);
    let policy = &Policy { memory: Some(&once), ..*policy };
    let mut checks = Checks::default();
    let outcome = match &facts.form {
        Form::Empty => input(Reason::InputEmpty, &mut checks),
        Form::TooLarge => input(Reason::InputTooLarge, &mut checks),
        Form::Unknown => input(Reason::InputUnknown, &mut checks),
        Form::Text(index) => judge_text(index, trust, policy, at, &mut checks),
        Form::Ofd(ofd) => match ofd.as_ref() {
            Err(error) => {
                let reason = super::ofd::reason_of(error);
                checks.failed("ofd.readable", reason, "", error.to_string());
                let integrity = if reason == Reason::OfdUnreadable { Integrity::Broken } else { Integrity::Unsigned };
                Outcome { integrity, ..Outcome::default() }
            }
            Ok(ofd) => Document { facts, trust, policy, at }.judge_ofd(ofd, &mut checks),
        },
        Form::Pdf(pdf) => Document { facts, trust, policy, at }.judge_pdf(pdf, &mut checks),
    };
    let overdue = match &outcome.subject {
        Some(subject) => trust.is_overdue_about(&subject.issuer_code, at),
        None => trust.is_overdue(at),
    };
    if overdue {
        checks.not_done("trust.current", Reason::TrustOverdue, "");
    }
    finish(facts.kind(), outcome, at, policy, checks.into_inner())
}

/// Judges what the register answered about an identifier: its state, and the signed index of that version.
///
/// `index` is the text that the register keeps; without one there is nothing but the register's word.
pub fn judge_id(index: Option<&str>, trust: &TrustList, policy: &Policy<'_>, at: OffsetDateTime) -> Report {
    let mut checks = Checks::default();
    let outcome = match index {
        Some(text) => judge_text(&IndexText::parse(text), trust, policy, at, &mut checks),
        None => {
            let register = policy.register.unwrap_or(&Register::NotAsked);
            register::check(register, Said::default(), &mut checks);
            // A register's word without a signature is hearsay.
            if matches!(register, Register::Found(_)) {
                checks.failed("index.present", Reason::IndexMissing, "", "");
            }
            Outcome::default()
        }
    };
    finish(Kind::Id, outcome, at, policy, checks.into_inner())
}

#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) integrity: Integrity,
    pub(super) signatures: Vec<SignatureReport>,
    pub(super) subject: Option<Subject>,
}

impl Default for Outcome {
    fn default() -> Outcome {
        Outcome { integrity: Integrity::Unsigned, signatures: Vec::new(), subject: None }
    }
}

fn input(reason: Reason, checks: &mut Checks) -> Outcome {
    checks.failed("input.kind", reason, "", "");
    Outcome::default()
}

fn finish(kind: Kind, outcome: Outcome, at: OffsetDateTime, policy: &Policy<'_>, checks: Vec<Check>) -> Report {
    let mut report = Report::new(kind, outcome.integrity, at, checks);
    report.signatures = outcome.signatures;
    // What names a signature as its place is about that signature.
    for check in report.checks.iter_mut().filter(|check| check.signature.is_none() && !check.place.is_empty()) {
        check.signature = report.signatures.iter().position(|signature| signature.place == check.place);
    }
    for signature in report.signatures.iter_mut().filter(|signature| signature.form != "cose") {
        let (own, whole) = (signature.integrity, report.integrity);
        let of_checks = Indication::of(&report.checks, &signature.place, own, whole);
        signature.indication = Some(of_checks.with(signature.indication));
    }
    let forged = report.reasons().any(|reason| reason.effect() == Effect::Fails && !reason.is_state());
    report.subject = outcome.subject.filter(|_| !forged);
    if let (Some(subject), Some(press)) = (&mut report.subject, policy.press) {
        subject.type_name = press.catalog.by_code(&subject.type_code).map(|template| template.file.kind.name.clone());
    }
    report
}

fn judge_text(
    index: &Result<IndexText, crate::index::TextError>,
    trust: &TrustList,
    policy: &Policy<'_>,
    at: OffsetDateTime,
    checks: &mut Checks,
) -> Outcome {
    let index = match index {
        Ok(index) => index,
        Err(error) => {
            checks.failed("token.form", token::reason_of(error), "", error.to_string());
            let foreign = matches!(error, crate::index::TextError::Foreign(_));
            let integrity = if foreign { Integrity::Unsigned } else { Integrity::Broken };
            return Outcome { integrity, ..Outcome::default() };
        }
    };
    checks.passed("token.form", "");
    token::check_address(index, trust, "", checks);
    let kept = match policy.register {
        Some(Register::Found(entry)) => entry.token == index.token_text(),
        _ => false,
    };
    // The register keeps this very index since the day of issue.
    let proof = token::Proof { existed_at: kept.then_some(OffsetDateTime::UNIX_EPOCH), asked: at };
    let judged = token::judge(index.token(), (trust, proof), policy.memory, "", checks);
    if judged.subject.is_some() {
        let claims = index.token().claims();
        let text = index.token_text();
        let said = Said { face: Some(&claims.face), token: Some(&text), ..Said::default() };
        register::check(policy.register.unwrap_or(&Register::NotAsked), said, checks);
        token::check_validity(claims.valid_from, claims.valid_to, at, checks);
    }
    Outcome { integrity: judged.integrity, signatures: vec![judged.signature], subject: judged.subject }
}
