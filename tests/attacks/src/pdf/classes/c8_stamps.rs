//! Class 8: time-stamps that speak of something else.

use pki::{asn1, oid};

use super::super::attack::PdfAttack;
use super::super::bench::{Bench, stamp_field, store};
use super::super::cms::{Odd, attribute};
use super::super::file::{find, find_last};
use super::super::sign::{digest, fill};
use crate::attack::Attacker;
use crate::keys::SEALED;
use crate::seal::token;

pub(super) fn make(bench: &Bench) -> Vec<PdfAttack> {
    let keys = &bench.keys;
    let before = store(&bench.notice, keys);
    let copied = last_value(&bench.other_stamped);
    let stamped = |stamped: &dyn Fn(&[u8]) -> Vec<u8>| {
        let market = &keys.market;
        fill(bench.draft.to_bytes(), &|ranges| {
            let digest = digest(market, ranges);
            let value = |signature: &[u8]| attribute(&oid::SIGNATURE_TIME_STAMP, &stamped(signature));
            Odd { unsigned: Some(&value), ..Odd::new(market, &digest) }.to_der()
        })
    };
    vec![
        PdfAttack::new(
            "copied",
            "the document time-stamp of another file",
            &["time.stamp-imprint"],
            fill(stamp_field(&before, "DocTimeStamp"), &|_| copied.clone()),
        )
        .of("notice-stamped"),
        PdfAttack::new(
            "of-other-bytes",
            "a document time-stamp over other bytes",
            &["time.stamp-imprint"],
            fill(stamp_field(&before, "DocTimeStamp"), &|_| token(b"other bytes", SEALED, &keys.stamper)),
        )
        .of("notice-stamped"),
        PdfAttack::new(
            "called-a-signature",
            "a document time-stamp of /Type /Sig",
            &["pdf.byte-range"],
            fill(stamp_field(&before, "Sig"), &|ranges| token(&ranges.concat(), SEALED, &keys.stamper)),
        )
        .of("notice-stamped"),
        PdfAttack::new(
            "a-signature-called-stamp",
            "a CMS signature in a document time-stamp",
            &["time.stamp-malformed"],
            super::super::sign::fill_by(stamp_field(&before, "DocTimeStamp"), &keys.housing),
        )
        .of("notice-stamped")
        .by(Attacker::OtherIssuer),
        PdfAttack::new(
            "changed-before",
            "the validation data below the document time-stamp changed",
            &["time.stamp-imprint"],
            {
                let mut out = bench.stamped.clone();
                let at = find(&out, b"\n23 0 obj").expect("the certificate") + 300;
                out[at] ^= 1;
                out
            },
        )
        .of("notice-stamped"),
        PdfAttack::new(
            "attribute-of-another",
            "the time-stamp on the signature value is over another value",
            &["time.stamp-imprint"],
            stamped(&|_| token(b"another signature", SEALED, &keys.stamper)),
        )
        .by(Attacker::Insider),
        PdfAttack::new(
            "attribute-is-none",
            "the time-stamp on the signature value is no token",
            &["time.stamp-malformed"],
            stamped(&|_| asn1::octet_string(b"no token")),
        )
        .by(Attacker::Insider),
        PdfAttack::new("attribute-by-no-one", "the token's signature value is spoilt", &["time.stamp-signature"], {
            stamped(&|signature| {
                let mut token = token(signature, SEALED, &keys.stamper);
                let last = token.len() - 1;
                token[last] ^= 1;
                token
            })
        })
        .by(Attacker::Insider),
        PdfAttack::new(
            "twice",
            "the document time-stamp of the file once more, in another field",
            &["pdf.byte-range"],
            {
                let again = last_value(&bench.stamped);
                fill(another_stamp(&bench.stamped), &|_| again.clone())
            },
        )
        .of("notice-stamped"),
    ]
}

/// A second document time-stamp: field 26, value 27.
fn another_stamp(pdf: &[u8]) -> Vec<u8> {
    use super::super::bench::{at, form, page};
    use super::super::file::Update;
    use super::super::sign::dictionary;
    let all = "8 0 R 10 0 R 12 0 R 24 0 R 26 0 R";
    let field = "<</FT /Sig /T (stamp2) /V 27 0 R /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [0 0 0 0]>>";
    Update::of([
        (at::PAGE, page("4 0 R", all, "").as_bytes()),
        (at::FORM, form(all, "").as_bytes()),
        (26, field.as_bytes()),
        (27, &dictionary("DocTimeStamp", "ETSI.RFC3161", "")),
    ])
    .on(pdf)
}

/// The bytes of the last signature value, padding included.
fn last_value(pdf: &[u8]) -> Vec<u8> {
    let open = find_last(pdf, b"/Contents <").expect("a signature") + 11;
    let digits = &pdf[open..open + find(&pdf[open..], b">").expect("it ends")];
    let text = std::str::from_utf8(digits).expect("digits");
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..][..2], 16).expect("digits")).collect()
}
