//! Signatures: the list, each `Signature.xml`, and what it covers.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::loc::{Found, folder};
use crate::part::Part;
use crate::problem::ProblemKind;
use crate::sign::SignatureKind;
use crate::units::Rect;
use crate::xml::Element;

use super::Reader;
use super::facts::Facts;
use super::numbers::rect;

/// One signature.
#[derive(Clone, Debug, Default)]
pub struct SignatureFacts {
    /// `@ID` in the list.
    pub id: String,
    /// Seal or plain signature; a missing `@Type` means Seal. `None` for a kind nobody knows.
    pub kind: Option<SignatureKind>,
    /// `@Relative`: the id of a signature this one builds on (GM/T 0099).
    pub relative: Option<String>,
    /// The list it stands in.
    pub list_path: String,
    /// The entry of `Signature.xml`.
    pub path: Option<String>,
    /// `Signature.xml`, byte for byte: what is signed.
    pub xml: Option<Part>,
    /// The program that made it.
    pub provider: Option<ProviderFacts>,
    /// `SignatureMethod`.
    pub method: Option<String>,
    /// `References/@CheckMethod`. The schema says that a missing one means MD5.
    pub check_method: Option<String>,
    /// `SignatureDateTime`: a claim, in any format.
    pub date_time: Option<String>,
    /// The protected files.
    pub references: Vec<ReferenceFacts>,
    /// Where the seal shows.
    pub stamps: Vec<StampFacts>,
    /// The entry of the seal file.
    pub seal_path: Option<String>,
    /// The seal file.
    pub seal: Option<Part>,
    /// The entry of the signature value.
    pub value_path: Option<String>,
    /// The signature value.
    pub value: Option<Part>,
    /// Files of the document that no reference protects.
    pub uncovered: Vec<String>,
    /// Files of signatures that no reference protects: its own seal, the list, and what earlier signatures consist of.
    pub uncovered_signature_files: Vec<String>,
    /// Whether the list is protected: no signature can follow.
    pub covers_list: bool,
}

/// `Provider`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderFacts {
    /// `@ProviderName`.
    pub name: String,
    /// `@Version`.
    pub version: Option<String>,
    /// `@Company`.
    pub company: Option<String>,
}

/// `Reference`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceFacts {
    /// `@FileRef` as written.
    pub file_ref: String,
    /// `CheckValue`, decoded; `None` when it is not base64.
    pub check_value: Option<Vec<u8>>,
    /// What it leads to.
    pub resolution: Resolution,
}

/// Where a reference leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// To this entry.
    Entry {
        /// Its name.
        name: String,
        /// Its bytes.
        part: Part,
    },
    /// To no entry, or to one that could not be read.
    Missing,
    /// Out of the package.
    Outside,
}

/// `StampAnnot`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StampFacts {
    /// `@ID`.
    pub id: String,
    /// `@PageRef`.
    pub page_ref: String,
    /// The page of that id, as an index into [`Facts::pages`].
    pub page: Option<usize>,
    /// `@Boundary`.
    pub boundary: Option<Rect>,
    /// `@Clip`; empty when it cannot be read, so that nothing of the stamp shows.
    pub clip: Option<Rect>,
}

/// Reads all lists; returns the entries that signatures consist of.
pub(crate) fn read_lists(reader: &mut Reader<'_>, lists: &[String], facts: &mut Facts) -> BTreeSet<String> {
    let mut files: BTreeSet<String> = lists.iter().cloned().collect();
    for list in lists {
        read_list(reader, list, facts);
    }
    let mut earlier: BTreeSet<String> = BTreeSet::new();
    for signature in &mut facts.signatures {
        let own = [&signature.path, &signature.value_path, &signature.seal_path].map(|path| path.clone());
        cover(reader, signature, &earlier);
        earlier.extend(own.into_iter().flatten());
    }
    files.append(&mut earlier);
    files
}

fn read_list(reader: &mut Reader<'_>, list: &str, facts: &mut Facts) {
    let Some(text) = reader.text(list) else { return };
    let Some(tree) = reader.tree(&text, list, "Signatures") else { return };
    let root = tree.root();
    let mut highest = 0;
    let mut seen = BTreeSet::new();
    for record in root.all("Signature") {
        if facts.signatures.len() >= reader.budget.signatures {
            reader.note(ProblemKind::OverBudget, list, "signatures");
            break;
        }
        let index = facts.signatures.len();
        let mut signature = SignatureFacts {
            id: record.attr("ID").unwrap_or_default().into_owned(),
            kind: match record.attr("Type").as_deref() {
                None | Some("Seal") => Some(SignatureKind::Seal),
                Some("Sign") => Some(SignatureKind::Sign),
                Some(other) => {
                    reader.note_signature(index, ProblemKind::UnknownSignatureKind, list, other);
                    None
                }
            },
            relative: record.attr("Relative").map(Cow::into_owned),
            list_path: list.to_owned(),
            ..SignatureFacts::default()
        };
        let path = record.attr("BaseLoc").unwrap_or_default();
        signature.path = reader.locate_or_at_root(folder(list), &path, list);
        if let Some(path) = signature.path.clone() {
            if !seen.insert(path.clone()) {
                reader.note_signature(index, ProblemKind::RepeatedSignature, list, &path);
            }
            signature.xml = reader.part(&path);
            read_signature(reader, index, &path, &mut signature, facts);
        }
        highest = highest.max(number(&signature.id));
        highest = signature.stamps.iter().map(|stamp| number(&stamp.id)).fold(highest, u64::max);
        facts.signatures.push(signature);
    }
    let declared: Vec<u64> = root.all("MaxSignId").map(|max| number(max.text())).collect();
    if declared.len() != 1 || declared.iter().any(|max| *max < highest) {
        reader.note(ProblemKind::MaxSignId, list, format!("declared {}, highest id {highest}", listed(&declared)));
    }
}

fn listed(numbers: &[u64]) -> String {
    match numbers {
        [] => "nowhere".to_owned(),
        numbers => numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(" and "),
    }
}

fn read_signature(reader: &mut Reader<'_>, index: usize, path: &str, out: &mut SignatureFacts, facts: &Facts) {
    let Some(text) = reader.text(path) else { return };
    let Some(tree) = reader.tree(&text, path, "Signature") else { return };
    let root = tree.root();
    let base = folder(path);
    reader.order(&root, &["SignedInfo", "SignedValue"], path);
    if root.all("SignedInfo").count() > 1 {
        reader.note_signature(index, ProblemKind::SeveralReferences, path, "SignedInfo");
    }
    match reader.single_text(&root, "SignedValue", path) {
        Some(link) => out.value_path = reader.locate_or_at_root(base, link, path),
        None => out.value_path = None,
    }
    out.value = out.value_path.as_deref().and_then(|name| reader.part(name));
    if out.value.is_none() {
        reader.note_signature(index, ProblemKind::MissingSignedValue, path, "");
    }
    let Some(info) = root.child("SignedInfo") else {
        return reader.note_signature(index, ProblemKind::MissingElement, path, "SignedInfo");
    };
    reader.order(&info, &SIGNED_INFO, path);
    out.provider = info.child("Provider").map(|provider| ProviderFacts {
        name: provider.attr("ProviderName").unwrap_or_default().into_owned(),
        version: provider.attr("Version").map(Cow::into_owned),
        company: provider.attr("Company").map(Cow::into_owned),
    });
    out.method = reader.single_text(&info, "SignatureMethod", path).map(str::to_owned);
    out.date_time = reader.single_text(&info, "SignatureDateTime", path).map(str::to_owned);
    read_references(reader, index, path, &info, out);
    for stamp in info.all("StampAnnot").take(reader.budget.references) {
        let page_ref = stamp.attr("PageRef").unwrap_or_default().into_owned();
        let found = StampFacts {
            id: stamp.attr("ID").unwrap_or_default().into_owned(),
            page: facts.pages.iter().position(|page| page.id == page_ref),
            page_ref,
            boundary: stamp.attr("Boundary").and_then(|text| rect(&text)).filter(|b| b.width.0 > 0 && b.height.0 > 0),
            clip: stamp.attr("Clip").map(|text| rect(&text).unwrap_or_default()),
        };
        if found.page.is_none() || found.boundary.is_none() {
            reader.note_signature(index, ProblemKind::StampWithoutPage, path, format!("page {}", found.page_ref));
        }
        out.stamps.push(found);
    }
    if let Some(link) = reader.single(&info, "Seal", path).and_then(|seal| seal.child_text("BaseLoc")) {
        out.seal_path = reader.locate_or_at_root(base, link, path);
        out.seal = out.seal_path.as_deref().and_then(|name| reader.part(name));
        if out.seal.is_none() {
            reader.note_signature(index, ProblemKind::MissingSeal, path, link);
        }
    }
}

fn read_references(
    reader: &mut Reader<'_>,
    index: usize,
    path: &str,
    info: &Element<'_, '_>,
    out: &mut SignatureFacts,
) {
    let lists: Vec<Element<'_, '_>> = info.all("References").take(2).collect();
    if lists.len() > 1 {
        reader.note_signature(index, ProblemKind::SeveralReferences, path, "References");
    }
    let Some(list) = lists.first() else {
        return reader.note_signature(index, ProblemKind::NoReferences, path, "");
    };
    out.check_method = list.attr("CheckMethod").map(Cow::into_owned);
    let mut seen = BTreeSet::new();
    for reference in list.all("Reference") {
        if reader.references == 0 {
            reader.note_signature(index, ProblemKind::OverBudget, path, "references");
            break;
        }
        reader.references -= 1;
        let file_ref = reference.attr("FileRef").unwrap_or_default().into_owned();
        let mut values = reference.all("CheckValue");
        // White space inside base64 is line folding. Of two values, readers would take one or the other.
        let encoded: String = match (values.next(), values.next()) {
            (Some(value), None) => value.text().split_whitespace().collect(),
            _ => String::new(),
        };
        let check_value = STANDARD.decode(encoded).ok().filter(|value| !value.is_empty());
        if check_value.is_none() {
            reader.note_signature(index, ProblemKind::BadCheckValue, path, &file_ref);
        }
        let resolution = resolve_reference(reader, index, path, &file_ref);
        match &resolution {
            Resolution::Entry { name, .. } if !seen.insert(name.clone()) => {
                reader.note_signature(index, ProblemKind::DuplicateReference, path, name);
            }
            Resolution::Entry { .. } => {}
            _ => reader.note_signature(index, ProblemKind::UnresolvedReference, path, &file_ref),
        }
        out.references.push(ReferenceFacts { file_ref, check_value, resolution });
    }
    if out.references.is_empty() {
        reader.note_signature(index, ProblemKind::NoReferences, path, "empty");
    }
}

/// From the root when absolute; otherwise from the folder of `Signature.xml`, then from the root. Never by case.
fn resolve_reference(reader: &mut Reader<'_>, index: usize, path: &str, file_ref: &str) -> Resolution {
    let bases: &[&str] = if file_ref.starts_with('/') { &[""] } else { &[folder(path), ""] };
    let mut outside = true;
    for base in bases {
        match reader.locator.find(base, file_ref) {
            Found::Exact(name) => {
                if file_ref.contains('\\') || file_ref.trim_end().ends_with('/') {
                    reader.note_signature(index, ProblemKind::PathSpelling, path, file_ref);
                } else if file_ref.strip_prefix('/') != Some(name.as_str()) {
                    reader.note_signature(index, ProblemKind::LooseReference, path, file_ref);
                }
                return match reader.part(&name) {
                    Some(part) => Resolution::Entry { name, part },
                    None => Resolution::Missing,
                };
            }
            Found::OtherCase(_) | Found::Missing(_) => outside = false,
            Found::Outside => {}
        }
    }
    if outside { Resolution::Outside } else { Resolution::Missing }
}

/// What the references of a signature leave open.
fn cover(reader: &Reader<'_>, signature: &mut SignatureFacts, earlier: &BTreeSet<String>) {
    let covered: BTreeSet<&str> = signature
        .references
        .iter()
        .filter_map(|reference| match &reference.resolution {
            Resolution::Entry { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let open = |name: &&String| !covered.contains(name.as_str());
    let uncovered = reader.reached.iter().filter(open).cloned().collect();
    let own = [Some(&signature.list_path), signature.seal_path.as_ref()];
    let others = own.into_iter().flatten().chain(earlier).filter(open).cloned().collect();
    let covers_list = covered.contains(signature.list_path.as_str());
    signature.uncovered = uncovered;
    signature.uncovered_signature_files = others;
    signature.covers_list = covers_list;
}

/// The standard recommends `s001`, practice writes `1`.
fn number(id: &str) -> u64 {
    let digits: String = id.chars().filter(char::is_ascii_digit).take(18).collect();
    digits.parse().unwrap_or(0)
}

/// Children in the order of the schema, with those of GM/T 0099.
const SIGNED_INFO: [&str; 7] =
    ["Provider", "SignatureMethod", "SignatureDateTime", "Parameters", "References", "StampAnnot", "Seal"];
