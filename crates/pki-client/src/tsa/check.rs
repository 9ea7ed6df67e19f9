//! An answer, held against its question. Nothing of it is believed before.

use pki::path::{self, PathRequest, Purpose};
use pki::tsp::{TimeStampRequest, TimeStampResponse, TimeStampToken, VerifiedTimeStamp};
use time::{Duration, OffsetDateTime};

use super::fault::ServiceFault;
use super::service::TimeStampService;

/// How far the service's clock and ours may be apart.
const CLOCK_SKEW: Duration = Duration::minutes(5);

/// A time-stamp that answers the question and holds by itself.
#[derive(Clone, Debug)]
pub struct Stamp {
    service: String,
    token: TimeStampToken,
    verified: VerifiedTimeStamp,
}

impl Stamp {
    /// The service that gave it.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The DER of the TimeStampToken.
    pub fn der(&self) -> &[u8] {
        self.token.der()
    }

    /// The token.
    pub const fn token(&self) -> &TimeStampToken {
        &self.token
    }

    /// genTime.
    pub const fn time(&self) -> OffsetDateTime {
        self.verified.time()
    }

    /// What the checks proved.
    pub const fn verified(&self) -> &VerifiedTimeStamp {
        &self.verified
    }
}

/// Granted, one signer, our nonce, our imprint, our policy, a signature that holds, a certificate that may stamp, was valid
/// and chains to what the service is trusted under, and a clock that goes like ours.
pub(super) fn check(
    service: &TimeStampService,
    request: &TimeStampRequest,
    body: &[u8],
    now: OffsetDateTime,
) -> Result<Stamp, ServiceFault> {
    let response = TimeStampResponse::from_der(body).map_err(ServiceFault::Garbage)?;
    let token = response.token_for(request).map_err(ServiceFault::of_token)?;
    let asked = request.digest();
    let verified = token
        .verify(|algorithm| if algorithm == asked.algorithm() { *asked } else { algorithm.digest(&[]) })
        .map_err(ServiceFault::of_token)?;
    let stamped = verified.time();
    if (stamped - now).abs() > CLOCK_SKEW {
        return Err(ServiceFault::Clock { stamped, here: now });
    }
    let signer = verified.signer();
    if !signer.valid_at(stamped) {
        let (from, until) = (signer.not_before(), signer.not_after());
        return Err(ServiceFault::CertificateDates { from, until, stamped });
    }
    if !service.anchors.is_empty() {
        let between: Vec<_> = token.certificates().iter().chain(&service.intermediates).cloned().collect();
        let request = PathRequest::new(signer, &service.anchors, stamped, Purpose::TimeStamping);
        path::validate(&request.with_intermediates(&between)).map_err(ServiceFault::Untrusted)?;
    }
    Ok(Stamp { service: service.name.clone(), token, verified })
}
