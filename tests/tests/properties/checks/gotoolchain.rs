//! `GOTOOLCHAIN`: the reference accepts the same values with the same meaning, they render back,
//! and a refusal is in Go's words.

use super::said::one_line;
use crate::bounds::linear;
use crate::reference::toolchain::{self, Up};
use goward_resolver::{Gotoolchain, Mode, on_one_line};

/// Checks one value.
pub(crate) fn check(data: &[u8]) {
    if data.is_empty() {
        return; // Empty is unset, and never comes here.
    }
    let (parsed, plain) =
        (linear(data.len(), || Gotoolchain::parse(data)), toolchain::gotoolchain(data));
    let parsed = match (parsed, &plain) {
        (Ok(parsed), Some(_)) => parsed,
        (Err(why), None) => {
            one_line(&on_one_line(&why));
            assert!(why.starts_with("invalid GOTOOLCHAIN \""), "not Go's words: {why}");
            return;
        }
        (parsed, plain) => panic!("{:?}: {parsed:?} against {plain:?}", data.escape_ascii()),
    };
    let up = match parsed.mode {
        Mode::Auto => Up::Auto,
        Mode::Path => Up::Path,
        Mode::Fixed => Up::No,
    };
    let name = parsed.name.as_ref().map(|name| name.as_str().to_string());
    let seen = toolchain::Gotoolchain { name, up };
    assert_eq!(Some(&seen), plain.as_ref());
    let rendered = toolchain::render(&seen);
    assert_eq!(Gotoolchain::parse(rendered.as_bytes()).as_ref(), Ok(&parsed), "{rendered}");
    assert_eq!(parsed.is_local(), rendered == "local");
    let downloads = up == Up::Auto || up == Up::No && seen.name.is_some();
    assert_eq!(parsed.may_download(), downloads, "{rendered}");
}
