//! Edits that write another version where a file says one, in that file's own notation.

use super::Look;
use crate::claims::Claim;
use crate::finding::{Edit, Place};
use crate::fix::places::{has_checksum, has_image_digest};
use crate::fix::spelling::{is_number, respelt};
use goward_gomod::Splice;
use goward_resolver::{Selector, Version};
use std::ops::Range;

/// The versions of a list that are told.
const MOST: usize = 8;

/// Why a place keeps its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is one of several.
    Several(&'static str),
    /// It is in a list, which has these versions.
    List(String),
    /// It takes several releases by itself.
    Open,
    /// The text is made of others, or it stands there several times.
    Computed,
    /// The digest of its bytes stands there.
    Digest(Place),
    /// No text in its notation will do.
    Unfit,
    /// A module needs a later one, as these words say.
    Below(String),
}

impl Kept {
    /// In words.
    pub(super) fn words(&self) -> String {
        match self {
            Kept::Several(of) => format!("one of several {of}"),
            Kept::List(versions) => format!("a list of several versions: {versions}"),
            Kept::Open => "no single release or minor".to_owned(),
            Kept::Computed => "no text there is this version alone".to_owned(),
            Kept::Digest(at) => format!("the digest in {} is that of this version", at.said()),
            Kept::Below(words) => words.clone(),
            Kept::Unfit => "its notation has no such version".to_owned(),
        }
    }
}

/// A version to write.
pub(super) struct Wants<'w> {
    /// The release; a notation with fewer components names its minor.
    pub(super) release: &'w Version,
    /// Whether a text that means this will do. If not, the release is written in full.
    pub(super) fits: &'w dyn Fn(&Selector) -> bool,
}

/// The edit of a claim.
pub(super) fn claim(look: &Look<'_>, claim: &Claim, wants: &Wants<'_>) -> Result<Edit, Kept> {
    let [said] = &claim.said[..] else {
        return Err(list(claim.said.iter().map(|said| said.text.clone())));
    };
    if !matches!(said.says, Selector::Exact(_) | Selector::Minor(_)) {
        return Err(Kept::Open);
    }
    let places = [Some(&said.at), claim.uses.used().map(|used| &used.at)];
    let found = places
        .into_iter()
        .flatten()
        .find_map(|at| Some((at, look.lines.version(at, (&said.text, &said.says))?)));
    let (at, bytes) = found.ok_or(Kept::Computed)?;
    if let Some(digest) = digest(look, at).or_else(|| digest(look, &said.at)) {
        return Err(Kept::Digest(digest));
    }
    written(look, (&at.file, bytes), wants)
}

/// A list, with the first of its versions.
pub(super) fn list(versions: impl Iterator<Item = String>) -> Kept {
    let (mut versions, mut more) = (versions.fuse(), String::new());
    let first: Vec<String> = versions.by_ref().take(MOST).collect();
    let rest = versions.count();
    if rest > 0 {
        more = format!(" and {rest} more");
    }
    Kept::List([first.join(", "), more].concat())
}

/// The edit of the version in a line of a pin file.
pub(super) fn pin(
    look: &Look<'_>,
    (at, says): (&Place, &Selector),
    wants: &Wants<'_>,
) -> Result<Edit, Kept> {
    if !matches!(says, Selector::Exact(_) | Selector::Minor(_)) {
        return Err(Kept::Open);
    }
    let bytes = look.lines.version(at, ("", says)).ok_or(Kept::Several("in its line"))?;
    written(look, (&at.file, bytes), wants)
}

/// The edit of a module file.
pub(super) fn spliced(file: &str, splice: Splice) -> Edit {
    let Splice { at, put } = splice;
    Edit::new(file, at, String::from_utf8_lossy(&put))
}

/// The first text that will do: one in the notation of the old one, else the release in full.
fn written(
    look: &Look<'_>,
    (file, bytes): (&str, Range<usize>),
    wants: &Wants<'_>,
) -> Result<Edit, Kept> {
    let content = look.lines.content(file).unwrap_or_default();
    let old = std::str::from_utf8(&content[bytes.clone()]).map_err(|_| Kept::Computed)?;
    let texts = [respelt(old, wants.release), wants.release.to_string()];
    let fits = |text: &String| Selector::parse(text).is_ok_and(|says| (wants.fits)(&says));
    let new = texts.into_iter().find(fits).ok_or(Kept::Unfit)?;
    // Quotes stay as they are, but YAML would read this one as another type, or drop its last zero.
    let number = is_number(&new) && (!is_number(old) || new.ends_with('0'));
    let yaml = file.ends_with(".yml") || file.ends_with(".yaml");
    let new = if yaml && number && is_plain(content, &bytes) { format!("'{new}'") } else { new };
    Ok(Edit::new(file, bytes, new))
}

/// Whether a part of a YAML file is all of a scalar without quotes.
fn is_plain(content: &[u8], bytes: &Range<usize>) -> bool {
    let (before, behind) = (&content[..bytes.start], &content[bytes.end..]);
    let code = before.trim_ascii_end();
    let begins = match code.last() {
        Some(b'[' | b',' | b'{') => true,
        Some(b':' | b'-' | b'?') => code.len() < before.len(),
        _ => code.is_empty(),
    };
    let ends = match behind {
        [] | [b'\n' | b'\r' | b',' | b']' | b'}', ..] => true,
        [b' ' | b'\t', ..] => {
            let rest = behind.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
            rest.is_none_or(|byte| b"\r\n#,]}".contains(byte))
        }
        _ => false,
    };
    begins && ends
}

/// The place of a digest of what a line names: of the image in it, or of the file of which this line, the
/// one above or the one below has the checksum.
fn digest(look: &Look<'_>, at: &Place) -> Option<Place> {
    let line = |number: u32| {
        let bytes = look.lines.line(&at.file, number)?;
        look.lines.content(&at.file)?.get(bytes)
    };
    if line(at.line).is_some_and(has_image_digest) {
        return Some(Place::line(&at.file, at.line));
    }
    let beside = [at.line, at.line.saturating_sub(1), at.line.saturating_add(1)];
    let number = beside.into_iter().find(|number| line(*number).is_some_and(has_checksum))?;
    Some(Place::line(&at.file, number))
}
