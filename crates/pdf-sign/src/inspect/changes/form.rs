//! The form itself between two revisions: its list of fields, its flags, its defaults.

use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;

use super::Comparison;
use crate::inspect::facts::ChangeKind;
use crate::problem::{Problem, ProblemKind};
use crate::read::document::{State, View};
use crate::read::object::{Dict, Id, Object};

/// What it takes to find a name among others.
const STEPS_A_SEARCH: usize = 4;

impl<'d> Comparison<'d> {
    /// What changing the form means, if it is one of the changes that signing makes: the list grows, flags are set, and
    /// defaults for text fields come where there were none. Defaults that are there stay: fields are painted by them.
    pub(super) fn form_change(&self) -> Result<Option<ChangeKind>, Problem> {
        let empty = Dict::default();
        let old = self.old.form().unwrap_or(&empty);
        let Some(new) = self.new.form() else { return Ok(None) };
        let painted = |view: View<'d>, form: &'d Dict| *view.value(form, b"NeedAppearances") == Object::Bool(true);
        let was_painted = self.old.form().is_some_and(|old| painted(self.old, old));
        let mut defaults = false;
        for key in old.differing_keys(new) {
            let fine = match key {
                b"Fields" => true,
                b"SigFlags" => flags_kept(old.get(key), new.get(key)),
                b"DA" | b"Q" => !old.has(key),
                b"DR" => self.resources_kept(old, new)?,
                // Switched on, it has viewers paint values instead of what was signed; switched off, the reverse.
                b"NeedAppearances" => !was_painted && !matches!(new.get(key), Object::Bool(true) | Object::Ref(_)),
                _ => false,
            };
            if !fine {
                return Ok(None);
            }
            defaults |= !matches!(key, b"Fields" | b"SigFlags");
        }
        // Viewers paint the values of this form anew, by whatever the defaults say now.
        let names = old.get(b"DR") != new.get(b"DR");
        if !self.only_accepted_fields() || defaults && (painted(self.new, new) || self.needs_defaults(names)?) {
            return Ok(None);
        }
        Ok(Some(if defaults { ChangeKind::FormDefaults } else { ChangeKind::Bookkeeping }))
    }

    /// Whether a field is there of which viewers make the picture themselves, or, when there are new `names` of resources,
    /// whose picture takes them from outside: what the defaults say is then seen.
    fn needs_defaults(&self, names: bool) -> Result<bool, Problem> {
        for (num, state) in self.old.states() {
            self.new.doc.meter.steps(1).map_err(|kind| kind.in_object(num))?;
            if let State::Used { object: Object::Dict(widget), .. } = state
                && widget.is(b"Subtype", b"Widget")
                && !self.is_complete(widget, names)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A widget of a signature, or one that brings its picture, and that its resources.
    fn is_complete(&self, widget: &'d Dict, names: bool) -> Result<bool, Problem> {
        let kind = |dict: &'d Dict| self.old.value(dict, b"FT").name();
        if kind(widget).or_else(|| kind(self.old.dict(widget, b"Parent")?)) == Some(b"Sig") {
            return Ok(true);
        }
        let whole = |looks: &'d Object| {
            let stream = self.old.resolve(looks).stream();
            stream.is_some_and(|stream| !names || self.old.dict(&stream.dict, b"Resources").is_some())
        };
        Ok(match self.old.dict(widget, b"AP").map(|states| self.old.value(states, b"N")) {
            Some(Object::Dict(states)) => {
                // One dictionary may be that of many.
                self.new.doc.meter.steps(states.0.len()).map_err(ProblemKind::in_file)?;
                states.0.iter().all(|(_, state)| whole(state))
            }
            Some(stream) => whole(stream),
            None => false,
        })
    }

    /// Whether every resource keeps its name and its object; new names may come.
    fn resources_kept(&self, old: &Dict, new: &Dict) -> Result<bool, Problem> {
        let Some(before) = self.old.dict(old, b"DR") else { return Ok(!old.has(b"DR")) };
        let Some(now) = self.new.dict(new, b"DR") else { return Ok(false) };
        for (kind, value) in &before.0 {
            let kept = match self.old.resolve(value).dict() {
                Some(value) => {
                    // Many kinds may have one dictionary.
                    let weight = value.each_reference(&mut |_| {});
                    let meter = &self.new.doc.meter;
                    let searches = value.0.len().saturating_mul(STEPS_A_SEARCH);
                    meter.steps(searches).and_then(|()| meter.values_seen(weight)).map_err(ProblemKind::in_file)?;
                    let now = self.new.dict(now, kind);
                    now.is_some_and(|now| value.0.iter().all(|(name, resource)| now.get(name) == resource))
                }
                None => now.get(kind) == value,
            };
            if !kept {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Opens the way to resources that are new, and lets the dictionary that names them have grown; but not one that a page,
    /// or whatever else, has as its own: a name that was missing there would then be found.
    pub(super) fn new_resources(&mut self, holder: u32) -> Result<(), Problem> {
        let Some(form) = self.new.form() else { return Ok(()) };
        let direct = self.new.catalog().is_some_and(|catalog| catalog.get(b"AcroForm").dict().is_some());
        let mut places: Vec<(u32, &[u8])> = vec![(holder, if direct { b"AcroForm" } else { b"DR" })];
        let mut fresh = HashSet::new();
        let mut note = |value: &Object| {
            value.each_reference(&mut |id| {
                fresh.insert(id);
            })
        };
        note(form.get(b"DR"));
        let outer = form.get(b"DR").reference().map(|id| id.num);
        for (kind, value) in self.new.dict(form, b"DR").map(|dict| &*dict.0).unwrap_or_default() {
            note(value);
            places.extend(outer.map(|outer| (outer, kind.as_slice())));
        }
        fresh.retain(|id| *self.old.get(*id) == Object::Null);
        let fresh = Rc::new(fresh);
        let apart = places.iter().map(|(source, _)| *source).find(|source| *source != holder);
        for (source, key) in places {
            self.allow(source, key, Some(Rc::clone(&fresh)));
        }
        if let Some(outer) = apart.filter(|outer| self.changed.contains(outer))
            && self.uses(Id { num: outer, generation: 0 })? <= 1
        {
            self.explain(outer, ChangeKind::FormDefaults);
        }
        self.behind.extend(fresh.iter().map(|id| (Cow::Owned(Object::Ref(*id)), ChangeKind::FormDefaults)));
        Ok(())
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
