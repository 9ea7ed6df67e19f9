//! Makes keys with their certificates below the CAs of a test deployment.

use std::path::PathBuf;

use anyhow::{Result, bail};
use license_server::deployment::{Change, Secrecy};
use pki::{Certificate, CertificateTemplate, KeyFileCost, KeyKind, Name, PrivateKey, SoftSigner};
use time::{Duration, OffsetDateTime};

use crate::files::{random, write_new, write_secret};

/// Where new keys go, under which password, and how long their certificates live.
pub(super) struct Press<'a> {
    pub(super) keys: PathBuf,
    pub(super) password: &'a [u8],
    pub(super) cost: KeyFileCost,
    pub(super) from: OffsetDateTime,
    pub(super) years: i64,
}

/// A key that nobody has written yet, under its password, with its certificate and chain.
pub(super) struct Pressed {
    pub(super) certificate: Certificate,
    key: String,
    chain: String,
}

impl Pressed {
    /// Into a change of the deployment.
    pub(super) fn stage(&self, name: &str, change: &mut Change) -> Result<()> {
        change.put_new(&format!("keys/{name}.key.pem"), self.key.as_bytes(), Secrecy::Secret)?;
        Ok(change.put_new(&format!("keys/{name}.pem"), self.chain.as_bytes(), Secrecy::Open)?)
    }
}

impl Press<'_> {
    pub(super) fn root(&self, file: &str, kind: KeyKind, subject: Name) -> Result<SoftSigner> {
        let key = PrivateKey::generate(kind, &mut random())?;
        let template =
            CertificateTemplate::root_ca(subject).serial(&serial()).valid(self.from, self.until(2 * self.years));
        let certificate = template.self_sign(&key)?;
        self.store(file, &key, &[&certificate])?;
        Ok(SoftSigner::new(key, certificate, Vec::new())?)
    }

    pub(super) fn ca(&self, file: &str, kind: KeyKind, subject: Name, root: &SoftSigner) -> Result<SoftSigner> {
        let key = PrivateKey::generate(kind, &mut random())?;
        let template = CertificateTemplate::issuing_ca(subject, 0)
            .serial(&serial())
            .valid(self.from, self.until(2 * self.years - 1));
        let certificate = template.issue(key.public_key(), root)?;
        let root = pki::Signer::certificate(root);
        self.store(file, &key, &[&certificate, root])?;
        Ok(SoftSigner::new(key, certificate, vec![root.clone()])?)
    }

    pub(super) fn leaf(
        &self,
        file: &str,
        kind: KeyKind,
        template: CertificateTemplate,
        path: &[&SoftSigner],
    ) -> Result<Certificate> {
        let [ca, above @ ..] = path else { bail!("no CA for {file}") };
        let above: Vec<Certificate> = above.iter().map(|ca| pki::Signer::certificate(*ca).clone()).collect();
        let pressed = self.press(kind, template, ca, &above)?;
        self.write(file, &pressed)?;
        Ok(pressed.certificate)
    }

    /// A new key and its certificate, where of those above the CA there are only the certificates.
    pub(super) fn press(
        &self,
        kind: KeyKind,
        template: CertificateTemplate,
        ca: &SoftSigner,
        above: &[Certificate],
    ) -> Result<Pressed> {
        let key = PrivateKey::generate(kind, &mut random())?;
        let template = template.serial(&serial()).valid(self.from, self.until(self.years));
        let certificate = template.issue(key.public_key(), ca)?;
        let mut chain = vec![&certificate, pki::Signer::certificate(ca)];
        chain.extend(above);
        let (key, chain) = self.under_password(&key, &chain)?;
        Ok(Pressed { certificate, key, chain })
    }

    fn store(&self, file: &str, key: &PrivateKey, chain: &[&Certificate]) -> Result<()> {
        let (key, text) = self.under_password(key, chain)?;
        let [certificate, ..] = chain else { bail!("no certificate for {file}") };
        self.write(file, &Pressed { certificate: (*certificate).clone(), key, chain: text })
    }

    fn under_password(&self, key: &PrivateKey, chain: &[&Certificate]) -> Result<(String, String)> {
        let pem = key.to_key_file(self.password, self.cost, &mut random())?;
        Ok((pem, chain.iter().map(|certificate| certificate.to_pem()).collect()))
    }

    fn write(&self, file: &str, pressed: &Pressed) -> Result<()> {
        write_secret(&self.keys.join(format!("{file}.key.pem")), pressed.key.as_bytes())?;
        write_new(&self.keys.join(format!("{file}.pem")), pressed.chain.as_bytes())
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
