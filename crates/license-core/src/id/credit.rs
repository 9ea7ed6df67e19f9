//! Unified social credit codes (GB 32100).

use std::str::FromStr;

use super::check::{self, CREDIT_ALPHABET};
use super::text::{ascii, fixed, string_form, string_serde};
use super::{AdminDivision, CodeError, OrganizationCode};

/// 统一社会信用代码: registration authority 1, kind of body 1, division 6, organization code 9, check character 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode([u8; 18]);

impl CreditCode {
    /// The canonical text.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The division of registration (characters 3 to 8); `None` when no province has that number, as in codes of some
    /// special organs.
    pub fn division(&self) -> Option<AdminDivision> {
        self.as_str()[2..8].parse().ok()
    }

    /// The organization code inside (characters 9 to 17).
    pub fn organization(&self) -> OrganizationCode {
        let mut nine = [0; 9];
        nine.copy_from_slice(&self.0[8..17]);
        OrganizationCode::from_nine(nine).expect("checked when the code was made")
    }
}

impl FromStr for CreditCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<CreditCode, CodeError> {
        let bytes: [u8; 18] = fixed(text, |at, byte| match at {
            2..8 => byte.is_ascii_digit(),
            _ => CREDIT_ALPHABET.contains(&byte),
        })?;
        if !DEPARTMENTS.contains(&bytes[0]) {
            return Err(CodeError::Department { found: char::from(bytes[0]) });
        }
        if check::credit(&bytes[..17]) != Some(bytes[17]) {
            return Err(CodeError::CheckCharacter);
        }
        if check::organization(&bytes[8..16]) != Some(bytes[16]) {
            return Err(CodeError::OrganizationCheck);
        }
        Ok(CreditCode(bytes))
    }
}

string_form!(CreditCode);

/// 登记管理部门代码: staffing 1, foreign affairs 2, justice 3, culture 4, civil affairs 5, tourism 6, religion 7,
/// trade unions 8, market regulation 9, military A, agriculture N, others Y.
const DEPARTMENTS: &[u8] = b"123456789ANY";
