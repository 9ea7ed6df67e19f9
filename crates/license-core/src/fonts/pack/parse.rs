//! Bytes → literals and repetitions, the cheapest choice under a given code.

use super::code::Code;

/// One step of a deflate block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Literal(u8),
    /// So many bytes again from so many bytes before.
    Repeat {
        length: u16,
        distance: u16,
    },
}

/// The cheapest tokens, found from the end: what follows a byte does not depend on how it was reached.
pub(super) fn parse(bytes: &[u8], code: &Code) -> Vec<Token> {
    if bytes.len() < SHORTEST || bytes.len() > LONGEST_INPUT {
        return bytes.iter().map(|&byte| Token::Literal(byte)).collect();
    }
    let earlier = earlier(bytes);
    let mut costs = vec![0u32; bytes.len() + 1];
    let mut best = vec![Token::Literal(0); bytes.len()];
    for at in (0..bytes.len()).rev() {
        let mut cost = code.literal_cost(bytes[at]) + costs[at + 1];
        let mut token = Token::Literal(bytes[at]);
        let mut candidate = earlier[at];
        for _ in 0..CANDIDATES {
            if candidate == NONE {
                break;
            }
            let from = usize::from(candidate);
            let distance = (at - from) as u16;
            let distance_cost = code.distance_cost(distance);
            let again = bytes[at..].iter().zip(&bytes[from..]).take(LONGEST).take_while(|(a, b)| a == b).count();
            for length in SHORTEST..=again {
                let whole = code.length_cost(length as u16) + distance_cost + costs[at + length];
                if whole < cost {
                    cost = whole;
                    token = Token::Repeat { length: length as u16, distance };
                }
            }
            candidate = earlier[from];
        }
        costs[at] = cost;
        best[at] = token;
    }
    let mut tokens = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&token) = best.get(at) {
        tokens.push(token);
        at += match token {
            Token::Literal(_) => 1,
            Token::Repeat { length, .. } => usize::from(length),
        };
    }
    tokens
}

/// For every place the nearest one before it where perhaps the same three bytes stand.
fn earlier(bytes: &[u8]) -> Vec<u16> {
    let mut last = [NONE; BUCKETS];
    let mut earlier = vec![NONE; bytes.len()];
    for (at, three) in bytes.windows(SHORTEST).enumerate() {
        let key = u32::from_le_bytes([three[0], three[1], three[2], 0]);
        let bucket = &mut last[(key.wrapping_mul(0x9E37_79B1) >> (32 - BUCKETS.ilog2())) as usize];
        earlier[at] = *bucket;
        *bucket = at as u16;
    }
    earlier
}

const NONE: u16 = u16::MAX;
const BUCKETS: usize = 1 << 11;
/// A repetition has 3 to 258 bytes (RFC 1951 3.2.5).
const SHORTEST: usize = 3;
const LONGEST: usize = 258;
/// Places tried for each byte.
const CANDIDATES: usize = 24;
/// Longer than any glyph worth the search, and well within the window of 32 KB.
const LONGEST_INPUT: usize = 16 << 10;
