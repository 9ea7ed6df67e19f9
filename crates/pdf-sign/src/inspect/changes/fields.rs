//! Form fields between two revisions: a prepared field that is signed, a field that is new, the lists that name them.

use std::collections::{HashMap, HashSet};

use super::Comparison;
use crate::inspect::collect;
use crate::inspect::facts::ChangeKind;
use crate::problem::Problem;
use crate::read::document::View;
use crate::read::fields::SignatureField;
use crate::read::object::{Dict, Id, Object};

/// Keys of a prepared field that signing it may set: value, appearance, flags, and what a text would look like.
const SIGNING_SETS: [&[u8]; 8] = [b"AP", b"AS", b"DA", b"F", b"Ff", b"Q", b"Type", b"V"];
/// Keys of the form that may differ: the list, its flags, and defaults of text fields that some signers write.
const FORM_DEFAULTS: [&[u8]; 3] = [b"DA", b"DR", b"Q"];

impl<'d> Comparison<'d> {
    /// What changing the form means, if it is one of the changes that signing makes.
    pub(super) fn form_change(&self) -> Option<ChangeKind> {
        let empty = Dict::default();
        let old = self.old.form().unwrap_or(&empty);
        let new = self.new.form()?;
        let keys = old.differing_keys(new);
        let defaults = keys.iter().any(|key| FORM_DEFAULTS.contains(key) || *key == b"NeedAppearances");
        let known = |key: &&[u8]| match *key {
            b"Fields" | b"SigFlags" => true,
            // Switched on, it has viewers paint values instead of what was signed.
            b"NeedAppearances" => !matches!(new.get(key), Object::Bool(true) | Object::Ref(_)),
            key => FORM_DEFAULTS.contains(&key),
        };
        let fine = self.only_accepted_fields() && keys.iter().all(known);
        fine.then_some(if defaults { ChangeKind::Metadata } else { ChangeKind::Bookkeeping })
    }

    fn only_accepted_fields(&self) -> bool {
        grown(&field_list(self.old), &field_list(self.new), &self.accepted)
    }

    pub(super) fn form_and_pages(&mut self) -> Result<(), Problem> {
        let before: HashMap<Id, SignatureField<'d>> =
            self.old.signature_fields()?.into_iter().map(|field| (field.id, field)).collect();
        let listed: HashSet<Id> = field_list(self.new).into_iter().collect();
        for field in self.new.signature_fields()? {
            match before.get(&field.id) {
                Some(old) => self.known_field(old, &field),
                None if listed.contains(&field.id) => self.added_field(&field),
                None => {}
            }
        }
        self.lists()
    }

    /// A field that was there: it may be signed, once, and change its appearance by that.
    fn known_field(&mut self, old: &SignatureField<'d>, new: &SignatureField<'d>) {
        let keys = old.dict.differing_keys(new.dict);
        let was_empty = *self.old.resolve(old.value) == Object::Null;
        if !was_empty || !self.is_fresh_signature(new.value) {
            // Acrobat sets flags of signed fields, to no effect.
            if !keys.is_empty() && keys.iter().all(|key| *key == b"Ff") {
                self.explain(new.id.num, ChangeKind::Bookkeeping);
            }
            return;
        }
        if !signing_sets(&keys, new.dict) {
            return;
        }
        self.explain(new.id.num, ChangeKind::Bookkeeping);
        self.allow(new.id.num, b"V", None);
        self.behind_signature(new, true);
        for (id, widget) in &new.widgets {
            let Some(before) = self.old.get(*id).dict() else { continue };
            if signing_sets(&before.differing_keys(widget), widget) {
                self.explain(id.num, ChangeKind::Bookkeeping);
                self.allow(id.num, b"AP", None);
                self.own_looks(*id, before, widget);
            }
        }
    }

    /// The appearance of a field that is signed now. Some writers overwrite its streams in place: fine when nothing else
    /// uses them, which the walk finds out.
    fn own_looks(&mut self, widget: Id, before: &'d Dict, now: &'d Dict) {
        let looks = now.get(b"AP");
        self.behind.push((looks.clone(), ChangeKind::Bookkeeping));
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

    /// A field that is new: at the top of the form, without actions, signed at once, or empty and invisible.
    fn added_field(&mut self, field: &SignatureField<'d>) {
        let new = |id: Id| *self.old.get(id) == Object::Null;
        let plain = |dict: &Dict| [&b"A"[..], b"AA"].iter().all(|key| !dict.has(key));
        let sound = new(field.id)
            && plain(field.dict)
            && !field.dict.has(b"Parent")
            && field.widgets.iter().all(|(id, widget)| new(*id) && plain(widget));
        let empty = *self.new.resolve(field.value) == Object::Null;
        // An empty field that shows something shows what nobody signed.
        let harmless = if empty { !self.is_visible(field) } else { self.is_fresh_signature(field.value) };
        if !(sound && harmless) {
            return;
        }
        self.accepted.insert(field.id);
        self.accepted.extend(field.widgets.iter().map(|(id, _)| *id));
        if empty {
            self.behind.push((Object::Ref(field.id), ChangeKind::NewField { field: field.name.clone() }));
        } else {
            self.behind_signature(field, false);
            self.behind.push((Object::Ref(field.id), ChangeKind::Bookkeeping));
        }
    }

    fn is_fresh_signature(&self, value: &Object) -> bool {
        let Some(id) = value.reference() else { return false };
        let signature = self.new.get(id).dict().is_some_and(|dict| dict.has(b"ByteRange") || dict.has(b"Contents"));
        signature && *self.old.get(id) == Object::Null && self.changed.contains(&id.num)
    }

    fn is_visible(&self, field: &SignatureField<'d>) -> bool {
        field.widgets.iter().any(|(_, widget)| {
            let rect = collect::rect(self.new, self.new.value(widget, b"Rect"));
            rect.is_none_or(|[left, bottom, right, top]| right > left && top > bottom)
        })
    }

    fn behind_signature(&mut self, field: &SignatureField<'d>, existing_field: bool) {
        let Some(dict) = self.new.resolve(field.value).dict() else { return };
        let visible = self.is_visible(field);
        let timestamp = dict.is(b"Type", b"DocTimeStamp") || dict.is(b"SubFilter", b"ETSI.RFC3161");
        let kind = ChangeKind::NewSignature { field: field.name.clone(), existing_field, visible, timestamp };
        // The dictionary itself is the signature; what it refers to is bookkeeping.
        self.behind.push((field.value.clone(), kind));
    }

    /// The lists that had to grow: the form's fields, and the annotations of the pages.
    fn lists(&mut self) -> Result<(), Problem> {
        let accepted = self.accepted.clone();
        let Some(root) = self.new.trailer().get(b"Root").reference() else { return Ok(()) };
        let change = self.form_change();
        let targets = || Some(accepted.clone());
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
                    None
                }
            };
            if let (Some(ChangeKind::Metadata), Some(form), Some(num)) = (&change, self.new.form(), holder) {
                self.allow(num, b"DR", None);
                self.behind.push((form.get(b"DR").clone(), ChangeKind::Metadata));
            }
        }
        if let Some(list) = self.new.form().and_then(|form| form.get(b"Fields").reference()) {
            self.allow(list.num, b"", targets());
            if self.only_accepted_fields() {
                self.explain(list.num, ChangeKind::Bookkeeping);
            }
        }
        if accepted.is_empty() {
            return Ok(());
        }
        for page in self.new.pages()? {
            let Some(before) = self.old.get(page.id).dict() else { continue };
            self.annotations(page.id, before, page.dict)?;
        }
        Ok(())
    }

    fn annotations(&mut self, page: Id, before: &'d Dict, now: &'d Dict) -> Result<(), Problem> {
        let list = |view: View<'d>, dict: &'d Dict| -> Vec<Object> { view.array(dict, b"Annots").to_vec() };
        let (old, new) = (list(self.old, before), list(self.new, now));
        self.new.doc.meter.steps(old.len() + new.len()).map_err(|kind| kind.in_object(page.num))?;
        let kept = new.iter().filter(|item| !item.reference().is_some_and(|id| self.accepted.contains(&id)));
        if !kept.eq(old.iter()) {
            return Ok(());
        }
        let targets = Some(self.accepted.clone());
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

fn field_list(view: View<'_>) -> Vec<Id> {
    let fields = view.form().map(|form| view.array(form, b"Fields")).unwrap_or_default();
    fields.iter().filter_map(Object::reference).collect()
}

/// Whether the new list is the old one with accepted items put in.
fn grown(old: &[Id], new: &[Id], accepted: &HashSet<Id>) -> bool {
    new.iter().filter(|id| !accepted.contains(id)).eq(old.iter())
}

fn signing_sets(keys: &[&[u8]], now: &Dict) -> bool {
    keys.iter().all(|key| SIGNING_SETS.contains(key)) && (!keys.contains(&&b"Type"[..]) || now.is(b"Type", b"Annot"))
}
