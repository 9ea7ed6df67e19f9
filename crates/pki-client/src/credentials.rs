//! How we tell a service who we are.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A secret that goes into the `Authorization` header, wiped when dropped; over `https` only, or to this very machine.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credentials {
    /// User and password (RFC 7617).
    Basic {
        /// Who.
        user: String,
        /// The password.
        password: Zeroizing<String>,
    },
    /// A bearer token (RFC 6750).
    Bearer(Zeroizing<String>),
}

impl Credentials {
    /// User and password.
    pub fn basic(user: &str, password: &str) -> Self {
        Self::Basic { user: user.to_owned(), password: Zeroizing::new(password.to_owned()) }
    }

    /// A bearer token.
    pub fn bearer(token: &str) -> Self {
        Self::Bearer(Zeroizing::new(token.to_owned()))
    }

    /// Reads `user:password` or `Bearer TOKEN`, as a file of one line holds it.
    pub fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(token) = text.strip_prefix("Bearer ").map(str::trim).filter(|token| !token.is_empty()) {
            return Some(Self::bearer(token));
        }
        let (user, password) = text.split_once(':')?;
        (!user.is_empty()).then(|| Self::basic(user, password))
    }

    pub(crate) fn header(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Basic { user, password } => {
                let pair = Zeroizing::new(format!("{user}:{}", password.as_str()));
                format!("Basic {}", STANDARD.encode(pair.as_bytes()))
            }
            Self::Bearer(token) => format!("Bearer {}", token.as_str()),
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Credentials(Basic)",
            Self::Bearer(_) => "Credentials(Bearer)",
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_secret_is_sent_and_not_shown() {
        let basic = Credentials::from_text("office:geheim:x\n").unwrap();
        assert_eq!(basic.header().as_str(), "Basic b2ZmaWNlOmdlaGVpbTp4");
        let bearer = Credentials::from_text("Bearer abc").unwrap();
        assert_eq!(bearer.header().as_str(), "Bearer abc");
        assert_eq!(format!("{basic:?} {bearer:?}"), "Credentials(Basic) Credentials(Bearer)");
        assert!(Credentials::from_text("nothing").is_none() && Credentials::from_text(":x").is_none());
    }
}
