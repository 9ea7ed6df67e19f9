//! The XML declaration (XML 1.0, 2.8): where a file says how it is to be read.

use super::names::is_blank;
use super::{Unreadable, malformed};

/// What a file says of itself before anything else.
pub(super) struct Declaration<'a> {
    pub(super) version: &'a str,
    pub(super) encoding: Option<&'a str>,
    /// Bytes up to the end of `?>`.
    pub(super) length: usize,
}

/// The declaration that these bytes begin with, in whatever encoding begins with ASCII; nothing when there is none.
///
/// Readers search for the encoding in different ways when a declaration is not as the grammar has it, so no other is
/// read.
pub(super) fn declaration(bytes: &[u8]) -> Result<Option<Declaration<'_>>, Unreadable> {
    let Some(behind) = bytes.strip_prefix(BEGIN).filter(|behind| behind.first().is_some_and(|byte| is_blank(*byte)))
    else {
        return Ok(None);
    };
    let wrong = || malformed("XML declaration");
    let window = behind.get(..behind.len().min(MOST_BYTES)).unwrap_or_default();
    let end = memchr::memmem::find(window, b"?>").ok_or_else(wrong)?;
    let mut rest = std::str::from_utf8(window.get(..end).unwrap_or_default()).map_err(|_| wrong())?;
    let version = take(&mut rest, "version").ok_or_else(wrong)?.filter(|value| is_version(value));
    let encoding = take(&mut rest, "encoding").ok_or_else(wrong)?;
    let standalone = take(&mut rest, "standalone").ok_or_else(wrong)?;
    let sound = encoding.is_none_or(is_encoding_name) && standalone.is_none_or(|value| matches!(value, "yes" | "no"));
    let (Some(version), true, true) = (version, sound, rest.bytes().all(is_blank)) else { return Err(wrong()) };
    Ok(Some(Declaration { version, encoding, length: BEGIN.len() + end + 2 }))
}

/// The value under this name, if it comes next; nothing at all for what is not `name = "value"` behind a blank.
fn take<'a>(rest: &mut &'a str, name: &str) -> Option<Option<&'a str>> {
    let skip = |text: &'a str| text.trim_start_matches(|c: char| u8::try_from(c).is_ok_and(is_blank));
    let Some(behind) = skip(rest).strip_prefix(name).filter(|_| rest.bytes().next().is_some_and(is_blank)) else {
        return Some(None);
    };
    let behind = skip(skip(behind).strip_prefix('=')?);
    let quote = behind.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (value, behind) = behind.strip_prefix(quote)?.split_once(quote)?;
    *rest = behind;
    Some(Some(value))
}

fn is_version(value: &str) -> bool {
    value.strip_prefix("1.").is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_encoding_name(value: &str) -> bool {
    value.bytes().next().is_some_and(|first| first.is_ascii_alphabetic())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

const BEGIN: &[u8] = b"<?xml";
/// Honest ones have fifty; room for blanks.
const MOST_BYTES: usize = 4096;
