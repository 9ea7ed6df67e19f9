//! `license trust make`: from a draft that people write to the JSON that is signed.
//!
//! A draft is the JSON of `docs/formats/trust-list.md`, as JSON or TOML, with conveniences: `certificate_file`, `root_file`
//! name PEM files (for a key: the certificate whose key it is); an item of `authorities` may be the path of a PEM file;
//! `schema`, `sequence`, `issued_at` and `next_update` may be left out.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use license_core::trust::TrustList;
use pki::Certificate;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use super::edition::USUAL_LIFE;
use crate::fault::fault;
use crate::files::write_new;

#[derive(Args)]
pub(super) struct MakeArgs {
    /// The draft: DRAFT.toml or DRAFT.json
    draft: PathBuf,
    /// Where the JSON goes; must not exist. Standard output when left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The edition before (signed or JSON): the new one gets the next number
    #[arg(long, value_name = "FILE")]
    after: Option<PathBuf>,
    /// Time of the edition instead of now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(super) fn run(args: &MakeArgs) -> Result<ExitCode> {
    let text = String::from_utf8(crate::files::read(&args.draft)?)
        .map_err(|_| fault(args.draft.display(), "is no text", "a draft is TOML or JSON"))?;
    let mut draft = if args.draft.extension().is_some_and(|extension| extension == "json") {
        license_core::fill::read_json(text.as_bytes()).with_context(|| args.draft.display().to_string())?
    } else {
        let table: toml::Table = toml::from_str(&text).with_context(|| args.draft.display().to_string())?;
        from_toml(toml::Value::Table(table))
    };
    let folder = args.draft.parent().unwrap_or(Path::new("."));
    resolve(&mut draft, folder)?;
    let whole = draft.as_object_mut().context("the draft is no object")?;
    let now = super::instant(args.at.as_deref())?;
    let now = now.replace_nanosecond(0).unwrap_or(now);
    let sequence = match &args.after {
        Some(path) => super::read(path, &[])?.list.sequence.saturating_add(1),
        None => 1,
    };
    let usual = [
        ("schema", json!(2)),
        ("sequence", json!(sequence)),
        ("issued_at", json!(now.format(&Rfc3339)?)),
        ("next_update", json!((now + USUAL_LIFE).format(&Rfc3339)?)),
        ("anchors", json!([])),
        ("issuers", json!([])),
    ];
    for (name, value) in usual {
        whole.entry(name).or_insert(value);
    }
    let list = TrustList::from_json(&serde_json::to_vec(&draft)?).with_context(|| args.draft.display().to_string())?;
    match &args.out {
        Some(out) => {
            write_new(out, &list.to_json())?;
            say!("edition {}, not signed yet: {}", list.sequence, out.display());
        }
        None => say!("{}", String::from_utf8_lossy(&list.to_json())),
    }
    Ok(ExitCode::SUCCESS)
}

/// TOML has times of its own; here they are texts.
fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(yes) => yes.into(),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(items) => items.into_iter().map(from_toml).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(name, value)| (name, from_toml(value))).collect())
        }
    }
}

/// Puts the content of files in the place of their names.
fn resolve(value: &mut Value, folder: &Path) -> Result<()> {
    match value {
        Value::Object(members) => {
            let is_key = members.contains_key("certificate_file") && !members.contains_key("purposes");
            for (file, name) in [("certificate_file", "certificate"), ("root_file", "root")] {
                let Some(path) = members.remove(file) else { continue };
                let path = path.as_str().with_context(|| format!("{file} should be a path"))?.to_owned();
                let certificate = first(&folder.join(path))?;
                if is_key {
                    of_key(members, &certificate)?;
                } else {
                    members.insert(name.to_owned(), STANDARD.encode(certificate.der()).into());
                }
            }
            if let Some(Value::Array(authorities)) = members.get_mut("authorities") {
                for item in authorities.iter_mut() {
                    let Some(path) = item.as_str().filter(|text| text.ends_with(".pem")) else { continue };
                    *item = STANDARD.encode(first(&folder.join(path))?.der()).into();
                }
            }
            members.values_mut().try_for_each(|member| resolve(member, folder))
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| resolve(item, folder)),
        _ => Ok(()),
    }
}

/// A key by its certificate; its period is that of the certificate unless given.
fn of_key(members: &mut Map<String, Value>, certificate: &Certificate) -> Result<()> {
    members.insert("spki".to_owned(), STANDARD.encode(certificate.spki_der()).into());
    let (from, until) = (certificate.not_before().format(&Rfc3339)?, certificate.not_after().format(&Rfc3339)?);
    members.entry("period").or_insert(json!({ "from": from, "until": until }));
    Ok(())
}

fn first(path: &Path) -> Result<Certificate> {
    Ok(super::certificates(&[path.to_owned()])?.remove(0))
}
