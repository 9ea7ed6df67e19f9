//! Templates outlive their installation: an archive gives the same template back, and nothing else is taken for one.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::borrow::Cow;
use std::sync::Arc;

use license_core::assets::Assets;
use license_core::template::{Catalog, Template};
use support::Repository;

fn archives() -> Vec<(Arc<Template>, Vec<u8>)> {
    let catalog = Catalog::load(&Repository).unwrap();
    catalog.iter().map(|template| (template.clone(), template.archive().unwrap())).collect()
}

/// Another edition of the same type: the version is raised.
struct Newer;

impl Assets for Newer {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let bytes = Repository.read(path)?;
        if !path.ends_with("/template.toml") {
            return Some(bytes);
        }
        let text = String::from_utf8(bytes.into_owned()).unwrap();
        assert!(text.contains("version = 1"), "{path}");
        Some(text.replacen("version = 1", "version = 2", 1).into_bytes().into())
    }

    fn list(&self, folder: &str) -> Vec<String> {
        Repository.list(folder)
    }
}

#[test]
fn an_archive_gives_the_same_template_back() {
    for (template, bytes) in archives() {
        let back = Template::from_archive(&bytes).unwrap();
        assert_eq!((back.id(), back.digest), (template.id(), template.digest));
        assert_eq!(back.backgrounds, template.backgrounds);
        assert!(back.files().eq(template.files()));
        assert_eq!(back.archive().unwrap(), bytes);
    }
}

#[test]
fn the_catalog_finds_archived_templates_by_digest_alone() {
    let mut catalog = Catalog::load(&Newer).unwrap();
    for (older, bytes) in archives() {
        let (id, code) = (older.id(), older.file.kind.code.as_str());
        assert!(catalog.by_digest(id, &older.digest).is_none());
        catalog.add_archived(Template::from_archive(&bytes).unwrap());
        assert_eq!(catalog.by_digest(id, &older.digest).unwrap().file.kind.version, 1);
        assert!(catalog.by_digest("another-type", &older.digest).is_none());
        let current = catalog.get(id).unwrap();
        assert_eq!(current.file.kind.version, 2);
        assert_eq!(catalog.by_code(code).unwrap().file.kind.version, 2);
        assert_eq!(catalog.by_digest(id, &current.digest).unwrap().file.kind.version, 2);
    }
    assert_eq!(catalog.iter().len(), 4);
    assert!(catalog.iter().all(|template| template.file.kind.version == 2));
}

#[test]
fn what_is_cut_or_longer_or_garbage_is_an_error() {
    let (_, bytes) = archives().into_iter().min_by_key(|(_, bytes)| bytes.len()).unwrap();
    let step = bytes.len() / 300;
    for end in (0..200).chain((200..bytes.len()).step_by(step)).chain([bytes.len() - 1]) {
        assert!(Template::from_archive(&bytes[..end]).is_err(), "the first {end} bytes");
    }
    assert!(Template::from_archive(&[bytes.as_slice(), b"\n"].concat()).is_err());
    for at in 0..40 {
        let mut changed = bytes.clone();
        changed[at] ^= 0x81;
        assert!(Template::from_archive(&changed).is_err(), "byte {at}");
    }
    for garbage in [&b""[..], b"LTA1", b"LTA1\xff", b"LTA1\x00\xff\xff", b"LTA1\x01a\x00\x01\x00\x01b\xff\xff\xff\xff"]
    {
        assert!(Template::from_archive(garbage).is_err());
    }
}

#[test]
fn a_file_that_no_face_names_or_another_order_is_an_error() {
    let (template, bytes) = archives().remove(0);
    let count = 4 + 1 + template.id().len();
    let mut more = bytes.clone();
    more[count + 1] += 1;
    more.extend_from_slice(b"\x00\x05x.svg\x00\x00\x00\x00");
    assert!(Template::from_archive(&more).is_err());

    // `template.toml` last instead of first.
    let first = 2 + "template.toml".len() + 4 + template.files().next().unwrap().1.len();
    let (head, files) = bytes.split_at(count + 2);
    assert!(Template::from_archive(&[head, &files[first..], &files[..first]].concat()).is_err());
}
