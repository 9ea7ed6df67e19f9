//! Small file chores: nothing is overwritten, secrets are readable by their owner only.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

/// The operating system's randomness.
pub(crate) fn random() -> getrandom::rand_core::UnwrapErr<getrandom::SysRng> {
    getrandom::rand_core::UnwrapErr(getrandom::SysRng)
}

/// Writes a file that must not exist yet.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    create(path, bytes, 0o644)
}

/// Writes a file that must not exist yet and that only its owner may read.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<()> {
    create(path, bytes, 0o600)
}

/// Replaces a file that only its owner may read, in one step: a reader sees the old one or the new one.
pub(crate) fn replace_secret(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = path.with_extension("new");
    // What an interrupted run left.
    let _ = fs::remove_file(&new);
    create(&new, bytes, 0o600)?;
    fs::rename(&new, path).with_context(|| format!("cannot replace {}", path.display()))
}

/// Reads a file, naming it in the error.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn create(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    let mut file = options.open(path).with_context(|| format!("cannot make {}", path.display()))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| format!("cannot write {}", path.display()))
}
