//! `license trust show`: what a list says.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use license_core::trust::{Event, KeyUse, Period, Purpose, Scope, TrustList};
use pki::{Certificate, Instant};
use time::OffsetDateTime;

#[derive(Args)]
pub(super) struct ShowArgs {
    /// Signed list (JWS), or its JSON
    file: PathBuf,
    /// Root that must have signed it (PEM); without, nothing shows who made the list
    #[arg(long = "root", value_name = "FILE")]
    roots: Vec<PathBuf>,
    /// The payload as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ShowArgs) -> Result<ExitCode> {
    let given = super::read(&args.file, &super::certificates(&args.roots)?)?;
    let list = &given.list;
    if args.json {
        say!("{}", String::from_utf8_lossy(&list.to_json()));
        return Ok(ExitCode::SUCCESS);
    }
    let signature = match (given.signed, given.checked) {
        (_, true) => "signed by a pinned root",
        (true, _) => "signature not checked: give --root",
        _ => "not signed",
    };
    say!("{} · edition {} · {signature}", list.operator, list.sequence);
    say!("  issued {}, next {}", date(list.issued_at), date(list.next_update));
    if given.signed {
        say!("  digest {}", TrustList::digest_of(&given.text));
    }
    if let Some(previous) = list.previous {
        say!("  follows {previous}");
    }
    list.addresses.iter().for_each(|address| say!("  address {address}"));
    for anchor in &list.anchors {
        say!("anchor {}: {}", anchor.name, purposes(&anchor.purposes));
        certificate(&anchor.certificate);
        terms(&anchor.period, Some(&anchor.scope), &anchor.history);
        if anchor.listed_only {
            say!("    for listed keys and services only");
        }
    }
    for service in &list.services {
        say!("service {}: {}", service.name, purposes(&service.purposes));
        certificate(&service.certificate);
        terms(&service.period, Some(&service.scope), &service.history);
    }
    for authority in &list.authorities {
        say!("authority");
        certificate(authority);
    }
    for issuer in &list.issuers {
        say!("issuer {} {} ({})", issuer.code, issuer.name, issuer.area());
        say!("    types {}", issuer.types.join(" "));
        terms(&issuer.period, None, &issuer.history);
        for key in &issuer.index_keys {
            let id: String = key.id.iter().map(|byte| format!("{byte:02x}")).collect();
            say!("    index key {id} {}", key.key.kind());
            terms(&key.period, None, &key.history);
        }
        for key in &issuer.signing_keys {
            say!("    {} key {}", key_use(key.key_use), &license_core::id::Digest::of(&key.spki).to_string()[..16]);
            terms(&key.period, None, &key.history);
        }
    }
    for other in &list.lists {
        say!("list {}: {}", other.name, purposes(&other.purposes));
        certificate(&other.root);
        terms(&other.period, Some(&other.scope), &other.history);
    }
    Ok(ExitCode::SUCCESS)
}

const fn key_use(of: KeyUse) -> &'static str {
    match of {
        KeyUse::Document => "document",
        KeyUse::Seal => "seal",
    }
}

fn certificate(certificate: &Certificate) {
    say!("    {} until {}", certificate.subject(), Instant(certificate.not_after()));
}

fn purposes(purposes: &[Purpose]) -> String {
    purposes.iter().map(|purpose| purpose.word()).collect::<Vec<_>>().join(", ")
}

fn terms(period: &Period, scope: Option<&Scope>, history: &[Event]) {
    if *period != Period::default() {
        say!("      from {} until {}", date(period.from), date(period.until));
    }
    if let Some(scope) = scope.filter(|scope| !scope.is_unlimited()) {
        let list = |list: &[String]| list.join(" ");
        say!("      types {} · issuers {} · areas {}", list(&scope.types), list(&scope.issuers), list(&scope.areas));
    }
    for event in history {
        say!("      {} since {} {}", event.status.word(), Instant(event.at), event.reason);
    }
}

fn date(at: Option<OffsetDateTime>) -> String {
    at.map_or_else(|| "–".to_owned(), |at| Instant(at).to_string())
}
