//! What one revision changed, object by object, and whether a seal allows it.
//!
//! The rule compares graphs, not numbers: walk everything reachable in the new revision except through the few edges by
//! which a new signature or validation data may be reached. A changed object met on that walk is an alteration, unless it
//! is one of the lists that had to grow and did nothing else. A changed object met only behind an allowed edge is what the
//! edge says. A changed object met nowhere is an alteration too: it waits for a later revision to be switched on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::collect;
use super::facts::{Alteration, Change, ChangeKind};
use crate::problem::Problem;
use crate::read::document::{Document, State, View};
use crate::read::fields::SignatureField;
use crate::read::object::{Dict, Id, Object};

/// The trailer as a node of the graph.
const TRAILER: u32 = 0;

/// By source object: key, and targets.
type Doors = HashMap<u32, Vec<(Vec<u8>, Option<HashSet<Id>>)>>;

struct Comparison<'d> {
    old: View<'d>,
    new: View<'d>,
    changed: BTreeSet<u32>,
    /// Changed objects whose change was looked at and is all right.
    explained: BTreeMap<u32, ChangeKind>,
    /// Edges not walked: source object, key (empty for an array), and the only targets meant; `None` for all.
    allowed: Doors,
    /// Where the walks behind allowed edges start, and what they mean.
    behind: Vec<(Object, ChangeKind)>,
    trailer_altered: bool,
    /// New fields that may be there.
    accepted: HashSet<Id>,
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
        trailer_altered: false,
        accepted: HashSet::new(),
    };
    comparison.trailer();
    comparison.form_and_pages()?;
    comparison.catalog();
    comparison.verdicts()
}

/// Objects that nothing refers to, cross-reference and object streams aside.
pub(crate) fn unused(view: View<'_>) -> Result<Vec<u32>, Problem> {
    let mut reached = HashSet::new();
    walk(view, view.trailer_references(&Doors::new()), &Doors::new(), &mut reached, None)?;
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
    fn allow(&mut self, source: u32, key: &[u8], targets: Option<HashSet<Id>>) {
        self.allowed.entry(source).or_default().push((key.to_vec(), targets));
    }

    fn trailer(&mut self) {
        let (old, new) = (self.old.trailer(), self.new.trailer());
        let first_id = |dict: &Dict| dict.get(b"ID").array().and_then(|id| id.first()).cloned();
        self.trailer_altered = old.get(b"Root") != new.get(b"Root") || first_id(old) != first_id(new);
        self.allow(TRAILER, b"Info", None);
        self.behind.push((new.get(b"Info").clone(), ChangeKind::Metadata));
    }

    /// Keys of the catalog that may differ: the form (looked at separately), validation data, XMP.
    fn catalog(&mut self) {
        let Some(root) = self.new.trailer().get(b"Root").reference() else { return };
        let (Some(old), Some(new)) = (self.old.get(root).dict(), self.new.get(root).dict()) else { return };
        let doors: [(&[u8], ChangeKind); 3] = [
            (b"DSS", ChangeKind::ValidationData),
            (b"Extensions", ChangeKind::ValidationData),
            (b"Metadata", ChangeKind::Metadata),
        ];
        for (key, kind) in &doors {
            self.allow(root.num, key, None);
            self.behind.push((new.get(key).clone(), kind.clone()));
        }
        let mut meaning = ChangeKind::ValidationData;
        for key in old.differing_keys(new) {
            meaning = match key {
                b"DSS" | b"Extensions" => meaning,
                b"AcroForm" if self.form_is_fine() => ChangeKind::Bookkeeping,
                b"Metadata" => ChangeKind::Metadata,
                _ => return,
            };
        }
        self.explain(root.num, meaning);
    }

    fn explain(&mut self, num: u32, kind: ChangeKind) {
        if self.changed.contains(&num) {
            self.explained.insert(num, kind);
        }
    }

    /// The form may gain `/SigFlags` and new signature fields at the end, nothing else.
    fn form_is_fine(&self) -> bool {
        let empty = Dict::default();
        let old = self.old.form().unwrap_or(&empty);
        let Some(new) = self.new.form() else { return false };
        let keys = old.differing_keys(new);
        let grown = self.new_fields().is_some_and(|new| new.iter().all(|id| self.accepted.contains(id)));
        grown && keys.iter().all(|key| matches!(*key, b"Fields" | b"SigFlags"))
    }

    fn field_list(view: View<'d>) -> Vec<Id> {
        let fields = view.form().map(|form| view.array(form, b"Fields")).unwrap_or_default();
        fields.iter().filter_map(Object::reference).collect()
    }

    /// The fields added at the end of the list; `None` when the old list did not survive.
    fn new_fields(&self) -> Option<Vec<Id>> {
        let old = Self::field_list(self.old);
        let new = Self::field_list(self.new);
        Some(new.strip_prefix(old.as_slice())?.to_vec())
    }

    fn form_and_pages(&mut self) -> Result<(), Problem> {
        let before: HashMap<Id, SignatureField<'d>> =
            self.old.signature_fields()?.into_iter().map(|field| (field.id, field)).collect();
        let added: HashSet<Id> = self.new_fields().unwrap_or_default().into_iter().collect();
        for field in self.new.signature_fields()? {
            match before.get(&field.id) {
                Some(old) => self.signed_field(old, &field),
                None if added.contains(&field.id) && self.added_field(&field) => drop(self.accepted.insert(field.id)),
                None => {}
            }
        }
        if self.accepted.is_empty() { Ok(()) } else { self.lists() }
    }

    /// A field that was there: it may be signed, once, and change its appearance by that.
    fn signed_field(&mut self, old: &SignatureField<'d>, new: &SignatureField<'d>) {
        let was_empty = *self.old.resolve(old.value) == Object::Null;
        if !was_empty || !self.is_fresh_signature(new.value) {
            return;
        }
        if old.dict.differing_keys(new.dict).iter().any(|key| !matches!(*key, b"V" | b"AP")) {
            return;
        }
        self.explain(new.id.num, ChangeKind::Bookkeeping);
        self.allow(new.id.num, b"V", None);
        self.behind_signature(new, true);
        for (id, widget) in &new.widgets {
            let before = self.old.get(*id).dict();
            let only_looks =
                before.is_some_and(|b| b.differing_keys(widget).iter().all(|key| matches!(*key, b"AP" | b"V")));
            if only_looks {
                self.explain(id.num, ChangeKind::Bookkeeping);
                self.allow(id.num, b"AP", None);
                self.behind.push((widget.get(b"AP").clone(), ChangeKind::Bookkeeping));
            }
        }
    }

    /// A field that is new: merged with its widget, signed at once, without actions, over nothing that was there.
    fn added_field(&mut self, field: &SignatureField<'d>) -> bool {
        let fresh = *self.old.get(field.id) == Object::Null && self.is_fresh_signature(field.value);
        let plain = [&b"A"[..], b"AA", b"Kids", b"Parent", b"MK"].iter().all(|key| !field.dict.has(key));
        let merged = field.widgets.len() == 1 && field.dict.is(b"Subtype", b"Widget");
        if !(fresh && plain && merged) {
            return false;
        }
        self.behind_signature(field, false);
        self.behind.push((Object::Ref(field.id), ChangeKind::Bookkeeping));
        true
    }

    fn is_fresh_signature(&self, value: &Object) -> bool {
        let Some(id) = value.reference() else { return false };
        let signature = self.new.get(id).dict().is_some_and(|dict| dict.has(b"ByteRange") || dict.has(b"Contents"));
        signature && *self.old.get(id) == Object::Null && self.changed.contains(&id.num)
    }

    fn behind_signature(&mut self, field: &SignatureField<'d>, existing_field: bool) {
        let Some(dict) = self.new.resolve(field.value).dict() else { return };
        let visible = field.widgets.iter().any(|(_, widget)| {
            let rect = collect::rect(self.new, self.new.value(widget, b"Rect"));
            rect.is_some_and(|[left, bottom, right, top]| right > left && top > bottom)
        });
        let timestamp = dict.is(b"Type", b"DocTimeStamp") || dict.is(b"SubFilter", b"ETSI.RFC3161");
        let kind = ChangeKind::NewSignature { field: field.name.clone(), existing_field, visible, timestamp };
        // The dictionary itself is the signature; what it refers to is bookkeeping.
        self.behind.push((field.value.clone(), kind));
    }

    /// The lists that had to grow: the form's fields, and the annotations of the pages.
    fn lists(&mut self) -> Result<(), Problem> {
        let accepted = self.accepted.clone();
        let Some(root) = self.new.trailer().get(b"Root").reference() else { return Ok(()) };
        let fine = self.form_is_fine();
        let targets = || Some(accepted.clone());
        if let Some(catalog) = self.new.get(root).dict() {
            match catalog.get(b"AcroForm") {
                Object::Ref(form) => {
                    self.allow(form.num, b"Fields", targets());
                    if fine {
                        self.explain(form.num, ChangeKind::Bookkeeping);
                    }
                }
                _ => self.allow(root.num, b"AcroForm", targets()),
            }
        }
        if let Some(list) = self.new.form().and_then(|form| form.get(b"Fields").reference()) {
            self.allow(list.num, b"", targets());
            if fine {
                self.explain(list.num, ChangeKind::Bookkeeping);
            }
        }
        for page in self.new.pages()? {
            let Some(before) = self.old.get(page.id).dict() else { continue };
            let list = |view: View<'d>, dict: &'d Dict| -> Vec<Object> { view.array(dict, b"Annots").to_vec() };
            let (old, new) = (list(self.old, before), list(self.new, page.dict));
            self.new.doc.meter.steps(old.len() + new.len()).map_err(|kind| kind.in_object(page.id.num))?;
            let grown = new.strip_prefix(old.as_slice()).is_some_and(|more| {
                more.iter().all(|object| object.reference().is_some_and(|id| accepted.contains(&id)))
            });
            if !grown {
                continue;
            }
            match page.dict.get(b"Annots") {
                Object::Ref(list) => {
                    self.allow(list.num, b"", targets());
                    self.explain(list.num, ChangeKind::Bookkeeping);
                }
                _ => self.allow(page.id.num, b"Annots", targets()),
            }
            if before.differing_keys(page.dict).iter().all(|key| *key == b"Annots") {
                self.explain(page.id.num, ChangeKind::Bookkeeping);
            }
        }
        Ok(())
    }

    fn verdicts(mut self) -> Result<Vec<Change>, Problem> {
        let mut reached = HashSet::new();
        walk(self.new, self.new.trailer_references(&self.allowed), &self.allowed, &mut reached, None)?;
        let mut meanings: HashMap<u32, ChangeKind> = HashMap::new();
        for (start, kind) in std::mem::take(&mut self.behind) {
            let mut seen = HashSet::new();
            let mut starts = Vec::new();
            start.each_reference(&mut |id| starts.push(id));
            if let (ChangeKind::NewSignature { .. }, Some(id)) = (&kind, start.reference()) {
                meanings.insert(id.num, kind.clone());
            }
            let inner = if matches!(kind, ChangeKind::NewSignature { .. }) { ChangeKind::Bookkeeping } else { kind };
            walk(self.new, starts, &Doors::new(), &mut seen, Some(&reached))?;
            for num in seen {
                meanings.entry(num).or_insert_with(|| inner.clone());
            }
        }
        let containers = self.containers();
        let mut changes = Vec::new();
        if self.trailer_altered {
            changes.push(Change { object: TRAILER, kind: ChangeKind::Altered(Alteration::Trailer) });
        }
        for &num in &self.changed {
            let deleted = !matches!(self.new.definition(num).map(|def| &def.state), Some(State::Used { .. }));
            let kind = if deleted {
                ChangeKind::Altered(Alteration::Deleted)
            } else if let Some(kind) = self.explained.get(&num) {
                kind.clone()
            } else if reached.contains(&num) {
                ChangeKind::Altered(self.what(num))
            } else if let Some(kind) = meanings.get(&num) {
                kind.clone()
            } else if containers.contains(&num) {
                ChangeKind::FileStructure
            } else if self.is_validation_leftover(num) {
                ChangeKind::ValidationData
            } else {
                ChangeKind::Altered(Alteration::Unreferenced)
            };
            changes.push(Change { object: num, kind });
        }
        Ok(changes)
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

/// Everything reachable from `starts`: not through `doors`, and not into what was `reached` already.
fn walk(
    view: View<'_>,
    mut todo: Vec<Id>,
    doors: &Doors,
    seen: &mut HashSet<u32>,
    reached: Option<&HashSet<u32>>,
) -> Result<(), Problem> {
    while let Some(id) = todo.pop() {
        if reached.is_some_and(|reached| reached.contains(&id.num)) || !seen.insert(id.num) {
            continue;
        }
        view.doc.meter.steps(1).map_err(|kind| kind.in_object(id.num))?;
        let object = view.get(id);
        match object.dict() {
            Some(dict) => dict.0.iter().for_each(|(key, value)| push(doors, id.num, key, value, &mut todo)),
            None => push(doors, id.num, b"", object, &mut todo),
        }
    }
    Ok(())
}

fn push(allowed: &Doors, source: u32, key: &[u8], value: &Object, todo: &mut Vec<Id>) {
    let doors = allowed.get(&source).map(Vec::as_slice).unwrap_or_default();
    let shut = |id: &Id| {
        doors.iter().any(|(k, targets)| k == key && targets.as_ref().is_none_or(|targets| targets.contains(id)))
    };
    value.each_reference(&mut |id| {
        if !shut(&id) {
            todo.push(id);
        }
    });
}

impl View<'_> {
    fn trailer_references(&self, allowed: &Doors) -> Vec<Id> {
        let mut starts = Vec::new();
        for (key, value) in &self.trailer().0 {
            push(allowed, TRAILER, key, value, &mut starts);
        }
        starts
    }
}
