//! Files by content: a file's name is the SHA-256 of its bytes, so it is written once and never changed (B12).
//!
//! On disk: `files/ab/cd/abcd….`; a file is written under `files/tmp`, fdatasynced, renamed, and its folder fsynced.
//! At any moment a name leads to the whole content or to nothing. The syncs of one call run at the same time.

use super::error::StoreError;
use super::syncer::{Syncer, Target};
use license_core::id::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

/// A place for files.
///
/// Contract: when `put` returns, all its files survive kill and power cut. `fetch` hands out only bytes that give the
/// digest.
pub trait Blobs: Send + Sync {
    /// Stores the files; one that is there already is left alone.
    fn put(&self, files: &[(Digest, &[u8])]) -> Result<(), StoreError>;

    /// The bytes, checked.
    fn fetch(&self, digest: &Digest) -> Result<Vec<u8>, StoreError>;

    /// Calls `visit` with every stored file, in no particular order.
    fn each(&self, visit: &mut dyn FnMut(Digest)) -> Result<(), StoreError>;
}

/// Files in a folder.
pub struct FileBlobs {
    root: PathBuf,
    counter: AtomicU64,
    /// Leaf folders whose own names this run has made durable.
    durable: Mutex<BTreeSet<[u8; 2]>>,
    syncer: Syncer,
}

impl FileBlobs {
    /// Opens or creates the folder, and clears away what an interrupted writer left behind. The caller sees to it that
    /// nobody else has it open.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let temporary = root.join("tmp");
        fs::create_dir_all(&temporary).map_err(|e| StoreError::io("create", &temporary, &e))?;
        for left in read_dir(&temporary)? {
            fs::remove_file(&left).map_err(|e| StoreError::io("remove", &left, &e))?;
        }
        sync_dir(root)?;
        root.parent().map_or(Ok(()), sync_dir)?;
        let syncer = Syncer::start()?;
        Ok(Self { root: root.to_owned(), counter: AtomicU64::new(0), durable: Mutex::default(), syncer })
    }

    fn leaf(&self, digest: &Digest) -> PathBuf {
        let [a, b, ..] = *digest.as_bytes();
        self.top(a).join(format!("{b:02x}"))
    }

    fn top(&self, first: u8) -> PathBuf {
        self.root.join(format!("{first:02x}"))
    }

    /// Where the file lies.
    pub fn path(&self, digest: &Digest) -> PathBuf {
        self.leaf(digest).join(digest.to_string())
    }

    fn write_temporary(&self, bytes: &[u8]) -> Result<(PathBuf, File), StoreError> {
        let path = self.root.join("tmp").join(self.counter.fetch_add(1, Ordering::Relaxed).to_string());
        let written = OpenOptions::new().write(true).create_new(true).open(&path).and_then(|mut file| {
            file.write_all(bytes)?;
            Ok(file)
        });
        let file = written.map_err(|e| StoreError::io("write", &path, &e))?;
        Ok((path, file))
    }

    /// The folders whose names or entries this run has not yet seen on disk, for files with these digests.
    fn make_folders(&self, digests: &[Digest]) -> Result<BTreeSet<PathBuf>, StoreError> {
        let mut fresh = BTreeSet::new();
        let durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        for digest in digests {
            let [a, b, ..] = *digest.as_bytes();
            if durable.contains(&[a, b]) {
                continue;
            }
            let leaf = self.leaf(digest);
            fs::create_dir_all(&leaf).map_err(|e| StoreError::io("create", &leaf, &e))?;
            fresh.insert(self.top(a));
            // Folders sort by name, so this finds a sibling under the same top.
            if durable.range([a, 0]..=[a, u8::MAX]).next().is_none() {
                fresh.insert(self.root.clone());
            }
        }
        Ok(fresh)
    }
}

impl Blobs for FileBlobs {
    fn put(&self, files: &[(Digest, &[u8])]) -> Result<(), StoreError> {
        let files: BTreeMap<Digest, &[u8]> = files.iter().copied().collect();
        let digests: Vec<Digest> = files.keys().copied().collect();
        let mut folders = self.make_folders(&digests)?;
        let (mut contents, mut renames) = (Vec::new(), Vec::new());
        for (digest, bytes) in &files {
            let path = self.path(digest);
            match fs::metadata(&path) {
                Ok(there) if there.len() == bytes.len() as u64 => continue,
                // Its content was harmed from outside; the right one is at hand.
                Ok(_) => tracing::warn!(%digest, "a stored file had the wrong length and is replaced"),
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(StoreError::io("look at", &path, &e)),
            }
            let (temporary, file) = self.write_temporary(bytes)?;
            contents.push(Target::content(file, temporary.clone()));
            renames.push((temporary, path));
        }
        self.syncer.sync(contents)?;
        for (temporary, path) in renames {
            fs::rename(&temporary, &path).map_err(|e| StoreError::io("rename to", &path, &e))?;
        }
        // Also the folders of files that were there: their writer may not have got this far.
        folders.extend(digests.iter().map(|digest| self.leaf(digest)));
        self.syncer.sync(folders.iter().map(|folder| Target::folder(folder)).collect::<Result<_, _>>()?)?;
        let known = digests.iter().map(|digest| [digest.as_bytes()[0], digest.as_bytes()[1]]);
        self.durable.lock().unwrap_or_else(PoisonError::into_inner).extend(known);
        Ok(())
    }

    fn fetch(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let path = self.path(digest);
        let mut bytes = Vec::new();
        match File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes)) {
            Ok(_) => checked(digest, bytes),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(missing(digest)),
            Err(e) => Err(StoreError::io("read", &path, &e)),
        }
    }

    fn each(&self, visit: &mut dyn FnMut(Digest)) -> Result<(), StoreError> {
        for top in read_dir(&self.root)?.into_iter().filter(|path| path.is_dir() && !path.ends_with("tmp")) {
            for leaf in read_dir(&top)?.into_iter().filter(|path| path.is_dir()) {
                for file in read_dir(&leaf)? {
                    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                    if let Ok(digest) = name.parse() {
                        visit(digest);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Files in memory.
#[derive(Debug, Default)]
pub struct MemoryBlobs {
    files: RwLock<BTreeMap<Digest, Vec<u8>>>,
}

impl MemoryBlobs {
    /// Puts other bytes under a name, or takes the file away: faults for tests.
    pub fn harm(&self, digest: Digest, bytes: Option<Vec<u8>>) {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        match bytes {
            Some(bytes) => files.insert(digest, bytes),
            None => files.remove(&digest),
        };
    }
}

impl Blobs for MemoryBlobs {
    fn put(&self, new: &[(Digest, &[u8])]) -> Result<(), StoreError> {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        for (digest, bytes) in new {
            files.entry(*digest).or_insert_with(|| bytes.to_vec());
        }
        Ok(())
    }

    fn fetch(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        checked(digest, files.get(digest).cloned().ok_or_else(|| missing(digest))?)
    }

    fn each(&self, visit: &mut dyn FnMut(Digest)) -> Result<(), StoreError> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.keys().copied().for_each(visit);
        Ok(())
    }
}

fn checked(digest: &Digest, bytes: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    if Digest::of(&bytes) == *digest {
        Ok(bytes)
    } else {
        Err(StoreError::File { digest: *digest, fault: FileFault::Damaged })
    }
}

fn missing(digest: &Digest) -> StoreError {
    StoreError::File { digest: *digest, fault: FileFault::Missing }
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// It is not there.
    Missing,
    /// Its bytes do not give its digest.
    Damaged,
}

/// The paths in a folder, in order.
fn read_dir(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = fs::read_dir(path).map_err(|e| StoreError::io("list", path, &e))?;
    let mut paths = entries.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>();
    if let Ok(paths) = &mut paths {
        paths.sort();
    }
    paths.map_err(|e| StoreError::io("list", path, &e))
}

/// Makes the names in a folder durable.
pub(crate) fn sync_dir(path: &Path) -> Result<(), StoreError> {
    Target::folder(path)?.sync()
}
