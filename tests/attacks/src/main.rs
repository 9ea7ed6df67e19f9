//! `attacks make|check FOLDER`: writes the corpus around its good files, or compares it.

use std::path::Path;
use std::process::ExitCode;

use attacks::{corpus, pdf};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", folder] => corpus::make(Path::new(folder)),
        ["check", folder] => corpus::check(Path::new(folder)),
        ["make-pdf", folder] => pdf::corpus::make(Path::new(folder)),
        ["check-pdf", folder] => pdf::corpus::check(Path::new(folder)),
        _ => Err("usage: attacks make|check|make-pdf|check-pdf FOLDER".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("attacks: {why}");
            ExitCode::FAILURE
        }
    }
}
