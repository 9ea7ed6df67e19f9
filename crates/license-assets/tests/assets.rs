//! The bundle is whole, a directory stays closed, layers keep their order.
#![allow(clippy::unwrap_used)]

use std::fs;

use license_assets::{Bundled, Directory, Layered};
use license_core::assets::Assets;
use license_core::id::Digest;

#[test]
fn bundle_has_fonts_and_their_license_texts() {
    let names = Bundled.list("fonts");
    for needed in
        ["ARPHICPL.txt", "ECertKai-Regular.ttf.zst", "ECertSong-Regular.ttf.zst", "HANAZONO-LICENSE.txt", "OFL.txt"]
    {
        assert!(names.iter().any(|name| name == needed), "{needed} in {names:?}");
        assert!(Bundled.read(&format!("fonts/{needed}")).is_some_and(|bytes| !bytes.is_empty()));
    }
    assert!(names.is_sorted());
    assert!(Bundled.read("fonts").is_none() && Bundled.read("../Cargo.toml").is_none());
    assert_eq!(Bundled.list("font"), Vec::<String>::new());
}

#[test]
fn digests_are_those_of_the_bytes() {
    let mut asked = 0;
    for name in Bundled.list("fonts") {
        let path = format!("fonts/{name}");
        assert_eq!(Bundled.digest(&path), Some(Digest::of(&Bundled.read(&path).unwrap())), "{path}");
        asked += 1;
    }
    assert!(asked > 7 && Bundled.digest("fonts").is_none());
}

#[test]
fn directory_refuses_to_be_left() {
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join("assets");
    fs::create_dir_all(root.join("fonts")).unwrap();
    fs::write(root.join("fonts/a.txt"), "a").unwrap();
    fs::write(outer.path().join("secret"), "s").unwrap();
    let assets = Directory::new(&root);
    assert_eq!(assets.read("fonts/a.txt").as_deref(), Some(&b"a"[..]));
    assert_eq!(assets.list("fonts"), ["a.txt"]);
    for path in ["../secret", "fonts/../../secret", "/etc/hostname", "", "fonts/", "fonts//a.txt", "fonts"] {
        assert_eq!(assets.read(path), None, "{path}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outer.path().join("secret"), root.join("fonts/link")).unwrap();
        assert_eq!(assets.read("fonts/link"), None);
    }
    assert_eq!(Directory::new(outer.path().join("absent")).list("fonts"), Vec::<String>::new());
}

#[test]
fn the_first_layer_wins_and_lists_merge() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("fonts")).unwrap();
    fs::write(root.path().join("fonts/OFL.txt"), "own").unwrap();
    fs::write(root.path().join("fonts/Own.ttf"), "own").unwrap();
    let assets = Layered::new(vec![Box::new(Directory::new(root.path())), Box::new(Bundled)]);
    assert_eq!(assets.read("fonts/OFL.txt").as_deref(), Some(&b"own"[..]));
    assert_eq!(assets.digest("fonts/OFL.txt"), Some(Digest::of(b"own")));
    assert_eq!(assets.digest("fonts/ARPHICPL.txt"), Bundled.digest("fonts/ARPHICPL.txt"));
    assert!(assets.read("fonts/ARPHICPL.txt").is_some());
    let names = assets.list("fonts");
    assert!(names.is_sorted() && names.contains(&"Own.ttf".to_owned()));
    assert_eq!(names.iter().filter(|name| *name == "OFL.txt").count(), 1);
}
