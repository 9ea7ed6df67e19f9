//! What one revision changed, object by object, and whether a seal allows it.
//!
//! The rule compares graphs, not numbers: walk everything reachable in the new revision except through the few edges by
//! which a new signature or validation data may be reached. A changed object met on that walk is an alteration, unless it
//! is one of the lists that had to grow and did nothing else. A changed object met only behind an allowed edge is what the
//! edge says; but one that was there before may not be overwritten there, its own appearance streams aside. A new object
//! met nowhere is unused, and an alteration the day that a later revision refers to it.

mod closed;
mod doors;
mod fields;
mod form;
mod kept;
mod pure;
mod walk;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use self::kept::Gone;
use self::walk::{Doors, TRAILER, Targets, from_trailer, walk};
use super::facts::{Alteration, Change, ChangeKind};
use crate::problem::Problem;
use crate::read::document::{Document, State, View};
use crate::read::fields::SignatureField;
use crate::read::object::{Dict, Id, Object};

struct Comparison<'d> {
    old: View<'d>,
    new: View<'d>,
    changed: BTreeSet<u32>,
    /// Changed objects whose change was looked at and is all right.
    explained: BTreeMap<u32, ChangeKind>,
    allowed: Doors,
    /// Where the walks behind allowed edges start, and what they mean.
    behind: Vec<(Cow<'d, Object>, ChangeKind)>,
    trailer: Option<ChangeKind>,
    /// New fields that may be in the form.
    accepted: HashSet<Id>,
    /// Their widgets, which may be on the pages.
    accepted_widgets: HashSet<Id>,
    /// Fields that hold a new signature, and whether they were there before.
    signed_fields: Vec<(SignatureField<'d>, bool)>,
    /// Fields of which nothing but flags changed.
    flagged: BTreeSet<u32>,
    /// Objects behind allowed edges that may be overwritten.
    overwritable: HashSet<u32>,
}

pub(crate) fn of_revision<'d>(doc: &'d Document<'d>, revision: usize) -> Result<Vec<Change>, Problem> {
    let (old, new) = (doc.view(revision - 1), doc.view(revision));
    let changed = doc.revisions[revision].defined.iter().copied().filter(|num| differs(old, new, *num)).collect();
    let mut comparison = Comparison {
        old,
        new,
        changed,
        explained: BTreeMap::new(),
        allowed: HashMap::new(),
        behind: Vec::new(),
        trailer: None,
        accepted: HashSet::new(),
        accepted_widgets: HashSet::new(),
        signed_fields: Vec::new(),
        flagged: BTreeSet::new(),
        overwritable: HashSet::new(),
    };
    comparison.trailer();
    comparison.form_and_pages()?;
    comparison.catalog()?;
    comparison.verdicts()
}

/// Objects that nothing refers to, cross-reference and object streams aside.
pub(crate) fn unused(view: View<'_>) -> Result<Vec<u32>, Problem> {
    let mut reached = HashSet::new();
    walk(view, from_trailer(view, &Doors::new()), &Doors::new(), &mut reached, None)?;
    let plumbing =
        |object: &Object| object.stream().is_some_and(|s| s.dict.is(b"Type", b"XRef") || s.dict.is(b"Type", b"ObjStm"));
    let mut unused: Vec<u32> = view
        .states()
        .filter(|(num, state)| {
            !reached.contains(num) && matches!(state, State::Used { object, .. } if !plumbing(object))
        })
        .map(|(num, _)| num)
        .collect();
    unused.sort_unstable();
    Ok(unused)
}

fn differs(old: View<'_>, new: View<'_>, num: u32) -> bool {
    let state = |view: View<'_>| match view.definition(num).map(|def| &def.state) {
        Some(State::Used { generation, object, .. }) => Some((*generation, object as *const Object)),
        _ => None,
    };
    if state(old) == state(new) {
        return false;
    }
    match (old.definition(num).map(|d| &d.state), new.definition(num).map(|d| &d.state)) {
        (Some(State::Used { generation: a, object: x, .. }), Some(State::Used { generation: b, object: y, .. })) => {
            a != b || !same(old, x, y)
        }
        (None | Some(State::Free), None | Some(State::Free)) => false,
        _ => true,
    }
}

/// Equal as values: for streams the dictionary and the bytes, wherever they stand.
fn same(view: View<'_>, a: &Object, b: &Object) -> bool {
    match (a, b) {
        (Object::Stream(a), Object::Stream(b)) => {
            a.dict == b.dict && view.doc.bytes[a.raw.clone()] == view.doc.bytes[b.raw.clone()]
        }
        _ => a == b,
    }
}

impl<'d> Comparison<'d> {
    fn allow(&mut self, source: u32, key: &[u8], targets: Targets) {
        self.allowed.entry(source).or_default().entry(key.to_vec()).or_default().push(targets);
    }

    fn trailer(&mut self) {
        let (old, new) = (self.old.trailer(), self.new.trailer());
        let first_id = |dict: &Dict| dict.get(b"ID").array().and_then(|id| id.first()).cloned();
        let renamed = first_id(new).is_some_and(|id| first_id(old).is_some_and(|before| before != id));
        if old.get(b"Root") != new.get(b"Root") {
            self.trailer = Some(ChangeKind::Altered(Alteration::Trailer));
        } else if renamed {
            self.trailer = Some(ChangeKind::Metadata);
        }
        self.allow(TRAILER, b"Info", None);
        self.behind.push((Cow::Borrowed(new.get(b"Info")), ChangeKind::Metadata));
    }

    /// Keys of the catalog that may differ: the form (looked at separately), validation data, XMP.
    fn catalog(&mut self) -> Result<(), Problem> {
        let Some(root) = self.new.trailer().get(b"Root").reference() else { return Ok(()) };
        let (Some(old), Some(new)) = (self.old.get(root).dict(), self.new.get(root).dict()) else { return Ok(()) };
        let doors: [(&[u8], ChangeKind); 4] = [
            (b"DSS", ChangeKind::ValidationData),
            (b"Extensions", ChangeKind::ValidationData),
            (b"MarkInfo", ChangeKind::Metadata),
            (b"Metadata", ChangeKind::Metadata),
        ];
        for (key, kind) in &doors {
            self.allow(root.num, key, None);
            self.behind.push((Cow::Borrowed(new.get(key)), kind.clone()));
        }
        let mut meaning = ChangeKind::ValidationData;
        for key in old.differing_keys(new) {
            meaning = match key {
                // Validation data may be put in order, not taken away.
                b"DSS" if new.has(b"DSS") => meaning,
                b"Extensions" => meaning,
                b"AcroForm" => match self.form_change()? {
                    Some(change) => change,
                    None => return Ok(()),
                },
                b"MarkInfo" | b"Metadata" | b"Version" if meaning == ChangeKind::FormDefaults => meaning,
                b"MarkInfo" | b"Metadata" | b"Version" => ChangeKind::Metadata,
                _ => return Ok(()),
            };
        }
        self.explain(root.num, meaning);
        Ok(())
    }

    /// How often the signed document refers to an object; what the new trailer refers to counts, too.
    fn uses(&self, id: Id) -> Result<usize, Problem> {
        let mut uses = 0;
        let mut note = |object: &Object| object.each_reference(&mut |found| uses += usize::from(found.num == id.num));
        let meter = &self.new.doc.meter;
        for (key, value) in &self.new.trailer().0 {
            if self.old.trailer().get(key) != value {
                note(value);
            }
        }
        for (_, value) in &self.old.trailer().0 {
            note(value);
        }
        for (num, state) in self.old.states() {
            let seen = if let State::Used { object, .. } = state { note(object) } else { 1 };
            meter.values_seen(seen).map_err(|kind| kind.in_object(num))?;
        }
        Ok(uses)
    }

    fn explain(&mut self, num: u32, kind: ChangeKind) {
        if self.changed.contains(&num) {
            self.explained.insert(num, kind);
        }
    }

    fn verdicts(mut self) -> Result<Vec<Change>, Problem> {
        let mut reached = HashSet::new();
        walk(self.new, from_trailer(self.new, &self.allowed), &self.allowed, &mut reached, None)?;
        let mut meanings: HashMap<u32, ChangeKind> = HashMap::new();
        for (start, kind) in std::mem::take(&mut self.behind) {
            let mut seen = HashSet::new();
            let mut starts = Vec::new();
            start.each_reference(&mut |id| starts.push(id));
            let named = matches!(kind, ChangeKind::NewSignature { .. } | ChangeKind::NewField { .. });
            if let (true, Some(id)) = (named, start.reference()) {
                meanings.insert(id.num, kind.clone());
            }
            let inner = if named { ChangeKind::Bookkeeping } else { kind };
            walk(self.new, starts, &Doors::new(), &mut seen, Some(&reached))?;
            for num in seen {
                meanings.entry(num).or_insert_with(|| inner.clone());
            }
        }
        let containers = self.containers();
        let intruders = self.intruders()?;
        if intruders.contains(&TRAILER) {
            self.trailer = Some(ChangeKind::Altered(Alteration::Trailer));
        }
        let mut changes = Vec::new();
        if let Some(kind) = self.trailer.take() {
            changes.push(Change { object: TRAILER, kind });
        }
        for &num in &self.changed {
            let deleted = !matches!(self.new.definition(num).map(|def| &def.state), Some(State::Used { .. }));
            let kind = if deleted {
                ChangeKind::Altered(Alteration::Deleted)
            } else if intruders.contains(&num) {
                ChangeKind::Altered(self.what(num))
            } else if let Some(kind) = self.explained.get(&num) {
                kind.clone()
            } else if reached.contains(&num) {
                ChangeKind::Altered(self.what(num))
            } else if let Some(kind) = meanings.get(&num) {
                if self.overwrites(num, kind) { ChangeKind::Altered(self.what(num)) } else { kind.clone() }
            } else if containers.contains(&num) {
                ChangeKind::FileStructure
            } else if self.is_validation_leftover(num) {
                ChangeKind::ValidationData
            } else if self.old.definition(num).is_none() {
                ChangeKind::Unused
            } else {
                ChangeKind::Altered(Alteration::Unreferenced)
            };
            changes.push(Change { object: num, kind });
        }
        match self.gone_from_store()? {
            (Gone::Nothing, _) => {}
            (Gone::Item, object) => changes.push(Change { object, kind: ChangeKind::TakenAway }),
            (Gone::Entry, object) => changes.push(Change { object, kind: ChangeKind::Altered(Alteration::Store) }),
        }
        let superfluous = self.superfluous(&changes)?;
        changes.extend(superfluous.into_iter().map(|object| Change { object, kind: ChangeKind::Superfluous }));
        Ok(changes)
    }

    /// Whether something that was signed is overwritten behind the edge of a new signature.
    fn overwrites(&self, num: u32, kind: &ChangeKind) -> bool {
        let there = matches!(self.old.definition(num).map(|def| &def.state), Some(State::Used { .. }));
        let protected = !matches!(kind, ChangeKind::ValidationData | ChangeKind::Metadata);
        there && protected && !self.overwritable.contains(&num)
    }

    /// Some writers leave a VRI dictionary behind that their DSS does not list. It holds references, no content.
    fn is_validation_leftover(&self, num: u32) -> bool {
        let Some(State::Used { object: Object::Dict(dict), .. }) = self.new.definition(num).map(|def| &def.state)
        else {
            return false;
        };
        dict.is(b"Type", b"VRI") && self.old.definition(num).is_none()
    }

    fn containers(&self) -> HashSet<u32> {
        let doc = self.new.doc;
        let revision = self.new.revision;
        let holds = |num: &u32| match self.new.definition(*num).map(|def| &def.state) {
            Some(State::Used { container, .. }) => container.map(|(stream, _)| stream),
            _ => None,
        };
        let mut containers: HashSet<u32> = doc.revisions[revision].defined.iter().filter_map(holds).collect();
        containers.extend(self.changed.iter().filter(|num| {
            let state = self.new.definition(**num).map(|def| &def.state);
            matches!(state, Some(State::Used { span, container: None, .. }) if span.start == doc.revisions[revision].xref)
        }));
        containers
    }

    /// A word for what an altered object is, by the old definition if there is one.
    fn what(&self, num: u32) -> Alteration {
        let of = |view: View<'d>| match view.definition(num).map(|def| &def.state) {
            Some(State::Used { object, .. }) => Some(object),
            _ => None,
        };
        let object = of(self.old).or(of(self.new)).unwrap_or(Object::NULL);
        let Some(dict) = object.dict() else { return Alteration::Other };
        match dict.get(b"Type").name() {
            _ if dict.has(b"ByteRange") => Alteration::SignatureDictionary,
            _ if object.stream().is_some() => Alteration::Stream,
            Some(b"Page" | b"Pages") => Alteration::Page,
            Some(b"Catalog") => Alteration::Catalog,
            Some(b"Font" | b"FontDescriptor") => Alteration::Font,
            _ if dict.has(b"FT") || dict.has(b"Fields") => Alteration::Field,
            Some(b"Annot") => Alteration::Annotation,
            _ if dict.has(b"Subtype") && dict.has(b"Rect") => Alteration::Annotation,
            _ => Alteration::Other,
        }
    }
}
