//! Items of a page as OFD objects.

use std::sync::Arc;

use ofd::Um;
use ofd::model::{
    Color, Fill, FontRef, ImageObject, ImageRef, LineCap, LineJoin, Object, PathObject, Segment as OfdSegment, Stroke,
    TextObject,
};

use super::font::EmbeddedFont;
use crate::length::{Length, Point, Rect, Size};
use crate::page::{Artwork, ImageItem, Item, Page, PathItem, QrItem, Rgb, Segment, TextRun};
use crate::render::bounds::{bounds, moved};
use crate::render::glyphs::FontKey;
use crate::render::pieces::pieces;
use crate::render::simplify::simplify;

/// The fonts of a document by their keys.
pub(super) type Fonts = [(FontKey, Arc<EmbeddedFont>, FontRef)];

/// What becomes a picture file.
pub(super) enum Picture<'a> {
    Image(&'a ImageItem),
    Qr(&'a QrItem),
}

/// The objects of a page, in painting order; `image` takes a picture into the document.
pub(super) fn build(page: &Page, fonts: &Fonts, image: &mut dyn FnMut(Picture<'_>) -> ImageRef) -> Vec<Object> {
    let mut objects = Vec::with_capacity(page.items.len() + 2);
    for item in &page.items {
        match item {
            Item::Text(run) => objects.extend(text(run, fonts)),
            Item::Path(item) => objects.extend(shape(&PathItem { path: simplify(&item.path), ..*item })),
            Item::Image(item) => objects.push(picture(item.rect, image(Picture::Image(item)))),
            Item::Qr(item) => objects.push(picture(item.rect, image(Picture::Qr(item)))),
        }
    }
    objects
}

fn picture(place: Rect, image: ImageRef) -> Object {
    Object::Image(ImageObject::new(rect(place), image))
}

/// The objects of a background, each in a boundary of its own.
pub(super) fn artwork(art: &Artwork) -> Vec<Object> {
    let mut objects = Vec::new();
    for group in &art.groups {
        for path in &group.paths {
            let simple = simplify(path);
            let parts = if group.fill.is_none() { pieces(&simple) } else { vec![simple] };
            let item = |path| PathItem { path, fill: group.fill, stroke: group.stroke, alpha: 255 };
            objects.extend(parts.into_iter().filter_map(|part| shape(&item(part))));
        }
    }
    objects
}

/// A path in a boundary of its own.
fn shape(item: &PathItem) -> Option<Object> {
    let bounds = bounds(&item.path, item.stroke.map_or(Length::ZERO, |(_, width)| width))?;
    let path = moved(&item.path, Point::new(bounds.x, bounds.y)).collect();
    path_object(&PathItem { path, ..*item }, rect(bounds))
}

pub(super) fn size(size: Size) -> ofd::Size {
    ofd::Size::new(um(size.width), um(size.height))
}

fn text(run: &TextRun, fonts: &Fonts) -> Option<Object> {
    let (_, font, reference) = fonts.iter().find(|(key, ..)| *key == FontKey::of(run))?;
    let first = run.glyphs.first()?;
    let last = run.glyphs.last()?;
    // Readers clip at the boundary, and some glyphs leave their em square: leave room on all sides.
    // Its corner stands on whole millimetres: short numbers.
    let start = run.origin.x + first.x;
    let grid = |length: Length| Length::from_um(length.um().div_euclid(1000).saturating_mul(1000));
    let (x, y) = (grid(start - run.size.scale(0.25)), grid(run.origin.y - run.size.scale(1.1)));
    let right = run.origin.x + last.x + run.size.scale(1.25) + MILLIMETRE;
    let bottom = run.origin.y + run.size.scale(0.4) + MILLIMETRE;
    let boundary = Rect { x, y, width: grid(right - x), height: grid(bottom - y) };
    let origin = (um(start - x), um(run.origin.y - y));
    let delta_x = run.glyphs.windows(2).map(|pair| um(pair[1].x - pair[0].x)).collect();
    let mut object = TextObject::new(*reference, um(run.size), rect(boundary), origin, run.text(), delta_x);
    object.fill = Fill::solid(color(run.color));
    object.glyphs = font.glyphs_unless_mapped(&run.glyphs);
    Some(Object::Text(object))
}

fn path_object(item: &PathItem, boundary: ofd::Rect) -> Option<Object> {
    if !matches!(item.path.first(), Some(Segment::Move(_))) {
        return None;
    }
    let fill = |rgb: Rgb| Fill { color: color(rgb), alpha: item.alpha };
    Some(Object::Path(PathObject {
        boundary,
        segments: item.path.iter().map(segment).collect(),
        fill: item.fill.map(fill),
        stroke: item.stroke.map(|(rgb, width)| Stroke {
            fill: fill(rgb),
            width: um(width),
            cap: LineCap::Round,
            join: LineJoin::Round,
        }),
        even_odd: false,
    }))
}

fn segment(segment: &Segment) -> OfdSegment {
    let xy = |point: Point| (um(point.x), um(point.y));
    match *segment {
        Segment::Move(to) => OfdSegment::Move(um(to.x), um(to.y)),
        Segment::Line(to) => OfdSegment::Line(um(to.x), um(to.y)),
        Segment::Cubic(first, second, to) => {
            let ((x1, y1), (x2, y2), (x, y)) = (xy(first), xy(second), xy(to));
            OfdSegment::Cubic(x1, y1, x2, y2, x, y)
        }
        Segment::Close => OfdSegment::Close,
    }
}

fn rect(rect: Rect) -> ofd::Rect {
    ofd::Rect::new(um(rect.x), um(rect.y), um(rect.width), um(rect.height))
}

fn um(length: Length) -> Um {
    Um(length.um())
}

fn color(Rgb(r, g, b): Rgb) -> Color {
    Color::rgb(r, g, b)
}

const MILLIMETRE: Length = Length::from_um(1000);
