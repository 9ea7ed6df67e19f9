//! What a package says: plain data, no verdict.

use crate::part::Part;
use crate::problem::{Problem, ProblemClass, ProblemKind};
use crate::units::{Rect, Size, Um};
use crate::zip::read::EntryFacts;

use super::signature::SignatureFacts;

/// Everything [`inspect`](crate::inspect) found out.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The zip.
    pub container: ContainerFacts,
    /// What the document says of itself.
    pub info: DocInfoFacts,
    /// The entry that holds the document root.
    pub doc_root: Option<String>,
    /// Pages in order.
    pub pages: Vec<PageFacts>,
    /// Fonts of all resource files.
    pub fonts: Vec<FontFacts>,
    /// Pictures, sounds and films of all resource files.
    pub images: Vec<ImageFacts>,
    /// Files carried along.
    pub attachments: Vec<AttachmentFacts>,
    /// Annotations; the text they show is among the runs of their page.
    pub annotations: Vec<AnnotationFacts>,
    /// Signatures in the order of the list.
    pub signatures: Vec<SignatureFacts>,
    /// Entries that the document itself is made of, `OFD.xml` first; files of signatures not counted.
    pub reached: Vec<String>,
    /// Entries that nothing leads to: carried along unseen.
    pub unreachable: Vec<String>,
    /// `OFDEntries.xml` (GM/T 0099), the list of a whole-package signature, when there is one.
    pub entries_list: Option<String>,
    /// Everything out of the ordinary.
    pub problems: Vec<Problem>,
}

impl Facts {
    /// The problems of a class.
    pub fn problems_of(&self, class: ProblemClass) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(move |problem| problem.kind.class() == class)
    }

    /// Whether there is a problem of this kind.
    pub fn has(&self, kind: ProblemKind) -> bool {
        self.problems.iter().any(|problem| problem.kind == kind)
    }

    /// The value of a `CustomData`; the first, should the name repeat (which is noted as a problem).
    pub fn custom_data(&self, name: &str) -> Option<&str> {
        self.info.custom_datas.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The zip that the package came from; empty for a package made here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerFacts {
    /// Bytes of the whole file.
    pub length: u64,
    /// Entries in the order of the directory, duplicates included.
    pub entries: Vec<EntryFacts>,
    /// Bytes before the first entry.
    pub bytes_before: u64,
    /// Bytes after the end record and its comment.
    pub bytes_after: u64,
}

/// `OFD.xml`: version, type and `DocInfo`, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "named after the elements of CT_DocInfo")]
pub struct DocInfoFacts {
    pub version: Option<String>,
    pub doc_type: Option<String>,
    pub doc_id: Option<String>,
    pub title: Option<String>,
    pub author: Option<String>,
    pub subject: Option<String>,
    pub abstract_text: Option<String>,
    pub creation_date: Option<String>,
    pub mod_date: Option<String>,
    pub doc_usage: Option<String>,
    pub keywords: Vec<String>,
    pub creator: Option<String>,
    pub creator_version: Option<String>,
    pub custom_datas: Vec<(String, String)>,
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageFacts {
    /// `Page/@ID`.
    pub id: String,
    /// Its entry.
    pub path: Option<String>,
    /// `PhysicalBox`.
    pub area: Rect,
    /// Text in paint order: what is painted later may hide what is painted earlier.
    pub text: Vec<TextRun>,
    /// Pictures in paint order.
    pub pictures: Vec<Picture>,
    /// How many paths are drawn.
    pub paths: usize,
}

impl PageFacts {
    /// Size of the sheet.
    pub fn size(&self) -> Size {
        Size::new(self.area.width, self.area.height)
    }

    /// The visible text, a run a line.
    pub fn plain_text(&self) -> String {
        let mut out = String::new();
        for run in self.text.iter().filter(|run| run.visible) {
            out.push_str(&run.text);
            out.push('\n');
        }
        out
    }
}

/// Where something on a page comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Source {
    /// The page itself.
    #[default]
    Page,
    /// A template page.
    Template,
    /// An annotation, painted over the page.
    Annotation,
}

/// One `TextCode`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextRun {
    /// The characters.
    pub text: String,
    /// Origin of the first glyph on the page, from the left.
    pub x: Um,
    /// Its base line, from the top.
    pub y: Um,
    /// The font, as an index into [`Facts::fonts`].
    pub font: Option<usize>,
    /// Its name; empty when the reference leads nowhere.
    pub font_name: String,
    /// Font size.
    pub size: Um,
    /// Glyph ids that replace the character map of the font (`CGTransform`).
    pub glyphs: Vec<u32>,
    /// Origin of every character on the page; only [`inspect_placed`](crate::inspect_placed) fills it.
    pub origins: Vec<(Um, Um)>,
    /// Page, template or annotation.
    pub source: Source,
    /// Not switched off, not fully transparent.
    pub visible: bool,
}

/// A picture on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The picture, as an index into [`Facts::images`].
    pub image: Option<usize>,
    /// Where it lies.
    pub boundary: Rect,
    /// Page, template or annotation.
    pub source: Source,
}

/// A font.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FontFacts {
    /// `@ID`.
    pub id: String,
    /// `@FontName`.
    pub name: String,
    /// `@FamilyName`.
    pub family: Option<String>,
    /// Its file, when one is named and there.
    pub path: Option<String>,
    /// The bytes of the file.
    pub file: Option<Part>,
}

impl FontFacts {
    /// Whether the font travels with the document.
    pub fn embedded(&self) -> bool {
        self.file.is_some()
    }
}

/// A picture, sound or film.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageFacts {
    /// `@ID`.
    pub id: String,
    /// `@Format`.
    pub format: Option<String>,
    /// Its entry.
    pub path: Option<String>,
    /// Its bytes.
    pub file: Option<Part>,
}

/// A file carried along.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttachmentFacts {
    /// `@ID`.
    pub id: String,
    /// `@Name`.
    pub name: String,
    /// `@Format`.
    pub format: Option<String>,
    /// `@Visible`.
    pub visible: bool,
    /// Its entry.
    pub path: Option<String>,
    /// Its bytes.
    pub file: Option<Part>,
}

/// An annotation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnnotationFacts {
    /// Its page, as an index into [`Facts::pages`].
    pub page: Option<usize>,
    /// `@Type`.
    pub kind: String,
    /// Where it shows.
    pub boundary: Option<Rect>,
}
