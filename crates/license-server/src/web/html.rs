//! Text into HTML. Whatever came from outside passes through [`Text`].

use std::fmt;

/// A text to stand between tags or in a quoted attribute.
pub(super) struct Text<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut from = 0;
        for (at, byte) in self.0.bytes().enumerate() {
            let entity = match byte {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                _ => continue,
            };
            f.write_str(&self.0[from..at])?;
            f.write_str(entity)?;
            from = at + 1;
        }
        f.write_str(&self.0[from..])
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn nothing_breaks_out() {
        let text = Text(r#"<script a='b' c="d">&正</script>"#).to_string();
        assert_eq!(text, "&lt;script a=&#39;b&#39; c=&quot;d&quot;&gt;&amp;正&lt;/script&gt;");
    }
}
