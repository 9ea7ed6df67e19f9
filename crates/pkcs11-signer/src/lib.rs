//! Keys in hardware: [`pki::Signer`] over PKCS#11 (Cryptoki 2.40 and 3.x), for a smart card as for a network HSM.
//!
//! ```no_run
//! use pkcs11_signer::{KeyLocation, Pin, Pkcs11Signer};
//! use pki::Signer as _;
//!
//! let key = KeyLocation::new("/usr/lib/softhsm/libsofthsm2.so", "licenses").with_label("document");
//! let pin = Pin::from_file("/etc/license/pin".as_ref())?;
//! // No certificates given: they are read from the token. The PIN is tried once, the key makes a first signature.
//! let signer = Pkcs11Signer::open(key, pin, Vec::new())?;
//! let signature = signer.sign(b"message")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//!  Pkcs11Signer ── sign ──► Pool (bounded) ──► Connection: session, logged in, key found ──► Module: the library
//!       │ every signature is checked with the       │ lost? once anew; still lost? module reset   │ one per process
//!       │ certificate's key before it leaves        │ (token back, restarted): the next works      │ and path
//! ```
//!
//! - **Algorithms** follow the certificate's key: P-256, P-384, RSA (PKCS#1 v1.5), Ed25519. SM2 has no standard mechanism:
//!   whoever's module has one names it ([`Sm2Mechanism`]).
//! - **The PIN** comes from a file or the environment, never prints, and is wiped. A PIN that a token refused is not shown
//!   to it again by this process, and a token's last try is never used: nobody is locked out by a restart loop.
//! - **Sessions** are few and used again. When all are busy, a caller waits, at most [`KeyLocation::wait`].
//! - **A token that goes away** is said so ([`Pkcs11Error::TokenAbsent`]); when it is back, the next signature works.
//! - **Modules stay loaded** until the process ends: not every vendor's library survives being unloaded.

mod certificates;
mod connection;
mod error;
mod location;
mod mechanism;
mod module;
mod pin;
mod pool;
mod signer;
mod token;

pub use error::Pkcs11Error;
pub use location::{DEFAULT_SESSIONS, DEFAULT_WAIT, KeyLocation, Sm2Mechanism};
pub use pin::Pin;
pub use signer::Pkcs11Signer;
