//! Everything an OFD says, whoever made it.

use std::collections::BTreeSet;

use anyhow::Result;
use ofd::{Facts, PageFacts, Rect, Resolution, SignatureFacts, SignatureKind, Um};
use serde_json::{Map, Value, json};

use super::value;

pub(super) fn facts(bytes: &[u8]) -> Result<Value> {
    let facts = ofd::inspect_bytes(bytes, &ofd::Budget::default())?;
    let mut out = json!({
        "kind": "ofd",
        "version": facts.info.version,
        "type": facts.info.doc_type,
        "title": facts.info.title,
        "metadata": metadata(&facts),
        "parts": parts(&facts),
        "pages": facts.pages.iter().map(|page| self::page(&facts, page)).collect::<Vec<_>>(),
        "fonts": facts.fonts.iter().map(|font| format!("{} (embedded: {})", font.name, font.embedded())).collect::<Vec<_>>(),
        "attachments": facts.attachments.iter().map(|file| json!({
            "name": file.name, "format": file.format, "part": file.path, "visible": file.visible,
            "bytes": file.file.as_ref().map(ofd::Part::size),
        })).collect::<Vec<_>>(),
        "signatures": facts.signatures.iter().map(|signature| self::signature(&facts, signature)).collect::<Vec<_>>(),
        "problems": facts.problems.iter().map(|problem| format!("{}: {problem}", problem.kind.class())).collect::<Vec<_>>(),
    });
    if let Value::Object(out) = &mut out {
        rarities(&facts, out);
    }
    Ok(out)
}

fn metadata(facts: &Facts) -> Value {
    let info = &facts.info;
    let custom: Map<String, Value> = info.custom_datas.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    json!({
        "id": info.doc_id, "author": info.author, "subject": info.subject, "abstract": info.abstract_text,
        "created": info.creation_date, "changed": info.mod_date, "usage": info.doc_usage, "keywords": info.keywords,
        "creator": info.creator, "creator_version": info.creator_version, "custom": custom,
    })
}

/// The tree of parts, folders first seen first; behind each its length and what it is to the document.
fn parts(facts: &Facts) -> Value {
    let reached: BTreeSet<&str> = facts.reached.iter().map(String::as_str).collect();
    let unreachable: BTreeSet<&str> = facts.unreachable.iter().map(String::as_str).collect();
    let mut tree = Map::new();
    for entry in facts.container.entries.iter().filter(|entry| !entry.directory) {
        let mut said = format!("{} bytes", entry.size);
        if entry.method != 0 {
            said += &format!(", {} packed", entry.packed_size);
        }
        let name = entry.name.as_str();
        said += match (reached.contains(name), unreachable.contains(name), entry.readable) {
            (_, _, false) => ", unreadable",
            (true, ..) => "",
            (_, true, _) => ", nothing leads to it",
            _ => ", signature",
        };
        hang(&mut tree, name, said);
    }
    Value::Object(tree)
}

fn hang(tree: &mut Map<String, Value>, name: &str, said: String) {
    match name.split_once('/') {
        Some((folder, rest)) if name.matches('/').count() < DEEPEST => {
            let inside = tree.entry(format!("{folder}/")).or_insert_with(|| json!({}));
            if let Value::Object(inside) = inside {
                hang(inside, rest, said);
            }
        }
        _ => {
            // Two entries of one name are two lines.
            let mut key = name.to_owned();
            while tree.contains_key(&key) {
                key.push_str(" (again)");
            }
            tree.insert(key, json!(said));
        }
    }
}

fn page(facts: &Facts, page: &PageFacts) -> Value {
    let pictures = page.pictures.iter().map(|picture| {
        let part = picture.image.and_then(|image| facts.images.get(image)).and_then(|image| image.path.as_deref());
        json!({ "part": part, "place_mm": rect(&picture.placement), "visible": picture.visible })
    });
    json!({
        "id": page.id,
        "part": page.path,
        "size_mm": [page.size().width.to_mm(), page.size().height.to_mm()],
        "text": page.plain_text().lines().collect::<Vec<_>>(),
        "pictures": pictures.collect::<Vec<_>>(),
        "paths": page.paths,
    })
}

fn signature(facts: &Facts, signature: &SignatureFacts) -> Value {
    let missing = |resolution: &Resolution| !matches!(resolution, Resolution::Entry { .. });
    let lost = signature.references.iter().filter(|reference| missing(&reference.resolution));
    json!({
        "id": signature.id,
        "kind": match signature.kind {
            Some(SignatureKind::Seal) => "Seal",
            Some(SignatureKind::Sign) => "Sign",
            None => "unknown",
        },
        "path": signature.path,
        "provider": signature.provider.as_ref().map(|provider| json!({
            "name": provider.name, "version": provider.version, "company": provider.company,
        })),
        "method": signature.method,
        "check_method": signature.check_method,
        "date": signature.date_time,
        "references": signature.references.len(),
        "references_that_lead_nowhere": lost.map(|reference| reference.file_ref.as_str()).collect::<Vec<_>>(),
        "uncovered": signature.uncovered,
        "covers_list": signature.covers_list,
        "stamps": signature.stamps.iter().map(|stamp| json!({
            "id": stamp.id,
            "page": stamp.page.map(|page| page + 1),
            "page_id": stamp.page_ref,
            "place_mm": stamp.boundary.as_ref().map(rect),
            "clip_mm": stamp.clip.as_ref().map(rect),
        })).collect::<Vec<_>>(),
        "seal_part": signature.seal_path,
        "seal_part_is_the_seal": seal_part(signature),
        "value_part": signature.value_path,
        "value": signature.value.as_ref().map(|value| value::facts(value.bytes())),
        "relative": signature.relative.as_ref().filter(|_| !facts.signatures.is_empty()),
    })
}

/// Whether `Seal.esl` and the seal inside the signature value are the same bytes; nothing when there are not both.
fn seal_part(signature: &SignatureFacts) -> Option<bool> {
    let (file, value) = (signature.seal.as_ref()?, signature.value.as_ref()?);
    match eseal::inspect(value.bytes()) {
        eseal::Facts::Seal(found) => Some(found.seal().der() == file.bytes()),
        _ => None,
    }
}

/// What most documents do not have, shown when it is there.
fn rarities(facts: &Facts, out: &mut Map<String, Value>) {
    let mut show = |name: &str, value: Value| {
        let empty = value.as_array().is_some_and(Vec::is_empty) || value == json!(0) || value.is_null();
        if !empty {
            out.insert(name.to_owned(), value);
        }
    };
    show(
        "annotations",
        json!(facts.annotations.iter().map(|annotation| json!({
            "id": annotation.id, "type": annotation.kind, "subtype": annotation.subtype,
            "page": annotation.page.map(|page| page + 1), "part": annotation.path, "visible": annotation.visible,
            "place_mm": annotation.boundary.as_ref().map(rect),
            "text": annotation.text.iter().map(|run| run.text.as_str()).collect::<Vec<_>>(),
            "pictures": annotation.pictures.len(), "paths": annotation.paths,
        })).collect::<Vec<_>>()),
    );
    show(
        "custom_tags",
        json!(facts.custom_tags.iter().map(|tag| json!({ "type": tag.kind, "part": tag.path })).collect::<Vec<_>>()),
    );
    show(
        "actions",
        json!(
            facts
                .actions
                .iter()
                .map(|action| json!({
                    "part": action.place, "event": action.event, "kind": action.kind, "target": action.target,
                }))
                .collect::<Vec<_>>()
        ),
    );
    let permissions = facts.permissions.as_ref();
    show(
        "permissions",
        json!(permissions.map(|list| list.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>())),
    );
    show("outlines", json!(facts.outlines));
    show("bookmarks", json!(facts.bookmarks));
    show("extensions", json!(facts.extensions));
    show(
        "versions",
        json!(
            facts
                .versions
                .iter()
                .map(|version| json!({
                    "id": version.id, "current": version.current, "part": version.path, "root": version.doc_root,
                }))
                .collect::<Vec<_>>()
        ),
    );
    show(
        "further_documents",
        json!(
            facts
                .others
                .iter()
                .map(|other| json!({
                    "root": other.doc_root, "title": other.info.title, "pages": other.pages,
                }))
                .collect::<Vec<_>>()
        ),
    );
    show(
        "list_of_all_files",
        json!(facts.integrity.as_ref().map(|list| json!({
            "part": list.path, "creator": list.creator, "created": list.creation_date, "files": list.files.len(),
            "missing": list.files.iter().filter(|file| file.entry.is_none()).map(|file| &file.file_loc).collect::<Vec<_>>(),
            "unlisted": list.unlisted,
            "value": list.value.as_ref().map(|value| value::facts(value.bytes())),
        }))),
    );
}

fn rect(rect: &Rect) -> Value {
    json!([rect.x, rect.y, rect.width, rect.height].map(Um::to_mm))
}

/// Folders inside one another that are shown as such.
const DEEPEST: usize = 16;
