//! The debugger `dlv` builds with the `go` it finds on `PATH`: the same session either way.

use std::path::Path;

use goward_tests::call::{Call, Outcome};

use super::workspace::{Workspace, installed};

const PROGRAM: &str = "package main

import \"fmt\"

func sum(limit int) int {
	total := 0
	for i := 1; i <= limit; i++ {
		total += i
	}
	return total
}

func main() {
	fmt.Println(sum(4))
}
";

const TEST: &str = "package main

import \"testing\"

func TestSum(t *testing.T) {
	if sum(3) != 6 {
		t.Fatal(sum(3))
	}
}
";

/// Stops in the loop, looks around, asks which Go built the program, and lets it end.
const SCRIPT: &str = "break main.go:8
continue
print limit
print i
next
next
print total
stack 2
print runtime.buildVersion
clearall
continue
exit
";

/// One session: `dlv COMMAND` in `dir` with the script.
fn session(dlv: &Path, call: &Call, command: &[&str], script: &Path) -> Outcome {
    let script = script.to_str().expect("ASCII");
    // The release in Debian 12 was made before Go 1.21 and would refuse it unasked.
    let options = ["--check-go-version=false", "--allow-non-terminal-interactive=true"];
    let call = call.clone().program(dlv).args(command).args(["--init", script]).args(options);
    // Nothing about the user's own configuration or terminal.
    call.env("TERM", "dumb").run()
}

/// The transcript without the parts that differ between any two runs: process numbers, the numbers
/// of goroutines, which depend on what the runtime started before, and, in dlv's own log lines, the
/// time.
fn transcript(outcome: &Outcome) -> Vec<String> {
    let line = |line: &str| {
        let words = line.split(' ').map(|word| {
            let timed = word.len() == 20 && word.ends_with('Z') && word.as_bytes()[10] == b'T';
            let goroutine = word.strip_prefix("goroutine(").and_then(|rest| rest.split_once("):"));
            match goroutine {
                Some((_, hits)) => format!("goroutine(NUMBER):{hits}"),
                None => if timed { "TIME" } else { word }.to_owned(),
            }
        });
        let mut words: Vec<_> = words.collect();
        let process = words.iter().position(|word| word == "Process");
        if let Some(number) = process.and_then(|at| words.get_mut(at + 1)) {
            *number = "NUMBER".to_owned();
        }
        words.join(" ")
    };
    outcome.stdout.lines().chain(outcome.stderr.lines()).map(line).collect()
}

#[test]
fn a_session_is_the_same_through_the_shim() {
    let Some(dlv) = installed("dlv", "delve") else { return };
    let workspace = Workspace::new(
        "delve",
        ("go 1.21\n\ntoolchain go1.21.13\n", "1.21.13"),
        ("go 1.23\n\ntoolchain go1.23.2\n", "1.23.2"),
    );
    let sandbox = &workspace.sandbox;
    let dir = &workspace.a.dir;
    sandbox.write(dir.join("main.go"), PROGRAM);
    sandbox.write(dir.join("main_test.go"), TEST);
    let script = sandbox.write("tmp/script", SCRIPT);
    for command in [&["debug", "."][..], &["test", "."]] {
        let through = sandbox.go(dir, &[]);
        let direct = through.clone().env("PATH", workspace.path_with("1.21.13"));
        let ours = session(&dlv, &through, command, &script);
        let bare = session(&dlv, &direct, command, &script);
        assert_eq!(transcript(&ours), transcript(&bare), "{ours}\n{bare}");
        assert_eq!(ours.status, bare.status);
        ours.code(0);
        for seen in ["\"go1.21.13\"", "sum() ./main.go:8", "has exited with status 0"] {
            let text = ours.stdout.clone() + &ours.stderr;
            assert!(text.contains(seen), "no {seen} in {command:?}:\n{ours}");
        }
    }
}
