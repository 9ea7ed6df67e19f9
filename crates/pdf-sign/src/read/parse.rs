//! Objects out of tokens: depth and number of values are bounded, a key twice in a dictionary is an error.

use std::ops::Range;

use super::lex::{Lexer, Token, is_delimiter, is_space};
use super::name::Name;
use super::object::{Dict, Id, Object, Stream};
use crate::meter::{Hold, Meter};
use crate::problem::{Limit, Problem, ProblemKind};

pub(crate) struct Parser<'a, 'm> {
    pub(crate) lexer: Lexer<'a>,
    meter: &'m Meter,
    /// What was read takes up room, until the parser is dropped or told to forget.
    hold: Hold<'m>,
}

/// What an allocation takes besides its bytes.
const ALLOCATION: usize = 2 * size_of::<usize>();

/// An indirect object and the bytes from its number to `endobj`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Indirect {
    pub(crate) id: Id,
    pub(crate) object: Object,
    pub(crate) span: Range<usize>,
}

/// A piece of a content stream.
pub(crate) enum Instruction<'a> {
    Operand(Object),
    Operator(&'a [u8]),
}

/// The outcome of reading an indirect object.
#[derive(Debug)]
pub(crate) enum Read {
    Whole(Indirect),
    /// A stream whose length is not known yet; its dictionary ends here.
    LengthLater(usize),
}

/// What an indirect `/Length` comes to. `Later`: it is in an object stream that was not opened yet.
pub(crate) enum Length {
    Known(usize),
    Later,
}

impl<'a, 'm> Parser<'a, 'm> {
    pub(crate) fn new(bytes: &'a [u8], pos: usize, meter: &'m Meter) -> Self {
        Self { lexer: Lexer::new(bytes, pos), meter, hold: meter.hold() }
    }

    /// What was read is kept to the end.
    pub(crate) fn keep(self) {
        self.hold.keep();
    }

    /// What was read is gone.
    pub(crate) fn forget(&mut self) {
        self.hold.release();
    }

    pub(crate) fn object(&mut self) -> Result<Object, Problem> {
        let start = self.lexer.pos;
        self.value(self.meter.budget.depth).map_err(|kind| kind.at(self.lexer.pos.max(start)))
    }

    fn value(&mut self, depth: usize) -> Result<Object, ProblemKind> {
        match self.lexer.next()? {
            Some(token) => self.value_from(token, depth),
            None => Err(ProblemKind::Syntax),
        }
    }

    fn value_from(&mut self, token: Token<'a>, depth: usize) -> Result<Object, ProblemKind> {
        self.meter.value()?;
        Ok(match token {
            Token::Int(n) => self.reference(n).unwrap_or(Object::Int(n)),
            Token::Real(x) => Object::Real(x),
            Token::String(s) => {
                self.hold.more(s.len() + ALLOCATION)?;
                Object::String(s.into())
            }
            Token::Name(n) => {
                self.hold.more(n.outside())?;
                Object::Name(n)
            }
            Token::ArrayOpen => {
                let depth = depth.checked_sub(1).ok_or(ProblemKind::OverBudget(Limit::Depth))?;
                let mut items = Vec::new();
                self.hold.more(ALLOCATION)?;
                loop {
                    match self.lexer.next()?.ok_or(ProblemKind::Syntax)? {
                        Token::ArrayClose => break,
                        token => {
                            self.hold.more(size_of::<Object>())?;
                            items.push(self.value_from(token, depth)?);
                        }
                    }
                }
                Object::Array(items.into())
            }
            Token::DictOpen => {
                let depth = depth.checked_sub(1).ok_or(ProblemKind::OverBudget(Limit::Depth))?;
                let mut pairs = Vec::new();
                self.hold.more(ALLOCATION)?;
                loop {
                    match self.lexer.next()?.ok_or(ProblemKind::Syntax)? {
                        Token::DictClose => break,
                        Token::Name(key) => {
                            self.hold.more(size_of::<(Name, Object)>() + key.outside())?;
                            pairs.push((key, self.value(depth)?));
                        }
                        _ => return Err(ProblemKind::Syntax),
                    }
                }
                Object::Dict(dict(pairs)?)
            }
            Token::Keyword(b"true") => Object::Bool(true),
            Token::Keyword(b"false") => Object::Bool(false),
            Token::Keyword(b"null") => Object::Null,
            Token::Keyword(_) | Token::ArrayClose | Token::DictClose => return Err(ProblemKind::Syntax),
        })
    }

    /// The next piece of a content stream: an operand, or an operator's name.
    pub(crate) fn instruction(&mut self) -> Result<Option<Instruction<'a>>, ProblemKind> {
        if let Some(number) = self.lexer.small_integer() {
            self.operand()?;
            return Ok(Some(Instruction::Operand(Object::Int(number))));
        }
        Ok(match self.lexer.next()? {
            None => None,
            Some(Token::Keyword(word)) if !matches!(word, b"true" | b"false" | b"null") => {
                Some(Instruction::Operator(word))
            }
            // No references there: a number is a number.
            Some(Token::Int(n)) => {
                self.operand()?;
                Some(Instruction::Operand(Object::Int(n)))
            }
            Some(token) => {
                self.hold.more(size_of::<Object>())?;
                Some(Instruction::Operand(self.value_from(token, self.meter.budget.depth)?))
            }
        })
    }

    fn operand(&mut self) -> Result<(), ProblemKind> {
        self.hold.more(size_of::<Object>())?;
        self.meter.value()
    }

    /// `n g R` when it stands here, `n` being read already.
    fn reference(&mut self, num: i64) -> Option<Object> {
        let num = u32::try_from(num).ok().filter(|n| *n > 0)?;
        let mut ahead = self.lexer.clone();
        ahead.skip_space();
        let generation = u16::try_from(ahead.digits()?).ok()?;
        let gap = ahead.pos;
        ahead.skip_space();
        if ahead.pos == gap || !ahead.keyword(b"R") {
            return None;
        }
        self.lexer = ahead;
        Some(Object::Ref(Id { num, generation }))
    }

    /// `n g obj … endobj` starting exactly here. `length` looks up an indirect `/Length`.
    pub(crate) fn indirect(&mut self, length: &dyn Fn(Id) -> Result<Length, ProblemKind>) -> Result<Read, Problem> {
        let start = self.lexer.pos;
        let id = self.header().ok_or(ProblemKind::ObjectMissing.at(start))?;
        let mut object = self.object()?;
        self.lexer.skip_space_and_comments();
        if let Object::Dict(dict) = &mut object
            && self.lexer.keyword(b"stream")
        {
            let size = match dict.get(b"Length") {
                Object::Int(n) => usize::try_from(*n).ok(),
                Object::Ref(id) => match length(*id).map_err(|kind| kind.at(start))? {
                    Length::Known(n) => Some(n),
                    Length::Later => return Ok(Read::LengthLater(self.lexer.pos)),
                },
                _ => None,
            };
            let wrong = ProblemKind::StreamLength.at(start);
            let raw = self.stream_bytes(size.ok_or(wrong)?).ok_or(wrong)?;
            self.hold.more(size_of::<Stream>() + ALLOCATION).map_err(|kind| kind.at(start))?;
            object = Object::Stream(Box::new(Stream { dict: std::mem::take(dict), raw }));
            self.lexer.skip_space_and_comments();
        }
        if !self.lexer.keyword(b"endobj") {
            return Err(ProblemKind::Syntax.at(self.lexer.pos));
        }
        Ok(Read::Whole(Indirect { id, object, span: start..self.lexer.pos }))
    }

    /// `n g obj integer endobj` written plainly, as a length is. One glance at few bytes: many streams may ask for it.
    pub(crate) fn plain_integer(&mut self, id: Id) -> Option<usize> {
        let lexer = &mut self.lexer;
        lexer.bytes = &lexer.bytes[..lexer.bytes.len().min(lexer.pos.saturating_add(80))];
        if self.header()? != id {
            return None;
        }
        self.lexer.skip_space();
        let number = self.lexer.digits()?;
        self.lexer.skip_space();
        self.lexer.keyword(b"endobj").then(|| usize::try_from(number).ok())?
    }

    fn header(&mut self) -> Option<Id> {
        if !self.lexer.peek()?.is_ascii_digit() {
            return None;
        }
        let num = u32::try_from(self.lexer.digits()?).ok().filter(|n| *n > 0)?;
        let gap = self.lexer.pos;
        self.lexer.skip_space();
        if self.lexer.pos == gap {
            return None;
        }
        let generation = u16::try_from(self.lexer.digits()?).ok()?;
        let gap = self.lexer.pos;
        self.lexer.skip_space();
        (self.lexer.pos > gap && self.lexer.keyword(b"obj")).then_some(Id { num, generation })
    }

    /// After the word `stream`: LF or CR LF, the bytes, at most one end-of-line, `endstream` (7.3.8.1).
    fn stream_bytes(&mut self, size: usize) -> Option<Range<usize>> {
        let lexer = &mut self.lexer;
        if lexer.peek() == Some(b'\r') {
            lexer.pos += 1;
        }
        if lexer.peek() != Some(b'\n') {
            return None;
        }
        let start = lexer.pos + 1;
        let end = start.checked_add(size).filter(|end| *end <= lexer.bytes.len())?;
        lexer.pos = end + eol_len(&lexer.bytes[end..]);
        lexer.keyword(b"endstream").then_some(start..end)
    }
}

fn dict(mut pairs: Vec<(Name, Object)>) -> Result<Dict, ProblemKind> {
    pairs.sort_by(|a, b| a.0.as_slice().cmp(&b.0));
    if pairs.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(ProblemKind::DuplicateKey);
    }
    Ok(Dict(pairs.into()))
}

/// Length of the one end-of-line at the start of `bytes`, 0 if there is none.
pub(crate) fn eol_len(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// Keys of a dictionary with the bytes of their values.
pub(crate) type Spans = Vec<(Name, Range<usize>)>;

/// Where the values of a dictionary stand: for the signature dictionary, whose very bytes matter.
///
/// `at` is where an indirect object starts; its dictionary is known to parse.
pub(crate) fn value_spans(bytes: &[u8], at: usize, meter: &Meter) -> Result<Spans, Problem> {
    let mut parser = Parser::new(bytes, at, meter);
    parser.header().ok_or(ProblemKind::ObjectMissing.at(at))?;
    parser.dict_spans(at)
}

/// The same for a dictionary that stands alone, its first byte the first of `bytes`.
pub(crate) fn entry_spans(bytes: &[u8], meter: &Meter) -> Result<Spans, Problem> {
    Parser::new(bytes, 0, meter).dict_spans(0)
}

/// The bytes of the value of an indirect object that starts at `at`, without number and `endobj`.
pub(crate) fn value_span(bytes: &[u8], at: usize, meter: &Meter) -> Result<Range<usize>, Problem> {
    let mut parser = Parser::new(bytes, at, meter);
    parser.header().ok_or(ProblemKind::ObjectMissing.at(at))?;
    parser.lexer.skip_space_and_comments();
    let start = parser.lexer.pos;
    parser.object()?;
    Ok(start..parser.lexer.pos)
}

impl Parser<'_, '_> {
    fn dict_spans(&mut self, at: usize) -> Result<Spans, Problem> {
        if self.lexer.next().map_err(|kind| kind.at(at))? != Some(Token::DictOpen) {
            return Err(ProblemKind::Syntax.at(at));
        }
        let mut spans = Vec::new();
        loop {
            match self.lexer.next().map_err(|kind| kind.at(at))? {
                Some(Token::DictClose) => return Ok(spans),
                Some(Token::Name(key)) => {
                    self.lexer.skip_space_and_comments();
                    let start = self.lexer.pos;
                    self.object()?;
                    spans.push((key, start..self.lexer.pos));
                }
                _ => return Err(ProblemKind::Syntax.at(self.lexer.pos)),
            }
        }
    }
}

/// Whether everything here is white space or comments that hide nothing a repairing reader would pick up.
pub(crate) fn is_filler(bytes: &[u8]) -> bool {
    let mut lexer = Lexer::new(bytes, 0);
    lexer.skip_space_and_comments();
    let words: [&[u8]; 4] = [b"xref", b"trailer", b"stream", b"%PDF-"];
    lexer.pos == bytes.len()
        && !words.iter().any(|word| memchr::memmem::find(bytes, word).is_some())
        && memchr::memmem::find_iter(bytes, b"obj").all(|at| is_prose(bytes, at))
}

/// Whether `obj` here begins the word "object" behind no number: qpdf writes such comments (`--qdf`), and nobody takes them
/// for an object. At the end of another word it may be the end of one (`endobject`).
fn is_prose(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].iter().rev().find(|byte| !is_space(**byte));
    let is_word = !bytes[..at].last().is_some_and(u8::is_ascii_alphabetic);
    is_word && bytes[at..].starts_with(b"object") && !before.is_some_and(u8::is_ascii_digit)
}

/// Whether a byte ends a word.
pub(crate) fn ends_word(byte: Option<&u8>) -> bool {
    byte.is_none_or(|b| is_space(*b) || is_delimiter(*b))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Budget;

    fn parse(text: &[u8]) -> Result<Object, ProblemKind> {
        let meter = Meter::new(Budget::default());
        Parser::new(text, 0, &meter).object().map_err(|p| p.kind)
    }

    #[test]
    fn duplicate_keys_are_an_error_even_when_escaped() {
        assert_eq!(parse(b"<</Contents 1/C#6fntents 2>>"), Err(ProblemKind::DuplicateKey));
        assert!(parse(b"<</Contents 1/Content 2>>").is_ok());
    }

    #[test]
    fn depth_is_bounded() {
        let nest = |n: usize| [vec![b'['; n], vec![b']'; n]].concat();
        assert!(parse(&nest(64)).is_ok());
        assert_eq!(parse(&nest(65)), Err(ProblemKind::OverBudget(Limit::Depth)));
        assert_eq!(parse(&nest(1_000_000)), Err(ProblemKind::OverBudget(Limit::Depth)));
    }

    #[test]
    fn comments_may_speak_of_objects_but_not_spell_one() {
        for harmless in ["", " \n", "%\u{e9}\n%QDF-1.0\n\n%% Original object ID: 1 0\n", "% objects of 3 pages\n"] {
            assert!(is_filler(harmless.as_bytes()), "{harmless}");
        }
        for other in [
            "% 1 0 obj\n",
            "%1 0 object\n",
            "% 1 0\n%\n%% 0 \tobject",
            "% endobj\n",
            "% endobject\n",
            "%\nsubobject",
            "% obj",
            "% stream",
            "object",
            "%\n1",
        ] {
            assert!(!is_filler(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn references_and_numbers_keep_apart() {
        let got = parse(b"[1 2 3 0 R 4 0 Rx]");
        assert_eq!(got, Err(ProblemKind::Syntax));
        let got = parse(b"[1 2 3 0 R]").unwrap();
        let id = Id { num: 3, generation: 0 };
        assert_eq!(got, Object::Array([Object::Int(1), Object::Int(2), Object::Ref(id)].into()));
    }
}
