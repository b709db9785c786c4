//! The page "What people say, and what Go does": each of its transcripts with real Go.

use goward_tests::binaries::workspace;
use goward_tests::call::Call;
use goward_tests::sandbox::Sandbox;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = "docs/src/check/hearsay.md";
/// The transcripts of the page.
const COUNT: usize = 11;

/// One transcript: what is said, and the lines that are typed and shown.
struct Transcript<'p> {
    said: &'p str,
    lines: &'p str,
}

/// The transcripts, in the order of the page.
fn transcripts(page: &str) -> Vec<Transcript<'_>> {
    let sections = page.split("\n## ").skip(1);
    let transcript = |section| {
        let (said, rest) = str::split_once(section, '\n')?;
        let (_, block) = rest.split_once("```console\n")?;
        Some(Transcript { said, lines: block.split("```").next()? })
    };
    sections.filter_map(transcript).collect()
}

/// The transcripts of a page, wherever they stand.
pub(crate) fn transcripts_in(page: &str) -> Vec<&str> {
    let blocks = page.split("```console\n").skip(1);
    blocks.filter_map(|block| block.split("```").next()).collect()
}

/// What `lines` show when their commands are typed anew in `dir`.
pub(crate) fn typed(sandbox: &Sandbox, dir: &Path, lines: &str) -> String {
    let mut shown = String::new();
    let home = sandbox.home().display().to_string();
    for command in lines.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let script = format!("{{ {command}\n}} 2>&1");
        let call = Call::new("/bin/sh".into(), dir.to_path_buf(), sandbox.env());
        let outcome = call.env("COLUMNS", "400").args(["-c", &script]).run();
        shown.push_str(&format!("$ {command}\n{}", outcome.stdout.replace(&home, "~")));
    }
    shown
}

#[test]
fn go_does_what_the_page_says() {
    let mut sandbox = Sandbox::with("hearsay", &["1.21.13", "1.27.3"]);
    sandbox.set_default("1.27.3");
    sandbox.add_to_path(sandbox.root().join("bin"), false);
    for system in ["/usr/bin", "/bin"] {
        sandbox.add_to_path(PathBuf::from(system), false);
    }
    let page = fs::read_to_string(workspace().join(PAGE)).expect("the page is there");
    let all = transcripts(&page);
    assert_eq!(all.len(), COUNT, "a transcript is lost");
    for (number, Transcript { said, lines }) in all.iter().enumerate() {
        let dir = sandbox.project(&format!("section-{number}"));
        assert_eq!(&typed(&sandbox, &dir, lines), lines, "{said}");
    }
}
