//! From files to a [`Template`].

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::model::{Condition, Face, Field, TemplateFile};
use super::rules::Rules;
use crate::assets::Assets;
use crate::length::{Length, Rect, Size};
use crate::page::Artwork;

/// A license type, ready for filling and layout.
#[derive(Clone, Debug)]
pub struct Template {
    /// What `template.toml` says.
    pub file: TemplateFile,
    /// The artwork of each face, in the order of `file.faces`.
    pub backgrounds: Vec<Option<Arc<Artwork>>>,
    /// The artwork of continuation pages.
    pub continuation: Option<Arc<Artwork>>,
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
        let mut files = Files { assets, id, digest, kept: Vec::new(), problems: Vec::new() };
        let backgrounds = file.faces.iter().enumerate().map(|(at, face)| files.artwork_of(at, face)).collect();
        let more = file.continuation.as_ref().and_then(|page| page.background.as_deref());
        let continuation = more.and_then(|name| files.artwork(name, &[], "continuation.background")).map(Arc::new);
        let Files { digest, kept: mut files, problems: unreadable, .. } = files;
        problems.extend(unreadable);
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
        Ok(Template {
            file,
            backgrounds,
            continuation,
            sample,
            digest: digest.finalize().into(),
            files,
            rules,
            problems,
        })
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

/// The files that a template names, while they are read.
struct Files<'a> {
    assets: &'a dyn Assets,
    id: &'a str,
    digest: Sha256,
    kept: Vec<(String, Cow<'static, [u8]>)>,
    problems: Vec<Problem>,
}

impl Files<'_> {
    /// The background of a face with the emblem in its place.
    fn artwork_of(&mut self, at: usize, face: &Face) -> Option<Arc<Artwork>> {
        let place = format!("face[{at}].background");
        let mut art = face.background.as_ref().and_then(|name| self.artwork(name, &face.omit_groups, &place));
        let emblem = face.emblem.as_ref().and_then(|slot| Some((slot, slot.file.as_ref()?)));
        if let Some((slot, name)) = emblem {
            let picture = self.artwork(name, &[], &format!("face[{at}].emblem.file"))?;
            let [width, height] = face.size.map(Length::from_mm);
            let page =
                art.unwrap_or_else(|| Artwork { digest: [0; 32], size: Size { width, height }, groups: Vec::new() });
            art = Some(crate::art::place(page, &picture, Rect::from_mm(slot.at)));
        }
        art.map(Arc::new)
    }

    fn artwork(&mut self, name: &str, omit: &[String], place: &str) -> Option<Artwork> {
        match self.read(name, omit) {
            Ok(art) => Some(art),
            Err(message) => {
                self.problems.push(Problem { file: name.to_owned(), place: place.to_owned(), message });
                None
            }
        }
    }

    fn read(&mut self, name: &str, omit: &[String]) -> Result<Artwork, String> {
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']) {
            return Err("a picture is a file beside the template".to_owned());
        }
        if [".jpg", ".jpeg", ".png"].iter().any(|end| name.to_ascii_lowercase().ends_with(end)) {
            return Err("is a raster picture: backgrounds and emblems are SVG, so that they print sharply".to_owned());
        }
        let bytes = self.assets.read(&format!("templates/{}/{name}", self.id)).ok_or("missing")?;
        if bytes.len() > MAX_BACKGROUND_BYTES {
            return Err(format!("larger than {MAX_BACKGROUND_BYTES} bytes"));
        }
        let art = crate::art::read(&bytes, omit).map_err(|error| error.to_string())?;
        absorb(&mut self.digest, name, &bytes);
        if self.kept.iter().all(|(known, _)| known != name) {
            self.kept.push((name.to_owned(), bytes));
        }
        Ok(art)
    }
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
