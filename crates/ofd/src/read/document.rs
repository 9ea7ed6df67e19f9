//! `OFD.xml` and `Document.xml`: what the package is, and every link from there.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use crate::loc::folder;
use crate::model::LayerKind;
use crate::problem::ProblemKind;
use crate::units::Rect;
use crate::write::ENTRY_FILE;
use crate::xml::Element;

use super::Reader;
use super::facts::{AnnotationFacts, AttachmentFacts, Facts, PageFacts, Source};
use super::numbers::{boolean, rect};
use super::page::{Templates, layer_kind, paint, physical_box, read_appearance, read_page};
use super::resources::{Resources, collect, load, parse};

/// Reads everything reachable from `OFD.xml` except the signatures; returns the entries of their lists.
pub(crate) fn read_entry(reader: &mut Reader<'_>, facts: &mut Facts) -> Vec<String> {
    let mut lists = Vec::new();
    let Some(entry) = reader.follow("", ENTRY_FILE, "package") else { return lists };
    let Some(text) = reader.text(&entry) else { return lists };
    let Some(tree) = reader.tree(&text, &entry, "OFD") else { return lists };
    let root = tree.root();
    facts.info.version = root.attr("Version").map(Cow::into_owned);
    facts.info.doc_type = root.attr("DocType").map(Cow::into_owned);
    let bodies: Vec<Element<'_, '_>> = root.all("DocBody").take(reader.budget.pages).collect();
    match bodies.len() {
        0 => reader.note(ProblemKind::MissingElement, ENTRY_FILE, "DocBody"),
        1 => {}
        count => reader.note(ProblemKind::SeveralDocuments, ENTRY_FILE, count.to_string()),
    }
    for (i, body) in bodies.iter().enumerate() {
        // The facts are those of the first document; the others only show what they reach.
        let mut other = Facts::default();
        let facts = if i == 0 { &mut *facts } else { &mut other };
        match reader.single(body, "DocInfo", ENTRY_FILE) {
            Some(info) => read_info(reader, &info, facts),
            None => reader.note(ProblemKind::MissingElement, ENTRY_FILE, "DocInfo"),
        }
        match reader.single_text(body, "DocRoot", ENTRY_FILE) {
            Some(path) => {
                facts.doc_root = reader.follow("", path, ENTRY_FILE);
                if let Some(root) = facts.doc_root.clone() {
                    read_document(reader, &root, facts);
                }
            }
            None => reader.note(ProblemKind::MissingElement, ENTRY_FILE, "DocRoot"),
        }
        read_versions(reader, body);
        if let Some(path) = reader.single_text(body, "Signatures", ENTRY_FILE) {
            lists.extend(reader.locate("", path, ENTRY_FILE));
        }
    }
    lists
}

/// `CT_DocInfo`.
fn read_info(reader: &mut Reader<'_>, info: &Element<'_, '_>, facts: &mut Facts) {
    let mut field = |name| reader.single(info, name, ENTRY_FILE).map(|child| child.text().to_owned());
    let out = &mut facts.info;
    out.doc_id = field("DocID").map(|id| id.trim().to_owned());
    out.title = field("Title");
    out.author = field("Author");
    out.subject = field("Subject");
    out.abstract_text = field("Abstract");
    out.creation_date = field("CreationDate");
    out.mod_date = field("ModDate");
    out.doc_usage = field("DocUsage");
    out.creator = field("Creator");
    out.creator_version = field("CreatorVersion");
    if out.doc_id.is_none() {
        reader.note(ProblemKind::MissingElement, ENTRY_FILE, "DocID");
    }
    if let Some(path) = info.child_text("Cover") {
        reader.follow("", path, ENTRY_FILE);
    }
    if let Some(keywords) = reader.single(info, "Keywords", ENTRY_FILE) {
        facts.info.keywords = keywords.all("Keyword").map(|keyword| keyword.text().to_owned()).collect();
    }
    let mut names = HashSet::new();
    if let Some(datas) = reader.single(info, "CustomDatas", ENTRY_FILE) {
        for data in datas.all("CustomData") {
            let name = data.attr("Name").unwrap_or_default().into_owned();
            if !names.insert(name.clone()) {
                reader.note(ProblemKind::RepeatedElement, ENTRY_FILE, format!("CustomData {name}"));
            }
            facts.info.custom_datas.push((name, data.text().to_owned()));
        }
    }
}

/// `Versions`: what other states of the document reach counts as reached, but is not shown.
fn read_versions(reader: &mut Reader<'_>, body: &Element<'_, '_>) {
    let Some(versions) = reader.single(body, "Versions", ENTRY_FILE) else { return };
    for version in versions.all("Version") {
        let current = version.attr("Current").and_then(|text| boolean(&text)) == Some(true);
        let path = version.attr("BaseLoc").unwrap_or_default();
        reader.note(ProblemKind::VersionList, ENTRY_FILE, format!("{path}{}", if current { ", current" } else { "" }));
        let Some(entry) = reader.follow("", &path, ENTRY_FILE) else { continue };
        let Some(text) = reader.text(&entry) else { continue };
        let Some(tree) = reader.tree(&text, &entry, "DocVersion") else { continue };
        let root = tree.root();
        for file in root.child("FileList").iter().flat_map(|list| list.all("File")) {
            reader.follow(folder(&entry), file.text(), &entry);
        }
        if let Some(path) = root.child_text("DocRoot")
            && let Some(doc_root) = reader.follow(folder(&entry), path, &entry)
        {
            read_document(reader, &doc_root, &mut Facts::default());
        }
    }
}

/// `Document.xml` and everything it links.
fn read_document(reader: &mut Reader<'_>, place: &str, facts: &mut Facts) {
    let Some(text) = reader.text(place) else { return };
    let Some(tree) = reader.tree(&text, place, "Document") else { return };
    let root = tree.root();
    let base = folder(place);
    let common = reader.single(&root, "CommonData", place);
    if common.is_none() {
        reader.note(ProblemKind::MissingElement, place, "CommonData");
    }
    let common = common.unwrap_or(root);
    let texts = load(reader, &common, &["PublicRes", "DocumentRes"], place);
    let trees = parse(reader, &texts);
    let resources = collect(reader, &trees, None, facts);
    let area = reader.single(&common, "PageArea", place).and_then(|area| physical_box(reader, &area, place));

    let mut templates = Templates::new();
    for template in common.all("TemplatePage") {
        let id = template.attr("ID").unwrap_or_default().into_owned();
        let path = template.attr("BaseLoc").unwrap_or_default();
        let z_order =
            template.attr("ZOrder").map_or(LayerKind::Background, |kind| layer_kind(&kind, LayerKind::Background));
        let shown = match reader.follow(base, &path, place) {
            Some(entry) => read_page(reader, &entry, Source::Template, &resources, facts),
            None => None,
        };
        if templates.insert(id.clone(), (z_order, shown)).is_some() {
            reader.note(ProblemKind::DuplicateId, place, format!("template {id}"));
        }
    }
    match reader.single(&root, "Pages", place) {
        Some(pages) => read_pages(reader, &pages, place, area, &resources, &templates, facts),
        None => reader.note(ProblemKind::MissingElement, place, "Pages"),
    }
    if let Some(entry) = linked(reader, &root, "Annotations", place) {
        read_annotations(reader, &entry, &resources, facts);
    }
    if let Some(entry) = linked(reader, &root, "CustomTags", place) {
        follow_all(reader, &entry, "CustomTags", &["SchemaLoc", "FileLoc"]);
    }
    if let Some(entry) = linked(reader, &root, "Attachments", place) {
        read_attachments(reader, &entry, facts);
    }
    if let Some(entry) = linked(reader, &root, "Extensions", place) {
        follow_all(reader, &entry, "Extensions", &["ExtendData"]);
    }
}

/// The entry that a link of `Document.xml` leads to.
fn linked(reader: &mut Reader<'_>, root: &Element<'_, '_>, name: &str, place: &str) -> Option<String> {
    let path = reader.single_text(root, name, place)?;
    reader.follow(folder(place), path, place)
}

fn read_pages(
    reader: &mut Reader<'_>,
    pages: &Element<'_, '_>,
    place: &str,
    area: Option<Rect>,
    resources: &Resources<'_>,
    templates: &Templates,
    facts: &mut Facts,
) {
    let mut ids = HashSet::new();
    for (i, page) in pages.all("Page").enumerate() {
        if i >= reader.budget.pages {
            return reader.note(ProblemKind::OverBudget, place, "pages");
        }
        let id = page.attr("ID").unwrap_or_default().into_owned();
        if !ids.insert(id.clone()) {
            reader.note(ProblemKind::DuplicateId, place, format!("page {id}"));
        }
        let path = reader.follow(folder(place), &page.attr("BaseLoc").unwrap_or_default(), place);
        let mut out = PageFacts { id, area: area.unwrap_or_default(), ..PageFacts::default() };
        if let Some(path) = &path
            && let Some(shown) = read_page(reader, path, Source::Page, resources, facts)
        {
            out.area = shown.area.unwrap_or(out.area);
            paint(reader, &mut out, &shown, templates, path);
        }
        out.path = path;
        facts.pages.push(out);
    }
    if facts.pages.is_empty() {
        reader.note(ProblemKind::MissingElement, place, "Page");
    }
}

fn read_annotations(reader: &mut Reader<'_>, place: &str, resources: &Resources<'_>, facts: &mut Facts) {
    let Some(text) = reader.text(place) else { return };
    let Some(tree) = reader.tree(&text, place, "Annotations") else { return };
    for link in tree.root().all("Page") {
        let id = link.attr("PageID").unwrap_or_default();
        let page = facts.pages.iter().position(|page| page.id == id);
        if page.is_none() {
            reader.note(ProblemKind::UnknownReference, place, format!("page {id}"));
        }
        let Some(path) = link.child_text("FileLoc") else { continue };
        let Some(entry) = reader.follow(folder(place), path, place) else { continue };
        let Some(text) = reader.text(&entry) else { continue };
        let Some(tree) = reader.tree(&text, &entry, "PageAnnot") else { continue };
        for annotation in tree.root().all("Annot") {
            if !reader.spend_object(&entry) {
                return;
            }
            let appearance = annotation.child("Appearance");
            let boundary = appearance.and_then(|appearance| rect(&appearance.attr("Boundary")?));
            let shown = annotation.attr("Visible").and_then(|text| boolean(&text)).unwrap_or(true);
            if let (Some(appearance), true) = (appearance, shown) {
                let content = read_appearance(reader, &entry, &appearance, boundary, resources, facts);
                if let Some(page) = page.and_then(|page| facts.pages.get_mut(page)) {
                    page.put(&content);
                }
            }
            let kind = annotation.attr("Type").unwrap_or_default().into_owned();
            facts.annotations.push(AnnotationFacts { page, kind, boundary });
        }
    }
}

fn read_attachments(reader: &mut Reader<'_>, place: &str, facts: &mut Facts) {
    let Some(text) = reader.text(place) else { return };
    let Some(tree) = reader.tree(&text, place, "Attachments") else { return };
    for attachment in tree.root().all("Attachment") {
        let path = attachment.child_text("FileLoc");
        let path = path.and_then(|path| reader.follow(folder(place), path, place));
        facts.attachments.push(AttachmentFacts {
            id: attachment.attr("ID").unwrap_or_default().into_owned(),
            name: attachment.attr("Name").unwrap_or_default().into_owned(),
            format: attachment.attr("Format").map(Cow::into_owned),
            visible: attachment.attr("Visible").and_then(|text| boolean(&text)).unwrap_or(true),
            file: path.as_deref().and_then(|path| reader.part(path)),
            path,
        });
    }
}

/// Follows the paths in elements of these names, wherever they stand in a file.
fn follow_all(reader: &mut Reader<'_>, place: &str, root: &str, names: &[&str]) {
    let Some(text) = reader.text(place) else { return };
    let Some(tree) = reader.tree(&text, place, root) else { return };
    for element in tree.root().descendants().filter(|element| names.contains(&element.name())) {
        let path = element.text().trim();
        if !path.is_empty() {
            reader.follow(folder(place), path, place);
        }
    }
}

/// `OFDEntries.xml` (GM/T 0099 annex D): a list of all files, signed as a whole. Returns its files.
pub(crate) fn read_entries_list(reader: &mut Reader<'_>, facts: &mut Facts) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    if reader.package.part(ENTRIES_LIST).is_none() {
        return files;
    }
    files.insert(ENTRIES_LIST.to_owned());
    facts.entries_list = Some(ENTRIES_LIST.to_owned());
    let Some(text) = reader.text(ENTRIES_LIST) else { return files };
    let Some(tree) = reader.tree(&text, ENTRIES_LIST, "DocEntries") else { return files };
    if let Some(path) = tree.root().child_text("SignedValueLoc") {
        files.extend(reader.locate("", path, ENTRIES_LIST));
    }
    files
}

const ENTRIES_LIST: &str = "OFDEntries.xml";
