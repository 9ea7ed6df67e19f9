//! What a field that comes later may consist of. The lists are closed: a key that is on none of them draws, acts or
//! carries something, to one reader or another.

use std::collections::HashSet;

use super::Comparison;
use crate::inspect::collect;
use crate::read::document::View;
use crate::read::fields::SignatureField;
use crate::read::object::{Dict, Id, Object};
use crate::read::strings;

/// Keys of a signature field (12.7.4.5) that say what it is and what may come of it.
const OF_FIELD: [&[u8]; 11] = [b"DA", b"DR", b"FT", b"Ff", b"Kids", b"Lock", b"Q", b"SV", b"T", b"TU", b"V"];
/// Keys of its widgets (12.5.6.19) that say where it is and, inside that place, what is seen.
const OF_WIDGET: [&[u8]; 13] =
    [b"AP", b"AS", b"Border", b"F", b"H", b"M", b"MK", b"NM", b"P", b"Rect", b"StructParent", b"Subtype", b"Type"];
/// No signature field has a name of more bytes (see `SignatureField`).
const LONGEST: usize = 4096;
/// Keys by which a widget shows something even where its rectangle is a mere line.
const PAINTS: [&[u8]; 3] = [b"AP", b"Border", b"MK"];

impl<'d> Comparison<'d> {
    /// Whether a new field is a signature field and nothing else: at the top of the form, under a name of its own, with
    /// widgets alone, all of it new.
    pub(super) fn is_pure(&self, field: &SignatureField<'d>, taken: &HashSet<String>) -> bool {
        let new = |id: Id| *self.old.get(id) == Object::Null;
        let dict = field.dict;
        let merged = field.widgets.iter().any(|(id, _)| *id == field.id);
        let kids = self.new.array(dict, b"Kids");
        let own = |key: &[u8]| OF_FIELD.contains(&key) || merged && OF_WIDGET.contains(&key);
        let named = self.new.value(dict, b"T").string().is_some_and(|name| !name.is_empty());
        let apart = !taken.contains(&field.name) && !taken.contains(first_part(&field.name));
        let widget = |(id, widget): &(Id, &'d Dict)| {
            let kid = *id != field.id;
            let known = |key: &[u8]| OF_WIDGET.contains(&key) || kid && key == b"Parent";
            // pyHanko leaves /Parent out.
            let of_this = !kid
                || matches!(widget.get(b"Parent"), Object::Null)
                || widget.get(b"Parent") == &Object::Ref(field.id);
            let keys = !kid || keys_of(widget).all(known);
            new(*id) && keys && of_this && is_widget(widget)
        };
        new(field.id)
            && named
            && apart
            && dict.is(b"FT", b"Sig")
            && keys_of(dict).all(own)
            && (kids.is_empty() || !merged)
            && kids.iter().all(|kid| kid.reference().is_some())
            && field.widgets.iter().all(widget)
    }

    /// Whether any widget takes up room, or is a line along which something may be painted.
    pub(super) fn is_visible(&self, field: &SignatureField<'d>) -> bool {
        field.widgets.iter().any(|(_, widget)| {
            let rect = collect::rect(self.new, self.new.value(widget, b"Rect"));
            rect.is_none_or(|[left, bottom, right, top]| {
                let (wide, high) = (right > left, top > bottom);
                wide && high || (wide || high) && PAINTS.iter().any(|key| widget.has(key))
            })
        })
    }
}

fn is_widget(dict: &Dict) -> bool {
    dict.is(b"Subtype", b"Widget") && (!dict.has(b"Type") || dict.is(b"Type", b"Annot"))
}

/// The keys that are there; null is absent.
fn keys_of(dict: &Dict) -> impl Iterator<Item = &[u8]> {
    dict.0.iter().filter(|(_, value)| *value != Object::Null).map(|(key, _)| key.as_slice())
}

fn first_part(name: &str) -> &str {
    name.split_once('.').map_or(name, |(first, _)| first)
}

/// The names that no new field may have: of all fields at the top, of whatever type, and of the signature fields below.
pub(super) fn names<'d>(view: View<'d>, signed: impl Iterator<Item = &'d str>) -> HashSet<String> {
    let list = view.form().map(|form| view.array(form, b"Fields")).unwrap_or_default();
    let top = list.iter().filter_map(|field| {
        let name = view.value(view.resolve(field).dict()?, b"T").string().filter(|name| name.len() <= LONGEST)?;
        Some(strings::text(name))
    });
    top.chain(signed.map(str::to_owned)).collect()
}
