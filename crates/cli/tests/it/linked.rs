//! Module files that are links to files of the user's: these choose a Go, and no message repeats their text.

use crate::machine::Machine;
use std::fs;
use std::os::unix::fs::symlink;

/// The file that counts, and the go.mod below a go.work, with every refusal that repeats a line of a file.
#[test]
fn lines_of_linked_module_files_are_not_shown() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10", "1.23.2"]);
    for text in [
        "machine example.com login bob password tangerine\n",
        "tangerine\n",
        "module m\n\ngo tangerine\n",
        "module m\n\ngo 1.21\n\ntoolchain tangerine\n",
        "go 1.21\n\nuse (\n\ttangerine x y\n)\n",
    ] {
        m.write("home/secret", text);
        for (file, work) in
            [("go.mod", None), ("go.work", None), ("go.mod", Some("go 1.21\nuse .\n"))]
        {
            let (link, work_file) = (m.path("p").join(file), m.path("p/go.work"));
            symlink("../home/secret", &link).unwrap();
            if let Some(work) = work {
                m.write("p/go.work", work);
            }
            for args in [
                &["explain"][..],
                &["explain", "--json"],
                &["explain", "go", "list"],
                &["current"],
                &["use", "1.22.10"],
                &["outdated", "."],
                &["upgrade"],
                &["which", "go"],
                &["env"],
                &["check"],
                &["exec", "go", "version"],
            ] {
                let ran = m.run(args);
                let all = format!("{}{}", ran.stdout, ran.stderr);
                assert!(!all.contains("tangerine"), "{file}, {text:?}: {args:?}: {all}");
            }
            for path in [link, work_file, m.path("p/.go-version")] {
                let _ = fs::remove_file(path);
            }
        }
    }
    // The text of a file that is none is told as ever.
    m.write("p/go.mod", "tangerine\n");
    assert!(m.run(&["explain"]).stdout.contains("tangerine"));
}
