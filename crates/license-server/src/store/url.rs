//! `--store redb:DIR | sled:DIR | memory`.

use super::Store;
use super::embedded::EmbeddedStore;
use super::error::StoreError;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

/// Which store to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// redb in this folder: the default.
    Redb(PathBuf),
    /// sled in this folder.
    Sled(PathBuf),
    /// Nothing survives.
    Memory,
}

/// The text names no store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no store: say redb:DIR, sled:DIR or memory")]
pub struct NotAStoreUrl(String);

impl FromStr for StoreUrl {
    type Err = NotAStoreUrl;

    fn from_str(text: &str) -> Result<Self, NotAStoreUrl> {
        match text.split_once(':') {
            Some(("redb", dir)) if !dir.is_empty() => Ok(Self::Redb(dir.into())),
            Some(("sled", dir)) if !dir.is_empty() => Ok(Self::Sled(dir.into())),
            None if text == "memory" => Ok(Self::Memory),
            _ => Err(NotAStoreUrl(text.to_owned())),
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Redb(dir) => write!(f, "redb:{}", dir.display()),
            Self::Sled(dir) => write!(f, "sled:{}", dir.display()),
            Self::Memory => f.write_str("memory"),
        }
    }
}

impl StoreUrl {
    /// Opens the store, making an empty one where there is none.
    pub fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(EmbeddedStore::open(self)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_it_parses() {
        for text in ["redb:/var/lib/license", "sled:data", "redb:C:/data", "memory"] {
            assert_eq!(text.parse::<StoreUrl>().unwrap().to_string(), text);
        }
        for text in ["", "redb", "redb:", "memory:", "postgres:x", "/var/lib"] {
            assert!(text.parse::<StoreUrl>().is_err(), "{text}");
        }
    }
}
