//! What is left of a [`Budget`] while one file is read: work is spent, memory is held and given back.

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;

use flate2::Decompress;

use crate::budget::Budget;
use crate::problem::{Limit, ProblemKind};

/// Values of objects that are looked at in one step.
const VALUES_A_STEP: usize = 8;

/// What is left of a budget while one file is read.
pub(crate) struct Meter {
    pub(crate) budget: Budget,
    /// By limit. Of most, nothing is ever taken: they are sizes of single things.
    left: [Cell<usize>; Limit::ALL.len()],
    /// Bytes that are kept now, and the most that were at one time.
    held: Cell<usize>,
    peak: Cell<usize>,
    /// Made once, since it needs much room.
    inflater: Cell<Option<Decompress>>,
}

/// What some piece of work took of a [`Meter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spent {
    counts: [usize; Limit::ALL.len()],
    /// Bytes that it keeps, and the most that it held meanwhile.
    kept: usize,
    peak: usize,
}

/// Where a piece of work began.
pub(crate) struct Begun {
    left: [usize; Limit::ALL.len()],
    held: usize,
    peak: usize,
}

/// Bytes held, until this is dropped.
pub(crate) struct Hold<'m> {
    meter: &'m Meter,
    bytes: usize,
}

/// What came out of a stream, held until it is dropped.
pub(crate) struct Decoded<'m> {
    bytes: Vec<u8>,
    hold: Hold<'m>,
}

impl Meter {
    pub(crate) fn new(budget: Budget) -> Self {
        Self {
            budget,
            left: Limit::ALL.map(|limit| Cell::new(budget.of(limit))),
            held: Cell::new(0),
            peak: Cell::new(0),
            inflater: Cell::new(None),
        }
    }

    /// Takes so much of a limit.
    pub(crate) fn take(&self, limit: Limit, amount: usize) -> Result<(), ProblemKind> {
        let left = &self.left[limit as usize];
        match left.get().checked_sub(amount) {
            Some(rest) => {
                left.set(rest);
                Ok(())
            }
            None => Err(ProblemKind::OverBudget(limit)),
        }
    }

    /// The same where it is no matter when there is not enough.
    pub(crate) fn try_take(&self, limit: Limit, amount: usize) -> bool {
        self.take(limit, amount).is_ok()
    }

    /// What is left of a limit.
    pub(crate) fn left(&self, limit: Limit) -> usize {
        self.left[limit as usize].get()
    }

    pub(crate) fn value(&self) -> Result<(), ProblemKind> {
        self.take(Limit::Values, 1)
    }

    pub(crate) fn steps(&self, steps: usize) -> Result<(), ProblemKind> {
        self.take(Limit::Steps, steps)
    }

    /// So many values are looked at, of objects that may be looked at again and again.
    pub(crate) fn values_seen(&self, values: usize) -> Result<(), ProblemKind> {
        self.steps(values.div_ceil(VALUES_A_STEP))
    }

    pub(crate) fn inflated(&self, bytes: usize) -> Result<(), ProblemKind> {
        self.take(Limit::InflatedBytes, bytes)
    }

    /// Keeps so many bytes to the end.
    pub(crate) fn keep(&self, bytes: usize) -> Result<(), ProblemKind> {
        let held = self.held.get().saturating_add(bytes);
        if held > self.budget.held_bytes {
            return Err(ProblemKind::OverBudget(Limit::HeldBytes));
        }
        self.held.set(held);
        self.peak.set(self.peak.get().max(held));
        Ok(())
    }

    /// Gives back what was kept.
    pub(crate) fn give_back(&self, bytes: usize) {
        self.held.set(self.held.get().saturating_sub(bytes));
    }

    /// Holds nothing yet.
    pub(crate) fn hold(&self) -> Hold<'_> {
        Hold { meter: self, bytes: 0 }
    }

    /// Room for so much more.
    pub(crate) fn room(&self) -> usize {
        self.budget.held_bytes.saturating_sub(self.held.get())
    }

    /// A piece of work begins: for [`Meter::spent_since`].
    pub(crate) fn begin(&self) -> Begun {
        let peak = self.peak.replace(self.held.get());
        Begun { left: self.left.each_ref().map(Cell::get), held: self.held.get(), peak }
    }

    /// What was spent since.
    pub(crate) fn spent_since(&self, begun: &Begun) -> Spent {
        let counts = std::array::from_fn(|at| begun.left[at].saturating_sub(self.left[at].get()));
        let above = |bytes: usize| bytes.saturating_sub(begun.held);
        let spent = Spent { counts, kept: above(self.held.get()), peak: above(self.peak.get()) };
        self.end(begun);
        spent
    }

    /// The piece of work is done.
    pub(crate) fn end(&self, begun: &Begun) {
        self.peak.set(self.peak.get().max(begun.peak));
    }

    /// Spends all of it, or nothing where some of it is no longer there: then doing the work tells what is missing.
    pub(crate) fn spend(&self, spent: &Spent) -> bool {
        let enough = self.left.iter().zip(&spent.counts).all(|(left, amount)| left.get() >= *amount);
        if !enough || spent.peak > self.room() {
            return false;
        }
        self.left.iter().zip(&spent.counts).for_each(|(left, amount)| left.set(left.get() - amount));
        self.peak.set(self.peak.get().max(self.held.get() + spent.peak));
        self.held.set(self.held.get() + spent.kept);
        true
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
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter").field("budget", &self.budget).field("held", &self.held).finish_non_exhaustive()
    }
}

impl<'m> Hold<'m> {
    /// Holds more.
    pub(crate) fn more(&mut self, bytes: usize) -> Result<(), ProblemKind> {
        self.meter.keep(bytes)?;
        self.bytes += bytes;
        Ok(())
    }

    /// Gives everything back.
    pub(crate) fn release(&mut self) {
        self.meter.give_back(std::mem::take(&mut self.bytes));
    }

    /// Keeps it to the end.
    pub(crate) fn keep(mut self) {
        self.bytes = 0;
    }

    /// Bytes for which it holds room already.
    pub(crate) fn holding(self, bytes: Vec<u8>) -> Decoded<'m> {
        Decoded { bytes, hold: self }
    }

    /// Bytes that came out of a stream.
    pub(crate) fn of(mut self, bytes: Vec<u8>) -> Result<Decoded<'m>, ProblemKind> {
        self.more(bytes.len())?;
        Ok(Decoded { bytes, hold: self })
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.release();
    }
}

impl Spent {
    /// How much of a limit.
    pub(crate) fn of(&self, limit: Limit) -> usize {
        self.counts[limit as usize]
    }
}

impl Decoded<'_> {
    /// Keeps them to the end.
    pub(crate) fn keep(self) -> Vec<u8> {
        self.hold.keep();
        self.bytes
    }
}

impl Deref for Decoded<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Decoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decoded({} bytes)", self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_given_back_and_what_is_kept_is_not() {
        let meter = Meter::new(Budget { held_bytes: 100, ..Budget::default() });
        let over = Err(ProblemKind::OverBudget(Limit::HeldBytes));
        let mut hold = meter.hold();
        assert_eq!((hold.more(60), hold.more(41), hold.more(40)), (Ok(()), over, Ok(())));
        drop(hold);
        assert_eq!((meter.room(), meter.keep(70)), (100, Ok(())));
        let decoded = meter.hold().of(vec![0; 30]);
        assert!(decoded.is_ok_and(|decoded| decoded.keep().len() == 30));
        assert_eq!((meter.room(), meter.keep(1)), (0, over));
    }

    #[test]
    fn what_was_spent_once_is_spent_again_or_not_at_all() {
        let budget = Budget { held_bytes: 100, values: 5, ..Budget::default() };
        let work = |meter: &Meter| -> Result<(), ProblemKind> {
            let mut hold = meter.hold();
            hold.more(50)?;
            meter.value()?;
            meter.keep(10)
        };
        let meter = Meter::new(budget);
        let begun = meter.begin();
        assert_eq!(work(&meter), Ok(()));
        let spent = meter.spent_since(&begun);
        // Whatever is left: what is remembered goes as far as what is done.
        for kept in 0..60 {
            let (again, known) = (Meter::new(budget), Meter::new(budget));
            assert_eq!((again.keep(kept), known.keep(kept)), (Ok(()), Ok(())));
            while known.spend(&spent) {
                assert_eq!(work(&again), Ok(()));
                assert_eq!((known.room(), known.left(Limit::Values)), (again.room(), again.left(Limit::Values)));
            }
            assert!(work(&again).is_err(), "{kept}");
        }
    }
}
