//! One question, one answer, over HTTP: bounded in time and bytes, no redirects of its own, no cookies, no compression.

mod guard;
mod retry_after;

use std::fmt;
use std::io;
use std::time::Duration;

use ureq::Agent;
use ureq::http::HeaderMap;
use ureq::tls::{Certificate as TlsCertificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;

use crate::address::Address;
use crate::credentials::Credentials;

/// Headers of an answer in all.
const MAX_HEADER_BYTES: usize = 32 * 1024;
/// Characters of a stranger's words that are repeated in an error.
const MAX_REPEATED: usize = 80;

/// How servers are reached.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct HttpOptions {
    /// Time to connect, TLS included; 5 seconds unless said otherwise. The whole question has a limit of its own.
    pub connect: Option<Duration>,
    /// Roots for `https`; without any, those that web browsers trust.
    pub roots: Vec<pki::Certificate>,
    /// An HTTP proxy, `http://host:port`. None is taken from the environment.
    pub proxy: Option<String>,
    /// Refuse hosts whose addresses are not on the public network. A proxy resolves names itself: then only literal
    /// addresses are judged here.
    pub public_only: bool,
}

/// A way to ask. Cheap to clone.
#[derive(Clone)]
pub struct Http {
    agent: Agent,
    public_only: bool,
}

/// A question that got no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// Nothing, or not everything, came in time.
    #[error("no answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// The host is not found, does not listen, breaks off, or TLS fails.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// An HTTP status other than 200.
    #[error("answers HTTP {code}")]
    Status {
        /// The status.
        code: u16,
        /// What `Retry-After` says, from now on.
        retry_after: Option<Duration>,
    },
    /// Longer than any honest answer.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(u64),
    /// Not what was asked for: an error page, a login form.
    #[error("the answer is {found}, not {wanted}")]
    ContentType {
        /// What came.
        found: String,
        /// What should have come.
        wanted: &'static str,
    },
    /// Not HTTP.
    #[error("the answer is not HTTP: {0}")]
    Protocol(String),
    /// A host that is not asked.
    #[error("{0}, and is not asked")]
    Forbidden(String),
    /// A secret would go over the network in clear.
    #[error("credentials are sent over https only")]
    Insecure,
    /// More redirects than are followed, or one that leads nowhere.
    #[error("redirects without end or aim")]
    Redirect,
}

/// What came back with status 200.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: String,
}

/// What is asked.
pub(crate) struct Question<'a> {
    pub(crate) address: &'a Address,
    /// The body of a POST and its type; a GET without.
    pub(crate) post: Option<(&'a [u8], &'static str)>,
    pub(crate) accept: &'static str,
    pub(crate) credentials: Option<&'a Credentials>,
    pub(crate) timeout: Duration,
    pub(crate) limit: usize,
}

/// An answer, or the place where it is.
pub(crate) enum Reply {
    Answer(Answer),
    Elsewhere(String),
}

impl Http {
    /// A way to ask with these options.
    pub fn new(options: &HttpOptions) -> Result<Self, HttpError> {
        let roots = if options.roots.is_empty() {
            RootCerts::WebPki
        } else {
            options.roots.iter().map(|root| TlsCertificate::from_der(root.der()).to_owned()).into()
        };
        let proxy = match &options.proxy {
            Some(text) => Some(
                ureq::Proxy::new(text).map_err(|_| HttpError::Unreachable("the proxy's address is none".to_owned()))?,
            ),
            None => None,
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .user_agent(concat!("license/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .timeout_connect(Some(options.connect.unwrap_or(Duration::from_secs(5))))
            .max_response_header_size(MAX_HEADER_BYTES)
            // A connection that was kept may be gone at the other end: each question brings its own.
            .max_idle_connections(0)
            .build();
        let guard = guard::Guard { inner: DefaultResolver::default(), public_only: options.public_only };
        let agent = Agent::with_parts(config, DefaultConnector::default(), guard);
        Ok(Self { agent, public_only: options.public_only })
    }

    /// The answer with status 200; everything else is an error.
    pub(crate) fn ask(&self, question: &Question<'_>) -> Result<Answer, HttpError> {
        match self.send(question)? {
            Reply::Answer(answer) => Ok(answer),
            Reply::Elsewhere(_) => Err(HttpError::Redirect),
        }
    }

    /// As [`ask`](Self::ask), handing redirects back.
    pub(crate) fn send(&self, question: &Question<'_>) -> Result<Reply, HttpError> {
        let address = question.address;
        if self.public_only
            && let Ok(ip) = address.host().parse()
            && !guard::is_public(ip)
        {
            return Err(HttpError::Forbidden(guard::NotPublic(ip).to_string()));
        }
        if question.credentials.is_some() && !address.is_encrypted() && !address.is_loopback() {
            return Err(HttpError::Insecure);
        }
        let told = |error| told(error, question.timeout);
        let authorization = question.credentials.map(Credentials::header);
        let sent = match question.post {
            Some((body, kind)) => {
                let mut request = self.agent.post(address.uri()).content_type(kind).header("Accept", question.accept);
                if let Some(value) = &authorization {
                    request = request.header("Authorization", value.as_str());
                }
                request.config().timeout_global(Some(question.timeout)).build().send(body)
            }
            None => {
                let mut request = self.agent.get(address.uri()).header("Accept", question.accept);
                if let Some(value) = &authorization {
                    request = request.header("Authorization", value.as_str());
                }
                request.config().timeout_global(Some(question.timeout)).build().call()
            }
        };
        let mut response = sent.map_err(told)?;
        let code = response.status().as_u16();
        let header = |name: &str| text_of(response.headers(), name);
        match code {
            200 => {}
            301 | 302 | 303 | 307 | 308 => return header("location").map(Reply::Elsewhere).ok_or(HttpError::Redirect),
            code => {
                let retry_after = header("retry-after").and_then(|text| retry_after::read(&text));
                return Err(HttpError::Status { code, retry_after });
            }
        }
        let content_type = header("content-type").unwrap_or_default();
        let limit = question.limit as u64;
        let body = response.body_mut().with_config().limit(limit).read_to_vec().map_err(told)?;
        Ok(Reply::Answer(Answer { body, content_type }))
    }
}

impl Default for Http {
    fn default() -> Self {
        let guard = guard::Guard { inner: DefaultResolver::default(), public_only: false };
        // The options that can be wrong are not used.
        Self::new(&HttpOptions::default()).unwrap_or_else(|_| Self {
            agent: Agent::with_parts(Agent::config_builder().proxy(None).build(), DefaultConnector::default(), guard),
            public_only: false,
        })
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("public_only", &self.public_only).finish_non_exhaustive()
    }
}

impl Answer {
    /// Refuses an answer of another media type; parameters behind it do not matter.
    pub(crate) fn of_type(self, wanted: &'static str) -> Result<Self, HttpError> {
        let found = self.content_type.split(';').next().unwrap_or_default().trim();
        if found.eq_ignore_ascii_case(wanted) {
            return Ok(self);
        }
        let found = if found.is_empty() { "of no type".to_owned() } else { tame(found) };
        Err(HttpError::ContentType { found, wanted })
    }
}

impl HttpError {
    /// Whether the same question may well be answered later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Timeout(_) | Self::Unreachable(_) | Self::Protocol(_) => true,
            Self::Status { code, .. } => matches!(code, 408 | 425 | 429 | 500 | 502..=504),
            _ => false,
        }
    }
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// In our words, and without the address: a URL may hold more than is good for a log.
fn told(error: ureq::Error, timeout: Duration) -> HttpError {
    use ureq::Error as E;
    match error {
        E::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
            HttpError::Unreachable("no connection in time".to_owned())
        }
        E::Timeout(_) => HttpError::Timeout(timeout),
        E::BodyExceedsLimit(limit) => HttpError::TooLarge(limit),
        E::LargeResponseHeader(..) => HttpError::TooLarge(MAX_HEADER_BYTES as u64),
        E::HostNotFound => HttpError::Unreachable("the host is not known".to_owned()),
        E::Io(error) => of_io(&error, timeout),
        E::Protocol(error) => HttpError::Protocol(tame(&error.to_string())),
        E::Http(_) | E::BadUri(_) | E::RequireHttpsOnly(_) => HttpError::Protocol("the address is none".to_owned()),
        other => HttpError::Unreachable(tame(&other.to_string())),
    }
}

fn of_io(error: &io::Error, timeout: Duration) -> HttpError {
    if let Some(private) = error.get_ref().and_then(|inner| inner.downcast_ref::<guard::NotPublic>()) {
        return HttpError::Forbidden(private.to_string());
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => HttpError::Timeout(timeout),
        io::ErrorKind::ConnectionRefused => HttpError::Unreachable("nobody listens there".to_owned()),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::UnexpectedEof => {
            HttpError::Unreachable("the connection broke".to_owned())
        }
        _ => HttpError::Unreachable(tame(&error.to_string())),
    }
}

/// A stranger's words, fit for one line.
pub(crate) fn tame(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_REPEATED).collect()
}
