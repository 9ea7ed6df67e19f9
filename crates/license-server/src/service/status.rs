//! Changing the state of a license.

use license_core::id::{Digest, LicenseId};

use super::issue::checked_key;
use super::words::{MAX_CASE_NUMBER, MAX_REASON, optional, required};
use super::{Caller, Office, ServiceError};
use crate::store::{AuditNote, ChangeStatus, Idempotency, IdempotencyKey, Status, StoredLicense, Transition};

/// What can be done to a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// 暂扣.
    Suspend,
    /// 发还, or back from 转出.
    Resume,
    /// 吊销.
    Revoke,
    /// 撤销.
    Withdraw,
    /// 注销.
    Cancel,
    /// 转出.
    TransferOut,
}

impl Action {
    /// Every action with its word.
    pub const ALL: [(Action, &'static str); 6] = [
        (Action::Suspend, "suspend"),
        (Action::Resume, "resume"),
        (Action::Revoke, "revoke"),
        (Action::Withdraw, "withdraw"),
        (Action::Cancel, "cancel"),
        (Action::TransferOut, "transfer-out"),
    ];

    /// The action of a word.
    pub fn from_word(word: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|(_, name)| *name == word).map(|(action, _)| action)
    }

    fn target(self) -> Status {
        match self {
            Action::Suspend => Status::Suspended,
            Action::Resume => Status::Valid,
            Action::Revoke => Status::Revoked,
            Action::Withdraw => Status::Withdrawn,
            Action::Cancel => Status::Cancelled,
            Action::TransferOut => Status::TransferredOut,
        }
    }
}

/// A wanted change of state.
#[derive(Clone, Debug)]
pub struct StatusRequest {
    /// What to do.
    pub action: Action,
    /// The legal reason.
    pub reason: String,
    /// The case it belongs to.
    pub case_number: Option<String>,
    /// The revision the decision was made on; the current one when absent.
    pub revision: Option<u64>,
}

impl Office {
    /// Changes the state along the table of allowed steps.
    pub fn change_status(
        &self,
        caller: &Caller,
        id: &LicenseId,
        request: &StatusRequest,
    ) -> Result<StoredLicense, ServiceError> {
        self.change_status_once(caller, id, request, None)
    }

    /// The same under an idempotency key: repeated, it changes nothing and answers the license as it is then.
    pub fn change_status_once(
        &self,
        caller: &Caller,
        id: &LicenseId,
        request: &StatusRequest,
        key: Option<&str>,
    ) -> Result<StoredLicense, ServiceError> {
        let request = &StatusRequest {
            reason: required("/reason", &request.reason, MAX_REASON)?,
            case_number: optional("/case_number", request.case_number.as_deref(), MAX_CASE_NUMBER)?,
            ..request.clone()
        };
        let idempotency = key.map(|key| idempotency(caller, id, request, key)).transpose()?;
        let expected_revision = match request.revision {
            Some(revision) => revision,
            None => self.store.get(id)?.ok_or_else(|| ServiceError::NotFound(id.to_string()))?.revision,
        };
        let now = self.clock.now();
        let changed = self.store.change_status(ChangeStatus {
            id: id.clone(),
            expected_revision,
            transition: Transition {
                to: request.action.target(),
                actor: caller.name.clone(),
                at: now,
                reason: request.reason.clone(),
                case_number: request.case_number.clone().unwrap_or_default(),
            },
            idempotency,
            audit: AuditNote {
                at: now,
                actor: caller.name.clone(),
                action: format!("license.{}", request.action.target()),
                purpose: "status".to_owned(),
                detail: request.reason.clone(),
            },
        })?;
        Ok(changed)
    }
}

fn idempotency(
    caller: &Caller,
    id: &LicenseId,
    request: &StatusRequest,
    key: &str,
) -> Result<Idempotency, ServiceError> {
    let body = serde_json::json!({
        "id": id.to_string(), "to": request.action.target().to_string(), "reason": request.reason,
        "case": request.case_number, "revision": request.revision,
    });
    let key = IdempotencyKey { client: caller.name.clone(), key: checked_key(key)?.to_owned() };
    Ok(Idempotency { key, body: Digest::of(body.to_string().as_bytes()) })
}
