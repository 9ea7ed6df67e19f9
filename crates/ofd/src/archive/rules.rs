//! Rules about single files of the document, by their root element.

use crate::xml::Element;

use super::{ArchiveRule, Faults};

/// Checks one file.
pub(super) fn of_file(name: &str, root: &Element<'_, '_>, faults: &mut Faults) {
    match root.name() {
        "Document" => of_document(name, root, faults),
        "Res" => of_resources(name, root, faults),
        "Page" => of_page(name, root, faults),
        "PageAnnot" => of_annotations(name, root, faults),
        _ => {}
    }
    external(name, root, faults);
}

fn of_document(name: &str, root: &Element<'_, '_>, faults: &mut Faults) {
    for (child, rule) in [
        ("Permissions", ArchiveRule::Permissions),
        ("VPreferences", ArchiveRule::Preferences),
        ("Extensions", ArchiveRule::Extensions),
    ] {
        if root.child(child).is_some() {
            faults.add(rule, name, child);
        }
    }
    only_goto(name, root, faults);
}

/// `PublicRes` is told by its name in `Document.xml`; by convention the file is called so, too.
fn of_resources(name: &str, root: &Element<'_, '_>, faults: &mut Faults) {
    let file = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let (public, document) = (file.starts_with("publicres"), file.starts_with("documentres"));
    for group in root.children() {
        let shared = matches!(group.name(), "Fonts" | "ColorSpaces");
        if (shared && document) || (!shared && public) {
            faults.add(ArchiveRule::ResourcePlace, name, group.name());
        }
    }
    for element in root.descendants() {
        match element.name() {
            "MultiMedia" => {
                let kind = element.attr("Type").unwrap_or_default();
                if !kind.eq_ignore_ascii_case("Image") {
                    faults.add(ArchiveRule::AudioVideo, name, kind);
                }
            }
            "ColorSpace" => {
                let kind = element.attr("Type").unwrap_or_default();
                if !["GRAY", "RGB", "CMYK"].iter().any(|known| kind.eq_ignore_ascii_case(known)) {
                    faults.add(ArchiveRule::ColorSpace, name, kind);
                }
            }
            _ => {}
        }
    }
}

fn of_page(name: &str, root: &Element<'_, '_>, faults: &mut Faults) {
    if let Some(actions) = root.child("Actions") {
        only_goto(name, &actions, faults);
    }
    let Some(content) = root.child("Content") else { return };
    // The ends of the page blocks that the walk is inside of.
    let mut blocks: Vec<usize> = Vec::new();
    for element in content.descendants() {
        let span = element.span();
        while blocks.last().is_some_and(|end| *end < span.end) {
            blocks.pop();
        }
        match element.name() {
            "PageBlock" => {
                blocks.push(span.end);
                if blocks.len() == DEEPEST + 1 {
                    faults.add(ArchiveRule::BlockDepth, name, "PageBlock");
                }
            }
            "Actions" => faults.add(ArchiveRule::ObjectActions, name, "Actions"),
            "VideoObject" => faults.add(ArchiveRule::AudioVideo, name, "VideoObject"),
            "ImageObject" if element.attr("Interpolate").as_deref() == Some("true") => {
                faults.add(ArchiveRule::Interpolate, name, element.attr("ID").unwrap_or_default());
            }
            "TextObject" if element.attr("Size").is_none() => {
                faults.add(ArchiveRule::TextSize, name, element.attr("ID").unwrap_or_default());
            }
            _ => {}
        }
    }
}

fn of_annotations(name: &str, root: &Element<'_, '_>, faults: &mut Faults) {
    for annotation in root.all("Annot") {
        for flag in ["ReadOnly", "NoZoom", "NoRotate"] {
            // The schema says that an absent ReadOnly is true, the others false.
            let value = annotation.attr(flag);
            let set = value.as_deref().map_or(flag == "ReadOnly", |value| matches!(value, "true" | "1"));
            if !set {
                faults.add(ArchiveRule::Annotation, name, flag);
            }
        }
        if annotation.descendants().any(|element| element.name() == "PageBlock") {
            faults.add(ArchiveRule::Annotation, name, "PageBlock");
        }
    }
}

fn only_goto(name: &str, inside: &Element<'_, '_>, faults: &mut Faults) {
    let actions = inside.descendants().filter(|element| element.name() == "Action");
    for kind in actions.flat_map(|action| action.children().collect::<Vec<_>>()) {
        match kind.name() {
            "Goto" | "Region" => {}
            other => faults.add(ArchiveRule::Actions, name, other),
        }
    }
}

/// Locations that lead out into the world.
fn external(name: &str, root: &Element<'_, '_>, faults: &mut Faults) {
    const LOCATIONS: [&str; 6] = ["FontFile", "MediaFile", "FileLoc", "SchemaLoc", "ExtendData", "PageRes"];
    for element in root.descendants().filter(|element| LOCATIONS.contains(&element.name())) {
        if element.text().contains("://") {
            faults.add(ArchiveRule::SelfContained, name, element.text().trim());
        }
    }
}

/// Page blocks inside one another.
const DEEPEST: usize = 3;
