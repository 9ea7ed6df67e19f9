//! Verifying with the register at hand.

use std::sync::Arc;

use license_core::id::LicenseId;
use license_core::record::Record;
use license_core::verify::{
    self, Entry, Facts, Limits, Policy, Press, Register, Report, Status as CoreStatus, Verdict,
};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::recent::Judged;
use super::{Office, ServiceError};
use crate::deployment::Evidence;
use crate::store::{Status, StoredLicense};

impl Office {
    /// Verifies the text of a QR code.
    pub fn verify_text(&self, text: &str) -> Result<Report, ServiceError> {
        let now = self.clock.now();
        let judged = self.judge_text(text, now)?;
        Ok(Report { at: now, ..judged.report.clone() })
    }

    /// The same as JSON, for those who ask thousands of times a second.
    pub fn verify_text_json(&self, text: &str) -> Result<(Verdict, Vec<u8>), ServiceError> {
        let now = self.clock.now();
        let judged = self.judge_text(text, now)?;
        Ok((judged.report.verdict, judged.wire().at(now)))
    }

    fn judge_text(&self, text: &str, now: OffsetDateTime) -> Result<Arc<Judged>, ServiceError> {
        let view = self.trust.view();
        if let Some(judged) = self.recent.find(text, &view.editions, &*self.store, now)? {
            return Ok(judged);
        }
        let facts = verify::inspect_text(text, &Limits::default());
        let (register, found) = self.ask_register(&facts)?;
        let evidence = self.verification.evidence();
        let report = verify::judge(&facts, &view.merged, &self.policy(&register, &evidence), now);
        let judged = Arc::new(Judged::new(report));
        if let Some(license) = found {
            self.recent.keep(text, view.editions, &license, &judged);
        }
        Ok(judged)
    }

    /// Verifies a file: OFD, PDF, or a text file with a QR text.
    pub fn verify_file(&self, bytes: &[u8]) -> Result<Report, ServiceError> {
        let facts = verify::inspect_with(bytes, &Limits::default(), Some(&self.signatures));
        let (register, _) = self.ask_register(&facts)?;
        let evidence = self.verification.evidence();
        let policy = self.policy(&register, &evidence);
        Ok(verify::judge(&facts, &self.trust.view().merged, &policy, self.clock.now()))
    }

    /// Verifies what the register holds under an identifier: state, validity, and the signed index of that version.
    pub fn verify_id(&self, id: &str) -> Result<Report, ServiceError> {
        let parsed = id.trim().parse::<LicenseId>().map_err(|error| ServiceError::BadId(error.to_string()))?;
        let found = self.store.get(&parsed)?;
        let text = found.as_ref().map(|license| license.index_token.clone());
        let register = found.map_or(Register::Unknown, |license| entry(&license));
        let now = self.clock.now();
        let evidence = self.verification.evidence();
        Ok(verify::judge_id(text.as_deref(), &self.trust.view().merged, &self.policy(&register, &evidence), now))
    }

    /// What the deployment goes by, with the revocation data that it has at this moment.
    pub(super) fn policy<'a>(&'a self, register: &'a Register, evidence: &'a Evidence) -> Policy<'a> {
        Policy {
            crls: &evidence.crls,
            ocsp: &evidence.ocsp,
            revocation: self.verification.rules(),
            sunsets: self.verification.sunsets(),
            usages: self.verification.usages(),
            press: Some(Press { catalog: &self.catalog, fonts: &self.fonts }),
            font_shelf: Some(self.archive.shelf()),
            register: Some(register),
            memory: Some(&self.signatures),
            ..Policy::default()
        }
    }

    /// The register knows the licenses of its own issuers; of others' it has nothing to say.
    pub(super) fn ask_register(&self, facts: &Facts) -> Result<(Register, Option<StoredLicense>), ServiceError> {
        let Some(id) = facts.claimed_id() else { return Ok((Register::NotAsked, None)) };
        let ours = self.issuers.iter().any(|(_, issuer)| id.issuer().credit_code() == Some(issuer.code()));
        match self.store.get(&id)? {
            Some(license) => Ok((entry(&license), Some(license))),
            None if ours => Ok((Register::Unknown, None)),
            None => Ok((Register::NotAsked, None)),
        }
    }
}

/// What the register keeps, in the verifier's words.
pub(super) fn entry(license: &StoredLicense) -> Register {
    // A token is base32: no slash in it.
    let token = license.index_token.rsplit('/').next().unwrap_or_default().to_owned();
    Register::Found(Box::new(Entry {
        status: match license.status {
            Status::Valid => CoreStatus::Valid,
            Status::Suspended => CoreStatus::Suspended,
            Status::Withdrawn => CoreStatus::Withdrawn,
            Status::Cancelled => CoreStatus::Cancelled,
            Status::TransferredOut => CoreStatus::TransferredOut,
            Status::Revoked => CoreStatus::Revoked,
            Status::Superseded => CoreStatus::Superseded,
        },
        record_digest: Sha256::digest(&license.record).into(),
        token,
        // Copies of files whose place others took are as good as before.
        file_digests: license.files.iter().chain(&license.earlier).map(|file| *file.digest.as_bytes()).collect(),
    }))
}

/// The stored record, read back.
pub(super) fn record(license: &StoredLicense) -> Result<Record, ServiceError> {
    Record::from_canonical_json(&license.record)
        .map_err(|error| ServiceError::Damaged { id: license.id.to_string(), problem: error.to_string() })
}
