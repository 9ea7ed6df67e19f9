//! `license seal apply` and `license seal sign`: a seal or a plain signature on a document that exists already.
//!
//! With `--key` everything happens at once. With `--cert` the key is elsewhere: the first call writes the message, the
//! second one, the same but for `--signature`, takes what the key made of it. Preparing is a pure function of its
//! arguments, so nothing has to be kept in between. With `--pkcs11-module` the key is in hardware that this machine
//! reaches, and everything happens at once, too.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use eseal::{Seal, Version};
use license_core::sealing::{
    self, After, Edge, IntegrityRequest, Keyword, Pick, Place, Prepared, SealingError, Straddle, TimeStampService,
};
use ofd::{Budget, Package, Um};
use pki::{Certificate, DigestAlgorithm, Signer};
use time::OffsetDateTime;

use crate::cli::PasswordArgs;
use crate::deployment::GivenUp;
use crate::files::{read, write_new};
use crate::network::StampArgs;
use crate::pkcs11::Pkcs11Args;

/// Whose key, when, and where the result goes.
#[derive(Args)]
struct SignerArgs {
    /// Key file NAME.key.pem; the certificate, with its chain, is NAME.pem beside it. With --pkcs11-module: the key's label
    #[arg(long, value_name = "FILE", required_unless_present_any = ["cert", "key_id"])]
    key: Option<PathBuf>,
    /// Certificate, with its chain, of a key that is elsewhere: a device or a service
    #[arg(long, value_name = "FILE")]
    cert: Option<PathBuf>,
    /// With --cert: write the message for the key here and stop
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "pkcs11_module"])]
    message: Option<PathBuf>,
    /// With --cert: the key's signature (SM2 with SM3; DER or 64 bytes) over the message of the same call
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "message", "pkcs11_module"])]
    signature: Option<PathBuf>,
    /// Time of signing, such as 2026-11-23T10:00:00+08:00; now unless said otherwise
    #[arg(long, value_parser = crate::trust::parse_instant)]
    time: Option<OffsetDateTime>,
    /// More signatures will follow: this one leaves the list of signatures open
    #[arg(long)]
    more: bool,
    /// Close the package with a signed list of all files (GM/T 0099), by the same key
    #[arg(long, conflicts_with = "more")]
    integrity: bool,
    /// Where the result goes; NAME-sealed.ofd beside the file unless said otherwise
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pkcs11: Pkcs11Args,
    #[command(flatten)]
    password: PasswordArgs,
    #[command(flatten)]
    stamps: StampArgs,
}

/// `license seal apply`.
#[derive(Args)]
pub(crate) struct ApplyArgs {
    /// The OFD to be sealed
    file: PathBuf,
    /// The seal (.esl); its version is that of the signature
    #[arg(long, value_name = "FILE")]
    seal: PathBuf,
    /// Refuse unless the seal is of this version: 1 (GM/T 0031-2014), 4 (GB/T 38540) or 5 (GM/T 0031-2025)
    #[arg(long, value_name = "VERSION", value_parser = version)]
    ses: Option<Version>,
    /// Page (from 1) and top-left corner in mm; may be repeated
    #[arg(long, value_name = "PAGE,X,Y", value_parser = corner)]
    at: Vec<Place>,
    /// Over these words, such as 盖章
    #[arg(long, value_name = "WORDS")]
    keyword: Option<String>,
    /// Which occurrence of the words: first, last, all or a number
    #[arg(long, value_name = "WHICH", default_value = "last", value_parser = pick, requires = "keyword")]
    pick: Pick,
    /// In the slot of the license type: seal
    #[arg(long, value_name = "NAME")]
    slot: Option<String>,
    /// Across the edges of all pages (骑缝章)
    #[arg(long)]
    straddle: bool,
    /// The edge of a seal across pages: right or left
    #[arg(long, default_value = "right", value_parser = edge, requires = "straddle")]
    edge: Edge,
    /// Upper end of a seal across pages, in mm; the middle of the page unless said otherwise
    #[arg(long, value_name = "MM", value_parser = length, requires = "straddle")]
    straddle_y: Option<Um>,
    /// Write the seal as a file of its own, too (Seal.esl)
    #[arg(long)]
    seal_file: bool,
    #[command(flatten)]
    signer: SignerArgs,
}

/// `license seal sign`.
#[derive(Args)]
pub(crate) struct PlainArgs {
    /// The OFD to be signed
    file: PathBuf,
    #[command(flatten)]
    signer: SignerArgs,
}

pub(crate) fn apply(args: &ApplyArgs, assets: Option<&Path>) -> Result<ExitCode> {
    told(seal(args, assets))
}

fn seal(args: &ApplyArgs, assets: Option<&Path>) -> Result<ExitCode> {
    let (package, by) = (open(&args.file)?, args.signer.open()?);
    let seal = Seal::from_der(&read(&args.seal)?).with_context(|| format!("{}", args.seal.display()))?;
    if let Some(wanted) = args.ses.filter(|wanted| *wanted != seal.version()) {
        bail!("{} follows {}, not {wanted}; `license seal new --ses` makes seals", args.seal.display(), seal.version());
    }
    if let Some(path) = args.signer.key.as_deref().filter(|_| !args.signer.pkcs11.is_given()) {
        crate::deployment::usable(&seal, path)?;
    }
    let mut request = sealing::SealRequest::new(&seal, by.certificate(), by.at).followed_by(args.signer.after());
    for place in args.places(&package, &seal, assets)? {
        request = request.at(place);
    }
    if args.seal_file {
        request = request.with_seal_file();
    }
    if args.signer.integrity {
        request = request.before_integrity();
    }
    args.signer.complete(&args.file, &by, sealing::prepare(package, &request))
}

pub(crate) fn sign(args: &PlainArgs) -> Result<ExitCode> {
    told(plain(args))
}

fn plain(args: &PlainArgs) -> Result<ExitCode> {
    let (package, by) = (open(&args.file)?, args.signer.open()?);
    let request = sealing::PlainRequest::new(by.certificate(), &by.chain, by.at).followed_by(args.signer.after());
    args.signer.complete(&args.file, &by, sealing::prepare_plain(package, &request))
}

/// What cannot be sealed is refused, not misuse.
fn told(result: Result<ExitCode>) -> Result<ExitCode> {
    match result {
        Err(error) if error.is::<SealingError>() || error.is::<GivenUp>() => {
            eprintln!("license: {}", crate::out::plain(&error.to_string(), true));
            Ok(ExitCode::FAILURE)
        }
        result => result,
    }
}

impl ApplyArgs {
    fn places(&self, package: &Package, seal: &Seal, assets: Option<&Path>) -> Result<Vec<Place>> {
        let mut places = self.at.clone();
        if let Some(words) = &self.keyword {
            places.push(Place::Keyword(Keyword::new(words).pick(self.pick)));
        }
        if self.straddle {
            places.push(Place::Straddle(Straddle { edge: self.edge, y: self.straddle_y, ..Straddle::right() }));
        }
        if let Some(slot) = &self.slot {
            let catalog = crate::assets::catalog(&*crate::assets::open(assets)?)?;
            places.push(Place::slot(&ofd::inspect(package, &Budget::default()), &catalog, slot, seal)?);
        }
        ensure!(!places.is_empty(), "where to? give --at, --keyword, --slot or --straddle");
        Ok(places)
    }
}

/// Who signs, opened.
struct By {
    /// Nothing when the key is elsewhere.
    key: Option<Box<dyn Signer>>,
    certificate: Certificate,
    chain: Vec<Certificate>,
    at: OffsetDateTime,
}

impl By {
    const fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

impl SignerArgs {
    fn open(&self) -> Result<By> {
        let at = self.time.unwrap_or_else(OffsetDateTime::now_utc);
        if self.pkcs11.is_given() {
            let label = self.key.as_deref().map(Path::to_string_lossy);
            let key: Box<dyn Signer> = Box::new(self.pkcs11.open(label.as_deref(), self.cert.as_deref())?);
            return Ok(By { certificate: key.certificate().clone(), chain: key.chain().to_vec(), key: Some(key), at });
        }
        if let Some(path) = &self.cert {
            ensure!(self.key.is_none(), "whose key? give --key or --cert, not both");
            ensure!(self.time.is_some(), "--cert needs --time: both calls have to prepare the same signature");
            ensure!(!self.integrity, "--integrity needs the key here: it signs twice");
            let text = String::from_utf8_lossy(&read(path)?).into_owned();
            let mut chain = Certificate::many_from_pem(&text).with_context(|| format!("{}", path.display()))?;
            ensure!(!chain.is_empty(), "no certificate in {}", path.display());
            return Ok(By { key: None, certificate: chain.remove(0), chain, at });
        }
        let path = self.key.as_deref().context("whose key? give --key or --cert")?;
        let key: Box<dyn Signer> = Box::new(crate::deployment::signing_key_file(path, &self.password)?);
        Ok(By { certificate: key.certificate().clone(), chain: key.chain().to_vec(), key: Some(key), at })
    }

    const fn after(&self) -> After {
        if self.more { After::More } else { After::Nothing }
    }

    /// Signs and writes, or writes the message for a key that is elsewhere.
    fn complete(&self, file: &Path, by: &By, prepared: Result<Prepared, SealingError>) -> Result<ExitCode> {
        let prepared = prepared?;
        let stamper = self.stamps.open()?;
        let token = |message: &[u8]| match &stamper {
            Some(stamper) => match stamper.stamp(message, DigestAlgorithm::Sm3) {
                Ok(stamp) => Ok(stamp.der().to_vec()),
                Err(error) => Err(error.to_string()),
            },
            None => Err("no service is named".to_owned()),
        };
        let service: Option<&dyn TimeStampService> = stamper.is_some().then_some(&token);
        let sealed = match (&by.key, &self.signature) {
            (Some(key), _) => sealing::sign(prepared, &**key, service)?,
            (None, Some(path)) => sealing::finish(prepared, &read(path)?, service)?,
            (None, None) => {
                let path = self.message.as_deref().context("where to write the message? give --message")?;
                write_new(path, prepared.to_be_signed())?;
                say!("{}: to be signed with SM2 and SM3 by {}", path.display(), by.certificate.subject());
                return Ok(ExitCode::SUCCESS);
            }
        };
        let sealed = match (&by.key, self.integrity) {
            (Some(key), true) => {
                let request = IntegrityRequest::new(&by.certificate, &by.chain, by.at);
                let package = ofd::read(&sealed, &Budget::default())?;
                sealing::sign(sealing::prepare_integrity(package, &request)?, &**key, service)?
            }
            _ => sealed,
        };
        let out = self.out.clone().unwrap_or_else(|| beside(file));
        write_new(&out, &sealed)?;
        say!("{}", out.display());
        Ok(ExitCode::SUCCESS)
    }
}

fn open(file: &Path) -> Result<Package> {
    ofd::read(&read(file)?, &Budget::default()).with_context(|| format!("{}", file.display()))
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_stem().unwrap_or_default().to_os_string();
    name.push("-sealed.ofd");
    file.with_file_name(name)
}

/// `1`, `4` or `5`.
pub(crate) fn version(text: &str) -> Result<Version, String> {
    match text {
        "1" => Ok(Version::V1),
        "4" => Ok(Version::V4),
        "5" => Ok(Version::V5),
        other => Err(format!("versions are 1, 4 and 5, not {other}")),
    }
}

fn corner(text: &str) -> Result<Place, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let [page, x, y] = parts[..] else { return Err("PAGE,X,Y such as 1,140,220".to_owned()) };
    let page = page.parse::<usize>().ok().and_then(|page| page.checked_sub(1)).ok_or("pages are counted from 1")?;
    Ok(Place::top_left(page, length(x)?, length(y)?))
}

fn length(text: &str) -> Result<Um, String> {
    match text.parse::<f64>() {
        Ok(mm) if (-10_000.0..=10_000.0).contains(&mm) => Ok(Um::from_mm(mm)),
        _ => Err(format!("{text} is no length in mm")),
    }
}

fn pick(text: &str) -> Result<Pick, String> {
    match text {
        "first" => Ok(Pick::First),
        "last" => Ok(Pick::Last),
        "all" => Ok(Pick::All),
        number => match number.parse() {
            Ok(n) if n > 0 => Ok(Pick::Nth(n)),
            _ => Err("first, last, all, or a number from 1".to_owned()),
        },
    }
}

fn edge(text: &str) -> Result<Edge, String> {
    match text {
        "right" => Ok(Edge::Right),
        "left" => Ok(Edge::Left),
        other => Err(format!("right or left, not {other}")),
    }
}
