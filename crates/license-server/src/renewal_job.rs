//! The renewal job of a running service: a thread that looks, works, and sleeps until the next look or the end.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::service::{Caller, Office};

/// Documents renewed in one look at most; then the next look comes soon.
const BATCH: usize = 200;
/// So many failures and no success: the services are down, and nobody asks them again before the next look.
const DOWN: usize = 10;
/// Between two batches.
const BREATH: Duration = Duration::from_secs(1);

/// Stops the job and waits for it when dropped.
pub(crate) struct RenewalJob {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl RenewalJob {
    /// Starts the job, if the deployment has time-stamp services and wants one.
    pub(crate) fn start(office: &Arc<Office>) -> std::io::Result<Option<Self>> {
        let Some(every) = office.renewal_pause() else { return Ok(None) };
        let stop: Arc<(Mutex<bool>, Condvar)> = Arc::default();
        let thread = std::thread::Builder::new().name("license-renewal".to_owned()).spawn({
            let (stop, office) = (stop.clone(), office.clone());
            move || run(&office, every, &stop)
        })?;
        Ok(Some(Self { stop, thread: Some(thread) }))
    }
}

impl Drop for RenewalJob {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take() {
            // A look that is under way ends with the document it is at.
            let _ = thread.join();
        }
    }
}

fn run(office: &Office, every: Duration, stop: &(Mutex<bool>, Condvar)) {
    let caller = Caller { name: "renewal-job".to_owned() };
    loop {
        let mut pause = every;
        match office.renew_due(&caller, BATCH, &|| *stop.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            Ok(report) => {
                for (license, why) in &report.failed {
                    tracing::warn!(%license, why, "not renewed");
                }
                if report.renewed > 0 {
                    tracing::info!(renewed = report.renewed, looked = report.looked, "renewed time-stamps");
                }
                let down = report.renewed == 0 && report.failed.len() >= DOWN;
                if !report.complete && !down {
                    pause = BREATH;
                }
            }
            Err(error) => tracing::error!(%error, "the renewal job failed"),
        }
        let stopped = stop.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (stopped, _) =
            stop.1.wait_timeout_while(stopped, pause, |stopped| !*stopped).unwrap_or_else(PoisonError::into_inner);
        if *stopped {
            if let Err(error) = office.keep_usage(&caller) {
                tracing::warn!(%error, "what was asked of the time-stamp services is not written down");
            }
            return;
        }
    }
}
