//! Names and the bytes around them: prefixes, what may be part of a name.

use super::{Unreadable, malformed};

/// Prefix and local part of a qualified name (Namespaces in XML 1.0, 4): each a name without a colon.
pub(super) fn qualified(name: &str) -> Result<(&str, &str), Unreadable> {
    let (prefix, local) = match halves(name) {
        Some((prefix, local)) if is_plain(prefix) && !local.contains(':') => (prefix, local),
        Some(_) => return Err(malformed("name")),
        None => ("", name),
    };
    if is_plain(local) { Ok((prefix, local)) } else { Err(malformed("name")) }
}

/// Whether the bytes of a name are one (XML 1.0, 2.3).
fn is_plain(name: &str) -> bool {
    let Some(first) = name.as_bytes().first() else { return false };
    if name.is_ascii() {
        return !first.is_ascii_digit() && !matches!(first, b'-' | b'.');
    }
    name.chars().next().is_some_and(is_start) && name.chars().all(is_part)
}

/// `NameStartChar`, above ASCII as the fifth edition has it.
fn is_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '_'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

/// `NameChar`, without the colon.
fn is_part(c: char) -> bool {
    is_start(c) || matches!(c, '0'..='9' | '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// What stands before and behind the first colon. Names are short: no search engine is set up for them.
fn halves(name: &str) -> Option<(&str, &str)> {
    let colon = name.bytes().position(|byte| byte == b':')?;
    Some((name.get(..colon)?, name.get(colon + 1..)?))
}

pub(super) fn is_blank(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == BLANK
}

/// Bytes of names, the colon of a prefix included; what is above ASCII is looked at afterwards.
pub(super) fn is_name(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == NAME
}

/// What a byte is to the parser, 0 for nothing in particular.
pub(super) static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' => BLANK,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-' | b'.' | b':' | 0x80.. => NAME,
            b'"' | b'\'' => QUOTE,
            b'&' => REFERENCE,
            b'<' => MARKUP,
            _ => 0,
        };
        byte += 1;
    }
    classes
};
pub(super) const NAME: u8 = 1;
pub(super) const BLANK: u8 = 2;
pub(super) const QUOTE: u8 = 4;
pub(super) const REFERENCE: u8 = 8;
pub(super) const MARKUP: u8 = 16;

pub(super) const NAME_BYTES: usize = 1024;
