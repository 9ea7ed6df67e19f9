//! The stream filters that structure and text need: Flate with PNG predictors, ASCIIHex, ASCII85, none.
//!
//! Picture filters (DCT, JPX, CCITT, JBIG2) are never needed here; LZW and RunLength are refused.

use flate2::{Decompress, FlushDecompress, Status};

use super::lex::{hex_value, is_space};
use super::object::{Dict, Object};
use crate::budget::Meter;
use crate::problem::{Limit, ProblemKind};

/// Decodes `raw` as the stream dictionary says. `lookup` follows references (filters may be indirect).
pub(crate) fn decode<'d>(
    raw: &[u8],
    dict: &'d Dict,
    meter: &Meter,
    lookup: &dyn Fn(&'d Object) -> &'d Object,
) -> Result<Vec<u8>, ProblemKind> {
    decode_sized(raw, dict, raw.len().saturating_mul(3), meter, lookup)
}

/// The same, of a stream from which about so many bytes are expected: a hint that changes nothing but the speed.
pub(crate) fn decode_sized<'d>(
    raw: &[u8],
    dict: &'d Dict,
    expected: usize,
    meter: &Meter,
    lookup: &dyn Fn(&'d Object) -> &'d Object,
) -> Result<Vec<u8>, ProblemKind> {
    if dict.has(b"F") {
        return Err(ProblemKind::Filter); // data in another file
    }
    let filters: Vec<&Object> = match lookup(dict.get(b"Filter")) {
        Object::Null => Vec::new(),
        Object::Array(items) => items.iter().map(lookup).collect(),
        one => vec![one],
    };
    let parms: Vec<&Object> = match lookup(dict.get(b"DecodeParms")) {
        Object::Null => Vec::new(),
        Object::Array(items) => items.iter().map(lookup).collect(),
        one => vec![one],
    };
    if filters.len() > 4 {
        return Err(ProblemKind::Filter);
    }
    let mut data = None;
    for (at, filter) in filters.iter().enumerate() {
        let input = data.as_deref().unwrap_or(raw);
        meter.inflated(input.len())?; // reading costs too, also when nothing comes out
        let output = match filter.name().ok_or(ProblemKind::Filter)? {
            b"FlateDecode" => {
                let plain = inflate(input, expected, meter)?;
                match parms.get(at).and_then(|p| p.dict()) {
                    Some(parms) => unpredict(plain, parms, lookup)?,
                    None => plain,
                }
            }
            b"ASCIIHexDecode" => ascii_hex(input, meter)?,
            b"ASCII85Decode" => ascii85(input, meter)?,
            _ => return Err(ProblemKind::Filter),
        };
        data = Some(output);
    }
    match data {
        Some(data) => Ok(data),
        None => {
            meter.inflated(raw.len())?;
            Ok(raw.to_vec())
        }
    }
}

/// zlib (7.4.4), whole and undamaged; what follows its end is nobody's.
fn inflate(input: &[u8], expected: usize, meter: &Meter) -> Result<Vec<u8>, ProblemKind> {
    let room = meter.inflate_room();
    let mut inflater = meter.inflater();
    // A byte more than there may be tells what is too much.
    let mut out = Vec::with_capacity(expected.clamp(LEAST_OUTPUT, MOST_EXPECTED).min(room).saturating_add(1));
    let done = run(&mut inflater, input, room, &mut out);
    meter.keep_inflater(inflater);
    done?;
    meter.inflated(out.len())?;
    Ok(out)
}

fn run(inflater: &mut Decompress, input: &[u8], room: usize, out: &mut Vec<u8>) -> Result<(), ProblemKind> {
    let mut rest = input;
    while out.len() <= room {
        if out.len() == out.capacity() {
            out.reserve_exact(out.len().max(LEAST_OUTPUT).min(room.saturating_add(1) - out.len()));
        }
        let before = (inflater.total_in(), out.len());
        let flush = if rest.is_empty() { FlushDecompress::Finish } else { FlushDecompress::None };
        let status = inflater.decompress_vec(rest, out, flush).map_err(|_| ProblemKind::Filter)?;
        let taken = usize::try_from(inflater.total_in() - before.0).map_err(|_| ProblemKind::Filter)?;
        rest = rest.get(taken..).unwrap_or_default();
        if status == Status::StreamEnd {
            break;
        }
        if taken == 0 && out.len() == before.1 {
            return Err(ProblemKind::Filter); // cut off
        }
    }
    Ok(())
}

/// Room for what comes out of a stream: at least this much, and no more than this on a mere hint.
const LEAST_OUTPUT: usize = 1 << 10;
const MOST_EXPECTED: usize = 16 << 20;

/// PNG predictors (7.4.4.4): each row starts with the tag of its own predictor.
fn unpredict<'d>(
    data: Vec<u8>,
    parms: &'d Dict,
    lookup: &dyn Fn(&'d Object) -> &'d Object,
) -> Result<Vec<u8>, ProblemKind> {
    let number = |key: &[u8], default: i64| match lookup(parms.get(key)) {
        Object::Null => Ok(default),
        other => other.int().filter(|n| (1..=1 << 20).contains(n)).ok_or(ProblemKind::Filter),
    };
    let predictor = number(b"Predictor", 1)?;
    if predictor == 1 {
        return Ok(data);
    }
    if !(10..=15).contains(&predictor) {
        return Err(ProblemKind::Filter); // TIFF predictor: pictures only
    }
    let (columns, colors, bits) = (number(b"Columns", 1)?, number(b"Colors", 1)?, number(b"BitsPerComponent", 8)?);
    if colors > 32 || bits > 16 {
        return Err(ProblemKind::Filter);
    }
    let pixel = ((colors * bits + 7) / 8) as usize;
    let row = ((columns * colors * bits + 7) / 8) as usize;
    if !data.len().is_multiple_of(row + 1) {
        return Err(ProblemKind::Filter);
    }
    let mut out = Vec::with_capacity(data.len());
    let mut above = vec![0u8; row];
    for line in data.chunks_exact(row + 1) {
        let (tag, line) = (line[0], &line[1..]);
        let mut current = vec![0u8; row];
        for i in 0..row {
            let left = if i >= pixel { current[i - pixel] } else { 0 };
            let up = above[i];
            let corner = if i >= pixel { above[i - pixel] } else { 0 };
            let guess = match tag {
                0 => 0,
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => return Err(ProblemKind::Filter),
            };
            current[i] = line[i].wrapping_add(guess);
        }
        out.extend_from_slice(&current);
        above = current;
    }
    Ok(out)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let estimate = a + b - c;
    let (da, db, dc) = ((estimate - a).abs(), (estimate - b).abs(), (estimate - c).abs());
    if da <= db && da <= dc {
        left
    } else if db <= dc {
        up
    } else {
        corner
    }
}

fn ascii_hex(input: &[u8], meter: &Meter) -> Result<Vec<u8>, ProblemKind> {
    meter.inflated(input.len() / 2)?;
    let mut out = Vec::with_capacity(input.len() / 2);
    let mut half = None;
    for &byte in input {
        if byte == b'>' {
            break;
        }
        if is_space(byte) {
            continue;
        }
        let value = hex_value(byte).ok_or(ProblemKind::Filter)?;
        match half.take() {
            None => half = Some(value),
            Some(high) => out.push(high << 4 | value),
        }
    }
    out.extend(half.map(|high| high << 4));
    Ok(out)
}

fn ascii85(input: &[u8], meter: &Meter) -> Result<Vec<u8>, ProblemKind> {
    let mut out = Vec::new();
    let mut group = [0u32; 5];
    let mut filled = 0;
    let mut ended = false;
    for &byte in input {
        match byte {
            b'~' => {
                ended = true;
                break;
            }
            b'z' if filled == 0 => out.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => {
                group[filled] = u32::from(byte - b'!');
                filled += 1;
                if filled == 5 {
                    out.extend_from_slice(&base85(&group)?.to_be_bytes());
                    filled = 0;
                }
            }
            _ if is_space(byte) => {}
            _ => return Err(ProblemKind::Filter),
        }
        if out.len() > meter.inflate_room() {
            return Err(ProblemKind::OverBudget(Limit::InflatedBytes));
        }
    }
    if !ended || filled == 1 {
        return Err(ProblemKind::Filter);
    }
    if filled > 1 {
        group[filled..].fill(84);
        out.extend_from_slice(&base85(&group)?.to_be_bytes()[..filled - 1]);
    }
    meter.inflated(out.len())?;
    Ok(out)
}

fn base85(group: &[u32; 5]) -> Result<u32, ProblemKind> {
    let value = group.iter().fold(0u64, |sum, digit| sum * 85 + u64::from(*digit));
    u32::try_from(value).map_err(|_| ProblemKind::Filter)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use super::*;
    use crate::Budget;

    fn name(text: &str) -> Object {
        Object::Name(text.as_bytes().to_vec())
    }

    fn run(raw: &[u8], dict: &Dict, budget: Budget) -> Result<Vec<u8>, ProblemKind> {
        decode(raw, dict, &Meter::new(budget), &|object| object)
    }

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn chains_of_filters() {
        let mut dict = Dict::default();
        dict.set(b"Filter", Object::Array(vec![name("ASCIIHexDecode"), name("FlateDecode")]));
        let hex: String = zlib(b"hello").iter().map(|b| format!("{b:02x} ")).collect();
        assert_eq!(run(hex.as_bytes(), &dict, Budget::default()).unwrap(), b"hello");
        dict.set(b"Filter", name("ASCII85Decode"));
        assert_eq!(run(b"87cUR D]i,\"Ebo7~>", &dict, Budget::default()).unwrap(), b"Hello World");
    }

    #[test]
    fn what_is_cut_or_damaged_is_refused() {
        let plain: Vec<u8> = (0..50_000u32).flat_map(|n| (n * n).to_be_bytes()).collect();
        let whole = zlib(&plain);
        // As a reader that goes on to the end of what there is.
        let reference = |data: &[u8]| {
            let mut out = Vec::new();
            let read = std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(data), &mut out);
            read.ok().map(|_| out)
        };
        let mut dict = Dict::default();
        dict.set(b"Filter", name("FlateDecode"));
        for cut in [0, 1, 2, 3, 100, 1000, whole.len() - 5, whole.len() - 1, whole.len()] {
            let got = run(&whole[..cut], &dict, Budget::default()).ok();
            assert_eq!(got, reference(&whole[..cut]), "cut at {cut}");
        }
        for at in (0..whole.len()).step_by(whole.len() / 60) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x10;
            assert_eq!(run(&damaged, &dict, Budget::default()).ok(), reference(&damaged), "damaged at {at}");
        }
        let more = [&whole[..], b"more"].concat();
        assert_eq!(run(&more, &dict, Budget::default()).ok(), reference(&more));
        for room in [0, 1, plain.len() + whole.len() - 1, plain.len() + whole.len()] {
            let budget = Budget { inflated_bytes: room, ..Budget::default() };
            let fits = room >= plain.len() + whole.len();
            assert_eq!(run(&whole, &dict, budget).is_ok(), fits, "{room}");
        }
    }

    #[test]
    fn a_flate_bomb_stops_at_the_budget() {
        let mut dict = Dict::default();
        dict.set(b"Filter", name("FlateDecode"));
        let bomb = zlib(&vec![0; 8 << 20]);
        let budget = Budget { inflated_bytes: 1 << 20, ..Budget::default() };
        assert_eq!(run(&bomb, &dict, budget), Err(ProblemKind::OverBudget(Limit::InflatedBytes)));
    }

    #[test]
    fn png_up_predictor() {
        let mut parms = Dict::default();
        parms.set(b"Predictor", Object::Int(12));
        parms.set(b"Columns", Object::Int(3));
        let mut dict = Dict::default();
        dict.set(b"Filter", name("FlateDecode"));
        dict.set(b"DecodeParms", Object::Dict(parms));
        let rows = zlib(&[2, 1, 2, 3, 2, 1, 1, 1]);
        assert_eq!(run(&rows, &dict, Budget::default()).unwrap(), [1, 2, 3, 2, 3, 4]);
    }
}
