//! A root, an issuing CA, and those it vouches for: a signer, a time-stamp service, an OCSP responder. P-256 throughout, so
//! that every peer can follow.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::asn1::{self, tag};
use pki::{
    Certificate, CertificateTemplate, CrlTemplate, Extension, KeyKind, Name, PrivateKey, RevocationReason, Signer as _,
    SoftSigner, oid,
};
use time::{Duration, OffsetDateTime};

use super::fault::Fault;

/// Someone with a key and a certificate.
pub struct Member {
    /// How its files are called.
    pub name: &'static str,
    /// Key, certificate, chain.
    pub signer: SoftSigner,
}

/// The whole house.
pub struct Authority {
    /// The root, which is what a verifier trusts.
    pub root: SoftSigner,
    /// The CA below it.
    pub ca: SoftSigner,
    /// `signer`, `tsa`, `tsa-expired`, `ocsp`, `ocsp-expired`.
    pub members: Vec<Member>,
    revoked: Mutex<Vec<(Certificate, OffsetDateTime)>>,
}

impl Authority {
    /// The password of its key files.
    pub const PASSWORD: &'static str = "services of the tests";

    /// Makes the keys and the certificates; `base` is where lists and answers will be found.
    pub(super) fn new(base: &str) -> Self {
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).expect("zero is a nanosecond");
        let (from, until) = (now - Duration::days(30), now + Duration::days(3650));
        let name =
            |common: &str| Name::builder().country("CN").organization("测试服务 TEST ONLY").common_name(common).build();
        let key = || PrivateKey::generate(KeyKind::P256, &mut random()).expect("a key can be made");
        let root_key = key();
        let root = CertificateTemplate::root_ca(name("Test Services Root")).serial(&[1]).valid(from, until);
        let root = root.self_sign(&root_key).expect("a root signs itself");
        let root = SoftSigner::new(root_key, root, Vec::new()).expect("the key is its own");

        let ca_key = key();
        let ca = CertificateTemplate::issuing_ca(name("Test Services CA"), 0)
            .serial(&[0x0a, 0x01])
            .valid(from, until)
            .with_crl_url(&format!("{base}/root.crl"))
            .issue(ca_key.public_key(), &root)
            .expect("the root issues");
        let ca = SoftSigner::new(ca_key, ca, vec![root.certificate().clone()]).expect("the key is its own");

        let member =
            |file: &'static str, serial: u8, template: CertificateTemplate, dates: (OffsetDateTime, OffsetDateTime)| {
                let key = key();
                let certificate = template.serial(&[0x0b, serial]).valid(dates.0, dates.1).issue(key.public_key(), &ca);
                let certificate = certificate.expect("the CA issues");
                let chain = vec![ca.certificate().clone(), root.certificate().clone()];
                Member { name: file, signer: SoftSigner::new(key, certificate, chain).expect("the key is its own") }
            };
        let asked = |template: CertificateTemplate| {
            template.with_crl_url(&format!("{base}/ca.crl")).with_extension(information(base))
        };
        let responder = |common: &str| {
            CertificateTemplate::seal_maker(name(common))
                .with_key_usage(pki::KeyUsage::DIGITAL_SIGNATURE)
                .with_extended_key_usage(&[oid::KP_OCSP_SIGNING])
                .with_extension(Extension::new(oid::OCSP_NO_CHECK, false, asn1::null().to_vec()))
        };
        let (whole, past) = ((from, until), (from - Duration::days(700), now - Duration::days(10)));
        let members = vec![
            member("signer", 1, asked(CertificateTemplate::document_signer(name("Test Signer"))), whole),
            member("tsa", 2, asked(CertificateTemplate::time_stamper(name("Test Time Stamps"))), whole),
            member("tsa-expired", 3, asked(CertificateTemplate::time_stamper(name("Old Time Stamps"))), past),
            member("ocsp", 4, responder("Test Responder"), whole),
            member("ocsp-expired", 5, responder("Old Responder"), past),
        ];
        Self { root, ca, members, revoked: Mutex::default() }
    }

    /// A member by its name.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn member(&self, name: &str) -> &SoftSigner {
        &self.members.iter().find(|member| member.name == name).expect("a member of that name").signer
    }

    /// A member's certificate is withdrawn; lists and answers say so from now on.
    pub fn revoke(&self, name: &str, at: OffsetDateTime) {
        let certificate = self.member(name).certificate().clone();
        self.revoked.lock().unwrap_or_else(PoisonError::into_inner).push((certificate, at));
    }

    /// Key and certificate files: plain keys for OpenSSL below `ssl/`, a deployment's below `keys/`.
    pub(super) fn write(&self, folder: &Path) {
        let put = |path: &str, bytes: &[u8]| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("files lie in folders")).expect("a folder can be made");
            fs::write(&path, bytes).expect("a scratch file can be written");
            crate::places::own(&path);
        };
        put("root.pem", self.root.certificate().to_pem().as_bytes());
        put("ssl/ca.pem", self.ca.certificate().to_pem().as_bytes());
        put("keys/password", Self::PASSWORD.as_bytes());
        for Member { name, signer } in &self.members {
            put(&format!("ssl/{name}.pem"), signer.certificate().to_pem().as_bytes());
            let plain = STANDARD.encode(signer.key().to_pkcs8_der().as_slice());
            let lines: Vec<&str> =
                plain.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
            let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
            put(&format!("ssl/{name}.key"), pem.as_bytes());
        }
        let signer = self.member("signer");
        let locked =
            signer.key().to_encrypted_pem(Self::PASSWORD.as_bytes(), &mut random()).expect("a key can be locked");
        put("keys/signer.key.pem", locked.as_bytes());
        let chain = std::iter::once(signer.certificate()).chain(signer.chain());
        put("keys/signer.pem", chain.map(Certificate::to_pem).collect::<String>().as_bytes());
    }

    /// OpenSSL's list of what was issued, for its responder.
    pub(super) fn index(&self) -> String {
        let revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
        let format = time::macros::format_description!("[year repr:last_two][month][day][hour][minute][second]Z");
        let date = |at: OffsetDateTime| at.to_offset(time::UtcOffset::UTC).format(&format).expect("a date is a date");
        let line = |member: &Member| {
            let certificate = member.signer.certificate();
            let serial: String = certificate.serial().iter().map(|byte| format!("{byte:02X}")).collect();
            let until = date(certificate.not_after());
            match revoked.iter().find(|(gone, _)| gone == certificate) {
                Some((_, at)) => {
                    format!("R\t{until}\t{},keyCompromise\t{serial}\tunknown\t/CN={}\n", date(*at), member.name)
                }
                None => format!("V\t{until}\t\t{serial}\tunknown\t/CN={}\n", member.name),
            }
        };
        self.members.iter().map(line).collect()
    }

    pub(super) fn crl(&self, fault: &Fault) -> Vec<u8> {
        let mut list = list(fault);
        for (certificate, at) in self.revoked.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            list = list.revoke(certificate, *at, RevocationReason::KeyCompromise);
        }
        list.issue(&self.ca).expect("the CA signs its list").der().to_vec()
    }

    pub(super) fn root_crl(&self, fault: &Fault) -> Vec<u8> {
        list(fault).issue(&self.root).expect("the root signs its list").der().to_vec()
    }

    pub(super) fn issuer_der(&self) -> Vec<u8> {
        self.ca.certificate().der().to_vec()
    }
}

/// Made at this moment, good for a week; or a list of last month.
fn list(fault: &Fault) -> CrlTemplate {
    let now = OffsetDateTime::now_utc();
    let (made, next) = match fault {
        Fault::Stale => (now - Duration::days(28), now - Duration::days(21)),
        _ => (now, now + Duration::days(7)),
    };
    CrlTemplate::new(u32::try_from(now.unix_timestamp() / 2).unwrap_or(1), made, next)
}

/// authorityInfoAccess: the responder, the issuer's certificate.
fn information(base: &str) -> Extension {
    let entry = |method, path: &str| {
        let uri = asn1::tlv(tag::context_primitive(6), &[format!("{base}{path}").as_bytes()]);
        asn1::sequence(&[&asn1::oid(method), &uri])
    };
    let value = asn1::sequence(&[&entry(&oid::AD_OCSP, "/ocsp"), &entry(&oid::AD_CA_ISSUERS, "/ca.cer")]);
    Extension::new(oid::AUTHORITY_INFO_ACCESS, false, value)
}

fn random() -> getrandom::rand_core::UnwrapErr<getrandom::SysRng> {
    getrandom::rand_core::UnwrapErr(getrandom::SysRng)
}
