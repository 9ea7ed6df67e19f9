//! What an index says, and its CBOR form.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use time::Date;

use super::packed;
use crate::id::{CodeError, CreditCode, LicenseId, TypeCode};

/// CWT claim `iss` (RFC 8392 3.1.1).
const ISS: u64 = 1;
/// CWT claim `iat` (RFC 8392 3.1.6).
const IAT: u64 = 6;
/// Our claim, in the private-use range of the CWT registry (below -65536).
const LICENSE: i64 = -65537;

/// Longest holder name in an index, in UTF-8 bytes; keeps the QR code at version 13 or below.
pub const MAX_HOLDER_BYTES: usize = 72;
/// Ends a name that was cut.
const CUT: char = '…';
/// Longest certificate number, in UTF-8 bytes.
const MAX_NUMBER_BYTES: usize = 64;

/// Whose code names the holder (GB/T 36903 Annex A: 001 organisations, 111 and others persons).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderKind {
    /// 法人和其他组织.
    Organization,
    /// 自然人.
    Person,
}

/// The claims of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// 颁发机构代码 (claim `iss`), the issuer's credit code.
    pub issuer: String,
    /// Time of issue (claim `iat`), seconds since 1970.
    pub issued_at: u64,
    /// 证照类型代码, 21 characters.
    pub type_code: String,
    /// 流水号 of the identifier (GB/T 36904).
    pub serial: String,
    /// Version of the license, 1 to 999.
    pub version: u16,
    /// 证照编号.
    pub number: String,
    /// Person or organisation.
    pub holder_kind: HolderKind,
    /// 持证主体; a name over [`MAX_HOLDER_BYTES`] is cut by [`cut_holder`].
    pub holder: String,
    /// First day of validity.
    pub valid_from: Option<Date>,
    /// Last day of validity; none is 长期.
    pub valid_to: Option<Date>,
    /// The first 16 bytes of SHA-256 over the canonical record.
    pub face: [u8; 16],
    /// Position in the issuer's status list.
    pub status: u32,
}

/// Claims that cannot be written or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimsError {
    /// A value breaks its rule.
    #[error("index claim {claim}: {rule}")]
    Value {
        /// Which claim.
        claim: &'static str,
        /// Its rule.
        rule: &'static str,
    },
    /// The CBOR is not that of an index.
    #[error("index claims at byte {position}: {problem}")]
    Structure {
        /// Where in the payload.
        position: usize,
        /// What is wrong.
        problem: String,
    },
}

/// Cuts a holder name to [`MAX_HOLDER_BYTES`]; a cut name ends in U+2026. The whole name is under the face digest.
pub fn cut_holder(name: &str) -> String {
    cut_holder_to(name, MAX_HOLDER_BYTES)
}

/// Whether `claimed` is `name`, whole or cut.
pub fn is_holder(claimed: &str, name: &str) -> bool {
    match claimed.strip_suffix(CUT) {
        Some(head) if claimed != name => !head.is_empty() && head.len() < name.len() && name.starts_with(head),
        _ => claimed == name,
    }
}

/// Cuts to at most `bytes`.
pub(crate) fn cut_holder_to(name: &str, bytes: usize) -> String {
    if name.len() <= bytes {
        return name.to_owned();
    }
    let mut end = bytes.saturating_sub(CUT.len_utf8());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{CUT}", &name[..end])
}

impl Claims {
    /// The identifier (证照标识) that these claims spell out.
    pub fn license_id(&self) -> Result<LicenseId, CodeError> {
        LicenseId::new(self.type_code.parse()?, self.issuer.parse()?, &self.serial, self.version)
    }

    /// Deterministic CBOR (RFC 8949 4.2.1).
    pub(super) fn encode(&self) -> Result<Vec<u8>, ClaimsError> {
        self.check()?;
        let mut buffer = Vec::with_capacity(192);
        let mut cbor = Encoder::new(&mut buffer);
        // Writing to a Vec cannot fail.
        let _ = self.write(&mut cbor);
        Ok(buffer)
    }

    fn write(&self, cbor: &mut Encoder<&mut Vec<u8>>) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        cbor.map(3)?.u64(ISS)?.str(&self.issuer)?.u64(IAT)?.u64(self.issued_at)?.i64(LICENSE)?.array(10)?;
        cbor.bytes(&packed::pack(&self.type_code).unwrap_or_default())?;
        cbor.bytes(&packed::pack(&self.serial).unwrap_or_default())?;
        cbor.u16(self.version)?;
        match packed::pack(&self.number) {
            Some(packed) => cbor.bytes(&packed)?,
            None => cbor.str(&self.number)?,
        };
        cbor.u8(match self.holder_kind {
            HolderKind::Organization => 0,
            HolderKind::Person => 1,
        })?;
        cbor.str(&self.holder)?;
        for day in [self.valid_from, self.valid_to] {
            match day {
                Some(day) => cbor.i64(days(day))?,
                None => cbor.null()?,
            };
        }
        cbor.bytes(&self.face)?.u32(self.status)?;
        Ok(())
    }

    /// Reads a payload; only what [`encode`](Self::encode) would write is taken (the caller compares).
    pub(super) fn decode(payload: &[u8]) -> Result<Claims, ClaimsError> {
        let mut cbor = Decoder::new(payload);
        let claims = read(&mut cbor)
            .map_err(|error| ClaimsError::Structure { position: cbor.position(), problem: error.to_string() })?;
        if cbor.position() != payload.len() {
            return Err(ClaimsError::Structure { position: cbor.position(), problem: "bytes after the claims".into() });
        }
        claims.check()?;
        Ok(claims)
    }

    fn check(&self) -> Result<(), ClaimsError> {
        let rule = |good: bool, claim, rule| if good { Ok(()) } else { Err(ClaimsError::Value { claim, rule }) };
        rule(self.issuer.parse::<CreditCode>().is_ok(), "issuer", "a credit code")?;
        rule(self.type_code.parse::<TypeCode>().is_ok(), "type", "a license type code")?;
        rule(self.license_id().is_ok(), "serial and version", "those of a GB/T 36904 identifier")?;
        rule(
            !self.number.is_empty() && self.number.len() <= MAX_NUMBER_BYTES && printable(&self.number),
            "number",
            "1 to 64 bytes, no control characters",
        )?;
        rule(
            !self.holder.is_empty() && self.holder.len() <= MAX_HOLDER_BYTES && printable(&self.holder),
            "holder",
            "1 to 72 bytes, no control characters",
        )?;
        rule(self.issued_at < 1 << 40, "iat", "seconds since 1970")
    }
}

fn printable(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

fn read(cbor: &mut Decoder<'_>) -> Result<Claims, minicbor::decode::Error> {
    let wrong = minicbor::decode::Error::message;
    let key = |good: bool| if good { Ok(()) } else { Err(wrong("unexpected claim")) };
    key(cbor.map()? == Some(3))?;
    key(cbor.u64()? == ISS)?;
    let issuer = cbor.str()?.to_owned();
    key(cbor.u64()? == IAT)?;
    let issued_at = cbor.u64()?;
    key(cbor.i64()? == LICENSE)?;
    key(cbor.array()? == Some(10))?;
    let identifier = |bytes: &[u8]| packed::unpack(bytes).ok_or_else(|| wrong("not a packed identifier"));
    let type_code = identifier(cbor.bytes()?)?;
    let serial = identifier(cbor.bytes()?)?;
    let version = cbor.u16()?;
    let number = match cbor.datatype()? {
        Type::Bytes => identifier(cbor.bytes()?)?,
        _ => cbor.str()?.to_owned(),
    };
    let holder_kind = match cbor.u8()? {
        0 => HolderKind::Organization,
        1 => HolderKind::Person,
        _ => return Err(wrong("holder kind is 0 or 1")),
    };
    let holder = cbor.str()?.to_owned();
    let mut day = || -> Result<Option<Date>, minicbor::decode::Error> {
        if cbor.datatype()? == Type::Null {
            cbor.null()?;
            return Ok(None);
        }
        date(cbor.i64()?).map(Some).ok_or_else(|| wrong("no such day"))
    };
    let (valid_from, valid_to) = (day()?, day()?);
    let face = cbor.bytes()?.try_into().map_err(|_| wrong("face digest has 16 bytes"))?;
    let status = cbor.u32()?;
    Ok(Claims {
        issuer,
        issued_at,
        type_code,
        serial,
        version,
        number,
        holder_kind,
        holder,
        valid_from,
        valid_to,
        face,
        status,
    })
}

/// Days since 1970-01-01.
fn days(date: Date) -> i64 {
    i64::from(date.to_julian_day()) - i64::from(EPOCH)
}

fn date(days: i64) -> Option<Date> {
    Date::from_julian_day(i32::try_from(days.checked_add(i64::from(EPOCH))?).ok()?).ok()
}

/// Julian day of 1970-01-01.
const EPOCH: i32 = 2_440_588;
