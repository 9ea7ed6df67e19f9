//! What a signature says and shows, in whatever field it stands.

use time::OffsetDateTime;

use super::appearance::Appearance;
use super::placeholder;
use crate::error::Error;

/// A signature to be made, apart from its field. By default a baseline signature that shows nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct SignatureOptions {
    /// What the widget shows from now on. `None` leaves what it shows already.
    pub appearance: Appearance,
    /// `/SubFilter`: `ETSI.CAdES.detached`, or `ETSI.RFC3161` for a document time-stamp.
    pub sub_filter: String,
    /// Bytes reserved for the signature.
    pub capacity: usize,
    /// `/Name`: who claims to sign.
    pub signer: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// `/M`.
    pub time: Option<OffsetDateTime>,
    /// P of a certification signature: only for the first signature of a file.
    pub certify: Option<u8>,
}

impl SignatureOptions {
    /// A document time-stamp (EN 319 142-1 5.4.3): it says nothing but the token.
    pub fn time_stamp() -> Self {
        Self { sub_filter: TIME_STAMP.into(), ..Self::default() }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        self.appearance.check()?;
        if self.capacity == 0 || self.capacity > placeholder::MAX_CAPACITY {
            return Err(Error::Unwritable("the room for a signature is 1 to 32767 bytes"));
        }
        if self.certify.is_some_and(|p| !(1..=3).contains(&p)) {
            return Err(Error::Unwritable("P of a certification is 1, 2 or 3"));
        }
        if self.certify.is_some() && self.is_time_stamp() {
            return Err(Error::Unwritable("a time-stamp certifies nothing"));
        }
        Ok(())
    }

    pub(super) fn is_time_stamp(&self) -> bool {
        self.sub_filter == TIME_STAMP
    }

    /// The level of the developer extension that the catalog names for it (ISO 32000-2, ESIC).
    pub(super) fn extension_level(&self) -> Option<i64> {
        match self.sub_filter.as_str() {
            BASELINE => Some(2),
            TIME_STAMP => Some(1),
            _ => None,
        }
    }
}

impl Default for SignatureOptions {
    fn default() -> Self {
        Self {
            appearance: Appearance::None,
            sub_filter: BASELINE.into(),
            capacity: placeholder::USUAL_CAPACITY,
            signer: None,
            reason: None,
            location: None,
            time: None,
            certify: None,
        }
    }
}

const BASELINE: &str = "ETSI.CAdES.detached";
const TIME_STAMP: &str = "ETSI.RFC3161";
