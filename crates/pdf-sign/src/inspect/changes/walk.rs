//! Walking the graph of a revision: everything reachable, but through the doors that are shut.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::problem::Problem;
use crate::read::document::View;
use crate::read::object::{Id, Object};

/// The trailer as a node of the graph.
pub(super) const TRAILER: u32 = 0;

/// Edges that are not walked. By source object and key (empty for an array): the only targets meant, of each `None` for all.
pub(super) type Doors = HashMap<u32, HashMap<Vec<u8>, Vec<Targets>>>;
/// Shared by all edges that lead there.
pub(super) type Targets = Option<Rc<HashSet<Id>>>;

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
        let seen = match object.dict() {
            Some(dict) => dict.0.iter().map(|(key, value)| push(doors, id.num, key, value, &mut todo)).sum(),
            None => push(doors, id.num, b"", object, &mut todo),
        };
        view.doc.meter.values_seen(seen).map_err(|kind| kind.in_object(id.num))?;
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

/// Returns how many values were looked at.
fn push(doors: &Doors, source: u32, key: &[u8], value: &Object, todo: &mut Vec<Id>) -> usize {
    let doors = doors.get(&source).and_then(|doors| doors.get(key)).map(Vec::as_slice).unwrap_or_default();
    let shut = |id: &Id| doors.iter().any(|targets| targets.as_ref().is_none_or(|targets| targets.contains(id)));
    value.each_reference(&mut |id| {
        if !shut(&id) {
            todo.push(id);
        }
    })
}
