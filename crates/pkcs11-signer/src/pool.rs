//! A few sessions, used again and again by many threads; and the way back after a token went away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use cryptoki::error::Error as Call;

use crate::connection::Connection;
use crate::module::{Gate, Module};
use crate::{KeyLocation, Pin, Pkcs11Error};

/// Sessions with one key.
pub(crate) struct Pool {
    module: Arc<Module>,
    location: KeyLocation,
    pin: Pin,
    /// Whether the key was ever found: then its absence is the token's, not a wrong name.
    found: AtomicBool,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    lent: usize,
}

/// The right to use one session; given back when dropped.
struct Permit<'a>(&'a Pool);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.state().lent -= 1;
        self.0.freed.notify_one();
    }
}

impl Pool {
    /// Opens no session yet.
    pub(crate) fn new(location: KeyLocation, pin: Pin) -> Result<Pool, Pkcs11Error> {
        let module = Module::load(&location.module)?;
        let (state, freed) = (Mutex::default(), Condvar::new());
        Ok(Pool { module, location, pin, found: AtomicBool::new(false), state, freed })
    }

    /// The module.
    pub(crate) fn module(&self) -> &Module {
        &self.module
    }

    /// Where the key is.
    pub(crate) const fn location(&self) -> &KeyLocation {
        &self.location
    }

    /// Does `work` with a session. When session, login or token turn out to be gone, once more with a new session, and
    /// once more after the module was started anew.
    pub(crate) fn with<T>(&self, work: impl Fn(&Connection) -> Result<T, Call>) -> Result<T, Pkcs11Error> {
        let _permit = self.permit()?;
        let (mut error, mut generation) = match self.pooled(&work) {
            Err((error, generation)) if self.may_recover(&error) => (error, generation),
            other => return other.map_err(|(error, _)| error),
        };
        for reset in [false, true] {
            if reset && !self.module.reset(generation)? {
                break;
            }
            (error, generation) = match self.anew(&work) {
                Err((error, generation)) if self.may_recover(&error) => (error, generation),
                other => return other.map_err(|(error, _)| error),
            };
        }
        Err(error)
    }

    fn may_recover(&self, error: &Pkcs11Error) -> bool {
        let misnamed = matches!(error, Pkcs11Error::KeyAbsent { .. }) && !self.found.load(Ordering::Relaxed);
        error.may_recover() && !misnamed
    }

    /// With an idle session if there is one.
    fn pooled<T>(&self, work: impl Fn(&Connection) -> Result<T, Call>) -> Result<T, (Pkcs11Error, u64)> {
        let idle = self.state().idle.pop();
        let gate = self.module.enter();
        match idle.filter(|connection| connection.is_of(&gate)) {
            Some(connection) => self.work(connection, &gate, work),
            None => self.connect(&gate).and_then(|connection| self.work(connection, &gate, work)),
        }
        .map_err(|error| (error, gate.generation()))
    }

    /// With a new session, and without those that are probably as dead as the last one.
    fn anew<T>(&self, work: impl Fn(&Connection) -> Result<T, Call>) -> Result<T, (Pkcs11Error, u64)> {
        let stale = std::mem::take(&mut self.state().idle);
        let gate = self.module.enter();
        stale.into_iter().for_each(|connection| connection.close(&gate));
        let done = self.connect(&gate).and_then(|connection| self.work(connection, &gate, work));
        done.map_err(|error| (error, gate.generation()))
    }

    fn connect(&self, gate: &Gate) -> Result<Connection, Pkcs11Error> {
        self.module.running(gate)?;
        let connection = Connection::open(&self.module, gate, &self.location, &self.pin)?;
        self.found.store(true, Ordering::Relaxed);
        Ok(connection)
    }

    fn work<T>(
        &self,
        connection: Connection,
        gate: &Gate,
        work: impl Fn(&Connection) -> Result<T, Call>,
    ) -> Result<T, Pkcs11Error> {
        match work(&connection) {
            Ok(value) => {
                self.state().idle.push(connection);
                Ok(value)
            }
            Err(error) => {
                // An operation may still be open in it.
                connection.close(gate);
                Err(Pkcs11Error::device(&self.location.token, &error))
            }
        }
    }

    fn permit(&self) -> Result<Permit<'_>, Pkcs11Error> {
        let (limit, wait) = (self.location.sessions.max(1), self.location.wait);
        let began = Instant::now();
        let mut state = self.state();
        while state.lent >= limit {
            let Some(left) = wait.checked_sub(began.elapsed()) else {
                let token = self.location.token.clone();
                return Err(Pkcs11Error::Busy { token, sessions: limit, waited: wait });
            };
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.lent += 1;
        Ok(Permit(self))
    }

    /// Never held while the module is called.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let idle = std::mem::take(&mut self.state().idle);
        let gate = self.module.enter();
        idle.into_iter().for_each(|connection| connection.close(&gate));
    }
}
