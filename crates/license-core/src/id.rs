//! Identifiers and codes: newtypes that exist only in their canonical form.
//!
//! Each parses with [`str::parse`], prints what it parsed, and serializes as that string. What people type
//! (full-width digits, lower case, blanks) is put right by [`fold`] before parsing, never by the types.
//!
//! ```
//! use license_core::id::{CreditCode, LicenseId};
//!
//! let id: LicenseId = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U".parse()?;
//! assert_eq!(id.type_code().as_str(), "11100000000013338W011");
//! assert_eq!(id.serial(), "20230000403");
//! assert_eq!(id.next_version().unwrap().to_string(),
//!     "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S");
//! assert!("91350100M000100Y44".parse::<CreditCode>().is_err());
//! # Ok::<(), license_core::id::CodeError>(())
//! ```

mod check;
mod citizen;
mod credit;
mod digest;
mod division;
mod error;
pub mod fold;
mod food;
mod license;
mod organization;
mod text;
mod type_code;
mod unit;

pub use citizen::CitizenId;
pub use credit::CreditCode;
pub use digest::Digest;
pub use division::AdminDivision;
pub use error::CodeError;
pub use food::{FoodForm, FoodPermitNumber};
pub use license::{Issuer, LicenseBase, LicenseId};
pub use organization::OrganizationCode;
pub use type_code::TypeCode;
pub use unit::RealEstateUnit;
