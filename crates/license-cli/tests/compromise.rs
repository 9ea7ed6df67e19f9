//! Issue 4, keys in operation (B4, B5, B8): a key is given up from a date on. What it signed since is refused, what a
//! time-stamp or the register shows to be older is kept, what nothing shows to be older cannot be told. From the command that
//! gives it up to the verdict, with a time-stamp service of the tests.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod desk;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration as Pause;

use desk::{Deployment, MARKET, codes, license, verdicts};
use license_server::deployment;
use license_server::service::{Office, default_store};
use license_server::store::StoreUrl;
use pki::{CrlTemplate, Signer as _};
use serde_json::{Value, json};
use tests::services::{Service, Services};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// A deployment with a time-stamp service, and licenses from before and after a day.
struct Years {
    deployment: Deployment,
    services: Services,
    /// Issued with time-stamps, before.
    stamped: Vec<String>,
    /// Its PDF with all validation data under an archive time-stamp.
    archived: String,
    /// Issued without, before.
    plain: Vec<String>,
    /// The day.
    since: String,
    /// Issued with time-stamps, after.
    late: Vec<String>,
    /// Issued without, after.
    late_plain: Vec<String>,
}

impl Years {
    fn pass() -> Option<Years> {
        let services = Services::start()?;
        let deployment = Deployment::new();
        fs::copy(services.folder().join("root.pem"), deployment.path("tsa-root.pem")).unwrap();
        trust_service(&deployment);
        let at_issue = |when: &str| stamps(&deployment, &services, when);
        at_issue("require");
        let stamped = deployment.issue("JY23501020001232");
        let archived = archive(&deployment, &services, &stamped[1]);
        at_issue("never");
        let plain = deployment.issue("JY23501020001249");
        // Time-stamps count in seconds.
        sleep(Pause::from_millis(2100));
        let since = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap().format(&Rfc3339).unwrap();
        sleep(Pause::from_millis(2100));
        let late_plain = deployment.issue("JY23501020001257");
        at_issue("require");
        let late = deployment.issue("JY23501020001265");
        let years = Years { deployment, services, stamped, archived, plain, since, late, late_plain };
        for files in [&years.stamped, &years.plain, &years.late, &years.late_plain, &vec![years.archived.clone()]] {
            let reports = years.deployment.verify(files, &[]);
            assert!(verdicts(&reports).iter().all(|verdict| *verdict == "passed"), "{reports:#?}");
        }
        let levels = [&years.plain[1], &years.stamped[1], &years.archived].map(|file| years.level(file));
        assert_eq!(levels, ["B-B", "B-T", "B-LTA"]);
        Some(years)
    }

    fn level(&self, file: &str) -> String {
        let report = self.deployment.verify(&[file.to_owned()], &[]).remove(0);
        report["signatures"][0]["level"].as_str().unwrap_or("none").to_owned()
    }

    /// Verdict and failed codes of each file.
    fn told(&self, files: &[&String]) -> Vec<(String, Vec<String>)> {
        let files: Vec<String> = files.iter().map(|file| (*file).clone()).collect();
        let reports = self.deployment.verify(&files, &[]);
        let own = |report: &Value| {
            let codes = codes(report).into_iter().map(str::to_owned).collect();
            (report["verdict"].as_str().unwrap().to_owned(), codes)
        };
        reports.iter().map(own).collect()
    }

    #[track_caller]
    fn kept(&self, files: &[&String]) {
        for (file, (verdict, codes)) in files.iter().zip(self.told(files)) {
            assert_eq!(verdict, "passed", "{file}: {codes:?}");
        }
    }

    #[track_caller]
    fn open(&self, files: &[&String]) {
        for (file, (verdict, codes)) in files.iter().zip(self.told(files)) {
            assert_eq!(verdict, "indeterminate", "{file}: {codes:?}");
            assert!(codes.contains(&"trust.later-compromised".to_owned()), "{file}: {codes:?}");
        }
    }

    #[track_caller]
    fn refused(&self, files: &[&String]) {
        for (file, (verdict, codes)) in files.iter().zip(self.told(files)) {
            assert_eq!(verdict, "failed", "{file}: {codes:?}");
            let by = ["trust.compromised", "signer.revoked", "signer.certificate"];
            assert!(codes.iter().any(|code| by.contains(&code.as_str())), "{file}: {codes:?}");
        }
    }

    fn give_up(&self, whose: &[&str]) -> String {
        let said = self.deployment.done(&[&["keys", "compromise"], whose, &["--from", &self.since]].concat());
        said.out
    }
}

/// The deployment's list comes to trust the service.
fn trust_service(deployment: &Deployment) {
    let mut list = deployment.list();
    list["sequence"] = 2.into();
    let root = deployment.path("tsa-root.pem");
    let anchor = json!({ "name": "TSA", "certificate_file": root, "purposes": ["time-stamping"] });
    list["anchors"].as_array_mut().unwrap().push(anchor);
    let [draft, made, signed] = ["draft.json", "made.json", "next.jws"].map(|name| deployment.path(name));
    fs::write(&draft, list.to_string()).unwrap();
    let (key, held) = (deployment.path("keys/p256-root.key.pem"), deployment.path("trust/trust-list.jws"));
    for args in [
        &["trust", "make", &draft, "--out", &made][..],
        &["trust", "sign", &made, "--key", &key, "--out", &signed, "--after", &held],
    ] {
        let said = license(args);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    }
    deployment.done(&["trust", "import", &signed]);
}

/// `[time_stamp]` of office.toml, with other sections left as they are.
fn stamps(deployment: &Deployment, services: &Services, at_issue: &str) {
    let path = deployment.path("office.toml");
    let office = fs::read_to_string(&path).unwrap();
    let without = office.split("\n[time_stamp]").next().unwrap();
    let url = services.url(Service::TimeStamp);
    let section = format!(
        "{without}\n[time_stamp]\nlevel = \"B-T\"\nat_issue = \"{at_issue}\"\nroots = [\"tsa-root.pem\"]\n\
         every_minutes = 0\n[[time_stamp.service]]\nname = \"loopback\"\nurl = \"{url}\"\n"
    );
    fs::write(&path, section).unwrap();
}

/// B-LTA: what the CAs of the deployment say about revocation, what the service's CA says, and a stamp over all that.
fn archive(deployment: &Deployment, services: &Services, pdf: &str) -> String {
    let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
    let mut lists = Vec::new();
    for ca in ["p256-ca", "p256-root"] {
        let password = fs::read(deployment.path("keys/password")).unwrap();
        let keys = deployment.path("keys");
        let ca_key = deployment::signer(Path::new(&keys), ca, password.trim_ascii()).unwrap();
        assert!(ca_key.certificate().valid_at(now));
        let crl = CrlTemplate::new(1, now - Duration::HOUR, now + Duration::days(30)).issue(&ca_key).unwrap();
        let path = deployment.path(&format!("{ca}.crl"));
        fs::write(&path, crl.der()).unwrap();
        lists.push(path);
    }
    let roots = deployment.path("roots.pem");
    let own = fs::read_to_string(deployment.path("trust/root-p256.pem")).unwrap();
    fs::write(&roots, own + &fs::read_to_string(deployment.path("tsa-root.pem")).unwrap()).unwrap();
    let out = pdf.replace(".pdf", "-lta.pdf");
    let (tsa, host) = (services.url(Service::TimeStamp), services.host());
    let args = ["pdf", "augment", pdf, "--out", &out, "--trust", &roots, "--tsa", &tsa, "--fetch-from", &host];
    let said = license(&[&args[..], &["--crl", &lists[0], "--crl", &lists[1]]].concat());
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    out
}

/// What the operator's own service says about a QR text: its register keeps what it issued.
fn by_the_register(deployment: &Deployment, files: &[&String]) -> Vec<String> {
    let data = deployment.path("");
    let data = Path::new(&data);
    let password = fs::read(data.join("keys/password")).unwrap();
    let opened = deployment::Deployment::open(data, password.trim_ascii()).unwrap();
    let catalog = license_core::template::Catalog::load(&license_assets::Bundled).unwrap();
    let fonts = Arc::new(license_core::fonts::FontLibrary::new(Arc::new(license_assets::Bundled)).unwrap());
    let store = StoreUrl::Redb(default_store(data)).open().unwrap();
    let office = Office::new(opened, catalog, fonts, store);
    let verdict = |file: &&String| {
        let text = fs::read_to_string(file).unwrap();
        office.verify_text(text.trim()).unwrap().verdict.word().to_owned()
    };
    files.iter().map(verdict).collect()
}

#[test]
fn b4_an_issuers_key_is_given_up_from_a_date() {
    let Some(years) = Years::pass() else { return };
    let Years { deployment, stamped, archived, plain, late, late_plain, .. } = &years;

    let said = years.give_up(&[MARKET, "--what", "document"]);
    assert!(said.contains("keys rotate") && said.contains("p256-ca.crl"), "{said}");
    years.kept(&[&stamped[1], archived]);
    years.open(&[&plain[1]]);
    years.refused(&[&late[1], &late_plain[1]]);
    // Seals and indexes are other keys'.
    years.kept(&[&stamped[0], &plain[0], &late[0], &stamped[2], &plain[2], &late[2]]);
    // A verifier that has the trust list alone, without the CA's list, says the same.
    let crls = deployment.path("trust/crls");
    fs::rename(&crls, deployment.path("crls-elsewhere")).unwrap();
    years.kept(&[&stamped[1], archived]);
    years.open(&[&plain[1]]);
    years.refused(&[&late[1], &late_plain[1]]);
    fs::rename(deployment.path("crls-elsewhere"), &crls).unwrap();

    years.give_up(&[MARKET, "--what", "seal"]);
    years.kept(&[&stamped[0]]);
    years.open(&[&plain[0]]);
    years.refused(&[&late[0], &late_plain[0]]);

    years.give_up(&[MARKET, "--what", "index"]);
    // An index alone proves nothing about its time; under a stamped document it does.
    years.open(&[&stamped[2], &plain[2]]);
    years.refused(&[&late[2], &late_plain[2]]);
    years.kept(&[&stamped[0], &stamped[1], archived]);
    // The register keeps it since the day of issue.
    let told = by_the_register(deployment, &[&stamped[2], &plain[2], &late[2], &late_plain[2]]);
    assert_eq!(told, ["passed", "passed", "failed", "failed"]);

    // An earlier date takes the place of a later one, never the other way round.
    let again = ["keys", "compromise", MARKET, "--what", "index", "--from"];
    let later = deployment.run(&[&again[..], &["2027-01-01T00:00:00Z"]].concat());
    assert_eq!(later.code, 3, "{}", later.out);
    let twice = deployment.run(&[&again[..], &[&years.since]].concat());
    assert!(twice.code == 3 && twice.err.contains("says already"), "{}", twice.err);
    deployment.done(&[&again[..], &["2026-01-01T00:00:00Z"]].concat());
    years.refused(&[&stamped[2], &plain[2]]);

    // New keys, new licenses.
    for what in ["document", "seal", "index"] {
        deployment.done(&["keys", "rotate", MARKET, "--what", what]);
    }
    sleep(Pause::from_millis(1100));
    years.kept(&deployment.issue("JY23501020001273").iter().collect::<Vec<_>>());
    assert_eq!(years.services.asked(Service::TimeStamp), 7, "two a license, one for the archive");
}

#[test]
fn b5_a_ca_is_given_up_from_a_date() {
    let Some(years) = Years::pass() else { return };
    let Years { deployment, stamped, archived, plain, late, late_plain, .. } = &years;
    for (name, why) in [("p256-root", "signs the trust list"), ("nobody", "no entry of the trust list")] {
        let said = deployment.run(&["keys", "compromise", "--ca", name, "--from", &years.since]);
        assert!(said.code == 3 && said.err.contains(why), "{}", said.err);
    }
    let own = deployment.path(&format!("keys/{MARKET}-seal.pem"));
    let said = deployment.run(&["keys", "compromise", "--ca", &own, "--from", &years.since]);
    assert!(said.code == 3 && said.err.contains(&format!("compromise {MARKET} --what")), "{}", said.err);

    // A CA between root and signers, by the name of its key.
    let said = years.give_up(&["--ca", "p256-ca", "--reason", "演练"]);
    assert!(said.contains("p256-root.crl"), "its root revokes it: {said}");
    assert!(said.contains(&format!("keys rotate {MARKET} --what document --use NAME")), "{said}");
    let list = deployment.list();
    let entry = &list["services"][0];
    assert_eq!(
        (&entry["history"][0]["status"], &entry["history"][0]["reason"]),
        (&"compromised".into(), &"演练".into())
    );
    years.kept(&[&stamped[1], archived]);
    years.open(&[&plain[1]]);
    years.refused(&[&late[1], &late_plain[1]]);
    years.kept(&[&stamped[0], &plain[0], &late[0], &stamped[2], &plain[2]]);
    // It certifies no other key.
    let said = deployment.run(&["keys", "rotate", MARKET, "--what", "document"]);
    assert!(said.code == 3 && said.err.contains("is compromised since") && said.err.contains("--use"), "{}", said.err);

    // A seal maker: seals that were used under a time-stamp are as old as that shows.
    years.give_up(&["--ca", "seal-maker"]);
    years.kept(&[&stamped[0]]);
    years.open(&[&plain[0]]);
    // A root, by its name in the list.
    years.give_up(&["--ca", "SM2"]);
    years.kept(&[&stamped[0]]);
    years.open(&[&plain[0]]);
    years.refused(&[&late[0], &late_plain[0]]);
    let said = deployment.run(&["keys", "rotate", MARKET, "--what", "seal"]);
    assert!(said.code == 3 && said.err.contains("is compromised since"), "under a lost root: {}", said.err);
    // The service that stamped: there is no proof any more but where another one's is over it.
    years.give_up(&["--ca", &deployment.path("tsa-root.pem")]);
    years.open(&[&stamped[0], &stamped[1], archived]);
    let shown = license(&["trust", "show", &deployment.path("trust/trust-list.jws")]);
    assert!(shown.code == 0 && shown.out.contains("compromised"), "{}", shown.out);
}
