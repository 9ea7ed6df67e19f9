//! What the newest revision shows and carries: attachments, metadata, the words on its pages.

use pdf_sign::{Artworks, Problem};

use super::super::content::{Embedded, INDEX_FILE, RECORD_FILE};

/// Type below this size in points is not read by anyone.
const SMALLEST_POINTS: f64 = 1.0;

/// What the newest revision shows and carries.
pub(super) fn read(document: &pdf_sign::Document<'_>, artworks: Option<&Artworks>) -> Result<Embedded, Problem> {
    // What else a file carries is nobody's business here, and may be large.
    let (mut records, mut indexes) = (Vec::new(), Vec::new());
    for file in document.attachments_named(&[RECORD_FILE, INDEX_FILE])? {
        if file.name == RECORD_FILE { &mut records } else { &mut indexes }.push(file.bytes);
    }
    // Only the pages of a license are compared with anything.
    let (sizes, painted) = match records.is_empty() {
        true => (Vec::new(), pdf_sign::Painted::default()),
        false => {
            let painted = artworks.map_or_else(|| document.painted(), |artworks| document.painted_with(artworks));
            (document.page_sizes()?, painted?)
        }
    };
    // Neither is anything else compared with the metadata of another file.
    let packet = if records.is_empty() { None } else { document.xmp()? };
    let metadata = packet.map(|packet| super::super::xmp::custom_values(&packet)).unwrap_or_default();
    let face = |(page, size): (&pdf_sign::PageText, &pdf_sign::PageSize)| {
        let runs = page.runs.iter().chain(&page.annotation_runs);
        runs.filter(|run| is_drawn(run, size)).map(|run| run.text.as_str()).collect()
    };
    Ok(Embedded {
        records,
        indexes,
        metadata,
        properties: None,
        chain: Vec::new(),
        chain_has_more: false,
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
