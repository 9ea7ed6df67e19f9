//! A file as a small tree that points into its text.

use std::borrow::Cow;
use std::ops::Range;

use super::values::resolved;
use crate::problem::ProblemKind;

/// A parsed file. Nodes lie in document order; the first is the root. Everything points into the text, in 32 bits.
pub(crate) struct Tree<'a> {
    pub(super) source: &'a str,
    pub(super) nodes: Vec<Node>,
    pub(super) attributes: Vec<Attribute>,
    /// Character data that do not stand in the file as they are read: with references, in pieces, with old line ends.
    pub(super) resolved: Vec<String>,
    /// Habits worth a note: no namespace, old namespace.
    pub(crate) notes: Vec<ProblemKind>,
}

pub(super) struct Node {
    /// Where the start tag begins, and where the end tag begins (same as the end of an empty element).
    pub(super) start: u32,
    pub(super) stop: u32,
    /// Bytes of the prefix with its colon, and of the local name.
    pub(super) prefix: u16,
    pub(super) name: u16,
    pub(super) attributes: u32,
    pub(super) attribute_count: u16,
    /// Of another namespace.
    pub(super) foreign: bool,
    pub(super) text: Text,
    /// One past the last descendant.
    pub(super) end: u32,
}

/// Character data directly inside an element.
#[derive(Clone, Copy)]
pub(super) enum Text {
    Source(u32, u32),
    Resolved(u32),
}

pub(super) struct Attribute {
    pub(super) key: (u32, u16),
    pub(super) value: (u32, u32),
    /// Holds references or white space other than blanks.
    pub(super) raw: bool,
}

/// An element of a [`Tree`].
#[derive(Clone, Copy)]
pub(crate) struct Element<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) at: u32,
}

impl<'a> Tree<'a> {
    /// The root element.
    pub(crate) fn root(&self) -> Element<'_, 'a> {
        Element { tree: self, at: 0 }
    }

    /// The first element that stands elsewhere than in the parent that `places` names for it: readers that look for a
    /// name at any depth find it, readers that follow the schema do not.
    pub(crate) fn misplaced(&self, places: &[(&str, &str)]) -> Option<&'a str> {
        let mut open: Vec<(u32, &str)> = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            while open.last().is_some_and(|(end, _)| *end as usize <= at) {
                open.pop();
            }
            let name = Element { tree: self, at: at as u32 }.name();
            let place = places.iter().find(|(known, _)| *known == name);
            if place.is_some_and(|(_, parent)| open.last().is_none_or(|(_, around)| around != parent)) {
                return Some(name);
            }
            open.push((node.end, name));
        }
        None
    }

    pub(super) fn slice(&self, start: u32, length: u32) -> &'a str {
        self.source.get(start as usize..start as usize + length as usize).unwrap_or_default()
    }
}

impl<'t, 'a> Element<'t, 'a> {
    pub(super) fn node(&self) -> &'t Node {
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

    pub(super) fn own_attributes(&self) -> &'t [Attribute] {
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

    pub(super) fn key(&self, attribute: &Attribute) -> &'a str {
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
