//! Puts path questions from outside to `pki::path`: one by options, or a whole suite in the shape of x509-limbo.
//!
//! ```sh
//! cargo run -p pki --example validate_path -- --trusted root.pem --untrusted ca.pem --at 2026-06-01T00:00:00Z leaf.pem
//! cargo run -p pki --example validate_path -- --suite limbo.json          # each case: id, expected, verdicts
//! ```
//!
//! The verdict is one line; the exit status is 0 for a trusted path (or a suite without a difference), 1 otherwise, 2 for a
//! question that cannot be read. `--help` tells the options.

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/common/case.rs"]
mod case;
#[path = "../tests/common/legacy.rs"]
mod legacy;

use case::Case;
use legacy::Legacy;
use pki::path::{ForeignAlgorithms, Profile};
use serde_json::{Value, json};
use std::process::ExitCode;
use time::OffsetDateTime;

const HELP: &str = "validate_path [options] LEAF
  --trusted FILE        trust anchors, PEM or DER; again for more
  --untrusted FILE      certificates that may lie between
  --crl FILE, --ocsp FILE
  --revocation none|tolerate|require   (require when a list or an answer is given)
  --at TIME             RFC 3339; now when left out
  --purpose any|document|seal|timestamp|serverAuth|clientAuth|OID   (any)
  --policy OID, --explicit-policy, --inhibit-mapping, --inhibit-any
  --max-depth N         CAs between anchor and leaf
  --expired-anchors     anchors are trusted beyond their own validity
  --strict              every duty of RFC 5280 4 that can be seen
  --legacy              MD5, SHA-1, DSA and short keys, verified by openssl
validate_path --suite FILE.json [--strict] [--legacy]   testcases[] of x509-limbo, with the fields of tests/common/case.rs";

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Vec<String>) -> Result<bool, String> {
    let mut question = json!({"purpose": "any", "expected_result": "SUCCESS"});
    let (mut suite, mut strict, mut legacy) = (None, false, false);
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--help" | "-h" => return Err(HELP.to_owned()),
            "--suite" => suite = Some(value()?),
            "--strict" => strict = true,
            "--legacy" => legacy = true,
            "--trusted" => add(&mut question, "trusted_certs", blocks(&value()?)?),
            "--untrusted" => add(&mut question, "untrusted_intermediates", blocks(&value()?)?),
            "--crl" => add(&mut question, "crls", blocks(&value()?)?),
            "--ocsp" => add(&mut question, "ocsp", blocks(&value()?)?),
            "--policy" => add(&mut question, "policies", vec![value()?]),
            "--at" => question["validation_time"] = value()?.into(),
            "--purpose" => question["purpose"] = value()?.into(),
            "--revocation" => question["revocation"] = value()?.into(),
            "--max-depth" => {
                question["max_chain_depth"] = value()?.parse::<u32>().map_err(|error| error.to_string())?.into();
            }
            "--explicit-policy" => question["explicit_policy"] = true.into(),
            "--inhibit-mapping" => question["inhibit_mapping"] = true.into(),
            "--inhibit-any" => question["inhibit_any"] = true.into(),
            "--expired-anchors" => question["expired_anchors"] = true.into(),
            option if option.starts_with("--") => return Err(format!("unknown option {option}\n{HELP}")),
            file => question["peer_certificate"] = blocks(file)?.into_iter().next().into(),
        }
    }
    let profile = if strict { Profile::Strict } else { Profile::Standard };
    let foreign: Option<&dyn ForeignAlgorithms> = if legacy { Some(&Legacy) } else { None };
    match suite {
        Some(file) => ask_all(&file, profile, foreign),
        None => {
            let verdict = Case::read(&question, &Value::Null, OffsetDateTime::now_utc())?.ask(profile, foreign);
            match &verdict {
                Ok(path) => {
                    println!("trusted: {} certificates below {}", path.certificates().count(), path.anchor().subject())
                }
                Err(problem) => println!("{problem}"),
            }
            Ok(verdict.is_ok())
        }
    }
}

/// One line a case: `=` or the kind of difference, what was expected, the identifier, and the reason of a refusal.
fn ask_all(file: &str, profile: Profile, foreign: Option<&dyn ForeignAlgorithms>) -> Result<bool, String> {
    let text = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let suite: Value = serde_json::from_slice(&text).map_err(|error| format!("{file}: {error}"))?;
    let cases = case::cases(&suite, OffsetDateTime::now_utc()).map_err(|error| format!("{file}: {error}"))?;
    let mut differ = 0;
    for case in &cases {
        let verdict = case.ask(profile, foreign);
        let sign = match (case.valid, verdict.is_ok()) {
            (false, true) => "ACCEPTED",
            (true, false) => "REFUSED",
            _ => "=",
        };
        differ += usize::from(sign != "=");
        let expected = if case.valid { "valid" } else { "invalid" };
        println!("{sign}\t{expected}\t{}\t{}", case.id, verdict.err().unwrap_or_default());
    }
    println!("{file}: {} cases, {differ} differ", cases.len());
    Ok(differ == 0)
}

fn add(question: &mut Value, key: &str, new: Vec<String>) {
    let mut all = question[key].as_array().cloned().unwrap_or_default();
    all.extend(new.into_iter().map(Value::from));
    question[key] = all.into();
}

/// The PEM blocks of a file, or the base64 of its bytes when it has none.
fn blocks(file: &str) -> Result<Vec<String>, String> {
    use base64::Engine as _;
    let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let text = String::from_utf8_lossy(&bytes);
    let found: Vec<String> = text.split("-----BEGIN ").skip(1).map(|block| format!("-----BEGIN {block}")).collect();
    if found.is_empty() { Ok(vec![base64::engine::general_purpose::STANDARD.encode(&bytes)]) } else { Ok(found) }
}
