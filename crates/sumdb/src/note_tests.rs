//! Notes of every bad kind, and genuine ones.

use super::*;
use crate::head::SignedHead;

#[path = "../tests/it/signer.rs"]
mod signer;
use signer::Signer;

fn key(signer: &Signer) -> Key {
    Key::parse(&signer.verifier_key()).unwrap()
}

#[test]
fn the_signed_text_comes_out() {
    let signer = Signer::new("sum.test", 1);
    let other = Signer::new("other.test", 2);
    let text = "one\n\ntwo\n";
    let alone = signer.sign(text);
    assert_eq!(open(alone.as_bytes(), &key(&signer)).unwrap(), text);
    // Signatures of other keys, and a second one of the same key, do not matter.
    for lines in [
        [other.line(text), signer.line(text)].concat(),
        [signer.line(text), other.line("something else\n")].concat(),
        [signer.line(text), signer.line("something else\n")].concat(),
    ] {
        let note = format!("{text}\n{lines}");
        assert_eq!(open(note.as_bytes(), &key(&signer)).unwrap(), text, "{note}");
    }
}

/// B145, B146: notes that are not signed by the key, and malformed ones.
#[test]
fn notes_that_the_key_did_not_sign_are_refused() {
    let signer = Signer::new("sum.test", 1);
    let (renamed, rekeyed) = (Signer::new("sum.evil", 1), Signer::new("sum.test", 2));
    let text = "go.sum database tree\n1\n";
    for (note, words) in [
        (renamed.sign(text), "but is signed by sum.evil"),
        (rekeyed.sign(text), "but is signed by sum.test"),
        (signer.sign(text).replace("\n1\n", "\n2\n"), "does not fit the signed text"),
        (format!("{text}\n{}", signer.line("x\n")), "does not fit the signed text"),
        (text.to_owned(), "malformed"),
        (format!("{text}\n"), "malformed"),
        (String::new(), "malformed"),
        (format!("{text}{}", signer.line(text)), "malformed"),
        (signer.sign(text).trim_end().to_owned(), "malformed"),
        (signer.sign(text).replace('—', "-"), "malformed"),
        (signer.sign(text).replace("tree", "tr\tee"), "malformed"),
        (signer.sign(text) + "more\n", "malformed"),
        (format!("{text}\n— sum.test AAAA\n"), "malformed"),
        (format!("{text}\n— sum.test !!!!!!!!\n"), "malformed"),
        (format!("{text}\n— sum.test\n"), "malformed"),
        (format!("{text}\n{}{}", renamed.line(text).repeat(100), signer.line(text)), "malformed"),
    ] {
        let error = open(note.as_bytes(), &key(&signer)).unwrap_err();
        assert!(error.to_string().contains(words), "{note}: {error}");
    }
    let mut bad = signer.sign(text).into_bytes();
    bad[0] = 0xff;
    assert!(open(&bad, &key(&signer)).is_err());
}

#[test]
fn every_flipped_bit_of_a_note_is_noticed() {
    let signer = Signer::new("sum.test", 1);
    let note = signer.sign("go.sum database tree\n28905453\nabc\n").into_bytes();
    for bit in 0..note.len() * 8 {
        let mut bad = note.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(open(&bad, &key(&signer)).is_err(), "bit {bit}");
    }
}

#[test]
fn genuine_heads_verify() {
    let facts = include_str!("../tests/data/sumdb.txt");
    let field = |kind: &'static str| {
        facts.lines().filter_map(move |line| line.strip_prefix(kind)?.strip_prefix(' '))
    };
    let key = Key::parse(field("key").next().unwrap()).unwrap();
    let mut heads = 0;
    for line in field("head") {
        let [size, hash, signature] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let note =
            format!("go.sum database tree\n{size}\n{hash}\n\n— {} {signature}\n", key.name());
        let head = SignedHead::open(note.as_bytes(), &key).unwrap();
        assert_eq!(head.head().size.to_string(), size);
        assert!(SignedHead::open(note.replace(size, "28905454").as_bytes(), &key).is_err());
        heads += 1;
    }
    assert_eq!(heads, 3);
}
