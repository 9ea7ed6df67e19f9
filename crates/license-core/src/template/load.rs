//! From files to a [`Template`].

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::model::{Condition, Face, Field, TemplateFile};
use super::rules::Rules;
use crate::assets::Assets;
use crate::page::Artwork;

/// A license type, ready for filling and layout.
#[derive(Clone, Debug)]
pub struct Template {
    /// What `template.toml` says.
    pub file: TemplateFile,
    /// The artwork of each face, in the order of `file.faces`.
    pub backgrounds: Vec<Option<Arc<Artwork>>>,
    /// The sample record, for previews; `null` when `sample.json` is missing or broken.
    pub sample: serde_json::Value,
    /// SHA-256 over the names and bytes of `template.toml` and its backgrounds.
    pub digest: [u8; 32],
    files: Vec<(String, Cow<'static, [u8]>)>,
    rules: Rules,
    problems: Vec<Problem>,
}

impl Template {
    /// Reads a type that is fit for use.
    pub fn load(assets: &dyn Assets, id: &str) -> Result<Arc<Template>, TemplateError> {
        let template = Template::read(assets, id)?;
        if template.problems.is_empty() {
            return Ok(Arc::new(template));
        }
        Err(TemplateError { id: id.to_owned(), problems: template.problems })
    }

    /// Reads a type whatever mistakes it has beyond its syntax; see [`Template::problems`].
    pub fn read(assets: &dyn Assets, id: &str) -> Result<Template, TemplateError> {
        let fail = |file: &str, message: String| TemplateError {
            id: id.to_owned(),
            problems: vec![Problem { file: file.to_owned(), place: String::new(), message }],
        };
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Err(fail("", "a type id has lower-case letters, digits and hyphens only".to_owned()));
        }
        let toml =
            assets.read(&format!("templates/{id}/{TEMPLATE}")).ok_or_else(|| fail(TEMPLATE, "missing".to_owned()))?;
        if toml.len() > MAX_TEMPLATE_BYTES {
            return Err(fail(TEMPLATE, format!("larger than {MAX_TEMPLATE_BYTES} bytes")));
        }
        let text = std::str::from_utf8(&toml).map_err(|error| fail(TEMPLATE, error.to_string()))?;
        let file: TemplateFile = toml::from_str(text).map_err(|error| fail(TEMPLATE, error.to_string()))?;

        let mut problems = Vec::new();
        let mut digest = Sha256::new();
        absorb(&mut digest, TEMPLATE, &toml);
        let mut backgrounds = Vec::new();
        let mut files = Vec::new();
        for (at, face) in file.faces.iter().enumerate() {
            let Some(name) = &face.background else {
                backgrounds.push(None);
                continue;
            };
            match read_background(assets, id, name, face) {
                Ok((bytes, art)) => {
                    absorb(&mut digest, name, &bytes);
                    backgrounds.push(art);
                    if files.iter().all(|(known, _)| known != name) {
                        files.push((name.clone(), bytes));
                    }
                }
                Err(message) => {
                    problems.push(Problem { file: name.clone(), place: format!("face[{at}].background"), message });
                    backgrounds.push(None);
                }
            }
        }
        let sample = read_sample(assets, id).unwrap_or_else(|message| {
            problems.push(Problem { file: SAMPLE.to_owned(), place: String::new(), message });
            serde_json::Value::Null
        });
        if file.kind.id != id {
            let message = format!("type.id is `{}`, the folder is `{id}`", file.kind.id);
            problems.push(Problem { file: TEMPLATE.to_owned(), place: "type.id".to_owned(), message });
        }
        let rules = Rules::compile(&file, |place, message| {
            problems.push(Problem { file: TEMPLATE.to_owned(), place, message });
        });
        files.insert(0, (TEMPLATE.to_owned(), toml));
        Ok(Template { file, backgrounds, sample, digest: digest.finalize().into(), files, rules, problems })
    }

    /// Names and bytes of `template.toml` and the backgrounds, each once: what the digest covers.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), &**bytes))
    }

    /// What was wrong with the files around `template.toml` when it was [read](Template::read).
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Patterns and relations, compiled.
    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The machine name of the type.
    pub fn id(&self) -> &str {
        &self.file.kind.id
    }

    /// The field with this key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.file.fields.iter().find(|field| field.key == key)
    }

    /// The face with this id, and its position.
    pub fn face(&self, id: &str) -> Option<(usize, &Face)> {
        self.file.faces.iter().enumerate().find(|(_, face)| face.id == id)
    }
}

impl PartialEq for Template {
    /// Two templates are the same when their files are.
    fn eq(&self, other: &Template) -> bool {
        self.digest == other.digest && self.id() == other.id()
    }
}

/// One thing wrong with a template's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// File name within the template's folder.
    pub file: String,
    /// Where in the file.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if !self.place.is_empty() {
            write!(f, " {}", self.place)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// A template that cannot be used, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template `{id}`: {}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct TemplateError {
    /// The type.
    pub id: String,
    /// All problems found.
    pub problems: Vec<Problem>,
}

impl Condition {
    /// Whether the condition holds for the other field's text (`None` when it is absent).
    pub fn holds(&self, value: Option<&str>) -> bool {
        value.is_some_and(|value| self.is.iter().any(|allowed| allowed == value))
    }
}

fn absorb(digest: &mut Sha256, name: &str, bytes: &[u8]) {
    digest.update((name.len() as u64).to_be_bytes());
    digest.update(name.as_bytes());
    digest.update((bytes.len() as u64).to_be_bytes());
    digest.update(bytes);
}

type Background = (Cow<'static, [u8]>, Option<Arc<Artwork>>);

fn read_background(assets: &dyn Assets, id: &str, name: &str, face: &Face) -> Result<Background, String> {
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']) {
        return Err("a background is a file beside the template".to_owned());
    }
    let bytes = assets.read(&format!("templates/{id}/{name}")).ok_or("missing")?;
    if bytes.len() > MAX_BACKGROUND_BYTES {
        return Err(format!("larger than {MAX_BACKGROUND_BYTES} bytes"));
    }
    let art = crate::art::read(&bytes, &face.omit_groups).map_err(|error| error.to_string())?;
    Ok((bytes, Some(Arc::new(art))))
}

fn read_sample(assets: &dyn Assets, id: &str) -> Result<serde_json::Value, String> {
    let bytes = assets.read(&format!("templates/{id}/{SAMPLE}")).ok_or("missing")?;
    if bytes.len() > MAX_TEMPLATE_BYTES {
        return Err(format!("larger than {MAX_TEMPLATE_BYTES} bytes"));
    }
    serde_json::from_slice(&bytes).map_err(|error| error.to_string())
}

pub(super) const TEMPLATE: &str = "template.toml";
pub(super) const SAMPLE: &str = "sample.json";
/// Templates are written by hand; anything larger is a mistake or an attack.
const MAX_TEMPLATE_BYTES: usize = 1 << 20;
const MAX_BACKGROUND_BYTES: usize = 4 << 20;
