//! A certification authority, its lists, an OCSP responder and a time-stamp service, all on the loopback interface, for as
//! long as a test lasts. OpenSSL makes the answers; a small HTTP server in front of it makes the faults.
//!
//! ```
//! use tests::services::{Fault, Service, Services};
//!
//! if let Some(services) = Services::start() {
//!     assert!(services.url(Service::TimeStamp).starts_with("http://127.0.0.1:"));
//!     services.play(Service::TimeStamp, Fault::Status(503, None)); // from now on
//! }
//! ```
//!
//! Nothing here waits for a clock: what has to be slow never ends, what has to be late is late by a fixed pause that no
//! client's patience comes near.

mod authority;
mod fault;
mod http;
mod responder;
mod stamper;

pub use authority::{Authority, Member};
pub use fault::Fault;
pub use http::{Ask, Loopback, Reply};

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// RFC 3161.
    TimeStamp,
    /// RFC 6960, about certificates of the issuing CA.
    Ocsp,
    /// The issuing CA's list.
    Crl,
    /// The root's list.
    RootCrl,
    /// The issuing CA's certificate.
    Issuer,
}

impl Service {
    const ALL: [(&'static str, Self); 5] = [
        ("/tsa", Self::TimeStamp),
        ("/ocsp", Self::Ocsp),
        ("/ca.crl", Self::Crl),
        ("/root.crl", Self::RootCrl),
        ("/ca.cer", Self::Issuer),
    ];

    fn path(self) -> &'static str {
        Self::ALL.iter().find(|(_, service)| *service == self).map_or("/", |(path, _)| path)
    }

    fn of(path: &str) -> Option<Self> {
        let exact = Self::ALL.iter().find(|(known, _)| *known == path).map(|(_, service)| *service);
        // OCSP by GET puts the question behind the address.
        exact.or_else(|| path.starts_with("/ocsp/").then_some(Self::Ocsp))
    }
}

/// All of them, running until dropped.
pub struct Services {
    world: Arc<World>,
    server: Loopback,
}

struct World {
    authority: Authority,
    folder: TempDir,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    faults: BTreeMap<Service, Fault>,
    asked: BTreeMap<Service, usize>,
}

impl Services {
    /// Starts them on a free port. `None`, said aloud, when OpenSSL is not installed.
    ///
    /// # Panics
    /// When the machine has no room for files or no loopback interface.
    pub fn start() -> Option<Self> {
        crate::peers::openssl(&["version"], b"")?;
        let server = Loopback::start();
        let folder = tempfile::tempdir().expect("the machine has room for a scratch folder");
        let authority = Authority::new(&server.base());
        authority.write(folder.path());
        stamper::configure(folder.path());
        let world = Arc::new(World { authority, folder, state: Mutex::default() });
        server.answer({
            let world = world.clone();
            move |ask| world.reply(ask)
        });
        Some(Self { world, server })
    }

    /// The address of a service.
    pub fn url(&self, service: Service) -> String {
        format!("{}{}", self.server.base(), service.path())
    }

    /// `127.0.0.1:PORT`.
    pub fn host(&self) -> String {
        self.server.base().trim_start_matches("http://").to_owned()
    }

    /// The certificates, their keys, and what is revoked.
    pub fn authority(&self) -> &Authority {
        &self.world.authority
    }

    /// A folder of a deployment's shape: `keys/NAME.key.pem` under the password [`Authority::PASSWORD`], `keys/NAME.pem`,
    /// `keys/password`, and `root.pem`.
    pub fn folder(&self) -> &Path {
        self.world.folder.path()
    }

    /// From now on the service answers so.
    pub fn play(&self, service: Service, fault: Fault) {
        self.world.state().faults.insert(service, fault);
    }

    /// From now on everything is well again.
    pub fn heal(&self) {
        self.world.state().faults.clear();
    }

    /// How often a service was asked.
    pub fn asked(&self, service: Service) -> usize {
        self.world.state().asked.get(&service).copied().unwrap_or(0)
    }
}

impl World {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reply(&self, ask: &Ask) -> Reply {
        let Some(service) = Service::of(&ask.path) else { return Reply::status(404) };
        let fault = {
            let mut state = self.state();
            *state.asked.entry(service).or_default() += 1;
            state.faults.get(&service).cloned()
        };
        let fault = fault.unwrap_or(Fault::None);
        if let Some(reply) = fault.before(service.media_type()) {
            return reply;
        }
        let body = match service {
            Service::TimeStamp => stamper::answer(self.folder.path(), &ask.body, &fault),
            Service::Ocsp => responder::answer(self.folder.path(), &self.authority, ask, &fault),
            Service::Crl => Some(self.authority.crl(&fault)),
            Service::RootCrl => Some(self.authority.root_crl(&fault)),
            Service::Issuer => Some(self.authority.issuer_der()),
        };
        match body {
            Some(body) => fault.after(Reply::ok(service.media_type(), body)),
            None => Reply::status(400),
        }
    }
}

impl Service {
    fn media_type(self) -> &'static str {
        match self {
            Self::TimeStamp => "application/timestamp-reply",
            Self::Ocsp => "application/ocsp-response",
            Self::Crl | Self::RootCrl => "application/pkix-crl",
            Self::Issuer => "application/pkix-cert",
        }
    }
}
