//! Class 3: games with paths. One name, two files; or a file outside of the package.

use crate::attack::{Attack, Attacker};
use crate::parts::Parts;
use crate::seal::Scene;
use crate::sign::{SIGNATURE, Signing, stamps, unsigned};
use crate::workshop::{DOCUMENT, PAGE, Workshop};
use crate::zip::{Entry, Zip};

const PATH: &[&str] = &["ofd.path"];

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = names(shop);
    attacks.extend(links(shop));
    attacks.extend(references(shop));
    attacks
}

/// A forged page under a name that some readers take for the page's.
fn named(shop: &Workshop, name: &[u8]) -> Vec<u8> {
    let mut zip = Zip::of(&shop.notice);
    let mut forged = Entry::deflated("x", &shop.dear_page());
    forged.name = name.to_vec();
    zip.entries.push(forged);
    zip.to_bytes()
}

fn names(shop: &Workshop) -> Vec<Attack> {
    let made = |name: &'static str, how: &'static str, codes: &'static [&'static str], entry: &[u8]| {
        Attack::new(name, how, codes, named(shop, entry))
    };
    let with_mode = |host: u16, mode: u32| {
        let mut zip = Zip::of(&shop.notice);
        zip.entry(PAGE).mode = Some((host, mode));
        zip.to_bytes()
    };
    vec![
        Attack::new(
            "symbolic-link",
            "the directory calls the page a symbolic link: readers that unpack follow it",
            PATH,
            with_mode(3, 0o120_777),
        ),
        Attack::new(
            "symbolic-link-of-another-system",
            "the same, written by OS X: readers that unpack follow it all the same",
            PATH,
            with_mode(19, 0o120_777),
        ),
        Attack::new("pipe", "the directory calls the page a pipe: readers that unpack wait for it", PATH, {
            with_mode(3, 0o010_644)
        }),
        made("backslash", "a forged page with backslashes in its name", PATH, b"Doc_0\\Pages\\Page_0\\Content.xml"),
        made("climbing", "a forged page reached through ..", PATH, b"Doc_0/Res/../Pages/Page_0/Content.xml"),
        made("out-of-the-package", "a file that unpacks outside of the target folder", PATH, b"../../etc/cron.d/x"),
        made("absolute", "a forged page with a leading slash", PATH, b"/Doc_0/Pages/Page_0/Content.xml"),
        made("drive", "a file with a drive letter", PATH, b"C:/Doc_0/Pages/Page_0/Content.xml"),
        made(
            "nul",
            "a name that ends, for some readers, before a zero byte",
            PATH,
            b"Doc_0/Pages/Page_0/Content.xml\0.bak",
        ),
        made(
            "doubled-slash",
            "a forged page with a doubled slash in its name",
            PATH,
            b"Doc_0//Pages/Page_0/Content.xml",
        ),
        made(
            "trailing-blank",
            "a forged page whose name ends in a blank, which some systems drop",
            PATH,
            b"Doc_0/Pages/Page_0/Content.xml ",
        ),
        made(
            "trailing-dot",
            "a forged page in a folder whose name ends in a dot, which some systems drop",
            PATH,
            b"Doc_0/Pages/Page_0./Content.xml",
        ),
        made(
            "right-to-left",
            "a name with a right-to-left override reads backwards",
            PATH,
            "Doc_0/Attachs/\u{202e}fdo.exe".as_bytes(),
        ),
    ]
}

/// What a good signer was made to sign.
fn links(shop: &Workshop) -> Vec<Attack> {
    let insider =
        |name: &'static str, how: &'static str, codes: &'static [&'static str], change: &dyn Fn(&mut Parts)| {
            Attack::new(name, how, codes, shop.sealed_by_market(change).to_zip()).by(Attacker::Insider).intact()
        };
    vec![
        insider("page-outside", "a page link leads out of the package", PATH, &|parts| {
            parts.replace(DOCUMENT, "Pages/Page_0/Content.xml", "../../Pages/Page_0/Content.xml");
        }),
        insider("root-outside", "DocRoot climbs out of the package", PATH, &|parts| {
            parts.replace("OFD.xml", "<ofd:DocRoot>Doc_0/Document.xml", "<ofd:DocRoot>../Doc_0/Document.xml");
        }),
        insider("page-by-url", "a page link is a web address", PATH, &|parts| {
            parts.replace(DOCUMENT, "Pages/Page_0/Content.xml", "http://evil.example/Content.xml");
        }),
        insider(
            "page-by-backslash",
            "a page link with backslashes: some readers follow it, some do not",
            PATH,
            &|parts| {
                parts.replace(DOCUMENT, "Pages/Page_0/Content.xml", "Pages\\Page_0\\Content.xml");
            },
        ),
        insider(
            "page-missing",
            "a page link leads to nothing: what was sealed may come later",
            &["ofd.reference"],
            &|parts| {
                parts.replace(DOCUMENT, "Pages/Page_1/Content.xml", "Pages/Page_7/Content.xml");
                parts.remove("Doc_0/Pages/Page_1/Content.xml");
            },
        )
        .intact(),
    ]
}

fn references(shop: &Workshop) -> Vec<Attack> {
    let stamps = stamps(&shop.notice);
    let value = shop.by_market();
    let make = |scene: &Scene<'_>| value.over(scene);
    let signed = |edit: &dyn Fn(String) -> String, after: &dyn Fn(&mut Parts)| {
        let mut parts = unsigned(&shop.notice);
        Signing { edit: Some(edit), ..Signing::new(&make, &stamps) }.put_on(&mut parts);
        after(&mut parts);
        parts.to_zip()
    };
    let page = format!("FileRef=\"/{PAGE}\"");
    let swap = |to: &str| {
        let (page, to) = (page.clone(), format!("FileRef=\"{to}\""));
        move |xml: String| {
            assert!(xml.contains(&page), "{SIGNATURE} names the page");
            xml.replace(&page, &to)
        }
    };
    let nothing: &dyn Fn(&mut Parts) = &|_| {};
    vec![
        Attack::new(
            "reference-in-other-case",
            "the signed reference names the page in another case; the page was forged, its genuine twin added in that case",
            &["ofd.duplicate-entry"],
            signed(&swap("/Doc_0/pages/page_0/content.xml"), &|parts| {
                let genuine = parts.get(PAGE).to_vec();
                parts.set(PAGE, shop.dear_page());
                parts.set("Doc_0/pages/page_0/content.xml", genuine);
            }),
        ),
        Attack::new(
            "reference-outside",
            "a signed reference climbs out of the package: on the signer's machine the file was there",
            PATH,
            signed(&swap("/../../Doc_0/Pages/Page_0/Content.xml"), nothing),
        )
        .by(Attacker::Insider),
        Attack::new(
            "reference-redirected",
            "the signed reference names a copy of the page; the page itself was forged later",
            &["ofd.uncovered"],
            signed(&swap("/Doc_0/Pages/Page_0/Copy.xml"), &|parts| {
                let genuine = parts.get(PAGE).to_vec();
                parts.set(PAGE, shop.dear_page());
                parts.set("Doc_0/Pages/Page_0/Copy.xml", genuine);
            }),
        )
        .intact(),
    ]
}
