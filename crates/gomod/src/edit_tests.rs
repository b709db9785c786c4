//! Edits, as Go makes them.

use super::*;
use crate::rules::Rules;

fn syntax(kind: Kind, source: &str) -> Syntax {
    Syntax::parse(source, Rules::strict(kind)).unwrap_or_else(|e| panic!("{source:?}: {e}"))
}

/// The file with its line set to `go9` or `9.1`.
fn set(kind: Kind, sole: Sole, source: &str) -> String {
    let mut syntax = syntax(kind, source);
    let value = if sole == Sole::Go { "9.1" } else { "go1.9" };
    syntax.set(sole, value).unwrap_or_else(|error| panic!("{source:?}: {error}"));
    String::from_utf8(syntax.into_source()).expect("it was text")
}

#[test]
fn one_value_changes() {
    for (old, new) in [
        ("toolchain go1 // why\ngo 1.22\n", "toolchain go1.9 // why\ngo 1.22\n"),
        ("go 1.22\n\t toolchain  \t go1\t//\r\n", "go 1.22\n\t toolchain  \t go1.9\t//\r\n"),
        ("toolchain//x", "toolchain go1.9//x"),
        ("toolchain nonsense ( \"a\" , // c\n", "toolchain go1.9 // c\n"),
        (
            "future ( \n\ttoolchain go1\n)\ntoolchain go1",
            "future ( \n\ttoolchain go1\n)\ntoolchain go1.9",
        ),
    ] {
        for kind in [Kind::Module, Kind::Workspace] {
            assert_eq!(set(kind, Sole::Toolchain, old), new);
        }
    }
}

#[test]
fn a_new_line_goes_where_go_puts_it() {
    for (old, new) in [
        ("module m\n\ngo 1.22\n", "module m\n\ngo 1.22\n\ntoolchain go1.9\n"),
        ("go 1.22", "go 1.22\n\ntoolchain go1.9\n"),
        ("go 1.22\r\nx\r\n", "go 1.22\r\n\r\ntoolchain go1.9\r\nx\r\n"),
        ("go 1.22\r", "go 1.22\r\n\ntoolchain go1.9\n"),
        ("module m", "module m\n\ntoolchain go1.9\n"),
        (
            "module (\n\tm\n) // c\nrequire x v1\n",
            "module (\n\tm\n) // c\n\ntoolchain go1.9\nrequire x v1\n",
        ),
        ("module ()\n// c", "module ()\n// c\n\ntoolchain go1.9\n"),
        ("// c\n\n", "// c\n\ntoolchain go1.9\n"),
        ("", "toolchain go1.9\n"),
    ] {
        assert_eq!(set(Kind::Module, Sole::Toolchain, old), new);
    }
    assert_eq!(set(Kind::Module, Sole::Go, "module m\nx\n"), "module m\n\ngo 9.1\nx\n");
    assert_eq!(set(Kind::Module, Sole::Go, "x\n"), "x\n\ngo 9.1\n");
    for (old, new) in [
        (
            "// top\r\n\r\n  // of it\r\n\tuse a\r\n",
            "// top\r\n\r\ngo 9.1\r\n\r\n  // of it\r\n\tuse a\r\n",
        ),
        ("use (\n)", "go 9.1\n\nuse (\n)"),
        ("// top", "// top\n\ngo 9.1\n"),
        ("", "go 9.1\n"),
    ] {
        assert_eq!(set(Kind::Workspace, Sole::Go, old), new);
    }
    let work = set(Kind::Workspace, Sole::Toolchain, "use a\ngo 1.22\nuse b\n");
    assert_eq!(work, "use a\ngo 1.22\n\ntoolchain go1.9\nuse b\n");
}

#[test]
fn a_line_that_was_set_can_be_dropped() {
    for source in [
        "",
        "module m\n",
        "module m\n\ngo 1.22\n",
        "module m\n\ngo 1.2\n\nrequire x v1\n",
        "go 1.2\nx\n",
    ] {
        for (kind, sole) in [
            (Kind::Module, Sole::Toolchain),
            (Kind::Workspace, Sole::Toolchain),
            (Kind::Module, Sole::Go),
        ] {
            let there = source.contains(&format!("{} 1", sole.verb()));
            let mut syntax = syntax(kind, &set(kind, sole, source));
            assert!(syntax.drop(sole).unwrap());
            assert!(there || syntax.source() == source.as_bytes(), "{source:?}");
            assert!(!syntax.drop(sole).unwrap());
        }
    }
    for (old, new) in [
        ("// of it\ntoolchain go1 // c\nx\n", "x\n"),
        ("toolchain go1\n\nx\n", "x\n"),
        ("// not of x\n\ntoolchain go1\nx\n", "// not of x\n\nx\n"),
        ("// not of it\n\ntoolchain go1", "// not of it\n"),
        ("a\n\ntoolchain go1\nx\n", "a\nx\n"),
        ("a\n\ntoolchain go1\n\nx\n", "a\n\nx\n"),
        ("a\ntoolchain go1\nx", "a\nx"),
    ] {
        let mut syntax = syntax(Kind::Module, old);
        assert!(syntax.drop(Sole::Toolchain).unwrap());
        assert_eq!(String::from_utf8_lossy(syntax.source()), new, "{old:?}");
    }
}

#[test]
fn one_line_is_removed_with_its_comments() {
    for (old, word, new) in [
        ("use (\n\t./a\n\t// of b\n\t./b // b\n\t./c\n)\n", "./b", "use (\n\t./a\n\t./c\n)\n"),
        ("use (\n\t./b\n)\n", "./b", "use (\n)\n"),
        ("go 1.2\n\n// of b\nuse ./b\nuse ./c\n", "use ./b", "go 1.2\nuse ./c\n"),
        ("use ./a\nuse ./b\r\nuse ./c\n", "use ./b", "use ./a\nuse ./c\n"),
        ("use ./a\nuse ./b", "use ./b", "use ./a\n"),
        ("use (\n\t// a block's\n\n\t./b\n)\n", "./b", "use (\n\t// a block's\n\n)\n"),
    ] {
        let syntax = syntax(Kind::Workspace, old);
        let at = u32::try_from(old.find(word).unwrap()).unwrap();
        let at = syntax.removal(at).unwrap();
        assert_eq!([&old[..at.start], &old[at.end..]].concat(), new, "{old:?}");
    }
    let syntax = syntax(Kind::Workspace, "// c\nuse ./a\n");
    assert_eq!([syntax.removal(0), syntax.removal(6), syntax.removal(99)], [None, None, None]);
}

#[test]
fn an_edit_that_go_refuses_is_refused() {
    for (source, sole, value, says) in [
        ("go 1.2", Sole::Go, "1.2.", "go.mod:1: invalid go version '1.2.'"),
        ("x\n go 1.2", Sole::Go, "go1.2", "go.mod:2:2: invalid go version 'go1.2'"),
        ("", Sole::Toolchain, "1.2", "go.mod:1: invalid toolchain version '1.2'"),
        ("", Sole::Toolchain, "go1. //\nx", "go.mod:1: invalid toolchain version 'go1. //\nx'"),
        ("go 1.2\ngo 1.3", Sole::Go, "1.4", "go.mod:2: repeated go statement"),
        (
            "toolchain (\ngo1\n)",
            Sole::Toolchain,
            "go1.2",
            "go.mod:1: unknown block type: toolchain",
        ),
    ] {
        let mut syntax = syntax(Kind::Module, source);
        assert_eq!(syntax.set(sole, value).unwrap_err().to_string(), says);
        assert_eq!(syntax.source(), source.as_bytes());
    }
}
