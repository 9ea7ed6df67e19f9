//! `license licenses`: the texts that the fonts' licenses ask to be shown.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

pub(crate) fn run(assets: Option<&Path>) -> Result<ExitCode> {
    let assets = crate::assets::open(assets)?;
    let mut out = std::io::stdout().lock();
    for name in assets.list("fonts").iter().filter(|name| name.ends_with(".txt")) {
        let text = assets.read(&format!("fonts/{name}")).with_context(|| format!("fonts/{name}"))?;
        writeln!(out, "==== {name} ====\n")?;
        out.write_all(&text)?;
        writeln!(out)?;
    }
    Ok(ExitCode::SUCCESS)
}
