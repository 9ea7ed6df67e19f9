//! A deployment on disk: who issues, with which keys and seals, and what is trusted.
//!
//! ```text
//! DIR/office.toml               operator, address in QR codes, issuers (see [`OfficeFile`])
//! DIR/keys/<name>.key.pem       encrypted key       DIR/keys/<name>.pem   certificate and its chain
//! [pkcs11.<name>] in office.toml: the key is in hardware instead (see [`Pkcs11File`])
//! DIR/seals/<code>.esl          electronic seals (GB/T 38540)
//! DIR/office.toml [time_stamp]  services and how documents are made to last (see [`TimeStampFile`])
//! DIR/trust/*.pem               pinned roots        DIR/trust/trust-list.jws
//! DIR/trust/crls/               revocation lists (*.crl) and OCSP answers (*.ocsp), see [`VerificationFile`]
//! DIR/change/                   a change of several files that is not completed yet (see [`Change`])
//! ```
//! Nothing is guessed: a missing or contradictory file is an error that names it.

mod change;
mod expiry;
mod file;
mod guard;
mod lists;
mod pkcs11;
mod time_stamp;
mod verification;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use license_core::issue::{Issuer, Stamps};
use license_core::trust::TrustList;
use pki::{Certificate, KeyFileHead, PrivateKey, Signer, SoftSigner};

pub use change::{Change, Completed, Made, Secrecy, complete, unfinished};
pub use expiry::{Expires, Expiry, of_folder, of_office};
pub use file::{IssuerFile, OfficeFile};
pub use guard::{check_encrypted, check_key_files, check_private};
pub(crate) use lists::keep_list;
pub use lists::{OwnList, stage_others_list, stage_own_list};
pub use pkcs11::{PIN_VARIABLE, Pkcs11File};
pub use time_stamp::{AtIssue, ServiceFile, TimeStampFile};
pub use verification::{Evidence, SunsetFile, Verification, VerificationFile, revocation_data};

use crate::lasting::Lasting;

/// A deployment that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeploymentError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file's content is wrong.
    #[error("{path}: {problem}")]
    Content {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A key in hardware cannot be used.
    #[error("key {name}: {problem}")]
    Key {
        /// Its name in `office.toml`.
        name: String,
        /// Why not.
        problem: String,
    },
}

/// An opened deployment.
pub struct Deployment {
    /// What `office.toml` says.
    pub office: OfficeFile,
    /// The issuers with their signers, in the order of the file.
    pub issuers: Vec<Arc<Issuer>>,
    /// The trust list, its signature checked with a pinned root.
    pub trust: TrustList,
    /// The trust list as signed.
    pub trust_text: String,
    /// The pinned roots.
    pub roots: Vec<Certificate>,
    /// Who signs verification reports, if anybody does.
    pub report_signer: Option<Arc<dyn Signer>>,
    /// Time-stamp services, when the office has any.
    pub lasting: Option<Arc<Lasting>>,
    /// What verification goes by.
    pub verification: Verification,
}

impl Deployment {
    /// Opens the deployment at `folder`; key files are decrypted with `password`.
    pub fn open(folder: &Path, password: &[u8]) -> Result<Deployment, DeploymentError> {
        Deployment::open_office(OfficeFile::read(&folder.join("office.toml"))?, folder, password)
    }

    /// The same with what `office.toml` says changed before: a key in hardware for one run.
    pub fn open_office(office: OfficeFile, folder: &Path, password: &[u8]) -> Result<Deployment, DeploymentError> {
        if let Some(what) = unfinished(folder)? {
            let remedy = "`license serve`, `license issue` and every change by `license keys` do that";
            let problem = format!("a change was interrupted and has to be completed first ({what}): {remedy}");
            return Err(content(&folder.join("change"), problem));
        }
        let roots = roots(&folder.join("trust"))?;
        let (trust, trust_text) = trust_list(&folder.join("trust"), &roots)?;
        let lasting = match &office.time_stamp {
            Some(file) => Some(Arc::new(file.open(folder, &trust)?)),
            None => None,
        };
        let stamps = stamps(&office, lasting.as_ref());
        let stamps = stamps.as_ref();
        // Decrypting is slow by design (scrypt): every issuer on a thread of its own.
        let issuers: Result<Vec<_>, _> = std::thread::scope(|scope| {
            let opened: Vec<_> = office
                .issuers
                .iter()
                .map(|issuer| scope.spawn(|| open_issuer((folder, &office), issuer, password, stamps).map(Arc::new)))
                .collect();
            opened.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(panicked(folder)))).collect()
        });
        let report_signer = match &office.report_signer {
            Some(name) => Some(open_signer(folder, &office, name, password)?),
            None => None,
        };
        let verification = office.verification.clone().unwrap_or_default().open(folder)?;
        let issuers = issuers?;
        Ok(Deployment { office, issuers, trust, trust_text, roots, report_signer, lasting, verification })
    }
}

/// Reads all roots below `folder` (`*.pem`).
pub fn roots(folder: &Path) -> Result<Vec<Certificate>, DeploymentError> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(|source| DeploymentError::Read { path: folder.to_owned(), source })?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "pem"))
        .collect();
    paths.sort();
    let mut roots = Vec::new();
    for path in paths {
        roots.extend(certificates(&path)?);
    }
    Ok(roots)
}

/// Reads `trust-list.jws` in `folder` and checks it with one of `roots`.
pub fn trust_list(folder: &Path, roots: &[Certificate]) -> Result<(TrustList, String), DeploymentError> {
    let path = folder.join("trust-list.jws");
    let text = read_text(&path)?;
    let list = TrustList::open(&text, roots).map_err(|error| content(&path, error))?;
    Ok((list, text.trim().to_owned()))
}

/// Reads a signer: `<name>.key.pem` and `<name>.pem` below `keys`.
pub fn signer(keys: &Path, name: &str, password: &[u8]) -> Result<SoftSigner, DeploymentError> {
    let key_path = keys.join(format!("{name}.key.pem"));
    let text = read_text(&key_path)?;
    // Files of the former format may lie in a checkout of test keys, which knows no modes; `check_key_files` asks of all.
    if KeyFileHead::parse(&text).is_ok() {
        check_private(&key_path)?;
    }
    guard::check_encrypted(&key_path, &text)?;
    let key = PrivateKey::from_encrypted_pem(&text, password).map_err(|error| content(&key_path, error))?;
    let path = keys.join(format!("{name}.pem"));
    let mut chain = certificates(&path)?;
    if chain.is_empty() {
        return Err(content(&path, "no certificate in it"));
    }
    let certificate = chain.remove(0);
    SoftSigner::new(key, certificate, chain).map_err(|error| content(&path, error))
}

/// A key by name: in hardware if `office.toml` says so, else a file.
fn open_signer(
    folder: &Path,
    office: &OfficeFile,
    name: &str,
    password: &[u8],
) -> Result<Arc<dyn Signer>, DeploymentError> {
    match office.pkcs11.get(name) {
        Some(hardware) => Ok(Arc::new(hardware.open(folder, name)?)),
        None => Ok(Arc::new(signer(&folder.join("keys"), name, password)?)),
    }
}

/// Who stamps at issue.
fn stamps(office: &OfficeFile, lasting: Option<&Arc<Lasting>>) -> Option<Stamps> {
    let (file, lasting) = (office.time_stamp.as_ref()?, lasting?);
    let required = match file.at_issue {
        AtIssue::Never => return None,
        AtIssue::Try => false,
        AtIssue::Require => true,
    };
    let service = |function| {
        let lasting = lasting.clone();
        let ask = if required { Lasting::token } else { Lasting::token_if_up };
        Arc::new(move |value: &[u8]| ask(&lasting, function, value))
    };
    let options = lasting.options();
    let stamps = Stamps::new(service(options.seal_digest), service(options.document_digest));
    Some(if required { stamps.required() } else { stamps })
}

fn open_issuer(
    (folder, office): (&Path, &OfficeFile),
    file: &IssuerFile,
    password: &[u8],
    stamps: Option<&Stamps>,
) -> Result<Issuer, DeploymentError> {
    let shared = |name: &str| open_signer(folder, office, name, password);
    let seal_path = folder.join(&file.seal);
    let seal = fs::read(&seal_path).map_err(|source| DeploymentError::Read { path: seal_path.clone(), source })?;
    Issuer::new(
        &file.name,
        &file.code,
        &seal,
        shared(&file.seal_signer)?,
        shared(&file.document_signer)?,
        shared(&file.index_signer)?,
    )
    .map(|issuer| match stamps {
        Some(stamps) => issuer.with_stamps(stamps.clone()),
        None => issuer,
    })
    .map_err(|error| content(&seal_path, error))
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, DeploymentError> {
    Certificate::many_from_pem(&read_text(path)?).map_err(|error| content(path, error))
}

fn read_text(path: &Path) -> Result<String, DeploymentError> {
    fs::read_to_string(path).map_err(|source| DeploymentError::Read { path: path.to_owned(), source })
}

fn content(path: &Path, problem: impl ToString) -> DeploymentError {
    DeploymentError::Content { path: path.to_owned(), problem: problem.to_string() }
}

fn panicked(folder: &Path) -> DeploymentError {
    content(folder, "reading the keys was interrupted")
}
