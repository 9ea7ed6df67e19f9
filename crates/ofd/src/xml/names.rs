//! Names and the bytes around them: prefixes, namespaces, what may be part of a name.

/// What stands before and behind the first colon. Names are short: no search engine is set up for them.
pub(super) fn halves(name: &str) -> Option<(&str, &str)> {
    let colon = name.bytes().position(|byte| byte == b':')?;
    Some((name.get(..colon)?, name.get(colon + 1..)?))
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Space {
    Ofd,
    OldOfd,
    Other,
}

pub(super) fn space(uri: &str) -> Space {
    match uri {
        "http://www.ofdspec.org/2016" => Space::Ofd,
        "http://www.ofdspec.org" => Space::OldOfd,
        _ => Space::Other,
    }
}

pub(super) fn is_blank(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == BLANK
}

/// Bytes of names, the colon of a prefix included; what is above ASCII is taken without asking.
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

/// The prefix that the standard and nearly all programs use.
pub(super) const USUAL_PREFIX: &str = "ofd";
pub(super) const NAME_BYTES: usize = 1024;
