//! From text to a tree, in one pass, strict about everything that two readers may see differently.
//!
//! Why not quick-xml: this is the hot path of verification (`docs/decisions/0014-own-xml-reader.md`).

use std::borrow::Cow;

use super::declaration::declaration;
use super::names::{BLANK, CLASSES, MARKUP, NAME, NAME_BYTES, REFERENCE, is_blank, is_name, qualified};
use super::scope::{Scope, Space, USUAL_PREFIX, XML_PREFIX};
use super::tree::{Attribute, Node, Text, Tree};
use super::values::{check_characters, references_resolved, resolved};
use super::{Allowance, Unreadable, malformed, over_budget};
use crate::problem::ProblemKind;

impl<'a> Tree<'a> {
    /// Parses a whole file.
    pub(crate) fn parse(text: &'a str, allowance: &mut Allowance) -> Result<Tree<'a>, Unreadable> {
        if u32::try_from(text.len()).is_err() {
            return Err(over_budget("XML bytes"));
        }
        let declaration = declaration(text.as_bytes())?;
        check_characters(text, declaration.as_ref().map(|declaration| declaration.version))?;
        let mut parser = Parser {
            tree: Tree {
                source: text,
                nodes: Vec::with_capacity((text.len() / BYTES_PER_NODE).min(MOST_RESERVED)),
                attributes: Vec::with_capacity((text.len() / BYTES_PER_NODE).min(MOST_RESERVED)),
                resolved: Vec::new(),
                notes: Vec::new(),
            },
            bytes: text.as_bytes(),
            at: declaration.map_or(0, |declaration| declaration.length),
            open: Vec::new(),
            scope: Scope::default(),
            prefixed: Vec::new(),
            allowance,
        };
        parser.file()?;
        if parser.tree.nodes.is_empty() || !parser.open.is_empty() {
            return Err(malformed("no root element, or cut off"));
        }
        Ok(parser.tree)
    }
}

/// A text on its way to a tree.
struct Parser<'a, 'b> {
    tree: Tree<'a>,
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open<'a>>,
    /// Prefixes and what they stand for.
    scope: Scope<'a>,
    /// Attributes of the element at hand that have a prefix, in two parts.
    prefixed: Vec<(&'a str, &'a str)>,
    allowance: &'b mut Allowance,
}

/// An open element: its node, its qualified name, how long the scope was before it, and whether characters other than
/// white space stand directly inside it so far, or a comment, an instruction or an empty section.
struct Open<'a> {
    node: usize,
    name: &'a str,
    scope: usize,
    words: bool,
    marked: bool,
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
                Some(b'?') => self.instruction()?,
                Some(b'!') if rest.starts_with(b"<!--") => self.comment()?,
                Some(b'!') if rest.starts_with(b"<![CDATA[") => {
                    if self.open.is_empty() {
                        return Err(malformed("characters outside the root element"));
                    }
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

    /// XML 1.0, 2.6: a declaration of the file anywhere else would be one, too.
    fn instruction(&mut self) -> Result<(), Unreadable> {
        self.at += 2;
        let target = self.name()?;
        let parted = self.rest().starts_with(b"?>") || self.blank();
        if !parted || target.eq_ignore_ascii_case(XML_PREFIX) || target.contains(':') {
            return Err(malformed("processing instruction"));
        }
        self.mark();
        self.skip(0, b"?>")
    }

    /// XML 1.0, 2.5: two hyphens end it, for some readers whatever follows.
    fn comment(&mut self) -> Result<(), Unreadable> {
        self.skip(4, b"--")?;
        self.mark();
        self.expect(b'>').map_err(|_| malformed("two hyphens in a comment"))
    }

    /// Something stands in the open element that some readers take for its first child.
    fn mark(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.marked = true;
        }
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
        if name.is_empty() || length > NAME_BYTES {
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
        let (prefix, local) = qualified(name)?;
        let scope = self.scope.len();
        let first = self.tree.attributes.len();
        let count = self.attributes()?;
        let empty = self.rest().first() == Some(&b'/');
        self.at += usize::from(empty);
        self.expect(b'>')?;
        spend(self.allowance, 1 + count)?;
        if !self.prefixed.is_empty() {
            self.check_prefixed(first)?;
        }
        let foreign = self.is_foreign(prefix);
        if foreign && prefix == USUAL_PREFIX {
            self.note(ProblemKind::ShadowedName);
        }
        if self.open.last().is_some_and(|open| open.words) {
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
            self.open.push(Open { node, name, scope, words: false, marked: false });
        }
        Ok(())
    }

    /// The attributes up to the end of the tag; returns how many there are, declarations of namespaces included.
    fn attributes(&mut self) -> Result<usize, Unreadable> {
        let mut keys: [&str; 8] = [""; 8];
        let mut more: Vec<&str> = Vec::new();
        let mut count = 0;
        self.prefixed.clear();
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
        let value = if raw { resolved(text)? } else { Cow::Borrowed(text) };
        match qualified(key)? {
            ("xmlns", prefix) => self.scope.declare(prefix, value)?,
            ("", "xmlns") => self.scope.declare("", value)?,
            // Attributes are unqualified in the standard: one with a prefix is somebody else's.
            (prefix, local) if !prefix.is_empty() => self.prefixed.push((prefix, local)),
            _ => {
                let (key, value) = ((key_at as u32, key.len() as u16), (value_at as u32, length as u32));
                self.tree.attributes.push(Attribute { key, value, raw });
            }
        }
        Ok(())
    }

    /// The attributes with a prefix of an element whose others begin at `first`: each of one namespace has another name
    /// (Namespaces in XML 1.0, 6.3), and none is taken for one of the standard's by whoever looks at the local part alone.
    fn check_prefixed(&mut self, first: usize) -> Result<(), Unreadable> {
        let prefixed = std::mem::take(&mut self.prefixed);
        let mut known: Vec<(usize, &str)> = Vec::new();
        for (prefix, local) in prefixed {
            let space = self.scope.find(prefix);
            match space {
                None if prefix == XML_PREFIX => {}
                None => self.note(ProblemKind::UnboundPrefix),
                Some((_, number)) if known.contains(&(number, local)) => return Err(malformed("repeated attribute")),
                Some((_, number)) => known.push((number, local)),
            }
            let own = self.tree.attributes.get(first..).unwrap_or_default();
            let twin = own.iter().any(|own| self.tree.slice(own.key.0, u32::from(own.key.1)) == local);
            let ours = prefix == USUAL_PREFIX || matches!(space, Some((Space::Ofd | Space::OldOfd, _)));
            if twin || ours {
                self.note(ProblemKind::ShadowedName);
            }
        }
        Ok(())
    }

    /// Whether an element with this prefix is of another namespace.
    fn is_foreign(&mut self, prefix: &str) -> bool {
        let space = self.scope.find(prefix).map(|(space, _)| space);
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
        // XML 1.0, 2.4: the end of a section is none.
        if references && memchr::memchr_iter(b'>', piece.as_bytes()).any(|at| piece.as_bytes()[..at].ends_with(b"]]")) {
            return Err(malformed("the end of a section without its beginning"));
        }
        let Some(open) = self.open.last_mut() else {
            return if blank { Ok(()) } else { Err(malformed("characters outside the root element")) };
        };
        let (at, count) = (open.node, self.tree.nodes.len());
        let split = open.words || open.marked;
        open.words |= !blank;
        // An empty section, or one of blanks, has no words of its own.
        open.marked |= blank && !references;
        if !blank && (at + 1 < count || split) {
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

    fn note(&mut self, kind: ProblemKind) {
        if !self.tree.notes.contains(&kind) {
            self.tree.notes.push(kind);
        }
    }
}

fn spend(allowance: &mut Allowance, nodes: usize) -> Result<(), Unreadable> {
    allowance.nodes = allowance.nodes.checked_sub(nodes).ok_or_else(|| over_budget("XML nodes"))?;
    Ok(())
}

const ATTRIBUTES_PER_ELEMENT: usize = 128;
/// Room that is made before it is needed: pages have an element and some attributes in so many bytes.
const BYTES_PER_NODE: usize = 64;
const MOST_RESERVED: usize = 4096;
