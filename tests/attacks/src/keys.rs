//! Everybody's keys, derived from their names: the corpus is the same wherever it is made.
//!
//! TEST ONLY. Whoever reads this file has all the private keys.

use std::sync::Arc;

use pki::{
    Certificate, CertificateTemplate, Crl, CrlTemplate, DigestAlgorithm, KeyKind, Name, PrivateKey, RevocationReason,
    Signer as _, SoftSigner,
};
use rand_core::{Infallible, TryCryptoRng, TryRng};
use time::OffsetDateTime;
use time::macros::datetime;

/// The issuer of the good files.
pub const MARKET: &str = "11340100MB1D00012R";
/// Its name.
pub const MARKET_NAME: &str = "样例市市场监督管理局";
/// Another trusted issuer, with a valid seal of its own.
pub const HOUSING: &str = "11340100MB1D00020L";
/// Its name.
pub const HOUSING_NAME: &str = "样例省住房和城乡建设厅";

/// When the good files are sealed.
pub const SEALED: OffsetDateTime = datetime!(2026-12-01 10:00 +8);
/// When all files are judged.
pub const JUDGED: OffsetDateTime = datetime!(2026-12-15 10:00 +8);
/// Life of certificates and of nearly all seals.
pub const FROM: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
/// Its end.
pub const UNTIL: OffsetDateTime = datetime!(2046-01-01 0:00 UTC);

/// Somebody who signs.
pub type Who = Arc<SoftSigner>;

/// All trusted and all strange people.
pub struct Keys {
    /// The trusted root.
    pub root: Who,
    /// Signs the trust list itself (Ed25519: JWS has no name for SM2) and nothing else.
    pub list: Who,
    /// The CA below it.
    pub ca: Who,
    /// The trusted seal maker.
    pub maker: Who,
    /// Seals for [`MARKET`].
    pub market: Who,
    /// Signs its indexes.
    pub market_index: Who,
    /// Seals for [`HOUSING`].
    pub housing: Who,
    /// Signs its indexes.
    pub housing_index: Who,
    /// A clerk of [`MARKET`] with a good certificate, whom its seal does not list.
    pub colleague: Who,
    /// A clerk of [`MARKET`] whose certificate was revoked on 25 November 2026, before the good files were sealed.
    pub revoked: Who,
    /// A clerk of [`MARKET`] whose certificate ended on 30 November 2026.
    pub ended: Who,
    /// A clerk of [`MARKET`] whose certificate begins on 10 December 2026, after the good files were sealed.
    pub not_yet: Who,
    /// A clerk of [`MARKET`] with an Ed25519 key.
    pub edwards: Who,
    /// A certificate in the name of [`MARKET`] that [`Keys::market`], which is no CA, signed.
    pub below_leaf: Who,
    /// Bears the name of [`MARKET`] below a root that bears the trusted root's name.
    pub double: Who,
    /// A seal maker whose certificate was revoked on 1 February 2026.
    pub revoked_maker: Who,
    /// A seal maker whose certificate ended on 1 February 2026.
    pub ended_maker: Who,
    /// A clerk of [`MARKET`] whose certificate is for encryption only.
    pub encrypting: Who,
    /// A root that nobody trusts.
    pub stranger_root: Who,
    /// A seal maker below the stranger's root.
    pub stranger_maker: Who,
    /// Bears the name of [`MARKET`] below the stranger's root.
    pub impostor: Who,
    /// A trusted root's time-stamp authority.
    pub stamper: Who,
    /// A time-stamp authority below the stranger's root.
    pub stranger_stamper: Who,
}

impl Keys {
    /// Makes them.
    #[allow(clippy::new_without_default, reason = "nothing is empty about them")]
    pub fn new() -> Keys {
        let operator = "样例省政务服务和数据管理局";
        let root = root("root", name(operator, "攻击样本根证书 ATTACK CORPUS TEST ONLY"), KeyKind::Sm2);
        let list = self::root("list", name(operator, "攻击样本信任列表 ATTACK CORPUS TEST ONLY"), KeyKind::Ed25519);
        let ca_template = CertificateTemplate::issuing_ca(name(operator, "攻击样本 CA TEST ONLY"), 0);
        let ca = below("ca", ca_template, &root, FROM, UNTIL);
        let maker_template = CertificateTemplate::seal_maker(name(operator, "攻击样本制章人 TEST ONLY"));
        let maker = below("maker", maker_template, &ca, FROM, UNTIL);
        let clerk = |label: &str, code: &str, unit: &str, until| {
            let template = CertificateTemplate::document_signer(name(&format!("{code}{unit}"), label));
            below(label, template, &ca, FROM, until)
        };
        let own = |label: &str, until| clerk(label, MARKET, MARKET_NAME, until);
        let stranger_root = self::root("stranger root", name("无名机构", "STRANGER ROOT"), KeyKind::Sm2);
        let market = own("market", UNTIL);
        let subject = market.certificate().subject().clone();
        let maker_until =
            |label: &str, until| below(label, CertificateTemplate::seal_maker(name(operator, label)), &ca, FROM, until);
        let signer = CertificateTemplate::document_signer(subject.clone());
        let same_root = self::root("double root", root.certificate().subject().clone(), KeyKind::Sm2);
        let same_ca = CertificateTemplate::issuing_ca(ca.certificate().subject().clone(), 0);
        let same_ca = below("double ca", same_ca, &same_root, FROM, UNTIL);
        let edwards = {
            let key = key("edwards", KeyKind::Ed25519);
            let template = signer.clone().serial(&serial("edwards")).valid(FROM, UNTIL);
            let certificate = template.issue(key.public_key(), &*ca).expect("a serial number and a span of time");
            Arc::new(SoftSigner::new(key, certificate, vec![ca.certificate().clone()]).expect("its own key"))
        };
        let stamper = |label: &str, ca: &Who| {
            below(label, CertificateTemplate::time_stamper(name("时间戳服务", label)), ca, FROM, UNTIL)
        };
        let encrypting = {
            let usage = pki::KeyUsage::KEY_ENCIPHERMENT;
            let template = CertificateTemplate::seal_maker(name(&format!("{MARKET}{MARKET_NAME}"), "encrypting"));
            below("encrypting", template.with_key_usage(usage), &ca, FROM, UNTIL)
        };
        Keys {
            market_index: own("market index", UNTIL),
            housing: clerk("housing", HOUSING, HOUSING_NAME, UNTIL),
            housing_index: clerk("housing index", HOUSING, HOUSING_NAME, UNTIL),
            colleague: own("colleague", UNTIL),
            revoked: own("revoked", UNTIL),
            ended: own("ended", datetime!(2026-11-30 0:00 +8)),
            not_yet: below("not yet", signer.clone(), &ca, datetime!(2026-12-10 0:00 +8), UNTIL),
            edwards,
            below_leaf: below("below leaf", signer.clone(), &market, FROM, UNTIL),
            double: below("double", signer, &same_ca, FROM, UNTIL),
            revoked_maker: maker_until("revoked maker", UNTIL),
            ended_maker: maker_until("ended maker", datetime!(2026-02-01 0:00 +8)),
            encrypting,
            stranger_maker: below(
                "stranger maker",
                CertificateTemplate::seal_maker(name("无名机构", "STRANGER MAKER")),
                &stranger_root,
                FROM,
                UNTIL,
            ),
            impostor: below("impostor", CertificateTemplate::document_signer(subject), &stranger_root, FROM, UNTIL),
            stamper: stamper("stamper", &ca),
            stranger_stamper: stamper("stranger stamper", &stranger_root),
            stranger_root,
            market,
            maker,
            ca,
            list,
            root,
        }
    }

    /// The revocation lists of the trusted root and of its CA.
    pub fn crls(&self) -> [Crl; 2] {
        let list = CrlTemplate::new(1, datetime!(2026-12-10 0:00 UTC), UNTIL);
        let at = datetime!(2026-11-25 12:00 +8);
        let early = datetime!(2026-02-01 12:00 +8);
        let below_ca = list.clone().revoke(self.revoked.certificate(), at, RevocationReason::KeyCompromise).revoke(
            self.revoked_maker.certificate(),
            early,
            RevocationReason::CessationOfOperation,
        );
        [&list.issue(&*self.root), &below_ca.issue(&*self.ca)]
            .map(|made| made.as_ref().expect("dates in order").clone())
    }
}

/// A name of a certificate.
pub fn name(organization: &str, common: &str) -> Name {
    Name::builder().country("CN").organization(organization).common_name(common).build()
}

/// A root of its own.
pub fn root(label: &str, subject: Name, kind: KeyKind) -> Who {
    let key = key(label, kind);
    let template = CertificateTemplate::root_ca(subject).serial(&serial(label)).valid(FROM, UNTIL);
    let certificate = template.self_sign(&key).expect("a serial number and a span of time");
    Arc::new(SoftSigner::new(key, certificate, vec![]).expect("the key of the certificate"))
}

/// A certificate for the key of this name.
pub fn below(
    label: &str,
    template: CertificateTemplate,
    ca: &SoftSigner,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> Who {
    let key = key(label, KeyKind::Sm2);
    let template = template.serial(&serial(label)).valid(from, until);
    let certificate = template.issue(key.public_key(), ca).expect("a serial number and a span of time");
    let mut chain: Vec<Certificate> = vec![ca.certificate().clone()];
    chain.extend_from_slice(ca.chain());
    Arc::new(SoftSigner::new(key, certificate, chain).expect("the key of the certificate"))
}

/// The key of this name: SM2 or Ed25519, which sign without randomness.
pub fn key(label: &str, kind: KeyKind) -> PrivateKey {
    PrivateKey::generate(kind, &mut Stream { label: label.to_owned(), block: 0 }).expect("keys of these kinds are made")
}

fn serial(label: &str) -> [u8; 8] {
    let digest = DigestAlgorithm::Sm3.digest(format!("serial of {label}").as_bytes());
    let mut serial = [0; 8];
    serial.copy_from_slice(&digest.as_bytes()[..8]);
    serial[0] = serial[0] & 0x3f | 0x40;
    serial
}

/// SM3 over name and counter.
struct Stream {
    label: String,
    block: u64,
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(32) {
            let input = format!("OFD attack corpus, {} {}", self.label, self.block);
            chunk.copy_from_slice(&DigestAlgorithm::Sm3.digest(input.as_bytes()).as_bytes()[..chunk.len()]);
            self.block += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for Stream {}
