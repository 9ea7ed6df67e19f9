//! The questions: may this one vouch for that, then and now?

use std::sync::Arc;

use pki::{Certificate, Instant, PublicKey};
use time::OffsetDateTime;

use super::entry::{Anchor, IndexKey, Issuer, Origin, Purpose, area_in, code_of};
use super::list::TrustList;
use super::terms::{Event, Period, Scope, Status, compromised_since, is_all, names_type, status_at};

/// What a signature is about, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About<'a> {
    /// The issuer's code.
    pub issuer: Option<&'a str>,
    /// The license type's code.
    pub license_type: Option<&'a str>,
}

impl<'a> About<'a> {
    /// A license.
    pub fn license(issuer: &'a str, license_type: &'a str) -> About<'a> {
        About { issuer: Some(issuer), license_type: Some(license_type) }
    }

    /// A document of which no more is known than who signed it.
    pub fn signed_by(certificate: &'a Certificate) -> About<'a> {
        About { issuer: code_of(certificate), license_type: None }
    }
}

/// The instants that matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When it was signed, as the signer says.
    pub signed: OffsetDateTime,
    /// When it was there at the latest, as something other than the signer shows: a time-stamp, the register.
    pub existed: Option<OffsetDateTime>,
    /// The instant of the question.
    pub asked: OffsetDateTime,
}

/// Why an entry may not vouch for something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Objection {
    /// The key may have been in other hands when this was signed.
    #[error("{who}: compromised since {}, and this was signed later", Instant(*since))]
    Compromised {
        /// Name of the entry.
        who: String,
        /// Since when.
        since: OffsetDateTime,
    },
    /// It says that it was signed before the key was in other hands, and nothing shows that this is so.
    #[error("{who}: compromised since {}, and nothing proves that this was signed before", Instant(*since))]
    LaterCompromised {
        /// Name of the entry.
        who: String,
        /// Since when.
        since: OffsetDateTime,
    },
    /// The entry was suspended, withdrawn, or not there yet.
    #[error("{who}: {} when this was signed", status.word())]
    NotGranted {
        /// Name of the entry.
        who: String,
        /// How it stood.
        status: Status,
    },
    /// The entry's time had not come, or was over.
    #[error("{who}: not within its period when this was signed")]
    Period {
        /// Name of the entry.
        who: String,
    },
    /// The list names all keys that may sign here, and this is none of them.
    #[error("{who}: the trust list names the keys that may sign here, and this is none of them")]
    Unlisted {
        /// Name of the entry.
        who: String,
    },
    /// It does not vouch for this issuer.
    #[error("{who}: does not vouch for issuer {issuer}")]
    Issuer {
        /// Name of the entry.
        who: String,
        /// Of which issuer.
        issuer: String,
    },
    /// It does not vouch for this license type.
    #[error("{who}: does not vouch for license type {license_type}")]
    Type {
        /// Name of the entry.
        who: String,
        /// Of which type.
        license_type: String,
    },
    /// It does not vouch for this division.
    #[error("{who}: does not vouch for division {area}")]
    Area {
        /// Name of the entry.
        who: String,
        /// Which one.
        area: String,
    },
    /// It vouches for some issuers or types only, and the document does not say which it is.
    #[error("{who}: vouches for certain issuers or license types only, and the document does not say which it is of")]
    Unknown {
        /// Name of the entry.
        who: String,
    },
}

impl TrustList {
    /// Roots that may vouch for `purpose` at `at`, whatever the document is about.
    pub fn anchors_for(&self, purpose: Purpose, at: OffsetDateTime) -> Vec<Certificate> {
        self.anchors_of(purpose, at).map(|anchor| anchor.certificate.clone()).collect()
    }

    /// Roots that may vouch for `purpose` at `at` for this very license, and stood well then.
    pub fn anchors_about(&self, purpose: Purpose, about: &About<'_>, moment: &Moment) -> Vec<Certificate> {
        self.anchors_of(purpose, moment.signed)
            .filter(|anchor| self.objection_to_anchor(anchor, about, moment).is_none())
            .map(|anchor| anchor.certificate.clone())
            .collect()
    }

    fn anchors_of(&self, purpose: Purpose, at: OffsetDateTime) -> impl Iterator<Item = &Anchor> {
        let within = move |anchor: &&Anchor| anchor.purposes.contains(&purpose) && anchor.period.contains(at);
        self.anchors.iter().filter(within)
    }

    /// The issuer of this license type at that time, or why not; `None` inside means that the list does not name it.
    pub fn may_issue(&self, code: &str, type_code: &str, moment: &Moment) -> Result<&Issuer, Option<Objection>> {
        let issuer = self.issuer(code).ok_or(None)?;
        if !issuer.may_issue(type_code) {
            let (who, license_type) = (issuer.name.clone(), type_code.to_owned());
            return Err(Some(Objection::Type { who, license_type }));
        }
        match self.objection_to_issuer(issuer, moment) {
            Some(objection) => Err(Some(objection)),
            None => Ok(issuer),
        }
    }

    /// What speaks against an issuer at a time.
    pub fn objection_to_issuer(&self, issuer: &Issuer, moment: &Moment) -> Option<Objection> {
        standing(&issuer.name, &issuer.period, &issuer.history, moment).or_else(|| of_origin(&issuer.origin, moment))
    }

    /// What speaks against an index key: its history and that of every other entry about the same key. Its period is
    /// another question, which [`IndexKey::period`] answers.
    pub fn objection_to_index_key(&self, issuer: &Issuer, key: &IndexKey, moment: &Moment) -> Option<Objection> {
        let who = format!("index key of {}", issuer.name);
        self.compromise(key.key.spki_der(), &issuer.origin, moment)
            .or_else(|| standing(&who, &Period::default(), &key.history, moment))
    }

    /// What speaks against a path that holds: `path` from the signer up without the root, the root, what it was asked for.
    ///
    /// Everything that the list says about a key counts for every path through that key.
    pub fn objection<'c>(
        &self,
        path: impl Iterator<Item = &'c Certificate>,
        root: &Certificate,
        purpose: Purpose,
        about: &About<'_>,
        moment: &Moment,
    ) -> Option<Objection> {
        let path: Vec<&Certificate> = path.collect();
        let mut first = None;
        for anchor in self.anchors_of(purpose, moment.signed).filter(|anchor| anchor.certificate == *root) {
            let objection = self.objection_to_anchor(anchor, about, moment);
            let objection = objection.or_else(|| self.objection_below(anchor, &path, purpose, about, moment));
            match objection {
                None => return None,
                Some(objection) => first = first.or(Some(objection)),
            }
        }
        first
    }

    fn objection_to_anchor(&self, anchor: &Anchor, about: &About<'_>, moment: &Moment) -> Option<Objection> {
        self.compromise(anchor.certificate.spki_der(), &anchor.origin, moment)
            .or_else(|| standing(&anchor.name, &anchor.period, &anchor.history, moment))
            .or_else(|| of_origin(&anchor.origin, moment))
            .or_else(|| self.beyond(&anchor.name, &anchor.scope, about))
            .or_else(|| {
                let origin = anchor.origin.as_ref()?;
                self.beyond(&origin.name, &origin.scope, about).or_else(|| {
                    // What another list brings stays within it: its CAs vouch for the issuers that it names.
                    let Some(code) = about.issuer else { return Some(Objection::Unknown { who: origin.name.clone() }) };
                    let own = self.issuer(code).is_some_and(|issuer| issuer.origin.as_ref() == Some(origin));
                    (!own).then(|| Objection::Issuer { who: origin.name.clone(), issuer: code.to_owned() })
                })
            })
    }

    fn objection_below(
        &self,
        anchor: &Anchor,
        path: &[&Certificate],
        purpose: Purpose,
        about: &About<'_>,
        moment: &Moment,
    ) -> Option<Objection> {
        let origin = &anchor.origin;
        let leaf = path.first()?;
        for certificate in path {
            if let Some(objection) = self.compromise(certificate.spki_der(), origin, moment) {
                return Some(objection);
            }
            for service in self.services.iter().filter(|service| speaks(&service.origin, origin)) {
                if service.certificate.spki_der() == certificate.spki_der() {
                    let wrong = (!service.purposes.contains(&purpose)).then(|| unlisted(&service.name));
                    let objection = standing(&service.name, &service.period, &service.history, moment)
                        .or(wrong)
                        .or_else(|| self.beyond(&service.name, &service.scope, about));
                    if objection.is_some() {
                        return objection;
                    }
                }
            }
        }
        let issuer = about.issuer.and_then(|code| self.issuer(code));
        let issuer = issuer.filter(|issuer| purpose == Purpose::DocumentSigning && issuer.owns(leaf));
        let key = issuer.and_then(|issuer| issuer.signing_keys.iter().find(|key| key.spki == leaf.spki_der()));
        if let (Some(issuer), Some(key)) = (issuer, key) {
            let who = format!("signing key of {}", issuer.name);
            return standing(&who, &key.period, &key.history, moment);
        }
        if issuer.is_some_and(|issuer| issuer.listed_only) {
            return issuer.map(|issuer| unlisted(&issuer.name));
        }
        let listed = self.services.iter().any(|service| {
            speaks(&service.origin, origin)
                && service.certificate.spki_der() == leaf.spki_der()
                && service.purposes.contains(&purpose)
        });
        (anchor.listed_only && !listed).then(|| unlisted(&anchor.name))
    }

    /// A key is compromised when any entry about it says so that has a say here.
    fn compromise(&self, spki: &[u8], origin: &Option<Arc<Origin>>, moment: &Moment) -> Option<Objection> {
        let issuers = self.issuers.iter().filter(|issuer| speaks(&issuer.origin, origin));
        let keys = issuers.flat_map(|issuer| {
            let index = issuer.index_keys.iter().map(|key| (key.key.spki_der(), &key.history));
            let signing = issuer.signing_keys.iter().map(|key| (key.spki.as_slice(), &key.history));
            index.chain(signing).map(|(spki, history)| (issuer.name.as_str(), spki, history))
        });
        let anchors = self.anchors.iter().filter(|anchor| speaks(&anchor.origin, origin));
        let anchors = anchors.map(|anchor| (anchor.name.as_str(), anchor.certificate.spki_der(), &anchor.history));
        let services = self.services.iter().filter(|service| speaks(&service.origin, origin));
        let services = services.map(|one| (one.name.as_str(), one.certificate.spki_der(), &one.history));
        // Nearly all histories are empty: asked first, they cost nothing in lists of many thousand keys.
        let entries = keys.chain(anchors).chain(services).filter(|(_, _, history)| !history.is_empty());
        let entries = entries.filter(|(_, known, _)| *known == spki);
        let found: Vec<Objection> = entries.filter_map(|(who, _, history)| compromise(who, history, moment)).collect();
        // What one entry proves is not left open because another one does.
        let proven = found.iter().position(|objection| matches!(objection, Objection::Compromised { .. }));
        found.into_iter().nth(proven.unwrap_or_default())
    }

    /// Whether a key signs indexes for anyone of this list. Such keys stand in servers that are always on and sign nothing
    /// else. What another list says about keys binds its own issuers only.
    pub fn is_index_key(&self, key: &PublicKey) -> bool {
        let own = self.issuers.iter().filter(|issuer| issuer.origin.is_none());
        own.flat_map(|issuer| &issuer.index_keys).any(|known| known.key.bits() == key.bits())
    }

    /// As [`is_index_key`](Self::is_index_key), for the certificate of an issuer that another list may have brought.
    pub fn is_index_certificate(&self, certificate: &Certificate) -> bool {
        let own = || self.issuer_of(certificate).into_iter().flat_map(|issuer| &issuer.index_keys);
        certificate
            .public_key()
            .is_ok_and(|key| self.is_index_key(key) || own().any(|known| known.key.bits() == key.bits()))
    }

    /// What of the matter lies beyond a scope.
    fn beyond(&self, who: &str, scope: &Scope, about: &About<'_>) -> Option<Objection> {
        let who = || who.to_owned();
        match about.issuer {
            Some(issuer) => {
                if !scope.has_issuer(issuer) {
                    return Some(Objection::Issuer { who: who(), issuer: issuer.to_owned() });
                }
                // A code without a division lies in none.
                let unlisted = || [Some(area_in(issuer).unwrap_or_default()), None];
                let mut areas = self.issuer(issuer).map_or_else(unlisted, Issuer::areas).into_iter().flatten();
                if let Some(area) = areas.find(|area| !scope.has_area(area)) {
                    return Some(Objection::Area { who: who(), area: area.to_owned() });
                }
            }
            None if !is_all(&scope.issuers) || !is_all(&scope.areas) => return Some(Objection::Unknown { who: who() }),
            None => {}
        }
        match about.license_type {
            Some(code) if !names_type(&scope.types, code) => {
                Some(Objection::Type { who: who(), license_type: code.to_owned() })
            }
            None if !is_all(&scope.types) => Some(Objection::Unknown { who: who() }),
            _ => None,
        }
    }
}

/// Whether an entry of list `of` has a say about paths below an anchor of list `about`: this list about everything,
/// another one about its own.
fn speaks(of: &Option<Arc<Origin>>, about: &Option<Arc<Origin>>) -> bool {
    of.is_none() || of == about
}

fn unlisted(who: &str) -> Objection {
    Objection::Unlisted { who: who.to_owned() }
}

fn of_origin(origin: &Option<Arc<Origin>>, moment: &Moment) -> Option<Objection> {
    let origin = origin.as_ref()?;
    standing(&origin.name, &origin.period, &origin.history, moment)
}

fn standing(who: &str, period: &Period, history: &[Event], moment: &Moment) -> Option<Objection> {
    if let Some(objection) = compromise(who, history, moment) {
        return Some(objection);
    }
    match status_at(history, moment.signed) {
        Status::Granted if period.contains(moment.signed) => None,
        Status::Granted => Some(Objection::Period { who: who.to_owned() }),
        status => Some(Objection::NotGranted { who: who.to_owned(), status }),
    }
}

/// Later compromise reaches back to everything that only the signer's word shows to be older (EN 319 102-1: without a proof
/// of existence from before, REVOKED_NO_POE).
fn compromise(who: &str, history: &[Event], moment: &Moment) -> Option<Objection> {
    let since = compromised_since(history)?;
    if moment.signed >= since {
        return Some(Objection::Compromised { who: who.to_owned(), since });
    }
    let shown = moment.existed.unwrap_or(moment.asked);
    (shown >= since).then(|| Objection::LaterCompromised { who: who.to_owned(), since })
}
