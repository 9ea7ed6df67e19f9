//! Counters, as Prometheus reads them. No label holds anything that came from outside.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use license_core::verify::Verdict;

use super::state::State;

/// Upper bounds in seconds.
const BUCKETS: [f64; 8] = [0.001, 0.0025, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

/// All counters.
#[derive(Default)]
pub(crate) struct Metrics(Mutex<Counters>);

#[derive(Default)]
struct Counters {
    requests: BTreeMap<(&'static str, &'static str, u16), u64>,
    times: BTreeMap<&'static str, Times>,
    issued: BTreeMap<String, u64>,
    verified: BTreeMap<&'static str, u64>,
}

#[derive(Default)]
struct Times {
    buckets: [u64; BUCKETS.len()],
    count: u64,
    sum: f64,
}

impl Metrics {
    /// A request was answered.
    pub(crate) fn answered(&self, method: &'static str, route: &'static str, status: u16, took: Duration) {
        let mut counters = self.counters();
        *counters.requests.entry((route, method, status)).or_default() += 1;
        let times = counters.times.entry(route).or_default();
        let seconds = took.as_secs_f64();
        times.count += 1;
        times.sum += seconds;
        for (bucket, bound) in times.buckets.iter_mut().zip(BUCKETS) {
            *bucket += u64::from(seconds <= bound);
        }
    }

    /// A license was issued; `type_id` is one of the catalog.
    pub(crate) fn issued(&self, type_id: &str) {
        let mut counters = self.counters();
        if let Some(count) = counters.issued.get_mut(type_id) {
            *count += 1;
        } else {
            counters.issued.insert(type_id.to_owned(), 1);
        }
    }

    /// Something was verified.
    pub(crate) fn verified(&self, verdict: Verdict) {
        *self.counters().verified.entry(verdict.word()).or_default() += 1;
    }

    pub(crate) fn render(&self, state: &State) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out, state);
        out
    }

    fn write(&self, out: &mut String, state: &State) -> std::fmt::Result {
        let counters = self.counters();
        head(out, "license_http_requests_total", "counter", "Requests answered.")?;
        for ((route, method, status), count) in &counters.requests {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            writeln!(out, "license_http_requests_total{{{labels}}} {count}")?;
        }
        head(out, "license_http_request_seconds", "histogram", "Time to the answer.")?;
        for (route, times) in &counters.times {
            for (count, bound) in times.buckets.iter().zip(BUCKETS) {
                writeln!(out, "license_http_request_seconds_bucket{{route=\"{route}\",le=\"{bound}\"}} {count}")?;
            }
            writeln!(out, "license_http_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", times.count)?;
            writeln!(out, "license_http_request_seconds_sum{{route=\"{route}\"}} {}", times.sum)?;
            writeln!(out, "license_http_request_seconds_count{{route=\"{route}\"}} {}", times.count)?;
        }
        head(out, "license_issued_total", "counter", "Licenses issued by this process.")?;
        for (type_id, count) in &counters.issued {
            writeln!(out, "license_issued_total{{type=\"{type_id}\"}} {count}")?;
        }
        head(out, "license_verifications_total", "counter", "Verifications by verdict.")?;
        for (verdict, count) in &counters.verified {
            writeln!(out, "license_verifications_total{{verdict=\"{verdict}\"}} {count}")?;
        }
        drop(counters);
        head(out, "license_pool_jobs", "gauge", "Jobs waiting or in work.")?;
        for (name, pool) in [("press", &state.press), ("desk", &state.desk)] {
            writeln!(out, "license_pool_jobs{{pool=\"{name}\"}} {}", pool.inside())?;
        }
        head(out, "license_ready", "gauge", "1 when the service takes requests.")?;
        writeln!(out, "license_ready {}", u8::from(state.is_ready()))?;
        trust(out, state)?;
        register(out, state)
    }

    fn counters(&self) -> MutexGuard<'_, Counters> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What ends, and how old what is trusted is. Names come from the deployment and its signed list.
fn trust(out: &mut String, state: &State) -> std::fmt::Result {
    let now = state.office.clock().now();
    let name = "license_certificate_expires_seconds";
    head(out, name, "gauge", "Seconds until a certificate, a seal or the trust list ends; negative when it is over.")?;
    for expiry in state.office.expiries() {
        let (kind, which) = (expiry.kind.word(), label(&expiry.name));
        writeln!(out, "{name}{{kind=\"{kind}\",name=\"{which}\"}} {}", expiry.seconds_left(now))?;
    }
    let view = state.office.trust();
    let others = view.others.iter().map(|other| (other.name.as_str(), &other.list));
    let lists: Vec<_> = std::iter::once(("own", &view.own)).chain(others).collect();
    head(out, "license_trust_list_edition", "gauge", "Edition of a trust list in use.")?;
    for (which, list) in &lists {
        writeln!(out, "license_trust_list_edition{{list=\"{which}\"}} {}", list.sequence)?;
    }
    head(out, "license_trust_list_due_seconds", "gauge", "Seconds until a list's next edition is due.")?;
    for (which, list) in &lists {
        if let Some(due) = list.next_update {
            writeln!(out, "license_trust_list_due_seconds{{list=\"{which}\"}} {}", (due - now).whole_seconds())?;
        }
    }
    head(out, "license_trust_list_warnings", "gauge", "What is to be seen to in a list within 30 days.")?;
    for (which, list) in &lists {
        let warnings = list.warnings(now, time::Duration::days(30)).len();
        writeln!(out, "license_trust_list_warnings{{list=\"{which}\"}} {warnings}")?;
    }
    Ok(())
}

/// The value of a label (Prometheus text format).
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " ")
}

fn register(out: &mut String, state: &State) -> std::fmt::Result {
    let store = state.office.store();
    if let Ok(counts) = store.counts() {
        head(out, "license_register_licenses", "gauge", "Versions of licenses by state.")?;
        for (status, count) in &counts.by_status {
            writeln!(out, "license_register_licenses{{status=\"{status}\"}} {count}")?;
        }
        head(out, "license_register_audit_entries", "gauge", "Entries of the audit chain.")?;
        writeln!(out, "license_register_audit_entries {}", counts.audit_entries)?;
        head(out, "license_outbox_pending", "gauge", "Rows waiting for the upper level.")?;
        writeln!(out, "license_outbox_pending {}", counts.outbox_pending)?;
    }
    if let Some(lasting) = state.office.lasting() {
        let usage = lasting.usage();
        head(out, "license_time_stamp_questions_total", "counter", "Questions to time-stamp services by outcome.")?;
        for of in &usage {
            let name = of.service.replace(['\\', '"', '\n'], "");
            writeln!(
                out,
                "license_time_stamp_questions_total{{service=\"{name}\",outcome=\"granted\"}} {}",
                of.granted
            )?;
            writeln!(out, "license_time_stamp_questions_total{{service=\"{name}\",outcome=\"failed\"}} {}", of.failed)?;
        }
        head(out, "license_time_stamp_quota_left", "gauge", "Questions left in the period of a quota.")?;
        for of in &usage {
            let name = of.service.replace(['\\', '"', '\n'], "");
            if let Some(left) = of.left {
                writeln!(out, "license_time_stamp_quota_left{{service=\"{name}\"}} {left}")?;
            }
        }
    }
    let stats = store.stats();
    head(out, "license_store_flushes_total", "counter", "Engine commits, each one flush to disk.")?;
    writeln!(out, "license_store_flushes_total {}", stats.groups)?;
    head(out, "license_store_commits_total", "counter", "Writes answered by them.")?;
    writeln!(out, "license_store_commits_total {}", stats.commits)?;
    head(out, "license_store_failures_total", "counter", "Flushes that failed.")?;
    writeln!(out, "license_store_failures_total {}", stats.failures)?;
    head(out, "license_store_bytes", "gauge", "Bytes of the engine on disk.")?;
    writeln!(out, "license_store_bytes {}", stats.engine_bytes)
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) -> std::fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
}
