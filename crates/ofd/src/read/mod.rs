//! Reading: follow every link from `OFD.xml`, note everything odd, decide nothing.

mod document;
mod facts;
mod integrity;
mod marks;
mod numbers;
mod origins;
mod outcome;
mod page;
mod resources;
mod signature;
mod words;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use facts::{
    ActionFacts, AnnotationFacts, AttachmentFacts, ContainerFacts, CustomTagFacts, DocInfoFacts, Facts, FontFacts,
    ImageFacts, IntegrityFacts, ListedFile, OtherDocument, PageFacts, Picture, Source, TextRun, VersionFacts,
};
pub use marks::{Mark, MarkKind, Paint, PathMark, TextMark};
pub use outcome::{DigestByMethod, ReferenceOutcome, ReferenceStatus};
pub use signature::{ProviderFacts, ReferenceFacts, Resolution, SignatureFacts, StampFacts};
pub use words::Word;

use crate::budget::Budget;
use crate::error::Error;
use crate::loc::{Found, Locator};
use crate::package::Package;
use crate::part::Part;
use crate::problem::{Problem, ProblemKind, Problems};
use crate::write::ENTRY_FILE;
use crate::xml::{Allowance, Element, Tree, decode};

use words::{Words, odd_spelling};

/// Reads a package and says what is in it. Only a container that cannot be opened is an error.
pub fn inspect_bytes(bytes: &[u8], budget: &Budget) -> Result<Facts, Error> {
    let package = crate::zip::read::read(bytes, budget)?;
    let listed =
        package.container().is_some_and(|container| container.entries.iter().any(|entry| entry.name == ENTRY_FILE));
    if !listed && !package.parts().any(|(name, _)| name.eq_ignore_ascii_case(ENTRY_FILE)) {
        return Err(without_entry_file(&package));
    }
    Ok(inspect(&package, budget))
}

/// Why a package without `OFD.xml` is not read.
pub fn without_entry_file(package: &Package) -> Error {
    if package.part("Encryptions.xml").is_some() { Error::Encrypted } else { Error::NoEntryFile }
}

/// Says what is in a package. Never fails: whatever is odd stands in [`Facts::problems`].
pub fn inspect(package: &Package, budget: &Budget) -> Facts {
    inspect_as(package, budget, false, false)
}

/// As [`inspect`], and every [`TextRun`] knows where each of its characters stands: for whoever looks for a place.
pub fn inspect_placed(package: &Package, budget: &Budget) -> Facts {
    inspect_as(package, budget, true, false)
}

/// As [`inspect_placed`], and every page knows what is painted on it in which order ([`PageFacts::marks`]), and in which
/// elements all of it is written ([`Facts::words`]): for whoever asks whether words can be seen.
pub fn inspect_painted(package: &Package, budget: &Budget) -> Facts {
    inspect_as(package, budget, true, true)
}

fn inspect_as(package: &Package, budget: &Budget, placed: bool, painted: bool) -> Facts {
    let container = package.container();
    let mut reader = Reader {
        package,
        budget,
        locator: Locator::new(package.parts().map(|(name, _)| name)),
        allowance: Allowance { nodes: budget.xml_nodes, depth: budget.xml_depth },
        objects: budget.objects,
        text_bytes: budget.text_bytes,
        path_bytes: budget.path_bytes,
        glyphs: budget.glyphs,
        references: budget.references,
        xml_bytes: budget.xml_bytes,
        listed: budget.listed,
        problems: container.map_or_else(|| Problems::new(budget.problems), |container| container.problems.clone()),
        reached: BTreeSet::new(),
        placed,
        painted,
        words: Words::default(),
        oddly_spelled: Vec::new(),
    };
    let mut facts = Facts::default();
    if let Some(container) = container {
        facts.container = ContainerFacts {
            length: container.length,
            entries: container.entries.clone(),
            bytes_before: container.bytes_before,
            bytes_after: container.bytes_after,
        };
    }
    let lists = document::read_entry(&mut reader, &mut facts);
    let signature_files = signature::read_lists(&mut reader, &lists, &mut facts);
    let integrity_files = integrity::read_integrity(&mut reader, &mut facts);

    let known =
        |name: &str| reader.reached.contains(name) || signature_files.contains(name) || integrity_files.contains(name);
    facts.unreachable = package.parts().map(|(name, _)| name).filter(|name| !known(name)).map(str::to_owned).collect();
    facts.reached = reader.reached.iter().cloned().collect();
    facts.reached.sort_by_key(|name| name != ENTRY_FILE);
    facts.words = reader.words.into_list();
    facts.oddly_spelled = reader.oddly_spelled;
    facts.problems = reader.problems.list;
    facts
}

/// What all readers of single files share.
pub(crate) struct Reader<'p> {
    package: &'p Package,
    budget: &'p Budget,
    locator: Locator<'p>,
    allowance: Allowance,
    /// Objects that may still be looked at.
    objects: usize,
    /// Bytes of text, glyph ids and references that may still be kept.
    text_bytes: usize,
    path_bytes: usize,
    glyphs: usize,
    references: usize,
    /// Bytes of XML that may still be read, and items that may still be listed.
    xml_bytes: usize,
    listed: usize,
    problems: Problems,
    /// Entries that the document is made of.
    reached: BTreeSet<String>,
    /// Whether the place of every character is wanted.
    placed: bool,
    /// Whether everything that is painted is wanted, and in which words it is said.
    painted: bool,
    words: Words,
    oddly_spelled: Vec<(String, &'static str)>,
}

impl<'p> Reader<'p> {
    fn note(&mut self, kind: ProblemKind, place: impl Into<String>, detail: impl Into<String>) {
        self.problems.add(kind, place, detail);
    }

    fn note_signature(&mut self, signature: usize, kind: ProblemKind, place: &str, detail: impl Into<String>) {
        let mut problem = Problem { kind, place: place.to_owned(), detail: detail.into(), signature: Some(signature) };
        if let Some((end, _)) = problem.detail.char_indices().nth(160) {
            problem.detail.truncate(end);
        }
        self.problems.push(problem);
    }

    /// Follows a path written in `place`, from `base`. What it leads to counts as part of the document.
    fn follow(&mut self, base: &str, path: &str, place: &str) -> Option<String> {
        self.follow_as(ProblemKind::MissingFile, base, path, place)
    }

    /// The same, with a kind of problem for a path that leads nowhere.
    fn follow_as(&mut self, missing: ProblemKind, base: &str, path: &str, place: &str) -> Option<String> {
        let name = self.locate_as(missing, base, path, place)?;
        self.reached.insert(name.clone());
        Some(name)
    }

    /// Follows a path without counting what it leads to.
    fn locate(&mut self, base: &str, path: &str, place: &str) -> Option<String> {
        self.locate_as(ProblemKind::MissingFile, base, path, place)
    }

    /// Files of signatures: some producers write the path from the root without its first slash, as in `FileRef`.
    fn locate_or_at_root(&mut self, base: &str, path: &str, place: &str) -> Option<String> {
        let is_elsewhere = !matches!(self.locator.find(base, path), Found::Exact(_) | Found::OtherCase(_));
        let at_root = is_elsewhere && matches!(self.locator.find("", path), Found::Exact(_));
        if at_root {
            self.note(ProblemKind::LooseReference, place, path);
        }
        self.locate(if at_root { "" } else { base }, path, place)
    }

    fn locate_as(&mut self, missing: ProblemKind, base: &str, path: &str, place: &str) -> Option<String> {
        self.check_spelling(path, place);
        match self.locator.find(base, path) {
            Found::Exact(name) => Some(name),
            Found::OtherCase(name) => {
                self.note(ProblemKind::PathCase, place, format!("{path} for {name}"));
                Some(name)
            }
            Found::Missing(_) => {
                self.note(missing, place, path);
                None
            }
            Found::Outside => {
                self.note(ProblemKind::PathOutside, place, path);
                None
            }
        }
    }

    /// A backslash is a slash for some readers only, and a slash behind the name of a file makes it a folder for some.
    fn check_spelling(&mut self, path: &str, place: &str) {
        if path.contains('\\') || path.trim_end().ends_with('/') {
            self.note(ProblemKind::PathSpelling, place, path);
        }
    }

    fn part(&self, name: &str) -> Option<Part> {
        self.package.part(name).cloned()
    }

    /// The text of an entry.
    fn text(&mut self, name: &str) -> Option<Cow<'p, str>> {
        let part = self.package.part(name)?;
        // A small package may lead to its largest file ten thousand times.
        let Some(left) = self.xml_bytes.checked_sub(part.size()) else {
            self.note(ProblemKind::OverBudget, name, "XML bytes");
            return None;
        };
        self.xml_bytes = left;
        let mut notes = Vec::new();
        let text = decode(part.open(), &mut notes);
        for (kind, detail) in notes {
            self.note(kind, name, detail);
        }
        text.map_err(|error| self.note(error.kind, name, error.detail)).ok()
    }

    /// Parses the text of an entry whose root must have this name.
    fn tree<'a>(&mut self, text: &'a str, name: &str, root: &str) -> Option<Tree<'a>> {
        let mut own =
            Allowance { nodes: self.allowance.nodes.min(self.budget.xml_file_nodes), ..self.allowance.clone() };
        let given = own.nodes;
        let parsed = Tree::parse(text, &mut own);
        self.allowance.nodes -= given - own.nodes;
        let tree = match parsed {
            Ok(tree) => tree,
            Err(error) => {
                self.note(error.kind, name, error.detail);
                return None;
            }
        };
        for kind in &tree.notes {
            self.note(*kind, name, "");
        }
        if let Some((_, places)) = PLACES.iter().find(|(known, _)| *known == root)
            && let Some(element) = tree.misplaced(places)
        {
            self.note(ProblemKind::MisplacedElement, name, element);
        }
        if self.painted {
            self.words.add(&tree, name);
            if let Some(odd) = odd_spelling(text)
                && self.oddly_spelled.len() < self.budget.problems
                && !self.oddly_spelled.iter().any(|(known, _)| known == name)
            {
                self.oddly_spelled.push((name.to_owned(), odd));
            }
        }
        if tree.root().name() != root {
            self.note(ProblemKind::WrongRoot, name, format!("{root} expected"));
            return None;
        }
        Some(tree)
    }

    /// A child that must stand alone: two readers could pick different ones.
    fn single<'t, 'a>(&mut self, parent: &Element<'t, 'a>, name: &str, place: &str) -> Option<Element<'t, 'a>> {
        let mut found = parent.all(name);
        let first = found.next();
        if found.next().is_some() {
            self.note(ProblemKind::RepeatedElement, place, name);
        }
        first
    }

    /// Takes note of children that do not stand in this order; others between them do not matter.
    fn order(&mut self, parent: &Element<'_, '_>, names: &[&str], place: &str) {
        let places = parent.children().filter_map(|child| names.iter().position(|name| *name == child.name()));
        if !places.is_sorted() {
            self.note(ProblemKind::SchemaOrder, place, parent.name());
        }
    }

    /// Text of a child that must stand alone.
    fn single_text<'t>(&mut self, parent: &Element<'t, '_>, name: &str, place: &str) -> Option<&'t str> {
        self.single(parent, name, place).map(|child| child.text().trim()).filter(|text| !text.is_empty())
    }

    /// Takes text from the budget.
    fn spend_text(&mut self, bytes: usize, place: &str) -> bool {
        match self.text_bytes.checked_sub(bytes) {
            Some(left) => {
                self.text_bytes = left;
                true
            }
            None => {
                self.note(ProblemKind::OverBudget, place, "text");
                false
            }
        }
    }

    /// Takes the description of a path from the budget.
    fn spend_path(&mut self, bytes: usize, place: &str) -> bool {
        match self.path_bytes.checked_sub(bytes) {
            Some(left) => {
                self.path_bytes = left;
                true
            }
            None => {
                self.note(ProblemKind::OverBudget, place, "paths");
                false
            }
        }
    }

    /// Takes one item of a list from the budget.
    fn spend_listed(&mut self, place: &str) -> bool {
        match self.listed.checked_sub(1) {
            Some(left) => {
                self.listed = left;
                true
            }
            None => {
                self.note(ProblemKind::OverBudget, place, "items");
                false
            }
        }
    }

    /// Takes one object from the budget.
    fn spend_object(&mut self, place: &str) -> bool {
        match self.objects.checked_sub(1) {
            Some(left) => {
                self.objects = left;
                true
            }
            None => {
                self.note(ProblemKind::OverBudget, place, "objects");
                false
            }
        }
    }
}

/// What counts in the files that everything hangs on, each with the only element it stands in.
const PLACES: [(&str, &[(&str, &str)]); 4] = [
    ("OFD", &[("DocBody", "OFD"), ("DocInfo", "DocBody"), ("DocRoot", "DocBody"), ("Signatures", "DocBody")]),
    (
        "Document",
        &[("CommonData", "Document"), ("Pages", "Document"), ("Page", "Pages"), ("TemplatePage", "CommonData")],
    ),
    ("Signatures", &[("Signature", "Signatures")]),
    (
        "Signature",
        &[
            ("SignedInfo", "Signature"),
            ("SignedValue", "Signature"),
            ("SignatureMethod", "SignedInfo"),
            ("References", "SignedInfo"),
            ("Reference", "References"),
            ("CheckValue", "Reference"),
            ("StampAnnot", "SignedInfo"),
            ("Seal", "SignedInfo"),
            ("BaseLoc", "Seal"),
        ],
    ),
];
