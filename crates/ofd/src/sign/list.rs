//! What a package already says about signatures: the link, the list, and what the listed ones protect.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::budget::Budget;
use crate::error::SignError;
use crate::loc::{Found, Locator, folder};
use crate::package::Package;
use crate::write::ENTRY_FILE;
use crate::xml::{Allowance, Element, Tree, decode};

/// The state of a package before a signature is added.
pub(crate) struct Existing {
    /// `Document.xml`, whatever it is called.
    pub(crate) doc_root: String,
    /// The ids of the pages in order.
    pub(crate) page_ids: Vec<String>,
    /// The list of signatures, when OFD.xml links one.
    pub(crate) list_path: Option<String>,
    /// Its records, and those ids of stamps that are known.
    pub(crate) records: Vec<Record>,
    /// What they protect, as far as it can be compared with what a new one digests.
    protected: Vec<Protected>,
    /// The highest id in use.
    pub(crate) max_id: u64,
    /// OFD.xml as it must be: with the link.
    pub(crate) entry_with_link: Option<Vec<u8>>,
}

/// A record of `Signatures.xml`, kept as it was.
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) kind: Option<String>,
    pub(crate) base_loc: String,
    pub(crate) relative: Option<String>,
}

/// A part and the digest that an existing signature gives it.
struct Protected {
    id: String,
    path: String,
    check_method: String,
    check_value: Vec<u8>,
}

/// Reads what adding a signature depends on; refuses what a signature would break.
pub(crate) fn survey(package: &Package) -> Result<Existing, SignError> {
    let budget = Budget::default();
    let mut allowance = Allowance { nodes: budget.xml_nodes, depth: budget.xml_depth };
    let locator = Locator::new(package.parts().map(|(name, _)| name));
    let find = |base: &str, path: &str| match locator.find(base, path) {
        Found::Exact(name) | Found::OtherCase(name) => Ok(name),
        Found::Missing(name) => Err(SignError::Unsound(format!("{name} is missing"))),
        Found::Outside => Err(SignError::Unsound(format!("{path} leads out of the package"))),
    };

    let entry = text_of(package, ENTRY_FILE)?;
    let tree = tree_of(&entry, ENTRY_FILE, &mut allowance)?;
    let body = tree.root().child("DocBody").ok_or_else(|| unsound(ENTRY_FILE, "no DocBody"))?;
    if tree.root().all("DocBody").count() > 1 {
        return Err(SignError::SeveralDocuments);
    }
    let doc_root = find("", body.child_text("DocRoot").ok_or_else(|| unsound(ENTRY_FILE, "no DocRoot"))?)?;

    let mut existing = Existing {
        page_ids: page_ids(package, &doc_root, &mut allowance)?,
        doc_root,
        list_path: None,
        records: Vec::new(),
        protected: Vec::new(),
        max_id: 0,
        entry_with_link: None,
    };
    match body.child_text("Signatures") {
        Some(link) => {
            let path = find("", link)?;
            read_list(package, &path, &locator, &mut existing, &mut allowance)?;
            existing.list_path = Some(path);
        }
        None => existing.entry_with_link = Some(link_added(&entry, &body, &existing.list_location())),
    }
    Ok(existing)
}

impl Existing {
    /// Refuses a package whose earlier signatures do not hold, by the digests made for the new one anyway. Another
    /// digest method than the new one's is left to the verifier.
    pub(crate) fn check_earlier(&self, method: &str, digests: &[(String, Vec<u8>)]) -> Result<(), SignError> {
        if self.protected.is_empty() {
            return Ok(());
        }
        let digests: HashMap<&str, &[u8]> = digests.iter().map(|(name, digest)| (&**name, &**digest)).collect();
        let broken = self
            .protected
            .iter()
            .filter(|protected| protected.check_method == method)
            .find(|protected| digests.get(&*protected.path).is_some_and(|digest| *digest != protected.check_value));
        match broken {
            Some(Protected { id, path, .. }) => Err(SignError::EarlierBroken { id: id.clone(), path: path.clone() }),
            None => Ok(()),
        }
    }

    /// Where the list is, or will be.
    pub(crate) fn list_location(&self) -> String {
        self.list_path.clone().unwrap_or_else(|| {
            let folder = folder(&self.doc_root);
            if folder.is_empty() { "Signs/Signatures.xml".to_owned() } else { format!("{folder}/Signs/Signatures.xml") }
        })
    }
}

/// `Signatures` is the last child of `DocBody` in the schema, so the link goes right before the end tag.
fn link_added(entry: &str, body: &Element<'_, '_>, list: &str) -> Vec<u8> {
    let prefix = body.prefix();
    let (before, after) = entry.split_at(body.span().end);
    format!("{before}<{prefix}Signatures>/{list}</{prefix}Signatures>{after}").into_bytes()
}

fn page_ids(package: &Package, doc_root: &str, allowance: &mut Allowance) -> Result<Vec<String>, SignError> {
    let text = text_of(package, doc_root)?;
    let tree = tree_of(&text, doc_root, allowance)?;
    let pages = tree.root().child("Pages").ok_or_else(|| unsound(doc_root, "no Pages"))?;
    Ok(pages.all("Page").map(|page| page.attr("ID").unwrap_or_default().into_owned()).collect())
}

fn read_list(
    package: &Package,
    path: &str,
    locator: &Locator<'_>,
    existing: &mut Existing,
    allowance: &mut Allowance,
) -> Result<(), SignError> {
    let text = text_of(package, path)?;
    let tree = tree_of(&text, path, allowance)?;
    let root = tree.root();
    for max in root.all("MaxSignId") {
        existing.max_id = existing.max_id.max(number(max.text()));
    }
    for record in root.all("Signature") {
        let id = record.attr("ID").unwrap_or_default().into_owned();
        let base_loc = record.attr("BaseLoc").unwrap_or_default().into_owned();
        existing.max_id = existing.max_id.max(number(&id));
        let (Found::Exact(signature) | Found::OtherCase(signature)) = locator.find(folder(path), &base_loc) else {
            return Err(SignError::Unsound(format!("signature {id} leads to no file")));
        };
        let text = text_of(package, &signature)?;
        let tree = tree_of(&text, &signature, allowance)?;
        let mut check_method = String::new();
        for element in tree.root().descendants() {
            match element.name() {
                "References" => check_method = element.attr("CheckMethod").unwrap_or_default().trim().to_owned(),
                "StampAnnot" => existing.max_id = existing.max_id.max(number(&element.attr("ID").unwrap_or_default())),
                "Reference" => {
                    let protected = element.attr("FileRef").unwrap_or_default();
                    if leads_to(locator, folder(&signature), &protected, path) {
                        return Err(SignError::ListProtected { id, path: path.to_owned() });
                    }
                    let encoded: String =
                        element.child_text("CheckValue").unwrap_or_default().split_whitespace().collect();
                    if let (Found::Exact(path), Ok(check_value)) =
                        (locator.find(folder(&signature), &protected), STANDARD.decode(encoded))
                    {
                        let check_method = check_method.clone();
                        existing.protected.push(Protected { id: id.clone(), path, check_method, check_value });
                    }
                }
                _ => {}
            }
        }
        existing.records.push(Record {
            id,
            kind: record.attr("Type").map(|kind| kind.into_owned()),
            base_loc,
            relative: record.attr("Relative").map(|relative| relative.into_owned()),
        });
    }
    Ok(())
}

/// Compared after tidying, from the root and from the signature's own folder.
fn leads_to(locator: &Locator<'_>, base: &str, reference: &str, target: &str) -> bool {
    [base, ""].into_iter().any(
        |base| matches!(locator.find(base, reference), Found::Exact(name) | Found::OtherCase(name) if name == target),
    )
}

/// The standard recommends `s001`, practice writes `1`.
fn number(id: &str) -> u64 {
    let digits: String = id.chars().filter(char::is_ascii_digit).take(18).collect();
    digits.parse().unwrap_or(0)
}

fn text_of(package: &Package, name: &str) -> Result<String, SignError> {
    let part = package.part(name).ok_or_else(|| unsound(name, "missing"))?;
    let mut notes = Vec::new();
    let text = decode(part.open(), &mut notes).map_err(|error| unsound(name, &error.detail))?;
    // The link is inserted into the text: what is written back must be what was read.
    if notes.iter().any(|(kind, _)| *kind != crate::ProblemKind::ByteOrderMark) {
        return Err(unsound(name, "not UTF-8"));
    }
    Ok(text.into_owned())
}

fn tree_of<'a>(text: &'a str, name: &str, allowance: &mut Allowance) -> Result<Tree<'a>, SignError> {
    Tree::parse(text, allowance).map_err(|error| unsound(name, &error.detail))
}

fn unsound(name: &str, what: &str) -> SignError {
    SignError::Unsound(format!("{name}: {what}"))
}
