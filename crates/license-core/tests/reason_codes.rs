//! `docs/reason-codes.md` is the table of the code as a page.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;

use license_core::verify::{Effect, Reason};

const HEAD: &str = "# Reason codes

Why a check of a verification did not pass. A code is a promise: it is never renamed or given another meaning, new ones are added. The table is
`license-core/src/verify/reasons.rs`; this page is made from it (`BLESS=1 cargo test -p license-core --test reason_codes`).

Effect: **fails** shows that it is not genuine or not valid; **unclear** leaves the verdict at *cannot tell*; **note** was not done and decides nothing.
A code marked *state* speaks of the license's state only: what it says may still be shown.
";

/// `BLESS=1` writes the page anew.
#[test]
fn the_page_of_reason_codes_is_current() {
    let mut page = HEAD.to_owned();
    let mut room = "";
    for reason in Reason::ALL {
        let (area, _) = reason.code().split_once('.').unwrap();
        if area != room {
            room = area;
            writeln!(page, "\n## {area}\n\n| code | effect | citizen | officer | what to do |\n|---|---|---|---|---|")
                .unwrap();
        }
        let effect = match reason.effect() {
            Effect::Fails if reason.is_state() => "fails, state",
            Effect::Fails => "fails",
            Effect::Unclear => "unclear",
            Effect::Note => "note",
        };
        let [citizen, officer, remedy] =
            [reason.citizen(), reason.officer(), reason.remedy()].map(|text| format!("{} {}", text.zh, text.en));
        writeln!(page, "| `{}` | {effect} | {citizen} | {officer} | {remedy} |", reason.code()).unwrap();
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reason-codes.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    assert!(std::fs::read_to_string(file).unwrap_or_default() == page, "BLESS=1 accepts the change");
}
