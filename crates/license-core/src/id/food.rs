//! Numbers of food operation permits.

use std::str::FromStr;

use super::text::{ascii, string_form, string_serde};
use super::{AdminDivision, CodeError, check, text};

/// 食品经营许可证编号: `JY`, business form 1, division 6, sequence 6, check digit 1 (MOD 11,10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoodPermitNumber([u8; 16]);

/// 主体业态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FoodForm {
    /// 食品销售经营者.
    Sales,
    /// 餐饮服务经营者.
    Catering,
    /// 集中用餐单位食堂.
    Canteen,
}

impl FoodPermitNumber {
    /// The canonical text.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The business form (digit 1).
    pub fn form(&self) -> FoodForm {
        match self.0[2] {
            b'1' => FoodForm::Sales,
            b'2' => FoodForm::Catering,
            _ => FoodForm::Canteen,
        }
    }

    /// The division (digits 2 to 7).
    pub fn division(&self) -> AdminDivision {
        self.as_str()[3..9].parse().expect("checked when the number was made")
    }
}

impl FromStr for FoodPermitNumber {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<FoodPermitNumber, CodeError> {
        if !text.starts_with("JY") {
            return Err(CodeError::Prefix { expected: "JY" });
        }
        let bytes: [u8; 16] = text::fixed(text, |at, byte| match at {
            0 | 1 => true,
            2 => (b'1'..=b'3').contains(&byte),
            _ => byte.is_ascii_digit(),
        })?;
        ascii(&bytes[3..9]).parse::<AdminDivision>()?;
        if check::mod11_10(&bytes[2..15]) != Some(bytes[15]) {
            return Err(CodeError::CheckCharacter);
        }
        Ok(FoodPermitNumber(bytes))
    }
}

string_form!(FoodPermitNumber);
