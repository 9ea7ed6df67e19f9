//! `license keys`: made, opened under another password, replaced in time, given up when lost, and looked after.

mod check;
mod compromise;
mod compromise_ca;
mod crl;
mod make;
mod passwd;
mod press;
mod revoke;
mod role;
mod rotate;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use license_core::trust::{Event, Status};
use pki::KeyFileCost;
use time::OffsetDateTime;

use crate::cli::PasswordArgs;
use crate::fault::fault;

pub(crate) use check::unlisted_stamps;
pub(crate) use make::make;
pub(crate) use rotate::trusted_maker;

/// What opening a key of the demo costs: dozens are made and opened on its first run.
pub(crate) const DEMO_COST: KeyFileCost = KeyFileCost { memory_kib: 19 * 1024, passes: 2, lanes: 1 };

/// An issuer to make keys for.
#[derive(Clone, Debug)]
pub(crate) struct IssuerName {
    /// 颁发机构代码.
    pub(crate) code: String,
    /// 颁发机构.
    pub(crate) name: String,
}

/// Names of the files in `keys/`, without ending: `<name>.pem` is the certificate with its chain,
/// `<name>.key.pem` the encrypted key.
pub(crate) mod names {
    pub(crate) const SM2_ROOT: &str = "sm2-root";
    pub(crate) const SM2_CA: &str = "sm2-ca";
    pub(crate) const SEAL_MAKER: &str = "seal-maker";
    pub(crate) const P256_ROOT: &str = "p256-root";
    pub(crate) const P256_CA: &str = "p256-ca";
    pub(crate) const REPORT_SIGNER: &str = "report-signer";

    pub(crate) fn seal_signer(code: &str) -> String {
        format!("{code}-seal")
    }

    pub(crate) fn document_signer(code: &str) -> String {
        format!("{code}-document")
    }

    pub(crate) fn index_signer(code: &str) -> String {
        format!("{code}-index")
    }
}

/// `license keys`.
#[derive(clap::Args)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    verb: KeysVerb,
}

#[derive(clap::Subcommand)]
enum KeysVerb {
    /// Make a test PKI: SM2 root, CA, seal maker, P-256 root, CA, and three keys for each issuer
    New {
        /// Folder; keys go into DIR/keys
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Name of the operator, for the CA certificates
        #[arg(long, default_value = "样例省政务服务和数据管理局")]
        operator: String,
        /// An issuing authority as CODE:NAME; may be repeated
        #[arg(long = "issuer", value_name = "CODE:NAME", required = true)]
        issuers: Vec<String>,
        /// File whose first line is the password of the new key files; else the environment's LICENSE_KEY_PASSWORD
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Put key files under another password, and into the current format
    Passwd(passwd::PasswdArgs),
    /// List what expires: certificates, seals, the trust list
    Check(check::CheckArgs),
    /// Replace a key of an issuer by a new one; what the old one signed stays good
    Rotate(rotate::RotateArgs),
    /// Give up a key (an issuer's, or that of a CA or service) from a date on: what it signed since then, or cannot be shown to have signed before, is refused
    Compromise(compromise::CompromiseArgs),
    /// Make the next revocation lists of the CAs whose keys are here, into DATA/trust/crls/
    Crl(crl::CrlArgs),
}

/// What to do about a key that the trust list does not let sign.
pub(crate) fn remedy(issuer: &str, role: &str, event: &Event) -> String {
    match event.status {
        Status::Compromised => format!(
            "nobody would believe what it signs: `license keys rotate {issuer} --what {role}` puts a new key in its place (with \
             --use NAME one of another CA, when the CA itself is given up)"
        ),
        _ => "nobody would believe what it signs until an edition of the trust list grants it again".to_owned(),
    }
}

/// What to do about a seal whose maker the trust list has given up.
pub(crate) const SEAL_REMEDY: &str = "nobody would believe the seal: have another seal maker, one that the trust list \
    trusts, make it, and name it in office.toml (`license seal new` uses keys/seal-maker)";

pub(crate) fn run(args: &KeysArgs) -> Result<ExitCode> {
    match &args.verb {
        KeysVerb::New { out, operator, issuers, password_file } => {
            let issuers = issuers.iter().map(|text| issuer(text)).collect::<Result<Vec<_>>>()?;
            let given = std::env::var_os("LICENSE_KEY_PASSWORD").is_some_and(|password| !password.is_empty());
            if password_file.is_none() && !given {
                let advice = "give --password-file FILE, its owner's alone (chmod 600), or LICENSE_KEY_PASSWORD";
                return Err(fault("the new keys", "there is no password for their files", advice));
            }
            let password = PasswordArgs { password_file: password_file.clone() };
            let password = crate::deployment::password(&password, out)?;
            make(out, operator, &issuers, &password, OffsetDateTime::now_utc(), KeyFileCost::default())?;
            say!("test keys made in {}", out.join("keys").display());
            Ok(ExitCode::SUCCESS)
        }
        KeysVerb::Passwd(args) => passwd::run(args),
        KeysVerb::Check(args) => check::run(args),
        KeysVerb::Rotate(args) => rotate::run(args),
        KeysVerb::Compromise(args) => compromise::run(args),
        KeysVerb::Crl(args) => crl::run(args),
    }
}

fn issuer(text: &str) -> Result<IssuerName> {
    let place = format!("--issuer {text}");
    let advice = "write CODE:NAME, such as --issuer 11340100MB1D00012R:样例市市场监督管理局";
    let Some((code, name)) = text.split_once(':') else { return Err(fault(place, "no colon in it", advice)) };
    code.parse::<license_core::id::CreditCode>().map_err(|error| {
        fault(&place, format!("{code:?} is no unified social credit code (GB 32100): it {error}"), advice)
    })?;
    if name.trim().is_empty() {
        return Err(fault(place, "the name is empty", advice));
    }
    Ok(IssuerName { code: code.to_owned(), name: name.trim().to_owned() })
}
