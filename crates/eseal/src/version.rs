//! The published versions of the seal structures.

use std::fmt;

/// Which standard a structure follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Version {
    /// GM/T 0031-2014.
    V1,
    /// GB/T 38540-2020.
    V4,
    /// GM/T 0031-2025.
    V5,
}

impl Version {
    /// The number in header and TBS_Sign when we write.
    pub const fn number(self) -> u32 {
        match self {
            Self::V1 => 1,
            Self::V4 => 4,
            Self::V5 => 5,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 => "GM/T 0031-2014 (v1)",
            Self::V4 => "GB/T 38540-2020 (v4)",
            Self::V5 => "GM/T 0031-2025 (v5)",
        })
    }
}
