//! What the pages show: files that a reader copies, and commands that a reader types.

use std::collections::BTreeSet;
use std::path::PathBuf;

use goward_testkit::start::program;
#[cfg(unix)]
use goward_testkit::start::tool;
use goward_tests::binaries::binaries;

use crate::{files, read, with_extension};

/// What stands between two fences.
#[derive(Debug)]
pub(crate) struct Block {
    /// The page and line of the first fence.
    pub(crate) at: String,
    /// The word behind the first fence.
    pub(crate) kind: String,
    /// Its text, without the indentation of the fence.
    pub(crate) text: String,
}

/// The blocks of a page, and the page without them.
fn parts(page: &str) -> (Vec<Block>, String) {
    let (mut blocks, mut prose, mut open) = (Vec::new(), String::new(), None::<(usize, Block)>);
    for (number, line) in read(page).lines().enumerate() {
        let indented = line.len() - line.trim_start().len();
        match (line.trim_start().strip_prefix("```"), open.take()) {
            (Some(kind), None) => {
                let at = format!("{page}:{}", number + 1);
                let block = Block { at, kind: kind.to_owned(), text: String::new() };
                open = Some((indented, block));
            }
            (Some(_), Some((_, block))) => blocks.push(block),
            (None, Some((by, mut block))) => {
                block.text += line.get(by..).unwrap_or_default();
                block.text.push('\n');
                open = Some((by, block));
            }
            (None, None) => {
                prose += line;
                prose.push('\n');
            }
        }
    }
    assert!(open.is_none(), "{page}: a fence is open: {open:?}");
    (blocks, prose)
}

/// The code within the text of a page, each on one line.
pub(crate) fn inline(prose: &str) -> Vec<String> {
    let paragraphs = prose.split("\n\n");
    let code = paragraphs.flat_map(|text| text.split('`').skip(1).step_by(2));
    code.map(|code| code.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The command lines of goward in a page's text and blocks.
pub(crate) fn commands(page: &str) -> BTreeSet<String> {
    let (blocks, prose) = parts(page);
    let lines = blocks.iter().filter(|block| block.kind != "text").flat_map(|b| b.text.lines());
    let lines = lines.map(|line| line.split("  #").next().unwrap_or_default().to_owned());
    let lines = lines.chain(inline(&prose)).collect::<Vec<_>>();
    let starts = ["goward ", "target/release/goward ", "~/.goward/bin/goward "];
    let mut found = BTreeSet::new();
    for piece in lines.iter().flat_map(|line| line.split("&&")).flat_map(|text| text.split('|')) {
        let piece = piece.trim().trim_start_matches(['$', '-', '>']).trim_start();
        let piece = ["run: ", "RUN "].iter().find_map(|p| piece.strip_prefix(p)).unwrap_or(piece);
        if let Some(rest) = starts.iter().find_map(|start| piece.strip_prefix(start)) {
            found.insert(rest.trim_end_matches(['\\', ' ']).to_owned());
        }
    }
    found
}

/// The README and the guide, in both languages.
fn pages() -> Vec<String> {
    let mut pages = with_extension(files("docs/src/guide"), &["md"]);
    pages.extend(with_extension(files("docs/src/zh"), &["md"]));
    pages.extend(["README.md", "README.zh-CN.md"].map(PathBuf::from));
    pages.iter().map(|page| page.to_str().expect("our names are text").to_owned()).collect()
}

/// The words of a command up to `--`, behind which another program's begin. None where a part of it
/// is left to the reader's fantasy.
fn words(command: &str) -> Option<Vec<&str>> {
    let open = ["[", "…", "<", "(", "$"].iter().any(|mark| command.contains(mark));
    let words = command.split_whitespace().take_while(|word| *word != "--" && *word != "#");
    (!open).then(|| words.map(|word| word.trim_matches(['\'', '"'])).collect())
}

/// Whether the program takes such words. With `--help` behind them it only reads them.
#[test]
fn every_command_of_the_guide_is_one() {
    let mut tried = 0;
    for page in pages() {
        for command in commands(&page) {
            let Some(mut words) = words(&command) else { continue };
            if words.first() == Some(&"exec") {
                words.truncate(2);
            }
            let mut call = program(&binaries().manager, std::env::vars_os());
            let said = call.args(&words).arg("--help").env("GOWARD_OFFLINE", "1").output().unwrap();
            let error = String::from_utf8_lossy(&said.stderr).into_owned();
            assert!(said.status.success(), "{page}: goward {command}\n{error}");
            tried += 1;
        }
    }
    assert!(tried > 40, "this test has lost its commands: {tried}");
}

/// `sh` reads each script without a fault.
#[test]
#[cfg(unix)]
fn every_script_of_the_guide_is_one() {
    let mut scripts = 0;
    for page in pages() {
        for block in parts(&page).0.into_iter().filter(|block| block.kind == "sh") {
            let said = tool("sh").args(["-n", "-c", &block.text]).output().expect("sh is here");
            let error = String::from_utf8_lossy(&said.stderr).into_owned();
            assert!(said.status.success(), "{}: {error}", block.at);
            scripts += 1;
        }
    }
    assert!(scripts > 0, "this test has lost its scripts");
}

/// Each line of a Dockerfile is an instruction, and the tools that its commands need are installed
/// before.
#[test]
fn every_dockerfile_of_the_guide_is_one() {
    const KNOWN: [&str; 8] = ["FROM", "RUN", "ENV", "COPY", "WORKDIR", "USER", "ARG", "CMD"];
    let mut seen = 0;
    for page in pages() {
        for block in parts(&page).0.into_iter().filter(|block| block.kind == "dockerfile") {
            let joined = block.text.replace("\\\n", " ");
            let lines = joined.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
            let lines: Vec<_> = lines.collect();
            assert!(lines[0].starts_with("FROM "), "{}: {}", block.at, lines[0]);
            for line in &lines {
                let word = line.split(' ').next().unwrap();
                assert!(KNOWN.contains(&word), "{}: {line}", block.at);
            }
            let at = |text: &str| joined.find(text);
            assert!(
                at("apt-get install") < at("curl -fsSL"),
                "{}: curl before it is there",
                block.at
            );
            assert!(at("curl -fsSL") < at("goward install"), "{}", block.at);
            seen += 1;
        }
    }
    assert!(seen > 0, "this test has lost its files");
}
