//! What a forger would try who has good licenses at hand, but not the issuer's keys.

use super::Case;

pub fn cases() -> Vec<Case> {
    Vec::new()
}
