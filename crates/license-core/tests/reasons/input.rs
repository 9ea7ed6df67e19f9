//! What is no license at all.

use license_core::verify::{Limits, Reason};
use ofd::Package;

use super::Case;
use super::verify_support::{Court, good};

pub fn cases() -> Vec<Case> {
    let mut zip = Package::new();
    zip.add("word/document.xml", b"<w:document/>".to_vec()).unwrap();
    let small =
        || Court { limits: Limits { file_bytes: 1000, text_bytes: 100, ..Limits::default() }, ..Court::default() };
    let no_pages = || {
        let mut limits = Limits::default();
        limits.pdf.objects = 5;
        limits.ofd.xml_nodes = 5;
        Court { limits, ..Court::default() }
    };
    vec![
        Case::file("nothing", b"", &[Reason::InputEmpty]),
        Case::file("blanks", b" \r\n\t ", &[Reason::InputEmpty]),
        Case::text("no text", "  ", &[Reason::InputEmpty]),
        Case::file("a picture", b"\x89PNG\r\n\x1a\n\x00\x00", &[Reason::InputUnknown]),
        Case::file("another zip", zip.to_zip().unwrap(), &[Reason::InputUnknown]),
        Case::file("too large a file", good().pdf(), &[Reason::InputTooLarge]).before(small()),
        Case::text("too long a text", "A".repeat(200), &[Reason::InputTooLarge]).before(small()),
        // The record cannot be read, and so nothing is said about it but that.
        Case::file(
            "too many objects",
            good().pdf(),
            &[Reason::InputTooLarge, Reason::RecordMissing, Reason::IndexMissing],
        )
        .before(no_pages()),
    ]
}
