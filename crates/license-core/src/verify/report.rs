//! What a verification answers: a verdict, and every check that was or was not done.

use time::OffsetDateTime;

use super::en319102::{Indication, SubIndication};
use super::evidence::RevocationMode;
use super::reasons::{Effect, Reason};
use crate::pdf_signing::Level;

/// The three-valued verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every necessary check was done and passed.
    Passed,
    /// At least one check shows that it is not genuine or not valid.
    Failed,
    /// Nothing speaks against it, but something necessary could not be checked.
    Indeterminate,
}

/// What bytes and signatures say, trust aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// Signed, and unchanged since.
    Intact,
    /// Changed, damaged or wrongly signed.
    Broken,
    /// Nothing is signed.
    Unsigned,
    /// Signed, but in a way that cannot be checked: without a certificate, or with an algorithm that is not supported.
    Unchecked,
}

/// What was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An OFD document.
    Ofd,
    /// A PDF document.
    Pdf,
    /// A QR text (the index).
    Qr,
    /// An identifier looked up in the register.
    Id,
    /// A signed verification report.
    Report,
    /// None of these.
    Unknown,
}

impl Verdict {
    /// As machines read it.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::Indeterminate => "indeterminate",
        }
    }

    /// The worse of two: a failure outweighs what cannot be told, and that a pass.
    #[must_use]
    pub const fn worse(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Verdict::Failed, _) | (_, Verdict::Failed) => Verdict::Failed,
            (Verdict::Indeterminate, _) | (_, Verdict::Indeterminate) => Verdict::Indeterminate,
            _ => Verdict::Passed,
        }
    }

    /// The verdict with this word.
    pub fn from_word(word: &str) -> Option<Verdict> {
        [Verdict::Passed, Verdict::Failed, Verdict::Indeterminate].into_iter().find(|verdict| verdict.word() == word)
    }
}

impl Integrity {
    /// As machines read it.
    pub const fn word(self) -> &'static str {
        match self {
            Integrity::Intact => "intact",
            Integrity::Broken => "broken",
            Integrity::Unsigned => "unsigned",
            Integrity::Unchecked => "unchecked",
        }
    }
}

impl Kind {
    /// As machines read it.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Ofd => "ofd",
            Kind::Pdf => "pdf",
            Kind::Qr => "qr",
            Kind::Id => "id",
            Kind::Report => "report",
            Kind::Unknown => "unknown",
        }
    }
}

/// The answer about one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What it was.
    pub kind: Kind,
    /// The verdict: the worst effect of all checks.
    pub verdict: Verdict,
    /// Integrity of the whole.
    pub integrity: Integrity,
    /// The instant the report speaks of.
    pub at: OffsetDateTime,
    /// What the license says; present only when an issuer that the trust list knows has signed it
    /// (or the register gave it), so that a forged text is never shown as if good.
    pub subject: Option<Subject>,
    /// One entry per signature.
    pub signatures: Vec<SignatureReport>,
    /// All checks, in the order they were made.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Stable name, such as `token.signature`.
    pub name: &'static str,
    /// How it went.
    pub outcome: Outcome,
    /// Where: a part of the file, a field, a signature; empty when it concerns the whole.
    pub place: String,
    /// The signature that it is about, as an index into [`Report::signatures`]; none when it is about the file.
    pub signature: Option<usize>,
    /// Particulars for the officer, never needed to understand the verdict.
    pub detail: String,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done and passed.
    Passed,
    /// Done and failed, or undecidable, as the reason's effect says.
    Failed(Reason),
    /// Not done.
    NotDone(Reason),
}

impl Outcome {
    /// The reason, if it did not pass.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Outcome::Passed => None,
            Outcome::Failed(reason) | Outcome::NotDone(reason) => Some(reason),
        }
    }
}

/// What is known of one signature.
#[derive(Clone, Debug, PartialEq)]
pub struct SignatureReport {
    /// Its own integrity.
    pub integrity: Integrity,
    /// Form: `ses-v4`, `ses-v1`, `ses-v5`, `gbt35275`, `pades`, `cms`, `cose`.
    pub form: String,
    /// Subject of the signing certificate, or the issuer's name for an index; empty when unknown.
    pub signer: String,
    /// Time of signing as far as known.
    pub time: Option<OffsetDateTime>,
    /// Whether a time stamp or the register proves it.
    pub time_proven: bool,
    /// What proves it: the earliest proof of existence (best-signature-time of EN 319 102-1).
    pub proof: Option<Proof>,
    /// What is known about revocation of the signer's certificate and of those above it; of a document time-stamp, of the
    /// authority's.
    pub revocation: RevocationReport,
    /// The time-stamps over its value (and over its seal) that hold, each judged as a signature of its own.
    pub time_stamps: Vec<TimeStampReport>,
    /// The PAdES level that it reaches by what the file holds and holds rightly; none of other forms, and none when it does
    /// not hold or its signer is not trusted.
    pub level: Option<Level>,
    /// The state in the words of EN 319 102-1; none for an index and where no certificate was looked at.
    pub indication: Option<Indication>,
    /// Where it stands (field, page, path).
    pub place: String,
}

/// What is known of one time-stamp over a signature or a seal. A document time-stamp is a signature of the file, and has a
/// [`SignatureReport`].
#[derive(Clone, Debug, PartialEq)]
pub struct TimeStampReport {
    /// `signature`, `seal` or `document`.
    pub over: &'static str,
    /// When, as the authority says.
    pub time: OffsetDateTime,
    /// Subject of the authority's certificate.
    pub authority: String,
    /// What is known about revocation of that certificate and of those above it.
    pub revocation: RevocationReport,
    /// Its own state in the words of EN 319 102-1: unless it passed, it proves nothing.
    pub indication: Indication,
}

/// A proof that something existed at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What it is.
    pub kind: ProofKind,
    /// When it existed at the latest.
    pub at: OffsetDateTime,
    /// Who says so: subject of the time-stamp authority; empty for the register.
    pub authority: String,
}

/// What proves a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProofKind {
    /// A time-stamp over the signature value.
    SignatureTimeStamp,
    /// A time-stamp over the document with the signature in it.
    DocumentTimeStamp,
    /// The register keeps the very file since it was issued.
    Register,
}

impl ProofKind {
    /// Its word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            ProofKind::SignatureTimeStamp => "signature-time-stamp",
            ProofKind::DocumentTimeStamp => "document-time-stamp",
            ProofKind::Register => "register",
        }
    }
}

/// What is known about revocation along a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevocationReport {
    /// What missing knowledge means.
    pub mode: RevocationMode,
    /// The worst of all certificates.
    pub state: RevocationState,
    /// Each certificate from the signer's up, the root left out; empty when nobody asked.
    pub certificates: Vec<RevocationKnowledge>,
}

/// What is known about one certificate, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationKnowledge {
    /// Its subject.
    pub subject: String,
    /// What is known.
    pub state: RevocationState,
    /// `crl` or `ocsp`.
    pub evidence: Option<&'static str>,
    /// When the evidence was made.
    pub this_update: Option<OffsetDateTime>,
    /// When it was to be renewed.
    pub next_update: Option<OffsetDateTime>,
}

/// Whether certificates were revoked, from the best to the worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RevocationState {
    /// Not revoked, by usable evidence.
    Good,
    /// Nobody asked, or there was nothing to ask.
    #[default]
    NotChecked,
    /// Nothing usable tells.
    Unknown,
    /// Revoked, but only after the time in question.
    RevokedLater,
    /// Revoked at the time in question.
    Revoked,
}

impl RevocationState {
    /// Its word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            RevocationState::Good => "good",
            RevocationState::NotChecked => "not-checked",
            RevocationState::Unknown => "unknown",
            RevocationState::RevokedLater => "revoked-later",
            RevocationState::Revoked => "revoked",
        }
    }
}

/// What an authenticated license says, as the page and callers may show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// 证照标识.
    pub id: String,
    /// 证照类型代码.
    pub type_code: String,
    /// 证照类型名称, when the catalog or register knows it.
    pub type_name: Option<String>,
    /// 证照编号.
    pub number: String,
    /// 颁发机构代码.
    pub issuer_code: String,
    /// 颁发机构, from the trust list.
    pub issuer_name: String,
    /// 持证主体, as signed (long names are cut in the index and end in U+2026).
    pub holder: String,
    /// Whether the holder is a person, whose name public pages mask.
    pub holder_is_person: bool,
    /// First day of validity.
    pub valid_from: Option<time::Date>,
    /// Last day of validity; none is 长期.
    pub valid_to: Option<time::Date>,
    /// Time of issue.
    pub issued_at: OffsetDateTime,
}

impl Subject {
    /// The holder as a public page may show it: a person's name masked.
    pub fn public_holder(&self) -> String {
        if self.holder_is_person { crate::mask::name(&self.holder) } else { self.holder.clone() }
    }
}

impl Report {
    /// A report whose verdict follows from its checks.
    pub fn new(kind: Kind, integrity: Integrity, at: OffsetDateTime, checks: Vec<Check>) -> Report {
        let verdict = verdict_of(&checks);
        Report { kind, verdict, integrity, at, subject: None, signatures: Vec::new(), checks }
    }

    /// The checks that did not pass.
    pub fn reasons(&self) -> impl Iterator<Item = Reason> + '_ {
        self.checks.iter().filter_map(|check| check.outcome.reason())
    }

    /// The reason to tell a citizen first: of those that decide the verdict, that something was changed since it was
    /// signed, and that this is no license only when there is nothing else to say; otherwise the first.
    pub fn headline(&self) -> Option<Reason> {
        let decisive = match self.verdict {
            Verdict::Passed => return None,
            Verdict::Failed => Effect::Fails,
            Verdict::Indeterminate => Effect::Unclear,
        };
        let deciding = || self.reasons().filter(|reason| reason.effect() == decisive);
        let is_change = |reason: &Reason| SubIndication::of(*reason) == Some(SubIndication::HashFailure);
        let is_said_last = |reason: &Reason| matches!(reason, Reason::RecordMissing | Reason::IndexMissing);
        let changed = deciding().find(is_change);
        changed.or_else(|| deciding().find(|reason| !is_said_last(reason))).or_else(|| deciding().next())
    }
}

/// The worst of all effects; a report without a single passed check is never passed.
pub fn verdict_of(checks: &[Check]) -> Verdict {
    let effects = || checks.iter().filter_map(|check| check.outcome.reason()).map(Reason::effect);
    if effects().any(|effect| effect == Effect::Fails) {
        Verdict::Failed
    } else if effects().any(|effect| effect == Effect::Unclear)
        || !checks.iter().any(|check| check.outcome == Outcome::Passed)
    {
        Verdict::Indeterminate
    } else {
        Verdict::Passed
    }
}

/// Checks as they are made.
#[derive(Debug, Default)]
pub(super) struct Checks {
    list: Vec<Check>,
    about: Option<usize>,
}

impl Checks {
    /// What comes next is about this signature, wherever it finds a fault; or about the file again.
    pub(super) fn about(&mut self, signature: Option<usize>) {
        self.about = signature;
    }

    /// Record a passed check.
    pub(super) fn passed(&mut self, name: &'static str, place: impl Into<String>) {
        self.push(name, Outcome::Passed, place, "");
    }

    /// Record a passed check, and by what it passed.
    pub(super) fn passed_with(&mut self, name: &'static str, place: impl Into<String>, detail: impl Into<String>) {
        self.push(name, Outcome::Passed, place, detail);
    }

    /// Record a failed check.
    pub(super) fn failed(
        &mut self,
        name: &'static str,
        reason: Reason,
        place: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.push(name, Outcome::Failed(reason), place, detail);
    }

    /// Record a check that was not done.
    pub(super) fn not_done(&mut self, name: &'static str, reason: Reason, place: impl Into<String>) {
        self.push(name, Outcome::NotDone(reason), place, "");
    }

    /// Record a check that could not be done, and what was missing.
    pub(super) fn not_possible(&mut self, name: &'static str, reason: Reason, detail: impl Into<String>) {
        self.push(name, Outcome::NotDone(reason), "", detail);
    }

    /// Record a check that was not done, and why not.
    pub(super) fn not_done_because(
        &mut self,
        name: &'static str,
        reason: Reason,
        place: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.push(name, Outcome::NotDone(reason), place, detail);
    }

    /// Record a check for which the file holds nothing to look at.
    pub(super) fn not_applicable(&mut self, name: &'static str, place: impl Into<String>, detail: impl Into<String>) {
        self.push(name, Outcome::NotDone(Reason::CheckNotApplicable), place, detail);
    }

    /// Record a check that could not be done because of what failed before it.
    pub(super) fn not_possible_at(&mut self, name: &'static str, place: impl Into<String>, detail: impl Into<String>) {
        self.push(name, Outcome::NotDone(Reason::CheckNotPossible), place, detail);
    }

    /// Record a check by its result.
    pub(super) fn record(
        &mut self,
        name: &'static str,
        good: bool,
        reason: Reason,
        place: impl Into<String>,
        detail: impl Into<String>,
    ) -> bool {
        if good {
            self.passed(name, place)
        } else {
            self.failed(name, reason, place, detail)
        }
        good
    }

    /// Whether this check passed at this place.
    pub(super) fn has_passed(&self, name: &str, place: &str) -> bool {
        self.list.iter().any(|check| check.name == name && check.place == place && check.outcome == Outcome::Passed)
    }

    /// How many were recorded.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// All of them.
    pub(super) fn into_inner(self) -> Vec<Check> {
        self.list
    }

    fn push(&mut self, name: &'static str, outcome: Outcome, place: impl Into<String>, detail: impl Into<String>) {
        let (place, detail) = (place.into(), detail.into());
        self.list.push(Check { name, outcome, place, detail, signature: self.about });
    }
}
