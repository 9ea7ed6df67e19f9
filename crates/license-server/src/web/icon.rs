//! Icons, inline: they cost no request and follow the text's colour.

/// The product's mark: a sheet with a seal.
pub(super) const MARK: &str = r#"<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><path d="M7 3h13l6 6v20H7z" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/><path d="M20 3v6h6M11 13h10M11 17h6" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/><circle cx="20" cy="22.5" r="3.6" fill="currentColor"/></svg>"#;

/// The same, small, for the browser's tab.
pub(super) const FAVICON: &str = "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='6' fill='%230d4f8b'/%3E%3Cpath d='m9 16.5 5 5 9-11' fill='none' stroke='%23fff' stroke-width='3.4' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E";

/// A shield with a tick.
pub(super) const GENUINE: &str = r#"<svg class="big" viewBox="0 0 64 64" aria-hidden="true"><path d="M32 4 9 12.5v17C9 44 18.6 55 32 60c13.4-5 23-16 23-30.5v-17z" fill="currentColor"/><path d="m20.5 32 8.2 8.2L44 24.8" fill="none" stroke="white" stroke-width="5.5" stroke-linecap="round" stroke-linejoin="round"/></svg>"#;

/// A shield struck through.
pub(super) const FORGED: &str = r#"<svg class="big" viewBox="0 0 64 64" aria-hidden="true"><path d="M32 4 9 12.5v17C9 44 18.6 55 32 60c13.4-5 23-16 23-30.5v-17z" fill="currentColor"/><path d="m22.5 22.5 19 19m0-19-19 19" fill="none" stroke="white" stroke-width="5.5" stroke-linecap="round"/></svg>"#;

/// A shield with a bar: genuine, but it does not hold.
pub(super) const ENDED: &str = r#"<svg class="big" viewBox="0 0 64 64" aria-hidden="true"><path d="M32 4 9 12.5v17C9 44 18.6 55 32 60c13.4-5 23-16 23-30.5v-17z" fill="currentColor"/><path d="M32 18v18" fill="none" stroke="white" stroke-width="5.5" stroke-linecap="round"/><circle cx="32" cy="45.5" r="3.4" fill="white"/></svg>"#;

/// A circle with a question mark.
pub(super) const UNCLEAR: &str = r#"<svg class="big" viewBox="0 0 64 64" aria-hidden="true"><circle cx="32" cy="32" r="27" fill="currentColor"/><path d="M24.5 25.5a7.6 7.6 0 1 1 11.6 6.4c-2.8 1.8-4.1 3.4-4.1 6.4" fill="none" stroke="white" stroke-width="5" stroke-linecap="round"/><circle cx="32" cy="46.5" r="3.2" fill="white"/></svg>"#;

/// Small marks of the single checks.
pub(super) const TICK: &str = r#"<svg class="small good" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="9" fill="currentColor"/><path d="m5.8 10.3 3 3 5.6-6" fill="none" stroke="white" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg>"#;
pub(super) const CROSS: &str = r#"<svg class="small bad" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="9" fill="currentColor"/><path d="m6.8 6.8 6.4 6.4m0-6.4-6.4 6.4" fill="none" stroke="white" stroke-width="2.2" stroke-linecap="round"/></svg>"#;
pub(super) const BAR: &str = r#"<svg class="small ended" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="9" fill="currentColor"/><path d="M10 5.4v5.2" fill="none" stroke="white" stroke-width="2.4" stroke-linecap="round"/><circle cx="10" cy="14.3" r="1.4" fill="white"/></svg>"#;
pub(super) const DASH: &str = r#"<svg class="small unclear" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="9" fill="currentColor"/><path d="M6 10h8" fill="none" stroke="white" stroke-width="2.2" stroke-linecap="round"/></svg>"#;
