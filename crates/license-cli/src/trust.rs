//! `license trust sign`: the trust list of a deployment, made of `office.toml` and signed by its root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use license_core::template::Catalog;
use license_core::trust::{Anchor, IndexKey, Issuer, Period, Purpose, TrustList};
use license_server::deployment::{OfficeFile, roots, signer, trust_list};
use pki::{Certificate, Signer as _};
use time::{Duration, OffsetDateTime};

use crate::cli::PasswordArgs;
use crate::files::{replace, write_new};
use crate::keys::names;

/// The trust list.
#[derive(Args)]
pub(crate) struct TrustArgs {
    #[command(subcommand)]
    verb: TrustVerb,
}

#[derive(Subcommand)]
enum TrustVerb {
    /// Sign the next edition, after issuers or types in office.toml have changed
    Sign {
        /// Folder of the deployment
        #[arg(long, value_name = "DIR", default_value = "demo-data")]
        data: PathBuf,
        #[command(flatten)]
        password: PasswordArgs,
    },
}

pub(crate) fn run(args: &TrustArgs, assets: Option<&Path>) -> Result<ExitCode> {
    let TrustVerb::Sign { data, password } = &args.verb;
    let password = crate::deployment::password(password, data)?;
    let catalog = crate::assets::catalog(&*crate::assets::open(assets)?)?;
    let office = OfficeFile::read(&data.join("office.toml"))?;
    let trust = data.join("trust");
    let sequence = trust_list(&trust, &roots(&trust)?)?.0.sequence + 1;
    let (list, signed) = sign(data, &office, &catalog, &password, OffsetDateTime::now_utc(), sequence)?;
    replace(&trust.join("trust-list.json"), &list.to_json())?;
    replace(&trust.join("trust-list.jws"), signed.as_bytes())?;
    say!("edition {sequence}: {} issuers", list.issuers.len());
    Ok(ExitCode::SUCCESS)
}

/// Writes `trust/`: the roots as PEM, the list as JSON for people and as signed JWS for programs.
pub(crate) fn make(
    folder: &Path,
    office: &OfficeFile,
    catalog: &Catalog,
    password: &[u8],
    now: OffsetDateTime,
) -> Result<()> {
    let (list, signed) = sign(folder, office, catalog, password, now, 1)?;
    let trust = folder.join("trust");
    fs::create_dir_all(&trust).with_context(|| format!("cannot make {}", trust.display()))?;
    for (name, anchor) in ["root-sm2.pem", "root-p256.pem"].iter().zip(&list.anchors) {
        write_new(&trust.join(name), anchor.certificate.to_pem().as_bytes())?;
    }
    write_new(&trust.join("trust-list.json"), &list.to_json())?;
    write_new(&trust.join("trust-list.jws"), signed.as_bytes())
}

fn sign(
    folder: &Path,
    office: &OfficeFile,
    catalog: &Catalog,
    password: &[u8],
    now: OffsetDateTime,
    sequence: u64,
) -> Result<(TrustList, String)> {
    let keys = folder.join("keys");
    let sm2_root = signer(&keys, names::SM2_ROOT, password)?;
    let p256_root = signer(&keys, names::P256_ROOT, password)?;
    let anchor =
        |name: &str, root: &pki::SoftSigner, purposes| Anchor::new(name, root.certificate().clone(), purposes);
    let mut list = TrustList {
        sequence,
        operator: office.operator.clone(),
        issued_at: Some(now.replace_nanosecond(0).unwrap_or(now)),
        next_update: Some((now + Duration::days(365)).replace_nanosecond(0).unwrap_or(now)),
        addresses: vec![office.address.clone()],
        anchors: vec![
            anchor("SM2", &sm2_root, vec![Purpose::DocumentSigning, Purpose::SealMaking]),
            anchor("P-256", &p256_root, vec![Purpose::DocumentSigning]),
        ],
        authorities: authorities(&keys, office)?,
        ..TrustList::default()
    };
    for issuer in &office.issuers {
        let index = signer(&keys, &issuer.index_signer, password)?;
        let certificate = index.certificate();
        let period = Period { from: Some(certificate.not_before()), until: Some(certificate.not_after()) };
        let key = certificate.public_key().map_err(Clone::clone)?.clone();
        let types = issuer.types.iter().map(|id| {
            let template = catalog.get(id).with_context(|| format!("no license type {id}"))?;
            Ok(template.file.kind.code.clone())
        });
        let mut listed = Issuer::new(&issuer.code, &issuer.name, types.collect::<Result<_>>()?);
        listed.index_keys = IndexKey::new(key, period).into_iter().collect();
        list.issuers.push(listed);
    }
    let prepared = list.prepare(p256_root.certificate())?;
    let signature = p256_root.sign(prepared.to_be_signed())?;
    let signed = prepared.finish(&signature)?;
    Ok((list, signed))
}

/// The CAs between the roots and the signers, from the chains beside the keys: a seal signature brings none.
fn authorities(keys: &Path, office: &OfficeFile) -> Result<Vec<Certificate>> {
    let signers = office.issuers.iter().flat_map(|issuer| [issuer.seal_signer.as_str(), &issuer.document_signer]);
    let mut found: Vec<Certificate> = Vec::new();
    for name in std::iter::once(names::SEAL_MAKER).chain(signers) {
        let path = keys.join(format!("{name}.pem"));
        let pem = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let chain = Certificate::many_from_pem(&pem).with_context(|| path.display().to_string())?;
        let above = chain.into_iter().skip(1).filter(|certificate| !certificate.is_self_issued());
        above.for_each(|certificate| {
            if !found.contains(&certificate) {
                found.push(certificate);
            }
        });
    }
    Ok(found)
}
