//! The chores of this repository, the same for people and for CI.
//!
//! ```text
//! cargo xtask test [--no-install]   install the peers, then format, lint, test, document
//! cargo xtask peers                 install the programs and libraries that the tests compare us with
//! cargo xtask fixtures [--check | pki | attack-bases | stamped]    make the generated fixtures again, or see whether they are what the
//!                                   generators make
//! cargo xtask bench                 figures: each beside a floor or a peer of the same run
//! cargo xtask fuzz [TARGET] [--runs N]   the fuzz targets, one after the other (nightly, cargo-fuzz)
//! cargo xtask mutate [CHANGES]      random changes of three signed files, none of which may be accepted
//! cargo xtask powercut              pull the plug under the embedded stores (root, loop devices)
//! ```

mod bench;
mod disk;
mod fixtures;
mod fuzz;
mod mutate;
mod peers;
mod pki;
mod powercut;
mod step;
mod test;

use std::env;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask test [--no-install] | peers | bench | fixtures [--check | pki | attack-bases | stamped] | fuzz [TARGET] [--runs N] [--sanitizer none|address] | mutate [CHANGES] | powercut";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["test"] => test::run(true),
        ["test", "--no-install"] => test::run(false),
        ["peers"] => peers::install().into_result(),
        ["bench"] => bench::run(),
        ["mutate"] => mutate::run("10000"),
        ["mutate", changes] => mutate::run(changes),
        ["fuzz", ref rest @ ..] => match fuzz::Wish::read(rest) {
            Some(wish) => fuzz::run(&wish),
            None => Err(USAGE.to_owned()),
        },
        ["powercut"] => powercut::run(),
        ["fixtures"] => fixtures::make(),
        ["fixtures", "pki"] => pki::make(),
        ["fixtures", "attack-bases"] => fixtures::attack_bases(),
        ["fixtures", "stamped"] => fixtures::stamped(),
        ["fixtures", "--check"] => fixtures::check(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the workspace")
}
