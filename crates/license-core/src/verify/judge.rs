//! `judge(&facts, &trust, &policy, at) → Report`: pure and total.

use time::OffsetDateTime;

use super::content;
use super::inspect::{Facts, Form};
use super::ofd::Value;
use super::policy::Policy;
use super::reasons::{Effect, Reason};
use super::register::{self, Register, Said};
use super::report::{Check, Checks, Integrity, Kind, Report, SignatureReport, Subject};
use super::signer::{self, Times};
use super::token;
use crate::index::IndexText;
use crate::record::Record;
use crate::trust::TrustList;

/// Judges what [`super::inspect()`] found, as of `at`.
pub fn judge(facts: &Facts, trust: &TrustList, policy: &Policy<'_>, at: OffsetDateTime) -> Report {
    let mut checks = Checks::default();
    let outcome = match &facts.form {
        Form::Empty => input(Reason::InputEmpty, &mut checks),
        Form::TooLarge => input(Reason::InputTooLarge, &mut checks),
        Form::Unknown => input(Reason::InputUnknown, &mut checks),
        Form::Text(index) => judge_text(index, trust, policy, at, &mut checks),
        Form::Ofd(ofd) => match ofd.as_ref() {
            Err(error) => {
                let reason = match error {
                    ofd::Error::OverBudget { .. } => Reason::InputTooLarge,
                    ofd::Error::NoEntryFile => Reason::InputUnknown,
                    _ => Reason::OfdUnreadable,
                };
                checks.failed("ofd.readable", reason, "", error.to_string());
                let integrity =
                    if reason == Reason::OfdUnreadable { Integrity::Broken } else { Integrity::Unsigned };
                Outcome { integrity, ..Outcome::default() }
            }
            Ok(ofd) => {
                let (integrity, signatures) = super::ofd::check(ofd, &mut checks);
                let document = Document { facts, trust, policy, at, integrity, signatures };
                document.judge(|document, record, checks| document.ofd_signers(ofd, record, checks), &mut checks)
            }
        },
        Form::Pdf(pdf) => {
            let (integrity, signatures) = super::pdf::check(pdf, &mut checks);
            let document = Document { facts, trust, policy, at, integrity, signatures };
            document.judge(|document, record, checks| document.pdf_signers(pdf, record, checks), &mut checks)
        }
    };
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
            Outcome::default()
        }
    };
    finish(Kind::Id, outcome, at, policy, checks.into_inner())
}

#[derive(Debug)]
struct Outcome {
    integrity: Integrity,
    signatures: Vec<SignatureReport>,
    subject: Option<Subject>,
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
    let judged = token::judge(index.token(), trust, "", checks);
    if judged.subject.is_some() {
        let claims = index.token().claims();
        let text = index.token_text();
        let said = Said { face: Some(&claims.face), token: Some(&text), ..Said::default() };
        register::check(policy.register.unwrap_or(&Register::NotAsked), said, checks);
        token::check_validity(claims.valid_from, claims.valid_to, at, checks);
    }
    Outcome { integrity: judged.integrity, signatures: vec![judged.signature], subject: judged.subject }
}

struct Document<'a> {
    facts: &'a Facts,
    trust: &'a TrustList,
    policy: &'a Policy<'a>,
    at: OffsetDateTime,
    integrity: Integrity,
    signatures: Vec<SignatureReport>,
}

impl Document<'_> {
    fn judge(
        self,
        signers: impl FnOnce(&Self, Option<&Record>, &mut Checks),
        checks: &mut Checks,
    ) -> Outcome {
        let content = content::check(&self.facts.embedded, self.policy.press, checks);
        signers(&self, content.record.as_ref(), checks);
        let mut subject = None;
        if let Some(index) = &content.index {
            let judged = token::judge(index.token(), self.trust, content::INDEX_FILE, checks);
            subject = judged.subject.filter(|_| self.integrity == Integrity::Intact);
        }
        if let Some(record) = &content.record {
            let digest = *record.digest().as_bytes();
            let text = content.index.as_ref().map(IndexText::token_text);
            let said = Said {
                face: None,
                record_digest: Some(&digest),
                token: text.as_deref(),
                file_digest: self.facts.file_digest.as_ref(),
            };
            register::check(self.policy.register.unwrap_or(&Register::NotAsked), said, checks);
            token::check_validity(record.valid_from(), record.valid_to(), self.at, checks);
        }
        Outcome { integrity: self.integrity, signatures: self.signatures, subject }
    }

    fn ofd_signers(&self, ofd: &super::ofd::OfdFacts, record: Option<&Record>, checks: &mut Checks) {
        for (value, report) in ofd.signatures.iter().zip(&self.signatures) {
            let Some(certificate) = value.signer() else { continue };
            let enclosed: &[pki::Certificate] = match value {
                Value::Plain(data, _) => &data.certificates,
                _ => &self.facts.embedded.chain,
            };
            self.signer(certificate, enclosed, value.time(), &report.place, record, checks);
            if let Value::Seal(signature, seal) = value {
                if let Some(maker) = &seal.maker {
                    let made = signature.seal().content().created;
                    signer::check_maker(maker, enclosed, made, self.trust, self.policy, &report.place, checks);
                }
            }
        }
    }

    fn pdf_signers(&self, pdf: &super::pdf::PdfFacts, record: Option<&Record>, checks: &mut Checks) {
        for ((signature, cms), report) in pdf.facts.signatures.iter().zip(&pdf.signatures).zip(&self.signatures) {
            if signature.is_doc_timestamp() {
                continue;
            }
            let Some(certificate) = cms.certificate() else { continue };
            let time = super::pdf::claimed_time(signature);
            self.signer(certificate, &cms.enclosed, time, &report.place, record, checks);
        }
    }

    /// Path to a trusted root, then: is it the issuer of this very license, and may it issue this type?
    fn signer(
        &self,
        certificate: &pki::Certificate,
        enclosed: &[pki::Certificate],
        claimed: Option<OffsetDateTime>,
        place: &str,
        record: Option<&Record>,
        checks: &mut Checks,
    ) {
        let times = Times { signed: claimed.unwrap_or(self.at), proven: self.kept_by_register(), asked: self.at };
        if times.signed > self.at + CLOCK_SKEW {
            checks.failed("signer.time", Reason::SignerCertificate, place, "signed in the future");
        }
        let Some(trusted) = signer::check(certificate, enclosed, times, self.trust, self.policy, place, checks) else {
            return;
        };
        let Some(record) = record else { return };
        let code = record.issuer_code();
        match trusted.issuer {
            Some(issuer) => {
                let good = issuer.code == code && issuer.may_issue(record.id().type_code().as_str());
                checks.record("signer.issuer", good, Reason::SignerNotIssuer, place, &issuer.name);
            }
            // A list of roots alone names no issuers: whose certificate it is cannot be told from it.
            None if self.trust.issuers.is_empty() => {
                checks.failed("signer.issuer", Reason::TokenIssuerUnknown, place, code);
            }
            None => checks.failed("signer.issuer", Reason::SignerNotIssuer, place, code),
        }
    }

    /// The register keeps this very file since the day of issue: as good as an archive record of its existence.
    fn kept_by_register(&self) -> bool {
        match (self.policy.register, &self.facts.file_digest) {
            (Some(Register::Found(entry)), Some(digest)) => entry.file_digests.contains(digest),
            _ => false,
        }
    }
}

/// How far a signer's clock may run ahead.
const CLOCK_SKEW: time::Duration = time::Duration::minutes(5);
