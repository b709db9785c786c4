//! JSON whose text is printable. A character of a string becomes `\uNNNN` where it could act on a
//! terminal or be a command to a CI system. The JSON means the same to every reader.

use goward_resolver::shown;
use serde::Serialize;

/// `value` over several lines.
pub(super) fn text(value: &impl Serialize) -> serde_json::Result<String> {
    let plain = serde_json::to_string_pretty(value)?;
    let (mut text, mut before) = (String::with_capacity(plain.len()), None);
    for c in plain.chars() {
        // Outside of its strings JSON has no such character but the ends of its lines.
        if acts(c, before) && c != '\n' {
            text.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            text.push(c);
        }
        before = Some(c);
    }
    Ok(text)
}

/// Whether a terminal or a CI system could take a character for more than text.
fn acts(c: char, before: Option<char>) -> bool {
    match c {
        '#' => before == Some('#'),
        ' '..='~' => false,
        _ => {
            let mut bytes = [0; 4];
            let character = c.encode_utf8(&mut bytes);
            shown(character.as_bytes()) != *character
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_printable_and_mean_the_same() {
        let odd = "::x \u{1b}[2J\u{7f}\u{9b}\u{202e}\u{2066}\u{e0041}\r\n##vso[x] ##[y] \"\\ é用";
        let value = serde_json::json!({ "key": [odd, 1], "##[z]": [] });
        let printed = text(&value).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&printed).unwrap(), value);
        assert!(
            printed.contains("\\u202e\\u2066\\udb40\\udc41") && printed.contains("é用"),
            "{printed}"
        );
        for line in printed.lines() {
            assert_eq!(shown(line.as_bytes()), line);
        }
        let plain = serde_json::json!([{ "a": "b", "c": null, "d": [1, 2.5, true], "e": {} }]);
        assert_eq!(text(&plain).unwrap(), serde_json::to_string_pretty(&plain).unwrap());
    }
}
