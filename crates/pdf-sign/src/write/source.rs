//! Objects as the file spells them: an update copies their text and edits it, so that no number, string or comment of
//! somebody else's is written anew.

use std::ops::Range;

use crate::error::Error;
use crate::meter::Meter;
use crate::problem::{Limit, ProblemKind};
use crate::read::document::{State, View};
use crate::read::lex::Lexer;
use crate::read::object::{Id, Object};
use crate::read::parse::{self, Parser};

/// The text of one dictionary or array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    text: Vec<u8>,
}

impl Source {
    /// A dictionary or array that was not there yet.
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.as_bytes().to_vec() }
    }

    /// The text of an object of this update.
    pub(super) fn from(text: Vec<u8>) -> Self {
        Self { text }
    }

    /// The object as of `view`: where it stands in the file, or inside its object stream.
    pub(super) fn of(view: View<'_>, id: Id) -> Result<Self, Error> {
        let missing = ProblemKind::ObjectMissing.in_object(id.num);
        let text = match view.definition(id.num).map(|definition| &definition.state) {
            Some(State::Used { span, container: None, .. }) => {
                let at = parse::value_span(view.doc.bytes, span.start, &view.doc.meter)?;
                view.doc.bytes[at].to_vec()
            }
            Some(State::Used { container: Some((stream, index)), .. }) => {
                let stream = Id { num: *stream, generation: 0 };
                let stream = view.get(stream).stream().ok_or(missing)?;
                let data = view.decode(stream, Limit::StructureBytes).map_err(|kind| kind.in_object(id.num))?;
                let first = stream.dict.get(b"First").int().and_then(|n| usize::try_from(n).ok()).ok_or(missing)?;
                let at = packed(&data, first, *index as usize).ok_or(missing)?;
                let mut parser = Parser::new(&data, at, &view.doc.meter);
                parser.lexer.skip_space_and_comments();
                let start = parser.lexer.pos;
                parser.object()?;
                data[start..parser.lexer.pos].to_vec()
            }
            _ => return Err(missing.into()),
        };
        Ok(Self { text })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// The text of an entry; absent and null are the same.
    pub(super) fn get(&self, key: &[u8], meter: &Meter) -> Result<Option<Self>, Error> {
        let Some(at) = self.place(key, meter)? else { return Ok(None) };
        let text = self.text[at].to_vec();
        Ok((text != b"null").then_some(Self { text }))
    }

    /// What the text stands for.
    pub(super) fn object(&self, meter: &Meter) -> Result<Object, Error> {
        Ok(Parser::new(&self.text, 0, meter).object()?)
    }

    /// Writes an entry of a dictionary: over the one that is there, else at the end.
    pub(super) fn set(&mut self, key: &[u8], value: &[u8], meter: &Meter) -> Result<(), Error> {
        match self.place(key, meter)? {
            Some(at) => drop(self.text.splice(at, value.iter().copied())),
            None => {
                let mut entry = Vec::new();
                super::serialize::name(key, &mut entry);
                entry.push(b' ');
                entry.extend(value);
                self.append(&entry, b">>")?;
            }
        }
        Ok(())
    }

    /// Appends to an array.
    pub(super) fn push(&mut self, item: &[u8]) -> Result<(), Error> {
        self.append(item, b"]")
    }

    fn append(&mut self, more: &[u8], end: &[u8]) -> Result<(), Error> {
        let at = self.text.len().checked_sub(end.len()).filter(|at| self.text[*at..] == *end);
        let at = at.ok_or(ProblemKind::Syntax.in_file())?;
        let apart = at > 0 && !matches!(self.text[at - 1], b' ' | b'\n' | b'[' | b'<');
        let mut piece = if apart { vec![b' '] } else { Vec::new() };
        piece.extend(more);
        self.text.splice(at..at, piece);
        Ok(())
    }

    fn place(&self, key: &[u8], meter: &Meter) -> Result<Option<Range<usize>>, Error> {
        let spans = parse::entry_spans(&self.text, meter)?;
        Ok(spans.into_iter().find(|(found, _)| found == key).map(|(_, at)| at))
    }
}

/// Where the object of this index starts in the data of an object stream (7.5.7).
fn packed(data: &[u8], first: usize, index: usize) -> Option<usize> {
    let mut header = Lexer::new(data.get(..first)?, 0);
    let mut offset = None;
    for _ in 0..=index {
        header.skip_space();
        header.digits()?;
        header.skip_space();
        offset = Some(header.digits()?);
    }
    first.checked_add(usize::try_from(offset?).ok()?).filter(|at| *at < data.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Budget;

    #[test]
    fn an_edit_leaves_everything_else_as_it_is_spelled() {
        let meter = Meter::new(Budget::default());
        let text = "<< /Box [ +007.50 0.12345678901234567 -.5 ] % why\n/N#61me (a\\(\\142) /Kids[1 0 R] >>";
        let mut source = Source::new(text);
        source.set(b"New", b"<< >>", &meter).unwrap();
        assert_eq!(source.bytes(), text.replace(">>", "/New << >>>>").as_bytes());
        source.set(b"Name", b"/x", &meter).unwrap();
        let mut kids = source.get(b"Kids", &meter).unwrap().unwrap();
        kids.push(b"2 0 R").unwrap();
        source.set(b"Kids", kids.bytes(), &meter).unwrap();
        let wanted = "<< /Box [ +007.50 0.12345678901234567 -.5 ] % why\n/N#61me /x /Kids[1 0 R 2 0 R] /New << >>>>";
        assert_eq!(String::from_utf8_lossy(source.bytes()), wanted);
        assert_eq!(source.get(b"Gone", &meter).unwrap(), None);
    }
}
