//! A whole list: opened, written, put in the place of another.

use pki::Certificate;
use time::OffsetDateTime;

use super::entry::{Anchor, Issuer, Pointer, Purpose, Service};
use super::error::{Rollback, TrustListError};
use super::{jws, read, write};
use crate::id::Digest;

/// A whole list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrustList {
    /// Rises with every edition; an older edition than the one at hand is refused by whoever keeps it.
    pub sequence: u64,
    /// Digest of the edition before this one ([`TrustList::digest_of`]), for those who follow the chain.
    pub previous: Option<Digest>,
    /// Who keeps the list.
    pub operator: String,
    /// When this edition was made.
    pub issued_at: Option<OffsetDateTime>,
    /// When the next edition is due.
    pub next_update: Option<OffsetDateTime>,
    /// Addresses that QR codes lead to (`HTTPS://LICENSE.EXAMPLE.GOV.CN/V/`), former ones included; a code that leads
    /// elsewhere is refused. Empty: any address is taken, since none is under the index's signature.
    pub addresses: Vec<String>,
    /// Trusted roots.
    pub anchors: Vec<Anchor>,
    /// Certificates of CAs below the roots. They vouch for nobody by themselves; with them a path is found from a
    /// certificate that came alone, as in every GB/T 38540 signature.
    pub authorities: Vec<Certificate>,
    /// Seal makers, time-stamp services and CAs that there is something to say about.
    pub services: Vec<Service>,
    /// Trusted issuers.
    pub issuers: Vec<Issuer>,
    /// Lists of other operators, and what they may vouch for here.
    pub lists: Vec<Pointer>,
}

impl TrustList {
    /// A list of roots alone, for a verifier that was given certificates and nothing else.
    pub fn of_roots(roots: impl IntoIterator<Item = Certificate>) -> TrustList {
        let purposes = Purpose::ALL.map(|(purpose, _)| purpose);
        let anchors = roots.into_iter().map(|certificate| {
            let name = certificate.subject().to_string();
            Anchor::new(name, certificate, purposes.to_vec())
        });
        TrustList { anchors: anchors.collect(), ..TrustList::default() }
    }

    /// Whether a verifier that holds `held` may go over to this edition: it must not be older, and an edition once
    /// seen is not seen again with another content.
    pub fn may_replace(&self, held: &TrustList) -> bool {
        self.replaces(held, None).is_ok()
    }

    /// The same with the reason, and with the digest of the edition at hand: an edition that follows it directly must not
    /// name another one as its predecessor.
    pub fn replaces(&self, held: &TrustList, held_digest: Option<Digest>) -> Result<(), Rollback> {
        if self.sequence < held.sequence {
            return Err(Rollback::Older { held: held.sequence, offered: self.sequence });
        }
        if self.sequence == held.sequence {
            return if self == held { Ok(()) } else { Err(Rollback::Forked(held.sequence)) };
        }
        if let (Some(held_made), Some(made)) = (held.issued_at, self.issued_at)
            && made < held_made
        {
            return Err(Rollback::Earlier { held: held.sequence, held_made, offered: self.sequence, made });
        }
        match (self.previous, held_digest) {
            (Some(named), Some(digest)) if self.sequence == held.sequence + 1 && named != digest => {
                Err(Rollback::OtherPast { named, held: digest })
            }
            _ => Ok(()),
        }
    }

    /// What an edition is known by: SHA-256 of the signed text, without blanks around it.
    pub fn digest_of(text: &str) -> Digest {
        Digest::of(text.trim().as_bytes())
    }

    /// Whether a QR code may lead to this address.
    pub fn knows_address(&self, address: &str) -> bool {
        self.addresses.is_empty() || self.addresses.iter().any(|known| known == address)
    }

    /// Whether the next edition was due before `at`: what this one says may have been withdrawn since.
    pub fn is_overdue(&self, at: OffsetDateTime) -> bool {
        self.next_update.is_some_and(|due| due < at)
    }

    /// The same for what is said about one issuer, which another operator's list may have brought.
    pub fn is_overdue_about(&self, issuer: &str, at: OffsetDateTime) -> bool {
        let origin = self.issuer(issuer).and_then(|issuer| issuer.origin.as_ref());
        self.is_overdue(at) || origin.and_then(|origin| origin.next_update).is_some_and(|due| due < at)
    }

    /// Checks the signature with one of the pinned roots and reads the list.
    pub fn open(text: &str, pinned: &[Certificate]) -> Result<TrustList, TrustListError> {
        TrustList::from_json(&jws::open(text.trim(), pinned)?)
    }

    /// Reads the list in an envelope without checking who signed it: for showing, never for trusting.
    pub fn read_unchecked(text: &str) -> Result<TrustList, TrustListError> {
        TrustList::from_json(&jws::payload(text.trim())?)
    }

    /// Which of these certificates an envelope says it was signed by; the signature is not checked.
    pub fn named_signer<'c>(text: &str, among: &'c [Certificate]) -> Option<&'c Certificate> {
        jws::named_signer(text.trim(), among)
    }

    /// Fixes the bytes to be signed by the root authority.
    pub fn prepare(&self, signer: &Certificate) -> Result<jws::Prepared, TrustListError> {
        Ok(jws::Prepared::new(&self.to_json(), signer)?)
    }

    /// The issuer with this code.
    pub fn issuer(&self, code: &str) -> Option<&Issuer> {
        self.issuers.iter().find(|issuer| issuer.code == code)
    }

    /// The issuer that owns this certificate.
    pub fn issuer_of(&self, certificate: &Certificate) -> Option<&Issuer> {
        self.issuers.iter().find(|issuer| issuer.owns(certificate))
    }

    /// The JSON payload, pretty, keys in a fixed order, schema 2. What other lists brought is not written.
    pub fn to_json(&self) -> Vec<u8> {
        write::json(self)
    }

    /// Reads the JSON payload, schema 1 or 2 (the caller has checked its signature).
    pub fn from_json(json: &[u8]) -> Result<TrustList, TrustListError> {
        read::json(json)
    }
}
