//! Organization codes (GB 11714).

use std::str::FromStr;

use super::text::{ascii, fixed, string_form, string_serde};
use super::{CodeError, check};

/// 组织机构代码: eight characters, a hyphen and a check character, such as `D2143569-X`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganizationCode([u8; 10]);

impl OrganizationCode {
    /// The canonical text, with its hyphen.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// From the nine characters that stand inside a credit code.
    pub(super) fn from_nine(nine: [u8; 9]) -> Result<OrganizationCode, CodeError> {
        if check::organization(&nine[..8]) != Some(nine[8]) {
            return Err(CodeError::OrganizationCheck);
        }
        let mut text = *b"00000000-0";
        text[..8].copy_from_slice(&nine[..8]);
        text[9] = nine[8];
        Ok(OrganizationCode(text))
    }
}

impl FromStr for OrganizationCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<OrganizationCode, CodeError> {
        let bytes: [u8; 10] = fixed(text, |at, byte| match at {
            8 => byte == b'-',
            9 => byte.is_ascii_digit() || byte == b'X',
            _ => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        })?;
        if check::organization(&bytes[..8]) != Some(bytes[9]) {
            return Err(CodeError::CheckCharacter);
        }
        Ok(OrganizationCode(bytes))
    }
}

string_form!(OrganizationCode);
