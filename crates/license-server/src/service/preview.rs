//! Pictures of a license, painted from its record when asked for; a few are kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use image::codecs::jpeg::JpegEncoder;
use image::imageops;
use license_core::id::LicenseId;
use license_core::issue::lay_out_face;
use license_core::mask;
use license_core::record::Record;
use license_core::record::{Holder, RecordItem, Value};
use license_core::render::png::{PaintOptions, Painter};
use license_core::seal_art::SealPicture;
use license_core::template::Template;
use license_core::verify::FontShelf as _;

use super::faces::file_of;
use super::verify::record;
use super::{Access, Office, ServiceError};
use crate::store::{FileKind, StoredLicense};

/// Pictures kept; most have less than some hundred kilobytes.
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

/// Where the small pictures of a license are, and the shape of the first.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceOf {
    /// The token of its index.
    pub token: String,
    /// Width and height of the first page in mm.
    pub size: [f64; 2],
    /// Id and name (正本, 副本) of every face that it has files of, the first one first.
    pub faces: Vec<(String, String)>,
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
    kept: Mutex<VecDeque<Kept>>,
}

struct Kept {
    id: LicenseId,
    face: Option<String>,
    options: PreviewOptions,
    form: Form,
    bytes: Arc<[u8]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Png,
    Jpeg,
}

impl Office {
    /// A face as PNG, for a caller with a purpose: the one named, or the one that the license was first made on.
    pub fn fetch_picture(
        &self,
        access: &Access,
        id: &LicenseId,
        face: Option<&str>,
        options: PreviewOptions,
    ) -> Result<Arc<[u8]>, ServiceError> {
        let license = self.find(id)?;
        if face.is_some() {
            file_of(&license, FileKind::Ofd, face)?;
        }
        let picture = self.paint(&license, face, options)?;
        self.audit_read(access, id, "license.picture")?;
        Ok(picture)
    }

    /// The small marked picture on the verify page, a JPEG with about `side` pixels on the longer side, of the face named
    /// or of the first; the caller has verified the license.
    pub fn preview(&self, id: &LicenseId, face: Option<&str>, side: u32) -> Result<Arc<[u8]>, ServiceError> {
        let license = self.find(id)?;
        if face.is_some() {
            file_of(&license, FileKind::Ofd, face)?;
        }
        let size = self.face_size(&license, face)?.unwrap_or(A4);
        let options = PreviewOptions { dpi: dpi(size, side), page: 0, marked: true };
        if let Some(jpeg) = self.previews.known(&license.id, face, options, Form::Jpeg) {
            return Ok(jpeg);
        }
        let private = self.private_places(&license, face)?;
        let jpeg: Arc<[u8]> = small_jpeg(&self.paint_anew(&license, face, options)?, size, &private)?.into();
        self.previews.keep(&license.id, face, options, Form::Jpeg, &jpeg);
        Ok(jpeg)
    }

    /// Where the pictures of a license are; none when its face is not known here.
    pub fn face_of(&self, id: &LicenseId) -> Result<Option<FaceOf>, ServiceError> {
        let license = self.find(id)?;
        let token = license.index_token.rsplit('/').next().unwrap_or_default().to_owned();
        let Some(size) = self.face_size(&license, None)? else { return Ok(None) };
        let record = record(&license)?;
        let mut faces = license.faces();
        faces.sort_by_key(|face| *face != record.face());
        let named = |face: &str| {
            let (_, known) = self.template_of(&record)?.face(face)?;
            Some((known.id.clone(), known.name.clone()))
        };
        Ok(Some(FaceOf { token, size, faces: faces.into_iter().filter_map(named).collect() }))
    }

    /// Boxes of the face, in mm, whose words the public page would mask.
    fn private_places(&self, license: &StoredLicense, face: Option<&str>) -> Result<Vec<[f64; 4]>, ServiceError> {
        let record = record(license)?;
        // The one that the license was filled by: in a later one the boxes stand elsewhere.
        let template = self.template_of(&record);
        let person = record.holders().iter().any(Holder::is_person);
        let masked = |item: &&RecordItem| match (&item.value, item.mask) {
            (_, None) => false,
            (Value::Text(text), Some(mask)) => mask::apply(mask, text, person) != *text,
            (_, Some(_)) => true,
        };
        let keys: Vec<&str> = record.items().iter().filter(masked).map(|item| item.key.as_str()).collect();
        let shows = |text: &str| {
            keys.iter().any(|key| text.contains(&format!("{{{key}}}")) || text.contains(&format!("{{{key}:")))
        };
        let face = template.and_then(|template| template.face(face.unwrap_or(record.face())));
        let boxes = face.map_or(&[][..], |(_, face)| &face.boxes);
        Ok(boxes.iter().filter(|one| shows(&one.text)).map(|one| one.at).collect())
    }

    fn face_size(&self, license: &StoredLicense, face: Option<&str>) -> Result<Option<[f64; 2]>, ServiceError> {
        let record = record(license)?;
        let template = self.template_of(&record);
        Ok(template.and_then(|template| template.face(face.unwrap_or(record.face()))).map(|(_, face)| face.size))
    }

    /// The very template that a record was filled by.
    pub(super) fn template_of(&self, record: &Record) -> Option<&Arc<Template>> {
        let reference = record.template();
        self.catalog.by_digest(&reference.id, reference.digest.as_bytes())
    }

    fn paint(
        &self,
        license: &StoredLicense,
        face: Option<&str>,
        options: PreviewOptions,
    ) -> Result<Arc<[u8]>, ServiceError> {
        if let Some(png) = self.previews.known(&license.id, face, options, Form::Png) {
            return Ok(png);
        }
        let png: Arc<[u8]> = self.paint_anew(license, face, options)?.into();
        if png.len() <= MOST_KEPT {
            self.previews.keep(&license.id, face, options, Form::Png, &png);
        }
        Ok(png)
    }

    fn paint_anew(
        &self,
        license: &StoredLicense,
        face: Option<&str>,
        options: PreviewOptions,
    ) -> Result<Vec<u8>, ServiceError> {
        let damaged = |problem: String| ServiceError::Damaged { id: license.id.to_string(), problem };
        let record = record(license)?;
        let template = self.template_of(&record).ok_or_else(|| ServiceError::TemplateGone {
            id: license.id.to_string(),
            template: record.template().id.clone(),
            version: record.template().version,
        })?;
        let face = face.unwrap_or(record.face());
        // As on the day of issue; without its own fonts at least the same words.
        let fonts = self.archive.shelf().fonts_of(&record.fonts()).unwrap_or_else(|| self.fonts.clone());
        let seal = self.seal_of(license, face)?;
        let width = seal.size.width;
        // One set of words across the page: two would cover one another.
        let specimen = self.specimen && !options.marked;
        let mark = if self.specimen { "样张 核验预览" } else { "核验预览" };
        let document = lay_out_face(&record, face, &license.index_token, template, &fonts, specimen, Some(width))
            .map_err(|error| damaged(error.to_string()))?;
        let page = document.pages.get(options.page).ok_or_else(|| ServiceError::Request {
            field: "page",
            problem: format!("the license has {} pages", document.pages.len()),
        })?;
        let paint = PaintOptions { seal: Some(&seal), watermark: options.marked.then_some(mark) };
        self.previews
            .painter
            .paint(page, &fonts, options.dpi, &paint)
            .map_err(|error| ServiceError::Paint(error.to_string()))
    }

    /// The picture of the seal that is on a face; of today's when that one was not kept.
    fn seal_of(&self, license: &StoredLicense, face: &str) -> Result<Arc<SealPicture>, ServiceError> {
        let kept = file_of(license, FileKind::Ofd, Some(face)).ok().and_then(|file| file.seal);
        if let Some(picture) = kept.and_then(|seal| self.archive.seal_picture(&seal)) {
            return Ok(picture);
        }
        Ok(self.issuer_of(&license.type_id)?.picture().clone())
    }
}

impl Previews {
    fn known(&self, id: &LicenseId, face: Option<&str>, options: PreviewOptions, form: Form) -> Option<Arc<[u8]>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let same =
            |one: &&Kept| one.id == *id && one.face.as_deref() == face && one.options == options && one.form == form;
        kept.iter().find(same).map(|one| one.bytes.clone())
    }

    fn keep(&self, id: &LicenseId, face: Option<&str>, options: PreviewOptions, form: Form, bytes: &Arc<[u8]>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Kept { id: id.clone(), face: face.map(str::to_owned), options, form, bytes: bytes.clone() });
    }
}

/// Guilloches do not compress as PNG; a phone on a slow line gets a JPEG that surely fits. What the page masks in
/// words is blurred in the picture.
fn small_jpeg(png: &[u8], size: [f64; 2], private: &[[f64; 4]]) -> Result<Vec<u8>, ServiceError> {
    let failed = |error: image::ImageError| ServiceError::Paint(error.to_string());
    let mut picture = image::load_from_memory_with_format(png, image::ImageFormat::Png).map_err(failed)?.into_rgb8();
    let scale = f64::from(picture.width()) / size[0].max(1.0);
    for place in private {
        let [x, y, width, height] = place.map(|mm| (mm.max(0.0) * scale).round() as u32);
        // Outside the picture nothing is left of the part.
        let part = imageops::crop_imm(&picture, x, y, width, height).to_image();
        if part.width() > 0 && part.height() > 0 {
            imageops::replace(&mut picture, &imageops::blur(&part, BLUR), i64::from(x), i64::from(y));
        }
    }
    let mut jpeg = Vec::new();
    for quality in QUALITIES {
        jpeg.clear();
        JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(&picture).map_err(failed)?;
        if jpeg.len() <= SMALL {
            break;
        }
    }
    Ok(jpeg)
}

/// Wider than any stroke of a character at that size.
const BLUR: f32 = 6.0;
/// Bytes that the small picture should not exceed: page, style sheets, fonts and picture have 100 KB together.
const SMALL: usize = 42_000;
/// Tried in this order.
const QUALITIES: [u8; 5] = [82, 70, 55, 40, 25];
/// A larger picture is painted anew each time.
const MOST_KEPT: usize = 2 << 20;
