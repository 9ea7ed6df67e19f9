//! A file as the sequence of its revisions, every object of every revision parsed, every byte accounted for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::filter::{self, Allowed};
use super::object::{Dict, Id, Object, Stream};
use super::parse::{Indirect, Length, Parser, Read, is_filler};
use super::xref::{self, Chained, Entry, landing};
use crate::budget::Budget;
use crate::meter::{Decoded, Meter};
use crate::problem::{Limit, Problem, ProblemKind};

/// A PDF that needed no repair.
#[derive(Debug)]
pub struct Document<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) meter: Meter,
    pub(crate) revisions: Vec<Revision>,
    /// By number, and of each number oldest first.
    history: Vec<Definition>,
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
    /// Whether each offset in it names the first byte of what it leads to, and not white space before.
    pub(crate) exact: bool,
}

#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) num: u32,
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
        let body = header_end(bytes).map_err(|kind| kind.at(0))?;
        let chain = xref::chain(bytes, &meter)?;
        let mut doc = Self { bytes, meter, revisions: Vec::new(), history: Vec::new() };
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
        let xref = section.in_force();
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
        let mut exact = section.exact;
        let fresh = self.fresh_entries(section.entries, start, section.offset, &mut exact)?;
        *objects += fresh.len();
        if *objects > self.meter.budget.objects {
            return Err(ProblemKind::OverBudget(Limit::Objects).at(section.offset));
        }
        let loaded = self.parse_objects(&fresh, section.offset)?;

        if !self.revisions.is_empty()
            && let Some(idle) = loaded.idle_container()
        {
            return Err(ProblemKind::UnlistedBytes.in_object(idle));
        }

        let mut spans: Vec<Range<usize>> = loaded
            .states
            .iter()
            .filter_map(|state| match state {
                Some(State::Used { container: None, span, .. }) => Some(span.clone()),
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
        let defined = fresh.iter().map(|(num, _)| *num).collect();
        self.record(&fresh, loaded, revision);
        self.revisions.push(Revision {
            start,
            eof,
            end,
            // The one in force: that is where a later revision leads back to.
            xref,
            xref_is_stream: section.stream.is_some(),
            trailer,
            defined,
            exact,
        });
        Ok(())
    }

    /// Adds what a revision defines.
    fn record(&mut self, fresh: &[(u32, Entry)], loaded: Loaded<'_>, revision: usize) {
        let before = self.history.len();
        self.history.reserve_exact(fresh.len());
        let states = fresh.iter().zip(loaded.states);
        self.history
            .extend(states.filter_map(|((num, _), state)| Some(Definition { num: *num, revision, state: state? })));
        // Two runs that are sorted each: that is quick.
        if before > 0 {
            self.history.sort_by_key(|def| (def.num, def.revision));
        }
    }

    /// The definition in force of the revisions up to this one.
    fn in_force(&self, num: u32, revision: usize) -> Option<&Definition> {
        let after = self.history.partition_point(|def| (def.num, def.revision) <= (num, revision));
        self.history.get(after.checked_sub(1)?).filter(|def| def.num == num)
    }

    /// Entries that say something new, by number. One that points back is fine only if it repeats what is in force.
    fn fresh_entries(
        &self,
        entries: Vec<(u32, Entry)>,
        start: usize,
        xref: usize,
        exact: &mut bool,
    ) -> Result<Vec<(u32, Entry)>, Problem> {
        let mut fresh = Vec::new();
        for (num, named) in entries {
            let entry = match named {
                Entry::At { offset, generation } => Entry::At { offset: landing(self.bytes, offset), generation },
                other => other,
            };
            *exact &= entry == named;
            let in_force = self.in_force(num, usize::MAX).map(|def| &def.state);
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
            // Only what was freed comes back under another generation (7.5.4).
            if self.revisions.is_empty() && matches!(entry, Entry::At { generation: 1.., .. }) {
                return Err(ProblemKind::Xref.in_object(num));
            }
            fresh.push((num, entry));
        }
        // A section lists no number twice.
        fresh.sort_unstable_by_key(|(num, _)| *num);
        Ok(fresh)
    }

    fn parse_objects<'f>(&self, fresh: &'f [(u32, Entry)], xref: usize) -> Result<Loaded<'f>, Problem> {
        let mut loaded = Loaded::new(fresh);
        self.meter.keep(fresh.len().saturating_mul(size_of::<Definition>())).map_err(|kind| kind.at(xref))?;
        let mut later = Vec::new();
        let mut by_stream: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
        let mut by_offset = Vec::new();
        for &(num, entry) in fresh {
            match entry {
                Entry::Free => loaded.insert(num, State::Free),
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
            match self.parse_at(id, offset, xref, &loaded, false)? {
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
            match self.parse_at(id, offset, xref, &loaded, true)? {
                Read::Whole(read) => loaded.insert(id.num, used(read)),
                Read::LengthLater(_) => return Err(ProblemKind::StreamLength.in_object(id.num)),
            }
        }
        Ok(loaded)
    }

    /// The object at `offset`; nothing of it may reach past the cross-reference section.
    fn parse_at(&self, id: Id, offset: usize, xref: usize, loaded: &Loaded<'_>, all: bool) -> Result<Read, Problem> {
        // The cross-reference stream itself is the one object that stands at, not before, its own offset.
        let limit = if offset == xref { self.bytes.len() } else { xref };
        let bytes = &self.bytes[..limit];
        let integer = |state: &State| match state {
            State::Used { object, .. } => object.int().and_then(|n| usize::try_from(n).ok()),
            State::Free => None,
        };
        let length = |id: Id| -> Result<Length, ProblemKind> {
            let known = match (loaded.entry(id.num), loaded.get(id.num).filter(|_| all)) {
                (_, Some(state)) => integer(state),
                (Some(Entry::InStream { .. }), None) => return Ok(Length::Later),
                (Some(Entry::At { offset, .. }), None) => Parser::new(bytes, offset, &self.meter).plain_integer(id),
                (Some(Entry::Free), None) => None,
                (None, None) => self.in_force(id.num, usize::MAX).and_then(|def| integer(&def.state)),
            };
            known.map(Length::Known).ok_or(ProblemKind::StreamLength)
        };
        let mut parser = Parser::new(bytes, offset, &self.meter);
        match parser.indirect(&length)? {
            Read::Whole(found) if found.id != id => Err(ProblemKind::ObjectMissing.in_object(id.num)),
            Read::Whole(found) => {
                parser.keep();
                Ok(Read::Whole(found))
            }
            later => Ok(later),
        }
    }

    /// The objects of one object stream (7.5.7): exactly those the section lists, in the places it gives.
    fn parse_stream_objects(
        &self,
        container: u32,
        mut wanted: Vec<(u32, u32)>,
        loaded: &mut Loaded<'_>,
    ) -> Result<(), Problem> {
        let wrong = ProblemKind::ObjectStream.in_object(container);
        // A container defined in this very revision: an entry that points into an older one changes without adding.
        let Some(State::Used { object: Object::Stream(stream), container: None, .. }) = loaded.get(container) else {
            return Err(wrong);
        };
        if !stream.dict.is(b"Type", b"ObjStm") {
            return Err(wrong);
        }
        let raw = &self.bytes[stream.raw.clone()];
        let allowed = Allowed::by(Limit::StructureBytes, &self.meter, raw);
        let data = filter::decode(raw, &stream.dict, allowed, &self.meter, &|o| o)
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
            parser.keep();
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
        self.history.iter().map(|def| (def.num, def))
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
        self.doc.in_force(num, self.revision)
    }

    /// What each object number stands for as of this revision, by number.
    pub(crate) fn states(&self) -> impl Iterator<Item = (u32, &'d State)> + use<'d> {
        let revision = self.revision;
        let of_one_number = self.doc.history.chunk_by(|a, b| a.num == b.num);
        of_one_number.filter_map(move |list| {
            let after = list.partition_point(|def| def.revision <= revision);
            list.get(after.checked_sub(1)?).map(|def| (def.num, &def.state))
        })
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

    /// What comes out of a stream, as much of it as this limit allows.
    pub(crate) fn decode(&self, stream: &'d Stream, limit: Limit) -> Result<Decoded<'d>, ProblemKind> {
        let raw = &self.doc.bytes[stream.raw.clone()];
        self.decode_by(stream, Allowed::by(limit, &self.doc.meter, raw))
    }

    /// The same, of a stream that should come to so many bytes.
    pub(crate) fn decode_sized(
        &self,
        stream: &'d Stream,
        bytes: usize,
        limit: Limit,
    ) -> Result<Decoded<'d>, ProblemKind> {
        self.decode_by(stream, Allowed { limit, most: bytes, expected: bytes })
    }

    /// The same, as much as is allowed.
    pub(crate) fn decode_by(&self, stream: &'d Stream, allowed: Allowed) -> Result<Decoded<'d>, ProblemKind> {
        let raw = &self.doc.bytes[stream.raw.clone()];
        filter::decode(raw, &stream.dict, allowed, &self.doc.meter, &|object| self.resolve(object))
    }
}

/// The objects of one revision, as far as they are read.
struct Loaded<'f> {
    fresh: &'f [(u32, Entry)],
    /// One for each entry.
    states: Vec<Option<State>>,
}

impl<'f> Loaded<'f> {
    fn new(fresh: &'f [(u32, Entry)]) -> Self {
        Self { fresh, states: std::iter::repeat_with(|| None).take(fresh.len()).collect() }
    }

    fn at(&self, num: u32) -> Option<usize> {
        self.fresh.binary_search_by_key(&num, |(num, _)| *num).ok()
    }

    /// An object stream none of whose objects is listed.
    fn idle_container(&self) -> Option<u32> {
        let containers: BTreeSet<u32> = self
            .states
            .iter()
            .filter_map(|state| match state {
                Some(State::Used { container, .. }) => container.map(|(stream, _)| stream),
                _ => None,
            })
            .collect();
        let mut objects = self.fresh.iter().zip(&self.states).map(|((num, _), state)| (*num, state));
        let idle = objects.find(|(num, state)| match state {
            Some(State::Used { object: Object::Stream(stream), .. }) => {
                let holds = stream.dict.is(b"Type", b"ObjStm") && stream.dict.get(b"N").int() != Some(0);
                holds && !containers.contains(num)
            }
            _ => false,
        });
        idle.map(|(num, _)| num)
    }

    fn entry(&self, num: u32) -> Option<Entry> {
        self.at(num).and_then(|at| self.fresh.get(at)).map(|(_, entry)| *entry)
    }

    fn get(&self, num: u32) -> Option<&State> {
        self.states.get(self.at(num)?)?.as_ref()
    }

    fn insert(&mut self, num: u32, state: State) {
        if let Some(place) = self.at(num).and_then(|at| self.states.get_mut(at)) {
            *place = Some(state);
        }
    }
}

fn used(read: Indirect) -> State {
    State::Used { generation: read.id.generation, object: read.object, span: read.span, container: None }
}

/// The end of the header line and of the comment lines right after it.
fn header_end(bytes: &[u8]) -> Result<usize, ProblemKind> {
    let line = bytes.strip_prefix(b"%PDF-").ok_or(ProblemKind::Header)?;
    match line {
        [b'1', b'.', b'0'..=b'7', rest @ ..] | [b'2', b'.', b'0', rest @ ..]
            if super::parse::ends_word(rest.first()) => {}
        _ => return Err(ProblemKind::Header),
    }
    let mut lexer = super::lex::Lexer::new(bytes, 0);
    lexer.skip_space_and_comments();
    let comments = &bytes[8..lexer.pos];
    is_filler(comments).then_some(lexer.pos).ok_or(ProblemKind::UnlistedBytes)
}
