//! What prefixes stand for (Namespaces in XML 1.0).

use super::{Unreadable, malformed, over_budget};
use std::borrow::Cow;

/// The namespaces that matter.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Space {
    Ofd,
    OldOfd,
    Other,
}

/// The declarations in force, the innermost last.
#[derive(Default)]
pub(super) struct Scope<'a>(Vec<Binding<'a>>);

struct Binding<'a> {
    prefix: &'a str,
    uri: Cow<'a, str>,
    /// The same for the same namespace.
    number: usize,
    space: Space,
}

impl<'a> Scope<'a> {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets what was declared since there were so many.
    pub(super) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Takes a declaration; the empty prefix is the default.
    pub(super) fn declare(&mut self, prefix: &'a str, uri: Cow<'a, str>) -> Result<(), Unreadable> {
        let reserved = prefix == "xmlns" || uri == XMLNS || (prefix == XML_PREFIX) != (uri == XML);
        if reserved || uri.is_empty() && !prefix.is_empty() {
            return Err(malformed("namespace"));
        }
        // Each element searches them all, and each of them those before.
        if self.0.len() >= MOST_DECLARATIONS || uri.len() > MOST_BYTES {
            return Err(over_budget("namespaces"));
        }
        let number = self.0.iter().find(|known| known.uri == uri).map_or(self.0.len(), |known| known.number);
        let space = match &*uri {
            "http://www.ofdspec.org/2016" => Space::Ofd,
            "http://www.ofdspec.org" => Space::OldOfd,
            _ => Space::Other,
        };
        self.0.push(Binding { prefix, uri, number, space });
        Ok(())
    }

    /// The namespace of a prefix, and a number that is the same for the same one.
    pub(super) fn find(&self, prefix: &str) -> Option<(Space, usize)> {
        let binding = self.0.iter().rev().find(|known| known.prefix == prefix)?;
        Some((binding.space, binding.number))
    }
}

/// The prefix that needs no declaration.
pub(super) const XML_PREFIX: &str = "xml";
/// The prefix that the standard and nearly all programs use.
pub(super) const USUAL_PREFIX: &str = "ofd";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
/// Declarations in force at one place; honest files have one or two.
const MOST_DECLARATIONS: usize = 64;
/// Bytes of a namespace.
const MOST_BYTES: usize = 4096;
