//! Access tokens: short-lived, signed here (HMAC-SHA-256) and read only here. They die with the process.

use std::io;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use ring::hmac;
use ring::rand::SystemRandom;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::service::clients::Scope;

/// Longest token that is looked at.
const MAX_TOKEN: usize = 1024;

/// Makes and checks tokens.
pub(crate) struct Bearer {
    key: hmac::Key,
    life: Duration,
}

/// Who a token is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// `client_id`.
    pub(crate) sub: String,
    /// Words of the scopes, separated by blanks.
    pub(crate) scope: String,
    /// End, in seconds since 1970.
    pub(crate) exp: i64,
}

impl Bearer {
    pub(crate) fn new(life: Duration) -> io::Result<Bearer> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())
            .map_err(|_| io::Error::other("no randomness for the token key"))?;
        Ok(Bearer { key, life })
    }

    /// Seconds a token lives.
    pub(crate) fn life(&self) -> u64 {
        self.life.as_secs()
    }

    pub(crate) fn make(&self, client: &str, scopes: &[Scope], now: OffsetDateTime) -> String {
        let words: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
        let claims = Claims {
            sub: client.to_owned(),
            scope: words.join(" "),
            exp: now.unix_timestamp().saturating_add(i64::try_from(self.life.as_secs()).unwrap_or(i64::MAX)),
        };
        // Two strings and a number: always representable.
        let body = serde_json::to_vec(&claims).unwrap_or_default();
        let tag = hmac::sign(&self.key, &body);
        format!("{}.{}", BASE64URL_NOPAD.encode(&body), BASE64URL_NOPAD.encode(tag.as_ref()))
    }

    /// The claims of a token that was made here and has not ended.
    pub(crate) fn check(&self, token: &str, now: OffsetDateTime) -> Option<Claims> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let (body, tag) = token.split_once('.')?;
        let body = BASE64URL_NOPAD.decode(body.as_bytes()).ok()?;
        let tag = BASE64URL_NOPAD.decode(tag.as_bytes()).ok()?;
        // Constant in time.
        hmac::verify(&self.key, &body, &tag).ok()?;
        let claims: Claims = serde_json::from_slice(&body).ok()?;
        (now.unix_timestamp() < claims.exp).then_some(claims)
    }
}

impl Claims {
    pub(crate) fn allows(&self, scope: Scope) -> bool {
        self.scope.split(' ').any(|word| word == scope.word())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 +8);

    #[test]
    fn tokens_hold_for_their_time_and_for_this_process() {
        let bearer = Bearer::new(Duration::from_secs(900)).unwrap();
        let token = bearer.make("app-x", &[Scope::Issue], NOW);
        let claims = bearer.check(&token, NOW + time::Duration::seconds(899)).unwrap();
        assert!(claims.allows(Scope::Issue) && !claims.allows(Scope::Fetch));
        assert_eq!(bearer.check(&token, NOW + time::Duration::seconds(900)), None);
        assert_eq!(Bearer::new(Duration::from_secs(900)).unwrap().check(&token, NOW), None);
        for at in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(bearer.check(&String::from_utf8(other).unwrap(), NOW), None, "byte {at}");
        }
        assert_eq!(bearer.check(".", NOW), None);
    }
}
