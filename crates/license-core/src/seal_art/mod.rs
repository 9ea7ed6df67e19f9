//! Drawing the round seal (公章): ring, star, the organ's name along the upper arc, an optional line below.
//!
//! The picture is decoration and proves nothing; what proves is the signature it stands for. It goes into the
//! GB/T 38540 seal as a PNG and into the PDF signature's appearance as paths.
//!
//! ```
//! # use license_core::seal_art::{SealDesign, SealArtError};
//! let design = SealDesign::new("样例市示范区市场监督管理局");
//! assert_eq!(design.diameter.mm(), 42.0);
//! ```

mod geometry;
mod raster;

use std::sync::Arc;

use eseal::Seal;

use crate::fonts::{FontError, FontLibrary};
use crate::length::{Length, Size};
use crate::page::{PathItem, Rgb};

/// What a seal shall look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealDesign {
    /// Name of the organ, along the upper arc.
    pub name: String,
    /// A straight line below the star (行政审批专用章).
    pub bottom_line: Option<String>,
    /// Outer diameter: 42 mm for departments and enterprises, 45 mm for governments, 50 mm for ministries.
    pub diameter: Length,
    /// One colour for everything.
    pub color: Rgb,
    /// Five-pointed star in the middle.
    pub star: bool,
}

impl SealDesign {
    /// A 42 mm seal with a star, in seal red.
    pub fn new(name: impl Into<String>) -> SealDesign {
        SealDesign {
            name: name.into(),
            bottom_line: None,
            diameter: Length::from_um(42_000),
            color: SEAL_RED,
            star: true,
        }
    }
}

/// A seal's picture at true size, with a transparent ground.
#[derive(Clone, Debug, PartialEq)]
pub struct SealPicture {
    /// Width and height.
    pub size: Size,
    /// The drawing, from the picture's top left corner; empty when only the raster is known.
    pub paths: Vec<PathItem>,
    /// The raster, 600 dots an inch: a PNG of one colour.
    pub png: Arc<[u8]>,
}

impl SealPicture {
    /// A picture of which only the PNG is known, as a seal of another maker gives it.
    pub fn from_png(png: impl Into<Arc<[u8]>>, size: Size) -> SealPicture {
        SealPicture { size, paths: Vec::new(), png: png.into() }
    }

    /// The picture that is in a seal, at the size that the seal gives it.
    pub fn of_seal(seal: &Seal) -> SealPicture {
        let picture = &seal.content().picture;
        let mm = |mm: u32| Length::from_mm(f64::from(mm));
        let size = Size { width: mm(picture.width_mm), height: mm(picture.height_mm) };
        SealPicture::from_png(picture.data.clone(), size)
    }
}

/// What can be wrong with a design.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealArtError {
    /// There is no name.
    #[error("a seal needs the name of its organ")]
    EmptyName,
    /// More characters than the arc holds.
    #[error("the name on a seal has {chars} characters, more than {max}")]
    NameTooLong {
        /// Characters given.
        chars: usize,
        /// Characters possible.
        max: usize,
    },
    /// More characters than the straight line holds.
    #[error("the bottom line of a seal has {chars} characters, more than {max}")]
    BottomLineTooLong {
        /// Characters given.
        chars: usize,
        /// Characters possible.
        max: usize,
    },
    /// A blank or control character, which nobody can see.
    #[error("a seal cannot show {char:?} (U+{:04X})", *char as u32)]
    Invisible {
        /// The character.
        char: char,
    },
    /// A size no seal has.
    #[error("a seal of {} mm; {}–{} mm are possible", diameter.mm(), min.mm(), max.mm())]
    Diameter {
        /// Size asked for.
        diameter: Length,
        /// Smallest size.
        min: Length,
        /// Largest size.
        max: Length,
    },
    /// A character that no font has.
    #[error("seal text: {0}")]
    Font(#[from] FontError),
    /// The raster could not be packed.
    #[error("the seal's picture cannot be packed: {reason}")]
    Raster {
        /// What the encoder said.
        reason: String,
    },
}

/// Draws a seal.
pub fn draw(design: &SealDesign, fonts: &FontLibrary) -> Result<SealPicture, SealArtError> {
    let bottom_line = design.bottom_line.as_deref().unwrap_or("");
    check(design, bottom_line)?;
    let paths = geometry::draw(design, bottom_line, fonts)?;
    let png = raster::encode(&paths, design.diameter, design.color)?;
    let size = Size { width: design.diameter, height: design.diameter };
    Ok(SealPicture { size, paths, png: png.into() })
}

fn check(design: &SealDesign, bottom_line: &str) -> Result<(), SealArtError> {
    let (name, line) = (design.name.chars().count(), bottom_line.chars().count());
    if name == 0 {
        return Err(SealArtError::EmptyName);
    }
    if name > MAX_NAME {
        return Err(SealArtError::NameTooLong { chars: name, max: MAX_NAME });
    }
    if line > MAX_BOTTOM_LINE {
        return Err(SealArtError::BottomLineTooLong { chars: line, max: MAX_BOTTOM_LINE });
    }
    if let Some(char) =
        design.name.chars().chain(bottom_line.chars()).find(|char| char.is_whitespace() || char.is_control())
    {
        return Err(SealArtError::Invisible { char });
    }
    if design.diameter < MIN_DIAMETER || design.diameter > MAX_DIAMETER {
        return Err(SealArtError::Diameter { diameter: design.diameter, min: MIN_DIAMETER, max: MAX_DIAMETER });
    }
    Ok(())
}

/// The red of seals (`#E60012`).
pub const SEAL_RED: Rgb = Rgb(0xE6, 0x00, 0x12);

/// Most characters on the arc; beyond that they are too narrow to read in print.
pub const MAX_NAME: usize = 30;
/// Most characters on the straight line.
pub const MAX_BOTTOM_LINE: usize = 12;
const MIN_DIAMETER: Length = Length::from_um(30_000);
const MAX_DIAMETER: Length = Length::from_um(60_000);
