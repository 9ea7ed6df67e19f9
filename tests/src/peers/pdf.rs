//! PDF: poppler's tools, qpdf, and the strict signature checker on pyHanko.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::run::{Said, ask, program, python, run_within, script};
use crate::places;

/// What poppler says of each signature. It trusts no certificate of ours and exits accordingly: look at the words.
pub fn pdfsig(pdf: &Path) -> Option<Said> {
    let tool = program("pdfsig", "poppler-utils")?;
    Some(ask(tool.as_os_str(), [OsStr::new("-nocert"), pdf.as_os_str()]))
}

/// The text of a PDF in reading order, as poppler extracts it.
pub fn pdftotext(pdf: &Path) -> Option<String> {
    let tool = program("pdftotext", "poppler-utils")?;
    let args = [OsStr::new("-layout"), OsStr::new("-enc"), OsStr::new("UTF-8"), pdf.as_os_str(), OsStr::new("-")];
    let out = ask(tool.as_os_str(), args).product();
    Some(String::from_utf8(out).expect("pdftotext was told to write UTF-8"))
}

/// The text of each page in the order it is painted.
pub fn pdf_pages(pdf: &Path) -> Option<Vec<String>> {
    let tool = program("pdftotext", "poppler-utils")?;
    let args = [OsStr::new("-raw"), OsStr::new("-enc"), OsStr::new("UTF-8"), pdf.as_os_str(), OsStr::new("-")];
    let out = ask(tool.as_os_str(), args).product();
    let text = String::from_utf8(out).expect("pdftotext was told to write UTF-8");
    // A form feed ends every page.
    Some(text.split_terminator('\u{c}').map(str::to_owned).collect())
}

/// The table of fonts: name, type, encoding, embedded, subset, has a ToUnicode map.
pub fn pdffonts(pdf: &Path) -> Option<String> {
    let tool = program("pdffonts", "poppler-utils")?;
    let out = ask(tool.as_os_str(), [pdf]).product();
    Some(String::from_utf8_lossy(&out).into_owned())
}

/// A page (from 1) painted by poppler, as PNG.
pub fn pdftoppm(pdf: &Path, page: u32, dpi: u32) -> Option<Vec<u8>> {
    let tool = program("pdftoppm", "poppler-utils")?;
    let (page, dpi) = (page.to_string(), dpi.to_string());
    let mut args: Vec<OsString> = ["-png", "-f", &page, "-l", &page, "-r", &dpi].map(Into::into).into();
    args.push(pdf.into());
    Some(ask(tool.as_os_str(), args).product())
}

/// `pdfinfo`: title, page size, PDF version, tagging, conformance.
pub fn pdfinfo(pdf: &Path) -> Option<String> {
    let tool = program("pdfinfo", "poppler-utils")?;
    let out = ask(tool.as_os_str(), [pdf]).product();
    Some(String::from_utf8_lossy(&out).into_owned())
}

/// The XMP metadata of a PDF, as poppler finds them.
pub fn pdf_xmp(pdf: &Path) -> Option<String> {
    let tool = program("pdfinfo", "poppler-utils")?;
    let out = ask(tool.as_os_str(), [OsStr::new("-meta"), pdf.as_os_str()]).product();
    Some(String::from_utf8(out).expect("XMP is UTF-8"))
}

/// The embedded files of a PDF, by name, as poppler takes them out.
pub fn pdfdetach(pdf: &Path) -> Option<BTreeMap<String, Vec<u8>>> {
    let tool = program("pdfdetach", "poppler-utils")?;
    let folder = tempfile::tempdir().expect("the machine has room for a scratch folder");
    let into = [OsStr::new("-saveall"), OsStr::new("-o"), folder.path().as_os_str(), pdf.as_os_str()];
    ask(tool.as_os_str(), into).product();
    let entries = fs::read_dir(folder.path()).expect("the scratch folder can be listed");
    let files = entries.map(|entry| {
        let entry = entry.expect("the scratch folder can be listed");
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, fs::read(entry.path()).expect("poppler wrote the file"))
    });
    Some(files.collect())
}

/// `qpdf --check`: structure, cross-reference table, streams.
pub fn qpdf_check(pdf: &Path) -> Option<Said> {
    let tool = program("qpdf", "qpdf")?;
    Some(ask(tool.as_os_str(), [OsStr::new("--check"), pdf.as_os_str()]))
}

/// The independent strict checker of the shared folder; `args` are its own (`--trust`, `--at`, `--require-level` …).
pub fn check_pdf_signature<S: AsRef<OsStr>>(pdf: &Path, args: impl IntoIterator<Item = S>) -> Option<Said> {
    let script = places::shared("tools/check_pdf_signature.py")?;
    let python = python()?;
    let mut all: Vec<OsString> = vec![script.into(), "--pdf".into(), pdf.into()];
    all.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
    Some(ask(python.as_os_str(), all))
}

/// A file that pyHanko signed and perhaps changed, and what its strict validation says.
pub struct Variant {
    /// What was done, in words.
    pub name: String,
    /// The file.
    pub pdf: Vec<u8>,
    /// Whether pyHanko finds it unchanged, trust aside.
    pub valid: bool,
    /// What it has against it.
    pub why: String,
}

/// All the variants of `tests/peers/pdf_variants.py`.
pub fn pyhanko_variants() -> Option<Vec<Variant>> {
    let python = python()?;
    let folder = tempfile::tempdir().expect("the machine has room for a scratch folder");
    let mut command = Command::new(python);
    command.arg(script("pdf_variants.py")).arg(folder.path());
    // A minute for all; a busy machine needs many.
    run_within(Duration::from_secs(3600), &mut command, b"").product();
    let verdicts = fs::read(folder.path().join("verdicts.json")).expect("the script wrote its verdicts");
    let verdicts: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&verdicts).expect("they are JSON");
    let variant = |(name, said): (String, serde_json::Value)| Variant {
        pdf: fs::read(folder.path().join(format!("{name}.pdf"))).expect("the script wrote the file"),
        valid: said["valid"] == true,
        why: said["why"].to_string(),
        name,
    };
    Some(verdicts.into_iter().map(variant).collect())
}
