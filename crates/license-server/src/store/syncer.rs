//! Syncs several files and folders at the same time.
//!
//! A journaling file system and the disk below serve syncs that wait together with one flush, so ten at once take
//! little longer than one; ten in a row take ten times as long.

use super::error::StoreError;
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
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
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

/// What waits. One thread is woken for each task, and none waits for another to let go of the queue.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    tasks: VecDeque<Task>,
    closed: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next task; nothing when the queue is closed and empty.
    fn next(&self) -> Option<Task> {
        let mut waiting = self.lock();
        loop {
            match waiting.tasks.pop_front() {
                Some(task) => return Some(task),
                None if waiting.closed => return None,
                None => waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl Syncer {
    pub(crate) fn start() -> Result<Self, StoreError> {
        let queue = Arc::new(Queue::default());
        let thread = |n| {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new().name(format!("store-sync-{n}")).spawn(move || work(&queue))
        };
        let threads = (0..THREADS).map(thread).collect::<io::Result<_>>();
        let threads = threads.map_err(|e| StoreError::Unavailable(format!("no thread to sync: {e}")))?;
        Ok(Self { queue, threads })
    }

    /// Returns when all are durable; an error when one of them is not.
    pub(crate) fn sync(&self, mut targets: Vec<Target>) -> Result<(), StoreError> {
        // One is for this thread.
        let Some(own) = targets.pop() else { return Ok(()) };
        let (sender, done) = mpsc::channel();
        let others = targets.len();
        if others > 0 {
            self.queue.lock().tasks.extend(targets.into_iter().map(|target| (target, sender.clone())));
            (0..others).for_each(|_| self.queue.changed.notify_one());
        }
        drop(sender);
        let first = own.sync();
        // Ends when every task has answered and dropped its sender. One that never answers was not synced.
        let (answers, all) = done.into_iter().fold((0, first), |(count, all), one| (count + 1, all.and(one)));
        all?;
        if answers < others {
            return Err(StoreError::Unavailable("a thread that syncs is gone".into()));
        }
        Ok(())
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn work(queue: &Queue) {
    while let Some((target, answer)) = queue.next() {
        let _ = answer.send(target.sync());
    }
}
