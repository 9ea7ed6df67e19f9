//! Actions (12.6) that no sealed document needs: PDF/A forbids them, and an update may smuggle them in.

use crate::read::document::{State, View};
use crate::read::object::Object;

/// All action types but those that move about in the document or open an address.
const ACTIVE: &[&[u8]] = &[
    b"JavaScript",
    b"Launch",
    b"SubmitForm",
    b"ResetForm",
    b"ImportData",
    b"Hide",
    b"SetOCGState",
    b"Rendition",
    b"Trans",
    b"GoTo3DView",
    b"Sound",
    b"Movie",
    b"GoToE",
    b"GoToR",
];

pub(super) fn objects(view: View<'_>) -> Vec<u32> {
    let mut found: Vec<u32> = view
        .states()
        .filter(|(_, state)| matches!(state, State::Used { object, .. } if is_active(object)))
        .map(|(num, _)| num)
        .collect();
    found.sort_unstable();
    found
}

/// Nesting is bounded by the parser.
fn is_active(object: &Object) -> bool {
    match object {
        Object::Array(items) => items.iter().any(is_active),
        Object::Dict(_) | Object::Stream(_) => object.dict().is_some_and(|dict| {
            let kind = dict.get(b"S").name().is_some_and(|name| ACTIVE.contains(&name));
            kind || dict.has(b"JS") || dict.has(b"AA") || dict.0.iter().any(|(_, value)| is_active(value))
        }),
        _ => false,
    }
}
