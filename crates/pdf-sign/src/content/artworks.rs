//! Backgrounds and pictures that many files share, read once: the artwork of a license type, the seal of an issuer.
//!
//! What was read is found again by everything that the reading depends on, compared byte by byte, and what it took of the
//! budget is taken again: a file reads the same whatever was read before it, only sooner.

use std::collections::VecDeque;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::marks::{Mark, MarkKind, Pixels};
use crate::meter::Spent;

/// A bounded memory of what content that many files share paints: pictures, and forms that draw lines and areas alone.
///
/// Give one to all verifications of a process ([`Document::painted_with`](crate::Document::painted_with)). Something gets
/// in when it is met the second time; what was not met for the longest time goes first.
pub struct Artworks {
    kept: Mutex<Kept>,
    room: usize,
}

#[derive(Default)]
struct Kept {
    entries: Vec<Entry>,
    bytes: usize,
    uses: u64,
    /// What was met once, the newest last: photographs of people are met once and never get in.
    glimpsed: VecDeque<u64>,
}

struct Entry {
    numbers: Vec<u64>,
    parts: Vec<Vec<u8>>,
    known: Known,
    bytes: usize,
    used: u64,
}

/// All that a reading depends on: numbers in a fixed order, and the raw bytes of streams.
pub(super) struct Key<'k> {
    pub(super) numbers: Vec<u64>,
    pub(super) parts: Vec<&'k [u8]>,
}

/// What came out of it, and what it took of the budget.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) spent: Spent,
    pub(super) what: What,
}

#[derive(Clone)]
pub(super) enum What {
    Picture(Arc<Pixels>),
    /// The marks of a form and the pieces of their paths.
    Drawing(Arc<[Mark]>, usize),
}

/// Things that are kept, each of which is looked at until the right one is found.
const MOST: usize = 256;
/// Things met once that are remembered as such.
const GLIMPSES: usize = 1024;
/// The largest share of the room that one thing may take.
const SHARE: usize = 4;
/// Enough for the seals and artworks of some dozen issuers.
const USUAL_ROOM: usize = 32 << 20;

impl Artworks {
    /// A memory that takes up about so many bytes at most.
    pub fn new(bytes: usize) -> Artworks {
        Artworks { kept: Mutex::default(), room: bytes }
    }

    /// How many things are remembered, and about how many bytes they take up.
    pub fn size(&self) -> (usize, usize) {
        let kept = self.lock();
        (kept.entries.len(), kept.bytes)
    }

    pub(super) fn find(&self, key: &Key<'_>) -> Option<Known> {
        let mut kept = self.lock();
        kept.uses += 1;
        let now = kept.uses;
        let found = kept.entries.iter_mut().find(|entry| entry.is(key))?;
        found.used = now;
        Some(found.known.clone())
    }

    pub(super) fn keep(&self, key: &Key<'_>, known: Known) {
        let bytes = key.bytes() + known.what.bytes();
        if bytes > self.room / SHARE {
            return;
        }
        let mut kept = self.lock();
        let glimpse = key.glimpse();
        if !kept.glimpsed.contains(&glimpse) {
            if kept.glimpsed.len() == GLIMPSES {
                kept.glimpsed.pop_front();
            }
            kept.glimpsed.push_back(glimpse);
            return;
        }
        // Another thread may have been sooner.
        if kept.entries.iter().any(|entry| entry.is(key)) {
            return;
        }
        while kept.bytes + bytes > self.room || kept.entries.len() >= MOST {
            let Some(oldest) = (0..kept.entries.len()).min_by_key(|at| kept.entries[*at].used) else { return };
            let gone = kept.entries.swap_remove(oldest);
            kept.bytes -= gone.bytes;
        }
        kept.bytes += bytes;
        let used = kept.uses;
        let parts = key.parts.iter().map(|part| part.to_vec()).collect();
        kept.entries.push(Entry { numbers: key.numbers.clone(), parts, known, bytes, used });
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Artworks {
    fn default() -> Artworks {
        Artworks::new(USUAL_ROOM)
    }
}

impl fmt::Debug for Artworks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (things, bytes) = self.size();
        f.debug_struct("Artworks").field("things", &things).field("bytes", &bytes).finish_non_exhaustive()
    }
}

impl Entry {
    fn is(&self, key: &Key<'_>) -> bool {
        self.numbers == key.numbers
            && self.parts.len() == key.parts.len()
            && self.parts.iter().zip(&key.parts).all(|(own, part)| own == part)
    }
}

impl Key<'_> {
    fn bytes(&self) -> usize {
        self.numbers.len() * 8 + self.parts.iter().map(|part| part.len()).sum::<usize>()
    }

    /// Enough to tell, mostly, whether it was met before; never enough to be taken for it.
    fn glimpse(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.numbers.hash(&mut hasher);
        for part in &self.parts {
            let (head, tail) = (part.len().min(256), part.len().saturating_sub(256));
            (part.len(), &part[..head], &part[tail..]).hash(&mut hasher);
        }
        hasher.finish()
    }
}

impl What {
    fn bytes(&self) -> usize {
        match self {
            What::Picture(pixels) => pixels.bytes(),
            What::Drawing(marks, pieces) => {
                let paths = marks.iter().filter(|mark| matches!(mark.kind, MarkKind::Path(_))).count();
                std::mem::size_of_val::<[Mark]>(marks) + pieces * size_of::<super::marks::Piece>() + paths * 40
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn drawing() -> Known {
        Known { spent: Spent::default(), what: What::Drawing(Arc::new([]), 0) }
    }

    fn met(artworks: &Artworks, number: u64, part: &[u8]) -> bool {
        let key = Key { numbers: vec![number], parts: vec![part] };
        let found = artworks.find(&key).is_some();
        if !found {
            artworks.keep(&key, drawing());
        }
        found
    }

    #[test]
    fn met_twice_it_is_known_and_nothing_else_is() {
        let artworks = Artworks::default();
        assert_eq!([1, 2, 3].map(|_| met(&artworks, 7, b"artwork")), [false, false, true]);
        assert!(!met(&artworks, 8, b"artwork") && !met(&artworks, 7, b"Artwork") && !met(&artworks, 7, b"artwork "));
        let more = Key { numbers: vec![7], parts: vec![b"artwork", b""] };
        assert!(artworks.find(&more).is_none());
        assert!(met(&artworks, 7, b"artwork"));
    }

    #[test]
    fn what_looks_alike_at_both_ends_is_told_apart() {
        let artworks = Artworks::default();
        let mut part = vec![0u8; 4096];
        assert!(!met(&artworks, 1, &part) && !met(&artworks, 1, &part) && met(&artworks, 1, &part));
        for at in [256, 2048, 3839] {
            part[at] ^= 1;
            assert!(!met(&artworks, 1, &part), "byte {at}");
            part[at] ^= 1;
        }
    }

    #[test]
    fn it_stays_small_and_keeps_what_is_used() {
        let artworks = Artworks::new(100_000);
        let seal = vec![1; 10_000];
        assert_eq!([0; 2].map(|_| met(&artworks, 1, &seal)), [false; 2]);
        for number in 0..200u64 {
            let other = vec![2; 9_000];
            assert_eq!([0; 3].map(|_| met(&artworks, 1000 + number, &other)), [false, false, true]);
            assert!(met(&artworks, 1, &seal), "used all the time");
            assert!(artworks.size().1 <= 100_000);
        }
        // However small they are.
        for number in 10_000..10_600 {
            assert_eq!([0; 3].map(|_| met(&artworks, number, b"")), [false, false, true]);
        }
        assert!(artworks.size().0 <= MOST);
        // Too large for its share.
        let large = vec![3; 30_000];
        assert!((0..4).all(|_| !met(&artworks, 2, &large)));
    }
}
