//! Starting and stopping.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::rt::{System, signal, time};
use actix_web::{App, HttpServer};

use crate::api::{self, State};
use crate::config::ServeConfig;
use crate::renewal_job::RenewalJob;
use crate::service::Office;

/// Binds, starts the event loops on threads of their own, and returns when connections are accepted.
pub fn serve(config: ServeConfig, office: Arc<Office>) -> io::Result<Running> {
    let state = State::new(&config, office)?;
    let (report, started) = mpsc::channel();
    let thread = std::thread::Builder::new().name("license-http".to_owned()).spawn({
        let state = state.clone();
        move || System::new().block_on(run(config, state, report))
    })?;
    let started = started.recv().unwrap_or_else(|_| Err(io::Error::other("the event loop did not start")));
    match started {
        Ok((address, stopper)) => Ok(Running { address, stopper, thread: Some(thread) }),
        Err(error) => {
            // It has reported and is ending.
            let _ = thread.join();
            Err(error)
        }
    }
}

/// A running service. Dropping it leaves the service running.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stopper: Stopper,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it gracefully and waits until it has stopped: no new connections, requests in progress are answered.
    pub fn stop(self) {
        self.stopper.stop();
        if let Err(error) = self.wait() {
            tracing::error!(%error, "while stopping");
        }
    }

    /// A handle that stops it from elsewhere.
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Waits until it has stopped, by SIGINT, SIGTERM or a [`Stopper`].
    pub fn wait(mut self) -> io::Result<()> {
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(io::Error::other("the event loop ended abnormally")),
            None => Ok(()),
        }
    }
}

/// Asks a service to stop.
#[derive(Clone, Debug)]
pub struct Stopper(Arc<tokio::sync::Notify>);

impl Stopper {
    /// Asks; returns at once.
    pub fn stop(&self) {
        self.0.notify_one();
    }
}

type Started = io::Result<(SocketAddr, Stopper)>;

async fn run(config: ServeConfig, state: Arc<State>, report: mpsc::Sender<Started>) -> io::Result<()> {
    let http = config.http.clone();
    let per_worker = state.clone();
    let bound = HttpServer::new(move || {
        App::new().wrap(from_fn(api::observe)).configure(|app| api::configure(app, &per_worker))
    })
    .workers(http.workers)
    .max_connections(http.connections)
    .client_request_timeout(http.head_timeout)
    .keep_alive(http.keep_alive)
    .shutdown_timeout(http.shutdown_timeout.as_secs().max(1))
    .disable_signals()
    .bind(config.listen);
    let server = match bound {
        Ok(server) => server,
        Err(error) => {
            // The caller is waiting for just this.
            let _ = report.send(Err(error));
            return Ok(());
        }
    };
    let address = server.addrs().first().copied().unwrap_or(config.listen);
    let server = server.run();
    let office = state.office.clone();
    let stopper = Stopper(Arc::default());
    actix_web::rt::spawn(stop_when_asked(server.handle(), stopper.clone(), state, config.signals, config.drain));
    if report.send(Ok((address, stopper))).is_err() {
        return Ok(());
    }
    tracing::info!(%address, "serving");
    let _job = RenewalJob::start(&office)?;
    server.await?;
    tracing::info!("stopped");
    Ok(())
}

async fn stop_when_asked(server: ServerHandle, stopper: Stopper, state: Arc<State>, signals: bool, drain: Duration) {
    if signals {
        tokio::select! {
            () = stopper.0.notified() => {}
            () = asked_by_signal() => {}
        }
    } else {
        stopper.0.notified().await;
    }
    state.stopping();
    tracing::info!("stopping");
    time::sleep(drain).await;
    server.stop(true).await;
}

/// SIGINT or SIGTERM.
async fn asked_by_signal() {
    #[cfg(unix)]
    {
        use signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if signal::ctrl_c().await.is_err() {
        // No signal can be heard: only a stopper ends the service.
        std::future::pending::<()>().await;
    }
}
