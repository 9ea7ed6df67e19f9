//! The other engine: sled 0.34, a log-structured tree in a folder. It needs a guard, and only with it may it be used.
//!
//! **Why a guard.** On Linux `flush` of sled 0.34 ends in `sync_file_range`, which starts the write-back of some pages
//! but writes neither the file's metadata nor the disk's own cache. In simulated power cuts every acknowledged write
//! was lost that way without sled's background fsync, and 35 % with its default one (`docs/decisions/0006`). So:
//!
//! 1. one `transaction` applies the whole batch (we keep one tree for all tables, so it covers every tree): after a
//!    crash the batch is there completely or not at all;
//! 2. `flush` hands the log's buffers to the kernel;
//! 3. `sync_all` on our own handle of sled's `db` file makes the kernel hand them to the disk: fsync belongs to the
//!    file, not to the handle that wrote;
//! 4. sled puts a page over a quarter of a segment into a file of its own under `blobs/`, which it never syncs. A leaf
//!    holds up to 17 values, so the segment is chosen large enough that 17 of the largest values stay in the log, and
//!    a file that appears there all the same is synced before the answer.
//!
//! sled shows a transaction to readers before it is durable. A reader must not act on what a power cut can take back
//! ("replayed: your license is …"), therefore snapshots wait while a write is on its way to the disk. When any step
//! fails the state of the file is unknown, and the engine refuses reads and writes until it is opened again.

use super::{Batch, Kv, KvError, MAX_VALUE, Pair, Snapshot};
use ::sled::transaction::{ConflictableTransactionError, TransactionError};
use ::sled::{Config, Db};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

/// A quarter of it must hold a leaf of [`LEAF_VALUES`] of the largest values, see step 4 above.
const SEGMENT: usize = 8 << 20;
/// sled splits a leaf of more than 16 entries.
const LEAF_VALUES: usize = 17;
const _: () = assert!(SEGMENT / 4 > LEAF_VALUES * (MAX_VALUE + 1024));

/// Memory for cached pages.
const CACHE_BYTES: u64 = 64 << 20;

/// How long to wait for the file lock of an instance that is just closing: sled lets go of it in a background thread.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// The engine.
pub struct SledKv {
    tree: Db,
    log: File,
    blobs: PathBuf,
    /// Held shared by snapshots and exclusively by a write until it is durable.
    gate: RwLock<()>,
    failed: AtomicBool,
}

impl SledKv {
    /// Opens or creates the database in the folder `path`.
    pub fn open(path: &Path) -> Result<Self, KvError> {
        let config = Config::new()
            .path(path)
            .segment_size(SEGMENT)
            .cache_capacity(CACHE_BYTES)
            // Our commits flush and sync themselves; nothing is ever left for a background thread.
            .flush_every_ms(None);
        let started = Instant::now();
        let tree = loop {
            match config.open() {
                Ok(tree) => break tree,
                Err(::sled::Error::Io(e)) if e.to_string().contains("lock") && started.elapsed() < LOCK_PATIENCE => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(other) => return Err(not_applied(other)),
            }
        };
        let log = File::open(path.join("db")).map_err(not_applied)?;
        let engine =
            Self { tree, log, blobs: path.join("blobs"), gate: RwLock::new(()), failed: AtomicBool::new(false) };
        // The names of sled's own files must survive too.
        engine.make_durable().map_err(not_applied)?;
        for file in [path.join("conf"), engine.blobs.clone(), path.to_owned()] {
            File::open(file).and_then(|f| f.sync_all()).map_err(not_applied)?;
        }
        Ok(engine)
    }

    /// Steps 2 to 4 of the guard.
    fn make_durable(&self) -> Result<(), String> {
        self.tree.flush().map_err(|e| e.to_string())?;
        self.log.sync_all().map_err(|e| e.to_string())?;
        let mut spilled = false;
        for entry in std::fs::read_dir(&self.blobs).map_err(|e| e.to_string())? {
            let path = entry.map_err(|e| e.to_string())?.path();
            match File::open(path).and_then(|f| f.sync_all()) {
                Ok(()) => spilled = true,
                // sled removes in the background what a later page replaced.
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                Err(e) => return Err(e.to_string()),
            }
        }
        if spilled {
            File::open(&self.blobs).and_then(|f| f.sync_all()).map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    fn refuse_when_failed(&self) -> Result<(), KvError> {
        if self.failed.load(Ordering::Acquire) {
            return Err(KvError::NotApplied("an earlier write failed: open the store again".into()));
        }
        Ok(())
    }
}

impl Kv for SledKv {
    fn name(&self) -> &'static str {
        "sled"
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, KvError> {
        let gate = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        self.refuse_when_failed()?;
        Ok(Box::new(View { tree: &self.tree, _gate: gate }))
    }

    fn write(&self, batch: &Batch) -> Result<(), KvError> {
        let _gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        self.refuse_when_failed()?;
        let done = self
            .tree
            .transaction(|tree| -> Result<(), ConflictableTransactionError<()>> {
                for (key, value) in batch.iter() {
                    match value {
                        Some(value) => tree.insert(key, value)?,
                        None => tree.remove(key)?,
                    };
                }
                Ok(())
            })
            .map_err(|e| match e {
                TransactionError::Abort(()) => "aborted".to_owned(),
                TransactionError::Storage(e) => e.to_string(),
            })
            .and_then(|()| self.make_durable());
        done.map_err(|reason| {
            self.failed.store(true, Ordering::Release);
            KvError::Unknown(reason)
        })
    }

    fn disk_bytes(&self) -> u64 {
        self.tree.size_on_disk().unwrap_or(0)
    }
}

struct View<'a> {
    tree: &'a Db,
    _gate: RwLockReadGuard<'a, ()>,
}

impl Snapshot for View<'_> {
    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        Ok(self.tree.get(key).map_err(not_applied)?.map(|value| value.to_vec()))
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        let mut pairs = Vec::new();
        if from >= to {
            return Ok(pairs);
        }
        for pair in self.tree.range(from..to).take(limit) {
            let (key, value) = pair.map_err(not_applied)?;
            pairs.push((key.to_vec(), value.to_vec()));
        }
        Ok(pairs)
    }
}

fn not_applied(error: impl std::fmt::Display) -> KvError {
    KvError::NotApplied(error.to_string())
}
