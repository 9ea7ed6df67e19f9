//! What following an outline takes, told before it is followed: ttf-parser goes 32 composites deep, and what it would
//! come to may double on each level.

use std::collections::HashMap;

use super::glyphs::Tables;

/// Parts of one composite; those of CJK fonts have a handful.
pub(super) const MOST_PARTS: usize = 64;
/// Composites inside composites; fonts hardly ever have two levels.
pub(super) const MOST_DEPTH: usize = 8;
/// Points and parts of one glyph, all levels together; the densest characters have some hundred.
pub(super) const MOST_POINTS: usize = 16_384;
/// Points of all glyphs that are followed: those of a license that are not byte for byte its department's.
const POINTS_IN_ALL: usize = 2_000_000;

/// The glyphs that were weighed, by font and number, and what may still be followed of all.
pub(super) struct Weights {
    known: HashMap<(usize, u16), Option<Weight>>,
    left: usize,
}

#[derive(Clone, Copy)]
struct Weight {
    points: usize,
    height: usize,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights { known: HashMap::new(), left: POINTS_IN_ALL }
    }
}

impl Weights {
    /// Takes what a glyph comes to; false when that is more than is followed.
    pub(super) fn spend(&mut self, font: usize, tables: &Tables<'_>, glyph: u16) -> bool {
        let weight = self.weigh((font, tables), glyph, 0);
        // Only now it is known for the glyph itself and not just at the end of a long way.
        self.known.insert((font, glyph), weight);
        let Some(weight) = weight else { return false };
        let left = self.left.checked_sub(weight.points);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    /// Nothing for too many parts, levels or points, and for cycles: their way is without end. A failure ends the whole
    /// search, so that no glyph is weighed twice.
    fn weigh(&mut self, font: (usize, &Tables<'_>), glyph: u16, depth: usize) -> Option<Weight> {
        if let Some(known) = self.known.get(&(font.0, glyph)) {
            return known.filter(|weight| depth + weight.height <= MOST_DEPTH);
        }
        if depth > MOST_DEPTH {
            return None;
        }
        let outline = font.1.outline(glyph).unwrap_or_default();
        let mut weight = Weight { points: 1, height: 0 };
        match outline.first_chunk().map_or(0, |contours| i16::from_be_bytes(*contours)) {
            0 => {}
            1.. => weight.points += simple(outline),
            _ => {
                for (nth, part) in Parts(outline.get(10..).unwrap_or_default()).enumerate() {
                    if nth == MOST_PARTS {
                        return None;
                    }
                    let inside = self.weigh(font, part?, depth + 1)?;
                    weight.points += inside.points;
                    weight.height = weight.height.max(1 + inside.height);
                }
            }
        }
        let weight = Some(weight).filter(|weight| weight.points <= MOST_POINTS)?;
        self.known.insert((font.0, glyph), Some(weight));
        Some(weight)
    }
}

/// Points of an outline: one more than the number of the last one (ISO/IEC 14496-22 clause 5.3.4).
fn simple(outline: &[u8]) -> usize {
    let word = |at: usize| Some(usize::from(u16::from_be_bytes(*outline.get(at..)?.first_chunk()?)));
    word(0).and_then(|contours| word(8 + 2 * contours)).map_or(0, |last| last + 1)
}

/// The parts of a composite; nothing inside for one that is placed by points instead of distances, of which readers
/// make different things.
struct Parts<'a>(&'a [u8]);

impl Iterator for Parts<'_> {
    type Item = Option<u16>;

    fn next(&mut self) -> Option<Option<u16>> {
        let word = |at: usize| Some(u16::from_be_bytes(*self.0.get(at..)?.first_chunk()?));
        let (flags, glyph) = (word(0)?, word(2)?);
        let place = if flags & WORDS != 0 { 4 } else { 2 };
        let scale = match flags & (SCALE | TWO_SCALES | MATRIX) {
            0 => 0,
            SCALE => 2,
            TWO_SCALES => 4,
            MATRIX => 8,
            _ => return self.end(None),
        };
        if flags & DISTANCES == 0 {
            return self.end(None);
        }
        self.0 = match flags & MORE {
            0 => &[],
            _ => self.0.get(4 + place + scale..).unwrap_or_default(),
        };
        Some(Some(glyph))
    }
}

impl Parts<'_> {
    fn end(&mut self, last: Option<u16>) -> Option<Option<u16>> {
        self.0 = &[];
        Some(last)
    }
}

const WORDS: u16 = 0x0001;
const DISTANCES: u16 = 0x0002;
const SCALE: u16 = 0x0008;
const MORE: u16 = 0x0020;
const TWO_SCALES: u16 = 0x0040;
const MATRIX: u16 = 0x0080;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A triangle as glyph 0; each of the rest consists of these.
    fn font(composites: &[Vec<u16>]) -> (Vec<u8>, Vec<u8>) {
        let mut glyf = [&[0, 1], &[0; 8][..], &[0, 2, 0, 0], &[1; 3], &[0; 12]].concat();
        glyf.resize(glyf.len().next_multiple_of(4), 0);
        let mut places = vec![0, glyf.len() as u32];
        for parts in composites {
            glyf.extend([&[0xFF, 0xFF][..], &[0; 8]].concat());
            for (nth, part) in parts.iter().enumerate() {
                let flags = DISTANCES | if nth + 1 < parts.len() { MORE } else { 0 };
                glyf.extend([flags.to_be_bytes(), part.to_be_bytes(), [0; 2]].concat());
            }
            places.push(glyf.len() as u32);
        }
        (glyf, places.iter().flat_map(|place| place.to_be_bytes()).collect())
    }

    fn followed(composites: &[Vec<u16>], glyph: u16) -> bool {
        let (glyf, loca) = font(composites);
        Weights::default().spend(0, &Tables::of_parts(&glyf, &loca), glyph)
    }

    #[test]
    fn composites_within_bounds_and_none_beyond() {
        let chain = |levels: u16, width: usize| -> Vec<Vec<u16>> { (0..levels).map(|at| vec![at; width]).collect() };
        assert!(followed(&[], 0) && followed(&chain(1, 64), 1) && followed(&chain(8, 2), 8));
        assert!(!followed(&chain(1, 65), 1), "too many parts");
        assert!(!followed(&chain(9, 1), 9), "too deep");
        assert!(followed(&chain(2, 60), 2) && !followed(&chain(3, 60), 3), "too many points");
        assert!(!followed(&chain(40_000, 2), 40_000), "neither the time nor the stack for it");
        assert!(!followed(&[vec![1; 64]], 1) && !followed(&[vec![2, 2], vec![1, 1]], 1), "cycles");
        // Weighed from above first: a level of the chain is judged by its own height.
        let (glyf, loca) = font(&chain(12, 2));
        let (tables, mut weights) = (Tables::of_parts(&glyf, &loca), Weights::default());
        let found: Vec<bool> = (0..=12).rev().map(|glyph| weights.spend(0, &tables, glyph)).collect();
        assert_eq!(found, (0..=12).rev().map(|glyph| glyph <= 8).collect::<Vec<bool>>());
        // All glyphs together.
        let mut weights = Weights::default();
        let all = (0..100_000).take_while(|_| weights.spend(0, &tables, 8)).count();
        assert!((100..100_000).contains(&all), "{all}");
    }
}
