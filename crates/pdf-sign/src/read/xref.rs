//! Cross-reference sections, tables (7.5.4) and streams (7.5.8), and the chain that `/Prev` makes of them.
//!
//! Nothing is repaired: every offset leads to its place, every section is followed by its own `startxref` and `%%EOF`, and
//! each `/Prev` leads to a section that ends before the next revision begins. One exception is standard: the first revision
//! of a linearised file (annex F) has two sections, the one in force at its beginning, the other at its end. Another is
//! common: an offset names the end of the line before. White space alone may lie between, and whoever asks is told.

use std::collections::HashSet;
use std::ops::Range;

use super::filter::{self, Allowed};
use super::lex::{Lexer, is_space};
use super::object::{Dict, Object};
use super::parse::{Length, Parser, Read, eol_len};
use crate::meter::Meter;
use crate::problem::{Limit, Problem, ProblemKind};

/// What a section says of one object number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Free,
    At { offset: usize, generation: u16 },
    InStream { stream: u32, index: u32 },
}

/// One cross-reference section with its trailer.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) offset: usize,
    /// The object number when it is a stream.
    pub(crate) stream: Option<u32>,
    pub(crate) entries: Vec<(u32, Entry)>,
    pub(crate) trailer: Dict,
    /// Right after the trailer dictionary or the stream object.
    pub(crate) end: usize,
    /// In a linearised file: the bytes of the section at the beginning, its `startxref` and `%%EOF` included.
    pub(crate) first_page: Option<Range<usize>>,
    /// Whether everything that leads here, or from here to the section before, names the very first byte.
    pub(crate) exact: bool,
}

/// More white space than this is not passed over.
const MOST_SPACE: usize = 16;

/// Where an offset leads: the byte that it names, or the first one after the white space there.
pub(crate) fn landing(bytes: &[u8], offset: usize) -> usize {
    let rest = bytes.get(offset..).unwrap_or_default();
    let space = rest.iter().take(MOST_SPACE).take_while(|byte| is_space(**byte)).count();
    offset.saturating_add(space)
}

/// A revision before its objects are read: a section and the bytes it speaks for.
#[derive(Debug)]
pub(crate) struct Chained {
    pub(crate) section: Section,
    /// Right after `%%EOF`.
    pub(crate) eof: usize,
    /// After the end-of-line that may follow.
    pub(crate) end: usize,
}

/// Reads the whole chain of `bytes`, oldest revision first.
pub(crate) fn chain(bytes: &[u8], meter: &Meter) -> Result<Vec<Chained>, Problem> {
    let mut offset = last_startxref(bytes)?;
    let mut revisions: Vec<Chained> = Vec::new();
    let mut entries = 0;
    loop {
        if revisions.len() == meter.budget.revisions {
            return Err(ProblemKind::OverBudget(Limit::Revisions).at(offset));
        }
        let mut section = linearised(bytes, section(bytes, landing(bytes, offset), meter)?, meter)?;
        entries += section.entries.len();
        if entries > meter.budget.objects.saturating_mul(2) {
            return Err(ProblemKind::OverBudget(Limit::Objects).at(offset));
        }
        // The number at the end of a linearised file is that of the section in force.
        let in_force = section.in_force();
        let (eof, end, exact) = tail(bytes, section.end, in_force)?;
        section.exact &= exact;
        if let Some(next) = revisions.last_mut() {
            next.section.exact &= offset == in_force;
        }
        match revisions.last() {
            None if end != bytes.len() => return Err(ProblemKind::TrailingBytes.at(end)),
            // A section that reaches into the next revision, or a loop: offsets no longer go down.
            Some(next) if end > next.section.offset => return Err(ProblemKind::Prev.at(offset)),
            _ => {}
        }
        if section.first_page.is_some() {
            revisions.push(Chained { section, eof, end });
            break;
        }
        let prev = section.trailer.get(b"Prev").clone();
        revisions.push(Chained { section, eof, end });
        match prev {
            Object::Null => break,
            Object::Int(n) => {
                let back = usize::try_from(n).ok().filter(|prev| *prev < offset);
                offset = back.ok_or(ProblemKind::Prev.at(offset))?;
            }
            _ => return Err(ProblemKind::Prev.at(offset)),
        }
    }
    revisions.reverse();
    Ok(revisions)
}

impl Section {
    /// Where the section stands that readers begin with.
    pub(crate) fn in_force(&self) -> usize {
        self.first_page.as_ref().map_or(self.offset, |first| first.start)
    }
}

/// The number behind the last `startxref`, read backwards from `%%EOF`.
fn last_startxref(bytes: &[u8]) -> Result<usize, Problem> {
    let body = match bytes {
        [body @ .., b'\r', b'\n'] | [body @ .., b'\n'] | [body @ .., b'\r'] => body,
        all => all,
    };
    let Some(body) = body.strip_suffix(b"%%EOF") else {
        let seen = bytes.windows(5).rposition(|w| w == b"%%EOF");
        return Err(match seen {
            Some(at) => ProblemKind::TrailingBytes.at(at + 5),
            None => ProblemKind::NoEof.at(bytes.len()),
        });
    };
    let wrong = ProblemKind::Startxref.at(body.len());
    let from = body.len().saturating_sub(64);
    let word = body[from..].windows(9).rposition(|w| w == b"startxref").ok_or(wrong)?;
    let mut lexer = Lexer::new(body, from + word + 9);
    lexer.skip_space();
    let number = lexer.digits().ok_or(wrong)?;
    lexer.skip_space();
    usize::try_from(number).ok().filter(|n| lexer.pos == body.len() && *n < body.len()).ok_or(wrong)
}

/// The two sections of a linearised file as one: `/Prev` of the first leads forwards, to the oldest of all.
fn linearised(bytes: &[u8], mut section: Section, meter: &Meter) -> Result<Section, Problem> {
    let forwards = section.trailer.get(b"Prev").int().and_then(|n| usize::try_from(n).ok());
    let Some(named) = forwards.filter(|main| *main >= section.end) else { return Ok(section) };
    let wrong = ProblemKind::Prev.at(section.offset);
    if !has_linearisation(bytes, meter) {
        return Err(wrong);
    }
    let rest = self::section(bytes, landing(bytes, named), meter)?;
    section.exact &= named == rest.offset;
    // `startxref 0`, or the section itself, or (for streams) nothing: readers that start at the end never see it.
    let mut ahead = Lexer::new(bytes, section.end);
    ahead.skip_space_and_comments();
    let eof = match ahead.keyword(b"startxref") {
        true => tail(bytes, section.end, 0).or_else(|_| tail(bytes, section.end, section.offset))?.0,
        false => section.end,
    };
    if eof > rest.offset || rest.trailer.has(b"Prev") {
        return Err(wrong);
    }
    let listed: HashSet<u32> = section.entries.iter().map(|(num, _)| *num).collect();
    if let Some((twice, _)) = rest.entries.iter().find(|(num, entry)| *entry != Entry::Free && listed.contains(num)) {
        return Err(ProblemKind::XrefDuplicate.in_object(*twice));
    }
    section.entries.extend(rest.entries.into_iter().filter(|(num, _)| !listed.contains(num)));
    section.first_page = Some(section.offset..eof);
    (section.offset, section.end) = (rest.offset, rest.end);
    section.stream = section.stream.and(rest.stream);
    Ok(section)
}

/// The first object is the linearisation dictionary.
fn has_linearisation(bytes: &[u8], meter: &Meter) -> bool {
    let mut lexer = Lexer::new(bytes, 0);
    lexer.skip_space_and_comments();
    let first = Parser::new(bytes, lexer.pos, meter).indirect(&|_| Ok(Length::Later));
    matches!(first, Ok(Read::Whole(first)) if first.object.dict().is_some_and(|dict| dict.has(b"Linearized")))
}

/// `startxref`, the section's own offset, `%%EOF`, at most one end-of-line; and whether that offset is exact.
fn tail(bytes: &[u8], at: usize, offset: usize) -> Result<(usize, usize, bool), Problem> {
    let wrong = ProblemKind::Startxref.at(at);
    let mut lexer = Lexer::new(bytes, at);
    lexer.skip_space_and_comments();
    if !lexer.keyword(b"startxref") {
        return Err(wrong);
    }
    lexer.skip_space();
    let number = lexer.digits().ok_or(wrong)?;
    lexer.skip_space();
    let named = usize::try_from(number).map_err(|_| wrong)?;
    if landing(bytes, named) != offset || !bytes[lexer.pos..].starts_with(b"%%EOF") {
        return Err(wrong);
    }
    let eof = lexer.pos + 5;
    Ok((eof, eof + eol_len(&bytes[eof..]), named == offset))
}

fn section(bytes: &[u8], offset: usize, meter: &Meter) -> Result<Section, Problem> {
    let section = match bytes.get(offset) {
        Some(b'x') => table(bytes, offset, meter)?,
        Some(b'0'..=b'9') => stream(bytes, offset, meter)?,
        _ => return Err(ProblemKind::NoXref.at(offset)),
    };
    let mut seen = HashSet::with_capacity(section.entries.len());
    if let Some((twice, _)) = section.entries.iter().find(|(num, _)| !seen.insert(*num)) {
        return Err(ProblemKind::XrefDuplicate.in_object(*twice));
    }
    if section.trailer.has(b"XRefStm") {
        return Err(ProblemKind::Hybrid.at(offset));
    }
    let size = section.trailer.get(b"Size").int().ok_or(ProblemKind::Trailer.at(offset))?;
    if let Some((num, _)) = section.entries.iter().find(|(num, _)| i64::from(*num) >= size) {
        return Err(ProblemKind::Size.in_object(*num));
    }
    Ok(section)
}

fn table(bytes: &[u8], offset: usize, meter: &Meter) -> Result<Section, Problem> {
    let mut lexer = Lexer::new(bytes, offset);
    if !lexer.keyword(b"xref") {
        return Err(ProblemKind::NoXref.at(offset));
    }
    let mut entries = Vec::new();
    loop {
        lexer.skip_space();
        if lexer.keyword(b"trailer") {
            break;
        }
        let wrong = ProblemKind::Xref.at(lexer.pos);
        let first = lexer.digits().and_then(|n| u32::try_from(n).ok()).ok_or(wrong)?;
        if lexer.peek() != Some(b' ') {
            return Err(wrong);
        }
        lexer.pos += 1;
        let count = lexer.digits().and_then(|n| usize::try_from(n).ok()).ok_or(wrong)?;
        while lexer.peek() == Some(b' ') {
            lexer.pos += 1;
        }
        let eol = eol_len(&bytes[lexer.pos..]);
        if eol == 0 {
            return Err(wrong);
        }
        lexer.pos += eol;
        if entries.len().saturating_add(count) > meter.budget.objects.saturating_mul(2) {
            return Err(ProblemKind::OverBudget(Limit::Objects).at(lexer.pos));
        }
        for at in 0..count {
            let line = bytes.get(lexer.pos..lexer.pos + 20).ok_or(ProblemKind::Xref.at(lexer.pos))?;
            let entry = table_entry(line).ok_or(ProblemKind::Xref.at(lexer.pos))?;
            let num = u32::try_from(at).ok().and_then(|at| first.checked_add(at)).ok_or(wrong)?;
            if num == 0 && entry != Entry::Free {
                return Err(ProblemKind::Xref.at(lexer.pos));
            }
            entries.push((num, entry));
            lexer.pos += 20;
        }
    }
    let mut parser = Parser::new(bytes, lexer.pos, meter);
    let Object::Dict(trailer) = parser.object()? else { return Err(ProblemKind::Trailer.at(lexer.pos)) };
    let end = parser.lexer.pos;
    parser.keep();
    Ok(Section { offset, stream: None, entries, trailer, end, first_page: None, exact: true })
}

/// `nnnnnnnnnn ggggg n` and a two-byte end-of-line: 20 bytes, no others.
fn table_entry(line: &[u8]) -> Option<Entry> {
    let number = |digits: &[u8]| -> Option<u64> {
        digits.iter().all(u8::is_ascii_digit).then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
    };
    let offset = number(&line[..10])?;
    let generation = number(&line[11..16])?;
    let separated = line[10] == b' ' && line[16] == b' ' && matches!(&line[18..], b" \n" | b" \r" | b"\r\n");
    match line[17] {
        _ if !separated => None,
        b'f' => Some(Entry::Free),
        b'n' => Some(Entry::At { offset: usize::try_from(offset).ok()?, generation: u16::try_from(generation).ok()? }),
        _ => None,
    }
}

fn stream(bytes: &[u8], offset: usize, meter: &Meter) -> Result<Section, Problem> {
    let wrong = ProblemKind::Xref.at(offset);
    let mut parser = Parser::new(bytes, offset, meter);
    let read = parser
        .indirect(&|_| Ok(Length::Later))
        .map_err(|p| if p.kind == ProblemKind::ObjectMissing { ProblemKind::NoXref.at(offset) } else { p })?;
    // The length of a cross-reference stream is direct.
    let Read::Whole(indirect) = read else { return Err(wrong) };
    parser.keep();
    let Range { end, .. } = indirect.span;
    let Object::Stream(stream) = indirect.object else { return Err(ProblemKind::NoXref.at(offset)) };
    if !stream.dict.is(b"Type", b"XRef") {
        return Err(ProblemKind::NoXref.at(offset));
    }
    let raw = &bytes[stream.raw.clone()];
    let allowed = Allowed::by(Limit::StructureBytes, meter, raw);
    let data = filter::decode(raw, &stream.dict, allowed, meter, &|object| object).map_err(|kind| kind.at(offset))?;
    let entries = stream_entries(&data, &stream.dict, meter).ok_or(wrong)?;
    Ok(Section {
        offset,
        stream: Some(indirect.id.num),
        entries,
        trailer: stream.dict,
        end,
        first_page: None,
        exact: true,
    })
}

fn stream_entries(data: &[u8], dict: &Dict, meter: &Meter) -> Option<Vec<(u32, Entry)>> {
    let numbers = |object: &Object| -> Option<Vec<u64>> {
        object.array()?.iter().map(|n| n.int().and_then(|n| u64::try_from(n).ok())).collect()
    };
    let widths = numbers(dict.get(b"W"))?;
    let [type_width, second_width, third_width] = widths.as_slice() else { return None };
    if widths.iter().any(|w| *w > 8) {
        return None;
    }
    let row = (type_width + second_width + third_width) as usize;
    let index = match dict.get(b"Index") {
        Object::Null => vec![0, u64::try_from(dict.get(b"Size").int()?).ok()?],
        object => numbers(object)?,
    };
    if row == 0 || index.len() % 2 != 0 {
        return None;
    }
    let total = index.chunks_exact(2).try_fold(0u64, |sum, pair| sum.checked_add(pair[1]))?;
    let fits = total <= meter.budget.objects as u64 * 2 && total.checked_mul(row as u64)? == data.len() as u64;
    if !fits {
        return None;
    }
    let mut rows = data.chunks_exact(row);
    let mut entries = Vec::with_capacity(total as usize);
    for pair in index.chunks_exact(2) {
        for num in pair[0]..pair[0].checked_add(pair[1])? {
            let num = u32::try_from(num).ok()?;
            let line = rows.next()?;
            let (kind, rest) = line.split_at(*type_width as usize);
            let (second, third) = rest.split_at(*second_width as usize);
            let kind = if *type_width == 0 { 1 } else { big_endian(kind) };
            let (second, third) = (big_endian(second), big_endian(third));
            let entry = match kind {
                0 => Entry::Free,
                _ if num == 0 => return None,
                1 => Entry::At { offset: usize::try_from(second).ok()?, generation: u16::try_from(third).ok()? },
                2 => Entry::InStream { stream: u32::try_from(second).ok()?, index: u32::try_from(third).ok()? },
                _ => return None,
            };
            entries.push((num, entry));
        }
    }
    Some(entries)
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
