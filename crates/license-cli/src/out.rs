//! Lines for standard output. Whoever reads them may leave (`license … | head`): the work is done all the same, and the exit
//! code says how it went.
//!
//! Much of what is said is quoted from files of strangers: names in certificates, paths, titles. A terminal must not take
//! any of that for commands, nor a reader for lines of ours.

use std::fmt::{Arguments, Write as _};
use std::io::{ErrorKind, Write as _};
use std::process::exit;

/// Writes a line, or several.
pub(crate) fn line(text: Arguments<'_>) {
    write(&plain(&text.to_string(), true));
}

/// Writes one line, whatever is quoted in it.
pub(crate) fn one_line(text: Arguments<'_>) {
    write(&plain(&text.to_string(), false));
}

fn write(text: &str) {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => {
            eprintln!("license: standard output: {error}");
            exit(3);
        }
    }
}

/// The text with what would move, colour or turn round something on a terminal written as its number, as JSON
/// does it: an answer in JSON stays the same answer.
pub(crate) fn plain(text: &str, lines: bool) -> String {
    let is_command = |character: char| match character {
        '\n' => !lines,
        // Marks and embeddings of direction, separators of lines and paragraphs.
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    };
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match is_command(character) {
            true => write!(out, "\\u{:04x}", u32::from(character)).unwrap_or_default(),
            false => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_quoted_is_a_command_or_a_line() {
        assert_eq!(plain("CN=测试, O=“A” · ✓", false), "CN=测试, O=“A” · ✓");
        assert_eq!(
            plain("a\u{1b}[2J\u{9b}1m\u{202e}b\r\t\u{7f}", true),
            r"a\u001b[2J\u009b1m\u202eb\u000d\u0009\u007f"
        );
        assert_eq!(plain("a\n✓ b", false), r"a\u000a✓ b");
        assert_eq!(plain("a\n  → b", true), "a\n  → b");
    }
}
