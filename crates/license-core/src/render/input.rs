//! What a file carries besides its pages, in the words both formats share.

use std::sync::Arc;

/// What a document says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Title ("营业执照").
    pub title: String,
    /// Who issued it.
    pub author: String,
    /// One sentence about it.
    pub subject: String,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// The program that made it, with its version.
    pub creator: String,
    /// Named values for machines: core metadata of GB/T 36903 and the items of the type. Names consist of ASCII
    /// letters, digits, `_`, `-` and `.`, and begin with a letter or `_`, so that both formats can hold them.
    pub custom: Vec<(String, String)>,
}

/// A file carried along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// File name; ASCII.
    pub name: String,
    /// Media type (`application/json`).
    pub mime: String,
    /// What it is, for people.
    pub description: String,
    /// The file.
    pub bytes: Arc<[u8]>,
    /// How it stands to the document.
    pub relationship: Relationship,
}

/// How an attachment stands to its document (ISO 19005-3, `/AFRelationship`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relationship {
    /// The document was made from it.
    Source,
    /// The data the document shows.
    Data,
    /// The same in another form.
    Alternative,
    /// Something more.
    Supplement,
    /// None of these.
    #[default]
    Unspecified,
}

/// Whether a custom name fits both formats.
pub(super) fn is_custom_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// Whether text has only characters that XML 1.0 can hold.
pub(super) fn is_xml_text(text: &str) -> bool {
    !text
        .chars()
        .any(|char| matches!(char, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}'))
}
