//! Class 11: the seal moved, replaced, or painted where none is.

use crate::attack::{Attack, Attacker, Base};
use crate::parts::Parts;
use crate::seal::Scene;
use crate::seal::{SealSpec, Value};
use crate::sign::{NAMESPACE, SIGNATURE, Signing, VALUE, stamps, unsigned};
use crate::workshop::{DOCUMENT, DOCUMENT_RES, EMBLEM, PAGE, Workshop};

use super::c06_keys::replace_bytes;

const BOX: &str = "Boundary=\"130 140 42 42\"";

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = moved(shop);
    attacks.extend(replaced(shop));
    attacks.extend(placed(shop));
    attacks.extend(painted(shop));
    attacks.extend(misplaced(shop));
    attacks
}

/// The seal of a license elsewhere than the template has it.
fn misplaced(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["stamp.slot"];
    let own = stamps(&shop.license);
    let boundary = crate::parts::between(&own, "Boundary=\"", "\"");
    let moved = |to: &str| own.replace(boundary, to);
    let stamped = |stamps: &str| {
        let mut parts = unsigned(&shop.license);
        let value = Value { binds_container: true, ..shop.by_market() };
        let make = |scene: &Scene<'_>| value.over(scene);
        Signing::new(&make, stamps).put_on(&mut parts);
        parts.to_zip()
    };
    let attacks = vec![
        Attack::new(
            "license-elsewhere",
            "the seal on an empty part of the page",
            CODES,
            stamped(&moved("120 160 42 42")),
        ),
        Attack::new("license-over-words", "the seal over the holder's name", CODES, stamped(&moved("64 60 42 42"))),
        Attack::new("license-over-code", "the seal over the QR code", CODES, stamped(&moved("20 145 42 42"))),
        Attack::new(
            "license-half",
            "half of the seal, in its place",
            CODES,
            stamped(&own.replacen("/>", " Clip=\"0 0 21 42\"/>", 1)),
        ),
        Attack::new(
            "license-sliver",
            "a fifth of a millimetre of the seal",
            CODES,
            stamped(&own.replacen("/>", " Clip=\"0 0 0.2 0.2\"/>", 1)),
        ),
        Attack::new("license-twice", "the seal in its place, and once more over the words", CODES, {
            let more = moved("64 60 42 42").replacen("ID=\"2\"", "ID=\"3\"", 1);
            stamped(&format!("{own}{more}"))
        }),
    ];
    attacks.into_iter().map(|attack| attack.of(Base::License).by(Attacker::Insider).intact()).collect()
}

fn moved(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["seal.data-hash"];
    let edited = |from: &str, to: &str| {
        shop.changed(|parts| {
            parts.replace(SIGNATURE, from, to);
        })
    };
    vec![
        Attack::new("moved", "the stamp is moved over the amount", CODES, edited(BOX, "Boundary=\"30 90 42 42\"")),
        Attack::new(
            "moved-to-page-2",
            "the stamp is moved to the second page",
            CODES,
            edited("PageRef=\"5\"", "PageRef=\"6\""),
        ),
        Attack::new("enlarged", "the stamp covers the page", CODES, edited(BOX, "Boundary=\"0 0 210 297\"")),
        Attack::new("hidden", "the stamp is taken away, the signature remains", CODES, {
            let stamp = stamps(&shop.notice);
            edited(&stamp, "")
        }),
        Attack::new("shown-twice", "the stamp is shown a second time", CODES, {
            let stamp = stamps(&shop.notice);
            let second = stamp.replace("130 140", "30 200").replace("ID=\"2\"", "ID=\"3\"");
            edited(&stamp, &format!("{stamp}{second}"))
        }),
    ]
}

fn replaced(shop: &Workshop) -> Vec<Attack> {
    let value = shop.by_market();
    let make = |scene: &Scene<'_>| value.over(scene);
    let with_file = {
        let mut parts = unsigned(&shop.notice);
        let stamps = stamps(&shop.notice);
        Signing { seal_file: Some(shop.market_seal.clone()), ..Signing::new(&make, &stamps) }.put_on(&mut parts);
        parts
    };
    let other_file = |protected: bool| {
        let mut parts = with_file.clone();
        if !protected {
            parts = unsigned(&shop.notice);
            let stamps = stamps(&shop.notice);
            let protects = |name: &str| !name.ends_with("Seal.esl");
            let file = Some(shop.market_seal.clone());
            Signing { seal_file: file, protects: Some(&protects), ..Signing::new(&make, &stamps) }.put_on(&mut parts);
        }
        parts.set("Doc_0/Signs/Sign_0/Seal.esl", shop.housing_seal.clone());
        parts.to_zip()
    };
    let in_value = |change: &dyn Fn(&mut Vec<u8>)| {
        shop.changed(|parts| {
            let mut bytes = parts.get(VALUE).to_vec();
            change(&mut bytes);
            parts.set(VALUE, bytes);
        })
    };
    let at =
        |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).position(|window| window == word).expect("it is there");
    vec![
        Attack::new(
            "file-replaced",
            "Seal.esl is replaced by another issuer's genuine seal; viewers that take the picture from there show it",
            &["seal.copy-differs", "ofd.digest"],
            other_file(true),
        ),
        Attack::new(
            "file-replaced-unprotected",
            "the same where the seal does not protect Seal.esl",
            &["seal.copy-differs"],
            other_file(false),
        ),
        Attack::new("file-deleted", "Seal.esl is gone", &["ofd.digest"], {
            let mut parts = with_file.clone();
            parts.remove("Doc_0/Signs/Sign_0/Seal.esl");
            parts.to_zip()
        }),
        Attack::new(
            "picture-repainted",
            "the picture inside the seal is changed",
            &["seal.maker-signature", "seal.signature"],
            in_value(&|bytes| {
                let end = at(bytes, b"IEND");
                bytes[end - 20] ^= 0x55;
            }),
        ),
        Attack::new(
            "picture-resized",
            "the seal's millimetres are changed from 42 to 84",
            &["seal.maker-signature", "seal.signature"],
            in_value(&|bytes| {
                // Two INTEGERs of 42 stand behind the picture.
                let place = at(bytes, &[2, 1, 42, 2, 1, 42]);
                bytes[place + 2] = 84;
                bytes[place + 5] = 84;
            }),
        ),
        Attack::new(
            "renamed",
            "the seal's number is changed",
            &["seal.maker-signature", "seal.signature"],
            in_value(&|bytes| replace_bytes(bytes, b"34010000000001", b"34010000000009")),
        ),
    ]
}

/// What a careless or careful signer put in a strange place.
fn placed(shop: &Workshop) -> Vec<Attack> {
    let with = |stamps: &str| {
        let value = shop.by_market();
        let make = |scene: &Scene<'_>| value.over(scene);
        let mut parts = unsigned(&shop.notice);
        Signing::new(&make, stamps).put_on(&mut parts);
        parts.to_zip()
    };
    let stamp = |inside: &str| with(&format!("<ofd:StampAnnot ID=\"2\" {inside}/>"));
    let twice = |second: &str| {
        with(&format!(
            "<ofd:StampAnnot ID=\"2\" PageRef=\"5\" {BOX}/><ofd:StampAnnot ID=\"3\" PageRef=\"5\" {second}/>"
        ))
    };
    vec![
        Attack::new(
            "on-no-page",
            "the stamp names a page that does not exist",
            &["stamp.page"],
            stamp(&format!("PageRef=\"99\" {BOX}")),
        )
        .intact(),
        Attack::new(
            "on-the-template",
            "the stamp names the template in place of a page",
            &["stamp.page"],
            stamp(&format!("PageRef=\"1\" {BOX}")),
        )
        .intact(),
        Attack::new(
            "off-the-page",
            "the stamp lies beside the page",
            &["stamp.off-page"],
            stamp("PageRef=\"5\" Boundary=\"500 500 42 42\""),
        )
        .intact(),
        Attack::new(
            "a-dot",
            "the stamp is a tenth of a millimetre wide",
            &["stamp.size"],
            stamp("PageRef=\"5\" Boundary=\"130 140 0.1 0.1\""),
        )
        .intact(),
        Attack::new(
            "a-sheet",
            "the stamp covers the whole page",
            &["stamp.size"],
            stamp("PageRef=\"5\" Boundary=\"0 0 210 297\""),
        )
        .intact(),
        Attack::new(
            "clipped-to-nothing",
            "the stamp shows none of its picture",
            &["stamp.page"],
            stamp(&format!("PageRef=\"5\" {BOX} Clip=\"0 0 0 0\"")),
        )
        .intact(),
        Attack::new("on-itself", "two stamps lie on each other", &["stamp.repeated"], twice(BOX)).intact(),
    ]
    .into_iter()
    .map(|attack| attack.by(Attacker::Insider))
    .collect()
}

const IMAGE: &str = "<ofd:ImageObject ID=\"95\" Boundary=\"130 140 42 42\" CTM=\"42 0 0 42 0 0\" ResourceID=\"94\"/>";

/// The picture of a seal as an ordinary picture of the page.
fn paint(parts: &mut Parts, picture: &[u8]) {
    if parts.has(DOCUMENT_RES) {
        parts.replace(
            DOCUMENT_RES,
            "</ofd:MultiMedias>",
            "<ofd:MultiMedia ID=\"94\" Type=\"Image\" Format=\"PNG\"><ofd:MediaFile>seal.png</ofd:MediaFile></ofd:MultiMedia>\
             </ofd:MultiMedias>",
        );
    } else {
        parts.set(DOCUMENT_RES, format!(
            "<ofd:Res {NAMESPACE} BaseLoc=\"Res\"><ofd:MultiMedias><ofd:MultiMedia ID=\"94\" Type=\"Image\" Format=\"PNG\">\
             <ofd:MediaFile>seal.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
        ));
        parts.replace(
            DOCUMENT,
            "</ofd:PublicRes>",
            "</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>",
        );
    }
    parts.set("Doc_0/Res/seal.png", picture);
    parts.replace(PAGE, "</ofd:Layer></ofd:Content>", &format!("{IMAGE}</ofd:Layer></ofd:Content>"));
}

fn painted(shop: &Workshop) -> Vec<Attack> {
    let bare = |base: &Parts| {
        let mut parts = unsigned(base);
        parts.replace("OFD.xml", "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>", "");
        parts
    };
    let unsealed = |base: &Parts| {
        let mut parts = bare(base);
        paint(&mut parts, &shop.picture);
        parts.to_zip()
    };
    let annotated = {
        let mut parts = bare(&shop.notice);
        parts
            .replace(DOCUMENT_RES, "image_4.png", "seal.png")
            .set("Doc_0/Res/seal.png", shop.picture.clone())
            .remove(EMBLEM);
        parts.replace(
            DOCUMENT,
            "<ofd:Attachments>",
            "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:Attachments>",
        );
        parts.set("Doc_0/Annots/Annotations.xml", format!(
            "<ofd:Annotations {NAMESPACE}><ofd:Page PageID=\"5\"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"
        ));
        parts.set("Doc_0/Annots/Page_0/Annotation.xml", format!(
            "<ofd:PageAnnot {NAMESPACE}><ofd:Annot ID=\"90\" Type=\"Stamp\" Creator=\"x\" LastModDate=\"2026-12-02\">\
             <ofd:Appearance Boundary=\"130 140 42 42\"><ofd:ImageObject ID=\"91\" Boundary=\"0 0 42 42\" \
             CTM=\"42 0 0 42 0 0\" ResourceID=\"4\"/></ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
        ));
        parts.to_zip()
    };
    let own = SealSpec { signers: vec![], picture: crate::picture::seal_picture(2), ..shop.market_spec() }
        .with_signer(&shop.keys.impostor)
        .made_by(&shop.keys.stranger_maker);
    vec![
        Attack::new(
            "painted",
            "an unsealed notice shows the seal's picture as an ordinary picture",
            &["ofd.unsigned", "stamp.lookalike"],
            unsealed(&shop.notice),
        )
        .unsigned(),
        Attack::new(
            "painted-license",
            "the same for a license",
            &["ofd.unsigned", "stamp.lookalike"],
            unsealed(&shop.license),
        )
        .of(Base::License)
        .unsigned(),
        Attack::new(
            "painted-as-annotation",
            "the seal's picture as an annotation of the type Stamp",
            &["ofd.unsigned", "stamp.lookalike"],
            annotated,
        )
        .unsigned(),
        Attack::new(
            "painted-beside-a-genuine-seal",
            "another trusted issuer seals a notice on which the first issuer's seal is painted",
            &["stamp.lookalike"],
            {
                let value = shop.by_housing();
                shop.sealed_with(&value, |parts| paint(parts, &shop.picture)).to_zip()
            },
        )
        .by(Attacker::OtherIssuer)
        .intact()
        .unclear(),
        Attack::new(
            "painted-twice",
            "the issuer's seal is painted once more on another place of the page that it seals",
            &["stamp.painted"],
            shop.sealed_by_market(|parts| {
                paint(parts, &shop.picture);
                parts.replace(PAGE, "Boundary=\"130 140 42 42\" CTM", "Boundary=\"30 200 42 42\" CTM");
            })
            .to_zip(),
        )
        .by(Attacker::Insider)
        .intact(),
        Attack::new(
            "painted-under-a-strange-seal",
            "a stranger's seal without a visible stamp, the genuine picture painted on the page",
            &["stamp.lookalike", "signer.untrusted"],
            {
                let value = Value::new(&own, &shop.keys.impostor);
                let make = |scene: &Scene<'_>| value.over(scene);
                let mut parts = unsigned(&shop.notice);
                paint(&mut parts, &shop.picture);
                Signing::new(&make, "").put_on(&mut parts);
                parts.to_zip()
            },
        )
        .by(Attacker::OwnKey)
        .intact()
        .unclear(),
    ]
}
