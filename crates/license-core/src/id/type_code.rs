//! Codes of license types (GB/T 36904).

use std::str::FromStr;

use super::text::{ascii, fixed, string_form, string_serde};
use super::{CodeError, CreditCode};

/// 证照类型代码: credit code of the defining authority 18, sequence 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeCode([u8; 21]);

impl TypeCode {
    /// The canonical text.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// 证照定义机构: who defined the type.
    pub fn authority(&self) -> CreditCode {
        self.as_str()[..18].parse().expect("checked when the code was made")
    }
}

impl FromStr for TypeCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<TypeCode, CodeError> {
        let bytes: [u8; 21] = fixed(text, |at, byte| match at {
            // Every sequence seen is numeric.
            18.. => byte.is_ascii_digit(),
            _ => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        })?;
        ascii(&bytes[..18]).parse::<CreditCode>()?;
        Ok(TypeCode(bytes))
    }
}

string_form!(TypeCode);
