//! Edits of `config.toml` at the places that the parser of TOML gives: comments, order and every other
//! byte stay as they are.

use super::{Fault, line_of};
use goward_resolver::quoted;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The mark with which some editors begin a file.
const MARK: char = '\u{feff}';

/// The place of a key and its value.
struct Place {
    key: Range<usize>,
    value: Range<usize>,
    is_table: bool,
}

/// The line on which a key stands.
pub(crate) fn line(text: &str, name: &str) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    find(document.get_ref(), name).map(|place| line_of(text, place.key.start))
}

/// The text with this value, in TOML, for the key `name`.
///
/// # Errors
/// If the text is no TOML, or the key's table has a form that has no room for the key.
pub(crate) fn set(text: &str, name: &str, value: &str) -> Result<String, Fault> {
    let document = parse(text)?;
    if let Some(place) = find(document.get_ref(), name) {
        refuse_table(text, name, &place)?;
        let mut edited = text.to_owned();
        edited.replace_range(place.value, value);
        return checked(text, edited, name);
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let Some((table, key)) = name.split_once('.') else {
        let at = end_of_top(text, document.get_ref());
        return checked(text, insert(text, at, &format!("{name} = {value}{end}"), end), name);
    };
    let (at, new) = match find(document.get_ref(), table) {
        None => {
            let gap = if text.trim().is_empty() { "" } else { end };
            (text.len(), format!("{gap}[{table}]{end}{key} = {value}{end}"))
        }
        Some(place) if is_header(text, &place) => {
            (end_of_line(text, place.key.end), format!("{key} = {value}{end}"))
        }
        Some(place) => {
            let line = line_of(text, place.key.start);
            let said = quoted(table.as_bytes());
            return Err((line, format!("{said} is no table with a line of its own")));
        }
    };
    checked(text, insert(text, at, &new, end), name)
}

/// The text without the line, or lines, of the key `name`, and without its table if nothing is left in that; `None` if it
/// is not there.
///
/// # Errors
/// If the text is no TOML, or the key is a table.
pub(crate) fn unset(text: &str, name: &str) -> Result<Option<String>, Fault> {
    let document = parse(text)?;
    let Some(place) = find(document.get_ref(), name) else { return Ok(None) };
    refuse_table(text, name, &place)?;
    let mut edited = text.to_owned();
    let lines = start_of_line(text, place.key.start)..end_of_line(text, place.value.end);
    edited.replace_range(lines, "");
    checked(text, without_empty_table(edited, name), name).map(Some)
}

/// The text without the table of `name`, if nothing is left in that, not even a comment.
fn without_empty_table(text: String, name: &str) -> String {
    let Some((table, _)) = name.split_once('.') else { return text };
    let Ok(document) = DeTable::parse(&text) else { return text };
    let document = document.get_ref();
    let left = document.get(table).and_then(|table| table.get_ref().as_table());
    let is_empty = left.is_some_and(|left| left.is_empty());
    let Some(place) = find(document, table).filter(|at| is_empty && is_header(&text, at)) else {
        return text;
    };
    let start = start_of_line(&text, place.key.start);
    let behind = end_of_line(&text, place.key.end);
    let mut next = behind;
    while next < text.len() && !text[next..].trim_start_matches([' ', '\t']).starts_with('[') {
        next = end_of_line(&text, next);
    }
    let above = text[..start].lines().next_back().unwrap_or_default();
    if above.starts_with('#') || text[start..next].contains('#') {
        return text;
    }
    // At the end of the file, the blank lines above it go, too.
    let kept = match next == text.len() {
        true => end_of_line(&text, text[..start].trim_end_matches(['\r', '\n']).len()).min(start),
        false => start,
    };
    [&text[..kept], &text[next..]].concat()
}

fn parse(text: &str) -> Result<Spanned<DeTable<'_>>, Fault> {
    DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        (line, error.message().to_owned())
    })
}

fn find(document: &DeTable<'_>, name: &str) -> Option<Place> {
    let (table, key) = match name.split_once('.') {
        None => (document, name),
        Some((table, key)) => match document.get(table)?.get_ref() {
            DeValue::Table(table) => (table, key),
            _ => return None,
        },
    };
    let (key, value) = table.get_key_value(key)?;
    let is_table = matches!(value.get_ref(), DeValue::Table(_));
    Some(Place { key: key.span(), value: value.span(), is_table })
}

/// Whether the key is the head of a table, in brackets.
fn is_header(text: &str, place: &Place) -> bool {
    let before = &text[start_of_line(text, place.key.start)..place.key.start];
    before.trim_start_matches([MARK, ' ', '\t']).starts_with('[')
}

fn refuse_table(text: &str, name: &str, place: &Place) -> Result<(), Fault> {
    if place.is_table || is_header(text, place) {
        let said = quoted(name.as_bytes());
        return Err((line_of(text, place.key.start), format!("{said} is a table, not a value")));
    }
    Ok(())
}

/// The start of the line in which `at` lies, behind the mark of the file.
fn start_of_line(text: &str, at: usize) -> usize {
    let start = if text.starts_with(MARK) { MARK.len_utf8() } else { 0 };
    text[..at].rfind('\n').map_or(start, |at| at + 1)
}

/// The place behind the line in which `at` lies.
fn end_of_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |length| at + length + 1)
}

/// The place for a new key at the top: behind the last one, else behind the comment that begins the file.
fn end_of_top(text: &str, document: &DeTable<'_>) -> usize {
    let plain = document.iter().filter(|(key, value)| {
        let place = Place { key: key.span(), value: value.span(), is_table: false };
        !matches!(value.get_ref(), DeValue::Table(_)) && !is_header(text, &place)
    });
    if let Some(last) = plain.map(|(_, value)| value.span().end).max() {
        return end_of_line(text, last);
    }
    let start = start_of_line(text, 0);
    let mut at = start;
    while text[at..].starts_with('#') {
        at = end_of_line(text, at);
    }
    // A comment right above a key or a table belongs to that.
    let rest = text[at..].trim_start_matches(['\r', ' ', '\t']);
    if rest.is_empty() || rest.starts_with('\n') { at } else { start }
}

fn insert(text: &str, at: usize, line: &str, end: &str) -> String {
    let (before, after) = text.split_at(at);
    let gap = if before.is_empty() || before.ends_with(['\n', MARK]) { "" } else { end };
    [before, gap, line, after].concat()
}

/// The edited text, if no other key has another value in it.
fn checked(old: &str, edited: String, name: &str) -> Result<String, Fault> {
    let rest = |text: &str| {
        let mut table: toml::Table = toml::from_str(text).ok()?;
        let (top, key) = name.split_once('.').unwrap_or((name, ""));
        let is_empty = match table.get_mut(top).and_then(toml::Value::as_table_mut) {
            Some(inner) if !key.is_empty() => {
                inner.remove(key);
                inner.is_empty()
            }
            _ => true,
        };
        if is_empty {
            table.remove(top);
        }
        Some(table)
    };
    match rest(old).is_some_and(|old| Some(old) == rest(&edited)) {
        true => Ok(edited),
        false => Err((line(old, name).unwrap_or(1), "goward cannot edit this form".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_set_and_the_rest_stays() {
        let top = "offline";
        let inner = "policy.minimum";
        for (text, name, then) in [
            ("", top, "offline = 1\n"),
            ("offline = false # why\nx = 1\n", top, "offline = 1 # why\nx = 1\n"),
            ("# mine\n\n[policy]\n", top, "# mine\noffline = 1\n\n[policy]\n"),
            ("# of policy\n[policy]\n", top, "offline = 1\n# of policy\n[policy]\n"),
            ("x = 1", top, "x = 1\noffline = 1\n"),
            (
                "x = [\n1, # a\n]# b\n\n[t]\ny = 1\n",
                top,
                "x = [\n1, # a\n]# b\noffline = 1\n\n[t]\ny = 1\n",
            ),
            ("x = 1\r\n", top, "x = 1\r\noffline = 1\r\n"),
            ("\u{feff}[t]\n", top, "\u{feff}offline = 1\n[t]\n"),
            ("[[t]]\na = 1\n[[t]]\na = 2\n", top, "offline = 1\n[[t]]\na = 1\n[[t]]\na = 2\n"),
            (
                "x = '''\n[policy]\n'''\n",
                inner,
                "x = '''\n[policy]\n'''\n\n[policy]\nminimum = 1\n",
            ),
            ("[policy] # mine\n\n[t]\n", inner, "[policy] # mine\nminimum = 1\n\n[t]\n"),
            ("policy.minimum = '1.23'\n", inner, "policy.minimum = 1\n"),
            ("policy = { minimum = '1.23' }\n", inner, "policy = { minimum = 1 }\n"),
        ] {
            assert_eq!(set(text, name, "1").as_deref(), Ok(then), "{text:?}");
        }
    }

    #[test]
    fn a_key_is_taken_out_with_its_lines() {
        for (text, name, then) in [
            ("# a\noffline = true # why\n# b\n", "offline", Some("# a\n# b\n")),
            ("\u{feff}offline = true", "offline", Some("\u{feff}")),
            ("mirrors = [\n 'a',\n]\noffline = true", "mirrors", Some("offline = true")),
            ("offline = true", "mirrors", None),
            ("[policy]\nminimum = '1.24'\nx = 1\n", "policy.minimum", Some("[policy]\nx = 1\n")),
            ("policy = { minimum = '1.24' }\n", "policy.minimum", Some("")),
            ("[policy]\nminimum = '1.24'\n", "policy.minimum", Some("")),
            ("x = 1\r\n\r\n[policy]\r\nminimum = 1", "policy.minimum", Some("x = 1\r\n")),
            ("\u{feff}[policy]\nminimum = 1\n\n[t]\n", "policy.minimum", Some("\u{feff}[t]\n")),
            ("x = 1\n\n[policy]\nminimum = 1\n\n[t]\n", "policy.minimum", Some("x = 1\n\n[t]\n")),
            ("[policy] # why\nminimum = 1\n", "policy.minimum", Some("[policy] # why\n")),
            ("[policy]\n# why\nminimum = 1\n", "policy.minimum", Some("[policy]\n# why\n")),
            (
                "[policy]\nminimum = 1\n# [t]\n[t]\n",
                "policy.minimum",
                Some("[policy]\n# [t]\n[t]\n"),
            ),
            ("# why\n[policy]\nminimum = 1\n", "policy.minimum", Some("# why\n[policy]\n")),
            ("# head\n\n[policy]\nminimum = 1\n", "policy.minimum", Some("# head\n")),
        ] {
            assert_eq!(unset(text, name), Ok(then.map(str::to_owned)), "{text:?}");
        }
    }

    /// goward writes nothing that it cannot place.
    #[test]
    fn an_odd_form_is_for_the_hand() {
        for (text, name, line) in [
            ("x = 1\n[offline]\n", "offline", 2),
            ("[[offline]]\n", "offline", 1),
            ("\npolicy = {}\n", "policy.minimum", 2),
            ("policy = 1\n", "policy.minimum", 1),
            ("x = \n", "offline", 1),
        ] {
            assert_eq!(set(text, name, "true").unwrap_err().0, line, "{text:?}");
        }
        let both = "policy = { minimum = '1.24', x = 1 }\n";
        assert_eq!(unset(both, "policy.minimum").unwrap_err().0, 1);
        assert_eq!(unset("[policy]\nx = 1\n", "policy").unwrap_err().0, 1);
    }
}
