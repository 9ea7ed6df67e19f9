//! One suite over every store: what the contract on `Store` promises, a room for each promise.
#![allow(clippy::unwrap_used, missing_docs)]

/// Each of these functions, which take a `&Place`, becomes a test of every store. One that is left out is dead code.
macro_rules! over_every_store {
    ($($name:ident)*) => {
        mod memory { $(#[test] fn $name() { super::$name(&crate::place::Place::memory()); })* }
        mod redb { $(#[test] fn $name() { super::$name(&crate::place::Place::redb()); })* }
        mod sled { $(#[test] fn $name() { super::$name(&crate::place::Place::sled()); })* }
    };
}

#[path = "../store_support/mod.rs"]
mod store_support;

mod assets;
mod files;
mod fsck;
mod issuing;
mod outbox;
mod pages;
mod place;
mod small;
mod states;
mod trail;
mod versions;
