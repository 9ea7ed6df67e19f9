//! `license inspect FILE`: what is inside, without judging it.

mod certificate;
mod ofd;
mod value;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use license_core::index::{IndexText, fold_pasted};
use pki::Instant;
use serde_json::{Value, json};
use time::OffsetDateTime;

/// Shows package or document structure, metadata, text, attachments, signatures, seals, certificates.
#[derive(Args)]
pub(crate) struct InspectArgs {
    /// OFD, PDF or text file
    file: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &InspectArgs) -> Result<ExitCode> {
    let bytes = crate::files::read(&args.file)?;
    let found = if bytes.starts_with(b"PK") {
        ofd::facts(&bytes)?
    } else if bytes.starts_with(b"%PDF-") {
        pdf_facts(&bytes)
    } else if let Ok(text) = std::str::from_utf8(&bytes) {
        index_facts(text)?
    } else {
        bail!("{} is neither OFD nor PDF nor text", args.file.display());
    };
    if args.json {
        say!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        print(&found, 0);
    }
    Ok(ExitCode::SUCCESS)
}

fn pdf_facts(bytes: &[u8]) -> Value {
    let budget = pdf_sign::Budget::default();
    let facts = pdf_sign::inspect(bytes, &budget);
    let document = pdf_sign::Document::open(bytes, &budget).ok();
    let text = document.as_ref().and_then(|document| document.text_by_page().ok()).unwrap_or_default();
    let files = document.as_ref().and_then(|document| document.attachments().ok()).unwrap_or_default();
    json!({
        "kind": "pdf", "version": facts.version, "pages": facts.pages, "revisions": facts.revisions.len(),
        "text": text.iter().map(|page| page.lines().lines().map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>(),
        "attachments": files.iter().map(|file| file.name.clone()).collect::<Vec<_>>(),
        "signatures": facts.signatures.iter().map(|signature| json!({
            "field": signature.field, "page": signature.page.map(|page| page + 1), "sub_filter": signature.sub_filter,
            "byte_range": signature.byte_range, "claimed_time": claimed(signature),
            "certifies": signature.certifies,
        })).collect::<Vec<_>>(),
        "flaws": facts.flaws().iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// `/M`, as RFC 3339 when it is a time.
fn claimed(signature: &pdf_sign::Signature) -> Option<String> {
    match signature.claimed_time {
        Some(at) => Some(Instant(at).to_string()),
        None => signature.claimed_time_text.clone(),
    }
}

/// Seconds since 1970 as an instant.
fn issued_at(seconds: u64) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()?;
    Some(Instant(at).to_string())
}

fn index_facts(text: &str) -> Result<Value> {
    let index = IndexText::parse(&fold_pasted(text))?;
    let claims = index.token().claims();
    Ok(json!({
        "kind": "qr", "address": index.prefix(), "id": claims.license_id().map(|id| id.to_string()).ok(),
        "number": claims.number, "holder": claims.holder, "issuer": claims.issuer, "issued_at": issued_at(claims.issued_at),
        "valid_from": claims.valid_from.map(|date| date.to_string()),
        "valid_to": claims.valid_to.map(|date| date.to_string()),
        "algorithm": index.token().algorithm().name(), "note": "not verified",
    }))
}

fn print(value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::Object(_) | Value::Array(_) => {
                        quote!("{indent}{key}:");
                        print(value, depth + 1);
                    }
                    other => quote!("{indent}{key}: {}", plain(other)),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Object(_) | Value::Array(_) => {
                        quote!("{indent}-");
                        print(item, depth + 1);
                    }
                    other => quote!("{indent}- {}", plain(other)),
                }
            }
        }
        other => quote!("{indent}{}", plain(other)),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
