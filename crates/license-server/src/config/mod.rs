//! How the service runs: one small struct a concern, every number with a default.

mod http;
mod rates;
mod work;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

pub use http::HttpConfig;
pub use rates::{Rate, RateConfig};
pub use work::WorkConfig;

/// All of it.
///
/// ```
/// use license_server::ServeConfig;
///
/// let config = ServeConfig { listen: "127.0.0.1:0".parse()?, ..ServeConfig::default() };
/// assert_eq!(config.http.json_bytes, 1 << 20);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ServeConfig {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Connections and bodies.
    pub http: HttpConfig,
    /// The pools for costly work.
    pub work: WorkConfig,
    /// How often one address may ask.
    pub rates: RateConfig,
    /// How long an access token lives.
    pub token_life: Duration,
    /// Whether SIGINT and SIGTERM stop the service; an embedding program may want them for itself.
    pub signals: bool,
    /// How long `/readyz` says no before connections are refused, so that a balancer can turn away.
    pub drain: Duration,
}

impl Default for ServeConfig {
    fn default() -> ServeConfig {
        ServeConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            http: HttpConfig::default(),
            work: WorkConfig::default(),
            rates: RateConfig::default(),
            token_life: Duration::from_secs(15 * 60),
            signals: true,
            drain: Duration::from_millis(200),
        }
    }
}

impl ServeConfig {
    /// For tests: any free port, no signal handlers, no rate limits, no drain.
    pub fn for_tests() -> ServeConfig {
        ServeConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            rates: RateConfig::unlimited(),
            signals: false,
            drain: Duration::ZERO,
            ..ServeConfig::default()
        }
    }

    /// For measuring: as served, but without rate limits.
    pub fn for_benchmarks() -> ServeConfig {
        ServeConfig { rates: RateConfig::unlimited(), ..ServeConfig::for_tests() }
    }
}
