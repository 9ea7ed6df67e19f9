//! The audit trail: a chain of entries in which each one carries the hash of the one before (H1).
//!
//! An entry cannot be changed, dropped or put in between without breaking every later hash; the whole chain could only
//! be rewritten, which the head published elsewhere shows. What happened in detail is stored apart from the chain,
//! which holds only its digest: a detail can be erased when the law asks for it, and the chain stays whole.

use license_core::id::Digest;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What a caller says about its act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditNote {
    /// When.
    pub at: OffsetDateTime,
    /// The person or system.
    pub actor: String,
    /// What was done, a stable word: `license.issue`, `license.read`.
    pub action: String,
    /// What for. Every read carries a purpose.
    pub purpose: String,
    /// More, in any form; may be empty.
    pub detail: String,
}

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Position, from 1, without gaps.
    pub seq: u64,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The person or system.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// What it was done to: a license identifier, `client:ID`, `setting:NAME`.
    pub subject: String,
    /// What for.
    pub purpose: String,
    /// SHA-256 of the detail.
    pub detail_digest: Digest,
    /// The hash of the entry before, zeros for the first.
    pub prev: Digest,
    /// The hash of everything above.
    pub hash: Digest,
}

/// An entry with its detail, when that still exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditRecord {
    /// The link.
    #[serde(flatten)]
    pub entry: AuditEntry,
    /// Its detail.
    pub detail: Option<String>,
}

/// The newest entry's position and hash; publishing it now and then makes a rewritten chain visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// Position of the newest entry, 0 for an empty chain.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
}

impl AuditHead {
    /// Of a chain without entries.
    pub const EMPTY: Self = Self { seq: 0, hash: Digest([0; 32]) };

    /// The next link.
    pub fn append(self, subject: &str, note: &AuditNote) -> AuditEntry {
        let mut entry = AuditEntry {
            seq: self.seq + 1,
            at: note.at,
            actor: note.actor.clone(),
            action: note.action.clone(),
            subject: subject.to_owned(),
            purpose: note.purpose.clone(),
            detail_digest: Digest::of(note.detail.as_bytes()),
            prev: self.hash,
            hash: Digest([0; 32]),
        };
        entry.hash = entry.expected_hash();
        entry
    }
}

impl AuditEntry {
    /// The hash that its fields give. Every text is preceded by its length, so that no two entries give the same bytes.
    pub fn expected_hash(&self) -> Digest {
        let mut bytes = b"license-audit-1\n".to_vec();
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend(self.at.unix_timestamp_nanos().to_be_bytes());
        for text in [&self.actor, &self.action, &self.subject, &self.purpose] {
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes.extend(self.detail_digest.0);
        bytes.extend(self.prev.0);
        Digest::of(&bytes)
    }

    /// Checks this entry as the successor of `before`.
    pub fn follows(&self, before: AuditHead) -> Result<AuditHead, ChainFault> {
        if self.seq != before.seq + 1 {
            Err(ChainFault::Gap)
        } else if self.prev != before.hash {
            Err(ChainFault::Unlinked)
        } else if self.hash != self.expected_hash() {
            Err(ChainFault::Altered)
        } else {
            Ok(AuditHead { seq: self.seq, hash: self.hash })
        }
    }
}

/// What is wrong with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChainFault {
    /// An entry is missing before it.
    Gap,
    /// It does not name the hash of the entry before.
    Unlinked,
    /// Its fields do not give its hash.
    Altered,
    /// Its row cannot be read.
    Unreadable,
    /// The detail does not give the digest in the entry.
    DetailAltered,
    /// The chain does not end where the head says.
    HeadDiffers,
}

/// The first broken link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ChainBreak {
    /// At which position.
    pub seq: u64,
    /// What is wrong.
    pub fault: ChainFault,
}

/// The result of walking the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ChainReport {
    /// The head as stored.
    pub head: AuditHead,
    /// Sound entries before the break, or all.
    pub sound: u64,
    /// The first break, if any.
    pub broken: Option<ChainBreak>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(actor: &str, action: &str) -> AuditNote {
        AuditNote {
            at: OffsetDateTime::UNIX_EPOCH,
            actor: actor.into(),
            action: action.into(),
            purpose: String::new(),
            detail: String::new(),
        }
    }

    #[test]
    fn lengths_keep_fields_apart() {
        let one = AuditHead::EMPTY.append("s", &note("ab", "c"));
        let two = AuditHead::EMPTY.append("s", &note("a", "bc"));
        assert_ne!(one.hash, two.hash);
    }

    #[test]
    fn hash_is_that_of_the_format_page() {
        let entry = AuditHead::EMPTY.append("s", &note("a", "b"));
        assert_eq!(entry.hash.to_string(), "aab4ba470d400c049fd201d033968b830a7388c2b8e136d0d9e08fca3a36f668");
    }

    #[test]
    fn h1_each_fault_has_its_name() {
        let one = AuditHead::EMPTY.append("s", &note("a", "b"));
        let head = one.follows(AuditHead::EMPTY).unwrap();
        let two = head.append("s", &note("a", "c"));
        assert!(two.follows(head).is_ok());
        assert_eq!(two.follows(AuditHead::EMPTY), Err(ChainFault::Gap));
        let elsewhere = AuditHead { seq: 1, hash: Digest::of(b"other") };
        assert_eq!(two.follows(elsewhere), Err(ChainFault::Unlinked));
        let changed = AuditEntry { actor: "z".into(), ..two };
        assert_eq!(changed.follows(head), Err(ChainFault::Altered));
    }
}
