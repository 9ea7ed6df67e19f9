//! `license keys new`: a test PKI with proper extensions, key files encrypted at rest.
//!
//! An SM2 branch (root, issuing CA, seal maker, one signer per issuer) for electronic seals, and a P-256 branch
//! (root, issuing CA, a document signer and an index signer per issuer) for PDF signatures and QR codes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use pki::{Certificate, CertificateTemplate, KeyKind, KeyUsage, Name, PrivateKey, SoftSigner};
use time::{Duration, OffsetDateTime};

use crate::fault::fault;
use crate::files::{random, write_new, write_secret};

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

/// Makes all keys and certificates below `folder/keys`; refuses to touch what is there.
pub(crate) fn make(
    folder: &Path,
    operator: &str,
    issuers: &[IssuerName],
    password: &[u8],
    now: OffsetDateTime,
) -> Result<()> {
    let keys = folder.join("keys");
    if keys.exists() {
        return Err(fault(
            keys.display(),
            "exists already, and keys are never overwritten",
            "give another --out folder",
        ));
    }
    if password.is_empty() {
        return Err(fault("password", "is empty and would protect nothing", "put one into the first line of the file"));
    }
    fs::create_dir_all(&keys).with_context(|| format!("cannot make {}", keys.display()))?;
    let press = Press { keys, password, from: now - Duration::hours(1), years: 10 };

    let name = |common: &str| {
        Name::builder().country("CN").organization(operator).common_name(&format!("{common}（测试 TEST ONLY）")).build()
    };
    let sm2_root = press.root(names::SM2_ROOT, KeyKind::Sm2, name("国密根证书 SM2 Root"))?;
    let sm2_ca = press.ca(names::SM2_CA, KeyKind::Sm2, name("国密签发证书 SM2 Issuing CA"), &sm2_root)?;
    let maker = CertificateTemplate::seal_maker(name("电子印章制作系统 Seal Maker"));
    press.leaf(names::SEAL_MAKER, KeyKind::Sm2, maker, &[&sm2_ca, &sm2_root])?;
    let p256_root = press.root(names::P256_ROOT, KeyKind::P256, name("根证书 P-256 Root"))?;
    let p256_ca = press.ca(names::P256_CA, KeyKind::P256, name("签发证书 P-256 Issuing CA"), &p256_root)?;
    for issuer in issuers {
        // O=<credit code><unit name>, as seal certificates of the national scheme write it.
        let unit = |common: &str| {
            let organization = format!("{}{}", issuer.code, issuer.name);
            Name::builder().country("CN").organization(&organization).common_name(common).build()
        };
        let seal = CertificateTemplate::document_signer(unit(&format!("{}电子印章", issuer.name)));
        press.leaf(&names::seal_signer(&issuer.code), KeyKind::Sm2, seal, &[&sm2_ca, &sm2_root])?;
        let document = CertificateTemplate::document_signer(unit(&issuer.name));
        press.leaf(&names::document_signer(&issuer.code), KeyKind::P256, document, &[&p256_ca, &p256_root])?;
        let index = CertificateTemplate::seal_maker(unit(&format!("{}证照索引", issuer.name)))
            .with_key_usage(KeyUsage::DIGITAL_SIGNATURE);
        press.leaf(&names::index_signer(&issuer.code), KeyKind::P256, index, &[&p256_ca, &p256_root])?;
    }
    Ok(())
}

struct Press<'a> {
    keys: PathBuf,
    password: &'a [u8],
    from: OffsetDateTime,
    years: i64,
}

impl Press<'_> {
    fn root(&self, file: &str, kind: KeyKind, subject: Name) -> Result<SoftSigner> {
        let key = PrivateKey::generate(kind, &mut random())?;
        let template =
            CertificateTemplate::root_ca(subject).serial(&serial()).valid(self.from, self.until(2 * self.years));
        let certificate = template.self_sign(&key)?;
        self.store(file, &key, &[&certificate])?;
        Ok(SoftSigner::new(key, certificate, Vec::new())?)
    }

    fn ca(&self, file: &str, kind: KeyKind, subject: Name, root: &SoftSigner) -> Result<SoftSigner> {
        let key = PrivateKey::generate(kind, &mut random())?;
        let template = CertificateTemplate::issuing_ca(subject, 0)
            .serial(&serial())
            .valid(self.from, self.until(2 * self.years - 1));
        let certificate = template.issue(key.public_key(), root)?;
        let root = pki::Signer::certificate(root);
        self.store(file, &key, &[&certificate, root])?;
        Ok(SoftSigner::new(key, certificate, vec![root.clone()])?)
    }

    fn leaf(&self, file: &str, kind: KeyKind, template: CertificateTemplate, path: &[&SoftSigner]) -> Result<()> {
        let key = PrivateKey::generate(kind, &mut random())?;
        let template = template.serial(&serial()).valid(self.from, self.until(self.years));
        let Some(ca) = path.first() else { bail!("no CA for {file}") };
        let certificate = template.issue(key.public_key(), *ca)?;
        let chain: Vec<&Certificate> =
            std::iter::once(&certificate).chain(path.iter().map(|ca| pki::Signer::certificate(*ca))).collect();
        self.store(file, &key, &chain)
    }

    fn store(&self, file: &str, key: &PrivateKey, chain: &[&Certificate]) -> Result<()> {
        let pem = key.to_encrypted_pem(self.password, &mut random())?;
        write_secret(&self.keys.join(format!("{file}.key.pem")), pem.as_bytes())?;
        let chain: String = chain.iter().map(|certificate| certificate.to_pem()).collect();
        write_new(&self.keys.join(format!("{file}.pem")), chain.as_bytes())
    }

    fn until(&self, years: i64) -> OffsetDateTime {
        self.from + Duration::days(365 * years)
    }
}

/// A positive serial of 16 random bytes.
fn serial() -> [u8; 16] {
    use getrandom::rand_core::Rng as _;
    let mut bytes = [0; 16];
    random().fill_bytes(&mut bytes);
    bytes[0] = bytes[0] & 0x7f | 0x40;
    bytes
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
        #[command(flatten)]
        password: crate::cli::PasswordArgs,
    },
}

pub(crate) fn run(args: &KeysArgs) -> Result<std::process::ExitCode> {
    let KeysVerb::New { out, operator, issuers, password } = &args.verb;
    let issuers = issuers.iter().map(|text| issuer(text)).collect::<Result<Vec<_>>>()?;
    let password = crate::deployment::password(password, out)?;
    make(out, operator, &issuers, &password, OffsetDateTime::now_utc())?;
    say!("test keys made in {}", out.join("keys").display());
    Ok(std::process::ExitCode::SUCCESS)
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
