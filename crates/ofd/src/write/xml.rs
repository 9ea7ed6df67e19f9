//! A strict little XML writer: prefix `ofd:`, attributes in the order given, no white space.

use crate::error::WriteError;
use crate::units::{Rect, Um, put_uint};

/// The namespace of GB/T 33190-2016.
pub(crate) const NAMESPACE: &str = "http://www.ofdspec.org/2016";
/// How every file begins.
pub(crate) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// An XML document being written.
pub(crate) struct Xml {
    out: Vec<u8>,
    stack: Vec<&'static str>,
    /// The start tag of the innermost element still lacks its `>`.
    in_tag: bool,
    failed: Option<WriteError>,
}

impl Xml {
    /// Begins a document with its root element.
    pub(crate) fn new(root: &'static str) -> Xml {
        Xml::with_capacity(root, 512)
    }

    pub(crate) fn with_capacity(root: &'static str, capacity: usize) -> Xml {
        let mut xml = Xml { out: Vec::with_capacity(capacity), stack: Vec::new(), in_tag: false, failed: None };
        xml.out.extend_from_slice(HEAD.as_bytes());
        xml.open(root).attr("xmlns:ofd", NAMESPACE);
        xml
    }

    /// Opens an element.
    pub(crate) fn open(&mut self, name: &'static str) -> &mut Xml {
        self.end_tag();
        self.out.extend_from_slice(b"<ofd:");
        self.out.extend_from_slice(name.as_bytes());
        self.stack.push(name);
        self.in_tag = true;
        self
    }

    /// Adds an attribute to the element just opened.
    pub(crate) fn attr(&mut self, name: &'static str, value: impl Value) -> &mut Xml {
        debug_assert!(self.in_tag, "attribute {name} after content");
        self.out.push(b' ');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"=\"");
        value.put(self, name);
        self.out.push(b'"');
        self
    }

    /// Character data; `place` names it should it not be writable.
    pub(crate) fn text(&mut self, text: &str, place: &'static str) -> &mut Xml {
        self.end_tag();
        self.escape(text, place);
        self
    }

    /// Content written byte by byte by the caller, who sees to it that it needs no escaping.
    pub(crate) fn raw(&mut self) -> &mut Vec<u8> {
        self.end_tag();
        &mut self.out
    }

    /// Closes the innermost element.
    pub(crate) fn close(&mut self) -> &mut Xml {
        if let Some(name) = self.stack.pop() {
            if self.in_tag {
                self.out.extend_from_slice(b"/>");
                self.in_tag = false;
            } else {
                self.out.extend_from_slice(b"</ofd:");
                self.out.extend_from_slice(name.as_bytes());
                self.out.push(b'>');
            }
        }
        self
    }

    /// An element that holds only text.
    pub(crate) fn leaf(&mut self, name: &'static str, text: &str) -> &mut Xml {
        self.open(name).text(text, name).close()
    }

    /// A leaf that is left out when there is nothing to say.
    pub(crate) fn optional(&mut self, name: &'static str, text: Option<&str>) -> &mut Xml {
        if let Some(text) = text {
            self.leaf(name, text);
        }
        self
    }

    /// Closes everything.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, WriteError> {
        while !self.stack.is_empty() {
            self.close();
        }
        match self.failed {
            None => Ok(self.out),
            Some(error) => Err(error),
        }
    }

    fn end_tag(&mut self) {
        if self.in_tag {
            self.out.push(b'>');
            self.in_tag = false;
        }
    }

    fn escape(&mut self, text: &str, place: &'static str) {
        for c in text.chars() {
            let replacement: &[u8] = match c {
                '<' => b"&lt;",
                '>' => b"&gt;",
                '&' => b"&amp;",
                '"' => b"&quot;",
                // A reader turns these into blanks or line feeds unless they are spelt out (XML 1.0, 2.11 and 3.3.3).
                '\t' => b"&#9;",
                '\n' => b"&#10;",
                '\r' => b"&#13;",
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                    self.failed.get_or_insert(WriteError::Character { place, code: u32::from(c) });
                    b""
                }
                _ => {
                    self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    continue;
                }
            };
            self.out.extend_from_slice(replacement);
        }
    }
}

/// A value of an attribute.
pub(crate) trait Value {
    fn put(&self, xml: &mut Xml, name: &'static str);
}

impl Value for &str {
    fn put(&self, xml: &mut Xml, name: &'static str) {
        xml.escape(self, name);
    }
}

impl Value for &String {
    fn put(&self, xml: &mut Xml, name: &'static str) {
        xml.escape(self, name);
    }
}

impl Value for u32 {
    fn put(&self, xml: &mut Xml, _: &'static str) {
        put_uint(&mut xml.out, u64::from(*self));
    }
}

impl Value for Um {
    fn put(&self, xml: &mut Xml, _: &'static str) {
        Um::put(*self, &mut xml.out);
    }
}

impl Value for Rect {
    fn put(&self, xml: &mut Xml, _: &'static str) {
        Rect::put(self, &mut xml.out);
    }
}

/// Numbers separated by blanks (`ST_Array`).
impl Value for &[Um] {
    fn put(&self, xml: &mut Xml, _: &'static str) {
        for (i, length) in self.iter().enumerate() {
            if i > 0 {
                xml.out.push(b' ');
            }
            Um::put(*length, &mut xml.out);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn escapes_and_nests() {
        let mut xml = Xml::new("Res");
        xml.open("Font").attr("Name", "a<\"&'\n").attr("ID", 7u32).close();
        xml.leaf("Text", "1 < 2 & 𠮷\r");
        let text = String::from_utf8(xml.finish().unwrap()).unwrap();
        assert!(text.ends_with(
            "<ofd:Res xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:Font Name=\"a&lt;&quot;&amp;'&#10;\" ID=\"7\"/>\
             <ofd:Text>1 &lt; 2 &amp; 𠮷&#13;</ofd:Text></ofd:Res>"
        ));
    }

    #[test]
    fn control_characters_are_named() {
        let mut xml = Xml::new("Res");
        xml.leaf("Title", "a\u{1}b");
        assert_eq!(xml.finish(), Err(WriteError::Character { place: "Title", code: 1 }));
    }
}
