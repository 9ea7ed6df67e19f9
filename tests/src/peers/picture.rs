//! Pictures: the bar code reader of zbar, and headless Chromium.

use std::fs;
use std::process::Command;

use super::run::{ask, program, run};

/// The texts of all QR codes in a PNG.
pub fn zbarimg(png: &[u8]) -> Option<Vec<String>> {
    let tool = program("zbarimg", "zbar-tools")?;
    let folder = tempfile::tempdir().expect("the machine has room for a scratch folder");
    let path = folder.path().join("picture.png");
    fs::write(&path, png).expect("a scratch file can be written");
    let mut command = Command::new(tool);
    command.args(["--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable"]).arg(&path);
    let said = run(&mut command, b"");
    match said.code {
        Some(0) => Some(said.text().lines().map(str::to_owned).collect()),
        Some(4) => Some(Vec::new()), // it looked and found none
        _ => panic!("zbarimg refused: {}", said.err),
    }
}

/// The page at `url` as a person sees it in a window of that size, as PNG.
pub fn chromium_screenshot(url: &str, width: u32, height: u32) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().expect("the machine has room for a scratch folder");
    let png = folder.path().join("page.png");
    let shot = format!("--screenshot={}", png.display());
    chromium(&[&shot, &format!("--window-size={width},{height}"), "--hide-scrollbars", url])?;
    Some(fs::read(png).expect("Chromium said it wrote the picture"))
}

/// The document at `url` after its scripts have run, as HTML.
pub fn chromium_dom(url: &str) -> Option<String> {
    chromium(&["--dump-dom", url])
}

fn chromium(args: &[&str]) -> Option<String> {
    let tool = program("chromium", "chromium")?;
    let profile = tempfile::tempdir().expect("the machine has room for a scratch folder");
    let profile = format!("--user-data-dir={}", profile.path().display());
    // No sandbox: tests run as root in containers, on pages of our own. No network: it would look for its maker's hosts.
    let quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", &profile]
        .into_iter()
        .chain(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .chain(["--disable-dev-shm-usage", "--force-device-scale-factor=1"]);
    let said = ask(tool.as_os_str(), quiet.chain(args.iter().copied()));
    assert!(said.ok(), "Chromium failed: {}", said.err);
    Some(said.text())
}
