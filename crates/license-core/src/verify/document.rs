//! Judging a document: integrity, content, signers, the register, in the words of one report.

use pki::{Instant, SignatureAlgorithm};
use time::OffsetDateTime;

use super::content::{self, Content};
use super::evidence::{CLOCK_SKEW, Evidence, Rated, Role};
use super::inspect::Facts;
use super::judge::Outcome;
use super::memory::{self, SignatureMemory};
use super::ofd::{OfdFacts, Value};
use super::pdf::PdfFacts;
use super::policy::Policy;
use super::reasons::Reason;
use super::register::{self, Register, Said};
use super::report::{Checks, Integrity, Proof, ProofKind, SignatureReport, TimeStampReport};
use super::signer::{self, Making, Signing, TrustedSigner};
use super::standing;
use super::timestamp::Stamp;
use super::token;
use crate::index::IndexText;
use crate::record::Record;
use crate::trust::{Moment, TrustList};

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
    algorithm: Option<SignatureAlgorithm>,
    /// When, as the signer says.
    time: Option<OffsetDateTime>,
    /// What proves that it existed.
    proof: Option<Proof>,
}

impl<'a> Document<'a> {
    pub(super) fn judge_ofd(self, ofd: &OfdFacts, checks: &mut Checks) -> Outcome {
        let (integrity, mut signatures) = super::ofd::check(ofd, checks);
        let content = content::check(&self.facts.embedded, ofd.seal_diameter(), self.policy, checks);
        let mut evidence = Evidence::new(self.trust, self.policy, self.at).about_license(content.record.as_ref());
        ofd.signatures.iter().flat_map(Value::evidence).for_each(|found| evidence.add(found, None));
        let by_issuer: Vec<bool> = (ofd.signatures.iter().zip(&mut signatures))
            .map(|(value, report)| self.sealed_by_issuer(value, report, content.record.as_ref(), &evidence, checks))
            .collect();
        if let Some(signature) = ofd.list_signature()
            && let Some((certificate, enclosed)) = signature.signer()
        {
            let at = signature.time().unwrap_or(self.at);
            signer::check_closer(certificate, enclosed, at, &evidence, checks);
        }
        super::ofd::check_coverage(ofd, &by_issuer, checks);
        let laid_out = by_issuer.contains(&true) && self.facts.embedded.is_license();
        super::ofd::check_lookalikes(ofd, laid_out, checks);
        if self.facts.embedded.is_license() {
            super::ofd::check_license(ofd, checks);
            super::ofd::check_slots(ofd, &by_issuer, content.layout.as_ref(), checks);
        }
        self.conclude(&content, by_issuer.contains(&true), (integrity, signatures), checks)
    }

    pub(super) fn judge_pdf(self, pdf: &PdfFacts, checks: &mut Checks) -> Outcome {
        let (integrity, mut signatures) = super::pdf::check(pdf, self.policy, checks);
        let content = content::check(&self.facts.embedded, pdf.seal_diameter(), self.policy, checks);
        let mut evidence = Evidence::new(self.trust, self.policy, self.at).about_license(content.record.as_ref());
        pdf.tell(&mut evidence);
        let told = evidence.believe_archive(pdf.document_stamps(&signatures), checks);
        let mut by_issuer = false;
        for ((signature, cms), report) in pdf.facts.signatures.iter().zip(&pdf.signatures).zip(&mut signatures) {
            // Only a time-stamp over a later revision, or over this one's signature value, is over the signature.
            let later = signature.revision.and_then(|revision| evidence.proof_of(revision + 1));
            if let Some(token) = cms.document_stamp() {
                report.time = Some(token.verified.time());
                report.time_proven = signature.revision.is_some_and(|revision| evidence.archives(revision));
                report.proof = later.cloned();
                let own = told.iter().find(|(revision, _)| signature.revision == Some(*revision));
                if let Some((_, own)) = own {
                    report.revocation = own.revocation.clone();
                    report.indication = Some(own.indication);
                }
                continue;
            }
            let Some(certificate) = cms.certificate() else { continue };
            let time = super::pdf::claimed_time(signature);
            let stamps: Vec<Stamp<'_>> = cms.stamps().collect();
            let (role, told) = (Role::signature(&report.place), &mut report.time_stamps);
            let proof = self.prove(&evidence, &stamps, (time, later), (role, told), checks);
            let algorithm = cms.algorithm();
            let claim = Claim { certificate, enclosed: &cms.enclosed, algorithm, time, proof: proof.clone() };
            let Some(signer) = self.signer(claim, report, content.record.as_ref(), &evidence, checks) else { continue };
            by_issuer = true;
            if report.integrity == Integrity::Intact && cms.is_baseline() {
                let (enclosed, claimed) = (&*cms.enclosed, time.unwrap_or(self.at));
                let revision = signature.revision.unwrap_or_default();
                let rated = Rated { certificate, enclosed, claimed, revision, stamps: &stamps, proof: proof.as_ref() };
                report.level = Some(evidence.level(&rated));
            }
            memory::remember_roots(&cms.enclosed, self.policy.memory);
            if self.facts.embedded.is_license() && !cms.enclosed.iter().all(|enclosed| signer.explains(enclosed)) {
                let detail = "a certificate is enclosed that has no part in the signer's path";
                checks.failed("cms.container", Reason::CmsStructure, &*report.place, detail);
            }
        }
        if self.facts.embedded.is_license() {
            super::pdf::check_license(pdf, &evidence, checks);
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
        // What strangers made is not worth a place in the memory.
        let memory = self.policy.memory.filter(|_| by_issuer && integrity == Integrity::Intact);
        if let Some(backgrounds) = memory.and_then(SignatureMemory::backgrounds) {
            backgrounds.learn(&content.backgrounds);
        }
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
        evidence: &Evidence<'a>,
        checks: &mut Checks,
    ) -> bool {
        let time = value.time();
        let (role, told) = (Role::sealed(&report.place), &mut report.time_stamps);
        let proof = self.prove(evidence, &value.time_stamps(), (time, None), (role, told), checks);
        let Some(certificate) = value.signer() else {
            checks.not_possible_at("signer.path", &*report.place, "there is no certificate of the signer");
            return false;
        };
        let enclosed: &[pki::Certificate] = match value {
            Value::Plain(data, ..) => &data.certificates,
            _ => &self.facts.embedded.chain,
        };
        let claim = Claim { certificate, enclosed, algorithm: value.algorithm(), time, proof };
        let signer = self.signer(claim, report, record, evidence, checks);
        if let Some(signer) = signer.as_ref().filter(|_| self.facts.embedded.is_license()) {
            let embedded = &self.facts.embedded;
            let good = !embedded.chain_has_more && embedded.chain.iter().all(|enclosed| signer.explains(enclosed));
            let detail = "certificates are attached that have no part in the signer's path";
            checks.record("ofd.chain", good, Reason::OfdForeign, &*report.place, detail);
        }
        if let Value::Seal(signature, seal) = value
            && let Some(maker) = &seal.maker
        {
            let claimed = signature.seal().content().created;
            let stamps: Vec<Stamp<'_>> = seal.seal_time_stamp.as_ref().and_then(Stamp::of).into_iter().collect();
            let (role, told) = (Role::seal(&report.place), &mut report.time_stamps);
            let stamped = self.prove(evidence, &stamps, (Some(claimed), None), (role, told), checks);
            let stamped = stamped.map(|proof| proof.at);
            // The seal lies in the signature: what shows the age of that shows its own.
            let used = report.proof.as_ref().map(|proof| proof.at);
            let making = Making {
                certificate: maker,
                enclosed,
                // Whose seal it is says the license, else whoever used it.
                user: certificate,
                algorithm: SignatureAlgorithm::Sm2Sm3,
                claimed,
                stamped,
                existed: stamped.into_iter().chain(used).min(),
                place: &report.place,
            };
            let trusted = signer::check_maker(&making, evidence, checks);
            // What strangers made is not worth a place in the memory.
            if let (true, Some(memory), Some(name)) = (trusted, self.policy.memory, seal.known_as)
                && !memory.knows(&name)
                && checks.has_passed("seal.picture", &report.place)
            {
                memory.learn(name);
            }
        }
        signer.is_some() && report.integrity == Integrity::Intact
    }

    /// The earliest time that sound tokens prove, of those whose authorities are trusted, or that `later` proves: a
    /// time-stamp over the document with the signature in it. What is claimed must not be later.
    fn prove(
        &self,
        evidence: &Evidence<'a>,
        stamps: &[Stamp<'_>],
        (claimed, later): (Option<OffsetDateTime>, Option<&Proof>),
        (role, told): (Role<'_>, &mut Vec<TimeStampReport>),
        checks: &mut Checks,
    ) -> Option<Proof> {
        let existed = later.map_or(self.at, |proof| proof.at);
        let mut best = later.cloned();
        for stamp in stamps {
            let belief = evidence.believe(stamp, existed, role, checks);
            told.push(belief.told);
            if let Some(claimed) = claimed {
                let at = stamp.verified.time();
                let good = !super::ofd::claims_later(claimed, at);
                let detail = format!("{} claimed, stamped {}", Instant(claimed), Instant(at));
                checks.record("time.order", good, Reason::TimeOrder, role.place, detail);
            }
            best = best.into_iter().chain(belief.proof).min_by_key(|proof| proof.at);
        }
        if let (Some(claimed), Some(later), true) = (claimed, later, stamps.is_empty()) {
            let good = !super::ofd::claims_later(claimed, later.at);
            let detail = format!("{claimed} claimed, stamped {}", later.at);
            checks.record("time.order", good, Reason::TimeOrder, role.place, detail);
        }
        best
    }

    /// Path to a trusted root, then: is it the issuer of this very license, and may it issue this type? Nothing when the
    /// path does not hold, or the signer is somebody else.
    fn signer(
        &self,
        claim: Claim<'_>,
        report: &mut SignatureReport,
        record: Option<&Record>,
        evidence: &Evidence<'a>,
        checks: &mut Checks,
    ) -> Option<TrustedSigner<'a>> {
        let Claim { certificate, enclosed, algorithm, time, proof } = claim;
        let claimed = time.unwrap_or(self.at);
        let kept = || Proof { kind: ProofKind::Register, at: claimed, authority: String::new() };
        let proof = self.kept_by_register().then(kept).or(proof);
        let at = proof.as_ref().map_or(claimed, |proof| proof.at);
        let place = &*report.place;
        if at > self.at + CLOCK_SKEW {
            checks.failed("time.future", Reason::TimeFuture, place, format!("signed at {}", Instant(at)));
        } else {
            checks.passed("time.future", place);
        }
        if proof.is_some() {
            report.time = time.filter(|_| at == claimed).or(Some(at));
            report.time_proven = true;
        }
        let proven = proof.as_ref().map(|proof| proof.at);
        report.proof = proof;
        let signed = proven.map_or(claimed, |proven| claimed.min(proven));
        let moment = Moment { signed, existed: proven, asked: self.at };
        let signing = Signing { certificate, enclosed, algorithm, claimed, proven, place };
        let trusted = signer::check(&signing, evidence, &mut report.revocation, checks)?;
        let Some(record) = record else { return Some(trusted) };
        let code = record.issuer_code();
        match trusted.issuer {
            Some(issuer) => {
                let good = issuer.code == code && issuer.may_issue(record.id().type_code().as_str());
                if !checks.record("signer.issuer", good, Reason::SignerNotIssuer, place, &issuer.name) {
                    return None;
                }
                let objection = self.trust.objection_to_issuer(issuer, &moment);
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
