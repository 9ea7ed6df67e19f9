//! Why a trust list cannot be used, and why one edition may not take the place of another.

use pki::Instant;
use time::OffsetDateTime;

use super::jws;
use crate::id::Digest;

/// A trust list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustListError {
    /// The envelope: form or signature.
    #[error(transparent)]
    Envelope(#[from] jws::JwsError),
    /// The JSON inside is none.
    #[error("trust list: {0}")]
    Json(String),
    /// An entry.
    #[error("trust list entry {place}: {problem}")]
    Entry {
        /// JSON pointer.
        place: String,
        /// What is wrong.
        problem: String,
    },
}

/// Why an edition may not take the place of the one at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rollback {
    /// It is older.
    #[error("edition {offered} is older than edition {held}, which is at hand")]
    Older {
        /// The edition at hand.
        held: u64,
        /// The one that was offered.
        offered: u64,
    },
    /// It has the number of the one at hand and another content.
    #[error("there are two different editions {0}")]
    Forked(u64),
    /// It has a higher number, and says that it was made earlier.
    #[error("edition {offered} says that it was made at {}, before edition {held}, which is at hand ({})", Instant(*made), Instant(*held_made))]
    Earlier {
        /// The edition at hand.
        held: u64,
        /// When that one was made.
        held_made: OffsetDateTime,
        /// The one that was offered.
        offered: u64,
        /// When it was made.
        made: OffsetDateTime,
    },
    /// It follows directly, and says that it follows something else than what is at hand.
    #[error("it says that it follows the edition with digest {named}, but the one at hand has {held}")]
    OtherPast {
        /// What it names as its predecessor.
        named: Digest,
        /// The digest of the edition at hand.
        held: Digest,
    },
}

/// Another operator's list that names more CAs than a list that is taken in may.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("list {name:?} names {found} CAs between roots and signers, and {limit} are the limit for a list of others")]
pub struct TooManyAuthorities {
    /// Its name in the own list.
    pub name: String,
    /// How many it names.
    pub found: usize,
    /// How many it may name.
    pub limit: usize,
}
