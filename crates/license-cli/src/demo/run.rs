//! Issuing the rows on all cores, with a progress bar, and telling what was wrong with the others.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use license_server::service::{Accepted, Caller, IssueRequest, Office, ServiceError};
use license_server::store::StoreError;

use super::stock::{self, Row};
use crate::fault::count;

/// Issues rows until `count` licenses are there; rows done by an earlier run count.
pub(super) fn issue_stock(office: &Office, count: usize, folder: Option<&Path>) -> Result<Vec<Accepted>> {
    let rows = stock::rows(folder)?;
    let bar = ProgressBar::new(count.min(rows.len()) as u64);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} licenses  {per_sec}  {elapsed}")?);
    let tally = Mutex::new(Tally::default());
    let (next, claimed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let begin = Instant::now();
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                // A license is claimed before it is made and given back when the row is refused: never one too many.
                let one_more = |claimed: usize| (claimed < count).then_some(claimed + 1);
                while claimed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok() {
                    let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    let outcome = issue(office, row);
                    if outcome.is_ok() {
                        bar.inc(1);
                    } else {
                        claimed.fetch_sub(1, Ordering::Relaxed);
                    }
                    // A poisoned lock means a worker panicked; scope() will say so.
                    if let Ok(mut tally) = tally.lock() {
                        tally.note(row, outcome);
                    }
                }
            });
        }
    });
    let seconds = begin.elapsed().as_secs_f64();
    bar.finish_and_clear();
    let tally = tally.into_inner().unwrap_or_default();
    tally.print(seconds);
    if let Some(error) = tally.broken {
        bail!("the store failed: {error}");
    }
    let mut accepted = tally.accepted;
    accepted.sort_by(|a, b| (&a.license.type_id, &a.license.id).cmp(&(&b.license.type_id, &b.license.id)));
    Ok(accepted)
}

fn issue(office: &Office, row: &Row) -> Result<Accepted, ServiceError> {
    let mut data = row.data.clone().map_err(|problem| ServiceError::Request { field: "row", problem })?;
    let template =
        office.catalog().get(row.type_id).ok_or_else(|| ServiceError::UnknownType(row.type_id.to_owned()))?;
    // The stock names real organs; here only made-up ones issue, and their name is filled in.
    if let Some(fields) = data.as_object_mut() {
        fields.remove(&template.file.core.issuer);
    }
    let request = IssueRequest {
        type_id: row.type_id.to_owned(),
        data,
        case_number: Some(format!("STOCK-{}-{:06}", row.type_id, row.number)),
        idempotency_key: Some(format!("stock/{}/{}", row.type_id, row.number)),
        ..IssueRequest::default()
    };
    office.issue(&Caller { name: "demo".to_owned() }, &request)
}

#[derive(Default)]
struct Tally {
    accepted: Vec<Accepted>,
    replayed: usize,
    refused: usize,
    reasons: BTreeMap<String, (usize, String)>,
    broken: Option<String>,
}

impl Tally {
    fn note(&mut self, row: &Row, outcome: Result<Accepted, ServiceError>) {
        match outcome {
            Ok(accepted) => {
                self.replayed += usize::from(accepted.replayed);
                self.accepted.push(accepted);
            }
            Err(error) => {
                self.refused += 1;
                let mut reasons: Vec<(String, String)> = match error {
                    ServiceError::Fields(errors) => {
                        errors.iter().map(|error| (error.rule.clone(), error.to_string())).collect()
                    }
                    ServiceError::Store(StoreError::Refused(refusal)) => {
                        vec![("duplicate".to_owned(), refusal.to_string())]
                    }
                    ServiceError::Store(error) => {
                        self.broken = Some(error.to_string());
                        return;
                    }
                    ServiceError::Request { field: "row", problem } => vec![("json".to_owned(), problem)],
                    other => vec![("other".to_owned(), other.to_string())],
                };
                reasons.dedup_by(|a, b| a.0 == b.0);
                for (rule, example) in reasons {
                    let example = format!("{} row {}: {example}", row.type_id, row.number);
                    self.reasons.entry(rule).or_insert((0, example)).0 += 1;
                }
            }
        }
    }

    fn print(&self, seconds: f64) {
        let new = self.accepted.len() - self.replayed;
        let all = count(self.accepted.len() as u64, "license");
        say!("{all}: {new} new, {} from an earlier run", self.replayed);
        if new > 0 {
            say!(
                "{:.0} a second, {:.1} s in all (OFD and PDF, index, all signatures, durably stored)",
                new as f64 / seconds,
                seconds
            );
        }
        if self.refused > 0 {
            // The stock has faults on purpose: what is refused, and why, is part of what the demo shows.
            let rows = count(self.refused as u64, "stock row");
            say!("{rows} refused, as they should be; by rule, with the first of each:");
            for (rule, (times, example)) in &self.reasons {
                say!("  {times:4} × {rule:28} {example}");
            }
        }
    }
}
