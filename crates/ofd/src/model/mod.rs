//! What goes into a document: plain data, no numbers to keep in step.

mod object;

pub use object::{
    Color, Fill, ImageObject, Layer, LayerKind, LineCap, LineJoin, Matrix, Object, PathObject, Segment, Stroke,
    TextObject,
};

use crate::error::WriteError;
use crate::package::Package;
use crate::part::Part;
use crate::units::Size;

/// A document to be written: one `DocBody` of a package.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// What the document says of itself.
    pub info: DocInfo,
    /// The pages in order.
    pub pages: Vec<Page>,
    /// Backgrounds and foregrounds that pages share.
    pub templates: Vec<Template>,
    /// Fonts, embedded or named.
    pub fonts: Vec<Font>,
    /// Pictures.
    pub images: Vec<Image>,
    /// Files carried along.
    pub attachments: Vec<Attachment>,
    /// An archive file (GB/T 42133-2022): `DocType` says `OFD-A`, and what the profile forbids is refused.
    pub archive: bool,
}

/// A font of the document, as [`Document::add_font`] numbered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FontRef(pub usize);

/// An image of the document, as [`Document::add_image`] numbered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImageRef(pub usize);

/// A template of the document, as [`Document::add_template`] numbered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TemplateRef(pub usize);

impl Document {
    /// An empty document with its identifier.
    pub fn new(info: DocInfo) -> Document {
        Document { info, ..Document::default() }
    }

    /// Adds a font.
    pub fn add_font(&mut self, font: Font) -> FontRef {
        self.fonts.push(font);
        FontRef(self.fonts.len() - 1)
    }

    /// Adds a picture.
    pub fn add_image(&mut self, image: Image) -> ImageRef {
        self.images.push(image);
        ImageRef(self.images.len() - 1)
    }

    /// Adds a template page.
    pub fn add_template(&mut self, template: Template) -> TemplateRef {
        self.templates.push(template);
        TemplateRef(self.templates.len() - 1)
    }

    /// Writes the document: every number assigned, every file in its conventional place, in schema order.
    pub fn package(&self) -> Result<Package, WriteError> {
        crate::write::package(self)
    }
}

/// `CT_DocInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocInfo {
    /// 32 hexadecimal digits of a UUID.
    pub doc_id: String,
    /// Title.
    pub title: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Abstract.
    pub abstract_text: Option<String>,
    /// Day of creation.
    pub creation_date: Option<time::Date>,
    /// Day of the last change.
    pub mod_date: Option<time::Date>,
    /// Keywords.
    pub keywords: Vec<String>,
    /// The program that made the document.
    pub creator: Option<String>,
    /// Its version.
    pub creator_version: Option<String>,
    /// Named values (`CustomDatas`): where machines look for metadata.
    pub custom_datas: Vec<(String, String)>,
}

/// One page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Size of the sheet; its origin is the top-left corner.
    pub size: Size,
    /// The templates the page uses, lowest first.
    pub templates: Vec<TemplateRef>,
    /// Content, lowest first within each [`LayerKind`].
    pub layers: Vec<Layer>,
}

/// A template page.
#[derive(Clone, Debug)]
pub struct Template {
    /// Name shown by editors.
    pub name: Option<String>,
    /// Size of the sheet.
    pub size: Size,
    /// Below or above the content of a page.
    pub z_order: LayerKind,
    /// What it shows.
    pub content: TemplateContent,
}

/// Content of a template.
#[derive(Clone, Debug)]
pub enum TemplateContent {
    /// Layers, serialised for each document.
    Layers(Vec<Layer>),
    /// Serialised once, shared by every document that uses it.
    Prebuilt(Prebuilt),
}

/// A page of paths, serialised and compressed once.
///
/// Its object numbers are fixed when it is built, so a document that uses several prebuilt pages needs them built
/// with disjoint numbers; everything else in the document is numbered after them.
#[derive(Clone, Debug)]
pub struct Prebuilt {
    pub(crate) part: Part,
    pub(crate) first_id: u32,
    pub(crate) last_id: u32,
}

impl Prebuilt {
    /// Serialises and compresses a page of paths, numbering its objects from `first_id` (at least 1).
    pub fn new(size: Size, layers: &[Layer], first_id: u32) -> Result<Prebuilt, WriteError> {
        crate::write::prebuild(size, layers, first_id.max(1))
    }

    /// The number after its last object: `first_id` for the next prebuilt page.
    pub fn next_id(&self) -> u32 {
        self.last_id.saturating_add(1)
    }

    /// The serialised page.
    pub fn part(&self) -> &Part {
        &self.part
    }
}

/// A font.
#[derive(Clone, Debug)]
pub struct Font {
    /// `FontName`.
    pub name: String,
    /// `FamilyName`.
    pub family: Option<String>,
    /// Bold face.
    pub bold: bool,
    /// Italic face.
    pub italic: bool,
    /// The TrueType or OpenType file, usually a subset; `None` names a font the viewer must have.
    pub file: Option<Part>,
}

impl Font {
    /// An embedded regular font.
    pub fn embedded(name: impl Into<String>, family: impl Into<String>, file: impl Into<Part>) -> Font {
        Font { name: name.into(), family: Some(family.into()), bold: false, italic: false, file: Some(file.into()) }
    }
}

/// A PNG or JPEG picture.
#[derive(Clone, Debug)]
pub struct Image {
    /// The file.
    pub file: Part,
}

impl Image {
    /// A picture from its file.
    pub fn new(file: impl Into<Part>) -> Image {
        Image { file: file.into() }
    }
}

/// A file carried along.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Name, as viewers list it.
    pub name: String,
    /// Format, such as `json`; also the ending of the file name.
    pub format: String,
    /// The file.
    pub file: Part,
    /// Whether viewers list it.
    pub visible: bool,
}

impl Attachment {
    /// A file for machines, which viewers do not list.
    pub fn hidden(name: impl Into<String>, format: impl Into<String>, file: impl Into<Part>) -> Attachment {
        Attachment { name: name.into(), format: format.into(), file: file.into(), visible: false }
    }
}
