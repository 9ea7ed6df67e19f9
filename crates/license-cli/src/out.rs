//! Lines for standard output. Whoever reads them may leave (`license … | head`): then there is nothing left to say.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};
use std::process::exit;

/// Writes a line.
pub(crate) fn line(text: Arguments<'_>) {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit(0),
        Err(error) => {
            eprintln!("license: standard output: {error}");
            exit(3);
        }
    }
}
