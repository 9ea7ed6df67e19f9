//! What the face of a license has to show, worked out from the plain JSON of its record and from the boxes of its type;
//! no line of layout has a part in it.

use serde_json::Value;

use crate::issued::License;

/// Something that has to be on the face.
#[derive(Debug)]
pub struct Printed {
    /// Which value, label or fixed word.
    pub what: String,
    /// The spellings that will do, without white space.
    pub spellings: Vec<String>,
}

/// Every value, label and fixed word of a license's face.
pub fn on_the_face(license: &License) -> Vec<Printed> {
    let face = &license.template.file.faces[license.face];
    let texts: Vec<&str> = face.boxes.iter().map(|found| found.text.as_str()).collect();
    let mut all = Vec::new();
    for item in license.items() {
        let (key, value) = (item["key"].as_str().expect("an item has a key"), &item["value"]);
        let hidden = item["hidden"] == true;
        let has_box = |open: &str| {
            texts.iter().any(|text| text.contains(&format!("{open}{key}}}")) || text.contains(&format!("{open}{key}:")))
        };
        assert_eq!(has_box("{"), !hidden && !only_chooses_the_face(license, key), "{}: {key}", license.name);
        if hidden || value == "" || !has_box("{") {
            continue;
        }
        all.extend(values(key, item));
        if has_box("{label:") {
            all.push(Printed { what: format!("label of {key}"), spellings: vec![squeezed(string(&item["label"]))] });
        }
    }
    for text in texts {
        // Boxes of absent values stay empty, so their words do, too.
        if fields(text).iter().all(|key| license.items().iter().any(|item| item["key"] == **key)) {
            let words = outside_braces(text).into_iter().map(|word| squeezed(&word)).filter(|word| !word.is_empty());
            all.extend(words.map(|word| Printed { what: "fixed words".to_owned(), spellings: vec![word] }));
        }
    }
    all
}

/// Text without white space, as boxes of any width and readers of any taste leave it.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The text of the pages without white space, and once more as a long value runs on over continuation pages: without
/// the head that ends with their number, and without the foot that they share.
pub fn running(pages: &[String]) -> String {
    let pages: Vec<String> = pages.iter().map(|page| squeezed(page)).collect();
    let Some((face, further)) = pages.split_first() else { return String::new() };
    let count = format!("页共{}页", further.len());
    let bodies: Vec<&str> =
        further.iter().map(|page| page.split_once(&count).map_or(page.as_str(), |parts| parts.1)).collect();
    let foot = bodies.iter().skip(1).fold(bodies.first().copied().unwrap_or_default(), |foot, body| {
        let shared = foot.char_indices().map(|(at, _)| &foot[at..]).find(|foot| body.ends_with(foot));
        shared.unwrap_or_default()
    });
    let bodies: String = bodies.iter().map(|body| body.strip_suffix(foot).unwrap_or(body)).collect();
    format!("{}\n{face}{bodies}", pages.concat())
}

/// The main copy says what it is by being the main copy.
fn only_chooses_the_face(license: &License, key: &str) -> bool {
    key == "copy_kind" && license.record["face"] == "main"
}

fn values(key: &str, item: &Value) -> Vec<Printed> {
    let printed = |spellings| Printed { what: key.to_owned(), spellings };
    match (&item["value"], string(&item["type"])) {
        (Value::String(text), "date") => vec![printed(dates(text))],
        (Value::String(text), _) => vec![printed(vec![squeezed(text)])],
        (Value::Number(number), _) => vec![printed(vec![number.to_string()])],
        (Value::Array(rows), _) => {
            let columns: Vec<&str> =
                item["columns"].as_array().map_or(&[][..], Vec::as_slice).iter().map(|c| string(&c["key"])).collect();
            let row =
                |row: &Value| columns.iter().map(|column| row[column].as_str().unwrap_or_default()).collect::<String>();
            let heads = item["columns"].as_array().into_iter().flatten().map(|c| squeezed(string(&c["label"])));
            rows.iter().map(|r| squeezed(&row(r))).chain([heads.collect()]).map(|r| printed(vec![r])).collect()
        }
        (other, _) => panic!("{key}: {other}"),
    }
}

/// `2024-03-05` as it may be printed.
fn dates(iso: &str) -> Vec<String> {
    let parts: Vec<u32> = iso.split('-').map(|part| part.parse().expect("dates are digits")).collect();
    let [year, month, day] = parts[..] else { panic!("{iso} is no date") };
    vec![format!("{year}年{month}月{day}日"), format!("{year}年{month:02}月{day:02}日")]
}

/// The keys of `{key}`, `{key:format}` and `{label:key}` in a box.
fn fields(text: &str) -> Vec<&str> {
    let inside = text.split('{').skip(1).filter_map(|part| part.split('}').next());
    inside
        .map(|place| place.strip_prefix("label:").unwrap_or_else(|| place.split(':').next().unwrap_or(place)))
        .collect()
}

/// The fixed words of a box.
fn outside_braces(text: &str) -> Vec<String> {
    text.split('{')
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once('}').map_or("", |p| p.1) }.to_owned())
        .collect()
}

fn string(value: &Value) -> &str {
    value.as_str().expect("the record holds a text here")
}
