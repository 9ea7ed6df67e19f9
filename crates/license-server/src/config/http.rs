//! Connections and bodies.

use std::time::Duration;

/// Limits of what comes in over HTTP.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// Event loops.
    pub workers: usize,
    /// Open connections per event loop; more wait in the kernel's queue.
    pub connections: usize,
    /// Largest JSON or form body.
    pub json_bytes: usize,
    /// Largest uploaded file.
    pub file_bytes: usize,
    /// Time for a request's head to arrive.
    pub head_timeout: Duration,
    /// Time for a request's body to arrive.
    pub body_timeout: Duration,
    /// How long an idle connection stays open.
    pub keep_alive: Duration,
    /// How long requests in progress may take when the service stops.
    pub shutdown_timeout: Duration,
    /// Whether a reverse proxy stands in front: then its last `X-Forwarded-For` entry is the client's address.
    pub behind_proxy: bool,
}

impl Default for HttpConfig {
    fn default() -> HttpConfig {
        HttpConfig {
            workers: std::thread::available_parallelism().map_or(2, usize::from),
            connections: 4096,
            json_bytes: 1 << 20,
            file_bytes: 30 << 20,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            keep_alive: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(20),
            behind_proxy: false,
        }
    }
}
