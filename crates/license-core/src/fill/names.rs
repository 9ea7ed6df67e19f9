//! Which key of the input is which field.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Filling;
use super::error::Fault;

/// The given values by field key, each with its JSON pointer. Unknown and doubled keys are errors.
pub(super) fn resolve<'a>(
    filling: &mut Filling<'_>,
    object: &'a Map<String, Value>,
) -> BTreeMap<String, (String, &'a Value)> {
    let mut given: BTreeMap<String, (String, &Value)> = BTreeMap::new();
    let template = filling.template;
    for (name, value) in object {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let field = template
            .field(name)
            .or_else(|| template.file.fields.iter().find(|field| field.alias.iter().any(|alias| alias == name)));
        let Some(field) = field else {
            unknown(filling, name, &pointer);
            continue;
        };
        if let Some((other, _)) = given.get(&field.key) {
            let fault = Fault::new(
                "duplicate-field",
                format!("同一信息项给了两次：{other} 与 {pointer}"),
                format!("given twice: {other} and {pointer}"),
            );
            filling.error(field, &pointer, fault, None);
            continue;
        }
        given.insert(field.key.clone(), (pointer, value));
    }
    given
}

fn unknown(filling: &mut Filling<'_>, name: &str, pointer: &str) {
    let shown: String = name.chars().filter(|char| !char.is_control()).take(40).collect();
    let keys = filling.template.file.fields.iter().map(|field| field.key.as_str());
    let (zh, en) = match nearest(keys, name) {
        Some(key) => (format!("，是否为“{key}”"), format!("; did you mean `{key}`")),
        None => (String::new(), String::new()),
    };
    let fault = Fault::new(
        "unknown-field",
        format!("本证照类型没有信息项“{shown}”{zh}"),
        format!("the type has no field `{shown}`{en}"),
    );
    filling.error_of_record(pointer, fault);
    if let Some(error) = filling.errors.last_mut() {
        error.field = shown;
    }
}

/// The known name that was probably meant.
pub(crate) fn nearest<'a>(known: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let near = known.map(|key| (distance(key, name), key)).min()?;
    (near.0 <= 3).then_some(near.1)
}

/// Edits between two names; long ones are simply far apart.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().take(LONGEST_NAME + 1).collect());
    if a.len() > LONGEST_NAME || b.len() > LONGEST_NAME {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

const LONGEST_NAME: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("issued_on", "isued_on"), 1);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("license_no", "licence_no"), 1);
    }
}
