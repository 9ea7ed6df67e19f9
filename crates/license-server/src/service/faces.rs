//! The faces of a license (正本, 副本): which are wanted, and further ones later.

use std::sync::Arc;

use license_core::id::LicenseId;
use license_core::index::IndexText;
use license_core::issue::{Occasion, Printer, issue_face};
use license_core::template::Template;
use license_core::verify::FontShelf as _;

use super::words::RequestFault;
use super::{Caller, Office, ServiceError};
use crate::store::{AddFiles, AuditNote, FileKind, FileRef, NewFile, StoredLicense};

/// Tries of a change that others keep overtaking.
const TRIES: usize = 3;

/// The positions of the named faces in the template, in the order of the names; none for no names.
pub(super) fn positions(template: &Template, names: &[String]) -> Result<Vec<usize>, ServiceError> {
    let mut found = Vec::new();
    let mut faults = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let pointer = format!("/faces/{at}");
        match template.face(name) {
            None => faults.push(unknown(&pointer, template, name)),
            Some((face, _)) if found.contains(&face) => faults.push(RequestFault::new(
                pointer,
                "duplicate",
                format!("版面“{name}”重复"),
                format!("face {name:?} is named twice: name each face once"),
            )),
            Some((face, _)) => found.push(face),
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(ServiceError::Invalid(faults)) }
}

fn unknown(pointer: &str, template: &Template, name: &str) -> RequestFault {
    let known: Vec<&str> = template.file.faces.iter().map(|face| face.id.as_str()).collect();
    let (known, kind) = (known.join(", "), template.id());
    RequestFault::new(
        pointer,
        "face",
        format!("没有版面“{name}”，可用的有：{known}"),
        format!("{kind} has no face {name:?}: take one of {known}"),
    )
}

/// The file of a face; without a name, of the face that the license was first made on.
pub(super) fn file_of<'a>(
    license: &'a StoredLicense,
    kind: FileKind,
    face: Option<&str>,
) -> Result<&'a FileRef, ServiceError> {
    let mut files = license.files.iter().filter(|file| file.kind == kind);
    let found = files.find(|file| face.is_none_or(|face| file.face == face));
    found.ok_or_else(|| match face {
        Some(face) => {
            ServiceError::NotFound(format!("{}, face {face:?}: it has {}", license.id, license.faces().join(", ")))
        }
        None => ServiceError::NotFound(format!("{} as {}", license.id, kind.media_type())),
    })
}

impl Office {
    /// Makes the files of further faces of a valid license: the same record, the same index. Faces that it has already
    /// stay as they are; asked for again, nothing happens.
    pub fn add_faces(&self, caller: &Caller, id: &LicenseId, names: &[String]) -> Result<StoredLicense, ServiceError> {
        if names.is_empty() {
            let en = "is empty: name at least one face";
            return Err(RequestFault::new("/faces", "required", "至少指定一个版面", en).into());
        }
        let mut tries = 0;
        loop {
            tries += 1;
            let license = self.find(id)?;
            let damaged = |problem: String| ServiceError::Damaged { id: id.to_string(), problem };
            let record = super::verify::record(&license)?;
            let template = self.template_of(&record).ok_or_else(|| ServiceError::TemplateGone {
                id: id.to_string(),
                template: record.template().id.clone(),
                version: record.template().version,
            })?;
            let has = license.faces();
            let wanted: Vec<String> = positions(template, names)?
                .into_iter()
                .map(|at| template.file.faces[at].id.clone())
                .filter(|face| !has.contains(&face.as_str()))
                .collect();
            if wanted.is_empty() {
                return Ok(license);
            }
            let now = self.clock.now();
            let issuer = self.signing_issuer_of(&license.type_id, now)?;
            let index = IndexText::parse(&license.index_token).map_err(|error| damaged(error.to_string()))?;
            // The record names its fonts: every face of the license is made with them.
            let fonts = self
                .archive
                .shelf()
                .fonts_of(&record.fonts())
                .ok_or_else(|| ServiceError::FontsGone { id: id.to_string(), set: record.fonts() })?;
            let older = (!Arc::ptr_eq(&fonts, &self.fonts)).then(|| Printer::new(fonts));
            let printer = older.as_ref().unwrap_or(&self.printer);
            let seal = Some(self.archive.seal(issuer, now)?);
            // The index is there already: neither address nor place in the status list are asked for again.
            let occasion = Occasion { at: now, address: &self.address, status: 0, specimen: self.specimen };
            let mut files = Vec::new();
            for face in &wanted {
                let made = issue_face(&record, &index, template, face, issuer, printer, &occasion)?;
                let file = |kind, bytes: &[u8]| NewFile { kind, face: face.clone(), bytes: bytes.to_vec(), seal };
                files.push(file(FileKind::Ofd, made.ofd()));
                files.push(file(FileKind::Pdf, made.pdf()));
            }
            let audit = AuditNote {
                at: now,
                actor: caller.name.clone(),
                action: "license.faces".to_owned(),
                purpose: "issue".to_owned(),
                detail: wanted.join(","),
            };
            let add = AddFiles { id: id.clone(), expected_revision: license.revision, files, audit };
            match self.store.add_files(add) {
                // Somebody changed it while the files were made: look again.
                Err(error)
                    if tries < TRIES
                        && matches!(error.refusal(), Some(crate::store::Refusal::RevisionConflict { .. })) => {}
                done => return Ok(done?),
            }
        }
    }
}
