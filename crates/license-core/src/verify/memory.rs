//! Remembering which signatures held, of tokens, of certificates and of seals: one costs more than all other checks of a
//! token together.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use pki::path::PathMemory;
use sha2::{Digest as _, Sha256};

use crate::index::Token;

/// A memory of signatures that were checked and held.
///
/// A key names the public key and every byte of what is signed, so nothing else is ever taken for what was checked. That a
/// signature held is all that is remembered: whether its key is trusted, what it may sign, register, dates are asked
/// each time. A memory may forget whenever it likes; it must not say that it knows what it was never told.
pub trait SignatureMemory: Sync {
    /// Whether this signature is known to hold.
    fn knows(&self, signature: &[u8; 32]) -> bool;

    /// This signature was just checked and holds.
    fn learn(&self, signature: [u8; 32]);

    /// Whether one more signature on a certificate may be checked: always, but for the one judgement of a file that is
    /// made to ask for thousands.
    fn may_check(&self) -> bool {
        true
    }
}

/// What one judgement found out itself, before a memory that lasts: signer and seal maker may have one CA above them,
/// whose certificate is checked once.
pub(super) struct Once<'a> {
    lasting: Option<&'a dyn SignatureMemory>,
    found: Mutex<HashSet<[u8; 32]>>,
    checked: AtomicUsize,
}

/// Signatures on certificates that one judgement checks. A file has up to 64 signatures, each with a signer and a seal
/// maker, mostly of a few CAs; a quarter of a second of SM2.
const MOST_CHECKS: usize = 1024;

impl<'a> Once<'a> {
    pub(super) fn new(lasting: Option<&'a dyn SignatureMemory>) -> Once<'a> {
        Once { lasting, found: Mutex::default(), checked: AtomicUsize::new(0) }
    }
}

impl SignatureMemory for Once<'_> {
    fn knows(&self, signature: &[u8; 32]) -> bool {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).contains(signature)
            || self.lasting.is_some_and(|lasting| lasting.knows(signature))
    }

    fn learn(&self, signature: [u8; 32]) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).insert(signature);
        if let Some(lasting) = self.lasting {
            lasting.learn(signature);
        }
    }

    fn may_check(&self) -> bool {
        self.checked.fetch_add(1, Ordering::Relaxed) < MOST_CHECKS
    }
}

/// The same memory for the signatures on certificates: issuers sign with few certificates, of few CAs.
#[derive(Clone, Copy)]
pub(super) struct OfPaths<'a>(pub(super) &'a dyn SignatureMemory);

impl PathMemory for OfPaths<'_> {
    fn knows(&self, signature: &[u8; 32]) -> bool {
        self.0.knows(signature)
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
