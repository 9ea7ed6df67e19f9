//! `OFDEntries.xml` (GM/T 0099-2020 annex D): a list of all files, signed as a whole.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::loc::Found;
use crate::problem::ProblemKind;

use super::Reader;
use super::facts::{Facts, IntegrityFacts, ListedFile};

/// Reads the list when there is one; returns the entries that it consists of.
pub(crate) fn read_integrity(reader: &mut Reader<'_>, facts: &mut Facts) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    let Some(xml) = reader.part(ENTRIES_LIST) else { return files };
    files.insert(ENTRIES_LIST.to_owned());
    let mut found = IntegrityFacts { path: ENTRIES_LIST.to_owned(), xml: Some(xml), ..IntegrityFacts::default() };
    read_list(reader, &mut found);
    files.extend(found.value_path.clone());
    let listed: BTreeSet<&str> = found.files.iter().filter_map(|file| file.entry.as_deref()).collect();
    let unlisted = reader.package.parts().map(|(name, _)| name);
    found.unlisted =
        unlisted.filter(|name| !listed.contains(name) && !files.contains(*name)).map(str::to_owned).collect();
    facts.integrity = Some(found);
    files
}

fn read_list(reader: &mut Reader<'_>, out: &mut IntegrityFacts) {
    let Some(text) = reader.text(ENTRIES_LIST) else { return };
    let Some(tree) = reader.tree(&text, ENTRIES_LIST, "DocEntries") else { return };
    let root = tree.root();
    let attribute = |name| root.attr(name).map(Cow::into_owned);
    out.creator = attribute("CreatorName");
    out.version = attribute("Version");
    out.creation_date = attribute("CreationDate");
    out.value_path = match reader.single_text(&root, "SignedValueLoc", ENTRIES_LIST) {
        Some(path) => reader.locate("", path, ENTRIES_LIST),
        None => None,
    };
    out.value = out.value_path.as_deref().and_then(|path| reader.part(path));
    if out.value.is_none() {
        reader.note(ProblemKind::MissingSignedValue, ENTRIES_LIST, "");
    }
    let Some(list) = reader.single(&root, "FileList", ENTRIES_LIST) else {
        return reader.note(ProblemKind::MissingElement, ENTRIES_LIST, "FileList");
    };
    let mut seen = BTreeSet::new();
    for file in list.all("File") {
        if out.files.len() >= reader.budget.references {
            return reader.note(ProblemKind::OverBudget, ENTRIES_LIST, "files");
        }
        // The schema has an attribute; text inside the element is read as well.
        let file_loc = file.attr("FileLoc").unwrap_or_else(|| file.text().trim().into()).into_owned();
        // As with references: tidied, but never by case.
        reader.check_spelling(&file_loc, ENTRIES_LIST);
        let entry = match reader.locator.find("", &file_loc) {
            Found::Exact(name) => Some(name),
            Found::OtherCase(_) | Found::Missing(_) | Found::Outside => {
                reader.note(ProblemKind::MissingFile, ENTRIES_LIST, file_loc.as_str());
                None
            }
        };
        if let Some(name) = &entry {
            if file_loc.strip_prefix('/').unwrap_or(&file_loc) != name {
                reader.note(ProblemKind::LooseReference, ENTRIES_LIST, file_loc.as_str());
            }
            if !seen.insert(name.clone()) {
                reader.note(ProblemKind::DuplicateReference, ENTRIES_LIST, name);
            }
        }
        out.files.push(ListedFile { id: file.attr("ID").unwrap_or_default().into_owned(), file_loc, entry });
    }
}

/// The fixed name.
const ENTRIES_LIST: &str = "OFDEntries.xml";
