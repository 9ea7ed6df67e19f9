//! What is to be issued: one license, on one face or on several.

use std::sync::Arc;

use super::error::IssueError;
use super::issuer::Issuer;
use super::printer::Printer;
use super::stamps::Tokens;
use super::steps::{Draft, Indexed, Issued, Occasion, Rendered};
use crate::fill::Filled;
use crate::id::LicenseId;
use crate::index::IndexText;
use crate::record::Record;
use crate::template::Template;

/// A license to be issued: the values, the identifier, and what goes beyond the plain case.
#[derive(Debug)]
pub struct Order {
    filled: Filled,
    id: LicenseId,
    related: Option<LicenseId>,
    further: Vec<usize>,
}

impl Order {
    /// One license on the face that filling chose.
    pub fn new(filled: Filled, id: LicenseId) -> Order {
        Order { filled, id, related: None, further: Vec::new() }
    }

    /// With 关联证照标识: the predecessor of a license that has a new number, or another license it belongs to.
    pub fn related(self, related: Option<LicenseId>) -> Order {
        Order { related, ..self }
    }

    /// On further faces too, by their position in the template; the chosen one and repetitions are left out.
    pub fn further_faces(mut self, faces: &[usize]) -> Order {
        for face in faces {
            if *face != self.filled.face && !self.further.contains(face) {
                self.further.push(*face);
            }
        }
        self
    }

    /// Issues the license: one identifier, one record, one index; the files of every face.
    pub fn issue(
        self,
        issuer: &Issuer,
        printer: &Printer,
        occasion: &Occasion<'_>,
    ) -> Result<(Issued, Vec<Edition>), IssueError> {
        let template = Arc::clone(&self.filled.template);
        let mut record = Record::new(&self.filled, self.id)?.with_fonts(printer.fonts().set()?.digest());
        if let Some(related) = self.related {
            record = record.with_related(related);
        }
        let draft = Draft::of(self.filled, record, issuer, occasion)?;
        let signature = issuer.index_signer().sign(draft.to_be_signed())?;
        let issued = sign(draft.finish(&signature)?.render(printer, issuer, occasion)?, issuer, occasion)?;
        let edition = |face: &usize| {
            let name = template.file.faces.get(*face).map_or("", |face| &face.id);
            issue_face(issued.record(), issued.index(), &template, name, issuer, printer, occasion)
        };
        let further = self.further.iter().map(edition).collect::<Result<Vec<_>, _>>()?;
        Ok((issued, further))
    }
}

/// The files of one face.
#[derive(Clone, PartialEq, Eq)]
pub struct Edition {
    face: String,
    ofd: Vec<u8>,
    pdf: Vec<u8>,
}

impl Edition {
    /// Id of the face.
    pub fn face(&self) -> &str {
        &self.face
    }

    /// The sealed OFD.
    pub fn ofd(&self) -> &[u8] {
        &self.ofd
    }

    /// The signed PDF.
    pub fn pdf(&self) -> &[u8] {
        &self.pdf
    }
}

impl std::fmt::Debug for Edition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Edition({}, OFD of {} and PDF of {} bytes)", self.face, self.ofd.len(), self.pdf.len())
    }
}

/// Makes the files of a further face of an issued license: the same record, the same index, other pages.
///
/// `template` must be the one the record was filled by, and the printer's fonts those that it names.
pub fn issue_face(
    record: &Record,
    index: &IndexText,
    template: &Arc<Template>,
    face: &str,
    issuer: &Issuer,
    printer: &Printer,
    occasion: &Occasion<'_>,
) -> Result<Edition, IssueError> {
    issuer.check_at(occasion.at)?;
    let (at, _) = template
        .face(face)
        .ok_or_else(|| IssueError::Issuer(format!("license type `{}` has no face `{face}`", template.id())))?;
    let (named, here) = (record.fonts(), printer.fonts().set()?.digest());
    if named != here {
        return Err(IssueError::Issuer(format!("the license was laid out with the fonts {named}, not {here}")));
    }
    let filled = Filled { face: at, ..record.to_filled(template)? };
    let indexed = Indexed::again(filled, record.clone(), index.clone())?;
    let issued = sign(indexed.render(printer, issuer, occasion)?, issuer, occasion)?;
    Ok(Edition { face: face.to_owned(), ofd: issued.ofd().to_vec(), pdf: issued.pdf().to_vec() })
}

fn sign(rendered: Rendered, issuer: &Issuer, occasion: &Occasion<'_>) -> Result<Issued, IssueError> {
    let prepared = rendered.prepare(issuer, occasion)?;
    let seal = issuer.seal_signer().sign(prepared.seal_to_be_signed())?;
    let document = issuer.document_signer().sign(prepared.pdf_to_be_signed())?;
    let tokens = match issuer.stamps() {
        Some(stamps) => stamps.over(&seal, &document, issuer.seal().version())?,
        None => Tokens::default(),
    };
    prepared.finish_stamped(&seal, &document, &tokens, issuer)
}
