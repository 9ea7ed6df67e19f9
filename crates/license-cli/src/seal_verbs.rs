//! `license seal`: the arguments of [`crate::seal`].

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use license_server::deployment::OfficeFile;
use pki::{Instant, Outcome};
use time::OffsetDateTime;

use crate::cli::PasswordArgs;
use crate::fault::count;
use crate::keys::names;
use crate::seal::NewSeal;

/// Electronic seals.
#[derive(Args)]
pub(crate) struct SealArgs {
    #[command(subcommand)]
    verb: SealVerb,
}

#[derive(Subcommand)]
enum SealVerb {
    /// Draw a round seal and have the seal maker sign it
    New {
        /// Folder of the deployment, with keys/
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Seal id: 14 digits for registered seals
        #[arg(long)]
        id: String,
        /// Name of the organ, on the ring
        #[arg(long)]
        name: String,
        /// A straight line below the star, such as 行政审批专用章
        #[arg(long)]
        bottom_line: Option<String>,
        /// Diameter in mm: 42, 45 or 50
        #[arg(long, default_value_t = 42)]
        diameter: u32,
        /// Credit code of the issuer whose key may use the seal
        #[arg(long, value_name = "CODE")]
        issuer: String,
        /// Version: 1 (GM/T 0031-2014), 4 (GB/T 38540) or 5 (GM/T 0031-2025)
        #[arg(long, value_name = "VERSION", default_value = "4", value_parser = crate::seal_apply::version)]
        ses: eseal::Version,
        /// The seal file; a PNG of the picture is left beside it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Seal an OFD that exists already
    Apply(crate::seal_apply::ApplyArgs),
    /// Sign an OFD that exists already, without a seal (GB/T 35275)
    Sign(crate::seal_apply::PlainArgs),
    /// Show a seal
    Show {
        /// A seal file (.esl)
        file: PathBuf,
    },
}

pub(crate) fn run(args: &SealArgs, assets: Option<&Path>) -> Result<ExitCode> {
    match &args.verb {
        SealVerb::New { data, id, name, bottom_line, diameter, issuer, ses, out, password } => {
            let password = crate::deployment::password(password, data)?;
            let keys = data.join("keys");
            let maker = crate::deployment::key(&keys, names::SEAL_MAKER, &password)?;
            crate::keys::trusted_maker(data, &maker)?;
            // Its key may have been replaced by another one.
            let office = data.join("office.toml");
            let office = if office.is_file() { Some(OfficeFile::read(&office)?) } else { None };
            let known = office.iter().flat_map(|office| &office.issuers).find(|known| known.code == *issuer);
            let owner = known.map_or_else(|| names::seal_signer(issuer), |known| known.seal_signer.clone());
            let owner = crate::trust::first(&keys, &owner)?;
            let fonts = crate::assets::fonts(crate::assets::open(assets)?)?;
            let seal = NewSeal {
                id,
                name,
                bottom_line: bottom_line.as_deref(),
                diameter_mm: *diameter,
                signer: &owner,
                version: *ses,
            };
            crate::seal::make(out, &seal, &maker, &fonts, OffsetDateTime::now_utc())?;
            say!("{}", out.display());
        }
        SealVerb::Apply(args) => return crate::seal_apply::apply(args, assets),
        SealVerb::Sign(args) => return crate::seal_apply::sign(args),
        SealVerb::Show { file } => {
            let seal = eseal::Seal::from_der(&crate::files::read(file)?)?;
            let content = seal.content();
            say!("{} {}, {}", content.id, content.name, seal.version());
            say!("  {} to {}", Instant(content.valid_from), Instant(content.valid_until));
            let picture = &content.picture;
            let bytes = picture.data.len();
            say!("  {} {}×{} mm, {bytes} bytes", picture.format, picture.width_mm, picture.height_mm);
            say!("  {}; maker {}", count(content.signers.len() as u64, "signer"), seal.maker()?.subject());
            let signature = match eseal::check_seal(&seal) {
                Outcome::Passed => "holds".to_owned(),
                Outcome::Failed(why) => format!("does not hold: {why}"),
                Outcome::NotDone(why) => format!("cannot be checked: {why}"),
            };
            say!("  seal maker's signature: {signature}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
