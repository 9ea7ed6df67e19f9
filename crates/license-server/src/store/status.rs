//! The states of a license and the steps allowed between them.

use serde::{Deserialize, Serialize};
use std::fmt;
use time::OffsetDateTime;

/// The state in the register (证照状态). *Expired* is no state: it follows from the validity date and the day asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// 有效
    Valid,
    /// 暂扣, 挂起: may come back
    Suspended,
    /// 撤销: was granted wrongly
    Withdrawn,
    /// 注销: ended by law or on request
    Cancelled,
    /// 转出: another authority issues anew
    TransferredOut,
    /// 吊销: taken away as a punishment
    Revoked,
    /// 已变更, 换发: a newer version stands in its place
    Superseded,
}

use Status::{Cancelled, Revoked, Superseded, Suspended, TransferredOut, Valid, Withdrawn};

/// Every allowed step. A withdrawn or revoked license can still be struck off (注销); nothing else leaves a final state.
/// Superseding is done by [`super::Store::supersede`] alone, which writes the newer version in the same commit.
pub const TRANSITIONS: &[(Status, Status)] = &[
    (Valid, Suspended),
    (Valid, Withdrawn),
    (Valid, Cancelled),
    (Valid, TransferredOut),
    (Valid, Revoked),
    (Valid, Superseded),
    (Suspended, Valid),
    (Suspended, Withdrawn),
    (Suspended, Cancelled),
    (Suspended, Revoked),
    (Withdrawn, Cancelled),
    (Revoked, Cancelled),
    (TransferredOut, Valid),
];

impl Status {
    /// All states, in the order of the key layout.
    pub const ALL: [Self; 7] = [Valid, Suspended, Withdrawn, Cancelled, TransferredOut, Revoked, Superseded];

    /// Whether the table allows the step.
    pub fn may_become(self, to: Self) -> bool {
        TRANSITIONS.contains(&(self, to))
    }

    /// The number in the key layout; never reused.
    pub(crate) fn code(self) -> u8 {
        match self {
            Valid => 1,
            Suspended => 2,
            Withdrawn => 3,
            Cancelled => 4,
            TransferredOut => 6,
            Revoked => 7,
            Superseded => 8,
        }
    }

    /// The word in rows and APIs, as serde writes it.
    pub fn name(self) -> &'static str {
        match self {
            Valid => "valid",
            Suspended => "suspended",
            Withdrawn => "withdrawn",
            Cancelled => "cancelled",
            TransferredOut => "transferred-out",
            Revoked => "revoked",
            Superseded => "superseded",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A wanted change of state: who, when, on what legal ground, in which case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// The new state.
    pub to: Status,
    /// The person or system that decided.
    pub actor: String,
    /// When it was decided.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The legal reason.
    pub reason: String,
    /// The case (办件) it belongs to.
    pub case_number: String,
}

/// A change of state that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// The state before; `None` for the issue.
    pub from: Option<Status>,
    /// The license's revision that it made.
    pub revision: u64,
    /// What was asked for.
    #[serde(flatten)]
    pub transition: Transition,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_states_are_final() {
        for to in Status::ALL {
            assert!(!Cancelled.may_become(to) && !Superseded.may_become(to));
            assert!(!to.may_become(to), "{to} to itself");
        }
        assert!(Suspended.may_become(Valid) && !Suspended.may_become(Superseded));
    }

    #[test]
    fn names_and_codes_are_distinct_and_equal_to_serde() {
        let mut codes: Vec<u8> = Status::ALL.iter().map(|s| s.code()).collect();
        codes.dedup();
        assert_eq!(codes.len(), Status::ALL.len());
        for status in Status::ALL {
            assert_eq!(serde_json::to_string(&status).unwrap(), format!("\"{status}\""));
        }
    }
}
