//! Second opinions on what we write, where the tools are installed: qpdf and poppler.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;
use std::process::Command;

use pdf_sign::{Appearance, NewField, Slot, prepare};

/// What the tool prints, or nothing when it is not installed.
fn run(tool: &str, arguments: &[&str], file: &Path) -> Option<(bool, String)> {
    let Ok(output) = Command::new(tool).args(arguments).arg(file).output() else {
        eprintln!("SKIPPED: {tool} is not installed");
        return None;
    };
    let text = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}

#[test]
fn qpdf_and_poppler_read_what_we_write() {
    let folder = tempfile::tempdir().unwrap();
    let seal = |name: &str| {
        let mut field = NewField { rect: [400.0, 500.0, 500.0, 600.0], ..NewField::invisible(name) };
        field.signature.appearance =
            Appearance::Image { width: 1, height: 1, rgb: vec![200, 0, 0], alpha: Some(vec![128]) };
        field
    };
    let add = |pdf: Vec<u8>, name: &str| {
        prepare(pdf, Slot::NewField(seal(name))).unwrap().finish(&common::fake_cms()).unwrap()
    };
    let streamed = common::writer(false).finish_with_xref_stream(pdf_writer::Ref::new(20));
    let files = [
        ("placeholder", common::signed(), 1),
        ("table", add(common::plain_page(), "a"), 1),
        ("stream", add(streamed, "a"), 1),
        ("twice", add(add(common::plain_page(), "a"), "b"), 2),
    ];
    for (name, pdf, signatures) in files {
        let path = folder.path().join(format!("{name}.pdf"));
        std::fs::write(&path, &pdf).unwrap();
        if let Some((clean, text)) = run("qpdf", &["--check"], &path) {
            assert!(clean, "{name}: {text}");
        }
        if let Some((_, text)) = run("pdfsig", &[], &path) {
            // The CMS is a dummy; fields, ranges and sub-filter are real.
            assert_eq!(text.matches("ETSI.CAdES.detached").count(), signatures, "{name}: {text}");
            assert!(text.contains("Signed Ranges: [0 - "), "{name}: {text}");
        }
        if let Ok(output) = Command::new("pdftotext").arg(&path).arg("-").output() {
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "Hello license", "{name}");
        }
    }
}
