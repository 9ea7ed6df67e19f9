//! What all code types share: fixed-size ASCII text, printing, serde as a string.

use super::CodeError;

/// Copies `text` into an array when it has exactly `N` characters and each passes `allowed(position, byte)`.
pub(super) fn fixed<const N: usize>(text: &str, allowed: impl Fn(usize, u8) -> bool) -> Result<[u8; N], CodeError> {
    let mut out = [0; N];
    let mut count = 0;
    let mut wrong = None;
    for (at, char) in text.chars().enumerate() {
        count += 1;
        // Texts from outside may be long: the exact count is only of use near the right one.
        if count > N + 64 {
            break;
        }
        match u8::try_from(char).ok().filter(|&byte| byte.is_ascii() && allowed(at, byte)) {
            Some(byte) if at < N => out[at] = byte,
            Some(_) => {}
            None => wrong = wrong.or(Some(CodeError::Alphabet { at: at + 1, found: char })),
        }
    }
    match wrong {
        // Near the right length the bad character says more than the count.
        Some(error) if count <= N + 1 => Err(error),
        _ if count != N => Err(CodeError::Length { expected: N, found: count }),
        _ => Ok(out),
    }
}

/// The text of bytes that were checked to be ASCII when the value was made.
pub(super) fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("only ASCII gets into a code")
}

/// `Display`, `FromStr`-based serde as a string, and `TryFrom<&str>` for a type with `as_str` and `FromStr`.
macro_rules! string_form {
    ($type:ty) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        string_serde!($type);
    };
}

/// Serde as the string that `Display` gives and `FromStr` takes.
macro_rules! string_serde {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(super) use {string_form, string_serde};
