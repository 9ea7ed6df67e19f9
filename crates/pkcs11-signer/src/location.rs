//! Which key is meant, and how it is used: plain data, fit for a configuration file.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Sessions a signer keeps, unless said otherwise.
pub const DEFAULT_SESSIONS: usize = 4;
/// How long a caller waits for a free session, unless said otherwise.
pub const DEFAULT_WAIT: Duration = Duration::from_secs(10);

/// Where a private key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLocation {
    /// Path of the module, a shared library of the token's maker.
    pub module: PathBuf,
    /// Label of the token.
    pub token: String,
    /// Serial number of the token, where several have one label.
    pub serial: Option<String>,
    /// Label of the key (`CKA_LABEL`).
    pub label: Option<String>,
    /// Id of the key (`CKA_ID`).
    pub id: Option<Vec<u8>>,
    /// Most sessions at a time; one at least.
    pub sessions: usize,
    /// How long a caller waits for a free one.
    pub wait: Duration,
    /// The module's way to sign SM2, for keys of that kind.
    pub sm2: Option<Sm2Mechanism>,
}

/// A vendor's mechanism for SM2 signatures. It gets the whole message, does SM3 with Z of the default user id itself, and
/// takes no parameter; it answers `r || s` of 64 bytes, or DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sm2Mechanism(
    /// `CKM_…`, from `CKM_VENDOR_DEFINED` (0x80000000) upwards.
    pub u64,
);

impl KeyLocation {
    /// The only private key of a token; mostly [`with_label`](Self::with_label) or [`with_id`](Self::with_id) follows.
    pub fn new(module: impl Into<PathBuf>, token: impl Into<String>) -> KeyLocation {
        KeyLocation {
            module: module.into(),
            token: token.into(),
            serial: None,
            label: None,
            id: None,
            sessions: DEFAULT_SESSIONS,
            wait: DEFAULT_WAIT,
            sm2: None,
        }
    }

    /// The key with this label.
    #[must_use]
    pub fn with_label(self, label: impl Into<String>) -> KeyLocation {
        KeyLocation { label: Some(label.into()), ..self }
    }

    /// The key with this id.
    #[must_use]
    pub fn with_id(self, id: impl Into<Vec<u8>>) -> KeyLocation {
        KeyLocation { id: Some(id.into()), ..self }
    }

    /// The token with this serial number.
    #[must_use]
    pub fn with_serial(self, serial: impl Into<String>) -> KeyLocation {
        KeyLocation { serial: Some(serial.into()), ..self }
    }

    /// So many sessions.
    #[must_use]
    pub fn with_sessions(self, sessions: usize) -> KeyLocation {
        KeyLocation { sessions: sessions.max(1), ..self }
    }

    /// The key as messages name it.
    pub(crate) fn key(&self) -> String {
        match (&self.label, &self.id) {
            (Some(label), None) => format!("{label:?}"),
            (None, Some(id)) => format!("with id {}", Hex(id)),
            (Some(label), Some(id)) => format!("{label:?} with id {}", Hex(id)),
            (None, None) => "at all".to_owned(),
        }
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
