//! What every handler shares.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::bearer::Bearer;
use super::metrics::Metrics;
use super::pool::Pool;
use super::problem::Problem;
use super::rate::Limiter;
use crate::config::{HttpConfig, ServeConfig};
use crate::service::{Office, ServiceError};
use crate::web::PageFonts;

/// The office and everything around it that belongs to HTTP.
pub(crate) struct State {
    pub(crate) office: Arc<Office>,
    pub(crate) http: HttpConfig,
    pub(crate) bearer: Bearer,
    pub(crate) verify_rate: Limiter,
    pub(crate) token_rate: Limiter,
    pub(crate) metrics: Metrics,
    pub(crate) page_fonts: PageFonts,
    pub(crate) press: Pool,
    pub(crate) desk: Pool,
    ready: AtomicBool,
}

impl State {
    pub(crate) fn new(config: &ServeConfig, office: Arc<Office>) -> io::Result<Arc<State>> {
        let work = &config.work;
        Ok(Arc::new(State {
            office,
            http: config.http.clone(),
            bearer: Bearer::new(config.token_life)?,
            verify_rate: Limiter::new(config.rates.verify, config.rates.addresses),
            token_rate: Limiter::new(config.rates.token, config.rates.addresses),
            metrics: Metrics::default(),
            page_fonts: PageFonts::default(),
            press: Pool::new("license-press", work.press, work.press_queue, work.patience)?,
            desk: Pool::new("license-desk", work.desk, work.desk_queue, work.patience)?,
            ready: AtomicBool::new(true),
        }))
    }

    /// From now on the service is not ready.
    pub(crate) fn stopping(&self) {
        self.ready.store(false, Ordering::Release);
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    /// Costly work: layout, signatures, opening files, painting.
    pub(crate) async fn press<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Office) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, Problem> {
        let office = self.office.clone();
        Ok(self.press.run(move || work(&office)).await??)
    }

    /// Work that waits for the register.
    pub(crate) async fn desk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Office) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, Problem> {
        let office = self.office.clone();
        Ok(self.desk.run(move || work(&office)).await??)
    }
}
