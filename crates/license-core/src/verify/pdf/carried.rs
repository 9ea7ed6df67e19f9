//! What the newest revision shows and carries: attachments, metadata, the words on its pages.

use pdf_sign::{Artworks, Problem};

use super::super::content::{Embedded, INDEX_FILE, RECORD_FILE};

/// Type below this size in points is not read by anyone.
const SMALLEST_POINTS: f64 = 1.0;

/// What the newest revision shows and carries.
pub(super) fn read(document: &pdf_sign::Document<'_>, artworks: Option<&Artworks>) -> Result<Embedded, Problem> {
    let files = document.attachments()?;
    let named = |name: &str| files.iter().filter(|file| file.name == name).map(|file| file.bytes.clone()).collect();
    let records: Vec<Vec<u8>> = named(RECORD_FILE);
    // Only the pages of a license are compared with anything.
    let (sizes, painted) = match records.is_empty() {
        true => (Vec::new(), pdf_sign::Painted::default()),
        false => {
            let painted = artworks.map_or_else(|| document.painted(), |artworks| document.painted_with(artworks));
            (document.page_sizes()?, painted?)
        }
    };
    // Neither is anything else compared with the metadata of another file.
    let metadata = match document.xmp()? {
        Some(packet) if !records.is_empty() => super::super::xmp::custom_values(&packet),
        _ => Vec::new(),
    };
    let face = |(page, size): (&pdf_sign::PageText, &pdf_sign::PageSize)| {
        let runs = page.runs.iter().chain(&page.annotation_runs);
        runs.filter(|run| is_drawn(run, size)).map(|run| run.text.as_str()).collect()
    };
    Ok(Embedded {
        records,
        indexes: named(INDEX_FILE),
        metadata,
        chain: Vec::new(),
        faces: painted.pages.iter().zip(&sizes).map(face).collect(),
        codes: Vec::new(),
        drawing: super::super::drawn::of_pdf(painted, &sizes),
    })
}

/// Words that nobody sees are not on the face: in no rendering mode that paints, too small, or beside the page.
fn is_drawn(run: &pdf_sign::TextRun, page: &pdf_sign::PageSize) -> bool {
    let visible = run.size.abs() >= SMALLEST_POINTS && !run.invisible;
    visible && (0.0..page.width).contains(&run.x) && (0.0..page.height).contains(&run.y)
}
