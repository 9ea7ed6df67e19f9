//! Backgrounds that were followed before: all licenses of a type have the same, and following it takes more than all other
//! checks together.
//!
//! A name stands for everything that the comparison depends on, on both sides, so nothing else is ever taken for what was
//! compared. What was compared before takes as much of the measure as it took then: no verdict depends on what is known.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

use super::shapes::Kind;
use super::{Mark, Path, Shape};
use crate::length::Point;
use crate::page::{Page, Segment};

/// A bounded memory of backgrounds that were found to be those of their layouts. Give one to all verifications of a
/// process, by [`SignatureMemory::backgrounds`](crate::verify::SignatureMemory::backgrounds).
#[derive(Default)]
pub struct Backgrounds {
    /// What comparing each took.
    kept: Mutex<HashMap<[u8; 32], usize>>,
}

/// Segments that are worth a place.
const MANY: usize = 200;
/// About so many bytes are named in one judgement: an ink of a background has some hundred thousand, but pages may show
/// one template, and the longest of paths in it, ten thousand times.
const MOST_TOLD: usize = 8 << 20;
/// Inks of backgrounds; a page has a dozen. When there are more, all are forgotten and learned anew.
const MOST: usize = 4096;

impl Backgrounds {
    /// How many inks of backgrounds are remembered.
    pub fn size(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], usize>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what one judgement found.
    pub(in crate::verify) fn learn(&self, found: &[Followed]) {
        let mut kept = self.lock();
        for Followed { name, took } in found {
            if kept.len() >= MOST {
                kept.clear();
            }
            kept.insert(name.0, *took);
        }
    }
}

impl std::fmt::Debug for Backgrounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Backgrounds").field("size", &self.size()).finish_non_exhaustive()
    }
}

/// Everything that comparing one ink of a background depends on.
#[derive(Debug)]
pub(super) struct Name([u8; 32]);

/// An ink of a background that was found to run as it should, and what finding that took.
#[derive(Debug)]
pub(in crate::verify) struct Followed {
    name: Name,
    took: usize,
}

/// What is known of backgrounds, and what one judgement finds.
pub(in crate::verify) struct Known<'a> {
    memory: Option<&'a Backgrounds>,
    found: Vec<Followed>,
    /// Bytes that were named in this judgement.
    told: usize,
}

impl<'a> Known<'a> {
    pub(in crate::verify) fn new(memory: Option<&'a Backgrounds>) -> Known<'a> {
        Known { memory, found: Vec::new(), told: 0 }
    }

    /// What is to be learned, once it is clear that the file is not a stranger's.
    pub(in crate::verify) fn into_found(self) -> Vec<Followed> {
        self.found
    }

    /// The name of what lies on a page in one ink; nothing when there is no memory, it is not worth a place in it, or
    /// naming it takes long, which no measure counts.
    pub(super) fn name(&mut self, kind: &Kind<'_>, page: &Page, found: &[(&Mark, &Shape)]) -> Option<Name> {
        self.memory?;
        let own = &kind.paths[kind.art..];
        // 样张 is the same on all pages of a size; frames and rules of one license are few lines, and its own.
        if kind.art == 0 && own.iter().map(|path| path.len()).sum::<usize>() < MANY {
            return None;
        }
        let told = found.iter().fold(self.told, |told, (_, shape)| told.saturating_add(shape.told_bytes()));
        if told > MOST_TOLD {
            return None;
        }
        self.told = told;
        let mut hasher = Sha256::new_with_prefix("background of a license");
        for length in [page.size.width, page.size.height] {
            hasher.update(length.um().to_be_bytes());
        }
        hasher.update((kind.art as u64).to_be_bytes());
        hasher.update(page.background.as_ref().map(|art| art.digest).unwrap_or_default());
        kind.stroke.tell(&mut |bytes| hasher.update(bytes));
        hasher.update((own.len() as u64).to_be_bytes());
        own.iter().for_each(|path| tell_path(path, &mut hasher));
        for (mark, shape) in found {
            let clip = mark.clip;
            for side in [clip.left, clip.top, clip.right, clip.bottom] {
                hasher.update(side.to_be_bytes());
            }
            match &shape.path {
                Path::Ofd(path) => {
                    hasher.update([0]);
                    path.tell_course(&mut |bytes| hasher.update(bytes));
                }
                Path::Pdf(path, height) => {
                    hasher.update([1]);
                    hasher.update(height.to_be_bytes());
                    path.tell_course(&mut |bytes| hasher.update(bytes));
                }
            }
        }
        Some(Name(hasher.finalize().into()))
    }

    /// What comparing it took, if it was found the same before.
    pub(super) fn cost(&self, name: &Name) -> Option<usize> {
        self.memory?.lock().get(&name.0).copied()
    }

    /// It was just found the same, and took this much.
    pub(super) fn found(&mut self, name: Name, took: usize) {
        self.found.push(Followed { name, took });
    }
}

fn tell_path(path: &[Segment], hasher: &mut Sha256) {
    hasher.update((path.len() as u64).to_be_bytes());
    let mut tell = |kind: u8, points: &[Point]| {
        hasher.update([kind]);
        for point in points {
            hasher.update(point.x.um().to_be_bytes());
            hasher.update(point.y.um().to_be_bytes());
        }
    };
    for segment in path {
        match *segment {
            Segment::Move(to) => tell(0, &[to]),
            Segment::Line(to) => tell(1, &[to]),
            Segment::Cubic(first, second, to) => tell(2, &[first, second, to]),
            Segment::Close => tell(3, &[]),
        }
    }
}
