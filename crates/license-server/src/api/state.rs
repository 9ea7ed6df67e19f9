//! What every handler shares.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::ServeConfig;
use crate::service::Office;

pub(crate) struct State {
    pub(crate) office: Arc<Office>,
    ready: AtomicBool,
}

impl State {
    pub(crate) fn new(_config: &ServeConfig, office: Arc<Office>) -> io::Result<Arc<State>> {
        Ok(Arc::new(State { office, ready: AtomicBool::new(true) }))
    }

    pub(crate) fn stopping(&self) {
        self.ready.store(false, Ordering::Release);
    }
}
