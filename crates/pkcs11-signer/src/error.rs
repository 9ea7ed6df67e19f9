//! What can go wrong between us and a token, said so that an operator can mend it.

use std::path::PathBuf;
use std::time::Duration;

use cryptoki::error::{Error as Call, RvError};
use pki::{SignError, SignatureAlgorithm};

/// A key in hardware that cannot be used. Never holds a PIN.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Pkcs11Error {
    /// The module is not there, is no PKCS#11 module, or does not start.
    #[error("PKCS#11 module {module}: {problem}")]
    Module {
        /// Its path.
        module: PathBuf,
        /// In the loader's or the module's words.
        problem: String,
    },
    /// No slot holds the token.
    #[error("PKCS#11 module {module} shows no token {token:?}; {}", listed(.seen))]
    TokenAbsent {
        /// Path of the module.
        module: PathBuf,
        /// The label that was looked for.
        token: String,
        /// Labels of the tokens that are there.
        seen: Vec<String>,
    },
    /// Several tokens have this label.
    #[error("{count} tokens are called {token:?}: give the serial number of one, too")]
    TokenAmbiguous {
        /// The label.
        token: String,
        /// How many have it.
        count: usize,
    },
    /// The token refused the PIN. It was shown once.
    #[error("token {token:?} refused the PIN; it will not be tried again before it is changed")]
    PinRefused {
        /// The token's label.
        token: String,
    },
    /// The token refused this very PIN before, so it was not asked again.
    #[error("token {token:?} refused this PIN before; it was not tried again: correct the PIN and start anew")]
    PinRefusedBefore {
        /// The token's label.
        token: String,
    },
    /// One wrong try more would lock the token.
    #[error("token {token:?} has one try left before it locks: log in once with its maker's tool, then start anew")]
    PinLastTry {
        /// The token's label.
        token: String,
    },
    /// The token is locked, or its PIN was never set or has expired.
    #[error("token {token:?} cannot be logged in to: {problem}")]
    PinUnusable {
        /// The token's label.
        token: String,
        /// Why.
        problem: &'static str,
    },
    /// A PIN that cannot be had.
    #[error("the PIN cannot be had: {0}")]
    PinSource(String),
    /// The token holds no such private key.
    #[error("token {token:?} holds no private key {key}; {}", listed(.seen))]
    KeyAbsent {
        /// The token's label.
        token: String,
        /// What was looked for.
        key: String,
        /// Labels of the private keys that are there.
        seen: Vec<String>,
    },
    /// Several private keys fit.
    #[error("{count} private keys on token {token:?} fit {key}: give the id of one")]
    KeyAmbiguous {
        /// The token's label.
        token: String,
        /// What was looked for.
        key: String,
        /// How many fit.
        count: usize,
    },
    /// The key wants its PIN for every signature, which a server cannot offer.
    #[error("private key {key} wants the PIN before each signature (CKA_ALWAYS_AUTHENTICATE): use another key")]
    AlwaysAuthenticate {
        /// Which key.
        key: String,
    },
    /// Neither a file nor the token has a certificate for the key.
    #[error("token {token:?} holds no certificate for private key {key}: give one from a file")]
    CertificateAbsent {
        /// The token's label.
        token: String,
        /// Which key.
        key: String,
    },
    /// The certificate's key cannot be used here.
    #[error("the certificate of private key {key}: {problem}")]
    Certificate {
        /// Which key.
        key: String,
        /// Why.
        problem: String,
    },
    /// The token cannot make such signatures.
    #[error("token {token:?} cannot sign {algorithm}: {problem}")]
    Mechanism {
        /// The token's label.
        token: String,
        /// What it would have to make.
        algorithm: SignatureAlgorithm,
        /// What is missing.
        problem: String,
    },
    /// Every session was in use for as long as a caller may wait.
    #[error("all {sessions} sessions with token {token:?} were busy for {waited:?}")]
    Busy {
        /// The token's label.
        token: String,
        /// How many there are.
        sessions: usize,
        /// How long the caller waited.
        waited: Duration,
    },
    /// The token's signature does not hold under the certificate: another key, or a fault in the device.
    #[error("private key {key} is not the one its certificate speaks of, or the token made a wrong signature")]
    WrongSignature {
        /// Which key.
        key: String,
    },
    /// Anything else a module may answer.
    #[error("token {token:?}: {call}")]
    Device {
        /// The token's label.
        token: String,
        /// Which call failed, and the module's code.
        call: String,
        /// Whether a new session or a returning token may mend it.
        lost: bool,
    },
}

impl Pkcs11Error {
    pub(crate) fn device(token: &str, error: &Call) -> Pkcs11Error {
        Pkcs11Error::Device { token: token.to_owned(), call: said(error), lost: is_lost(error) }
    }

    /// Whether trying again with a new session, or after a reset of the module, may help.
    pub(crate) const fn may_recover(&self) -> bool {
        match self {
            Pkcs11Error::TokenAbsent { .. } | Pkcs11Error::KeyAbsent { .. } | Pkcs11Error::Module { .. } => true,
            Pkcs11Error::Device { lost, .. } => *lost,
            _ => false,
        }
    }
}

impl From<Pkcs11Error> for SignError {
    fn from(error: Pkcs11Error) -> SignError {
        SignError::Unavailable(error.to_string())
    }
}

/// What a module answered, as PKCS#11 calls it. The library's own texts quote whole paragraphs of the standard.
pub(crate) fn said(error: &Call) -> String {
    match error {
        Call::Pkcs11(RvError::VendorDefined(code), function) => format!("C_{function:?} answered {code:#x}"),
        Call::Pkcs11(code, function) => format!("C_{function:?} answered CKR{}", upper(&format!("{code:?}"))),
        other => other.to_string(),
    }
}

/// `PinIncorrect` as `_PIN_INCORRECT`.
fn upper(name: &str) -> String {
    let mut upper = String::with_capacity(name.len() + 8);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            upper.push('_');
        }
        upper.push(letter.to_ascii_uppercase());
    }
    upper
}

/// Whether an answer says that session, login or token are gone rather than that the request was wrong.
fn is_lost(error: &Call) -> bool {
    use RvError as E;
    let Call::Pkcs11(code, _) = error else { return false };
    matches!(
        code,
        E::CryptokiNotInitialized
            | E::DeviceError
            | E::DeviceMemory
            | E::DeviceRemoved
            | E::FunctionCanceled
            | E::FunctionFailed
            | E::GeneralError
            | E::KeyHandleInvalid
            | E::ObjectHandleInvalid
            | E::SessionClosed
            | E::SessionHandleInvalid
            | E::SlotIdInvalid
            | E::TokenNotPresent
            | E::TokenNotRecognized
            | E::UserNotLoggedIn
            | E::VendorDefined(_)
    )
}

fn listed(labels: &[String]) -> String {
    let quoted = labels.iter().map(|label| format!("\"{label}\"")).collect::<Vec<_>>().join(", ");
    if labels.is_empty() { "there is none".to_owned() } else { format!("there are {quoted}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_have_the_names_of_the_standard() {
        let call = Call::Pkcs11(RvError::PinIncorrect, cryptoki::context::Function::Login);
        assert_eq!(said(&call), "C_Login answered CKR_PIN_INCORRECT");
        assert_eq!(listed(&["a".to_owned(), "b".to_owned()]), "there are \"a\", \"b\"");
    }
}
