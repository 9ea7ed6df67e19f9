//! How often one address may ask for what is open to anyone.

/// A token bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Requests a second in the long run.
    pub per_second: f64,
    /// Requests at once.
    pub burst: f64,
}

/// The limited doors; `None` leaves one open.
#[derive(Clone, Debug)]
pub struct RateConfig {
    /// Public verification: the API and the pages.
    pub verify: Option<Rate>,
    /// Asking for access tokens: each try costs a password hash.
    pub token: Option<Rate>,
    /// Addresses remembered; the quietest are forgotten.
    pub addresses: usize,
}

impl Default for RateConfig {
    fn default() -> RateConfig {
        RateConfig {
            // A counter hall behind one address stays far below it.
            verify: Some(Rate { per_second: 50.0, burst: 300.0 }),
            token: Some(Rate { per_second: 5.0, burst: 30.0 }),
            addresses: 20_000,
        }
    }
}

impl RateConfig {
    /// No limits: for measuring, and where something in front limits already.
    pub fn unlimited() -> RateConfig {
        RateConfig { verify: None, token: None, ..RateConfig::default() }
    }
}
