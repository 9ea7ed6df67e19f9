//! From bytes to text.

use std::borrow::Cow;

use super::Unreadable;
use crate::problem::ProblemKind;

/// The text of a file: UTF-8 nearly always, GBK or UTF-16 in old ones.
pub(crate) fn decode<'a>(bytes: Cow<'a, [u8]>, notes: &mut Vec<ProblemKind>) -> Result<Cow<'a, str>, Unreadable> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(&bytes) {
        notes.push(if encoding == encoding_rs::UTF_8 { ProblemKind::ByteOrderMark } else { ProblemKind::XmlEncoding });
        return whole(encoding.decode_with_bom_removal(&bytes));
    }
    // The declaration is ASCII in every encoding that has no byte order mark.
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES)];
    let head = head.split(|b| *b == b'>').next().unwrap_or_default();
    let label = String::from_utf8_lossy(head).split_once("encoding").and_then(|(_, rest)| {
        let rest = rest.trim_start().strip_prefix('=')?.trim_start();
        Some(rest.split(['"', '\'']).nth(1)?.trim().to_owned())
    });
    let label = label.filter(|_| head.starts_with(b"<?xml"));
    let declared = label.as_ref().map(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    if declared == Some(None) {
        // Nobody knows how to read it; it is read as UTF-8.
        notes.push(ProblemKind::XmlEncoding);
    }
    match declared.flatten() {
        Some(encoding) if encoding != encoding_rs::UTF_8 => {
            notes.push(ProblemKind::XmlEncoding);
            whole(encoding.decode_without_bom_handling(&bytes))
        }
        _ => match bytes {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(not_utf8),
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|error| not_utf8(error.utf8_error())),
        },
    }
}

fn not_utf8(error: std::str::Utf8Error) -> Unreadable {
    let detail = format!("not UTF-8 at byte {}", error.valid_up_to());
    Unreadable { kind: ProblemKind::XmlUnreadable, detail }
}

fn whole<'a>((text, damaged): (Cow<'_, str>, bool)) -> Result<Cow<'a, str>, Unreadable> {
    if damaged {
        return Err(Unreadable { kind: ProblemKind::XmlUnreadable, detail: "not decodable".to_owned() });
    }
    Ok(Cow::Owned(text.into_owned()))
}

const DECLARATION_BYTES: usize = 200;
