//! Outlines deflated glyph by glyph, once: a subset's `glyf` table is then put together from finished pieces.
//!
//! Deflating the subsets anew was the largest part of writing a license. A deflate block (RFC 1951) is a string of
//! bits under one code, so when all subsets of a face share one code, trained on the face itself, the bits of a glyph
//! are the same in every file and can be kept. Strings repeated from one glyph to another are lost by that, which
//! costs about a twentieth of the size; the best choice of repetitions within a glyph wins half of it back.
//!
//! The result depends on the face and the glyphs alone, not on what was packed before.

mod bits;
mod code;
mod parse;

use std::ops::Range;
use std::sync::OnceLock;

use ttf_parser::{RawFace, Tag};

use self::bits::{BitString, BitWriter};
use self::code::{Code, Frequencies};
use self::parse::parse;

/// The deflated glyphs of one face.
pub(super) struct GlyphPacker {
    code: Code,
    /// Where each glyph lies in the face's file.
    places: Vec<Range<usize>>,
    packed: Vec<OnceLock<BitString>>,
}

impl GlyphPacker {
    /// Learns the code from glyphs all over the face; nothing when its tables are damaged.
    pub(super) fn new(face: &[u8]) -> Option<GlyphPacker> {
        let places = glyph_places(face)?;
        let drawn: Vec<&[u8]> =
            places.iter().map(|place| &face[place.clone()]).filter(|glyph| !glyph.is_empty()).collect();
        let sample = || drawn.iter().step_by((drawn.len() / SAMPLE).max(1));
        // Which repetitions pay depends on the code, and the code on them: two rounds come close enough.
        let mut code = Code::fixed();
        for _ in 0..2 {
            let mut frequencies = Frequencies::default();
            for glyph in sample() {
                parse(glyph, &code).iter().for_each(|token| frequencies.count(token));
            }
            code = Code::new(&frequencies);
        }
        let packed = places.iter().map(|_| OnceLock::new()).collect();
        Some(GlyphPacker { code, places, packed })
    }

    /// The last block of a deflate stream: the glyphs of a subset, each with the number it has in `face`, then `rest`.
    pub(super) fn block<'a>(
        &self,
        face: &[u8],
        glyphs: impl Iterator<Item = (Option<u16>, &'a [u8])>,
        rest: &[u8],
    ) -> Vec<u8> {
        let mut out = BitWriter::default();
        self.code.write_header(&mut out);
        for (number, bytes) in glyphs {
            match number.and_then(|number| self.kept(face, number, bytes)) {
                Some((kept, padding)) => {
                    out.append(kept);
                    self.write(&mut out, padding);
                }
                None => self.write(&mut out, bytes),
            }
        }
        self.write(&mut out, rest);
        self.code.write_end(&mut out);
        out.finish()
    }

    /// A glyph that went into the subset unchanged, and the padding behind it. Glyphs made of others do change.
    fn kept<'a>(&self, face: &[u8], number: u16, bytes: &'a [u8]) -> Option<(&BitString, &'a [u8])> {
        let own = face.get(self.places.get(usize::from(number))?.clone())?;
        let padding = bytes.strip_prefix(own)?;
        let kept = self.packed.get(usize::from(number))?.get_or_init(|| {
            let mut out = BitWriter::default();
            self.write(&mut out, own);
            out.string()
        });
        Some((kept, padding))
    }

    fn write(&self, out: &mut BitWriter, bytes: &[u8]) {
        for token in parse(bytes, &self.code) {
            self.code.write(out, &token);
        }
    }
}

/// Where the glyphs lie in a TrueType file, by `loca`.
pub(super) fn glyph_places(file: &[u8]) -> Option<Vec<Range<usize>>> {
    let raw = RawFace::parse(file, 0).ok()?;
    let table = |tag: &[u8; 4]| raw.table(Tag::from_bytes(tag));
    let (loca, glyf) = (table(b"loca")?, table(b"glyf")?);
    let start = (glyf.as_ptr() as usize).checked_sub(file.as_ptr() as usize)?;
    let long = table(b"head")?.get(50..52)? != [0, 0];
    let offsets: Vec<usize> = if long {
        loca.chunks_exact(4).map(|at| u32::from_be_bytes([at[0], at[1], at[2], at[3]]) as usize).collect()
    } else {
        loca.chunks_exact(2).map(|at| 2 * usize::from(u16::from_be_bytes([at[0], at[1]]))).collect()
    };
    offsets
        .windows(2)
        .map(|pair| (pair[0] <= pair[1] && pair[1] <= glyf.len()).then(|| start + pair[0]..start + pair[1]))
        .collect()
}

/// Glyphs to learn from.
const SAMPLE: usize = 128;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Read;

    use super::*;

    fn face() -> Vec<u8> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/fonts/ECertKai-Regular.ttf.zst");
        crate::fonts::unpack::unpack("Kai", std::fs::read(path).unwrap().into()).unwrap()
    }

    fn inflated(block: &[u8]) -> Vec<u8> {
        let mut back = Vec::new();
        flate2::read::DeflateDecoder::new(block).read_to_end(&mut back).unwrap();
        back
    }

    #[test]
    fn blocks_inflate_to_the_outlines_whatever_was_packed_before() {
        let face = face();
        let places = glyph_places(&face).unwrap();
        let glyph = |number: u16| &face[places[usize::from(number)].clone()];
        let numbers: Vec<u16> = (0..400u16).map(|at| at * 23).collect();
        let one = GlyphPacker::new(&face).unwrap();
        let other = GlyphPacker::new(&face).unwrap();
        for number in numbers.iter().rev().step_by(3) {
            other.block(&face, [(Some(*number), glyph(*number))].into_iter(), b"");
        }
        let plain = || numbers.iter().map(|&number| (Some(number), glyph(number)));
        let expected: Vec<u8> = plain().flat_map(|(_, bytes)| bytes.to_vec()).chain(*b"\0\0").collect();
        let block = one.block(&face, plain(), b"\0\0");
        assert_eq!(inflated(&block), expected);
        assert_eq!(block, other.block(&face, plain(), b"\0\0"));
        // Padded glyphs, glyphs that changed, glyphs without a number.
        let padded = [glyph(23), b"\0"].concat();
        let glyphs = [(Some(23), &padded[..]), (Some(46), b"changed, changed, changed"), (None, glyph(69))];
        let expected = [&padded[..], b"changed, changed, changed", glyph(69)].concat();
        assert_eq!(inflated(&one.block(&face, glyphs.into_iter(), b"")), expected);
    }

    #[test]
    fn blocks_are_hardly_larger_than_a_general_compressor_makes_them() {
        let face = face();
        let places = glyph_places(&face).unwrap();
        let glyphs: Vec<&[u8]> = places.iter().skip(1000).step_by(70).map(|place| &face[place.clone()]).collect();
        let packer = GlyphPacker::new(&face).unwrap();
        let block = packer.block(&face, glyphs.iter().map(|glyph| (None, *glyph)), b"");
        let mut general = Vec::new();
        flate2::read::DeflateEncoder::new(&glyphs.concat()[..], flate2::Compression::new(6))
            .read_to_end(&mut general)
            .unwrap();
        println!("{} glyphs: {} bytes by glyph, {} together", glyphs.len(), block.len(), general.len());
        assert!(block.len() * 100 < general.len() * 110);
    }

    #[test]
    fn damaged_tables_are_refused() {
        assert!(GlyphPacker::new(b"").is_none());
        let face = face();
        assert!(GlyphPacker::new(&face[..face.len() / 2]).is_none());
    }
}
