//! The book, the tables and the workflows say what the code does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use goward_testkit::start::program;
use goward_tests::binaries::{binaries, workspace};

use crate::chinese::page::anchors;
use crate::shown::commands;
use crate::{files, read, rust_files, with_extension};

#[test]
fn the_changelog_has_this_version() {
    let heading = format!("\n## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(read("CHANGELOG.md").contains(&heading), "CHANGELOG.md has no{heading}");
}

/// Every attack of the table is a test that is there.
#[test]
fn the_table_of_attacks_names_tests() {
    let names: BTreeSet<String> = rust_files()
        .iter()
        .flat_map(|path| {
            let text = read(path);
            let names = text.split("fn ").filter_map(|rest| rest.split_once("()"));
            names.map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let table = read("tests/attacks/rows.tsv");
    let mut rows = 0;
    for (number, line) in table.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let cells: Vec<_> = line.split('\t').collect();
        assert_eq!(cells.len(), 5, "tests/attacks/rows.tsv:{}: {line}", number + 1);
        let test = cells[4].rsplit("::").next().unwrap();
        assert!(names.contains(test), "tests/attacks/rows.tsv:{}: no test {test}", number + 1);
        rows += 1;
    }
    assert!(rows > 30, "this test has lost its table");
}

/// The cells of every table row of a page whose first cell is code, without the backticks.
fn rows(page: &str) -> Vec<Vec<String>> {
    let text = read(page);
    let rows = text.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    rows.map(|row| row.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// The first word in backticks of each row.
fn named(page: &str) -> BTreeSet<String> {
    let first =
        |row: Vec<String>| row[0].split('`').skip(1).step_by(2).map(str::to_owned).collect();
    rows(page).into_iter().flat_map::<Vec<_>, _>(first).collect()
}

#[test]
fn the_table_of_exit_codes_is_the_code() {
    // `/// 0: done.` above each variant of the two enumerations.
    let documented = |path: &str| {
        let text = read(path);
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("/// "));
        let codes = lines.filter_map(|line| {
            let (code, meaning) = line.split_once(": ")?;
            Some((code.parse::<u8>().ok()?, meaning.trim_end_matches('.').to_owned()))
        });
        codes.collect::<BTreeMap<_, _>>()
    };
    let mut code = documented("crates/resolver/src/error.rs");
    assert_eq!(code.len(), 3, "the shim's codes are not where they were");
    code.extend(documented("crates/cli/src/exit.rs").into_iter().filter(|(code, _)| *code < 125));
    let page = rows("docs/src/reference/exit-codes.md");
    let page: BTreeMap<u8, String> =
        page.into_iter().filter_map(|row| Some((row[0].parse().ok()?, row[1].clone()))).collect();
    let codes = |map: &BTreeMap<u8, String>| map.keys().copied().collect::<Vec<_>>();
    assert_eq!(codes(&page), codes(&code));
    for (number, meaning) in &code {
        let known = page[number].starts_with(meaning.as_str());
        assert!(known || *number >= 125, "{number}: {:?} in the book, {meaning:?}", page[number]);
    }
}

#[test]
fn the_table_of_variables_is_the_code() {
    let mut code = BTreeSet::new();
    let sources = ["crates", "shims"].into_iter().flat_map(files);
    let sources = sources.filter(|path| !path.starts_with("crates/testkit")).collect();
    for path in with_extension(sources, &["rs"]) {
        for word in read(&path).split('"') {
            let name = word.strip_prefix("GOWARD_").unwrap_or_default();
            let variable =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
            if (variable && !name.starts_with("TEST_")) || word == "NO_COLOR" {
                code.insert(word.to_owned());
            }
        }
    }
    assert_eq!(named("docs/src/reference/variables.md"), code);
}

#[test]
fn the_table_of_public_proxies_is_the_code() {
    let code: BTreeSet<String> =
        goward_resolver::PUBLIC_PROXIES.iter().map(|url| (*url).to_owned()).collect();
    assert_eq!(named("docs/src/reference/public-proxies.md"), code);
    for url in &code {
        let host = url.strip_prefix("https://").expect("nothing is fetched in the clear");
        assert!(!host.ends_with('/') && !host.contains(['@', ',', '|']), "{url}");
    }
}

#[test]
fn the_table_of_commands_is_the_program() {
    let help = program(&binaries().manager, std::env::vars_os()).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let lists = help.split_once("\n\nUsage: ").expect("goward --help has a usage").1;
    let lists = lists.split_once("\n\n").expect("lists of commands follow").1;
    // The groups in their order, each with its commands.
    let mut code: Vec<(String, Vec<String>)> = Vec::new();
    for line in lists.lines().take_while(|line| *line != "Everywhere:") {
        if let Some(heading) = line.strip_suffix(':').filter(|line| !line.starts_with(' ')) {
            code.push((heading.to_owned(), Vec::new()));
        } else if let Some(name) = line.strip_prefix("  ").filter(|line| !line.starts_with(' ')) {
            let name = name.split(' ').next().unwrap_or_default();
            code.last_mut().expect("a heading comes first").1.push(format!("goward {name}"));
        }
    }
    let mut page: Vec<(String, Vec<String>)> = Vec::new();
    for row in rows("docs/src/reference/commands.md") {
        let Some(name) = row.get(1).and_then(|cell| cell.strip_prefix("`goward ")) else {
            continue;
        };
        let name = format!("goward {}", name.trim_end_matches('`'));
        if !row[0].is_empty() {
            page.push((row[0].clone(), Vec::new()));
        }
        page.last_mut().expect("the first row has its group").1.push(name);
    }
    assert_eq!(page, code);
}

/// The blocks between fences.
fn code_blocks(page: &str) -> Vec<String> {
    read(page).split("\n```").skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn both_readmes_show_the_same_code() {
    // In an order of its own: a reader in China needs the mirror first.
    let blocks = |page: &str| {
        let mut blocks = code_blocks(page);
        blocks.sort();
        blocks
    };
    let english = blocks("README.md");
    assert!(english.len() >= 3 && english.iter().any(|block| block.contains("tests/run")));
    assert_eq!(blocks("README.zh-CN.md"), english);
}

#[test]
fn both_readmes_have_the_same_parts_and_commands() {
    let (english, chinese) = (read("README.md"), read("README.zh-CN.md"));
    let sections = |text: &str| text.lines().filter(|line| line.starts_with("## ")).count();
    let rows = |text: &str| text.lines().filter(|line| line.starts_with('|')).count();
    let items = |text: &str| text.lines().filter(|line| line.starts_with("- **")).count();
    assert!(sections(&english) > 5);
    assert_eq!(rows(&chinese), rows(&english));
    assert_eq!(items(&chinese), items(&english));
    assert_eq!(sections(&chinese), sections(&english));
    assert_eq!(commands("README.zh-CN.md"), commands("README.md"));
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut pages = with_extension(files("docs/src"), &["md"]);
    pages
        .extend(["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md"].map(Into::into));
    for page in &pages {
        let dir = workspace().join(page).parent().unwrap().to_path_buf();
        for link in read(page).split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let (target, anchor) = link.0.split_once('#').unwrap_or((link.0, ""));
            if target.contains("://") {
                continue;
            }
            let file = if target.is_empty() { workspace().join(page) } else { dir.join(target) };
            assert!(file.is_file(), "{} links to {}", page.display(), link.0);
            let headings = |file: &Path| anchors(&file.display().to_string(), &read(file));
            let there = anchor.is_empty() || headings(&file).contains(anchor);
            assert!(there, "{} links to {}: no such heading", page.display(), link.0);
        }
    }
    let summary = read("docs/src/SUMMARY.md");
    for page in with_extension(files("docs/src"), &["md"]) {
        let name = page.strip_prefix("docs/src").unwrap().to_str().unwrap().replace('\\', "/");
        let listed = name == "SUMMARY.md" || summary.contains(&format!("({name})"));
        assert!(listed, "docs/src/SUMMARY.md does not list {name}");
    }
}

#[test]
fn workflows_may_do_little_and_run_what_is_pinned() {
    for path in with_extension(files(".github"), &["yml"]) {
        let text = read(&path);
        assert!(text.contains("\npermissions:\n  contents: read\n"), "{}", path.display());
        for line in text.lines().filter(|line| line.contains("uses:")) {
            let pin = line.split_once('@').map_or("", |(_, pin)| pin);
            let (hash, version) = pin.split_once(" # v").unwrap_or_default();
            let full = hash.len() == 40 && hash.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(full && !version.is_empty(), "{}: {line}", path.display());
            assert!(line.contains("uses: actions/"), "{}: {line}", path.display());
        }
    }
    assert!(read(".github/workflows/ci.yml").contains("- run: tests/run\n"));
    assert!(read(".ci/run").ends_with("\nexec tests/run\n"));
}
