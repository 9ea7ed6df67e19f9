//! Several files of a deployment changed as one: keys, seal, trust list and `office.toml` go together, or not at all.
//!
//! ```text
//! DIR/change.new/    being written. Found later, it is thrown away: nothing was changed yet
//! DIR/change/        committed: the rename to this name is the moment at which the change is made
//!   plan.json        {"key": "…", "what": "…", "files": ["keys/x.key.pem", …]}
//!   0, 1, …          the files in that order, each moved to its place from here
//! ```
//! Whoever finds a committed change completes it, which is safe to do twice; a deployment is not opened before. The folder is
//! locked meanwhile, so that two do not change it at once.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{DeploymentError, content};

/// Where a change is written.
const STAGED: &str = "change.new";
/// Where a committed one lies.
const COMMITTED: &str = "change";
const PLAN: &str = "plan.json";
/// Looks at a change that somebody else is completing, and the time between them.
const TRIES: usize = 50;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrecy {
    /// Everybody.
    Open,
    /// Its owner alone.
    Secret,
}

/// What a change is about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    key: String,
    what: String,
    files: Vec<String>,
}

/// A change that an earlier run had committed and not completed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completed {
    /// By what the same change is known again, as it was given to [`Change::commit`].
    pub key: String,
    /// In words.
    pub what: String,
}

/// A change that is being put together. Dropped before [`commit`](Change::commit), it leaves everything as it was.
#[derive(Debug)]
pub struct Change {
    folder: PathBuf,
    files: Vec<(String, Vec<u8>, Secrecy)>,
    _alone: Option<File>,
}

/// A change that is made. What has to be said about it is said before it is closed: whoever finds it not closed says it.
#[derive(Debug)]
#[must_use]
pub struct Made {
    folder: PathBuf,
    _alone: Option<File>,
}

impl Change {
    /// Begins a change of the deployment at `folder`, after completing what an earlier run left.
    pub fn begin(folder: &Path) -> Result<(Change, Option<Completed>), DeploymentError> {
        let alone = lock(folder)?;
        let found = finish(folder)?;
        let staged = folder.join(STAGED);
        if staged.exists() {
            fs::remove_dir_all(&staged).map_err(|source| write(&staged, source))?;
        }
        Ok((Change { folder: folder.to_owned(), files: Vec::new(), _alone: alone }, found))
    }

    /// A file of the change, by its path below the folder of the deployment; it takes the place of the one that is there.
    pub fn put(&mut self, path: &str, bytes: impl Into<Vec<u8>>, secrecy: Secrecy) {
        self.files.push((path.to_owned(), bytes.into(), secrecy));
    }

    /// The same for a file that must not be there yet.
    pub fn put_new(&mut self, path: &str, bytes: impl Into<Vec<u8>>, secrecy: Secrecy) -> Result<(), DeploymentError> {
        let place = self.folder.join(path);
        if place.exists() {
            return Err(content(&place, "is there already, and is not overwritten"));
        }
        self.put(path, bytes, secrecy);
        Ok(())
    }

    /// Makes the change. `key` is by what it is known again, `what` says it in words.
    pub fn commit(self, key: &str, what: &str) -> Result<Made, DeploymentError> {
        let Change { folder, files, _alone } = self;
        let staged = folder.join(STAGED);
        new_folder(&staged)?;
        let mut plan = Plan { key: key.to_owned(), what: what.to_owned(), files: Vec::new() };
        for (number, (path, bytes, secrecy)) in files.into_iter().enumerate() {
            place(&folder, &path)?;
            new_file(&staged.join(number.to_string()), &bytes, secrecy)?;
            plan.files.push(path);
        }
        let json = serde_json::to_vec(&plan).map_err(|error| content(&staged, error))?;
        new_file(&staged.join(PLAN), &json, Secrecy::Open)?;
        sync(&staged)?;
        let committed = folder.join(COMMITTED);
        fs::rename(&staged, &committed).map_err(|source| write(&committed, source))?;
        sync(&folder)?;
        apply(&folder, &plan)?;
        Ok(Made { folder, _alone })
    }
}

impl Made {
    /// Forgets that there was a change.
    pub fn close(self) -> Result<(), DeploymentError> {
        forget(&self.folder)
    }
}

/// Completes a change that an earlier run had committed; says which, when there was one.
pub fn complete(folder: &Path) -> Result<Option<Completed>, DeploymentError> {
    for _ in 0..TRIES {
        if !folder.join(COMMITTED).exists() {
            return Ok(None);
        }
        // Whoever made it may be at it still.
        match lock(folder) {
            Ok(_alone) => return finish(folder),
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
    let _alone = lock(folder)?;
    finish(folder)
}

/// What a committed change that is not completed is about.
pub fn unfinished(folder: &Path) -> Result<Option<String>, DeploymentError> {
    Ok(read_plan(folder)?.map(|plan| plan.what))
}

fn finish(folder: &Path) -> Result<Option<Completed>, DeploymentError> {
    let Some(plan) = read_plan(folder)? else {
        // All was moved, and nothing but the empty folder is left.
        if folder.join(COMMITTED).exists() {
            forget(folder)?;
        }
        return Ok(None);
    };
    apply(folder, &plan)?;
    forget(folder)?;
    Ok(Some(Completed { key: plan.key, what: plan.what }))
}

fn read_plan(folder: &Path) -> Result<Option<Plan>, DeploymentError> {
    let path = folder.join(COMMITTED).join(PLAN);
    match fs::read(&path) {
        Ok(json) => serde_json::from_slice(&json).map(Some).map_err(|error| content(&path, error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(DeploymentError::Read { path, source }),
    }
}

/// Moves every file that is still here to its place. What is not here any more was moved before.
fn apply(folder: &Path, plan: &Plan) -> Result<(), DeploymentError> {
    let committed = folder.join(COMMITTED);
    let mut folders = Vec::new();
    for (number, path) in plan.files.iter().enumerate() {
        let to = place(folder, path)?;
        let above = to.parent().unwrap_or(folder).to_owned();
        let from = committed.join(number.to_string());
        if from.exists() {
            fs::create_dir_all(&above).map_err(|source| write(&above, source))?;
            move_file(&from, &to).map_err(|source| write(&to, source))?;
        }
        if !folders.contains(&above) {
            folders.push(above);
        }
    }
    folders.iter().try_for_each(|folder| sync(folder))
}

/// A rename; where a folder of the deployment is another file system (keys on a volume of their own), a copy beside the place
/// and a rename there.
fn move_file(from: &Path, to: &Path) -> std::io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => {
            let mut name = to.file_name().unwrap_or_default().to_owned();
            name.push(".new");
            let beside = to.with_file_name(name);
            fs::copy(from, &beside)?;
            File::open(&beside)?.sync_all()?;
            fs::rename(&beside, to)?;
            fs::remove_file(from)
        }
        done => done,
    }
}

/// The plan goes first: without it the folder means nothing.
fn forget(folder: &Path) -> Result<(), DeploymentError> {
    let committed = folder.join(COMMITTED);
    let plan = committed.join(PLAN);
    if plan.exists() {
        fs::remove_file(&plan).map_err(|source| write(&plan, source))?;
    }
    fs::remove_dir_all(&committed).map_err(|source| write(&committed, source))?;
    sync(folder)
}

/// A path below the folder, and nowhere else.
fn place(folder: &Path, path: &str) -> Result<PathBuf, DeploymentError> {
    let below = Path::new(path);
    let plain = below.components().all(|part| matches!(part, Component::Normal(_)));
    if path.is_empty() || !plain {
        return Err(content(&folder.join(COMMITTED), format!("{path:?} is no path inside the deployment")));
    }
    Ok(folder.join(below))
}

fn new_folder(path: &Path) -> Result<(), DeploymentError> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| write(path, source))
}

fn new_file(path: &Path, bytes: &[u8], secrecy: Secrecy) -> Result<(), DeploymentError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        let mode = if secrecy == Secrecy::Secret { 0o600 } else { 0o644 };
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    }
    #[cfg(not(unix))]
    let _ = secrecy;
    let mut file = options.open(path).map_err(|source| write(path, source))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|source| write(path, source))
}

/// Nobody else changes the folder as long as this is held; the lock goes with the process.
fn lock(folder: &Path) -> Result<Option<File>, DeploymentError> {
    #[cfg(unix)]
    {
        let open = File::open(folder).map_err(|source| DeploymentError::Read { path: folder.to_owned(), source })?;
        match open.try_lock() {
            Ok(()) => Ok(Some(open)),
            Err(fs::TryLockError::WouldBlock) => Err(content(folder, "somebody else is changing it: wait for that")),
            // A file system that knows no locks.
            Err(fs::TryLockError::Error(_)) => Ok(None),
        }
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Ok(None)
    }
}

/// Names are as durable as their folder.
fn sync(folder: &Path) -> Result<(), DeploymentError> {
    #[cfg(unix)]
    File::open(folder).and_then(|open| open.sync_all()).map_err(|source| write(folder, source))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn write(path: &Path, source: std::io::Error) -> DeploymentError {
    DeploymentError::Write { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn change(folder: &Path) -> Change {
        let (mut change, found) = Change::begin(folder).unwrap();
        assert_eq!(found, None);
        change.put("office.toml", "new", Secrecy::Open);
        change.put("keys/a.key.pem", "key", Secrecy::Secret);
        change.put("trust/editions/000001.jws", "list", Secrecy::Open);
        change
    }

    fn state(folder: &Path) -> [Option<String>; 3] {
        ["office.toml", "keys/a.key.pem", "trust/editions/000001.jws"]
            .map(|path| fs::read_to_string(folder.join(path)).ok())
    }

    fn all_new() -> [Option<String>; 3] {
        ["new", "key", "list"].map(|text| Some(text.to_owned()))
    }

    #[test]
    fn all_files_change_together() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("office.toml"), "old").unwrap();
        drop(change(folder.path()));
        assert_eq!(state(folder.path()), [Some("old".to_owned()), None, None], "not committed");
        let made = change(folder.path()).commit("k", "w").unwrap();
        assert_eq!(state(folder.path()), all_new());
        assert_eq!(unfinished(folder.path()).unwrap().as_deref(), Some("w"), "not closed yet");
        made.close().unwrap();
        assert_eq!((unfinished(folder.path()).unwrap(), complete(folder.path()).unwrap()), (None, None));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn an_interrupted_change_is_completed_from_wherever_it_stopped() {
        for moved in 0..=4 {
            let folder = tempfile::tempdir().unwrap();
            let at = folder.path();
            let kept = change(at).commit("k", "w").unwrap();
            drop(kept);
            // As if it had stopped after so many moves.
            for (number, path) in ["office.toml", "keys/a.key.pem", "trust/editions/000001.jws"].iter().enumerate() {
                if number >= moved {
                    fs::rename(at.join(path), at.join("change").join(number.to_string())).unwrap();
                }
            }
            if moved == 4 {
                fs::remove_file(at.join("change/plan.json")).unwrap();
            }
            let found = complete(at).unwrap();
            assert_eq!(found.map(|found| found.key), (moved < 4).then(|| "k".to_owned()));
            assert_eq!(state(at), all_new());
            assert!(!at.join("change").exists() && complete(at).unwrap().is_none());
        }
    }

    #[test]
    fn what_was_not_committed_is_thrown_away_and_nobody_else_works_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("change.new")).unwrap();
        fs::write(folder.path().join("change.new/0"), "half").unwrap();
        let mut first = change(folder.path());
        assert!(!folder.path().join("change.new").exists());
        let other = Change::begin(folder.path()).unwrap_err().to_string();
        assert!(other.contains("somebody else"), "{other}");
        first.put("../x", "x", Secrecy::Open);
        assert!(first.commit("k", "w").unwrap_err().to_string().contains("no path inside"));
        assert!(change(folder.path()).put_new("../x", "x", Secrecy::Open).is_ok(), "asked when committed");
        assert_eq!(state(folder.path()), [None, None, None]);
    }
}
