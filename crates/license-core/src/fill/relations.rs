//! What fields ask of one another.

use super::Filling;
use super::date::{print_date, years_after};
use super::error::Fault;
use crate::id::{CitizenId, CreditCode};
use crate::record::{Value, holder_code_type};
use crate::template::model::{Agreement, Condition, Field, FieldType};
use crate::template::rules::{Operator, Other, Relation};

impl Filling<'_> {
    /// Whether the template asks for the field whatever the others say.
    pub(super) fn is_required(&self, field: &Field) -> bool {
        field.required && self.template.file.core.issuer != field.key
    }

    fn holds(&self, condition: &Condition) -> bool {
        condition.holds(self.text(&condition.field))
    }

    fn pointer(key: &str) -> String {
        format!("/{key}")
    }
}

/// Missing fields, fields that must not be there, and the issuer's name.
pub(super) fn presence(filling: &mut Filling<'_>) {
    let template = filling.template;
    for field in &template.file.fields {
        let there = filling.values.contains_key(&field.key);
        if there || filling.is_bad(&field.key) {
            continue;
        }
        if field.key == template.file.core.issuer {
            let name = filling.context.issuer_name.to_owned();
            filling.values.insert(field.key.clone(), Value::Text(name));
        } else if filling.is_required(field) || is_unlimited_missing(filling, field) {
            filling.error(field, &Filling::pointer(&field.key), Fault::new("required", "必填", "required"), None);
        }
    }
    for field in &template.file.fields {
        let there = filling.values.contains_key(&field.key);
        let bad = filling.is_bad(&field.key);
        let pointer = Filling::pointer(&field.key);
        let holding = |condition: &&Condition| filling.holds(condition);
        let required = field.required_when.as_ref().filter(holding).filter(|_| !there && !bad);
        let absent = field.absent_when.as_ref().filter(holding).filter(|_| there);
        if let Some(condition) = required {
            let (zh, en) = because(filling, condition);
            let fault = Fault::new("required", format!("{zh}必填"), format!("required {en}"));
            filling.error(field, &pointer, fault, None);
        }
        if let Some(condition) = absent {
            let (zh, en) = because(filling, condition);
            let fault = Fault::new("not-allowed", format!("{zh}不得填写"), format!("not allowed {en}"));
            filling.error(field, &pointer, fault, None);
        }
    }
    issuer(filling);
}

/// Without 长期, the end of validity is required where the type has one.
fn is_unlimited_missing(filling: &Filling<'_>, field: &Field) -> bool {
    let file = &filling.template.file;
    file.core.valid_to.as_deref() == Some(&field.key) && !file.validity.long_term
}

fn because(filling: &Filling<'_>, condition: &Condition) -> (String, String) {
    let value = filling.text(&condition.field).unwrap_or_default();
    let label = filling.template.field(&condition.field).map_or("", |field| &field.label);
    (format!("{label}为“{value}”时"), format!("when `{}` is {value}", condition.field))
}

fn issuer(filling: &mut Filling<'_>) {
    let template = filling.template;
    let Some(field) = template.field(&template.file.core.issuer) else { return };
    let Some(given) = filling.text(&field.key).map(str::to_owned) else { return };
    let name = filling.context.issuer_name;
    if given != name {
        let fault = Fault::new(
            "issuer",
            format!("与颁发机构“{name}”不一致"),
            format!("is not the name of the issuing authority, {name}"),
        );
        filling.error(field, &Filling::pointer(&field.key), fault, Some(&given));
    }
}

/// Relations of dates, agreements of number parts, and the term.
pub(super) fn check(filling: &mut Filling<'_>) {
    let template = filling.template;
    for field in &template.file.fields {
        for relation in template.rules().relations(&field.key) {
            related(filling, field, relation);
        }
        for agreement in &field.agree {
            agreed(filling, field, agreement);
        }
    }
    validity(filling);
    holder_code(filling);
}

/// A code that is said to be a credit code or a citizen number must be one.
fn holder_code(filling: &mut Filling<'_>) {
    let core = &filling.template.file.core;
    let kind = core.holder_code_type.as_deref().and_then(|key| filling.text(key)).and_then(holder_code_type);
    let (Some(kind), Some(field)) = (kind, filling.template.field(&core.holder_code)) else { return };
    let Some(text) = filling.text(&field.key).map(str::to_owned) else { return };
    let separator = core.holder_separator.as_deref().filter(|mark| !mark.is_empty());
    let mut codes: Box<dyn Iterator<Item = &str>> = match separator {
        Some(mark) => Box::new(text.split(mark)),
        None => Box::new(std::iter::once(text.as_str())),
    };
    let (fits, zh, en): (fn(&str) -> bool, _, _) = match kind {
        "001" => (|code| code.parse::<CreditCode>().is_ok(), "统一社会信用代码", "a unified social credit code"),
        "111" => (|code| code.parse::<CitizenId>().is_ok(), "公民身份号码", "a citizen number"),
        _ => return,
    };
    if !codes.all(fits) {
        let fault = Fault::new(
            "holder-code-type",
            format!("不是{zh}，与证件类型不符"),
            format!("is not {en}, as its kind says"),
        );
        filling.error(field, &Filling::pointer(&field.key), fault, Some(&text));
    }
}

fn related(filling: &mut Filling<'_>, field: &Field, relation: &Relation) {
    let Some(date) = filling.date(&field.key) else { return };
    let (other, rule, zh, en) = match &relation.other {
        Other::Today => (filling.context.today, "date.after-today", "今天".to_owned(), "today".to_owned()),
        Other::Day(day) => {
            let rule = match relation.operator {
                Operator::Less | Operator::LessOrEqual => "date.after",
                Operator::Greater | Operator::GreaterOrEqual => "date.before",
            };
            (*day, rule, print_date(*day), print_date(*day))
        }
        Other::Field(key) => {
            let Some(day) = filling.date(key) else { return };
            let label = filling.template.field(key).map_or("", |field| &field.label);
            (day, "date.reversed", format!("{label}({})", print_date(day)), format!("`{key}` ({})", print_date(day)))
        }
    };
    if relation.operator.holds(date, other) {
        return;
    }
    let (word_zh, word_en) = match relation.operator {
        Operator::Less => ("应早于", "must lie before"),
        Operator::LessOrEqual => ("不得晚于", "must not lie after"),
        Operator::Greater => ("应晚于", "must lie after"),
        Operator::GreaterOrEqual => ("不得早于", "must not lie before"),
    };
    let fault = Fault::new(rule, format!("{word_zh}{zh}"), format!("{word_en} {en}"));
    filling.error(field, &Filling::pointer(&field.key), fault, Some(&print_date(date)));
}

fn agreed(filling: &mut Filling<'_>, field: &Field, agreement: &Agreement) {
    let template = filling.template;
    let Some(text) = filling.text(&field.key).map(str::to_owned) else { return };
    let rules = template.rules();
    let is_number = template.file.core.number == field.key;
    let patterns = [rules.pattern(&field.key), rules.number().filter(|_| is_number)];
    let part = patterns.into_iter().flatten().find_map(|pattern| {
        let found = pattern.captures(&text)?.name(&agreement.group)?;
        Some(found.as_str().to_owned())
    });
    let Some(part) = part else { return };
    let wanted = match (filling.values.get(&agreement.field), agreement.by.is_empty()) {
        (Some(Value::Date(date)), true) => format!("{:04}", date.year()),
        (Some(Value::Text(other)), true) => other.clone(),
        (Some(Value::Text(other)), false) => match agreement.by.get(other) {
            Some(wanted) => wanted.clone(),
            None => return,
        },
        _ => return,
    };
    if part != wanted {
        let label = template.field(&agreement.field).map_or("", |field| &field.label);
        let fault = Fault::new(
            "agree",
            format!("其中的“{part}”与{label}不一致，应为“{wanted}”"),
            format!("`{part}` in it does not agree with `{}`, which asks for `{wanted}`", agreement.field),
        );
        filling.error(field, &Filling::pointer(&field.key), fault, Some(&text));
    }
}

fn validity(filling: &mut Filling<'_>) {
    let file = &filling.template.file;
    let Some(field) = file.core.valid_to.as_deref().and_then(|key| filling.template.field(key)) else { return };
    let start = file.core.valid_from.as_deref().and_then(|key| filling.date(key));
    let (Some(start), Some(end)) = (start.or_else(|| filling.date(&file.core.issued_on)), filling.date(&field.key))
    else {
        return;
    };
    // A reversed term has its own error; a length of nothing would only repeat it.
    if end < start {
        return;
    }
    let rule = &file.validity;
    let shown = print_date(end);
    let most = rule.max_years.unwrap_or(u32::MAX);
    if years_after(start, most).is_some_and(|limit| end > limit) {
        let fault = Fault::new(
            "validity.too-long",
            format!("有效期最长 {most} 年"),
            format!("the license may hold at most {most} years"),
        );
        filling.error(field, &Filling::pointer(&field.key), fault, Some(&shown));
    }
    if let Some(limit) = rule.exact_years.and_then(|years| years_after(start, years)) {
        // A term from a leap day to a year without one ends on 28 February.
        let wanted = if limit.day() == start.day() { limit.previous_day().unwrap_or(limit) } else { limit };
        if end != wanted {
            let fault = Fault::new(
                "validity.exact",
                format!("应为 {}", print_date(wanted)),
                format!("must be {}", print_date(wanted)),
            );
            filling.error(field, &Filling::pointer(&field.key), fault, Some(&shown));
        }
    }
}

/// The first face whose condition holds; the first of all when the values say nothing about faces.
pub(super) fn face(filling: &mut Filling<'_>) -> Option<usize> {
    let faces = &filling.template.file.faces;
    let silent = faces.iter().filter_map(|face| face.when.as_ref()).all(|condition| {
        let field = &condition.field;
        !filling.values.contains_key(field) && !filling.is_bad(field)
    });
    if silent && !faces.is_empty() {
        let always = faces.iter().position(|face| face.when.is_none());
        return Some(always.unwrap_or(0));
    }
    let found = faces.iter().position(|face| face.when.as_ref().is_none_or(|condition| filling.holds(condition)));
    let decided = faces.iter().filter_map(|face| face.when.as_ref()).all(|condition| !filling.is_bad(&condition.field));
    if found.is_none() && decided && filling.errors.is_empty() {
        filling.error_of_record("", Fault::new("face", "没有适用的版面", "no face of the type fits the record"));
    }
    found
}

/// Whether a field's values are drawn as text that needs glyphs.
pub(super) fn is_text(field: &Field) -> bool {
    matches!(field.kind, FieldType::Text | FieldType::Enum | FieldType::Table)
}
