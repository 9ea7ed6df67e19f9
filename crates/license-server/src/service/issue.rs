//! Issuing: the last step of a case. The license exists, durably, before the answer.

use std::sync::Arc;

use license_core::calendar::china_date;
use license_core::fill::{FieldWarning, FillContext, Filled, fill_for};
use license_core::id::{Digest, LicenseId, TypeCode};
use license_core::issue::{Edition, Issued, Issuer, Occasion, Order};
use license_core::template::Template;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::faces::positions;
use super::words::{MAX_CASE_NUMBER, MAX_MATTER_CODE, MAX_REASON, RequestFault, optional};
use super::{Caller, Office, ServiceError};
use crate::store::{
    AuditNote, FileKind, Idempotency, IdempotencyKey, Issue, IssueOutcome, NewFile, NewLicense, Refusal, Status,
    StoreError, StoredLicense, Supersede, SupersedeOutcome, Transition,
};

/// What an approval system sends.
#[derive(Clone, Debug, Default)]
pub struct IssueRequest {
    /// License type, by template name.
    pub type_id: String,
    /// The fields of the type.
    pub data: Value,
    /// The faces wanted, by their ids in the template, the first one first; without any, the data choose one.
    pub faces: Vec<String>,
    /// 关联证照标识: another license that this one belongs to. A license that supersedes one under another number names
    /// that one by itself.
    pub related: Option<String>,
    /// The case (办件编号) that ends with this license.
    pub case_number: Option<String>,
    /// The matter (事项编码).
    pub matter_code: Option<String>,
    /// Same key, same license: for safe repetition.
    pub idempotency_key: Option<String>,
}

impl IssueRequest {
    /// The request with its own words checked and trimmed; the data are not looked at.
    fn checked(&self) -> Result<IssueRequest, ServiceError> {
        let mut faults = Vec::new();
        let mut keep = |checked: Result<Option<String>, RequestFault>| {
            checked.unwrap_or_else(|fault| {
                faults.push(fault);
                None
            })
        };
        let case_number = keep(optional("/case_number", self.case_number.as_deref(), MAX_CASE_NUMBER));
        let matter_code = keep(optional("/matter_code", self.matter_code.as_deref(), MAX_MATTER_CODE));
        if faults.is_empty() {
            Ok(IssueRequest { case_number, matter_code, ..self.clone() })
        } else {
            Err(ServiceError::Invalid(faults))
        }
    }

    fn related_id(&self) -> Result<Option<LicenseId>, ServiceError> {
        let Some(text) = &self.related else { return Ok(None) };
        text.parse().map(Some).map_err(|error: license_core::id::CodeError| {
            let zh = format!("不是证照标识（GB/T 36904）：{error}");
            RequestFault::new("/related", "identifier", zh, format!("is no license identifier (GB/T 36904): {error}"))
                .into()
        })
    }
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
        let request = &request.checked()?;
        let idempotency = self.idempotency(caller, request, None)?;
        // Tries of one request at the same time: one works, the others wait and find what it made.
        let _held = idempotency.as_ref().map(|idempotency| self.trying.hold(&idempotency.key));
        if let Some(done) = self.replay(idempotency.as_ref())? {
            return Ok(done);
        }
        let now = self.clock.now();
        let (template, issuer) = (self.template(&request.type_id)?, self.signing_issuer_of(&request.type_id, now)?);
        let faces = positions(template, &request.faces)?;
        let filled = self.fill(template, issuer, &request.data, &faces, now)?;
        let warnings = filled.warnings.clone();
        let year = china_date(now).year();
        let code = issuer.code().as_str();
        let serial = self.serials.next(&*self.store, &template.file.kind.code, code, year)?;
        let id = identifier(template, issuer, &serial)?;
        let order = Order::new(filled, id).further_faces(&faces).related(request.related_id()?);
        let license = self.make(order, template, issuer, request, now)?;
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
        let request = &request.checked()?;
        let reason = super::words::required("/reason", reason, MAX_REASON)?;
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
        let now = self.clock.now();
        let (template, issuer) = (self.template(&request.type_id)?, self.signing_issuer_of(&request.type_id, now)?);
        let faces = positions(template, &request.faces)?;
        let filled = self.fill(template, issuer, &request.data, &faces, now)?;
        let warnings = filled.warnings.clone();
        let named = request.related_id()?;
        let same = filled.text(&template.file.core.number) == Some(&current.number);
        // The same number is the next version; another number is another license, which names its predecessor.
        let (id, related) = if same {
            let next = old.next_version().ok_or_else(|| {
                let problem = "version 999 has no successor: issue under a new number".to_owned();
                ServiceError::Request { field: "id", problem }
            })?;
            (next, named.or(super::verify::record(&current)?.related().cloned()))
        } else {
            let code = issuer.code().as_str();
            let serial = self.serials.next(&*self.store, &template.file.kind.code, code, china_date(now).year())?;
            (identifier(template, issuer, &serial)?, named.or(Some(old.clone())))
        };
        let order = Order::new(filled, id).further_faces(&faces).related(related);
        let new = self.make(order, template, issuer, request, now)?;
        let transition = Transition {
            to: Status::Superseded,
            actor: caller.name.clone(),
            at: now,
            reason,
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
        faces: &[usize],
        now: OffsetDateTime,
    ) -> Result<Filled, ServiceError> {
        let context = FillContext {
            issuer_name: issuer.name(),
            issuer_code: *issuer.code(),
            today: china_date(now),
            fonts: Some(&self.fonts),
        };
        fill_for(template, data, &context, faces).map_err(ServiceError::Fields)
    }

    fn make(
        &self,
        order: Order,
        template: &Arc<Template>,
        issuer: &Issuer,
        request: &IssueRequest,
        now: OffsetDateTime,
    ) -> Result<NewLicense, ServiceError> {
        // No license with a template, fonts or a seal that could be lost.
        let made_with = vec![self.archive.template(template, now)?, self.archive.fonts(&self.fonts, now)?];
        let seal = self.archive.seal(issuer, now)?;
        let status = self.serials.status(&*self.store, issuer.code().as_str())?;
        let occasion = Occasion { at: now, address: &self.address, status, specimen: self.specimen };
        let (issued, further) = order.issue(issuer, &self.printer, &occasion)?;
        Ok(stored(&issued, &further, (made_with, seal), request, now))
    }

    fn idempotency(
        &self,
        caller: &Caller,
        request: &IssueRequest,
        old: Option<&LicenseId>,
    ) -> Result<Option<Idempotency>, ServiceError> {
        let Some(key) = &request.idempotency_key else { return Ok(None) };
        checked_key(key)?;
        let mut body = serde_json::json!({
            "type": request.type_id, "data": sorted(&request.data), "case": request.case_number,
            "matter": request.matter_code, "supersedes": old.map(ToString::to_string),
        });
        // Only when given: keys that were used before there were such requests keep their digests.
        if !request.faces.is_empty() {
            body["faces"] = request.faces.clone().into();
        }
        if let Some(related) = &request.related {
            body["related"] = related.clone().into();
        }
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

fn stored(
    issued: &Issued,
    further: &[Edition],
    (made_with, seal): (Vec<Digest>, Digest),
    request: &IssueRequest,
    now: OffsetDateTime,
) -> NewLicense {
    let record = issued.record();
    let file = |kind, face: &str, bytes: &[u8]| NewFile {
        kind,
        face: face.to_owned(),
        bytes: bytes.to_vec(),
        seal: Some(seal),
    };
    let first = [file(FileKind::Ofd, record.face(), issued.ofd()), file(FileKind::Pdf, record.face(), issued.pdf())];
    let others = further.iter().flat_map(|edition| {
        [file(FileKind::Ofd, edition.face(), edition.ofd()), file(FileKind::Pdf, edition.face(), edition.pdf())]
    });
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
        files: first.into_iter().chain(others).collect(),
        made_with,
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
