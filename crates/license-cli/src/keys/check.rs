//! `license keys check`: what expires, which key files are open to others, what is to be seen to in the trust list.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use eseal::Seal;
use license_core::trust::TrustList;
use license_server::deployment::{
    Expiry, OfficeFile, check_key_files, check_private, of_folder, roots, trust_list, unfinished,
};
use pki::{Certificate, Instant};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

#[derive(clap::Args)]
#[command(
    after_help = "Exit code 0: nothing to see to; 1: something is over, a key that the office uses is given up, or a key file is open to others; 2: something ends soon, or is to be seen to; 3: misuse."
)]
pub(super) struct CheckArgs {
    /// Folder of the deployment
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    /// What ends within so many days is told
    #[arg(long, value_name = "DAYS", default_value_t = 60)]
    days: u16,
    /// As of this time instead of now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// One JSON object, with everything that ends some time
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &CheckArgs) -> Result<ExitCode> {
    let at = crate::trust::instant(args.at.as_deref())?;
    let within = Duration::days(args.days.into());
    crate::deployment::needs_trust_list(&args.data)?;
    let all = of_folder(&args.data)?;
    let trust = args.data.join("trust");
    let list = trust_list(&trust, &roots(&trust)?)?.0;
    let warnings = list.warnings(at, within);
    let given_up = given_up(&args.data, &list, at)?;
    let unlisted = unlisted_stamps(&args.data, &list)?;
    let keys = args.data.join("keys");
    let password = keys.join("password");
    let open = check_key_files(&keys).and_then(|()| if password.exists() { check_private(&password) } else { Ok(()) });
    let open = open.err().map(|problem| problem.to_string());
    let unfinished = unfinished(&args.data)?;
    let over = |expiry: &&Expiry| expiry.at < at;
    let soon = |expiry: &&Expiry| expiry.at >= at && expiry.at < at + within;
    if args.json {
        let entry = |expiry: &Expiry| -> Value {
            json!({ "kind": expiry.kind.word(), "name": expiry.name, "at": expiry.at.format(&Rfc3339).unwrap_or_default(),
                "seconds_left": expiry.seconds_left(at) })
        };
        let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        let entries: Vec<Value> = all.iter().map(entry).collect();
        say!(
            "{}",
            json!({ "expiries": entries, "trust_list": warnings, "open_key_file": open,
                "time_stamp_roots": unlisted, "unfinished_change": unfinished, "given_up_in_use": given_up.iter().map(|lost| &lost.0).collect::<Vec<_>>() })
        );
    } else {
        let line = |mark: &str, expiry: &Expiry| {
            let days = expiry.seconds_left(at) / 86_400;
            say!("{mark} {} {}: {} ({days} days)", expiry.kind.word(), expiry.name, Instant(expiry.at));
        };
        all.iter().filter(over).for_each(|expiry| line("✗", expiry));
        all.iter().filter(soon).for_each(|expiry| line("!", expiry));
        warnings
            .iter()
            .for_each(|warning| say!("{} trust list: {warning}", if warning.is_serious() { "✗" } else { "!" }));
        unlisted.iter().for_each(|what| say!("! {what}"));
        open.iter().for_each(|problem| say!("✗ {problem}"));
        unfinished.iter().for_each(|what| say!("✗ a change was interrupted, and the next one completes it: {what}"));
        for (what, advice) in &given_up {
            say!("✗ {what}\n  → {advice}");
        }
        let next = all.iter().filter(|expiry| expiry.at >= at).min_by_key(|expiry| expiry.at);
        if let Some(next) = next {
            say!(
                "{} looked at; the next to end is {} {} at {}",
                all.len(),
                next.kind.word(),
                next.name,
                Instant(next.at)
            );
        }
    }
    let bad = open.is_some()
        || unfinished.is_some()
        || !given_up.is_empty()
        || all.iter().any(|one| over(&one))
        || warnings.iter().any(|one| one.is_serious());
    let warned = all.iter().any(|one| soon(&one)) || !warnings.is_empty() || !unlisted.is_empty();
    Ok(ExitCode::from(match (bad, warned) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 0,
    }))
}

/// Roots of `[time_stamp]` that nobody who verifies by the trust list knows, and what to do.
pub(crate) fn unlisted_stamps(data: &Path, list: &TrustList) -> Result<Vec<String>> {
    let path = data.join("office.toml");
    let office = if path.is_file() { OfficeFile::read(&path)? } else { return Ok(Vec::new()) };
    let roots = office.time_stamp.map(|section| section.unlisted_roots(data, list)).transpose()?;
    let told = |root: Certificate| {
        format!(
            "[time_stamp] roots: the trust list takes no time-stamps of {}: nobody who verifies by it can tell about a PDF \
             that is renewed with one\n  → name this root among its anchors, with the purpose time-stamping",
            root.subject()
        )
    };
    Ok(roots.unwrap_or_default().into_iter().map(told).collect())
}

/// Keys and seals that the office signs with though the trust list has given up them or the maker: which and since when, and
/// what to do.
fn given_up(data: &Path, list: &TrustList, at: OffsetDateTime) -> Result<Vec<(String, String)>> {
    let path = data.join("office.toml");
    let office = if path.is_file() { OfficeFile::read(&path)? } else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for issuer in &office.issuers {
        for (role, name) in
            [("document", &issuer.document_signer), ("seal", &issuer.seal_signer), ("index", &issuer.index_signer)]
        {
            let beside = office.pkcs11.get(name).and_then(|key| key.certificate.clone());
            let file = data.join(beside.unwrap_or_else(|| format!("keys/{name}.pem").into()));
            // A certificate that only a device holds is asked for when the office is opened.
            let path: Vec<Certificate> = if file.is_file() { crate::trust::certificates(&[file])? } else { Vec::new() };
            if let Some(event) = list.given_up(&issuer.code, &path, at) {
                let (code, since) = (&issuer.code, Instant(event.at));
                let what = format!("{role} key {name} of {code} is in use, and {} since {since}", event.status.word());
                found.push((what, super::remedy(code, role, event)));
            }
        }
        // A seal that cannot be read is told when the office is opened.
        let seal = std::fs::read(data.join(&issuer.seal)).ok().and_then(|der| Seal::from_der(&der).ok());
        if let Some(event) = seal.and_then(|seal| list.seal_given_up(&seal, at)) {
            let (file, code, since) = (&issuer.seal, &issuer.code, Instant(event.at));
            let what =
                format!("the seal {file} of {code} is in use, and its maker {} since {since}", event.status.word());
            found.push((what, super::SEAL_REMEDY.to_owned()));
        }
    }
    Ok(found)
}
