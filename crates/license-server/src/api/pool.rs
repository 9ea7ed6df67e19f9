//! A bounded pool for work that costs time: so many threads, so many waiting, and no more.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::rt::time::timeout;
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// Why work was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PoolError {
    /// The queue is full; nothing was done.
    Busy,
    /// The caller's patience ended first. What has begun goes on; what has not is not begun.
    Late,
    /// The work ended abnormally.
    Lost,
}

/// Threads and a queue.
pub(crate) struct Pool {
    queue: SyncSender<Job>,
    inside: Arc<AtomicUsize>,
    patience: Duration,
}

impl Pool {
    pub(crate) fn new(name: &str, threads: usize, waiting: usize, patience: Duration) -> io::Result<Pool> {
        let (queue, jobs) = sync_channel::<Job>(waiting);
        let jobs = Arc::new(Mutex::new(jobs));
        for at in 0..threads.max(1) {
            let jobs = jobs.clone();
            std::thread::Builder::new().name(format!("{name}-{at}")).spawn(move || work(&jobs))?;
        }
        Ok(Pool { queue, inside: Arc::default(), patience })
    }

    /// Has the work done on a thread of the pool.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let (reply, answer) = oneshot::channel();
        let inside = Inside::enter(&self.inside);
        let job = Box::new(move || {
            // Nobody waits any longer: what has not begun need not begin.
            if reply.is_closed() {
                return;
            }
            let done = work();
            drop(inside);
            let _ = reply.send(done);
        });
        self.queue.try_send(job).map_err(|_| PoolError::Busy)?;
        match timeout(self.patience, answer).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) => Err(PoolError::Lost),
            Err(_) => Err(PoolError::Late),
        }
    }

    /// Jobs waiting or in work.
    pub(crate) fn inside(&self) -> usize {
        self.inside.load(Ordering::Relaxed)
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("work in the pool ended abnormally");
        }
    }
}

struct Inside(Arc<AtomicUsize>);

impl Inside {
    fn enter(count: &Arc<AtomicUsize>) -> Inside {
        count.fetch_add(1, Ordering::Relaxed);
        Inside(count.clone())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::mpsc::channel;

    #[actix_web::test]
    async fn a_full_pool_says_so_and_then_goes_on() {
        let pool = Pool::new("test", 1, 1, Duration::from_secs(5)).unwrap();
        let (open, gate) = channel::<()>();
        let (begun, begins) = channel();
        let first = pool.run(move || {
            begun.send(()).unwrap();
            gate.recv().unwrap();
            1
        });
        let mut first = Box::pin(first);
        assert!(timeout(Duration::from_millis(1), &mut first).await.is_err());
        begins.recv().unwrap();
        let mut second = Box::pin(pool.run(|| 2));
        assert!(timeout(Duration::from_millis(1), &mut second).await.is_err());
        assert_eq!(pool.run(|| 3).await, Err(PoolError::Busy));
        assert_eq!(pool.inside(), 2);
        open.send(()).unwrap();
        assert_eq!(first.await, Ok(1));
        assert_eq!(second.await, Ok(2));
    }

    #[actix_web::test]
    async fn patience_ends_and_panics_stay_inside() {
        let pool = Pool::new("test", 1, 4, Duration::from_millis(30)).unwrap();
        let slow = pool.run(|| std::thread::sleep(Duration::from_millis(200))).await;
        assert_eq!(slow, Err(PoolError::Late));
        let pool = Pool::new("test", 1, 4, Duration::from_secs(5)).unwrap();
        assert_eq!(pool.run(|| -> u8 { panic!("on purpose") }).await, Err(PoolError::Lost));
        assert_eq!(pool.run(|| 7).await, Ok(7));
    }
}
