//! Class 14: what the machine reads is not what the eye sees. All of it sealed by the issuer.

use crate::attack::{Attack, Attacker, Base};
use crate::parts::Parts;
use crate::workshop::{PAGE, Workshop};

const RECORD: &str = "Doc_0/Attachs/license-record.json";
const INDEX: &str = "Doc_0/Attachs/license-index.txt";
/// The holder on the face of the good license, and somebody else.
pub(super) const HOLDER: &str = "样例市颀颀面馆";
pub(super) const OTHER_HOLDER: &str = "样例市颀颀餐馆";

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = contradictions(shop);
    attacks.extend(super::c14_foreign::make(shop));
    attacks.extend(super::c14_drawn::make(shop));
    attacks.into_iter().map(|attack| attack.of(Base::License).by(Attacker::Insider).intact()).collect()
}

pub(super) fn sealed(shop: &Workshop, change: impl FnOnce(&mut Parts)) -> Vec<u8> {
    shop.license_with(&shop.by_market(), change).to_zip()
}

fn contradictions(shop: &Workshop) -> Vec<Attack> {
    vec![
        Attack::new(
            "face-changed",
            "another holder on the face; record, index and metadata as they were",
            &["face.differs"],
            sealed(shop, |parts| {
                parts.replace_all(PAGE, HOLDER, OTHER_HOLDER);
            }),
        ),
        Attack::new(
            "record-changed",
            "another holder in the embedded record",
            &["index.differs"],
            sealed(shop, |parts| {
                parts.replace_all(RECORD, HOLDER, OTHER_HOLDER);
            }),
        ),
        Attack::new(
            "record-prolonged",
            "the embedded record is valid ten years longer",
            &["index.differs"],
            sealed(shop, |parts| {
                parts.replace_all(RECORD, "2029-03-04", "2039-03-04");
            }),
        ),
        Attack::new(
            "metadata-changed",
            "another holder in the metadata of OFD.xml",
            &["metadata.differs"],
            sealed(shop, |parts| {
                parts.replace("OFD.xml", HOLDER, OTHER_HOLDER);
            }),
        ),
        Attack::new(
            "metadata-added",
            "a value in the metadata that the record does not give",
            &["metadata.differs"],
            sealed(shop, |parts| {
                let more = "<ofd:CustomData Name=\"KZ_BEIZHU\">一切属实</ofd:CustomData></ofd:CustomDatas>";
                parts.replace("OFD.xml", "</ofd:CustomDatas>", more);
            }),
        ),
        Attack::new(
            "index-of-another",
            "the genuine index of another license is attached",
            &["index.differs"],
            sealed(shop, |parts| {
                let other = shop.license_other.get(INDEX).to_vec();
                parts.set(INDEX, other);
            }),
        ),
        Attack::new(
            "index-edited",
            "one character of the attached index is changed",
            &["token.signature"],
            sealed(shop, |parts| {
                let text = parts.text(INDEX);
                let at = text.len() - 20;
                let other = if &text[at..=at] == "A" { "B" } else { "A" };
                parts.set(INDEX, format!("{}{other}{}", &text[..at], &text[at + 1..]));
            }),
        ),
        Attack::new(
            "record-twice",
            "two records of one name: one for each reader",
            &["record.malformed"],
            sealed(shop, |parts| {
                let other = shop.license_other.get(RECORD).to_vec();
                parts.set("Doc_0/Attachs/record-2.json", other);
                parts.replace(
                    "Doc_0/Attachs/Attachments.xml",
                    "</ofd:Attachments>",
                    "<ofd:Attachment ID=\"A9\" Name=\"license-record.json\" Format=\"json\" Visible=\"false\">\
                 <ofd:FileLoc>record-2.json</ofd:FileLoc></ofd:Attachment></ofd:Attachments>",
                );
            }),
        ),
        Attack::new(
            "all-of-another",
            "record, index and metadata of another license behind this face",
            &["face.differs"],
            sealed(shop, |parts| {
                for name in [RECORD, INDEX, "OFD.xml"] {
                    let other = shop.license_other.get(name).to_vec();
                    parts.set(name, other);
                }
            }),
        ),
    ]
}
