//! What `pki` must not do itself: asking others over a network. Time-stamp services, revocation lists, OCSP responders,
//! issuers' certificates, and keys that a signing service holds. Blocking, bounded in time and bytes, and without faith:
//! every answer is held against its question before anybody else sees it.
//!
//! ```
//! use pki::DigestAlgorithm;
//! use pki_client::{Http, Quota, TimeStampClient, TimeStampService};
//! use std::time::Duration;
//!
//! // Two services: the second one is asked when the first one does not answer, or answers wrongly.
//! let first = TimeStampService::new("provincial", "http://127.0.0.1:9/tsa")?
//!     .with_timeout(Duration::from_millis(500))
//!     .with_quota(Quota { limit: 10_000, period: time::Duration::DAY });
//! let second = TimeStampService::new("national", "http://127.0.0.1:9/other")?;
//! let client = TimeStampClient::new(vec![first, second], Http::default()).without_retry();
//!
//! let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
//! let error = client.stamp(&DigestAlgorithm::Sha256.digest(b"a signature value"), &mut rng).unwrap_err();
//! // Nobody listens on port 9; the error names each service with its own reason.
//! assert_eq!(error.attempts.len(), 2);
//! assert!(error.to_string().starts_with("no time-stamp: provincial: "));
//! # Ok::<(), pki_client::AddressError>(())
//! ```
//!
//! ```text
//!  address, credentials, clock ◄ http (bounded, guarded) ◄ tsa     TimeStampClient: pool, quota, retry, checks
//!                                                        ◄ fetch   Fetcher ► FetchSource: pki::path::Source
//!                                                        ◄ remote  RemoteSigner: pki::Signer
//! ```
//!
//! - [`TimeStampClient`] asks a pool of RFC 3161 services and returns a checked token, or every reason why there is none.
//! - [`Fetcher`] gives [`FetchSource`]s for [`pki::path`]: what certificates name is fetched, within what [`Allow`] permits.
//! - [`RemoteSigner`] is a [`pki::Signer`] whose key lives in a signing service (`docs/formats/remote-signer.md`).
//! - Secrets ([`Credentials`]) are in no `Debug`, no error and no address.

mod address;
mod clock;
mod credentials;
mod fetch;
mod http;
mod remote;
mod tsa;

pub use address::{Address, AddressError};
pub use clock::{Clock, SystemClock};
pub use credentials::Credentials;
pub use fetch::{Allow, FetchOptions, FetchSource, Fetched, Fetcher, HostRule, Kind, NotAHost, OcspMethod};
pub use http::{Http, HttpError, HttpOptions};
pub use remote::{RemoteSigner, algorithm_name};
pub use tsa::{
    Attempt, NoTimeStamp, Order, Quota, Retry, ServiceFault, ServiceUsage, Stamp, TimeStampClient, TimeStampService,
};
