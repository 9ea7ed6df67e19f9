//! Reading XML into a small tree, under a budget and without document types.
//!
//! Elements are found by local name: old documents use another namespace, some none (GB/T 33190 in the field).

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

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
pub(crate) fn decode<'a>(bytes: &'a [u8], notes: &mut Vec<ProblemKind>) -> Result<Cow<'a, str>, Unreadable> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        notes.push(if encoding == encoding_rs::UTF_8 { ProblemKind::ByteOrderMark } else { ProblemKind::XmlEncoding });
        return whole(encoding.decode_with_bom_removal(bytes));
    }
    // The declaration is ASCII in every encoding that has no byte order mark.
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES)];
    let head = head.split(|b| *b == b'>').next().unwrap_or_default();
    let declared = String::from_utf8_lossy(head).split_once("encoding=").and_then(|(_, rest)| {
        let mut parts = rest.splitn(3, ['"', '\'']);
        parts.next();
        encoding_rs::Encoding::for_label(parts.next()?.as_bytes())
    });
    match declared {
        Some(encoding) if encoding != encoding_rs::UTF_8 && head.starts_with(b"<?xml") => {
            notes.push(ProblemKind::XmlEncoding);
            whole(encoding.decode_without_bom_handling(bytes))
        }
        _ => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| Unreadable {
            kind: ProblemKind::XmlUnreadable,
            detail: format!("not UTF-8 at byte {}", error.valid_up_to()),
        }),
    }
}

fn whole((text, damaged): (Cow<'_, str>, bool)) -> Result<Cow<'_, str>, Unreadable> {
    if damaged {
        return Err(Unreadable { kind: ProblemKind::XmlUnreadable, detail: "not decodable".to_owned() });
    }
    Ok(text)
}

/// A parsed file. Nodes lie in document order; the first is the root.
pub(crate) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    attributes: Vec<(&'a str, &'a str)>,
    /// Habits worth a note: no namespace, old namespace.
    pub(crate) notes: Vec<ProblemKind>,
}

struct Node<'a> {
    name: &'a str,
    prefix: &'a str,
    attributes: Range<usize>,
    text: Cow<'a, str>,
    /// One past the last descendant.
    end: usize,
    foreign: bool,
    /// Where the start tag begins, and where the end tag begins (same as the end of an empty element).
    span: Range<usize>,
}

/// An element of a [`Tree`].
#[derive(Clone, Copy)]
pub(crate) struct Element<'t, 'a> {
    tree: &'t Tree<'a>,
    at: usize,
}

impl<'a> Tree<'a> {
    /// Parses a whole file.
    pub(crate) fn parse(text: &'a str, allowance: &mut Allowance) -> Result<Tree<'a>, Unreadable> {
        let mut parser = Parser {
            tree: Tree { nodes: Vec::new(), attributes: Vec::new(), notes: Vec::new() },
            open: Vec::new(),
            scope: Vec::new(),
        };
        let mut reader = Reader::from_str(text);
        loop {
            let start = reader.buffer_position() as usize;
            let event = reader.read_event().map_err(unreadable)?;
            let end = reader.buffer_position() as usize;
            match event {
                Event::Start(tag) => parser.element(text, start..end, &tag, false, allowance)?,
                Event::Empty(tag) => parser.element(text, start..end, &tag, true, allowance)?,
                Event::End(_) => parser.close(start),
                Event::Text(characters) => parser.text(characters.xml10_content())?,
                Event::CData(characters) => parser.text(characters.xml10_content())?,
                Event::GeneralRef(reference) => parser.text(resolve(&reference)?)?,
                Event::DocType(_) => {
                    return Err(Unreadable { kind: ProblemKind::XmlDtd, detail: "document type".to_owned() });
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if parser.tree.nodes.is_empty() || !parser.open.is_empty() {
            return Err(malformed("no root element, or cut off"));
        }
        Ok(parser.tree)
    }

    /// The root element.
    pub(crate) fn root(&self) -> Element<'_, 'a> {
        Element { tree: self, at: 0 }
    }
}

struct Parser<'a> {
    tree: Tree<'a>,
    /// The open elements, and how long the scope was before each.
    open: Vec<(usize, usize)>,
    /// Prefixes and what they stand for.
    scope: Vec<(&'a str, Space)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Space {
    Ofd,
    OldOfd,
    Other,
}

impl<'a> Parser<'a> {
    fn element(
        &mut self,
        text: &'a str,
        span: Range<usize>,
        tag: &BytesStart<'_>,
        empty: bool,
        allowance: &mut Allowance,
    ) -> Result<(), Unreadable> {
        if self.open.is_empty() && !self.tree.nodes.is_empty() {
            return Err(malformed("a second root element"));
        }
        if self.open.len() >= allowance.depth {
            return Err(over_budget("nesting"));
        }
        let qualified = borrow(text, tag.name().into_inner()).ok_or_else(|| malformed("tag"))?;
        let (prefix, name) = qualified.split_once(':').unwrap_or(("", qualified));

        let scope_before = self.scope.len();
        let first = self.tree.attributes.len();
        for (count, attribute) in tag.attributes().enumerate() {
            // The check for repeated names compares each with each.
            if count >= ATTRIBUTES_PER_ELEMENT {
                return Err(over_budget("attributes of one element"));
            }
            let attribute = attribute.map_err(|error| malformed(&error.to_string()))?;
            let key = attribute.key.into_inner();
            let (Some(key), Some(value)) = (borrow(text, key), borrow(text, &attribute.value)) else {
                return Err(malformed("attribute"));
            };
            spend(allowance, 1)?;
            match key.split_once(':') {
                Some(("xmlns", prefix)) => self.scope.push((prefix, space(value))),
                // Attributes are unqualified in the standard: one with a prefix is somebody else's.
                Some(_) => {}
                None if key == "xmlns" => self.scope.push(("", space(value))),
                None => self.tree.attributes.push((key, value)),
            }
        }
        spend(allowance, 1)?;
        let space = self.scope.iter().rev().find(|(known, _)| *known == prefix).map(|(_, space)| *space);
        match space {
            Some(Space::OldOfd) => self.note(ProblemKind::OldNamespace),
            None if prefix.is_empty() => self.note(ProblemKind::NoNamespace),
            None => self.note(ProblemKind::UnboundPrefix),
            _ => {}
        }
        let at = self.tree.nodes.len();
        self.tree.nodes.push(Node {
            name,
            prefix,
            attributes: first..self.tree.attributes.len(),
            text: Cow::Borrowed(""),
            end: at + 1,
            foreign: space == Some(Space::Other),
            span: span.start..span.end,
        });
        if empty {
            self.scope.truncate(scope_before);
        } else {
            self.open.push((at, scope_before));
        }
        Ok(())
    }

    fn close(&mut self, position: usize) {
        if let Some((at, scope)) = self.open.pop() {
            let end = self.tree.nodes.len();
            self.tree.nodes[at].end = end;
            self.tree.nodes[at].span.end = position;
            self.scope.truncate(scope);
        }
    }

    fn text(&mut self, text: Cow<'a, str>) -> Result<(), Unreadable> {
        match self.open.last() {
            Some((at, _)) => {
                let kept = &mut self.tree.nodes[*at].text;
                if kept.is_empty() {
                    *kept = text;
                } else {
                    kept.to_mut().push_str(&text);
                }
                Ok(())
            }
            None if text.trim().is_empty() => Ok(()),
            None => Err(malformed("characters outside the root element")),
        }
    }

    fn note(&mut self, kind: ProblemKind) {
        if !self.tree.notes.contains(&kind) {
            self.tree.notes.push(kind);
        }
    }
}

impl<'t, 'a> Element<'t, 'a> {
    fn node(&self) -> &'t Node<'a> {
        &self.tree.nodes[self.at]
    }

    /// Local name; empty for an element of another namespace, which therefore matches nothing.
    pub(crate) fn name(&self) -> &'t str {
        if self.node().foreign { "" } else { self.node().name }
    }

    /// Prefix as written, with its colon.
    pub(crate) fn prefix(&self) -> String {
        match self.node().prefix {
            "" => String::new(),
            prefix => format!("{prefix}:"),
        }
    }

    /// From the start tag to the beginning of the end tag.
    pub(crate) fn span(&self) -> Range<usize> {
        self.node().span.clone()
    }

    /// Character data directly inside, as written.
    pub(crate) fn text(&self) -> &'t str {
        &self.node().text
    }

    /// An attribute, unescaped. One that cannot be unescaped counts as absent.
    pub(crate) fn attr(&self, name: &str) -> Option<Cow<'a, str>> {
        let (_, value) = self.tree.attributes[self.node().attributes.clone()].iter().find(|(key, _)| *key == name)?;
        if value.contains(['&', '\n', '\t', '\r']) {
            let unescaped = quick_xml::escape::unescape(value).ok()?;
            return Some(Cow::Owned(unescaped.into_owned()));
        }
        Some(Cow::Borrowed(value))
    }

    /// All attributes without a prefix.
    pub(crate) fn attrs(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + use<'t, 'a> {
        let element = *self;
        self.tree.attributes[self.node().attributes.clone()]
            .iter()
            .filter_map(move |(name, _)| Some((*name, element.attr(name)?)))
    }

    /// Child elements in order.
    pub(crate) fn children(&self) -> impl Iterator<Item = Element<'t, 'a>> + use<'t, 'a> {
        let tree = self.tree;
        let end = self.node().end;
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let child = Element { tree, at };
                at = child.node().end;
                child
            })
        })
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

/// The same characters, borrowed from the file rather than from the event that points into it.
fn borrow<'a>(text: &'a str, part: &str) -> Option<&'a str> {
    let offset = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    text.get(offset..offset.checked_add(part.len())?)
}

fn space(uri: &str) -> Space {
    match uri {
        "http://www.ofdspec.org/2016" => Space::Ofd,
        "http://www.ofdspec.org" => Space::OldOfd,
        _ => Space::Other,
    }
}

/// Character references and the five names every XML processor knows; never an entity of a document type.
fn resolve<'a>(reference: &quick_xml::events::BytesRef<'_>) -> Result<Cow<'a, str>, Unreadable> {
    if let Some(c) = reference.resolve_char_ref().map_err(unreadable)? {
        return Ok(Cow::Owned(c.to_string()));
    }
    match &*reference.xml_content(XmlVersion::Implicit1_0) {
        "lt" => Ok(Cow::Borrowed("<")),
        "gt" => Ok(Cow::Borrowed(">")),
        "amp" => Ok(Cow::Borrowed("&")),
        "quot" => Ok(Cow::Borrowed("\"")),
        "apos" => Ok(Cow::Borrowed("'")),
        name => Err(Unreadable { kind: ProblemKind::XmlDtd, detail: format!("entity {name}") }),
    }
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

fn unreadable(error: quick_xml::Error) -> Unreadable {
    malformed(&error.to_string())
}

const DECLARATION_BYTES: usize = 200;
const ATTRIBUTES_PER_ELEMENT: usize = 256;

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
        assert_eq!(tree.notes, [ProblemKind::OldNamespace]);
        assert_eq!(parse("<a><z:b/></a>").unwrap().notes, [ProblemKind::NoNamespace, ProblemKind::UnboundPrefix]);
    }

    #[test]
    fn refuses_document_types_entities_and_excess() {
        let kind = |text: &str| parse(text).map(|_| ()).unwrap_err().kind;
        assert_eq!(kind("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), ProblemKind::XmlDtd);
        assert_eq!(kind("<a>&b;</a>"), ProblemKind::XmlDtd);
        assert_eq!(kind("<a><a><a><a><a><a/></a></a></a></a></a>"), ProblemKind::OverBudget);
        assert_eq!(kind(&format!("<a>{}</a>", "<b/>".repeat(100))), ProblemKind::OverBudget);
        for broken in ["", "<a>", "<a></b>", "<a/><a/>", "x<a/>", "<a b='1' b='2'/>", "<a b=1/>"] {
            assert_eq!(kind(broken), ProblemKind::XmlUnreadable, "{broken}");
        }
    }

    #[test]
    fn decodes_what_old_producers_wrote() {
        let mut notes = Vec::new();
        let gbk = [b"<?xml version=\"1.0\" encoding=\"GBK\"?><a>".as_slice(), &[0xd6, 0xa4], b"</a>"].concat();
        assert!(decode(&gbk, &mut notes).unwrap().contains('证'));
        assert_eq!(notes, [ProblemKind::XmlEncoding]);
        assert!(decode(&[b'<', 0xff], &mut notes).is_err());
    }
}
