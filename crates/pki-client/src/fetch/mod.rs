//! Revocation lists, OCSP answers and issuers' certificates, fetched where certificates say, for [`pki::path`].

mod allow;
mod cache;
mod options;
mod read;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::ocsp::{MAX_OCSP_BYTES, OcspRequest, OcspResponse};
use pki::path::Source;
use pki::{Certificate, Crl, DistributionPoint, GeneralName, MAX_CERTIFICATE_BYTES, PointName};
use rand_core::CryptoRng;
use time::OffsetDateTime;

pub use allow::{Allow, HostRule, NotAHost};
pub use options::{FetchOptions, OcspMethod};

use crate::address::Address;
use crate::clock::{Clock, SystemClock};
use crate::http::{Answer, Http, HttpError, HttpOptions, Question, Reply};
use allow::Way;
use cache::{Cache, Entry};

/// Addresses of one certificate that are tried for one kind of answer.
const MAX_ADDRESSES: usize = 4;
/// Redirects that are followed; each hop is judged like the first address.
const MAX_REDIRECTS: usize = 3;
/// Longest OCSP question that goes by GET (RFC 6960 A.1).
const MAX_GET: usize = 255;
/// Random bytes in an OCSP nonce (RFC 9654).
const NONCE_BYTES: usize = 32;
/// An issuer's certificate, or a handful of them.
const MAX_ISSUER_BYTES: usize = 4 * MAX_CERTIFICATE_BYTES;

/// Fetches and keeps; one for a whole program. Each question to [`pki::path`] gets a [`FetchSource`] of its own.
///
/// ```
/// use pki_client::{Allow, FetchOptions, Fetcher};
///
/// let options = FetchOptions::new(Allow::Hosts(vec!["ca.example.cn".parse()?]));
/// let fetcher = Fetcher::new(options)?;
/// let source = fetcher.question();
/// // path::validate(&request.with_source(&source).with_revocation(…Evidence::new(…).with_source(&source)…))
/// assert!(source.log().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Fetcher {
    options: FetchOptions,
    guarded: Http,
    named: Http,
    cache: Cache,
    clock: Arc<dyn Clock>,
    nonces: Option<Mutex<Box<dyn CryptoRng + Send>>>,
}

/// One question's access to a [`Fetcher`]: bounded, and written down.
pub struct FetchSource<'f> {
    fetcher: &'f Fetcher,
    began: OffsetDateTime,
    spent: Mutex<Spent>,
}

#[derive(Default)]
struct Spent {
    requests: usize,
    log: Vec<Fetched>,
    crls: Vec<Crl>,
    ocsp: Vec<OcspResponse>,
    issuers: Vec<Certificate>,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A revocation list.
    Crl,
    /// An OCSP answer.
    Ocsp,
    /// An issuer's certificate.
    Issuer,
}

/// One thing that was asked for, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fetched {
    /// What.
    pub kind: Kind,
    /// Where; without its query.
    pub address: String,
    /// Whether it was known already.
    pub cached: bool,
    /// Why there is nothing; an old answer may have been used all the same.
    pub fault: Option<String>,
}

impl Fetcher {
    /// A fetcher within these bounds.
    pub fn new(options: FetchOptions) -> Result<Self, HttpError> {
        Self::with_http(options, &HttpOptions::default())
    }

    /// As [`new`](Self::new), reaching servers in this way.
    pub fn with_http(options: FetchOptions, http: &HttpOptions) -> Result<Self, HttpError> {
        let guarded = Http::new(&HttpOptions { public_only: true, ..http.clone() })?;
        let named = Http::new(&HttpOptions { public_only: false, ..http.clone() })?;
        let cache = Cache::new(options.folder.clone());
        Ok(Self { options, guarded, named, cache, clock: Arc::new(SystemClock), nonces: None })
    }

    /// Another clock than the machine's.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Sends a nonce with each OCSP question. An answer with another nonce is refused; one without, as responders send that
    /// prepare their answers, is taken.
    pub fn with_nonces(mut self, rng: Box<dyn CryptoRng + Send>) -> Self {
        self.nonces = Some(Mutex::new(rng));
        self
    }

    /// A source for one question.
    pub fn question(&self) -> FetchSource<'_> {
        FetchSource { fetcher: self, began: self.clock.now(), spent: Mutex::default() }
    }

    fn nonce(&self) -> Option<[u8; NONCE_BYTES]> {
        let mut nonce = [0; NONCE_BYTES];
        self.nonces.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut nonce);
        Some(nonce)
    }
}

impl Source for FetchSource<'_> {
    fn issuers(&self, certificate: &Certificate) -> Vec<Certificate> {
        if !self.fetcher.options.issuers {
            return Vec::new();
        }
        let urls = certificate.issuer_urls().iter().map(String::as_str);
        let found = self.first(urls, |url| {
            self.get(
                Kind::Issuer,
                url,
                "application/pkix-cert, application/pkcs7-mime",
                MAX_ISSUER_BYTES,
                read::issuers,
            )
        });
        let found = found.unwrap_or_default();
        self.spent().issuers.extend(found.iter().cloned());
        found
    }

    fn crls(&self, certificate: &Certificate) -> Vec<Crl> {
        let points = certificate.distribution_points().iter().chain(certificate.freshest_points());
        let limit = self.fetcher.options.crl_bytes;
        // Points complete one another, the addresses of one point stand for one another.
        let lists = points.filter_map(|point| {
            self.first(urls(point), |url| self.get(Kind::Crl, url, "application/pkix-crl", limit, read::crl))
        });
        let found: Vec<Crl> = lists.take(MAX_ADDRESSES).collect();
        self.spent().crls.extend(found.iter().cloned());
        found
    }

    fn ocsp(&self, certificate: &Certificate, issuer: &Certificate) -> Vec<OcspResponse> {
        let mut request = OcspRequest::new(certificate, issuer);
        if let Some(nonce) = self.fetcher.nonce() {
            request = request.with_nonce(&nonce);
        }
        // What is kept is kept for the question without its nonce.
        let about = STANDARD.encode(OcspRequest::new(certificate, issuer).to_der());
        let urls = certificate.ocsp_urls().iter().map(String::as_str);
        let found: Vec<OcspResponse> =
            self.first(urls, |url| self.ask_responder(url, &request, &about)).into_iter().collect();
        self.spent().ocsp.extend(found.iter().cloned());
        found
    }
}

impl FetchSource<'_> {
    /// Everything that was asked for so far.
    pub fn log(&self) -> Vec<Fetched> {
        self.spent().log.clone()
    }

    /// The lists that were used so far; what goes into a document that must verify without a network.
    pub fn used_crls(&self) -> Vec<Crl> {
        self.spent().crls.clone()
    }

    /// The OCSP answers that were used so far.
    pub fn used_ocsp(&self) -> Vec<OcspResponse> {
        self.spent().ocsp.clone()
    }

    /// The issuers' certificates that were used so far.
    pub fn used_issuers(&self) -> Vec<Certificate> {
        self.spent().issuers.clone()
    }

    fn first<'u, T>(&self, urls: impl Iterator<Item = &'u str>, ask: impl FnMut(&'u str) -> Option<T>) -> Option<T> {
        urls.take(MAX_ADDRESSES).filter_map(ask).next()
    }

    fn get<T>(
        &self,
        kind: Kind,
        url: &str,
        accept: &'static str,
        limit: usize,
        read: impl Fn(&[u8]) -> Result<(T, Option<OffsetDateTime>), HttpError>,
    ) -> Option<T> {
        let address = self.address(kind, url)?;
        self.through_cache(kind, &address, &format!("GET {}", address.whole()), limit, read, |timeout| {
            self.follow(&address, accept, timeout, limit)
        })
    }

    fn ask_responder(&self, url: &str, request: &OcspRequest, about: &str) -> Option<OcspResponse> {
        let address = self.address(Kind::Ocsp, url)?;
        let asked = format!("OCSP {} {about}", address.whole());
        let read = |bytes: &[u8]| match read::ocsp(bytes)? {
            (response, next) if speaks_of(&response, request) => Ok((response, next)),
            _ => Err(HttpError::Protocol("an OCSP answer to another question".to_owned())),
        };
        self.through_cache(Kind::Ocsp, &address, &asked, MAX_OCSP_BYTES, read, |timeout| {
            let answer = self.question_responder(&address, request, timeout)?.of_type("application/ocsp-response")?;
            // Fresh from the network, the nonce must be ours; a kept answer repeats that of an older question.
            let ours =
                OcspResponse::from_der(&answer.body).is_ok_and(|response| !request.is_answered_by(&response, false));
            if ours {
                Err(HttpError::Protocol("an OCSP answer to another question".to_owned()))
            } else {
                Ok(answer.body)
            }
        })
    }

    fn question_responder(
        &self,
        address: &Address,
        request: &OcspRequest,
        timeout: std::time::Duration,
    ) -> Result<Answer, HttpError> {
        let body = request.to_der();
        let accept = "application/ocsp-response";
        let limit = MAX_OCSP_BYTES;
        let short = self.fetcher.options.ocsp == OcspMethod::Get && self.fetcher.nonces.is_none();
        let by_get = short.then(|| address.with_segment(&percent(&STANDARD.encode(&body)))).and_then(Result::ok);
        let (address, post) = match &by_get {
            Some(longer) if longer.whole().len() <= MAX_GET => (longer, None),
            _ => (address, Some((body.as_slice(), "application/ocsp-request"))),
        };
        self.http(address)?.ask(&Question { address, post, accept, credentials: None, timeout, limit })
    }

    fn address(&self, kind: Kind, url: &str) -> Option<Address> {
        match Address::parse(url) {
            Ok(address) => Some(address),
            Err(error) => {
                let shown: String = url.split(['?', '@']).next().unwrap_or_default().chars().take(200).collect();
                self.note(kind, shown, false, Some(error.to_string()));
                None
            }
        }
    }

    /// From the cache, else from the network; an old answer when the network has none. Whether it is too old is judged where
    /// it is used.
    fn through_cache<T>(
        &self,
        kind: Kind,
        address: &Address,
        asked: &str,
        limit: usize,
        read: impl Fn(&[u8]) -> Result<(T, Option<OffsetDateTime>), HttpError>,
        ask: impl FnOnce(std::time::Duration) -> Result<Vec<u8>, HttpError>,
    ) -> Option<T> {
        let Fetcher { options, cache, clock, .. } = self.fetcher;
        let now = clock.now();
        if let Some(known) = cache.get(asked, now, limit) {
            let found = known.outcome.and_then(|bytes| Ok(read(&bytes)?.0));
            let fault = found.as_ref().err().map(ToString::to_string);
            self.note(kind, address.to_string(), true, fault);
            // A failure that is kept says nothing against an older answer.
            return found.ok().or_else(|| Some(read(&cache.last(asked, limit)?).ok()?.0));
        }
        let fetched = self.time_left(now).and_then(ask).and_then(|bytes| read(&bytes).map(|found| (bytes, found)));
        match fetched {
            Ok((bytes, (found, next))) => {
                let until = now.checked_add(options.keep).unwrap_or(now);
                let until = next.map_or(until, |next| next.min(until));
                cache.put(asked, Entry { outcome: Ok(bytes.into()), fetched: now, until });
                self.note(kind, address.to_string(), false, None);
                Some(found)
            }
            Err(error) => {
                self.note(kind, address.to_string(), false, Some(error.to_string()));
                let old = cache.last(asked, limit);
                // Not asking is no failure of theirs.
                if old.is_none() && !matches!(error, HttpError::Forbidden(_)) {
                    let until = now.checked_add(options.keep_failure).unwrap_or(now);
                    cache.put(asked, Entry { outcome: Err(error), fetched: now, until });
                }
                Some(read(&old?).ok()?.0)
            }
        }
    }

    /// Counts a request, and says how long it may take.
    fn time_left(&self, now: OffsetDateTime) -> Result<std::time::Duration, HttpError> {
        let options = &self.fetcher.options;
        let mut spent = self.spent();
        let passed = std::time::Duration::try_from(now - self.began).unwrap_or_default();
        let left = options.patience.saturating_sub(passed);
        if spent.requests >= options.requests || left.is_zero() {
            return Err(HttpError::Forbidden("this question has asked enough".to_owned()));
        }
        spent.requests += 1;
        Ok(left.min(options.timeout))
    }

    fn http(&self, address: &Address) -> Result<&Http, HttpError> {
        match self.fetcher.options.allow.way(address) {
            Some(Way::Guarded) => Ok(&self.fetcher.guarded),
            Some(Way::Named) => Ok(&self.fetcher.named),
            None => Err(HttpError::Forbidden(format!("{}:{} is not allowed", address.host(), address.port()))),
        }
    }

    fn follow(
        &self,
        address: &Address,
        accept: &'static str,
        timeout: std::time::Duration,
        limit: usize,
    ) -> Result<Vec<u8>, HttpError> {
        let mut address = address.clone();
        for _ in 0..=MAX_REDIRECTS {
            let question = Question { address: &address, post: None, accept, credentials: None, timeout, limit };
            match self.http(&address)?.send(&question)? {
                Reply::Answer(answer) => return Ok(answer.body),
                Reply::Elsewhere(location) => address = address.join(&location).map_err(|_| HttpError::Redirect)?,
            }
        }
        Err(HttpError::Redirect)
    }

    fn note(&self, kind: Kind, address: String, cached: bool, fault: Option<String>) {
        self.spent().log.push(Fetched { kind, address, cached, fault });
    }

    fn spent(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an answer speaks of the certificate asked about, whatever its nonce.
fn speaks_of(response: &OcspResponse, request: &OcspRequest) -> bool {
    let id = request.id();
    response.responses().iter().any(|single| single.id.serial == id.serial && single.id.issuer_key == id.issuer_key)
}

fn urls(point: &DistributionPoint) -> impl Iterator<Item = &str> {
    let names = match &point.name {
        Some(PointName::Full(names)) => names.as_slice(),
        _ => &[],
    };
    names.iter().filter_map(|name| match name {
        GeneralName::Uri(uri) => Some(uri.as_str()),
        _ => None,
    })
}

/// Base64 as a path segment.
fn percent(base64: &str) -> String {
    base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher").field("options", &self.options).finish_non_exhaustive()
    }
}

impl fmt::Debug for FetchSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchSource").field("log", &self.log()).finish_non_exhaustive()
    }
}
