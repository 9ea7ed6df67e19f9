//! Form fields (12.7): the signature fields with what they inherit, and their widgets.

use std::collections::HashSet;

use super::document::View;
use super::object::{Dict, Id, Object};
use super::strings;
use crate::problem::{Limit, Problem, ProblemKind};

/// Bytes of a full name.
const LONGEST_NAME: usize = 4096;

/// A terminal signature field.
#[derive(Debug, Clone)]
pub(crate) struct SignatureField<'d> {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) dict: &'d Dict,
    /// `/V` as written: a reference, a direct dictionary, or null.
    pub(crate) value: &'d Object,
    /// The annotations, which should be widgets; the field itself when the two are merged.
    pub(crate) widgets: Vec<(Id, &'d Dict)>,
}

struct Walk<'d> {
    view: View<'d>,
    seen: HashSet<Id>,
    fields: Vec<SignatureField<'d>>,
}

#[derive(Clone)]
struct Above<'d> {
    name: String,
    kind: Option<&'d [u8]>,
    value: &'d Object,
}

impl<'d> View<'d> {
    pub(crate) fn form(&self) -> Option<&'d Dict> {
        self.dict(self.catalog()?, b"AcroForm")
    }

    pub(crate) fn signature_fields(&self) -> Result<Vec<SignatureField<'d>>, Problem> {
        let mut walk = Walk { view: *self, seen: HashSet::new(), fields: Vec::new() };
        let Some(form) = self.form() else { return Ok(Vec::new()) };
        let above = Above { name: String::new(), kind: None, value: Object::NULL };
        for field in self.array(form, b"Fields") {
            let id = field.reference().ok_or(ProblemKind::FieldTree.in_file())?;
            walk.node(id, &above, self.doc.meter.budget.depth)?;
        }
        Ok(walk.fields)
    }
}

impl<'d> Walk<'d> {
    fn node(&mut self, id: Id, above: &Above<'d>, depth: usize) -> Result<(), Problem> {
        let wrong = ProblemKind::FieldTree.in_object(id.num);
        let depth = depth.checked_sub(1).ok_or(ProblemKind::OverBudget(Limit::Depth).in_object(id.num))?;
        if !self.seen.insert(id) {
            return Err(wrong);
        }
        self.view.doc.meter.steps(1).map_err(|kind| kind.in_object(id.num))?;
        let Some(dict) = self.view.get(id).dict() else { return Ok(()) }; // a null entry holds no field
        let mut here = above.clone();
        if let Some(part) = self.view.value(dict, b"T").string() {
            if !here.name.is_empty() {
                here.name.push('.');
            }
            if part.len() > LONGEST_NAME {
                return Err(wrong);
            }
            here.name.push_str(&strings::text(part));
            if here.name.len() > LONGEST_NAME {
                return Err(wrong);
            }
        }
        here.kind = self.view.value(dict, b"FT").name().or(above.kind);
        if dict.has(b"V") {
            here.value = dict.get(b"V");
        }
        let mut kids: Vec<Id> = self.view.array(dict, b"Kids").iter().filter_map(Object::reference).collect();
        self.view.doc.meter.steps(kids.len()).map_err(|kind| kind.in_object(id.num))?;
        let is_widget = |id: &Id| self.view.get(*id).dict().is_some_and(|kid| !kid.has(b"T"));
        if !kids.is_empty() && !kids.iter().all(is_widget) {
            return kids.into_iter().try_for_each(|kid| self.node(kid, &here, depth));
        }
        if here.kind != Some(b"Sig") {
            return Ok(());
        }
        if self.fields.len() == self.view.doc.meter.budget.signatures {
            return Err(ProblemKind::OverBudget(Limit::Signatures).in_object(id.num));
        }
        // Each is listed once, and is the widget of one field.
        let mut own = HashSet::new();
        kids.retain(|kid| own.insert(*kid));
        if !kids.iter().all(|kid| self.seen.insert(*kid)) {
            return Err(wrong);
        }
        let mut widgets: Vec<(Id, &Dict)> =
            kids.iter().filter_map(|kid| Some((*kid, self.view.get(*kid).dict()?))).collect();
        // A widget below may carry the value or a type of its own; nobody writes that, and it hides one.
        if widgets.iter().any(|(_, widget)| widget.has(b"V") || widget.has(b"FT")) {
            return Err(wrong);
        }
        // Whatever annotation the field is merged with, it is one: a stamp that is called a field is still a stamp.
        if dict.has(b"Subtype") || dict.has(b"Rect") {
            widgets.push((id, dict));
        }
        self.fields.push(SignatureField { id, name: here.name, dict, value: here.value, widgets });
        Ok(())
    }
}
