//! The arrows between the rooms of this house, and what the rooms below the server must not reach for.
//! docs/architecture.md draws the same arrows; a new one is a decision, not a convenience.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;
use tests::places::root;

/// crate → the crates of this workspace that it may use; the binary at the end may use them all.
const ARROWS: &str = "
    pki pdf-sign ofd →
    eseal pkcs11-signer pki-client → pki
    license-core → pki ofd pdf-sign eseal
    license-assets → license-core
    license-server → license-core license-assets pki eseal pkcs11-signer pki-client
    license-cli → license-core license-assets license-server pki eseal pkcs11-signer pki-client ofd pdf-sign
";

/// Formats that know no cryptography, not even through somebody else.
const FORMATS: &[&str] = &["ofd", "pdf-sign"];
const CRYPTOGRAPHY: &[&str] = &[
    "ring",
    "aws-lc-rs",
    "sm2",
    "sm3",
    "sha1",
    "sha2",
    "sha3",
    "md-5",
    "p256",
    "p384",
    "rsa",
    "aes",
    "hmac",
    "digest",
    "elliptic-curve",
    "ecdsa",
    "signature",
    "ed25519-dalek",
    "openssl",
    "argon2",
];

/// Libraries that get files, the time, randomness and settings as arguments.
const PURE: &[&str] = &["pki", "ofd", "pdf-sign", "eseal", "license-core"];
const IMPURE: &[&str] = &[
    "std::fs",
    "fs",
    "File::open",
    "File::create",
    "std::env",
    "env",
    "std::net",
    "net",
    "TcpStream",
    "UdpSocket",
    "std::process",
    "SystemTime",
    "Instant::now",
    "OffsetDateTime::now",
    "now_utc",
    "now_local",
    "thread_rng",
    "ThreadRng",
    "getrandom",
    "OsRng",
    "SysRng",
    "rand::rng",
    "SystemRandom",
];
/// What is let through, and why: crate, name, reason.
const EXCEPTIONS: &[(&str, &str, &str)] =
    &[("pki", "SystemRandom", "ring signs ECDSA and RSA with its own source of nonces only; its trait is sealed")];

#[test]
fn the_crates_use_each_other_only_along_the_arrows() {
    let packages: Value = serde_json::from_slice(&cargo(&["metadata", "--format-version", "1", "--no-deps"])).unwrap();
    let packages = packages["packages"].as_array().unwrap();
    let names: BTreeSet<&str> = packages.iter().map(|p| p["name"].as_str().unwrap()).collect();
    let allowed = arrows();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        if ["attacks", "fuzz-targets", "tests", "xtask"].contains(&name) {
            continue;
        }
        let may = allowed.get(name).unwrap_or_else(|| panic!("{name} is not in the drawing of the arrows"));
        let normal = package["dependencies"].as_array().unwrap().iter().filter(|d| d["kind"].is_null());
        let used: BTreeSet<&str> = normal.map(|d| d["name"].as_str().unwrap()).filter(|d| names.contains(d)).collect();
        let extra: Vec<_> = used.difference(may).collect();
        assert!(extra.is_empty(), "{name} must not depend on {extra:?}");
    }
    let drawn: BTreeSet<&str> = allowed.keys().copied().collect();
    assert!(drawn.is_subset(&names), "drawn but not there: {:?}", drawn.difference(&names).collect::<Vec<_>>());
}

#[test]
fn the_document_formats_reach_no_cryptography() {
    for format in FORMATS {
        let reached = reached(format);
        let found: Vec<_> = CRYPTOGRAPHY.iter().filter(|name| reached.iter().any(|r| r == *name)).collect();
        assert!(found.is_empty(), "{format} reaches {found:?}");
    }
    assert!(reached("pki").iter().any(|name| name == "sm2"), "the search finds what is there");
}

#[test]
fn the_libraries_ask_no_file_clock_network_environment_or_hidden_randomness() {
    let mut found = Vec::new();
    for name in PURE {
        let sources = sources(&root().join("crates").join(name).join("src"));
        assert!(!sources.is_empty(), "{name} has no sources");
        for path in sources {
            let text = fs::read_to_string(&path).unwrap();
            for (number, line) in code(&text) {
                for word in IMPURE.iter().filter(|word| names(line, word) && !excepted(name, word)) {
                    let path = path.strip_prefix(root()).unwrap().display();
                    found.push(format!("{path}:{number}: {word}: {}", line.trim()));
                }
            }
        }
    }
    assert!(found.is_empty(), "these belong to the caller:\n{}", found.join("\n"));
}

#[test]
fn the_search_for_impure_names_finds_them_and_nothing_else() {
    for line in ["use std::fs;", "let x = fs::read(p);", "std::{env, fmt}", "OffsetDateTime::now_utc()"] {
        assert!(IMPURE.iter().any(|word| names(line, word)), "{line}");
    }
    for line in ["let x = env!(\"X\");", "self.offs::<u8>()", "use crate::network::x;", "net: u32", "fs.len()"] {
        assert!(!IMPURE.iter().any(|word| names(line, word)), "{line}");
    }
    let text = "a\n// std::fs\nb // std::fs\n#[cfg(test)]\nmod tests {\nuse std::fs;\n}";
    assert_eq!(code(text).collect::<Vec<_>>(), [(1, "a"), (2, ""), (3, "b ")]);
}

fn excepted(name: &str, word: &str) -> bool {
    EXCEPTIONS.iter().any(|(crate_name, exception, _)| *crate_name == name && *exception == word)
}

/// Whether a line of code uses a name: a path as written, or a single word as a module (before `::`, or imported).
fn names(line: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let alone = edge(before.chars().next_back()) && (edge(after.chars().next()) || word == "OffsetDateTime::now");
        let module = word.chars().all(char::is_lowercase) && word.len() < 4;
        alone && (!module || (after.starts_with("::") && !before.ends_with("::")) || before.contains("std::{"))
    })
}

/// The lines of a source file with their numbers, without comments and without the tests at its bottom.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let end = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    let lines = text[..end].lines().enumerate();
    lines.map(|(index, line)| (index + 1, line.split_once("//").map_or(line, |(code, _)| code)))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_stem().is_none_or(|stem| stem != "tests") {
            found.push(path);
        }
    }
    found
}

fn arrows() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let lines = ARROWS.lines().filter_map(|line| line.split_once('→'));
    lines
        .flat_map(|(from, to)| from.split_whitespace().map(move |name| (name, to.split_whitespace().collect())))
        .collect()
}

/// The crates that end up in a program that uses this one.
fn reached(package: &str) -> Vec<String> {
    let tree = cargo(&["tree", "--package", package, "--edges", "normal", "--prefix", "none"]);
    let tree = String::from_utf8(tree).unwrap();
    tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn cargo(args: &[&str]) -> Vec<u8> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).current_dir(root()).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
