//! `[time_stamp]` of `office.toml`: services, what is stamped when, and how proofs are renewed.

use std::fs;
use std::path::{Path, PathBuf};

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use license_core::pdf_signing::Level;
use license_core::trust::{Purpose, TrustList};
use pki::{Certificate, DigestAlgorithm, ObjectIdentifier};
use pki_client::{
    Allow, Credentials, FetchOptions, Fetcher, HostRule, Http, HttpOptions, Order, Quota, TimeStampClient,
    TimeStampService,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{DeploymentError, certificates, check_private, content};
use crate::lasting::{Lasting, LastingOptions};

/// Every key with its default; `docs/formats/office.md` explains them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TimeStampFile {
    /// The level that PDFs are brought to: `B-T`, `B-LT` or `B-LTA`.
    #[serde(default = "b_lta")]
    pub level: String,
    /// Whether licenses are stamped when they are issued, and what happens when no service answers.
    #[serde(default)]
    pub at_issue: AtIssue,
    /// Each question begins with another service, instead of the first one.
    #[serde(default)]
    pub rotate: bool,
    /// Digest under the stamps of seals: `sm3`, `sha256` …
    #[serde(default = "sm3")]
    pub seal_digest: String,
    /// Digest under the stamps of PDFs.
    #[serde(default = "sha256")]
    pub document_digest: String,
    /// Roots of time-stamp authorities (PEM), besides those of the trust list.
    #[serde(default)]
    pub roots: Vec<PathBuf>,
    /// Take only stamps that chain to one of these roots; else whom to believe is for verifiers.
    #[serde(default)]
    pub check_roots: bool,
    /// Roots for https (PEM), instead of those that web browsers trust.
    #[serde(default)]
    pub tls_roots: Option<PathBuf>,
    /// A proxy, `http://host:port`.
    #[serde(default)]
    pub proxy: Option<String>,
    /// Hosts that lists and OCSP answers are fetched from; `public` allows every host on the public network.
    #[serde(default)]
    pub fetch_from: Vec<String>,
    /// Folder with lists, answers and CA certificates of CAs that publish none.
    #[serde(default)]
    pub evidence: Option<PathBuf>,
    /// Folder where fetched answers are kept.
    #[serde(default)]
    pub cache: Option<PathBuf>,
    /// A proof is renewed so many days before it is gone.
    #[serde(default = "half_a_year")]
    pub renew_before_days: u32,
    /// A signature is left alone for so many minutes before revocation data is gathered.
    #[serde(default = "an_hour")]
    pub grace_minutes: u32,
    /// Minutes between two looks of the renewal job; 0 leaves renewal to `license renew`.
    #[serde(default = "an_hour")]
    pub every_minutes: u32,
    /// The services, the preferred one first.
    #[serde(rename = "service")]
    pub services: Vec<ServiceFile>,
}

/// One service.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    /// Its name in messages and counts.
    pub name: String,
    /// Its address.
    pub url: String,
    /// File with `user:password` or `Bearer TOKEN`, readable by its owner alone.
    #[serde(default)]
    pub credentials: Option<PathBuf>,
    /// Seconds that one question may take.
    #[serde(default = "ten")]
    pub timeout_seconds: u64,
    /// The policy to ask for.
    #[serde(default)]
    pub policy: Option<String>,
    /// Questions in a period; no limit without.
    #[serde(default)]
    pub quota: Option<u32>,
    /// Hours of a period.
    #[serde(default = "a_day")]
    pub quota_hours: u32,
}

/// When licenses are stamped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AtIssue {
    /// At issue; when no service answers, the license is issued without, and the job stamps its PDF later.
    #[default]
    Try,
    /// At issue; when no service answers, nothing is issued.
    Require,
    /// By the job alone.
    Never,
}

impl TimeStampFile {
    /// Opens what the section names; paths are relative to `folder`.
    pub(super) fn open(&self, folder: &Path, trust: &TrustList) -> Result<Lasting, DeploymentError> {
        let place = folder.join("office.toml");
        let wrong =
            |key: &str, problem: &dyn std::fmt::Display| content(&place, format!("[time_stamp] {key}: {problem}"));
        let mut roots = Vec::new();
        for path in &self.roots {
            roots.extend(certificates(&folder.join(path))?);
        }
        let mut options = LastingOptions::new(anchors(trust, &roots));
        options.level = match self.level.as_str() {
            "B-T" => Level::T,
            "B-LT" => Level::Lt,
            "B-LTA" => Level::Lta,
            other => return Err(wrong("level", &format!("{other} is none of B-T, B-LT, B-LTA"))),
        };
        options.seal_digest = digest(&self.seal_digest).ok_or_else(|| wrong("seal_digest", &NO_DIGEST))?;
        options.document_digest = digest(&self.document_digest).ok_or_else(|| wrong("document_digest", &NO_DIGEST))?;
        options.renew_before = Duration::days(i64::from(self.renew_before_days));
        options.grace = Duration::minutes(i64::from(self.grace_minutes));
        options.evidence = self.evidence.as_ref().map(|path| folder.join(path));

        let mut http = HttpOptions::default();
        http.proxy = self.proxy.clone();
        if let Some(path) = &self.tls_roots {
            http.roots = certificates(&folder.join(path))?;
        }
        let reach = Http::new(&http).map_err(|error| wrong("proxy", &error))?;
        let anchors = if self.check_roots { roots.as_slice() } else { &[] };
        if self.services.is_empty() {
            return Err(wrong("service", &"name at least one"));
        }
        let services = self.services.iter().map(|service| service.open(folder, &place, anchors));
        let order = if self.rotate { Order::Rotation } else { Order::Preference };
        let stamps = TimeStampClient::new(services.collect::<Result<_, _>>()?, reach).with_order(order);
        let fetcher = self.fetcher(folder, &http).map_err(|problem| wrong("fetch_from", &problem))?;
        Ok(Lasting::new(stamps, fetcher, options))
    }

    /// The roots whose time-stamps the trust list does not take. Whoever verifies by the list cannot tell about a PDF that
    /// such a stamp closes: it is a signature of somebody unknown.
    pub fn unlisted_roots(&self, folder: &Path, trust: &TrustList) -> Result<Vec<Certificate>, DeploymentError> {
        let stamping = trust.anchors.iter().filter(|anchor| anchor.purposes.contains(&Purpose::TimeStamping));
        let listed: Vec<&[u8]> = stamping.map(|anchor| anchor.certificate.spki_der()).collect();
        let mut found = Vec::new();
        for path in &self.roots {
            found.extend(certificates(&folder.join(path))?);
        }
        found.retain(|root| !listed.contains(&root.spki_der()));
        Ok(found)
    }

    fn fetcher(&self, folder: &Path, http: &HttpOptions) -> Result<Option<Fetcher>, String> {
        let allow = match self.fetch_from.as_slice() {
            [] => return Ok(None),
            [one] if one == "public" => Allow::Public,
            hosts => {
                let rule = |host: &String| host.parse::<HostRule>().map_err(|error| format!("{host}: {error}"));
                Allow::Hosts(hosts.iter().map(rule).collect::<Result<_, _>>()?)
            }
        };
        let mut options = FetchOptions::new(allow);
        options.folder = self.cache.as_ref().map(|path| folder.join(path));
        // Its certificates are our own and those of services that we chose.
        options.issuers = true;
        let fetcher = Fetcher::with_http(options, http).map_err(|error| error.to_string())?;
        Ok(Some(fetcher.with_nonces(Box::new(UnwrapErr(SysRng)))))
    }
}

impl ServiceFile {
    fn open(&self, folder: &Path, place: &Path, anchors: &[Certificate]) -> Result<TimeStampService, DeploymentError> {
        let wrong = |problem: String| content(place, format!("time-stamp service {:?}: {problem}", self.name));
        let mut service = TimeStampService::new(&self.name, &self.url)
            .map_err(|error| wrong(error.to_string()))?
            .with_timeout(std::time::Duration::from_secs(self.timeout_seconds.clamp(1, 600)))
            .trusting(anchors, &[]);
        if let Some(policy) = &self.policy {
            let policy: ObjectIdentifier =
                policy.parse().map_err(|_| wrong(format!("{policy} is no object identifier")))?;
            service = service.with_policy(policy);
        }
        if let Some(limit) = self.quota {
            service = service.with_quota(Quota { limit, period: Duration::hours(i64::from(self.quota_hours)) });
        }
        if let Some(path) = &self.credentials {
            let path = folder.join(path);
            check_private(&path)?;
            let text =
                fs::read_to_string(&path).map_err(|source| DeploymentError::Read { path: path.clone(), source })?;
            let credentials = Credentials::from_text(text.lines().next().unwrap_or_default());
            let none = || content(&path, "holds neither `user:password` nor `Bearer TOKEN`");
            service = service.with_credentials(credentials.ok_or_else(none)?);
        }
        Ok(service)
    }
}

/// The trust list's roots of signers and time-stamp authorities, and these.
fn anchors(trust: &TrustList, roots: &[Certificate]) -> Vec<Certificate> {
    let listed = trust.anchors.iter().filter(|anchor| {
        anchor.purposes.contains(&Purpose::DocumentSigning) || anchor.purposes.contains(&Purpose::TimeStamping)
    });
    let mut all: Vec<Certificate> = Vec::new();
    for certificate in listed.map(|anchor| &anchor.certificate).chain(roots) {
        if !all.contains(certificate) {
            all.push(certificate.clone());
        }
    }
    all
}

const NO_DIGEST: &str = "is none of sm3, sha256, sha384, sha512";

fn digest(name: &str) -> Option<DigestAlgorithm> {
    match name {
        "sm3" => Some(DigestAlgorithm::Sm3),
        "sha256" => Some(DigestAlgorithm::Sha256),
        "sha384" => Some(DigestAlgorithm::Sha384),
        "sha512" => Some(DigestAlgorithm::Sha512),
        _ => None,
    }
}

fn b_lta() -> String {
    "B-LTA".to_owned()
}

fn sm3() -> String {
    "sm3".to_owned()
}

fn sha256() -> String {
    "sha256".to_owned()
}

const fn half_a_year() -> u32 {
    180
}

const fn an_hour() -> u32 {
    60
}

const fn a_day() -> u32 {
    24
}

const fn ten() -> u64 {
    10
}
