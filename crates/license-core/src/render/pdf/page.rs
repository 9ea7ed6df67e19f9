//! One page's content stream.

use super::content::{Content, POINTS_PER_UM, put_int};
use super::font::EmbeddedFont;
use super::image::Raster;
use crate::length::{Length, Point, Rect};
use crate::page::{ImageItem, Item, Page, PathItem, QrItem, Rgb, TextRun};
use crate::render::RenderError;
use crate::render::glyphs::FontKey;
use crate::render::qr;
use crate::render::simplify::simplify;

/// A page's stream and what it refers to by name: fonts `/F0…` as numbered in the document, `/A…` transparencies,
/// `/I…` pictures, `/B` the background.
pub(super) struct PageContent {
    pub(super) stream: Vec<u8>,
    pub(super) fonts: Vec<usize>,
    pub(super) alphas: Vec<u8>,
    pub(super) images: Vec<Raster>,
}

/// The fonts of a document by their keys, in the order of `/F0…`.
pub(super) type Fonts<'a> = [(FontKey, std::sync::Arc<EmbeddedFont>)];

pub(super) fn build(page: &Page, fonts: &Fonts<'_>) -> Result<PageContent, RenderError> {
    let mut writer = PageWriter {
        content: Content::new(page.size.height, 1),
        fonts,
        used: PageContent { stream: Vec::new(), fonts: Vec::new(), alphas: Vec::new(), images: Vec::new() },
        fill: None,
        font: None,
        in_text: false,
    };
    if let Some(art) = &page.background {
        let shift = page.size.height - art.size.height;
        if shift == Length::ZERO {
            writer.content.op("/B Do");
        } else {
            writer.content.raw(&format!("q 1 0 0 1 0 {} cm /B Do ", shift.pt())).op("Q");
        }
    }
    writer.content.raw(&format!("{POINTS_PER_UM} 0 0 {POINTS_PER_UM} 0 0 ")).op("cm").round();
    for item in &page.items {
        match item {
            Item::Text(run) => writer.text(run),
            Item::Path(item) => writer.path(item),
            Item::Image(item) => writer.image(item)?,
            Item::Qr(item) => writer.qr(item),
        }
    }
    writer.end_text();
    writer.used.stream = writer.content.out;
    Ok(writer.used)
}

/// Paints the form `/S`, which is as large as the place, over what [`build`] has written.
pub(super) fn repeat_seal(page: &Page, place: Rect, built: &mut PageContent) {
    // The content ends in micrometres, the form counts points.
    let scale = 25_400.0 / 72.0;
    let (x, y) = (place.x.um(), (page.size.height - place.bottom()).um());
    built.stream.extend_from_slice(format!("\nq {scale} 0 0 {scale} {x} {y} cm /S Do Q").as_bytes());
}

struct PageWriter<'a> {
    content: Content,
    fonts: &'a Fonts<'a>,
    used: PageContent,
    // What the graphics state holds; `None` when unknown.
    fill: Option<Rgb>,
    font: Option<(usize, Length)>,
    in_text: bool,
}

impl PageWriter<'_> {
    fn text(&mut self, run: &TextRun) {
        let Some(font) = self.fonts.iter().position(|(key, _)| *key == FontKey::of(run)) else { return };
        if !self.in_text {
            self.content.op("BT");
            self.in_text = true;
        }
        if self.font != Some((font, run.size)) {
            self.content.raw("/F").int(font as i32).length(run.size).op("Tf");
            self.font = Some((font, run.size));
            if !self.used.fonts.contains(&font) {
                self.used.fonts.push(font);
            }
        }
        if self.fill != Some(run.color) {
            self.content.fill_color(run.color);
            self.fill = Some(run.color);
        }
        let embedded = &self.fonts[font].1;
        self.content.raw("1 0 0 1 ").point(run.origin).op("Tm");
        let spaced = is_spaced(run, embedded);
        if spaced {
            // Readers take wide gaps for blanks and overlaps for new lines; it is one line nevertheless.
            self.content.raw("/Span<</ActualText<FEFF");
            let mut units = [0; 2];
            for unit in run.glyphs.iter().flat_map(|glyph| glyph.char.encode_utf16(&mut units).to_vec()) {
                put_hex(&mut self.content.out, unit);
            }
            self.content.op(">>>BDC");
        }
        show(&mut self.content.out, run, embedded);
        if spaced {
            self.content.op("EMC");
        }
    }

    fn end_text(&mut self) {
        if std::mem::take(&mut self.in_text) {
            self.content.op("ET");
        }
    }

    fn path(&mut self, item: &PathItem) {
        if item.path.is_empty() {
            return;
        }
        self.end_text();
        let item = &PathItem { path: simplify(&item.path), ..*item };
        if item.alpha != 255 {
            if !self.used.alphas.contains(&item.alpha) {
                self.used.alphas.push(item.alpha);
            }
            self.content.raw("q /A").int(item.alpha.into()).op("gs").path(item).op("Q");
        } else {
            self.content.path(item);
            self.fill = item.fill.or(self.fill);
        }
    }

    fn image(&mut self, item: &ImageItem) -> Result<(), RenderError> {
        self.end_text();
        let at = self.used.images.len();
        self.used.images.push(Raster::new(item)?);
        let corner = Point::new(item.rect.x, item.rect.bottom());
        self.content.raw("q ").length(item.rect.width).raw("0 0 ").length(item.rect.height).point(corner);
        self.content.raw("cm /I").int(at as i32).raw("Do ").op("Q");
        Ok(())
    }

    fn qr(&mut self, item: &QrItem) {
        self.end_text();
        let rect = item.rect;
        let corner = Point::new(rect.x, rect.bottom());
        self.content.fill_color(Rgb::WHITE).point(corner).length(rect.width).length(rect.height).op("re f");
        let sides = (item.modules + 2 * qr::QUIET_ZONE) as f64;
        let (across, down) = (f64::from(rect.width.um()) / sides, f64::from(rect.height.um()) / sides);
        self.content.raw(&format!("q {across:.3} 0 0 {:.3} ", -down));
        self.content.point(Point::new(rect.x, rect.y)).op("cm");
        self.content.fill_color(Rgb::BLACK);
        // One path, so that no seam shows between the rows.
        for (x, y, length) in qr::rows(item) {
            self.content.int(x as i32).int(y as i32).int(length as i32).op("1 re");
        }
        self.content.op("f").op("Q");
        self.fill = Some(Rgb::WHITE);
    }
}

/// Whether the glyphs stand so far apart, or so close, that readers would part them: spread labels, squeezed
/// punctuation.
fn is_spaced(run: &TextRun, font: &EmbeddedFont) -> bool {
    let size = f64::from(run.size.um());
    run.glyphs.windows(2).any(|pair| {
        let advance = f64::from(font.width(font.code(pair[0].id, pair[0].char))) / 1000.0 * size;
        let gap = f64::from((pair[1].x - pair[0].x).um()) - advance;
        gap.abs() > UNUSUAL * size && pair[0].char != ' ' && pair[1].char != ' '
    })
}

/// `[<…> n <…>] TJ`: every glyph where layout put it; rounding never adds up.
fn show(out: &mut Vec<u8>, run: &TextRun, font: &EmbeddedFont) {
    let size = f64::from(run.size.um()).max(1.0);
    let mut pen = 0.0;
    out.extend_from_slice(b"[<");
    for glyph in &run.glyphs {
        let code = font.code(glyph.id, glyph.char);
        let adjust = ((pen - f64::from(glyph.x.um())) * 1000.0 / size).round();
        if adjust != 0.0 {
            out.push(b'>');
            put_int(out, adjust as i32);
            out.push(b'<');
            pen -= adjust / 1000.0 * size;
        }
        put_hex(out, code);
        pen += f64::from(font.width(code)) / 1000.0 * size;
    }
    out.extend_from_slice(b">]TJ\n");
}

fn put_hex(out: &mut Vec<u8>, value: u16) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for shift in [12, 8, 4, 0] {
        out.push(DIGITS[usize::from(value >> shift & 15)]);
    }
}

/// Gap or overlap in ems from which readers part glyphs (poppler: a tenth).
const UNUSUAL: f64 = 0.08;
