//! The module: a shared library that is loaded and started once per process, and can be started anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as Call, RvError};

use crate::error::said;
use crate::{Pin, Pkcs11Error};

/// A module is not started anew more often than this while its token stays away.
const RESET_PAUSE: Duration = Duration::from_millis(500);

/// By path. Nothing is ever taken out: see the crate's front page.
static MODULES: Mutex<BTreeMap<PathBuf, Arc<Module>>> = Mutex::new(BTreeMap::new());

/// A started module.
pub(crate) struct Module {
    path: PathBuf,
    cryptoki: Pkcs11,
    /// Whether this process's first start was ours; a module that another part of the process uses is left running.
    ours: bool,
    gate: RwLock<Gate>,
    /// Serial number of a token, and a PIN that it refused. Locked for as long as a login takes: of many threads with
    /// one wrong PIN, one tries it.
    refused: Mutex<Vec<(String, Pin)>>,
}

/// Held for reading by everyone who calls the module, for writing by who starts it anew.
pub(crate) struct Gate {
    generation: u64,
    reset: Option<Instant>,
    /// Why the last start failed.
    down: Option<String>,
}

impl Gate {
    /// Rises with every start. Sessions and handles of an earlier generation mean nothing, or something else.
    pub(crate) const fn generation(&self) -> u64 {
        self.generation
    }
}

impl Module {
    /// The module at `path`, started.
    pub(crate) fn load(path: &Path) -> Result<Arc<Module>, Pkcs11Error> {
        let path = path.canonicalize().map_err(|error| fault(path, error))?;
        let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = modules.get(&path) {
            return Ok(Arc::clone(module));
        }
        let cryptoki = Pkcs11::new(&path).map_err(|error| fault(&path, error))?;
        let ours = match cryptoki.initialize(arguments()) {
            Ok(()) => true,
            Err(Call::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => false,
            Err(error) => return Err(fault(&path, said(&error))),
        };
        let gate = RwLock::new(Gate { generation: 0, reset: None, down: None });
        let module = Arc::new(Module { path: path.clone(), cryptoki, ours, gate, refused: Mutex::default() });
        modules.insert(path, Arc::clone(&module));
        Ok(module)
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The calls.
    pub(crate) const fn cryptoki(&self) -> &Pkcs11 {
        &self.cryptoki
    }

    /// To be held while calling; never twice by one thread.
    pub(crate) fn enter(&self) -> RwLockReadGuard<'_, Gate> {
        self.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The PINs that tokens refused, locked.
    pub(crate) fn refused(&self) -> MutexGuard<'_, Vec<(String, Pin)>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the module anew, unless somebody did since `generation`: many look for tokens at their start only. Waits
    /// for calls that are under way. Whether it is worth trying again.
    pub(crate) fn reset(&self, generation: u64) -> Result<bool, Pkcs11Error> {
        let mut gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        if gate.generation != generation {
            return Ok(true);
        }
        if !self.ours || gate.reset.is_some_and(|last| last.elapsed() < RESET_PAUSE) {
            return Ok(false);
        }
        gate.generation += 1;
        gate.reset = Some(Instant::now());
        // It fails when the last start did: then there is nothing to end.
        let _ = self.cryptoki.clone().finalize();
        gate.down = self.cryptoki.initialize(arguments()).err().map(|error| said(&error));
        self.running(&gate).map(|()| true)
    }

    /// A module whose last start failed says that, rather than that it was not started.
    pub(crate) fn running(&self, gate: &Gate) -> Result<(), Pkcs11Error> {
        match &gate.down {
            None => Ok(()),
            Some(problem) => Err(fault(&self.path, format!("it does not start (is its token there?): {problem}"))),
        }
    }
}

fn arguments() -> CInitializeArgs {
    CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)
}

fn fault(path: &Path, problem: impl ToString) -> Pkcs11Error {
    Pkcs11Error::Module { module: path.to_owned(), problem: problem.to_string() }
}
