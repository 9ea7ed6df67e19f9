//! Group commit: requests that wait at the same time share one engine write and one flush to disk.
//!
//! A single thread owns all writing. It takes every waiting job, lets each decide in turn on what it sees (the engine
//! plus what the jobs before it in the group have staged), leaves out the writes of those that refuse, writes the
//! rest as one batch, and only then answers all of them: also a refusal may rest on a neighbour's staged row. While
//! the disk is busy the next group gathers.

use super::error::StoreError;
use super::kv::{Batch, Kv, KvError, Pair, Snapshot};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// The most jobs in one group.
const MAX_GROUP: usize = 256;
/// A group is closed when its rows reach this many bytes.
const MAX_GROUP_BYTES: usize = 8 << 20;

/// What a job sees and stages.
pub(crate) struct Draft<'a> {
    engine: &'a dyn Snapshot,
    group: &'a Batch,
    own: Batch,
}

impl Draft<'_> {
    pub(crate) fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.own.put(key, value);
    }

    pub(crate) fn remove(&mut self, key: impl Into<Vec<u8>>) {
        self.own.remove(key);
    }
}

impl Snapshot for Draft<'_> {
    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        match self.own.change(key).or_else(|| self.group.change(key)) {
            Some(staged) => Ok(staged.map(<[u8]>::to_vec)),
            None => self.engine.value(key),
        }
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        let mut staged = BTreeMap::new();
        for (key, value) in self.group.range(from, to).chain(self.own.range(from, to)) {
            staged.insert(key, value);
        }
        // Each staged removal can take away one row, so this many rows suffice.
        let mut rows: BTreeMap<_, _> =
            self.engine.scan(from, to, limit.saturating_add(staged.len()))?.into_iter().collect();
        for (key, value) in staged {
            match value {
                Some(value) => rows.insert(key.to_vec(), value.to_vec()),
                None => rows.remove(key),
            };
        }
        Ok(rows.into_iter().take(limit).collect())
    }
}

/// Decides, and returns what to do once the group's fate is known.
type Job = Box<dyn FnOnce(&mut Draft<'_>) -> Decided + Send>;

struct Decided {
    keep: bool,
    answer: Box<dyn FnOnce(Option<StoreError>) + Send>,
}

/// How the committer is doing.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(crate) groups: AtomicU64,
    pub(crate) commits: AtomicU64,
    pub(crate) largest: AtomicU64,
    pub(crate) failures: AtomicU64,
}

/// The queue in front of an engine, and the thread behind it. Dropping it finishes what waits.
pub(crate) struct Committer {
    queue: Mutex<Option<Sender<Job>>>,
    thread: Option<JoinHandle<()>>,
    meter: Arc<Meter>,
}

impl Committer {
    pub(crate) fn start(engine: Arc<dyn Kv>) -> Result<Self, StoreError> {
        let (queue, jobs) = mpsc::channel();
        let meter = Arc::new(Meter::default());
        let counted = Arc::clone(&meter);
        let thread = std::thread::Builder::new()
            .name("store-commit".into())
            .spawn(move || run(&*engine, &jobs, &counted))
            .map_err(|e| StoreError::Unavailable(format!("no thread to commit: {e}")))?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Some(thread), meter })
    }

    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Runs `decide` as one atomic step, and returns its result when that is durable.
    pub(crate) fn commit<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&mut Draft<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |draft| decided(draft, decide, sender));
        let gone = || StoreError::Unavailable("the store is closing".into());
        {
            let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())?;
        }
        // A dropped sender means that the thread died in the middle: nobody can say what was kept.
        receiver.recv().unwrap_or_else(|_| Err(StoreError::OutcomeUnknown("the committing thread is gone".into())))
    }
}

fn decided<T: Send + 'static>(
    draft: &mut Draft<'_>,
    decide: impl FnOnce(&mut Draft<'_>) -> Result<T, StoreError>,
    sender: SyncSender<Result<T, StoreError>>,
) -> Decided {
    let result = catch_unwind(AssertUnwindSafe(|| decide(draft)))
        .unwrap_or_else(|_| Err(StoreError::Unavailable("a panic while deciding".into())));
    Decided {
        keep: result.is_ok(),
        answer: Box::new(move |failure| {
            // The caller waits for this one message; if it is gone there is nobody to tell.
            let _ = sender.send(failure.map_or(result, Err));
        }),
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(engine: &dyn Kv, jobs: &Receiver<Job>, meter: &Meter) {
    while let Ok(first) = jobs.recv() {
        commit_group(engine, first, jobs, meter);
    }
}

fn commit_group(engine: &dyn Kv, first: Job, jobs: &Receiver<Job>, meter: &Meter) {
    let mut group = Batch::default();
    let mut answers = Vec::new();
    let mut bytes = 0;
    let mut failure = None;
    match engine.snapshot() {
        Err(error) => {
            // Still run the job, on nothing, so that its caller hears of the failure.
            answers.push(first(&mut Draft { engine: &Nothing, group: &group, own: Batch::default() }).answer);
            failure = Some(StoreError::from(error));
        }
        Ok(snapshot) => {
            let mut next = Some(first);
            while let Some(job) = next {
                let mut draft = Draft { engine: &*snapshot, group: &group, own: Batch::default() };
                let decided = job(&mut draft);
                let own = draft.own;
                if decided.keep {
                    bytes += own.bytes();
                    group.extend(own);
                }
                answers.push(decided.answer);
                let open = answers.len() < MAX_GROUP && bytes < MAX_GROUP_BYTES;
                next = if open { jobs.try_recv().ok() } else { None };
            }
        }
    }
    if failure.is_none() && !group.is_empty() {
        failure = engine.write(&group).err().map(StoreError::from);
        meter.groups.fetch_add(1, Ordering::Relaxed);
        meter.largest.fetch_max(answers.len() as u64, Ordering::Relaxed);
    }
    meter.failures.fetch_add(u64::from(failure.is_some()), Ordering::Relaxed);
    meter.commits.fetch_add(answers.len() as u64, Ordering::Relaxed);
    for answer in answers {
        answer(failure.clone());
    }
}

/// What a job sees when the engine cannot be read: an error, always.
struct Nothing;

impl Snapshot for Nothing {
    fn value(&self, _: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        Err(KvError::NotApplied("the engine cannot be read".into()))
    }

    fn scan(&self, _: &[u8], _: &[u8], _: usize) -> Result<Vec<Pair>, KvError> {
        Err(KvError::NotApplied("the engine cannot be read".into()))
    }
}
