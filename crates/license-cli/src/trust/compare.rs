//! `license trust compare`: what a new edition changes, and whether it may be taken.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use license_core::trust::{ChangeKind, TrustList, compare};
use pki::Instant;
use serde_json::{Value, json};

use crate::fault::count;

#[derive(Args)]
#[command(after_help = "Exit code 0: may take its place; 1: must not; 3: misuse.")]
pub(super) struct CompareArgs {
    /// The edition at hand
    held: PathBuf,
    /// The one that is offered
    offered: PathBuf,
    /// Root that must have signed both (PEM)
    #[arg(long = "root", value_name = "FILE")]
    roots: Vec<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &CompareArgs) -> Result<ExitCode> {
    let roots = super::certificates(&args.roots)?;
    let (held, offered) = (super::read(&args.held, &roots)?, super::read(&args.offered, &roots)?);
    let digest = held.signed.then(|| TrustList::digest_of(&held.text));
    let verdict = offered.list.replaces(&held.list, digest);
    let changes = compare(&held.list, &offered.list);
    if args.json {
        let changes: Vec<Value> = changes
            .iter()
            .map(|change| {
                let members: Vec<Value> = (change.members.iter())
                    .map(|(name, before, after)| json!({ "member": name, "before": before, "after": after }))
                    .collect();
                json!({ "kind": word(change.kind), "entry": change.entry, "name": change.name,
                    "widens": change.widens(), "members": members, "events": change.events,
                    "forgotten": change.forgotten })
            })
            .collect();
        let problem = verdict.as_ref().err().map(ToString::to_string);
        say!(
            "{}",
            json!({ "from": held.list.sequence, "to": offered.list.sequence, "safe": verdict.is_ok(),
            "signatures_checked": held.checked && offered.checked, "problem": problem, "changes": changes })
        );
    } else {
        say!("edition {} → {}: {}", held.list.sequence, offered.list.sequence, count(changes.len() as u64, "change"));
        for change in &changes {
            let mark = if change.widens() { " (trusts more, or otherwise)" } else { "" };
            let name = if change.name.is_empty() { String::new() } else { format!(" {}", change.name) };
            say!("  {} {}{name}{mark}", word(change.kind), change.entry);
            for event in &change.events {
                let why = if event.reason.is_empty() { String::new() } else { format!(": {}", event.reason) };
                say!("      {} since {}{why}", event.status.word(), Instant(event.at));
            }
            for event in &change.forgotten {
                say!("      forgets: {} since {}", event.status.word(), Instant(event.at));
            }
            // The changes of status stand above, in words.
            let told = |name: &str| name == "history" && !(change.events.is_empty() && change.forgotten.is_empty());
            for (name, before, after) in change.members.iter().filter(|(name, ..)| !told(name)) {
                say!("      {name}: {} → {}", short(before), short(after));
            }
        }
        match &verdict {
            Ok(()) => say!("may take its place"),
            Err(problem) => say!("must not take its place: {problem}"),
        }
        if !(held.checked && offered.checked) {
            say!("signatures not checked: give --root");
        }
    }
    Ok(ExitCode::from(u8::from(verdict.is_err())))
}

fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Changed => "changed",
    }
}

/// Certificates are long.
fn short(text: &str) -> String {
    if text.is_empty() {
        return "–".to_owned();
    }
    let beginning: String = text.chars().take(160).collect();
    if beginning.len() < text.len() { beginning + "…" } else { beginning }
}
