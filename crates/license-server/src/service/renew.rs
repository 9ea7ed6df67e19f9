//! Keeping issued documents provable: the renewal job, one license at a time, each in one commit.
//!
//! What is asked of the network is asked before the commit; a document that nobody could renew stays as it is and is looked
//! at again. The file before stays in the register, so that copies that people hold verify as ever.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use license_core::id::LicenseId;
use pki_client::ServiceUsage;
use time::OffsetDateTime;

use super::{Caller, Office, ServiceError};
use crate::lasting::{Lasting, Outlook};
use crate::store::{
    AuditNote, Cursor, Digest, FileKind, FileRef, PageRequest, Query, Refusal, RenewFiles, RenewedFile, StoredLicense,
};

/// Licenses read from the register at once.
const PAGE: usize = 100;
/// Licenses looked at in one run at most: the next one goes on there.
const LOOKS: usize = 20_000;
/// Files whose rest is remembered.
const MOST_RESTS: usize = 50_000;
/// Tries when somebody changes a license meanwhile.
const TRIES: usize = 3;
/// Where the job's last look ended.
const CURSOR: &str = "renewal/cursor";
/// What was asked of each time-stamp service: quotas outlive a restart.
const USAGE: &str = "time-stamp/usage";

/// A document that should be worked on.
#[derive(Clone, Debug)]
pub struct Weakening {
    /// Its license.
    pub license: LicenseId,
    /// Its face; empty when the type has one.
    pub face: String,
    /// The file as handed out now.
    pub file: Digest,
    /// From when on it should be worked on.
    pub due: OffsetDateTime,
    /// Why, in words.
    pub why: String,
}

/// What one run of the job did.
#[derive(Clone, Debug, Default)]
pub struct RenewalReport {
    /// Licenses looked at.
    pub looked: usize,
    /// Documents renewed.
    pub renewed: usize,
    /// Documents that could not be, and why. They stay as they are.
    pub failed: Vec<(LicenseId, String)>,
    /// Whether the whole register has been looked at; else the next run goes on.
    pub complete: bool,
}

impl Office {
    /// Time-stamp services and options, when the deployment has any.
    pub fn lasting(&self) -> Option<&Lasting> {
        self.lasting.as_deref()
    }

    /// How long the job of a running service waits between two looks; `None` when there is none.
    pub(crate) fn renewal_pause(&self) -> Option<Duration> {
        let minutes = self.lasting.as_ref().map_or(0, |_| self.renewal_minutes);
        (minutes > 0).then(|| Duration::from_secs(60 * u64::from(minutes)))
    }

    /// The documents that are due at `until`, in the order of the register; `each` is told of every one, and of those whose
    /// state cannot be told.
    pub fn weakening(
        &self,
        until: OffsetDateTime,
        each: &mut dyn FnMut(Result<Weakening, (LicenseId, String)>),
    ) -> Result<(), ServiceError> {
        let lasting = self.lasting_or_say()?;
        let mut page = PageRequest::first(PAGE);
        loop {
            let found = self.store().list(&Query::All, &page)?;
            for license in &found.items {
                for file in pdfs(license) {
                    match self.look(lasting, license, file) {
                        Ok((outlook, _)) if outlook.due <= until => each(Ok(Weakening {
                            license: license.id.clone(),
                            face: file.face.clone(),
                            file: file.digest,
                            due: outlook.due,
                            why: outlook.why,
                        })),
                        Ok(_) => {}
                        Err(why) => each(Err((license.id.clone(), why))),
                    }
                }
            }
            match found.next {
                Some(next) => page.after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Renews what is due now, going on where the last run ended, until the register was looked at to its end, about `most`
    /// documents were worked on, 20,000 licenses looked at, or `stop` says so. A page of licenses is in memory at a time,
    /// and one document.
    pub fn renew_due(
        &self,
        caller: &Caller,
        most: usize,
        stop: &dyn Fn() -> bool,
    ) -> Result<RenewalReport, ServiceError> {
        let lasting = self.lasting_or_say()?;
        let mut report = RenewalReport::default();
        let mut after = self.cursor()?;
        loop {
            let found = self.store().list(&Query::All, &PageRequest { after: after.clone(), limit: PAGE })?;
            for license in &found.items {
                if stop() {
                    // This page comes again.
                    self.keep_cursor(caller, after.as_ref())?;
                    return Ok(report);
                }
                report.looked += 1;
                if !self.is_due(lasting, license) {
                    continue;
                }
                match self.renew(caller, &license.id) {
                    Ok(renewed) => report.renewed += renewed,
                    Err(error) => report.failed.push((license.id.clone(), error.to_string())),
                }
            }
            let end = found.next.is_none();
            after = found.next;
            if end || report.renewed + report.failed.len() >= most || report.looked >= LOOKS {
                self.keep_cursor(caller, after.as_ref())?;
                self.keep_usage(caller)?;
                report.complete = end;
                return Ok(report);
            }
        }
    }

    /// Renews the PDFs of one license that are due; how many were.
    pub fn renew(&self, caller: &Caller, id: &LicenseId) -> Result<usize, ServiceError> {
        let lasting = self.lasting_or_say()?;
        let mut tries = 0;
        loop {
            tries += 1;
            let license = self.find(id)?;
            let mut files = Vec::new();
            let mut why = Vec::new();
            for file in pdfs(&license) {
                let failed = |problem: String| ServiceError::NotRenewed { id: id.to_string(), problem };
                let (outlook, pdf) = self.look(lasting, &license, file).map_err(failed)?;
                if outlook.due > self.clock.now() {
                    self.rests.note(file.digest, outlook.due);
                    continue;
                }
                let bytes = lasting.raise(pdf, &|| self.clock.now()).map_err(|error| failed(error.to_string()))?;
                let after = lasting.outlook(&bytes, license.issued_at, self.clock.now());
                let lasts_until = after.ok().map(|outlook| outlook.due);
                why.push(format!("{}: {}", file.digest, outlook.why));
                files.push(RenewedFile { earlier: file.digest, bytes, lasts_until });
            }
            if files.is_empty() {
                return Ok(0);
            }
            let count = files.len();
            let audit = AuditNote {
                at: self.clock.now(),
                actor: caller.name.clone(),
                action: "license.renew".to_owned(),
                purpose: "long-term validity".to_owned(),
                detail: why.join("\n"),
            };
            let request = RenewFiles { id: id.clone(), expected_revision: license.revision, files, audit };
            match self.store.renew_files(request) {
                // Somebody changed it while the services were asked: look again.
                Err(error) if tries < TRIES && matches!(error.refusal(), Some(Refusal::RevisionConflict { .. })) => {}
                done => return Ok(done.map(|_| count)?),
            }
        }
    }

    /// Whether the register's own note says that there is nothing to do yet.
    fn is_due(&self, lasting: &Lasting, license: &StoredLicense) -> bool {
        let now = self.clock.now();
        let rested = license.issued_at.checked_add(lasting.options().grace).is_none_or(|after| after <= now);
        let rests = |file: &FileRef| file.lasts_until.or_else(|| self.rests.until(&file.digest));
        rested && pdfs(license).any(|file| rests(file).is_none_or(|until| until <= now))
    }

    fn look(&self, lasting: &Lasting, license: &StoredLicense, file: &FileRef) -> Result<(Outlook, Vec<u8>), String> {
        let pdf = self.store.file(&file.digest).map_err(|error| error.to_string())?;
        let outlook = lasting.outlook(&pdf, license.issued_at, self.clock.now()).map_err(|error| error.to_string())?;
        Ok((outlook, pdf))
    }

    fn lasting_or_say(&self) -> Result<&Lasting, ServiceError> {
        self.lasting().ok_or(ServiceError::NoTimeStampService)
    }

    fn cursor(&self) -> Result<Option<Cursor>, ServiceError> {
        let text = self.store.setting(CURSOR)?.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(text.and_then(|text| text.parse().ok()))
    }

    fn keep_cursor(&self, caller: &Caller, cursor: Option<&Cursor>) -> Result<(), ServiceError> {
        self.keep(caller, CURSOR, cursor.map(ToString::to_string).unwrap_or_default().into_bytes())
    }

    /// Writes down what was asked of the services. A service that is stopped calls it last.
    pub fn keep_usage(&self, caller: &Caller) -> Result<(), ServiceError> {
        let usage = self.lasting().map(Lasting::usage).unwrap_or_default();
        match serde_json::to_vec(&usage) {
            Ok(json) if usage.iter().any(|usage| usage.sent > 0) => self.keep(caller, USAGE, json),
            _ => Ok(()),
        }
    }

    /// Takes over what an earlier process asked of the services.
    pub(super) fn restore_usage(&self) {
        let known = self.store.setting(USAGE).ok().flatten();
        let known: Option<Vec<ServiceUsage>> = known.and_then(|json| serde_json::from_slice(&json).ok());
        if let (Some(lasting), Some(known)) = (self.lasting(), known) {
            lasting.restore(&known);
        }
    }

    fn keep(&self, caller: &Caller, name: &str, value: Vec<u8>) -> Result<(), ServiceError> {
        if self.store.setting(name)?.unwrap_or_default() == value {
            return Ok(());
        }
        let audit = AuditNote {
            at: self.clock.now(),
            actor: caller.name.clone(),
            action: "renewal.note".to_owned(),
            purpose: "long-term validity".to_owned(),
            detail: name.to_owned(),
        };
        Ok(self.store.put_setting(name, value, audit)?)
    }
}

/// Until when there is nothing to do about files of which the register has no note yet: none is opened at every look.
#[derive(Debug, Default)]
pub(super) struct Rests(Mutex<HashMap<Digest, OffsetDateTime>>);

impl Rests {
    fn until(&self, file: &Digest) -> Option<OffsetDateTime> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(file).copied()
    }

    fn note(&self, file: Digest, until: OffsetDateTime) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_RESTS {
            known.clear();
        }
        known.insert(file, until);
    }
}

fn pdfs(license: &StoredLicense) -> impl Iterator<Item = &FileRef> {
    license.files.iter().filter(|file| file.kind == FileKind::Pdf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rests_is_remembered_within_a_limit() {
        let rests = Rests::default();
        let file = |number: usize| Digest::of(&number.to_be_bytes());
        let until = OffsetDateTime::UNIX_EPOCH;
        for number in 0..=MOST_RESTS {
            rests.note(file(number), until);
        }
        assert_eq!((rests.until(&file(0)), rests.until(&file(MOST_RESTS))), (None, Some(until)));
        assert!(rests.0.lock().is_ok_and(|known| known.len() <= MOST_RESTS));
    }
}
