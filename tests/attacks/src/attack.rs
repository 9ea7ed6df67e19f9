//! One attack: how it was made, and what a verifier must say.

/// What the forger has besides the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Attacker {
    /// Nothing but the good files.
    NoKey,
    /// A key and a seal that no trusted root vouches for.
    OwnKey,
    /// The key and the seal of another trusted issuer.
    OtherIssuer,
    /// The issuer's own key: somebody inside, or a faulty program.
    Insider,
}

impl Attacker {
    /// As the manifest names it.
    pub fn text(self) -> &'static str {
        match self {
            Attacker::NoKey => "no-key",
            Attacker::OwnKey => "own-key",
            Attacker::OtherIssuer => "other-issuer",
            Attacker::Insider => "insider",
        }
    }
}

/// The good file that was changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// A license.
    License,
    /// An ordinary sealed document.
    Notice,
    /// The same with an open list of signatures.
    Open,
    /// The same with a second seal.
    TwoSeals,
}

impl Base {
    /// Its path in the corpus.
    pub fn file(self) -> &'static str {
        match self {
            Base::License => "base/license.ofd",
            Base::Notice => "base/notice.ofd",
            Base::Open => "base/notice-open.ofd",
            Base::TwoSeals => "base/notice-two-seals.ofd",
        }
    }
}

/// The verdict that must come out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Not genuine.
    Failed,
    /// Cannot be told with this trust list.
    Indeterminate,
}

impl Verdict {
    /// As reports name it.
    pub fn text(self) -> &'static str {
        match self {
            Verdict::Failed => "failed",
            Verdict::Indeterminate => "indeterminate",
        }
    }
}

/// What bytes and signatures say, trust aside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Integrity {
    /// Signed and unchanged: the signer himself made it so.
    Intact,
    /// Changed, damaged or wrongly signed.
    Broken,
    /// Signed in a way that cannot be checked.
    Unchecked,
    /// Nothing is signed.
    Unsigned,
}

impl Integrity {
    /// As reports name it.
    pub fn text(self) -> &'static str {
        match self {
            Integrity::Intact => "intact",
            Integrity::Broken => "broken",
            Integrity::Unchecked => "unchecked",
            Integrity::Unsigned => "unsigned",
        }
    }
}

/// One file of the corpus.
pub struct Attack {
    /// Its file name without ending.
    pub name: &'static str,
    /// What it was made from.
    pub base: Base,
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
    /// Not seen by our own verifier yet: listed apart, so that nobody takes it for refused.
    pub open: bool,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Attack {
    /// A change of the notice by somebody without any key, which breaks integrity.
    pub fn new(name: &'static str, how: &'static str, codes: &'static [&'static str], bytes: Vec<u8>) -> Attack {
        Attack {
            name,
            base: Base::Notice,
            attacker: Attacker::NoKey,
            how,
            verdict: Verdict::Failed,
            codes,
            integrity: Integrity::Broken,
            open: false,
            bytes,
        }
    }

    /// Made from another good file.
    pub fn of(self, base: Base) -> Attack {
        Attack { base, ..self }
    }

    /// Made by somebody else.
    pub fn by(self, attacker: Attacker) -> Attack {
        Attack { attacker, ..self }
    }

    /// Every signature holds: something else gives it away.
    pub fn intact(self) -> Attack {
        Attack { integrity: Integrity::Intact, ..self }
    }

    /// Our own verifier does not see it yet.
    pub fn open(self) -> Attack {
        Attack { open: true, ..self }
    }

    /// Nothing is signed.
    pub fn unsigned(self) -> Attack {
        Attack { integrity: Integrity::Unsigned, ..self }
    }

    /// Signed by an algorithm that is none, or without a certificate.
    pub fn unchecked(self) -> Attack {
        Attack { integrity: Integrity::Unchecked, ..self }
    }

    /// Nothing speaks against it, but nothing trusted for it either.
    pub fn unclear(self) -> Attack {
        Attack { verdict: Verdict::Indeterminate, ..self }
    }
}
