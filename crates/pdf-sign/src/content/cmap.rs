//! `/ToUnicode` maps (9.10.3): character codes to text.

use std::borrow::Cow;

use crate::meter::Meter;
use crate::problem::{Limit, ProblemKind};
use crate::read::object::Object;
use crate::read::parse::{Instruction, Parser};
use crate::read::strings;

#[derive(Debug, Default)]
pub(super) struct ToUnicode {
    /// By code, each once.
    singles: Vec<(u32, Meaning<'static>)>,
    /// First and last code, UTF-16 of the first.
    ranges: Vec<(u32, u32, Box<[u8]>)>,
}

/// What an entry takes at most besides a long text.
const ENTRY: usize = 80;

/// What a code stands for: nearly always one character.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning<'m> {
    Char(char),
    Text(Cow<'m, str>),
}

impl Meaning<'_> {
    fn of(utf16: &[u8]) -> Meaning<'static> {
        match utf16 {
            [high, low] => match char::from_u32(u32::from(u16::from_be_bytes([*high, *low]))) {
                Some(char) => Meaning::Char(char),
                None => Meaning::Text(strings::utf16_be(utf16).into()),
            },
            _ => Meaning::Text(strings::utf16_be(utf16).into()),
        }
    }

    fn borrowed(&self) -> Meaning<'_> {
        match self {
            Meaning::Char(char) => Meaning::Char(*char),
            Meaning::Text(text) => Meaning::Text(Cow::Borrowed(text)),
        }
    }
}

impl ToUnicode {
    pub(super) fn parse(data: &[u8], meter: &Meter) -> Result<Self, ProblemKind> {
        let mut map = Self::default();
        let mut parser = Parser::new(data, 0, meter);
        let mut operands = Vec::new();
        while let Some(piece) = parser.instruction()? {
            match piece {
                Instruction::Operand(object) => operands.push(object),
                Instruction::Operator(word) => {
                    match word {
                        b"endbfchar" => map.chars(&operands, meter)?,
                        b"endbfrange" => map.spans(&operands, meter)?,
                        _ => {}
                    }
                    operands.clear();
                    parser.forget();
                }
            }
        }
        map.ranges.sort();
        // What is said last of a code holds.
        map.singles.reverse();
        map.singles.sort_by_key(|(code, _)| *code);
        map.singles.dedup_by_key(|(code, _)| *code);
        Ok(map)
    }

    fn chars(&mut self, operands: &[Object], meter: &Meter) -> Result<(), ProblemKind> {
        for pair in operands.chunks_exact(2) {
            if let (Some(code), Some(text)) = (code(&pair[0]), pair[1].string()) {
                entry(text, meter)?;
                self.singles.push((code, Meaning::of(text)));
            }
        }
        Ok(())
    }

    fn spans(&mut self, operands: &[Object], meter: &Meter) -> Result<(), ProblemKind> {
        for triple in operands.chunks_exact(3) {
            let (Some(first), Some(last)) = (code(&triple[0]), code(&triple[1])) else { continue };
            match &triple[2] {
                Object::String(text) => {
                    entry(text, meter)?;
                    self.ranges.push((first, last, text.clone()));
                }
                Object::Array(texts) => {
                    for (code, text) in (first..=last).zip(texts.iter().filter_map(Object::string)) {
                        entry(text, meter)?;
                        self.singles.push((code, Meaning::of(text)));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn get(&self, code: u32) -> Option<Meaning<'_>> {
        if let Ok(at) = self.singles.binary_search_by_key(&code, |(code, _)| *code) {
            return Some(self.singles[at].1.borrowed());
        }
        let after = self.ranges.partition_point(|(first, ..)| *first <= code);
        let (first, last, text) = self.ranges.get(after.checked_sub(1)?)?;
        if code > *last || text.len() < 2 {
            return None;
        }
        // The last unit counts up with the code.
        let mut text = text.clone();
        let at = text.len() - 2;
        let unit = u16::from_be_bytes([text[at], text[at + 1]]).wrapping_add((code - first) as u16);
        text[at..].copy_from_slice(&unit.to_be_bytes());
        Some(Meaning::of(&text))
    }
}

/// Counts an entry, and what it keeps: text of two bytes takes three as it is kept.
fn entry(text: &[u8], meter: &Meter) -> Result<(), ProblemKind> {
    meter.take(Limit::MapEntries, 1)?;
    meter.keep(ENTRY + 2 * text.len())
}

fn code(object: &Object) -> Option<u32> {
    let bytes = object.string().filter(|bytes| bytes.len() <= 4)?;
    Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Budget;

    #[test]
    fn chars_ranges_and_lists() {
        let text = b"1 begincodespacerange <0000> <FFFF> endcodespacerange
            2 beginbfchar <0003> <8BC1> <0004> <D840DC00> endbfchar
            2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<0066> <00660069>] endbfrange";
        let map = ToUnicode::parse(text, &Meter::new(Budget::default())).unwrap();
        let text = |code| {
            Some(match map.get(code)? {
                Meaning::Char(char) => char.to_string(),
                Meaning::Text(text) => text.into_owned(),
            })
        };
        let got: Vec<Option<String>> = [3, 4, 0x11, 0x13, 0x21].map(text).to_vec();
        let want = [Some("证"), Some("𠀀"), Some("B"), None, Some("fi")].map(|t| t.map(String::from));
        assert_eq!(got, want);
    }
    #[test]
    fn what_is_said_last_holds() {
        let text = b"2 beginbfchar <01> <0041> <01> <0042> endbfchar 1 beginbfchar <01> <00430044> endbfchar
            1 beginbfchar <02> <D800> <03> <> endbfchar";
        let map = ToUnicode::parse(text, &Meter::new(Budget::default())).unwrap();
        assert_eq!(map.get(1), Some(Meaning::Text("CD".into())));
        assert_eq!(map.get(2), Some(Meaning::Text("\u{FFFD}".into())), "half a character");
        assert_eq!(map.get(3), Some(Meaning::Text("".into())));
    }
}
