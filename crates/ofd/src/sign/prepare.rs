//! prepare → to_be_signed → finish (GB/T 33190 signatures, the procedure in which no step spoils an earlier one).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{SignError, WriteError};
use crate::loc::folder;
use crate::package::Package;
use crate::part::Part;
use crate::problem::ProblemClass;
use crate::write::ENTRY_FILE;
use crate::write::content::check_box;
use crate::write::xml::Xml;
use crate::zip::write::ZipWriter;

use super::entries::refuse_closed;
use super::list::{Existing, survey};
use super::request::{SignatureKind, SignatureRequest, StampAnnot};

/// A package that lacks nothing but the signature value.
#[derive(Clone, Debug)]
pub struct Prepared {
    package: Package,
    signature: Part,
    signature_path: String,
    value_path: String,
    written: Option<ZipWriter>,
}

/// Makes room for a signature: links it, lists it, digests every protected file, and freezes `Signature.xml`.
///
/// `digest` must be the digest that `request.check_method` names.
pub fn prepare(
    package: Package,
    request: &SignatureRequest,
    digest: &dyn Fn(&[u8]) -> Vec<u8>,
) -> Result<Prepared, SignError> {
    check(&package, request)?;
    refuse_closed(&package)?;
    let existing = survey(&package)?;
    for stamp in &request.stamps {
        let pages = existing.page_ids.len();
        if stamp.page >= pages {
            return Err(SignError::NoSuchPage { page: stamp.page, pages });
        }
    }

    let mut package = package.without_container();
    // Whatever changes must change before anything is digested.
    if let Some(entry) = &existing.entry_with_link {
        package.set(ENTRY_FILE, entry.clone());
    }
    let list_path = existing.list_location();
    let slot = Slot::free(&package, folder(&list_path));
    let ids = existing.max_id + 1..;
    let mut ids = ids.into_iter();
    let signature_id = next(&mut ids);
    let stamp_ids: Vec<String> = request.stamps.iter().map(|_| next(&mut ids)).collect();
    let max_id = stamp_ids.last().unwrap_or(&signature_id);
    package.set(&list_path, list_xml(&existing, request.kind, &signature_id, max_id, &slot)?);
    if let Some(seal) = &request.seal_file {
        package.set(slot.path("Seal.esl"), seal.clone());
    }

    let references: Vec<(String, Vec<u8>)> = package
        .parts()
        .filter(|(name, _)| request.protect_signature_list || *name != list_path)
        .map(|(name, part)| (name.to_owned(), part.digest(&request.check_method, digest)))
        .collect();
    existing.check_earlier(&request.check_method, &references)?;
    let signature_path = slot.path("Signature.xml");
    let value_path = slot.path("SignedValue.dat");
    let xml = signature_xml(request, &existing, &references, &stamp_ids, &slot)?;
    let signature = Part::new(xml);
    package.set(&signature_path, signature.clone());
    Ok(Prepared { package, signature, signature_path, value_path, written: None })
}

impl Prepared {
    /// What is signed: `Signature.xml`, byte for byte.
    pub fn to_be_signed(&self) -> &[u8] {
        self.signature.bytes()
    }

    /// The absolute path of `Signature.xml`, as a seal signature's `propertyInfo` names it.
    pub fn signature_path(&self) -> String {
        format!("/{}", self.signature_path)
    }

    /// Writes the zip as far as it is known now: every byte before the local header of the signature value, which
    /// comes last. A signature over a digest of these bytes fixes the container too, not only the files in it.
    pub fn container(&mut self) -> Result<&[u8], WriteError> {
        if self.written.is_none() {
            let mut writer = ZipWriter::default();
            writer.add_all(self.package.parts())?;
            self.written = Some(writer);
        }
        Ok(self.written.as_ref().map(ZipWriter::bytes).unwrap_or_default())
    }

    /// Puts the signature value in its place and completes the zip; what [`container`](Self::container) wrote is not
    /// written again. The value is stored, not deflated: there is one way to write it.
    pub fn finish_zip(mut self, signed_value: &[u8]) -> Result<Vec<u8>, WriteError> {
        self.container()?;
        let mut writer = self.written.unwrap_or_default();
        writer.add_stored(&self.value_path, signed_value)?;
        writer.finish()
    }

    /// Puts the signature value in its place.
    pub fn finish(self, signed_value: Vec<u8>) -> Package {
        let mut package = self.package;
        package.set(self.value_path, signed_value);
        package
    }
}

fn check(package: &Package, request: &SignatureRequest) -> Result<(), SignError> {
    let fits = match request.kind {
        SignatureKind::Seal => !request.stamps.is_empty(),
        SignatureKind::Sign => request.stamps.is_empty() && request.seal_file.is_none(),
    };
    if !fits {
        return Err(SignError::KindMismatch);
    }
    for StampAnnot { boundary, clip, .. } in &request.stamps {
        check_box("stamp", boundary.width, boundary.height)?;
        if let Some(clip) = clip {
            check_box("clip of a stamp", clip.width, clip.height)?;
        }
    }
    check_sound(package)
}

/// Nobody should put a seal on a package that two readers see differently.
pub(super) fn check_sound(package: &Package) -> Result<(), SignError> {
    let problems = package.container().map(|container| container.problems.list.as_slice()).unwrap_or_default();
    match problems.iter().find(|problem| problem.kind.class() != ProblemClass::Tolerated) {
        Some(problem) => Err(SignError::Unsound(problem.to_string())),
        None => Ok(()),
    }
}

/// The folder of the new signature.
struct Slot {
    folder: String,
}

impl Slot {
    /// The first `Sign_N` that nobody uses.
    fn free(package: &Package, signs: &str) -> Slot {
        let base = if signs.is_empty() { String::new() } else { format!("{signs}/") };
        let mut number = 0usize;
        loop {
            let folder = format!("{base}Sign_{number}");
            let inside = format!("{}/", folder.to_lowercase());
            if !package.parts().any(|(name, _)| name.to_lowercase().starts_with(&inside)) {
                return Slot { folder };
            }
            number += 1;
        }
    }

    fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.folder)
    }
}

fn next(ids: &mut impl Iterator<Item = u64>) -> String {
    ids.next().unwrap_or(u64::MAX).to_string()
}

fn list_xml(
    existing: &Existing,
    kind: SignatureKind,
    id: &str,
    max_id: &str,
    slot: &Slot,
) -> Result<Vec<u8>, SignError> {
    let mut xml = Xml::new("Signatures");
    xml.leaf("MaxSignId", max_id);
    for record in &existing.records {
        xml.open("Signature").attr("ID", &record.id);
        if let Some(kind) = &record.kind {
            xml.attr("Type", kind);
        }
        xml.attr("BaseLoc", &record.base_loc);
        if let Some(relative) = &record.relative {
            xml.attr("Relative", relative);
        }
        xml.close();
    }
    xml.open("Signature").attr("ID", id).attr(
        "Type",
        match kind {
            SignatureKind::Seal => "Seal",
            SignatureKind::Sign => "Sign",
        },
    );
    xml.attr("BaseLoc", &format!("/{}", slot.path("Signature.xml"))).close();
    Ok(xml.finish()?)
}

fn signature_xml(
    request: &SignatureRequest,
    existing: &Existing,
    references: &[(String, Vec<u8>)],
    stamp_ids: &[String],
    slot: &Slot,
) -> Result<Vec<u8>, SignError> {
    let mut xml = Xml::with_capacity("Signature", 1024 + references.len() * 192);
    xml.open("SignedInfo").open("Provider").attr("ProviderName", &request.provider.name);
    for (name, value) in [("Version", &request.provider.version), ("Company", &request.provider.company)] {
        if !value.is_empty() {
            xml.attr(name, value);
        }
    }
    xml.close();
    xml.leaf("SignatureMethod", &request.signature_method);
    xml.leaf("SignatureDateTime", &request.date_time);
    xml.open("References").attr("CheckMethod", &request.check_method);
    for (name, digest) in references {
        xml.open("Reference").attr("FileRef", &format!("/{name}"));
        xml.leaf("CheckValue", &STANDARD.encode(digest)).close();
    }
    xml.close();
    for (stamp, id) in request.stamps.iter().zip(stamp_ids) {
        let page_ref = existing.page_ids.get(stamp.page).map(String::as_str).unwrap_or_default();
        xml.open("StampAnnot").attr("ID", id).attr("PageRef", page_ref).attr("Boundary", stamp.boundary);
        if let Some(clip) = stamp.clip {
            xml.attr("Clip", clip);
        }
        xml.close();
    }
    if request.seal_file.is_some() {
        xml.open("Seal").leaf("BaseLoc", &format!("/{}", slot.path("Seal.esl"))).close();
    }
    xml.close();
    xml.leaf("SignedValue", &format!("/{}", slot.path("SignedValue.dat")));
    Ok(xml.finish()?)
}
