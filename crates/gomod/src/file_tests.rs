//! The meaning of files' lines, and the places of refusals.

use crate::{File, Kind, Release, Rules, Sole, Syntax};

const MODULE: Rules = Rules::strict(Kind::Module);
const WORKSPACE: Rules = Rules::strict(Kind::Workspace);

fn read(source: impl AsRef<[u8]>, rules: Rules) -> File {
    let source = source.as_ref();
    File::parse(source, rules).unwrap_or_else(|e| panic!("{}: {e}", source.escape_ascii()))
}

fn refused(source: impl AsRef<[u8]>, rules: Rules) -> String {
    let source = source.as_ref();
    let refused = File::parse(source, rules).err();
    refused.unwrap_or_else(|| panic!("taken: {}", source.escape_ascii())).to_string()
}

/// Every directive of a `go.mod`, in and out of blocks, quoted and not.
const ALL: &str = r#"// Deprecated: use other.
module "example.com/m" // Really.

go 1.24rc1

toolchain go1.24.0-custom

godebug default=go1.21
godebug (
	panicnil=1
	http2client=
)

require example.com/a v1.2 // indirect
require (
	"example.com/\x62/v2" v2.0.0+meta // indirect; for a test
	example.com/c v3.0.0+incompatible // not indirect
)
exclude example.com/a v1.2.3
replace (
	example.com/a => ../a
	example.com/b/v2 v2.0.0 => example.com/fork/v3 v3.1
)

// Broken.
retract (
	v1.0.0
	[v1.1.0, v1.2] // Worse.

	v1.3.0
)
tool example.com/a/cmd/x
ignore ./node_modules
"#;

#[test]
fn every_directive_is_read() {
    let file = read(ALL, MODULE);
    let module = file.module.expect("it has one");
    assert_eq!(module.path, "example.com/m");
    assert_eq!(module.deprecated, "use other.\nReally.");
    assert_eq!(file.go.expect("it has one").value, "1.24rc1");
    let toolchain = file.toolchain.expect("it has one");
    assert_eq!(toolchain.value, "go1.24.0-custom");
    assert_eq!((toolchain.place.start.line, toolchain.place.start.column), (6, 1));
    let offset = ALL.find("toolchain").expect("it is there");
    assert_eq!(toolchain.place.start.offset as usize, offset);
    assert_eq!(toolchain.place.end as usize, offset + "toolchain go1.24.0-custom".len());

    let settings = file.godebug.iter().map(|it| (it.key.to_lossy(), it.value.to_lossy()));
    let expected = [("default", "go1.21"), ("panicnil", "1"), ("http2client", "")];
    assert!(settings.eq(expected.map(|(key, value)| (key.into(), value.into()))));
    let require = file.require.iter().map(|it| {
        (
            it.module.path.to_lossy(),
            it.module.version.to_lossy(),
            it.indirect,
            it.place.start.column,
        )
    });
    let expected = [
        ("example.com/a", "v1.2.0", true, 1),
        ("example.com/b/v2", "v2.0.0", true, 2),
        ("example.com/c", "v3.0.0+incompatible", false, 2),
    ];
    assert!(require.eq(expected.map(|(p, v, i, column)| (p.into(), v.into(), i, column))));
    assert_eq!(file.exclude[0].module.version, "v1.2.3");
    assert_eq!(file.replace[0].new.path, "../a");
    assert!(file.replace[0].old.version.is_empty() && file.replace[0].new.version.is_empty());
    assert_eq!(file.replace[1].old.version, "v2.0.0");
    assert_eq!(file.replace[1].new.version, "v3.1.0");
    let retract =
        file.retract.iter().map(|it| [&it.low, &it.high, &it.rationale].map(|t| t.to_lossy()));
    // To Go a blank line in a block is a comment of the line below it.
    let expected =
        [["v1.0.0", "v1.0.0", "Broken."], ["v1.1.0", "v1.2", "Worse."], ["v1.3.0", "v1.3.0", ""]];
    assert!(retract.eq(expected.map(|row| row.map(String::from))));
    assert_eq!(file.tool[0].path, "example.com/a/cmd/x");
    assert_eq!(file.ignore[0].path, "./node_modules");
    assert_eq!(file.syntax.source(), ALL.as_bytes());
}

#[test]
fn a_dependency_is_read_laxly() {
    let file = read(ALL, Rules::lax());
    assert!(file.toolchain.is_none() && file.godebug.is_empty() && file.exclude.is_empty());
    assert!(file.replace.is_empty() && file.tool.is_empty());
    assert_eq!((file.require.len(), file.retract.len(), file.ignore.len()), (3, 3, 1));
    let future = "go v1.30.1.2\nfuture x ( y\nfuture (\n\tz\n)\nretract > v1\nretract v1 why\nmodule m\nexclude\ngo2 (\n)\n";
    let file = read(future, Rules::lax());
    assert_eq!(file.go.expect("it has one").value, "1.30");
    assert_eq!(file.retract.len(), 2);
    assert_eq!(refused(future, MODULE).lines().count(), 7, "{}", refused(future, MODULE));
    assert_eq!(refused("require x\n", Rules::lax()), "go.mod:1: usage: require module/path v1.2.3");
}

#[test]
fn a_workspace_is_read() {
    let file = read(
        "go 1.21\ntoolchain default\ngodebug a=b\nuse (\n\t.\n\t\"./b c\"\n)\nreplace x => ./y\n",
        WORKSPACE,
    );
    assert!(file.uses.iter().map(|it| it.path.to_lossy()).eq([".".to_owned(), "./b c".into()]));
    assert_eq!(file.replace.len(), 1);
    assert_eq!(
        refused("module m\nuse a b\n", WORKSPACE),
        "go.work:1: unknown directive: module\ngo.work:2: usage: use local/dir"
    );
}

#[test]
fn releases_know_what_they_know() {
    for (line, kind, first) in [
        ("module m", Kind::Module, 11),
        ("go 1.12", Kind::Module, 12),
        ("retract v1.0.0", Kind::Module, 16),
        ("go 1.18", Kind::Workspace, 18),
        ("go 1.21.0", Kind::Module, 21),
        ("toolchain go1.21.0", Kind::Module, 21),
        ("toolchain go1.21.0", Kind::Workspace, 21),
        ("replace a => ..", Kind::Module, 22),
        ("godebug a=b", Kind::Module, 23),
        ("godebug a=b", Kind::Workspace, 23),
        ("tool a", Kind::Module, 24),
        ("ignore a", Kind::Module, 25),
        ("tool \u{1c89}", Kind::Module, 27),
    ] {
        let rules = Rules::strict(kind);
        read(line, rules.of(Release(first)));
        refused(line, rules.of(Release(first - 1)));
    }
}

#[test]
fn comments_belong_to_what_go_thinks() {
    for (source, deprecated) in [
        ("// Deprecated: a\nmodule m", "a"),
        ("module m // Deprecated:   a  ", "a"),
        ("// x\n//\n// Deprecated: a\n// b\n//\n// c\nmodule m", "a\nb"),
        ("// x\n// Deprecated: a\nmodule m", ""),
        ("// Deprecated: a\n\nmodule m", ""),
        ("// Deprecated: a\nmodule (\n\n\n\tm\n)", "a"),
        ("module (\n\t// Deprecated: a\n\n\tm // b\n)", "a\nb"),
        ("// Deprecated: a\nmodule (\n\t//\n\tm\n)", ""),
        ("//\n//\n//Deprecated:\nmodule m", ""),
    ] {
        let module = read(source, MODULE).module.expect("it has one");
        assert_eq!(module.deprecated, deprecated, "{source:?}");
    }
    // If a line ends further down than it begins, the comment behind it belongs to the line before.
    let odd = "require a v1.0.0\nexclude b \"v1\\\n\" // indirect\n";
    assert!(refused(odd, MODULE).starts_with("go.mod:2: exclude b: version"));
    assert!(read(odd, Rules::lax()).require[0].indirect);
}

#[test]
fn errors_are_gos() {
    for (source, says) in [
        (
            "module\nmodule m",
            "go.mod:1: usage: module module/path\ngo.mod:2: repeated module statement",
        ),
        ("module `m`", "go.mod:1: invalid quoted string: unquoted string cannot contain quote"),
        ("module \"\\z\"", "go.mod:1: invalid quoted string: invalid syntax"),
        (
            "go 1\ngo 1.2\ngo 1.3",
            "go.mod:1: invalid go version '1': must match format 1.23.0\ngo.mod:3: repeated go statement",
        ),
        ("go 1.2 3", "go.mod:1: go directive expects exactly one argument"),
        (
            "toolchain local",
            "go.mod:1: invalid toolchain version 'local': must match format go1.23.0 or default",
        ),
        ("godebug a,b=c", "go.mod:1: usage: godebug key=value"),
        (
            "require (\n\tm master\n)",
            "go.mod:2:2: require m: version \"master\" invalid: must be of the form v1.2.3",
        ),
        (
            "require \"\" v2.0.0",
            "go.mod:1: require: version \"v2.0.0\" invalid: should be v0 or v1, not v2",
        ),
        ("require a/v1 v1.0.0", "go.mod:1: invalid module path"),
        ("replace a/v1 => ./b", "go.mod:1: replace a/v1: invalid module path"),
        (
            "replace a => ./b v1.0.0",
            "go.mod:1: replacement module directory path \"./b\" cannot have version",
        ),
        (
            "replace a => b@v1",
            "go.mod:1: replacement module must match format 'path version', not 'path@version'",
        ),
        ("retract [v1.0.0", "go.mod:1: expected ',' after version"),
        ("retract v1 \"x\ty\"", "go.mod:1: unexpected token after version: \"\\\"x\\ty\\\"\""),
        (
            "retract 'v1'",
            "go.mod:1: retract: version \"'v1'\" invalid: unquoted string cannot contain quote",
        ),
        ("a (b) (\n)", "go.mod:1: unknown block type: a ( b )"),
        (
            "require ( )\nuse (",
            "go.mod:2:6: syntax error (unterminated block started at go.mod:2:1)",
        ),
        ("require (\n) x", "go.mod:2:4: syntax error (expected newline after closing paren)"),
        ("require (a v1)", "go.mod:1: usage: require module/path v1.2.3"),
        (")", "go.mod:1: unknown directive: )"),
        ("go (\n1.2\n)", "go.mod:1: unknown block type: go"),
    ] {
        assert_eq!(refused(source, MODULE), says, "{source:?}");
    }
}

#[test]
fn no_bytes_are_too_odd() {
    for source in [
        &b""[..],
        b"\r",
        b"\n\n",
        b"//",
        b"//\xff",
        b"x ( ) ( ) y",
        b"\"\\\n\"",
        b"(",
        b"( (",
        b"x (\n(\n)",
        b"\xff ,",
    ] {
        let _ = File::parse(source, MODULE);
        let _ = File::parse(source, Rules::lax());
        let _ = File::parse(source, WORKSPACE);
    }
    let file = read(b"module \xff\xfe\n", MODULE);
    assert_eq!(file.module.expect("it has one").path.as_bytes(), b"\xff\xfe");
    assert_eq!(refused(b"module m\0", MODULE), "go.mod:1:9: unexpected input character '\\x00'");
}

/// Each of these takes a second, not an hour.
#[test]
fn time_is_linear() {
    let started = std::time::Instant::now();
    for unit in ["a\n", "//\n", "\n", "x (\n)\n", "( ", "\"", "\"a\"", "a//\n", "require (\n"] {
        let source = unit.repeat((512 << 10) / unit.len());
        assert!(File::parse(source, MODULE).is_err() || !unit.contains(['a', 'x', '(', '"']));
    }
    let lines = format!("module m\ntool (\n{})\n", "a\n".repeat(256 << 10));
    assert_eq!(read(lines, MODULE).tool.len(), 256 << 10);
    let comments = format!("{}module m", "//\n".repeat(256 << 10));
    assert!(read(comments, MODULE).module.expect("it has one").deprecated.is_empty());
    // One copy of a block's comments, not one for each of its lines.
    let block = read("// why\nretract (\n\tv1.0.0\n\tv1.1.0\n)\n", MODULE).retract;
    assert_eq!(block[1].rationale, "why");
    assert!(std::ptr::eq(block[0].rationale.as_bytes(), block[1].rationale.as_bytes()));
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}

/// Lines that no Go knows cost no memory beyond the errors that [`Refused`](crate::Refused) keeps,
/// and the lines between and behind them count as ever.
#[test]
fn of_unknown_directives_no_more_is_kept_than_of_errors() {
    for unknown in ["a b // c\n", "// d\na\n", "x (\n\ta // c\n\n\t// d\n\tb\n)\n", "x ()\n"] {
        let many = unknown.repeat(300);
        let source = format!(
            "module m\n{many}require a v1.0.0\nb \"\\\n\" // indirect\n{many}toolchain go1.21.0\n"
        );
        let syntax = Syntax::parse(&source[..], Rules::strict(Kind::Module)).unwrap();
        assert!(syntax.statements.len() < 110 && syntax.lines.len() < 110, "{unknown:?}");
        assert!(syntax.words.len() < 220 && syntax.comments.len() < 220, "{unknown:?}");
        assert!(syntax.suffixes.len() < 110, "{unknown:?}");
        let edited = source.replace("go1.21.0", "go1.23.2");
        assert_eq!(syntax.with(Sole::Toolchain, "go1.23.2").unwrap(), edited.as_bytes());
        let errors = File::of(syntax).unwrap_err();
        assert_eq!(errors.errors().len(), 100);
        let lines = unknown.matches('\n').count() as u32;
        let first = if unknown.starts_with("//") { 3 } else { 2 };
        assert_eq!(errors.errors()[99].position().line, first + 99 * lines, "{unknown:?}");
        let lax = File::parse(source, Rules::lax()).unwrap();
        assert!(lax.require[0].indirect, "{unknown:?}");
    }
}

/// Each of these has 16 MiB; its parts would need many times that.
#[test]
fn too_many_parts_are_refused() {
    let many = |before: &str, part: &str, after: &str| {
        let count = ((16 << 20) - before.len() - after.len()) / part.len();
        [before, &part.repeat(count), after].concat()
    };
    for text in [
        many("require (\n", "x\n", ")\n"),
        many("tool (\n", "x\n", ")\n"),
        many("require a ", "v ", "\n"),
        many("", "//\n", ""),
        many("retract (\n", "\n//\n", ")\n"),
        many("", "retract ()\n", ""),
    ] {
        let refused = Syntax::parse(text, Rules::strict(Kind::Module)).err();
        let message = refused.map(|refused| refused.errors()[0].message("f"));
        assert_eq!(message.as_deref(), Some("the file has too many lines or words to edit"));
    }
    let most = many("require (\n", "\texample.com/module v1.0.0 // indirect\n", ")\n");
    assert!(Syntax::parse(most, Rules::strict(Kind::Module)).is_ok());
}
