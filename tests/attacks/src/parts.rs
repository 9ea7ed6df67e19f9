//! A package as a list of files, to be changed and packed again as an honest program would.

/// Files in order.
#[derive(Clone)]
pub struct Parts(pub Vec<(String, Vec<u8>)>);

impl Parts {
    /// Opens one of our own files.
    pub fn open(zip: &[u8]) -> Parts {
        Parts(crate::zip::files_of(zip))
    }

    /// The names in order.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Whether there is a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The bytes of a file.
    #[track_caller]
    pub fn get(&self, name: &str) -> &[u8] {
        let found = self.0.iter().find(|(known, _)| known == name);
        &found.unwrap_or_else(|| panic!("{name} is not in the package: {:?}", self.names())).1
    }

    /// The text of a file.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.get(name).to_vec()).expect("our XML is UTF-8")
    }

    /// The first name that ends so.
    #[track_caller]
    pub fn ending(&self, end: &str) -> String {
        self.names().into_iter().find(|name| name.ends_with(end)).unwrap_or_else(|| panic!("no {end}"))
    }

    /// Another content, or a file more at the end.
    pub fn set(&mut self, name: &str, bytes: impl Into<Vec<u8>>) -> &mut Parts {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = bytes.into(),
            None => self.0.push((name.to_owned(), bytes.into())),
        }
        self
    }

    /// Without a file.
    pub fn remove(&mut self, name: &str) -> &mut Parts {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// Without all files whose name begins so.
    pub fn remove_below(&mut self, folder: &str) -> &mut Parts {
        self.0.retain(|(known, _)| !known.starts_with(folder));
        self
    }

    /// Another name for a file.
    #[track_caller]
    pub fn rename(&mut self, from: &str, to: &str) -> &mut Parts {
        let found = self.0.iter_mut().find(|(known, _)| known == from);
        to.clone_into(&mut found.unwrap_or_else(|| panic!("no {from}")).0);
        self
    }

    /// Replaces text in a file; there must be some to replace.
    #[track_caller]
    pub fn replace(&mut self, name: &str, from: &str, to: &str) -> &mut Parts {
        let text = self.text(name);
        assert!(text.contains(from), "{from} is not in {name}: {text}");
        self.set(name, text.replacen(from, to, 1))
    }

    /// The same for every occurrence.
    #[track_caller]
    pub fn replace_all(&mut self, name: &str, from: &str, to: &str) -> &mut Parts {
        let text = self.text(name);
        assert!(text.contains(from), "{from} is not in {name}: {text}");
        self.set(name, text.replace(from, to))
    }

    /// Honest headers, honest checksums.
    pub fn to_zip(&self) -> Vec<u8> {
        crate::zip::Zip::of(self).to_bytes()
    }
}

/// The text between two marks.
#[track_caller]
pub fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no {to} behind {from}")).0
}
