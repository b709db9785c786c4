//! Module files that are links to files of the user's: these choose a Go, and no message repeats their text.

use crate::machine::Machine;
use crate::modules;
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
                &["mod"],
                &["mod", "--json"],
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

/// A repository with such a file in the place of one that Go opens. Neither command starts Go on it.
#[test]
fn go_does_not_start_on_files_that_lead_outside() {
    let work = "go 1.21\n\nuse .\n\nreplace a => ./x\n";
    for (file, work) in [
        ("go.mod", None),
        ("go.sum", None),
        ("vendor/modules.txt", None),
        ("x/go.mod", None),
        ("go.work", None),
        ("go.work.sum", Some(work)),
        ("go.mod", Some(work)),
        ("x/go.mod", Some(work)),
    ] {
        for target in ["../home/secret", "/dev/zero", "/dev/tty", "/dev/ptmx"] {
            let m = modules::machine();
            m.write("home/secret", "tangerine password = tangerine\n");
            let go_mod = m.read("p/go.mod");
            m.write("p/go.mod", &format!("{go_mod}\nreplace a => ./x\n"));
            m.write("p/x/go.mod", "module a\n");
            // As a module of its own it is none of this.
            m.write("p/.goward.toml", "[check]\nexclude = [\"x/\"]\n");
            if let Some(work) = work {
                m.write("p/go.work", work);
            }
            let path = m.path("p").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let _ = fs::remove_file(&path);
            let target = match target.strip_prefix("..") {
                Some(rest) => m.path("").join(rest.trim_start_matches('/')),
                None => target.into(),
            };
            symlink(&target, &path).unwrap();
            for args in [
                &["mod"][..],
                &["mod", "--json"],
                &["mod", "--why", "a"],
                &["check", "--deep"],
                &["check", "--deep", "--offline", "--json"],
            ] {
                // A module alone is looked at without the go.work.
                if args[0] == "check" && (file.starts_with("go.work") || work.is_some()) {
                    continue;
                }
                let ran = m.run(args);
                let what = format!("{file} -> {target:?}: {args:?}: {}{}", ran.stdout, ran.stderr);
                assert!(!what.contains("tangerine"), "{what}");
                assert!(!m.path("calls").exists(), "{what}");
                assert!(args[0] != "mod" || ran.code == 1, "{what}");
                let named = ran.stderr.contains("it is no regular file of this repository");
                let resolver = ["go.mod", "go.work"].contains(&file);
                assert!(args[0] != "mod" || named || resolver, "{what}");
            }
        }
    }
}
