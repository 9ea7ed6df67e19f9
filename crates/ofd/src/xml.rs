//! Reading XML into a small tree, under a budget and without document types.
//!
//! Elements are found by local name: old documents use another namespace, some none (GB/T 33190 in the field).

use std::borrow::Cow;
use std::ops::Range;

use crate::problem::ProblemKind;

/// The nodes that all files of a package may have together, and how deep they may nest.
#[derive(Clone, Debug)]
pub(crate) struct Allowance {
    pub(crate) nodes: usize,
    pub(crate) depth: usize,
}

/// A file that cannot be read as XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) kind: ProblemKind,
    pub(crate) detail: String,
}

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

/// A parsed file. Nodes lie in document order; the first is the root. Everything points into the text, in 32 bits.
pub(crate) struct Tree<'a> {
    source: &'a str,
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    /// Character data that do not stand in the file as they are read: with references, in pieces, with old line ends.
    resolved: Vec<String>,
    /// Habits worth a note: no namespace, old namespace.
    pub(crate) notes: Vec<ProblemKind>,
}

struct Node {
    /// Where the start tag begins, and where the end tag begins (same as the end of an empty element).
    start: u32,
    stop: u32,
    /// Bytes of the prefix with its colon, and of the local name.
    prefix: u16,
    name: u16,
    attributes: u32,
    attribute_count: u16,
    /// Of another namespace.
    foreign: bool,
    text: Text,
    /// One past the last descendant.
    end: u32,
}

/// Character data directly inside an element.
#[derive(Clone, Copy)]
enum Text {
    Source(u32, u32),
    Resolved(u32),
}

struct Attribute {
    key: (u32, u16),
    value: (u32, u32),
    /// Holds references or white space other than blanks.
    raw: bool,
}

/// An element of a [`Tree`].
#[derive(Clone, Copy)]
pub(crate) struct Element<'t, 'a> {
    tree: &'t Tree<'a>,
    at: u32,
}

impl<'a> Tree<'a> {
    /// Parses a whole file.
    pub(crate) fn parse(text: &'a str, allowance: &mut Allowance) -> Result<Tree<'a>, Unreadable> {
        if u32::try_from(text.len()).is_err() {
            return Err(over_budget("XML bytes"));
        }
        let mut parser = Parser {
            tree: Tree {
                source: text,
                nodes: Vec::with_capacity((text.len() / BYTES_PER_NODE).min(MOST_RESERVED)),
                attributes: Vec::with_capacity((text.len() / BYTES_PER_NODE).min(MOST_RESERVED)),
                resolved: Vec::new(),
                notes: Vec::new(),
            },
            bytes: text.as_bytes(),
            at: 0,
            open: Vec::new(),
            scope: Vec::new(),
            allowance,
        };
        parser.file()?;
        if parser.tree.nodes.is_empty() || !parser.open.is_empty() {
            return Err(malformed("no root element, or cut off"));
        }
        Ok(parser.tree)
    }

    /// The root element.
    pub(crate) fn root(&self) -> Element<'_, 'a> {
        Element { tree: self, at: 0 }
    }

    fn slice(&self, start: u32, length: u32) -> &'a str {
        self.source.get(start as usize..start as usize + length as usize).unwrap_or_default()
    }
}

/// Why not quick-xml: this is the hot path of verification, and strictness about what two readers may see differently
/// (`docs/decisions/0014-own-xml-reader.md`).
struct Parser<'a, 'b> {
    tree: Tree<'a>,
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open<'a>>,
    /// Prefixes and what they stand for.
    scope: Vec<(&'a str, Space)>,
    allowance: &'b mut Allowance,
}

/// An open element: its node, its qualified name, how long the scope was before it.
struct Open<'a> {
    node: usize,
    name: &'a str,
    scope: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Space {
    Ofd,
    OldOfd,
    Other,
}

impl<'a> Parser<'a, '_> {
    fn file(&mut self) -> Result<(), Unreadable> {
        loop {
            let markup = memchr::memchr(b'<', self.rest()).map_or(self.bytes.len(), |found| self.at + found);
            if markup > self.at {
                self.text(self.at, markup, true)?;
            }
            self.at = markup;
            let rest = self.rest();
            match rest.get(1) {
                None if rest.is_empty() => return Ok(()),
                Some(b'/') => self.end_tag()?,
                Some(b'?') => {
                    self.at += 2;
                    self.name()?;
                    self.skip(0, b"?>")?;
                }
                Some(b'!') if rest.starts_with(b"<!--") => self.skip(4, b"-->")?,
                Some(b'!') if rest.starts_with(b"<![CDATA[") => {
                    let start = self.at + 9;
                    self.skip(9, b"]]>")?;
                    self.text(start, self.at - 3, false)?;
                }
                Some(b'!') => {
                    return Err(Unreadable { kind: ProblemKind::XmlDtd, detail: "document type".to_owned() });
                }
                _ => self.start_tag()?,
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Goes behind the next `end`.
    fn skip(&mut self, head: usize, end: &[u8]) -> Result<(), Unreadable> {
        let body = self.rest().get(head..).unwrap_or_default();
        let found = memchr::memmem::find(body, end).ok_or_else(|| malformed("markup that does not end"))?;
        self.at += head + found + end.len();
        Ok(())
    }

    fn blank(&mut self) -> bool {
        let blanks = self.rest().iter().take_while(|byte| is_blank(**byte)).count();
        self.at += blanks;
        blanks > 0
    }

    /// A name, up to whatever cannot be part of one.
    fn name(&mut self) -> Result<&'a str, Unreadable> {
        let start = self.at;
        let length = self.rest().iter().take_while(|byte| is_name(**byte)).count();
        self.at += length;
        let name = self.tree.source.get(start..self.at).unwrap_or_default();
        let first = name.as_bytes().first().copied().unwrap_or(b'-');
        if first.is_ascii_digit() || matches!(first, b'-' | b'.' | b':') || length > NAME_BYTES {
            return Err(malformed("name"));
        }
        Ok(name)
    }

    fn end_tag(&mut self) -> Result<(), Unreadable> {
        let start = self.at;
        self.at += 2;
        let name = self.name()?;
        self.blank();
        self.expect(b'>')?;
        let open = self.open.pop().filter(|open| open.name == name).ok_or_else(|| malformed("end tag"))?;
        let end = self.tree.nodes.len();
        if let Some(node) = self.tree.nodes.get_mut(open.node) {
            (node.end, node.stop) = (end as u32, start as u32);
        }
        self.scope.truncate(open.scope);
        Ok(())
    }

    fn expect(&mut self, byte: u8) -> Result<(), Unreadable> {
        if self.rest().first() != Some(&byte) {
            return Err(malformed("tag"));
        }
        self.at += 1;
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), Unreadable> {
        if self.open.is_empty() && !self.tree.nodes.is_empty() {
            return Err(malformed("a second root element"));
        }
        if self.open.len() >= self.allowance.depth {
            return Err(over_budget("nesting"));
        }
        let start = self.at;
        self.at += 1;
        let name = self.name()?;
        let (prefix, local) = match halves(name) {
            Some((_, local)) if local.is_empty() || halves(local).is_some() => return Err(malformed("name")),
            Some(halves) => halves,
            None => ("", name),
        };
        let scope = self.scope.len();
        let first = self.tree.attributes.len();
        let count = self.attributes()?;
        let empty = self.rest().first() == Some(&b'/');
        self.at += usize::from(empty);
        self.expect(b'>')?;
        spend(self.allowance, 1 + count)?;
        let foreign = self.is_foreign(prefix);
        if foreign && prefix == USUAL_PREFIX {
            self.note(ProblemKind::ShadowedName);
        }
        if self.open.last().is_some_and(|open| self.has_words(open.node)) {
            self.note(ProblemKind::SplitText);
        }
        let node = self.tree.nodes.len();
        self.tree.nodes.push(Node {
            start: start as u32,
            stop: self.at as u32,
            prefix: (name.len() - local.len()) as u16,
            name: local.len() as u16,
            attributes: first as u32,
            attribute_count: (self.tree.attributes.len() - first) as u16,
            foreign,
            text: Text::Source(0, 0),
            end: node as u32 + 1,
        });
        if empty {
            self.scope.truncate(scope);
        } else {
            self.open.push(Open { node, name, scope });
        }
        Ok(())
    }

    /// The attributes up to the end of the tag; returns how many there are, declarations of namespaces included.
    fn attributes(&mut self) -> Result<usize, Unreadable> {
        let mut keys: [&str; 8] = [""; 8];
        let mut more: Vec<&str> = Vec::new();
        let mut count = 0;
        loop {
            let blank = self.blank();
            if matches!(self.rest().first(), Some(b'>' | b'/')) {
                return Ok(count);
            }
            // The check for repeated names compares each with each.
            if count >= ATTRIBUTES_PER_ELEMENT {
                return Err(over_budget("attributes of one element"));
            }
            let key_at = self.at;
            let key = self.name()?;
            self.blank();
            self.expect(b'=')?;
            self.blank();
            let quote = self.rest().first().copied().filter(|byte| matches!(byte, b'"' | b'\''));
            let quote = quote.filter(|_| blank).ok_or_else(|| malformed("attribute"))?;
            let value_at = self.at + 1;
            let (length, raw) = self.value(value_at, quote)?;
            self.at = value_at + length + 1;
            if keys.iter().take(count).chain(&more).any(|known| *known == key) {
                return Err(malformed("repeated attribute"));
            }
            match keys.get_mut(count) {
                Some(slot) => *slot = key,
                None => more.push(key),
            }
            count += 1;
            self.attribute((key_at, key), (value_at, length), raw)?;
        }
    }

    /// The length of the value that begins here, and whether it is to be resolved: one look at each byte.
    fn value(&self, start: usize, quote: u8) -> Result<(usize, bool), Unreadable> {
        let mut raw = false;
        for (at, byte) in self.bytes.get(start..).unwrap_or_default().iter().enumerate() {
            match CLASSES[usize::from(*byte)] & !NAME {
                0 => {}
                _ if *byte == quote => return Ok((at, raw)),
                REFERENCE | BLANK => raw |= *byte != b' ',
                MARKUP => return Err(malformed("attribute")),
                _ => {}
            }
        }
        Err(malformed("attribute that does not end"))
    }

    fn attribute(
        &mut self,
        (key_at, key): (usize, &'a str),
        (value_at, length): (usize, usize),
        raw: bool,
    ) -> Result<(), Unreadable> {
        let text = self.tree.source.get(value_at..value_at + length).unwrap_or_default();
        let space = |text: &str| resolved(text).map(|text| space(&text));
        match halves(key) {
            Some(("xmlns", prefix)) => self.scope.push((prefix, space(text)?)),
            // Attributes are unqualified in the standard: one with a prefix is somebody else's.
            Some((prefix, _)) if prefix == USUAL_PREFIX => self.note(ProblemKind::ShadowedName),
            Some(_) => {}
            None if key == "xmlns" => self.scope.push(("", space(text)?)),
            None => {
                if raw {
                    resolved(text)?;
                }
                let (key, value) = ((key_at as u32, key.len() as u16), (value_at as u32, length as u32));
                self.tree.attributes.push(Attribute { key, value, raw });
            }
        }
        Ok(())
    }

    /// Whether an element with this prefix is of another namespace.
    fn is_foreign(&mut self, prefix: &str) -> bool {
        let space = self.scope.iter().rev().find(|(known, _)| *known == prefix).map(|(_, space)| *space);
        match space {
            Some(Space::OldOfd) => self.note(ProblemKind::OldNamespace),
            None if prefix.is_empty() => self.note(ProblemKind::NoNamespace),
            None => self.note(ProblemKind::UnboundPrefix),
            _ => {}
        }
        space == Some(Space::Other)
    }

    /// Character data from `start` to `end`; with references unless they come from a CDATA section.
    fn text(&mut self, start: usize, end: usize, references: bool) -> Result<(), Unreadable> {
        let piece = self.tree.source.get(start..end).unwrap_or_default();
        let blank = piece.bytes().all(is_blank);
        let Some(open) = self.open.last() else {
            return if blank { Ok(()) } else { Err(malformed("characters outside the root element")) };
        };
        let (at, count) = (open.node, self.tree.nodes.len());
        if !blank && (at + 1 < count || self.has_words(at)) {
            self.note(ProblemKind::SplitText);
        }
        let Some(node) = self.tree.nodes.get_mut(at) else { return Ok(()) };
        // White space around child elements is how the file is laid out.
        if piece.is_empty() || blank && at + 1 < count {
            return Ok(());
        }
        // Nothing yet, or one piece of the file; what is resolved already grows.
        let known = match node.text {
            Text::Source(at, length) => self.tree.source.get(at as usize..(at + length) as usize).unwrap_or_default(),
            Text::Resolved(_) => "",
        };
        let other = if references { b'&' } else { b'\r' };
        let raw = memchr::memchr2(b'\r', other, piece.as_bytes()).is_some();
        if matches!(node.text, Text::Source(_, 0)) && !raw {
            node.text = Text::Source(start as u32, (end - start) as u32);
            return Ok(());
        }
        let piece = match references {
            true => references_resolved(piece, false)?,
            false => Cow::Owned(piece.replace("\r\n", "\n").replace('\r', "\n")),
        };
        if let Text::Resolved(at) = node.text
            && let Some(known) = self.tree.resolved.get_mut(at as usize)
        {
            known.push_str(&piece);
        } else {
            let whole = [known, &piece].concat();
            node.text = Text::Resolved(self.tree.resolved.len() as u32);
            self.tree.resolved.push(whole);
        }
        Ok(())
    }

    /// Whether characters other than white space stand directly inside a node.
    fn has_words(&self, node: usize) -> bool {
        let words = self.tree.nodes.get(node).map(|node| match node.text {
            Text::Source(at, length) => self.tree.slice(at, length),
            Text::Resolved(at) => self.tree.resolved.get(at as usize).map(String::as_str).unwrap_or_default(),
        });
        words.is_some_and(|words| words.bytes().any(|byte| !is_blank(byte)))
    }

    fn note(&mut self, kind: ProblemKind) {
        if !self.tree.notes.contains(&kind) {
            self.tree.notes.push(kind);
        }
    }
}

impl<'t, 'a> Element<'t, 'a> {
    fn node(&self) -> &'t Node {
        &self.tree.nodes[self.at as usize]
    }

    /// Local name; empty for an element of another namespace, which therefore matches nothing.
    pub(crate) fn name(&self) -> &'a str {
        let node = self.node();
        if node.foreign { "" } else { self.tree.slice(node.start + 1 + u32::from(node.prefix), u32::from(node.name)) }
    }

    /// Prefix as written, with its colon.
    pub(crate) fn prefix(&self) -> &'a str {
        self.tree.slice(self.node().start + 1, u32::from(self.node().prefix))
    }

    /// From the start tag to the beginning of the end tag.
    pub(crate) fn span(&self) -> Range<usize> {
        self.node().start as usize..self.node().stop as usize
    }

    /// Character data directly inside, as written.
    pub(crate) fn text(&self) -> &'t str {
        match self.node().text {
            Text::Source(at, length) => self.tree.slice(at, length),
            Text::Resolved(at) => self.tree.resolved.get(at as usize).map(String::as_str).unwrap_or_default(),
        }
    }

    fn own_attributes(&self) -> &'t [Attribute] {
        let first = self.node().attributes as usize;
        self.tree.attributes.get(first..first + usize::from(self.node().attribute_count)).unwrap_or_default()
    }

    /// An attribute, with references resolved.
    pub(crate) fn attr(&self, name: &str) -> Option<Cow<'a, str>> {
        let is_wanted = |attribute: &&Attribute| {
            let start = attribute.key.0 as usize;
            usize::from(attribute.key.1) == name.len()
                && self.tree.source.as_bytes().get(start..start + name.len()) == Some(name.as_bytes())
        };
        self.value(self.own_attributes().iter().find(is_wanted)?)
    }

    fn key(&self, attribute: &Attribute) -> &'a str {
        self.tree.slice(attribute.key.0, u32::from(attribute.key.1))
    }

    fn value(&self, attribute: &Attribute) -> Option<Cow<'a, str>> {
        let value = self.tree.slice(attribute.value.0, attribute.value.1);
        if attribute.raw { resolved(value).ok() } else { Some(Cow::Borrowed(value)) }
    }

    /// All attributes without a prefix.
    pub(crate) fn attrs(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + use<'t, 'a> {
        let element = *self;
        self.own_attributes()
            .iter()
            .filter_map(move |attribute| Some((element.key(attribute), element.value(attribute)?)))
    }

    /// Child elements in order.
    pub(crate) fn children(&self) -> Children<'t, 'a> {
        Children { tree: self.tree, at: self.at + 1, end: self.node().end }
    }

    /// Children of this name.
    pub(crate) fn all<'n>(&self, name: &'n str) -> impl Iterator<Item = Element<'t, 'a>> + use<'t, 'a, 'n> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<Element<'t, 'a>> {
        self.children().find(|child| child.name() == name)
    }

    /// Trimmed text of the first child of this name, when there is any.
    pub(crate) fn child_text(&self, name: &str) -> Option<&'t str> {
        self.child(name).map(|child| child.text().trim()).filter(|text| !text.is_empty())
    }

    /// Every element below, in document order.
    pub(crate) fn descendants(&self) -> impl Iterator<Item = Element<'t, 'a>> + use<'t, 'a> {
        let tree = self.tree;
        (self.at + 1..self.node().end).map(move |at| Element { tree, at })
    }
}

/// The child elements of one element.
pub(crate) struct Children<'t, 'a> {
    tree: &'t Tree<'a>,
    at: u32,
    end: u32,
}

impl<'t, 'a> Iterator for Children<'t, 'a> {
    type Item = Element<'t, 'a>;

    fn next(&mut self) -> Option<Element<'t, 'a>> {
        if self.at >= self.end {
            return None;
        }
        let child = Element { tree: self.tree, at: self.at };
        self.at = child.node().end;
        Some(child)
    }
}

fn is_blank(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == BLANK
}

/// Bytes of names, the colon of a prefix included; what is above ASCII is taken without asking.
fn is_name(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == NAME
}

/// What a byte is to the parser, 0 for nothing in particular.
static CLASSES: [u8; 256] = {
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
const NAME: u8 = 1;
const BLANK: u8 = 2;
const QUOTE: u8 = 4;
const REFERENCE: u8 = 8;
const MARKUP: u8 = 16;

/// What stands before and behind the first colon. Names are short: no search engine is set up for them.
fn halves(name: &str) -> Option<(&str, &str)> {
    let colon = name.bytes().position(|byte| byte == b':')?;
    Some((name.get(..colon)?, name.get(colon + 1..)?))
}

fn space(uri: &str) -> Space {
    match uri {
        "http://www.ofdspec.org/2016" => Space::Ofd,
        "http://www.ofdspec.org" => Space::OldOfd,
        _ => Space::Other,
    }
}

/// An attribute's value: references resolved, white space made blanks (XML 1.0, 3.3.3).
fn resolved(value: &str) -> Result<Cow<'_, str>, Unreadable> {
    references_resolved(value, true)
}

/// Character references and the five names every XML processor knows; never an entity of a document type.
fn references_resolved(text: &str, attribute: bool) -> Result<Cow<'_, str>, Unreadable> {
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

fn spend(allowance: &mut Allowance, nodes: usize) -> Result<(), Unreadable> {
    allowance.nodes = allowance.nodes.checked_sub(nodes).ok_or_else(|| over_budget("XML nodes"))?;
    Ok(())
}

fn over_budget(what: &str) -> Unreadable {
    Unreadable { kind: ProblemKind::OverBudget, detail: what.to_owned() }
}

fn malformed(what: &str) -> Unreadable {
    Unreadable { kind: ProblemKind::XmlUnreadable, detail: what.to_owned() }
}

/// The prefix that the standard and nearly all programs use.
const USUAL_PREFIX: &str = "ofd";
const DECLARATION_BYTES: usize = 200;
const ATTRIBUTES_PER_ELEMENT: usize = 256;
/// Room that is made before it is needed: pages have an element and some attributes in so many bytes.
const BYTES_PER_NODE: usize = 64;
const MOST_RESERVED: usize = 4096;
const NAME_BYTES: usize = 1024;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(text: &str) -> Result<Tree<'_>, Unreadable> {
        Tree::parse(text, &mut Allowance { nodes: 100, depth: 5 })
    }

    #[test]
    fn finds_by_local_name_whatever_the_prefix() {
        let text = "\u{feff}<?xml version='1.0'?><x:OFD xmlns:x='http://www.ofdspec.org' A='1 &amp; 2'>\
                    <x:B>t&#x4e00;<![CDATA[<]]>&lt;</x:B><y:B xmlns:y='urn:other'>no</y:B></x:OFD>";
        let tree = parse(text.trim_start_matches('\u{feff}')).unwrap();
        let root = tree.root();
        assert_eq!((root.name(), root.attr("A").unwrap().as_ref()), ("OFD", "1 & 2"));
        let found: Vec<&str> = root.all("B").map(|b| b.text()).collect();
        assert_eq!(found, ["t一<<"]);
        assert_eq!(tree.notes, [ProblemKind::OldNamespace, ProblemKind::SplitText]);
        assert_eq!(parse("<a><z:b/></a>").unwrap().notes, [ProblemKind::NoNamespace, ProblemKind::UnboundPrefix]);
    }

    /// What readers that go by the letter see otherwise is noted; a section or references alone are not.
    #[test]
    fn notes_what_reads_in_two_ways() {
        let notes = |inside: &str| {
            let text = format!("<ofd:a xmlns:ofd='http://www.ofdspec.org/2016'>{inside}</ofd:a>");
            parse(&text).unwrap().notes
        };
        for split in ["10<!-- -->00", "10<?x?>00", "10<![CDATA[00]]>", "10<b xmlns='urn:o'/>", "<ofd:b/>10"] {
            assert_eq!(notes(split), [ProblemKind::SplitText], "{split}");
        }
        for whole in ["1000", "<![CDATA[10]]>", "1&#48;&lt;00", "<!-- x -->1000<!-- y -->", "<ofd:b>1</ofd:b> <ofd:b/>"]
        {
            assert_eq!(notes(whole), [], "{whole}");
        }
        for shadow in ["<ofd:b xmlns:ofd='urn:o'/>", "<ofd:b ofd:c='1'/>"] {
            assert_eq!(notes(shadow), [ProblemKind::ShadowedName], "{shadow}");
        }
    }

    #[test]
    fn refuses_document_types_entities_and_excess() {
        let kind = |text: &str| parse(text).map(|_| ()).unwrap_err().kind;
        assert_eq!(kind("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), ProblemKind::XmlDtd);
        assert_eq!(kind("<a>&b;</a>"), ProblemKind::XmlDtd);
        assert_eq!(kind("<a><a><a><a><a><a/></a></a></a></a></a>"), ProblemKind::OverBudget);
        assert_eq!(kind(&format!("<a>{}</a>", "<b/>".repeat(100))), ProblemKind::OverBudget);
        for broken in [
            "",
            "<a>",
            "<a></b>",
            "<a/><a/>",
            "x<a/>",
            "<a b='1' b='2'/>",
            "<a b=1/>",
            "<a b='1'c='2'/>",
            "<a b='<'/>",
            "<a",
            "<a b",
            "<a b=",
            "<a b='",
            "<",
            "</",
            "</a>",
            "<a><!-- </a>",
            "<a>&#0;</a>",
            "<a>&#xd800;</a>",
            "<a>&#x;</a>",
            "<a>&#+1;</a>",
            "<a>& </a>",
            "<a b='&#0;'/>",
            "<1/>",
            "<:a/>",
            "<a:/>",
            "<a:b:c/>",
            "< a/>",
            "<a/ >",
            "<a/>x",
            "<a></ a>",
            "<a><?x </a>",
        ] {
            assert_eq!(kind(broken), ProblemKind::XmlUnreadable, "{broken}");
        }
    }

    #[test]
    fn characters_are_those_of_xml() {
        let text = "<a k='x&#10;y\n\tz&quot;'>\r\n<b>one\r\ntwo\rthree<![CDATA[&amp;\r\n]]>&amp;<!-- - -->x</b>\n <b>  </b></a>";
        let tree = parse(text).unwrap();
        assert_eq!(tree.root().attr("k").unwrap(), "x\ny  z\"");
        let texts: Vec<&str> = tree.root().all("b").map(|b| b.text()).collect();
        assert_eq!(texts, ["one\ntwo\nthree&amp;\n&x", "  "]);
        let deep = parse("<a>x<b/>y</a>").unwrap();
        assert_eq!((deep.root().text(), deep.root().children().count()), ("xy", 1));
    }

    /// Whatever is read here, another reader reads likewise.
    #[test]
    fn another_reader_agrees() {
        use quick_xml::events::Event;
        let seed = "<?xml version='1.0'?>\n<o:A xmlns:o='http://www.ofdspec.org/2016' b=\"1 &lt; 2\" c='x'><!-- no -->\
                    <o:B>one &amp; two<![CDATA[<three>]]></o:B> <o:C d='&#x4e00;'/>\r\n<D xmlns='urn:x' e='f'>g</D></o:A>";
        let (mut state, mut read) = (7u64, 0);
        let mut random = |below: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % below
        };
        for round in 0..30_000 {
            let mut bytes = seed.as_bytes().to_vec();
            for _ in 0..round % 4 {
                let at = random(bytes.len());
                let with = b"<>/=&;'\" x:#!-]?[\n"[random(18)];
                match random(3) {
                    0 => bytes[at] = with,
                    1 => bytes.insert(at, with),
                    _ => drop(bytes.remove(at)),
                }
            }
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let Ok(tree) = parse(&text) else { continue };
            read += 1;
            let mut reader = quick_xml::Reader::from_str(&text);
            let mut theirs: Vec<(String, Vec<(String, String)>)> = Vec::new();
            loop {
                match reader.read_event().unwrap_or_else(|error| panic!("{error}: {text}")) {
                    Event::Start(tag) | Event::Empty(tag) => {
                        let attributes = tag.attributes().map(|attribute| {
                            let attribute = attribute.unwrap_or_else(|error| panic!("{error}: {text}"));
                            (attribute.key.into_inner().to_owned(), attribute.value.into_owned())
                        });
                        theirs.push((tag.name().into_inner().to_owned(), attributes.collect()));
                    }
                    Event::Eof => break,
                    _ => {}
                }
            }
            let ours = (0..tree.nodes.len() as u32).map(|at| Element { tree: &tree, at });
            let ours: Vec<_> = ours
                .map(|element| {
                    let node = element.node();
                    let name = tree.slice(node.start + 1, u32::from(node.prefix) + u32::from(node.name)).to_owned();
                    let plain = element.own_attributes().iter().map(|attribute| {
                        (element.key(attribute).to_owned(), tree.slice(attribute.value.0, attribute.value.1).to_owned())
                    });
                    (name, plain.collect::<Vec<_>>())
                })
                .collect();
            theirs.iter_mut().for_each(|(_, list)| list.retain(|(key, _)| !key.contains(':') && key != "xmlns"));
            assert_eq!(ours, theirs, "{text}");
        }
        assert!(read > 5_000, "{read} were read");
    }

    #[test]
    fn decodes_what_old_producers_wrote() {
        let mut notes = Vec::new();
        let gbk = [b"<?xml version=\"1.0\" encoding=\"GBK\"?><a>".as_slice(), &[0xd6, 0xa4], b"</a>"].concat();
        assert!(decode(gbk.into(), &mut notes).unwrap().contains('证'));
        assert_eq!(notes, [ProblemKind::XmlEncoding]);
        assert!(decode([b'<', 0xff].as_slice().into(), &mut notes).is_err());
    }
}
