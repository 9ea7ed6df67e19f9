//! The words that a package is written in: which elements and attributes occur, and how they are spelled.
//!
//! For whoever knows what a document may consist of and wants to hear of everything else. A reader that knows more
//! elements than this one, or takes their names more lightly, shows more than this one.

use std::collections::BTreeMap;

use crate::write::xml::HEAD;
use crate::xml::Tree;

/// An element, or an attribute of one, that occurs in a package; each once for every kind of file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// Local name of the file's root element, which says what kind of file it is.
    pub root: String,
    /// Local name of the element; `?` when it is of another namespace.
    pub element: String,
    /// Name of the attribute; nothing for the element itself.
    pub attribute: Option<String>,
    /// Every value of the attribute consists of plain decimal numbers, one blank between two. Of an element: its text does,
    /// capital letters standing alone (the operators of a path) among them.
    pub numbers: bool,
    /// The entry in which it was first met.
    pub place: String,
}

/// Words as they are met.
#[derive(Default)]
pub(crate) struct Words {
    known: BTreeMap<(String, String, Option<String>), (bool, String)>,
}

impl Words {
    /// Takes note of a file.
    pub(crate) fn add(&mut self, tree: &Tree<'_>, place: &str) {
        let root = tree.root();
        let mut met: BTreeMap<(&str, Option<&str>), bool> = BTreeMap::new();
        let mut note = |element, attribute, numbers: &dyn Fn() -> bool| {
            let full = met.len() >= MOST_WORDS;
            match met.get_mut(&(element, attribute)) {
                Some(all) => *all = *all && numbers(),
                None if !full => {
                    met.insert((element, attribute), numbers());
                }
                // A file of so many words is told by those that are listed.
                None => {}
            }
        };
        for element in std::iter::once(root).chain(root.descendants()) {
            let name = if element.name().is_empty() { "?" } else { element.name() };
            note(name, None, &|| are_numbers(element.text(), true));
            for (key, value) in element.attrs() {
                note(name, Some(key), &|| are_numbers(&value, false));
            }
        }
        for ((element, attribute), numbers) in met {
            let key = (root.name().to_owned(), element.to_owned(), attribute.map(str::to_owned));
            if self.known.len() < MOST_WORDS || self.known.contains_key(&key) {
                self.known.entry(key).or_insert_with(|| (true, place.to_owned())).0 &= numbers;
            }
        }
    }

    pub(crate) fn into_list(self) -> Vec<Word> {
        let word = |((root, element, attribute), (numbers, place))| Word { root, element, attribute, numbers, place };
        self.known.into_iter().map(word).collect()
    }
}

/// What of a file's spelling differs from the one way in which this crate writes: the declaration, the prefix `ofd` for
/// every element, one namespace named once; no comments, instructions, sections, no references but those that must be.
pub(crate) fn odd_spelling(text: &str) -> Option<&'static str> {
    let Some(body) = text.strip_prefix(HEAD) else { return Some("another XML declaration") };
    let mut first = true;
    let bytes = body.as_bytes();
    for at in memchr::memchr_iter(b'<', bytes) {
        let tag = body.get(at + 1..).unwrap_or_default();
        let tag = tag.get(..memchr::memchr(b'>', tag.as_bytes()).unwrap_or(tag.len())).unwrap_or_default();
        let Some(name) = tag.strip_prefix('/').unwrap_or(tag).strip_prefix("ofd:") else {
            return Some(match tag.as_bytes().first() {
                Some(b'!') => "a comment or a section",
                Some(b'?') => "an instruction",
                _ => "an element without the prefix ofd",
            });
        };
        let declared = name.split_once(' ').map(|(_, rest)| rest).unwrap_or_default();
        let others = match (first, declared.strip_prefix(NAMESPACE_DECLARED)) {
            (true, None) => return Some("another namespace"),
            (true, Some(rest)) => rest,
            (false, _) => declared,
        };
        first = false;
        if has_prefix(others) {
            return Some("a second namespace, or an attribute with a prefix");
        }
    }
    let spelled =
        |at: usize| REFERENCES.iter().any(|known| bytes.get(at..).is_some_and(|rest| rest.starts_with(known)));
    if !memchr::memchr_iter(b'&', bytes).all(spelled) {
        return Some("a reference to a character that needs none");
    }
    None
}

/// Whether any of these attributes is named with a prefix, or stands in other quotation marks; declarations of namespaces
/// included. Values are passed over.
fn has_prefix(attributes: &str) -> bool {
    let bytes = attributes.as_bytes();
    let mut at = 0;
    while let Some(length) = memchr::memchr3(b'"', b':', b'\'', bytes.get(at..).unwrap_or_default()) {
        let name = attributes.get(at..at + length).unwrap_or_default();
        if bytes.get(at + length) != Some(&b'"') || name.trim_start().starts_with("xmlns") {
            return true;
        }
        let value = at + length + 1;
        let Some(end) = memchr::memchr(b'"', bytes.get(value..).unwrap_or_default()) else { return true };
        at = value + end + 1;
    }
    false
}

/// Whether a text consists of numbers as writers should write them, one blank between two; `operators` are capital letters
/// standing alone.
fn are_numbers(text: &str, operators: bool) -> bool {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take(MOST_DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut at = 0;
    loop {
        if operators && bytes.get(at).is_some_and(u8::is_ascii_uppercase) {
            at += 1;
        } else {
            at += usize::from(bytes.get(at) == Some(&b'-'));
            for part in 0..2 {
                let count = digits(at);
                if count == 0 || count > MOST_DIGITS {
                    return false;
                }
                at += count;
                if part == 1 || bytes.get(at) != Some(&b'.') {
                    break;
                }
                at += 1;
            }
        }
        match bytes.get(at) {
            None => return true,
            Some(b' ') => at += 1,
            Some(_) => return false,
        }
    }
}

/// Digits before a point, and behind it.
const MOST_DIGITS: usize = 9;
/// More different words than any schema has.
const MOST_WORDS: usize = 512;
const NAMESPACE_DECLARED: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";
/// The references that escaping makes.
const REFERENCES: [&[u8]; 7] = [b"&lt;", b"&gt;", b"&amp;", b"&quot;", b"&#9;", b"&#10;", b"&#13;"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_of_spelling() {
        let root = "<ofd:A xmlns:ofd=\"http://www.ofdspec.org/2016\"";
        let ours = format!("{HEAD}{root} B=\"x:y xmlns\"><ofd:C D=\"a&lt;&amp;\">1 &gt; 0:</ofd:C></ofd:A>");
        assert_eq!(odd_spelling(&ours), None);
        for (from, to) in [
            ("UTF-8", "GBK"),
            ("\n", " \n"),
            ("<ofd:C", "<!-- --><ofd:C"),
            ("<ofd:C", "<?x ?><ofd:C"),
            ("1 &gt; 0:", "<![CDATA[1]]>"),
            ("<ofd:C", "<x:C"),
            ("<ofd:C", "<C"),
            ("<ofd:C ", "<ofd:C xmlns:ofd=\"urn:x\" "),
            ("<ofd:C ", "<ofd:C xmlns=\"urn:x\" "),
            ("<ofd:C ", "<ofd:C q:Visible=\"false\" "),
            ("D=\"a", "D='a"),
            ("2016", "2020"),
            ("&lt;", "&#60;"),
        ] {
            let changed = ours.replacen(from, to, 1);
            assert!(changed != ours && odd_spelling(&changed).is_some(), "{changed}");
        }
    }

    #[test]
    fn plain_numbers() {
        for good in ["0", "-1.5", "12.345 0 7", "26 26 26", "123456789.123456789"] {
            assert!(are_numbers(good, false) && are_numbers(good, true), "{good}");
        }
        for data in ["M 0 0 L 1.5 -2 C", "0 0 210 297", "C"] {
            assert!(are_numbers(data, true), "{data}");
        }
        for odd in [
            "",
            " 1",
            "1  2",
            "1.",
            ".5",
            "+1",
            "1e3",
            "#FF",
            "g 3 4",
            "1\t2",
            "1mm",
            "--1",
            "1234567890",
            "1 ",
            "1.2.3",
        ] {
            assert!(!are_numbers(odd, false) && !are_numbers(odd, true), "{odd}");
        }
        for odd in ["M 0 0 L 1mm 2", "CM 0 0", "M 0 0 ", "-M"] {
            assert!(!are_numbers(odd, true), "{odd}");
        }
        assert!(!are_numbers("M 0 0", false));
    }
}
