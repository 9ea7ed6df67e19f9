//! Class 4: Signatures.xml edited. Seals vanish, change places, or lead elsewhere.

use crate::attack::{Attack, Base};
use crate::parts::Parts;
use crate::sign::{LIST, SIGNATURE, VALUE, unsigned};
use crate::workshop::{PAGE, Workshop};

const FIRST: &str = "<ofd:Signature ID=\"1\" Type=\"Seal\" BaseLoc=\"/Doc_0/Signs/Sign_0/Signature.xml\"/>";
const SECOND: &str = "<ofd:Signature ID=\"3\" Type=\"Seal\" BaseLoc=\"/Doc_0/Signs/Sign_1/Signature.xml\"/>";
const LIST_CODE: &[&str] = &["ofd.signature-list"];

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let two = |change: &dyn Fn(&mut Parts)| {
        let mut parts = shop.notice_two.clone();
        change(&mut parts);
        parts.to_zip()
    };
    let open = |change: &dyn Fn(&mut Parts)| {
        let mut parts = shop.notice_open.clone();
        change(&mut parts);
        parts.to_zip()
    };
    let mut attacks = vec![
        Attack::new(
            "last-removed",
            "the record of the second seal is taken from the list",
            LIST_CODE,
            two(&|parts| {
                parts.replace(LIST, SECOND, "");
            }),
        )
        .intact()
        .of(Base::TwoSeals),
        Attack::new(
            "first-removed",
            "the record of the first seal is taken from the list",
            LIST_CODE,
            two(&|parts| {
                parts.replace(LIST, FIRST, "");
            }),
        )
        .of(Base::TwoSeals),
        Attack::new(
            "last-removed-whole",
            "the second seal is removed with all its files; the first, whose list was open, remains",
            &["ofd.list-open"],
            two(&|parts| {
                parts.replace(LIST, SECOND, "").remove_below("Doc_0/Signs/Sign_1/");
            }),
        )
        .of(Base::TwoSeals)
        .intact()
        .unclear(),
        Attack::new(
            "first-removed-whole",
            "the first seal is removed with all its files",
            &["ofd.digest"],
            two(&|parts| {
                parts.replace(LIST, FIRST, "").remove_below("Doc_0/Signs/Sign_0/");
            }),
        )
        .of(Base::TwoSeals),
        Attack::new(
            "reordered",
            "the two records change places",
            &["ofd.digest"],
            two(&|parts| {
                parts.replace(LIST, FIRST, "@").replace(LIST, SECOND, FIRST).replace(LIST, "@", SECOND);
            }),
        )
        .of(Base::TwoSeals),
        Attack::new(
            "both-to-one",
            "both records lead to the first seal",
            LIST_CODE,
            two(&|parts| {
                parts.replace(LIST, "Sign_1/Signature.xml", "Sign_0/Signature.xml");
            }),
        )
        .intact()
        .of(Base::TwoSeals),
    ];
    attacks.extend(emptied(shop));
    attacks.extend([
        Attack::new(
            "repeated",
            "the record stands twice in the open list",
            LIST_CODE,
            open(&|parts| {
                parts.replace(LIST, FIRST, &FIRST.repeat(2));
            }),
        )
        .intact()
        .of(Base::Open),
        Attack::new(
            "another-kind",
            "the seal is declared a plain signature",
            LIST_CODE,
            open(&|parts| {
                parts.replace(LIST, "Type=\"Seal\"", "Type=\"Sign\"");
            }),
        )
        .intact()
        .of(Base::Open),
        Attack::new(
            "unknown-kind",
            "the seal is declared something nobody knows",
            LIST_CODE,
            open(&|parts| {
                parts.replace(LIST, "Type=\"Seal\"", "Type=\"None\"");
            }),
        )
        .intact()
        .of(Base::Open),
        Attack::new(
            "leads-nowhere",
            "one more record leads to no file",
            LIST_CODE,
            open(&|parts| {
                parts.replace(LIST, FIRST, &format!("{FIRST}{SECOND}"));
            }),
        )
        .of(Base::Open),
        Attack::new(
            "redirected",
            "the record leads to the genuine seal of another notice, copied into the package",
            &["ofd.digest"],
            open(&|parts| {
                let other = |name: &str| shop.notice_other.get(name).to_vec();
                parts.replace(LIST, "Sign_0/Signature.xml", "Sign_1/Signature.xml");
                parts.set("Doc_0/Signs/Sign_1/Signature.xml", other(SIGNATURE));
                parts.set("Doc_0/Signs/Sign_1/SignedValue.dat", other(VALUE));
            }),
        )
        .of(Base::Open),
    ]);
    attacks
}

fn emptied(shop: &Workshop) -> Vec<Attack> {
    const LINK: &str = "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>";
    let forged = |change: &dyn Fn(&mut Parts)| {
        shop.changed(|parts| {
            parts.replace(PAGE, "1000", "9000");
            change(parts);
        })
    };
    vec![
        Attack::new(
            "emptied",
            "the list is empty, the page forged",
            &["ofd.unsigned", "ofd.signature-list"],
            forged(&|parts| {
                parts.replace(LIST, FIRST, "");
            }),
        ),
        Attack::new(
            "unlinked",
            "OFD.xml leads to no list any more",
            &["ofd.unsigned", "ofd.signature-list"],
            forged(&|parts| {
                parts.replace("OFD.xml", LINK, "");
            }),
        ),
        Attack::new(
            "list-deleted",
            "the list is gone, the link remains",
            &["ofd.unsigned"],
            forged(&|parts| {
                parts.remove(LIST);
            }),
        ),
        Attack::new(
            "value-deleted",
            "the signature value is gone",
            &["ofd.signature"],
            forged(&|parts| {
                parts.remove(VALUE);
            }),
        ),
        Attack::new("stripped", "all traces of the seal are removed from a license", &["ofd.unsigned"], {
            let mut parts = unsigned(&shop.license);
            parts.replace("OFD.xml", LINK, "");
            parts.to_zip()
        })
        .of(Base::License)
        .unsigned(),
    ]
}
