//! Time-stamp services, lists and responders that misbehave in every way we could think of, against the clients of
//! `pki-client`: each fault is told by its own name, none is believed, and what can be had elsewhere is had there.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration as Pause;

use pki::path::{
    self, Evidence, MissingRevocation, PathError, PathReason, PathRequest, Purpose, RevocationOutcome,
    RevocationPolicy, TrustedPath,
};
use pki::tsp::TimeStampError;
use pki::{
    Certificate, CertificateTemplate, Digest, DigestAlgorithm, KeyKind, Name, ObjectIdentifier, PrivateKey, Signer as _,
};
use pki_client::{
    Address, Allow, Clock, Credentials, FetchOptions, Fetched, Fetcher, Http, HttpError, Kind, NoTimeStamp, OcspMethod,
    Order, Quota, RemoteSigner, Retry, ServiceFault, Stamp, TimeStampClient, TimeStampService,
};
use tests::services::{Authority, Fault, Loopback, Reply, Service, Services};
use time::{Duration, OffsetDateTime};

/// Time enough for a loaded machine to answer.
const LONG: Pause = Pause::from_secs(60);
/// What never ends is not waited for.
const SHORT: Pause = Pause::from_millis(400);

fn random() -> getrandom::rand_core::UnwrapErr<getrandom::SysRng> {
    getrandom::rand_core::UnwrapErr(getrandom::SysRng)
}

fn digest() -> Digest {
    DigestAlgorithm::Sha256.digest(b"a signature value")
}

fn service(services: &Services) -> TimeStampService {
    TimeStampService::new("loopback", &services.url(Service::TimeStamp)).unwrap().with_timeout(LONG)
}

fn trusting(services: &Services) -> TimeStampService {
    service(services).trusting(&[services.authority().root.certificate().clone()], &[])
}

fn once(service: TimeStampService) -> TimeStampClient {
    TimeStampClient::new(vec![service], Http::default()).without_retry()
}

fn only(failure: NoTimeStamp) -> ServiceFault {
    assert_eq!(failure.attempts.len(), 1, "{failure}");
    failure.attempts.into_iter().next().unwrap().fault
}

/// A clock that stands until somebody sleeps by it.
struct Dial(OffsetDateTime, AtomicI64);

impl Dial {
    fn new() -> Arc<Self> {
        Arc::new(Self(OffsetDateTime::now_utc(), AtomicI64::new(0)))
    }

    fn forward(&self, by: Duration) {
        self.1.fetch_add(i64::try_from(by.whole_milliseconds()).unwrap(), Ordering::SeqCst);
    }

    fn passed(&self) -> Duration {
        Duration::milliseconds(self.1.load(Ordering::SeqCst))
    }
}

impl Clock for Dial {
    fn now(&self) -> OffsetDateTime {
        self.0 + self.passed()
    }

    fn sleep(&self, pause: Pause) {
        self.forward(Duration::try_from(pause).unwrap());
    }
}

#[test]
fn a_stamp_is_checked_in_every_part() {
    let Some(services) = Services::start() else { return };
    let policy = ObjectIdentifier::new_unwrap("1.2.3.4.5");
    let client = once(trusting(&services).with_policy(policy));
    for function in [DigestAlgorithm::Sha256, DigestAlgorithm::Sm3, DigestAlgorithm::Sha512] {
        let stamp = client.stamp(&function.digest(b"x"), &mut random()).unwrap();
        assert_eq!((stamp.service(), stamp.token().info().policy), ("loopback", policy));
        assert_eq!(stamp.verified().signer(), services.authority().member("tsa").certificate());
        assert!((stamp.time() - OffsetDateTime::now_utc()).abs() < Duration::minutes(5));
    }
    let usage = client.usage();
    assert_eq!((usage[0].sent, usage[0].granted, usage[0].failed), (3, 3, 0));
    // A service of another house is refused where the configuration says whom to trust.
    let other = Services::start().unwrap();
    let stranger = service(&services).trusting(&[other.authority().root.certificate().clone()], &[]);
    assert!(matches!(only(once(stranger).stamp(&digest(), &mut random()).unwrap_err()), ServiceFault::Untrusted(_)));
}

#[test]
fn each_fault_of_a_time_stamp_service_has_a_name() {
    let Some(services) = Services::start() else { return };
    let asked = |fault: &Fault, service: TimeStampService| -> Result<Stamp, ServiceFault> {
        services.play(Service::TimeStamp, fault.clone());
        once(service).stamp(&digest(), &mut random()).map_err(only)
    };
    let status = |code, after| HttpError::Status { code, retry_after: after };
    let wanted = "application/timestamp-reply";
    for (fault, told) in [
        (Fault::Status(503, None), status(503, None)),
        (Fault::Status(503, Some("7")), status(503, Some(Pause::from_secs(7)))),
        (Fault::Status(429, Some("120")), status(429, Some(Pause::from_secs(120)))),
        (Fault::Status(404, None), status(404, None)),
        (Fault::Status(401, None), status(401, None)),
        (Fault::TooLarge, HttpError::TooLarge(1024 * 1024)),
        (Fault::ErrorPage, HttpError::ContentType { found: "text/html".to_owned(), wanted }),
        (Fault::Redirect("http://127.0.0.1:1/".to_owned()), HttpError::Redirect),
        (Fault::Truncated, HttpError::Unreachable("the connection broke".to_owned())),
    ] {
        assert_eq!(asked(&fault, service(&services)).unwrap_err(), ServiceFault::Http(told), "{fault:?}");
    }
    for fault in [Fault::Hang, Fault::Drip] {
        let fault = asked(&fault, service(&services).with_timeout(SHORT)).unwrap_err();
        assert_eq!(fault, ServiceFault::Http(HttpError::Timeout(SHORT)));
        assert!(fault.is_passing());
    }
    assert!(matches!(asked(&Fault::NoHttp, service(&services)), Err(ServiceFault::Http(HttpError::Protocol(_)))));
    assert!(matches!(asked(&Fault::Garbage, service(&services)), Err(ServiceFault::Garbage(_))));

    let token = |fault: &Fault, service| match asked(fault, service) {
        Err(ServiceFault::Token(error)) => error,
        other => panic!("{fault:?}: {other:?}"),
    };
    assert_eq!(token(&Fault::WrongNonce, service(&services)), TimeStampError::Nonce);
    assert_eq!(token(&Fault::WrongSubject, service(&services)), TimeStampError::Imprint);
    let policy = service(&services).with_policy(ObjectIdentifier::new_unwrap("1.2.3.4.5"));
    let default = ObjectIdentifier::new_unwrap("1.2.3.4.1");
    assert_eq!(token(&Fault::WrongPolicy, policy), TimeStampError::Policy(default));
    assert!(matches!(token(&Fault::BrokenSignature, service(&services)), TimeStampError::Signature(_)));
    let unknown = service(&services).with_policy(ObjectIdentifier::new_unwrap("1.2.3.99"));
    assert!(matches!(token(&Fault::None, unknown), TimeStampError::Refused { .. }), "an unknown policy");
    assert!(matches!(asked(&Fault::ExpiredSigner, service(&services)), Err(ServiceFault::CertificateDates { .. })));

    // Late is not wrong.
    assert!(asked(&Fault::Late(Pause::from_millis(300)), service(&services)).is_ok());
    // And nobody there at all.
    let gone = TimeStampService::new("gone", "http://127.0.0.1:1/").unwrap();
    let error = once(gone).stamp(&digest(), &mut random()).unwrap_err();
    assert_eq!(error.to_string(), "no time-stamp: gone: cannot be reached: nobody listens there");
}

#[test]
fn a_clock_that_is_wrong_is_noticed() {
    let Some(services) = Services::start() else { return };
    let clock = Dial::new();
    clock.forward(Duration::HOUR);
    let client = once(service(&services)).with_clock(clock);
    assert!(matches!(only(client.stamp(&digest(), &mut random()).unwrap_err()), ServiceFault::Clock { .. }));
}

#[test]
fn the_next_service_is_asked_when_one_fails_and_the_failed_one_last_for_a_while() {
    let (Some(bad), Some(good)) = (Services::start(), Services::start()) else { return };
    let pool = |order| {
        let named = |name: &str, services: &Services| {
            TimeStampService::new(name, &services.url(Service::TimeStamp)).unwrap().with_timeout(LONG)
        };
        TimeStampClient::new(vec![named("bad", &bad), named("good", &good)], Http::default()).with_order(order)
    };
    for fault in [Fault::WrongNonce, Fault::Status(503, None), Fault::Garbage, Fault::ErrorPage] {
        let clock = Dial::new();
        let client = pool(Order::Preference).with_clock(clock.clone());
        bad.play(Service::TimeStamp, fault.clone());
        assert_eq!(client.stamp(&digest(), &mut random()).unwrap().service(), "good", "{fault:?}");
        let before = bad.asked(Service::TimeStamp);
        assert_eq!(client.stamp(&digest(), &mut random()).unwrap().service(), "good");
        assert_eq!(bad.asked(Service::TimeStamp), before, "not asked again so soon");
        bad.heal();
        clock.forward(Duration::minutes(2));
        assert_eq!(client.stamp(&digest(), &mut random()).unwrap().service(), "bad");
        assert_eq!(client.usage().iter().map(|usage| usage.granted).collect::<Vec<_>>(), [1, 2]);
    }
    // Two services on one host are told apart.
    let twins =
        [bad.url(Service::TimeStamp), bad.url(Service::TimeStamp)].map(|url| TimeStampService::at(&url).unwrap());
    bad.play(Service::TimeStamp, Fault::Status(404, None));
    let error = TimeStampClient::new(twins.to_vec(), Http::default()).stamp(&digest(), &mut random()).unwrap_err();
    let text = "no time-stamp: 127.0.0.1: answers HTTP 404; 127.0.0.1 (2): answers HTTP 404";
    assert_eq!(error.to_string(), text);
    bad.heal();
    let client = pool(Order::Rotation);
    let given: Vec<String> =
        (0..4).map(|_| client.stamp(&digest(), &mut random()).unwrap().service().to_owned()).collect();
    assert_eq!(given, ["bad", "good", "bad", "good"]);
}

#[test]
fn passing_faults_are_tried_again_with_growing_pauses_and_others_are_not() {
    let Some(services) = Services::start() else { return };
    let retry = Retry { rounds: 4, ..Retry::default() };
    let ask = |fault: Fault| {
        let clock = Dial::new();
        let client =
            TimeStampClient::new(vec![service(&services)], Http::default()).with_retry(retry).with_clock(clock.clone());
        services.play(Service::TimeStamp, fault);
        let before = services.asked(Service::TimeStamp);
        let fault = only(client.stamp(&digest(), &mut random()).unwrap_err());
        (services.asked(Service::TimeStamp) - before, clock.passed(), fault)
    };
    let (asked, waited, _) = ask(Fault::Status(503, None));
    assert_eq!(asked, 4);
    // 500, 1000 and 2000 ms, each between half and whole.
    assert!((Duration::milliseconds(1750)..=Duration::milliseconds(3500)).contains(&waited), "{waited}");
    assert_eq!(ask(Fault::Status(500, None)).0, 4);
    // What the service asks for is kept, and not beyond our patience.
    let (asked, waited, _) = ask(Fault::Status(503, Some("10")));
    assert!(asked == 4 && waited >= Duration::seconds(30), "{asked} {waited}");
    let (asked, waited, fault) = ask(Fault::Status(429, Some("3600")));
    assert_eq!((asked, waited), (1, Duration::ZERO));
    assert!(matches!(fault, ServiceFault::Http(HttpError::Status { code: 429, .. })), "{fault}");
    for hopeless in [Fault::WrongNonce, Fault::Garbage, Fault::Status(403, None), Fault::TooLarge] {
        assert_eq!(ask(hopeless.clone()).0, 1, "{hopeless:?}");
    }
}

#[test]
fn quotas_and_wishes_to_rest_are_respected() {
    let Some(services) = Services::start() else { return };
    let clock = Dial::new();
    let quota = Quota { limit: 2, period: Duration::HOUR };
    let make = || {
        TimeStampClient::new(vec![service(&services).with_quota(quota)], Http::default())
            .without_retry()
            .with_clock(clock.clone())
    };
    let client = make();
    for left in [1, 0] {
        client.stamp(&digest(), &mut random()).unwrap();
        assert_eq!(client.usage()[0].left, Some(left));
    }
    assert!(matches!(only(client.stamp(&digest(), &mut random()).unwrap_err()), ServiceFault::QuotaSpent { .. }));
    assert_eq!(services.asked(Service::TimeStamp), 2, "the third question was not sent");
    // The counts survive a restart.
    let restarted = make();
    restarted.restore(&client.usage());
    let error = restarted.stamp(&digest(), &mut random()).unwrap_err();
    assert!(error.is_passing() && error.to_string().contains("quota is spent until"), "{error}");

    services.play(Service::TimeStamp, Fault::Status(429, Some("100")));
    let client = once(service(&services)).with_clock(clock.clone());
    client.stamp(&digest(), &mut random()).unwrap_err();
    services.heal();
    let asked = services.asked(Service::TimeStamp);
    assert!(matches!(only(client.stamp(&digest(), &mut random()).unwrap_err()), ServiceFault::Resting { .. }));
    assert_eq!(services.asked(Service::TimeStamp), asked);
    assert!(client.usage()[0].resting_until.is_some());
    clock.forward(Duration::seconds(101));
    // The dial is two minutes ahead, which the service's genTime bears.
    assert!(client.stamp(&digest(), &mut random()).is_ok());
}

#[test]
fn a_secret_reaches_the_service_and_nothing_else() {
    let server = Loopback::start();
    let seen: Arc<Mutex<Vec<Option<String>>>> = Arc::default();
    server.answer({
        let seen = seen.clone();
        move |ask| {
            seen.lock().unwrap().push(ask.header("authorization").map(str::to_owned));
            Reply::status(403)
        }
    });
    let url = format!("{}/tsa?key=query-secret", server.base());
    for credentials in [Credentials::basic("office", "pass-secret"), Credentials::bearer("token-secret")] {
        let service = TimeStampService::new("x", &url).unwrap().with_credentials(credentials);
        let shown = format!("{service:?}");
        let client = once(service);
        let error = client.stamp(&digest(), &mut random()).unwrap_err();
        let all = format!("{shown} {client:?} {error} {error:?} {:?}", client.usage());
        assert!(!all.contains("secret"), "{all}");
    }
    let seen = seen.lock().unwrap();
    assert!(seen[0].as_ref().unwrap().starts_with("Basic ") && seen[1].as_deref() == Some("Bearer token-secret"));
    // Not in clear over a network.
    let plain = TimeStampService::new("x", "http://192.0.2.1/").unwrap().with_credentials(Credentials::bearer("t"));
    assert_eq!(only(once(plain).stamp(&digest(), &mut random()).unwrap_err()), ServiceFault::Http(HttpError::Insecure));
}

// --- revocation data ---

struct Asking<'s> {
    services: &'s Services,
    fetcher: Fetcher,
}

impl<'s> Asking<'s> {
    fn new(services: &'s Services, bend: impl FnOnce(&mut FetchOptions)) -> Self {
        let mut options = FetchOptions::new(Allow::Hosts(vec![services.host().parse().unwrap()]));
        options.timeout = LONG;
        options.patience = LONG;
        bend(&mut options);
        Self { services, fetcher: Fetcher::new(options).unwrap() }
    }

    /// The signer's path with hard fail, and what was asked for on the way.
    fn path(&self) -> (Result<TrustedPath, PathError>, Vec<Fetched>) {
        self.path_at(OffsetDateTime::now_utc())
    }

    fn path_at(&self, at: OffsetDateTime) -> (Result<TrustedPath, PathError>, Vec<Fetched>) {
        let authority: &Authority = self.services.authority();
        let (anchors, between): ([Certificate; 1], [Certificate; 1]) =
            ([authority.root.certificate().clone()], [authority.ca.certificate().clone()]);
        let source = self.fetcher.question();
        let evidence = Evidence::new(MissingRevocation::Refuse).with_source(&source);
        let request =
            PathRequest::new(authority.member("signer").certificate(), &anchors, at, Purpose::DocumentSigning)
                .with_intermediates(&between)
                .with_revocation(RevocationPolicy::Evidence(evidence));
        let result = path::validate(&request);
        (result, source.log())
    }

    fn reason(&self) -> (PathReason, Vec<Fetched>) {
        let (result, log) = self.path();
        (result.unwrap_err().reason, log)
    }
}

fn fault_of(log: &[Fetched], kind: Kind) -> Option<&str> {
    log.iter().find(|fetched| fetched.kind == kind)?.fault.as_deref()
}

#[test]
fn lists_and_answers_are_fetched_once_and_kept() {
    let Some(services) = Services::start() else { return };
    for method in [OcspMethod::Post, OcspMethod::Get] {
        let (ocsp, root) = (services.asked(Service::Ocsp), services.asked(Service::RootCrl));
        let asking = Asking::new(&services, |options| options.ocsp = method);
        let (result, log) = asking.path();
        assert_eq!(result.unwrap().revocation(), RevocationOutcome::Known { hard: true }, "{log:?}");
        assert!(log.iter().all(|fetched| fetched.fault.is_none() && !fetched.cached), "{log:?}");
        let (result, log) = asking.path();
        assert!(result.is_ok() && log.iter().all(|fetched| fetched.cached), "{log:?}");
        assert_eq!((services.asked(Service::Ocsp), services.asked(Service::RootCrl)), (ocsp + 1, root + 1));
    }
    assert_eq!(services.asked(Service::Crl), 0, "the answer sufficed");
    services.play(Service::Ocsp, Fault::Status(503, None));
    let (result, log) = Asking::new(&services, |_| {}).path();
    assert!(result.is_ok(), "the list stands in for the responder: {log:?}");
    assert_eq!(fault_of(&log, Kind::Ocsp), Some("answers HTTP 503"));
}

#[test]
fn a_nonce_is_sent_and_must_come_back() {
    let Some(services) = Services::start() else { return };
    let mut asking = Asking::new(&services, |_| {});
    asking.fetcher = asking.fetcher.with_nonces(Box::new(random()));
    assert!(asking.path().0.is_ok());
    services.play(Service::Ocsp, Fault::WrongNonce);
    let mut asking = Asking::new(&services, |_| {});
    asking.fetcher = asking.fetcher.with_nonces(Box::new(random()));
    let (_, log) = asking.path();
    assert!(fault_of(&log, Kind::Ocsp).unwrap().contains("another question"), "{log:?}");
}

#[test]
fn each_fault_of_a_responder_has_a_name_and_proves_nothing() {
    let Some(services) = Services::start() else { return };
    // No list to fall back to.
    services.play(Service::Crl, Fault::Status(404, None));
    let with = |fault: Fault, timeout: Pause| {
        services.play(Service::Ocsp, fault);
        Asking::new(&services, |options| options.timeout = timeout).reason()
    };
    for (fault, told) in [
        (Fault::Status(503, None), "answers HTTP 503"),
        (Fault::Garbage, "no OCSP answer"),
        (Fault::NoHttp, "not HTTP"),
        (Fault::TooLarge, "longer than 524288 bytes"),
        (Fault::ErrorPage, "text/html, not application/ocsp-response"),
        (Fault::Truncated, "the connection broke"),
        (Fault::TryLater, "tryLater"),
        (Fault::WrongSubject, "another question"),
        (Fault::Redirect("http://127.0.0.1:1/".to_owned()), "redirects"),
    ] {
        let (reason, log) = with(fault.clone(), LONG);
        assert_eq!(reason, PathReason::RevocationUnknown, "{fault:?}");
        assert!(fault_of(&log, Kind::Ocsp).unwrap().contains(told), "{fault:?}: {log:?}");
    }
    for fault in [Fault::Hang, Fault::Drip] {
        // Only the responder is slow; the list is missing at once.
        let (reason, log) = with(fault, SHORT);
        assert_eq!(reason, PathReason::RevocationUnknown);
        assert_eq!(fault_of(&log, Kind::Ocsp), Some("no answer within 0.4 s"));
    }
    // It comes, whole and about the right certificate, from one who may not speak any more.
    let (reason, log) = with(Fault::ExpiredSigner, LONG);
    assert_eq!((reason, fault_of(&log, Kind::Ocsp)), (PathReason::RevocationUnknown, None), "{log:?}");
}

#[test]
fn each_fault_of_a_list_has_a_name_and_proves_nothing() {
    let Some(services) = Services::start() else { return };
    services.play(Service::Ocsp, Fault::Status(503, None));
    let small = |options: &mut FetchOptions| options.crl_bytes = 100_000;
    for (fault, told) in [
        (Fault::Status(503, Some("5")), "answers HTTP 503"),
        (Fault::Garbage, "no revocation list"),
        (Fault::NoHttp, "not HTTP"),
        (Fault::TooLarge, "longer than 100000 bytes"),
        (Fault::ErrorPage, "no revocation list"),
        (Fault::Truncated, "the connection broke"),
        (Fault::Redirect("http://127.0.0.1:1/x".to_owned()), "127.0.0.1:1 is not allowed"),
        (Fault::Redirect(services.url(Service::Crl)), "redirects without end"),
        (Fault::Redirect("file:///etc/passwd".to_owned()), "redirects without end or aim"),
    ] {
        services.play(Service::Crl, fault.clone());
        let (reason, log) = Asking::new(&services, small).reason();
        assert_eq!(reason, PathReason::RevocationUnknown, "{fault:?}");
        assert!(fault_of(&log, Kind::Crl).unwrap().contains(told), "{fault:?}: {log:?}");
    }
    services.play(Service::Crl, Fault::Stale);
    assert_eq!(Asking::new(&services, small).reason().0, PathReason::RevocationStale);
    services.play(Service::Crl, Fault::BrokenSignature);
    assert_eq!(Asking::new(&services, small).reason().0, PathReason::RevocationUnknown);
    // A redirect to an allowed host is followed, and judged like the first address.
    services.play(Service::Crl, Fault::Redirect(services.url(Service::RootCrl)));
    let (reason, log) = Asking::new(&services, small).reason();
    assert_eq!((reason, fault_of(&log, Kind::Crl)), (PathReason::RevocationUnknown, None), "another's list: {log:?}");
}

#[test]
fn a_revocation_is_told_by_either() {
    for quiet in [Service::Ocsp, Service::Crl] {
        let Some(services) = Services::start() else { return };
        services.play(quiet, Fault::Status(503, None));
        services.authority().revoke("signer", OffsetDateTime::now_utc() - Duration::HOUR);
        let (reason, log) = Asking::new(&services, |_| {}).reason();
        assert!(matches!(reason, PathReason::Revoked { .. }), "without {quiet:?}: {reason:?} {log:?}");
    }
}

#[test]
fn failures_are_remembered_for_a_while_and_old_answers_longer() {
    let Some(services) = Services::start() else { return };
    let clock = Dial::new();
    let mut asking = Asking::new(&services, |_| {});
    asking.fetcher = asking.fetcher.with_clock(clock.clone());
    services.play(Service::Ocsp, Fault::Status(503, None));
    assert!(asking.path().0.is_ok());
    let asked = services.asked(Service::Ocsp);
    assert!(asking.path().0.is_ok());
    assert_eq!(services.asked(Service::Ocsp), asked, "the failure is remembered");
    services.heal();
    clock.forward(Duration::minutes(6));
    assert!(asking.path().0.is_ok());
    assert_eq!(services.asked(Service::Ocsp), asked + 1, "and forgotten");
    // An hour later everything is fetched anew; when nobody answers, what is there serves for as long as it is fresh.
    clock.forward(Duration::hours(2));
    for service in [Service::Ocsp, Service::Crl, Service::RootCrl] {
        services.play(service, Fault::Status(503, None));
    }
    let (result, log) = asking.path();
    assert!(result.is_ok() && log.iter().any(|fetched| fetched.fault.is_some()), "{log:?}");
    let (result, _) = asking.path_at(OffsetDateTime::now_utc() + Duration::days(30));
    assert_eq!(result.unwrap_err().reason, PathReason::RevocationStale);
}

#[test]
fn a_folder_keeps_answers_over_a_restart() {
    let Some(services) = Services::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let asking = || Asking::new(&services, |options| options.folder = Some(folder.path().to_owned()));
    assert!(asking().path().0.is_ok());
    let asked = [Service::Ocsp, Service::RootCrl].map(|service| services.asked(service));
    assert!(asking().path().0.is_ok());
    assert_eq!([Service::Ocsp, Service::RootCrl].map(|service| services.asked(service)), asked);
    // Whoever writes there gains nothing.
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&path, bytes).unwrap();
    }
    for service in [Service::Ocsp, Service::Crl, Service::RootCrl] {
        services.play(service, Fault::Status(503, None));
    }
    assert!(asking().path().0.is_err());
}

#[test]
fn nobody_is_asked_but_whom_the_policy_allows() {
    let Some(services) = Services::start() else { return };
    for (allow, told) in [
        (Allow::Nothing, "is not allowed"),
        // The loopback interface is not the public network: an address in a certificate leads nobody there.
        (Allow::Public, "127.0.0.1 is not on the public network"),
        (Allow::Hosts(vec!["127.0.0.1:1".parse().unwrap()]), "is not allowed"),
    ] {
        let (reason, log) = Asking::new(&services, |options| options.allow = allow.clone()).reason();
        assert_eq!(reason, PathReason::RevocationUnknown);
        assert!(fault_of(&log, Kind::Ocsp).unwrap().contains(told), "{allow:?}: {log:?}");
    }
    let asked: BTreeMap<_, _> = [Service::Ocsp, Service::Crl, Service::RootCrl].map(|s| (s, services.asked(s))).into();
    assert!(asked.values().all(|count| *count == 0), "{asked:?}");
    // A name that resolves to this machine is looked through.
    let source = Fetcher::new(FetchOptions::new(Allow::Public)).unwrap();
    let url = services.url(Service::Crl).replace("127.0.0.1", "localhost");
    let signer = pki::CertificateTemplate::document_signer(pki::Name::builder().common_name("x").build())
        .serial(&[1])
        .valid(OffsetDateTime::UNIX_EPOCH, OffsetDateTime::now_utc())
        .with_crl_url(&url);
    let certificate = signer.self_sign(services.authority().member("signer").key()).unwrap();
    let question = source.question();
    assert!(pki::path::Source::crls(&question, &certificate).is_empty());
    assert!(question.log()[0].fault.as_ref().unwrap().contains("not on the public network"), "{:?}", question.log());
}

#[test]
fn a_question_asks_so_often_and_no_more() {
    let Some(services) = Services::start() else { return };
    let (reason, log) = Asking::new(&services, |options| options.requests = 0).reason();
    assert_eq!(reason, PathReason::RevocationUnknown);
    assert!(log.iter().all(|fetched| fetched.fault.as_deref().unwrap().contains("asked enough")), "{log:?}");
}

#[test]
fn issuers_are_fetched_only_when_asked_for() {
    let Some(services) = Services::start() else { return };
    let authority = services.authority();
    let anchors = [authority.root.certificate().clone()];
    for follow in [false, true] {
        let asking = Asking::new(&services, |options| options.issuers = follow);
        let source = asking.fetcher.question();
        let signer = authority.member("signer").certificate();
        let now = OffsetDateTime::now_utc();
        let request = PathRequest::new(signer, &anchors, now, Purpose::DocumentSigning).with_source(&source);
        assert_eq!(path::validate(&request).is_ok(), follow);
        assert_eq!(services.asked(Service::Issuer), usize::from(follow));
        assert_eq!(source.used_issuers().len(), usize::from(follow));
    }
}

// --- remote keys ---

/// A signing service as `docs/formats/remote-signer.md` has it, with a key of this kind; `bend` makes it lie.
fn signing_service(kind: KeyKind, bend: fn(Value) -> Reply) -> (Loopback, Certificate) {
    let key = PrivateKey::generate(kind, &mut random()).unwrap();
    let now = OffsetDateTime::now_utc();
    let template = CertificateTemplate::document_signer(Name::builder().common_name("Remote").build())
        .serial(&[9])
        .valid(now - Duration::DAY, now + Duration::DAY);
    let certificate = template.self_sign(&key).unwrap();
    let server = Loopback::start();
    server.answer(move |ask| {
        assert_eq!(ask.header("content-type"), Some("application/json"));
        let question: Value = serde_json::from_slice(&ask.body).unwrap();
        assert_eq!(question["key"], "seal-2026");
        let message = STANDARD.decode(question["message"].as_str().unwrap()).unwrap();
        let plain = question["digest"].as_str().map(|digest| STANDARD.decode(digest).unwrap());
        let expected = (kind == KeyKind::P256).then(|| DigestAlgorithm::Sha256.digest(&message).as_bytes().to_vec());
        assert_eq!(plain, expected, "SM2 and Ed25519 digest more than the message");
        bend(json!({ "signature": STANDARD.encode(key.sign(&message).unwrap()) }))
    });
    (server, certificate)
}

fn remote(server: &Loopback, certificate: Certificate) -> RemoteSigner {
    let address = Address::parse(&format!("{}/sign", server.base())).unwrap();
    RemoteSigner::new(address, "seal-2026", certificate, Vec::new(), Http::default()).unwrap().with_timeout(LONG)
}

#[test]
fn a_remote_key_signs_like_one_at_hand() {
    let honest = |answer: Value| Reply::ok("application/json; charset=utf-8", answer.to_string().into_bytes());
    for kind in [KeyKind::Sm2, KeyKind::P256, KeyKind::Ed25519] {
        let (server, certificate) = signing_service(kind, honest);
        let signer = remote(&server, certificate.clone());
        let signature = signer.sign(b"message").unwrap();
        certificate.public_key().unwrap().verify(signer.algorithm(), b"message", &signature).unwrap();
    }
    // Devices give the bare 64 bytes of SM2.
    let (server, certificate) = signing_service(KeyKind::Sm2, |answer| {
        let der = STANDARD.decode(answer["signature"].as_str().unwrap()).unwrap();
        let raw = STANDARD.encode(pki::der_to_raw(&der, 32).unwrap());
        Reply::ok("application/json", json!({ "signature": raw }).to_string().into_bytes())
    });
    let signature = remote(&server, certificate.clone()).sign(b"message").unwrap();
    certificate.public_key().unwrap().verify(pki::SignatureAlgorithm::Sm2Sm3, b"message", &signature).unwrap();
}

#[test]
fn a_remote_key_that_answers_wrongly_is_named_and_not_believed() {
    type Bend = fn(Value) -> Reply;
    let cases: [(Bend, &str); 5] = [
        (|_| Reply::status(503), "answers HTTP 503"),
        (|_| Reply::ok("application/json", b"{}".to_vec()), "no {\"signature\": base64}"),
        (|_| Reply::ok("text/html", b"<p>log in".to_vec()), "text/html, not application/json"),
        (
            |_| Reply::ok("application/json", br#"{"signature": "MEUCIQ=="}"#.to_vec()),
            "does not hold under the certificate",
        ),
        (|_| Reply::Endless("application/json"), "longer than 16384 bytes"),
    ];
    for (bend, told) in cases {
        let (server, certificate) = signing_service(KeyKind::P256, bend);
        let error = remote(&server, certificate).sign(b"message").unwrap_err().to_string();
        assert!(error.contains("seal-2026 at http://127.0.0.1") && error.contains(told), "{error}");
    }
}
