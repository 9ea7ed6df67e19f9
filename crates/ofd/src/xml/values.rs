//! Characters, character data and values of attributes: references resolved, white space as XML says.

use std::borrow::Cow;

use super::{Unreadable, malformed};
use crate::problem::ProblemKind;

/// Refuses what XML 1.0 has no character for (2.2), and in files of a later version what that reads otherwise: there
/// more characters end a line, and more must be written as references (XML 1.1, 2.2 and 2.11).
pub(super) fn check_characters(text: &str, version: Option<&str>) -> Result<(), Unreadable> {
    let bytes = text.as_bytes();
    let is_control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    // Without an early end inside a chunk, several bytes are looked at in one step.
    let controls = bytes.chunks(1024).any(|chunk| chunk.iter().fold(false, |found, byte| found | is_control(*byte)));
    let noncharacters =
        memchr::memmem::find_iter(bytes, b"\xef\xbf").any(|at| matches!(bytes.get(at + 2), Some(0xbe | 0xbf)));
    if controls || noncharacters {
        return Err(malformed("a character that XML does not have"));
    }
    let later = |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}');
    if version.is_some_and(|version| version != "1.0") && text.chars().any(later) {
        return Err(malformed("a character that XML 1.1 reads otherwise"));
    }
    Ok(())
}

/// An attribute's value: references resolved, white space made blanks (XML 1.0, 3.3.3).
pub(super) fn resolved(value: &str) -> Result<Cow<'_, str>, Unreadable> {
    references_resolved(value, true)
}

/// Character references and the five names every XML processor knows; never an entity of a document type.
pub(super) fn references_resolved(text: &str, attribute: bool) -> Result<Cow<'_, str>, Unreadable> {
    if !text.bytes().any(|byte| matches!(byte, b'&' | b'\r') || attribute && matches!(byte, b'\n' | b'\t')) {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let (plain, reference) = rest.split_once('&').map_or((rest, None), |(plain, rest)| (plain, Some(rest)));
        let mut last = ' ';
        for c in plain.chars() {
            match c {
                '\n' if last == '\r' => {}
                '\r' | '\n' | '\t' if attribute => out.push(' '),
                '\r' => out.push('\n'),
                c => out.push(c),
            }
            last = c;
        }
        let Some(reference) = reference else { return Ok(Cow::Owned(out)) };
        let (name, behind) = reference.split_once(';').ok_or_else(|| malformed("reference that does not end"))?;
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => character(name)?,
        });
        rest = behind;
    }
}

/// `#x4e00` or `#19968`.
fn character(name: &str) -> Result<char, Unreadable> {
    let Some(number) = name.strip_prefix('#') else {
        let name: String = name.chars().take(40).collect();
        return Err(Unreadable { kind: ProblemKind::XmlDtd, detail: format!("entity {name}") });
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, radix).ok().filter(|_| plain);
    let allowed = |c: &char| *c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}') || matches!(c, '\t' | '\n' | '\r');
    code.and_then(char::from_u32).filter(allowed).ok_or_else(|| malformed("character reference"))
}
