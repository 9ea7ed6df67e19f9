//! Whether a revision holds objects, a table and a trailer, and nothing between the lines: no comment, no second sense in
//! white space. What is written into a comment is seen by no reader, and signed by nobody when it stands at the end.

use crate::read::document::{Document, State};
use crate::read::object::Object;

/// More white space in one place than any writer needs; a placeholder of `/ByteRange` is padded with some of it.
const WIDEST: usize = 40;

/// Whether there is nothing in the bytes of a revision but what its objects say.
pub(super) fn plainly(doc: &Document<'_>, revision: usize) -> bool {
    let found = &doc.revisions[revision];
    let view = doc.view(revision);
    let mut streams: Vec<_> = found
        .defined
        .iter()
        .filter_map(|num| match &view.definition(*num)?.state {
            State::Used { object: Object::Stream(stream), container: None, .. } => Some(stream.raw.clone()),
            _ => None,
        })
        .collect();
    streams.sort_unstable_by_key(|raw| raw.start);
    let bytes = doc.bytes;
    // An offset may lead to its place from several bytes: a second spelling of the same.
    let Some(end) = found.eof.checked_sub(b"%%EOF".len()).filter(|_| found.exact) else { return false };
    let mut at = found.start;
    for raw in streams {
        if raw.start < at || !bytes.get(at..raw.start).is_some_and(text) {
            return false;
        }
        at = raw.end;
    }
    bytes.get(at..end).is_some_and(text)
}

/// Text of objects outside streams: words, strings, white space; no comments.
fn text(bytes: &[u8]) -> bool {
    let mut at = 0;
    let mut blank = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        blank = if matches!(byte, b' ' | b'\n' | b'\r') { blank + 1 } else { 0 };
        let fine = match byte {
            b'(' => literal(&bytes[at..]).map(|length| at += length).is_some(),
            b'<' if bytes.get(at) != Some(&b'<') => {
                let digits = bytes[at..].iter().take_while(|digit| digit.is_ascii_hexdigit()).count();
                at += digits + 1;
                bytes.get(at - 1) == Some(&b'>')
            }
            b'<' => {
                at += 1;
                true
            }
            b'%' => false,
            byte => byte.is_ascii_graphic() || blank > 0 && blank <= WIDEST,
        };
        if !fine {
            return false;
        }
    }
    true
}

/// The length of the rest of a literal string (7.3.4.2), its closing parenthesis included.
fn literal(rest: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (1, 0);
    while depth > 0 {
        match rest.get(at)? {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn comments_hide_and_strings_do_not() {
        for plain in [&b"1 0 obj\n<</T(100% \\) (yes))/H<00fF>/N/A>>\nendobj\n"[..], b"[0 1 2 3      ]", b"()<><<>>"] {
            assert!(text(plain), "{}", String::from_utf8_lossy(plain));
        }
        let wide = [b' '; 41];
        for other in [&b"<<>>% hidden\n"[..], b"(open", b"<0 0>", b"<00", b"a\0b", b"\xE2", b"(\\", b"a\tb", &wide] {
            assert!(!text(other), "{}", String::from_utf8_lossy(other));
        }
    }
}
