//! `cargo xtask fixtures`: the generated fixtures, made again or checked.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::root;

const STOCK_TYPES: &str = "business-license,food-operation-permit,supervision-qualification,realestate-registration";

/// Writes the fixtures.
pub(crate) fn make() -> Result<(), String> {
    stock(|name, made, committed| {
        fs::write(committed, made).map_err(|e| format!("{name}: {e}"))?;
        eprintln!("wrote fixtures/stock/{name}");
        Ok(())
    })
}

/// Compares the fixtures with what the generators make.
pub(crate) fn check() -> Result<(), String> {
    stock(|name, made, committed| {
        let same = fs::read(committed).is_ok_and(|bytes| bytes == made);
        if same { Ok(()) } else { Err(format!("fixtures/stock/{name} is not what make_stock.py makes")) }
    })
}

/// Runs the generator of stock rows and hands over each file that is kept: every JSONL and truth file, one CSV pair.
fn stock(mut each: impl FnMut(&str, &[u8], &Path) -> Result<(), String>) -> Result<(), String> {
    let home = root().join("fixtures/stock");
    let out = root().join("target/fixtures/stock");
    fs::create_dir_all(&out).map_err(|e| format!("{}: {e}", out.display()))?;
    let mut python = Command::new("python3");
    python.arg(home.join("make_stock.py")).args(["--type", STOCK_TYPES, "--rows", "120", "--seed", "20261121"]);
    python.args(["--dirty", "0.05", "--rare", "0.10", "--out"]).arg(&out);
    let output = python.output().map_err(|e| format!("python3 cannot be started: {e}"))?;
    if !output.status.success() {
        return Err(format!("make_stock.py failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let kept = STOCK_TYPES.split(',').flat_map(|kind| [format!("{kind}.jsonl"), format!("{kind}.truth.csv")]);
    let pair = ["business-license.utf8.csv", "business-license.gb18030.csv"].map(str::to_owned);
    for name in kept.chain(pair) {
        let made = fs::read(out.join(&name)).map_err(|e| format!("{name}: {e}"))?;
        each(&name, &made, &home.join(&name))?;
    }
    Ok(())
}
