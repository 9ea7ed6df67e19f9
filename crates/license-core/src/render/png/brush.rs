//! Outlines with tiny-skia: text, lines, areas, QR codes, artwork.

use tiny_skia::{FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use crate::fonts::Face;
use crate::length::{Length, Point};
use crate::page::{ArtGroup, PathItem, QrItem, Rgb, Segment, TextRun};
use crate::render::qr::{QUIET_ZONE, outlines};

/// Paints a run of text as outlines.
pub(super) fn text(canvas: &mut Pixmap, run: &TextRun, face: &Face, to_pixels: Transform) {
    let scale = run.size.um() as f32 / f32::from(face.units_per_em().max(1));
    let mut builder = GlyphPath { path: PathBuilder::new(), scale, x: 0.0, y: run.origin.y.um() as f32 };
    for glyph in &run.glyphs {
        builder.x = (run.origin.x + glyph.x).um() as f32;
        face.trace(glyph.id, &mut builder);
    }
    if let Some(path) = builder.path.finish() {
        canvas.fill_path(&path, &ink(run.color, 255), FillRule::Winding, to_pixels, None);
    }
}

/// Paints a path item.
pub(super) fn path(canvas: &mut Pixmap, item: &PathItem, to_pixels: Transform) {
    if let Some(path) = outline(&item.path) {
        area(canvas, &path, item.fill, item.stroke, item.alpha, to_pixels);
    }
}

/// Paints a group of the artwork, path by path.
pub(super) fn art(canvas: &mut Pixmap, group: &ArtGroup, to_pixels: Transform) {
    for segments in &group.paths {
        if let Some(path) = outline(segments) {
            area(canvas, &path, group.fill, group.stroke, 255, to_pixels);
        }
    }
}

/// Paints a QR code on its white panel.
pub(super) fn qr(canvas: &mut Pixmap, code: &QrItem, to_pixels: Transform) {
    let rect = code.rect;
    let [x, y, width, height] = [rect.x, rect.y, rect.width, rect.height].map(|length| length.um() as f32);
    let mut panel = PathBuilder::new();
    if let Some(rect) = tiny_skia::Rect::from_xywh(x, y, width, height) {
        panel.push_rect(rect);
    }
    if let Some(path) = panel.finish() {
        canvas.fill_path(&path, &ink(Rgb::WHITE, 255), FillRule::Winding, to_pixels, None);
    }
    let step = 1.0 / (code.modules + 2 * QUIET_ZONE) as f32;
    let mut modules = PathBuilder::new();
    for corners in outlines(code) {
        let point = |(column, row): (u32, u32)| (x + width * step * column as f32, y + height * step * row as f32);
        for (at, &corner) in corners.iter().enumerate() {
            let (x, y) = point(corner);
            if at == 0 { modules.move_to(x, y) } else { modules.line_to(x, y) }
        }
        modules.close();
    }
    if let Some(path) = modules.finish() {
        canvas.fill_path(&path, &ink(Rgb::BLACK, 255), FillRule::Winding, to_pixels, None);
    }
}

fn area(
    canvas: &mut Pixmap,
    path: &Path,
    fill: Option<Rgb>,
    stroke: Option<(Rgb, Length)>,
    alpha: u8,
    to_pixels: Transform,
) {
    if let Some(color) = fill {
        canvas.fill_path(path, &ink(color, alpha), FillRule::Winding, to_pixels, None);
    }
    if let Some((color, width)) = stroke {
        let stroke = Stroke {
            width: width.um() as f32,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        canvas.stroke_path(path, &ink(color, alpha), &stroke, to_pixels, None);
    }
}

fn ink(Rgb(r, g, b): Rgb, alpha: u8) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(r, g, b, alpha);
    paint
}

fn outline(segments: &[Segment]) -> Option<Path> {
    let mut path = PathBuilder::with_capacity(segments.len(), segments.len() * 3);
    let xy = |point: Point| (point.x.um() as f32, point.y.um() as f32);
    for segment in segments {
        match *segment {
            Segment::Move(to) => {
                let (x, y) = xy(to);
                path.move_to(x, y);
            }
            Segment::Line(to) => {
                let (x, y) = xy(to);
                path.line_to(x, y);
            }
            Segment::Cubic(first, second, to) => {
                let ((x1, y1), (x2, y2), (x, y)) = (xy(first), xy(second), xy(to));
                path.cubic_to(x1, y1, x2, y2, x, y);
            }
            Segment::Close => path.close(),
        }
    }
    path.finish()
}

/// A glyph's outline on the page, in micrometres.
struct GlyphPath {
    path: PathBuilder,
    scale: f32,
    x: f32,
    y: f32,
}

impl GlyphPath {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl ttf_parser::OutlineBuilder for GlyphPath {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
