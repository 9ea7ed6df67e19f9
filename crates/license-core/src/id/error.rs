//! Why a code is refused.

/// What is wrong with a code. Positions count characters from 1. Never holds the code itself, which may be personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// Wrong number of characters.
    #[error("has {found} characters instead of {expected}")]
    Length {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A character that may not stand there.
    #[error("character {at} may not be {found:?}")]
    Alphabet {
        /// Position.
        at: usize,
        /// The character.
        found: char,
    },
    /// The check character does not belong to the rest.
    #[error("the check character does not fit the rest: some character is mistyped")]
    CheckCharacter,
    /// The check character of the organization code inside a credit code does not fit (GB 11714).
    #[error("the check character of the organization code (characters 9 to 17) does not fit")]
    OrganizationCheck,
    /// The registration authority of a credit code does not exist.
    #[error("no registration authority has the code {found:?} (character 1)")]
    Department {
        /// The character.
        found: char,
    },
    /// The division part cannot be a division.
    #[error("the division code cannot be one")]
    Division,
    /// The birth date of a citizen number is no date.
    #[error("the birth date inside is not a real date")]
    BirthDate,
    /// Wrong beginning.
    #[error("does not begin with {expected}")]
    Prefix {
        /// How it should begin.
        expected: &'static str,
    },
    /// Wrong number of parts between dots.
    #[error("does not have the {expected} parts of its form")]
    Parts {
        /// How many there should be.
        expected: usize,
    },
    /// The issuer part of a new identifier must be a credit code.
    #[error("the issuer of a new identifier must be a unified social credit code")]
    Issuer,
    /// Version numbers run from 001 to 999.
    #[error("the version number must lie between 001 and 999")]
    Version,
}

impl CodeError {
    /// The stable last part of a rule code: `alphabet` in `uscc.alphabet`.
    pub fn rule(&self) -> &'static str {
        match self {
            CodeError::Length { .. } => "length",
            CodeError::Alphabet { .. } => "alphabet",
            CodeError::CheckCharacter => "check-character",
            CodeError::OrganizationCheck => "organization-check",
            CodeError::Department { .. } => "department",
            CodeError::Division => "division",
            CodeError::BirthDate => "birth-date",
            CodeError::Prefix { .. } => "prefix",
            CodeError::Parts { .. } => "parts",
            CodeError::Issuer => "issuer",
            CodeError::Version => "version",
        }
    }

    /// Position of the character at fault, from 1.
    pub fn position(&self) -> Option<usize> {
        match self {
            CodeError::Alphabet { at, .. } => Some(*at),
            CodeError::Department { .. } => Some(1),
            _ => None,
        }
    }

    /// The message in Chinese.
    pub fn message_zh(&self) -> String {
        match self {
            CodeError::Length { expected, found } => format!("应为 {expected} 位，实为 {found} 位"),
            CodeError::Alphabet { at, found } => format!("第 {at} 位不得为“{}”", found.escape_debug()),
            CodeError::CheckCharacter => "校验码不符，请核对各位字符".to_owned(),
            CodeError::OrganizationCheck => "第 9 至 17 位组织机构代码的校验码不符".to_owned(),
            CodeError::Department { found } => format!("第 1 位“{}”不是登记管理部门代码", found.escape_debug()),
            CodeError::Division => "行政区划代码不存在".to_owned(),
            CodeError::BirthDate => "出生日期不是真实日期".to_owned(),
            CodeError::Prefix { expected } => format!("应以 {expected} 开头"),
            CodeError::Parts { expected } => format!("应由 {expected} 段组成"),
            CodeError::Issuer => "颁发机构代码应为 18 位统一社会信用代码".to_owned(),
            CodeError::Version => "版本号应在 001 与 999 之间".to_owned(),
        }
    }
}
