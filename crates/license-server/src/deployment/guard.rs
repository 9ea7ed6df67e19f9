//! Files of secrets are their owner's alone.

use std::fs;
use std::path::Path;

use super::DeploymentError;

/// Refuses a file of secrets (a key, a password, credentials) that its group or others may read or write (on Unix). A pipe is
/// as private as the process at its other end.
pub fn check_private(path: &Path) -> Result<(), DeploymentError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let found = fs::metadata(path).map_err(|source| DeploymentError::Read { path: path.to_owned(), source })?;
        let mode = found.permissions().mode();
        if found.is_file() && mode & 0o077 != 0 {
            let mode = mode & 0o777;
            let problem = format!(
                "others than its owner may open this file of secrets (mode {mode:o}): `chmod 600 {}`",
                path.display()
            );
            return Err(super::content(path, problem));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Refuses a key (PEM, at `path`) that is not encrypted, and says how it is.
pub fn check_encrypted(path: &Path, pem: &str) -> Result<(), DeploymentError> {
    let plain = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"];
    let found = plain.into_iter().find(|label| pem.contains(&format!("-----BEGIN {label}-----")));
    // The oldest format of OpenSSL says inside that it is encrypted; it is not read here either, and the reader says so.
    match found.filter(|_| !pem.contains("Proc-Type: 4,ENCRYPTED")) {
        None => Ok(()),
        Some(label) => {
            let problem = format!(
                "the key is not encrypted (BEGIN {label}), and such a file is not used; under a password it is: \
                 `openssl pkcs8 -topk8 -v2 aes-256-cbc -in {} -out NAME.key.pem`",
                path.display()
            );
            Err(super::content(path, problem))
        }
    }
}

/// [`check_private`] for every key file of a folder.
pub fn check_key_files(keys: &Path) -> Result<(), DeploymentError> {
    let entries = fs::read_dir(keys).map_err(|source| DeploymentError::Read { path: keys.to_owned(), source })?;
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        if path.to_string_lossy().ends_with(".key.pem") {
            check_private(&path)?;
        }
    }
    Ok(())
}
