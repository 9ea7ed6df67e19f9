//! The code of a block: canonical Huffman codes for literals, lengths and distances (RFC 1951 3.2).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::bits::BitWriter;
use super::parse::Token;

/// How often each symbol was used.
pub(super) struct Frequencies {
    literals: [u32; LITERALS],
    distances: [u32; DISTANCES],
}

impl Default for Frequencies {
    /// Every symbol once: what no sample used must be writable all the same.
    fn default() -> Frequencies {
        Frequencies { literals: [1; LITERALS], distances: [1; DISTANCES] }
    }
}

impl Frequencies {
    pub(super) fn count(&mut self, token: &Token) {
        match *token {
            Token::Literal(byte) => self.literals[usize::from(byte)] += 1,
            Token::Repeat { length, distance } => {
                self.literals[length_symbol(length).0] += 1;
                self.distances[distance_symbol(distance).0] += 1;
            }
        }
    }
}

/// A symbol's bits, the first one lowest, and how many they are.
#[derive(Clone, Copy, Default)]
struct Symbol {
    bits: u16,
    length: u8,
}

/// Codes for all symbols.
pub(super) struct Code {
    literals: Vec<Symbol>,
    distances: Vec<Symbol>,
}

impl Code {
    /// Near the code that deflate has ready-made: a guess to begin with.
    pub(super) fn fixed() -> Code {
        Code { literals: symbols(&[8; LITERALS]), distances: symbols(&[5; DISTANCES]) }
    }

    pub(super) fn new(frequencies: &Frequencies) -> Code {
        Code {
            literals: symbols(&lengths(&frequencies.literals, 15)),
            distances: symbols(&lengths(&frequencies.distances, 15)),
        }
    }

    pub(super) fn literal_cost(&self, byte: u8) -> u32 {
        u32::from(self.literals[usize::from(byte)].length)
    }

    pub(super) fn length_cost(&self, length: u16) -> u32 {
        let (symbol, _, extra) = length_symbol(length);
        u32::from(self.literals[symbol].length) + extra
    }

    pub(super) fn distance_cost(&self, distance: u16) -> u32 {
        let (symbol, _, extra) = distance_symbol(distance);
        u32::from(self.distances[symbol].length) + extra
    }

    /// Begins the last block of a stream and describes the code (3.2.7).
    pub(super) fn write_header(&self, out: &mut BitWriter) {
        let all = || self.literals.iter().chain(&self.distances).map(|symbol| symbol.length);
        let mut frequencies = [0; 19];
        all().for_each(|length| frequencies[usize::from(length)] += 1);
        let description = symbols(&lengths(&frequencies, 7));
        out.put(1 | 2 << 1, 3);
        out.put(LITERALS as u32 - 257, 5);
        out.put(DISTANCES as u32 - 1, 5);
        let named =
            ORDER.iter().rposition(|&length| description[length].length > 0).map_or(4, |last| (last + 1).max(4));
        out.put(named as u32 - 4, 4);
        for &length in &ORDER[..named] {
            out.put(u32::from(description[length].length), 3);
        }
        for length in all() {
            put(out, description[usize::from(length)]);
        }
    }

    pub(super) fn write(&self, out: &mut BitWriter, token: &Token) {
        match *token {
            Token::Literal(byte) => put(out, self.literals[usize::from(byte)]),
            Token::Repeat { length, distance } => {
                let (symbol, value, extra) = length_symbol(length);
                put(out, self.literals[symbol]);
                out.put(value, extra);
                let (symbol, value, extra) = distance_symbol(distance);
                put(out, self.distances[symbol]);
                out.put(value, extra);
            }
        }
    }

    /// Ends the block.
    pub(super) fn write_end(&self, out: &mut BitWriter) {
        put(out, self.literals[END]);
    }
}

fn put(out: &mut BitWriter, symbol: Symbol) {
    out.put(u32::from(symbol.bits), u32::from(symbol.length));
}

/// Symbol, value and number of the extra bits of a length from 3 to 258.
fn length_symbol(length: u16) -> (usize, u32, u32) {
    let value = u32::from(length).saturating_sub(3);
    match value {
        0..8 => (257 + value as usize, 0, 0),
        255.. => (285, 0, 0),
        _ => {
            let extra = value.ilog2() - 2;
            (261 + (4 * extra + (value >> extra & 3)) as usize, value & ((1 << extra) - 1), extra)
        }
    }
}

/// Symbol, value and number of the extra bits of a distance from 1.
fn distance_symbol(distance: u16) -> (usize, u32, u32) {
    let value = u32::from(distance).saturating_sub(1);
    if value < 4 {
        return (value as usize, 0, 0);
    }
    let extra = value.ilog2() - 1;
    ((2 * (extra + 1) + (value >> extra & 1)) as usize, value & ((1 << extra) - 1), extra)
}

/// Lengths of a Huffman code, none above the limit; 0 for what does not occur.
fn lengths(frequencies: &[u32], limit: u8) -> Vec<u8> {
    let mut frequencies = frequencies.to_vec();
    loop {
        let lengths = tree(&frequencies);
        if lengths.iter().all(|&length| length <= limit) {
            return lengths;
        }
        // Flatter frequencies make a flatter tree; all alike, it is as flat as can be.
        frequencies.iter_mut().for_each(|frequency| *frequency = frequency.div_ceil(2));
    }
}

/// The depth of every symbol in a Huffman tree.
fn tree(frequencies: &[u32]) -> Vec<u8> {
    let used = frequencies.iter().enumerate().filter(|(_, frequency)| **frequency > 0);
    let mut heap: BinaryHeap<Reverse<(u64, usize)>> =
        used.map(|(symbol, &frequency)| Reverse((u64::from(frequency), symbol))).collect();
    let mut parents = vec![usize::MAX; frequencies.len()];
    while let (Some(Reverse(first)), Some(Reverse(second))) = (heap.pop(), heap.pop()) {
        let parent = parents.len();
        parents.push(usize::MAX);
        parents[first.1] = parent;
        parents[second.1] = parent;
        heap.push(Reverse((first.0 + second.0, parent)));
        if heap.len() == 1 {
            break;
        }
    }
    let depth = |symbol: usize| {
        let up = |&node: &usize| Some(parents[node]).filter(|&parent| parent != usize::MAX);
        std::iter::successors(Some(symbol), up).count() as u8 - 1
    };
    (0..frequencies.len()).map(depth).collect()
}

/// Codes from their lengths (3.2.2), turned round: deflate writes codes from the top bit down.
fn symbols(lengths: &[u8]) -> Vec<Symbol> {
    let mut next = [0u16; 17];
    for length in 1..=15u8 {
        let shorter = lengths.iter().filter(|&&other| other == length - 1 && other > 0).count() as u16;
        next[usize::from(length)] = (next[usize::from(length) - 1] + shorter) << 1;
    }
    let one = |&length: &u8| {
        if length == 0 {
            return Symbol::default();
        }
        let bits = next[usize::from(length)];
        next[usize::from(length)] += 1;
        Symbol { bits: bits.reverse_bits() >> (16 - u32::from(length)), length }
    };
    lengths.iter().map(one).collect()
}

/// Literals, the end of a block, lengths.
const LITERALS: usize = 286;
const DISTANCES: usize = 30;
const END: usize = 256;
/// The order in which lengths of lengths are written (3.2.7).
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_distances_have_the_symbols_of_the_standard() {
        for (length, expected) in [
            (3, (257, 0, 0)),
            (10, (264, 0, 0)),
            (11, (265, 0, 1)),
            (12, (265, 1, 1)),
            (13, (266, 0, 1)),
            (19, (269, 0, 2)),
            (34, (272, 3, 2)),
            (131, (281, 0, 5)),
            (257, (284, 30, 5)),
            (258, (285, 0, 0)),
        ] {
            assert_eq!(length_symbol(length), expected, "length {length}");
        }
        for (distance, expected) in [
            (1, (0, 0, 0)),
            (4, (3, 0, 0)),
            (5, (4, 0, 1)),
            (6, (4, 1, 1)),
            (7, (5, 0, 1)),
            (9, (6, 0, 2)),
            (193, (15, 0, 6)),
            (24577, (29, 0, 13)),
            (32768, (29, 8191, 13)),
        ] {
            assert_eq!(distance_symbol(distance), expected, "distance {distance}");
        }
    }

    #[test]
    fn codes_are_complete_and_within_their_limit() {
        let skewed: Vec<u32> = (0..40).map(|at| 1u32 << (at / 2)).collect();
        for (limit, frequencies) in [(15, skewed.clone()), (7, skewed), (15, vec![1; 286])] {
            let lengths = lengths(&frequencies, limit);
            assert!(lengths.iter().all(|&length| (1..=limit).contains(&length)));
            let sum: u32 = lengths.iter().map(|&length| 1 << (15 - length)).sum();
            assert_eq!(sum, 1 << 15);
        }
    }
}
