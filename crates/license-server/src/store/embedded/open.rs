//! The folder of a store:
//!
//! ```text
//! DIR/FORMAT       "license-store 1 redb": written last when a store is made
//! DIR/LOCK         held while open
//! DIR/store.redb   or DIR/sled/
//! DIR/files/       see blobs
//! ```

use super::EmbeddedStore;
use crate::store::blobs::{FileBlobs, MemoryBlobs, sync_dir};
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::kv::memory::MemoryKv;
use crate::store::kv::redb::RedbKv;
use crate::store::kv::sled::SledKv;
use crate::store::kv::{Batch, Kv};
use crate::store::url::StoreUrl;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// The version of folder, keys and rows together.
const FORMAT_VERSION: u32 = 1;

pub(super) fn open(url: &StoreUrl) -> Result<EmbeddedStore, StoreError> {
    match url {
        StoreUrl::Memory => EmbeddedStore::with_parts(Arc::new(MemoryKv::new()), Arc::new(MemoryBlobs::default())),
        StoreUrl::Redb(dir) => open_dir(dir, "redb", "store.redb", |path| Ok(Arc::new(RedbKv::open(path)?))),
        StoreUrl::Sled(dir) => open_dir(dir, "sled", "sled", |path| Ok(Arc::new(SledKv::open(path)?))),
    }
}

fn open_dir(
    dir: &Path,
    engine_name: &str,
    engine_file: &str,
    open_engine: impl FnOnce(&Path) -> Result<Arc<dyn Kv>, StoreError>,
) -> Result<EmbeddedStore, StoreError> {
    create_private(dir)?;
    let lock = lock(dir)?;
    let wanted = format!("license-store {FORMAT_VERSION} {engine_name}");
    let stamped = check_stamp(dir, &wanted, engine_file)?;
    let engine = open_engine(&dir.join(engine_file))?;
    let inside = engine.snapshot()?.value(keys::FORMAT)?;
    match inside {
        Some(found) if found != wanted.as_bytes() => {
            return Err(unfit(dir, &wanted, found.escape_ascii().to_string()));
        }
        Some(_) => {}
        // The folder says that there was a store, and the engine has never heard of it.
        None if stamped => return Err(unfit(dir, &wanted, format!("{engine_file} is empty"))),
        None => {
            let mut batch = Batch::default();
            batch.put(keys::FORMAT, wanted.as_bytes());
            engine.write(&batch)?;
        }
    }
    let blobs = Arc::new(FileBlobs::open(&dir.join("files"))?);
    if !stamped {
        stamp(dir, &wanted)?;
    }
    EmbeddedStore::assemble(engine, blobs, Some(lock))
}

/// Licenses are personal data: only the owner of the process may look into the folder.
fn create_private(dir: &Path) -> Result<(), StoreError> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|e| StoreError::io("create", dir, &e))?;
    dir.parent().map_or(Ok(()), sync_dir)
}

fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join("LOCK");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|e| StoreError::io("open", &path, &e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: dir.to_owned() }),
        Err(TryLockError::Error(e)) => Err(StoreError::io("lock", &path, &e)),
    }
}

/// Whether the folder carries the stamp; an error when it carries another, or is somebody else's.
fn check_stamp(dir: &Path, wanted: &str, engine_file: &str) -> Result<bool, StoreError> {
    let path = dir.join("FORMAT");
    match fs::read_to_string(&path) {
        Ok(found) if found.trim_end() != wanted => Err(unfit(dir, wanted, found.trim_end().to_owned())),
        Ok(_) if !dir.join(engine_file).exists() => Err(unfit(dir, wanted, format!("{engine_file} is gone"))),
        Ok(_) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let ours = ["LOCK", "FORMAT.new", "files", engine_file];
            let entries = fs::read_dir(dir).map_err(|e| StoreError::io("list", dir, &e))?;
            for entry in entries {
                let name = entry.map_err(|e| StoreError::io("list", dir, &e))?.file_name();
                if !ours.iter().any(|own| name == *own) {
                    return Err(unfit(dir, wanted, format!("no FORMAT, but {}", name.display())));
                }
            }
            Ok(false)
        }
        Err(e) => Err(StoreError::io("read", &path, &e)),
    }
}

fn stamp(dir: &Path, text: &str) -> Result<(), StoreError> {
    // The engine's name must be on disk before the stamp that promises it.
    sync_dir(dir)?;
    let (new, path) = (dir.join("FORMAT.new"), dir.join("FORMAT"));
    let written = File::create(&new).and_then(|mut file| {
        writeln!(file, "{text}")?;
        file.sync_all()?;
        fs::rename(&new, &path)
    });
    written.map_err(|e| StoreError::io("write", &path, &e))?;
    sync_dir(dir)
}

fn unfit(dir: &Path, wanted: &str, found: String) -> StoreError {
    StoreError::Format { path: dir.to_owned(), wanted: wanted.to_owned(), found }
}
