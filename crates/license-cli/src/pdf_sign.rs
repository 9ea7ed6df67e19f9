//! `license pdf sign` and `license pdf field`.
//!
//! With `--key` everything happens at once. With `--cert` the key is elsewhere: the first call writes the message, the
//! second one, the same but for `--signature`, takes what the key made of it. Preparing is a pure function of its
//! arguments, so nothing has to be kept in between. With `--pkcs11-module` the key is in hardware that this machine
//! reaches, and everything happens at once, too.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use license_core::length::Rect;
use license_core::pdf_signing::{self, Certification, Level, PdfPlace, PdfRequest, Prepared, Shape};
use pdf_sign::{Budget, Lock};
use pki::{Certificate, DigestAlgorithm, Signer};
use time::OffsetDateTime;

use crate::cli::PasswordArgs;
use crate::fault::fault;
use crate::files::{read, write_new};
use crate::network::{StampArgs, Stamper};
use crate::pdf_augment::EvidenceArgs;
use crate::pkcs11::Pkcs11Args;

/// `license pdf sign`.
#[derive(Args)]
pub(crate) struct SignArgs {
    /// The PDF to be signed
    file: PathBuf,
    /// Key file NAME.key.pem; the certificate, with its chain, is NAME.pem beside it. With --pkcs11-module: the key's label
    #[arg(long, value_name = "FILE", required_unless_present_any = ["cert", "key_id"])]
    key: Option<PathBuf>,
    /// Certificate, with its chain, of a key that is elsewhere: a device or a service
    #[arg(long, value_name = "FILE")]
    cert: Option<PathBuf>,
    /// With --cert: write the message for the key here and stop
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "pkcs11_module"])]
    message: Option<PathBuf>,
    /// With --cert: the key's signature over the message of the same call
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "message", "pkcs11_module"])]
    signature: Option<PathBuf>,
    /// Time of signing, such as 2026-11-23T10:00:00+08:00; now unless said otherwise
    #[arg(long, value_parser = crate::trust::parse_instant)]
    time: Option<OffsetDateTime>,
    /// Name of the field: one that waits for a signature, or else a new one
    #[arg(long, value_name = "NAME", default_value = "Signature1")]
    field: String,
    /// Where a new field is seen: page (from 1), left, top, width, height in mm
    #[arg(long, value_name = "PAGE,X,Y,W,H", value_parser = place)]
    at: Option<PdfPlace>,
    /// Picture that the field shows (PNG, JPEG)
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Certify instead of approving; afterwards nothing may change (1), forms may be filled and signed (2), or comments
    /// be made, too (3)
    #[arg(long, value_name = "P", value_parser = certification)]
    certify: Option<Certification>,
    /// PAdES level: B-B, B-T, B-LT or B-LTA
    #[arg(long, value_name = "LEVEL", default_value = "B-B", value_parser = level)]
    level: Level,
    /// GM/T 0010 instead of PAdES, for readers that know SM2 only; beside a PAdES signature, not instead of one
    #[arg(long)]
    gmt0010: bool,
    /// Who signs, as readers tell it
    #[arg(long)]
    name: Option<String>,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    /// Where
    #[arg(long)]
    location: Option<String>,
    /// Bytes of room for the signature, instead of the estimate
    #[arg(long, value_name = "BYTES")]
    room: Option<usize>,
    /// Where the result goes; NAME-signed.pdf beside the file unless said otherwise
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pkcs11: Pkcs11Args,
    #[command(flatten)]
    password: PasswordArgs,
    #[command(flatten)]
    stamps: StampArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

/// `license pdf field`.
#[derive(Args)]
pub(crate) struct FieldArgs {
    /// The PDF; nobody has signed it yet
    file: PathBuf,
    /// Name of the new field
    #[arg(long)]
    name: String,
    /// Where it is seen once it is signed: page (from 1), left, top, width, height in mm
    #[arg(long, value_name = "PAGE,X,Y,W,H", value_parser = place)]
    at: Option<PdfPlace>,
    /// Signing it locks all other fields
    #[arg(long)]
    lock_all: bool,
    /// Where the result goes; NAME-field.pdf beside the file unless said otherwise
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn add_field(args: &FieldArgs) -> Result<ExitCode> {
    let lock = args.lock_all.then_some(Lock::All);
    let pdf = pdf_signing::add_field(read(&args.file)?, &args.name, args.at, lock)?;
    finish(&pdf, args.out.as_deref(), &args.file, "field")
}

pub(crate) fn sign(args: &SignArgs) -> Result<ExitCode> {
    let stamper = args.stamps.open()?;
    if args.level > Level::B && stamper.is_none() {
        let why = format!("{} needs a time-stamp, and no service is named", args.level);
        return Err(fault("--level", why, "name one with --tsa URL"));
    }
    let pdf = read(&args.file)?;
    let by = By::open(args)?;
    let request = args.request(&pdf, &by, stamper.is_some())?;
    let prepared = pdf_signing::prepare(pdf, &request)?;
    let signature = match (&by.key, &args.signature) {
        (Some(key), _) => key.sign(prepared.to_be_signed())?,
        (None, Some(path)) => read(path)?,
        (None, None) => {
            let path = args.message.as_deref().context("where to write the message? give --message")?;
            write_new(path, prepared.to_be_signed())?;
            say!("{}: to be signed ({}) by {}", path.display(), prepared.algorithm(), prepared.signer().subject());
            return Ok(ExitCode::SUCCESS);
        }
    };
    let signed = complete(prepared, &signature, stamper.as_ref(), args)?;
    let raised = match args.level {
        Level::B | Level::T => signed,
        level => crate::pdf_augment::raise(signed, level, &args.evidence, stamper.as_ref())?,
    };
    finish(&raised, args.out.as_deref(), &args.file, "signed")
}

/// Level B-B, or B-T with a service.
fn complete(prepared: Prepared, signature: &[u8], stamper: Option<&Stamper>, args: &SignArgs) -> Result<Vec<u8>> {
    let Some(stamper) = stamper else { return Ok(prepared.finish(signature)?) };
    let unstamped = prepared.signed(signature)?;
    let stamp = stamper.stamp(unstamped.to_be_stamped(), DigestAlgorithm::Sha256);
    let stamp = stamp.map_err(|error| pdf_signing::PdfSigningError::NoToken(error.to_string()))?;
    if args.level <= Level::T {
        args.evidence.believes(&stamp)?;
    }
    Ok(unstamped.with_token(stamp.der())?)
}

/// Writes the result and tells where.
pub(crate) fn finish(pdf: &[u8], out: Option<&Path>, file: &Path, suffix: &str) -> Result<ExitCode> {
    let out = out.map_or_else(
        || {
            let mut name = file.file_stem().unwrap_or_default().to_os_string();
            name.push(format!("-{suffix}.pdf"));
            file.with_file_name(name)
        },
        Path::to_path_buf,
    );
    write_new(&out, pdf)?;
    say!("{}", out.display());
    Ok(ExitCode::SUCCESS)
}

impl SignArgs {
    fn request<'b>(&self, pdf: &[u8], by: &'b By, stamped: bool) -> Result<PdfRequest<'b>> {
        let mut request = PdfRequest::new(&by.certificate, &by.chain, by.algorithm()?, by.at);
        let facts = pdf_sign::inspect(pdf, &Budget::default());
        request = if facts.empty_fields.iter().any(|field| field.name == self.field) {
            if self.at.is_some() {
                return Err(fault("--at", "the field has its place already", "leave --at out"));
            }
            request.in_prepared_field(&self.field)
        } else {
            request.in_new_field(&self.field)
        };
        if let Some(place) = self.at {
            request = request.visible_at(place);
        }
        if let Some(path) = &self.picture {
            request = request.showing(read(path)?);
        }
        if let Some(certification) = self.certify {
            request = request.certifying(certification);
        }
        if self.gmt0010 {
            request = request.shaped(Shape::Gmt0010);
        }
        for (value, set) in [
            (&self.name, PdfRequest::named as fn(PdfRequest<'b>, &str) -> PdfRequest<'b>),
            (&self.reason, PdfRequest::because),
            (&self.location, PdfRequest::located),
        ] {
            if let Some(value) = value {
                request = set(request, value);
            }
        }
        if stamped {
            request = request.with_time_stamp();
        }
        Ok(match self.room {
            Some(bytes) => request.with_room(bytes),
            None => request,
        })
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
    fn open(args: &SignArgs) -> Result<Self> {
        let at = args.time.unwrap_or_else(OffsetDateTime::now_utc);
        if args.pkcs11.is_given() {
            let label = args.key.as_deref().map(Path::to_string_lossy);
            let key: Box<dyn Signer> = Box::new(args.pkcs11.open(label.as_deref(), args.cert.as_deref())?);
            return Ok(Self {
                certificate: key.certificate().clone(),
                chain: key.chain().to_vec(),
                key: Some(key),
                at,
            });
        }
        if let Some(path) = &args.cert {
            ensure!(args.key.is_none(), "whose key? give --key or --cert, not both");
            ensure!(args.time.is_some(), "--cert needs --time: both calls have to prepare the same signature");
            let text = String::from_utf8_lossy(&read(path)?).into_owned();
            let mut chain = Certificate::many_from_pem(&text).with_context(|| format!("{}", path.display()))?;
            ensure!(!chain.is_empty(), "no certificate in {}", path.display());
            return Ok(Self { key: None, certificate: chain.remove(0), chain, at });
        }
        let path = args.key.as_deref().context("whose key? give --key or --cert")?;
        let key: Box<dyn Signer> = Box::new(crate::deployment::signing_key_file(path, &args.password)?);
        Ok(Self { certificate: key.certificate().clone(), chain: key.chain().to_vec(), key: Some(key), at })
    }

    fn algorithm(&self) -> Result<pki::SignatureAlgorithm> {
        match &self.key {
            Some(key) => Ok(key.algorithm()),
            None => Ok(self.certificate.public_key().map_err(Clone::clone)?.kind().default_algorithm()),
        }
    }
}

pub(crate) fn level(text: &str) -> Result<Level, String> {
    let all = [Level::B, Level::T, Level::Lt, Level::Lta];
    let found = all.into_iter().find(|level| level.to_string().eq_ignore_ascii_case(text));
    found.ok_or_else(|| "levels are B-B, B-T, B-LT and B-LTA".to_owned())
}

fn certification(text: &str) -> Result<Certification, String> {
    match text {
        "1" => Ok(Certification::Final),
        "2" => Ok(Certification::Filling),
        "3" => Ok(Certification::Commenting),
        _ => Err("1, 2 or 3".to_owned()),
    }
}

fn place(text: &str) -> Result<PdfPlace, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let [page, rest @ ..] = parts.as_slice() else { return Err("PAGE,X,Y,W,H such as 1,140,220,42,42".to_owned()) };
    let page = page.parse::<usize>().ok().and_then(|page| page.checked_sub(1)).ok_or("pages are counted from 1")?;
    let numbers: Vec<f64> = rest.iter().filter_map(|text| text.parse().ok()).collect();
    match numbers.as_slice() {
        [x, y, w, h] if rest.len() == 4 && numbers.iter().all(|mm| (-10_000.0..=10_000.0).contains(mm)) => {
            Ok(PdfPlace { page, rect: Rect::from_mm([*x, *y, *w, *h]) })
        }
        _ => Err("PAGE,X,Y,W,H such as 1,140,220,42,42, in mm".to_owned()),
    }
}
