//! The stream filters that structure and text need: Flate with PNG predictors, ASCIIHex, ASCII85, none.
//!
//! Picture filters (DCT, JPX, CCITT, JBIG2) are never needed here; LZW and RunLength are refused.

use flate2::{Decompress, FlushDecompress, Status};

use super::lex::{hex_value, is_space};
use super::object::{Dict, Object};
use crate::meter::{Decoded, Meter};
use crate::problem::{Limit, ProblemKind};

/// How much may come out of a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowed {
    /// As many bytes as this limit allows.
    pub(crate) limit: Limit,
    /// And no more than these.
    pub(crate) most: usize,
    /// About so many are expected: a hint that changes nothing but the speed.
    pub(crate) expected: usize,
}

impl Allowed {
    /// What a limit allows.
    pub(crate) fn by(limit: Limit, meter: &Meter, raw: &[u8]) -> Self {
        Self { limit, most: meter.budget.of(limit), expected: raw.len().saturating_mul(3) }
    }
}

/// Decodes `raw` as the stream dictionary says. `lookup` follows references (filters may be indirect).
pub(crate) fn decode<'d, 'm>(
    raw: &[u8],
    dict: &'d Dict,
    allowed: Allowed,
    meter: &'m Meter,
    lookup: &dyn Fn(&'d Object) -> &'d Object,
) -> Result<Decoded<'m>, ProblemKind> {
    if dict.has(b"F") {
        return Err(ProblemKind::Filter); // data in another file
    }
    let filters = list(lookup(dict.get(b"Filter")), lookup)?;
    let parms = list(lookup(dict.get(b"DecodeParms")), lookup)?;
    let mut data: Option<Decoded<'m>> = None;
    for (at, filter) in filters.iter().enumerate() {
        let input = data.as_deref().unwrap_or(raw);
        meter.inflated(input.len())?; // reading costs too, also when nothing comes out
        // What is not the last of them may be written in digits.
        let last = at + 1 == filters.len();
        let step = Allowed { most: if last { allowed.most } else { allowed.most.saturating_mul(2) }, ..allowed };
        let output = match filter.name().ok_or(ProblemKind::Filter)? {
            b"FlateDecode" => {
                let plain = inflate(input, step, meter)?;
                match parms.get(at).and_then(|p| p.dict()) {
                    Some(parms) => unpredict(plain, parms, lookup)?,
                    None => plain,
                }
            }
            b"ASCIIHexDecode" => ascii_hex(input, step, meter)?,
            b"ASCII85Decode" => ascii85(input, step, meter)?,
            _ => return Err(ProblemKind::Filter),
        };
        data = Some(meter.hold().of(output)?);
    }
    match data {
        Some(data) => Ok(data),
        None => {
            meter.inflated(raw.len())?;
            step_room(allowed, meter).fits(raw.len())?;
            meter.hold().of(raw.to_vec())
        }
    }
}

/// One, or several in an array: few, since each works on all that the one before it gives.
fn list<'d>(object: &'d Object, lookup: &dyn Fn(&'d Object) -> &'d Object) -> Result<Vec<&'d Object>, ProblemKind> {
    match object {
        Object::Null => Ok(Vec::new()),
        Object::Array(items) if items.len() > MOST_FILTERS => Err(ProblemKind::Filter),
        Object::Array(items) => Ok(items.iter().map(lookup).collect()),
        one => Ok(vec![one]),
    }
}

/// How many bytes may come out at this moment, and which limit it is that says so.
#[derive(Clone, Copy)]
struct Room {
    bytes: usize,
    limit: Limit,
}

fn step_room(allowed: Allowed, meter: &Meter) -> Room {
    let rooms = [
        Room { bytes: meter.room(), limit: Limit::HeldBytes },
        Room { bytes: meter.left(Limit::InflatedBytes), limit: Limit::InflatedBytes },
    ];
    let own = Room { bytes: allowed.most, limit: allowed.limit };
    rooms.into_iter().fold(own, |least, room| if room.bytes < least.bytes { room } else { least })
}

impl Room {
    fn fits(self, bytes: usize) -> Result<(), ProblemKind> {
        if bytes > self.bytes { Err(ProblemKind::OverBudget(self.limit)) } else { Ok(()) }
    }
}

/// zlib (7.4.4), whole and undamaged; what follows its end is nobody's.
fn inflate(input: &[u8], allowed: Allowed, meter: &Meter) -> Result<Vec<u8>, ProblemKind> {
    let room = step_room(allowed, meter);
    let mut inflater = meter.inflater();
    // A byte more than there may be tells what is too much.
    let expected = allowed.expected.clamp(LEAST_OUTPUT, MOST_EXPECTED).min(room.bytes);
    let mut out = Vec::with_capacity(expected.saturating_add(1));
    let done = run(&mut inflater, input, room.bytes, &mut out);
    meter.keep_inflater(inflater);
    done?;
    room.fits(out.len())?;
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

/// More filters on one stream than anybody needs.
const MOST_FILTERS: usize = 4;
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
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    for line in data.chunks_exact(row + 1) {
        let (tag, line) = (line[0], &line[1..]);
        let start = out.len();
        for (i, byte) in line.iter().enumerate() {
            let left = if i >= pixel { out[start + i - pixel] } else { 0 };
            let up = if start >= row { out[start + i - row] } else { 0 };
            let corner = if i >= pixel && start >= row { out[start + i - row - pixel] } else { 0 };
            let guess = match tag {
                0 => 0,
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => return Err(ProblemKind::Filter),
            };
            out.push(byte.wrapping_add(guess));
        }
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

fn ascii_hex(input: &[u8], allowed: Allowed, meter: &Meter) -> Result<Vec<u8>, ProblemKind> {
    step_room(allowed, meter).fits(input.len() / 2)?;
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

fn ascii85(input: &[u8], allowed: Allowed, meter: &Meter) -> Result<Vec<u8>, ProblemKind> {
    let room = step_room(allowed, meter);
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
        room.fits(out.len())?;
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
    use crate::read::name::Name;

    fn name(text: &str) -> Object {
        Object::Name(Name::new(text.as_bytes()))
    }

    fn run(raw: &[u8], dict: &Dict, budget: Budget) -> Result<Vec<u8>, ProblemKind> {
        let meter = Meter::new(budget);
        let allowed = Allowed::by(Limit::ContentBytes, &meter, raw);
        decode(raw, dict, allowed, &meter, &|object| object).map(Decoded::keep)
    }

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn chains_of_filters() {
        let mut dict = Dict::default();
        dict.set(b"Filter", Object::Array([name("ASCIIHexDecode"), name("FlateDecode")].into()));
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
        let all = Budget::default();
        let budgets = [
            (Budget { inflated_bytes: 1 << 20, ..all }, Limit::InflatedBytes),
            (Budget { content_bytes: 1 << 20, ..all }, Limit::ContentBytes),
            (Budget { held_bytes: 1 << 20, ..all }, Limit::HeldBytes),
        ];
        for (budget, limit) in budgets {
            assert_eq!(run(&bomb, &dict, budget), Err(ProblemKind::OverBudget(limit)));
        }
        assert_eq!(run(&bomb, &dict, all).unwrap().len(), 8 << 20);
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
