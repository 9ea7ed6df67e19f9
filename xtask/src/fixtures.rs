//! `cargo xtask fixtures`: the generated fixtures, made again or checked.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::root;

const ATTACKS: &str = "fixtures/attacks/ofd";
const PDF_ATTACKS: &str = "fixtures/attacks/pdf";
const STOCK_TYPES: &str = "business-license,food-operation-permit,supervision-qualification,realestate-registration";

/// Writes the fixtures.
pub(crate) fn make() -> Result<(), String> {
    stock(|name, made, committed| {
        fs::write(committed, made).map_err(|e| format!("{name}: {e}"))?;
        eprintln!("wrote fixtures/stock/{name}");
        Ok(())
    })?;
    sm2(|name, made, committed| fs::write(committed, made).map_err(|e| format!("{name}: {e}")))?;
    attacks("make")?;
    pdf_attacks("make-pdf")
}

/// Makes the good files of the attack corpus anew, as the product of today issues them, then all attacks.
pub(crate) fn attack_bases() -> Result<(), String> {
    cargo(&["run", "--quiet", "--package", "tests", "--bin", "attack_bases", "--", ATTACKS])?;
    cargo(&["run", "--quiet", "--package", "tests", "--bin", "pdf_attack_bases", "--", PDF_ATTACKS])?;
    attacks("make")?;
    pdf_attacks("make-pdf")
}

/// Makes the packages with time-stamps anew.
pub(crate) fn stamped() -> Result<(), String> {
    cargo(&["run", "--quiet", "--package", "tests", "--bin", "stamped_samples", "--", "fixtures/ofd-stamped"])
}

/// Compares the fixtures with what the generators make.
pub(crate) fn check() -> Result<(), String> {
    stock(|name, made, committed| {
        let same = fs::read(committed).is_ok_and(|bytes| bytes == made);
        if same { Ok(()) } else { Err(format!("fixtures/stock/{name} is not what make_stock.py makes")) }
    })?;
    sm2(|name, made, committed| {
        let same = fs::read(committed).is_ok_and(|bytes| bytes == made);
        if same { Ok(()) } else { Err(format!("fixtures/vectors/sm2/{name} is not what make_sm2.py makes")) }
    })?;
    attacks("check")?;
    pdf_attacks("check-pdf")
}

/// The attack corpus: written, or compared with what its generator makes.
fn attacks(verb: &str) -> Result<(), String> {
    cargo(&["run", "--quiet", "--package", "attacks", "--", verb, ATTACKS])
}

fn pdf_attacks(verb: &str) -> Result<(), String> {
    cargo(&["run", "--quiet", "--package", "attacks", "--", verb, PDF_ATTACKS])
}

fn cargo(args: &[&str]) -> Result<(), String> {
    let status = Command::new(env!("CARGO")).args(args).current_dir(root()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cargo {}: {status}", args.join(" "))),
        Err(error) => Err(format!("cargo cannot be started: {error}")),
    }
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

/// Runs the generator of SM2 vectors and hands over each file.
fn sm2(mut each: impl FnMut(&str, &[u8], &Path) -> Result<(), String>) -> Result<(), String> {
    let home = root().join("fixtures/vectors/sm2");
    let out = root().join("target/fixtures/sm2");
    fs::create_dir_all(&out).map_err(|e| format!("{}: {e}", out.display()))?;
    let output = Command::new("python3").arg(home.join("make_sm2.py")).arg(&out).output();
    let output = output.map_err(|e| format!("python3 cannot be started: {e}"))?;
    if !output.status.success() {
        return Err(format!("make_sm2.py failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    for name in ["verify_der.json", "verify_p1363.json", "public_key.json", "certificate.json"] {
        let made = fs::read(out.join(name)).map_err(|e| format!("{name}: {e}"))?;
        each(name, &made, &home.join(name))?;
    }
    Ok(())
}
