//! The binary `license`: the front door for people. One file per verb, all of them thin.
//!
//! Exit codes: 0 done, or verified and passed; 1 refused, or verified and failed; 2 cannot tell; 3 misuse.

/// As `println!`, but quietly when nobody reads any more, and without commands for the terminal.
macro_rules! say {
    ($($text:tt)*) => { $crate::out::line(format_args!($($text)*)) };
}

/// The same where strangers are quoted: one line stays one line.
macro_rules! quote {
    ($($text:tt)*) => { $crate::out::one_line(format_args!($($text)*)) };
}

mod assets;
mod cli;
mod client;
mod demo;
mod deployment;
mod evidence;
mod fault;
mod files;
mod fsck;
mod inspect;
mod issue;
mod keys;
mod network;
mod notices;
mod ofd_a;
mod open_trust;
mod out;
mod pdf;
mod pdf_augment;
mod pdf_sign;
mod pkcs11;
mod renew;
mod seal;
mod seal_apply;
mod seal_verbs;
mod serve;
mod setup;
mod template;
mod trust;
mod type_folder;
mod verify;
mod verify_report;

use std::process::ExitCode;

use clap::Parser as _;

/// Misuse: an argument that makes no sense, a file that cannot be read.
pub(crate) const MISUSE: u8 = 3;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { MISUSE } else { 0 };
            // Nothing is left to do when even the message cannot be written.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match cli.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("license: {}", out::plain(&fault::told(&error), true));
            ExitCode::from(MISUSE)
        }
    }
}
