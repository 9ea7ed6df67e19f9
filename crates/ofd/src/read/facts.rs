//! What a package says: plain data, no verdict.

use std::sync::Arc;

use crate::part::Part;
use crate::problem::{Problem, ProblemClass, ProblemKind};
use crate::units::{Rect, Size, Um};
use crate::zip::read::EntryFacts;

use super::marks::Mark;
use super::signature::SignatureFacts;
use super::words::Word;

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
    /// Template pages by their ids that no page shows, or that a page puts elsewhere in the order of painting than the
    /// document does: readers differ on whose word counts. The first few of them.
    pub odd_templates: Vec<String>,
    /// Fonts of all resource files.
    pub fonts: Vec<FontFacts>,
    /// Pictures, sounds and films of all resource files.
    pub images: Vec<ImageFacts>,
    /// Files carried along.
    pub attachments: Vec<AttachmentFacts>,
    /// Annotations; what they show is among the runs and pictures of their page, too.
    pub annotations: Vec<AnnotationFacts>,
    /// Files that tie meaning to objects (`CustomTags`).
    pub custom_tags: Vec<CustomTagFacts>,
    /// What happens by itself or at a click, wherever it is declared.
    pub actions: Vec<ActionFacts>,
    /// `Permissions` as declared, names and values; a declaration protects nothing.
    pub permissions: Option<Vec<(String, String)>>,
    /// Entries of the outline.
    pub outlines: usize,
    /// Bookmarks.
    pub bookmarks: usize,
    /// `Extension` records: data of programs that nobody else understands.
    pub extensions: usize,
    /// States of the document (`Versions`), each with its entry.
    pub versions: Vec<VersionFacts>,
    /// The documents after the first, when there are several `DocBody`.
    pub others: Vec<OtherDocument>,
    /// Signatures in the order of the list.
    pub signatures: Vec<SignatureFacts>,
    /// Entries that the document itself is made of, `OFD.xml` first; files of signatures not counted.
    pub reached: Vec<String>,
    /// Entries that nothing leads to: carried along unseen.
    pub unreachable: Vec<String>,
    /// `OFDEntries.xml` (GM/T 0099), the list of a whole-package signature, when there is one.
    pub integrity: Option<IntegrityFacts>,
    /// Elements and attributes that occur; only [`inspect_painted`](crate::inspect_painted) lists them.
    pub words: Vec<Word>,
    /// Files that are not spelled as this crate writes, and in what; only
    /// [`inspect_painted`](crate::inspect_painted) looks for that.
    pub oddly_spelled: Vec<(String, &'static str)>,
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
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// Everything that is painted, bottom to top; only [`inspect_painted`](crate::inspect_painted) fills it.
    pub marks: Vec<Mark>,
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
    pub font_name: Arc<str>,
    /// Font size.
    pub size: Um,
    /// Glyph ids that replace the character map of the font (`CGTransform`).
    pub glyphs: Vec<u32>,
    /// Origin of every character on the page; only [`inspect_placed`](crate::inspect_placed) and
    /// [`inspect_painted`](crate::inspect_painted) fill it.
    pub origins: Vec<(Um, Um)>,
    /// Page, template or annotation.
    pub source: Source,
    /// Not switched off, not fully transparent.
    pub visible: bool,
}

/// A picture on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// `@ID` of the object.
    pub id: String,
    /// The picture, as an index into [`Facts::images`].
    pub image: Option<usize>,
    /// `@Boundary`, moved to the page: what is outside is not painted.
    pub boundary: Rect,
    /// The box on the page that the picture fills when it is painted (`CTM`), before it is cut to the boundary.
    pub placement: Rect,
    /// Not switched off, not fully transparent.
    pub visible: bool,
    /// Page, template or annotation.
    pub source: Source,
}

/// A font.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FontFacts {
    /// `@ID`.
    pub id: String,
    /// `@FontName`.
    pub name: Arc<str>,
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
    /// `@ID`.
    pub id: String,
    /// Its page, as an index into [`Facts::pages`].
    pub page: Option<usize>,
    /// `@PageID` as written.
    pub page_ref: String,
    /// The entry it stands in.
    pub path: String,
    /// `@Type`: Link, Path, Highlight, Stamp, Watermark.
    pub kind: String,
    /// `@Subtype`.
    pub subtype: Option<String>,
    /// `@Creator`.
    pub creator: Option<String>,
    /// `@LastModDate` as written.
    pub last_modified: Option<String>,
    /// `@Visible`: shown on the page.
    pub visible: bool,
    /// `Parameter`s, names and values.
    pub parameters: Vec<(String, String)>,
    /// Where it shows.
    pub boundary: Option<Rect>,
    /// Text of its appearance, in page coordinates.
    pub text: Vec<TextRun>,
    /// Pictures of its appearance, in page coordinates.
    pub pictures: Vec<Picture>,
    /// How many paths its appearance draws.
    pub paths: usize,
}

/// A custom tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomTagFacts {
    /// `@TypeID` as files have it, or `@NameSpace` as the schema has it.
    pub kind: String,
    /// The entry of its schema.
    pub schema_path: Option<String>,
    /// Its entry.
    pub path: Option<String>,
    /// Its bytes.
    pub file: Option<Part>,
}

/// An action (`CT_Action`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionFacts {
    /// The entry that declares it.
    pub place: String,
    /// `@Event`: DO (document opened), PO (page opened), CLICK.
    pub event: String,
    /// Goto, URI, GotoA, Sound, Movie, or whatever stands there.
    pub kind: String,
    /// Address, attachment or resource it names; empty for a place in the document.
    pub target: String,
}

/// A state of the document (`Version`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionFacts {
    /// `@ID`.
    pub id: String,
    /// `@Current`.
    pub current: bool,
    /// The entry that describes it.
    pub path: Option<String>,
    /// The document root it names.
    pub doc_root: Option<String>,
}

/// A document behind the first one: what readers that show only one never show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherDocument {
    /// What it says of itself.
    pub info: DocInfoFacts,
    /// The entry of its root.
    pub doc_root: Option<String>,
    /// How many pages it has.
    pub pages: usize,
}

/// `OFDEntries.xml` (GM/T 0099-2020 annex D).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntegrityFacts {
    /// Its entry.
    pub path: String,
    /// The list, byte for byte: what is signed.
    pub xml: Option<Part>,
    /// `@CreatorName`.
    pub creator: Option<String>,
    /// `@Version` of that program.
    pub version: Option<String>,
    /// `@CreationDate` as written.
    pub creation_date: Option<String>,
    /// The listed files.
    pub files: Vec<ListedFile>,
    /// The entry of the signature value.
    pub value_path: Option<String>,
    /// The signature value.
    pub value: Option<Part>,
    /// Entries of the package that are not listed: smuggled in, list and value not counted.
    pub unlisted: Vec<String>,
}

/// `File` of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedFile {
    /// `@ID`.
    pub id: String,
    /// `@FileLoc` as written.
    pub file_loc: String,
    /// The entry of exactly this path; nothing when there is none.
    pub entry: Option<String>,
}
