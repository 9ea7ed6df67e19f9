//! What whoever keeps a list should know before it hurts.

use pki::{Certificate, Instant};
use time::{Duration, OffsetDateTime};

use super::entry::{Anchor, Issuer};
use super::list::TrustList;
use super::terms::{Event, Period, Status, status_at};

/// Something to see to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What.
    pub kind: WarningKind,
    /// Which entry.
    pub entry: String,
}

/// What is to be seen to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WarningKind {
    /// The next edition was due.
    Overdue(OffsetDateTime),
    /// The next edition is due soon.
    DueSoon(OffsetDateTime),
    /// The list says nothing about its next edition.
    NoNextUpdate,
    /// A certificate has expired.
    Expired(OffsetDateTime),
    /// A certificate or a period ends soon.
    EndsSoon(OffsetDateTime),
    /// The entry vouches for nothing any more, or never did.
    Dead(&'static str),
}

impl Warning {
    /// Whether something does not work already.
    pub fn is_serious(&self) -> bool {
        matches!(self.kind, WarningKind::Overdue(_) | WarningKind::Expired(_))
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Warning { kind, entry } = self;
        match kind {
            WarningKind::Overdue(at) => write!(f, "{entry}: the next edition was due at {}", Instant(*at)),
            WarningKind::DueSoon(at) => write!(f, "{entry}: the next edition is due at {}", Instant(*at)),
            WarningKind::NoNextUpdate => write!(f, "{entry}: does not say when its next edition is due"),
            WarningKind::Expired(at) => write!(f, "{entry}: expired at {}", Instant(*at)),
            WarningKind::EndsSoon(at) => write!(f, "{entry}: ends at {}", Instant(*at)),
            WarningKind::Dead(why) => write!(f, "{entry}: {why}"),
        }
    }
}

impl TrustList {
    /// Everything to see to as of `at`; soon is what comes before `at + within`.
    pub fn warnings(&self, at: OffsetDateTime, within: Duration) -> Vec<Warning> {
        let mut found = Found { at, soon: at.saturating_add(within), warnings: Vec::new() };
        match self.next_update {
            None => found.add("list", WarningKind::NoNextUpdate),
            Some(due) if due < at => found.add("list", WarningKind::Overdue(due)),
            Some(due) if due < found.soon => found.add("list", WarningKind::DueSoon(due)),
            Some(_) => {}
        }
        for anchor in &self.anchors {
            found.anchor(anchor);
        }
        for service in &self.services {
            let entry = format!("service {}", service.name);
            found.certificate(&entry, &service.certificate, &service.period, &service.history);
            let below = self.anchors.iter().map(|anchor| &anchor.certificate).chain(&self.authorities);
            if !below.into_iter().any(|ca| ca.subject().matches(service.certificate.issuer())) {
                found.add(&entry, WarningKind::Dead("the CA of its certificate is not in the list"));
            }
        }
        for authority in &self.authorities {
            found.certificate(&format!("authority {}", authority.subject()), authority, &Period::default(), &[]);
        }
        for issuer in &self.issuers {
            found.issuer(issuer);
        }
        for pointer in &self.lists {
            let entry = format!("list {}", pointer.name);
            found.certificate(&entry, &pointer.root, &pointer.period, &pointer.history);
        }
        let codes = self.anchors.iter().flat_map(|anchor| &anchor.scope.issuers);
        for code in codes.filter(|code| code.len() > 1 && self.lists.is_empty() && self.issuer(code).is_none()) {
            found.add(
                &format!("issuer {code}"),
                WarningKind::Dead("an anchor is limited to it, but it is not in the list"),
            );
        }
        found.warnings
    }
}

struct Found {
    at: OffsetDateTime,
    soon: OffsetDateTime,
    warnings: Vec<Warning>,
}

impl Found {
    fn add(&mut self, entry: &str, kind: WarningKind) {
        self.warnings.push(Warning { kind, entry: entry.to_owned() });
    }

    fn anchor(&mut self, anchor: &Anchor) {
        let entry = format!("anchor {}", anchor.name);
        self.certificate(&entry, &anchor.certificate, &anchor.period, &anchor.history);
        if anchor.purposes.is_empty() {
            self.add(&entry, WarningKind::Dead("it has no purpose"));
        }
        if [&anchor.scope.types, &anchor.scope.issuers, &anchor.scope.areas].iter().any(|list| list.is_empty()) {
            self.add(&entry, WarningKind::Dead("its scope is empty"));
        }
    }

    fn issuer(&mut self, issuer: &Issuer) {
        let entry = format!("issuer {} {}", issuer.code, issuer.name);
        if issuer.types.is_empty() {
            self.add(&entry, WarningKind::Dead("it may issue no type"));
        }
        if !self.lives(&issuer.period, &issuer.history) {
            return;
        }
        let at = self.at;
        let living = issuer.index_keys.iter().filter(|key| key.period.until.is_none_or(|until| at <= until));
        let living = living.filter(|key| status_at(&key.history, at) == Status::Granted);
        let ends = living.clone().filter_map(|key| key.period.until).max();
        if living.clone().next().is_none() {
            self.add(&entry, WarningKind::Dead("it has no index key in use"));
        } else if living.clone().all(|key| key.period.until.is_some())
            && let Some(until) = ends.filter(|until| *until < self.soon)
        {
            self.add(&format!("{entry}: index keys"), WarningKind::EndsSoon(until));
        }
    }

    fn certificate(&mut self, entry: &str, certificate: &Certificate, period: &Period, history: &[Event]) {
        // Its time is over anyway.
        if !self.lives(period, history) {
            return;
        }
        let expires = certificate.not_after();
        if expires < self.at {
            self.add(entry, WarningKind::Expired(expires));
        } else if expires < self.soon {
            self.add(entry, WarningKind::EndsSoon(expires));
        }
        if let Some(until) = period.until.filter(|until| *until < self.soon && *until < expires) {
            self.add(entry, WarningKind::EndsSoon(until));
        }
    }

    fn lives(&self, period: &Period, history: &[Event]) -> bool {
        period.until.is_none_or(|until| self.at <= until)
            && !matches!(status_at(history, self.at), Status::Withdrawn | Status::Compromised)
    }
}
