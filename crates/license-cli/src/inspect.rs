//! `license inspect FILE`: what is inside, without judging it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use license_core::index::{IndexText, fold_pasted};
use serde_json::{Value, json};

/// Shows package or document structure, metadata, text, attachments, signatures, seals.
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
        ofd_facts(&bytes)?
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

fn ofd_facts(bytes: &[u8]) -> Result<Value> {
    let facts = ofd::inspect_bytes(bytes, &ofd::Budget::default())?;
    let info: Vec<Value> =
        facts.info.custom_datas.iter().map(|(key, value)| json!(format!("{key} = {value}"))).collect();
    let signatures: Vec<Value> = facts
        .signatures
        .iter()
        .map(|signature| {
            let value = signature.value.as_ref().map(|value| seal_facts(value.bytes()));
            json!({
                "id": signature.id, "path": signature.path, "method": signature.method,
                "date": signature.date_time, "references": signature.references.len(),
                "uncovered": signature.uncovered, "value": value,
            })
        })
        .collect();
    Ok(json!({
        "kind": "ofd", "version": facts.info.version, "title": facts.info.title, "custom": info,
        "entries": facts.container.entries.iter().map(|entry| entry.name.clone()).collect::<Vec<_>>(),
        "pages": facts.pages.iter().map(|page| json!({
            "size_mm": [page.size().width.to_mm(), page.size().height.to_mm()],
            "text": page.plain_text().lines().collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "fonts": facts.fonts.iter().map(|font| format!("{} (embedded: {})", font.name, font.embedded())).collect::<Vec<_>>(),
        "attachments": facts.attachments.iter().map(|file| file.name.clone()).collect::<Vec<_>>(),
        "signatures": signatures,
        "problems": facts.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
    }))
}

fn seal_facts(bytes: &[u8]) -> Value {
    match eseal::inspect(bytes) {
        eseal::Facts::Seal(signature) => {
            let content = signature.seal().content();
            json!({
                "form": format!("GB/T 38540 v{}", signature.version().number()),
                "seal": content.id, "name": content.name,
                "signed_at": signature.time().instant().map(|at| at.to_string()),
                "signer": signature.signer().map(|c| c.subject().to_string()).ok(),
                "maker": signature.seal().maker().map(|c| c.subject().to_string()).ok(),
                "picture": format!("{} {}×{} mm", content.picture.format, content.picture.width_mm, content.picture.height_mm),
                "property": signature.property_info(),
            })
        }
        eseal::Facts::SignedData(data) => {
            json!({ "form": "GB/T 35275", "signers": data.signers.len(), "certificates": data.certificates.len() })
        }
        eseal::Facts::Unreadable(error) => json!({ "form": "unreadable", "why": error.to_string() }),
        _ => json!({ "form": "bare signature" }),
    }
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
            "field": signature.field, "page": signature.page, "sub_filter": signature.sub_filter,
            "byte_range": signature.byte_range, "claimed_time": signature.claimed_time_text,
            "certifies": signature.certifies,
        })).collect::<Vec<_>>(),
        "flaws": facts.flaws().iter().map(|flaw| format!("{flaw:?}")).collect::<Vec<_>>(),
    })
}

fn index_facts(text: &str) -> Result<Value> {
    let index = IndexText::parse(&fold_pasted(text))?;
    let claims = index.token().claims();
    Ok(json!({
        "kind": "qr", "address": index.prefix(), "id": claims.license_id().map(|id| id.to_string()).ok(),
        "number": claims.number, "holder": claims.holder, "issuer": claims.issuer, "issued_at": claims.issued_at,
        "valid_from": claims.valid_from.map(|date| date.to_string()),
        "valid_to": claims.valid_to.map(|date| date.to_string()),
        "algorithm": format!("{:?}", index.token().algorithm()), "note": "not verified",
    }))
}

fn print(value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::Object(_) | Value::Array(_) => {
                        say!("{indent}{key}:");
                        print(value, depth + 1);
                    }
                    other => say!("{indent}{key}: {}", plain(other)),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Object(_) | Value::Array(_) => {
                        say!("{indent}-");
                        print(item, depth + 1);
                    }
                    other => say!("{indent}- {}", plain(other)),
                }
            }
        }
        other => say!("{indent}{}", plain(other)),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
