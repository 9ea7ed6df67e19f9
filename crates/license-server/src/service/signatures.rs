//! Signatures of indexes, certificates and seals that were checked and held: the same codes are scanned again and again,
//! and files come from few issuers.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use license_core::verify::{Artworks, Backgrounds, SignatureMemory};

/// Parts with a lock of their own, so that event loops seldom meet.
const SHARDS: usize = 16;
/// Signatures in a part; a full one forgets them all and learns anew. 32 bytes each, 2 MB and some in all.
const KEPT: usize = 4096;

/// A bounded memory. Only signatures by keys of the trust list, or on certificates under its roots, get in: nobody fills
/// it with inventions.
#[derive(Default)]
pub(super) struct Signatures {
    known: [Mutex<HashSet<[u8; 32]>>; SHARDS],
    artworks: Artworks,
    backgrounds: Backgrounds,
}

impl Signatures {
    fn shard(&self, signature: &[u8; 32]) -> MutexGuard<'_, HashSet<[u8; 32]>> {
        // Digests are spread evenly.
        self.known[usize::from(signature[0]) % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SignatureMemory for Signatures {
    fn knows(&self, signature: &[u8; 32]) -> bool {
        self.shard(signature).contains(signature)
    }

    fn learn(&self, signature: [u8; 32]) {
        let mut shard = self.shard(&signature);
        if shard.len() >= KEPT {
            shard.clear();
        }
        shard.insert(signature);
    }

    fn artworks(&self) -> Option<&Artworks> {
        Some(&self.artworks)
    }

    fn backgrounds(&self) -> Option<&Backgrounds> {
        Some(&self.backgrounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: u32) -> [u8; 32] {
        let mut name = [7; 32];
        name[0] = number as u8;
        name[28..].copy_from_slice(&number.to_be_bytes());
        name
    }

    #[test]
    fn it_knows_what_it_learned_and_stays_small() {
        let memory = Signatures::default();
        assert!(!memory.knows(&name(1)));
        memory.learn(name(1));
        assert!(memory.knows(&name(1)) && !memory.knows(&name(2)));
        for number in 0..200_000 {
            memory.learn(name(number));
            assert!(memory.knows(&name(number)));
        }
        let kept: usize = memory.known.iter().map(|shard| shard.lock().map_or(0, |shard| shard.len())).sum();
        assert!((1..=SHARDS * KEPT).contains(&kept), "{kept}");
    }
}
