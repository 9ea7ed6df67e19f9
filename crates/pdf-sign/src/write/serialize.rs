//! Objects to bytes, for incremental updates.

use crate::read::name::Name;
use crate::read::object::{Dict, Object};

pub(super) fn object(object: &Object, out: &mut Vec<u8>) {
    match object {
        Object::Null => out.extend(b"null"),
        Object::Bool(value) => out.extend(value.to_string().bytes()),
        Object::Int(value) => out.extend(value.to_string().bytes()),
        Object::Real(value) => out.extend(real(*value).bytes()),
        Object::String(bytes) => string(bytes, out),
        Object::Name(name) => self::name(name, out),
        Object::Ref(id) => out.extend(format!("{} {} R", id.num, id.generation).bytes()),
        Object::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b' ');
                }
                self::object(item, out);
            }
            out.push(b']');
        }
        Object::Dict(dict) => self::dict(dict, out),
        // Streams are written where their data are; nothing holds one directly.
        Object::Stream(stream) => self::dict(&stream.dict, out),
    }
}

pub(super) fn dict(dict: &Dict, out: &mut Vec<u8>) {
    out.extend(b"<<");
    for (key, value) in &dict.0 {
        name(key, out);
        out.push(b' ');
        object(value, out);
        out.push(b' ');
    }
    out.extend(b">>");
}

/// The shortest digits that give the number back; PDF knows no exponents, and neither does `Display`. A point stays, so
/// that a real is read as a real again.
fn real(value: f64) -> String {
    let text = value.to_string();
    if text.contains('.') { text } else { text + ".0" }
}

/// A coordinate of our own: six digits are finer than any printer.
pub(super) fn coordinate(value: f64) -> Object {
    Object::Real((value * 1e6).round() / 1e6)
}

pub(super) fn named(text: &str) -> Object {
    Object::Name(Name::new(text.as_bytes()))
}

pub(super) fn name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for &byte in name {
        if byte.is_ascii_alphanumeric() || b"-_+.:*'\"@,;$&!?=^~|".contains(&byte) {
            out.push(byte);
        } else {
            out.extend(format!("#{byte:02X}").bytes());
        }
    }
}

fn string(bytes: &[u8], out: &mut Vec<u8>) {
    let plain = bytes.iter().all(|b| (0x20..0x7F).contains(b) && !b"()\\".contains(b));
    if plain {
        out.push(b'(');
        out.extend(bytes);
        out.push(b')');
    } else {
        out.push(b'<');
        bytes.iter().for_each(|byte| out.extend(format!("{byte:02X}").bytes()));
        out.push(b'>');
    }
}

/// A text string: ASCII as it is, else UTF-16 with its mark.
pub(super) fn text(text: &str) -> Object {
    if text.bytes().all(|b| (0x20..0x7F).contains(&b)) {
        return Object::String(text.as_bytes().into());
    }
    let mut bytes = vec![0xFE, 0xFF];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Budget;
    use crate::meter::Meter;
    use crate::read::parse::Parser;

    #[test]
    fn what_is_written_reads_back() {
        let source = b"<</A#20b [1 -2.5 0.0000000123456789 12345678901234567890.5 7.0 true null (a\\(b) <00FF>] /B <</C 3 0 R>>/D /E#2F>>";
        let meter = Meter::new(Budget::default());
        let first = Parser::new(source, 0, &meter).object().unwrap();
        let mut bytes = Vec::new();
        object(&first, &mut bytes);
        assert_eq!(Parser::new(&bytes, 0, &meter).object().unwrap(), first);
    }
}
