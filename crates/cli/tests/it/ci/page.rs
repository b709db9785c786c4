//! The transcripts of the page about `goward ci`, repeated.

use super::Job;
use crate::machine::newest;

/// The page's text with the machine's own paths and release in the place of those of the page.
fn on_this_machine(text: &str, job: &Job) -> String {
    let at = |name: &str| job.m.path(name).display().to_string();
    let arch = format!("linux-{}-", goward_installer::Platform::host().arch());
    text.replace("/home/runner/work/_temp", &at("work/_temp"))
        .replace("/opt/hostedtoolcache", &at("hosted"))
        .replace("/home/runner/go", &at("home/go"))
        .replace("1.27.3", &newest())
        .replace("linux-amd64-", &arch)
}

#[test]
fn the_transcripts_of_the_page_are_true() {
    let page = include_str!("../../../../../docs/src/reference/ci.md");
    let job = Job::new();
    job.m.write("p/go.mod", "module m\n\ngo 1.21\n");
    job.m.write("p/go.sum", "a.example/m v1.0.0 h1:x=\na.example/m v1.0.0/go.mod h1:y=\n");
    let mut count = 0;
    for block in page.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for command in block.split("$ goward ci ").skip(1) {
            let (line, says) = command.split_once('\n').unwrap();
            let ran = job.run(&line.split(' ').collect::<Vec<_>>());
            assert_eq!(ran.code, 0, "{line}: {}", ran.stderr);
            let here = job.m.path("").display().to_string();
            let printed = (ran.stdout + &ran.stderr).replace("@/", &here);
            assert_eq!(printed, on_this_machine(says, &job), "{line}");
            count += 1;
        }
    }
    assert_eq!(count, 4, "a transcript is lost");
}
