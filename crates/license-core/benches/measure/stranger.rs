//! An OFD that is no license: text, a font and a large attachment, with one seal of the test deployment.
#![allow(dead_code, unreachable_pub)]

use license_core::sealing::{self, Place, SealRequest};
use ofd::model::{Attachment, Font, Layer, Object, Page, TextObject};
use ofd::{DocInfo, Document, Rect, Size, Um};
use pki::Signer as _;

use super::verify_support::{ISSUED, MARKET, seal_der, signer};

/// Sealed by the market supervision of the deployment.
pub fn sealed(document: &[u8]) -> Vec<u8> {
    let seal = eseal::Seal::from_der(&seal_der(MARKET)).unwrap();
    let signer = signer(&format!("{MARKET}-seal"));
    let place = Place::top_left(0, Um::mm(140), Um::mm(220));
    let request = SealRequest::new(&seal, signer.certificate(), ISSUED).at(place);
    let package = ofd::read(document, &ofd::Budget::default()).unwrap();
    sealing::sign(sealing::prepare(package, &request).unwrap(), &*signer, None).unwrap()
}

/// So many pages of so many lines, a font and an attachment of so many bytes that deflate as those of real files do.
pub fn document(pages: usize, lines: usize, font: usize, attachment: usize) -> Vec<u8> {
    let mut document = Document::new(DocInfo { doc_id: "0123456789abcdef".repeat(2), ..DocInfo::default() });
    let font = document.add_font(Font::embedded("Song", "Song", outlines(font)));
    for page in 0..pages {
        let line = |at: usize| {
            let seed = (page * 31 + at * 17) as u32;
            let text: String =
                (0..28).filter_map(|i| char::from_u32(0x4e00 + (seed * 7919 + i * i * 101) % 6000)).collect();
            let place = Rect::mm(20, 20 + 6 * at as i32, 170, 6);
            Object::Text(TextObject::new(font, Um(4000), place, (Um::ZERO, Um(4400)), text, vec![Um(5800); 27]))
        };
        let layer = Layer::body((0..lines).map(line).collect());
        document.pages.push(Page { size: Size::A4, layers: vec![layer], ..Page::default() });
    }
    if attachment > 0 {
        document.attachments.push(Attachment::hidden("data.bin", "bin", outlines(attachment)));
    }
    document.package().unwrap().to_zip().unwrap()
}

/// As glyph outlines are: deflating takes off about a third.
fn outlines(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let next = |at| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let byte = (state >> 56) as u8;
        if at % 3 == 0 { byte & 0x0F } else { byte & 0x7F }
    };
    (0..length).map(next).collect()
}
