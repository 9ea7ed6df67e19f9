//! Reading XML into a small tree, under a budget and without document types.
//!
//! Elements are found by local name: old documents use another namespace, some none (GB/T 33190 in the field).
//!
//! | file | what |
//! |---|---|
//! | `decode` | bytes to text: UTF-8 nearly always, GBK or UTF-16 in old files |
//! | `declaration` | what a file says of its version and encoding |
//! | `reader` | text to tree |
//! | `names` | prefixes, namespaces, bytes of names |
//! | `scope` | what prefixes stand for |
//! | `values` | characters, references, white space |
//! | `tree` | what comes out, and how to find something in it |

mod declaration;
mod decode;
mod gbk;
mod names;
mod reader;
mod scope;
#[cfg(test)]
mod tests;
mod tree;
mod values;

pub(crate) use decode::decode;
pub(crate) use tree::{Element, Tree};

use crate::problem::ProblemKind;

/// What is worth a note in a file that can be read, and why.
pub(crate) type Note = (ProblemKind, &'static str);

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
