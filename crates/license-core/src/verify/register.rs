//! What the register says about a license, handed in by whoever can ask it. The library itself asks nobody.

use super::reasons::Reason;
use super::report::Checks;

/// State of a version in the register. Expired is not a state: it follows from the dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// 有效.
    Valid,
    /// 暂扣.
    Suspended,
    /// 撤销.
    Withdrawn,
    /// 注销.
    Cancelled,
    /// 转出.
    TransferredOut,
    /// 吊销.
    Revoked,
    /// 已被新版本取代.
    Superseded,
}

impl Status {
    /// Why a license in this state does not verify; none for a valid one.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Status::Valid => None,
            Status::Suspended => Some(Reason::RegisterSuspended),
            Status::Withdrawn => Some(Reason::RegisterWithdrawn),
            Status::Cancelled => Some(Reason::RegisterCancelled),
            Status::TransferredOut => Some(Reason::RegisterTransferredOut),
            Status::Revoked => Some(Reason::RegisterRevoked),
            Status::Superseded => Some(Reason::RegisterSuperseded),
        }
    }
}

/// The register's answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Register {
    /// It was not asked (offline).
    #[default]
    NotAsked,
    /// It has no such license.
    Unknown,
    /// It has.
    Found(Box<Entry>),
}

/// What the register keeps of one version.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its state.
    pub status: Status,
    /// SHA-256 over the canonical record.
    pub record_digest: [u8; 32],
    /// The index text or token as issued (base32, without address).
    pub token: String,
    /// SHA-256 of every stored file.
    pub file_digests: Vec<[u8; 32]>,
}

/// What the thing under verification says, to be compared with the register.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said<'a> {
    pub(super) face: Option<&'a [u8; 16]>,
    pub(super) record_digest: Option<&'a [u8; 32]>,
    pub(super) token: Option<&'a str>,
    pub(super) file_digest: Option<&'a [u8; 32]>,
}

pub(super) fn check(register: &Register, said: Said<'_>, checks: &mut Checks) {
    let entry = match register {
        Register::NotAsked => return checks.not_done("register.status", Reason::RegisterNotChecked, ""),
        Register::Unknown => return checks.failed("register.known", Reason::RegisterUnknown, "", ""),
        Register::Found(entry) => entry,
    };
    checks.passed("register.known", "");
    let same = said.face.is_none_or(|face| face[..] == entry.record_digest[..16])
        && said.record_digest.is_none_or(|digest| *digest == entry.record_digest)
        && said.token.is_none_or(|token| token == entry.token);
    checks.record("register.content", same, Reason::RegisterDiffers, "", "");
    if let Some(digest) = said.file_digest {
        let issued = entry.file_digests.contains(digest);
        checks.record("register.file", issued, Reason::RegisterFileDiffers, "", "");
    }
    match entry.status.reason() {
        None => checks.passed("register.status", ""),
        Some(reason) => checks.failed("register.status", reason, "", ""),
    }
}
