//! `OFD.xml` and `Document.xml`: what the package is, and every link from there.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::loc::folder;
use crate::model::LayerKind;
use crate::problem::ProblemKind;
use crate::units::Rect;
use crate::write::ENTRY_FILE;
use crate::xml::Element;

use super::Reader;
use super::facts::{
    ActionFacts, AnnotationFacts, AttachmentFacts, CustomTagFacts, Facts, OtherDocument, PageFacts, Source,
    VersionFacts,
};
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
    let plain = facts.info.version.as_deref() == Some("1.0") && facts.info.doc_type.as_deref() == Some("OFD");
    if !plain {
        let said = [&facts.info.doc_type, &facts.info.version].map(|text| text.as_deref().unwrap_or("-"));
        reader.note(ProblemKind::OtherVersion, &*entry, said.join(" "));
    }
    let bodies: Vec<Element<'_, '_>> = root.all("DocBody").take(reader.budget.pages).collect();
    match bodies.len() {
        0 => reader.note(ProblemKind::MissingElement, ENTRY_FILE, "DocBody"),
        1 => {}
        count => reader.note(ProblemKind::SeveralDocuments, ENTRY_FILE, count.to_string()),
    }
    let mut others = Vec::new();
    for (i, body) in bodies.iter().enumerate() {
        // The facts are those of the first document; of the others only what they are and what they reach.
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
        read_versions(reader, body, facts);
        if let Some(path) = reader.single_text(body, "Signatures", ENTRY_FILE) {
            lists.extend(reader.locate("", path, ENTRY_FILE));
        }
        if i > 0 {
            others.push(OtherDocument { info: other.info, doc_root: other.doc_root, pages: other.pages.len() });
        }
    }
    facts.others = others;
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
            if !reader.spend_listed(ENTRY_FILE) {
                return;
            }
            let name = data.attr("Name").unwrap_or_default().into_owned();
            if !names.insert(name.clone()) {
                reader.note(ProblemKind::RepeatedElement, ENTRY_FILE, format!("CustomData {name}"));
            }
            facts.info.custom_datas.push((name, data.text().to_owned()));
        }
    }
}

/// `Versions`: what other states of the document reach counts as reached, but is not shown.
fn read_versions(reader: &mut Reader<'_>, body: &Element<'_, '_>, facts: &mut Facts) {
    let Some(versions) = reader.single(body, "Versions", ENTRY_FILE) else { return };
    for version in versions.all("Version").take(reader.budget.pages) {
        let current = version.attr("Current").and_then(|text| boolean(&text)) == Some(true);
        let path = version.attr("BaseLoc").unwrap_or_default();
        reader.note(ProblemKind::VersionList, ENTRY_FILE, format!("{path}{}", if current { ", current" } else { "" }));
        let mut found = VersionFacts {
            id: version.attr("ID").unwrap_or_default().into_owned(),
            current,
            path: reader.follow("", &path, ENTRY_FILE),
            doc_root: None,
        };
        if let Some(entry) = &found.path {
            found.doc_root = read_version(reader, entry);
        }
        if let Some(root) = &found.doc_root {
            read_document(reader, root, &mut Facts::default());
        }
        facts.versions.push(found);
    }
}

/// One state: its files, and the document root it names.
fn read_version(reader: &mut Reader<'_>, entry: &str) -> Option<String> {
    let text = reader.text(entry)?;
    let tree = reader.tree(&text, entry, "DocVersion")?;
    let root = tree.root();
    for file in root.child("FileList").iter().flat_map(|list| list.all("File")) {
        reader.follow(folder(entry), file.text(), entry);
    }
    reader.follow(folder(entry), root.child_text("DocRoot")?, entry)
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
    reader.order(&common, &COMMON_DATA, place);
    reader.order(&root, &DOCUMENT, place);
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
        read_custom_tags(reader, &entry, facts);
    }
    if let Some(entry) = linked(reader, &root, "Attachments", place) {
        read_attachments(reader, &entry, facts);
    }
    if let Some(entry) = linked(reader, &root, "Extensions", place) {
        facts.extensions = follow_all(reader, &entry, "Extensions", "Extension", &["ExtendData"]);
    }
    read_declarations(reader, &root, place, facts);
}

/// What `Document.xml` declares besides content: outline, bookmarks, permissions, actions.
fn read_declarations(reader: &mut Reader<'_>, root: &Element<'_, '_>, place: &str, facts: &mut Facts) {
    if let Some(outlines) = reader.single(root, "Outlines", place) {
        facts.outlines = outlines.descendants().filter(|element| element.name() == "OutlineElem").count();
        read_actions(reader, outlines.descendants(), place, facts);
    }
    if let Some(bookmarks) = reader.single(root, "Bookmarks", place) {
        facts.bookmarks = bookmarks.all("Bookmark").count();
    }
    read_actions(reader, root.all("Actions"), place, facts);
    facts.permissions = reader.single(root, "Permissions", place).map(|permissions| {
        let mut found = Vec::new();
        for child in permissions.children() {
            if !reader.spend_listed(place) {
                break;
            }
            let text = child.text().trim();
            if !text.is_empty() {
                found.push((child.name().to_owned(), text.to_owned()));
            }
            found.extend(child.attrs().map(|(name, value)| (format!("{}/@{name}", child.name()), value.into_owned())));
        }
        found
    });
}

/// Takes note of the actions in those elements that are called `Actions`.
pub(crate) fn read_actions<'t, 'a: 't>(
    reader: &mut Reader<'_>,
    lists: impl Iterator<Item = Element<'t, 'a>>,
    place: &str,
    facts: &mut Facts,
) {
    for action in lists.filter(|list| list.name() == "Actions").flat_map(|list| list.children()) {
        if action.name() != "Action" || !reader.spend_object(place) {
            continue;
        }
        let what = action.children().find(|child| child.name() != "Region");
        let target = what.and_then(|what| {
            ["URI", "AttachID", "ResourceID"].iter().find_map(|name| what.attr(name)).map(Cow::into_owned)
        });
        facts.actions.push(ActionFacts {
            place: place.to_owned(),
            event: action.attr("Event").unwrap_or_default().into_owned(),
            kind: what.map(|what| what.name().to_owned()).unwrap_or_default(),
            target: target.unwrap_or_default(),
        });
    }
}

fn read_custom_tags(reader: &mut Reader<'_>, place: &str, facts: &mut Facts) {
    let Some(text) = reader.text(place) else { return };
    let Some(tree) = reader.tree(&text, place, "CustomTags") else { return };
    for tag in tree.root().all("CustomTag") {
        if !reader.spend_listed(place) {
            return;
        }
        let mut follow = |name| tag.child_text(name).and_then(|path| reader.follow(folder(place), path, place));
        let (schema_path, path) = (follow("SchemaLoc"), follow("FileLoc"));
        facts.custom_tags.push(CustomTagFacts {
            kind: tag.attr("TypeID").or_else(|| tag.attr("NameSpace")).unwrap_or_default().into_owned(),
            schema_path,
            file: path.as_deref().and_then(|path| reader.part(path)),
            path,
        });
    }
}

/// The entry that a link of `Document.xml` leads to.
fn linked(reader: &mut Reader<'_>, root: &Element<'_, '_>, name: &str, place: &str) -> Option<String> {
    let path = reader.single_text(root, name, place)?;
    reader.follow(folder(place), path, place)
}

/// Odd templates that are named.
const MOST_ODD: usize = 8;

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
    // Whether a page agrees on where the template belongs.
    let mut agreed: HashMap<&str, bool> = HashMap::new();
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
            for (z_order, id) in &shown.templates {
                if let Some((id, (usual, _))) = templates.get_key_value(id) {
                    *agreed.entry(id).or_insert(true) &= z_order == usual;
                }
            }
            paint(reader, &mut out, shown, templates, path);
        }
        out.path = path;
        facts.pages.push(out);
    }
    if facts.pages.is_empty() {
        reader.note(ProblemKind::MissingElement, place, "Page");
    }
    let odd = templates.keys().filter(|id| agreed.get(id.as_str()) != Some(&true));
    facts.odd_templates = odd.cloned().collect();
    facts.odd_templates.sort_unstable();
    facts.odd_templates.truncate(MOST_ODD);
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
            if !reader.spend_listed(&entry) {
                return;
            }
            read_annotation(reader, &annotation, &entry, (page, &id), resources, facts);
        }
    }
}

fn read_annotation(
    reader: &mut Reader<'_>,
    annotation: &Element<'_, '_>,
    entry: &str,
    (page, page_ref): (Option<usize>, &str),
    resources: &Resources<'_>,
    facts: &mut Facts,
) {
    let text = |name| annotation.attr(name).map(Cow::into_owned);
    let appearance = annotation.child("Appearance");
    let mut found = AnnotationFacts {
        id: text("ID").unwrap_or_default(),
        page,
        page_ref: page_ref.to_owned(),
        path: entry.to_owned(),
        kind: text("Type").unwrap_or_default(),
        subtype: text("Subtype"),
        creator: text("Creator"),
        last_modified: text("LastModDate"),
        visible: annotation.attr("Visible").and_then(|text| boolean(&text)).unwrap_or(true),
        boundary: appearance.and_then(|appearance| rect(&appearance.attr("Boundary")?)),
        ..AnnotationFacts::default()
    };
    if found.creator.is_none() || found.last_modified.is_none() {
        reader.note(ProblemKind::MissingAttribute, entry, "Creator or LastModDate of Annot");
    }
    let parameters = annotation.child("Parameters");
    for parameter in parameters.iter().flat_map(|list| list.all("Parameter")) {
        if !reader.spend_listed(entry) {
            break;
        }
        let name = parameter.attr("Name").unwrap_or_default().into_owned();
        found.parameters.push((name, parameter.text().to_owned()));
    }
    if let Some(appearance) = &appearance {
        let content = read_appearance(reader, entry, appearance, found.boundary, resources, facts);
        if let (Some(page), true) = (page.and_then(|page| facts.pages.get_mut(page)), found.visible) {
            page.put(content.clone());
        }
        content.into_annotation(&mut found);
    }
    read_actions(reader, annotation.all("Actions"), entry, facts);
    facts.annotations.push(found);
}

fn read_attachments(reader: &mut Reader<'_>, place: &str, facts: &mut Facts) {
    let Some(text) = reader.text(place) else { return };
    let Some(tree) = reader.tree(&text, place, "Attachments") else { return };
    for attachment in tree.root().all("Attachment") {
        if !reader.spend_listed(place) {
            return;
        }
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

/// Follows the paths in elements of these names, wherever they stand in a file; returns how many records it has.
fn follow_all(reader: &mut Reader<'_>, place: &str, root: &str, record: &str, names: &[&str]) -> usize {
    let Some(text) = reader.text(place) else { return 0 };
    let Some(tree) = reader.tree(&text, place, root) else { return 0 };
    for element in tree.root().descendants().filter(|element| names.contains(&element.name())) {
        let path = element.text().trim();
        if !path.is_empty() {
            reader.follow(folder(place), path, place);
        }
    }
    tree.root().all(record).count()
}

/// Children in the order of the schema.
const COMMON_DATA: [&str; 6] = ["MaxUnitID", "PageArea", "PublicRes", "DocumentRes", "TemplatePage", "DefaultCS"];
const DOCUMENT: [&str; 11] = [
    "CommonData",
    "Pages",
    "Outlines",
    "Permissions",
    "Actions",
    "VPreferences",
    "Bookmarks",
    "Annotations",
    "CustomTags",
    "Attachments",
    "Extensions",
];
