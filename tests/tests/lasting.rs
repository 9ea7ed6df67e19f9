//! Issued documents last: time-stamps at issue, revocation data and archive time-stamps by the renewal job, everything from
//! services on the loopback interface that also fail. Old copies verify as before, nothing is lost, and pyHanko agrees.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::issue::IssueError;
use license_core::pdf_signing::Level;
use license_core::template::Catalog;
use license_core::verify::{Outcome, Verdict};
use license_server::deployment::Deployment;
use license_server::service::{Accepted, Access, Caller, Clock, IssueRequest, Office, ServiceError};
use license_server::store::{Counts, FileKind, PageRequest, Store, StoreUrl};
use pki::{Certificate, CrlTemplate, PrivateKey, RevocationReason, SoftSigner};
use serde_json::Value;
use tempfile::TempDir;
use tests::peers;
use tests::places::{self, fixture, root};
use tests::services::{Fault, Service, Services};
use time::{Duration, OffsetDateTime};

struct World {
    services: Services,
    folder: TempDir,
    office: Office,
}

/// Real time, or some years later.
struct Later(Duration);

impl Clock for Later {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + self.0
    }
}

impl World {
    /// The deployment of the fixtures with a `[time_stamp]` section; its CAs publish no lists, so that they lie in a folder.
    fn new(at_issue: &str, more: &str) -> Option<World> {
        let services = Services::start()?;
        let folder = tempfile::tempdir().unwrap();
        places::deployment(folder.path());
        let office = fs::read_to_string(folder.path().join("office.toml")).unwrap();
        let section = format!(
            "{office}\n[time_stamp]\nat_issue = \"{at_issue}\"\ngrace_minutes = 0\nevery_minutes = 0\n\
             evidence = \"evidence\"\nroots = [\"tsa-root.pem\"]\nfetch_from = [\"{}\"]\n{more}\n\
             [[time_stamp.service]]\nname = \"loopback\"\nurl = \"{}\"\ntimeout_seconds = 60\n",
            services.host(),
            services.url(Service::TimeStamp),
        );
        fs::write(folder.path().join("office.toml"), section).unwrap();
        fs::copy(services.folder().join("root.pem"), folder.path().join("tsa-root.pem")).unwrap();
        fs::create_dir(folder.path().join("evidence")).unwrap();
        publish(folder.path(), None);
        let office = open(folder.path(), &StoreUrl::Memory.open().unwrap(), Duration::ZERO);
        Some(World { services, folder, office })
    }

    fn issue(&self) -> Result<Accepted, ServiceError> {
        let text = fs::read_to_string(root().join("templates/business-license/sample.json")).unwrap();
        let mut data: Value = serde_json::from_str(&text).unwrap();
        let template = self.office.catalog().get("business-license").unwrap();
        data.as_object_mut().unwrap().remove(&template.file.core.issuer);
        let request = IssueRequest {
            type_id: "business-license".to_owned(),
            data,
            case_number: Some("CASE".to_owned()),
            ..IssueRequest::default()
        };
        self.office.issue(&caller(), &request)
    }

    fn level(&self, pdf: &[u8]) -> Level {
        let now = self.office.clock().now();
        self.office.lasting().unwrap().outlook(pdf, now, now).unwrap().standing.level
    }

    fn renew(&self) -> license_server::service::RenewalReport {
        self.office.renew_due(&caller(), 100, &|| false).unwrap()
    }

    fn file(&self, accepted: &Accepted, kind: FileKind) -> Vec<u8> {
        let access = Access { caller: caller(), purpose: "test".to_owned() };
        self.office.fetch_file(&access, &accepted.license.id, kind, None).unwrap().bytes
    }

    /// The register's own verdict: every copy that was ever handed out is one of its files.
    fn assert_ours(&self, bytes: &[u8]) {
        let report = self.office.verify_file(bytes).unwrap();
        assert_ne!(report.verdict, Verdict::Failed, "{:?}", report.headline());
        let known = report.checks.iter().find(|check| check.name == "register.file").unwrap();
        assert_eq!(known.outcome, Outcome::Passed, "{known:?}");
    }

    fn assert_sound(&self) {
        let mut found = Vec::new();
        self.office.store().fsck(&mut |finding| found.push(finding)).unwrap();
        assert_eq!(found, [], "fsck");
    }
}

fn open(folder: &Path, store: &Arc<dyn Store>, later: Duration) -> Office {
    let password = fs::read(folder.join("keys/password")).unwrap();
    let deployment = Deployment::open(folder, password.trim_ascii()).unwrap();
    let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap());
    let catalog = Catalog::load(&Bundled).unwrap();
    Office::with_clock(deployment, catalog, fonts, store.clone(), Arc::new(Later(later)))
}

/// Lists of the P-256 CAs, fresh; with a revocation or without.
fn publish(folder: &Path, revoked: Option<&Certificate>) {
    let password = fs::read(fixture("pki/keys/password")).unwrap();
    let now = OffsetDateTime::now_utc();
    for name in ["p256-ca", "p256-root"] {
        let pem = fs::read_to_string(fixture(&format!("pki/keys/{name}.key.pem"))).unwrap();
        let key = PrivateKey::from_encrypted_pem(&pem, password.trim_ascii()).unwrap();
        let chain = fs::read_to_string(fixture(&format!("pki/keys/{name}.pem"))).unwrap();
        let mut chain = Certificate::many_from_pem(&chain).unwrap();
        let signer = SoftSigner::new(key, chain.remove(0), chain).unwrap();
        let mut list = CrlTemplate::new(1, now - Duration::minutes(1), now + Duration::days(30));
        if let Some(certificate) = revoked.filter(|_| name == "p256-ca") {
            list = list.revoke(certificate, now - Duration::days(1), RevocationReason::KeyCompromise);
        }
        fs::write(folder.join(format!("evidence/{name}.crl")), list.issue(&signer).unwrap().der()).unwrap();
    }
}

fn caller() -> Caller {
    Caller { name: "tests".to_owned() }
}

fn stamp_of_seal(ofd: &[u8]) -> Option<OffsetDateTime> {
    let facts = ofd::inspect_bytes(ofd, &ofd::Budget::default()).unwrap();
    let [signature] = facts.signatures.as_slice() else { panic!("one seal") };
    let seal = eseal::SealSignature::from_der(&signature.value.as_ref().unwrap().open()).unwrap();
    let token = pki::tsp::TimeStampToken::from_der(seal.time_stamp()?).unwrap();
    token.verify(|function| function.digest(seal.signature())).unwrap();
    Some(token.info().time)
}

#[test]
fn a_license_is_stamped_at_issue_and_brought_to_b_lta_by_the_job() {
    let Some(world) = World::new("try", "") else { return };
    let issued = world.issue().unwrap();
    let (ofd, first) = (world.file(&issued, FileKind::Ofd), world.file(&issued, FileKind::Pdf));
    assert!((stamp_of_seal(&ofd).unwrap() - OffsetDateTime::now_utc()).abs() < Duration::minutes(10));
    assert_eq!(world.level(&first), Level::T);
    world.assert_ours(&ofd);
    world.assert_ours(&first);

    let mut due = Vec::new();
    world.office.weakening(world.office.clock().now(), &mut |found| due.push(found.unwrap())).unwrap();
    assert_eq!(due.len(), 1);
    assert!(due[0].why.contains("is at level B-T, not B-LTA"), "{}", due[0].why);

    let report = world.renew();
    assert_eq!((report.looked, report.renewed, report.complete), (1, 1, true), "{:?}", report.failed);
    let second = world.file(&issued, FileKind::Pdf);
    assert!(second.starts_with(&first) && second.len() > first.len());
    assert_eq!(world.level(&second), Level::Lta);
    // Copies that people hold are as good as before, and both are in the register.
    world.assert_ours(&first);
    world.assert_ours(&second);
    let license = world.office.store().get(&issued.license.id).unwrap().unwrap();
    assert_eq!((license.files.len(), license.earlier.len()), (2, 1));
    assert_eq!(world.office.store().file(&license.earlier[0].digest).unwrap(), first);
    let trail = world.office.store().audit_of(&license.id.to_string(), &PageRequest::first(50)).unwrap();
    let entry = trail.items.iter().find(|record| record.entry.action == "license.renew").unwrap();
    assert!(entry.detail.as_ref().unwrap().contains(&license.earlier[0].digest.to_string()), "{entry:?}");
    world.assert_sound();

    // What was asked of the service is known after a restart.
    let again = open(world.folder.path(), world.office.store(), Duration::ZERO);
    assert_eq!(again.lasting().unwrap().usage(), world.office.lasting().unwrap().usage());
    // Nothing more is due, and nobody is asked.
    let asked = world.services.asked(Service::TimeStamp);
    let report = world.renew();
    assert_eq!((report.renewed, report.failed.len()), (0, 0));
    assert_eq!(world.services.asked(Service::TimeStamp), asked);
    pyhanko_agrees(&world, &second);
}

/// The strict peer, with revocation as a must, from what the file holds alone.
fn pyhanko_agrees(world: &World, pdf: &[u8]) {
    let folder = world.folder.path();
    fs::write(folder.join("out.pdf"), pdf).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (trust, stamps) = (path("trust/root-p256.pem"), path("tsa-root.pem"));
    let args = ["--trust", &trust, "--tsa-trust", &stamps, "--require-level", "B-LTA", "--revocation", "hard-fail"];
    let args = [&args[..], &["--allow-form-fill"]].concat();
    let Some(said) = peers::check_pdf_signature(&folder.join("out.pdf"), args) else { return };
    assert!(said.ok(), "{}\n{}", said.text(), said.err);
    if let Some(said) = peers::qpdf_check(&folder.join("out.pdf")) {
        assert!(said.ok(), "{}", said.err);
    }
}

#[test]
fn proofs_are_renewed_before_they_weaken() {
    // The service's certificate has ten years; with eleven years of care everything is always about to weaken.
    let Some(world) = World::new("try", "renew_before_days = 4000") else { return };
    let issued = world.issue().unwrap();
    let mut lengths = vec![world.file(&issued, FileKind::Pdf).len()];
    for _ in 0..3 {
        assert_eq!(world.renew().renewed, 1);
        let pdf = world.file(&issued, FileKind::Pdf);
        assert_eq!(world.level(&pdf), Level::Lta);
        lengths.push(pdf.len());
    }
    assert!(lengths.is_sorted_by(|a, b| a < b), "{lengths:?}");
    let license = world.office.store().get(&issued.license.id).unwrap().unwrap();
    assert_eq!(license.earlier.len(), 3);
    for earlier in &license.earlier {
        world.assert_ours(&world.office.store().file(&earlier.digest).unwrap());
    }
    world.assert_sound();
    pyhanko_agrees(&world, &world.file(&issued, FileKind::Pdf));
}

#[test]
fn when_no_service_answers_the_license_is_issued_and_stamped_later() {
    let Some(world) = World::new("try", "") else { return };
    world.services.play(Service::TimeStamp, Fault::Status(503, None));
    let issued = world.issue().unwrap();
    assert_eq!(world.services.asked(Service::TimeStamp), 1, "the second question is spared");
    assert_eq!(stamp_of_seal(&world.file(&issued, FileKind::Ofd)), None);
    let first = world.file(&issued, FileKind::Pdf);
    assert_eq!(world.level(&first), Level::B);
    // Still nobody: the job tells, and leaves the file alone.
    world.services.play(Service::TimeStamp, Fault::WrongNonce);
    let report = world.renew();
    assert_eq!((report.renewed, report.failed.len()), (0, 1));
    assert!(report.failed[0].1.contains("loopback: the nonce is not the one that was sent"), "{:?}", report.failed);
    assert_eq!(world.file(&issued, FileKind::Pdf), first);
    world.services.heal();
    assert_eq!(world.renew().renewed, 1);
    let second = world.file(&issued, FileKind::Pdf);
    assert_eq!(world.level(&second), Level::Lta);
    world.assert_ours(&first);
    world.assert_ours(&second);
    pyhanko_agrees(&world, &second);
}

#[test]
fn where_stamps_are_required_nothing_is_issued_without() {
    let Some(world) = World::new("require", "") else { return };
    world.services.play(Service::TimeStamp, Fault::Garbage);
    let error = world.issue().unwrap_err();
    assert!(matches!(&error, ServiceError::Issue(IssueError::TimeStamp(_))), "{error}");
    assert!(error.to_string().contains("loopback: the answer is no time-stamp response"), "{error}");
    assert_eq!(world.office.store().counts().unwrap().licenses, Counts::default().licenses);
    world.services.heal();
    let issued = world.issue().unwrap();
    assert!(stamp_of_seal(&world.file(&issued, FileKind::Ofd)).is_some());
}

#[test]
fn stamps_may_be_left_to_the_job_and_a_lower_level_be_enough() {
    let Some(world) = World::new("never", "level = \"B-LT\"") else { return };
    let issued = world.issue().unwrap();
    assert_eq!(world.services.asked(Service::TimeStamp), 0);
    assert_eq!(world.renew().renewed, 1);
    assert_eq!(world.level(&world.file(&issued, FileKind::Pdf)), Level::Lt);
}

#[test]
fn what_is_missing_is_named_and_the_file_stays() {
    let Some(world) = World::new("try", "") else { return };
    let issued = world.issue().unwrap();
    let first = world.file(&issued, FileKind::Pdf);
    let failed = || {
        let report = world.renew();
        assert_eq!((report.renewed, report.failed.len()), (0, 1));
        assert_eq!(world.file(&issued, FileKind::Pdf), first);
        report.failed[0].1.clone()
    };
    // Neither answers nor lists about the time-stamp service.
    for service in [Service::Ocsp, Service::Crl] {
        world.services.play(service, Fault::Status(503, None));
    }
    let why = failed();
    assert!(why.contains("Test Time Stamps") && why.contains("/ocsp: answers HTTP 503"), "{why}");
    world.services.heal();
    // The signer was revoked before it signed: nothing makes that last.
    let signer = fs::read_to_string(fixture("pki/keys/11340100MB1D00012R-document.pem")).unwrap();
    publish(world.folder.path(), Certificate::many_from_pem(&signer).unwrap().first());
    let office = open(world.folder.path(), world.office.store(), Duration::ZERO);
    let report = office.renew_due(&caller(), 10, &|| false).unwrap();
    assert!(report.failed[0].1.contains("revoked since"), "{:?}", report.failed);
}

#[test]
fn a_deployment_that_is_wrong_says_where() {
    let Some(services) = Services::start() else { return };
    let good = format!("[[time_stamp.service]]\nname = \"a\"\nurl = \"{}\"\n", services.url(Service::TimeStamp));
    for (section, wanted) in [
        ("[time_stamp]\nlevel = \"B-B\"\n", "level: B-B is none of"),
        ("[time_stamp]\nseal_digest = \"md5\"\n", "seal_digest: is none of"),
        ("[time_stamp]\nfetch_from = [\"http://x/\"]\n", "fetch_from: http://x/"),
        ("[time_stamp]\nroots = [\"gone.pem\"]\n", "gone.pem"),
        ("[[time_stamp.service]]\nname = \"b\"\nurl = \"http://x/\"\ncredentials = \"open\"\n", "chmod 600"),
        ("[[time_stamp.service]]\nname = \"b\"\nurl = \"http://u:p@x/\"\n", "service \"b\": a name or password"),
        ("[time_stamp]\nspeed = 1\n", "unknown field `speed`"),
        ("[time_stamp]\nat_issue = \"maybe\"\n", "unknown variant `maybe`"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        places::deployment(folder.path());
        let office = fs::read_to_string(folder.path().join("office.toml")).unwrap();
        fs::write(folder.path().join("office.toml"), format!("{office}\n{section}{good}")).unwrap();
        fs::write(folder.path().join("open"), "user:password").unwrap();
        fs::set_permissions(folder.path().join("open"), fs::Permissions::from_mode(0o644)).unwrap();
        let password = fs::read(folder.path().join("keys/password")).unwrap();
        let error = Deployment::open(folder.path(), password.trim_ascii()).err().unwrap().to_string();
        assert!(error.contains(wanted), "{section}: {error}");
    }
}
