//! The raw checks: `/ByteRange` and `/Contents` against the very bytes of the file.

use std::ops::Range;

use super::facts::{Outcome, RangeCheck};
use crate::read::document::Document;
use crate::read::object::{Dict, Object};
use crate::read::parse;

/// What the checks found.
pub(crate) struct Raw {
    pub(crate) checks: Vec<(RangeCheck, Outcome)>,
    pub(crate) byte_range: Option<[usize; 4]>,
    pub(crate) contents: Vec<u8>,
    pub(crate) der_len: Option<usize>,
    pub(crate) revision: Option<usize>,
    pub(crate) covers_file: bool,
}

/// `span` are the bytes of the dictionary's indirect object, absent when it is not a plain one.
pub(crate) fn check(doc: &Document<'_>, dict: &Dict, span: Option<Range<usize>>, defined_in: usize) -> Raw {
    let bytes = doc.bytes;
    let spans = span.as_ref().and_then(|span| parse::value_spans(bytes, span.start, &doc.meter).ok());
    let token = spans.and_then(|spans| Some(spans.into_iter().find(|(key, _)| key == b"Contents")?.1));
    let byte_range = byte_range(dict);
    let contents = dict.get(b"Contents").string().unwrap_or_default().to_vec();
    let (der_len, padding) = match der(&contents) {
        Some(len) => (Some(len), Some(contents[len..].iter().all(|b| *b == 0))),
        None => (None, None),
    };
    let gap = byte_range.and_then(|[_, a, b, _]| (0 < a && a < b).then_some(a..b));
    let end = byte_range.and_then(|[_, _, b, c]| b.checked_add(c));
    let revision = end.and_then(|end| doc.revisions.iter().position(|r| end == r.eof || end == r.end));
    let is_hex = |token: &Range<usize>| bytes[token.clone()].starts_with(b"<");

    let outcome = |check: RangeCheck| -> Outcome {
        use RangeCheck as C;
        let holds = match check {
            C::DictionaryPlain => Some(span.is_some()),
            C::ByteRangeForm => Some(byte_range.is_some()),
            C::StartsAtZero => byte_range.map(|[start, ..]| start == 0),
            C::Ordered => byte_range
                .map(|_| end.is_some() && gap.as_ref().is_some_and(|gap| gap.len() >= 4 && gap.len() % 2 == 0)),
            C::WithinFile => byte_range.map(|_| end.is_some_and(|end| end <= bytes.len())),
            C::ContentsForm => {
                let written = token.as_ref().is_none_or(is_hex);
                Some(written && matches!(dict.get(b"Contents"), Object::String(s) if !s.is_empty()))
            }
            C::GapIsContents => gap.as_ref().map(|gap| token.as_ref() == Some(gap)),
            // A gap with more in it than the digits is none, whatever it holds.
            C::GapIsHex => gap
                .as_ref()
                .map(|gap| gap.len() / 2 <= contents.len() + 1 && bytes.get(gap.clone()).is_some_and(plain_hex)),
            C::ContentsIsDer => (!contents.is_empty()).then_some(der_len.is_some()),
            C::PaddingIsZero => padding,
            C::EndsRevision => byte_range.map(|_| revision.is_some()),
            C::DictionaryInRevision => revision.map(|revision| {
                let inside = span.as_ref().zip(end).is_some_and(|(span, end)| span.end <= end);
                revision == defined_in && inside
            }),
            C::Type => Some(match (dict.get(b"Type"), dict.is(b"SubFilter", b"ETSI.RFC3161")) {
                (Object::Null, stamp) => !stamp,
                (Object::Name(name), true) => name == b"DocTimeStamp",
                (Object::Name(name), false) => name == b"Sig",
                _ => false,
            }),
        };
        match holds {
            Some(true) => Outcome::Passed,
            Some(false) => Outcome::Failed,
            None => Outcome::NotDone,
        }
    };
    let checks = RangeCheck::ALL.map(|check| (check, outcome(check))).to_vec();
    Raw { checks, byte_range, contents, der_len, revision, covers_file: end == Some(bytes.len()) }
}

fn byte_range(dict: &Dict) -> Option<[usize; 4]> {
    let numbers = dict.get(b"ByteRange").array()?;
    let numbers: Vec<usize> = numbers.iter().map(|n| usize::try_from(n.int()?).ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

fn plain_hex(gap: &[u8]) -> bool {
    let digits = gap.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
    digits.is_some_and(|digits| digits.len() % 2 == 0 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Length of the one SEQUENCE of definite, minimal length at the start (X.690 10.1).
fn der(contents: &[u8]) -> Option<usize> {
    let (header, length) = match contents {
        [0x30, short @ 0..=0x7F, ..] => (2, usize::from(*short)),
        [0x30, long @ 0x81..=0x84, rest @ ..] => {
            let count = usize::from(long - 0x80);
            let digits = rest.get(..count)?;
            let value = digits.iter().fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
            let minimal = digits[0] != 0 && value >= 0x80;
            (2 + count, minimal.then_some(value)?)
        }
        _ => return None,
    };
    header.checked_add(length).filter(|end| *end <= contents.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_lengths() {
        assert_eq!(der(&[0x30, 0x02, 1, 2, 0, 0]), Some(4));
        assert_eq!(der(&[0x30, 0x80, 1, 2, 0, 0]), None, "indefinite");
        assert_eq!(der(&[0x30, 0x81, 0x02, 1, 2]), None, "not minimal");
        assert_eq!(der(&[0x31, 0x00]), None, "not a SEQUENCE");
        assert_eq!(der(&[0x30, 0x05, 1]), None, "cut");
        assert_eq!(der(&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]), None);
    }
}
