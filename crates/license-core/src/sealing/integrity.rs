//! The signed list of all files (GM/T 0099-2020 annex D).

use ofd::{Budget, EntriesRequest, Package};
use pki::{Certificate, DigestAlgorithm};
use time::OffsetDateTime;

use super::error::SealingError;
use super::prepared::{Prepared, Room, refuse_unsound};
use crate::calendar::china_date;

/// Who closes the package.
#[derive(Clone, Debug)]
pub struct IntegrityRequest<'a> {
    signer: &'a Certificate,
    chain: &'a [Certificate],
    at: OffsetDateTime,
}

impl<'a> IntegrityRequest<'a> {
    /// Closed at `at` by the holder of `signer`; `chain` are the CA certificates to enclose.
    pub const fn new(signer: &'a Certificate, chain: &'a [Certificate], at: OffsetDateTime) -> Self {
        IntegrityRequest { signer, chain, at }
    }
}

/// Lists all files of the package for a GB/T 35275 signature over the list. After it nothing can be added, signatures
/// included; so it comes last.
pub fn prepare_integrity(package: Package, request: &IntegrityRequest<'_>) -> Result<Prepared, SealingError> {
    let entries = EntriesRequest {
        creator: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        creation_date: china_date(request.at).to_string(),
    };
    refuse_unsound(&ofd::inspect(&package, &Budget::default()))?;
    let room = ofd::prepare_entries(package, &entries)?;
    let data_hash = DigestAlgorithm::Sm3.digest(room.to_be_signed());
    Prepared::plain(Room::Entries(room), &data_hash, request.signer, request.chain, request.at)
}
