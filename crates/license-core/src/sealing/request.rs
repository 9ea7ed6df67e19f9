//! What is asked for: which seal, whose key, when, where, and what may come after.

use eseal::Seal;
use pki::Certificate;
use time::OffsetDateTime;

use super::place::Place;

/// Whether more signatures may follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum After {
    /// The last one: it protects the list of signatures and the container, so nothing can be added or taken away.
    #[default]
    Nothing,
    /// More may follow: the list stays open, and one of the later ones closes it.
    More,
}

/// A seal to be applied.
#[derive(Clone, Debug)]
pub struct SealRequest<'a> {
    pub(super) seal: &'a Seal,
    pub(super) signer: &'a Certificate,
    pub(super) at: OffsetDateTime,
    pub(super) places: Vec<Place>,
    pub(super) after: After,
    pub(super) company: String,
    pub(super) with_seal_file: bool,
    pub(super) before_integrity: bool,
}

impl<'a> SealRequest<'a> {
    /// `seal` applied at `at` by the holder of `signer`, as the last signature of the document.
    pub fn new(seal: &'a Seal, signer: &'a Certificate, at: OffsetDateTime) -> Self {
        SealRequest {
            seal,
            signer,
            at,
            places: Vec::new(),
            after: After::Nothing,
            company: seal.content().name.clone(),
            with_seal_file: false,
            before_integrity: false,
        }
    }

    /// One more place where the seal shows; a seal may show in many, under one signature.
    pub fn at(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }

    /// Whether more signatures may follow.
    pub const fn followed_by(mut self, after: After) -> Self {
        self.after = after;
        self
    }

    /// `Provider/@Company`: the name of the seal unless said otherwise.
    pub fn company(mut self, company: &str) -> Self {
        company.clone_into(&mut self.company);
        self
    }

    /// Also writes `Seal.esl`. The seal is inside the signature value already; few viewers want it twice.
    pub const fn with_seal_file(mut self) -> Self {
        self.with_seal_file = true;
        self
    }

    /// The signed list of all files (GM/T 0099) will follow: the container is not final yet, so its digest is left out.
    pub const fn before_integrity(mut self) -> Self {
        self.before_integrity = true;
        self
    }
}

/// A plain signature to be made: no picture, GB/T 35275.
#[derive(Clone, Debug)]
pub struct PlainRequest<'a> {
    pub(super) signer: &'a Certificate,
    pub(super) chain: &'a [Certificate],
    pub(super) at: OffsetDateTime,
    pub(super) after: After,
    pub(super) company: String,
}

impl<'a> PlainRequest<'a> {
    /// A signature by the holder of `signer`; `chain` are the CA certificates to enclose.
    pub fn new(signer: &'a Certificate, chain: &'a [Certificate], at: OffsetDateTime) -> Self {
        PlainRequest { signer, chain, at, after: After::Nothing, company: String::new() }
    }

    /// Whether more signatures may follow.
    pub const fn followed_by(mut self, after: After) -> Self {
        self.after = after;
        self
    }

    /// `Provider/@Company`.
    pub fn company(mut self, company: &str) -> Self {
        company.clone_into(&mut self.company);
        self
    }
}
