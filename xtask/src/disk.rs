//! A disk that can lose its power: ext4 in a file, mounted through a loop device.
//!
//! `EXT4_IOC_SHUTDOWN` with `NOLOGFLUSH` stops the file system at once: nothing that has not been forced out reaches the
//! disk any more, as when the plug is pulled. Mounting again plays the journal back, as after a restart.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file system, its image and where it is mounted; taken down when dropped.
pub(crate) struct Disk {
    image: PathBuf,
    mounted_at: PathBuf,
}

/// `ioctl(fd, _IOR('X', 125, __u32), EXT4_GOING_FLAGS_NOLOGFLUSH)`: Python, because no safe Rust call reaches it.
const SHUTDOWN: &str = "import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))";

impl Disk {
    /// Makes and mounts an empty one; an error says what this machine does not allow.
    pub(crate) fn new(folder: &Path, megabytes: u64) -> Result<Self, String> {
        let mounted_at = folder.join("disk");
        fs::create_dir_all(&mounted_at).map_err(|e| format!("{}: {e}", mounted_at.display()))?;
        let image = folder.join("disk.img");
        let file = fs::File::create(&image).map_err(|e| format!("{}: {e}", image.display()))?;
        file.set_len(megabytes << 20).map_err(|e| format!("{}: {e}", image.display()))?;
        do_it(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image))?;
        let disk = Self { image, mounted_at };
        disk.mount()?;
        Ok(disk)
    }

    /// Where its files are.
    pub(crate) fn path(&self) -> &Path {
        &self.mounted_at
    }

    /// Pulls the plug. Whoever still writes gets errors from now on.
    pub(crate) fn cut(&self) -> Result<(), String> {
        do_it(Command::new("python3").args(["-c", SHUTDOWN]).arg(&self.mounted_at))
    }

    /// Starts again after a cut, when nobody has a file open any more.
    pub(crate) fn restart(&self) -> Result<(), String> {
        do_it(Command::new("umount").arg(&self.mounted_at))?;
        self.mount()
    }

    fn mount(&self) -> Result<(), String> {
        do_it(Command::new("mount").args(["-t", "ext4", "-o", "loop"]).arg(&self.image).arg(&self.mounted_at))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The loop device goes with the mount. A second try is for a process that is just dying.
        if do_it(Command::new("umount").arg(&self.mounted_at)).is_err() {
            do_it(Command::new("umount").arg("-l").arg(&self.mounted_at)).ok();
        }
        fs::remove_file(&self.image).ok();
        fs::remove_dir(&self.mounted_at).ok();
    }
}

fn do_it(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("{:?}: {e}", command.get_program()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{:?}: {}", command.get_program(), String::from_utf8_lossy(&output.stderr).trim()))
}
