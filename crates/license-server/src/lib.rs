//! Stores licenses and offers issue, fetch, verify.
