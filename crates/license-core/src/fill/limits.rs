//! How much a record may be, before any work is done on it.

use serde_json::Value;

use super::error::Fault;

/// Deepest nesting: the record, a table, a row, a cell.
const MAX_DEPTH: usize = 4;
/// Most values of any kind.
const MAX_NODES: usize = 20_000;
/// Most bytes of all keys and strings together.
const MAX_BYTES: usize = 512 * 1024;
/// Longest single string in bytes, whatever its field allows.
const MAX_STRING: usize = 64 * 1024;
/// Most errors in one answer.
pub(super) const MAX_ERRORS: usize = 200;
/// Most characters at fault that are named for one value.
pub(super) const MAX_CHARACTER_FAULTS: usize = 10;

/// Whether the input is of a size worth looking at.
pub(super) fn check(input: &Value) -> Result<(), Fault> {
    let mut left = Left { nodes: MAX_NODES, bytes: MAX_BYTES };
    left.walk(input, 0).map_err(|(zh, en)| Fault::new("too-large", zh, en))
}

struct Left {
    nodes: usize,
    bytes: usize,
}

impl Left {
    fn walk(&mut self, value: &Value, depth: usize) -> Result<(), (&'static str, &'static str)> {
        if depth >= MAX_DEPTH {
            return Err(("数据嵌套过深", "nested too deeply"));
        }
        self.nodes = self.nodes.checked_sub(1).ok_or(("数据项过多", "too many values"))?;
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().try_for_each(|item| self.walk(item, depth + 1)),
            Value::Object(items) => items.iter().try_for_each(|(key, item)| {
                self.text(key)?;
                self.walk(item, depth + 1)
            }),
            _ => Ok(()),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), (&'static str, &'static str)> {
        if text.len() > MAX_STRING {
            return Err(("某一数据项过长", "a value is far too long"));
        }
        self.bytes = self.bytes.checked_sub(text.len()).ok_or(("数据总量过大", "too much text in all"))?;
        Ok(())
    }
}
