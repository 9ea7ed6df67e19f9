//! Issuing: the last step of a case. The license exists, durably, before the answer.

use std::sync::Arc;

use license_core::calendar::china_date;
use license_core::fill::{FieldWarning, FillContext, Filled, fill};
use license_core::id::{Digest, LicenseId, TypeCode};
use license_core::issue::{Issued, Issuer, Occasion, issue};
use license_core::template::Template;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::{Caller, Office, ServiceError};
use crate::store::{
    AuditNote, FileKind, Idempotency, IdempotencyKey, Issue, IssueOutcome, NewFile, NewLicense, Refusal, Status,
    StoreError, StoredLicense, Supersede, SupersedeOutcome, Transition,
};

/// What an approval system sends.
#[derive(Clone, Debug)]
pub struct IssueRequest {
    /// License type, by template name.
    pub type_id: String,
    /// The fields of the type.
    pub data: Value,
    /// The case (办件编号) that ends with this license.
    pub case_number: Option<String>,
    /// The matter (事项编码).
    pub matter_code: Option<String>,
    /// Same key, same license: for safe repetition.
    pub idempotency_key: Option<String>,
}

/// A license that was issued, now or by an earlier try of the same request.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// As stored.
    pub license: StoredLicense,
    /// Whether this is an earlier try's license.
    pub replayed: bool,
    /// What was folded or noticed in the data.
    pub warnings: Vec<FieldWarning>,
}

impl Office {
    /// Issues one license.
    pub fn issue(&self, caller: &Caller, request: &IssueRequest) -> Result<Accepted, ServiceError> {
        let idempotency = self.idempotency(caller, request, None)?;
        // Tries of one request at the same time: one works, the others wait and find what it made.
        let _held = idempotency.as_ref().map(|idempotency| self.trying.hold(&idempotency.key));
        if let Some(done) = self.replay(idempotency.as_ref())? {
            return Ok(done);
        }
        let (template, issuer) = (self.template(&request.type_id)?, self.issuer_of(&request.type_id)?);
        let now = self.clock.now();
        let filled = self.fill(template, issuer, &request.data, now)?;
        let warnings = filled.warnings.clone();
        let year = china_date(now).year();
        let code = issuer.code().as_str();
        let serial = self.serials.next(&*self.store, &template.file.kind.code, code, year)?;
        let id = identifier(template, issuer, &serial)?;
        let license = self.make(filled, id, issuer, request, now)?;
        let audit = note(caller, "license.issue", request, now);
        match self.store.issue(Issue { licenses: vec![license], idempotency: idempotency.clone(), audit })? {
            IssueOutcome::Issued(mut stored) => {
                let license = stored.pop().ok_or_else(|| ServiceError::NotFound(request.type_id.clone()))?;
                Ok(Accepted { license, replayed: false, warnings })
            }
            // Another try of the same request was faster.
            IssueOutcome::Replayed(ids) => self.replayed(&ids),
        }
    }

    /// Issues the next version (001→002) of a license in place of the one that stands.
    pub fn supersede(
        &self,
        caller: &Caller,
        old: &LicenseId,
        revision: Option<u64>,
        reason: &str,
        request: &IssueRequest,
    ) -> Result<Accepted, ServiceError> {
        let idempotency = self.idempotency(caller, request, Some(old))?;
        let _held = idempotency.as_ref().map(|idempotency| self.trying.hold(&idempotency.key));
        if let Some(done) = self.replay(idempotency.as_ref())? {
            return Ok(done);
        }
        let current = self.store.get(old)?.ok_or_else(|| ServiceError::NotFound(old.to_string()))?;
        if current.type_id != request.type_id {
            let problem = format!("the license is of type {}", current.type_id);
            return Err(ServiceError::Request { field: "type", problem });
        }
        let (template, issuer) = (self.template(&request.type_id)?, self.issuer_of(&request.type_id)?);
        let now = self.clock.now();
        let filled = self.fill(template, issuer, &request.data, now)?;
        let warnings = filled.warnings.clone();
        let id = old
            .next_version()
            .ok_or_else(|| ServiceError::Request { field: "id", problem: "version 999 has no successor".to_owned() })?;
        let new = self.make(filled, id, issuer, request, now)?;
        let transition = Transition {
            to: Status::Superseded,
            actor: caller.name.clone(),
            at: now,
            reason: reason.to_owned(),
            case_number: request.case_number.clone().unwrap_or_default(),
        };
        let outcome = self.store.supersede(Supersede {
            old: old.clone(),
            expected_revision: revision.unwrap_or(current.revision),
            new,
            transition,
            idempotency,
            audit: note(caller, "license.supersede", request, now),
        })?;
        match outcome {
            SupersedeOutcome::Superseded { new, .. } => Ok(Accepted { license: *new, replayed: false, warnings }),
            SupersedeOutcome::Replayed(id) => self.replayed(&[id]),
        }
    }

    fn fill(
        &self,
        template: &Arc<Template>,
        issuer: &Issuer,
        data: &Value,
        now: OffsetDateTime,
    ) -> Result<Filled, ServiceError> {
        let context = FillContext {
            issuer_name: issuer.name(),
            issuer_code: *issuer.code(),
            today: china_date(now),
            fonts: Some(&self.fonts),
        };
        fill(template, data, &context).map_err(ServiceError::Fields)
    }

    fn make(
        &self,
        filled: Filled,
        id: LicenseId,
        issuer: &Issuer,
        request: &IssueRequest,
        now: OffsetDateTime,
    ) -> Result<NewLicense, ServiceError> {
        // No license by a template that could be lost.
        self.archive.keep(&*self.store, &filled.template, now)?;
        let status = self.serials.status(&*self.store, issuer.code().as_str())?;
        let occasion = Occasion { at: now, address: &self.address, status, specimen: self.specimen };
        let issued = issue(filled, id, issuer, &self.printer, &occasion)?;
        Ok(stored(issued, request, now))
    }

    fn idempotency(
        &self,
        caller: &Caller,
        request: &IssueRequest,
        old: Option<&LicenseId>,
    ) -> Result<Option<Idempotency>, ServiceError> {
        let Some(key) = &request.idempotency_key else { return Ok(None) };
        checked_key(key)?;
        let body = serde_json::json!({
            "type": request.type_id, "data": sorted(&request.data), "case": request.case_number,
            "matter": request.matter_code, "supersedes": old.map(ToString::to_string),
        });
        let digest = Digest::from(<[u8; 32]>::from(Sha256::digest(body.to_string())));
        let key = IdempotencyKey { client: caller.name.clone(), key: key.clone() };
        Ok(Some(Idempotency { key, body: digest }))
    }

    /// The answer of an earlier try, before any costly work.
    fn replay(&self, idempotency: Option<&Idempotency>) -> Result<Option<Accepted>, ServiceError> {
        let Some(idempotency) = idempotency else { return Ok(None) };
        let Some(done) = self.store.lookup_idempotency(&idempotency.key)? else { return Ok(None) };
        if done.body != idempotency.body {
            let key = idempotency.key.key.clone();
            return Err(StoreError::Refused(Refusal::IdempotencyConflict { key }).into());
        }
        self.replayed(&done.ids).map(Some)
    }

    fn replayed(&self, ids: &[LicenseId]) -> Result<Accepted, ServiceError> {
        let id = ids.first().ok_or_else(|| ServiceError::NotFound("an earlier try's license".to_owned()))?;
        let license = self.store.get(id)?.ok_or_else(|| ServiceError::NotFound(id.to_string()))?;
        Ok(Accepted { license, replayed: true, warnings: Vec::new() })
    }
}

/// An idempotency key that may be used.
pub(super) fn checked_key(key: &str) -> Result<&str, ServiceError> {
    if key.is_empty() || key.len() > 128 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let problem = "1 to 128 visible ASCII characters".to_owned();
        return Err(ServiceError::Request { field: "Idempotency-Key", problem });
    }
    Ok(key)
}

fn identifier(template: &Template, issuer: &Issuer, serial: &str) -> Result<LicenseId, ServiceError> {
    let bad = |error: license_core::id::CodeError| ServiceError::BadId(error.to_string());
    let type_code: TypeCode = template.file.kind.code.parse().map_err(bad)?;
    LicenseId::new(type_code, *issuer.code(), serial, 1).map_err(bad)
}

fn stored(issued: Issued, request: &IssueRequest, now: OffsetDateTime) -> NewLicense {
    let record = issued.record();
    let file = |kind, bytes: &[u8]| NewFile { kind, face: record.face().to_owned(), bytes: bytes.to_vec() };
    let codes: Vec<&str> = record.holders().iter().filter_map(|holder| holder.code.as_deref()).collect();
    NewLicense {
        id: issued.id().clone(),
        type_id: request.type_id.clone(),
        number: record.number().to_owned(),
        holder_name: record.holder(),
        holder_code: codes.join(","),
        issuer_code: record.issuer_code().to_owned(),
        case_number: request.case_number.clone(),
        record: issued.record_json().to_vec(),
        index_token: issued.index().to_string(),
        files: vec![file(FileKind::Ofd, issued.ofd()), file(FileKind::Pdf, issued.pdf())],
        issued_at: now,
        valid_until: record.valid_to(),
    }
}

fn note(caller: &Caller, action: &str, request: &IssueRequest, at: OffsetDateTime) -> AuditNote {
    AuditNote {
        at,
        actor: caller.name.clone(),
        action: action.to_owned(),
        purpose: request.matter_code.clone().unwrap_or_else(|| "issue".to_owned()),
        detail: request.case_number.clone().unwrap_or_default(),
    }
}

/// The same JSON with sorted members: a client may write them in any order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_by(|a, b| a.0.cmp(b.0));
            Value::Object(keys.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}
