//! Form XObjects that many files share: artworks and seals, made and deflated once.

use pdf_writer::{Chunk, Filter, Finish, Name, Rect, Ref};

use super::content::{Content, paint};
use super::image::Raster;
use crate::length::{Length, Point, Size};
use crate::page::Artwork;
use crate::render::RenderError;
use crate::render::bounds::{bounds, moved};
use crate::render::deflate::deflate_best;
use crate::render::pieces::pieces;
use crate::render::simplify::simplify;
use crate::seal_art::SealPicture;

/// A form XObject, ready to be copied into a file.
pub(super) struct Form {
    content: Vec<u8>,
    /// Width and height in the form's own units.
    bbox: [f32; 2],
    /// Points in a unit.
    scale: f32,
    image: Option<Raster>,
}

impl Form {
    /// The background of a page. Its origin is the page's lower left corner.
    pub(super) fn artwork(art: &Artwork) -> Form {
        let unit = ART_UNIT;
        let mut content = Content::new(art.size.height, unit);
        content.round();
        let mut origin = Point::new(Length::ZERO, art.size.height);
        for group in &art.groups {
            if let Some(color) = group.fill {
                content.fill_color(color);
            }
            if let Some((color, width)) = group.stroke {
                content.stroke_color(color).raw(&decimal(width, unit)).op(" w");
            }
            let operator = paint(group.fill.is_some(), group.stroke.is_some());
            let stroked = group.fill.is_none();
            let simple = group.paths.iter().map(|path| simplify(path));
            let parts = simple.flat_map(|path| if stroked { pieces(&path) } else { vec![path] });
            for part in parts {
                let Some(bounds) = bounds(&part, Length::ZERO) else { continue };
                let corner = Point::new(bounds.x, bounds.y);
                content.raw("1 0 0 1 ").length(corner.x - origin.x).length(origin.y - corner.y).op("cm");
                origin = corner;
                let seen_from = Point::new(corner.x, corner.y - art.size.height);
                content.segments(&moved(&part, seen_from).collect::<Vec<_>>()).op(operator);
            }
        }
        Form::vector(&content.out, art.size, unit)
    }

    /// The appearance of a seal: paths when they are known (crisper and smaller), else the raster.
    pub(super) fn seal(picture: &SealPicture) -> Result<Form, RenderError> {
        if picture.paths.is_empty() {
            let image = Raster::png(&picture.png)?;
            let bbox = [picture.size.width.pt() as f32, picture.size.height.pt() as f32];
            let content = format!("q {} 0 0 {} 0 0 cm /I0 Do Q", bbox[0], bbox[1]);
            return Ok(Form { content: deflate_best(content.as_bytes()), bbox, scale: 1.0, image: Some(image) });
        }
        let mut content = Content::new(picture.size.height, SEAL_UNIT);
        content.round();
        for item in &picture.paths {
            content.path(item);
        }
        Ok(Form::vector(&content.out, picture.size, SEAL_UNIT))
    }

    fn vector(content: &[u8], size: Size, unit: i32) -> Form {
        let units = |length: Length| length.um() as f32 / unit as f32;
        Form {
            content: deflate_best(content),
            bbox: [units(size.width), units(size.height)],
            scale: unit as f32 * 72.0 / 25_400.0,
            image: None,
        }
    }

    /// Writes the form, and its picture under fresh references.
    pub(super) fn write(&self, chunk: &mut Chunk, id: Ref, next: &mut Ref) {
        let picture = self.image.as_ref().map(|image| image.write(chunk, next));
        let mut form = chunk.form_xobject(id, &self.content);
        form.filter(Filter::FlateDecode);
        form.bbox(Rect::new(0.0, 0.0, self.bbox[0], self.bbox[1]));
        if self.scale != 1.0 {
            form.matrix([self.scale, 0.0, 0.0, self.scale, 0.0, 0.0]);
        }
        let mut resources = form.resources();
        if let Some(picture) = picture {
            resources.x_objects().pair(Name(b"I0"), picture);
        }
        resources.finish();
    }
}

/// A width in units, which may be a fraction of one.
fn decimal(width: Length, unit: i32) -> String {
    let value = f64::from(width.um()) / f64::from(unit);
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value}") }
}

/// The grid on which simplified paths stand: no coordinate needs a fraction.
const ART_UNIT: i32 = 20;
/// A four hundredth of a millimetre is beyond any printer.
const SEAL_UNIT: i32 = 5;
