//! The form itself between two revisions: its list of fields, its flags, its defaults.

use std::collections::HashSet;

use super::Comparison;
use crate::inspect::facts::ChangeKind;
use crate::read::document::View;
use crate::read::object::{Dict, Id, Object};

impl<'d> Comparison<'d> {
    /// What changing the form means, if it is one of the changes that signing makes: the list grows, flags are set, and
    /// defaults for text fields come where there were none. Defaults that are there stay: fields are painted by them.
    pub(super) fn form_change(&self) -> Option<ChangeKind> {
        let empty = Dict::default();
        let old = self.old.form().unwrap_or(&empty);
        let new = self.new.form()?;
        let mut defaults = false;
        for key in old.differing_keys(new) {
            let fine = match key {
                b"Fields" => true,
                b"SigFlags" => flags_kept(old.get(key), new.get(key)),
                b"DA" | b"Q" => !old.has(key),
                b"DR" => self.resources_kept(old, new),
                // Switched on, it has viewers paint values instead of what was signed.
                b"NeedAppearances" => !matches!(new.get(key), Object::Bool(true) | Object::Ref(_)),
                _ => false,
            };
            if !fine {
                return None;
            }
            defaults |= !matches!(key, b"Fields" | b"SigFlags");
        }
        // Viewers paint the values of this form anew, by whatever the defaults say now.
        let painted = *self.new.value(new, b"NeedAppearances") == Object::Bool(true);
        let fine = self.only_accepted_fields() && !(defaults && painted);
        fine.then_some(if defaults { ChangeKind::FormDefaults } else { ChangeKind::Bookkeeping })
    }

    /// Whether every resource keeps its name and its object; new names may come.
    fn resources_kept(&self, old: &Dict, new: &Dict) -> bool {
        let Some(before) = self.old.dict(old, b"DR") else { return !old.has(b"DR") };
        let Some(now) = self.new.dict(new, b"DR") else { return false };
        before.0.iter().all(|(kind, value)| match self.old.resolve(value).dict() {
            Some(value) => self
                .new
                .dict(now, kind)
                .is_some_and(|now| value.0.iter().all(|(name, resource)| now.get(name) == resource)),
            None => now.get(kind) == value,
        })
    }

    /// Opens the way to resources that are new, and lets the dictionaries that name them have grown.
    pub(super) fn new_resources(&mut self, holder: u32) {
        let Some(form) = self.new.form() else { return };
        let mut places: Vec<(u32, &[u8])> = vec![(holder, b"DR")];
        let mut fresh = HashSet::new();
        let mut note = |value: &Object| {
            value.each_reference(&mut |id| {
                fresh.insert(id);
            })
        };
        note(form.get(b"DR"));
        let outer = form.get(b"DR").reference().map(|id| id.num);
        for (kind, value) in self.new.dict(form, b"DR").map(|dict| dict.0.as_slice()).unwrap_or_default() {
            note(value);
            places.extend(outer.map(|outer| (outer, kind.as_slice())));
            let inner = value.reference().map(|id| id.num);
            for (name, resource) in self.new.resolve(value).dict().map(|dict| dict.0.as_slice()).unwrap_or_default() {
                note(resource);
                places.extend(inner.map(|inner| (inner, name.as_slice())));
            }
        }
        fresh.retain(|id| *self.old.get(*id) == Object::Null);
        for (source, key) in places {
            self.allow(source, key, Some(fresh.clone()));
            if source != holder {
                self.explain(source, ChangeKind::FormDefaults);
            }
        }
        self.behind.extend(fresh.into_iter().map(|id| (Object::Ref(id), ChangeKind::FormDefaults)));
    }

    pub(super) fn only_accepted_fields(&self) -> bool {
        grown(&field_list(self.old), &field_list(self.new), &self.accepted)
    }
}

/// SigFlags (table 219): what was set stays set, and nothing else than the two known bits comes.
fn flags_kept(old: &Object, new: &Object) -> bool {
    let flags = |object: &Object| if *object == Object::Null { Some(0) } else { object.int() };
    flags(old).zip(new.int()).is_some_and(|(old, new)| old | new == new && new & !(old | 3) == 0)
}

pub(super) fn field_list(view: View<'_>) -> Vec<Id> {
    let fields = view.form().map(|form| view.array(form, b"Fields")).unwrap_or_default();
    fields.iter().filter_map(Object::reference).collect()
}

/// Whether the new list is the old one with accepted items put in.
fn grown(old: &[Id], new: &[Id], accepted: &HashSet<Id>) -> bool {
    new.iter().filter(|id| !accepted.contains(id)).eq(old.iter())
}
