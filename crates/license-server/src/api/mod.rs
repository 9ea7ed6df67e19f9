//! The native dialect: HTTP with JSON. A handler parses, calls one service method, maps the answer.

mod access;
mod bearer;
mod body;
mod docs;
mod dto;
mod fetch;
mod health;
mod issue;
mod metrics;
mod oauth;
mod observe;
mod openapi;
mod pool;
mod problem;
mod rate;
mod refusal;
mod router;
mod state;
mod trust;
mod types;
mod upload;
mod verify;

pub(crate) use access::{limit, query};
pub(crate) use observe::observe;
pub(crate) use problem::{Code, Problem};
pub(crate) use router::configure;
pub(crate) use state::State;
pub(crate) use upload::{Upload, read as read_upload};
pub(crate) use verify::file as verify_file;
