//! Syncs several files and folders at the same time.
//!
//! A journaling file system and the disk below serve syncs that wait together with one flush, so ten at once take
//! little longer than one; ten in a row take ten times as long.

use super::error::StoreError;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Enough for the files of one set; they sleep in the kernel, so they cost next to nothing.
const THREADS: usize = 8;

/// Something to be made durable.
pub(crate) struct Target {
    file: File,
    path: PathBuf,
    /// The content alone, as opposed to all metadata.
    data_only: bool,
}

impl Target {
    /// The content of a file just written.
    pub(crate) fn content(file: File, path: PathBuf) -> Self {
        Self { file, path, data_only: true }
    }

    /// The names in a folder.
    pub(crate) fn folder(path: &Path) -> Result<Self, StoreError> {
        // "" is the parent of a relative path with one part.
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let file = File::open(path).map_err(|e| StoreError::io("open", path, &e))?;
        Ok(Self { file, path: path.to_owned(), data_only: false })
    }

    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        let done: io::Result<()> = if self.data_only { self.file.sync_data() } else { self.file.sync_all() };
        done.map_err(|e| StoreError::io("sync", &self.path, &e))
    }
}

type Task = (Target, Sender<Result<(), StoreError>>);

/// A few threads that sync.
pub(crate) struct Syncer {
    queue: Mutex<Option<Sender<Task>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Syncer {
    pub(crate) fn start() -> Result<Self, StoreError> {
        let (queue, tasks) = mpsc::channel::<Task>();
        let tasks = Arc::new(Mutex::new(tasks));
        let thread = |n| {
            let tasks = Arc::clone(&tasks);
            std::thread::Builder::new().name(format!("store-sync-{n}")).spawn(move || work(&tasks))
        };
        let threads = (0..THREADS).map(thread).collect::<io::Result<_>>();
        let threads = threads.map_err(|e| StoreError::Unavailable(format!("no thread to sync: {e}")))?;
        Ok(Self { queue: Mutex::new(Some(queue)), threads })
    }

    /// Returns when all are durable; an error when one of them is not.
    pub(crate) fn sync(&self, mut targets: Vec<Target>) -> Result<(), StoreError> {
        // One is for this thread.
        let Some(own) = targets.pop() else { return Ok(()) };
        let (sender, done) = mpsc::channel();
        let closing = || StoreError::Unavailable("the store is closing".into());
        {
            let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = queue.as_ref().ok_or_else(closing)?;
            for target in targets {
                queue.send((target, sender.clone())).map_err(|_| closing())?;
            }
        }
        drop(sender);
        let first = own.sync();
        // Ends when every task has answered and dropped its sender.
        done.into_iter().fold(first, |all, one| all.and(one))
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn work(tasks: &Mutex<Receiver<Task>>) {
    loop {
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((target, answer)) = task else { return };
        let _ = answer.send(target.sync());
    }
}
