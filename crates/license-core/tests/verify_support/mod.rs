//! What the tests of verification share: the test deployment of `fixtures/pki`, good licenses issued with it, and the
//! means to make bad ones.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, missing_docs)]

pub mod forge;
pub mod memory;
pub mod ocsp;
pub mod pki_maker;
pub mod recipe;
pub mod report_maker;
pub mod reseal;
pub mod stamps;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use license_assets::Bundled;
use license_core::assets::Assets;
use license_core::fill::fill;
use license_core::fonts::FontLibrary;
use license_core::id::LicenseId;
use license_core::issue::{Issued, Issuer, Occasion, Printer, issue};
use license_core::template::{Catalog, Template};
use license_core::trust::TrustList;
use license_core::verify::{self, Limits, Policy, Press, Reason, Report, Verdict};
use pki::{Certificate, Crl, PrivateKey, SoftSigner};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// When the good licenses are issued.
pub const ISSUED: OffsetDateTime = datetime!(2026-12-01 10:00 +8);
/// When they are judged.
pub const JUDGED: OffsetDateTime = datetime!(2026-12-15 10:00 +8);
/// What stands before the token.
pub const ADDRESS: &str = "HTTPS://LICENSE.EXAMPLE.GOV.CN/V/";
/// The issuer of business licenses and food permits.
pub const MARKET: &str = "11340100MB1D00012R";
/// The issuer of qualification certificates.
pub const HOUSING: &str = "11340100MB1D00020L";

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki")
}

pub fn text(path: &str) -> String {
    std::fs::read_to_string(folder().join(path)).unwrap()
}

/// A signer of the deployment; every key is decrypted once (scrypt is slow by design).
pub fn signer(name: &str) -> Arc<SoftSigner> {
    static SIGNERS: OnceLock<Mutex<HashMap<String, Arc<SoftSigner>>>> = OnceLock::new();
    let signers = SIGNERS.get_or_init(Mutex::default);
    if let Some(known) = signers.lock().unwrap().get(name) {
        return known.clone();
    }
    let password = text("keys/password");
    let key = PrivateKey::from_encrypted_pem(&text(&format!("keys/{name}.key.pem")), password.trim().as_bytes());
    let mut chain = Certificate::many_from_pem(&text(&format!("keys/{name}.pem"))).unwrap();
    let signer = Arc::new(SoftSigner::new(key.unwrap(), chain.remove(0), chain).unwrap());
    signers.lock().unwrap().insert(name.to_owned(), signer.clone());
    signer
}

pub fn fonts() -> &'static Arc<FontLibrary> {
    static FONTS: OnceLock<Arc<FontLibrary>> = OnceLock::new();
    FONTS.get_or_init(|| Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap()))
}

pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let mut catalog = Catalog::load(&Bundled).unwrap_or_else(|errors| panic!("{errors:#?}"));
        for id in catalog.iter().map(|template| template.id().to_owned()).collect::<Vec<_>>() {
            catalog.add_archived(bare(&id));
        }
        catalog
    })
}

/// A type without its artwork, as if it had been so once: half the size, and quick to read.
pub fn bare(id: &str) -> Arc<Template> {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    let catalog = CATALOG.get_or_init(|| Catalog::load(&Bare).unwrap_or_else(|errors| panic!("{errors:#?}")));
    catalog.get(id).unwrap().clone()
}

struct Bare;

impl Assets for Bare {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let bytes = Bundled.read(path)?;
        if !path.ends_with("/template.toml") {
            return Some(bytes);
        }
        let text = String::from_utf8(bytes.into_owned()).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with("background = "));
        Some(Cow::Owned(lines.flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        Bundled.list(folder)
    }
}

pub fn printer() -> &'static Printer {
    static PRINTER: OnceLock<Printer> = OnceLock::new();
    PRINTER.get_or_init(|| Printer::new(fonts().clone()))
}

pub fn press() -> Press<'static> {
    Press { catalog: catalog(), fonts: fonts() }
}

/// The deployment's trust list.
pub fn trust() -> &'static TrustList {
    static TRUST: OnceLock<TrustList> = OnceLock::new();
    TRUST.get_or_init(|| {
        let roots =
            ["trust/root-p256.pem", "trust/root-sm2.pem"].map(|path| Certificate::from_pem(&text(path)).unwrap());
        TrustList::open(&text("trust/trust-list.jws"), &roots).unwrap()
    })
}

pub fn seal_der(code: &str) -> Vec<u8> {
    std::fs::read(folder().join(format!("seals/{code}.esl"))).unwrap()
}

pub fn issuer(code: &str) -> Issuer {
    let name = &trust().issuer(code).unwrap().name;
    let role = |role: &str| signer(&format!("{code}-{role}"));
    Issuer::new(name, code, &seal_der(code), role("seal"), role("document"), role("index")).unwrap()
}

/// Issues the sample of a type by the issuer that the trust list names for it.
pub fn issue_sample(
    template: &str,
    serial: &str,
    at: OffsetDateTime,
    change: &dyn Fn(&mut serde_json::Value),
) -> Issued {
    issue_with(catalog(), template, serial, at, change)
}

/// The same with other templates.
pub fn issue_with(
    catalog: &Catalog,
    template: &str,
    serial: &str,
    at: OffsetDateTime,
    change: &dyn Fn(&mut serde_json::Value),
) -> Issued {
    let template = catalog.get(template).unwrap();
    let code = trust().issuers.iter().find(|issuer| issuer.may_issue(&template.file.kind.code)).unwrap().code.clone();
    let issuer = issuer(&code);
    let mut data = template.sample.clone();
    data[template.file.core.issuer.as_str()] = issuer.name().into();
    change(&mut data);
    let filled =
        fill(template, &data, &issuer.fill_context(at, fonts())).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let id = LicenseId::new(template.file.kind.code.parse().unwrap(), *issuer.code(), serial, 1).unwrap();
    let occasion = Occasion { at, address: ADDRESS, status: 1, specimen: true };
    issue(filled, id, &issuer, printer(), &occasion).unwrap()
}

/// A business license, valid without limit.
pub fn good() -> &'static Issued {
    static GOOD: OnceLock<Issued> = OnceLock::new();
    GOOD.get_or_init(|| issue_sample("business-license", "2026000000001", ISSUED, &|_| {}))
}

/// Another one of the same issuer.
pub fn other() -> &'static Issued {
    static OTHER: OnceLock<Issued> = OnceLock::new();
    OTHER.get_or_init(|| {
        issue_sample("business-license", "2026000000002", ISSUED, &|data| {
            data["uscc"] = "91350100M000100Y43".into();
            data["name"] = "样例市另一家餐饮管理有限公司".into();
        })
    })
}

/// A food permit, which ends.
pub fn permit() -> &'static Issued {
    static PERMIT: OnceLock<Issued> = OnceLock::new();
    PERMIT.get_or_init(|| issue_sample("food-operation-permit", "2026000000003", ISSUED, &|_| {}))
}

/// How a case is judged; what is not changed is as it should be.
pub struct Court {
    pub trust: TrustList,
    pub at: OffsetDateTime,
    pub clock: Option<OffsetDateTime>,
    pub press: Option<Press<'static>>,
    pub register: verify::Register,
    pub crls: Vec<Crl>,
    pub ocsp: Vec<pki::ocsp::OcspResponse>,
    pub revocation: verify::RevocationRules,
    pub sunsets: Vec<verify::Sunset>,
    pub plain_cms: bool,
    pub limits: Limits,
}

impl Default for Court {
    fn default() -> Court {
        Court {
            trust: trust().clone(),
            at: JUDGED,
            clock: None,
            press: Some(press()),
            register: verify::Register::NotAsked,
            crls: Vec::new(),
            ocsp: Vec::new(),
            revocation: verify::RevocationRules::default(),
            sunsets: Vec::new(),
            plain_cms: false,
            limits: Limits::default(),
        }
    }
}

impl Court {
    pub fn with_trust(change: impl FnOnce(&mut TrustList)) -> Court {
        let mut court = Court::default();
        change(&mut court.trust);
        court
    }

    pub fn after(days: i64) -> Court {
        Court { at: ISSUED + Duration::days(days), ..Court::default() }
    }

    pub fn with_register(register: verify::Register) -> Court {
        Court { register, ..Court::default() }
    }

    pub fn policy(&self) -> Policy<'_> {
        Policy {
            crls: &self.crls,
            ocsp: &self.ocsp,
            clock: self.clock,
            revocation: self.revocation,
            sunsets: &self.sunsets,
            press: self.press,
            register: Some(&self.register),
            plain_cms: self.plain_cms,
            ..Policy::default()
        }
    }

    pub fn judge(&self, bytes: &[u8]) -> Report {
        verify::judge(&verify::inspect(bytes, &self.limits), &self.trust, &self.policy(), self.at)
    }
}

/// Judged as usual.
pub fn judge(bytes: &[u8]) -> Report {
    Court::default().judge(bytes)
}

/// The codes of all checks that did not pass.
pub fn codes(report: &Report) -> Vec<&'static str> {
    report.reasons().map(Reason::code).collect()
}

/// All that failed, one a line, for messages of tests.
pub fn explain(report: &Report) -> String {
    let mut out = format!("{:?}, {:?}", report.verdict, report.integrity);
    for check in report.checks.iter().filter(|check| check.outcome.reason().is_some()) {
        let reason = check.outcome.reason().unwrap();
        out += &format!(
            "\n  {} {:?} {} at {:?}: {}",
            check.name,
            reason.effect(),
            reason.code(),
            check.place,
            check.detail
        );
    }
    out
}

/// A failed report has a reason that says so, shows nothing, and has words for everybody.
pub fn assert_consistent(name: &str, report: &Report) {
    let fails = |reason: Reason| reason.effect() == verify::Effect::Fails;
    assert_eq!(report.verdict == Verdict::Failed, report.reasons().any(fails), "{name}: {}", explain(report));
    if report.reasons().any(|reason| fails(reason) && !reason.is_state()) {
        assert_eq!(report.subject, None, "{name}: a forgery is never shown as if good");
    }
    if report.verdict != Verdict::Passed && report.headline().is_some() {
        let headline = report.headline().unwrap();
        assert!(!headline.citizen().zh.is_empty() && !headline.remedy().en.is_empty(), "{name}");
    }
}
