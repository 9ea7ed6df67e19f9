//! `ST_Loc`: from a path written in a file to an entry of the package.

use std::collections::HashMap;

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// To this entry, exactly.
    Exact(String),
    /// To this entry, when case is ignored.
    OtherCase(String),
    /// Nowhere; the tidied path.
    Missing(String),
    /// Out of the package.
    Outside,
}

/// Finds entries by path.
pub(crate) struct Locator<'p> {
    names: HashMap<&'p str, ()>,
    /// Lower case to name; nothing when two names share it.
    folded: HashMap<String, Option<&'p str>>,
}

impl<'p> Locator<'p> {
    pub(crate) fn new(names: impl Iterator<Item = &'p str>) -> Locator<'p> {
        let mut locator = Locator { names: HashMap::new(), folded: HashMap::new() };
        for name in names {
            locator.names.insert(name, ());
            locator.folded.entry(name.to_lowercase()).and_modify(|kept| *kept = None).or_insert(Some(name));
        }
        locator
    }

    /// A path written in a file of the folder `base`.
    pub(crate) fn find(&self, base: &str, path: &str) -> Found {
        let Some(tidy) = resolve(base, path) else { return Found::Outside };
        if self.names.contains_key(tidy.as_str()) {
            return Found::Exact(tidy);
        }
        match self.folded.get(&tidy.to_lowercase()) {
            Some(Some(name)) => Found::OtherCase((*name).to_owned()),
            _ => Found::Missing(tidy),
        }
    }
}

/// Joins and tidies: absolute paths begin at the root of the package, dots are followed. `None` leads outside.
pub(crate) fn resolve(base: &str, path: &str) -> Option<String> {
    let path = path.trim();
    let mut parts: Vec<&str> = Vec::new();
    let base = if path.starts_with(['/', '\\']) { "" } else { base };
    for part in base.split('/').chain(path.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder of a file, without the last slash.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_paths_as_the_standard_says() {
        for (base, path, expected) in [
            ("", "Doc_0/Document.xml", Some("Doc_0/Document.xml")),
            ("Doc_0", "Pages/Page_0/Content.xml", Some("Doc_0/Pages/Page_0/Content.xml")),
            ("Doc_0/Signs", "/Doc_0/Signs/Sign_0/Signature.xml", Some("Doc_0/Signs/Sign_0/Signature.xml")),
            ("Doc_0/Signs/Sign_0", "../../Res/./a.png", Some("Doc_0/Res/a.png")),
            ("", "//Doc_0//a", Some("Doc_0/a")),
            ("Doc_0", "../../etc/passwd", None),
            ("", "..", None),
        ] {
            assert_eq!(resolve(base, path).as_deref(), expected, "{base} {path}");
        }
    }

    #[test]
    fn case_is_forgiven_only_when_it_is_clear() {
        let locator = Locator::new(["A/b.xml", "x.XML", "X.xml"].into_iter());
        assert_eq!(locator.find("", "/A/b.xml"), Found::Exact("A/b.xml".to_owned()));
        assert_eq!(locator.find("a", "B.xml"), Found::OtherCase("A/b.xml".to_owned()));
        assert_eq!(locator.find("", "x.xml"), Found::Missing("x.xml".to_owned()));
        assert_eq!(locator.find("", "../x.xml"), Found::Outside);
    }
}
