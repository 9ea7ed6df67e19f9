//! Pictures of a license, painted from its record when asked for; a few are kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use license_core::id::LicenseId;
use license_core::issue::lay_out_again;
use license_core::render::png::{PaintOptions, Painter};

use super::verify::record;
use super::{Access, Office, ServiceError};
use crate::store::StoredLicense;

/// Pictures kept; each has at most some hundred kilobytes.
const KEPT: usize = 64;

/// How to paint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PreviewOptions {
    /// Dots an inch.
    pub dpi: u32,
    /// Page, from 0.
    pub page: usize,
    /// Whether 核验预览 stands across it.
    pub marked: bool,
}

/// Where the small picture of a license is, and its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceOf {
    /// The token of its index.
    pub token: String,
    /// Width and height of the first page in mm.
    pub size: [f64; 2],
}

impl FaceOf {
    /// Width and height in pixels when the longer side has about `side`.
    pub fn pixels(&self, side: u32) -> (u32, u32) {
        let scale = f64::from(dpi(self.size, side)) / MM_PER_INCH;
        (self.size.map(|mm| (mm * scale).ceil() as u32)).into()
    }
}

fn dpi(size: [f64; 2], side: u32) -> u32 {
    let longer = size[0].max(size[1]).max(1.0);
    (f64::from(side) * MM_PER_INCH / longer).round().clamp(10.0, 600.0) as u32
}

const MM_PER_INCH: f64 = 25.4;
const A4: [f64; 2] = [210.0, 297.0];

#[derive(Default)]
pub(super) struct Previews {
    painter: Painter,
    kept: Mutex<VecDeque<(LicenseId, PreviewOptions, Arc<[u8]>)>>,
}

impl Office {
    /// The face as PNG, for a caller with a purpose.
    pub fn fetch_picture(
        &self,
        access: &Access,
        id: &LicenseId,
        options: PreviewOptions,
    ) -> Result<Arc<[u8]>, ServiceError> {
        let license = self.find(id)?;
        let picture = self.paint(&license, options)?;
        self.audit_read(access, id, "license.picture")?;
        Ok(picture)
    }

    /// The small marked picture on the verify page; the caller has verified the license.
    pub fn preview(&self, id: &LicenseId, dpi: u32) -> Result<Arc<[u8]>, ServiceError> {
        self.paint(&self.find(id)?, PreviewOptions { dpi, page: 0, marked: true })
    }

    /// The same with about `side` pixels on the longer side.
    pub fn small_picture(&self, id: &LicenseId, side: u32) -> Result<Arc<[u8]>, ServiceError> {
        let license = self.find(id)?;
        let size = self.face_size(&license)?.unwrap_or(A4);
        self.paint(&license, PreviewOptions { dpi: dpi(size, side), page: 0, marked: true })
    }

    /// Where the picture of a license is; none when its face is not known here.
    pub fn face_of(&self, id: &LicenseId) -> Result<Option<FaceOf>, ServiceError> {
        let license = self.find(id)?;
        let token = license.index_token.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(self.face_size(&license)?.map(|size| FaceOf { token, size }))
    }

    fn face_size(&self, license: &StoredLicense) -> Result<Option<[f64; 2]>, ServiceError> {
        let template = self.template(&license.type_id)?;
        let face = license.files.first().map_or("", |file| file.face.as_str());
        Ok(template.face(face).map(|(_, face)| face.size))
    }

    fn paint(&self, license: &StoredLicense, options: PreviewOptions) -> Result<Arc<[u8]>, ServiceError> {
        let kept = || self.previews.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept().iter().find(|(id, o, _)| *id == license.id && *o == options).map(|(_, _, png)| png.clone());
        if let Some(png) = known {
            return Ok(png);
        }
        let damaged = |problem: String| ServiceError::Damaged { id: license.id.to_string(), problem };
        let record = record(license)?;
        let template = self.template(&license.type_id)?;
        let issuer = self.issuer_of(&license.type_id)?;
        let width = issuer.picture().size.width;
        let document =
            lay_out_again(&record, &license.index_token, template, &self.fonts, self.specimen, Some(width))
                .map_err(|error| damaged(error.to_string()))?;
        let page = document.pages.get(options.page).ok_or_else(|| ServiceError::Request {
            field: "page",
            problem: format!("the license has {} pages", document.pages.len()),
        })?;
        let paint = PaintOptions {
            seal: Some(issuer.picture()),
            watermark: options.marked.then_some("核验预览"),
        };
        let png: Arc<[u8]> = self
            .previews
            .painter
            .paint(page, &self.fonts, options.dpi, &paint)
            .map_err(|error| ServiceError::Paint(error.to_string()))?
            .into();
        let mut pictures = kept();
        if pictures.len() == KEPT {
            pictures.pop_front();
        }
        pictures.push_back((license.id.clone(), options, png.clone()));
        Ok(png)
    }
}
