//! The modules of a QR code under a given mask (ISO/IEC 18004): level M, one alphanumeric segment, versions 1 to 13.
//!
//! The library that draws codes weighs all eight masks whichever is asked for, which costs a verifier more than reading
//! the page. Whoever compares a code knows its mask; the tests hold every module of every version against the library.

/// Error correction codewords of a block, blocks, and data codewords of all blocks, by version (table 9, level M).
const VERSIONS: [(usize, usize, usize); 13] = [
    (10, 1, 16),
    (16, 1, 28),
    (26, 1, 44),
    (18, 2, 64),
    (24, 2, 86),
    (16, 4, 108),
    (18, 4, 124),
    (22, 4, 154),
    (22, 5, 182),
    (26, 5, 216),
    (30, 5, 254),
    (22, 8, 290),
    (22, 9, 334),
];

/// In the order of their values (table 5).
const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Modules a side, and all of them row by row; nothing for a text that has other characters or fits no version.
pub(super) fn modules(text: &str, mask: u8) -> Option<(usize, Vec<bool>)> {
    let values: Vec<u32> = text.bytes().map(value).collect::<Option<_>>()?;
    let bits = |version: usize| 4 + count_bits(version) + values.len() / 2 * 11 + values.len() % 2 * 6;
    let version = (1..=VERSIONS.len()).find(|version| bits(*version) <= VERSIONS[version - 1].2 * 8)?;
    let data = data_codewords(&values, version);
    let codewords = interleaved(&data, version);
    let mut symbol = Symbol::with_patterns(version, mask);
    symbol.place(&codewords, mask);
    Some((symbol.side, symbol.dark))
}

fn value(character: u8) -> Option<u32> {
    ALPHANUMERIC.iter().position(|known| *known == character).map(|at| at as u32)
}

/// Bits of the character count (table 3).
fn count_bits(version: usize) -> usize {
    if version < 10 { 9 } else { 11 }
}

/// Mode, count, characters, terminator and padding (7.4).
fn data_codewords(values: &[u32], version: usize) -> Vec<u8> {
    let length = VERSIONS[version - 1].2;
    let mut bits = Bits { bytes: Vec::with_capacity(length + 1), used: 0 };
    bits.push(0b0010, 4);
    bits.push(values.len() as u32, count_bits(version));
    for pair in values.chunks(2) {
        match *pair {
            [first, second] => bits.push(first * 45 + second, 11),
            [last] => bits.push(last, 6),
            _ => {}
        }
    }
    bits.push(0, (length * 8 - bits.used).min(4));
    let mut bytes = bits.bytes;
    let padding = [0xEC, 0x11].into_iter().cycle();
    bytes.extend(padding.take(length - bytes.len()));
    bytes
}

struct Bits {
    bytes: Vec<u8>,
    used: usize,
}

impl Bits {
    fn push(&mut self, value: u32, length: usize) {
        for bit in (0..length).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> bit & 1) as u8) << (7 - self.used % 8);
            }
            self.used += 1;
        }
    }
}

/// Data and error correction codewords of all blocks, taken in turns (7.5, 7.6). The last blocks are longer by one.
fn interleaved(data: &[u8], version: usize) -> Vec<u8> {
    let (correction, blocks, total) = VERSIONS[version - 1];
    let (short, long) = (total / blocks, total % blocks);
    let generator = generator(correction);
    let mut rest = data;
    let mut all: Vec<(&[u8], Vec<u8>)> = Vec::with_capacity(blocks);
    for block in 0..blocks {
        let (own, behind) = rest.split_at(short + usize::from(block + long >= blocks));
        all.push((own, remainder(own, &generator)));
        rest = behind;
    }
    let mut out = Vec::with_capacity(total + correction * blocks);
    for at in 0..=short {
        out.extend(all.iter().filter_map(|(own, _)| own.get(at)));
    }
    for at in 0..correction {
        out.extend(all.iter().filter_map(|(_, remainder)| remainder.get(at)));
    }
    out
}

/// Powers of 2 in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1, twice around, and the exponents back.
static POWERS: ([u8; 510], [u8; 256]) = {
    let (mut powers, mut exponents) = ([0; 510], [0; 256]);
    let (mut at, mut value) = (0, 1u16);
    while at < 255 {
        powers[at] = value as u8;
        powers[at + 255] = value as u8;
        exponents[value as usize] = at as u8;
        value <<= 1;
        if value > 255 {
            value ^= 0x11D;
        }
        at += 1;
    }
    (powers, exponents)
};

fn exponent(value: u8) -> usize {
    usize::from(POWERS.1[usize::from(value)])
}

fn product(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 { 0 } else { POWERS.0[exponent(a) + exponent(b)] }
}

/// (x - 1)(x - 2)(x - 4)… of this degree, without its first coefficient, which is 1.
fn generator(degree: usize) -> Vec<u8> {
    let mut out = vec![0; degree];
    out[degree - 1] = 1;
    for root in &POWERS.0[..degree] {
        for at in 0..degree {
            out[at] = product(out[at], *root) ^ out.get(at + 1).copied().unwrap_or(0);
        }
    }
    out
}

/// Of the data times x^degree, divided by the generator.
fn remainder(data: &[u8], generator: &[u8]) -> Vec<u8> {
    // No coefficient of these generators is 0.
    let generator: Vec<usize> = generator.iter().map(|coefficient| exponent(*coefficient)).collect();
    let mut out = vec![0; generator.len()];
    for byte in data {
        let factor = byte ^ out[0];
        out.copy_within(1.., 0);
        if let Some(last) = out.last_mut() {
            *last = 0;
        }
        if factor != 0 {
            let factor = exponent(factor);
            out.iter_mut().zip(&generator).for_each(|(out, coefficient)| *out ^= POWERS.0[coefficient + factor]);
        }
    }
    out
}

struct Symbol {
    side: usize,
    dark: Vec<bool>,
    /// What is not for codewords.
    taken: Vec<bool>,
}

impl Symbol {
    /// Everything but the codewords (6.3, 7.9, 7.10).
    fn with_patterns(version: usize, mask: u8) -> Symbol {
        let side = 17 + 4 * version;
        let mut symbol = Symbol { side, dark: vec![false; side * side], taken: vec![false; side * side] };
        for at in 0..side {
            symbol.set(6, at, at % 2 == 0);
            symbol.set(at, 6, at % 2 == 0);
        }
        for (x, y) in [(3, 3), (side - 4, 3), (3, side - 4)] {
            symbol.rings(x, y, 4, &[2, 4]);
        }
        let centres = centres(version);
        let last = centres.last().copied().unwrap_or(0);
        for x in &centres {
            for y in &centres {
                if ![(6, 6), (6, last), (last, 6)].contains(&(*x, *y)) {
                    symbol.rings(*x, *y, 2, &[1]);
                }
            }
        }
        symbol.format(mask);
        if version >= 7 {
            let bits = (version as u32) << 12 | bch(version as u32, 12, 0x1F25);
            for at in 0..18 {
                let (far, near) = (side - 11 + at % 3, at / 3);
                symbol.set(far, near, bits >> at & 1 == 1);
                symbol.set(near, far, bits >> at & 1 == 1);
            }
        }
        symbol
    }

    /// Level M, which is 00, and the mask: twice around the finder patterns, and the module that is always dark.
    fn format(&mut self, mask: u8) {
        let mask = u32::from(mask);
        let bits = (mask << 10 | bch(mask, 10, 0x537)) ^ 0x5412;
        for at in 0..15 {
            let dark = bits >> at & 1 == 1;
            match at {
                0..=5 => self.set(8, at, dark),
                6 | 7 => self.set(8, at + 1, dark),
                8 => self.set(7, 8, dark),
                _ => self.set(14 - at, 8, dark),
            }
            match at {
                0..=7 => self.set(self.side - 1 - at, 8, dark),
                _ => self.set(8, self.side - 15 + at, dark),
            }
        }
        self.set(8, self.side - 8, true);
    }

    fn set(&mut self, x: usize, y: usize, dark: bool) {
        let at = y * self.side + x;
        (self.dark[at], self.taken[at]) = (dark, true);
    }

    /// Squares around a centre as far as `reach`, dark but for the `light` ones.
    fn rings(&mut self, x: usize, y: usize, reach: usize, light: &[usize]) {
        for v in y.saturating_sub(reach)..=(y + reach).min(self.side - 1) {
            for u in x.saturating_sub(reach)..=(x + reach).min(self.side - 1) {
                let ring = u.abs_diff(x).max(v.abs_diff(y));
                self.set(u, v, !light.contains(&ring));
            }
        }
    }

    /// Codewords in columns of two, up and down from the right; what is left over is 0 (7.7.3). Then the mask (7.8.2).
    fn place(&mut self, codewords: &[u8], mask: u8) {
        let mut bits = codewords.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
        let rights = (7..self.side).rev().step_by(2).chain([5, 3, 1]);
        for (nth, right) in rights.enumerate() {
            for step in 0..self.side {
                let y = if nth % 2 == 0 { self.side - 1 - step } else { step };
                for x in [right, right - 1] {
                    let at = y * self.side + x;
                    if !self.taken[at] {
                        self.dark[at] = bits.next().unwrap_or(false) ^ inverts(mask, x, y);
                    }
                }
            }
        }
    }
}

/// Where alignment patterns have their centres, in both directions (annex E).
fn centres(version: usize) -> Vec<usize> {
    match version {
        1 => Vec::new(),
        2..=6 => vec![6, 10 + 4 * version],
        _ => vec![6, 8 + 2 * version, 10 + 4 * version],
    }
}

/// Check bits of a Bose-Chaudhuri-Hocquenghem code (annexes C and D).
fn bch(value: u32, degree: u32, generator: u32) -> u32 {
    (0..degree).fold(value, |rest, _| (rest << 1) ^ ((rest >> (degree - 1)) * generator))
}

fn inverts(mask: u8, x: usize, y: usize) -> bool {
    match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (x / 3 + y / 2).is_multiple_of(2),
        5 => x * y % 2 + x * y % 3 == 0,
        6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
        _ => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use fast_qr::{ECL, Mask, Mode, QRBuilder};

    /// By their numbers in the format information (ISO/IEC 18004, 7.8.2).
    const MASKS: [Mask; 8] = [
        Mask::Checkerboard,
        Mask::HorizontalLines,
        Mask::VerticalLines,
        Mask::DiagonalLines,
        Mask::LargeCheckerboard,
        Mask::Fields,
        Mask::Diamonds,
        Mask::Meadow,
    ];

    /// Every length of text there can be, so every version and every padding; all masks at the edges of the versions.
    #[test]
    fn every_module_is_that_of_the_library() {
        let characters: Vec<char> = ALPHANUMERIC.iter().map(|byte| char::from(*byte)).collect();
        let mut side_before = 0;
        for length in 1..=super::super::MAX_CHARS {
            let text: String = (0..length).map(|at| characters[(at * at + 7 * at + length) % 45]).collect();
            let side = modules(&text, 0).unwrap().0;
            let masks = if side == side_before { length % 8..length % 8 + 1 } else { 0..8 };
            side_before = side;
            for mask in masks {
                let theirs =
                    QRBuilder::new(text.as_str()).mode(Mode::Alphanumeric).ecl(ECL::M).mask(MASKS[mask]).build();
                let theirs = theirs.unwrap();
                let dark: Vec<bool> =
                    (0..theirs.size).flat_map(|row| theirs[row].iter().map(|module| module.value())).collect();
                assert!(modules(&text, mask as u8) == Some((theirs.size, dark)), "{length} characters, mask {mask}");
            }
        }
        assert_eq!(side_before, 69);
        assert_eq!(modules(&"A".repeat(super::super::MAX_CHARS + 1), 0), None);
        assert_eq!(modules("a", 0), None);
    }
}
