//! A file as the sequence of its revisions, every object of every revision parsed, every byte accounted for.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::filter;
use super::object::{Dict, Id, Object, Stream};
use super::parse::{Indirect, Length, Parser, Read, is_filler};
use super::xref::{self, Chained, Entry};
use crate::budget::{Budget, Meter};
use crate::problem::{Limit, Problem, ProblemKind};

/// A PDF that needed no repair.
#[derive(Debug)]
pub struct Document<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) meter: Meter,
    pub(crate) revisions: Vec<Revision>,
    /// Of each object number its definitions, oldest first.
    history: HashMap<u32, Vec<Definition>>,
}

/// One revision: the bytes it added and the objects it defined.
#[derive(Debug)]
pub(crate) struct Revision {
    pub(crate) start: usize,
    pub(crate) eof: usize,
    pub(crate) end: usize,
    pub(crate) xref: usize,
    pub(crate) xref_is_stream: bool,
    pub(crate) trailer: Dict,
    /// Numbers it defines or frees, ascending; entries that only repeat what was in force are left out.
    pub(crate) defined: Vec<u32>,
}

#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) revision: usize,
    pub(crate) state: State,
}

#[derive(Debug)]
pub(crate) enum State {
    Free,
    /// `span` is empty of meaning (0..0) for an object inside an object stream; `container` names that stream.
    Used {
        generation: u16,
        object: Object,
        span: Range<usize>,
        container: Option<(u32, u32)>,
    },
}

/// The document as of one revision.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'d> {
    pub(crate) doc: &'d Document<'d>,
    pub(crate) revision: usize,
}

impl<'a> Document<'a> {
    /// Reads `bytes` strictly under `budget`. The first thing that would need repair is the error.
    pub fn open(bytes: &'a [u8], budget: &Budget) -> Result<Self, Problem> {
        let meter = Meter::new(*budget);
        if bytes.len() > budget.file_bytes {
            return Err(ProblemKind::OverBudget(Limit::FileBytes).in_file());
        }
        let body = header_end(bytes).ok_or(ProblemKind::Header.at(0))?;
        let chain = xref::chain(bytes, &meter)?;
        let mut doc = Self { bytes, meter, revisions: Vec::new(), history: HashMap::new() };
        let mut start = 0;
        let mut objects = 0;
        for chained in chain {
            let end = chained.end;
            doc.load(chained, start, if start == 0 { body } else { start }, &mut objects)?;
            start = end;
        }
        Ok(doc)
    }

    fn load(&mut self, chained: Chained, start: usize, body: usize, objects: &mut usize) -> Result<(), Problem> {
        let Chained { section, eof, end } = chained;
        let trailer = section.trailer;
        if trailer.has(b"Encrypt") {
            return Err(ProblemKind::Encrypted.at(section.offset));
        }
        if trailer.get(b"Root").reference().is_none() {
            return Err(ProblemKind::Trailer.at(section.offset));
        }
        if let Some(before) = self.revisions.last()
            && trailer.get(b"Size").int() < before.trailer.get(b"Size").int()
        {
            return Err(ProblemKind::Size.at(section.offset));
        }
        let fresh = self.fresh_entries(section.entries, start, section.offset)?;
        *objects += fresh.len();
        if *objects > self.meter.budget.objects {
            return Err(ProblemKind::OverBudget(Limit::Objects).at(section.offset));
        }
        let loaded = self.parse_objects(&fresh, section.offset)?;

        let mut spans: Vec<Range<usize>> = loaded
            .values()
            .filter_map(|state| match state {
                State::Used { container: None, span, .. } => Some(span.clone()),
                _ => None,
            })
            .collect();
        // A cross-reference stream may or may not list itself.
        let first_page = section.first_page.clone();
        spans.retain(|s| s.start != section.offset && first_page.as_ref().is_none_or(|first| s.start != first.start));
        spans.push(section.offset..section.end);
        spans.extend(first_page);
        spans.sort_by_key(|span| span.start);
        let mut at = body;
        for span in &spans {
            let between = self.bytes.get(at..span.start).ok_or(ProblemKind::XrefOutside.at(span.start))?;
            if !is_filler(between) {
                return Err(ProblemKind::UnlistedBytes.at(at));
            }
            at = span.end;
        }

        let revision = self.revisions.len();
        let defined = loaded.keys().copied().collect();
        for (num, state) in loaded {
            self.history.entry(num).or_default().push(Definition { revision, state });
        }
        self.revisions.push(Revision {
            start,
            eof,
            end,
            // The one in force: that is where a later revision leads back to.
            xref: section.first_page.map_or(section.offset, |first| first.start),
            xref_is_stream: section.stream.is_some(),
            trailer,
            defined,
        });
        Ok(())
    }

    /// Entries that say something new. One that points back is fine only if it repeats what is in force.
    fn fresh_entries(
        &self,
        entries: Vec<(u32, Entry)>,
        start: usize,
        xref: usize,
    ) -> Result<BTreeMap<u32, Entry>, Problem> {
        let mut fresh = BTreeMap::new();
        for (num, entry) in entries {
            let in_force = self.history.get(&num).and_then(|list| list.last()).map(|def| &def.state);
            let repeats = match (entry, in_force) {
                (Entry::Free, None | Some(State::Free)) => true,
                (Entry::At { offset, generation }, Some(State::Used { container: None, span, generation: g, .. })) => {
                    offset == span.start && generation == *g
                }
                (Entry::InStream { stream, index }, Some(State::Used { container: Some(place), .. })) => {
                    *place == (stream, index)
                }
                _ => false,
            };
            if repeats {
                continue;
            }
            if let Entry::At { offset, .. } = entry
                && !(start..=xref).contains(&offset)
            {
                return Err(ProblemKind::XrefOutside.in_object(num));
            }
            fresh.insert(num, entry);
        }
        Ok(fresh)
    }

    fn parse_objects(&self, fresh: &BTreeMap<u32, Entry>, xref: usize) -> Result<BTreeMap<u32, State>, Problem> {
        let mut loaded = BTreeMap::new();
        let mut later = Vec::new();
        let mut by_stream: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
        let mut by_offset = Vec::new();
        for (&num, &entry) in fresh {
            match entry {
                Entry::Free => drop(loaded.insert(num, State::Free)),
                Entry::At { offset, generation } => by_offset.push((offset, Id { num, generation })),
                Entry::InStream { stream, index } => by_stream.entry(stream).or_default().push((index, num)),
            }
        }
        // In the order of the file, and never twice over the same bytes: the work stays linear.
        by_offset.sort_unstable();
        let mut end = 0;
        for (offset, id) in by_offset {
            if offset < end {
                return Err(ProblemKind::XrefOutside.in_object(id.num));
            }
            match self.parse_at(id, offset, xref, fresh, None)? {
                Read::Whole(read) => {
                    end = read.span.end;
                    loaded.insert(id.num, used(read));
                }
                Read::LengthLater(at) => {
                    end = at;
                    later.push((id, offset));
                }
            }
        }
        for (stream, wanted) in by_stream {
            self.parse_stream_objects(stream, wanted, &mut loaded)?;
        }
        for (id, offset) in later {
            match self.parse_at(id, offset, xref, fresh, Some(&loaded))? {
                Read::Whole(read) => drop(loaded.insert(id.num, used(read))),
                Read::LengthLater(_) => return Err(ProblemKind::StreamLength.in_object(id.num)),
            }
        }
        Ok(loaded)
    }

    /// The object at `offset`; nothing of it may reach past the cross-reference section.
    fn parse_at(
        &self,
        id: Id,
        offset: usize,
        xref: usize,
        fresh: &BTreeMap<u32, Entry>,
        loaded: Option<&BTreeMap<u32, State>>,
    ) -> Result<Read, Problem> {
        // The cross-reference stream itself is the one object that stands at, not before, its own offset.
        let limit = if offset == xref { self.bytes.len() } else { xref };
        let bytes = &self.bytes[..limit];
        let integer = |state: &State| match state {
            State::Used { object, .. } => object.int().and_then(|n| usize::try_from(n).ok()),
            State::Free => None,
        };
        let length = |id: Id| -> Result<Length, ProblemKind> {
            let known = match (fresh.get(&id.num), loaded.and_then(|loaded| loaded.get(&id.num))) {
                (_, Some(state)) => integer(state),
                (Some(Entry::InStream { .. }), None) => return Ok(Length::Later),
                (Some(Entry::At { offset, .. }), None) => Parser::new(bytes, *offset, &self.meter).plain_integer(id),
                (Some(Entry::Free), None) => None,
                (None, None) => self.history.get(&id.num).and_then(|list| integer(&list.last()?.state)),
            };
            known.map(Length::Known).ok_or(ProblemKind::StreamLength)
        };
        let read = Parser::new(bytes, offset, &self.meter).indirect(&length)?;
        match &read {
            Read::Whole(found) if found.id != id => Err(ProblemKind::ObjectMissing.in_object(id.num)),
            _ => Ok(read),
        }
    }

    /// The objects of one object stream (7.5.7): exactly those the section lists, in the places it gives.
    fn parse_stream_objects(
        &self,
        container: u32,
        mut wanted: Vec<(u32, u32)>,
        loaded: &mut BTreeMap<u32, State>,
    ) -> Result<(), Problem> {
        let wrong = ProblemKind::ObjectStream.in_object(container);
        // A container defined in this very revision: an entry that points into an older one changes without adding.
        let Some(State::Used { object: Object::Stream(stream), container: None, .. }) = loaded.get(&container) else {
            return Err(wrong);
        };
        if !stream.dict.is(b"Type", b"ObjStm") {
            return Err(wrong);
        }
        let data = filter::decode(&self.bytes[stream.raw.clone()], &stream.dict, &self.meter, &|o| o)
            .map_err(|kind| kind.in_object(container))?;
        let count = stream.dict.get(b"N").int().and_then(|n| usize::try_from(n).ok()).ok_or(wrong)?;
        let first = stream.dict.get(b"First").int().and_then(|n| usize::try_from(n).ok()).ok_or(wrong)?;
        wanted.sort_unstable();
        if count != wanted.len() || first > data.len() {
            return Err(wrong); // an object in the stream that no entry lists, or the reverse
        }
        let mut header = super::lex::Lexer::new(&data[..first], 0);
        let mut places = Vec::with_capacity(count);
        for (at, (index, num)) in wanted.iter().enumerate() {
            header.skip_space();
            let listed = header.digits();
            header.skip_space();
            let offset = header.digits().and_then(|n| usize::try_from(n).ok());
            let offset = offset.and_then(|offset| offset.checked_add(first)).filter(|o| *o < data.len());
            if *index as usize != at || listed != Some(u64::from(*num)) {
                return Err(wrong);
            }
            places.push((*num, offset.ok_or(wrong)?));
        }
        let mut end = first;
        for (index, (num, offset)) in places.into_iter().enumerate() {
            if offset < end {
                return Err(wrong);
            }
            let mut parser = Parser::new(&data, offset, &self.meter);
            let object = parser.object().map_err(|p| p.kind.in_object(num))?;
            end = parser.lexer.pos;
            let place = Some((container, index as u32));
            loaded.insert(num, State::Used { generation: 0, object, span: 0..0, container: place });
        }
        Ok(())
    }

    /// The document as of revision `revision`, which exists.
    pub(crate) fn view(&self, revision: usize) -> View<'_> {
        View { doc: self, revision }
    }

    /// The document as it is now.
    pub(crate) fn last(&self) -> View<'_> {
        self.view(self.revisions.len() - 1)
    }

    /// All definitions of all objects.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = (u32, &Definition)> {
        self.history.iter().flat_map(|(num, list)| list.iter().map(|def| (*num, def)))
    }
}

impl Definition {
    /// Where the raw bytes of a stream stand.
    pub(crate) fn stream_bytes(&self) -> Option<Range<usize>> {
        match &self.state {
            State::Used { object: Object::Stream(stream), .. } => Some(stream.raw.clone()),
            _ => None,
        }
    }
}

impl<'d> View<'d> {
    pub(crate) fn definition(&self, num: u32) -> Option<&'d Definition> {
        let list = self.doc.history.get(&num)?;
        let after = list.partition_point(|def| def.revision <= self.revision);
        list.get(after.checked_sub(1)?)
    }

    /// What each object number stands for as of this revision.
    pub(crate) fn states(&self) -> impl Iterator<Item = (u32, &'d State)> + use<'d> {
        let view = *self;
        view.doc.history.keys().filter_map(move |num| Some((*num, &view.definition(*num)?.state)))
    }

    /// The object behind an identifier; a missing one is null (7.3.10).
    pub(crate) fn get(&self, id: Id) -> &'d Object {
        match self.definition(id.num).map(|def| &def.state) {
            Some(State::Used { generation, object, .. }) if *generation == id.generation => object,
            _ => Object::NULL,
        }
    }

    /// Follows references, a few steps at most.
    pub(crate) fn resolve(&self, object: &'d Object) -> &'d Object {
        let mut object = object;
        for _ in 0..8 {
            match object {
                Object::Ref(id) => object = self.get(*id),
                other => return other,
            }
        }
        Object::NULL
    }

    pub(crate) fn value(&self, dict: &'d Dict, key: &[u8]) -> &'d Object {
        self.resolve(dict.get(key))
    }

    pub(crate) fn dict(&self, dict: &'d Dict, key: &[u8]) -> Option<&'d Dict> {
        self.value(dict, key).dict()
    }

    pub(crate) fn array(&self, dict: &'d Dict, key: &[u8]) -> &'d [Object] {
        self.value(dict, key).array().unwrap_or_default()
    }

    pub(crate) fn trailer(&self) -> &'d Dict {
        &self.doc.revisions[self.revision].trailer
    }

    pub(crate) fn catalog(&self) -> Option<&'d Dict> {
        self.dict(self.trailer(), b"Root")
    }

    pub(crate) fn decode(&self, stream: &'d Stream) -> Result<Vec<u8>, ProblemKind> {
        let raw = &self.doc.bytes[stream.raw.clone()];
        filter::decode(raw, &stream.dict, &self.doc.meter, &|object| self.resolve(object))
    }

    /// The same, of a stream that should come to so many bytes.
    pub(crate) fn decode_sized(&self, stream: &'d Stream, bytes: usize) -> Result<Vec<u8>, ProblemKind> {
        let raw = &self.doc.bytes[stream.raw.clone()];
        filter::decode_sized(raw, &stream.dict, bytes, &self.doc.meter, &|object| self.resolve(object))
    }
}

fn used(read: Indirect) -> State {
    State::Used { generation: read.id.generation, object: read.object, span: read.span, container: None }
}

/// The end of the header line and of the comment lines right after it.
fn header_end(bytes: &[u8]) -> Option<usize> {
    let line = bytes.strip_prefix(b"%PDF-")?;
    match line {
        [b'1', b'.', b'0'..=b'7', rest @ ..] | [b'2', b'.', b'0', rest @ ..]
            if super::parse::ends_word(rest.first()) => {}
        _ => return None,
    }
    let mut lexer = super::lex::Lexer::new(bytes, 0);
    lexer.skip_space_and_comments();
    let comments = &bytes[8..lexer.pos];
    is_filler(comments).then_some(lexer.pos)
}
