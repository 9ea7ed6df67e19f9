//! The font set (字库版本): which files the faces come from, and along which chains they fall back. A license names the set
//! that it was laid out with by one digest.
//!
//! ```text
//! license-font-set 1
//! face 0-10ffff e3b0…b855 ECertSong-Regular      code points it is asked for, SHA-256 of its file, name
//! chain song 0 4 5 6                             family, positions of its faces
//! ```
//!
//! One set has one text, and nothing else is read.

use std::fmt::Write as _;

use super::{Family, FontError};
use crate::id::Digest;
use crate::page::FaceId;

/// The set of records that name none: they were all made with the fonts that shipped before sets had names.
pub const FIRST_FONT_SET: Digest = Digest([
    0xe4, 0x86, 0x8f, 0x92, 0xbb, 0x01, 0xd3, 0x46, 0x01, 0xb8, 0xd2, 0x8e, 0x5e, 0xb6, 0xf0, 0x5a, 0x2c, 0xb3, 0xbc,
    0xe5, 0xa3, 0x64, 0x2f, 0x76, 0x1e, 0x31, 0xdb, 0x26, 0xfb, 0x10, 0xb3, 0xc0,
]);

/// Files and chains of a font library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FontSet {
    faces: Vec<SetFace>,
    chains: [Vec<FaceId>; 4],
    text: String,
    digest: Digest,
}

/// One face of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetFace {
    /// Its name (`ECertKai-Regular`).
    pub name: String,
    /// SHA-256 of its file, packed as it lies among the assets.
    pub digest: Digest,
    /// First and last code point that it is asked for.
    pub range: (u32, u32),
}

impl FontSet {
    pub(super) fn new(faces: Vec<SetFace>, chains: [Vec<FaceId>; 4]) -> Result<FontSet, FontError> {
        let malformed = |reason: &str| FontError::Set { reason: reason.to_owned() };
        if faces.is_empty() || faces.len() > MAX_FACES {
            return Err(malformed("no faces, or too many"));
        }
        if faces.iter().any(|face| face.name.is_empty() || face.name.chars().any(char::is_control)) {
            return Err(malformed("a name that is no line of text"));
        }
        let known = |id: &FaceId| usize::from(id.0) < faces.len();
        if chains.iter().any(|chain| chain.is_empty() || chain.len() > MAX_FACES || !chain.iter().all(known)) {
            return Err(malformed("a chain that leads nowhere"));
        }
        let mut text = format!("{HEAD}\n");
        for SetFace { name, digest, range: (first, last) } in &faces {
            let _ = writeln!(text, "face {first:x}-{last:x} {digest} {name}");
        }
        for (family, chain) in Family::ALL.iter().zip(&chains) {
            let _ = write!(text, "chain {}", family.name());
            for face in chain {
                let _ = write!(text, " {}", face.0);
            }
            text.push('\n');
        }
        let digest = Digest::of(text.as_bytes());
        Ok(FontSet { faces, chains, text, digest })
    }

    /// Reads the text of a set; any other spelling of it is refused.
    pub fn parse(text: &[u8]) -> Result<FontSet, FontError> {
        let malformed = || FontError::Set { reason: "not the text of one".to_owned() };
        let lines = std::str::from_utf8(text).ok().filter(|text| text.len() <= MAX_TEXT).ok_or_else(malformed)?;
        let mut faces = Vec::new();
        let mut chains: [Vec<FaceId>; 4] = Default::default();
        let mut found = 0;
        for line in lines.lines().skip(1) {
            if let Some(face) = line.strip_prefix("face ") {
                faces.push(read_face(face).ok_or_else(malformed)?);
            } else if let Some(chain) = line.strip_prefix("chain ") {
                let mut words = chain.split(' ').skip(1);
                let slot = chains.get_mut(found).ok_or_else(malformed)?;
                found += 1;
                *slot = words
                    .by_ref()
                    .map(|id| id.parse().map(FaceId))
                    .collect::<Result<_, _>>()
                    .map_err(|_| malformed())?;
            }
        }
        // Head, order, families and blanks: one comparison finds them all.
        FontSet::new(faces, chains).ok().filter(|set| set.text.as_bytes() == text).ok_or_else(malformed)
    }

    /// The set as text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text: the name of the set.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Its faces, in the order of their [`FaceId`]s.
    pub fn faces(&self) -> &[SetFace] {
        &self.faces
    }

    pub(super) fn chains(&self) -> &[Vec<FaceId>; 4] {
        &self.chains
    }
}

fn read_face(line: &str) -> Option<SetFace> {
    let (range, rest) = line.split_once(' ')?;
    let (digest, name) = rest.split_once(' ')?;
    let (first, last) = range.split_once('-')?;
    let point = |text| u32::from_str_radix(text, 16).ok();
    Some(SetFace { name: name.to_owned(), digest: digest.parse().ok()?, range: (point(first)?, point(last)?) })
}

const HEAD: &str = "license-font-set 1";
/// As many as [`FaceId`]s are given out.
pub(super) const MAX_FACES: usize = 64;
/// A set of that many faces with long names is smaller.
const MAX_TEXT: usize = 64 << 10;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn set() -> FontSet {
        let face =
            |name: &str| SetFace { name: name.to_owned(), digest: Digest::of(name.as_bytes()), range: (0, 0x10FFFF) };
        let chain = |ids: &[u8]| ids.iter().copied().map(FaceId).collect::<Vec<_>>();
        let chains = [chain(&[0]), chain(&[1, 0]), chain(&[0, 1]), chain(&[1])];
        FontSet::new(vec![face("Song"), face("Own face 2")], chains).unwrap()
    }

    #[test]
    fn a_set_has_one_text() {
        let set = set();
        assert_eq!(FontSet::parse(set.text().as_bytes()).unwrap(), set);
        assert_eq!(set.digest(), Digest::of(set.text().as_bytes()));
        for (from, to) in [
            ("set 1", "set 2"),
            ("0-10ffff", "00-10ffff"),
            ("0-10ffff", "0-10FFFF"),
            ("chain song 0", "chain song 00"),
            ("chain song 0", "chain song 2"),
            ("chain song 0", "chain song"),
            ("chain song ", "chain hei "),
            ("Song", "Song\n"),
            ("face", "fact"),
            ("\nchain hei 1\n", "\n"),
            ("\nchain hei 1\n", "\nchain hei 1"),
            ("\nchain hei 1\n", "\nchain hei 1\nchain hei 1\n"),
        ] {
            assert!(set.text().contains(from), "{from}");
            let other = set.text().replacen(from, to, 1);
            assert!(FontSet::parse(other.as_bytes()).is_err(), "{other}");
        }
        assert!(FontSet::parse(b"").is_err() && FontSet::parse(b"\xff").is_err());
    }
}
