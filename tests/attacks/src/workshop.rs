//! What a forger has on the bench: the good files, the seals, everybody's keys.

use std::fs;
use std::path::Path;

use crate::keys::{Keys, MARKET_NAME};
use crate::parts::Parts;
use crate::seal::{SealSpec, Value};

/// The bench.
pub struct Workshop {
    /// Everybody's keys.
    pub keys: Keys,
    /// A license, list of signatures protected.
    pub license: Parts,
    /// Another license of the same issuer.
    pub license_other: Parts,
    /// A sealed notice, list protected.
    pub notice: Parts,
    /// Another notice under the same seal.
    pub notice_other: Parts,
    /// The notice with an open list.
    pub notice_open: Parts,
    /// The same with the other issuer's seal added and the list closed.
    pub notice_two: Parts,
    /// The good zip of the notice.
    pub notice_zip: Vec<u8>,
    /// The good zip of the license.
    pub license_zip: Vec<u8>,
    /// The first issuer's seal.
    pub market_seal: Vec<u8>,
    /// The other issuer's seal.
    pub housing_seal: Vec<u8>,
    /// The picture of the first issuer's seal.
    pub picture: Vec<u8>,
}

impl Workshop {
    /// Lays out the tools; the good files lie in this folder.
    pub fn open(base: &Path) -> Result<Workshop, String> {
        let read = |name: &str| fs::read(base.join(name)).map_err(|error| format!("{name}: {error}"));
        let parts = |name: &str| read(name).map(|bytes| Parts::open(&bytes));
        Ok(Workshop {
            keys: Keys::new(),
            license: parts("license.ofd")?,
            license_other: parts("license-other.ofd")?,
            notice: parts("notice.ofd")?,
            notice_other: parts("notice-other.ofd")?,
            notice_open: parts("notice-open.ofd")?,
            notice_two: parts("notice-two-seals.ofd")?,
            notice_zip: read("notice.ofd")?,
            license_zip: read("license.ofd")?,
            market_seal: read("market.esl")?,
            housing_seal: read("housing.esl")?,
            picture: read("seal.png")?,
        })
    }

    /// A good value of the first issuer.
    pub fn by_market(&self) -> Value<'_> {
        Value::new(&self.market_seal, &self.keys.market)
    }

    /// A good value of the other trusted issuer.
    pub fn by_housing(&self) -> Value<'_> {
        Value::new(&self.housing_seal, &self.keys.housing)
    }

    /// The first issuer's seal, to be changed and made anew.
    pub fn market_spec(&self) -> SealSpec {
        SealSpec::new("34010000000001", MARKET_NAME, &[&self.keys.market], &self.picture)
    }
}

/// The first page of the notice.
pub const PAGE: &str = "Doc_0/Pages/Page_0/Content.xml";
/// Its second page.
pub const PAGE_2: &str = "Doc_0/Pages/Page_1/Content.xml";
/// The template below both.
pub const TEMPLATE: &str = "Doc_0/Tpls/Tpl_0/Content.xml";
/// Its document root.
pub const DOCUMENT: &str = "Doc_0/Document.xml";
/// Fonts.
pub const PUBLIC_RES: &str = "Doc_0/PublicRes.xml";
/// Pictures.
pub const DOCUMENT_RES: &str = "Doc_0/DocumentRes.xml";
/// The font of its digits.
pub const DIGITS: &str = "Doc_0/Res/font_2.ttf";
/// The font of its words.
pub const WORDS: &str = "Doc_0/Res/font_3.ttf";
/// Its emblem.
pub const EMBLEM: &str = "Doc_0/Res/image_4.png";
/// The list of attachments.
pub const ATTACHMENTS: &str = "Doc_0/Attachs/Attachments.xml";
/// The attachment.
pub const TERMS: &str = "Doc_0/Attachs/terms.txt";

impl Workshop {
    /// The first page with another amount.
    pub fn dear_page(&self) -> Vec<u8> {
        self.notice.text(PAGE).replace("1000", "9000").into_bytes()
    }

    /// The notice changed, then sealed by its own issuer: what no digest gives away.
    pub fn sealed_by_market(&self, change: impl FnOnce(&mut Parts)) -> Parts {
        self.sealed_with(&self.by_market(), change)
    }

    /// The notice changed, then sealed with this value.
    pub fn sealed_with(&self, value: &Value<'_>, change: impl FnOnce(&mut Parts)) -> Parts {
        let mut parts = self.notice.clone();
        change(&mut parts);
        crate::sign::resealed(&parts, value)
    }

    /// The license changed, then sealed with this value.
    pub fn license_with(&self, value: &Value<'_>, change: impl FnOnce(&mut Parts)) -> Parts {
        let mut parts = self.license.clone();
        change(&mut parts);
        crate::sign::resealed(&parts, &Value { binds_container: true, ..value.clone() })
    }

    /// The notice changed by somebody who cannot seal.
    pub fn changed(&self, change: impl FnOnce(&mut Parts)) -> Vec<u8> {
        let mut parts = self.notice.clone();
        change(&mut parts);
        parts.to_zip()
    }
}
