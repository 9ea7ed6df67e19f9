//! Remembering which signatures held, of tokens, of certificates and of seals: one costs more than all other checks of a
//! token together.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use eseal::StampReport;
use pdf_sign::Artworks;
use pki::Certificate;
use pki::cms::SignerInfo;
use pki::path::PathMemory;
use pki::tsp::VerifiedTimeStamp;
use sha2::{Digest as _, Sha256};

use crate::index::Token;
use crate::verify::drawn::Backgrounds;
use crate::verify::reasons::Reason;

/// A memory of signatures that were checked and held.
///
/// A key names the public key and every byte of what is signed, so nothing else is ever taken for what was checked. That a
/// signature held is all that is remembered: whether its key is trusted, what it may sign, register, dates are asked
/// each time. A memory may forget whenever it likes; it must not say that it knows what it was never told.
pub trait SignatureMemory: Sync {
    /// Whether this signature is known to hold.
    fn knows(&self, signature: &[u8; 32]) -> bool;

    /// The same of one that costs so many times as much to check as one by SM2: for the one judgement of a file that
    /// counts what it is asked.
    fn knows_costly(&self, signature: &[u8; 32], _cost: usize) -> bool {
        self.knows(signature)
    }

    /// This signature was just checked and holds.
    fn learn(&self, signature: [u8; 32]);

    /// Whether one more signature on a certificate may be checked: always, but for the one judgement of a file that is
    /// made to ask for thousands.
    fn may_check(&self) -> bool {
        true
    }

    /// Backgrounds and pictures that PDFs share, where those are remembered, too.
    fn artworks(&self) -> Option<&Artworks> {
        None
    }

    /// Backgrounds that were found to be those of their layouts, where those are remembered, too.
    fn backgrounds(&self) -> Option<&Backgrounds> {
        None
    }
}

/// Signatures on certificates that are met while a file is opened. What a lasting memory knows is not checked again; told
/// it is nothing, since nobody is trusted yet.
#[derive(Default)]
pub(super) struct Met<'a> {
    lasting: Option<&'a dyn SignatureMemory>,
    held: RefCell<HashSet<[u8; 32]>>,
    /// Signatures on certificates that were asked for, as multiples of SM2; signatures and time-stamps of the document that
    /// were read, and what they cost.
    asked: Cell<usize>,
    read: Cell<usize>,
    cost: Cell<usize>,
    foreign: bool,
}

/// Signatures on certificates that are looked at while one file is opened, known or not, each counted as often as it costs
/// what SM2 costs: each signature of the file brings few, and mostly the same ones.
const MOST_MET: usize = 512;
/// Signatures and time-stamps of one file that are looked at, and what they may cost: a fifth of a second of SM2.
const MOST_READ: usize = 320;
const MOST_COST: usize = 640;
/// What is said of a signature that was not looked at.
pub(super) const TOO_MUCH: &str = "the signatures of this file ask for more work than is done for one file";
/// The reason of a fault, unless it is only that nobody looked any more.
pub(super) fn reason_of(fault: Option<&str>, reason: Reason) -> Reason {
    if fault == Some(TOO_MUCH) { Reason::InputTooLarge } else { reason }
}

/// What a signature costs whose key cannot be told.
const UNTOLD: usize = 34;

impl<'a> Met<'a> {
    pub(super) fn new(lasting: Option<&'a dyn SignatureMemory>) -> Met<'a> {
        Met { lasting, ..Met::default() }
    }

    /// The same in what can be no license: nobody asks what is loose in the shells of its signatures.
    pub(super) fn in_foreign(self, foreign: bool) -> Met<'a> {
        Met { foreign, ..self }
    }

    /// Whether it is no license.
    pub(super) fn is_foreign(&self) -> bool {
        self.foreign
    }

    /// Whether one more signature of the document may be looked at.
    pub(super) fn may_read_on(&self) -> bool {
        self.read.get() < MOST_READ && self.cost.get() < MOST_COST
    }

    /// A signature of the document, or of a time-stamp over it, is checked with this certificate.
    pub(super) fn checks(&self, certificate: Option<&Certificate>, signer: &SignerInfo) {
        // Without certificate or algorithm there is nothing to check.
        let Some((certificate, algorithm)) = certificate.zip(signer.signature_algorithm.as_ref().ok()) else { return };
        self.pays(certificate.public_key().map_or(1, |key| key.cost(*algorithm)));
    }

    /// The same of a time-stamp that was checked elsewhere.
    pub(super) fn checked(&self, stamp: &StampReport) {
        let verified = stamp.verified.as_ref().ok();
        let key = |stamp: &VerifiedTimeStamp| Some(stamp.signer().public_key().ok()?.cost(stamp.algorithm()));
        self.pays(verified.map_or(UNTOLD, |stamp| key(stamp).unwrap_or(UNTOLD)));
    }

    fn pays(&self, cost: usize) {
        self.cost.set(self.cost.get().saturating_add(cost));
    }

    /// So many more were looked at.
    pub(super) fn read(&self, signatures: usize) {
        self.read.set(self.read.get().saturating_add(signatures));
    }

    /// Whether `upper` has the name and the key by which `lower` is signed.
    pub(super) fn is_signed_by(&self, lower: &Certificate, upper: &Certificate) -> bool {
        let Some(key) = upper.public_key().ok().filter(|_| upper.subject().matches(lower.issuer())) else {
            return false;
        };
        let name = pki::path::signature_name(lower, upper);
        if self.held.borrow().contains(&name) {
            return true;
        }
        let cost = lower.signature_algorithm().map_or(1, |algorithm| key.cost(algorithm));
        self.asked.set(self.asked.get().saturating_add(cost));
        if self.asked.get() > MOST_MET {
            return false;
        }
        let known = self.lasting.is_some_and(|lasting| lasting.knows(&name));
        let holds = known || lower.verify_signed_by(key).is_some_and(|result| result.is_ok());
        if holds {
            self.held.borrow_mut().insert(name);
        }
        holds
    }

    /// What is wrong with a certificate that was not met on the way up; nothing is known of it when no more was looked at.
    pub(super) fn stray(&self, wrong: &'static str) -> &'static str {
        if self.asked.get() > MOST_MET { TOO_MUCH } else { wrong }
    }

    /// What was checked and holds.
    pub(super) fn into_held(self) -> HashSet<[u8; 32]> {
        self.held.into_inner()
    }
}

/// What one judgement found out itself, before a memory that lasts: signer and seal maker may have one CA above them,
/// whose certificate is checked once.
pub(super) struct Once<'a> {
    lasting: Option<&'a dyn SignatureMemory>,
    /// What opening the file has checked already.
    held: Option<&'a HashSet<[u8; 32]>>,
    found: Mutex<HashSet<[u8; 32]>>,
    asked: AtomicUsize,
}

/// Signatures that one judgement asks for, known or not, so that no verdict depends on what is known, each counted as often
/// as it costs what SM2 costs. A file has up to 64 signatures, each with a signer and a seal maker, mostly of a few CAs; a
/// quarter of a second of SM2.
const MOST_ASKED: usize = 1024;

impl<'a> Once<'a> {
    pub(super) fn new(lasting: Option<&'a dyn SignatureMemory>, held: Option<&'a HashSet<[u8; 32]>>) -> Once<'a> {
        Once { lasting, held, found: Mutex::default(), asked: AtomicUsize::new(0) }
    }

    fn found(&self) -> MutexGuard<'_, HashSet<[u8; 32]>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SignatureMemory for Once<'_> {
    fn knows(&self, signature: &[u8; 32]) -> bool {
        self.knows_costly(signature, 1)
    }

    fn knows_costly(&self, signature: &[u8; 32], cost: usize) -> bool {
        if self.found().contains(signature) {
            return true;
        }
        if self.asked.fetch_add(cost, Ordering::Relaxed).saturating_add(cost) > MOST_ASKED {
            return false;
        }
        if self.lasting.is_some_and(|lasting| lasting.knows(signature)) {
            self.found().insert(*signature);
            return true;
        }
        // As if it were checked here and now.
        let held = self.held.is_some_and(|held| held.contains(signature));
        if held {
            self.learn(*signature);
        }
        held
    }

    fn learn(&self, signature: [u8; 32]) {
        self.found().insert(signature);
        if let Some(lasting) = self.lasting {
            lasting.learn(signature);
        }
    }

    fn may_check(&self) -> bool {
        self.asked.load(Ordering::Relaxed) <= MOST_ASKED
    }

    fn backgrounds(&self) -> Option<&Backgrounds> {
        self.lasting?.backgrounds()
    }
}

/// Whoever is trusted came with roots that sign themselves: no path asks for that, opening the next file does.
pub(super) fn remember_roots(enclosed: &[Certificate], memory: Option<&dyn SignatureMemory>) {
    let Some(memory) = memory else { return };
    for root in enclosed.iter().filter(|root| root.is_self_issued()) {
        memory.knows(&pki::path::signature_name(root, root));
    }
}

/// The same memory for the signatures on certificates: issuers sign with few certificates, of few CAs.
#[derive(Clone, Copy)]
pub(super) struct OfPaths<'a>(pub(super) &'a dyn SignatureMemory);

impl PathMemory for OfPaths<'_> {
    fn knows(&self, signature: &[u8; 32]) -> bool {
        self.0.knows(signature)
    }

    fn knows_costly(&self, signature: &[u8; 32], cost: usize) -> bool {
        self.0.knows_costly(signature, cost)
    }

    fn learn(&self, signature: [u8; 32]) {
        self.0.learn(signature);
    }

    fn may_check(&self) -> bool {
        self.0.may_check()
    }
}

/// Whether `key` signed the token, from memory if there is one.
pub(super) fn verify(token: &Token, key: &pki::PublicKey, memory: Option<&dyn SignatureMemory>) -> bool {
    let Some(memory) = memory else { return token.verify(key) };
    let name = name(token, key);
    if memory.knows(&name) {
        return true;
    }
    let holds = token.verify(key);
    if holds {
        memory.learn(name);
    }
    holds
}

/// SHA-256 over the key's SubjectPublicKeyInfo, behind its length, and the whole token with its signature.
fn name(token: &Token, key: &pki::PublicKey) -> [u8; 32] {
    let spki = key.spki_der();
    let mut digest = Sha256::new();
    digest.update((spki.len() as u64).to_be_bytes());
    digest.update(spki);
    digest.update(token.as_bytes());
    digest.finalize().into()
}

#[cfg(test)]
pub(super) mod tests;
