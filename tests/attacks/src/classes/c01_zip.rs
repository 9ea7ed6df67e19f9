//! Class 1: duplicate zip entries and headers that disagree. Two readers unpack two documents.

use crate::attack::Attack;
use crate::parts::Parts;
use crate::workshop::{PAGE, TERMS, Workshop};
use crate::zip::{Entry, Zip, crc32, deflate, unicode_path, zip64};

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = twins(shop);
    attacks.extend(headers(shop));
    attacks.extend(outside(shop));
    attacks
}

fn with(shop: &Workshop, change: impl FnOnce(&mut Zip)) -> Vec<u8> {
    let mut zip = Zip::of(&shop.notice);
    change(&mut zip);
    zip.to_bytes()
}

fn twins(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["ofd.duplicate-entry"];
    let forged = || Entry::deflated(PAGE, &shop.dear_page());
    let renamed = |name: &str| Entry::deflated(name, &shop.dear_page());
    vec![
        Attack::new(
            "twin-behind",
            "the first page a second time, forged, at the end",
            CODES,
            with(shop, |zip| {
                zip.entries.push(forged());
            }),
        ),
        Attack::new(
            "twin-before",
            "the forged page before the genuine one",
            CODES,
            with(shop, |zip| {
                zip.entries.insert(0, forged());
            }),
        ),
        Attack::new(
            "twin-in-other-case",
            "a forged page whose name differs in case only",
            CODES,
            with(shop, |zip| {
                zip.entries.push(renamed("Doc_0/pages/page_0/content.xml"));
            }),
        ),
        Attack::new(
            "twin-by-dot",
            "a forged page named Doc_0/./Pages/…",
            CODES,
            with(shop, |zip| {
                zip.entries.push(renamed("Doc_0/./Pages/Page_0/Content.xml"));
            }),
        ),
        Attack::new(
            "two-records-one-body",
            "two directory records share one entry's bytes",
            CODES,
            with(shop, |zip| {
                let body = zip.position(PAGE);
                let mut twin = zip.entries[body].clone();
                twin.name = b"Doc_0/Pages/Page_2/Content.xml".to_vec();
                (twin.present, twin.offset_of) = (false, Some(body));
                zip.entries.push(twin);
            }),
        ),
    ]
}

fn headers(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["ofd.header-mismatch"];
    const DAMAGED: &[&str] = &["ofd.entry-damaged"];
    vec![
        Attack::new(
            "local-names-swapped",
            "the local headers of the genuine page and of a forged one bear each other's names",
            CODES,
            with(shop, |zip| {
                let mut forged = Entry::deflated("Doc_0/Res/more.xml", &shop.dear_page());
                forged.local_name = Some(PAGE.as_bytes().to_vec());
                zip.entry(PAGE).local_name = Some(b"Doc_0/Res/more.xml".to_vec());
                zip.entries.push(forged);
            }),
        ),
        Attack::new(
            "local-sizes",
            "the local header of the page tells a shorter length than the directory",
            CODES,
            with(shop, |zip| {
                let entry = zip.entry(PAGE);
                let (crc, packed, size) = entry.told;
                entry.local_told = Some((crc, packed - 40, size - 100));
            }),
        ),
        Attack::new(
            "local-method",
            "the local header says stored, the directory deflated: a stored forged attachment shows to one reader",
            CODES,
            with(shop, |zip| zip.entry(TERMS).local_method = Some(0)),
        ),
        Attack::new(
            "local-checksum",
            "the local header has the checksum of a forged page",
            CODES,
            with(shop, |zip| {
                let entry = zip.entry(PAGE);
                let (_, packed, size) = entry.told;
                entry.local_told = Some((crc32(&shop.dear_page()), packed, size));
            }),
        ),
        Attack::new(
            "unicode-path",
            "an Info-ZIP Unicode path gives a forged file the name of the page",
            CODES,
            with(shop, |zip| {
                let name = "Doc_0/Res/more.xml";
                let mut forged = Entry::deflated(name, &shop.dear_page());
                forged.extra = unicode_path(name.as_bytes(), PAGE);
                forged.local_extra = forged.extra.clone();
                zip.entries.push(forged);
            }),
        ),
        Attack::new(
            "zip64-sizes",
            "a zip64 field tells other sizes than the directory, though nothing asks for it: some readers take it anyway",
            CODES,
            with(shop, |zip| zip.entry(PAGE).extra = zip64(100, 80)),
        ),
        Attack::new(
            "checksum-wrong",
            "the page is forged, the checksum left as it was",
            DAMAGED,
            with(shop, |zip| {
                let forged = shop.dear_page();
                let entry = zip.entry(PAGE);
                entry.data = deflate(&forged);
                entry.told = (entry.told.0, entry.data.len() as u32, forged.len() as u32);
            }),
        ),
        Attack::new(
            "encrypted-page",
            "the page's entry is flagged as encrypted: a reader that ignores the flag shows it",
            DAMAGED,
            with(shop, |zip| zip.entry(PAGE).flags |= 1),
        ),
        Attack::new(
            "strongly-encrypted-page",
            "the page's entry is flagged as strongly encrypted, and is not: some readers stop, some show it",
            DAMAGED,
            with(shop, |zip| zip.entry(PAGE).flags |= 0x40),
        ),
        Attack::new(
            "patched-page",
            "the page's entry is flagged as a patch of some other file: some readers stop, some show it",
            DAMAGED,
            with(shop, |zip| zip.entry(PAGE).flags |= 0x20),
        ),
        Attack::new(
            "zip64-place",
            "a zip64 field leads to another place than the directory, though nothing asks for it",
            CODES,
            with(shop, |zip| {
                let entry = zip.entry(PAGE);
                let (_, packed, size) = entry.told;
                entry.extra = zip64(size.into(), packed.into());
                entry.extra[2] = 24;
                entry.extra.extend_from_slice(&0u64.to_le_bytes());
            }),
        ),
        Attack::new(
            "zip64-local-sizes",
            "a zip64 field of the local header tells other sizes than everything else",
            CODES,
            with(shop, |zip| zip.entry(PAGE).local_extra = zip64(100, 80)),
        ),
        Attack::new(
            "unknown-method",
            "the page claims a compression method that only some readers know",
            DAMAGED,
            with(shop, |zip| zip.entry(PAGE).method = 12),
        ),
    ]
}

fn outside(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["ofd.outside-bytes"];
    let good = &shop.notice_zip;
    let forged = {
        let mut parts: Parts = shop.notice.clone();
        parts.set(PAGE, shop.dear_page());
        parts.to_zip()
    };
    let hidden = |name, how, spoil: &dyn Fn(&mut [u8])| {
        let mut comment = forged.clone();
        let end = comment.len() - 22;
        spoil(&mut comment[end..]);
        Attack::new(name, how, CODES, with(shop, |zip| zip.comment = comment))
    };
    vec![
        Attack::new(
            "unlisted-twin",
            "a forged page with a local header, which the directory does not list: readers that stream see it",
            CODES,
            with(shop, |zip| {
                let mut forged = Entry::deflated(PAGE, &shop.dear_page());
                forged.listed = false;
                zip.entries.push(forged);
            }),
        ),
        Attack::new("forged-zip-before", "a forged package stands before the genuine one", CODES, {
            [forged.as_slice(), good].concat()
        }),
        Attack::new(
            "forged-zip-in-comment",
            "a forged package stands in the comment of the genuine one: readers that search from the end see it",
            CODES,
            with(shop, |zip| zip.comment = forged.clone()),
        ),
        hidden(
            "hidden-zip-of-another-disk",
            "a forged package in the comment, whose end record names another disk: readers that do not care show it",
            &|end| end[4] = 1,
        ),
        hidden(
            "hidden-zip-with-fewer-entries",
            "the same, with an end record that counts fewer entries on this disk",
            &|end| end[8] -= 1,
        ),
        hidden(
            "hidden-zip-with-a-long-comment",
            "the same, with an end record whose comment goes beyond the file",
            &|end| {
                end[21] = 2;
            },
        ),
        Attack::new("hidden-page", "a forged page stands in the comment, in an entry of its own", CODES, {
            let forged = Entry::deflated(PAGE, &shop.dear_page());
            let comment = Zip { entries: vec![forged], ..Zip::default() }.files();
            with(shop, |zip| zip.comment = comment)
        }),
        Attack::new("bytes-before", "a script stands before the zip", CODES, {
            [b"#!/bin/sh\necho\nexit\n".as_slice(), good].concat()
        }),
        Attack::new(
            "bytes-behind",
            "a kilobyte behind the end record",
            CODES,
            [good.as_slice(), &[0x41; 1024]].concat(),
        ),
        Attack::new(
            "gap-before-directory",
            "bytes between the last entry and the directory",
            CODES,
            with(shop, |zip| zip.gap = vec![0x42; 300]),
        ),
    ]
}
