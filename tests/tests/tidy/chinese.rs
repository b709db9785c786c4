//! The guide is there in English and in Chinese, and neither changes alone: a Chinese page has the
//! headings of the English one in their order, and below each the same code, links, numbers, rows and
//! items. Its sentences are its own.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use goward_tests::binaries::workspace;

use crate::{files, read, rust_files, with_extension};

pub(crate) mod page;
mod seen;

use page::{Section, sections};

/// Where the Chinese pages are.
const CHINESE: &str = "docs/src/zh";

/// Chinese pages without an English one: a reader in China needs these besides. The tables of messages and
/// of terms have tests of their own.
const ALONE: [&str; 3] =
    ["docs/src/zh/mainland.md", "docs/src/zh/messages.md", "docs/src/zh/terms.md"];

/// The pages of the guide, and the introduction, each with its Chinese page.
fn pairs() -> Vec<(String, String)> {
    let mut pages = with_extension(files("docs/src/guide"), &["md"]);
    pages.push(PathBuf::from("docs/src/introduction.md"));
    let pair = |name: String| (name.clone(), name.replace("docs/src", CHINESE));
    pages.iter().map(|page| pair(name(page))).collect()
}

/// The name of a page, with `/` on every system.
fn name(page: &Path) -> String {
    page.to_str().expect("our names are text").replace('\\', "/")
}

/// The place that a link of `page` leads to: a file of the repository with an anchor, or an address.
fn place(page: &str, link: &str) -> String {
    if link.contains("://") {
        return link.to_owned();
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let mut path: Vec<_> = page.split('/').collect();
    if !file.is_empty() {
        path.pop();
        for part in file.split('/') {
            match part {
                ".." => drop(path.pop()),
                _ => path.push(part),
            }
        }
    }
    format!("{}#{anchor}", path.join("/"))
}

/// The places that the links of a section lead to, each by the English page. Links to pages that are
/// Chinese alone, and from a page to the same one in the other language, have no match.
fn places(page: &str, section: &Section) -> BTreeSet<String> {
    let english = |place: String| place.replacen(CHINESE, "docs/src", 1);
    let own = english(page.to_owned());
    let other =
        |place: &str| english(place.to_owned()) == format!("{own}#") && !place.starts_with(page);
    let alone = |place: &str| ALONE.iter().any(|page| place.starts_with(page));
    let places = section.links().into_iter().map(|link| place(page, &link));
    places.filter(|place| !other(place) && !alone(place)).map(english).collect()
}

/// What one language has and the other lacks, in words. None where they agree.
fn differing<T: Ord + Debug>(
    what: &str,
    english: &BTreeSet<T>,
    chinese: &BTreeSet<T>,
) -> Option<String> {
    let only =
        |a: &BTreeSet<T>, b: &BTreeSet<T>| format!("{:?}", a.difference(b).collect::<Vec<_>>());
    let words = || {
        format!(
            "{what} only in English: {}, only in Chinese: {}",
            only(english, chinese),
            only(chinese, english)
        )
    };
    (english != chinese).then(words)
}

/// What is out of step between a section and the Chinese one.
fn section_faults(english: &Section, chinese: &Section) -> Vec<String> {
    let page = |section: &Section| section.at.split(':').next().unwrap_or_default().to_owned();
    let blocks = |section: &Section| section.blocks.iter().cloned().enumerate().collect();
    let (links, theirs) = (places(&page(english), english), places(&page(chinese), chinese));
    let shape = |section: &Section| [section.shape()].into();
    [
        differing("code blocks", &blocks(english), &blocks(chinese)),
        differing("code in the text", &english.words(), &chinese.words()),
        differing("links", &links, &theirs),
        differing("numbers", &english.numbers(), &chinese.numbers()),
        differing("(rows, items)", &shape(english), &shape(chinese)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is out of step between a page and its Chinese page, with the places of both and what to do.
fn faults(english: (&str, &str), chinese: (&str, &str)) -> Vec<String> {
    let ours = sections(english.0, english.1);
    let theirs = sections(chinese.0, chinese.1);
    // The title's anchor is never needed: a link to it is a link to the page.
    let key = |section: &Section| match section.level {
        1 => (1, String::new()),
        level => (level, section.anchor.clone()),
    };
    for at in 0..ours.len().max(theirs.len()) {
        let (ours, theirs) = (ours.get(at), theirs.get(at));
        if ours.map(key) != theirs.map(key) {
            let named = |section: Option<&Section>, page: &str| match section {
                Some(section) => {
                    format!("{} has {:?}, #{}", section.at, section.heading, section.anchor)
                }
                None => format!("{page} has no more headings"),
            };
            let (ours, theirs) = (named(ours, english.0), named(theirs, chinese.0));
            return vec![format!(
                "{theirs}, where {ours}: give both pages the same sections in the same order. Above a \
                 Chinese heading stands <a id=\"…\"></a> with the anchor of the English one"
            )];
        }
    }
    let both = ours.iter().zip(&theirs);
    let found = both.flat_map(|(ours, theirs)| {
        let place = format!(
            "{}: {:?}, the Chinese of {} {:?}",
            theirs.at, theirs.heading, ours.at, ours.heading
        );
        let faults = section_faults(ours, theirs).into_iter();
        faults.map(move |fault| {
            format!("{place}: {fault}. Write in one page what changed in the other")
        })
    });
    found.collect()
}

#[test]
fn the_guide_is_the_same_in_chinese() {
    let pairs = pairs();
    let expected: BTreeSet<_> = pairs.iter().map(|(_, page)| page.as_str()).chain(ALONE).collect();
    let there = with_extension(files(CHINESE), &["md"]);
    let there: Vec<_> = there.iter().map(|page| name(page)).collect();
    let there: BTreeSet<_> = there.iter().map(String::as_str).collect();
    let missing: Vec<_> = expected.difference(&there).collect();
    assert!(
        missing.is_empty(),
        "write these pages, and list them in docs/src/SUMMARY.md: {missing:?}"
    );
    let left: Vec<_> = there.difference(&expected).collect();
    assert!(
        left.is_empty(),
        "these pages have no English page, and ALONE does not name them: {left:?}"
    );
    let found: Vec<_> = pairs
        .iter()
        .flat_map(|(ours, theirs)| faults((ours, &read(ours)), (theirs, &read(theirs))))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The pairs of pages without a fault. Of the others the test above says all.
fn in_step() -> Vec<(String, String)> {
    let mut pairs = pairs();
    pairs.retain(|(ours, theirs)| faults((ours, &read(ours)), (theirs, &read(theirs))).is_empty());
    pairs
}

/// The faults if `change` is made in one of the two pages only, which names both.
fn alone(pair: &(String, String), change: impl Fn(&str) -> String) -> [Vec<String>; 2] {
    let (ours, theirs) = (read(&pair.0), read(&pair.1));
    let first = faults((&pair.0, &change(&ours)), (&pair.1, &theirs));
    let second = faults((&pair.0, &ours), (&pair.1, &change(&theirs)));
    [first, second]
}

#[test]
fn a_page_that_changes_alone_is_found() {
    type Change = fn(&str) -> String;
    let changes: [(&str, Change); 7] = [
        ("a new section", |text| format!("{text}\n## goreleaser\n\ntext\n")),
        ("a lost section", |text| text.rsplit_once("\n## ").expect("it has sections").0.to_owned()),
        ("a new command", |text| format!("{text}\n```console\n$ goward list\n```\n")),
        ("another flag", |text| format!("{text}\n`goward install --flag`\n")),
        ("another link", |text| format!("{text}\n[x](../reference/nothing.md)\n")),
        ("another number", |text| format!("{text}\n4711\n")),
        ("a new row", |text| format!("{text}\n| a |\n")),
    ];
    for pair in in_step() {
        for (what, change) in changes {
            if what == "a lost section" && !read(&pair.0).contains("\n## ") {
                continue;
            }
            for found in alone(&pair, change) {
                let [fault] = &found[..] else { panic!("{}: {what}: {found:?}", pair.0) };
                assert!(fault.contains(&pair.0) && fault.contains(&pair.1), "{what}: {fault}");
            }
        }
    }
}

/// Each line of code of the guide, changed in one language, is a fault of its section.
#[test]
fn a_line_of_code_that_changes_alone_is_found() {
    let mut seen = 0;
    for pair in in_step() {
        let text = read(&pair.0);
        for section in sections(&pair.0, &text) {
            let lines = section.blocks.iter().flat_map(|block| block.lines().skip(1));
            for line in lines.filter(|line| text.matches(*line).count() == 1) {
                let [found, _] = alone(&pair, |text| text.replacen(line, "changed", 1));
                assert!(found.iter().any(|fault| fault.contains(&section.at)), "{line}: {found:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "this test has lost its code: {seen}");
}

/// The words in the first column of the page on messages are words of goward's.
#[test]
fn what_the_chinese_page_explains_is_what_goward_says() {
    let sources = rust_files().into_iter().filter(|path| !path.starts_with("tests"));
    let sources = sources.map(|path| read(path).replace("\\\n", " "));
    let said = sources.collect::<Vec<_>>().join("\n");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut seen = 0;
    for row in read("docs/src/zh/messages.md").lines().filter(|line| line.starts_with("| `")) {
        let cell = row.split(" | ").next().unwrap_or_default();
        let quoted = cell.split('`').skip(1).step_by(2);
        for words in quoted.flat_map(|text| text.split('…')).filter(|text| !text.is_empty()) {
            // A label of a word or two is a text of its own in the code; others are parts of one.
            let words = words.trim();
            let text = if words.len() < 12 { format!("\"{words}\"") } else { words.to_owned() };
            let there = said.contains(&text) || (cell.contains('…') && said.contains(words));
            assert!(there, "docs/src/zh/messages.md: {words:?} is not said");
            seen += 1;
        }
    }
    assert!(seen > 20, "this test has lost its messages: {seen}");
}

/// A row of the table of terms.
struct Term {
    chinese: String,
    /// Words that mean the same and are not used.
    avoided: Vec<String>,
}

fn terms() -> Vec<Term> {
    let text = read("docs/src/zh/terms.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")).skip(1);
    let terms = rows.map(|row| {
        let cells: Vec<_> = row.split(" | ").collect();
        let chinese = cells[1].split('（').next().unwrap_or_default().to_owned();
        Term { chinese, avoided: cells[2].split('、').map(str::to_owned).collect() }
    });
    terms.collect()
}

#[test]
fn chinese_pages_use_one_word_for_one_thing() {
    let mut pages: Vec<_> = with_extension(files(CHINESE), &["md"]);
    pages.retain(|page| !page.ends_with("terms.md"));
    pages.push(PathBuf::from("README.zh-CN.md"));
    let pages: Vec<_> = pages.iter().map(|page| (page.display().to_string(), read(page))).collect();
    let terms = terms();
    assert!(terms.len() > 20, "this test has lost its terms");
    for Term { chinese, avoided } in &terms {
        assert!(pages.iter().any(|(_, text)| text.contains(chinese)), "no page says {chinese}");
        for (page, text) in &pages {
            for (number, line) in text.lines().enumerate() {
                let bad = avoided.iter().find(|word| line.contains(*word));
                assert_eq!(bad, None, "{page}:{}: say {chinese}: {line}", number + 1);
            }
        }
    }
}

#[test]
fn the_readmes_and_the_introductions_lead_to_the_other_language() {
    let links = [
        ("README.md", "README.zh-CN.md"),
        ("README.zh-CN.md", "README.md"),
        ("README.zh-CN.md", "docs/src/zh/introduction.md"),
        ("docs/src/introduction.md", "zh/introduction.md"),
        ("docs/src/zh/introduction.md", "../introduction.md"),
    ];
    for (page, link) in links {
        assert!(read(page).contains(&format!("]({link})")), "{page} has no link to {link}");
    }
    // Whoever reads the Chinese README is led to English pages of the guide only where it says so.
    for link in read("README.zh-CN.md").split("](docs/src/guide/").skip(1) {
        let page = link.split(')').next().unwrap_or_default();
        assert!(
            !workspace().join(CHINESE).join("guide").join(page).is_file(),
            "README.zh-CN.md: {page}"
        );
    }
}
