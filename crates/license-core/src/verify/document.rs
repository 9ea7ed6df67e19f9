//! Judging a document: integrity, content, signers, the register, in the words of one report.

use time::OffsetDateTime;

use super::content::{self, Content};
use super::inspect::Facts;
use super::judge::Outcome;
use super::ofd::{OfdFacts, Value};
use super::pdf::PdfFacts;
use super::policy::Policy;
use super::reasons::Reason;
use super::register::{self, Register, Said};
use super::report::{Checks, Integrity, SignatureReport};
use super::signer::{self, Times, TrustedSigner};
use super::standing;
use super::timestamp::Stamp;
use super::token;
use crate::index::IndexText;
use crate::record::Record;
use crate::trust::{About, TrustList};

/// How far a signer's clock may run ahead.
const CLOCK_SKEW: time::Duration = time::Duration::minutes(5);

/// A document and everything that its judgement depends on.
pub(super) struct Document<'a> {
    pub(super) facts: &'a Facts,
    pub(super) trust: &'a TrustList,
    pub(super) policy: &'a Policy<'a>,
    pub(super) at: OffsetDateTime,
}

/// A signer's certificate and what came with it.
struct Claim<'a> {
    certificate: &'a pki::Certificate,
    enclosed: &'a [pki::Certificate],
    time: Option<OffsetDateTime>,
    /// Whether a trusted time-stamp says so.
    proven: bool,
    place: &'a str,
}

impl<'a> Document<'a> {
    pub(super) fn judge_ofd(self, ofd: &OfdFacts, checks: &mut Checks) -> Outcome {
        let (integrity, mut signatures) = super::ofd::check(ofd, checks);
        let content = content::check(&self.facts.embedded, self.policy.press, checks);
        let by_issuer: Vec<bool> = (ofd.signatures.iter().zip(&mut signatures))
            .map(|(value, report)| self.sealed_by_issuer(value, report, content.record.as_ref(), checks))
            .collect();
        if let Some(signature) = ofd.list_signature()
            && let Some((certificate, enclosed)) = signature.signer()
        {
            let signed = signature.time().unwrap_or(self.at);
            let times = Times { signed, proven: false, asked: self.at };
            let about = about(content.record.as_ref(), certificate);
            signer::check_closer(certificate, enclosed, (times, about), self.trust, self.policy, checks);
        }
        super::ofd::check_coverage(ofd, &by_issuer, checks);
        let laid_out = by_issuer.contains(&true) && self.facts.embedded.is_license();
        super::ofd::check_lookalikes(ofd, laid_out, checks);
        if self.facts.embedded.is_license() {
            super::ofd::check_license(ofd, checks);
        }
        self.conclude(&content, by_issuer.contains(&true), (integrity, signatures), checks)
    }

    pub(super) fn judge_pdf(self, pdf: &PdfFacts, checks: &mut Checks) -> Outcome {
        let (integrity, signatures) = super::pdf::check(pdf, self.policy, checks);
        let content = content::check(&self.facts.embedded, self.policy.press, checks);
        let mut by_issuer = false;
        for ((signature, cms), report) in pdf.facts.signatures.iter().zip(&pdf.signatures).zip(&signatures) {
            let Some(certificate) = cms.certificate().filter(|_| !signature.is_doc_timestamp()) else { continue };
            let time = super::pdf::claimed_time(signature);
            let claim = Claim { certificate, enclosed: &cms.enclosed, time, proven: false, place: &report.place };
            let Some(signer) = self.signer(&claim, content.record.as_ref(), checks) else { continue };
            by_issuer = true;
            if self.facts.embedded.is_license() && !cms.enclosed.iter().all(|enclosed| signer.explains(enclosed)) {
                let detail = "a certificate is enclosed that has no part in the signer's path";
                checks.failed("cms.container", Reason::CmsStructure, &*report.place, detail);
            }
        }
        if self.facts.embedded.is_license() {
            super::pdf::check_license(pdf, checks);
        }
        self.conclude(&content, by_issuer, (integrity, signatures), checks)
    }

    fn conclude(
        &self,
        content: &Content,
        by_issuer: bool,
        (integrity, signatures): (Integrity, Vec<SignatureReport>),
        checks: &mut Checks,
    ) -> Outcome {
        let mut subject = None;
        if let Some(index) = &content.index {
            token::check_address(index, self.trust, content::INDEX_FILE, checks);
            // The index lies under the document's signatures: what proves their time proves that it was there.
            let proven = signatures.iter().filter(|signature| {
                integrity == Integrity::Intact && signature.time_proven && signature.form != "doc-timestamp"
            });
            let proven = proven.filter_map(|signature| signature.time).min();
            let proven = proven.or_else(|| self.kept_by_register().then_some(OffsetDateTime::UNIX_EPOCH));
            let when = token::Proof { existed_at: proven, asked: self.at };
            let judged =
                token::judge(index.token(), (self.trust, when), self.policy.memory, content::INDEX_FILE, checks);
            // A genuine index can be copied into any file: it speaks for this one when the issuer signed this one.
            subject = judged.subject.filter(|_| integrity == Integrity::Intact && by_issuer);
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
        Outcome { integrity, signatures, subject }
    }

    /// Whether one signature of an OFD is the issuer's and holds.
    fn sealed_by_issuer(
        &self,
        value: &Value,
        report: &mut SignatureReport,
        record: Option<&Record>,
        checks: &mut Checks,
    ) -> bool {
        let stamp = value.time_stamp();
        let proven = stamp.and_then(|stamp| {
            let name = "time.stamp-path";
            self.stamped_at(&stamp, value.time(), record, (name, &report.place), checks)
        });
        if let Some(at) = proven {
            report.time = Some(at);
            report.time_proven = true;
        }
        let Some(certificate) = value.signer() else {
            checks.not_possible_at("signer.path", &*report.place, "there is no certificate of the signer");
            return false;
        };
        let enclosed: &[pki::Certificate] = match value {
            Value::Plain(data, _) => &data.certificates,
            _ => &self.facts.embedded.chain,
        };
        let time = proven.or_else(|| value.time());
        let claim = Claim { certificate, enclosed, time, proven: proven.is_some(), place: &report.place };
        let signer = self.signer(&claim, record, checks);
        if let Value::Seal(signature, seal) = value
            && let Some(maker) = &seal.maker
        {
            let made = signature.seal().content().created;
            let stamp = seal.seal_time_stamp.as_ref().and_then(Stamp::of);
            let name = "seal.time-stamp-path";
            let proven =
                stamp.and_then(|stamp| self.stamped_at(&stamp, Some(made), record, (name, &report.place), checks));
            let times = Times { signed: proven.unwrap_or(made), proven: proven.is_some(), asked: self.at };
            // Whose seal it is says the license, else whoever used it.
            let about = about(record, certificate);
            let trusted =
                signer::check_maker(maker, enclosed, (times, about), self.trust, self.policy, &report.place, checks);
            // What strangers made is not worth a place in the memory.
            if let (true, Some(memory), Some(name)) = (trusted, self.policy.memory, seal.known_as)
                && !memory.knows(&name)
            {
                memory.learn(name);
            }
        }
        signer.is_some() && report.integrity == Integrity::Intact
    }

    /// The time that a sound token proves: when its authority is trusted. What is claimed must not be later.
    fn stamped_at(
        &self,
        stamp: &Stamp<'_>,
        claimed: Option<OffsetDateTime>,
        record: Option<&Record>,
        (name, place): (&'static str, &str),
        checks: &mut Checks,
    ) -> Option<OffsetDateTime> {
        let at = stamp.verified.time();
        let authority = stamp.verified.signer();
        let times = Times { signed: at, proven: false, asked: self.at };
        let what = (times, about(record, authority));
        let trusted =
            signer::check_authority(authority, stamp.enclosed, what, self.trust, self.policy, (name, place), checks);
        if let Some(claimed) = claimed {
            let good = !super::ofd::claims_later(claimed, at);
            checks.record("time.order", good, Reason::TimeOrder, place, format!("{claimed} claimed, stamped {at}"));
        }
        trusted.then_some(at)
    }

    /// Path to a trusted root, then: is it the issuer of this very license, and may it issue this type? Nothing when the
    /// path does not hold, or the signer is somebody else.
    fn signer(&self, claim: &Claim<'_>, record: Option<&Record>, checks: &mut Checks) -> Option<TrustedSigner<'a>> {
        let Claim { certificate, enclosed, time, proven, place } = *claim;
        let proven = proven || self.kept_by_register();
        let times = Times { signed: time.unwrap_or(self.at), proven, asked: self.at };
        if times.signed > self.at + CLOCK_SKEW {
            checks.failed("time.future", Reason::TimeFuture, place, format!("signed at {}", times.signed));
        } else {
            checks.passed("time.future", place);
        }
        let what = (times, about(record, certificate));
        let trusted = signer::check(certificate, enclosed, what, self.trust, self.policy, place, checks)?;
        let Some(record) = record else { return Some(trusted) };
        let code = record.issuer_code();
        match trusted.issuer {
            Some(issuer) => {
                let good = issuer.code == code && issuer.may_issue(record.id().type_code().as_str());
                if !checks.record("signer.issuer", good, Reason::SignerNotIssuer, place, &issuer.name) {
                    return None;
                }
                let objection = self.trust.objection_to_issuer(issuer, &times.into());
                standing::note(objection, "signer.issuer-status", place, checks).then_some(trusted)
            }
            // A list of roots alone names no issuers: whose certificate it is cannot be told from it.
            None if self.trust.issuers.is_empty() => {
                checks.failed("signer.issuer", Reason::TokenIssuerUnknown, place, code);
                Some(trusted)
            }
            None => {
                checks.failed("signer.issuer", Reason::SignerNotIssuer, place, code);
                None
            }
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

/// What a signature in this document is about.
fn about<'a>(record: Option<&'a Record>, certificate: &'a pki::Certificate) -> About<'a> {
    match record {
        Some(record) => About::license(record.issuer_code(), record.id().type_code().as_str()),
        None => About::signed_by(certificate),
    }
}
