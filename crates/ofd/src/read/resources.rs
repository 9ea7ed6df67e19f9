//! Resource files: fonts, pictures, composites.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::loc::{folder, resolve};
use crate::problem::ProblemKind;
use crate::xml::{Element, Tree};

use super::Reader;
use super::facts::{Facts, FontFacts, ImageFacts};

/// What ids stand for, seen from one page: its own resources, then those of the document.
#[derive(Default)]
pub(crate) struct Resources<'t> {
    fonts: HashMap<String, usize>,
    images: HashMap<String, usize>,
    composites: HashMap<String, Element<'t, 't>>,
    outer: Option<&'t Resources<'t>>,
}

impl<'t> Resources<'t> {
    pub(crate) fn font(&self, id: &str) -> Option<usize> {
        self.fonts.get(id).copied().or_else(|| self.outer?.font(id))
    }

    pub(crate) fn image(&self, id: &str) -> Option<usize> {
        self.images.get(id).copied().or_else(|| self.outer?.image(id))
    }

    pub(crate) fn composite(&self, id: &str) -> Option<Element<'t, 't>> {
        self.composites.get(id).copied().or_else(|| self.outer?.composite(id))
    }
}

/// The texts of the resource files that `parent` names, with their entries.
pub(crate) fn load<'p>(
    reader: &mut Reader<'p>,
    parent: &Element<'_, '_>,
    names: &[&str],
    place: &str,
) -> Vec<(String, Cow<'p, str>)> {
    let mut texts = Vec::new();
    for name in names {
        for link in parent.all(name) {
            let path = link.text().trim();
            if path.is_empty() {
                continue;
            }
            if let Some(entry) = reader.follow_as(ProblemKind::MissingResources, folder(place), path, place) {
                // Two links to one file are one file.
                if texts.iter().all(|(known, _): &(String, _)| *known != entry)
                    && let Some(text) = reader.text(&entry)
                {
                    texts.push((entry, text));
                }
            }
        }
    }
    texts
}

/// Parses resource files.
pub(crate) fn parse<'a>(reader: &mut Reader<'_>, texts: &'a [(String, Cow<'_, str>)]) -> Vec<(&'a str, Tree<'a>)> {
    texts.iter().filter_map(|(name, text)| Some((name.as_str(), reader.tree(text, name, "Res")?))).collect()
}

/// Takes stock of parsed resource files.
pub(crate) fn collect<'t>(
    reader: &mut Reader<'_>,
    trees: &'t [(&'t str, Tree<'t>)],
    outer: Option<&'t Resources<'t>>,
    facts: &mut Facts,
) -> Resources<'t> {
    let mut resources = Resources { outer, ..Resources::default() };
    for (place, tree) in trees {
        let root = tree.root();
        if root.attr("BaseLoc").is_none() {
            reader.note(ProblemKind::MissingAttribute, *place, "BaseLoc of Res");
        }
        let said = root.attr("BaseLoc").unwrap_or_default();
        let base = resolve(folder(place), &said);
        if said.contains('\\') {
            reader.note(ProblemKind::PathSpelling, *place, &*said);
        } else if base.is_none() {
            reader.note(ProblemKind::PathOutside, *place, &*said);
        }
        let base = base.unwrap_or_default();
        for item in root.children().flat_map(|group| group.children()) {
            let id = item.attr("ID").unwrap_or_default().into_owned();
            if matches!(item.name(), "Font" | "MultiMedia") && !reader.spend_listed(place) {
                return resources;
            }
            let repeated = match item.name() {
                "Font" => {
                    let (path, file) = data_file(reader, &item, "FontFile", &base, place);
                    facts.fonts.push(FontFacts {
                        id: id.clone(),
                        name: item.attr("FontName").unwrap_or_default().into(),
                        family: item.attr("FamilyName").map(Cow::into_owned),
                        path,
                        file,
                    });
                    resources.fonts.insert(id.clone(), facts.fonts.len() - 1).is_some()
                }
                "MultiMedia" => {
                    let (path, file) = data_file(reader, &item, "MediaFile", &base, place);
                    let format = item.attr("Format").map(Cow::into_owned);
                    facts.images.push(ImageFacts { id: id.clone(), format, path, file });
                    resources.images.insert(id.clone(), facts.images.len() - 1).is_some()
                }
                "CompositeGraphicUnit" => resources.composites.insert(id.clone(), item).is_some(),
                "ColorSpace" => {
                    if let Some(profile) = item.attr("Profile") {
                        reader.follow(&base, &profile, place);
                    }
                    false
                }
                _ => false,
            };
            if repeated {
                reader.note(ProblemKind::DuplicateId, *place, format!("{} {id}", item.name()));
            }
        }
    }
    resources
}

/// A file named by an item of a resource file, under its `BaseLoc`.
fn data_file(
    reader: &mut Reader<'_>,
    item: &Element<'_, '_>,
    name: &str,
    base: &str,
    place: &str,
) -> (Option<String>, Option<crate::Part>) {
    let Some(path) = item.child_text(name) else { return (None, None) };
    let entry = reader.follow(base, path, place);
    let file = entry.as_deref().and_then(|entry| reader.part(entry));
    (entry, file)
}
