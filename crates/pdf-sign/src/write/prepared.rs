//! `prepare → to_be_signed → finish`: who signs in between, and when, is not our business.

use std::ops::Range;

use super::field::{self, ExistingField, NewField};
use super::placeholder;
use crate::budget::Budget;
use crate::error::Error;
use crate::read::document::{Document, State};
use crate::read::object::{Dict, Object};
use crate::read::parse;

/// Where the signature goes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "made once per signature; a box would only burden the caller")]
pub enum Slot {
    /// Into the dictionary that the PDF's writer left for it, see [`placeholder`].
    Placeholder,
    /// Into a new field, added by an incremental update: the bytes that were there stay as they are.
    NewField(NewField),
    /// Into an empty field that is there already, likewise.
    ExistingField(ExistingField),
}

/// A PDF with everything fixed but the signature's own bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    bytes: Vec<u8>,
    /// From `<` to `>` of `/Contents`, inclusive.
    gap: Range<usize>,
}

/// Reserves the place: afterwards every byte that will be signed is fixed.
pub fn prepare(pdf: Vec<u8>, slot: Slot) -> Result<Prepared, Error> {
    match slot {
        Slot::Placeholder => patch(pdf),
        Slot::NewField(new) => {
            let before = pdf.len();
            patch_update(field::add(pdf, &new)?, before)
        }
        Slot::ExistingField(existing) => {
            let before = pdf.len();
            patch_update(field::fill(pdf, &existing)?, before)
        }
    }
}

impl Prepared {
    /// The two byte ranges that are signed, in order.
    pub fn to_be_signed(&self) -> [&[u8]; 2] {
        [&self.bytes[..self.gap.start], &self.bytes[self.gap.end..]]
    }

    /// How many bytes the signature may have.
    pub fn capacity(&self) -> usize {
        (self.gap.len() - 2) / 2
    }

    /// Puts the signature in: hexadecimal, then zeros.
    pub fn finish(mut self, cms_der: &[u8]) -> Result<Vec<u8>, Error> {
        let have = self.capacity();
        if cms_der.len() > have {
            return Err(Error::TooLarge { need: cms_der.len(), have });
        }
        let digits = &mut self.bytes[self.gap.start + 1..self.gap.end - 1];
        digits.fill(b'0');
        for (pair, byte) in digits.chunks_exact_mut(2).zip(cms_der) {
            pair.copy_from_slice(&hex(*byte));
        }
        Ok(self.bytes)
    }
}

fn hex(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// Finds the one placeholder and writes the true `/ByteRange` over it, in place.
pub(crate) fn patch(pdf: Vec<u8>) -> Result<Prepared, Error> {
    let (range, gap) = match glance(&pdf) {
        Some(found) => found,
        None => locate(&pdf)?,
    };
    write_range(pdf, range, gap)
}

/// The same for a placeholder that an update has just brought; nothing before it is looked at.
fn patch_update(pdf: Vec<u8>, before: usize) -> Result<Prepared, Error> {
    let (range, gap) = match glance_at_update(&pdf, before) {
        Some(found) => found,
        None => locate(&pdf)?,
    };
    write_range(pdf, range, gap)
}

fn write_range(mut pdf: Vec<u8>, range: Range<usize>, gap: Range<usize>) -> Result<Prepared, Error> {
    if pdf.len() >= 10_000_000_000 {
        return Err(Error::Unwritable("offsets of more than ten digits do not fit into /ByteRange"));
    }
    let text = format!("[0 {} {} {}", gap.start, gap.end, pdf.len() - gap.end);
    let room = &mut pdf[range];
    room[..text.len()].copy_from_slice(text.as_bytes());
    let last = room.len() - 1;
    room[text.len()..last].fill(b' ');
    Ok(Prepared { bytes: pdf, gap })
}

/// What [`locate`] would find, without parsing the file, when the placeholder is written as `pdf-writer` writes it.
///
/// Nothing unless the key stands in the file once, with the numbers behind it, and the room behind those.
fn glance(pdf: &[u8]) -> Option<(Range<usize>, Range<usize>)> {
    const KEY: &[u8] = b"/ByteRange";
    const NUMBERS: &[u8] = b"[0 2147483647 2147483647 2147483647]";
    const CONTENTS: &[u8] = b"/Contents<";
    let slash = |at: &usize| pdf[*at] == b'/' && pdf[*at..].starts_with(KEY);
    // Most of a file is packed, so most blocks are passed over with one look.
    let blocks = pdf.chunks(32).enumerate().filter(|(_, block)| block.iter().fold(false, |any, &b| any | (b == b'/')));
    let mut found = blocks.flat_map(|(at, block)| 32 * at..32 * at + block.len()).filter(slash);
    let (key, None) = (found.next()?, found.next()) else { return None };
    let start = key + KEY.len();
    let end = start + NUMBERS.len();
    let digits_at = end + CONTENTS.len();
    let digits = pdf.get(digits_at..)?.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let plain = pdf[start..].starts_with(NUMBERS)
        && pdf[end..].starts_with(CONTENTS)
        && digits > 0
        && digits.is_multiple_of(2)
        && pdf.get(digits_at + digits) == Some(&b'>');
    plain.then(|| (start..end, digits_at - 1..digits_at + digits + 1))
}

/// The placeholder as our own update writes it, when its text stands there once: a page that was copied may hold anything.
fn glance_at_update(pdf: &[u8], before: usize) -> Option<(Range<usize>, Range<usize>)> {
    const KEY: &[u8] = b"/ByteRange ";
    let text = placeholder::BYTE_RANGE_TEXT.as_bytes();
    let update = pdf.get(before..)?;
    let slashes = update.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    let mut found = slashes.filter(|at| update[*at..].starts_with(text));
    let (key, None) = (before + found.next()?, found.next()) else { return None };
    let end = key.checked_sub(1).filter(|space| pdf[*space] == b' ')?;
    let digits = pdf[before..end].strip_suffix(b">")?.iter().rev().take_while(|digit| **digit == b'0').count();
    let start = end.checked_sub(digits + 2).filter(|start| *start >= before)?;
    let plain = pdf[start] == b'<' && digits > 0 && digits.is_multiple_of(2) && pdf[..start].ends_with(b"/Contents ");
    plain.then(|| (key + KEY.len()..key + text.len(), start..end))
}

/// The bytes of the `/ByteRange` array and of the `/Contents` string.
fn locate(pdf: &[u8]) -> Result<(Range<usize>, Range<usize>), Error> {
    let doc = Document::open(pdf, &Budget::default())?;
    let found: Vec<(u32, &State)> = doc
        .definitions()
        .filter(|(_, def)| matches!(&def.state, State::Used { object: Object::Dict(d), .. } if is_placeholder(d)))
        .map(|(num, def)| (num, &def.state))
        .collect();
    let (num, span) = match found.as_slice() {
        [] => return Err(Error::NoPlaceholder),
        [(num, State::Used { span, container: None, .. })] => (*num, span.clone()),
        [(num, _)] => return Err(Error::UnfitPlaceholder(*num, "it is inside an object stream")),
        many => return Err(Error::ManyPlaceholders(many.len())),
    };
    let unfit = |why| Error::UnfitPlaceholder(num, why);
    let spans = parse::value_spans(pdf, span.start, &doc.meter)?;
    let of = |key: &[u8]| spans.iter().find(|(k, _)| k == key).map(|(_, span)| span.clone());
    let (Some(range), Some(gap)) = (of(b"ByteRange"), of(b"Contents")) else { return Err(unfit("a key is missing")) };
    let digits = pdf[gap.clone()].strip_prefix(b"<").and_then(|d| d.strip_suffix(b">"));
    let plain = |d: &[u8]| d.len().is_multiple_of(2) && !d.is_empty() && d.iter().all(u8::is_ascii_hexdigit);
    if !digits.is_some_and(plain) {
        return Err(unfit("/Contents is not written as plain hexadecimal digits"));
    }
    if range.len() < "[0 0123456789 0123456789 0123456789]".len() || pdf.len() >= 10_000_000_000 {
        return Err(unfit("/ByteRange has no room for its numbers"));
    }
    Ok((range, gap))
}

fn is_placeholder(dict: &Dict) -> bool {
    let range = dict.get(b"ByteRange").array().unwrap_or_default();
    let numbers: Vec<i64> = range.iter().filter_map(Object::int).collect();
    let open = numbers == placeholder::BYTE_RANGE.map(i64::from) || numbers == [0; 4];
    open && dict.get(b"Contents").string().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_finds_one_plain_placeholder_only() {
        let numbers = "[0 2147483647 2147483647 2147483647]";
        let lead = "%PDF-1.7 1 0 obj<</Type/Sig";
        let plain = format!("{lead}/ByteRange{numbers}/Contents<FFFF>>>endobj");
        let found = glance(plain.as_bytes()).map(|(range, gap)| (&plain[range], &plain[gap]));
        assert_eq!(found, Some((numbers, "<FFFF>")));
        for other in [
            format!("{plain} (/ByteRange)"),
            format!("{lead}/ByteRange[0 1 2 3]/Contents<FFFF>>>"),
            format!("{lead}/ByteRange{numbers}/M()/Contents<FFFF>>>"),
            format!("{lead}/ByteRange{numbers}/Contents<FFF>>>"),
            format!("{lead}/ByteRange{numbers}/Contents<FF FF>>>"),
            format!("{lead}/ByteRange{numbers}/Contents<FFFF"),
            format!("{lead}/ByteRange{numbers}/Cont"),
            format!("{lead}/ByteRange"),
        ] {
            assert_eq!(glance(other.as_bytes()), None, "{other}");
        }
    }
}
