//! Key files are their owner's alone.

use std::fs;
use std::path::Path;

use super::DeploymentError;

/// Refuses a key file that its group or others may read or write (on Unix).
pub fn check_private(path: &Path) -> Result<(), DeploymentError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let found = fs::metadata(path);
        let mode =
            found.map_err(|source| DeploymentError::Read { path: path.to_owned(), source })?.permissions().mode();
        if mode & 0o077 != 0 {
            let mode = mode & 0o777;
            let problem =
                format!("others than its owner may open this key file (mode {mode:o}): `chmod 600 {}`", path.display());
            return Err(super::content(path, problem));
        }
    }
    Ok(())
}

/// The same for every key file of a folder.
pub fn check_key_files(keys: &Path) -> Result<(), DeploymentError> {
    let entries = fs::read_dir(keys).map_err(|source| DeploymentError::Read { path: keys.to_owned(), source })?;
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        if path.to_string_lossy().ends_with(".key.pem") {
            check_private(&path)?;
        }
    }
    Ok(())
}
