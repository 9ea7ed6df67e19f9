//! All that is known to answer for certificates: what the caller brought along, what lies in the file, what a source
//! fetches; and since when each piece is proven to exist (EN 319 102-1 5.6.2). Nobody is believed for being here: each
//! list, answer and certificate is verified where it is used.
//!
//! | file | what it holds |
//! |---|---|
//! | `rules` | soft or hard, age, grace, algorithms that no longer count |
//! | `stamps` | time-stamps: whether one proves its time, and the chain of those over a PDF |
//! | `of_use` | what of a file's store helps anybody |
//! | `findings` | what a path shows about revocation, in the words of the report |
//! | `level` | which PAdES level a signature reaches by what the file holds |
//!
//! How states and sub-indications of the standard are told: `docs/conformance/en319102.md`.

mod findings;
mod level;
mod of_use;
mod rules;
mod stamps;

pub(super) use findings::{note_revocation, report};
use level::Archived;
pub(super) use level::Rated;
use of_use::Checked;
pub(super) use of_use::{Reach, is_respelled};
pub use rules::{RevocationMode, RevocationRules, Sunset, Weak};
pub(super) use stamps::{DocumentStamp, Role};

use pki::cms::CmsRevocation;
use pki::ocsp::OcspResponse;
use pki::path::{
    Evidence as PathEvidence, Existence, MissingRevocation, PathError, PathRequest, Purpose, RevocationPolicy, Source,
    TrustedPath,
};
use pki::{Certificate, Crl, DigestAlgorithm, Instant, KeyKind, SignatureAlgorithm};
use time::OffsetDateTime;

use super::memory::OfPaths;
use super::policy::Policy;
use super::report::Proof;
use super::standing::Claim;
use crate::record::Record;
use crate::trust::{About, Moment, Purpose as Vouch, TrustList, USAGES_OF_OTHERS};

/// How far clocks may be apart.
pub(super) const CLOCK_SKEW: time::Duration = time::Duration::minutes(5);

/// An item of a security store (PAdES DSS), opened.
#[derive(Clone, Debug)]
pub(super) enum Stored {
    Certificate(Certificate),
    Crl(Crl),
    Ocsp(OcspResponse),
    Unreadable,
}

/// The times of one question.
#[derive(Clone, Copy, Debug)]
pub(super) struct When {
    /// As of when certificates must be good.
    at: OffsetDateTime,
    /// When it was signed, as the signer says: who was to be trusted then. A root that the list has let go since is asked
    /// about what it vouched for before, and a key that was replaced about what it signed while it was in use.
    signed: OffsetDateTime,
    /// When it was there at the latest, as something other than the signer shows.
    existed: Option<OffsetDateTime>,
}

impl When {
    /// At the time that the signer names.
    pub(super) const fn claimed(at: OffsetDateTime) -> When {
        When { at, signed: at, existed: None }
    }

    /// Signed at one time, as the signer says, and proven to have existed at another.
    pub(super) fn proven(claimed: OffsetDateTime, at: OffsetDateTime) -> When {
        // Whoever names no time, or a wrong one, did not sign later than it was there.
        When { at, signed: claimed.min(at), existed: Some(at) }
    }

    /// Signed at one time, and still good at another.
    const fn until(signed: OffsetDateTime, at: OffsetDateTime) -> When {
        When { at, signed, existed: None }
    }

    /// The same, known to have existed at that time.
    pub(super) fn known(self, existed: Option<OffsetDateTime>) -> When {
        When { existed, ..self }
    }
}

/// Since when a list or an answer is known.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// The revision of the PDF that brought it; none for what came from outside.
    revision: Option<usize>,
    /// The earliest time at which it is proven to have existed.
    since: OffsetDateTime,
}

/// What there is to judge certificates by.
pub(super) struct Evidence<'a> {
    pub(super) trust: &'a TrustList,
    pub(super) policy: &'a Policy<'a>,
    /// The instant of the question.
    pub(super) now: OffsetDateTime,
    /// Issuer and type of the license that the file presents itself as.
    license: Option<(String, String)>,
    /// Nothing but what the file brings answers for certificates.
    alone: bool,
    /// From the file, with the revisions that brought them.
    certificates: Vec<Certificate>,
    certificates_from: Vec<usize>,
    crls: Vec<Crl>,
    crls_known: Vec<Known>,
    ocsp: Vec<OcspResponse>,
    ocsp_known: Vec<Known>,
    /// Document time-stamps that prove their times: the revision that each covers last, oldest first.
    archive: Vec<(usize, Proof)>,
    archived: Vec<Archived>,
    /// Signatures checked to tell what of the file is of use.
    checked: Checked,
}

impl<'a> Evidence<'a> {
    /// What the caller knows.
    pub(super) fn new(trust: &'a TrustList, policy: &'a Policy<'a>, now: OffsetDateTime) -> Evidence<'a> {
        let mut evidence = Evidence {
            trust,
            policy,
            now,
            license: None,
            alone: false,
            certificates: Vec::new(),
            certificates_from: Vec::new(),
            crls: Vec::new(),
            crls_known: Vec::new(),
            ocsp: Vec::new(),
            ocsp_known: Vec::new(),
            archive: Vec::new(),
            archived: Vec::new(),
            checked: Checked::default(),
        };
        policy.crls.iter().for_each(|crl| evidence.add_crl(crl.clone(), None));
        policy.ocsp.iter().for_each(|response| evidence.add_ocsp(response.clone(), None));
        evidence
    }

    /// The license that all of it is about; without one, it is about whoever signed.
    pub(super) fn about_license(mut self, record: Option<&Record>) -> Evidence<'a> {
        self.license =
            record.map(|record| (record.issuer_code().to_owned(), record.id().type_code().as_str().to_owned()));
        self
    }

    /// What a path is asked for: a signature in this file, made at that time by whoever holds `signer`.
    pub(super) fn claim<'s>(
        &'s self,
        purpose: Vouch,
        signer: &'s Certificate,
        When { signed, existed, .. }: When,
    ) -> Claim<'s> {
        let about = match &self.license {
            Some((issuer, license_type)) => About::license(issuer, license_type),
            None => About::signed_by(signer),
        };
        Claim { purpose, about, moment: Moment { signed, existed, asked: self.now } }
    }

    /// A certificate that this revision of the file carries beside its signatures.
    fn add_certificate(&mut self, certificate: Certificate, revision: usize) {
        self.certificates.push(certificate);
        self.certificates_from.push(revision);
    }

    /// A list from this revision of the file.
    pub(super) fn add_crl(&mut self, crl: Crl, revision: Option<usize>) {
        self.crls.push(crl);
        self.crls_known.push(Known { revision, since: self.now });
    }

    /// An answer from this revision of the file.
    pub(super) fn add_ocsp(&mut self, response: OcspResponse, revision: Option<usize>) {
        self.ocsp.push(response);
        self.ocsp_known.push(Known { revision, since: self.now });
    }

    /// An item of the file's store, from this revision.
    pub(super) fn add_stored(&mut self, item: &Stored, revision: usize) {
        match item {
            Stored::Certificate(certificate) => self.add_certificate(certificate.clone(), revision),
            Stored::Crl(crl) => self.add_crl(crl.clone(), Some(revision)),
            Stored::Ocsp(response) => self.add_ocsp(response.clone(), Some(revision)),
            Stored::Unreadable => {}
        }
    }

    /// Whether the file brings more than is looked at to tell what of it is of use.
    pub(super) fn is_over(&self) -> bool {
        self.checked.is_over()
    }

    /// What came inside a CMS.
    pub(super) fn add(&mut self, found: &CmsRevocation, revision: Option<usize>) {
        found.crls.iter().for_each(|crl| self.add_crl(crl.clone(), revision));
        found.ocsp.iter().for_each(|response| self.add_ocsp(response.clone(), revision));
    }

    /// Everything up to this revision existed at that time.
    fn prove(&mut self, revision: usize, proof: Proof) {
        let known = self.crls_known.iter_mut().chain(&mut self.ocsp_known);
        for known in known.filter(|known| known.revision.is_some_and(|brought| brought <= revision)) {
            known.since = known.since.min(proof.at);
        }
        self.archive.push((revision, proof));
    }

    /// The earliest proof that what was complete with this revision existed.
    pub(super) fn proof_of(&self, revision: usize) -> Option<&Proof> {
        let over = self.archive.iter().filter(|(covered, _)| *covered >= revision);
        over.map(|(_, proof)| proof).min_by_key(|proof| proof.at)
    }

    /// Whether the document time-stamp over exactly this revision proves its time.
    pub(super) fn archives(&self, revision: usize) -> bool {
        self.archive.iter().any(|(covered, _)| *covered == revision)
    }

    pub(super) fn mode(&self) -> RevocationMode {
        self.policy.revocation.mode
    }

    /// Whether there is anything to learn about revocation.
    pub(super) fn asks(&self) -> bool {
        let source = self.policy.source.is_some();
        (self.alone || self.mode() != RevocationMode::Off) && (!self.crls.is_empty() || !self.ocsp.is_empty() || source)
    }

    /// The path to a root that may vouch for what is claimed; failing that, to one that may vouch for something else, so
    /// that the reason can be told. Missing knowledge about revocation is told by the path, not refused here.
    pub(super) fn walk(
        &self,
        certificate: &Certificate,
        enclosed: &[Certificate],
        when: When,
        claim: &Claim<'_>,
    ) -> Result<TrustedPath, PathError> {
        let all = self.trust.anchors_for(claim.purpose, claim.moment.signed);
        let fit = self.trust.anchors_about(claim.purpose, &claim.about, &claim.moment);
        match self.walk_to(&fit, certificate, enclosed, (when, claim.purpose)) {
            Err(_) if fit.len() < all.len() => self.walk_to(&all, certificate, enclosed, (when, claim.purpose)),
            path => path,
        }
    }

    fn walk_to(
        &self,
        anchors: &[Certificate],
        certificate: &Certificate,
        enclosed: &[Certificate],
        (when, vouch): (When, Vouch),
    ) -> Result<TrustedPath, PathError> {
        let When { at, existed, .. } = when;
        let mut between = enclosed.to_vec();
        if !self.alone {
            between.extend_from_slice(&self.trust.authorities);
            between.extend_from_slice(self.policy.intermediates);
        }
        between.extend_from_slice(&self.certificates);
        let purpose = match vouch {
            Vouch::DocumentSigning => Purpose::DocumentSigning,
            Vouch::SealMaking => Purpose::SealMaking,
            Vouch::TimeStamping => Purpose::TimeStamping,
        };
        let memory = self.policy.memory.map(OfPaths);
        let mut request = PathRequest::new(certificate, anchors, at, purpose).with_intermediates(&between);
        if self.asks() {
            request = request.with_revocation(RevocationPolicy::Evidence(self.of_revocation(at, existed.is_some())));
        }
        if vouch == Vouch::DocumentSigning && self.license.is_none() && self.trust.issuer_of(certificate).is_none() {
            request = request.with_accepted_usages(self.policy.usages.unwrap_or(&USAGES_OF_OTHERS));
        }
        if let Some(source) = self.source() {
            request = request.with_source(source);
        }
        if let Some(memory) = &memory {
            request = request.with_memory(memory);
        }
        pki::path::validate(&request)
    }

    fn of_revocation(&self, at: OffsetDateTime, proven: bool) -> PathEvidence<'_> {
        let rules = if self.alone { RevocationRules::default() } else { self.policy.revocation };
        let mut evidence = PathEvidence::new(MissingRevocation::Tolerate)
            .with_crls(&self.crls)
            .with_ocsp(&self.ocsp)
            .with_existence(self)
            .known_at(self.policy.present(self.now))
            .with_skew(CLOCK_SKEW);
        if let Some(age) = rules.max_age {
            evidence = evidence.with_max_age(age);
        }
        if let Some(earliest) = rules.grace.filter(|_| proven).and_then(|grace| at.checked_add(grace)) {
            evidence = evidence.issued_after(earliest);
        }
        match self.source() {
            Some(source) => evidence.with_source(source),
            None => evidence,
        }
    }

    fn source(&self) -> Option<&'a dyn Source> {
        self.policy.source.filter(|_| !self.alone)
    }

    /// The algorithm by which a signature, or a certificate above it, proves nothing at the time of which it is known to
    /// have existed.
    pub(super) fn weakness(
        &self,
        algorithm: Option<SignatureAlgorithm>,
        path: &TrustedPath,
        existed: OffsetDateTime,
    ) -> Option<String> {
        if self.policy.sunsets.is_empty() {
            return None;
        }
        let key = |certificate: &Certificate| certificate.public_key().ok().map(pki::PublicKey::kind);
        let own = self.weak(key(path.leaf()), algorithm.map(rules::digest_of), existed);
        own.or_else(|| {
            path.certificates().find_map(|(certificate, _)| {
                let digest = certificate.signature_algorithm().ok().map(rules::digest_of);
                self.weak(key(certificate), digest, existed)
            })
        })
    }

    fn weak(&self, key: Option<KeyKind>, digest: Option<DigestAlgorithm>, at: OffsetDateTime) -> Option<String> {
        let sunset = self.policy.sunsets.iter().find(|sunset| sunset.forbids(key, digest, at))?;
        Some(format!("{} is not relied on since {}", sunset.what, Instant(sunset.from)))
    }
}

impl Existence for Evidence<'_> {
    fn of_crl(&self, crl: &Crl) -> OffsetDateTime {
        earliest(&self.crls, &self.crls_known, crl, self.now)
    }

    fn of_ocsp(&self, response: &OcspResponse) -> OffsetDateTime {
        earliest(&self.ocsp, &self.ocsp_known, response, self.now)
    }
}

fn earliest<T: PartialEq>(items: &[T], known: &[Known], item: &T, now: OffsetDateTime) -> OffsetDateTime {
    let same = items.iter().zip(known).filter(|(found, _)| *found == item);
    same.map(|(_, known)| known.since).min().unwrap_or(now)
}
