//! Embedded files (7.11.4) and associated files (14.13).

use std::collections::{BTreeMap, HashSet};

use crate::problem::{Limit, Problem, ProblemKind};
use crate::read::document::View;
use crate::read::object::{Dict, Id, Object};
use crate::read::strings;

/// A file inside the document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attachment {
    /// `/UF`, or `/F` without it.
    pub name: String,
    /// `/Subtype` of the embedded stream.
    pub mime: Option<String>,
    /// `/AFRelationship`: `Source`, `Data`, `Alternative`, `Supplement`, `Unspecified`.
    pub relationship: Option<String>,
    /// `/Desc`.
    pub description: Option<String>,
    /// The file.
    pub bytes: Vec<u8>,
    /// `/Names /EmbeddedFiles` lists it.
    pub in_names: bool,
    /// An `/AF` array of the catalog or of a page lists it.
    pub associated: bool,
}

/// A file specification by its object number, or by its place when it is written directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Object(Id),
    Direct(usize),
}

struct Walk<'d> {
    view: View<'d>,
    seen: HashSet<Id>,
    found: BTreeMap<Key, Found<'d>>,
}

/// A file specification, and whether the names and an `/AF` list it.
type Found<'d> = (&'d Dict, bool, bool);

pub(super) fn all(view: View<'_>) -> Result<Vec<Attachment>, Problem> {
    let walk = found(view)?;
    walk.found.values().filter_map(|found| walk.read(*found, |_| true).transpose()).collect()
}

/// Those of these names; no other is opened.
pub(super) fn named(view: View<'_>, names: &[&str]) -> Result<Vec<Attachment>, Problem> {
    let walk = found(view)?;
    let wanted = |name: &str| names.contains(&name);
    walk.found.values().filter_map(|found| walk.read(*found, wanted).transpose()).collect()
}

fn found(view: View<'_>) -> Result<Walk<'_>, Problem> {
    let mut walk = Walk { view, seen: HashSet::new(), found: BTreeMap::new() };
    let Some(catalog) = view.catalog() else { return Ok(walk) };
    if let Some(names) = view.dict(catalog, b"Names") {
        walk.names(names.get(b"EmbeddedFiles"), view.doc.meter.budget.depth)?;
    }
    walk.associated(catalog)?;
    for page in view.pages()? {
        walk.associated(page.dict)?;
    }
    Ok(walk)
}

impl<'d> Walk<'d> {
    /// A name tree (7.9.6).
    fn names(&mut self, node: &'d Object, depth: usize) -> Result<(), Problem> {
        let place = |kind: ProblemKind| node.reference().map_or(kind.in_file(), |id| kind.in_object(id.num));
        let depth = depth.checked_sub(1).ok_or(place(ProblemKind::OverBudget(Limit::Depth)))?;
        if node.reference().is_some_and(|id| !self.seen.insert(id)) {
            return Err(place(ProblemKind::Syntax));
        }
        let Some(dict) = self.view.resolve(node).dict() else { return Ok(()) };
        let pairs = self.view.array(dict, b"Names");
        self.view.doc.meter.steps(pairs.len()).map_err(place)?;
        for pair in pairs.chunks_exact(2) {
            self.add(&pair[1], true)?;
        }
        self.view.array(dict, b"Kids").iter().try_for_each(|kid| self.names(kid, depth))
    }

    fn associated(&mut self, dict: &'d Dict) -> Result<(), Problem> {
        let list = self.view.array(dict, b"AF");
        self.view.doc.meter.steps(list.len()).map_err(ProblemKind::in_file)?;
        list.iter().try_for_each(|spec| self.add(spec, false))
    }

    fn add(&mut self, spec: &'d Object, in_names: bool) -> Result<(), Problem> {
        let Some(dict) = self.view.resolve(spec).dict() else { return Ok(()) };
        let key = spec.reference().map_or(Key::Direct(self.found.len()), Key::Object);
        let entry = self.found.entry(key).or_insert((dict, false, false));
        if in_names {
            entry.1 = true;
        } else {
            entry.2 = true;
        }
        if self.found.len() > self.view.doc.meter.budget.attachments {
            return Err(ProblemKind::OverBudget(Limit::Attachments).in_file());
        }
        Ok(())
    }

    fn read(
        &self,
        (spec, in_names, associated): Found<'d>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Option<Attachment>, Problem> {
        let view = self.view;
        let place = ProblemKind::in_file;
        // One string may be the name of many.
        let string = |key: &[u8]| view.value(spec, key).string();
        let written = string(b"UF").or_else(|| string(b"F")).unwrap_or_default();
        view.doc.meter.take(Limit::TextBytes, written.len()).map_err(place)?;
        let name = strings::text(written);
        if !wanted(&name) {
            return Ok(None);
        }
        let files = view.dict(spec, b"EF");
        let stream = files.and_then(|files| view.value(files, b"UF").stream().or(view.value(files, b"F").stream()));
        let Some(stream) = stream else { return Ok(None) }; // a file outside
        let description = string(b"Desc");
        let mime = view.value(&stream.dict, b"Subtype").name();
        let relationship = view.value(spec, b"AFRelationship").name();
        let copied = [Some(written), description, mime, relationship].into_iter().flatten().map(<[u8]>::len);
        view.doc.meter.keep(3 * copied.sum::<usize>()).map_err(place)?;
        let word = |name: Option<&[u8]>| name.map(|name| String::from_utf8_lossy(name).into_owned());
        Ok(Some(Attachment {
            name,
            mime: word(mime),
            relationship: word(relationship),
            description: description.map(strings::text),
            bytes: view.decode(stream, Limit::AttachmentBytes).map_err(|kind| kind.at(stream.raw.start))?.keep(),
            in_names,
            associated,
        }))
    }
}
