//! What a license is written in: a closed list of elements and attributes, spelled in one way.
//!
//! A foreign document may use all of GB/T 33190, and more. A license uses what its writer writes: no annotation, no
//! action, no colour space, nothing that a reader shows only sometimes, and nothing that another reader knows and this
//! one does not. What the list does not have cannot deceive.

use ofd::{Facts, Word};

use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

const NAME: &str = "ofd.vocabulary";

/// Kinds of files by their root, and in each its elements with their attributes; those behind `#` hold plain numbers, or the
/// data of a path.
///
/// A later version may write more words, never fewer: the licenses of earlier ones stay.
const WORDS: [(&str, &[&str]); 8] = [
    (
        "OFD",
        &[
            "OFD Version DocType",
            "DocBody",
            "DocInfo",
            "DocID",
            "Title",
            "Author",
            "Subject",
            "CreationDate",
            "ModDate",
            "Keywords",
            "Keyword",
            "Creator",
            "CustomDatas",
            "CustomData Name",
            "DocRoot",
            "Signatures",
        ],
    ),
    (
        "Document",
        &[
            "Document",
            "CommonData",
            "#MaxUnitID",
            "PageArea",
            "#PhysicalBox",
            "PublicRes",
            "DocumentRes",
            "TemplatePage #ID ZOrder BaseLoc",
            "Pages",
            "Page #ID BaseLoc",
            "Attachments",
        ],
    ),
    (
        "Page",
        &[
            "Page",
            "Template #TemplateID ZOrder",
            "Area",
            "#PhysicalBox",
            "Content",
            "Layer #ID Type",
            "TextObject #ID #Boundary #Font #Size",
            "FillColor #Value #Alpha",
            "StrokeColor #Value #Alpha",
            "CGTransform #CodePosition #CodeCount #GlyphCount",
            "#Glyphs",
            "TextCode #X #Y #DeltaX #DeltaY",
            "PathObject #ID #Boundary #LineWidth Cap Join Stroke Fill",
            "#AbbreviatedData",
            "ImageObject #ID #Boundary #CTM #ResourceID",
        ],
    ),
    (
        "Res",
        &[
            "Res BaseLoc",
            "Fonts",
            "Font #ID FontName FamilyName",
            "FontFile",
            "MultiMedias",
            "MultiMedia #ID Type Format",
            "MediaFile",
        ],
    ),
    ("Attachments", &["Attachments", "Attachment ID Name Format #Size Visible", "FileLoc"]),
    ("Signatures", &["Signatures", "#MaxSignId", "Signature #ID Type BaseLoc"]),
    (
        "Signature",
        &[
            "Signature",
            "SignedInfo",
            "Provider ProviderName Version Company",
            "SignatureMethod",
            "SignatureDateTime",
            "References CheckMethod",
            "Reference FileRef",
            "CheckValue",
            "StampAnnot #ID #PageRef #Boundary #Clip",
            "Seal",
            "BaseLoc",
            "SignedValue",
        ],
    ),
    // The list of all files that may close a package (GM/T 0099).
    (
        "DocEntries",
        &["DocEntries ID CreatorName Version CreationDate", "SignedValueLoc", "FileList", "File ID FileLoc"],
    ),
];

/// Every file of a license, in the words of the list.
pub(super) fn check(facts: &Facts, checks: &mut Checks) {
    let before = checks.len();
    for (place, why) in &facts.oddly_spelled {
        checks.failed(NAME, Reason::OfdForeign, place, *why);
    }
    for word in facts.words.iter().filter(|word| !is_known(word)).take(MOST_TOLD) {
        let odd = if word.numbers { "" } else { ", or spelled otherwise than in plain numbers" };
        let what = match &word.attribute {
            None => format!("<{}> in a file of <{}>{odd}", word.element, word.root),
            Some(attribute) => format!("{attribute} of <{}> in a file of <{}>{odd}", word.element, word.root),
        };
        checks.failed(NAME, Reason::OfdForeign, &*word.place, what);
    }
    if checks.len() == before {
        checks.passed(NAME, "");
    }
}

fn is_known(word: &Word) -> bool {
    let Some((_, elements)) = WORDS.iter().find(|(root, _)| *root == word.root) else { return false };
    elements.iter().any(|line| {
        let mut names = line.split(' ');
        let element = names.next().unwrap_or_default();
        let is_element = match element.strip_prefix('#') {
            Some(element) => element == word.element && (word.numbers || word.attribute.is_some()),
            None => element == word.element,
        };
        is_element
            && word.attribute.as_ref().is_none_or(|attribute| {
                names.any(|name| match name.strip_prefix('#') {
                    Some(name) => name == attribute && word.numbers,
                    None => name == attribute,
                })
            })
    })
}

/// More tell nothing more.
const MOST_TOLD: usize = 16;
