//! `/ToUnicode` maps (9.10.3): character codes to text.

use std::collections::HashMap;

use crate::budget::Meter;
use crate::problem::ProblemKind;
use crate::read::object::Object;
use crate::read::parse::{Instruction, Parser};
use crate::read::strings;

#[derive(Debug, Default)]
pub(super) struct ToUnicode {
    singles: HashMap<u32, String>,
    /// First and last code, UTF-16 of the first.
    ranges: Vec<(u32, u32, Vec<u8>)>,
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
                        b"endbfchar" => map.chars(&operands),
                        b"endbfrange" => map.spans(&operands),
                        _ => {}
                    }
                    operands.clear();
                }
            }
        }
        map.ranges.sort();
        Ok(map)
    }

    fn chars(&mut self, operands: &[Object]) {
        for pair in operands.chunks_exact(2) {
            if let (Some(code), Some(text)) = (code(&pair[0]), pair[1].string()) {
                self.singles.insert(code, strings::utf16_be(text));
            }
        }
    }

    fn spans(&mut self, operands: &[Object]) {
        for triple in operands.chunks_exact(3) {
            let (Some(first), Some(last)) = (code(&triple[0]), code(&triple[1])) else { continue };
            match &triple[2] {
                Object::String(text) => self.ranges.push((first, last, text.clone())),
                Object::Array(texts) => {
                    for (code, text) in (first..=last).zip(texts.iter().filter_map(Object::string)) {
                        self.singles.insert(code, strings::utf16_be(text));
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn get(&self, code: u32) -> Option<String> {
        if let Some(text) = self.singles.get(&code) {
            return Some(text.clone());
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
        Some(strings::utf16_be(&text))
    }
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
        let got: Vec<Option<String>> = [3, 4, 0x11, 0x13, 0x21].map(|code| map.get(code)).to_vec();
        let want = [Some("证"), Some("𠀀"), Some("B"), None, Some("fi")].map(|t| t.map(String::from));
        assert_eq!(got, want);
    }
}
