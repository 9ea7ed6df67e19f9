//! From bytes to text.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, GBK, UTF_8};

use super::declaration::declaration;
use super::gbk;
use super::{Note, Unreadable, over_budget};
use crate::budget::RECODED_BYTES;
use crate::problem::ProblemKind;

/// The text of a file: UTF-8 nearly always, GBK or UTF-16 in old ones.
///
/// What reads otherwise in another encoding that the file names or hints at is noted, or not read at all.
pub(crate) fn decode<'a>(bytes: Cow<'a, [u8]>, notes: &mut Vec<Note>) -> Result<Cow<'a, str>, Unreadable> {
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        return marked(encoding, bytes.get(mark..).unwrap_or_default(), notes).map(Cow::Owned);
    }
    if matches!(*bytes, [0, b'<', ..] | [b'<', 0, ..]) {
        return Err(conflict("UTF-16 without its mark"));
    }
    let declared = declaration(&bytes)?.and_then(|declaration| declaration.encoding).map(str::to_ascii_lowercase);
    match declared.filter(|label| !is_utf8(label)) {
        None => utf8(bytes),
        Some(label) => {
            notes.push((ProblemKind::XmlEncoding, ""));
            declared_otherwise(&label, bytes, notes)
        }
    }
}

/// A file with a byte order mark, which must be right.
fn marked(encoding: &'static Encoding, bytes: &[u8], notes: &mut Vec<Note>) -> Result<String, Unreadable> {
    let kind = if encoding == UTF_8 { ProblemKind::ByteOrderMark } else { ProblemKind::XmlEncoding };
    notes.push((kind, ""));
    let text = whole(encoding, bytes)?;
    let declared = declaration(text.as_bytes())?.and_then(|declaration| declaration.encoding);
    let fits = |label: &str| match encoding == UTF_8 {
        true => is_utf8(label),
        false => label.eq_ignore_ascii_case("utf-16") || label.eq_ignore_ascii_case(encoding.name()),
    };
    if !declared.is_none_or(fits) {
        notes.push((ProblemKind::EncodingConflict, "the byte order mark says one encoding, the declaration another"));
    }
    Ok(text)
}

fn utf8(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, str>, Unreadable> {
    let wrong = |error: std::str::Utf8Error| Unreadable {
        kind: ProblemKind::EncodingConflict,
        detail: format!("not UTF-8, which it declares or is without a declaration, at byte {}", error.valid_up_to()),
    };
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(wrong),
        Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|error| wrong(error.utf8_error())),
    }
}

/// A file that names another encoding than UTF-8.
fn declared_otherwise<'a>(
    label: &str,
    bytes: Cow<'a, [u8]>,
    notes: &mut Vec<Note>,
) -> Result<Cow<'a, str>, Unreadable> {
    let mut note = |what| notes.push((ProblemKind::EncodingConflict, what));
    let Some(encoding) = Encoding::for_label(label.as_bytes()) else {
        note("an encoding that nobody shares");
        return utf8(bytes);
    };
    if !encoding.is_ascii_compatible() {
        return Err(conflict("an encoding that the declaration itself is not in"));
    }
    // What is ASCII reads alike in all the rest.
    if bytes.is_ascii() {
        return utf8(bytes);
    }
    if std::str::from_utf8(&bytes).is_ok() {
        note("the bytes read as UTF-8 and as the encoding they declare");
    } else if encoding != GBK && encoding != GB18030 {
        note("an encoding that readers of OFD do not share");
    }
    let text = whole(encoding, &bytes)?;
    if encoding == GBK && !gbk::is_common(&bytes) {
        note("characters beyond the encoding it declares");
    }
    Ok(Cow::Owned(text))
}

fn is_utf8(label: &str) -> bool {
    label.eq_ignore_ascii_case("utf-8") || label.eq_ignore_ascii_case("utf8")
}

fn whole(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, Unreadable> {
    // Bytes and text are held both.
    if bytes.len() > RECODED_BYTES {
        return Err(over_budget("bytes of XML in another encoding, or with a mark of it"));
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(Cow::into_owned).ok_or_else(|| conflict("not decodable in the encoding it declares"))
}

fn conflict(detail: &str) -> Unreadable {
    Unreadable { kind: ProblemKind::EncodingConflict, detail: detail.to_owned() }
}
