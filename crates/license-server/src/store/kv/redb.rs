//! The default engine: redb, one copy-on-write B-tree in one file.
//!
//! * `Durability::Immediate`: `commit` returns after fdatasync, and readers see the new tree only then.
//! * `quick_repair`: the allocator state is part of each commit, so that a store of any size opens in milliseconds
//!   after a crash. It costs a second phase per commit, which group commit spreads over everybody waiting.

use super::{Batch, Kv, KvError, Pair, Snapshot};
use ::redb::{Builder, Database, DatabaseError, Durability, ReadOnlyTable, ReadableDatabase, TableDefinition};
use std::fmt::Display;
use std::path::{Path, PathBuf};

const TABLE: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("store");

/// Memory for cached pages.
const CACHE_BYTES: usize = 64 << 20;

/// The engine.
pub struct RedbKv {
    database: Database,
    path: PathBuf,
}

impl RedbKv {
    /// Opens or creates the database file at `path`.
    pub fn open(path: &Path) -> Result<Self, KvError> {
        let database = Builder::new().set_cache_size(CACHE_BYTES).create(path).map_err(|e| match e {
            DatabaseError::DatabaseAlreadyOpen => KvError::NotApplied("the database is in use".into()),
            other => not_applied(other),
        })?;
        let engine = Self { database, path: path.to_owned() };
        let exists = engine.database.begin_read().map_err(not_applied)?.open_table(TABLE).is_ok();
        if !exists {
            engine.write(&Batch::default())?;
        }
        Ok(engine)
    }
}

impl Kv for RedbKv {
    fn name(&self) -> &'static str {
        "redb"
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, KvError> {
        let read = self.database.begin_read().map_err(not_applied)?;
        Ok(Box::new(View(read.open_table(TABLE).map_err(not_applied)?)))
    }

    fn write(&self, batch: &Batch) -> Result<(), KvError> {
        let mut write = self.database.begin_write().map_err(not_applied)?;
        write.set_durability(Durability::Immediate).map_err(not_applied)?;
        write.set_quick_repair(true);
        {
            let mut table = write.open_table(TABLE).map_err(not_applied)?;
            for (key, value) in batch.iter() {
                match value {
                    Some(value) => table.insert(key, value).map_err(not_applied)?,
                    None => table.remove(key).map_err(not_applied)?,
                };
            }
        }
        // After a failed commit redb refuses further writes until it is reopened; readers keep the last durable tree.
        write.commit().map_err(|e| KvError::Unknown(e.to_string()))
    }

    fn disk_bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |file| file.len())
    }
}

struct View(ReadOnlyTable<&'static [u8], &'static [u8]>);

impl Snapshot for View {
    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        Ok(self.0.get(key).map_err(not_applied)?.map(|value| value.value().to_vec()))
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        let mut pairs = Vec::new();
        if from >= to {
            return Ok(pairs);
        }
        for pair in self.0.range(from..to).map_err(not_applied)?.take(limit) {
            let (key, value) = pair.map_err(not_applied)?;
            pairs.push((key.value().to_vec(), value.value().to_vec()));
        }
        Ok(pairs)
    }
}

fn not_applied(error: impl Display) -> KvError {
    KvError::NotApplied(error.to_string())
}
