//! What was fetched, for as long as it is fresh: in memory, and in a directory when there is one.
//!
//! A file of the directory is named by the SHA-256 of what was asked. It holds one line of JSON and the bytes as they
//! came. It is no more trusted than the network: what comes out is checked like what comes in.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use pki::DigestAlgorithm;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::http::HttpError;

/// Bytes kept in memory.
const MAX_BYTES: usize = 64 << 20;
/// Answers kept in memory, failures included.
const MAX_ENTRIES: usize = 1_000;
/// The line of JSON in a file.
const MAX_HEAD: usize = 4 * 1024;

/// An answer that was kept.
#[derive(Clone)]
pub(super) struct Entry {
    /// The bytes, or why there are none.
    pub(super) outcome: Result<Arc<[u8]>, HttpError>,
    pub(super) fetched: OffsetDateTime,
    pub(super) until: OffsetDateTime,
}

pub(super) struct Cache {
    memory: Mutex<HashMap<String, Entry>>,
    folder: Option<PathBuf>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    asked: String,
    #[serde(with = "time::serde::rfc3339")]
    fetched: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    until: OffsetDateTime,
}

impl Cache {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { memory: Mutex::default(), folder }
    }

    /// What is known and fresh.
    pub(super) fn get(&self, asked: &str, now: OffsetDateTime, most: usize) -> Option<Entry> {
        // An entry from the future tells that a clock was set back: it is not fresh, either.
        let fresh = |entry: &Entry| entry.fetched <= now && now < entry.until;
        let known = self.lock().get(asked).cloned();
        match known {
            Some(entry) if fresh(&entry) => Some(entry),
            _ => {
                let entry = self.read(asked, most).filter(fresh)?;
                self.remember(asked, entry.clone());
                Some(entry)
            }
        }
    }

    /// What is known, be it old: better than nothing when nobody answers.
    pub(super) fn last(&self, asked: &str, most: usize) -> Option<Arc<[u8]>> {
        let known = self.lock().get(asked).and_then(|entry| entry.outcome.as_ref().ok().cloned());
        known.or_else(|| self.read(asked, most)?.outcome.ok())
    }

    pub(super) fn put(&self, asked: &str, entry: Entry) {
        if let Ok(bytes) = &entry.outcome {
            // A cache that cannot be written makes nothing wrong, only slower.
            let _ = self.write(asked, &entry, bytes);
        }
        self.remember(asked, entry);
    }

    fn remember(&self, asked: &str, entry: Entry) {
        let mut memory = self.lock();
        memory.insert(asked.to_owned(), entry);
        let size = |entry: &Entry| entry.outcome.as_ref().map_or(0, |bytes| bytes.len());
        let mut bytes: usize = memory.values().map(size).sum();
        while bytes > MAX_BYTES || memory.len() > MAX_ENTRIES {
            let oldest = memory.iter().min_by_key(|(_, entry)| entry.fetched).map(|(asked, _)| asked.clone());
            let Some(gone) = oldest.and_then(|oldest| memory.remove(&oldest)) else { break };
            bytes -= size(&gone);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Entry>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, asked: &str) -> Option<PathBuf> {
        let name = DigestAlgorithm::Sha256.digest(asked.as_bytes());
        let name: String = name.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        Some(self.folder.as_ref()?.join(name))
    }

    fn read(&self, asked: &str, most: usize) -> Option<Entry> {
        let path = self.path(asked)?;
        if fs::metadata(&path).ok()?.len() > (most + MAX_HEAD) as u64 {
            return None;
        }
        let file = fs::read(&path).ok()?;
        let end = file.iter().take(MAX_HEAD).position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&file[..end]).ok()?;
        let bytes: Arc<[u8]> = file[end + 1..].into();
        (head.asked == asked).then_some(Entry { outcome: Ok(bytes), fetched: head.fetched, until: head.until })
    }

    /// Beside, then in one step: a reader sees a whole file or none.
    fn write(&self, asked: &str, entry: &Entry, bytes: &[u8]) -> Option<()> {
        let path = self.path(asked)?;
        fs::create_dir_all(path.parent()?).ok()?;
        let head = Head { asked: asked.to_owned(), fetched: entry.fetched, until: entry.until };
        let mut text = serde_json::to_vec(&head).ok()?;
        text.push(b'\n');
        if text.len() > MAX_HEAD {
            return None;
        }
        let aside = beside(&path);
        let written = fs::File::create(&aside).and_then(|mut file| {
            file.write_all(&text)?;
            file.write_all(bytes)
        });
        if written.and_then(|()| fs::rename(&aside, &path)).is_err() {
            let _ = fs::remove_file(&aside);
            return None;
        }
        Some(())
    }
}

fn beside(path: &Path) -> PathBuf {
    // Two programs, or two threads, may write the same answer at once.
    path.with_extension(format!("{}-{:?}.new", std::process::id(), std::thread::current().id()).replace(['(', ')'], ""))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    const NOON: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    fn entry(text: &str, fetched: OffsetDateTime) -> Entry {
        Entry { outcome: Ok(text.as_bytes().into()), fetched, until: fetched + Duration::HOUR }
    }

    fn text(found: Option<Entry>) -> Option<String> {
        found.map(|entry| String::from_utf8(entry.outcome.unwrap().to_vec()).unwrap())
    }

    #[test]
    fn fresh_answers_are_kept_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(Some(folder.path().join("new")));
        cache.put("GET x", entry("abc", NOON));
        let again = Cache::new(Some(folder.path().join("new")));
        for cache in [&cache, &again] {
            assert_eq!(text(cache.get("GET x", NOON + Duration::MINUTE, 100)), Some("abc".to_owned()));
            assert!(cache.get("GET x", NOON + Duration::HOUR, 100).is_none(), "stale");
            assert!(cache.get("GET x", NOON - Duration::SECOND, 100).is_none(), "from the future");
            assert_eq!(cache.last("GET x", 100).as_deref(), Some(&b"abc"[..]));
            assert!(cache.get("GET y", NOON, 100).is_none());
        }
        let third = Cache::new(Some(folder.path().join("new")));
        for file in fs::read_dir(folder.path().join("new")).unwrap() {
            fs::write(file.unwrap().path(), b"{\"asked\":\"GET x\"}\nabc").unwrap();
        }
        assert!(third.get("GET x", NOON, 100).is_none() && third.last("GET x", 100).is_none(), "damaged");
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let cache = Cache::new(None);
        for at in 0..i64::try_from(MAX_ENTRIES).unwrap() + 10 {
            cache.put(&at.to_string(), entry("x", NOON + Duration::milliseconds(at)));
        }
        assert_eq!(cache.lock().len(), MAX_ENTRIES);
        assert!(cache.get("9", NOON + Duration::MINUTE, 100).is_none());
        assert!(cache.get("10", NOON + Duration::MINUTE, 100).is_some());
    }
}
