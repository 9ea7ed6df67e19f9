//! PDF files by hand: written honestly, and revised with every field of a revision free to lie.

use std::collections::BTreeMap;

/// A first revision: numbered objects and what the trailer says besides `/Size` and `/ID`.
#[derive(Clone)]
pub struct File {
    /// Bodies of the objects.
    pub objects: BTreeMap<u32, Vec<u8>>,
    /// Of the trailer.
    pub trailer: String,
}

impl File {
    /// The whole file, with a cross-reference table.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let last = self.objects.keys().last().copied().unwrap_or_default();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", last + 1);
        for number in 1..=last {
            let Some(body) = self.objects.get(&number) else {
                table += "0000000000 00000 f \n";
                continue;
            };
            table += &format!("{:010} 00000 n \n", out.len());
            object(&mut out, number, 0, body);
        }
        let at = out.len();
        let size = last + 1;
        let trailer =
            format!("trailer\n<</Size {size} {} /ID [<0102030405060708> <0102030405060708>]>>\n", self.trailer);
        out.extend(format!("{table}{trailer}startxref\n{at}\n%%EOF\n").bytes());
        out
    }

    /// Puts an object in.
    pub fn set(&mut self, number: u32, body: impl AsRef<[u8]>) {
        self.objects.insert(number, body.as_ref().to_vec());
    }

    /// Replaces words in an object.
    pub fn replace(&mut self, number: u32, from: &str, to: &str) {
        let body = replaced(&self.objects[&number], from.as_bytes(), to.as_bytes());
        self.objects.insert(number, body);
    }
}

fn object(out: &mut Vec<u8>, number: u32, generation: u16, body: &[u8]) {
    out.extend(format!("{number} {generation} obj\n").bytes());
    out.extend_from_slice(body);
    out.extend_from_slice(b"\nendobj\n");
}

/// A stream object.
pub fn stream(keys: &str, data: &[u8]) -> Vec<u8> {
    let mut out = format!("<<{keys}/Length {}>>\nstream\n", data.len()).into_bytes();
    out.extend_from_slice(data);
    out.extend_from_slice(b"\nendstream");
    out
}

/// One more revision. All fields that are left alone are honest.
#[derive(Default)]
pub struct Update {
    /// Objects with their generations.
    pub objects: Vec<(u32, u16, Vec<u8>)>,
    /// Lines of the table besides: number and the 20 bytes.
    pub lines: Vec<(u32, String)>,
    /// `/Root`.
    pub root: Option<String>,
    /// `/Info`, nothing for none.
    pub info: Option<String>,
    /// `/Size`.
    pub size: Option<u32>,
    /// `/Prev`.
    pub prev: Option<usize>,
    /// More keys of the trailer.
    pub extra: String,
    /// Bytes before the objects.
    pub before: Vec<u8>,
    /// Instead of the offset behind `startxref`.
    pub startxref: Option<usize>,
    /// The end, from the word `xref` on: what is left of it.
    pub keep: Keep,
}

/// How much of the end of a revision is written.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// All.
    #[default]
    All,
    /// Objects and a trailer, without a table.
    Trailer,
    /// Objects alone.
    Objects,
    /// Table and trailer, without `startxref` and `%%EOF`.
    Table,
}

impl Update {
    /// These objects, anew.
    pub fn of<const N: usize>(objects: [(u32, &[u8]); N]) -> Update {
        let objects = objects.into_iter().map(|(number, body)| (number, 0, body.to_vec())).collect();
        Update { objects, ..Update::default() }
    }

    /// The file with this revision behind it.
    pub fn on(&self, pdf: &[u8]) -> Vec<u8> {
        let mut out = pdf.to_vec();
        out.extend_from_slice(&self.before);
        let mut lines = self.lines.clone();
        for (number, generation, body) in &self.objects {
            lines.push((*number, format!("{:010} {generation:05} n \n", out.len())));
            object(&mut out, *number, *generation, body);
        }
        let old = trailer(pdf);
        let newest = lines.iter().map(|(number, _)| number + 1).max().unwrap_or_default();
        let size = self.size.unwrap_or_else(|| newest.max(value(&old, "/Size").parse().expect("a number")));
        let root = self.root.clone().unwrap_or_else(|| value(&old, "/Root"));
        let info = self.info.clone().unwrap_or_else(|| value(&old, "/Info"));
        let info = if info.is_empty() { info } else { format!("/Info {info}") };
        let prev = self.prev.unwrap_or_else(|| startxref(pdf));
        let at = out.len();
        if matches!(self.keep, Keep::All | Keep::Table) {
            out.extend_from_slice(b"xref\n");
            for (number, line) in &lines {
                out.extend(format!("{number} 1\n{line}").bytes());
            }
            if lines.is_empty() {
                out.extend_from_slice(b"0 0\n");
            }
        }
        let id = id(&old);
        if self.keep != Keep::Objects {
            let keys = format!("/Size {size}/Root {root}{info}{id}/Prev {prev}{}", self.extra);
            out.extend(format!("trailer\n<<{keys}>>\n").bytes());
        }
        if matches!(self.keep, Keep::All | Keep::Trailer) {
            out.extend(format!("startxref\n{}\n%%EOF\n", self.startxref.unwrap_or(at)).bytes());
        }
        out
    }
}

fn trailer(pdf: &[u8]) -> String {
    let at = find_last(pdf, b"trailer").expect("a file with a table");
    String::from_utf8_lossy(&pdf[at..]).into_owned()
}

fn value(trailer: &str, key: &str) -> String {
    let Some(at) = trailer.find(key) else { return String::new() };
    let rest = &trailer[at + key.len()..];
    rest[..rest.find(['/', '>']).unwrap_or(rest.len())].trim().to_owned()
}

fn id(trailer: &str) -> String {
    let Some(at) = trailer.find("/ID") else { return String::new() };
    let end = trailer[at..].find(']').map_or(trailer.len(), |end| at + end + 1);
    trailer[at..end].to_owned()
}

/// The number behind the last `startxref`.
pub fn startxref(pdf: &[u8]) -> usize {
    let at = find_last(pdf, b"startxref").expect("a whole file") + 9;
    let digits = pdf[at..].iter().skip_while(|b| !b.is_ascii_digit()).take_while(|b| b.is_ascii_digit());
    String::from_utf8(digits.copied().collect()).expect("digits").parse().expect("digits")
}

/// Where a word stands first.
pub fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

/// Where a word stands last.
pub fn find_last(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|window| window == word)
}

/// Every occurrence replaced; there is one.
pub fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(from) {
            out.extend_from_slice(to);
            at += from.len();
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    assert_ne!(out, bytes, "nothing was replaced: {}", String::from_utf8_lossy(from));
    out
}

/// The body of an object as its newest revision has it.
pub fn body(pdf: &[u8], number: u32) -> Vec<u8> {
    let head = format!("\n{number} 0 obj");
    let at = find_last(pdf, head.as_bytes()).expect("the object is there") + head.len();
    let end = at + find(&pdf[at..], b"endobj").expect("it ends");
    pdf[at..end].trim_ascii().to_vec()
}

/// The first object whose dictionary has all these words.
pub fn object_with(pdf: &[u8], words: &[&str]) -> u32 {
    let there = |number: &u32| find(pdf, format!("\n{number} 0 obj").as_bytes()).is_some();
    let holds = |number: &u32| {
        let body = body(pdf, *number);
        let dictionary = &body[..find(&body, b"stream\n").unwrap_or(body.len())];
        words.iter().all(|word| find(dictionary, word.as_bytes()).is_some())
    };
    (1..500).filter(there).find(holds).unwrap_or_else(|| panic!("no object with {words:?}"))
}
