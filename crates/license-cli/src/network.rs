//! `--tsa …` and `--fetch …`: whom a command may ask over the network. Without them, nobody.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use license_server::deployment::check_private;
use pki::path::{self, PathRequest, Purpose};
use pki::{Certificate, DigestAlgorithm, ObjectIdentifier};
use pki_client::{
    Allow, Credentials, FetchOptions, Fetched, Fetcher, HostRule, Http, HttpOptions, NoTimeStamp, Stamp,
    TimeStampClient, TimeStampService,
};

use crate::fault::fault;
use crate::files::{random, read};

/// Time-stamp services.
#[derive(Args, Clone)]
pub(crate) struct StampArgs {
    /// Time-stamp service (RFC 3161, GB/T 20520) as http or https address; may be repeated: the next one is asked when one
    /// fails
    #[arg(long = "tsa", value_name = "URL")]
    tsa: Vec<String>,
    /// Ask for stamps under this policy, and take no other
    #[arg(long, value_name = "OID", requires = "tsa", value_parser = oid)]
    tsa_policy: Option<ObjectIdentifier>,
    /// Digest that is stamped: sm3, sha256, sha384 or sha512; SM3 for seals and sha256 for PDFs unless said otherwise
    #[arg(long, value_name = "NAME", requires = "tsa", value_parser = digest)]
    tsa_digest: Option<DigestAlgorithm>,
    /// File with `user:password` or `Bearer TOKEN` for the services; sent over https only
    #[arg(long, value_name = "FILE", requires = "tsa")]
    tsa_credentials: Option<PathBuf>,
    /// Take only stamps whose certificate chains to one of these (PEM)
    #[arg(long, value_name = "FILE", requires = "tsa")]
    tsa_trust: Option<PathBuf>,
    /// Seconds that one question to a service may take
    #[arg(long, value_name = "SECONDS", requires = "tsa", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    tsa_timeout: u64,
    /// Roots for https (PEM), instead of those that web browsers trust
    #[arg(long, value_name = "FILE", requires = "tsa")]
    tsa_tls_roots: Option<PathBuf>,
}

/// Revocation data from the network.
#[derive(Args, Clone)]
pub(crate) struct FetchArgs {
    /// Fetch revocation lists and OCSP answers from where certificates of trusted CAs say, on the public network only
    #[arg(long)]
    fetch: bool,
    /// Fetch from this host alone, be it on a private network: ca.example.cn, .example.cn, 10.1.2.3:8080; may be repeated
    #[arg(long, value_name = "HOST")]
    fetch_from: Vec<HostRule>,
    /// Fetch certificates of CAs, too; their addresses stand in certificates that nobody vouches for yet
    #[arg(long)]
    fetch_issuers: bool,
    /// Keep what was fetched in this folder, for as long as it is fresh
    #[arg(long, value_name = "DIR")]
    fetch_cache: Option<PathBuf>,
}

/// Time-stamp services, ready to be asked.
pub(crate) struct Stamper {
    client: TimeStampClient,
    digest: Option<DigestAlgorithm>,
}

impl StampArgs {
    /// The services; none when none was named.
    pub(crate) fn open(&self) -> Result<Option<Stamper>> {
        if self.tsa.is_empty() {
            return Ok(None);
        }
        let credentials = self.tsa_credentials.as_deref().map(credentials).transpose()?;
        let anchors = self.tsa_trust.as_deref().map(certificates).transpose()?.unwrap_or_default();
        let mut services = Vec::new();
        for url in &self.tsa {
            let mut service = TimeStampService::at(url)
                .map_err(|error| fault("--tsa", error, "write an address such as https://tsa.example.cn/tsa"))?
                .with_timeout(Duration::from_secs(self.tsa_timeout))
                .trusting(&anchors, &[]);
            if let Some(policy) = self.tsa_policy {
                service = service.with_policy(policy);
            }
            if let Some(credentials) = &credentials {
                service = service.with_credentials(credentials.clone());
            }
            services.push(service);
        }
        let mut options = HttpOptions::default();
        options.roots = self.tsa_tls_roots.as_deref().map(certificates).transpose()?.unwrap_or_default();
        let http = Http::new(&options).map_err(|error| fault("--tsa", error, "check --tsa-tls-roots"))?;
        Ok(Some(Stamper { client: TimeStampClient::new(services, http), digest: self.tsa_digest }))
    }
}

impl Stamper {
    /// A time-stamp over the digest of `message`: by --tsa-digest, else by the usual function.
    pub(crate) fn stamp(&self, message: &[u8], usual: DigestAlgorithm) -> Result<Stamp, NoTimeStamp> {
        self.stamp_digest(&self.digest(usual).digest(message))
    }

    /// A time-stamp over this digest.
    pub(crate) fn stamp_digest(&self, digest: &pki::Digest) -> Result<Stamp, NoTimeStamp> {
        self.client.stamp(digest, &mut random())
    }

    /// Refuses a stamp that chains to none of these roots: whoever trusts them alone would see the signature's time unproven.
    pub(crate) fn believed(stamp: &Stamp, anchors: &[Certificate], between: &[Certificate]) -> Result<()> {
        let (signer, stamped) = (stamp.verified().signer(), stamp.time());
        let between: Vec<Certificate> = stamp.token().certificates().iter().chain(between).cloned().collect();
        let request = PathRequest::new(signer, anchors, stamped, Purpose::TimeStamping).with_intermediates(&between);
        let Err(error) = path::validate(&request) else { return Ok(()) };
        let why =
            format!("the stamp of {} ({}) chains to no root in --trust: {error}", stamp.service(), signer.subject());
        let advice = "put the root of the service's CA into --trust, or give --untrusted-tsa: a verifier that does not trust \
                      the service would not know the time of a signature that is good now";
        Err(fault("--tsa", why, advice))
    }

    /// The function of --tsa-digest, else the usual one.
    pub(crate) fn digest(&self, usual: DigestAlgorithm) -> DigestAlgorithm {
        self.digest.unwrap_or(usual)
    }
}

impl FetchArgs {
    /// A fetcher; none when nobody may be asked.
    pub(crate) fn open(&self) -> Result<Option<Fetcher>> {
        let allow = match (self.fetch, self.fetch_from.is_empty()) {
            (_, false) => Allow::Hosts(self.fetch_from.clone()),
            (true, true) => Allow::Public,
            (false, true) => return Ok(None),
        };
        let mut options = FetchOptions::new(allow);
        options.issuers = self.fetch_issuers;
        options.folder = self.fetch_cache.clone();
        let fetcher = Fetcher::new(options).map_err(|error| fault("--fetch", error, "try without it"))?;
        Ok(Some(fetcher.with_nonces(Box::new(random()))))
    }
}

/// What went wrong with fetching, a line each and once: why something is unknown.
pub(crate) fn tell_faults(log: &[Fetched]) {
    let mut told = BTreeSet::new();
    for fetched in log {
        if let Some(fault) = &fetched.fault
            && told.insert((&fetched.address, fault))
        {
            eprintln!("license: not fetched: {}: {fault}", fetched.address);
        }
    }
}

fn credentials(path: &Path) -> Result<Credentials> {
    check_private(path)?;
    let text = String::from_utf8_lossy(&read(path)?).into_owned();
    let line = text.lines().next().unwrap_or_default();
    Credentials::from_text(line).ok_or_else(|| {
        fault(path.display(), "holds no credentials", "write `user:password` or `Bearer TOKEN` into its first line")
    })
}

fn certificates(path: &Path) -> Result<Vec<Certificate>> {
    let text = String::from_utf8_lossy(&read(path)?).into_owned();
    match Certificate::many_from_pem(&text) {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(fault(path.display(), "holds no certificate", "give a file of PEM certificates")),
        Err(error) => Err(fault(path.display(), error, "give a file of PEM certificates")),
    }
}

pub(crate) fn oid(text: &str) -> Result<ObjectIdentifier, String> {
    text.parse().map_err(|_| format!("{text} is no object identifier such as 1.2.156.1"))
}

fn digest(text: &str) -> Result<DigestAlgorithm, String> {
    match text.to_ascii_lowercase().as_str() {
        "sm3" => Ok(DigestAlgorithm::Sm3),
        "sha256" => Ok(DigestAlgorithm::Sha256),
        "sha384" => Ok(DigestAlgorithm::Sha384),
        "sha512" => Ok(DigestAlgorithm::Sha512),
        _ => Err(format!("{text} is none of sm3, sha256, sha384, sha512")),
    }
}
