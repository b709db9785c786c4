//! Signed notes, tree heads and answers: a note verifies only if a key of ours signed it, with the
//! very line that it signed with. A note of one signature never verifies after any byte is changed.

use super::log::leaf;
use super::signer::Signer;
use crate::bounds::linear;
use crate::choices::Choices;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use goward_sumdb::H1;
use goward_sumdb::fuzzing::{Said, open_head, open_note, parse_answer, parse_key};
use std::sync::OnceLock;

/// Notes that `sum.golang.org` signed, and its key.
pub(super) const GENUINE: &str = include_str!("../../../../crates/sumdb/tests/data/sumdb.txt");
const NAME: &str = "sum.test";
/// The module that answers are about.
const VERSION: &str = "v0.0.1-go1.22.10.linux-amd64";
const HEAD: &str = "go.sum database tree\n";

struct Signers {
    ours: Signer,
    key: String,
    others: [Signer; 3],
}

fn signers() -> &'static Signers {
    static SIGNERS: OnceLock<Signers> = OnceLock::new();
    SIGNERS.get_or_init(|| {
        let ours = Signer::new(NAME, 1);
        let others =
            [Signer::new(NAME, 2), Signer::new("sum.evil", 1), Signer::new("sum.golang.org", 3)];
        Signers { key: ours.verifier_key(), ours, others }
    })
}

/// Checks one input: as it is, for the official key, or as the decisions that make a note.
pub(super) fn check(data: &[u8]) {
    let Some((&mode, rest)) = data.split_first() else { return };
    match mode & 3 {
        0 => as_it_is(rest),
        1 => made(&mut Choices::new(rest)),
        _ => touched(&mut Choices::new(rest)),
    }
}

/// A good note with one byte changed, taken out or put in is none.
fn touched(choices: &mut Choices<'_>) {
    let Signers { ours, key, .. } = signers();
    let note = ours.sign(&text(choices)).into_bytes();
    if open_note(&note, key).is_none() {
        return;
    }
    let at = (choices.below(256) + 256 * choices.below(2)) % note.len();
    let (before, after) = note.split_at(at);
    let mut others = vec![[before, &after[1..]].concat(), [before, &[b'\n'], after].concat()];
    others.push([before, &[choices.below(256) as u8], after].concat());
    for bit in 0..8 {
        others.push([before, &[after[0] ^ 1 << bit], &after[1..]].concat());
    }
    for other in others {
        assert_eq!(open_note(&other, key), None, "{:?}", String::from_utf8_lossy(&other));
    }
}

/// The genuine heads are signed texts of the official key; no server can make another.
fn as_it_is(data: &[u8]) {
    let field = |kind: &'static str| {
        GENUINE.lines().filter_map(move |line| line.strip_prefix(kind)?.strip_prefix(' '))
    };
    let key = field("key").next().expect("the key is there");
    if let Some(text) = linear(data.len(), || open_note(data, key)) {
        let lines: Vec<&str> = text.lines().collect();
        let genuine = field("head").any(|head| {
            let fields: Vec<&str> = head.split(' ').collect();
            lines == [HEAD.trim_end(), fields[0], fields[1]]
        });
        assert!(genuine, "the key has not signed {text:?}");
    }
    answer(data);
    let text = String::from_utf8_lossy(data);
    if let Some(shown) = linear(data.len(), || parse_key(&text)) {
        let parts: Vec<&str> = text.splitn(3, '+').collect();
        assert_eq!(shown, format!("{}+{}", parts[0], parts[1].to_lowercase()));
    }
}

/// An answer renders back to itself, and says of a module the same as one line of its record.
fn answer(data: &[u8]) {
    let parsed = linear(data.len(), || parse_answer(data, "golang.org/toolchain", VERSION));
    let Some(Said { id, hash, note, h1 }) = parsed else { return };
    let start = format!("{id}\n").into_bytes();
    let record = data.strip_prefix(&start[..]).expect("it begins with its number");
    let record = record.strip_suffix(note).expect("it ends with its note");
    let record = record.strip_suffix(b"\n").expect("a blank line is between");
    assert!(record.ends_with(b"\n") && !record.windows(2).any(|two| two == b"\n\n"));
    assert_eq!(hash, leaf(record));
    let text = std::str::from_utf8(record).expect("records are UTF-8");
    let start = format!("golang.org/toolchain {VERSION} h1:");
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(&start));
    let said = match (lines.next(), lines.next()) {
        (Some(hash), None) => H1::parse(&format!("h1:{hash}")),
        _ => None,
    };
    assert_eq!(h1, said);
}

/// A note by decisions: a text, lines that sign it or something else, and changes to the bytes.
fn made(choices: &mut Choices<'_>) {
    let Signers { ours, key, others } = signers();
    let text = text(choices);
    let mut note = format!("{text}\n");
    let mut alone = 0;
    for _ in 0..=choices.below(3) {
        let line = match choices.below(9) {
            0..4 => ours.line(&text),
            4 => ours.line("another text\n"),
            5 => others[choices.below(3)].line(&text),
            6 => format!("\u{2014} {NAME} {}\n", String::from_utf8_lossy(&choices.raw())),
            7 => String::from_utf8_lossy(&choices.raw()).into_owned(),
            _ => ours.line(&text).replacen(' ', ["  ", "\t", "\u{a0}"][choices.below(3)], 1),
        };
        alone += 1;
        note.push_str(&line);
    }
    let untouched = note.clone();
    let bytes = changed(choices, note.into_bytes());
    let opened = linear(bytes.len(), || open_note(&bytes, key));
    let head = linear(bytes.len(), || open_head(&bytes, key));
    let Some(opened) = opened else {
        assert_eq!(head, None);
        let honest = ours.sign(&text);
        let plain = !text.contains(|c: char| c < ' ' && c != '\n') && text.ends_with('\n');
        assert!(!plain || bytes != honest.as_bytes(), "a good note is refused");
        return;
    };
    assert_eq!(opened, text, "another text than was signed");
    let whole = std::str::from_utf8(&bytes).expect("notes are UTF-8");
    let lines = whole.strip_prefix(opened).and_then(|rest| rest.strip_prefix('\n'));
    let lines = lines.expect("the text stands first");
    let signed = ours.line(opened);
    assert!(lines.split_inclusive('\n').any(|line| line == signed), "{lines:?}");
    assert!(alone > 1 || bytes == untouched.as_bytes() || lines.len() > signed.len());
    assert!(lines.split_inclusive('\n').all(is_signature), "{lines:?}");
    if let Some((size, hash)) = head {
        let rendered = format!("{HEAD}{size}\n{}\n", STANDARD.encode(hash));
        assert!(opened.starts_with(&rendered) && size <= u64::MAX >> 1, "{opened:?}");
    }
}

/// A text to sign: a tree head, something like one, or anything.
fn text(choices: &mut Choices<'_>) -> String {
    let lossy = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    match choices.below(4) {
        0 | 1 => {
            let size = choices.of(&[28_905_453, 1, 0, u64::MAX >> 1, u64::MAX, 7]);
            let mut hash = choices.raw();
            hash.resize(32 + usize::from(choices.once_in(9)), 0);
            let sign = choices.of(&["", "", "", "+", "0", " "]);
            let more = if choices.once_in(3) { lossy(choices.raw()) + "\n" } else { String::new() };
            format!("{HEAD}{sign}{size}\n{}\n{more}", STANDARD.encode(hash))
        }
        2 => format!("{HEAD}{}\n", lossy(choices.raw())),
        _ => lossy(choices.raw()) + "\n",
    }
}

/// The note with some bytes changed, put in or taken out, or none.
fn changed(choices: &mut Choices<'_>, mut note: Vec<u8>) -> Vec<u8> {
    for _ in 0..choices.below(3) {
        let at = (choices.below(256) + 256 * choices.below(2)) % note.len().max(1);
        match choices.below(4) {
            0 => note[at] ^= 1 << choices.below(8),
            1 => note[at] = choices.of(b"\n \0+=A/\xe2"),
            2 => note.insert(at, choices.of(b"\n \0+=A/\xe2")),
            _ if note.len() > 1 => drop(note.remove(at)),
            _ => {}
        }
    }
    note
}

/// `— NAME BASE64`.
fn is_signature(line: &str) -> bool {
    let line = line.strip_suffix('\n').and_then(|line| line.strip_prefix("\u{2014} "));
    let Some((name, signature)) = line.and_then(|line| line.split_once(' ')) else { return false };
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    !name.is_empty() && signature.len() >= 8 && signature.bytes().all(base64)
}
