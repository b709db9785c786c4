//! Arguments: every byte, every number, every length that the system takes.

use goward_tests::sandbox::Sandbox;

use super::start::{Stage, Start, TOO_LONG};

/// The longest string that the kernel takes, with its NUL (`MAX_ARG_STRLEN`).
const LONGEST_STRING: usize = 128 << 10;

#[test]
fn every_byte_passes() {
    let stage = Stage::new("bytes");
    let bytes: Vec<u8> = (1..=255).collect();
    let odd: [&[u8]; 9] =
        [&bytes, b"\xff\xfe", b"a\nb", b"", b" ", b"\"quoted\\\"", b"-C", b"--", b"*"];
    for argument in odd {
        // `-C` alone is nothing that a directory follows: Go complains itself.
        stage.same(&stage.start().arg(b"list").arg(argument).arg(b"last"));
    }
    let all = odd.iter().fold(stage.start().arg(b"x"), Start::arg);
    let end = stage.same(&all);
    assert_eq!(end.lines("arg").count(), odd.len() + 2, "{end}");
}

#[test]
fn empty_arguments_pass() {
    let stage = Stage::new("empty");
    let end = stage.same(&stage.start().arg(b"").arg(b"").arg(b"x").arg(b""));
    assert_eq!(end.lines("arg").collect::<Vec<_>>(), ["go", "", "", "x", ""], "{end}");
}

/// The kernel gives a program without any argument an empty one.
#[test]
fn the_name_may_be_empty_or_missing_or_odd() {
    let stage = Stage::new("name");
    for argv in [&[b"".as_slice()][..], &[], &[b"", b"version"], &[b"\xff/go"], &[b"-go"], &[b"/"]]
    {
        let end = stage.same(&stage.start().argv(argv));
        assert_eq!(end.lines("arg").count(), argv.len().max(1), "{end}");
    }
}

/// The shim removes the selector from the arguments, and nothing else.
#[test]
fn a_selector_goes_and_nothing_else() {
    let stage = Stage::new("selector");
    let words: [&[u8]; 5] = [b"\xff", b"", b"+1.22.10", b"x", b"+"];
    let with = words.iter().fold(stage.start().arg(b"+1.22.10"), Start::arg);
    let without = words.iter().fold(stage.start(), Start::arg);
    let (ours, bare) =
        (with.run(&stage, &stage.sandbox.shim()), without.run(&stage, &stage.real()));
    let (ours, bare): (Vec<_>, Vec<_>) = (ours.lines("arg").collect(), bare.lines("arg").collect());
    assert_eq!(ours, bare);
    assert_eq!(bare.len(), words.len() + 1);
}

#[test]
fn ten_thousand_arguments_pass() {
    let stage = Stage::new("many");
    let start = (0..10_000).fold(stage.start(), |start, n| start.arg(format!("argument {n}")));
    let end = stage.same(&start);
    assert_eq!(end.lines("arg").count(), 10_001);
}

/// As much as an ordinary stack allows, two megabytes, but for a little.
#[test]
fn two_megabytes_of_arguments_pass() {
    let stage = Stage::new("megabytes");
    let stack = (8 << 20).to_string();
    let start = stage.start().then(["limit", "3", &stack, &stack]);
    stage.same(&long(&start, (2 << 20) - 10_000));
}

#[test]
fn the_longest_argument_passes() {
    let stage = Stage::new("longest");
    stage.same(&stage.start().arg(vec![b'x'; LONGEST_STRING - 1]));
    let longer = stage.start().arg(vec![b'x'; LONGEST_STRING]);
    let end = longer.run(&stage, &stage.sandbox.shim());
    assert_eq!(end.status.code(), Some(TOO_LONG), "not even the shim starts\n{end}");
}

/// The bytes that arguments and environment may take in all under [`tight`]: a quarter of the
/// stack.
const SPACE: usize = 512 << 10;

/// A start under a limit that makes arguments too long before they are many megabytes.
fn tight(stage: &Stage) -> Start {
    let stack = (SPACE * 4).to_string();
    stage.start().then(["limit", "3", &stack, &stack])
}

/// A start whose arguments are `length` bytes long in all.
fn long(start: &Start, length: usize) -> Start {
    let piece = vec![b'x'; 100_000];
    let whole = (0..length / piece.len()).fold(start.clone(), |start, _| start.arg(&piece));
    whole.arg(&piece[..length % piece.len()])
}

/// The greatest length of arguments with which `fits`, to the byte.
fn edge(fits: impl Fn(usize) -> bool) -> usize {
    let (mut fitting, mut failing) = (SPACE - 40_000, SPACE);
    assert!(fits(fitting) && !fits(failing), "no limit shortly below {SPACE} bytes");
    while failing - fitting > 1 {
        let middle = fitting.midpoint(failing);
        if fits(middle) { fitting = middle } else { failing = middle }
    }
    fitting
}

/// If the shim adds nothing, it takes all that Go itself takes: only the name of Go's file, which
/// the system counts too, may be longer than the shim's.
#[test]
fn the_shim_takes_all_that_go_takes() {
    let stage = Stage::new("edge");
    let real = stage.real();
    let most = edge(|length| {
        long(&tight(&stage), length).run(&stage, &real).status.code() != Some(TOO_LONG)
    });
    stage.same(&long(&tight(&stage), most));
    let ours = long(&tight(&stage), most + 1).run(&stage, &stage.sandbox.shim());
    assert!(matches!(ours.status.code(), Some(126 | TOO_LONG)), "{ours}");
}

/// The shim still starts, and Go, with one variable more, does not: the shim tells that, with the
/// reason.
#[test]
fn too_long_for_go_is_said() {
    let stage = Stage::new("too-long");
    stage.sandbox.write(stage.project.join(".go-version"), "1.22.10\n");
    let shim = stage.sandbox.shim();
    let most = edge(|length| {
        long(&tight(&stage), length).run(&stage, &shim).status.code() != Some(TOO_LONG)
    });
    let end = stage.refused(&long(&tight(&stage), most), 126, "too long");
    assert_eq!(end.stderr.lines().count(), 1, "{end}");
    assert!(end.stderr.contains("bin/go"), "it names the program\n{end}");
}

/// For a script that names the shim as its interpreter, the kernel names the script as the executed
/// file.
#[test]
fn the_shim_interprets_a_script() {
    let sandbox = Sandbox::empty("script");
    sandbox.install_script("1.22.10", "echo \"$@\"");
    sandbox.set_default("1.22.10");
    let project = sandbox.project("p");
    let script = sandbox.script("projects/p/script", "");
    sandbox.write(&script, &format!("#!{} version\n", sandbox.shim().display()));
    // Only where the shim lies tells of the store then.
    let call = sandbox.go(&project, &["more"]).program(&script).env("HOME", &project);
    assert_eq!(call.ok(), format!("version {} more", script.display()));
}
