//! A sentence that changes in English leaves code, links and numbers as they are. So `seen.tsv` has a digest
//! of each English section, as it was when its Chinese was last compared with it. With
//! `GOWARD_TEST_UPDATE` set, the test writes them there.

use std::collections::BTreeMap;
use std::fs;

use goward_tests::binaries::workspace;
use sha2::{Digest as _, Sha256};

use super::page::{Section, sections};
use super::pairs;
use crate::read;

const SEEN: &str = "tests/tests/tidy/chinese/seen.tsv";

/// A digest of the words of a section, wherever its lines break.
fn digest(section: &Section) -> String {
    let words: Vec<_> = section.prose.split_whitespace().collect();
    let bytes = Sha256::digest(words.join(" "));
    bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The English sections, each by its page and anchor.
fn english() -> BTreeMap<String, Section> {
    let mut found = BTreeMap::new();
    for (page, _) in pairs() {
        for section in sections(&page, &read(&page)) {
            let key = format!("{page}#{}", section.anchor);
            let twice = found.insert(key, section);
            assert!(twice.is_none(), "{twice:?}: two headings have one anchor");
        }
    }
    found
}

#[test]
fn no_english_sentence_changed_since_it_was_written_in_chinese() {
    let english = english();
    let lines = english.iter().map(|(key, section)| format!("{key}\t{}\n", digest(section)));
    let lines: String = lines.collect();
    if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
        fs::write(workspace().join(SEEN), &lines).expect("the table can be written");
    }
    let table = read(SEEN);
    let seen: BTreeMap<_, _> = table.lines().filter_map(|line| line.split_once('\t')).collect();
    let changed = english.iter().filter(|(key, section)| {
        seen.get(key.as_str()).is_none_or(|known| **known != digest(section))
    });
    let changed: Vec<_> = changed.map(|(_, s)| format!("{}: {:?}", s.at, s.heading)).collect();
    let chinese = "changed since its Chinese was written: bring the same section below docs/src/zh up \
                   to date, then run: GOWARD_TEST_UPDATE=1 cargo test -p goward-tests --test tidy chinese";
    assert!(changed.is_empty(), "{}\n{chinese}", changed.join("\n"));
    let gone: Vec<_> = seen.keys().filter(|key| !english.contains_key(**key)).collect();
    assert!(gone.is_empty(), "{SEEN} has sections that are gone: {gone:?}");
}

#[test]
fn a_digest_is_of_the_words() {
    let of = |text: &str| digest(&sections("p", text)[0]);
    let text = "# t\n\nIt ends with status one, and\nwrites nothing.\n";
    assert_eq!(of(text), of("# t\n\nIt ends with status one,\nand writes nothing.\n"));
    assert_ne!(of(text), of(&text.replace("nothing", "all")));
}
