//! Stores licenses and offers issue, fetch, verify.

pub mod store;
pub mod deployment;
pub mod report;
pub mod service;
