//! Index rows on their way upward (D1): written in the commit that caused them, handed out in order per license.

use super::status::Status;
use license_core::id::LicenseId;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// What the upper level has to do with its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndexChange {
    /// A new license.
    Insert,
    /// The state changed.
    Update,
    /// It is ours no longer (转出).
    Delete,
}

impl IndexChange {
    /// The change that a step between states means upward.
    pub fn of(from: Status, to: Status) -> Self {
        match (from, to) {
            (_, Status::TransferredOut) => Self::Delete,
            (Status::TransferredOut, Status::Valid) => Self::Insert,
            _ => Self::Update,
        }
    }
}

/// One row. It names the license and the revision; the data is read from the register when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Position; rows of one license go up in this order.
    pub seq: u64,
    /// The version it is about.
    pub license: LicenseId,
    /// What to do.
    pub change: IndexChange,
    /// The license's revision after the change.
    pub revision: u64,
    /// State after the change.
    pub status: Status,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// How often it was handed out.
    pub attempts: u32,
    /// Who is sending it.
    pub claimed_by: Option<String>,
    /// Not handed out (again) before this moment: the end of the sender's lease, or the next try.
    #[serde(with = "time::serde::rfc3339::option")]
    pub not_before: Option<OffsetDateTime>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// What the upper level answered; set once it is done.
    pub receipt: Option<String>,
}

/// A sender asking for work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who asks; only it may acknowledge while the lease lasts.
    pub worker: String,
    /// At most this many rows.
    pub limit: usize,
    /// The moment of asking.
    pub now: OffsetDateTime,
    /// How long the rows are its own.
    pub lease: Duration,
}
