//! Makes keys with their certificates below the CAs of a test deployment.

use std::path::PathBuf;

use anyhow::{Result, bail};
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
        self.leaf_with(file, kind, template, ca, &above)
    }

    /// As [`leaf`](Self::leaf), where of those above the CA there are only the certificates.
    pub(super) fn leaf_with(
        &self,
        file: &str,
        kind: KeyKind,
        template: CertificateTemplate,
        ca: &SoftSigner,
        above: &[Certificate],
    ) -> Result<Certificate> {
        let key = PrivateKey::generate(kind, &mut random())?;
        let template = template.serial(&serial()).valid(self.from, self.until(self.years));
        let certificate = template.issue(key.public_key(), ca)?;
        let mut chain = vec![&certificate, pki::Signer::certificate(ca)];
        chain.extend(above);
        self.store(file, &key, &chain)?;
        Ok(certificate)
    }

    fn store(&self, file: &str, key: &PrivateKey, chain: &[&Certificate]) -> Result<()> {
        let pem = key.to_key_file(self.password, self.cost, &mut random())?;
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
