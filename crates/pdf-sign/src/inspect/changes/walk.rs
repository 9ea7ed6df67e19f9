//! Walking the graph of a revision: everything reachable, but through the doors that are shut.

use std::collections::{HashMap, HashSet};

use crate::problem::Problem;
use crate::read::document::View;
use crate::read::object::{Id, Object};

/// The trailer as a node of the graph.
pub(super) const TRAILER: u32 = 0;

/// Edges that are not walked. By source object: key (empty for an array), and the only targets meant; `None` for all.
pub(super) type Doors = HashMap<u32, Vec<(Vec<u8>, Option<HashSet<Id>>)>>;

/// Everything reachable from `starts`: not through `doors`, and not into what was `reached` already.
pub(super) fn walk(
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

/// What the trailer refers to, doors aside.
pub(super) fn from_trailer(view: View<'_>, doors: &Doors) -> Vec<Id> {
    let mut starts = Vec::new();
    for (key, value) in &view.trailer().0 {
        push(doors, TRAILER, key, value, &mut starts);
    }
    starts
}

fn push(doors: &Doors, source: u32, key: &[u8], value: &Object, todo: &mut Vec<Id>) {
    let doors = doors.get(&source).map(Vec::as_slice).unwrap_or_default();
    let shut = |id: &Id| {
        doors.iter().any(|(k, targets)| k == key && targets.as_ref().is_none_or(|targets| targets.contains(id)))
    };
    value.each_reference(&mut |id| {
        if !shut(&id) {
            todo.push(id);
        }
    });
}
