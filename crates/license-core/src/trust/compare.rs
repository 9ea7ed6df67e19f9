//! What changed from one edition to the next, entry by entry.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::list::TrustList;
use super::terms::{Event, Status};
use crate::id::Digest;

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What became of it.
    pub kind: ChangeKind,
    /// Which entry: `issuer 11340100MB1D00012R`, `anchor 3f…`.
    pub entry: String,
    /// Its name, for people.
    pub name: String,
    /// The members that changed: name, before, after.
    pub members: Vec<(String, String, String)>,
    /// Changes of status that the entry did not tell before, of an added one all: `compromised since …`.
    pub events: Vec<Event>,
    /// Changes of status for the worse that the entry told before, and that nothing in its place tells now.
    pub forgotten: Vec<Event>,
}

impl Change {
    /// Whether more may be trusted than before: an entry was added or says something else, and not only that it is to be
    /// trusted less from some time on. What is said of a service or a signing key limits it: with the entry the limits go.
    pub fn widens(&self) -> bool {
        let limits = self.entry.starts_with("service ") || self.entry.contains(" signing key ");
        let less = |event: &Event| event.status != Status::Granted;
        let only_events = self.members.iter().all(|(name, ..)| name == HISTORY);
        match self.kind {
            ChangeKind::Removed => limits || (self.entry.starts_with("anchor ") && !self.forgotten.is_empty()),
            ChangeKind::Added => true,
            ChangeKind::Changed if self.entry == HEAD => false,
            ChangeKind::Changed => !(only_events && !self.events.is_empty() && self.events.iter().all(less)),
        }
    }
}

/// The members of the list itself.
const HEAD: &str = "list";
/// The member with the changes of status.
const HISTORY: &str = "history";

/// Every difference between two editions, in order of entries.
pub fn compare(before: &TrustList, after: &TrustList) -> Vec<Change> {
    let (before, mut after) = (entries(before), entries(after));
    let mut changes = Vec::new();
    for (entry, old) in before {
        match after.remove(&entry) {
            None => changes.push(change(ChangeKind::Removed, entry, (None, &old), Vec::new())),
            Some(new) => {
                let members = members(&old, &new);
                if !members.is_empty() {
                    changes.push(change(ChangeKind::Changed, entry, (Some(&old), &new), members));
                }
            }
        }
    }
    changes.extend(after.into_iter().map(|(entry, new)| change(ChangeKind::Added, entry, (None, &new), Vec::new())));
    changes.sort_by(|a, b| a.entry.cmp(&b.entry));
    changes
}

type Entry = Map<String, Value>;

fn change(
    kind: ChangeKind,
    entry: String,
    (before, of): (Option<&Entry>, &Entry),
    members: Vec<(String, String, String)>,
) -> Change {
    let name = of.get("name").or_else(|| of.get("operator")).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (known, told) = match kind {
        ChangeKind::Removed => (history(of), Vec::new()),
        _ => (before.map(history).unwrap_or_default(), history(of)),
    };
    let events = told.iter().filter(|event| !known.contains(event)).cloned().collect();
    let kept = |lost: &Event| told.iter().any(|event| event.status == lost.status && event.at <= lost.at);
    let forgotten = known.into_iter().filter(|event| event.status != Status::Granted && !kept(event)).collect();
    Change { kind, entry, name, members, events, forgotten }
}

fn history(entry: &Entry) -> Vec<Event> {
    entry.get(HISTORY).and_then(|events| serde_json::from_value(events.clone()).ok()).unwrap_or_default()
}

fn members(old: &Entry, new: &Entry) -> Vec<(String, String, String)> {
    let text = |value: Option<&Value>| value.map(Value::to_string).unwrap_or_default();
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
    changed.map(|name| (name.clone(), text(old.get(name)), text(new.get(name)))).collect()
}

/// The payload taken apart: a map of everything that has a name of its own.
fn entries(list: &TrustList) -> BTreeMap<String, Entry> {
    let mut found = BTreeMap::new();
    let Ok(Value::Object(mut whole)) = serde_json::from_slice::<Value>(&list.to_json()) else { return found };
    for kind in ["anchors", "services", "lists", "issuers", "authorities"] {
        let Some(Value::Array(items)) = whole.remove(kind) else { continue };
        for item in items {
            let Some(mut entry) = object(item) else { continue };
            let key = match entry.get("code").and_then(Value::as_str) {
                Some(code) => format!("issuer {code}"),
                None => format!("{} {}", kind.trim_end_matches('s'), short(&entry)),
            };
            for keys in ["index_keys", "signing_keys"] {
                let Some(Value::Array(items)) = entry.remove(keys) else { continue };
                for item in items.into_iter().filter_map(object) {
                    let which = format!("{key} {} {}", keys.trim_end_matches('s').replace('_', " "), short(&item));
                    insert(&mut found, which, item);
                }
            }
            insert(&mut found, key, entry);
        }
    }
    insert(&mut found, HEAD.to_owned(), whole);
    found
}

fn object(item: Value) -> Option<Entry> {
    match item {
        Value::Object(entry) => Some(entry),
        Value::String(certificate) => Some(Entry::from_iter([("certificate".to_owned(), Value::String(certificate))])),
        _ => None,
    }
}

/// The same certificate may stand in several entries, with other terms each.
fn insert(found: &mut BTreeMap<String, Entry>, key: String, entry: Entry) {
    let mut name = key.clone();
    for number in 2_u32.. {
        if !found.contains_key(&name) {
            break;
        }
        name = format!("{key} ({number})");
    }
    found.insert(name, entry);
}

/// The beginning of the digest of what an entry is about.
fn short(entry: &Entry) -> String {
    let about = ["certificate", "root", "spki"].iter().find_map(|name| entry.get(*name)).and_then(Value::as_str);
    Digest::of(about.unwrap_or_default().as_bytes()).to_string()[..12].to_owned()
}
