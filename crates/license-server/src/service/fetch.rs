//! Fetching: every read has a purpose and leaves an audit entry before the answer.

use license_core::id::LicenseId;

use super::faces::file_of;
use super::{Caller, Office, ServiceError};
use crate::store::{AuditNote, FileKind, FileRef, StatusChange, StoredLicense};

/// Who reads what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub caller: Caller,
    /// What for.
    pub purpose: String,
}

/// A stored file with its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOf {
    /// Which license.
    pub license: StoredLicense,
    /// What is said about it.
    pub file: FileRef,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Office {
    /// A license's record and state.
    pub fn fetch(&self, access: &Access, id: &LicenseId) -> Result<StoredLicense, ServiceError> {
        let license = self.find(id)?;
        self.audit_read(access, id, "license.read")?;
        Ok(license)
    }

    /// A license's file: of the face named, or of the one it was first made on.
    pub fn fetch_file(
        &self,
        access: &Access,
        id: &LicenseId,
        kind: FileKind,
        face: Option<&str>,
    ) -> Result<FileOf, ServiceError> {
        let license = self.find(id)?;
        let file = file_of(&license, kind, face)?.clone();
        let bytes = self.store.file(&file.digest)?;
        self.audit_read(access, id, "license.file")?;
        Ok(FileOf { license, file, bytes })
    }

    /// All versions of a license, oldest first, each with its changes of state.
    pub fn history(
        &self,
        access: &Access,
        id: &LicenseId,
    ) -> Result<Vec<(StoredLicense, Vec<StatusChange>)>, ServiceError> {
        self.find(id)?;
        let versions = self.store.versions(id)?;
        let mut history = Vec::with_capacity(versions.len());
        for license in versions {
            let changes = self.store.history(&license.id)?;
            history.push((license, changes));
        }
        self.audit_read(access, id, "license.history")?;
        Ok(history)
    }

    /// The revision of a license.
    pub fn revision_of(&self, id: &LicenseId) -> Result<u64, ServiceError> {
        self.store.revision(id)?.ok_or_else(|| ServiceError::NotFound(id.to_string()))
    }

    /// The type of a license.
    pub fn type_of(&self, id: &LicenseId) -> Result<String, ServiceError> {
        Ok(self.find(id)?.type_id)
    }

    pub(super) fn find(&self, id: &LicenseId) -> Result<StoredLicense, ServiceError> {
        self.store.get(id)?.ok_or_else(|| ServiceError::NotFound(id.to_string()))
    }

    pub(super) fn audit_read(&self, access: &Access, id: &LicenseId, action: &str) -> Result<(), ServiceError> {
        if access.purpose.trim().is_empty() {
            return Err(ServiceError::NoPurpose);
        }
        let note = AuditNote {
            at: self.clock.now(),
            actor: access.caller.name.clone(),
            action: action.to_owned(),
            purpose: access.purpose.clone(),
            detail: String::new(),
        };
        self.store.append_audit(vec![(id.to_string(), note)])?;
        Ok(())
    }
}
