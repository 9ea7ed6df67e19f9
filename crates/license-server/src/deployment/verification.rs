//! `[verification]` of `office.toml`, and the revocation data beside the trust list: what the service goes by when it verifies.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration as Pause, Instant, SystemTime};

use license_core::verify::{RevocationMode, RevocationRules, Sunset, Weak};
use pki::ocsp::OcspResponse;
use pki::{Crl, DigestAlgorithm, KeyKind, ObjectIdentifier};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{DeploymentError, content};

/// Every key with its default; `docs/formats/office.md` explains them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VerificationFile {
    /// What missing knowledge about revocation means: `off`, `soft` or `hard`.
    #[serde(default = "soft")]
    pub revocation: String,
    /// Lists and answers count for this many hours; without it as long as they promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_hours: Option<u32>,
    /// Of signatures with a time stamp: evidence counts only if it was made this many hours later than the stamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_hours: Option<u32>,
    /// Extended key usages that signers of documents that are no licenses may have besides RFC 9336's; without, the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usages: Option<Vec<String>>,
    /// Algorithms that prove nothing any more from a day on.
    #[serde(rename = "sunset", default, skip_serializing_if = "Vec::is_empty")]
    pub sunsets: Vec<SunsetFile>,
}

/// One algorithm and its last day.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SunsetFile {
    /// A digest (`sha256` …), or a kind of keys (`p256`, `rsa-2048`: that long or shorter).
    pub algorithm: String,
    /// From when on.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
}

impl SunsetFile {
    /// The algorithm and its last day, or why the name is none.
    pub fn open(&self) -> Result<Sunset, String> {
        let what = weak(&self.algorithm).ok_or_else(|| format!("{} {UNKNOWN}", self.algorithm))?;
        Ok(Sunset { what, from: self.from })
    }
}

impl Default for VerificationFile {
    fn default() -> Self {
        Self { revocation: soft(), max_age_hours: None, grace_hours: None, usages: None, sunsets: Vec::new() }
    }
}

/// What the service goes by.
#[derive(Clone, Debug)]
pub struct Verification {
    rules: RevocationRules,
    usages: Option<Arc<[ObjectIdentifier]>>,
    sunsets: Arc<[Sunset]>,
    shelf: Arc<Shelf>,
}

/// Revocation data at hand, at one moment.
#[derive(Debug, Default)]
pub struct Evidence {
    /// Lists.
    pub crls: Vec<Crl>,
    /// OCSP answers.
    pub ocsp: Vec<OcspResponse>,
}

impl VerificationFile {
    /// Opens what the section says for the deployment at `folder`. A list or an answer that cannot be read stops the start.
    pub fn open(&self, folder: &Path) -> Result<Verification, DeploymentError> {
        let place = folder.join("office.toml");
        let wrong = |key: &str, problem: String| content(&place, format!("[verification] {key}: {problem}"));
        let modes = [RevocationMode::Off, RevocationMode::Soft, RevocationMode::Hard];
        let mode = modes.into_iter().find(|mode| mode.name() == self.revocation);
        let mode =
            mode.ok_or_else(|| wrong("revocation", format!("{} is none of off, soft, hard", self.revocation)))?;
        let hours = |hours: Option<u32>| hours.map(|hours| Duration::hours(i64::from(hours)));
        let sunset = |one: &SunsetFile| one.open().map_err(|problem| wrong("sunset", problem));
        let usage = |text: &String| {
            text.parse()
                .map_err(|_| wrong("usages", format!("{text} is no object identifier such as 1.3.6.1.5.5.7.3.4")))
        };
        let usages =
            self.usages.as_ref().map(|usages| usages.iter().map(usage).collect::<Result<_, _>>()).transpose()?;
        let shelf = Shelf { folder: folder.join("trust/crls"), seen: Mutex::default() };
        let (seen, evidence) = (state(&shelf.folder), revocation_data(&shelf.folder)?);
        *shelf.seen.lock().unwrap_or_else(PoisonError::into_inner) =
            Seen { looked: Some(Instant::now()), state: seen, evidence: Arc::new(evidence) };
        Ok(Verification {
            rules: RevocationRules { mode, max_age: hours(self.max_age_hours), grace: hours(self.grace_hours) },
            usages,
            sunsets: self.sunsets.iter().map(sunset).collect::<Result<_, _>>()?,
            shelf: Arc::new(shelf),
        })
    }
}

impl Verification {
    /// What is asked of revocation data.
    pub fn rules(&self) -> RevocationRules {
        self.rules
    }

    /// Extended key usages of signers of documents that are no licenses, when the deployment names any.
    pub fn usages(&self) -> Option<&[ObjectIdentifier]> {
        self.usages.as_deref()
    }

    /// Algorithms that prove nothing any more.
    pub fn sunsets(&self) -> &[Sunset] {
        &self.sunsets
    }

    /// The lists and answers of the folder as it is now: it is read again when it has changed.
    pub fn evidence(&self) -> Arc<Evidence> {
        self.shelf.evidence()
    }
}

const UNKNOWN: &str = "is none of sha1, sha224, sha256, sha384, sha512, sha3-256, sha3-384, sha3-512, sm3; p256, p384, \
                       p521, brainpoolp256r1, brainpoolp384r1, ed25519, sm2, rsa-BITS";

fn weak(name: &str) -> Option<Weak> {
    if let Some(bits) = name.strip_prefix("rsa-") {
        return bits.parse().ok().map(|bits| Weak::Key(KeyKind::Rsa(bits)));
    }
    Some(match name {
        "sha1" => Weak::Digest(DigestAlgorithm::Sha1),
        "sha224" => Weak::Digest(DigestAlgorithm::Sha224),
        "sha256" => Weak::Digest(DigestAlgorithm::Sha256),
        "sha384" => Weak::Digest(DigestAlgorithm::Sha384),
        "sha512" => Weak::Digest(DigestAlgorithm::Sha512),
        "sha3-256" => Weak::Digest(DigestAlgorithm::Sha3_256),
        "sha3-384" => Weak::Digest(DigestAlgorithm::Sha3_384),
        "sha3-512" => Weak::Digest(DigestAlgorithm::Sha3_512),
        "sm3" => Weak::Digest(DigestAlgorithm::Sm3),
        "p256" => Weak::Key(KeyKind::P256),
        "p384" => Weak::Key(KeyKind::P384),
        "p521" => Weak::Key(KeyKind::P521),
        "brainpoolp256r1" => Weak::Key(KeyKind::BrainpoolP256),
        "brainpoolp384r1" => Weak::Key(KeyKind::BrainpoolP384),
        "ed25519" => Weak::Key(KeyKind::Ed25519),
        "sm2" => Weak::Key(KeyKind::Sm2),
        _ => return None,
    })
}

/// A folder, and what was in it when it was last read.
#[derive(Debug)]
struct Shelf {
    folder: PathBuf,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    looked: Option<Instant>,
    state: State,
    evidence: Arc<Evidence>,
}

/// Name, size and time of each file: lists are replaced as a whole.
type State = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// The folder is looked at so often at most.
const LOOK: Pause = Pause::from_secs(2);
/// More files than this are not read.
const MOST_FILES: usize = 1000;

impl Shelf {
    fn evidence(&self) -> Arc<Evidence> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
            seen.looked = Some(Instant::now());
            let state = state(&self.folder);
            if state != seen.state {
                match revocation_data(&self.folder) {
                    Ok(evidence) => seen.evidence = Arc::new(evidence),
                    // What was known stays known: a damaged file takes no revocation back.
                    Err(error) => tracing::error!(%error, "revocation data: what was read before is used"),
                }
                seen.state = state;
            }
        }
        seen.evidence.clone()
    }
}

fn state(folder: &Path) -> State {
    let Ok(entries) = fs::read_dir(folder) else { return State::new() };
    let mut found: State = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let told = entry.metadata().ok()?;
            Some((entry.path(), told.len(), told.modified().ok()))
        })
        .collect();
    found.sort();
    found
}

/// The revocation lists (`*.crl`, DER or PEM) and OCSP answers (`*.ocsp`, DER) of a folder; none when there is no such folder.
pub fn revocation_data(folder: &Path) -> Result<Evidence, DeploymentError> {
    let mut evidence = Evidence::default();
    let files = state(folder);
    if files.len() > MOST_FILES {
        return Err(content(folder, format!("{} files, and {MOST_FILES} are the limit", files.len())));
    }
    for (path, ..) in files {
        let is = |ending: &str| path.extension().is_some_and(|extension| extension == ending);
        if !is("crl") && !is("ocsp") {
            continue;
        }
        let bytes = fs::read(&path).map_err(|source| DeploymentError::Read { path: path.clone(), source })?;
        if is("ocsp") {
            evidence.ocsp.push(OcspResponse::from_der(&bytes).map_err(|error| content(&path, error))?);
            continue;
        }
        let list = match std::str::from_utf8(&bytes) {
            Ok(text) if text.trim_start().starts_with("-----BEGIN") => Crl::from_pem(text),
            _ => Crl::from_der(&bytes),
        };
        evidence.crls.push(list.map_err(|error| content(&path, error))?);
    }
    Ok(evidence)
}

fn soft() -> String {
    RevocationMode::Soft.name().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_section_is_read_strictly() {
        let folder = tempfile::tempdir().unwrap();
        let open = |text: &str| toml::from_str::<VerificationFile>(text).unwrap().open(folder.path());
        let usual = open("").unwrap();
        assert_eq!((usual.rules().mode, usual.sunsets().len()), (RevocationMode::Soft, 0));
        let text = "revocation = 'hard'\nmax_age_hours = 48\n[[sunset]]\nalgorithm = 'rsa-2048'\nfrom = '2030-01-01T00:00:00Z'";
        let strict = open(text).unwrap();
        assert_eq!((strict.rules().mode, strict.rules().max_age), (RevocationMode::Hard, Some(Duration::hours(48))));
        assert_eq!(strict.sunsets()[0].what, Weak::Key(KeyKind::Rsa(2048)));
        assert!(open("revocation = 'maybe'").unwrap_err().to_string().contains("none of off, soft, hard"));
        let others = open("usages = ['1.2.840.113583.1.1.5']").unwrap();
        assert_eq!(others.usages(), Some(&[pki::oid::KP_ADOBE_DOCUMENT_SIGNING][..]));
        assert!(open("usages = ['adobe']").unwrap_err().to_string().contains("no object identifier"));
        let unknown = text.replace("rsa-2048", "rot13");
        assert!(open(&unknown).unwrap_err().to_string().contains("rot13 is none of"));
        assert!(toml::from_str::<VerificationFile>("revokation = 'hard'").is_err());
        fs::create_dir_all(folder.path().join("trust/crls")).unwrap();
        fs::write(folder.path().join("trust/crls/README"), "not a list").unwrap();
        assert!(open("").is_ok());
        fs::write(folder.path().join("trust/crls/x.crl"), "not a list").unwrap();
        assert!(open("").unwrap_err().to_string().contains("x.crl"));
    }
}
