//! Form fields between two revisions: a prepared field that is signed, a field that is new, the lists that name them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::Comparison;
use super::form::field_list;
use super::pure;
use crate::inspect::facts::ChangeKind;
use crate::problem::Problem;
use crate::read::document::View;
use crate::read::fields::SignatureField;
use crate::read::object::{Dict, Id, Object};

/// Keys of a prepared field that signing it may set: value, appearance, and what a text would look like.
const SIGNING_SETS: [&[u8]; 6] = [b"AP", b"AS", b"DA", b"Ff", b"Q", b"V"];
/// Flags that signing sets (12.5.3): printed, not written in, locked. None of them hides or shows anything.
const SIGNING_FLAGS: i64 = 4 | 64 | 128 | 512;

impl<'d> Comparison<'d> {
    pub(super) fn form_and_pages(&mut self) -> Result<(), Problem> {
        let before: HashMap<Id, SignatureField<'d>> =
            self.old.signature_fields()?.into_iter().map(|field| (field.id, field)).collect();
        let listed: HashSet<Id> = field_list(self.new).into_iter().collect();
        let mut taken = pure::names(self.old, before.values().map(|field| field.name.as_str()));
        for field in self.new.signature_fields()? {
            match before.get(&field.id) {
                Some(old) => self.known_field(old, &field)?,
                None if listed.contains(&field.id) => {
                    self.added_field(&field, &taken);
                    taken.insert(field.name);
                }
                None => {}
            }
        }
        self.lists()
    }

    /// A field that was there: it may be signed, once, and change its appearance by that.
    fn known_field(&mut self, old: &SignatureField<'d>, new: &SignatureField<'d>) -> Result<(), Problem> {
        let keys = old.dict.differing_keys(new.dict);
        let was_empty = *self.old.resolve(old.value) == Object::Null;
        if !was_empty || !self.is_fresh_signature(new.value) {
            // Acrobat sets flags of signed fields, to no effect.
            if !keys.is_empty() && keys.iter().all(|key| *key == b"Ff") {
                self.explain(new.id.num, ChangeKind::Bookkeeping);
                self.flagged.insert(new.id.num);
            }
            return Ok(());
        }
        if !signing_sets(old.dict, new.dict) {
            return Ok(());
        }
        let mut shared = HashSet::new();
        for (id, widget) in &new.widgets {
            if let Some(before) = self.old.get(*id).dict()
                && before.get(b"AP") != widget.get(b"AP")
                && self.shares_looks(before)?
            {
                shared.insert(*id);
            }
        }
        if !shared.contains(&new.id) {
            self.explain(new.id.num, ChangeKind::Bookkeeping);
        }
        self.allow(new.id.num, b"V", None);
        self.behind_signature(new, true);
        for (id, widget) in new.widgets.iter().filter(|(id, _)| !shared.contains(id)) {
            let Some(before) = self.old.get(*id).dict() else { continue };
            if signing_sets(before, widget) {
                self.explain(id.num, ChangeKind::Bookkeeping);
                self.allow(id.num, b"AP", None);
                self.own_looks(*id, before, widget);
            }
        }
        Ok(())
    }

    /// Whether the appearance dictionary that a widget had is somebody else's too: what it looks like is then not for whoever
    /// signs in the field to say.
    fn shares_looks(&self, before: &'d Dict) -> Result<bool, Problem> {
        let Some(looks) = before.get(b"AP").reference() else { return Ok(false) };
        Ok(self.uses(looks)? > 1)
    }

    /// The appearance of a field that is signed now. Some writers overwrite its streams in place: fine when nothing else
    /// uses them, which the walk finds out.
    fn own_looks(&mut self, widget: Id, before: &'d Dict, now: &'d Dict) {
        let looks = now.get(b"AP");
        self.behind.push((Cow::Borrowed(looks), ChangeKind::Bookkeeping));
        let mut own = vec![widget];
        own.extend(looks.reference().filter(|id| before.get(b"AP").reference() == Some(*id)));
        let streams = |view: View<'d>, dict: &'d Dict| -> Vec<Id> {
            let states = view.dict(dict, b"AP");
            states.map_or(Vec::new(), |states| states.0.iter().filter_map(|(_, value)| value.reference()).collect())
        };
        let earlier = streams(self.old, before);
        own.extend(streams(self.new, now).into_iter().filter(|id| earlier.contains(id)));
        self.overwritable.extend(own.iter().map(|id| id.num));
    }

    /// A field that is new: a signature field and nothing else, signed at once, or empty and invisible.
    fn added_field(&mut self, field: &SignatureField<'d>, taken: &HashSet<String>) {
        let sound = self.is_pure(field, taken);
        let empty = *self.new.resolve(field.value) == Object::Null;
        // An empty field that shows something shows what nobody signed.
        let harmless = if empty { self.shows_nothing(field) } else { self.is_fresh_signature(field.value) };
        if !(sound && harmless) {
            return;
        }
        self.accepted.insert(field.id);
        self.accepted_widgets.extend(field.widgets.iter().map(|(id, _)| *id));
        if empty {
            let kind = ChangeKind::NewField { field: field.name.clone() };
            self.behind.push((Cow::Owned(Object::Ref(field.id)), kind));
        } else {
            self.behind_signature(field, false);
            self.behind.push((Cow::Owned(Object::Ref(field.id)), ChangeKind::Bookkeeping));
        }
    }

    fn is_fresh_signature(&self, value: &Object) -> bool {
        let Some(id) = value.reference() else { return false };
        let signature = self.new.get(id).dict().is_some_and(|dict| dict.has(b"ByteRange") || dict.has(b"Contents"));
        signature && *self.old.get(id) == Object::Null && self.changed.contains(&id.num)
    }

    fn shows_nothing(&self, field: &SignatureField<'d>) -> bool {
        !self.is_visible(field) && !field.widgets.iter().any(|(_, widget)| widget.has(b"AP"))
    }

    fn behind_signature(&mut self, field: &SignatureField<'d>, existing_field: bool) {
        let Some(dict) = self.new.resolve(field.value).dict() else { return };
        let visible = self.is_visible(field);
        let shown = field.widgets.iter().any(|(_, widget)| widget.has(b"AP"));
        let timestamp = dict.is(b"Type", b"DocTimeStamp") || dict.is(b"SubFilter", b"ETSI.RFC3161");
        self.signed_fields.push((field.clone(), existing_field));
        let kind = ChangeKind::NewSignature { field: field.name.clone(), existing_field, visible, shown, timestamp };
        // The dictionary itself is the signature; what it refers to is bookkeeping.
        self.behind.push((Cow::Borrowed(field.value), kind));
    }

    /// The lists that had to grow: the form's fields, and the annotations of the pages.
    fn lists(&mut self) -> Result<(), Problem> {
        let accepted = Rc::new(self.accepted.clone());
        let Some(root) = self.new.trailer().get(b"Root").reference() else { return Ok(()) };
        let change = self.form_change()?;
        let targets = || Some(Rc::clone(&accepted));
        if let Some(catalog) = self.new.get(root).dict() {
            let holder = match catalog.get(b"AcroForm") {
                Object::Ref(form) => {
                    self.allow(form.num, b"Fields", targets());
                    if let Some(change) = &change {
                        self.explain(form.num, change.clone());
                    }
                    Some(form.num)
                }
                _ => {
                    self.allow(root.num, b"AcroForm", targets());
                    Some(root.num)
                }
            };
            if let (Some(ChangeKind::FormDefaults), Some(holder)) = (&change, holder) {
                self.new_resources(holder)?;
            }
        }
        if let Some(list) = self.new.form().and_then(|form| form.get(b"Fields").reference()) {
            self.allow(list.num, b"", targets());
            if self.only_accepted_fields() {
                self.explain(list.num, ChangeKind::Bookkeeping);
            }
        }
        if self.accepted_widgets.is_empty() {
            return Ok(());
        }
        let widgets = Rc::new(self.accepted_widgets.clone());
        for page in self.new.pages()? {
            let Some(before) = self.old.get(page.id).dict() else { continue };
            self.annotations(page.id, before, page.dict, &widgets)?;
        }
        Ok(())
    }

    fn annotations(
        &mut self,
        page: Id,
        before: &'d Dict,
        now: &'d Dict,
        widgets: &Rc<HashSet<Id>>,
    ) -> Result<(), Problem> {
        let (old, new) = (self.old.array(before, b"Annots"), self.new.array(now, b"Annots"));
        // Many pages may have one list, and large annotations may be written in it.
        let weight = old.iter().chain(new).map(Object::weight).sum();
        let meter = &self.new.doc.meter;
        meter.steps(1).and_then(|()| meter.values_seen(weight)).map_err(|kind| kind.in_object(page.num))?;
        let kept = new.iter().filter(|item| !item.reference().is_some_and(|id| widgets.contains(&id)));
        if !kept.eq(old.iter()) {
            return Ok(());
        }
        let targets = Some(Rc::clone(widgets));
        match now.get(b"Annots") {
            Object::Ref(list) => {
                self.allow(list.num, b"", targets);
                self.explain(list.num, ChangeKind::Bookkeeping);
            }
            _ => self.allow(page.num, b"Annots", targets),
        }
        if before.differing_keys(now).iter().all(|key| *key == b"Annots") {
            self.explain(page.num, ChangeKind::Bookkeeping);
        }
        Ok(())
    }
}

fn signing_sets(before: &Dict, now: &Dict) -> bool {
    let flags = |dict: &Dict| if dict.has(b"F") { dict.get(b"F").int() } else { Some(0) };
    before.differing_keys(now).iter().all(|key| match *key {
        b"Type" => now.is(b"Type", b"Annot"),
        b"F" => flags(before).zip(flags(now)).is_some_and(|(before, now)| (before ^ now) & !SIGNING_FLAGS == 0),
        key => SIGNING_SETS.contains(&key),
    })
}
