//! Writes the list of bundled files with their digests. The bytes themselves come in through `include_bytes!`, so that nothing is copied
//! and a rebuild happens only when a file of the two folders changes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest as _, Sha256};

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let root = here.join("../..").canonicalize()?;
    let mut files = Vec::new();
    collect(&root.join("templates"), "templates", &mut files)?;
    collect(&root.join("assets/fonts"), "fonts", &mut files)?;
    files.sort();

    // Bytes inside a function stay out of the crate's metadata; in a static they would be stored twice.
    let mut names = String::from("const NAMES: &[&str] = &[\n");
    let mut code =
        String::from("#[inline(never)]\nfn file(name: &str) -> Option<&'static [u8]> {\n    Some(match name {\n");
    let mut digests = String::from("fn digest(name: &str) -> Option<[u8; 32]> {\n    Some(match name {\n");
    for (name, path) in &files {
        writeln!(names, "    {name:?},").expect("a String takes everything");
        writeln!(code, "        {name:?} => include_bytes!({path:?}),").expect("a String takes everything");
        let digest: [u8; 32] = Sha256::digest(fs::read(path)?).into();
        writeln!(digests, "        {name:?} => {digest:?},").expect("a String takes everything");
    }
    const END: &str = "        _ => return None,\n    })\n}\n";
    let code = format!("{names}];\n\n{code}{END}\n{digests}{END}");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it")).join("files.rs");
    if fs::read_to_string(&out).ok().as_deref() != Some(code.as_str()) {
        fs::write(out, code)?;
    }
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

fn collect(folder: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file = entry.file_name().into_string().map_err(|name| io::Error::other(format!("file name {name:?}")))?;
        if file.starts_with('.') {
            continue;
        }
        let name = format!("{name}/{file}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &name, files)?;
        } else {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}
