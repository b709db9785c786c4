//! The resolver's order of versions is real Go's.

use goward_resolver::Version;
use goward_tests::binaries::workspace;
use goward_tests::sandbox::Sandbox;

/// The classes of equal versions, oldest first, and the texts that are no versions.
fn table() -> (Vec<Vec<Version>>, Vec<String>) {
    let file = workspace().join("tests/data/version-order.txt");
    let text = std::fs::read_to_string(file).expect("the table is there");
    let (mut classes, mut invalid) = (Vec::new(), Vec::new());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(quoted) = line.strip_prefix("invalid: ") {
            // Go's %q and JSON agree on everything in the table.
            invalid.push(serde_json::from_str(quoted).expect("a quoted string"));
        } else {
            let parse = |word| Version::parse(word).unwrap_or_else(|| panic!("refused: {word}"));
            classes.push(line.split(' ').map(parse).collect());
        }
    }
    (classes, invalid)
}

#[test]
fn every_pair_compares_as_in_go() {
    let (classes, _) = table();
    assert!(classes.len() > 60, "the table lost its content");
    for (i, lower) in classes.iter().enumerate() {
        for (j, upper) in classes.iter().enumerate() {
            for (a, b) in lower.iter().flat_map(|a| upper.iter().map(move |b| (a, b))) {
                assert_eq!(a.cmp(b), i.cmp(&j), "{a} against {b}");
                assert_eq!(a == b, i == j, "{a} == {b}");
            }
        }
    }
}

#[test]
fn versions_that_go_calls_invalid_are_refused() {
    let (_, invalid) = table();
    assert!(invalid.len() > 30, "the table lost its content");
    for text in invalid {
        assert!(Version::parse(&text).is_none(), "accepted: {text:?}");
    }
}

/// The table in the repository is the one that the newest Go of the mirror makes.
#[test]
fn the_table_is_what_real_go_prints() {
    let sandbox = Sandbox::with("versions", &["1.27.3"]);
    let data = workspace().join("tests/data");
    // A developer may have a go.mod above the repository.
    let project = sandbox.project("order");
    let program = std::fs::read_to_string(data.join("version-order.go")).unwrap();
    sandbox.write(project.join("version-order.go"), &program);
    let printed = sandbox.direct("1.27.3", &project, &["run", "version-order.go"]).run();
    printed.code(0);
    assert_eq!(printed.stdout, std::fs::read_to_string(data.join("version-order.txt")).unwrap());
}
