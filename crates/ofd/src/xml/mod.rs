//! Reading XML into a small tree, under a budget and without document types.
//!
//! Elements are found by local name: old documents use another namespace, some none (GB/T 33190 in the field).
//!
//! | file | what |
//! |---|---|
//! | `decode` | bytes to text: UTF-8 nearly always, GBK or UTF-16 in old files |
//! | `reader` | text to tree |
//! | `names` | prefixes, namespaces, bytes of names |
//! | `values` | references, white space |
//! | `tree` | what comes out, and how to find something in it |

mod decode;
mod names;
mod reader;
#[cfg(test)]
mod tests;
mod tree;
mod values;

pub(crate) use decode::decode;
pub(crate) use tree::{Element, Tree};

use crate::problem::ProblemKind;

/// The nodes that all files of a package may have together, and how deep they may nest.
#[derive(Clone, Debug)]
pub(crate) struct Allowance {
    pub(crate) nodes: usize,
    pub(crate) depth: usize,
}

/// A file that cannot be read as XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) kind: ProblemKind,
    pub(crate) detail: String,
}

fn over_budget(what: &str) -> Unreadable {
    Unreadable { kind: ProblemKind::OverBudget, detail: what.to_owned() }
}

fn malformed(what: &str) -> Unreadable {
    Unreadable { kind: ProblemKind::XmlUnreadable, detail: what.to_owned() }
}
