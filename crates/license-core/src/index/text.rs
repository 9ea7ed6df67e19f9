//! The text in the QR code: an upper-case address whose path ends in the token.

use std::fmt;

use data_encoding::BASE32_NOPAD;

use super::cose::{MAX_TOKEN_BYTES, Token, TokenError};

/// The path before the token.
const PATH: &str = "/V/";
/// Longest text that is looked at.
const MAX_TEXT: usize = 200 + MAX_TOKEN_BYTES * 8 / 5;

/// A text that is no index.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Not an address of this format: a code of another system.
    #[error("not an index: {0}")]
    Foreign(&'static str),
    /// An index by its looks, but the base32 is broken or not canonical.
    #[error("index text: bad base32 at character {0}")]
    Base32(usize),
    /// The token inside.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// An address and the token at its end. Only the canonical spelling parses: `parse(s)?.to_string() == s`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexText {
    prefix: String,
    token: Token,
}

impl IndexText {
    /// Joins a prefix such as `HTTPS://LICENSE.EXAMPLE.GOV.CN/V/` and a token.
    pub fn new(prefix: &str, token: Token) -> Result<IndexText, TextError> {
        check_prefix(prefix)?;
        Ok(IndexText { prefix: prefix.to_owned(), token })
    }

    /// Whether a text can stand before a token.
    pub fn check_address(address: &str) -> Result<(), TextError> {
        check_prefix(address)
    }

    /// Parses the text of a QR code.
    pub fn parse(text: &str) -> Result<IndexText, TextError> {
        if text.len() > MAX_TEXT {
            return Err(TextError::Foreign("too long"));
        }
        let start = text.rfind(PATH).ok_or(TextError::Foreign("no /V/ in it"))? + PATH.len();
        let (prefix, body) = text.split_at(start);
        check_prefix(prefix)?;
        Ok(IndexText { prefix: prefix.to_owned(), token: decode(body, start)? })
    }

    /// Parses the token alone, as it stands in the address of the verify page.
    pub fn parse_token(body: &str) -> Result<Token, TextError> {
        decode(body, 0)
    }

    /// The address before the token.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The token.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// The token's text alone.
    pub fn token_text(&self) -> String {
        BASE32_NOPAD.encode(self.token.as_bytes())
    }
}

impl fmt::Display for IndexText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.prefix)?;
        f.write_str(&self.token_text())
    }
}

/// What a browser or a person does to the text on its way, undone: blanks around it, lower-case scheme and host.
/// The token itself is not touched.
pub fn fold_pasted(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().rev().find(|(_, c)| *c == '/') {
        Some((slash, _)) => format!("{}{}", text[..=slash].to_ascii_uppercase(), &text[slash + 1..]),
        None => text.to_owned(),
    }
}

fn check_prefix(prefix: &str) -> Result<(), TextError> {
    let rest = prefix
        .strip_prefix("HTTPS://")
        .or_else(|| prefix.strip_prefix("HTTP://"))
        .ok_or(TextError::Foreign("not an upper-case web address"))?;
    let host = rest.strip_suffix(PATH).ok_or(TextError::Foreign("the path does not end in /V/"))?;
    let allowed = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() || matches!(c, '.' | '-' | ':' | '/');
    if host.is_empty() || host.len() > 100 || host.starts_with('/') || !host.chars().all(allowed) {
        return Err(TextError::Foreign("the host has other characters than a QR code's alphanumeric mode allows"));
    }
    Ok(())
}

fn decode(body: &str, offset: usize) -> Result<Token, TextError> {
    if body.is_empty() {
        return Err(TextError::Foreign("no token after /V/"));
    }
    // Strict: no padding, no lower case, unused trailing bits zero.
    let bytes = BASE32_NOPAD.decode(body.as_bytes()).map_err(|error| TextError::Base32(offset + error.position))?;
    Ok(Token::from_bytes(&bytes)?)
}
