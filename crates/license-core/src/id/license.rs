//! The identifier of a license (GB/T 36904).

use std::fmt;
use std::str::FromStr;

use super::text::string_serde;
use super::{AdminDivision, CodeError, CreditCode, TypeCode, check};

/// 证照标识: `1.2.156.3005.2.TYPE.ISSUER.SERIAL.VVV.C`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenseId {
    base: LicenseBase,
    version: u16,
}

/// What all versions of a license share: type, issuer and serial.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenseBase {
    type_code: TypeCode,
    issuer: Issuer,
    serial: String,
}

/// 证照颁发机构代码 as it stands in an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Issuer {
    /// As the standard has it.
    Credit(CreditCode),
    /// A division instead, as one city's systems write it: read, never made.
    Division(AdminDivision),
}

impl LicenseId {
    /// An identifier from its parts; the check character is computed.
    ///
    /// The serial has 1 to 32 characters of `0-9A-Z`, the version runs from 1 to 999.
    pub fn new(type_code: TypeCode, issuer: CreditCode, serial: &str, version: u16) -> Result<LicenseId, CodeError> {
        LicenseBase::new(type_code, issuer, serial)?.version(version)
    }

    /// 证照类型代码.
    pub fn type_code(&self) -> &TypeCode {
        &self.base.type_code
    }

    /// 证照颁发机构代码.
    pub fn issuer(&self) -> &Issuer {
        &self.base.issuer
    }

    /// 流水号.
    pub fn serial(&self) -> &str {
        &self.base.serial
    }

    /// 版本号.
    pub fn version(&self) -> u16 {
        self.version
    }

    /// 校验位: MOD 37,36 over type, issuer, serial and version, without root and dots.
    pub fn check_character(&self) -> char {
        let base = &self.base;
        let version = format!("{:03}", self.version);
        let body = [base.type_code.as_str(), base.issuer.as_str(), &base.serial, &version];
        let bytes = body.into_iter().flat_map(str::bytes);
        char::from(check::mod37_36(bytes).expect("every part has digits and capitals only"))
    }

    /// What the versions of this license share.
    pub fn base(&self) -> &LicenseBase {
        &self.base
    }

    /// The identifier of the next version of this license; `None` after 999.
    pub fn next_version(&self) -> Option<LicenseId> {
        self.base.clone().version(self.version + 1).ok()
    }
}

impl LicenseBase {
    /// A new license of an issuer.
    pub fn new(type_code: TypeCode, issuer: CreditCode, serial: &str) -> Result<LicenseBase, CodeError> {
        check_serial(serial, MAX_NEW_SERIAL)?;
        Ok(LicenseBase { type_code, issuer: Issuer::Credit(issuer), serial: serial.to_owned() })
    }

    /// The identifier of one version.
    pub fn version(self, version: u16) -> Result<LicenseId, CodeError> {
        if !(1..=999).contains(&version) {
            return Err(CodeError::Version);
        }
        Ok(LicenseId { base: self, version })
    }
}

impl Issuer {
    /// The text in the identifier.
    pub fn as_str(&self) -> &str {
        match self {
            Issuer::Credit(code) => code.as_str(),
            Issuer::Division(code) => code.as_str(),
        }
    }

    /// The credit code, when it is one.
    pub fn credit_code(&self) -> Option<&CreditCode> {
        match self {
            Issuer::Credit(code) => Some(code),
            Issuer::Division(_) => None,
        }
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for LicenseBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ROOT}.{}.{}.{}", self.type_code, self.issuer, self.serial)
    }
}

impl fmt::Display for LicenseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}.{}", self.base, self.version, self.check_character())
    }
}

impl FromStr for LicenseBase {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<LicenseBase, CodeError> {
        let parts: [&str; 3] = split(text)?;
        base(parts[0], parts[1], parts[2])
    }
}

impl FromStr for LicenseId {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<LicenseId, CodeError> {
        let [type_code, issuer, serial, version, check] = split(text)?;
        let base = base(type_code, issuer, serial)?;
        if version.len() != 3 || !version.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CodeError::Version);
        }
        let id = base.version(version.parse().map_err(|_| CodeError::Version)?)?;
        if !check.chars().eq([id.check_character()]) {
            return Err(CodeError::CheckCharacter);
        }
        Ok(id)
    }
}

string_serde!(LicenseId);
string_serde!(LicenseBase);

/// The parts behind the root.
fn split<const N: usize>(text: &str) -> Result<[&str; N], CodeError> {
    let rest = text.strip_prefix(ROOT).and_then(|rest| rest.strip_prefix('.'));
    let rest = rest.ok_or(CodeError::Prefix { expected: "1.2.156.3005.2." })?;
    let mut parts = [""; N];
    let mut words = rest.split('.');
    for part in &mut parts {
        *part = words.next().ok_or(CodeError::Parts { expected: N })?;
    }
    if words.next().is_some() {
        return Err(CodeError::Parts { expected: N });
    }
    Ok(parts)
}

fn base(type_code: &str, issuer: &str, serial: &str) -> Result<LicenseBase, CodeError> {
    let type_code = type_code.parse()?;
    let issuer = match issuer.len() {
        6 => Issuer::Division(issuer.parse()?),
        _ => Issuer::Credit(issuer.parse()?),
    };
    check_serial(serial, MAX_SERIAL)?;
    Ok(LicenseBase { type_code, issuer, serial: serial.to_owned() })
}

fn check_serial(serial: &str, most: usize) -> Result<(), CodeError> {
    let allowed = |char: char| char.is_ascii_digit() || char.is_ascii_uppercase();
    if let Some((at, found)) = serial.chars().enumerate().find(|&(_, char)| !allowed(char)) {
        return Err(CodeError::Alphabet { at: at + 1, found });
    }
    if serial.is_empty() || serial.len() > most {
        return Err(CodeError::Length { expected: most, found: serial.len() });
    }
    Ok(())
}

const ROOT: &str = "1.2.156.3005.2";
/// The whole must fit the 128 characters of the national index.
const MAX_SERIAL: usize = 64;
const MAX_NEW_SERIAL: usize = 32;
