//! Level B-LTA, and its renewal: a document time-stamp over everything that the file holds.

use std::collections::HashSet;

use pdf_sign::{Budget, NewField, Slot, placeholder};
use pki::tsp::{TimeStampRequest, TimeStampToken};
use pki::{Digest, DigestAlgorithm};
use time::OffsetDateTime;

use super::augment::collect;
use super::error::PdfSigningError;
use super::evidence::{Knowledge, Material, Pool};
use super::opened::Opened;
use super::prepared::digest;

/// A document time-stamp to be made.
#[derive(Clone, Debug)]
pub struct ArchiveRequest<'a> {
    knowledge: &'a Knowledge<'a>,
    field: Option<String>,
    room: usize,
    function: DigestAlgorithm,
}

impl<'a> ArchiveRequest<'a> {
    /// A stamp over SHA-256, in a new invisible field `Timestamp1`, `Timestamp2`, …
    pub const fn new(knowledge: &'a Knowledge<'a>) -> Self {
        Self { knowledge, field: None, room: placeholder::USUAL_CAPACITY, function: DigestAlgorithm::Sha256 }
    }

    /// Another name of the field.
    pub fn in_field(mut self, name: &str) -> Self {
        self.field = Some(name.to_owned());
        self
    }

    /// Room for the token, in bytes.
    pub const fn with_room(mut self, bytes: usize) -> Self {
        self.room = bytes;
        self
    }

    /// Another digest function for the imprint.
    pub const fn over(mut self, function: DigestAlgorithm) -> Self {
        self.function = function;
        self
    }
}

/// A PDF that lacks nothing but the token.
#[derive(Debug)]
pub struct PreparedArchive {
    room: pdf_sign::Prepared,
    imprint: Digest,
    before: Option<OffsetDateTime>,
}

/// Makes room for a document time-stamp, after checking what is there.
///
/// A file with signatures alone gets its proof of time (level B-T). A file that has time-stamps must hold all validation
/// data for them and for what they stamp ([`augment_lt`](super::augment_lt)), and the newest must be valid now: stamps
/// are renewed before they weaken, not after.
pub fn prepare_archive(pdf: Vec<u8>, request: &ArchiveRequest<'_>) -> Result<PreparedArchive, PdfSigningError> {
    let opened = Opened::read(&pdf)?;
    let before = opened.newest_time();
    if before.is_some() {
        let material = Material::default();
        let needs = collect(&opened, &Pool::new(&opened, &material, request.knowledge))?.needs;
        if !needs.is_empty() {
            return Err(PdfSigningError::Incomplete(Box::new(needs)));
        }
    }
    let name = match &request.field {
        Some(name) => name.clone(),
        None => free_name(&pdf),
    };
    let mut slot = NewField::time_stamp(&name);
    slot.signature.capacity = request.room;
    let room = pdf_sign::prepare(pdf, Slot::NewField(slot))?;
    let imprint = digest(&room, request.function);
    Ok(PreparedArchive { room, imprint, before })
}

impl PreparedArchive {
    /// The digest that the service stamps.
    pub const fn imprint(&self) -> &Digest {
        &self.imprint
    }

    /// The question to the service; give it a nonce.
    pub const fn stamp_request(&self) -> TimeStampRequest {
        TimeStampRequest::new(self.imprint)
    }

    /// The stamped PDF. The token must hold, be over this file, and not be earlier than the stamps in it.
    pub fn with_token(self, token: &[u8]) -> Result<Vec<u8>, PdfSigningError> {
        let read = TimeStampToken::from_der(token)?;
        let stamp = read.verify(|function| {
            if function == self.imprint.algorithm() { self.imprint } else { digest(&self.room, function) }
        })?;
        if let Some(before) = self.before.filter(|before| *before > stamp.time()) {
            return Err(PdfSigningError::StampTooEarly { at: stamp.time(), before });
        }
        self.room.finish(read.der()).map_err(PdfSigningError::of_finish)
    }
}

/// The first `Timestamp` that no field is called.
fn free_name(pdf: &[u8]) -> String {
    let facts = pdf_sign::inspect(pdf, &Budget::default());
    let signed = facts.signatures.iter().filter_map(|signature| signature.field.clone());
    let taken: HashSet<String> = signed.chain(facts.empty_fields.into_iter().map(|field| field.name)).collect();
    let mut at = 1;
    loop {
        let name = format!("Timestamp{at}");
        if !taken.contains(&name) {
            return name;
        }
        at += 1;
    }
}
