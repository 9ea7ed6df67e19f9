//! Stores licenses and offers issue, fetch, verify.

pub mod config;
pub mod deployment;
pub mod lasting;
pub mod report;
pub mod service;
pub mod store;

mod api;
mod renewal_job;
mod serve;
mod web;

pub use config::ServeConfig;
pub use serve::{Running, Stopper, serve};
