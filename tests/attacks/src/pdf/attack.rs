//! One attack: how it was made, and what a verifier must say.

use crate::attack::{Attacker, Integrity, Verdict};

/// One file of the corpus.
pub struct PdfAttack {
    /// Its file name without ending.
    pub name: &'static str,
    /// The good file it was made from.
    pub base: &'static str,
    /// What the forger has.
    pub attacker: Attacker,
    /// How it was made, in one sentence.
    pub how: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// Codes that must be among the reasons; others may stand beside them.
    pub codes: &'static [&'static str],
    /// Integrity of the whole.
    pub integrity: Integrity,
    /// The file.
    pub bytes: Vec<u8>,
}

impl PdfAttack {
    /// A change of the notice by somebody without any key, which breaks integrity.
    pub fn new(name: &'static str, how: &'static str, codes: &'static [&'static str], bytes: Vec<u8>) -> PdfAttack {
        PdfAttack {
            name,
            base: "notice",
            attacker: Attacker::NoKey,
            how,
            verdict: Verdict::Failed,
            codes,
            integrity: Integrity::Broken,
            bytes,
        }
    }

    /// Made from another good file.
    pub fn of(self, base: &'static str) -> PdfAttack {
        PdfAttack { base, ..self }
    }

    /// Made by somebody else.
    pub fn by(self, attacker: Attacker) -> PdfAttack {
        PdfAttack { attacker, ..self }
    }

    /// Every signature holds: something else gives it away.
    pub fn intact(self) -> PdfAttack {
        PdfAttack { integrity: Integrity::Intact, ..self }
    }

    /// Nothing is signed.
    pub fn unsigned(self) -> PdfAttack {
        PdfAttack { integrity: Integrity::Unsigned, ..self }
    }
}
