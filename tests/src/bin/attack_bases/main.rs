//! `attack_bases FOLDER`: makes the good files of the attack corpus anew, as the product of today issues them.
//!
//! They are committed and seldom remade: the attacks start from them and do not change with every template or font.

mod bases;
mod trust;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use attacks::keys::Keys;
use pki::Signer as _;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: attack_bases FOLDER");
        return ExitCode::from(2);
    };
    let keys = Keys::new();
    let (json, jws) = trust::trust_list(&keys);
    let mut files = vec![
        ("trust/root.pem".to_owned(), keys.root.certificate().to_pem().into_bytes()),
        ("trust/ca.pem".to_owned(), keys.ca.certificate().to_pem().into_bytes()),
        ("trust/list-signer.pem".to_owned(), keys.list.certificate().to_pem().into_bytes()),
        ("trust/trust-list.json".to_owned(), json),
        ("trust/trust-list.jws".to_owned(), jws.into_bytes()),
    ];
    files.extend(bases::make(&keys).into_iter().map(|(name, bytes)| (format!("base/{name}"), bytes)));
    for (name, bytes) in files {
        let path = Path::new(&folder).join(&name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes));
        if let Err(error) = written {
            eprintln!("{name}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
