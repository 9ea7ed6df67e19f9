//! A memory as a server has one.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use license_core::verify::{self, Artworks, Backgrounds, Policy, Report, SignatureMemory};

use super::Court;

/// Everything that was ever found to hold, and what pages share. Once closed it learns no more signatures.
#[derive(Default)]
pub struct Memory {
    known: Mutex<HashSet<[u8; 32]>>,
    artworks: Artworks,
    backgrounds: Backgrounds,
    closed: AtomicBool,
}

impl Memory {
    pub fn judge(&self, court: &Court, bytes: &[u8]) -> Report {
        let policy = Policy { memory: Some(self), ..court.policy() };
        verify::judge(&verify::inspect_with(bytes, &court.limits, Some(self)), &court.trust, &policy, court.at)
    }

    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Signatures, artworks and inks of backgrounds.
    pub fn size(&self) -> (usize, usize, usize) {
        (self.known.lock().unwrap().len(), self.artworks.size().0, self.backgrounds.size())
    }
}

impl SignatureMemory for Memory {
    fn knows(&self, signature: &[u8; 32]) -> bool {
        self.known.lock().unwrap().contains(signature)
    }

    fn learn(&self, signature: [u8; 32]) {
        if !self.closed.load(Ordering::Relaxed) {
            self.known.lock().unwrap().insert(signature);
        }
    }

    fn artworks(&self) -> Option<&Artworks> {
        Some(&self.artworks)
    }

    fn backgrounds(&self) -> Option<&Backgrounds> {
        Some(&self.backgrounds)
    }
}
