//! The library: which faces there are, which chain a family falls back along, which are unpacked yet.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::cut::Cut;
use super::set::MAX_FACES;
use super::slot::{Slot, Source};
use super::{Face, FaceId, Family, FontError, FontSet, SetFace};
use crate::assets::Assets;
use crate::id::Digest;
use crate::render::cache::Cache;

/// A font that a department adds; it stands at the end of every chain.
#[derive(Clone)]
pub struct ExtraFont {
    /// Name for messages and for the embedded subset.
    pub name: String,
    /// A TrueType file, plain or as a zstd frame.
    pub data: Arc<[u8]>,
}

/// All faces of an installation. Share it through an [`Arc`]: lookups take no lock once a face is unpacked.
pub struct FontLibrary {
    slots: Vec<Arc<Slot>>,
    chains: [Vec<FaceId>; 4],
    song: FaceId,
    /// Told when first asked for: that takes the digests of all files.
    set: OnceLock<Result<FontSet, FontError>>,
    /// The last few cuts: both files of a license embed the same ones.
    cuts: Cache<(FaceId, Vec<u16>), Cut>,
}

impl FontLibrary {
    /// Looks which fonts there are; the everyday ones must be among the assets, fallback ones may be left out.
    pub fn new(assets: Arc<dyn Assets>) -> Result<FontLibrary, FontError> {
        FontLibrary::with_extra(assets, Vec::new())
    }

    /// As [`FontLibrary::new`], with a department's own fonts behind the fallback chains. They are checked at once.
    pub fn with_extra(assets: Arc<dyn Assets>, extra: Vec<ExtraFont>) -> Result<FontLibrary, FontError> {
        let present = assets.list("fonts");
        let mut slots = Vec::new();
        let mut ids = [None; SHIPPED.len()];
        for (shipped, id) in SHIPPED.iter().zip(&mut ids) {
            let file = format!("{}.ttf.zst", shipped.name);
            let path = format!("fonts/{file}");
            if !present.contains(&file) {
                if shipped.needed {
                    return Err(FontError::Missing { path });
                }
                continue;
            }
            *id = Some(FaceId(slots.len() as u8));
            slots.push(Arc::new(Slot::new(shipped.name, shipped.range, Source::Assets(Arc::clone(&assets), path))));
        }
        let first_extra = slots.len();
        if first_extra + extra.len() > MAX_FACES {
            return Err(FontError::TooMany { limit: MAX_FACES });
        }
        for font in extra {
            let slot = Slot::new(&font.name, EVERYTHING, Source::Extra(font.data));
            if let Err(error) = slot.face() {
                return Err(error.clone());
            }
            slots.push(Arc::new(slot));
        }
        let extra_ids = (first_extra..slots.len()).map(|at| FaceId(at as u8));
        let chains = Family::ALL.map(|family| {
            let shipped = chain(family).iter().filter_map(|&at| ids[at]);
            shipped.chain(extra_ids.clone()).collect()
        });
        FontLibrary::over(slots, chains, FaceId(0), OnceLock::new())
    }

    /// The library of a set as it once was. Faces that a library at hand has are shared with it; the files of the others
    /// are read from `files` by digest (`fonts/<digest>`) when a character first needs them, and held against it.
    pub fn of_set(set: FontSet, known: &[Arc<FontLibrary>], files: &Arc<dyn Assets>) -> Result<FontLibrary, FontError> {
        let slot = |face: &SetFace| {
            let mut known = known.iter().flat_map(|library| &library.slots);
            let shared = known.find(|slot| slot.is(face)).map(Arc::clone);
            shared.unwrap_or_else(|| {
                let source = Source::Assets(Arc::clone(files), format!("fonts/{}", face.digest));
                Arc::new(Slot::of(face, source))
            })
        };
        let slots = set.faces().iter().map(slot).collect();
        let chains = set.chains().clone();
        let song = chains[Family::Song as usize].first().copied().unwrap_or(FaceId(0));
        FontLibrary::over(slots, chains, song, OnceLock::from(Ok(set)))
    }

    /// A library whose first face can be read.
    fn over(
        slots: Vec<Arc<Slot>>,
        chains: [Vec<FaceId>; 4],
        song: FaceId,
        set: OnceLock<Result<FontSet, FontError>>,
    ) -> Result<FontLibrary, FontError> {
        let library = FontLibrary { slots, chains, song, set, cuts: Cache::new(KEPT_CUTS) };
        match library.slots.first().map(|slot| slot.face()) {
            Some(Err(error)) => Err(error.clone()),
            Some(Ok(_)) => Ok(library),
            None => Err(FontError::Set { reason: "no faces".to_owned() }),
        }
    }

    /// Files and chains by name: what a license names that is laid out with this library.
    pub fn set(&self) -> Result<&FontSet, FontError> {
        let make = || {
            let faces = self.slots.iter().map(|slot| slot.described()).collect::<Result<_, _>>()?;
            FontSet::new(faces, self.chains.clone())
        };
        self.set.get_or_init(make).as_ref().map_err(Clone::clone)
    }

    /// The file of a face by its digest, packed as it lies among the assets. `None` when there is none of this digest, or
    /// no longer.
    pub fn file(&self, digest: &Digest) -> Option<Cow<'static, [u8]>> {
        let slot = self.slots.iter().find(|slot| slot.digest().as_ref() == Some(digest))?;
        slot.read().ok()
    }

    /// The first face of the family's chain that has the character, and its glyph there.
    pub fn lookup(&self, family: Family, char: char) -> Option<(FaceId, u16)> {
        if family == Family::Kai
            && set_in_song(char)
            && let Some(glyph) = self.face(self.song).glyph(char)
        {
            return Some((self.song, glyph));
        }
        self.chains[family as usize].iter().find_map(|&id| {
            let slot = &self.slots[usize::from(id.0)];
            let (first, last) = slot.range;
            if !(first..=last).contains(&(char as u32)) {
                return None;
            }
            let glyph = slot.face().as_ref().ok()?.glyph(char)?;
            Some((id, glyph))
        })
    }

    /// As [`FontLibrary::lookup`], with an error that names code point and block.
    pub fn glyph(&self, family: Family, char: char) -> Result<(FaceId, u16), FontError> {
        self.lookup(family, char).ok_or(FontError::Unmapped { char })
    }

    /// Whether any face has the character.
    pub fn covers(&self, char: char) -> bool {
        self.lookup(Family::Song, char).is_some() || self.lookup(Family::Kai, char).is_some()
    }

    /// The face that leads a family: its metrics place the baseline.
    pub fn lead(&self, family: Family) -> &Face {
        self.face(self.chains[family as usize].first().copied().unwrap_or(self.song))
    }

    /// A face by its number. Unknown numbers, which no library of this process gave out, get the Song face.
    pub fn face(&self, id: FaceId) -> &Face {
        let slot = self.slots.get(usize::from(id.0)).unwrap_or(&self.slots[0]);
        match slot.face() {
            Ok(face) => face,
            // The Song face was unpacked when the library was made.
            Err(_) => self.slots[0].face().as_ref().expect("Song was unpacked when the library was made"),
        }
    }

    /// A face cut down to glyphs, which are sorted by number and may be doubled, its outlines packed.
    pub(crate) fn cut(&self, id: FaceId, glyphs: Vec<u16>) -> Result<Arc<Cut>, FontError> {
        let key = (id, glyphs);
        self.cuts.get_or_make(&key, || Cut::new(self.face(id), &key.1, true))
    }

    /// Names of all faces, and whether each is unpacked, in the order of their [`FaceId`]s.
    pub fn faces(&self) -> impl Iterator<Item = (FaceId, &str, bool)> {
        self.slots
            .iter()
            .enumerate()
            .map(|(at, slot)| (FaceId(at as u8), slot.name.as_str(), slot.face.get().is_some()))
    }

    /// Faces that turned out not to unpack; their characters are looked for further down the chain.
    pub fn damaged(&self) -> Vec<FontError> {
        self.slots.iter().filter_map(|slot| slot.face.get()?.as_ref().err().cloned()).collect()
    }
}

impl std::fmt::Debug for FontLibrary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.faces()).finish()
    }
}

/// Kai's Latin looks handwritten and its quotation marks are narrow: numbers, codes and quotes are set in Song.
/// The middle dot of minority names stays in Kai.
fn set_in_song(char: char) -> bool {
    matches!(char, '\0'..='\u{B6}' | '\u{B8}'..='\u{24F}' | '‘' | '’' | '“' | '”')
}

struct Shipped {
    name: &'static str,
    needed: bool,
    range: (u32, u32),
}

const EVERYTHING: (u32, u32) = (0, 0x10FFFF);
const PLANES_2_AND_3: (u32, u32) = (0x20000, 0x3FFFF);
/// Some for each thread that issues; each takes up to a hundred kilobytes.
const KEPT_CUTS: usize = 24;

const SHIPPED: [Shipped; 7] = [
    Shipped { name: "ECertSong-Regular", needed: true, range: EVERYTHING },
    Shipped { name: "ECertSong-Bold", needed: true, range: EVERYTHING },
    Shipped { name: "ECertKai-Regular", needed: true, range: EVERYTHING },
    Shipped { name: "ECertHei-Regular", needed: true, range: EVERYTHING },
    Shipped { name: "ECertSongSupp-Regular", needed: false, range: EVERYTHING },
    Shipped { name: "ECertRareBF-Regular", needed: false, range: PLANES_2_AND_3 },
    Shipped { name: "ECertRareGH-Regular", needed: false, range: PLANES_2_AND_3 },
];

/// Positions in [`SHIPPED`] along which a family falls back.
fn chain(family: Family) -> &'static [usize] {
    match family {
        Family::Song => &[0, 4, 5, 6],
        Family::SongBold => &[1, 4, 5, 6],
        Family::Kai => &[2, 0, 4, 5, 6],
        Family::Hei => &[3, 0, 4, 5, 6],
    }
}
