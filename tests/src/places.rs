//! Where things lie: the workspace, its fixtures, the foreign corpora beside it.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are a member of the workspace, one folder below its root")
}

/// A committed fixture, by its path below `fixtures/`.
pub fn fixture(path: &str) -> PathBuf {
    root().join("fixtures").join(path)
}

/// A copy of the test deployment `fixtures/pki` at `to`, its secrets readable by their owner alone, which a checkout does not
/// keep: nothing opens keys that others may read.
///
/// # Panics
/// When the machine has no room for files.
pub fn deployment(to: &Path) {
    copy(&fixture("pki"), to);
}

/// A folder with all that is in it, its files their owner's alone.
///
/// # Panics
/// When there is no such folder, or no room.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("an entry can be read");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("it is a file or a folder").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), &to).expect("a scratch file can be written");
            own(&to);
        }
    }
}

/// Makes a file its owner's alone.
///
/// # Panics
/// When it is not there.
pub fn own(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("a scratch file is our own");
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// A file of the shared folder, which holds the foreign corpora: `LICENSE_SHARED`, or `../shared` beside the workspace.
/// `None`, said aloud, when it is not on this machine; no test may need it to pass.
pub fn shared(path: &str) -> Option<PathBuf> {
    let folder = env::var_os("LICENSE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let found = folder.join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("SKIPPED: {path} is not in the shared folder (LICENSE_SHARED names it)");
    None
}

/// Where `cargo xtask test` puts the peers that come from PyPI.
pub(crate) fn peers() -> PathBuf {
    env::var_os("LICENSE_PEERS").map_or_else(|| root().join("target/peers"), PathBuf::from)
}
