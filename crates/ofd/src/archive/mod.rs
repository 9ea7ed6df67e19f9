//! The archive profile OFD-A (GB/T 42133-2022): what a document must leave out to be read in fifty years.
//!
//! The rules that a program can decide, one by one; recommendations and the keeping of summaries are for people. The
//! table clause by clause is `docs/conformance/gbt-42133.md`.

mod fonts;
mod rules;

use std::fmt;

use crate::budget::Budget;
use crate::package::Package;
use crate::problem::ProblemKind;
use crate::read::{Facts, inspect};
use crate::xml::{Allowance, Tree, decode};

/// What `OFD/@DocType` says of an archive file.
pub(crate) const DOC_TYPE: &str = "OFD-A";

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident => $clause:literal,)*) => {
        /// A rule of GB/T 42133-2022.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ArchiveRule {
            $($(#[doc = $doc])+ $name,)*
        }

        impl ArchiveRule {
            /// The clause it stands in.
            pub fn clause(self) -> &'static str {
                match self {
                    $(ArchiveRule::$name => $clause,)*
                }
            }

            const fn name(self) -> &'static str {
                match self {
                    $(ArchiveRule::$name => stringify!($name),)*
                }
            }

            /// All of them.
            pub const ALL: &'static [ArchiveRule] = &[$(ArchiveRule::$name,)*];
        }
    };
}

rules! {
    /// Everything that is needed is in the package.
    SelfContained => "6.1",
    /// Nothing else is in it.
    NothingElse => "6.2.1 e",
    /// `DocType` is `OFD-A`.
    DocType => "6.2.1 a",
    /// One document a package.
    SingleDocument => "6.2.1 c",
    /// No `Permissions`.
    Permissions => "6.2.2 a",
    /// No `VPreferences`.
    Preferences => "6.2.2 b",
    /// Actions of documents, pages and outlines only lead to other places of the document (`Goto`).
    Actions => "6.2.2 c, 6.2.3 c, 6.2.5 a, 6.9",
    /// Graphic objects have no actions.
    ObjectActions => "6.3.3 b",
    /// No `Extensions`.
    Extensions => "6.2.2 e, 6.12",
    /// Page blocks are nested three deep at most.
    BlockDepth => "6.2.3 e",
    /// Fonts and colour spaces in `PublicRes`, everything else in `DocumentRes`.
    ResourcePlace => "6.2.6 a",
    /// Fonts are embedded.
    FontEmbedded => "6.2.6 b",
    /// Embedded fonts keep the tables that readers need.
    FontTables => "6.2.6 c",
    /// Pictures are BMP, JPEG, PNG, JBIG2, JPEG 2000 or TIFF.
    ImageFormat => "6.2.6 e",
    /// No sound and no film.
    AudioVideo => "6.2.6 g, 6.7, 6.15.2 b",
    /// Colour spaces are grey, RGB or CMYK.
    ColorSpace => "6.3.1 b",
    /// Pictures are not interpolated.
    Interpolate => "6.5 b",
    /// Text has its size in `Size`.
    TextSize => "6.6 c",
    /// Annotations are read-only, neither zoomed nor rotated, and their appearance has no page blocks.
    Annotation => "6.10.1 a",
    /// Nothing is encrypted.
    Encryption => "6.16",
    /// What cannot be read cannot be archived.
    Readable => "6.1",
}

impl fmt::Display for ArchiveRule {
    /// The name as words: `font embedded`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::problem::words(self.name()))
    }
}

/// Where a document leaves the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveFault {
    /// Which rule.
    pub rule: ArchiveRule,
    /// The file.
    pub place: String,
    /// What in it.
    pub detail: String,
}

impl fmt::Display for ArchiveFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GB/T 42133 {}: {} at {}", self.rule.clause(), self.rule, self.place)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

/// Where a package leaves the archive profile; nothing when it keeps it.
pub fn check_archive(package: &Package, budget: &Budget) -> Vec<ArchiveFault> {
    let facts = inspect(package, budget);
    let mut faults = Faults(Vec::new());
    of_facts(&facts, &mut faults);
    if package.part(ENCRYPTIONS).is_some() {
        faults.add(ArchiveRule::Encryption, ENCRYPTIONS, "");
    }
    let mut allowance = Allowance { nodes: budget.xml_nodes, depth: budget.xml_depth };
    for name in &facts.reached {
        let Some(part) = package.part(name) else { continue };
        // Fonts, pictures and attachments are no XML; what should be and is not stands among the problems.
        if !part.bytes().iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| matches!(byte, b'<' | 0xef))
        {
            continue;
        }
        let Ok(text) = decode(part.open(), &mut Vec::new()) else { continue };
        let Ok(tree) = Tree::parse(&text, &mut allowance) else { continue };
        rules::of_file(name, &tree.root(), &mut faults);
    }
    for font in &facts.fonts {
        fonts::check(font, &mut faults);
    }
    faults.0
}

/// What was found so far.
pub(super) struct Faults(Vec<ArchiveFault>);

impl Faults {
    fn add(&mut self, rule: ArchiveRule, place: &str, detail: impl Into<String>) {
        self.0.push(ArchiveFault { rule, place: place.to_owned(), detail: detail.into() });
    }
}

fn of_facts(facts: &Facts, faults: &mut Faults) {
    let doc_type = facts.info.doc_type.as_deref().unwrap_or_default();
    if doc_type != DOC_TYPE {
        faults.add(ArchiveRule::DocType, crate::write::ENTRY_FILE, format!("DocType is \"{doc_type}\""));
    }
    for name in &facts.unreachable {
        faults.add(ArchiveRule::NothingElse, name, "no part of the document leads to it");
    }
    for problem in &facts.problems {
        let rule = match problem.kind {
            ProblemKind::MissingFile | ProblemKind::PathOutside => ArchiveRule::SelfContained,
            ProblemKind::SeveralDocuments => ArchiveRule::SingleDocument,
            kind if kind.class() == crate::ProblemClass::Tolerated => continue,
            _ => ArchiveRule::Readable,
        };
        faults.add(rule, &problem.place, format!("{} {}", problem.kind, problem.detail));
    }
    for image in &facts.images {
        let Some(file) = &image.file else { continue };
        if !is_archive_image(file.bytes()) {
            let place = image.path.as_deref().unwrap_or(&image.id);
            faults.add(ArchiveRule::ImageFormat, place, image.format.clone().unwrap_or_default());
        }
    }
    for attachment in &facts.attachments {
        let name =
            attachment.format.as_deref().unwrap_or_else(|| attachment.name.rsplit('.').next().unwrap_or_default());
        if AUDIO_VIDEO.iter().any(|ending| name.eq_ignore_ascii_case(ending)) {
            faults.add(ArchiveRule::AudioVideo, attachment.path.as_deref().unwrap_or(&attachment.name), name);
        }
    }
}

/// By their first bytes, whatever they are called.
fn is_archive_image(bytes: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 8] = [
        b"BM",
        &[0xff, 0xd8, 0xff],
        b"\x89PNG\r\n\x1a\n",
        b"\x97JB2\r\n\x1a\n",
        b"\0\0\0\x0cjP  ",
        &[0xff, 0x4f, 0xff, 0x51],
        b"II*\0",
        b"MM\0*",
    ];
    BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning))
}

/// The list of encrypted files (GM/T 0099-2020).
const ENCRYPTIONS: &str = "Encryptions.xml";
/// Endings of sound and film.
const AUDIO_VIDEO: [&str; 14] =
    ["mp3", "wav", "wma", "aac", "flac", "ogg", "mp4", "avi", "mov", "wmv", "mkv", "mpg", "mpeg", "flv"];
