//! Every limit on work that outside bytes can cause, named in one place.
//!
//! The figures are those of the verifier's rule "resource exhaustion": depth 64, revisions 64, objects 100 000, inflated
//! bytes 256 MiB. The others follow from them: no clock is read here, so work is counted instead of timed.

use std::cell::Cell;
use std::fmt;

use flate2::Decompress;

use crate::problem::{Limit, ProblemKind};

/// How much work a file may cause. Start from [`Budget::default`] and lower what should be lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Size of the file.
    pub file_bytes: usize,
    /// Nesting of arrays and dictionaries, of the page tree, of form fields.
    pub depth: usize,
    /// Indirect objects over all revisions. Cross-reference entries may be twice as many, since an update may repeat some.
    pub objects: usize,
    /// Values of any kind (numbers, names, strings, containers), objects and content streams together.
    pub values: usize,
    /// Objects and list items visited while trees are walked and the graphs of revisions compared.
    pub steps: usize,
    /// Revisions, i.e. cross-reference sections.
    pub revisions: usize,
    /// Bytes that come out of stream filters, all streams together.
    pub inflated_bytes: usize,
    /// Signature fields and signature dictionaries.
    pub signatures: usize,
    /// Pages.
    pub pages: usize,
    /// Form XObjects inside form XObjects.
    pub form_depth: usize,
    /// Operators of content streams, each execution of a form counted again.
    pub operators: usize,
    /// Bytes of extracted text.
    pub text_bytes: usize,
    /// Embedded files.
    pub attachments: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            file_bytes: 256 << 20,
            depth: 64,
            objects: 100_000,
            values: 4_000_000,
            steps: 4_000_000,
            revisions: 64,
            inflated_bytes: 256 << 20,
            signatures: 256,
            pages: 10_000,
            form_depth: 12,
            operators: 1_000_000,
            text_bytes: 16 << 20,
            attachments: 256,
        }
    }
}

/// What is left of a budget while one file is read.
pub(crate) struct Meter {
    pub(crate) budget: Budget,
    values: Cell<usize>,
    steps: Cell<usize>,
    inflated: Cell<usize>,
    operators: Cell<usize>,
    text: Cell<usize>,
    /// Made once, since it needs much room.
    inflater: Cell<Option<Decompress>>,
}

/// What some piece of work took of a [`Meter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spent([usize; 5]);

impl Meter {
    pub(crate) fn new(budget: Budget) -> Self {
        Self {
            budget,
            values: Cell::new(budget.values),
            steps: Cell::new(budget.steps),
            inflated: Cell::new(budget.inflated_bytes),
            operators: Cell::new(budget.operators),
            text: Cell::new(budget.text_bytes),
            inflater: Cell::new(None),
        }
    }

    fn counters(&self) -> [&Cell<usize>; 5] {
        [&self.values, &self.steps, &self.inflated, &self.operators, &self.text]
    }

    /// What is left of everything: for [`Meter::spent_since`].
    pub(crate) fn left(&self) -> Spent {
        Spent(self.counters().map(Cell::get))
    }

    /// What was spent since `before` was left.
    pub(crate) fn spent_since(&self, before: &Spent) -> Spent {
        let now = self.left();
        Spent(std::array::from_fn(|at| before.0[at].saturating_sub(now.0[at])))
    }

    /// Spends all of it, or nothing where some of it is no longer there: then doing the work tells what is missing.
    pub(crate) fn spend(&self, spent: &Spent) -> bool {
        let counters = self.counters();
        let enough = counters.iter().zip(&spent.0).all(|(left, amount)| left.get() >= *amount);
        if enough {
            counters.iter().zip(&spent.0).for_each(|(left, amount)| left.set(left.get() - amount));
        }
        enough
    }

    /// An inflater for one zlib stream, as new.
    pub(crate) fn inflater(&self) -> Decompress {
        match self.inflater.take() {
            Some(mut used) => {
                used.reset(true);
                used
            }
            None => Decompress::new(true),
        }
    }

    /// Takes an inflater back.
    pub(crate) fn keep_inflater(&self, inflater: Decompress) {
        self.inflater.set(Some(inflater));
    }

    pub(crate) fn value(&self) -> Result<(), ProblemKind> {
        take(&self.values, 1, Limit::Values)
    }

    pub(crate) fn steps(&self, steps: usize) -> Result<(), ProblemKind> {
        take(&self.steps, steps, Limit::Steps)
    }

    pub(crate) fn operator(&self) -> Result<(), ProblemKind> {
        take(&self.operators, 1, Limit::Operators)
    }

    pub(crate) fn text(&self, bytes: usize) -> Result<(), ProblemKind> {
        take(&self.text, bytes, Limit::TextBytes)
    }

    /// Room for inflating; what was used is then taken with [`Meter::inflated`].
    pub(crate) fn inflate_room(&self) -> usize {
        self.inflated.get()
    }

    pub(crate) fn inflated(&self, bytes: usize) -> Result<(), ProblemKind> {
        take(&self.inflated, bytes, Limit::InflatedBytes)
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter").field("budget", &self.budget).field("left", &self.left()).finish_non_exhaustive()
    }
}

fn take(left: &Cell<usize>, amount: usize, limit: Limit) -> Result<(), ProblemKind> {
    match left.get().checked_sub(amount) {
        Some(rest) => {
            left.set(rest);
            Ok(())
        }
        None => Err(ProblemKind::OverBudget(limit)),
    }
}
