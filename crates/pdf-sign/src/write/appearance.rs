//! What a widget shows: one form XObject whose box has the size of the rectangle.

use super::serialize::{self, coordinate, named};
use super::update::Update;
use crate::error::Error;
use crate::read::object::{Dict, Id, Object};

/// What a widget shows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Appearance {
    /// Nothing.
    None,
    /// A picture over the whole rectangle, rows from the top, 8 bits a channel.
    Image {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Three bytes a pixel.
        rgb: Vec<u8>,
        /// One byte a pixel, 255 is opaque.
        alpha: Option<Vec<u8>>,
    },
}

impl Appearance {
    pub(super) fn check(&self) -> Result<(), Error> {
        let Self::Image { width, height, rgb, alpha } = self else { return Ok(()) };
        let pixels = (*width as usize).checked_mul(*height as usize).filter(|n| *n > 0);
        let fits =
            pixels.is_some_and(|n| n.checked_mul(3) == Some(rgb.len()) && alpha.as_ref().is_none_or(|a| a.len() == n));
        if fits { Ok(()) } else { Err(Error::Unwritable("the picture has other dimensions than its bytes")) }
    }
}

/// The form for a rectangle of this size. `Appearance::None` gives none, or an empty one where there has to be one: a
/// widget that takes up room needs an appearance in PDF/A (ISO 19005-2 6.3.3).
pub(super) fn form(update: &mut Update<'_>, look: &Appearance, [width, height]: [f64; 2]) -> Result<Option<Id>, Error> {
    let mut form = Dict::default();
    form.set(b"Type", named("XObject"));
    form.set(b"Subtype", named("Form"));
    form.set(b"BBox", Object::Array([0.0, 0.0, width, height].map(coordinate).into()));
    let Appearance::Image { width: columns, height: rows, rgb, alpha } = look else {
        if width <= 0.0 || height <= 0.0 {
            return Ok(None);
        }
        form.set(b"Resources", Object::Dict(Dict::default()));
        return update.add_stream(form, b"").map(Some);
    };
    let picture = |space: &str| {
        let mut dict = Dict::default();
        dict.set(b"Type", named("XObject"));
        dict.set(b"Subtype", named("Image"));
        dict.set(b"Width", Object::Int(i64::from(*columns)));
        dict.set(b"Height", Object::Int(i64::from(*rows)));
        dict.set(b"BitsPerComponent", Object::Int(8));
        dict.set(b"ColorSpace", named(space));
        dict
    };
    let mut image = picture("DeviceRGB");
    if let Some(alpha) = alpha {
        let mask = update.add_stream(picture("DeviceGray"), alpha)?;
        image.set(b"SMask", Object::Ref(mask));
    }
    let image = update.add_stream(image, rgb)?;
    let mut pictures = Dict::default();
    pictures.set(b"Im", Object::Ref(image));
    let mut resources = Dict::default();
    resources.set(b"XObject", Object::Dict(pictures));
    form.set(b"Resources", Object::Dict(resources));
    let mut content = b"q ".to_vec();
    for number in [width, 0.0, 0.0, height, 0.0, 0.0] {
        serialize::object(&coordinate(number), &mut content);
        content.push(b' ');
    }
    content.extend(b"cm /Im Do Q");
    update.add_stream(form, &content).map(Some)
}
